//! Where a pass keeps the values that an event is made of.

use super::Sink;
use crate::generated::parser::{BOOLEANS, FLOATS, INTEGERS, TEXTS};
use crate::text::Text;

/// One place for each slot of the contract, by kind. What the pass did not mark as good means nothing.
pub(crate) struct Slots<'a> {
    text: [Text<'a>; TEXTS],
    boolean: [bool; BOOLEANS],
    integer: [i64; INTEGERS],
    float: [f64; FLOATS],
}

impl Slots<'_> {
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Slots {
            text: [Text::from_checked(&[]); TEXTS],
            boolean: [false; BOOLEANS],
            integer: [0; INTEGERS],
            float: [0.0; FLOATS],
        }
    }
}

impl<'a> Sink<'a> for Slots<'a> {
    #[inline(always)]
    fn text(&mut self, index: usize, text: Text<'a>) {
        self.text[index] = text;
    }

    #[inline(always)]
    fn boolean(&mut self, index: usize, value: bool) {
        self.boolean[index] = value;
    }

    #[inline(always)]
    fn integer(&mut self, index: usize, value: i64) {
        self.integer[index] = value;
    }

    #[inline(always)]
    fn float(&mut self, index: usize, value: f64) {
        self.float[index] = value;
    }
}

impl<'a> Slots<'a> {
    #[inline(always)]
    pub(crate) fn text(&self, index: usize) -> Text<'a> {
        self.text[index]
    }

    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    #[inline(always)]
    pub(crate) fn boolean(&self, index: usize) -> bool {
        self.boolean[index]
    }

    #[inline(always)]
    pub(crate) fn integer(&self, index: usize) -> i64 {
        self.integer[index]
    }

    #[inline(always)]
    pub(crate) fn float(&self, index: usize) -> f64 {
        self.float[index]
    }
}
