//! Is every instance of one JSON Schema an instance of another? A proof, or the instance that is
//! not.
//!
//! ```
//! use schema_compat::{Options, Schema, Verdict};
//! use serde_json::json;
//!
//! let old = Schema::from(json!({"type": "object", "properties": {"n": {"type": "integer"}}}));
//! let new = Schema::from(json!({"type": "object", "properties": {"n": {"type": "number"}}}));
//!
//! // What the old schema describes, the new one accepts...
//! assert!(matches!(schema_compat::included(&old, &new, &Options::default())?, Verdict::Proved(_)));
//!
//! // ...but not the other way round, and here is why.
//! let Verdict::Refuted(witness) = schema_compat::included(&new, &old, &Options::default())? else {
//!     panic!("a number need not be an integer");
//! };
//! assert!(witness.instance["n"].is_f64());
//! # Ok::<(), schema_compat::Error>(())
//! ```
//!
//! # How it works
//!
//! A counterexample is a value for which the sub holds and the super fails. Both schemas are read
//! into one normal form ([`node`], [`lower`]); [`solve`] looks for such a value, type by type and
//! member by member, until it has one or has closed every case. The closed cases are a derivation
//! ([`proof`]) that an independent checker ([`check`]) goes over before the answer is
//! [`Verdict::Proved`]. A value is judged by the normal form, with exact numbers, *and* by the
//! `jsonschema` validator before the answer is [`Verdict::Refuted`]. Where a keyword is not modelled,
//! a bounded search by mutation looks for a witness ([`refute`]); what remains is [`Undecided`].
//!
//! The work is bounded by [`Options::budget`] steps and [`Options::memory`] bytes, whatever the
//! schemas.

mod address;
mod answer;
mod arena;
mod budget;
mod check;
mod draft;
mod error;
mod eval;
mod inclusion;
mod json;
mod literal;
mod lower;
mod node;
mod number;
mod options;
mod pattern;
mod place;
mod primitives;
mod proof;
mod refute;
mod scalar;
mod schema;
mod solve;
mod types;

pub use answer::{Undecided, Verdict, Violation, Witness};
pub use draft::Draft;
pub use error::Error;
pub use inclusion::included;
pub use options::Options;
pub use place::{Place, Side};
pub use proof::Proof;
pub use schema::Schema;

/// The examples of the README run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
