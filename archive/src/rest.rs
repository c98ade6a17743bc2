//! What no column holds of a delivery, as JSON in which each value has the place that it has in the delivery.

use std::io::Write as _;

/// A step from a value to one inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// To the member of this key, as it is written.
    Key(&'a [u8]),
    /// To the item with this number.
    Item(usize),
}

/// The way to a value: a step, and the way before it. It lies on the stack, since most deliveries have no use for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way<'w, 'a> {
    pub(crate) before: Option<&'w Way<'w, 'a>>,
    pub(crate) step: Step<'a>,
}

impl<'a> Way<'_, 'a> {
    fn steps(&self) -> Vec<Step<'a>> {
        let mut steps = self.before.map(Self::steps).unwrap_or_default();
        steps.push(self.step);
        steps
    }
}

/// The text for one delivery, written in the order of the delivery. The items of arrays are members of an object, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Rest<'a> {
    pub(crate) text: Vec<u8>,
    /// The objects that are open.
    open: Vec<Step<'a>>,
    is_first: bool,
}

impl<'a> Rest<'a> {
    /// Keeps `json`, the value at the end of `way`.
    #[cold]
    pub(crate) fn keep(&mut self, way: &Way<'_, 'a>, json: &[u8]) {
        let mut parents = way.steps();
        parents.pop();
        if self.text.is_empty() {
            self.text.push(b'{');
            self.is_first = true;
        }
        let common = self.open.iter().zip(&parents).take_while(|(open, step)| open == step).count();
        while self.open.len() > common {
            self.open.pop();
            self.text.push(b'}');
        }
        for step in &parents[common..] {
            self.name(*step);
            self.text.push(b'{');
            self.is_first = true;
            self.open.push(*step);
        }
        self.name(way.step);
        self.text.extend_from_slice(json);
    }

    fn name(&mut self, step: Step<'_>) {
        if !self.is_first {
            self.text.push(b',');
        }
        self.is_first = false;
        match step {
            Step::Key(key) => {
                self.text.push(b'"');
                self.text.extend_from_slice(key);
                self.text.push(b'"');
            }
            Step::Item(number) => {
                let _ = write!(self.text, "\"{number}\"");
            }
        }
        self.text.push(b':');
    }

    /// Ends the text, which is empty if nothing was kept.
    pub(crate) fn end(&mut self) {
        if !self.text.is_empty() {
            self.text.extend(std::iter::repeat_n(b'}', self.open.len() + 1));
        }
        self.open.clear();
    }
}
