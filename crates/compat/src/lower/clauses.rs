//! What an unevaluated keyword asserts, as one clause for each kind of member or item: a condition
//! holds under which such members are evaluated, or all of them meet the schema of the keyword.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::reader::Reader;
use crate::node::Node;
use crate::place::Origin;
use crate::primitives::{NodeId, PatternId};

/// Conditions beside one unevaluated keyword.
const MAX_CONDITIONS: usize = 400;
/// What is told apart by more than names and indexes (patterns for names, schemas of `contains`):
/// each doubles the clauses.
const MAX_DOUBLED: usize = 6;

/// Names that are matched with patterns, and the patterns.
const MAX_MATCHES: usize = 1_000_000;

/// The members of an object (or the items of an array) that a schema has looked at.
#[derive(Default)]
pub(super) struct Evaluated {
    pub(super) all: bool,
    pub(super) named: Vec<Arc<str>>,
    pub(super) patterns: Vec<PatternId>,
    pub(super) prefix: usize,
    pub(super) contains: Vec<NodeId>,
}

impl Evaluated {
    fn join(&mut self, other: Self) {
        self.all |= other.all;
        self.named.extend(other.named);
        self.patterns.extend(other.patterns);
        self.prefix = self.prefix.max(other.prefix);
        self.contains.extend(other.contains);
    }
}

/// What is evaluated always, and what under each condition.
pub(super) struct Outcomes {
    pub(super) always: Evaluated,
    conditions: Vec<(NodeId, Evaluated)>,
    /// The conditions under which everything is evaluated.
    whole: Vec<NodeId>,
}

impl Outcomes {
    /// The conditions by what they evaluate; an error if there are too many.
    pub(super) fn new(found: Vec<(NodeId, Evaluated)>) -> Result<Self, &'static str> {
        let mut by_condition: BTreeMap<NodeId, Evaluated> = BTreeMap::new();
        for (condition, evaluated) in found {
            by_condition.entry(condition).or_default().join(evaluated);
        }
        let always = by_condition.remove(&NodeId::TRUE).unwrap_or_default();
        by_condition.remove(&NodeId::FALSE);
        if by_condition.len() > MAX_CONDITIONS {
            return Err("too many conditions");
        }
        let whole = by_condition.iter().filter(|(_, e)| e.all).map(|(id, _)| *id).collect();
        let conditions = by_condition.into_iter().filter(|(_, e)| !e.all).collect();
        Ok(Self { always, conditions, whole })
    }
}

/// Positions in [`Outcomes::conditions`].
type Under = BTreeSet<usize>;

/// The subsets of so many things, by their positions.
fn subsets(count: usize) -> impl Iterator<Item = impl Fn(usize) -> bool> {
    (0_u32..1 << count).map(|subset| move |at: usize| subset & (1 << at) != 0)
}

impl Reader<'_, '_> {
    /// All members but the evaluated ones meet a schema.
    pub(super) fn other_members(
        &mut self,
        outcomes: &Outcomes,
        schema: NodeId,
        origin: &Origin,
    ) -> Result<NodeId, &'static str> {
        let Outcomes { always, conditions, .. } = outcomes;
        let mut patterns: BTreeMap<PatternId, Under> = BTreeMap::new();
        let mut names: BTreeMap<&Arc<str>, Under> = BTreeMap::new();
        for (at, (_, evaluated)) in conditions.iter().enumerate() {
            for pattern in &evaluated.patterns {
                patterns.entry(*pattern).or_default().insert(at);
            }
            for name in &evaluated.named {
                names.entry(name).or_default().insert(at);
            }
        }
        patterns.retain(|pattern, _| !always.patterns.contains(pattern));
        let free: BTreeMap<Arc<str>, NodeId> = always
            .named
            .iter()
            .chain(names.keys().copied())
            .cloned()
            .map(|name| (name, NodeId::TRUE))
            .collect();
        // The names that are spoken of, by the conditions under which they are evaluated.
        if names.len().saturating_mul(patterns.len() + always.patterns.len()) > MAX_MATCHES {
            return Err("too many names and patterns");
        }
        let mut named: BTreeMap<Under, BTreeMap<Arc<str>, NodeId>> = BTreeMap::new();
        let sure: BTreeSet<&Arc<str>> = always.named.iter().collect();
        for (name, mut under) in names {
            let matches = |pattern: &PatternId| self.arena.pattern(*pattern).is_match(name);
            if sure.contains(name) || always.patterns.iter().any(matches) {
                continue;
            }
            for (_, more) in patterns.iter().filter(|(pattern, _)| matches(pattern)) {
                under.extend(more);
            }
            named.entry(under).or_default().insert(Arc::clone(name), schema);
        }
        let mut clauses = Vec::new();
        for (under, names) in named {
            let node = self.property_node(names, Vec::new(), NodeId::TRUE, origin);
            clauses.push(self.clause(outcomes, under, node, origin)?);
        }
        // All other names, by the patterns that they may match.
        let mut groups: BTreeMap<Under, Vec<PatternId>> = BTreeMap::new();
        for (pattern, under) in patterns {
            groups.entry(under).or_default().push(pattern);
        }
        if groups.len() > MAX_DOUBLED {
            return Err("conditions with too many patterns");
        }
        for may_match in subsets(groups.len()) {
            let mut under = Under::new();
            let mut covered = always.patterns.clone();
            for (at, (conditions, patterns)) in groups.iter().enumerate() {
                if may_match(at) {
                    under.extend(conditions);
                } else {
                    covered.extend(patterns);
                }
            }
            let covered = covered.into_iter().map(|pattern| (pattern, NodeId::TRUE)).collect();
            let node = self.property_node(free.clone(), covered, schema, origin);
            clauses.push(self.clause(outcomes, under, node, origin)?);
        }
        Ok(self.arena.all(clauses, Some(origin)))
    }

    /// All items but the evaluated ones meet a schema.
    pub(super) fn other_items(
        &mut self,
        outcomes: &Outcomes,
        schema: NodeId,
        origin: &Origin,
    ) -> Result<NodeId, &'static str> {
        let Outcomes { always, conditions, .. } = outcomes;
        let from: BTreeSet<usize> = conditions
            .iter()
            .map(|(_, e)| e.prefix.max(always.prefix))
            .chain([always.prefix])
            .collect();
        let contains: Vec<usize> =
            (0..conditions.len()).filter(|at| !conditions[*at].1.contains.is_empty()).collect();
        if contains.len() > MAX_DOUBLED {
            return Err("conditions with too many `contains`");
        }
        let mut clauses = Vec::new();
        for from in from {
            // The conditions under which the item there is evaluated by its index.
            let longer: Under =
                (0..conditions.len()).filter(|at| conditions[*at].1.prefix > from).collect();
            for fails in subsets(contains.len()) {
                // The same clause says more if this condition fails as well.
                if contains.iter().enumerate().any(|(at, c)| !fails(at) && longer.contains(c)) {
                    continue;
                }
                let mut under = longer.clone();
                let mut schemas = always.contains.clone();
                for (at, condition) in contains.iter().enumerate() {
                    if fails(at) {
                        under.insert(*condition);
                    } else {
                        schemas.extend(&conditions[*condition].1.contains);
                    }
                }
                schemas.push(schema);
                let rest = self.arena.any(schemas, Some(origin));
                let node = self.item_node(vec![NodeId::TRUE; from], rest, origin);
                clauses.push(self.clause(outcomes, under, node, origin)?);
            }
        }
        Ok(self.arena.all(clauses, Some(origin)))
    }

    /// One of the conditions holds, or the assertion does.
    fn clause(
        &mut self,
        outcomes: &Outcomes,
        under: Under,
        otherwise: NodeId,
        origin: &Origin,
    ) -> Result<NodeId, &'static str> {
        if self.arena.bytes() as u64 > self.reading.memory {
            return Err("so many conditions that they take too much memory");
        }
        let under = under.into_iter().map(|at| outcomes.conditions[at].0);
        let mut parts: BTreeSet<NodeId> = under.chain(outcomes.whole.iter().copied()).collect();
        let both =
            |id: &NodeId| matches!(self.arena.node(*id), Node::Not(inner) if parts.contains(inner));
        if parts.iter().any(both) {
            return Ok(NodeId::TRUE);
        }
        parts.insert(otherwise);
        Ok(self.arena.any(parts.into_iter().collect(), Some(origin)))
    }
}
