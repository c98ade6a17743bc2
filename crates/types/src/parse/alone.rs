//! JSON with no envelope around it: any value, or the `data` of a known event type.

use super::explain::explain;
use super::reader::{Extent, Reader};
use super::vocabulary::Fault;
#[cfg(feature = "serde")]
use super::{
    tables::Tables,
    vocabulary::{Reason, SlotSet},
};
use crate::error::ParseError;

/// Any JSON value: only its form is judged.
pub(crate) fn value(json: &[u8]) -> Result<(), ParseError> {
    let mut reader = Reader::new(json, Extent::Whole, ());
    explained(json, value_to_end(&mut reader))
}

fn value_to_end<'a>(reader: &mut Reader<'a, ()>) -> Result<(), Fault<'a>> {
    let rest = reader.skip(reader.space(reader.input), 0)?;
    let rest = reader.end(rest)?;
    reader.utf8(rest)
}

/// An owned shape of `data`.
#[cfg(feature = "serde")]
pub(crate) trait DataShape: Sized {
    type Tables: Tables;
    /// The event type whose shape it is.
    const EVENT_TYPE: <Self::Tables as Tables>::EventType;
    /// Makes one of the values that a pass has read, and the marks of the good fields.
    fn from_values(
        values: &<Self::Tables as Tables>::Values<'_>,
        good: SlotSet<<Self::Tables as Tables>::Bits>,
    ) -> Self;
}

/// The `data` of an event whose type is known.
#[cfg(feature = "serde")]
pub(crate) fn data<T: DataShape>(json: &[u8]) -> Result<T, ParseError> {
    let mut reader = Reader::new(json, Extent::Whole, Default::default());
    let good = explained(json, data_to_end::<T::Tables>(&mut reader, T::EVENT_TYPE))?;
    Ok(T::from_values(&reader.sink, good))
}

#[cfg(feature = "serde")]
fn data_to_end<'a, C: Tables>(
    reader: &mut Reader<'a, C::Values<'a>>,
    event_type: C::EventType,
) -> Result<SlotSet<C::Bits>, Fault<'a>> {
    let start = reader.space(reader.input);
    let [b'{', rest @ ..] = start else { return Err(Fault::new(Reason::Object, start)) };
    let data = reader.fields::<C>(start, rest, SlotSet::empty(), 1)?;
    let rest = reader.end(data.rest)?;
    reader.utf8(rest)?;
    data.fit(C::shape(event_type))
}

fn explained<T>(input: &[u8], outcome: Result<T, Fault<'_>>) -> Result<T, ParseError> {
    outcome.map_err(|fault| explain(input, fault.reason, input.len() - fault.rest.len()))
}
