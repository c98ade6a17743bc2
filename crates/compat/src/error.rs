//! Why a question could not be asked.

use crate::place::Side;

/// Why a question could not be asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no JSON document.
    #[error("not a JSON document: {0}")]
    Json(#[from] serde_json::Error),
    /// The text starts with a byte order mark, which no JSON text may (RFC 8259, 8.1).
    #[error("not a JSON document: starts with a byte order mark (U+FEFF): remove it")]
    ByteOrderMark,
    /// The document is no schema.
    #[error("the {side} is no valid schema at `{pointer}`: {message}")]
    Schema {
        /// Which of the two.
        side: Side,
        /// Where in the document (JSON Pointer).
        pointer: String,
        /// What is wrong there.
        message: String,
    },
    /// `$schema` names a draft or meta-schema that is not known.
    #[error(
        "the {side} has an unknown `$schema`: {dialect}; known are the drafts 4, 6, 7, 2019-09 and 2020-12"
    )]
    Dialect {
        /// Which of the two.
        side: Side,
        /// The value of `$schema`.
        dialect: String,
    },
    /// The schemas are of different drafts, in which the same keyword means different things.
    #[error("the schemas are of different drafts; choose one with `Options::draft`")]
    Drafts,
}
