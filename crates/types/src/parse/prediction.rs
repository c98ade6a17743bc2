//! Prediction: the steps of a contract's straight line, and what it hands over when it ends.

use super::number;
use super::sink::{Place, Sink};
use super::value::keep_number;
use super::vocabulary::{Bits, Fault, Field, FieldSet, MAX_DEPTH, Reader, Shape};
use super::words::after;
use crate::text::Text;

/// The value of `type`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TypeValue<'a, E> {
    /// An event type of the contract.
    Known(E),
    /// Any other string.
    Unknown(Text<'a>),
}

/// The part of the envelope that has been read.
#[derive(Debug)]
pub(crate) struct Envelope<'a, E, B> {
    /// The fields that are there, besides `type` and `data`.
    pub(crate) seen: FieldSet<B>,
    pub(crate) event_type: Option<TypeValue<'a, E>>,
    pub(crate) data: Option<Data<'a, B>>,
}

/// `data`, from its opening brace on, and the rest after what has been read of it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Data<'a, B> {
    /// Judged, since its shape is known.
    Judged { start: &'a [u8], rest: &'a [u8], seen: FieldSet<B> },
    /// Passed over.
    Passed { start: &'a [u8], rest: &'a [u8] },
}

impl<E, B: Bits> Envelope<'_, E, B> {
    /// Nothing has been read.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Envelope { seen: FieldSet::empty(), event_type: None, data: None }
    }
}

/// The end of a straight line through a delivery.
pub(crate) type Prediction<'a, E, B> = Result<Predicted<'a, E, B>, Resume<'a, E, B>>;

/// A delivery of a known type with all that is required of it. The rest after it has not been looked at.
pub(crate) struct Predicted<'a, E, B> {
    pub(crate) event_type: E,
    /// The fields of the envelope that are there, besides `type` and `data`.
    pub(crate) envelope: FieldSet<B>,
    /// The fields of `data` that are there.
    pub(crate) data: FieldSet<B>,
    /// The rest after the delivery.
    pub(crate) rest: &'a [u8],
}

/// The point at which the general loops take over from the straight line.
pub(crate) struct Resume<'a, E, B> {
    pub(crate) at: &'a [u8],
    /// Whether `at` is inside the envelope, after a value.
    pub(crate) started: bool,
    /// If there is `data`, it has been judged up to `at`.
    pub(crate) envelope: Envelope<'a, E, B>,
}

impl<'a, E, B: Bits> Resume<'a, E, B> {
    /// At the start of the delivery: not even the first member is as expected.
    #[inline(always)]
    pub(crate) fn at_start(at: &'a [u8]) -> Self {
        Resume { at, started: false, envelope: Envelope::new() }
    }

    /// After a value: all up to `at` is as expected, and in `envelope`.
    #[allow(dead_code, reason = "a contract need not have a straight line")]
    #[inline(always)]
    pub(crate) fn within(at: &'a [u8], envelope: Envelope<'a, E, B>) -> Self {
        Resume { at, started: true, envelope }
    }
}

/// The steps of a straight line. Each returns the rest after what it reads, or `None` if something else is there.
impl<'a> Reader<'a> {
    /// Reads `literal`, which ends with a quote, and the string after it, which is likely to be an id.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn literal_text<S: Sink<'a>, const N: usize>(
        &mut self,
        sink: &mut S,
        rest: &'a [u8],
        literal: &[u8; N],
        place: Place,
    ) -> Option<&'a [u8]> {
        let rest = after(rest, literal)?;
        let text = self.id(rest).ok()?;
        sink.text(place, text.text);
        Some(text.rest)
    }

    /// As [`Self::literal_text`], where the string may be of any length.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(dead_code, reason = "a contract need not have nested objects")]
    pub(crate) fn literal_string<S: Sink<'a>, const N: usize>(
        &mut self,
        sink: &mut S,
        rest: &'a [u8],
        literal: &[u8; N],
        place: Place,
    ) -> Option<&'a [u8]> {
        let rest = after(rest, literal)?;
        let text = self.string(rest).ok()?;
        sink.text(place, text.text);
        Some(text.rest)
    }

    /// Reads `literal` and a number that `field` takes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn literal_number<S: Sink<'a>, const N: usize>(
        &mut self,
        sink: &mut S,
        rest: &'a [u8],
        literal: &[u8; N],
        field: &'static Field,
    ) -> Option<&'a [u8]> {
        let rest = after(rest, literal)?;
        match self.quick_number(sink, rest, field) {
            None => number_after(sink, rest, field),
            rest => rest,
        }
    }

    /// Reads `literal` and `true` or `false`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    #[expect(clippy::unused_self, reason = "a step like the others")]
    pub(crate) fn literal_boolean<S: Sink<'a>, const N: usize>(
        &self,
        sink: &mut S,
        rest: &'a [u8],
        literal: &[u8; N],
        place: Place,
    ) -> Option<&'a [u8]> {
        let rest = after(rest, literal)?;
        let (value, rest) = match (after(rest, b"true"), after(rest, b"false")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return None,
        };
        sink.boolean(place, value);
        Some(rest)
    }

    /// Reads `literal`, which ends with a quote, and one of the strings that `find` knows, with the quote after it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    pub(crate) fn literal_known<S: Sink<'a>, const N: usize>(
        &self,
        sink: &mut S,
        rest: &'a [u8],
        literal: &[u8; N],
        find: impl Fn(&'a [u8]) -> Option<((), &'a [u8])>,
        place: Place,
    ) -> Option<&'a [u8]> {
        let inside = after(rest, literal)?;
        let ((), rest) = find(inside)?;
        let start = self.before(inside);
        sink.json(place, &start[..start.len() - rest.len()]);
        Some(rest)
    }

    /// Reads `literal`, which ends with a brace, and the rest of the object that it opens. `open` containers surround it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    pub(crate) fn literal_object<B: Bits, S: Sink<'a>, const N: usize>(
        &mut self,
        sink: &mut S,
        rest: &'a [u8],
        literal: &[u8; N],
        field: (&'static Shape, Place),
        open: u32,
    ) -> Option<&'a [u8]> {
        let (shape, place) = field;
        let inside = after(rest, literal)?;
        if open == MAX_DEPTH {
            return None;
        }
        let start = self.before(inside);
        if let Some(rest) = sink.inner(place, start) {
            return Some(rest);
        }
        let judged = self.object::<B>(shape, start, inside, open + 1);
        let rest = self.or_refuse(judged)?;
        sink.json(place, &start[..start.len() - rest.len()]);
        Some(rest)
    }

    /// Reads `literal` and a value that `field` takes. `open` containers surround it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    pub(crate) fn literal_value<B: Bits, S: Sink<'a>, const N: usize>(
        &mut self,
        sink: &mut S,
        rest: &'a [u8],
        literal: &[u8; N],
        field: &'static Field,
        open: u32,
    ) -> Option<&'a [u8]> {
        let rest = after(rest, literal)?;
        self.value_after::<B, S>(sink, rest, field, open)
    }

    #[inline(never)]
    fn value_after<B: Bits, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        rest: &'a [u8],
        field: &'static Field,
        open: u32,
    ) -> Option<&'a [u8]> {
        if let [0..=b' ', ..] = rest {
            return None;
        }
        if let Some(rest) = sink.inner(field.place, rest) {
            return Some(rest);
        }
        let judged = self.field::<B, S>(sink, rest, field, open);
        self.or_refuse(judged)
    }

    #[inline(always)]
    fn or_refuse(&mut self, judged: Result<&'a [u8], Fault<'a>>) -> Option<&'a [u8]> {
        judged.map_err(|fault| self.refused = Some(fault)).ok()
    }
}

#[inline(never)]
fn number_after<'a, S: Sink<'a>>(
    sink: &mut S,
    rest: &'a [u8],
    field: &'static Field,
) -> Option<&'a [u8]> {
    let (number, rest) = number::scan(rest).ok()?;
    keep_number(sink, &number, field).then_some(rest)
}
