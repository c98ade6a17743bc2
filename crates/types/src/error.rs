//! Why bytes are no delivery.

use std::error::Error;
use std::fmt;

/// Why bytes are no delivery of this contract: what is wrong, and where.
///
/// A delivery is JSON as RFC 8259 has it, in UTF-8, with no more than 127 containers open at once, with strings that
/// Unicode can write (no half of a surrogate pair) and numbers that binary64 does not round to infinity. Beyond that the
/// schemas decide, with numbers taken at their exact decimal value; a key that the schemas declare may occur once.
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
}

/// What is wrong with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Not JSON, or more than one JSON document.
    Syntax,
    /// Not UTF-8.
    Utf8,
    /// More containers open at once than readers take.
    Depth,
    /// A number too large for binary64.
    Overflow,
    /// A required key is missing.
    Missing,
    /// A declared key occurs twice.
    Duplicate,
    /// A value of another JSON type.
    Type,
    /// A number outside its bounds, or one that is no integer where one must be.
    Value,
}

impl ParseError {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, pointer: String, offset: usize, message: String) -> Self {
        ParseError(Box::new(Detail { kind, pointer, offset, message }))
    }

    /// What is wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Where: an RFC 6901 JSON Pointer to the value that is wrong, or to the object that lacks a key.
    /// Empty for the delivery as a whole.
    pub fn pointer(&self) -> &str {
        &self.0.pointer
    }

    /// Where: bytes from the start of the input to what is wrong.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// What was expected and what was found, without the place.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Detail { pointer, offset, message, .. } = &*self.0;
        if !pointer.is_empty() {
            write!(f, "{pointer}: ")?;
        }
        write!(f, "{message} (byte {offset})")
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParseError({:?}, {self})", self.0.kind)
    }
}

impl Error for ParseError {}
