//! Why something stayed unknown, before it becomes an answer.

use crate::place::Origin;

/// Why something stayed unknown.
#[derive(Clone, Debug)]
pub(crate) struct Reason {
    pub(crate) text: String,
    /// How to write the schema instead, or which option to set.
    pub(crate) help: String,
    pub(crate) origin: Option<Origin>,
}

impl Reason {
    pub(crate) fn new(
        text: impl Into<String>,
        help: impl Into<String>,
        origin: Option<Origin>,
    ) -> Self {
        Self { text: text.into(), help: help.into(), origin }
    }
}
