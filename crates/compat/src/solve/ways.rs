//! The ways to meet a union, and how it stands to the facts.

use super::facts::Union;
use crate::literal::Literal;
use crate::primitives::NodeId;
use crate::proof::{Case, Cases, Path};

/// A way to meet a union.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) number: usize,
    pub(super) add: Vec<Literal>,
}

/// How a union stands to the facts.
pub(super) enum Standing {
    /// They meet it, or imply what it says.
    Met,
    /// None of these parts may hold; the others cannot.
    Expand(Vec<NodeId>),
    /// These ways are left; the others are closed.
    Open { ways: Vec<Way>, closed: Vec<Case>, part: Option<usize>, by: Option<Path> },
    /// It has so many ways that they were not looked at.
    Wide { ways: usize, tells: bool },
}

pub(super) fn cases_of(
    union: Union,
    part: Option<usize>,
    by: Option<Path>,
    cases: Vec<Case>,
) -> Cases {
    match union {
        Union::Of(union) => Cases { union, part, by, cases },
        Union::Differs(id, index) => {
            Cases { union: Literal::fails(id), part: Some(index), by: None, cases }
        }
    }
}
