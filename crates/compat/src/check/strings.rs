//! Checks that no string meets lengths, patterns and exclusions, by a walk of its own.

use std::collections::HashSet;
use std::sync::Arc;

use super::checker::{Checker, Flaw, flaw};
use super::known::Known;
use crate::json::Json;
use crate::literal::Literal;
use crate::node::Node;
use crate::number::{Count, saturated};
use crate::pattern::{Automata, Fuel, Part, Pattern, Prefix, Table};
use crate::primitives::{LetterId, SubsetId};
use crate::proof::NoString;

/// What one check may take: more than the search for it.
const MAX_STEPS: u64 = 60_000_000;
const MAX_BYTES: u64 = 128 << 20;

/// What is known of a string.
#[derive(Default)]
struct Strings<'a> {
    min: Count,
    max: Option<Count>,
    matching: Vec<&'a Pattern>,
    unmatched: Vec<&'a Pattern>,
    except: Vec<&'a str>,
}

impl<'a> Checker<'a> {
    pub(super) fn no_string(
        &mut self,
        known: &Known<'a>,
        none: &Arc<NoString>,
    ) -> Result<(), Flaw> {
        if let Some(literal) = none.literals.iter().find(|literal| !known.has(**literal)) {
            return flaw(format!("{:?} is not known", self.arena().node(literal.id)));
        }
        if !self.without_string.contains(&Arc::as_ptr(none).addr()) {
            let Some(strings) = self.strings(&none.literals)? else { return Ok(()) };
            let mut fuel = Fuel { steps: MAX_STEPS, bytes: MAX_BYTES };
            let checked = strings.are_none(&none.parts, &mut fuel);
            checked.unwrap_or_else(|| flaw("the patterns are too large to be checked"))?;
            self.without_string.insert(Arc::as_ptr(none).addr());
        }
        Ok(())
    }

    /// What the literals say; `None` if they cannot be met.
    fn strings(&self, literals: &[Literal]) -> Result<Option<Strings<'a>>, Flaw> {
        let mut strings = Strings::default();
        for Literal { id, sign } in literals {
            match (self.arena().node(*id), sign.holds()) {
                (Node::Pattern(id), true) => strings.matching.push(self.arena().pattern(*id)),
                (Node::Pattern(id), false) => strings.unmatched.push(self.arena().pattern(*id)),
                (Node::MinLength(min), true) => strings.at_least(min.clone()),
                (Node::MaxLength(max), true) => strings.at_most(max.clone()),
                (Node::MinLength(min), false) if *min == Count::ZERO => return Ok(None),
                (Node::MinLength(min), false) => strings.at_most(min - 1_u32),
                (Node::MaxLength(max), false) => strings.at_least(max + 1_u32),
                (Node::Enum(values), false) => {
                    strings.except.extend(values.iter().filter_map(|value| match value {
                        Json::String(text) => Some(&**text),
                        _ => None,
                    }));
                }
                (node, _) => return flaw(format!("{node:?} says nothing of strings")),
            }
        }
        strings.except.sort_unstable();
        strings.except.dedup();
        let crossed = strings.max.as_ref().is_some_and(|max| *max < strings.min);
        Ok((!crossed).then_some(strings))
    }
}

impl Strings<'_> {
    fn at_least(&mut self, min: Count) {
        self.min = self.min.clone().max(min);
    }

    fn at_most(&mut self, max: Count) {
        self.max = Some(self.max.take().map_or(max.clone(), |known| known.min(max)));
    }

    /// Checks the parts, then walks along them. `None` for want of fuel.
    fn are_none(&self, parts: &[Part], fuel: &mut Fuel) -> Option<Result<(), Flaw>> {
        let mut automata = Automata::new(&self.matching, &self.unmatched, fuel)?;
        for part in parts {
            match part {
                Part::Alone(pattern) if *pattern < automata.len() => {}
                Part::Joined(tables) if !tables.is_empty() => {
                    let mut before = None;
                    for (pattern, table) in tables {
                        let sound = joins(&mut automata, before, *pattern, table, fuel)?;
                        if !sound {
                            return Some(flaw("a table accepts too little"));
                        }
                        before = Some(table);
                    }
                }
                _ => return Some(flaw("a part of no pattern")),
            }
        }
        let mut walk = Walk { automata, parts, max: self.max.as_ref().map(saturated) };
        let found = walk.finds(saturated(&self.min), &self.except, fuel)?;
        Some(if found { flaw("a string is left") } else { Ok(()) })
    }
}

/// Whether a table accepts all that another one and a pattern accept, and never says that an end is farther than it is.
fn joins(
    automata: &mut Automata<'_>,
    before: Option<&Table>,
    pattern: usize,
    table: &Table,
    fuel: &mut Fuel,
) -> Option<bool> {
    let (letters, states) = (automata.letters(), table.accepting.len());
    let whole = pattern < automata.len()
        && table.letters == letters
        && states > 0
        && table.fewest.len() == states
        && table.next.len() == states * letters
        && table.next.iter().all(|next| next.index() < states);
    let near = || {
        (0..states).map(SubsetId::new).all(|state| {
            let least = table.fewest(state);
            (!table.accepts(state) || least == 0)
                && (0..letters).map(LetterId::new).all(|letter| {
                    least <= table.fewest(table.step(state, letter)).saturating_add(1)
                })
        })
    };
    fuel.burn(states * letters)?;
    if !whole || !near() {
        return Some(false);
    }
    let start = [SubsetId::FIRST; 3];
    let mut seen = HashSet::from([start]);
    let mut work = vec![start];
    while let Some([left, right, joined]) = work.pop() {
        let accepted =
            before.is_none_or(|before| before.accepts(left)) && automata.accepts(pattern, right);
        if accepted && !table.accepts(joined) {
            return Some(false);
        }
        for letter in (0..letters).map(LetterId::new) {
            fuel.burn(4)?;
            let left = before.map_or(left, |before| before.step(left, letter));
            let right = automata.step(pattern, right, letter, fuel)?;
            let dead = before.is_some_and(|before| before.fewest(left) == Table::NEVER);
            if dead || automata.is_dead(pattern, right) {
                continue;
            }
            let next = [left, right, table.step(joined, letter)];
            if seen.insert(next) {
                fuel.keep(48)?;
                work.push(next);
            }
        }
    }
    Some(true)
}

/// Where a string on the way stands: in each part, among the excluded strings, and how long it is as far as that matters.
type Stand = (Vec<SubsetId>, Option<Prefix>, u64);

struct Walk<'w, 'p> {
    automata: Automata<'p>,
    parts: &'w [Part],
    max: Option<u64>,
}

impl Walk<'_, '_> {
    /// Whether some string is accepted.
    fn finds(&mut self, min: u64, except: &[&str], fuel: &mut Fuel) -> Option<bool> {
        let prefix = Prefix { from: 0, to: except.len(), bytes: 0 };
        let prefix = (!except.is_empty()).then_some(prefix);
        let start: Stand = (vec![SubsetId::FIRST; self.parts.len()], prefix, 0);
        let mut seen: HashSet<Stand> = HashSet::new();
        let mut level = Vec::new();
        if (0..self.parts.len()).all(|part| self.leads_on(part, SubsetId::FIRST, 0)) {
            level.push(start);
        }
        // Level by level, so that what is met again is longer than before: it has no more ways on.
        let mut length = 0_u64;
        while !level.is_empty() {
            let mut next_level = Vec::new();
            for (states, prefix, _) in level {
                let excluded = prefix.is_some_and(|p| except[p.from].len() == p.bytes);
                let ends = |(part, state): (usize, &SubsetId)| self.ends(part, *state);
                if length >= min && !excluded && states.iter().enumerate().all(ends) {
                    return Some(true);
                }
                if self.max.is_some_and(|max| length >= max) {
                    continue;
                }
                for (_, letter, prefix) in self.automata.moves(except, prefix) {
                    fuel.burn(4 + 4 * self.parts.len())?;
                    let mut next = Vec::with_capacity(states.len());
                    for (part, state) in states.iter().enumerate() {
                        let to = self.step(part, *state, letter, fuel)?;
                        if !self.leads_on(part, to, length + 1) {
                            break;
                        }
                        next.push(to);
                    }
                    if next.len() < states.len() {
                        continue;
                    }
                    let next = (next, prefix, (length + 1).min(min));
                    if seen.insert(next.clone()) {
                        fuel.keep(100 + 8 * self.parts.len())?;
                        next_level.push(next);
                    }
                }
            }
            level = next_level;
            length += 1;
        }
        Some(false)
    }

    fn step(
        &mut self,
        part: usize,
        state: SubsetId,
        letter: LetterId,
        fuel: &mut Fuel,
    ) -> Option<SubsetId> {
        match &self.parts[part] {
            Part::Alone(pattern) => self.automata.step(*pattern, state, letter, fuel),
            Part::Joined(tables) => {
                Some(tables.last().map_or(state, |(_, table)| table.step(state, letter)))
            }
        }
    }

    /// Whether a string may end here, by a part.
    fn ends(&self, part: usize, state: SubsetId) -> bool {
        match &self.parts[part] {
            Part::Alone(pattern) => self.automata.accepts(*pattern, state),
            Part::Joined(tables) => tables.last().is_none_or(|(_, table)| table.accepts(state)),
        }
    }

    /// Whether it may end here or later, by a part and within the greatest length.
    fn leads_on(&self, part: usize, state: SubsetId, length: u64) -> bool {
        match &self.parts[part] {
            Part::Alone(pattern) => !self.automata.is_dead(*pattern, state),
            Part::Joined(tables) => tables.last().is_none_or(|(_, table)| {
                let fewest = table.fewest(state);
                let end = length.saturating_add(u64::from(fewest));
                fewest != Table::NEVER && self.max.is_none_or(|max| end <= max)
            }),
        }
    }
}
