//! Makes a delivery on which paths differ smaller, and keeps it valid.

use std::rc::Rc;

use proptest::strategy::ValueTree;

use crate::json::{Json, Text};
use crate::reference::Reference;

/// A valid delivery, and the smaller ones that have been tried.
#[derive(Debug)]
pub(crate) struct Shrinking {
    /// The smallest one that is of interest.
    base: Json,
    /// What is tried: `base` after an edit.
    current: Json,
    /// The next edit.
    edit: usize,
    /// Whether an edit since the first one led to a smaller `base`.
    is_smaller: bool,
    reference: Rc<Reference>,
}

impl Shrinking {
    pub(crate) fn new(json: Json, reference: Rc<Reference>) -> Self {
        Self { base: json.clone(), current: json, edit: 0, is_smaller: false, reference }
    }

    /// Tries the next edit that leaves a valid delivery; `false` if there is none.
    fn next(&mut self) -> bool {
        loop {
            let mut json = self.base.clone();
            if !edit(&mut json, &mut self.edit.clone()) {
                self.current = self.base.clone();
                if !std::mem::take(&mut self.is_smaller) {
                    return false;
                }
                self.edit = 0;
                continue;
            }
            if json != self.base && self.reference.takes(self.reference.bundle(), &json) {
                self.current = json;
                return true;
            }
            self.edit += 1;
        }
    }
}

impl ValueTree for Shrinking {
    type Value = Json;

    fn current(&self) -> Json {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        if self.current != self.base {
            self.is_smaller = true;
            self.base = self.current.clone();
        }
        self.next()
    }

    fn complicate(&mut self) -> bool {
        self.edit += 1;
        self.next()
    }
}

/// Makes the edit with the number `at` in `json`, counting down; `false` if there are fewer.
fn edit(json: &mut Json, at: &mut usize) -> bool {
    let mut is_next = || {
        let is_it = *at == 0;
        *at = at.wrapping_sub(1);
        is_it
    };
    match json {
        Json::Array(items) => {
            if let Some(index) = (0..items.len()).find(|_| is_next()) {
                items.remove(index);
                return true;
            }
        }
        Json::Object(members) => {
            if let Some(index) = (0..members.len()).find(|_| is_next()) {
                members.remove(index);
                return true;
            }
            for member in members {
                if is_next() {
                    member.key = Text::plain(member.key.value.clone());
                    return true;
                }
            }
        }
        Json::Text(text) => {
            let half = text.value.chars().count() / 2;
            let simpler =
                [String::new(), text.value.chars().take(half).collect(), text.value.clone()];
            for value in simpler {
                if is_next() {
                    *text = Text::plain(value);
                    return true;
                }
            }
        }
        Json::Number(number) => {
            let whole = number.split(['.', 'e', 'E']).next().unwrap_or_default().to_owned();
            for simpler in ["0".to_owned(), "1".to_owned(), whole] {
                if is_next() {
                    *number = simpler;
                    return true;
                }
            }
        }
        Json::Literal(_) => {}
    }
    (0..json.children().count()).any(|child| edit(json.child_mut(child), at))
}
