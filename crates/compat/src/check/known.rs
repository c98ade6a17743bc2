//! What is known of one value, and what follows from it at once.

use std::collections::HashSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::arena::Arena;
use crate::node::{Id, Keys, Literal, Node, WIDE};
use crate::types::Types;

/// What is known of one value.
pub(super) struct Known<'a> {
    pub(super) arena: &'a Arena,
    pub(super) types: Types,
    pub(super) literals: FxHashSet<Literal>,
    pub(super) required: HashSet<Arc<str>>,
    pub(super) forbidden: HashSet<Arc<str>>,
    /// The literals that say what members must meet.
    pub(super) on_members: Vec<Literal>,
    log: Vec<Change>,
}

/// A change, to be taken back.
enum Change {
    Types(Types),
    Literal(Literal),
    Required(Arc<str>),
    Forbidden(Arc<str>),
}

impl<'a> Known<'a> {
    pub(super) fn new(arena: &'a Arena) -> Self {
        Self {
            arena,
            types: Types::ALL,
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

    /// Says that the value is of one of these types.
    pub(super) fn narrow(&mut self, types: Types) {
        if self.types & types != self.types {
            self.log.push(Change::Types(self.types));
            self.types = self.types & types;
        }
    }

    /// Adds a literal and what follows from it at once; whether that contradicts what is known.
    pub(super) fn add(&mut self, literal: Literal) -> bool {
        let mut work = vec![literal];
        while let Some((id, positive)) = work.pop() {
            if self.literals.contains(&(id, !positive)) {
                return true;
            }
            if !self.literals.insert((id, positive)) {
                continue;
            }
            self.log.push(Change::Literal((id, positive)));
            let node = self.arena.node(id);
            if matches!(
                (node, positive),
                (Node::Properties { .. }, true)
                    | (Node::Exists { keys: Keys { name: Some(_), .. }, .. }, _)
            ) {
                self.on_members.push((id, positive));
            }
            if let Some(about) = node.about() {
                if positive == node.is_existential() {
                    self.narrow(about);
                }
            }
            match (node, positive) {
                (Node::True, false) | (Node::False, true) => return true,
                (Node::Types(types), true) => self.narrow(*types),
                (Node::Types(types), false) => self.narrow(types.complement()),
                (Node::Not(inner), _) => work.push((*inner, !positive)),
                (Node::Ref(number), _) => {
                    work.push((self.arena.definitions[*number as usize], positive));
                }
                (Node::Any(parts), false) if parts.len() > WIDE => {}
                (Node::All(parts), true) | (Node::Any(parts), false) => {
                    work.extend(parts.iter().map(|id| (*id, positive)));
                }
                (Node::Required(name), _) if self.name(name, positive) => return true,
                (Node::Exists { keys: Keys { name: Some(name), .. }, .. }, true)
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
                    false,
                ) => match node.opposite() {
                    Some(opposite) => {
                        work.extend(self.arena.find(&opposite).map(|id| (id, true)));
                    }
                    None => return true,
                },
                _ => {}
            }
            if self.types == Types::NONE {
                return true;
            }
        }
        false
    }

    /// Says that a property is there, or is not, if the value is an object.
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
    pub(super) fn nodes(&self, positive: bool) -> impl Iterator<Item = (Id, &'a Node)> + '_ {
        let arena = self.arena;
        self.literals.iter().filter(move |l| l.1 == positive).map(move |l| (l.0, arena.node(l.0)))
    }
}
