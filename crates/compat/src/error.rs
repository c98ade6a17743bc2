//! The errors of the library.

use crate::place::Side;

/// The reason why a document could not be read or a question could not be asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not a JSON document.
    #[error("not a JSON document: {0}")]
    Json(#[from] serde_json::Error),
    /// The text starts with a byte order mark, which RFC 8259 (8.1) forbids.
    #[error("not a JSON document: starts with a byte order mark (U+FEFF): remove it")]
    ByteOrderMark,
    /// An object has two members of one name: readers of JSON disagree on which counts (RFC 8259, 4).
    #[error("the key {key:?} occurs twice in one object: at line {} column {}, and at line {} column {}", .first.0, .first.1, .second.0, .second.1)]
    #[non_exhaustive]
    DuplicateKey {
        /// The name.
        key: String,
        /// Line and column of the first one, in characters, counted from 1.
        first: (usize, usize),
        /// Those of the second one.
        second: (usize, usize),
    },
    /// The document is not a schema of its draft.
    #[error("the {side} is not a valid schema at `{pointer}`: {message}")]
    #[non_exhaustive]
    Schema {
        /// Which of the two.
        side: Side,
        /// Where in the document (JSON Pointer).
        pointer: String,
        /// The fault at that place.
        message: String,
    },
    /// `$schema` names a draft or meta-schema that the engine does not know.
    #[error(
        "the {side} has an unknown `$schema`: {dialect}; known are the drafts 4, 6, 7, 2019-09 and 2020-12"
    )]
    #[non_exhaustive]
    Dialect {
        /// Which of the two.
        side: Side,
        /// The value of `$schema`.
        dialect: String,
    },
    /// One schema is of draft 4 and the other is not: whether `1.0` is an integer depends on the draft, and in draft 4 on the validator.
    #[error(
        "one schema is of draft 4, where validators differ on whether 1.0 is an integer, and the other is not; \
         set `Options::zero_fraction_is_integer`, or choose one draft with `Options::draft`"
    )]
    Drafts,
}
