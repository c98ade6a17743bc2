//! The answer to a question: a proof, a witness, or what could not be decided.

use serde_json::Value;

use crate::place::Place;
use crate::proof::Proof;

/// The answer to one question.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Every instance of the sub is one of the super, for this reason.
    Proved(std::sync::Arc<Proof>),
    /// This is an instance of the sub, but none of the super.
    Refuted(Witness),
    /// Neither was found.
    Undecided(Undecided),
}

/// An instance of the sub that is none of the super, checked by the `jsonschema` validator.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The value.
    pub instance: Value,
    /// Why the super rejects it; never empty.
    pub violations: Vec<Violation>,
}

/// One reason why a schema rejects a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where in the value (JSON Pointer).
    pub instance: String,
    /// The keyword in the super (JSON Pointer).
    pub keyword: String,
    /// What the validator says.
    pub message: String,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Undecided {
    /// What the engine does not model, or ran out of.
    pub reason: String,
    /// What to write instead, or which option to set.
    pub help: String,
    /// The keyword that stopped it; for the whole question the root of the super.
    pub place: Place,
}

impl Undecided {
    /// An answer of that kind, for those who ask questions made of several of this library's.
    pub fn new(reason: impl Into<String>, help: impl Into<String>, place: Place) -> Self {
        Self { reason: reason.into(), help: help.into(), place }
    }
}
