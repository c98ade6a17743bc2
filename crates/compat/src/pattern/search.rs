//! The search for strings that meet lengths and patterns, or for the proof that there are none.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use super::Pattern;
use super::subsets::{Fuel, Letter, Subsets};
use super::syntax::{Ranges, SURROGATES, word};

/// What a string must look like.
#[derive(Default)]
pub(crate) struct Language<'a> {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) matching: Vec<&'a Pattern>,
    pub(crate) unmatched: Vec<&'a Pattern>,
    pub(crate) except: Vec<Arc<str>>,
}

pub(crate) enum Found {
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

/// What the rest of a string depends on.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    states: Box<[u32]>,
    prefix: Option<Prefix>,
    /// Up to the least length: from there on a shorter string has all the ways on that a longer one
    /// has, and shorter ones come first.
    length: u64,
}

/// The excluded strings that begin with what was read: a range of them, and the bytes read.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Prefix {
    from: usize,
    to: usize,
    bytes: usize,
}

/// A string on the way, as the last character and the step before it.
struct Step {
    key: Rc<Key>,
    length: u64,
    before: usize,
    c: char,
}

impl Language<'_> {
    /// Up to `wanted` of the shortest strings in the language. `Nothing` is a proof.
    pub(crate) fn search(&self, wanted: usize, budget: &mut u64) -> Found {
        if self.max.is_some_and(|max| max < self.min) {
            return Found::Nothing;
        }
        let steps = budget.saturating_mul(STEPS).min(MAX_STEPS);
        let mut fuel = Fuel { steps, bytes: MAX_BYTES };
        let mut found = Vec::new();
        let done = self.explore(1, &mut found, &mut fuel);
        if wanted > 1 && !found.is_empty() {
            // Strings that lead to the same states count only if more than one is wanted.
            fuel.bytes = MAX_BYTES;
            let mut more = Vec::new();
            let _ = self.explore(wanted, &mut more, &mut fuel);
            if !more.is_empty() {
                found = more;
            }
        }
        *budget -= (steps - fuel.steps).div_ceil(STEPS).min(*budget);
        match (done, found.is_empty()) {
            (_, false) => Found::Strings(found),
            (Some(true), true) => Found::Nothing,
            _ => Found::Unknown,
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
            states: vec![0; patterns.len()].into(),
            prefix: Some(Prefix { from: 0, to: except.len(), bytes: 0 }).filter(|p| p.to > 0),
            length: 0,
        });
        let mut visits = HashMap::from([(Rc::clone(&first), 1)]);
        let mut steps = vec![Step { key: first, length: 0, before: 0, c: '\0' }];
        let (mut at, mut complete) = (0, true);
        while at < steps.len() {
            let Step { ref key, length, .. } = steps[at];
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
                        let letter = &alphabet.letters[index];
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
                        steps.push(Step { key, length: length + 1, before: at, c });
                    }
                }
            }
            at += 1;
        }
        Some(complete)
    }
}

fn spell(steps: &[Step], mut at: usize) -> String {
    let mut text = Vec::new();
    while at != 0 {
        text.push(steps[at].c);
        at = steps[at].before;
    }
    text.iter().rev().collect()
}

/// The characters, by which classes of the patterns they are in.
pub(super) struct Alphabet {
    /// The nicest first.
    pub(super) letters: Vec<Symbol>,
    /// All scalar values as ranges, by where they begin, with the index of their letter.
    ranges: Vec<(u32, usize)>,
}

/// The characters that no pattern here tells apart.
pub(super) struct Symbol {
    /// Whether they are word characters, then for each class whether they are in it.
    classes: Vec<u64>,
    ranges: Ranges,
    /// The one that reads best.
    nicest: char,
}

impl Symbol {
    fn has(&self, bit: usize) -> bool {
        self.classes[bit / 64] >> (bit % 64) & 1 == 1
    }
}

impl Letter for Symbol {
    fn is_word(&self) -> bool {
        self.has(0)
    }

    fn is_in(&self, class: usize) -> bool {
        self.has(class + 1)
    }
}

impl Alphabet {
    pub(super) fn new(patterns: &[&Pattern], fuel: &mut Fuel) -> Option<Self> {
        // Where a class begins or ends.
        let mut turns = vec![(0, None), (SURROGATES.0, None), (SURROGATES.1 + 1, None)];
        let mut bits = 1;
        let words = word();
        let words = patterns.iter().any(|pattern| pattern.words).then_some((0, &words));
        let classes = patterns.iter().flat_map(|pattern| &pattern.classes);
        for (bit, ranges) in words.into_iter().chain(classes.zip(1..).map(|(c, bit)| (bit, c))) {
            bits = bit + 1;
            fuel.burn(ranges.len())?;
            fuel.keep(64 * ranges.len())?;
            turns.extend(ranges.iter().flat_map(|(a, b)| [(*a, Some(bit)), (*b + 1, Some(bit))]));
        }
        turns.sort_unstable();

        let mut letters: Vec<Symbol> = Vec::new();
        let mut known: HashMap<Vec<u64>, usize> = HashMap::new();
        let mut ranges = Vec::new();
        let mut classes = vec![0; bits / 64 + 1];
        let mut rest = turns.iter().peekable();
        while let Some((low, bit)) = rest.next() {
            if let Some(bit) = *bit {
                classes[bit / 64] ^= 1 << (bit % 64);
            }
            let next = rest.peek().map_or(0x11_0000, |(next, _)| *next);
            if *low == next || *low == SURROGATES.0 {
                continue;
            }
            fuel.burn(1 + classes.len())?;
            let range = (*low, next - 1);
            let nicest = nicest(range);
            if let Some(index) = known.get(&classes) {
                let letter = &mut letters[*index];
                letter.ranges.push(range);
                if niceness(nicest) < niceness(letter.nicest) {
                    letter.nicest = nicest;
                }
                ranges.push((*low, *index));
            } else {
                fuel.keep(200 + 16 * classes.len())?;
                ranges.push((*low, letters.len()));
                known.insert(classes.clone(), letters.len());
                letters.push(Symbol { classes: classes.clone(), ranges: vec![range], nicest });
            }
        }
        let mut order: Vec<usize> = (0..letters.len()).collect();
        order.sort_by_key(|index| niceness(letters[*index].nicest));
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new;
        }
        for (_, index) in &mut ranges {
            *index = place[*index];
        }
        letters.sort_by_key(|letter| niceness(letter.nicest));
        Some(Self { letters, ranges })
    }

    pub(super) fn letter(&self, c: char) -> usize {
        self.ranges[self.ranges.partition_point(|(low, _)| *low <= u32::from(c)) - 1].1
    }

    /// The characters that may come next and lead somewhere different: every one with which an
    /// excluded string goes on, and one that is none of these for each letter.
    fn moves(&self, except: &[&str], prefix: Option<Prefix>) -> Vec<(char, usize, Option<Prefix>)> {
        let mut apart = Vec::new();
        if let Some(Prefix { mut from, to, bytes }) = prefix {
            while from < to {
                let Some(c) = except[from][bytes..].chars().next() else {
                    // The one that ends here comes first.
                    from += 1;
                    continue;
                };
                let same = |text: &&str| text[bytes..].starts_with(c);
                let end = from + except[from..to].partition_point(same);
                apart.push((c, Some(Prefix { from, to: end, bytes: bytes + c.len_utf8() })));
                from = end;
            }
        }
        let free = |c: &char| apart.binary_search_by_key(c, |(c, _)| *c).is_err();
        let mut moves = Vec::with_capacity(self.letters.len() + apart.len());
        for (index, letter) in self.letters.iter().enumerate() {
            let within = |(low, high): (u32, u32)| {
                letter.ranges.iter().flat_map(move |(a, b)| low.max(*a)..=high.min(*b))
            };
            // Those that read well, then any.
            let all = NICE.into_iter().chain([(0, 0x10_FFFF)]).flat_map(within);
            let mut all = std::iter::once(letter.nicest).chain(all.filter_map(char::from_u32));
            if let Some(c) = all.find(free) {
                moves.push((c, index, None));
            }
        }
        moves.extend(apart.iter().map(|(c, prefix)| (*c, self.letter(*c), *prefix)));
        moves
    }
}

/// A letter or digit reads best in a witness.
const NICE: [(u32, u32); 4] = [(0x61, 0x7A), (0x41, 0x5A), (0x30, 0x39), (0x20, 0x7E)];

fn nicest((low, high): (u32, u32)) -> char {
    NICE.into_iter()
        .map(|(a, b)| (low.max(a), high.min(b)))
        .find(|(a, b)| a <= b)
        .and_then(|(a, _)| char::from_u32(a))
        .or(char::from_u32(low))
        .unwrap_or('\u{FFFD}')
}

fn niceness(c: char) -> u32 {
    match c {
        'a'..='z' => 0,
        '0'..='9' => 1,
        'A'..='Z' => 2,
        '!'..='~' => 3,
        ' ' => 4,
        // Every engine agrees that `.` does not match this one.
        '\n' => 5,
        '\u{A0}'.. => 6,
        _ => 7,
    }
}
