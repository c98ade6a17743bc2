//! Two of a kind: one of the release, one of the new contract.

/// The same of both sides of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Pair<T> {
    pub(crate) released: T,
    pub(crate) new: T,
}

impl<T> Pair<T> {
    pub(crate) fn as_ref(&self) -> Pair<&T> {
        Pair { released: &self.released, new: &self.new }
    }

    pub(crate) fn map<U>(self, mut f: impl FnMut(T) -> U) -> Pair<U> {
        Pair { released: f(self.released), new: f(self.new) }
    }

    pub(crate) fn zip<U>(self, other: Pair<U>) -> Pair<(T, U)> {
        Pair { released: (self.released, other.released), new: (self.new, other.new) }
    }

    pub(crate) fn both(self, mut f: impl FnMut(T) -> bool) -> bool {
        f(self.released) && f(self.new)
    }
}
