//! Sinks, which take the values that a pass reads.

use super::vocabulary::{BooleanIndex, FloatIndex, IntegerIndex, TextIndex};
use crate::text::Text;

/// Takes the values of a delivery as the pass reads them.
pub(crate) trait Sink<'a> {
    fn text(&mut self, index: TextIndex, text: Text<'a>);
    fn boolean(&mut self, index: BooleanIndex, value: bool);
    fn integer(&mut self, index: IntegerIndex, value: i64);
    fn float(&mut self, index: FloatIndex, value: f64);
}

/// Keeps nothing: for a verdict.
impl Sink<'_> for () {
    #[inline(always)]
    fn text(&mut self, _: TextIndex, _: Text<'_>) {}
    #[inline(always)]
    fn boolean(&mut self, _: BooleanIndex, _: bool) {}
    #[inline(always)]
    fn integer(&mut self, _: IntegerIndex, _: i64) {}
    #[inline(always)]
    fn float(&mut self, _: FloatIndex, _: f64) {}
}

/// One value for each slot, by kind. A value means nothing unless the pass has marked its slot as good.
pub(crate) struct Values<
    'a,
    const TEXTS: usize,
    const BOOLEANS: usize,
    const INTEGERS: usize,
    const FLOATS: usize,
> {
    texts: [Text<'a>; TEXTS],
    booleans: [bool; BOOLEANS],
    integers: [i64; INTEGERS],
    floats: [f64; FLOATS],
}

impl<const TEXTS: usize, const BOOLEANS: usize, const INTEGERS: usize, const FLOATS: usize> Default
    for Values<'_, TEXTS, BOOLEANS, INTEGERS, FLOATS>
{
    #[inline(always)]
    fn default() -> Self {
        Values {
            texts: [Text::default(); TEXTS],
            booleans: [false; BOOLEANS],
            integers: [0; INTEGERS],
            floats: [0.0; FLOATS],
        }
    }
}

impl<'a, const TEXTS: usize, const BOOLEANS: usize, const INTEGERS: usize, const FLOATS: usize>
    Sink<'a> for Values<'a, TEXTS, BOOLEANS, INTEGERS, FLOATS>
{
    #[inline(always)]
    fn text(&mut self, index: TextIndex, text: Text<'a>) {
        self.texts[index.0] = text;
    }

    #[inline(always)]
    fn boolean(&mut self, index: BooleanIndex, value: bool) {
        self.booleans[index.0] = value;
    }

    #[inline(always)]
    fn integer(&mut self, index: IntegerIndex, value: i64) {
        self.integers[index.0] = value;
    }

    #[inline(always)]
    fn float(&mut self, index: FloatIndex, value: f64) {
        self.floats[index.0] = value;
    }
}

impl<'a, const TEXTS: usize, const BOOLEANS: usize, const INTEGERS: usize, const FLOATS: usize>
    Values<'a, TEXTS, BOOLEANS, INTEGERS, FLOATS>
{
    #[inline(always)]
    pub(crate) fn text(&self, index: TextIndex) -> Text<'a> {
        self.texts[index.0]
    }

    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    #[inline(always)]
    pub(crate) fn boolean(&self, index: BooleanIndex) -> bool {
        self.booleans[index.0]
    }

    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    #[inline(always)]
    pub(crate) fn integer(&self, index: IntegerIndex) -> i64 {
        self.integers[index.0]
    }

    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    #[inline(always)]
    pub(crate) fn float(&self, index: FloatIndex) -> f64 {
        self.floats[index.0]
    }
}
