//! Arrays: positions with a state each, existential items, counts, distinctness.

use std::sync::Arc;

use super::{Answer, Facts, Solver};
use crate::json::Json;
use crate::node::{Id, Literal, Node};
use crate::proof::{Proof, Step};

/// Longest array made up for a witness, and highest index looked at on its own.
const MAX_ITEMS: u64 = 300;

/// At least `count` items from index `from` on that are of `schema`.
struct Wanted {
    from: u64,
    count: u64,
    schema: Id,
}

struct Arrays<'f> {
    items: Vec<(&'f [Id], Id)>,
    everywhere: Vec<Literal>,
    at: Vec<(u64, Id)>,
    wanted: Vec<Wanted>,
    /// At most so many items are of the schema.
    limits: Vec<(Id, u64)>,
    unique: Option<bool>,
}

impl Arrays<'_> {
    /// What every array here demands of the item at `index`.
    fn position(&self, index: u64) -> Vec<Literal> {
        let mut literals = self.everywhere.clone();
        for (prefix, rest) in &self.items {
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
}

fn contradiction(text: String, premises: Vec<Arc<Proof>>) -> Answer {
    Answer::Empty(Arc::new(Proof { step: Step::Contradiction(text), place: None, premises }))
}

impl Solver<'_> {
    #[allow(clippy::too_many_lines)] // The rules in the order in which they narrow the length.
    pub(super) fn array(&mut self, facts: &Facts) -> Answer {
        let nodes: Vec<(Node, bool)> = facts
            .atoms
            .iter()
            .map(|(id, positive)| (self.arena.node(*id).clone(), *positive))
            .collect();
        let mut arrays = Arrays {
            items: Vec::new(),
            everywhere: Vec::new(),
            at: Vec::new(),
            wanted: Vec::new(),
            limits: Vec::new(),
            unique: None,
        };
        let (mut lower, mut upper) = (0_u64, u64::MAX);
        for (node, positive) in &nodes {
            match (node, positive) {
                (Node::Items { prefix, rest }, true) => arrays.items.push((prefix, *rest)),
                (Node::MinItems(min), true) => lower = lower.max(*min),
                (Node::MaxItems(max), true) => upper = upper.min(*max),
                (Node::Unique, positive) => arrays.unique = Some(*positive),
                (Node::ItemAt { index, schema }, true) => {
                    arrays.at.push((*index, *schema));
                    lower = lower.max(index + 1);
                }
                (Node::ItemFrom { from, schema }, true) => {
                    arrays.wanted.push(Wanted { from: *from, count: 1, schema: *schema });
                    lower = lower.max(from + 1);
                }
                (Node::Contains { schema, min, max }, true) => {
                    if *min > 0 {
                        arrays.wanted.push(Wanted { from: 0, count: *min, schema: *schema });
                        lower = lower.max(*min);
                    }
                    match max {
                        Some(0) => arrays.everywhere.push((*schema, false)),
                        Some(max) => arrays.limits.push((*schema, *max)),
                        None => {}
                    }
                }
                _ => {}
            }
        }
        if arrays.unique == Some(false) {
            lower = lower.max(2);
        }
        // Positions from here on are alike.
        let alike = arrays
            .items
            .iter()
            .map(|(prefix, _)| prefix.len() as u64)
            .chain(arrays.at.iter().map(|(at, _)| at + 1))
            .max()
            .unwrap_or(0);
        if alike > MAX_ITEMS {
            return self.unknown("an item far out", None);
        }
        // The first position without a value ends the array.
        let mut blocked: Option<Arc<Proof>> = None;
        for index in 0..=alike {
            if index >= upper {
                break;
            }
            if let Answer::Empty(proof) = self.state(arrays.position(index)) {
                upper = index;
                blocked = Some(Arc::new(Proof {
                    step: Step::Item(index),
                    place: None,
                    premises: vec![proof],
                }));
            }
        }
        // Items that cannot but be of a limited schema use up its limit.
        for (schema, max) in arrays.limits.clone() {
            let mut forced = 0;
            for index in 0..=alike {
                if index >= upper {
                    break;
                }
                let mut literals = arrays.position(index);
                literals.push((schema, false));
                if let Answer::Empty(proof) = self.state(literals) {
                    // The last position stands for all that follow.
                    if index == alike || forced == max {
                        let most = index + (max - forced);
                        if most < upper {
                            upper = most;
                            blocked = Some(proof);
                        }
                        break;
                    }
                    forced += 1;
                }
            }
        }
        if lower > upper {
            let text = format!("an array of {lower} items or more has at most {upper}");
            return contradiction(text, blocked.into_iter().collect());
        }
        // Where the wanted items can be.
        let mut homes: Vec<Vec<u64>> = Vec::new();
        for wanted in &arrays.wanted {
            let mut fits = Vec::new();
            let mut closed = Vec::new();
            let last = alike.max(wanted.from);
            for index in wanted.from..=last {
                if index >= upper {
                    break;
                }
                let mut literals = arrays.position(index);
                literals.push((wanted.schema, true));
                match self.state(literals) {
                    Answer::Empty(proof) => closed.push(proof),
                    _ if index == last => {
                        let end = upper.min(last.saturating_add(MAX_ITEMS));
                        fits.extend(last..end);
                    }
                    _ => fits.push(index),
                }
            }
            if (fits.len() as u64) < wanted.count
                && !(upper > last + MAX_ITEMS && fits.contains(&last))
            {
                let text =
                    format!("items of a kind: {} wanted, {} possible", wanted.count, fits.len());
                return contradiction(text, closed);
            }
            // Each of them also counts against a limit that it cannot escape.
            for (schema, max) in arrays.limits.clone() {
                if wanted.count <= max {
                    continue;
                }
                let mut closed = Vec::new();
                for index in fits.iter().copied().filter(|index| *index <= last) {
                    let mut literals = arrays.position(index);
                    literals.extend([(wanted.schema, true), (schema, false)]);
                    let Answer::Empty(proof) = self.state(literals) else {
                        closed.clear();
                        break;
                    };
                    closed.push(proof);
                }
                if !closed.is_empty() {
                    let text = format!("{} items where {max} are allowed", wanted.count);
                    return contradiction(text, closed);
                }
            }
            homes.push(fits);
        }
        match arrays.unique {
            Some(false) => self.with_repeat(&arrays, facts, lower, upper, alike, &homes),
            _ => self.build(&arrays, facts, lower, upper, alike, &homes, None),
        }
    }

    /// An array with two equal items.
    fn with_repeat(
        &mut self,
        arrays: &Arrays<'_>,
        facts: &Facts,
        lower: u64,
        upper: u64,
        alike: u64,
        homes: &[Vec<u64>],
    ) -> Answer {
        let mut closed = Vec::new();
        let mut unknown = None;
        // Two positions beyond the prefix stand for any two there.
        for second in 1..=(alike + 1) {
            if second >= upper {
                break;
            }
            for first in 0..second {
                let mut literals = arrays.position(first);
                literals.extend(arrays.position(second));
                match self.state(literals) {
                    Answer::Empty(proof) => closed.push(proof),
                    Answer::Full(value) => {
                        let answer = self.build(
                            arrays,
                            facts,
                            lower.max(second + 1),
                            upper,
                            alike,
                            homes,
                            Some(&(first, second, value)),
                        );
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
            Some(_) => self.unknown("no array with equal items was found", None),
            None => contradiction("no two items can be equal".to_owned(), closed),
        }
    }

    /// Builds an array, the shortest first; never `Empty` but for want of distinct values.
    #[allow(clippy::too_many_arguments)] // The findings of `array`, used once.
    fn build(
        &mut self,
        arrays: &Arrays<'_>,
        facts: &Facts,
        lower: u64,
        upper: u64,
        alike: u64,
        homes: &[Vec<u64>],
        repeat: Option<&(u64, u64, Json)>,
    ) -> Answer {
        let mut placed: Vec<(u64, Literal)> = Vec::new();
        let mut length = lower;
        for (wanted, fits) in arrays.wanted.iter().zip(homes) {
            let mut left = wanted.count;
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
            if left > 0 {
                return self.unknown("the wanted items do not go together", Some(wanted.schema));
            }
        }
        if length > MAX_ITEMS {
            return self.unknown("the array would be too long", None);
        }
        if length > upper {
            return self.unknown("the wanted items do not fit", None);
        }
        // Items that need not be of a limited schema are not.
        for (schema, max) in &arrays.limits {
            let mut used = 0;
            for index in 0..length {
                let mut literals = arrays.with(&placed, index);
                literals.push((*schema, false));
                if matches!(self.state(literals), Answer::Empty(_)) {
                    used += 1;
                } else if used >= *max || !placed.iter().any(|(at, _)| *at == index) {
                    placed.push((index, (*schema, false)));
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
            if arrays.unique == Some(true) && !values.is_empty() {
                let used = self.arena.enumeration(values.clone(), None);
                literals.push((used, false));
            }
            match self.state(literals) {
                Answer::Full(value) => values.push(value),
                Answer::Unknown(Some(value)) => {
                    sure = false;
                    values.push(value);
                }
                Answer::Unknown(None) => return Answer::Unknown(None),
                Answer::Empty(proof) => {
                    // All positions draw on the same values, and those are used up.
                    let same = alike == 0 && placed.is_empty() && arrays.unique == Some(true);
                    if same && index < lower && !matches!(self.state(plain), Answer::Empty(_)) {
                        let text = format!("there are only {index} different items");
                        return contradiction(text, vec![proof]);
                    }
                    return self.unknown("the items do not go together", None);
                }
            }
        }
        let value = Json::Array(values);
        match self.judge().literals(&facts.atoms, &value) {
            Some(true) if sure => Answer::Full(value),
            Some(false) => self.unknown(
                "no array was found, nor a reason against one",
                facts.atoms.last().map(|l| l.0),
            ),
            _ => Answer::Unknown(Some(value)),
        }
    }
}
