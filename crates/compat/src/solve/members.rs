//! The facts about an object, by member and by name.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::facts::Facts;
use super::outcome::{Emptiness, StepEmptiness};
use super::solver::Solver;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::Holds;
use crate::node::{Keys, Node};
use crate::number::Count;
use crate::primitives::{NodeId, PatternId};
use crate::proof::{ObjectStep, Step};

/// The assertions about an object.
pub(super) struct Objects {
    /// The `Properties` nodes.
    pub(super) universals: Vec<Rc<Node>>,
    pub(super) names: Vec<NodeId>,
    pub(super) wanted: Vec<Wanted>,
    pub(super) min: Count,
    pub(super) max: Option<Count>,
    pub(super) patterns: Vec<PatternId>,
    /// Names that are spoken of one by one.
    pub(super) keys: BTreeSet<Arc<str>>,
}

impl Objects {
    /// Whether there may be no more properties than these.
    pub(super) fn is_full(&self, properties: usize) -> bool {
        self.max.as_ref().is_some_and(|max| Count::from(properties) >= *max)
    }
}

/// A member that must exist.
#[derive(Clone)]
pub(super) struct Wanted {
    /// The node that says so.
    pub(super) exists: NodeId,
    pub(super) keys: Keys,
    pub(super) schema: NodeId,
}

/// A member of the object that is being built.
#[derive(Clone)]
pub(super) struct Member {
    /// What another name for it must meet; none, if it can have no other.
    pub(super) names: Vec<Literal>,
    /// The literals that it must meet.
    pub(super) literals: Vec<Literal>,
    pub(super) value: Json,
}

/// The members of the object that is being built.
pub(super) type Members = BTreeMap<Arc<str>, Member>;

/// A name that a wanted member can have, and the member of that name.
#[derive(Clone)]
pub(super) struct Home {
    pub(super) name: Arc<str>,
    pub(super) member: Member,
    /// Whether the value is sure to meet the literals.
    pub(super) certain: bool,
}

pub(super) fn closed(step: ObjectStep) -> StepEmptiness {
    Emptiness::Empty(Arc::new(Step::Object(step)))
}

impl Solver<'_> {
    pub(super) fn read_objects(&self, facts: &Facts) -> Objects {
        let mut objects = Objects {
            universals: Vec::new(),
            names: Vec::new(),
            wanted: Vec::new(),
            min: Count::ZERO,
            max: None,
            patterns: Vec::new(),
            keys: facts.required.union(&facts.forbidden).cloned().collect(),
        };
        for Literal { id, sign } in facts.atoms() {
            match (self.arena.node(*id), sign) {
                (Node::Properties { named, patterns, .. }, Holds) => {
                    objects.keys.extend(named.keys().cloned());
                    objects.patterns.extend(patterns.iter().map(|(pattern, _)| *pattern));
                    objects.universals.push(self.arena.shared(*id));
                }
                (Node::Names(names), Holds) => {
                    objects.names.push(*names);
                    if let Node::Enum(values) = self.arena.node(*names) {
                        objects.keys.extend(values.iter().filter_map(|value| match value {
                            Json::String(name) => Some(Arc::clone(name)),
                            _ => None,
                        }));
                    }
                }
                (Node::MinProperties(min), Holds) => {
                    objects.min = objects.min.clone().max(min.clone());
                }
                (Node::MaxProperties(max), Holds)
                    if objects.max.as_ref().is_none_or(|known| max < known) =>
                {
                    objects.max = Some(max.clone());
                }
                (Node::Exists { keys, schema }, Holds) => {
                    objects.patterns.extend(keys.matching.iter().chain(&keys.unmatched));
                    objects.keys.extend(keys.except.iter().cloned());
                    let (exists, keys, schema) = (*id, keys.clone(), *schema);
                    objects.wanted.push(Wanted { exists, keys, schema });
                }
                _ => {}
            }
        }
        objects.patterns.sort_unstable();
        objects.patterns.dedup();
        objects
    }

    /// Adds the literals that a universal assertion demands of the member of this name.
    fn by_universal(&self, node: &Node, name: &str, literals: &mut Vec<Literal>) {
        let Node::Properties { named, patterns, rest } = node else { return };
        let before = literals.len();
        literals.extend(named.get(name).map(|id| Literal::holds(*id)));
        for (pattern, id) in patterns {
            if self.arena.pattern(*pattern).is_match(name) {
                literals.push(Literal::holds(*id));
            }
        }
        if literals.len() == before {
            literals.push(Literal::holds(*rest));
        }
    }

    /// The literals that the member of this name must meet.
    pub(super) fn member_literals(&self, facts: &Facts, name: &str) -> Vec<Literal> {
        let mut literals = vec![Literal::holds(NodeId::TRUE)];
        for id in &facts.broad {
            self.by_universal(self.arena.node(*id), name, &mut literals);
        }
        // Those by name are among these too.
        literals.extend(facts.members.get(name).into_iter().flatten());
        literals
    }

    /// The schema for names that rejects this one.
    pub(super) fn bad_name(&self, objects: &Objects, name: &Arc<str>) -> Option<NodeId> {
        let text = Json::String(Arc::clone(name));
        let judge = self.judge();
        objects.names.iter().copied().find(|id| judge.holds(*id, &text) == Some(false))
    }
}
