//! The trait that tells the parser about a contract: tables, look-ups and straight lines.

use super::prediction::Prediction;
use super::sink::Sink;
use super::vocabulary::{Bits, EnvelopeKey, Field, FieldSet, Reader, Shape};

/// A contract. The parser is compiled anew for each, and learns about it in no other way.
pub(crate) trait Tables: Sized + 'static {
    /// A known event type: it chooses the shape of `data`.
    type EventType: Copy + AsRef<str> + 'static;
    /// Wide enough for the fields of any shape.
    type Bits: Bits;

    /// The key of the event's id: a rejection tells it.
    const ID: &'static str;
    /// The key that chooses the shape of `data`.
    const TYPE: &'static str;
    /// The key that holds that shape.
    const DATA: &'static str;
    /// All known event types.
    const EVENT_TYPES: &'static [Self::EventType];

    /// The keys of all shapes of `data`.
    const DATA_KEYS: &'static [&'static str];

    /// The shape that the envelope's other keys make.
    fn envelope() -> &'static Shape;

    /// The shape of `data`.
    fn shape(event_type: Self::EventType) -> &'static Shape;

    /// The field that stands for `data` as a whole, where the shape is not one of fields.
    fn whole(event_type: Self::EventType) -> Option<&'static Field>;

    /// Finds the key of the envelope that starts at `at`, and the rest after its quote and colon. Finds every key that is
    /// written without escapes and has its colon right after its quote.
    fn envelope_member(at: &[u8]) -> Option<(EnvelopeKey, &[u8])>;

    /// The positions in the shape of `data` of all keys in turn, in two bytes each, the lower one first; 0xffff for a key
    /// that it does not declare.
    fn positions(event_type: Self::EventType) -> &'static [u8];

    /// Whether the shape of `data` declares the key with this number.
    #[inline(always)]
    fn declares(event_type: Self::EventType, key: usize) -> bool {
        matches!(Self::positions(event_type).get(2 * key..2 * key + 2), Some(at) if at != [0xff; 2])
    }

    /// Finds the key of `data` that starts at `at`, among all of them, and the rest after its quote and colon. Finds keys that
    /// are written in the same way.
    fn data_key(at: &[u8]) -> Option<(usize, &[u8])>;

    /// Finds the event type that starts at `at`, and the rest after its quote. Finds every one that is written without
    /// escapes.
    fn event_type(at: &[u8]) -> Option<(Self::EventType, &[u8])>;

    /// Follows the straight line through the delivery that starts at `at`: compact, unless it is `SPACED`.
    fn predict<'a, const SPACED: bool, S: Sink<'a>>(
        reader: &mut Reader<'a>,
        sink: &mut S,
        at: &'a [u8],
    ) -> Prediction<'a, Self::EventType, Self::Bits>;

    /// Follows the straight line through `data`: from after its opening brace, or, if it is `SPACED`, also from after a member that is
    /// not declared. It is told the fields that came before it. Returns all, and the rest after them.
    fn predict_data<'a, const SPACED: bool, S: Sink<'a>>(
        reader: &mut Reader<'a>,
        sink: &mut S,
        event_type: Self::EventType,
        seen: FieldSet<Self::Bits>,
        at: &'a [u8],
    ) -> (FieldSet<Self::Bits>, &'a [u8]);
}
