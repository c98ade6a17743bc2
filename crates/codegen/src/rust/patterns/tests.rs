//! Tables as the types crate reads them, against another engine.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use quote::quote;
use regress::Regex;
use schema_compat::pattern::Automaton;
use syn::{Expr, ExprLit, Item, Lit, Member};

use super::super::format;
use super::table;
use pattern::Pattern;

#[path = "../../../../types/src/parse/pattern.rs"]
#[allow(unexpected_cfgs, reason = "the feature is one of the types crate")]
mod pattern;

fn fixtures() -> Vec<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/patterns.txt");
    fs::read_to_string(file).expect("a file").lines().map(str::to_owned).collect()
}

/// The table of `source` as generated code prints it.
fn printed(source: &str) -> String {
    let table = table(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    format::file(quote!(static PATTERN: Pattern = #table;)).expect("it is Rust")
}

/// What the printed table of `source` makes.
fn compiled(source: &str) -> Pattern {
    let file = syn::parse_file(&printed(source)).expect("it is Rust");
    let [Item::Static(item)] = file.items.as_slice() else { panic!("one item") };
    let Expr::Struct(made) = &*item.expr else { panic!("a struct") };
    assert!(made.path.is_ident("Pattern"));
    assert_eq!(made.fields.len(), 7);
    let literal = |name: &str| {
        let is_it = |member: &Member| matches!(member, Member::Named(field) if field == name);
        let field = made.fields.iter().find(|field| is_it(&field.member));
        match field.map(|field| &field.expr) {
            Some(Expr::Lit(ExprLit { lit, .. })) => lit.clone(),
            _ => panic!("{name} is no literal"),
        }
    };
    let bytes = |name| match literal(name) {
        Lit::ByteStr(bytes) => &*bytes.value().leak(),
        _ => panic!("{name} is no byte string"),
    };
    let number = |name| match literal(name) {
        Lit::Int(number) => number.base10_parse().expect("a number of 16 bits"),
        _ => panic!("{name} is no number"),
    };
    let Lit::Str(written) = literal("source") else { panic!("a string") };
    Pattern {
        source: written.value().leak(),
        ascii: bytes("ascii").try_into().expect("as many as there are ASCII characters"),
        ranges: bytes("ranges"),
        start: number("start"),
        accepting: number("accepting"),
        undecided: number("undecided"),
        next: bytes("next"),
    }
}

/// Some random numbers, the same each time.
fn random(mut seed: u64) -> impl FnMut(u32) -> u32 {
    move |below| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((seed >> 33) % u64::from(below)).expect("below a number of 32 bits")
    }
}

fn other(source: &str) -> Regex {
    Regex::with_flags(source, "u").unwrap_or_else(|error| panic!("{source}: {error}"))
}

/// Whether the engines agree on the kind of every character: one may know a newer version of Unicode.
fn is_settled(text: &str) -> bool {
    static KINDS: LazyLock<Vec<(Automaton, Regex)>> = LazyLock::new(|| {
        let kinds = ["\\p{Lu}", "\\p{Ll}", "\\p{L}", "\\p{N}"];
        kinds.map(|kind| (Automaton::compile(kind).expect("a pattern"), other(kind))).into()
    });
    text.chars()
        .map(String::from)
        .all(|c| KINDS.iter().all(|(ours, theirs)| ours.is_match(&c) == theirs.find(&c).is_some()))
}

fn check(pattern: &Pattern, other: &Regex, text: &str) {
    if pattern.source.contains("\\p{") && !is_settled(text) {
        return;
    }
    let expected = other.find(text).is_some();
    assert_eq!(pattern.is_match(text.chars()), expected, "{:?} on {text:?}", pattern.source);
    if text.is_ascii() {
        let bytes = pattern.is_match_ascii_bytes(text.as_bytes());
        assert_eq!(bytes, expected, "{:?} on the bytes of {text:?}", pattern.source);
    }
}

/// Checks `count` strings that match, and strings almost like them.
fn check_samples(pattern: &Pattern, other: &Regex, count: u64) {
    let odd =
        ['a', 'Z', '0', '-', '.', ' ', '\n', '\0', '\x7f', '\u{80}', 'é', '一', '😀', char::MAX];
    for seed in 0..count {
        let mut random = random(seed);
        let Some(text) = pattern.sample(0, None, &mut random) else {
            assert_eq!(pattern.source, "[]", "all others match something");
            return;
        };
        assert!(pattern.is_match(text.chars()), "{:?} on {text:?}", pattern.source);
        check(pattern, other, &text);
        let chars: Vec<char> = text.chars().collect();
        for _ in 0..8 {
            let mut chars = chars.clone();
            let at = random(u32::try_from(chars.len()).expect("short") + 1) as usize;
            let c = odd[random(14) as usize];
            match random(4) {
                0 => chars.insert(at, c),
                1 => chars.truncate(at),
                _ if at == chars.len() => chars.push(c),
                2 => chars[at] = c,
                _ => drop(chars.remove(at)),
            }
            check(pattern, other, &chars.iter().collect::<String>());
        }
    }
}

#[test]
fn tables_match_what_another_engine_matches() {
    for source in fixtures() {
        let (pattern, other) = (compiled(&source), other(&source));
        assert_eq!(pattern.source, source);
        check(&pattern, &other, "");
        check_samples(&pattern, &other, 100);
        // Both ends of every range of characters.
        for range in pattern.ranges.chunks(4) {
            let first = u32::from_be_bytes([0, range[0], range[1], range[2]]);
            for c in [first - 1, first, first + 1].into_iter().filter_map(char::from_u32) {
                check(&pattern, &other, &c.to_string());
            }
        }
        for c in '\0'..='\u{ff}' {
            check(&pattern, &other, &c.to_string());
        }
    }
}

#[test]
fn tables_are_small_and_print_in_lines() {
    let mut sizes = String::new();
    for source in fixtures() {
        let Pattern { ascii, ranges, next, .. } = compiled(&source);
        let bytes = ascii.len() + ranges.len() + next.len();
        writeln!(sizes, "{bytes:5} {source}").expect("written");
        let too_long = printed(&source)
            .lines()
            .find(|line| line.chars().count() > 112 && !line.contains("source: "))
            .map(str::to_owned);
        assert_eq!(too_long, None, "{source}");
    }
    insta::assert_snapshot!("sizes", sizes);
    insta::assert_snapshot!("uuid", printed("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"));
    insta::assert_snapshot!("spaces", printed("^\\p{Zs}+$"));
}

/// Whether some string of `min` to `max` characters matches.
fn some_match(automaton: &Automaton, min: usize, max: usize) -> bool {
    let mut states = BTreeSet::from([Automaton::START]);
    (0..=max).any(|length| {
        let found = length >= min && states.iter().any(|state| automaton.is_accepting(*state));
        let leads = |state| (0..automaton.classes()).map(move |class| automaton.next(state, class));
        states = states.iter().copied().flat_map(leads).collect();
        found
    })
}

#[test]
fn samples_have_the_length_that_is_asked_for_if_there_are_any() {
    for source in fixtures() {
        let pattern = compiled(&source);
        let automaton = Automaton::compile(&source).expect("it is a table");
        for (min, max) in [(0, 0), (0, 5), (1, 1), (3, 9), (20, 20), (36, 40), (60, 70), (300, 320)]
        {
            let mut random = random(2026);
            for _ in 0..10 {
                let sample = pattern.sample(min, Some(max), &mut random);
                let exists = some_match(&automaton, min, max);
                assert_eq!(sample.is_some(), exists, "{source:?} from {min} to {max}");
                let Some(text) = sample else { break };
                assert!(pattern.is_match(text.chars()), "{source:?} on {text:?}");
                assert!((min..=max).contains(&text.chars().count()), "{source:?}: {text:?}");
            }
        }
    }
}

/// Pieces that are put together at random. None repeats hundreds of times: repeated again, it has too many states for a table.
fn sources() -> impl Strategy<Value = String> {
    let hundreds = other("[0-9]{3}");
    let is_short = |source: &String| source.len() < 12 && hundreds.find(source).is_none();
    let short: Vec<String> = fixtures().into_iter().filter(is_short).collect();
    prop::sample::select(short).prop_recursive(3, 8, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            two.clone().prop_map(|(a, b)| format!("{a}{b}")),
            two.clone().prop_map(|(a, b)| format!("{a}|{b}")),
            two.clone().prop_map(|(a, b)| format!("(?={a})(?:{b})")),
            two.clone().prop_map(|(a, b)| format!("(?!{a})(?:{b})")),
            two.prop_map(|(a, b)| format!("(?:{b})(?<={a})")),
            inner.clone().prop_map(|a| format!("(?:{a}){{2,5}}")),
            inner.prop_map(|a| format!("^(?:{a})*$")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tables_of_random_patterns_match_the_same(
        source in sources(),
        texts in prop::collection::vec("[ab,A0 \\-\n.é一😀😁😂]{0,7}", 20),
    ) {
        let (pattern, other) = (compiled(&source), other(&source));
        for text in texts {
            check(&pattern, &other, &text);
        }
    }
}
