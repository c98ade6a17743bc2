//! Places in the two schemas of a question.

use std::fmt;
use std::sync::Arc;

use crate::primitives::DocumentId;

/// One of the two schemas of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums)] // An inclusion has two sides.
pub enum Side {
    /// The schema that is to be included in the other.
    Subset,
    /// The schema that is to include the other.
    Superset,
}

/// `subset` or `superset`.
impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Subset => "subset",
            Self::Superset => "superset",
        })
    }
}

/// A place in one of the two schemas. Displayed as `subset #/properties/id`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Place {
    /// Which schema.
    pub side: Side,
    /// The JSON Pointer (RFC 6901) of the keyword or subschema in that document.
    pub pointer: String,
}

impl Place {
    /// The place that a JSON Pointer leads to in one of the schemas.
    pub fn new(side: Side, pointer: impl Into<String>) -> Self {
        Self { side, pointer: pointer.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}", self.side, self.pointer)
    }
}

/// `name` as a reference token of a JSON Pointer.
pub(crate) fn escape_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The place where a node of the normal form was first seen; many nodes share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) document: DocumentId,
    pub(crate) pointer: Arc<str>,
}
