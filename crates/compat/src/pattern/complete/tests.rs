//! Automata against two other engines, and that each is the smallest one.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::tests::{other, pattern, some_chars, sources, strings};
use super::{Automaton, PatternError};

fn compile(source: &str) -> Automaton {
    Automaton::compile(source).unwrap_or_else(|e| panic!("{source}: {e}"))
}

/// The pairs of states that some string tells apart.
fn told_apart(automaton: &Automaton) -> BTreeSet<(usize, usize)> {
    let states = automaton.states();
    let all: Vec<_> = (0..states).flat_map(|a| (0..a).map(move |b| (a, b))).collect();
    let differs =
        |(a, b): &(usize, usize)| automaton.is_accepting(*a) != automaton.is_accepting(*b);
    let mut apart: BTreeSet<_> = all.iter().copied().filter(differs).collect();
    loop {
        let before = apart.len();
        for (a, b) in &all {
            let leads = |class| {
                let (a, b) = (automaton.next(*a, class), automaton.next(*b, class));
                apart.contains(&(a.max(b), a.min(b)))
            };
            if (0..automaton.classes()).any(leads) {
                apart.insert((*a, *b));
            }
        }
        if apart.len() == before {
            return apart;
        }
    }
}

fn check_form(automaton: &Automaton) {
    let (states, classes) = (automaton.states(), automaton.classes());

    assert_eq!(told_apart(automaton).len(), states * (states - 1) / 2, "states are told apart");
    let columns: BTreeSet<Vec<usize>> = (0..classes)
        .map(|class| (0..states).map(|state| automaton.next(state, class)).collect())
        .collect();
    assert_eq!(columns.len(), classes, "classes lead elsewhere");

    let mut met = 1;
    for state in 0..states {
        assert!(state < met, "each state is met before its turn");
        for class in 0..classes {
            let next = automaton.next(state, class);
            assert!(next <= met, "states are numbered as they are met");
            met = met.max(next + 1);
        }
    }

    let mut expected = Some('\0');
    let (mut met, mut last) = (0, None);
    for (chars, class) in automaton.ranges() {
        assert_eq!(Some(*chars.start()), expected);
        assert!(class <= met && last != Some(class), "classes are numbered as they are met");
        met = met.max(class + 1);
        last = Some(class);
        for c in [*chars.start(), *chars.end()] {
            assert_eq!(automaton.class(c), class);
        }
        expected = (*chars.end()..=char::MAX).nth(1);
    }
    assert_eq!((expected, met), (None, classes), "each character has a class");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn matches_are_those_of_other_engines(source in sources(), chars in some_chars()) {
        let (ours, theirs, lazy) = (compile(&source), other(&source), pattern(&source));
        for text in strings(&chars, 4) {
            let expected = theirs.find(&text).is_some();
            prop_assert_eq!(ours.is_match(&text), expected, "{:?} on {:?}", source, text);
            prop_assert_eq!(lazy.is_match(&text), expected, "{:?} on {:?}", source, text);
        }
    }

    #[test]
    fn automata_are_minimal_and_numbered_in_order(source in sources()) {
        check_form(&compile(&source));
    }

    #[test]
    fn an_answer_is_certain_if_nothing_can_change_it(source in sources()) {
        let automaton = compile(&source);
        for state in 0..automaton.states() {
            // All states that follow, itself included.
            let mut after = BTreeSet::from([state]);
            let mut open = vec![state];
            while let Some(state) = open.pop() {
                let next = (0..automaton.classes()).map(|class| automaton.next(state, class));
                open.extend(next.filter(|next| after.insert(*next)));
            }
            let answers: BTreeSet<_> = after.iter().map(|s| automaton.is_accepting(*s)).collect();
            let certain = answers.first().copied().filter(|_| answers.len() == 1);
            prop_assert_eq!(automaton.certain(state), certain);
        }
    }

    #[test]
    fn what_matches_alike_has_one_automaton(source in sources()) {
        let automaton = compile(&source);
        let renamed = source.replace("?<n", "?<m");
        for same in [
            format!("(?:{source})|(?:{renamed})"),
            format!("[]|{source}"),
            format!("(?!(?!{source}))"),
            format!("^[^]*(?={source})"),
            format!("(?<={source})[^]*$"),
            format!("(?<=^[^]*)(?:{source})(?=[^]*$)"),
        ] {
            prop_assert_eq!(&compile(&same), &automaton, "{:?} and {:?}", same, source);
        }
    }
}

#[test]
fn sizes_are_those_of_the_smallest_automata() {
    for (source, states, classes) in [
        ("", 1, 1),
        ("[]", 1, 1),
        ("[^]", 2, 1),
        ("a", 2, 2),
        ("^a$", 3, 2),
        ("^(foo|bar)", 7, 6),
        ("^[a-z0-9_]+$", 3, 2),
        ("\\p{L}", 2, 2),
        ("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", 38, 3),
        ("^[a-z]{1,2048}$", 2050, 2),
        ("[a-z]{1,500}x", 3, 3),
        ("(a|b)*a(a|b){9}", 11, 3),
        ("^(?=.*\\d)(?=.*[a-z])(?=.*[A-Z])(?=.*[!@#$%]).{8,64}$", 977, 6),
    ] {
        let automaton = compile(source);
        assert_eq!((automaton.states(), automaton.classes()), (states, classes), "{source}");
        if states < 100 {
            check_form(&automaton);
        }
    }
}

#[test]
fn a_range_may_span_the_surrogates() {
    for (source, expected) in [
        (
            "[\u{D7FF}-\u{E000}]",
            vec![('\0', '\u{D7FE}', 0), ('\u{D7FF}', '\u{E000}', 1), ('\u{E001}', char::MAX, 0)],
        ),
        (
            "\u{D7FF}",
            vec![('\0', '\u{D7FE}', 0), ('\u{D7FF}', '\u{D7FF}', 1), ('\u{E000}', char::MAX, 0)],
        ),
        (
            "\u{E000}",
            vec![('\0', '\u{D7FF}', 0), ('\u{E000}', '\u{E000}', 1), ('\u{E001}', char::MAX, 0)],
        ),
    ] {
        let automaton = compile(source);
        let ranges: Vec<_> = automaton
            .ranges()
            .map(|(chars, class)| (*chars.start(), *chars.end(), class))
            .collect();
        assert_eq!(ranges, expected, "{source}");
        check_form(&automaton);
    }
}

#[test]
fn what_is_too_large_is_refused_by_its_size() {
    const STATES: PatternError = PatternError::TooManyStates { limit: 10_000 };
    const NESTED: PatternError = PatternError::TooManyStates { limit: 20_000 };
    const CLASSES: PatternError = PatternError::TooManyClasses { limit: 256 };
    const COMPLEX: PatternError = PatternError::TooComplex;
    let chars =
        |count: u32| (0..count).filter_map(|i| char::from_u32(0x4E00 + 2 * i)).map(String::from);
    let both = |count| ('a'..).take(count).fold(String::new(), |all, c| format!("{all}(?=.*{c})"));
    for (source, error) in [
        ("(a|b)*a(a|b){20}$", STATES),
        ("(?<=a.{100})b(?<!b.{30})", STATES),
        (".{0,6000}a.{6000}", STATES),
        ("^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", STATES),
        ("(((a{1000}){1000}){1000})", NESTED),
        ("^(a?){0,5000}$", COMPLEX),
        (&both(7), COMPLEX),
        (&chars(300).collect::<String>(), CLASSES),
        (&chars(300).collect::<Vec<_>>().join("|"), CLASSES),
    ] {
        let told = Automaton::compile(source).map(|automaton| automaton.states());
        assert_eq!(told, Err(error), "{source}");
    }
    // As many as there may be.
    assert_eq!(compile("^.{0,9997}$").states(), 9_999);
    assert_eq!(Automaton::compile("^.{0,9999}$"), Err(STATES));
    assert_eq!(compile(&chars(254).collect::<String>()).classes(), 255);
    assert_eq!(compile(&format!("[{}]", chars(5000).collect::<String>())).classes(), 2);
    // What the error suggests helps.
    assert_eq!(compile(&format!("^{}", both(7))).states(), 129);
}

#[test]
fn errors_say_what_to_write_instead() {
    for (source, told) in [
        (
            "(a+)\\1",
            "a back reference such as `\\1` in the pattern, to a group that can capture many strings or is repeated: spell out \
             what it can repeat",
        ),
        (
            "(a|b)*a(a|b){20}$",
            "more than 10000 states in the automaton of the pattern: lower the counts of its repetitions, begin it with \
             `^` if it describes whole strings, and state lengths as `minLength` and `maxLength`",
        ),
    ] {
        assert_eq!(Automaton::compile(source).unwrap_err().to_string(), told);
    }
}
