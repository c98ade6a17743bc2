//! Values that are listed or were made up, judged by all that is asserted of them.

use std::sync::Arc;

use super::super::facts::Facts;
use super::super::outcome::{Emptiness, StepEmptiness};
use super::super::solver::{MAX_WITNESS, Solver};
use crate::budget::Work;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::Holds;
use crate::node::Node;
use crate::primitives::{LemmaId, NodeId};
use crate::proof::Step;

/// Candidates that are kept for verification when no value is certain.
const MAX_CANDIDATES: usize = 64;

impl Solver<'_> {
    /// Decides literals with an enumeration among them, value by value.
    pub(in crate::solve) fn listed(&mut self, literals: &[Literal]) -> Option<StepEmptiness> {
        let (id, values) = literals
            .iter()
            .filter(|literal| literal.sign == Holds)
            .filter_map(|Literal { id, .. }| match self.arena.node(*id) {
                Node::Enum(values) => Some((*id, values)),
                _ => None,
            })
            .min_by_key(|(_, values)| values.len())?;
        let values = values.clone();
        Some(self.among(literals, &values, Some(id)))
    }

    /// Decides whether one of these values meets the literals.
    pub(in crate::solve) fn among(
        &mut self,
        literals: &[Literal],
        values: &[Json],
        listed: Option<NodeId>,
    ) -> StepEmptiness {
        if !self.budget.spend(Work::Values, (values.len() * literals.len()) as u64) {
            return self.ran_out(listed);
        }
        let mut failing = Vec::new();
        let mut candidate = None;
        let mut open = None;
        for value in values {
            let spellings = value.spellings(self.arena.literal_integers);
            let mut passed = Vec::new();
            for value in &spellings {
                match self.first_failing(literals, value) {
                    Ok(literal) => failing.push(literal),
                    Err(None) => passed.push(value),
                    Err(Some(id)) => open = open.or(Some(id)),
                }
            }
            if let Some(value) = passed.first() {
                if self.arena.surely_literal || passed.len() == spellings.len() {
                    return Emptiness::Full((*value).clone());
                }
                // One of two spellings meets them: validators differ on which it has.
                open = open.or(literals.last().map(|literal| literal.id));
            }
            if open.is_some() {
                if self.open.len() == 1 {
                    self.candidate(value);
                }
                candidate = candidate.or_else(|| Some(value.clone()));
            }
        }
        if let Some(id) = open {
            self.blame(id);
            return Emptiness::Unknown(candidate);
        }
        Emptiness::Empty(Arc::new(Step::Values { listed, failing }))
    }

    /// The literal that a value fails; else the one that cannot be judged, if there is one.
    fn first_failing(&self, literals: &[Literal], value: &Json) -> Result<Literal, Option<NodeId>> {
        let mut open = None;
        for Literal { id, sign } in literals {
            match self.judge().holds(*id, value) {
                Some(holds) if holds == sign.holds() => {}
                Some(_) => return Ok(Literal::new(*id, *sign)),
                None => open = open.or(Some(*id)),
            }
        }
        Err(open)
    }

    pub(in crate::solve) fn candidate(&mut self, value: &Json) {
        if self.candidates.len() < MAX_CANDIDATES {
            self.candidates.push(value.clone());
        }
    }

    /// A value that was put together for the facts.
    pub(super) fn built(&mut self, facts: &Facts, value: Json, sure: bool) -> StepEmptiness {
        let place = facts.atoms().last().map(|literal| literal.id);
        let size = value.size(MAX_WITNESS);
        if size >= MAX_WITNESS {
            return self.unknown(
                "a counterexample would have more than 100,000 values in it",
                "lower the counts (`minItems`, `minProperties`, `minContains`) at this place",
                place,
            );
        }
        let work = size as u64 + (facts.atoms().len() / 2) as u64;
        if !self.budget.hold(size * size_of::<Json>()) || !self.budget.spend(Work::Values, work) {
            return self.ran_out(place);
        }
        match self.judge().literals(facts.atoms(), &value) {
            Some(true) if sure => Emptiness::Full(value),
            Some(false) => self.unknown(
                "neither a value was found nor a reason against one",
                "write the schema at this place in a simpler way",
                place,
            ),
            Some(true) => Emptiness::Unknown(Some(value)),
            None => self.unjudged(facts.atoms(), value),
        }
    }

    /// A value that something without a model may reject.
    fn unjudged<E>(&mut self, literals: &[Literal], value: Json) -> Emptiness<E> {
        let open = |literal: &&Literal| self.judge().holds(literal.id, &value).is_none();
        if let Some(literal) = literals.iter().find(open) {
            self.blame(literal.id);
        }
        Emptiness::Unknown(Some(value))
    }

    /// A value that was built for a state, judged by all of it.
    pub(in crate::solve) fn verified(
        &mut self,
        key: &[Literal],
        value: Json,
    ) -> Emptiness<LemmaId> {
        let work = value.size(MAX_WITNESS) / 8 + key.len() / 2;
        self.budget.spend(Work::Values, work as u64);
        match self.judge().literals(key, &value) {
            Some(true) => Emptiness::Full(value),
            Some(false) => self.unknown(
                "neither a value was found nor a reason against one",
                "write the schema at this place in a simpler way",
                key.last().map(|literal| literal.id),
            ),
            None => self.unjudged(key, value),
        }
    }
}
