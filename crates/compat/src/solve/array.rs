//! Decides arrays: positions with a state each, existential items, counts, distinctness.

use std::sync::Arc;

use super::facts::Facts;
use super::items::{Arrays, Limit, MAX_ITEMS, Wanted, closed};
use super::outcome::{Emptiness, StepEmptiness};
use super::solver::Solver;
use crate::budget::Work;
use crate::literal::Literal;
use crate::literal::Sign::Fails;
use crate::number::{Count, saturated};
use crate::primitives::LemmaId;
use crate::proof::{ArrayStep, Step};

impl Solver<'_> {
    pub(super) fn array(&mut self, facts: &Facts) -> StepEmptiness {
        let place = facts.atoms().last().map(|literal| literal.id);
        let mut arrays = self.read_arrays(facts);
        if arrays.alike > MAX_ITEMS {
            return self.unknown(
                "more than 300 items are told apart by their index",
                "use `items` for what they have in common",
                place,
            );
        }
        if !self.budget.spend(Work::Arrays, 1 + arrays.alike) {
            return self.ran_out(place);
        }
        let homes = match self.homes_of_all(&mut arrays) {
            Ok(homes) => homes,
            Err(step) => return closed(step),
        };
        match arrays.unique {
            Some(Fails) => self.with_repeat(&arrays, facts, &homes),
            _ => self.build(&arrays, facts, &homes, None),
        }
    }

    /// Why there is no room for the items that must exist, by what is known so far.
    pub(super) fn without_room(&mut self, facts: &Facts) -> Option<Arc<Step>> {
        let mut arrays = self.read_arrays(facts);
        if arrays.alike > MAX_ITEMS || arrays.lower == Count::ZERO {
            return None;
        }
        let kinds = (1 + arrays.wanted.len() + arrays.limits.len()) as u64;
        if !self.budget.spend(Work::Arrays, kinds * (1 + arrays.alike)) {
            return None;
        }
        let step = self.homes_of_all(&mut arrays).err()?;
        Some(Arc::new(Step::Array(step)))
    }

    /// Where the items that must exist can be, each kind by itself; an error says that there is too
    /// little room.
    fn homes_of_all(&mut self, arrays: &mut Arrays) -> Result<Vec<Vec<u64>>, ArrayStep> {
        self.find_longest(arrays);
        if arrays.upper.as_ref().is_some_and(|upper| arrays.lower > *upper) {
            return Err(ArrayStep::TooShort { longest: arrays.longest.clone() });
        }
        arrays.wanted.iter().map(|wanted| self.homes_of_items(arrays, wanted)).collect()
    }

    /// How long the array can be at most.
    fn find_longest(&mut self, arrays: &mut Arrays) {
        // The first position without a value ends the array.
        for index in 0..=arrays.alike {
            if !arrays.reaches(index) {
                break;
            }
            if let Emptiness::Empty(lemma) = self.state(arrays.position(index)) {
                arrays.shorten(index.into());
                arrays.longest.blocked = Some((index, lemma));
            }
        }
        // Items that cannot but be of a limited schema use up its limit.
        for at in 0..arrays.limits.len() {
            let Limit { node, schema, ref max } = arrays.limits[at];
            let max = max.clone();
            let mut forced: Vec<(u64, LemmaId)> = Vec::new();
            for index in 0..=arrays.alike {
                if !arrays.reaches(index) {
                    break;
                }
                let mut literals = arrays.position(index);
                literals.push(Literal::fails(schema));
                if let Emptiness::Empty(lemma) = self.state(literals) {
                    let before = Count::from(forced.len());
                    forced.push((index, lemma));
                    // The last position stands for all that follow.
                    if index == arrays.alike || before == max {
                        if arrays.shorten(Count::from(index) + (&max - before)) {
                            arrays.longest.forced.push((node, forced));
                        }
                        break;
                    }
                }
            }
        }
    }

    /// Where wanted items can be; an error says that there is too little room for them.
    fn homes_of_items(&mut self, arrays: &Arrays, wanted: &Wanted) -> Result<Vec<u64>, ArrayStep> {
        let mut fits = Vec::new();
        let mut closed = Vec::new();
        let last = arrays.alike.max(wanted.from);
        let mut endless = false;
        for index in wanted.from..=last {
            if !arrays.reaches(index) {
                break;
            }
            let mut literals = arrays.position(index);
            literals.push(Literal::holds(wanted.schema));
            match self.state(literals) {
                Emptiness::Empty(lemma) => closed.push((index, lemma)),
                _ if index == last => {
                    let end = last.saturating_add(MAX_ITEMS);
                    endless = arrays.reaches(end);
                    let upper =
                        arrays.upper.as_ref().map_or(end, |upper| saturated(upper).min(end));
                    fits.extend(last..upper);
                }
                _ => fits.push(index),
            }
        }
        if Count::from(fits.len()) < wanted.count && !endless {
            let longest = arrays.longest.clone();
            return Err(ArrayStep::Missing { wanted: wanted.node, closed, longest });
        }
        // Each of them also counts against a limit that it cannot escape.
        for limit in &arrays.limits {
            if wanted.count <= limit.max {
                continue;
            }
            let mut all = closed.clone();
            let mut escapes = false;
            for index in fits.iter().copied().filter(|index| *index <= last) {
                let mut literals = arrays.position(index);
                literals.extend([Literal::holds(wanted.schema), Literal::fails(limit.schema)]);
                let Emptiness::Empty(lemma) = self.state(literals) else {
                    escapes = true;
                    break;
                };
                all.push((index, lemma));
            }
            if !escapes {
                return Err(ArrayStep::Crowded {
                    wanted: wanted.node,
                    limit: limit.node,
                    closed: all,
                    longest: arrays.longest.clone(),
                });
            }
        }
        Ok(fits)
    }

    /// An array with two equal items.
    fn with_repeat(&mut self, arrays: &Arrays, facts: &Facts, homes: &[Vec<u64>]) -> StepEmptiness {
        let mut pairs = Vec::new();
        let mut unknown = None;
        // Two positions beyond the prefix stand for any two there.
        for second in 1..=(arrays.alike + 1) {
            if !arrays.reaches(second) {
                break;
            }
            for first in 0..second {
                match self.equal_items(arrays, first, second) {
                    Emptiness::Empty(lemma) => pairs.push((first, second, lemma)),
                    Emptiness::Full(value) => {
                        let repeat = (first, second, value);
                        let answer = self.build(arrays, facts, homes, Some(&repeat));
                        match answer {
                            Emptiness::Full(_) => return answer,
                            _ => unknown = Some(answer),
                        }
                    }
                    Emptiness::Unknown(_) => unknown = unknown.or(Some(Emptiness::Unknown(None))),
                }
            }
        }
        match unknown {
            Some(Emptiness::Unknown(candidate)) => Emptiness::Unknown(candidate),
            Some(_) => self.unknown(
                "no array with equal items was found, nor a reason against one",
                "write what the items may be in a simpler way",
                facts.atoms().last().map(|literal| literal.id),
            ),
            None => closed(ArrayStep::NoRepeat { pairs, longest: arrays.longest.clone() }),
        }
    }

    /// A value that two items can share. In draft 4 it may be spelled in two ways, and only what does
    /// not tell them apart carries over from one item to the other.
    fn equal_items(&mut self, arrays: &Arrays, first: u64, second: u64) -> Emptiness<LemmaId> {
        let mut answer = Emptiness::Unknown(None);
        for (one, other) in [(first, second), (second, first)] {
            let mut literals = arrays.position(one);
            let shared = arrays.position(other);
            let tells = |Literal { id, .. }: &Literal| {
                self.arena.literal_integers && self.arena.tells_spellings(*id)
            };
            let partly = shared.iter().any(tells);
            literals.extend(shared.iter().filter(|literal| !tells(literal)));
            answer = self.state(literals);
            if matches!(answer, Emptiness::Empty(_)) || !partly {
                break;
            }
        }
        answer
    }
}
