//! The outcomes of a search.

use std::sync::Arc;

use crate::json::Json;
use crate::proof::{Derivation, Step};

/// Whether a value meets some literals; `E` says why none does.
#[derive(Clone, Debug)]
pub(super) enum Emptiness<E> {
    /// No value does.
    Empty(E),
    /// This one does.
    Full(Json),
    /// Perhaps this one does.
    Unknown(Option<Json>),
}

/// The answer for one value, in steps.
pub(super) type StepEmptiness = Emptiness<Arc<Step>>;

/// The answer to a question.
pub(crate) enum Decision {
    Empty(Derivation),
    /// Perhaps this value meets the literals, perhaps one of the candidates.
    Open,
}
