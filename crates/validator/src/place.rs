//! A value of a delivery, the way to it, and its name.

use crate::document::Instance;
use crate::schemas::token;
use crate::words::{abridge, describe};

/// A value under judgement, and where it is.
pub(crate) struct Place<'p, 'a> {
    pub(crate) parent: Option<&'p Place<'p, 'a>>,
    pub(crate) step: Step<'p>,
    pub(crate) instance: Instance<'a>,
    /// Whether the value may be left out.
    pub(crate) is_optional: bool,
}

/// The way from a value to one within it.
#[derive(Clone, Copy)]
pub(crate) enum Step<'p> {
    /// None: the value is the delivery.
    Delivery,
    Key(&'p str),
    Item(usize),
}

/// Characters of a key that a pointer has.
const MAX_KEY: usize = 1_000;

/// `key` as a part of a JSON Pointer into the delivery.
pub(crate) fn step(key: &str) -> String {
    match key.char_indices().nth(MAX_KEY) {
        Some((end, _)) => token(&key[..end]) + "...",
        None => token(key),
    }
}

impl<'a> Place<'_, 'a> {
    pub(crate) fn delivery(raw: &'a str) -> Self {
        let instance = Instance::new(raw);
        Self { parent: None, step: Step::Delivery, instance, is_optional: false }
    }
}

impl Place<'_, '_> {
    /// JSON Pointer into the delivery.
    pub(crate) fn pointer(&self) -> String {
        let parent = self.parent.map_or_else(String::new, Place::pointer);
        match self.step {
            Step::Delivery => parent,
            Step::Key(key) => parent + &step(key),
            Step::Item(index) => format!("{parent}/{index}"),
        }
    }

    /// The start of a sentence about the value.
    pub(crate) fn subject(&self) -> String {
        format!("{} is {}", self.name(), describe(self.instance.raw))
    }

    /// The value, as part of a sentence.
    pub(crate) fn name(&self) -> String {
        let mut indices = String::new();
        let mut place = self;
        while let (Step::Item(index), Some(parent)) = (place.step, place.parent) {
            indices.insert_str(0, &format!("[{index}]"));
            place = parent;
        }
        match place.step {
            Step::Key(key) => format!("`{}{indices}`", abridge(key)),
            _ => "the envelope".to_owned(),
        }
    }
}
