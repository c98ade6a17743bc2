//! Sinks, which take the values that a pass reads.

use crate::text::Text;

/// A value's place in a [`Sink`]: among those of its kind, or in a nested object its position among all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place(pub(crate) u16);

/// Takes the values of a delivery as the pass reads them.
pub(crate) trait Sink<'a> {
    fn text(&mut self, place: Place, text: Text<'a>);
    fn boolean(&mut self, place: Place, value: bool);
    fn integer(&mut self, place: Place, value: i64);
    fn float(&mut self, place: Place, value: f64);
    /// A value of any other kind, as it is written.
    fn json(&mut self, place: Place, json: &'a [u8]);
    /// Whether it reads the value that `rest` begins with itself: what follows it, if so.
    #[inline(always)]
    fn inner(&mut self, _place: Place, _rest: &'a [u8]) -> Option<&'a [u8]> {
        None
    }
}

/// Keeps nothing: for a verdict.
impl Sink<'_> for () {
    #[inline(always)]
    fn text(&mut self, _: Place, _: Text<'_>) {}
    #[inline(always)]
    fn boolean(&mut self, _: Place, _: bool) {}
    #[inline(always)]
    fn integer(&mut self, _: Place, _: i64) {}
    #[inline(always)]
    fn float(&mut self, _: Place, _: f64) {}
    #[inline(always)]
    fn json(&mut self, _: Place, _: &[u8]) {}
}

/// A value as a pass has read it.
#[derive(Debug, Clone, Copy)]
pub enum Slot<'a> {
    /// There is none.
    Absent,
    Text(Text<'a>),
    Boolean(bool),
    Integer(i64),
    Float(f64),
    /// A value of any other kind, or one that has not been read yet, as it is written.
    Json(&'a [u8]),
}

/// Reads the value of the field at a position, which the input begins with, and returns what follows it; or leaves it.
pub(crate) type Inner<'s, 'a> = &'s mut dyn FnMut(usize, &'a [u8]) -> Option<&'a [u8]>;

/// The values of a nested object's fields, by their positions.
pub(crate) struct Slots<'s, 'a> {
    /// Of length 0 for a verdict.
    pub(super) values: &'s mut [Slot<'a>],
    /// Reads what is inside, of an object that has been judged.
    pub(super) inner: Option<Inner<'s, 'a>>,
}

impl<'a> Slots<'_, 'a> {
    #[inline(always)]
    fn set(&mut self, place: Place, value: Slot<'a>) {
        if let Some(slot) = self.values.get_mut(usize::from(place.0)) {
            *slot = value;
        }
    }

    /// What follows the value of the field `at`, which `rest` begins with, if it is one that is read here.
    #[inline(always)]
    pub(super) fn read(&mut self, at: usize, rest: &'a [u8]) -> Option<&'a [u8]> {
        let tail = self.inner.as_mut()?(at, rest)?;
        if let Some(slot) = self.values.get_mut(at) {
            *slot = Slot::Json(&rest[..rest.len() - tail.len()]);
        }
        Some(tail)
    }
}

impl<'a> Sink<'a> for Slots<'_, 'a> {
    #[inline(always)]
    fn text(&mut self, place: Place, text: Text<'a>) {
        self.set(place, Slot::Text(text));
    }

    #[inline(always)]
    fn boolean(&mut self, place: Place, value: bool) {
        self.set(place, Slot::Boolean(value));
    }

    #[inline(always)]
    fn integer(&mut self, place: Place, value: i64) {
        self.set(place, Slot::Integer(value));
    }

    #[inline(always)]
    fn float(&mut self, place: Place, value: f64) {
        self.set(place, Slot::Float(value));
    }

    #[inline(always)]
    fn json(&mut self, place: Place, json: &'a [u8]) {
        self.set(place, Slot::Json(json));
    }

    #[inline(always)]
    fn inner(&mut self, place: Place, rest: &'a [u8]) -> Option<&'a [u8]> {
        self.read(usize::from(place.0), rest)
    }
}

/// The values of the envelope and of `data`, by kind. A value means nothing unless the pass has seen its field.
pub(crate) struct Values<
    'a,
    const TEXTS: usize,
    const BOOLEANS: usize,
    const INTEGERS: usize,
    const FLOATS: usize,
    const JSONS: usize,
> {
    texts: [Text<'a>; TEXTS],
    booleans: [bool; BOOLEANS],
    integers: [i64; INTEGERS],
    floats: [f64; FLOATS],
    jsons: [&'a [u8]; JSONS],
}

impl<
    const TEXTS: usize,
    const BOOLEANS: usize,
    const INTEGERS: usize,
    const FLOATS: usize,
    const JSONS: usize,
> Default for Values<'_, TEXTS, BOOLEANS, INTEGERS, FLOATS, JSONS>
{
    #[inline(always)]
    fn default() -> Self {
        Values {
            texts: [Text::default(); TEXTS],
            booleans: [false; BOOLEANS],
            integers: [0; INTEGERS],
            floats: [0.0; FLOATS],
            jsons: [&[]; JSONS],
        }
    }
}

impl<
    'a,
    const TEXTS: usize,
    const BOOLEANS: usize,
    const INTEGERS: usize,
    const FLOATS: usize,
    const JSONS: usize,
> Sink<'a> for Values<'a, TEXTS, BOOLEANS, INTEGERS, FLOATS, JSONS>
{
    #[inline(always)]
    fn text(&mut self, place: Place, text: Text<'a>) {
        self.texts[usize::from(place.0)] = text;
    }

    #[inline(always)]
    fn boolean(&mut self, place: Place, value: bool) {
        self.booleans[usize::from(place.0)] = value;
    }

    #[inline(always)]
    fn integer(&mut self, place: Place, value: i64) {
        self.integers[usize::from(place.0)] = value;
    }

    #[inline(always)]
    fn float(&mut self, place: Place, value: f64) {
        self.floats[usize::from(place.0)] = value;
    }

    #[inline(always)]
    fn json(&mut self, place: Place, json: &'a [u8]) {
        self.jsons[usize::from(place.0)] = json;
    }
}

#[allow(dead_code, reason = "a contract need not have fields of every kind")]
impl<
    'a,
    const TEXTS: usize,
    const BOOLEANS: usize,
    const INTEGERS: usize,
    const FLOATS: usize,
    const JSONS: usize,
> Values<'a, TEXTS, BOOLEANS, INTEGERS, FLOATS, JSONS>
{
    #[inline(always)]
    pub(crate) fn text(&self, place: usize) -> Text<'a> {
        self.texts[place]
    }

    #[inline(always)]
    pub(crate) fn boolean(&self, place: usize) -> bool {
        self.booleans[place]
    }

    #[inline(always)]
    pub(crate) fn integer(&self, place: usize) -> i64 {
        self.integers[place]
    }

    #[inline(always)]
    pub(crate) fn float(&self, place: usize) -> f64 {
        self.floats[place]
    }

    #[inline(always)]
    pub(crate) fn json(&self, place: usize) -> &'a [u8] {
        self.jsons[place]
    }
}
