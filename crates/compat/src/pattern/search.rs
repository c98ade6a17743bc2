//! Searches for strings that match some patterns and not others, within lengths.
//!
//! A string is built character by character, the shortest first, alongside the deterministic automaton of each pattern, which
//! is built as far as the search goes. Where that takes too long, patterns are joined to [tables](super::table) as far as
//! these stay small: a table knows which of its states lead nowhere, and how far each is from an end. With that the search
//! begins anew, the shortest first again, and then that first which is nearest to an end.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::alphabet::Prefix;
use super::automaton::Pattern;
use super::product::Automata;
use super::subsets::Fuel;
use super::table::{Part, Table};
use crate::primitives::{LetterId, SubsetId};

/// The strings that are sought.
#[derive(Default)]
pub(crate) struct Language<'a> {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) matching: Vec<&'a Pattern>,
    pub(crate) unmatched: Vec<&'a Pattern>,
    pub(crate) except: Vec<Arc<str>>,
}

/// Strings of a language.
pub(crate) enum Sample {
    Strings(Vec<String>),
    /// There are none: a walk along these parts finds none.
    Nothing(Vec<Part>),
    /// The search ended for want of budget.
    Unknown,
}

/// Longest string made up for a witness.
const MAX_STRING: u64 = 10_000;

/// Most bytes (its patterns included) and steps that a search takes at first, whatever its budget.
const MAX_BYTES: u64 = 32 << 20;
const MAX_STEPS: u64 = 2_000_000;
/// The same when patterns are joined: to join them, and for each search after that.
const MAX_JOINED_BYTES: u64 = 48 << 20;
const MAX_JOIN: u64 = 6_000_000;
const MAX_JOINED_STEPS: u64 = 4_000_000;
/// The small steps for one of the budget.
const STEPS: u64 = 16;

/// The state of a search, on which the rest of a string depends.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    states: Box<[SubsetId]>,
    prefix: Option<Prefix>,
    /// Up to the least length: from there on a shorter string has all the ways on that a longer one
    /// has. If longer ones may come first, it matters up to the greatest.
    length: u64,
}

/// A string on the way, as the last character and the step before it.
struct Link {
    key: Rc<Key>,
    length: u64,
    before: usize,
    c: char,
}

/// Which strings on the way are looked at first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Shortest,
    Nearest,
}

impl Language<'_> {
    /// Up to `wanted` of the shortest strings in the language, or one that takes long to find.
    pub(crate) fn search(&self, wanted: usize, budget: &mut u64) -> Sample {
        if self.max.is_some_and(|max| max < self.min) {
            return Sample::Nothing(Vec::new());
        }
        let all = budget.saturating_mul(STEPS);
        let mut left = all;
        let found = self.first(wanted, &mut left);
        let found = found.or_else(|| self.joined(&mut left));
        *budget -= (all - left).div_ceil(STEPS).min(*budget);
        found.unwrap_or(Sample::Unknown)
    }

    /// Without tables.
    fn first(&self, wanted: usize, left: &mut u64) -> Option<Sample> {
        spend(left, MAX_STEPS, MAX_BYTES, |fuel| {
            let mut automata = Automata::new(&self.matching, &self.unmatched, fuel)?;
            let parts: Vec<Part> = (0..automata.len()).map(Part::Alone).collect();
            let mut walk = Walk { language: self, automata: &mut automata, parts: &parts };
            let mut found = Vec::new();
            let done = walk.explore(First::Shortest, 1, &mut found, fuel);
            if wanted > 1 && !found.is_empty() {
                // Those that lead to the same states count only if more than one is wanted.
                fuel.bytes = MAX_BYTES;
                let mut more = Vec::new();
                let _ = walk.explore(First::Shortest, wanted, &mut more, fuel);
                if !more.is_empty() {
                    found = more;
                }
            }
            match (found.is_empty(), done) {
                (false, _) => Some(Sample::Strings(found)),
                (true, Some(true)) => Some(Sample::Nothing(parts)),
                _ => None,
            }
        })
    }

    /// With tables.
    pub(crate) fn joined(&self, left: &mut u64) -> Option<Sample> {
        let mut automata = None;
        let parts = spend(left, MAX_JOIN, MAX_JOINED_BYTES, |fuel| {
            let made = Automata::new(&self.matching, &self.unmatched, fuel)?;
            Some(joined(automata.insert(made), fuel))
        })?;
        let automata = automata.as_mut()?;
        let mut walk = Walk { language: self, automata, parts: &parts };
        // A string that is too long to be made up is not searched for.
        let nearest = (self.min <= MAX_STRING).then_some(First::Nearest);
        for first in [First::Shortest].into_iter().chain(nearest) {
            let mut found = Vec::new();
            let done = spend(left, MAX_JOINED_STEPS, MAX_JOINED_BYTES, |fuel| {
                walk.explore(first, 1, &mut found, fuel)
            });
            match (found.is_empty(), done) {
                (false, _) => return Some(Sample::Strings(found)),
                (true, Some(true)) => return Some(Sample::Nothing(parts)),
                _ => {}
            }
        }
        None
    }
}

/// Works with some of the steps that are left.
fn spend<T>(left: &mut u64, steps: u64, bytes: u64, work: impl FnOnce(&mut Fuel) -> T) -> T {
    let before = steps.min(*left);
    let mut fuel = Fuel { steps: before, bytes };
    let result = work(&mut fuel);
    *left -= before - fuel.steps;
    result
}

/// Joins each pattern to the first table with which it stays small.
fn joined(automata: &mut Automata<'_>, fuel: &mut Fuel) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for pattern in 0..automata.len() {
        let mut is_joined = false;
        for part in &mut parts {
            let Part::Joined(tables) = part else { continue };
            let last = tables.last().map(|(_, table)| table);
            if let Some(table) = Table::join(last, automata, pattern, fuel) {
                let is_empty = table.is_empty();
                tables.push((pattern, table));
                if is_empty {
                    return vec![part.clone()];
                }
                is_joined = true;
                break;
            }
        }
        if !is_joined {
            parts.push(match Table::join(None, automata, pattern, fuel) {
                Some(table) => Part::Joined(vec![(pattern, table)]),
                None => Part::Alone(pattern),
            });
        }
    }
    parts
}

/// A walk along several automata at once.
struct Walk<'w, 'p> {
    language: &'w Language<'p>,
    automata: &'w mut Automata<'p>,
    parts: &'w [Part],
}

impl Walk<'_, '_> {
    fn step(
        &mut self,
        part: &Part,
        state: SubsetId,
        letter: LetterId,
        fuel: &mut Fuel,
    ) -> Option<SubsetId> {
        match table(part) {
            Ok(table) => Some(table.step(state, letter)),
            Err(pattern) => self.automata.step(pattern, state, letter, fuel),
        }
    }

    fn accepts(&self, part: &Part, state: SubsetId) -> bool {
        match table(part) {
            Ok(table) => table.accepts(state),
            Err(pattern) => self.automata.accepts(pattern, state),
        }
    }

    /// Whether nothing of at most the greatest length is accepted from here on.
    fn is_dead(&self, part: &Part, state: SubsetId, length: u64) -> bool {
        match table(part) {
            Ok(table) => match table.fewest(state) {
                Table::NEVER => true,
                fewest => self.language.max.is_some_and(|max| length + u64::from(fewest) > max),
            },
            Err(pattern) => self.automata.is_dead(pattern, state),
        }
    }

    /// Whether all strings were tried, or as many found as wanted; `None` for want of fuel.
    fn explore(
        &mut self,
        first: First,
        wanted: usize,
        found: &mut Vec<String>,
        fuel: &mut Fuel,
    ) -> Option<bool> {
        let (language, parts) = (self.language, self.parts);
        let mut except: Vec<&str> = language.except.iter().map(|text| &**text).collect();
        fuel.burn(except.len())?;
        except.sort_unstable();
        except.dedup();
        let of_states: Vec<Vec<u32>> = match first {
            First::Shortest => Vec::new(),
            First::Nearest => {
                let all = language.matching.iter().chain(&language.unmatched);
                all.map(|pattern| pattern.fewest()).collect()
            }
        };
        let start = Key {
            states: vec![SubsetId::FIRST; parts.len()].into(),
            prefix: Some(Prefix { from: 0, to: except.len(), bytes: 0 }).filter(|p| p.to > 0),
            length: 0,
        };
        if parts.iter().any(|part| self.is_dead(part, SubsetId::FIRST, 0)) {
            return Some(true);
        }
        let start = Rc::new(start);
        let mut visits = HashMap::from([(Rc::clone(&start), 1)]);
        let mut steps = vec![Link { key: start, length: 0, before: 0, c: '\0' }];
        let mut open = BinaryHeap::from([Reverse((0, 0, 0))]);
        let mut complete = true;
        while let Some(Reverse((_, _, at))) = open.pop() {
            let Link { ref key, length, .. } = steps[at];
            let key = Rc::clone(key);
            let mut states = parts.iter().zip(&key.states);
            let accepted = states.all(|(part, state)| self.accepts(part, *state));
            let excluded = key.prefix.is_some_and(|p| except[p.from].len() == p.bytes);
            if accepted && !excluded && length >= language.min {
                found.push(spell(&steps, at));
                if found.len() >= wanted {
                    return Some(true);
                }
            }
            if language.max.is_some_and(|max| length >= max) {
                continue;
            }
            if length >= MAX_STRING {
                complete = false;
                continue;
            }
            for (c, letter, prefix) in self.automata.moves(&except, key.prefix) {
                fuel.burn(4 + 4 * parts.len())?;
                let mut states = Vec::with_capacity(parts.len());
                for (part, state) in parts.iter().zip(&key.states) {
                    let next = self.step(part, *state, letter, fuel)?;
                    if self.is_dead(part, next, length + 1) {
                        break;
                    }
                    states.push(next);
                }
                if states.len() < parts.len() {
                    continue;
                }
                let matters = match (first, language.max) {
                    (First::Nearest, Some(max)) => max,
                    _ => language.min,
                };
                let next = Key { states: states.into(), prefix, length: (length + 1).min(matters) };
                let visited = visits.get(&next).copied().unwrap_or(0);
                if visited < wanted {
                    let key = match visits.get_key_value(&next) {
                        Some((key, _)) => Rc::clone(key),
                        None => Rc::new(next),
                    };
                    fuel.keep(200 + 4 * parts.len())?;
                    let at_next = steps.len();
                    open.push(Reverse(match first {
                        First::Shortest => (length + 1, at_next, at_next),
                        // Of those that are equally near the last one.
                        First::Nearest => {
                            let short = language.min.saturating_sub(length + 1);
                            let missing = self.missing(&key, &of_states).saturating_add(short);
                            (missing, usize::MAX - at_next, at_next)
                        }
                    }));
                    visits.insert(Rc::clone(&key), visited + 1);
                    steps.push(Link { key, length: length + 1, before: at, c });
                }
            }
        }
        Some(complete)
    }

    /// How far all parts together are from an end.
    fn missing(&self, key: &Key, of_states: &[Vec<u32>]) -> u64 {
        let parts = self.parts.iter().zip(&key.states);
        let fewest = parts.map(|(part, state)| match table(part) {
            Ok(table) => table.fewest(*state),
            Err(pattern) => self.automata.fewest(pattern, *state, &of_states[pattern]),
        });
        fewest.map(u64::from).sum()
    }
}

/// The table of a part, or else its pattern.
fn table(part: &Part) -> Result<&Table, usize> {
    match part {
        Part::Alone(pattern) => Err(*pattern),
        Part::Joined(tables) => tables.last().map(|(_, table)| table).ok_or(0),
    }
}

fn spell(steps: &[Link], mut at: usize) -> String {
    let mut text = Vec::new();
    while at != 0 {
        text.push(steps[at].c);
        at = steps[at].before;
    }
    text.iter().rev().collect()
}
