//! A deterministic automaton in full, and what a proof says with it of several patterns.

use std::collections::{HashMap, VecDeque};

use super::minimal::groups;
use super::product::Automata;
use super::subsets::Fuel;
use crate::primitives::{LetterId, SubsetId};

/// The most states of a table, counted before equal ones are merged, and of its entries.
const MAX_STATES: usize = 6_000;
const MAX_ENTRIES: usize = 300_000;

/// A deterministic automaton, over the letters of some [`Automata`]. Its first state is [`SubsetId::FIRST`].
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) letters: usize,
    /// For each state in turn, the state that each letter leads to.
    pub(crate) next: Vec<SubsetId>,
    pub(crate) accepting: Vec<bool>,
    /// How many characters it takes at least from each state to an accepting one; [`Table::NEVER`] if there is none.
    pub(crate) fewest: Vec<u32>,
}

/// Patterns that a string has to meet, and what is known of them together.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// The pattern with this number.
    Alone(usize),
    /// Several, one after the other; each table accepts what the one before it and its pattern accept.
    Joined(Vec<(usize, Table)>),
}

impl Table {
    pub(crate) const NEVER: u32 = u32::MAX;

    pub(crate) fn step(&self, state: SubsetId, letter: LetterId) -> SubsetId {
        self.next[state.index() * self.letters + letter.index()]
    }

    pub(crate) fn accepts(&self, state: SubsetId) -> bool {
        self.accepting[state.index()]
    }

    pub(crate) fn fewest(&self, state: SubsetId) -> u32 {
        self.fewest[state.index()]
    }

    /// Roughly the memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.next.len() * size_of::<SubsetId>() + 5 * self.accepting.len()
    }

    /// Whether it accepts nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.fewest(SubsetId::FIRST) == Self::NEVER
    }

    /// The smallest automaton for what both a table and a pattern accept; `None` if that is too large.
    pub(super) fn join(
        left: Option<&Self>,
        automata: &mut Automata<'_>,
        pattern: usize,
        fuel: &mut Fuel,
    ) -> Option<Self> {
        let letters = automata.letters();
        let first = Some((SubsetId::FIRST, SubsetId::FIRST));
        // Pairs of states; none stands for all those from which nothing is accepted.
        let mut pairs = vec![first];
        let mut ids = HashMap::from([(first, 0)]);
        let (mut next, mut accepting) = (Vec::new(), Vec::new());
        while let Some(pair) = pairs.get(accepting.len()).copied() {
            fuel.keep(100 + 8 * letters)?;
            accepting.push(pair.is_some_and(|(a, b)| {
                left.is_none_or(|left| left.accepts(a)) && automata.accepts(pattern, b)
            }));
            for letter in (0..letters).map(LetterId::new) {
                fuel.burn(4)?;
                let target = match pair {
                    None => None,
                    Some((a, b)) => {
                        let a = left.map_or(a, |left| left.step(a, letter));
                        let b = automata.step(pattern, b, letter, fuel)?;
                        let dead = left.is_some_and(|left| left.fewest(a) == Self::NEVER)
                            || automata.is_dead(pattern, b);
                        (!dead).then_some((a, b))
                    }
                };
                next.push(*ids.entry(target).or_insert_with(|| {
                    pairs.push(target);
                    pairs.len() - 1
                }));
            }
            if pairs.len() > MAX_STATES || pairs.len() * letters > MAX_ENTRIES {
                return None;
            }
        }
        let levels = usize::BITS - accepting.len().leading_zeros();
        fuel.burn(2 * next.len() * levels as usize)?;
        Some(Self::smallest(letters, &next, &accepting))
    }

    fn smallest(letters: usize, next: &[usize], accepting: &[bool]) -> Self {
        let group_of = groups(letters, next, accepting);
        // The groups in the order of their first states: that of state 0 is the first.
        let mut numbers = HashMap::new();
        let mut firsts = Vec::new();
        for (state, group) in group_of.iter().enumerate() {
            numbers.entry(*group).or_insert_with(|| {
                firsts.push(state);
                SubsetId::new(firsts.len() - 1)
            });
        }
        let mut table =
            Self { letters, next: Vec::new(), accepting: Vec::new(), fewest: Vec::new() };
        for state in &firsts {
            let row = &next[state * letters..(state + 1) * letters];
            table.next.extend(row.iter().map(|target| numbers[&group_of[*target]]));
            table.accepting.push(accepting[*state]);
        }
        table.fewest = table.distances();
        table
    }

    fn distances(&self) -> Vec<u32> {
        let mut sources = vec![Vec::new(); self.accepting.len()];
        for (entry, target) in self.next.iter().enumerate() {
            sources[target.index()].push(entry / self.letters);
        }
        let mut fewest = vec![Self::NEVER; self.accepting.len()];
        let mut work: VecDeque<usize> = VecDeque::new();
        for (state, _) in self.accepting.iter().enumerate().filter(|(_, accepts)| **accepts) {
            fewest[state] = 0;
            work.push_back(state);
        }
        while let Some(state) = work.pop_front() {
            for source in &sources[state] {
                if fewest[*source] == Self::NEVER {
                    fewest[*source] = fewest[state] + 1;
                    work.push_back(*source);
                }
            }
        }
        fewest
    }
}
