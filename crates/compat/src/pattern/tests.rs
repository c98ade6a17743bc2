//! Random patterns against `regress`, another engine of ECMA-262, and searches against brute force.

use std::sync::Arc;

use proptest::prelude::*;

use super::search::Alphabet;
use super::subsets::{Fuel, Subsets};
use super::{Found, Language, Pattern, parse};

/// What tells apart the constructs: word characters or not, line breaks, beyond ASCII and the BMP.
const CHARS: [char; 11] = ['a', 'b', 'A', '_', '1', 'é', '\n', '\r', '\u{2028}', ' ', '😀'];

fn pattern(source: &str) -> Pattern {
    parse(source).unwrap_or_else(|e| panic!("{source}: {e}")).remove(0).0
}

fn other(source: &str) -> regress::Regex {
    regress::Regex::with_flags(source, "u").unwrap_or_else(|e| panic!("{source}: {e}"))
}

/// What the deterministic automaton says.
fn walk(pattern: &Pattern, text: &str) -> bool {
    let mut fuel = Fuel { steps: u64::MAX, bytes: u64::MAX };
    let alphabet = Alphabet::new(&[pattern], &mut fuel).unwrap();
    let mut automaton = Subsets::new(pattern, 0, alphabet.letters.len(), &mut fuel).unwrap();
    let mut state = 0;
    for c in text.chars() {
        let index = alphabet.letter(c);
        state = automaton.step(state, index, &alphabet.letters[index], &mut fuel).unwrap();
    }
    automaton.accepts(state)
}

fn strings(chars: &[char], longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..longest {
        let to = all.len();
        for i in from..to {
            all.extend(chars.iter().map(|c| format!("{}{c}", all[i])).collect::<Vec<_>>());
        }
        from = to;
    }
    all
}

fn sources() -> impl Strategy<Value = String> {
    let classes = prop::sample::select(vec![
        "a",
        "a",
        "b",
        "b",
        "A",
        "_",
        "1",
        "é",
        " ",
        "😀",
        "\\n",
        ".",
        ".",
        "\\d",
        "\\D",
        "\\w",
        "\\W",
        "\\s",
        "\\S",
        "[ab]",
        "[^a]",
        "[^]",
        "[]",
        "[a-z_]",
        "[\\w😀]",
        "[^\\s1]",
        "[\\-b]",
        "[-a]",
        "[1-]",
        "\\p{L}",
        "\\P{L}",
        "[\\p{Lu}\\d]",
        "[^\\P{Script=Latin}]",
        "\\u{1F600}",
        "\\uD83D\\uDE00",
        "[\\uD83D\\uDE00a]",
        "\\x61",
        "\\u00e9",
        "\\cJ",
        "[\\0]",
        "[\\cM\\b]",
        "\\/",
    ]);
    let asserted = prop::sample::select(vec!["^", "$", "\\b", "\\B", "\\b"]);
    let leaf = prop_oneof![6 => classes, 2 => asserted].prop_map(str::to_owned);
    let counts = prop::sample::select(vec![
        "*", "+", "?", "{0}", "{2}", "{1,2}", "{2,}", "{0,2}", "*?", "+?", "??", "{1,}?",
    ]);
    let groups = prop::sample::select(vec!["(", "(?:", "(?<#>"]);
    let looks = prop::sample::select(vec!["(?=", "(?!", "(?<=", "(?<!"]);
    leaf.prop_recursive(5, 24, 4, move |inner| {
        let several = |least| prop::collection::vec(inner.clone(), least..4);
        prop_oneof![
            5 => several(1).prop_map(|items| items.concat()),
            2 => several(2).prop_map(|items| format!("(?:{})", items.join("|"))),
            1 => inner.clone().prop_map(|item| format!("(?:{item}|)")),
            3 => (inner.clone(), counts.clone()).prop_map(|(item, n)| format!("(?:{item}){n}")),
            2 => (groups.clone(), inner.clone()).prop_map(|(open, item)| format!("{open}{item})")),
            3 => (looks.clone(), inner.clone()).prop_map(|(open, item)| format!("{open}{item})")),
            1 => inner.clone().prop_map(|item| format!("^{item}$")),
        ]
    })
    .prop_map(|source| {
        let mut parts = source.split('#');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.enumerate().fold(first, |all, (i, part)| format!("{all}n{i}{part}"))
    })
}

fn some_chars() -> impl Strategy<Value = Vec<char>> {
    prop::sample::subsequence(CHARS.to_vec(), 4..6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn matches_are_those_of_another_engine(source in sources(), chars in some_chars()) {
        let (ours, theirs) = (pattern(&source), other(&source));
        for text in strings(&chars, 4) {
            let expected = theirs.find(&text).is_some();
            prop_assert_eq!(ours.is_match(&text), expected, "{:?} on {:?}", source, text);
            if text.chars().count() < 4 {
                prop_assert_eq!(walk(&ours, &text), expected, "{:?} walks {:?}", source, text);
            }
        }
    }

    #[test]
    fn searches_find_what_brute_force_finds(
        sources in prop::collection::vec((sources(), any::<bool>()), 0..4),
        min in 0_u64..4,
        max in prop::option::of(0_u64..4),
        except in prop::collection::vec(prop::collection::vec(prop::sample::select(&CHARS[..]), 0..3), 0..5),
        wanted in 1_usize..5,
        chars in some_chars(),
    ) {
        let patterns: Vec<_> = sources
            .iter()
            .map(|(source, positive)| (pattern(source), other(source), *positive))
            .collect();
        let except: Vec<Arc<str>> = except.iter().map(|e| e.iter().collect::<String>().into()).collect();
        let side = |side: bool| {
            patterns.iter().filter(|(_, _, p)| *p == side).map(|(pattern, _, _)| pattern).collect()
        };
        let language = Language {
            min, max, matching: side(true), unmatched: side(false), except: except.clone(),
        };
        let fits = |text: &str| {
            let length = text.chars().count() as u64;
            length >= min
                && max.is_none_or(|max| length <= max)
                && !except.iter().any(|e| **e == *text)
                && patterns.iter().all(|(_, other, positive)| other.find(text).is_some() == *positive)
        };
        let mut budget = 150_000;
        let shortest = strings(&chars, 4).into_iter().find(|text| fits(text));
        match language.search(wanted, &mut budget) {
            Found::Strings(found) => {
                prop_assert!(!found.is_empty() && found.len() <= wanted);
                for (i, text) in found.iter().enumerate() {
                    prop_assert!(fits(text), "{:?} does not fit {:?}", text, sources);
                    prop_assert!(!found[..i].contains(text), "{:?} twice", text);
                }
                if let Some(shortest) = shortest {
                    prop_assert!(found[0].chars().count() <= shortest.chars().count());
                }
            }
            Found::Nothing => prop_assert_eq!(shortest, None, "{:?}", sources),
            Found::Unknown => prop_assert!(false, "unknown: {:?}", sources),
        }
    }
}
