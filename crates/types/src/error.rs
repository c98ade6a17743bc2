//! The errors of reading: of a rejected delivery, and of text that is not an event type.

use std::error::Error;
use std::fmt;

use crate::printable::Printable;

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
/// ```
/// use clip_events::{ErrorKind, Event};
/// let delivery = br#"{"id":"e1","type":"project.render.progress","created":0,
///     "data":{"project_id":"p1","team_id":"t1","progress":1.5}}"#;
/// let error = Event::from_slice(delivery).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Value);
/// assert_eq!(error.pointer(), "/data/progress");
/// assert_eq!(error.to_string(), "/data/progress: expected a number from 0 to 1, found 1.5 (byte 113)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ParseError(Box<Detail>);

#[derive(Clone, PartialEq, Eq)]
struct Detail {
    kind: ErrorKind,
    pointer: String,
    offset: usize,
    message: String,
    event_id: Option<String>,
    type_name: Option<String>,
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
    pub(crate) fn new(kind: ErrorKind, pointer: String, offset: usize, message: String) -> Self {
        let (event_id, type_name) = (None, None);
        ParseError(Box::new(Detail { kind, pointer, offset, message, event_id, type_name }))
    }

    /// The same error of a delivery whose envelope has these strings.
    pub(crate) fn of_event(mut self, event_id: Option<String>, type_name: Option<String>) -> Self {
        self.0.event_id = event_id;
        self.0.type_name = type_name;
        self
    }

    /// The kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// JSON Pointer (RFC 6901) to the value that is wrong, or to the object that lacks a key. Empty for the delivery as a
    /// whole.
    pub fn pointer(&self) -> &str {
        &self.0.pointer
    }

    /// Bytes from the start of the input to the error.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The expected and the found value, without the place. Of a long value it has the start.
    pub fn message(&self) -> &str {
        &self.0.message
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
        self.0.event_id.as_deref()
    }

    /// The string in `type`, known or not, if it could be read: see [`event_id`](Self::event_id).
    pub fn type_name(&self) -> Option<&str> {
        self.0.type_name.as_deref()
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Detail { pointer, offset, message, .. } = &*self.0;
        if !pointer.is_empty() {
            write!(f, "{}: ", Printable::new(pointer, MAX_POINTER))?;
        }
        write!(f, "{} (byte {offset})", Printable::new(message, MAX_MESSAGE))
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParseError({:?}, {self})", self.0.kind)
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
