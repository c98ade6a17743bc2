//! The ways into the parser: from bytes to an event, to a verdict, or to the deliveries of many lines.

#![expect(
    clippy::inline_always,
    reason = "measured: a call between a way in and the parser costs 11 % of a pass in instructions"
)]

use std::fmt;
use std::marker::PhantomData;

use crate::error::{Explanation, ParseError};
use crate::generated::borrowed::EventRef;
use crate::generated::event::Event;
use crate::generated::event_type::EventType;
use crate::generated::parser::{Contract, Values};
use crate::parse::{Extent, Fault, PassedEvent, Reader, Reason, Tables as _, explain, strings};
use crate::text::Text;

impl Event {
    /// Parses one delivery and checks it against the contract.
    ///
    /// # Errors
    ///
    /// If the bytes are not a delivery of this contract: see [`ParseError`]. A malformed event of a known type is an
    /// error; it never becomes [`Unknown`](crate::Unknown).
    ///
    /// ```
    /// use clip_events::{Event, EventType, Payload};
    /// let event = Event::from_slice(br#"{"id":"e1","type":"project.render.progress","created":1745800000000,
    ///     "data":{"project_id":"p1","team_id":"t1","progress":0.42,"added_later":[1]}}"#)?;
    /// let Payload::ProjectRenderProgress(data) = &event.payload else { panic!() };
    /// assert_eq!(data.progress.get(), 0.42);
    /// # Ok::<(), clip_events::ParseError>(())
    /// ```
    pub fn from_slice(bytes: &[u8]) -> Result<Self, ParseError> {
        whole(bytes)
    }
}

impl<'a> EventRef<'a> {
    /// Parses one delivery and checks it against the contract, without allocating.
    ///
    /// # Errors
    ///
    /// As [`Event::from_slice`].
    pub fn from_slice(bytes: &'a [u8]) -> Result<Self, ParseError> {
        whole(bytes)
    }
}

/// Checks one delivery against the contract and keeps nothing of it but its type. The verdict is that of
/// [`Event::from_slice`].
///
/// # Errors
///
/// If the bytes are not a delivery of this contract. Finding out why takes longer, and is left to
/// [`Rejection::explain`].
///
/// ```
/// use clip_events::{EventType, AnyEventType, judge};
/// let verdict = judge(br#"{"id":"e1","type":"clip.liked","created":1745800000000,"data":{}}"#);
/// assert!(matches!(verdict, Ok(AnyEventType::Unknown(name)) if name == "clip.liked"));
/// let verdict = judge(br#"{"id":"e1","type":"post.failed","created":1745800000000,"data":{}}"#);
/// assert_eq!(verdict.unwrap_err().explain().to_string(), "/data: `post_id` is missing (byte 63)");
/// ```
pub fn judge(bytes: &[u8]) -> Result<AnyEventType<'_>, Rejection<'_>> {
    AnyEventType::read(bytes, Extent::Whole).map(|(name, _)| name)
}

fn whole<'a, T: Read<'a>>(bytes: &'a [u8]) -> Result<T, ParseError> {
    match T::read(bytes, Extent::Whole) {
        Ok((delivery, _)) => Ok(delivery),
        Err(rejection) => Err(rejection.explain()),
    }
}

/// Parses the deliveries in `bytes`, one on each line (NDJSON). Blank lines are skipped.
///
/// Each line becomes a `T`: an [`Event`], an [`EventRef`], or only a [`AnyEventType`], for a verdict. Line ends are found in
/// the same pass. A broken line does not affect the others.
///
/// ```
/// use clip_events::{EventRef, AnyEventType, deliveries};
/// let lines = br#"{"id":"e1","type":"clip.liked","created":0,"data":{}}
/// {"id":"e2",
///
/// {"id":"e3","type":"clip.liked","created":0,"data":{}}"#;
/// let valid: Vec<_> = deliveries::<EventRef>(lines).filter_map(|line| line.outcome.ok()).collect();
/// assert_eq!(valid.len(), 2);
/// let broken = deliveries::<AnyEventType>(lines).find(|line| line.outcome.is_err()).unwrap();
/// assert_eq!(broken.number, 2);
/// assert_eq!(broken.bytes, br#"{"id":"e2","#);
/// ```
pub fn deliveries<'a, T: Delivery<'a>>(bytes: &'a [u8]) -> Deliveries<'a, T> {
    Deliveries { rest: bytes, number: 0, delivery: PhantomData }
}

/// Iterator over the lines of NDJSON: see [`deliveries`].
#[derive(Debug, Clone)]
pub struct Deliveries<'a, T> {
    rest: &'a [u8],
    number: u64,
    delivery: PhantomData<fn() -> T>,
}

/// One line of NDJSON.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Line<'a, T> {
    /// The line's number, counted from 1. Blank lines count.
    pub number: u64,
    /// The line's bytes, without the line feed.
    pub bytes: &'a [u8],
    /// The delivery, or its rejection.
    pub outcome: Result<T, Rejection<'a>>,
}

impl<'a, T: Delivery<'a>> Iterator for Deliveries<'a, T> {
    type Item = Line<'a, T>;

    #[inline(always)]
    fn next(&mut self) -> Option<Line<'a, T>> {
        loop {
            let start = self.rest;
            if start.is_empty() {
                return None;
            }
            self.number += 1;
            match T::read(start, Extent::FirstLine) {
                Ok((delivery, rest)) => {
                    self.rest = rest;
                    let bytes = &start[..start.len() - rest.len()];
                    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
                    return Some(Line { number: self.number, bytes, outcome: Ok(delivery) });
                }
                // The pass never goes beyond a line feed, but may have stopped before it.
                Err(rejection) => {
                    let length =
                        start.iter().position(|byte| *byte == b'\n').unwrap_or(start.len());
                    let bytes = &start[..length];
                    self.rest = start.get(length + 1..).unwrap_or_default();
                    if !bytes.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
                        let rejection = Rejection { bytes, ..rejection };
                        return Some(Line { number: self.number, bytes, outcome: Err(rejection) });
                    }
                }
            }
        }
    }
}

/// A type that the parser can make of a delivery in one pass: [`Event`], [`EventRef`] or [`AnyEventType`].
///
/// This trait is sealed.
pub trait Delivery<'a>: Read<'a> {}

impl<'a, T: Read<'a>> Delivery<'a> for T {}

pub(crate) mod sealed {
    //! Seals [`super::Delivery`].

    use super::Rejection;
    use crate::parse::Extent;

    /// Reads the delivery at the start of `input`, and returns what follows it.
    pub trait Read<'a>: Sized {
        fn read(input: &'a [u8], extent: Extent) -> Result<(Self, &'a [u8]), Rejection<'a>>;
    }
}

use sealed::Read;

impl<'a> Read<'a> for AnyEventType<'a> {
    #[inline(always)]
    fn read(input: &'a [u8], extent: Extent) -> Result<(Self, &'a [u8]), Rejection<'a>> {
        let passed = Reader::new(input, extent)
            .delivery::<Contract, _>(&mut ())
            .map_err(|fault| Rejection::new(input, fault))?;
        let name = match passed.event {
            PassedEvent::Known { event_type, .. } => AnyEventType::Known(event_type),
            PassedEvent::Unknown { event_type, .. } => AnyEventType::Unknown(event_type),
        };
        Ok((name, passed.rest))
    }
}

impl<'a> Read<'a> for EventRef<'a> {
    #[inline(always)]
    fn read(input: &'a [u8], extent: Extent) -> Result<(Self, &'a [u8]), Rejection<'a>> {
        let mut values = Values::default();
        let passed = Reader::new(input, extent)
            .delivery(&mut values)
            .map_err(|fault| Rejection::new(input, fault))?;
        Ok((EventRef::from_values(&values, &passed), passed.rest))
    }
}

impl<'a> Read<'a> for Event {
    #[inline(always)]
    fn read(input: &'a [u8], extent: Extent) -> Result<(Self, &'a [u8]), Rejection<'a>> {
        let (event, rest) = <EventRef as Read>::read(input, extent)?;
        Ok((event.into(), rest))
    }
}

/// The string in `type`: an event type that this release knows, or any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnyEventType<'a> {
    /// An event type that this release knows.
    Known(EventType),
    /// An event type that this release does not know.
    Unknown(Text<'a>),
}

impl fmt::Display for AnyEventType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnyEventType::Known(event_type) => event_type.fmt(f),
            AnyEventType::Unknown(name) => name.fmt(f),
        }
    }
}

/// A rejected delivery.
#[derive(Clone, Copy)]
pub struct Rejection<'a> {
    bytes: &'a [u8],
    reason: Reason,
    offset: usize,
}

impl<'a> Rejection<'a> {
    fn new(bytes: &'a [u8], fault: Fault<'a>) -> Self {
        Rejection { bytes, reason: fault.reason, offset: bytes.len() - fault.rest.len() }
    }

    /// The error of this delivery, which says what is wrong and where.
    pub fn explain(&self) -> ParseError {
        ParseError::new(self.bytes, self.reason, self.offset, |delivery, reason, offset| {
            let [event_id, type_name] = strings(delivery, [Contract::ID, Contract::TYPE]);
            Explanation { event_id, type_name, ..explain(delivery, reason, offset) }
        })
    }
}

impl fmt::Debug for Rejection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rejection({})", self.explain())
    }
}

impl fmt::Display for Rejection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.explain().fmt(f)
    }
}

impl std::error::Error for Rejection<'_> {}

impl From<Rejection<'_>> for ParseError {
    fn from(rejection: Rejection<'_>) -> Self {
        rejection.explain()
    }
}
