//! The letters that a search tries: characters that no pattern tells apart are one.

use std::collections::HashMap;

use super::automaton::Pattern;
use super::ranges::{Ranges, SURROGATES, word};
use super::subsets::{Fuel, Letter};
use crate::primitives::LetterId;

/// The characters, by which classes of the patterns they are in.
pub(super) struct Alphabet {
    /// The nicest first.
    pub(super) letters: Vec<Symbol>,
    /// All scalar values as ranges, by where they begin, with the index of their letter.
    pub(super) ranges: Vec<(u32, LetterId)>,
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

/// The excluded strings that begin with what was read: a range of them, and the bytes read.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Prefix {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) bytes: usize,
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
        let mut place = vec![LetterId::new(0); order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = LetterId::new(new);
        }
        let ranges =
            ranges.into_iter().map(|(low, index): (u32, usize)| (low, place[index])).collect();
        letters.sort_by_key(|letter| niceness(letter.nicest));
        Some(Self { letters, ranges })
    }

    pub(super) fn letter(&self, c: char) -> LetterId {
        self.ranges[self.ranges.partition_point(|(low, _)| *low <= u32::from(c)) - 1].1
    }

    /// The characters that may come next and lead somewhere different: every one with which an
    /// excluded string goes on, and one that is none of these for each letter.
    pub(super) fn moves(
        &self,
        except: &[&str],
        prefix: Option<Prefix>,
    ) -> Vec<(char, LetterId, Option<Prefix>)> {
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
                moves.push((c, LetterId::new(index), None));
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
