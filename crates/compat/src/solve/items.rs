//! The facts about an array, by position.

use std::rc::Rc;
use std::sync::Arc;

use super::facts::Facts;
use super::outcome::{Emptiness, StepEmptiness};
use super::solver::Solver;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::{self, Fails, Holds};
use crate::node::Node;
use crate::number::Count;
use crate::primitives::NodeId;
use crate::proof::{ArrayStep, Longest, Step};

/// Longest array made up for a witness, and highest index looked at on its own.
pub(super) const MAX_ITEMS: u64 = 300;

/// At least `count` items from index `from` on that are of `schema`, as `node` says.
pub(super) struct Wanted {
    pub(super) node: NodeId,
    pub(super) from: u64,
    pub(super) count: Count,
    pub(super) schema: NodeId,
}

/// At most so many items are of the schema, as `node` says.
pub(super) struct Limit {
    pub(super) node: NodeId,
    pub(super) schema: NodeId,
    pub(super) max: Count,
}

pub(super) struct Arrays {
    /// The `Items` nodes.
    items: Vec<Rc<Node>>,
    everywhere: Vec<Literal>,
    at: Vec<(u64, NodeId)>,
    pub(super) wanted: Vec<Wanted>,
    pub(super) limits: Vec<Limit>,
    pub(super) unique: Option<Sign>,
    pub(super) lower: Count,
    /// The length is at most this.
    pub(super) upper: Option<Count>,
    /// Positions from here on are alike.
    pub(super) alike: u64,
    pub(super) longest: Longest,
}

/// Two items that are equal, and their value.
pub(super) type Repeat = (u64, u64, Json);

impl Arrays {
    /// The literals that every array here must meet at `index`.
    pub(super) fn position(&self, index: u64) -> Vec<Literal> {
        let mut literals = self.everywhere.clone();
        for node in &self.items {
            let Node::Items { prefix, rest } = &**node else { continue };
            let id =
                usize::try_from(index).ok().and_then(|index| prefix.get(index)).unwrap_or(rest);
            literals.push(Literal::holds(*id));
        }
        literals.extend(
            self.at.iter().filter(|(at, _)| *at == index).map(|(_, id)| Literal::holds(*id)),
        );
        literals
    }

    /// The same, with the literals that were placed there.
    pub(super) fn with(&self, placed: &[(u64, Literal)], index: u64) -> Vec<Literal> {
        let mut literals = self.position(index);
        literals.extend(placed.iter().filter(|(at, _)| *at == index).map(|(_, literal)| *literal));
        literals
    }

    /// Whether an array can have an item there.
    pub(super) fn reaches(&self, index: u64) -> bool {
        self.upper.as_ref().is_none_or(|upper| Count::from(index) < *upper)
    }

    pub(super) fn shorten(&mut self, length: Count) -> bool {
        let shorter = self.upper.as_ref().is_none_or(|upper| length < *upper);
        if shorter {
            self.upper = Some(length);
        }
        shorter
    }
}

pub(super) fn closed(step: ArrayStep) -> StepEmptiness {
    Emptiness::Empty(Arc::new(Step::Array(step)))
}

impl Solver<'_> {
    pub(super) fn read_arrays(&self, facts: &Facts) -> Arrays {
        let mut arrays = Arrays {
            items: Vec::new(),
            everywhere: Vec::new(),
            at: Vec::new(),
            wanted: Vec::new(),
            limits: Vec::new(),
            unique: None,
            lower: Count::ZERO,
            upper: None,
            alike: 0,
            longest: Longest::default(),
        };
        let longer = |lower: &mut Count, count: Count| *lower = lower.clone().max(count);
        for Literal { id, sign } in facts.atoms() {
            match (self.arena.node(*id), sign) {
                (Node::Items { prefix, .. }, Holds) => {
                    arrays.items.push(self.arena.shared(*id));
                    arrays.alike = arrays.alike.max(prefix.len() as u64);
                }
                (Node::MinItems(min), Holds) => longer(&mut arrays.lower, min.clone()),
                (Node::MaxItems(max), Holds) => {
                    arrays.shorten(max.clone());
                }
                (Node::Unique, sign) => arrays.unique = Some(*sign),
                (Node::ItemAt { index, schema }, Holds) => {
                    arrays.at.push((*index, *schema));
                    arrays.alike = arrays.alike.max(index + 1);
                    longer(&mut arrays.lower, (index + 1).into());
                }
                (Node::ItemFrom { from, schema }, Holds) => {
                    let count = Count::from(1_u8);
                    arrays.wanted.push(Wanted { node: *id, from: *from, count, schema: *schema });
                    longer(&mut arrays.lower, (from + 1).into());
                }
                (Node::Contains { schema, min, max }, Holds) => {
                    if *min > Count::ZERO {
                        let count = min.clone();
                        arrays.wanted.push(Wanted { node: *id, from: 0, count, schema: *schema });
                        longer(&mut arrays.lower, min.clone());
                    }
                    match max {
                        Some(max) if *max == Count::ZERO => {
                            arrays.everywhere.push(Literal::fails(*schema));
                        }
                        Some(max) => {
                            let max = max.clone();
                            arrays.limits.push(Limit { node: *id, schema: *schema, max });
                        }
                        None => {}
                    }
                }
                _ => {}
            }
        }
        if arrays.unique == Some(Fails) {
            longer(&mut arrays.lower, 2_u8.into());
        }
        arrays
    }
}
