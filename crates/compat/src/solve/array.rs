//! Arrays: positions with a state each, existential items, counts, distinctness.

use std::rc::Rc;
use std::sync::Arc;

use super::facts::Facts;
use super::{Answer, Found, Solver};
use crate::budget::Work;
use crate::json::Json;
use crate::node::{Id, Literal, Node};
use crate::number::{Count, saturated};
use crate::proof::{ArrayStep, LemmaId, Longest, Step};

/// Longest array made up for a witness, and highest index looked at on its own.
const MAX_ITEMS: u64 = 300;

/// At least `count` items from index `from` on that are of `schema`, as `node` says.
struct Wanted {
    node: Id,
    from: u64,
    count: Count,
    schema: Id,
}

/// At most so many items are of the schema, as `node` says.
struct Limit {
    node: Id,
    schema: Id,
    max: Count,
}

struct Arrays {
    /// The `Items` nodes.
    items: Vec<Rc<Node>>,
    everywhere: Vec<Literal>,
    at: Vec<(u64, Id)>,
    wanted: Vec<Wanted>,
    limits: Vec<Limit>,
    unique: Option<bool>,
    lower: Count,
    /// The length is at most this.
    upper: Option<Count>,
    /// Positions from here on are alike.
    alike: u64,
    longest: Longest,
}

impl Arrays {
    /// What every array here demands of the item at `index`.
    fn position(&self, index: u64) -> Vec<Literal> {
        let mut literals = self.everywhere.clone();
        for node in &self.items {
            let Node::Items { prefix, rest } = &**node else { continue };
            let id =
                usize::try_from(index).ok().and_then(|index| prefix.get(index)).unwrap_or(rest);
            literals.push((*id, true));
        }
        literals.extend(self.at.iter().filter(|(at, _)| *at == index).map(|(_, id)| (*id, true)));
        literals
    }

    /// The same, with what was placed there.
    fn with(&self, placed: &[(u64, Literal)], index: u64) -> Vec<Literal> {
        let mut literals = self.position(index);
        literals.extend(placed.iter().filter(|(at, _)| *at == index).map(|(_, literal)| *literal));
        literals
    }

    /// Whether an array can have an item there.
    fn reaches(&self, index: u64) -> bool {
        self.upper.as_ref().is_none_or(|upper| Count::from(index) < *upper)
    }

    fn shorten(&mut self, length: Count) -> bool {
        let shorter = self.upper.as_ref().is_none_or(|upper| length < *upper);
        if shorter {
            self.upper = Some(length);
        }
        shorter
    }
}

fn closed(step: ArrayStep) -> Found {
    Answer::Empty(Arc::new(Step::Array(step)))
}

/// Two items that are equal, and their value.
type Repeat = (u64, u64, Json);

impl Solver<'_> {
    fn read_arrays(&self, facts: &Facts) -> Arrays {
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
        for (id, positive) in facts.atoms() {
            match (self.arena.node(*id), positive) {
                (Node::Items { prefix, .. }, true) => {
                    arrays.items.push(self.arena.shared(*id));
                    arrays.alike = arrays.alike.max(prefix.len() as u64);
                }
                (Node::MinItems(min), true) => longer(&mut arrays.lower, min.clone()),
                (Node::MaxItems(max), true) => {
                    arrays.shorten(max.clone());
                }
                (Node::Unique, positive) => arrays.unique = Some(*positive),
                (Node::ItemAt { index, schema }, true) => {
                    arrays.at.push((*index, *schema));
                    arrays.alike = arrays.alike.max(index + 1);
                    longer(&mut arrays.lower, (index + 1).into());
                }
                (Node::ItemFrom { from, schema }, true) => {
                    let count = Count::from(1_u8);
                    arrays.wanted.push(Wanted { node: *id, from: *from, count, schema: *schema });
                    longer(&mut arrays.lower, (from + 1).into());
                }
                (Node::Contains { schema, min, max }, true) => {
                    if *min > Count::ZERO {
                        let count = min.clone();
                        arrays.wanted.push(Wanted { node: *id, from: 0, count, schema: *schema });
                        longer(&mut arrays.lower, min.clone());
                    }
                    match max {
                        Some(max) if *max == Count::ZERO => {
                            arrays.everywhere.push((*schema, false));
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
        if arrays.unique == Some(false) {
            longer(&mut arrays.lower, 2_u8.into());
        }
        arrays
    }

    pub(super) fn array(&mut self, facts: &Facts) -> Found {
        let place = facts.atoms().last().map(|literal| literal.0);
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
        self.find_longest(&mut arrays);
        if arrays.upper.as_ref().is_some_and(|upper| arrays.lower > *upper) {
            return closed(ArrayStep::TooShort { longest: arrays.longest });
        }
        let mut homes = Vec::new();
        for index in 0..arrays.wanted.len() {
            match self.homes_of_items(&arrays, &arrays.wanted[index]) {
                Ok(fits) => homes.push(fits),
                Err(step) => return closed(step),
            }
        }
        match arrays.unique {
            Some(false) => self.with_repeat(&arrays, facts, &homes),
            _ => self.build(&arrays, facts, &homes, None),
        }
    }

    /// How long the array can be at most.
    fn find_longest(&mut self, arrays: &mut Arrays) {
        // The first position without a value ends the array.
        for index in 0..=arrays.alike {
            if !arrays.reaches(index) {
                break;
            }
            if let Answer::Empty(lemma) = self.state(arrays.position(index)) {
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
                literals.push((schema, false));
                if let Answer::Empty(lemma) = self.state(literals) {
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
            literals.push((wanted.schema, true));
            match self.state(literals) {
                Answer::Empty(lemma) => closed.push((index, lemma)),
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
                literals.extend([(wanted.schema, true), (limit.schema, false)]);
                let Answer::Empty(lemma) = self.state(literals) else {
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
    fn with_repeat(&mut self, arrays: &Arrays, facts: &Facts, homes: &[Vec<u64>]) -> Found {
        let mut pairs = Vec::new();
        let mut unknown = None;
        // Two positions beyond the prefix stand for any two there.
        for second in 1..=(arrays.alike + 1) {
            if !arrays.reaches(second) {
                break;
            }
            for first in 0..second {
                match self.equal_items(arrays, first, second) {
                    Answer::Empty(lemma) => pairs.push((first, second, lemma)),
                    Answer::Full(value) => {
                        let repeat = (first, second, value);
                        let answer = self.build(arrays, facts, homes, Some(&repeat));
                        match answer {
                            Answer::Full(_) => return answer,
                            _ => unknown = Some(answer),
                        }
                    }
                    Answer::Unknown(_) => unknown = unknown.or(Some(Answer::Unknown(None))),
                }
            }
        }
        match unknown {
            Some(Answer::Unknown(candidate)) => Answer::Unknown(candidate),
            Some(_) => self.unknown(
                "no array with equal items was found, nor a reason against one",
                "write what the items may be in a simpler way",
                facts.atoms().last().map(|literal| literal.0),
            ),
            None => closed(ArrayStep::NoRepeat { pairs, longest: arrays.longest.clone() }),
        }
    }

    /// A value that two items can share. In draft 4 it may be spelled in two ways, and only what does
    /// not tell them apart carries over from one item to the other.
    fn equal_items(&mut self, arrays: &Arrays, first: u64, second: u64) -> Answer<LemmaId> {
        let mut answer = Answer::Unknown(None);
        for (one, other) in [(first, second), (second, first)] {
            let mut literals = arrays.position(one);
            let shared = arrays.position(other);
            let tells =
                |(id, _): &Literal| self.arena.literal_integers && self.arena.tells_spellings(*id);
            let partly = shared.iter().any(tells);
            literals.extend(shared.iter().filter(|literal| !tells(literal)));
            answer = self.state(literals);
            if matches!(answer, Answer::Empty(_)) || !partly {
                break;
            }
        }
        answer
    }

    /// Builds an array, the shortest first; never `Empty` but for want of distinct values.
    fn build(
        &mut self,
        arrays: &Arrays,
        facts: &Facts,
        homes: &[Vec<u64>],
        repeat: Option<&Repeat>,
    ) -> Found {
        let place = facts.atoms().last().map(|literal| literal.0);
        let apart = |solver: &mut Self, id: Option<Id>| {
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
                literals.push((wanted.schema, true));
                if !matches!(self.state(literals), Answer::Empty(_)) {
                    placed.push((*index, (wanted.schema, true)));
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
                literals.push((limit.schema, false));
                if matches!(self.state(literals), Answer::Empty(_)) {
                    used += 1;
                } else if Count::from(used) >= limit.max
                    || !placed.iter().any(|(at, _)| *at == index)
                {
                    placed.push((index, (limit.schema, false)));
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
            if arrays.unique == Some(true) && !values.is_empty() {
                let list = self.enumeration(values.clone());
                used = Some(list);
                literals.push((list, false));
            }
            match self.state(literals) {
                Answer::Full(value) => values.push(value),
                Answer::Unknown(Some(value)) => {
                    sure = false;
                    values.push(value);
                }
                Answer::Unknown(None) => return Answer::Unknown(None),
                Answer::Empty(lemma) => {
                    // All positions draw on the same values, and those are used up.
                    let same = arrays.alike == 0 && placed.is_empty();
                    return match used {
                        Some(values)
                            if same
                                && Count::from(index) < arrays.lower
                                && !matches!(self.state(plain), Answer::Empty(_)) =>
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
