//! Makes an array up, the shortest first.

use super::super::facts::Facts;
use super::super::items::{Arrays, MAX_ITEMS, Repeat, closed};
use super::super::outcome::{Emptiness, StepEmptiness};
use super::super::solver::Solver;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::Holds;
use crate::number::{Count, saturated};
use crate::primitives::NodeId;
use crate::proof::ArrayStep;

impl Solver<'_> {
    /// Builds an array, the shortest first. `Empty` only if there are too few distinct values.
    pub(in crate::solve) fn build(
        &mut self,
        arrays: &Arrays,
        facts: &Facts,
        homes: &[Vec<u64>],
        repeat: Option<&Repeat>,
    ) -> StepEmptiness {
        let place = facts.atoms().last().map(|literal| literal.id);
        let apart = |solver: &mut Self, id: Option<NodeId>| {
            solver.unknown(
                "the items that must occur do not go together in one array",
                "write what the items may be in a simpler way",
                id.or(place),
            )
        };
        let mut placed: Vec<(u64, Literal)> = Vec::new();
        let mut length =
            saturated(&arrays.lower).max(repeat.map_or(0, |(_, second, _)| second + 1));
        for (wanted, fits) in arrays.wanted.iter().zip(homes) {
            let mut left = saturated(&wanted.count);
            for index in fits {
                if left == 0 {
                    break;
                }
                let mut literals = arrays.with(&placed, *index);
                literals.push(Literal::holds(wanted.schema));
                if !matches!(self.state(literals), Emptiness::Empty(_)) {
                    placed.push((*index, Literal::holds(wanted.schema)));
                    length = length.max(index + 1);
                    left -= 1;
                }
            }
            if left > 0 && fits.len() as u64 >= MAX_ITEMS {
                length = u64::MAX;
            } else if left > 0 {
                return apart(self, Some(wanted.schema));
            }
        }
        if length > MAX_ITEMS {
            return self.unknown(
                "a counterexample would be an array of more than 300 items",
                "lower `minItems`, `maxItems`, `minContains` or `maxContains` at this place",
                place,
            );
        }
        if !arrays.reaches(length.saturating_sub(1)) && length > 0 {
            return apart(self, None);
        }
        // Items that need not be of a limited schema are not.
        for limit in &arrays.limits {
            let mut used = 0_u64;
            for index in 0..length {
                let mut literals = arrays.with(&placed, index);
                literals.push(Literal::fails(limit.schema));
                if matches!(self.state(literals), Emptiness::Empty(_)) {
                    used += 1;
                } else if Count::from(used) >= limit.max
                    || !placed.iter().any(|(at, _)| *at == index)
                {
                    placed.push((index, Literal::fails(limit.schema)));
                }
            }
        }
        let mut values: Vec<Json> = Vec::new();
        let mut sure = true;
        for index in 0..length {
            if let Some((first, second, value)) = repeat {
                if index == *first || index == *second {
                    values.push(value.clone());
                    continue;
                }
            }
            let mut literals = arrays.with(&placed, index);
            let plain = literals.clone();
            let mut used = None;
            if arrays.unique == Some(Holds) && !values.is_empty() {
                let list = self.enumeration(values.clone());
                used = Some(list);
                literals.push(Literal::fails(list));
            }
            match self.state(literals) {
                Emptiness::Full(value) => values.push(value),
                Emptiness::Unknown(Some(value)) => {
                    sure = false;
                    values.push(value);
                }
                Emptiness::Unknown(None) => return Emptiness::Unknown(None),
                Emptiness::Empty(lemma) => {
                    // All positions draw on the same values, and those are used up.
                    let same = arrays.alike == 0 && placed.is_empty();
                    return match used {
                        Some(values)
                            if same
                                && Count::from(index) < arrays.lower
                                && !matches!(self.state(plain), Emptiness::Empty(_)) =>
                        {
                            closed(ArrayStep::FewValues { values, lemma })
                        }
                        _ => apart(self, None),
                    };
                }
            }
        }
        self.built(facts, Json::Array(values.into()), sure)
    }
}
