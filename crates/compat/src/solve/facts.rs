//! The facts about a value of one type while its cases are explored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::literal::Literal;
use crate::primitives::NodeId;
use crate::types::TypeSet;

/// A union that is not decided yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Union {
    /// This literal.
    Of(Literal),
    /// The value differs from this one (by its number) of an enumeration.
    Differs(NodeId, usize),
}

impl Union {
    pub(super) fn id(self) -> NodeId {
        match self {
            Self::Of(Literal { id, .. }) | Self::Differs(id, _) => id,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) types: TypeSet,
    pub(super) known: FxHashSet<Literal>,
    /// The same, in order.
    pub(super) order: Vec<Literal>,
    /// Assertions of the type, for the leaf.
    pub(super) atoms: Vec<Literal>,
    pub(super) pending: Vec<Union>,
    /// Unions that say which other parts of a `oneOf` fail: rarely needed, looked at last.
    later: Vec<Union>,
    pub(super) required: BTreeSet<Arc<str>>,
    required_order: Vec<Arc<str>>,
    pub(super) forbidden: BTreeSet<Arc<str>>,
    forbidden_order: Vec<Arc<str>>,
    /// The literals that members of some names must meet, if they are there.
    pub(super) members: BTreeMap<Arc<str>, Vec<Literal>>,
    members_order: Vec<Arc<str>>,
    /// The `Properties` that speak of more names than they list.
    pub(super) broad: Vec<NodeId>,
    /// Names whose values were told apart.
    pub(super) told: BTreeSet<Arc<str>>,
    /// How many of the atoms were looked at before the unions were decided.
    pub(super) seen: usize,
}

/// How much was known at some time.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    order: usize,
    atoms: usize,
    pending: usize,
    required: usize,
    forbidden: usize,
    members: usize,
    broad: usize,
}

impl Facts {
    pub(super) fn new(types: TypeSet) -> Self {
        Self {
            types,
            known: FxHashSet::default(),
            order: Vec::new(),
            atoms: Vec::new(),
            pending: Vec::new(),
            later: Vec::new(),
            required: BTreeSet::new(),
            required_order: Vec::new(),
            forbidden: BTreeSet::new(),
            forbidden_order: Vec::new(),
            members: BTreeMap::new(),
            members_order: Vec::new(),
            broad: Vec::new(),
            told: BTreeSet::new(),
            seen: 0,
        }
    }

    pub(super) fn knows(&self, literal: Literal) -> bool {
        self.known.contains(&literal)
    }

    /// Forgets one literal for a while, to see whether the others imply it.
    pub(super) fn set_known(&mut self, literal: Literal, known: bool) {
        if known {
            self.known.insert(literal);
        } else {
            self.known.remove(&literal);
        }
    }

    pub(super) fn literals(&self) -> impl Iterator<Item = Literal> + '_ {
        self.order.iter().copied()
    }

    pub(super) fn atoms(&self) -> &[Literal] {
        &self.atoms
    }

    /// Puts off the unions that were met since the mark.
    pub(super) fn put_off(&mut self, mark: Mark) {
        self.later.extend(self.pending.drain(mark.pending..));
    }

    /// Resumes the unions that were put off; whether there are any.
    pub(super) fn take_up(&mut self) -> bool {
        self.pending.append(&mut self.later);
        !self.pending.is_empty()
    }

    /// How many things are known.
    pub(super) fn size(&self) -> u64 {
        (self.order.len() + self.members_order.len() + self.pending.len()) as u64
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            order: self.order.len(),
            atoms: self.atoms.len(),
            pending: self.pending.len(),
            required: self.required_order.len(),
            forbidden: self.forbidden_order.len(),
            members: self.members_order.len(),
            broad: self.broad.len(),
        }
    }

    /// Forgets everything learnt since the mark; unions pending before must still be there.
    pub(super) fn undo(&mut self, mark: Mark) {
        for literal in self.order.drain(mark.order..) {
            self.known.remove(&literal);
        }
        self.atoms.truncate(mark.atoms);
        self.pending.truncate(mark.pending);
        self.broad.truncate(mark.broad);
        for name in self.required_order.drain(mark.required..) {
            self.required.remove(&name);
        }
        for name in self.forbidden_order.drain(mark.forbidden..) {
            self.forbidden.remove(&name);
        }
        for name in self.members_order.drain(mark.members..).rev() {
            if let Some(literals) = self.members.get_mut(&name) {
                literals.pop();
                if literals.is_empty() {
                    self.members.remove(&name);
                }
            }
        }
    }

    /// The names that something was learnt about since the mark.
    pub(super) fn touched(&self, mark: Mark) -> BTreeSet<Arc<str>> {
        self.required_order[mark.required..]
            .iter()
            .chain(&self.members_order[mark.members..])
            .cloned()
            .collect()
    }

    /// Whether something was learnt since the mark about names that it does not list.
    pub(super) fn is_broader(&self, mark: Mark) -> bool {
        self.broad.len() > mark.broad
    }

    /// The unions that were met since the mark.
    pub(super) fn pending_since(&self, mark: Mark) -> &[Union] {
        &self.pending[mark.pending.min(self.pending.len())..]
    }

    pub(super) fn require(&mut self, name: &Arc<str>) {
        if self.required.insert(Arc::clone(name)) {
            self.required_order.push(Arc::clone(name));
        }
    }

    pub(super) fn forbid(&mut self, name: &Arc<str>) {
        if self.forbidden.insert(Arc::clone(name)) {
            self.forbidden_order.push(Arc::clone(name));
        }
    }

    pub(super) fn member(&mut self, name: &Arc<str>, literal: Literal) {
        self.members.entry(Arc::clone(name)).or_default().push(literal);
        self.members_order.push(Arc::clone(name));
    }
}
