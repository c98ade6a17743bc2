//! Decides facts without unions: by the rules for their type.

use std::sync::Arc;

use super::facts::Facts;
use super::outcome::{Emptiness, StepEmptiness};
use super::solver::Solver;
use crate::budget::Work;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::Holds;
use crate::node::Node;
use crate::proof::Step;
use crate::scalar::{self, Picked};
use crate::types::TypeSet;

impl Solver<'_> {
    /// Decides facts without unions.
    pub(super) fn leaf(&mut self, facts: &Facts) -> StepEmptiness {
        let literals: Vec<Literal> = facts.literals().collect();
        let listed = facts.atoms().iter().any(|Literal { id, sign }| {
            *sign == Holds && matches!(self.arena.node(*id), Node::Enum(_))
        });
        let answer = if listed {
            // An enumeration that a case brought in decides by itself.
            let mut literals = literals;
            literals.push(Literal::holds(self.arena.types(facts.types)));
            self.listed(&literals).unwrap_or(Emptiness::Unknown(None))
        } else {
            match facts.types {
                TypeSet::NULL => self.among(&literals, &[Json::Null], None),
                TypeSet::BOOLEAN => {
                    self.among(&literals, &[Json::Bool(true), Json::Bool(false)], None)
                }
                TypeSet::INTEGER | TypeSet::FRACTION => {
                    let picked = scalar::number(self.arena, facts.types, &literals);
                    self.budget.spend(Work::Values, 1);
                    self.scalar(facts, picked)
                }
                TypeSet::STRING => {
                    let mut steps = self.budget.steps();
                    let before = steps;
                    let picked = self.string_search.pick(self.arena, &literals, &mut steps);
                    self.budget.spend(Work::Strings, before - steps);
                    self.scalar(facts, picked)
                }
                TypeSet::ARRAY => self.array(facts),
                TypeSet::OBJECT => self.object(facts),
                types => unreachable!("facts are about one type, not {types:?}"),
            }
        };
        // What has no model here may still reject the value.
        let answer = match answer {
            Emptiness::Full(value) => {
                let open = facts
                    .atoms()
                    .iter()
                    .find(|Literal { id, .. }| matches!(self.arena.node(*id), Node::Opaque { .. }));
                match open.copied() {
                    Some(Literal { id, .. }) => {
                        self.blame(id);
                        Emptiness::Unknown(Some(value))
                    }
                    None => Emptiness::Full(value),
                }
            }
            answer => answer,
        };
        if let (Emptiness::Unknown(Some(value)), 1) = (&answer, self.open.len()) {
            self.candidate(value);
        }
        answer
    }

    fn scalar(&mut self, facts: &Facts, picked: Picked) -> StepEmptiness {
        let place = facts.atoms().iter().map(|Literal { id, .. }| *id).max();
        match picked {
            Picked::Nothing(text) => Emptiness::Empty(Arc::new(Step::Number { text, place })),
            Picked::NoString(none) if !self.budget.hold(none.bytes()) => self.ran_out(place),
            Picked::NoString(none) => Emptiness::Empty(Arc::new(Step::String { none, place })),
            Picked::Value(value) => Emptiness::Full(value),
            Picked::Perhaps(values) => {
                let (mut candidate, mut open) = (None, None);
                for value in values {
                    match self.judge().literals(facts.atoms(), &value) {
                        Some(true) => return Emptiness::Full(value),
                        Some(false) => {}
                        None => candidate = candidate.or(Some(value)),
                    }
                }
                for Literal { id, .. } in facts.atoms() {
                    if matches!(self.arena.node(*id), Node::Format(_) | Node::Content(_)) {
                        open = open.or(Some(*id));
                    }
                }
                if let Some(id) = open {
                    self.blame(id);
                }
                Emptiness::Unknown(candidate)
            }
            Picked::Unknown if facts.types == TypeSet::STRING => self.unknown(
                "no string was found for these patterns and lengths, nor a reason against one",
                "write the pattern in a simpler way, or use `enum`",
                place,
            ),
            Picked::Unknown => self.unknown(
                "no number was found between these bounds, nor a reason against one",
                "write the bounds or `multipleOf` in a simpler way, or use `enum`",
                place,
            ),
        }
    }
}
