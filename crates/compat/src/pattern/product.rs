//! Patterns side by side over one alphabet, each as a deterministic automaton that is built as far as someone walks it.

use super::alphabet::{Alphabet, Prefix};
use super::automaton::Pattern;
use super::subsets::{Fuel, Subsets};
use crate::primitives::{LetterId, SubsetId};

/// A character, its letter, and the excluded strings that begin with what was read and this character.
pub(crate) type Move = (char, LetterId, Option<Prefix>);

/// Patterns that a string must match, then those that it must not match, by their numbers.
pub(crate) struct Automata<'p> {
    alphabet: Alphabet,
    subsets: Vec<Subsets<'p>>,
    matching: usize,
}

impl<'p> Automata<'p> {
    /// `None` for want of fuel, as everywhere.
    pub(crate) fn new(
        matching: &[&'p Pattern],
        unmatched: &[&'p Pattern],
        fuel: &mut Fuel,
    ) -> Option<Self> {
        let patterns: Vec<&'p Pattern> = matching.iter().chain(unmatched).copied().collect();
        let alphabet = Alphabet::new(&patterns, fuel)?;
        for pattern in &patterns {
            fuel.keep(pattern.bytes())?;
        }
        let (mut subsets, mut classes) = (Vec::with_capacity(patterns.len()), 0);
        for pattern in patterns {
            subsets.push(Subsets::new(pattern, classes, alphabet.letters.len(), fuel)?);
            classes += pattern.classes.len();
        }
        Some(Self { alphabet, subsets, matching: matching.len() })
    }

    /// How many patterns there are.
    pub(crate) fn len(&self) -> usize {
        self.subsets.len()
    }

    pub(crate) fn letters(&self) -> usize {
        self.alphabet.letters.len()
    }

    pub(crate) fn step(
        &mut self,
        pattern: usize,
        state: SubsetId,
        letter: LetterId,
        fuel: &mut Fuel,
    ) -> Option<SubsetId> {
        let symbol = &self.alphabet.letters[letter.index()];
        self.subsets[pattern].step(state, letter, symbol, fuel)
    }

    /// Whether a string may end here, by this pattern.
    pub(crate) fn accepts(&self, pattern: usize, state: SubsetId) -> bool {
        self.subsets[pattern].accepts(state) == (pattern < self.matching)
    }

    /// Whether it may not end here, nor anywhere after.
    pub(crate) fn is_dead(&self, pattern: usize, state: SubsetId) -> bool {
        self.subsets[pattern].settled(state) == Some(pattern >= self.matching)
    }

    /// At least so many characters are missing before it may end, as far as is seen without a walk.
    pub(super) fn fewest(&self, pattern: usize, state: SubsetId, of_states: &[u32]) -> u32 {
        match (self.accepts(pattern, state), pattern < self.matching) {
            (true, _) => 0,
            (false, true) => self.subsets[pattern].nearest(state, of_states),
            (false, false) => 1,
        }
    }

    /// The characters that may come next and lead somewhere different.
    pub(crate) fn moves(&self, except: &[&str], prefix: Option<Prefix>) -> Vec<Move> {
        self.alphabet.moves(except, prefix)
    }
}
