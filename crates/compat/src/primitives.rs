//! Numbers that name things: each kind is a type of its own, so that none is taken for another.

/// Defines the number of a thing in the list that holds all of its kind.
macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub(crate) struct $name(u32);

        impl $name {
            /// The thing at this position of its list. All lists are bounded by a budget far below
            /// 2^32.
            pub(crate) fn new(position: usize) -> Self {
                Self(u32::try_from(position).expect("lists are shorter than their budgets"))
            }

            pub(crate) const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

index! {
    /// A document that was read.
    DocumentId
}
index! {
    /// A node of the arena.
    NodeId
}
index! {
    /// A pattern of the arena.
    PatternId
}
index! {
    /// A recursive definition of the arena.
    DefinitionId
}
index! {
    /// A lemma of a derivation.
    LemmaId
}
index! {
    /// A dynamic scope of a document.
    ScopeId
}
index! {
    /// A state of a nondeterministic automaton.
    StateId
}
index! {
    /// A state of a deterministic automaton: a set of states of the other kind.
    SubsetId
}
index! {
    /// A letter of an alphabet.
    LetterId
}
index! {
    /// A class of characters in a pattern.
    ClassId
}
index! {
    /// A look-around of a pattern.
    LookId
}

impl NodeId {
    /// The node that holds for every value: the first of every arena.
    pub(crate) const TRUE: Self = Self(0);
    /// The node that holds for none: the second.
    pub(crate) const FALSE: Self = Self(1);
}

impl SubsetId {
    /// The state before the first character.
    pub(crate) const FIRST: Self = Self(0);
    /// Stands for one that no search has gone to yet.
    pub(crate) const UNKNOWN: Self = Self(u32::MAX);
}

impl StateId {
    /// The end of the pattern, or of a look-ahead read from where it stands.
    pub(crate) const MATCH: Self = Self(0);
    /// The end of a look-around that is tried from every position: it has matched here.
    pub(crate) const SEEN: Self = Self(1);
}
