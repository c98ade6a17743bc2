//! The complete deterministic automaton of a pattern, as small as it can be: what a table is made of.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::alphabet::Alphabet;
use super::automaton::{self, Pattern, TOO_LARGE};
use super::error::{PatternError, Unsupported};
use super::minimal::groups;
use super::subsets::{Fuel, Subsets};
use crate::primitives::{LetterId, SubsetId};

#[cfg(test)]
mod tests;

/// What compiling a pattern may take.
const MAX_STEPS: u64 = 5_000_000;
const MAX_BYTES: u64 = 32 << 20;

/// A pattern as a complete, minimal, deterministic automaton over Unicode scalar values.
///
/// It reads a string character by character, and goes from its state to another one by the *class* of the character: the
/// characters of a class lead to the same state from everywhere. Both are numbered from 0, the classes by their least
/// characters, the states in the order in which a search from the [start](Self::START) meets them. So patterns that
/// match the same strings have the same automaton, to the byte.
///
/// ```
/// use schema_compat::pattern::Automaton;
///
/// let hex = Automaton::compile("^[0-9a-f]{2}$")?;
/// let mut state = Automaton::START;
/// for c in "a7".chars() {
///     state = hex.next(state, hex.class(c));
/// }
/// assert!(hex.is_accepting(state));
/// assert_eq!(hex.certain(state), None); // A further character would be too much.
/// # Ok::<(), schema_compat::pattern::PatternError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Automaton {
    /// Where the class changes: the first scalar value, and the class from there on.
    ranges: Vec<(u32, usize)>,
    classes: usize,
    /// For each state in turn, the state that each class leads to.
    next: Vec<usize>,
    accepting: Vec<bool>,
}

impl Automaton {
    /// The state before the first character.
    pub const START: usize = 0;

    /// The most states. Those that turn out to be one when all are known count, too.
    pub const MAX_STATES: usize = 10_000;

    /// The most classes, counted in the same way.
    pub const MAX_CLASSES: usize = 256;

    /// Compiles `source` with the meaning of ECMA-262 under the flag `u`: it matches a string if it finds a match
    /// anywhere in it.
    ///
    /// # Errors
    ///
    /// When `source` is no such pattern, has a construct that no automaton follows, or exceeds the limits above.
    /// However large the automaton would be, this takes a bounded time and some tens of megabytes.
    pub fn compile(source: &str) -> Result<Self, PatternError> {
        let pattern = Pattern::new(source).map_err(|unsupported| match unsupported {
            TOO_LARGE => PatternError::TooManyStates { limit: automaton::MAX_STATES },
            Unsupported(construct) => PatternError::Unsupported { construct },
        })?;
        let Determined { alphabet, next, accepting } = Determined::of(&pattern)?;
        let letters = alphabet.letters.len();

        // Each group of states becomes one state, represented by any of its states.
        let group_of = groups(letters, &next, &accepting);
        let mut members = vec![0; group_of.iter().max().map_or(0, |last| last + 1)];
        for (state, group) in group_of.iter().enumerate() {
            members[*group] = state;
        }

        // Letters that lead to the same groups from everywhere become one class.
        let mut class_of = vec![None; letters];
        let mut known = HashMap::new();
        let mut representatives = Vec::new();
        let mut ranges: Vec<(u32, usize)> = Vec::new();
        for (first, letter) in alphabet.ranges {
            let class = *class_of[letter.index()].get_or_insert_with(|| {
                let target = |state: &usize| group_of[next[state * letters + letter.index()]];
                let targets: Vec<usize> = members.iter().map(target).collect();
                *known.entry(targets).or_insert_with(|| {
                    representatives.push(letter.index());
                    representatives.len() - 1
                })
            });
            if ranges.last().is_none_or(|(_, last)| *last != class) {
                ranges.push((first, class));
            }
        }
        let classes = representatives.len();

        let mut order = vec![group_of[SubsetId::FIRST.index()]];
        let mut numbers = HashMap::from([(order[0], Self::START)]);
        let mut smallest = Vec::with_capacity(members.len() * classes);
        let mut at = 0;
        while at < order.len() {
            for letter in &representatives {
                let group = group_of[next[members[order[at]] * letters + letter]];
                smallest.push(*numbers.entry(group).or_insert_with(|| {
                    order.push(group);
                    order.len() - 1
                }));
            }
            at += 1;
        }
        let accepting = order.iter().map(|group| accepting[members[*group]]).collect();
        Ok(Self { ranges, classes, next: smallest, accepting })
    }

    /// The number of states.
    pub fn states(&self) -> usize {
        self.accepting.len()
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// All scalar values as sorted ranges, each with its class. Neighbouring ranges have different classes.
    pub fn ranges(&self) -> impl Iterator<Item = (RangeInclusive<char>, usize)> + '_ {
        // A range begins or ends at a surrogate only where the pattern tells the characters on its two sides apart.
        let bound = |scalar| char::from_u32(scalar).unwrap_or('\u{D7FF}');
        self.ranges.iter().enumerate().map(move |(at, (first, class))| {
            let last = self.ranges.get(at + 1).map_or('\u{10FFFF}', |(next, _)| bound(next - 1));
            (bound(*first)..=last, *class)
        })
    }

    /// The class of a character.
    pub fn class(&self, c: char) -> usize {
        self.ranges[self.ranges.partition_point(|(first, _)| *first <= u32::from(c)) - 1].1
    }

    /// The state that a character of `class` leads to.
    ///
    /// # Panics
    ///
    /// When there is no such state or class.
    pub fn next(&self, state: usize, class: usize) -> usize {
        assert!(class < self.classes, "there are {} classes, not {class}", self.classes);
        self.next[state * self.classes + class]
    }

    /// Whether the pattern matches a string that ends in `state`.
    ///
    /// # Panics
    ///
    /// When there is no such state.
    pub fn is_accepting(&self, state: usize) -> bool {
        self.accepting[state]
    }

    /// The answer, if it is the same whatever follows. At most two states have one: a reader can stop there.
    ///
    /// # Panics
    ///
    /// When there is no such state.
    pub fn certain(&self, state: usize) -> Option<bool> {
        let mut targets = (0..self.classes).map(|class| self.next(state, class));
        targets.all(|target| target == state).then(|| self.is_accepting(state))
    }

    /// Whether the pattern matches `text`.
    pub fn is_match(&self, text: &str) -> bool {
        let step = |state, c| self.next(state, self.class(c));
        self.is_accepting(text.chars().fold(Self::START, step))
    }
}

/// The deterministic automaton of a pattern, before anything is merged.
struct Determined {
    alphabet: Alphabet,
    /// For each state in turn, the state that each letter leads to.
    next: Vec<usize>,
    accepting: Vec<bool>,
}

impl Determined {
    fn of(pattern: &Pattern) -> Result<Self, PatternError> {
        const SPENT: PatternError = PatternError::TooComplex;
        let mut fuel = Fuel { steps: MAX_STEPS, bytes: MAX_BYTES };
        let alphabet = Alphabet::new(&[pattern], &mut fuel).ok_or(SPENT)?;
        let letters = alphabet.letters.len();
        if letters > Automaton::MAX_CLASSES {
            return Err(PatternError::TooManyClasses { limit: Automaton::MAX_CLASSES });
        }
        let mut subsets = Subsets::new(pattern, 0, letters, &mut fuel).ok_or(SPENT)?;
        let mut next = Vec::new();
        let mut accepting = Vec::new();
        while accepting.len() < subsets.len() {
            let state = SubsetId::new(accepting.len());
            for (index, letter) in alphabet.letters.iter().enumerate() {
                let target = subsets.step(state, LetterId::new(index), letter, &mut fuel);
                next.push(target.ok_or(SPENT)?.index());
            }
            accepting.push(subsets.accepts(state));
            if subsets.len() > Automaton::MAX_STATES {
                return Err(PatternError::TooManyStates { limit: Automaton::MAX_STATES });
            }
        }
        Ok(Self { alphabet, next, accepting })
    }
}
