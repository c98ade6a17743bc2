//! The answer to a question: a proof, a witness, or the reason why there is neither.

use serde_json::Value;

use crate::place::Place;
use crate::proof::Proof;

/// The answer to an [`Inclusion`](crate::Inclusion). There is no fourth kind, so a `match` on it is
/// complete.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Answer {
    /// Every instance of the subset is one of the superset, as this proof shows. An independent
    /// checker has verified it.
    Proved(Proof),
    /// This is an instance of the subset but not of the superset.
    Refuted(Witness),
    /// Neither a proof nor a witness was found.
    Undecided(Undecided),
}

/// An instance of the subset that is not one of the superset, confirmed by the exact model of the
/// engine and by the `jsonschema` validator.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Witness {
    /// The instance, made as small as the engine could.
    pub instance: Value,
    /// Why the superset rejects it: at least one reason, at most 20.
    pub failures: Vec<Failure>,
}

/// One reason why the superset rejects a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Where in the instance (JSON Pointer).
    pub instance: String,
    /// The keyword that rejects it, in the superset (JSON Pointer).
    pub keyword: String,
    /// The message of the validator, cut after about 1,000 bytes.
    pub message: String,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Undecided {
    /// The construct that the engine does not model, or the resource that ran out.
    pub reason: String,
    /// The advice: how to write the schema instead, or which option to set.
    pub help: String,
    /// The keyword that stopped the search. Where none did, the root of the superset.
    pub place: Place,
}

impl Undecided {
    /// An answer of this kind, for programs that combine several questions into one of their own.
    pub fn new(reason: impl Into<String>, help: impl Into<String>, place: Place) -> Self {
        Self { reason: reason.into(), help: help.into(), place }
    }
}
