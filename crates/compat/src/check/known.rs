//! The facts about one value, and their immediate consequences.

use std::collections::HashSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::arena::Arena;
use crate::literal::Literal;
use crate::literal::Sign::{self, Fails, Holds};
use crate::node::{Keys, Node, WIDE};
use crate::primitives::NodeId;
use crate::types::TypeSet;

/// The facts about one value.
pub(super) struct Known<'a> {
    pub(super) arena: &'a Arena,
    pub(super) types: TypeSet,
    pub(super) literals: FxHashSet<Literal>,
    pub(super) required: HashSet<Arc<str>>,
    pub(super) forbidden: HashSet<Arc<str>>,
    /// The literals that say what members must meet.
    pub(super) on_members: Vec<Literal>,
    log: Vec<Change>,
}

/// A change, to be taken back.
enum Change {
    Types(TypeSet),
    Literal(Literal),
    Required(Arc<str>),
    Forbidden(Arc<str>),
}

impl<'a> Known<'a> {
    pub(super) fn new(arena: &'a Arena) -> Self {
        Self {
            arena,
            types: TypeSet::ALL,
            literals: FxHashSet::default(),
            required: HashSet::new(),
            forbidden: HashSet::new(),
            on_members: Vec::new(),
            log: Vec::new(),
        }
    }

    /// A point to come back to.
    pub(super) fn mark(&self) -> usize {
        self.log.len()
    }

    /// Takes back what was added since a point.
    pub(super) fn undo(&mut self, mark: usize) {
        for change in self.log.drain(mark..).rev() {
            match change {
                Change::Types(types) => self.types = types,
                Change::Literal(literal) => {
                    self.literals.remove(&literal);
                    if self.on_members.last() == Some(&literal) {
                        self.on_members.pop();
                    }
                }
                Change::Required(name) => {
                    self.required.remove(&name);
                }
                Change::Forbidden(name) => {
                    self.forbidden.remove(&name);
                }
            }
        }
    }

    /// Records that the value is of one of these types.
    pub(super) fn narrow(&mut self, types: TypeSet) {
        if !types.includes(self.types) {
            self.log.push(Change::Types(self.types));
            self.types = self.types.intersection(types);
        }
    }

    /// Adds a literal and what follows from it at once; whether that contradicts what is known.
    pub(super) fn add(&mut self, literal: Literal) -> bool {
        let mut work = vec![literal];
        while let Some(Literal { id, sign }) = work.pop() {
            if self.literals.contains(&Literal::new(id, !sign)) {
                return true;
            }
            if !self.literals.insert(Literal { id, sign }) {
                continue;
            }
            self.log.push(Change::Literal(Literal { id, sign }));
            let node = self.arena.node(id);
            if matches!(
                (node, sign),
                (Node::Properties { .. }, Holds)
                    | (Node::Exists { keys: Keys { name: Some(_), .. }, .. }, _)
            ) {
                self.on_members.push(Literal { id, sign });
            }
            if let Some(about) = node.about() {
                if sign.holds() == node.is_existential() {
                    self.narrow(about);
                }
            }
            match (node, sign) {
                (Node::True, Fails) | (Node::False, Holds) => return true,
                (Node::Types(types), Holds) => self.narrow(*types),
                (Node::Types(types), Fails) => self.narrow(types.complement()),
                (Node::Not(inner), _) => work.push(Literal::new(*inner, !sign)),
                (Node::Ref(number), _) => {
                    work.push(Literal::new(self.arena.definition(*number), sign));
                }
                (Node::Any(parts), Fails) if parts.len() > WIDE => {}
                (Node::All(parts), Holds) | (Node::Any(parts), Fails) => {
                    work.extend(parts.iter().map(|id| Literal::new(*id, sign)));
                }
                (Node::Required(name), _) if self.name(name, sign.holds()) => return true,
                (Node::Exists { keys: Keys { name: Some(name), .. }, .. }, Holds)
                    if self.name(name, true) =>
                {
                    return true;
                }
                (
                    Node::MinLength(_)
                    | Node::MinItems(_)
                    | Node::MinProperties(_)
                    | Node::MaxLength(_)
                    | Node::MaxItems(_)
                    | Node::MaxProperties(_)
                    | Node::Min { .. }
                    | Node::Max { .. },
                    Fails,
                ) => match node.opposite() {
                    Some(opposite) => {
                        work.extend(self.arena.find(&opposite).map(Literal::holds));
                    }
                    None => return true,
                },
                _ => {}
            }
            if self.types == TypeSet::NONE {
                return true;
            }
        }
        false
    }

    /// Records that a property is present, or absent, if the value is an object.
    fn name(&mut self, name: &Arc<str>, required: bool) -> bool {
        let (set, other) = if required {
            (&mut self.required, &self.forbidden)
        } else {
            (&mut self.forbidden, &self.required)
        };
        if other.contains(name) {
            return true;
        }
        if set.insert(Arc::clone(name)) {
            let name = Arc::clone(name);
            self.log.push(if required { Change::Required(name) } else { Change::Forbidden(name) });
        }
        false
    }

    pub(super) fn has(&self, literal: Literal) -> bool {
        self.literals.contains(&literal)
    }

    /// The nodes that are known to hold (or to fail).
    pub(super) fn nodes(&self, sign: Sign) -> impl Iterator<Item = (NodeId, &'a Node)> + '_ {
        let arena = self.arena;
        let literals = self.literals.iter().filter(move |literal| literal.sign == sign);
        literals.map(move |literal| (literal.id, arena.node(literal.id)))
    }
}
