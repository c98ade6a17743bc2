//! Literals: the statements that the search and its proofs are made of.

use std::ops::Not;

use crate::primitives::NodeId;

/// Whether a schema must hold for a value or must fail.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Sign {
    Fails,
    Holds,
}

impl Sign {
    pub(crate) const fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }

    pub(crate) const fn holds(self) -> bool {
        matches!(self, Self::Holds)
    }
}

impl Not for Sign {
    type Output = Self;

    fn not(self) -> Self {
        Self::of(!self.holds())
    }
}

/// A schema that must hold for a value, or must fail.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Literal {
    pub(crate) id: NodeId,
    pub(crate) sign: Sign,
}

impl Literal {
    pub(crate) const fn new(id: NodeId, sign: Sign) -> Self {
        Self { id, sign }
    }

    pub(crate) const fn holds(id: NodeId) -> Self {
        Self::new(id, Sign::Holds)
    }

    pub(crate) const fn fails(id: NodeId) -> Self {
        Self::new(id, Sign::Fails)
    }
}

/// The literal that is met exactly where this one is not.
impl Not for Literal {
    type Output = Self;

    fn not(self) -> Self {
        Self::new(self.id, !self.sign)
    }
}
