//! Is every instance of one JSON Schema an instance of another? The answer is a proof, or the instance
//! that is not.
//!
//! ```
//! use schema_compat::{Answer, Inclusion, Options, Schema};
//! use serde_json::json;
//!
//! let old = Schema::from(json!({"type": "object", "properties": {"n": {"type": "integer"}}}));
//! let new = Schema::from(json!({"type": "object", "properties": {"n": {"type": "number"}}}));
//! let options = Options::default();
//!
//! // Every document of the old schema is one of the new...
//! let answer = Inclusion { subset: &old, superset: &new }.decide(&options)?;
//! assert!(matches!(answer, Answer::Proved(_)));
//!
//! // ...but not the other way round, and here is why.
//! let answer = Inclusion { subset: &new, superset: &old }.decide(&options)?;
//! let Answer::Refuted(witness) = answer else { panic!("a number need not be an integer") };
//! assert!(witness.instance["n"].is_f64());
//! assert_eq!(witness.failures[0].keyword, "/properties/n/type");
//! # Ok::<(), schema_compat::Error>(())
//! ```
//!
//! # Asking
//!
//! A [`Schema`] is parsed from text, which keeps the exact value of every number, or made from a
//! [`serde_json::Value`]. An [`Inclusion`] names the two roles, so that they cannot be swapped by
//! accident; [`Options`] set the draft, whether `format` asserts, and what the search may use. Errors are
//! for documents that are not schemas; anything else that is beyond the engine gets the answer
//! [`Answer::Undecided`], which says what stopped it, where, and how to write the schema instead.
//!
//! The library reads no file and no network, and a `$ref` to another document is not followed. Its
//! only dependency in the public interface is `serde_json` 1. Without the feature `engine`, which is on by default, there is
//! [`pattern`] alone: for those who only ask what a regular expression of a schema means.
//!
//! # How it works
//!
//! A counterexample is a value for which the subset holds and the superset fails. Both schemas are
//! read into one normal form; the search looks for such a value, type by type and member by member,
//! until it has one or has closed every case. The closed cases are a derivation, which an independent
//! checker verifies before the answer is [`Answer::Proved`]. A value is judged by the normal form,
//! with exact numbers, *and* by the `jsonschema` validator before the answer is [`Answer::Refuted`].
//! If the search ends with neither, values that it met are changed place by place in case one of them
//! is a witness.
//!
//! The work is bounded by [`Options::budget`] steps and [`Options::memory`] bytes, whatever the
//! schemas.
#![cfg_attr(
    not(feature = "engine"),
    allow(
        dead_code,
        unused_imports,
        reason = "the engine uses more of the patterns than others see"
    )
)]

#[cfg(feature = "engine")]
mod address;
#[cfg(feature = "engine")]
mod answer;
#[cfg(feature = "engine")]
mod arena;
#[cfg(feature = "engine")]
mod budget;
#[cfg(feature = "engine")]
mod check;
#[cfg(feature = "engine")]
mod draft;
#[cfg(feature = "engine")]
mod error;
#[cfg(feature = "engine")]
mod eval;
#[cfg(feature = "engine")]
mod format;
#[cfg(feature = "engine")]
mod inclusion;
#[cfg(feature = "engine")]
mod json;
#[cfg(feature = "engine")]
mod literal;
#[cfg(feature = "engine")]
mod lower;
#[cfg(feature = "engine")]
mod node;
#[cfg(feature = "engine")]
mod number;
#[cfg(feature = "engine")]
mod options;
pub mod pattern;
#[cfg(feature = "engine")]
mod place;
mod primitives;
#[cfg(feature = "engine")]
mod proof;
#[cfg(feature = "engine")]
mod questions;
#[cfg(feature = "engine")]
mod reason;
#[cfg(feature = "engine")]
mod refute;
#[cfg(feature = "engine")]
mod scalar;
#[cfg(feature = "engine")]
mod schema;
#[cfg(feature = "engine")]
mod solve;
#[cfg(feature = "engine")]
mod types;
#[cfg(feature = "engine")]
mod width;

#[cfg(feature = "engine")]
pub use answer::{Answer, Failure, Undecided, Witness};
#[cfg(feature = "engine")]
pub use draft::Draft;
#[cfg(feature = "engine")]
pub use error::Error;
#[cfg(feature = "engine")]
pub use inclusion::Inclusion;
#[cfg(feature = "engine")]
pub use options::Options;
#[cfg(feature = "engine")]
pub use place::{Place, Side};
#[cfg(feature = "engine")]
pub use proof::Proof;
#[cfg(feature = "engine")]
pub use questions::{Document, Questions};
#[cfg(feature = "engine")]
pub use schema::Schema;
#[cfg(feature = "engine")]
pub use width::{TooWide, too_wide};

/// The examples of the README run as tests.
#[cfg(all(doctest, feature = "engine"))]
#[doc = include_str!("../README.md")]
struct Readme;
