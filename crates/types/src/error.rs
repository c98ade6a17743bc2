//! The errors of reading: of a rejected delivery, and of text that is not an event type.

use std::error::Error;
use std::fmt;
use std::sync::OnceLock;

use crate::parse::Reason;
use crate::printable::Printable;

/// Bytes of a delivery that an error keeps; what is wrong with a larger one is found out at once.
const MAX_KEPT: usize = 16 << 10;
/// Characters of a pointer that `Display` writes.
const MAX_POINTER: usize = 200;
/// Characters of a message that `Display` writes: a closed set may be long.
const MAX_MESSAGE: usize = 1_000;

/// The bytes are not a delivery of this contract: says what is wrong and where.
///
/// A delivery is JSON (RFC 8259) in UTF-8 with at most 127 containers open at once, without halves of surrogate pairs, and
/// without numbers that binary64 would round to infinity. Beyond that the schemas decide. Numbers count with their exact
/// decimal value, and a key that the schemas declare may occur only once.
///
/// What is wrong is found out when it is asked for. So the error holds a copy of the delivery, if that has up to 16 KiB; what is wrong with
/// a larger one is found out at once.
///
/// ```
/// use clip_events::{ErrorKind, Event};
/// let delivery = br#"{"id":"e1","type":"project.render.progress","created":0,
///     "data":{"project_id":"p1","team_id":"t1","progress":1.5}}"#;
/// let error = Event::from_slice(delivery).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Value);
/// assert_eq!(error.pointer(), "/data/progress");
/// assert_eq!(error.to_string(), "/data/progress: expected a number from 0 to 1, found 1.5 (byte 113)");
/// ```
#[derive(Clone)]
pub struct ParseError(Box<Rejected>);

/// What to explain, and its explanation.
#[derive(Clone)]
struct Rejected {
    /// Empty if there is an explanation from the start.
    input: Box<[u8]>,
    reason: Reason,
    offset: usize,
    explain: Explain,
    explanation: OnceLock<Explanation>,
}

/// Finds out what the reason, at this offset, means for the input.
pub(crate) type Explain = fn(&[u8], Reason, usize) -> Explanation;

/// What is wrong, and where.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Explanation {
    pub(crate) kind: ErrorKind,
    pub(crate) pointer: String,
    pub(crate) offset: usize,
    pub(crate) message: String,
    pub(crate) event_id: Option<String>,
    pub(crate) type_name: Option<String>,
}

/// The kinds of errors in deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is not JSON, or more than one JSON document.
    Syntax,
    /// The input is not UTF-8.
    Utf8,
    /// More than 127 objects and arrays are open at once.
    Depth,
    /// A number is too large for binary64.
    Overflow,
    /// A required key is missing.
    Missing,
    /// A declared key occurs twice.
    Duplicate,
    /// A value has another JSON type.
    Type,
    /// A number is outside its bounds, or has a fraction where an integer is expected.
    Value,
}

impl ParseError {
    #[cold]
    pub(crate) fn new(input: &[u8], reason: Reason, offset: usize, explain: Explain) -> Self {
        let is_kept = input.len() <= MAX_KEPT;
        let kept = if is_kept { input.into() } else { Box::default() };
        let explanation = OnceLock::new();
        let rejected = Rejected { input: kept, reason, offset, explain, explanation };
        if !is_kept {
            rejected.explanation.get_or_init(|| explain(input, reason, offset));
        }
        ParseError(Box::new(rejected))
    }

    fn explanation(&self) -> &Explanation {
        let Rejected { input, reason, offset, explain, explanation } = &*self.0;
        explanation.get_or_init(|| explain(input, *reason, *offset))
    }

    /// The kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.explanation().kind
    }

    /// JSON Pointer (RFC 6901) to the value that is wrong, or to the object that lacks a key. Empty for the delivery as a
    /// whole.
    pub fn pointer(&self) -> &str {
        &self.explanation().pointer
    }

    /// Bytes from the start of the input to the error.
    pub fn offset(&self) -> usize {
        self.explanation().offset
    }

    /// The expected and the found value, without the place. Of a long value it has the start.
    pub fn message(&self) -> &str {
        &self.explanation().message
    }

    /// The event's id, if it could be read: to find the delivery again, or to set it aside by its id.
    ///
    /// It was read from a delivery that is invalid and may be broken or forged. If it occurs twice, this is the first.
    ///
    /// ```
    /// let cut_off = br#"{"id":"e1","type":"post.failed","created":17458"#;
    /// let error = clip_events::Event::from_slice(cut_off).unwrap_err();
    /// assert_eq!((error.event_id(), error.type_name()), (Some("e1"), Some("post.failed")));
    /// ```
    pub fn event_id(&self) -> Option<&str> {
        self.explanation().event_id.as_deref()
    }

    /// The string in `type`, known or not, if it could be read: see [`event_id`](Self::event_id).
    pub fn type_name(&self) -> Option<&str> {
        self.explanation().type_name.as_deref()
    }
}

impl PartialEq for ParseError {
    fn eq(&self, other: &Self) -> bool {
        self.explanation() == other.explanation()
    }
}

impl Eq for ParseError {}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Explanation { pointer, offset, message, .. } = self.explanation();
        if !pointer.is_empty() {
            write!(f, "{}: ", Printable::new(pointer, MAX_POINTER))?;
        }
        write!(f, "{} (byte {offset})", Printable::new(message, MAX_MESSAGE))
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParseError({:?}, {self})", self.kind())
    }
}

impl Error for ParseError {}

/// The text is not an event type of this release: the error of `EventType`'s `FromStr`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownEventTypeError(String);

impl UnknownEventTypeError {
    pub(crate) fn new(event_type: &str) -> Self {
        Self(event_type.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownEventTypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" is not an event type that this release knows", Printable::quoted(&self.0))
    }
}

impl Error for UnknownEventTypeError {}

/// A required field was not set: the error of builders with many required fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingFieldError {
    type_name: &'static str,
    field: &'static str,
}

impl MissingFieldError {
    #[allow(dead_code, reason = "a contract need not have objects with many required fields")]
    pub(crate) fn new(type_name: &'static str, field: &'static str) -> Self {
        Self { type_name, field }
    }

    /// The field.
    pub fn field(&self) -> &'static str {
        self.field
    }
}

impl fmt::Display for MissingFieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has no `{}`: set it before `build`", self.type_name, self.field)
    }
}

impl Error for MissingFieldError {}
