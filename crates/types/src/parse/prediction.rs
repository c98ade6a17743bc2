//! Prediction: how far a contract's straight line came, and what it hands over where it ends.

use super::vocabulary::{Bits, FieldSet};
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
