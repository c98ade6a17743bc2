//! Places in the two schemas of a question.

use std::fmt;
use std::sync::Arc;

/// One of the two schemas of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The schema that should be included.
    Sub,
    /// The schema that should include the other.
    Super,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sub => "sub",
            Self::Super => "super",
        })
    }
}

/// A place in one of the two schemas.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Which schema.
    pub side: Side,
    /// The JSON Pointer (RFC 6901) of the keyword or subschema in that document.
    pub pointer: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}", self.side, self.pointer)
    }
}

/// Where a node was first seen: the document and the JSON Pointer in it.
pub(crate) type Origin = (Side, Arc<str>);
