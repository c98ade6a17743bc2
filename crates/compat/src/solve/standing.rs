//! A quick look at how a union stands to the facts: which of its ways are left.

use std::sync::Arc;

use super::discriminator::pinned;
use super::facts::{Facts, Mark, Union};
use super::outcome::Emptiness;
use super::solver::Solver;
use super::ways::{Standing, Way, cases_of};
use crate::budget::Work;
use crate::literal::Literal;
use crate::literal::Sign::{Fails, Holds};
use crate::node::Node;
use crate::primitives::{LemmaId, NodeId};
use crate::proof::{Case, ObjectStep, Path, Step};
use crate::types::TypeSet;

/// Ways of a union that are looked at before it is chosen.
const MAX_WAYS: usize = 64;

/// Ways of a union that a quick look goes through.
const FEW_WAYS: usize = 16;

/// Values of an enumeration that a quick look goes through.
const FEW_VALUES: usize = 64;

impl Solver<'_> {
    /// How the union stands to the facts, by a quick look `depth` unions deep; `all`: at every way.
    pub(super) fn standing(
        &mut self,
        facts: &mut Facts,
        union: Union,
        depth: u8,
        all: bool,
    ) -> Standing {
        let Union::Of(Literal { id, sign }) = union else {
            let ways = self.ways_to_differ(union);
            return self.sift(facts, ways, None, None, depth);
        };
        let node = self.arena.shared(id);
        let (Node::All(parts) | Node::Any(parts) | Node::One(parts)) = &*node else {
            if self.implied_by_the_rest(facts, Literal { id, sign }, depth) {
                return Standing::Met;
            }
            let ways = self.ways_to_fail(id);
            return self.sift(facts, ways, None, None, depth);
        };
        // The parts that the discriminator leaves.
        let tells = if matches!(*node, Node::All(_)) {
            None
        } else {
            self.discriminators.of(self.arena, id)
        };
        let pinned = tells.as_ref().and_then(|tells| {
            Some((pinned(self.arena, facts, &tells.path)?, Arc::clone(&tells.path)))
        });
        let (left, by) = match (pinned, &tells) {
            (Some((values, path)), Some(tells)) => (tells.parts(&values), Some(path)),
            _ => ((0..parts.len()).collect(), None),
        };
        let wide = by.is_none() && parts.len() > MAX_WAYS && !all;
        match (&*node, sign) {
            (Node::Any(_), Fails) => {
                if by.is_none() && !all {
                    return Standing::Wide { ways: parts.len(), tells: false };
                }
                Standing::Expand(left.into_iter().map(|index| parts[index]).collect())
            }
            _ if wide => {
                Standing::Wide { ways: parts.len(), tells: sign == Holds && tells.is_some() }
            }
            (Node::All(_), _) => {
                if self.implied_by_the_rest(facts, Literal::fails(id), depth) {
                    return Standing::Met;
                }
                let ways = left
                    .into_iter()
                    .map(|number| Way { number, add: vec![Literal::fails(parts[number])] });
                self.sift(facts, ways.collect(), None, by, depth)
            }
            (Node::Any(_), _) => {
                for index in &left {
                    let known = facts.knows(Literal::holds(parts[*index]));
                    if known
                        || (left.len() <= FEW_WAYS && self.implied(facts, parts[*index], depth))
                    {
                        return Standing::Met;
                    }
                }
                let ways = left
                    .into_iter()
                    .map(|number| Way { number, add: vec![Literal::holds(parts[number])] });
                self.sift(facts, ways.collect(), None, by, depth)
            }
            (_, Holds) => {
                let ways = left
                    .into_iter()
                    .map(|number| {
                        let mut add = vec![Literal::holds(parts[number])];
                        let others = match &tells {
                            Some(tells) => tells.overlapping(number),
                            // So many that each way would take too much memory: they are only
                            // looked at when a value is judged.
                            None if parts.len() > MAX_WAYS => Vec::new(),
                            None => (0..parts.len()).filter(|other| *other != number).collect(),
                        };
                        add.extend(others.into_iter().map(|other| Literal::fails(parts[other])));
                        Way { number, add }
                    })
                    .collect();
                self.sift(facts, ways, None, by, depth)
            }
            (_, Fails) => self.not_one(facts, parts, &left, by, depth),
        }
    }

    /// How a `oneOf` that must not hold stands to the facts.
    fn not_one(
        &mut self,
        facts: &mut Facts,
        parts: &[NodeId],
        left: &[usize],
        by: Option<Path>,
        depth: u8,
    ) -> Standing {
        let holds = left.iter().copied().find(|index| facts.knows(Literal::holds(parts[*index])));
        if let Some(first) = holds {
            // Another part holds too.
            let others: Vec<usize> = left.iter().copied().filter(|other| *other != first).collect();
            for index in &others {
                if facts.knows(Literal::holds(parts[*index]))
                    || self.implied(facts, parts[*index], depth)
                {
                    return Standing::Met;
                }
            }
            let ways = others
                .into_iter()
                .map(|number| Way { number, add: vec![Literal::holds(parts[number])] })
                .collect();
            return self.sift(facts, ways, Some(first), by, depth);
        }
        let sure = left.iter().filter(|index| self.implied(facts, parts[**index], depth)).count();
        if sure > 1 {
            return Standing::Met;
        }
        // None of them holds, or this one and a later one.
        let mut ways = Vec::new();
        ways.push(Way {
            number: 0,
            add: left.iter().map(|index| Literal::fails(parts[*index])).collect(),
        });
        for (at, index) in left.iter().enumerate() {
            let mut add = vec![Literal::holds(parts[*index])];
            add.extend(left[..at].iter().map(|before| Literal::fails(parts[*before])));
            ways.push(Way { number: index + 1, add });
        }
        self.sift(facts, ways, None, by, depth)
    }

    /// Tells the ways that a quick look closes from those that are left.
    fn sift(
        &mut self,
        facts: &mut Facts,
        ways: Vec<Way>,
        part: Option<usize>,
        by: Option<Path>,
        depth: u8,
    ) -> Standing {
        let (mut open, mut closed) = (Vec::new(), Vec::new());
        for way in ways {
            if let [literal] = way.add.as_slice() {
                if facts.knows(*literal) {
                    return Standing::Met;
                }
            }
            match self.refute(facts, &way.add, depth) {
                Some(step) => closed.push(Case { way: way.number, add: way.add, step }),
                None => open.push(way),
            }
        }
        Standing::Open { ways: open, closed, part, by }
    }

    /// Whether the facts imply a schema, as far as a quick look tells.
    fn implied(&mut self, facts: &mut Facts, id: NodeId, depth: u8) -> bool {
        facts.knows(Literal::holds(id))
            || self.refute(facts, &[Literal::fails(id)], depth).is_some()
    }

    /// Whether the other facts imply a literal, as far as a quick look tells.
    fn implied_by_the_rest(&mut self, facts: &mut Facts, literal: Literal, depth: u8) -> bool {
        facts.set_known(literal, false);
        let implied = self.refute(facts, &[!literal], depth).is_some();
        facts.set_known(literal, true);
        implied
    }

    /// Why the literals cannot be added to the facts, if a quick look tells.
    fn refute(&mut self, facts: &mut Facts, add: &[Literal], depth: u8) -> Option<Arc<Step>> {
        if !self.budget.spend(Work::Unions, 1 + add.len() as u64 / 4) {
            return None;
        }
        let mark = facts.mark();
        let step = match self.assert_all(facts, add) {
            Err(why) => Some(Arc::new(Step::Clash(why))),
            Ok(()) => self.contradiction(facts, mark, depth),
        };
        facts.undo(mark);
        step
    }

    /// Whether what was learnt since the mark leaves a required member without a value, or a small
    /// union without a way.
    fn contradiction(&mut self, facts: &mut Facts, mark: Mark, depth: u8) -> Option<Arc<Step>> {
        if facts.types == TypeSet::OBJECT {
            let names =
                if facts.is_broader(mark) { facts.required.clone() } else { facts.touched(mark) };
            for name in names {
                if !facts.required.contains(&name) {
                    continue;
                }
                let literals = self.member_literals(facts, &name);
                if let Some(lemma) = self.clearly_empty(literals) {
                    return Some(Arc::new(Step::Object(ObjectStep::Member { name, lemma })));
                }
            }
        }
        if depth == 0 {
            return None;
        }
        let pending: Vec<Union> = facts.pending_since(mark).to_vec();
        for union in pending {
            let size = match self.arena.node(union.id()) {
                Node::All(parts) | Node::Any(parts) | Node::One(parts) => parts.len(),
                Node::Properties { named, .. } => named.len(),
                Node::Items { prefix, .. } => prefix.len(),
                _ => 1,
            };
            if size > FEW_WAYS {
                continue;
            }
            match self.standing(facts, union, depth - 1, false) {
                Standing::Open { ways, closed, part, by } if ways.is_empty() => {
                    return Some(Arc::new(Step::Cases(cases_of(union, part, by, closed))));
                }
                _ => {}
            }
        }
        None
    }

    /// The lemma about a state that can be seen to be empty at once.
    fn clearly_empty(&mut self, literals: Vec<Literal>) -> Option<LemmaId> {
        self.budget.spend(Work::Objects, 1);
        let short = self.lists_few(&literals);
        let (key, clash) = self.normalise(literals);
        if clash.is_some() || short || self.lists_few(&key) {
            return match self.state(key) {
                Emptiness::Empty(lemma) => Some(lemma),
                _ => None,
            };
        }
        let lemma = self.lemmas.get(key.as_slice())?;
        match self.memo.get(lemma) {
            Some(Emptiness::Empty(lemma)) => Some(*lemma),
            _ => None,
        }
    }

    fn lists_few(&self, key: &[Literal]) -> bool {
        key.iter().any(|Literal { id, sign }| {
            *sign == Holds
                && matches!(self.arena.node(*id), Node::Enum(values) if values.len() <= FEW_VALUES)
        })
    }
}
