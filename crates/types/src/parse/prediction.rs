//! Prediction: the steps of a contract's straight line, and what it hands over when it ends.

use super::number;
use super::reader::Reader;
use super::sink::Sink;
use super::string;
use super::vocabulary::{Bits, BooleanIndex, Slot, SlotSet, TextIndex};
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
pub(crate) struct EnvelopeState<'a, E, B> {
    /// The fields that are there, besides `type` and `data`.
    pub(crate) seen: SlotSet<B>,
    pub(crate) event_type: Option<TypeValue<'a, E>>,
    pub(crate) data: Option<DataState<'a, B>>,
}

/// The part of `data` that has been read, and the marks of its fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DataState<'a, B> {
    /// From the opening brace.
    pub(crate) start: &'a [u8],
    /// The rest after the part.
    pub(crate) rest: &'a [u8],
    /// The slots that take the value of their key.
    pub(crate) good: SlotSet<B>,
    /// The slots that do not, and those whose key has occurred twice.
    pub(crate) bad: SlotSet<B>,
}

impl<E, B: Bits> EnvelopeState<'_, E, B> {
    /// Nothing has been read.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        EnvelopeState { seen: SlotSet::empty(), event_type: None, data: None }
    }
}

/// The end of a straight line through a delivery.
pub(crate) type Prediction<'a, E, B> = Result<Predicted<'a, E, B>, Resume<'a, E, B>>;

/// A delivery of a known type with all that is required of it. The rest after it has not been looked at.
pub(crate) struct Predicted<'a, E, B> {
    pub(crate) event_type: E,
    /// The fields of the envelope that are there, besides `type` and `data`.
    pub(crate) seen: SlotSet<B>,
    /// The good fields of `data`.
    pub(crate) good: SlotSet<B>,
    /// The rest after the delivery.
    pub(crate) rest: &'a [u8],
}

/// The point at which the general loops take over from the straight line.
pub(crate) struct Resume<'a, E, B> {
    pub(crate) at: &'a [u8],
    /// Whether `at` is inside the envelope, after a value.
    pub(crate) started: bool,
    /// If there is `data`, it has been read up to `at`.
    pub(crate) envelope: EnvelopeState<'a, E, B>,
}

impl<'a, E, B: Bits> Resume<'a, E, B> {
    /// At the start of the delivery: not even the first member is as expected.
    #[inline(always)]
    pub(crate) fn at_start(at: &'a [u8]) -> Self {
        Resume { at, started: false, envelope: EnvelopeState::new() }
    }

    /// After a value: all up to `at` is as expected, and in `envelope`.
    #[allow(dead_code, reason = "a contract need not have a straight line")]
    #[inline(always)]
    pub(crate) fn within(at: &'a [u8], envelope: EnvelopeState<'a, E, B>) -> Self {
        Resume { at, started: true, envelope }
    }
}

/// The steps of a straight line. Each returns the rest after what it reads, or `None` if something else is there.
impl<'a, S: Sink<'a>> Reader<'a, S> {
    /// Reads `literal`, which ends with a quote, and the string after it.
    #[inline(always)]
    pub(crate) fn literal_text<const N: usize>(
        &mut self,
        rest: &'a [u8],
        literal: &[u8; N],
        index: TextIndex,
    ) -> Option<&'a [u8]> {
        let rest = after(rest, literal)?;
        let text = match string::quick(rest) {
            Some(text) => text,
            None => self.text(rest).ok()?,
        };
        self.sink.text(index, text.text);
        Some(text.rest)
    }

    /// Reads `literal` and a number that `slot` takes.
    #[inline(always)]
    pub(crate) fn literal_number<const N: usize>(
        &mut self,
        rest: &'a [u8],
        literal: &[u8; N],
        slot: &'static Slot,
    ) -> Option<&'a [u8]> {
        let rest = after(rest, literal)?;
        match self.quick_number(rest, slot) {
            None => self.number_after(rest, slot),
            rest => rest,
        }
    }

    #[inline(never)]
    fn number_after(&mut self, rest: &'a [u8], slot: &'static Slot) -> Option<&'a [u8]> {
        let (number, rest) = number::scan(rest).ok()?;
        self.number(&number, slot).then_some(rest)
    }

    /// Reads `literal` and `true` or `false`.
    #[inline(always)]
    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    pub(crate) fn literal_boolean<const N: usize>(
        &mut self,
        rest: &'a [u8],
        literal: &[u8; N],
        index: BooleanIndex,
    ) -> Option<&'a [u8]> {
        let rest = after(rest, literal)?;
        let (value, rest) = match (after(rest, b"true"), after(rest, b"false")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return None,
        };
        self.sink.boolean(index, value);
        Some(rest)
    }
}
