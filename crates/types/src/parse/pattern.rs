//! A `pattern` of the schemas as a table: one look-up for each character, and no regular expression at run time.

/// A pattern as the smallest deterministic automaton over characters: generated code holds it as a constant.
///
/// Its states are numbers, in this order: undecided ones that reject a string which ends there, undecided ones that
/// accept it, the one that accepts whatever follows, the one that rejects whatever follows. Characters that lead to the
/// same state from everywhere are one class.
#[derive(Debug)]
#[allow(dead_code, reason = "a contract need not have patterns")]
pub(crate) struct Pattern {
    /// As the schema writes it.
    pub(crate) source: &'static str,
    /// The class of each ASCII character.
    pub(crate) ascii: &'static [u8; 128],
    /// The classes of the other characters: four bytes for each range of them, in ascending order. The first three are
    /// where it begins, big end first; the last one is its class.
    pub(crate) ranges: &'static [u8],
    /// The state before the first character.
    pub(crate) start: u16,
    /// The first state that accepts.
    pub(crate) accepting: u16,
    /// The number of undecided states, and so the state that accepts whatever follows.
    pub(crate) undecided: u16,
    /// For each class in turn, where it leads from each undecided state. A state is one byte, or two, little end first,
    /// if one does not suffice for all.
    pub(crate) next: &'static [u8],
}

impl Pattern {
    /// Whether the pattern finds a match in the string of these characters.
    pub(crate) fn is_match(&self, chars: impl Iterator<Item = char>) -> bool {
        self.accepts(chars.map(|c| self.class(c)))
    }

    /// Whether the pattern finds a match in a string of ASCII characters, given as its bytes.
    pub(crate) fn is_match_ascii_bytes(&self, bytes: &[u8]) -> bool {
        debug_assert!(bytes.is_ascii(), "others have no class of their own here");
        self.accepts(bytes.iter().map(|byte| self.ascii[usize::from(byte & 0x7f)]))
    }

    fn accepts(&self, classes: impl Iterator<Item = u8>) -> bool {
        let state = if self.is_narrow() {
            self.last_state::<1>(classes)
        } else {
            self.last_state::<2>(classes)
        };
        self.is_accepting(state)
    }

    /// The state after these classes, or before them one that is certain.
    fn last_state<const BYTES: usize>(&self, classes: impl Iterator<Item = u8>) -> usize {
        let mut state = usize::from(self.start);
        for class in classes {
            if state >= usize::from(self.undecided) {
                break;
            }
            state = self.next::<BYTES>(state, class);
        }
        state
    }

    /// Where a class leads from an undecided state. Rows are classes, so that the place of the row is known before the
    /// state is: a fifth of the time less.
    fn next<const BYTES: usize>(&self, state: usize, class: u8) -> usize {
        let at = BYTES * (usize::from(class) * usize::from(self.undecided) + state);
        match self.next.get(at..at + BYTES) {
            Some([state]) => usize::from(*state),
            Some([low, high]) => usize::from(u16::from_le_bytes([*low, *high])),
            // No generated table ends too early.
            _ => usize::from(self.undecided) + 1,
        }
    }

    fn is_accepting(&self, state: usize) -> bool {
        (usize::from(self.accepting)..=usize::from(self.undecided)).contains(&state)
    }

    /// Whether the number of every state fits in one byte.
    fn is_narrow(&self) -> bool {
        self.undecided < u16::from(u8::MAX)
    }

    fn class(&self, c: char) -> u8 {
        if let Some(class) = self.ascii.get(c as usize) {
            return *class;
        }
        // The last range that begins at or before the character: one of `count` from `first` on.
        let (mut first, mut count) = (0, self.ranges.len() / 4);
        while count > 1 {
            let middle = first + count / 2;
            first = if self.range(middle).0 <= u32::from(c) { middle } else { first };
            count -= count / 2;
        }
        self.range(first).1
    }

    /// Where a range begins, and its class.
    fn range(&self, index: usize) -> (u32, u8) {
        match self.ranges.get(4 * index..4 * index + 4) {
            Some([high, middle, low, class]) => {
                (u32::from_be_bytes([0, *high, *middle, *low]), *class)
            }
            // Every generated table has a range.
            _ => (0, 0),
        }
    }
}

/// Strings that match, for tests.
#[cfg(any(test, feature = "proptest1"))]
impl Pattern {
    /// The look-ups that the search for one string may take.
    const MAX_WORK: usize = 4_000_000;

    /// How much longer a string may be than it has to be.
    const SLACK: usize = 16;

    /// A string that matches and has `min` to `max` characters, little more than it has to have. `random` makes a number
    /// below the one that it gets.
    ///
    /// `None` if there is no such string, or none that is short enough to be found.
    pub(crate) fn sample(
        &self,
        min: usize,
        max: Option<usize>,
        random: &mut impl FnMut(u32) -> u32,
    ) -> Option<String> {
        let classes = self.classes();
        let ways = self.ways(&classes, min, max);
        let mut state = usize::from(self.start);
        let lengths: Vec<usize> = (min..ways.len()).filter(|length| ways[*length][state]).collect();
        let length = *pick(&lengths, random)?;
        let mut text = String::new();
        for left in (0..length).rev() {
            let fits = |class: &&Class| ways[left][self.step(state, class.number)];
            let fitting: Vec<&Class> = classes.iter().filter(fits).collect();
            let class = pick(&fitting, random)?;
            let (first, last) = *pick(&class.ranges, random)?;
            let scalar = first + random(last - first + 1) % (last - first + 1);
            // Only surrogates, which a range may span, are no characters.
            text.push(char::from_u32(scalar).or(char::from_u32(first))?);
            state = self.step(state, class.number);
        }
        Some(text)
    }

    /// For each number of characters, and each state, whether so many can lead from there to a match. The last number is
    /// that of the longest string wanted, or of the longest that can be found.
    fn ways(&self, classes: &[Class], min: usize, max: Option<usize>) -> Vec<Vec<bool>> {
        let states = usize::from(self.undecided) + 2;
        let mut ways: Vec<Vec<bool>> =
            vec![(0..states).map(|state| self.is_accepting(state)).collect()];
        let mut longest = max.unwrap_or(usize::MAX);
        for length in 0..Self::MAX_WORK / (states * classes.len() + 64) {
            let known = &ways[length];
            if length >= min && known[usize::from(self.start)] {
                longest = longest.min(length.saturating_add(Self::SLACK));
            }
            if length >= longest {
                break;
            }
            let leads = |state| classes.iter().any(|class| known[self.step(state, class.number)]);
            let longer = (0..states).map(leads).collect();
            ways.push(longer);
        }
        ways
    }

    /// Where a class leads.
    fn step(&self, state: usize, class: u8) -> usize {
        if state >= usize::from(self.undecided) {
            state
        } else if self.is_narrow() {
            self.next::<1>(state, class)
        } else {
            self.next::<2>(state, class)
        }
    }

    fn classes(&self) -> Vec<Class> {
        let ascii = (0_u32..).zip(self.ascii.iter().copied());
        let others = (0..self.ranges.len() / 4).map(|index| self.range(index));
        let mut starts = ascii.chain(others).peekable();
        let mut classes: Vec<Class> = Vec::new();
        while let Some((first, number)) = starts.next() {
            let range = (first, starts.peek().map_or(0x10_FFFF, |(next, _)| next - 1));
            match classes.iter_mut().find(|class| class.number == number) {
                Some(class) => class.ranges.push(range),
                None => classes.push(Class { number, ranges: vec![range] }),
            }
        }
        classes
    }
}

/// A class and its characters, as ranges.
#[cfg(any(test, feature = "proptest1"))]
struct Class {
    number: u8,
    ranges: Vec<(u32, u32)>,
}

#[cfg(any(test, feature = "proptest1"))]
fn pick<'a, T>(items: &'a [T], random: &mut impl FnMut(u32) -> u32) -> Option<&'a T> {
    let count = u32::try_from(items.len()).ok().filter(|count| *count > 0)?;
    items.get((random(count) % count) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `^\p{Zs}+$`, as it is generated.
    const SPACES: Pattern = Pattern {
        source: "^\\p{Zs}+$",
        ascii: b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\
\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        ranges: b"\0\0\x80\0\0\0\xa0\x01\0\0\xa1\0\0\x16\x80\x01\0\x16\x81\0\0\x20\0\x01\0\x20\x0b\0\0\x20\
\x2f\x01\0\x20\x30\0\0\x20_\x01\0\x20`\0\0\x30\0\x01\0\x30\x01\0",
        start: 0,
        accepting: 1,
        undecided: 2,
        next: b"\x03\x03\x01\x01",
    };

    /// At most `count` characters of any kind.
    fn at_most(count: u16) -> Pattern {
        let wide = count + 1 > 254;
        let bytes = |state: u16| state.to_le_bytes().into_iter().take(1 + usize::from(wide));
        // Behind the last undecided state, the one that rejects.
        let states = (1..=count).chain([count + 2]);
        Pattern {
            source: "^[^]{0,count}$",
            ascii: &[0; 128],
            ranges: b"\0\0\x80\0",
            start: 0,
            accepting: 0,
            undecided: count + 1,
            next: states.flat_map(bytes).collect::<Vec<_>>().leak(),
        }
    }

    /// No string, or every one.
    fn certain(matches: bool) -> Pattern {
        let start = u16::from(!matches);
        Pattern { start, accepting: 0, undecided: 0, next: b"", source: "", ..SPACES }
    }

    #[test]
    fn characters_are_looked_up_in_and_beyond_ascii() {
        for text in [" ", "\u{a0}", "\u{1680} \u{2000}\u{200a}\u{202f}\u{205f}\u{3000}"] {
            assert!(SPACES.is_match(text.chars()), "{text:?}");
        }
        for text in ["", "\u{9f}", "\u{a1}", "\u{200b}", "\u{3001}", " a", "a ", "\u{10ffff}"] {
            assert!(!SPACES.is_match(text.chars()), "{text:?}");
        }
        for (text, expected) in [("", false), (" ", true), ("   ", true), (" \t", false)] {
            assert_eq!(SPACES.is_match_ascii_bytes(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn states_take_one_byte_or_two() {
        for count in [0, 1, 252, 253, 254, 255, 256, 257, 1000] {
            let pattern = at_most(count);
            let text = "é".repeat(usize::from(count));
            assert!(pattern.is_match(text.chars()), "{count}");
            assert!(!pattern.is_match(text.chars().chain(['a'])), "{count}");
            assert!(!pattern.is_match(text.chars().chain("ab".chars())), "{count}");
            let bytes = vec![b'a'; usize::from(count) + 1];
            assert!(pattern.is_match_ascii_bytes(&bytes[1..]), "{count}");
            assert!(!pattern.is_match_ascii_bytes(&bytes), "{count}");
        }
    }

    #[test]
    fn a_pattern_may_match_all_strings_or_none() {
        for matches in [false, true] {
            for text in ["", "a", "é"] {
                assert_eq!(certain(matches).is_match(text.chars()), matches, "{text:?}");
            }
            let sample = certain(matches).sample(2, Some(4), &mut |below| below - 1);
            assert_eq!(sample.map(|text| text.chars().count()), matches.then_some(4));
        }
    }

    /// A mistake in a table is not to end the program that reads deliveries.
    #[test]
    fn a_table_that_ends_too_early_rejects() {
        let pattern = Pattern { next: b"", ranges: b"", ..SPACES };
        assert!(!pattern.is_match(" ".chars()) && !pattern.is_match("é".chars()));
        assert!(!pattern.is_match_ascii_bytes(b" "));
    }

    #[test]
    fn samples_match_and_have_the_length_that_is_asked_for() {
        let mut last = 0;
        let mut random = |below| {
            last = (last * 7 + 5) % 1_000_003;
            last % below
        };
        let mut seen = String::new();
        for (min, max) in [(0, None), (1, Some(1)), (3, Some(5)), (40, None), (1000, Some(1000))] {
            for _ in 0..20 {
                let text = SPACES.sample(min, max, &mut random).expect("there are such strings");
                let length = text.chars().count();
                assert!(SPACES.is_match(text.chars()), "{text:?}");
                assert!(length >= min && max.is_none_or(|max| length <= max), "{text:?}");
                assert!(length <= min + 17, "not much longer than it has to be: {length}");
                seen.push_str(&text);
            }
        }
        assert!(seen.contains(' ') && seen.contains('\u{3000}') && seen.contains('\u{2003}'));

        let limited = at_most(300);
        assert!(limited.sample(300, None, &mut random).is_some());
        assert!(limited.sample(250, Some(299), &mut random).is_some());
        // No such string, no such length, too long to be looked for.
        assert_eq!(limited.sample(301, None, &mut random), None);
        assert_eq!(SPACES.sample(0, Some(0), &mut random), None);
        assert_eq!(SPACES.sample(5, Some(4), &mut random), None);
        assert_eq!(SPACES.sample(usize::MAX, None, &mut random), None);
    }
}
