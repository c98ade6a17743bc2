//! The search for strings that meet lengths and patterns, or for the proof that there are none.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::alphabet::{Alphabet, Prefix};
use super::automaton::Pattern;
use super::subsets::{Fuel, Subsets};
use crate::primitives::SubsetId;

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
    Nothing,
    /// The search ended for want of budget.
    Unknown,
}

/// Longest string made up for a witness.
const MAX_STRING: u64 = 10_000;

/// Most bytes (its patterns included) and steps that one search takes, whatever its budget.
const MAX_BYTES: u64 = 32 << 20;
const MAX_STEPS: u64 = 2_000_000;
/// The small steps for one of the budget.
const STEPS: u64 = 16;

/// The state of a search, on which the rest of a string depends.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    states: Box<[SubsetId]>,
    prefix: Option<Prefix>,
    /// Up to the least length: from there on a shorter string has all the ways on that a longer one
    /// has, and shorter ones come first.
    length: u64,
}

/// A string on the way, as the last character and the step before it.
struct Link {
    key: Rc<Key>,
    length: u64,
    before: usize,
    c: char,
}

impl Language<'_> {
    /// Up to `wanted` of the shortest strings in the language. `Nothing` is a proof.
    pub(crate) fn search(&self, wanted: usize, budget: &mut u64) -> Sample {
        if self.max.is_some_and(|max| max < self.min) {
            return Sample::Nothing;
        }
        let steps = budget.saturating_mul(STEPS).min(MAX_STEPS);
        let mut fuel = Fuel { steps, bytes: MAX_BYTES };
        let mut found = Vec::new();
        let done = self.explore(1, &mut found, &mut fuel);
        if wanted > 1 && !found.is_empty() {
            // Sample that lead to the same states count only if more than one is wanted.
            fuel.bytes = MAX_BYTES;
            let mut more = Vec::new();
            let _ = self.explore(wanted, &mut more, &mut fuel);
            if !more.is_empty() {
                found = more;
            }
        }
        *budget -= (steps - fuel.steps).div_ceil(STEPS).min(*budget);
        match (done, found.is_empty()) {
            (_, false) => Sample::Strings(found),
            (Some(true), true) => Sample::Nothing,
            _ => Sample::Unknown,
        }
    }

    /// Whether all strings were tried, or as many found as wanted; `None` for want of fuel.
    fn explore(&self, wanted: usize, found: &mut Vec<String>, fuel: &mut Fuel) -> Option<bool> {
        let patterns: Vec<&Pattern> =
            self.matching.iter().chain(&self.unmatched).copied().collect();
        let alphabet = Alphabet::new(&patterns, fuel)?;
        let mut except: Vec<&str> = self.except.iter().map(|text| &**text).collect();
        fuel.burn(except.len())?;
        except.sort_unstable();
        except.dedup();

        for pattern in &patterns {
            fuel.keep(pattern.bytes())?;
        }
        let (mut automata, mut classes) = (Vec::with_capacity(patterns.len()), 0);
        for pattern in &patterns {
            automata.push(Subsets::new(pattern, classes, alphabet.letters.len(), fuel)?);
            classes += pattern.classes.len();
        }
        let wants = |index: usize| index < self.matching.len();
        let first = Rc::new(Key {
            states: vec![SubsetId::FIRST; patterns.len()].into(),
            prefix: Some(Prefix { from: 0, to: except.len(), bytes: 0 }).filter(|p| p.to > 0),
            length: 0,
        });
        let mut visits = HashMap::from([(Rc::clone(&first), 1)]);
        let mut steps = vec![Link { key: first, length: 0, before: 0, c: '\0' }];
        let (mut at, mut complete) = (0, true);
        while at < steps.len() {
            let Link { ref key, length, .. } = steps[at];
            let key = Rc::clone(key);
            let accepted =
                key.states.iter().enumerate().all(|(i, s)| automata[i].accepts(*s) == wants(i));
            let excluded = key.prefix.is_some_and(|p| except[p.from].len() == p.bytes);
            if accepted && !excluded && length >= self.min {
                found.push(spell(&steps, at));
                if found.len() >= wanted {
                    return Some(true);
                }
            }
            if self.max.is_none_or(|max| length < max) {
                if length >= MAX_STRING {
                    complete = false;
                    at += 1;
                    continue;
                }
                for (c, index, prefix) in alphabet.moves(&except, key.prefix) {
                    fuel.burn(4 + 4 * patterns.len())?;
                    let mut states = Vec::with_capacity(patterns.len());
                    for (i, state) in key.states.iter().enumerate() {
                        let letter = &alphabet.letters[index.index()];
                        let next = automata[i].step(*state, index, letter, fuel)?;
                        if automata[i].settled(next) == Some(!wants(i)) {
                            break;
                        }
                        states.push(next);
                    }
                    if states.len() < patterns.len() {
                        continue;
                    }
                    let next =
                        Key { states: states.into(), prefix, length: (length + 1).min(self.min) };
                    let visited = visits.get(&next).copied().unwrap_or(0);
                    if visited < wanted {
                        let key = match visits.get_key_value(&next) {
                            Some((key, _)) => Rc::clone(key),
                            None => Rc::new(next),
                        };
                        fuel.keep(200 + 4 * patterns.len())?;
                        visits.insert(Rc::clone(&key), visited + 1);
                        steps.push(Link { key, length: length + 1, before: at, c });
                    }
                }
            }
            at += 1;
        }
        Some(complete)
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
