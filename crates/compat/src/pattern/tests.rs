//! Random patterns against `regress`, another engine of ECMA-262, and searches against brute force.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::alphabet::Alphabet;
use super::subsets::{Fuel, Subsets};
use super::{Language, Pattern, Sample};
use crate::primitives::SubsetId;

/// Characters that tell the constructs apart: word characters or not, line breaks, beyond ASCII and the BMP.
const CHARS: [char; 11] = ['a', 'b', 'A', '_', '1', 'é', '\n', '\r', '\u{2028}', ' ', '😀'];

pub(super) fn pattern(source: &str) -> Pattern {
    Pattern::new(source).unwrap_or_else(|e| panic!("{source}: {e}"))
}

pub(super) fn other(source: &str) -> regress::Regex {
    regress::Regex::with_flags(source, "u").unwrap_or_else(|e| panic!("{source}: {e}"))
}

/// The judgement of the deterministic automaton.
fn walk(pattern: &Pattern, text: &str) -> bool {
    let mut fuel = Fuel { steps: u64::MAX, bytes: u64::MAX };
    let alphabet = Alphabet::new(&[pattern], &mut fuel).unwrap();
    let mut automaton = Subsets::new(pattern, 0, alphabet.letters.len(), &mut fuel).unwrap();
    let mut state = SubsetId::FIRST;
    for c in text.chars() {
        let index = alphabet.letter(c);
        state = automaton.step(state, index, &alphabet.letters[index.index()], &mut fuel).unwrap();
    }
    automaton.accepts(state)
}

pub(super) fn strings(chars: &[char], longest: usize) -> Vec<String> {
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

pub(super) fn sources() -> impl Strategy<Value = String> {
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

pub(super) fn some_chars() -> impl Strategy<Value = Vec<char>> {
    prop::sample::subsequence(CHARS.to_vec(), 4..6)
}

/// Whether a back reference stands within its group: what it captured before it was tried anew, the other engine does not
/// forget (Node does).
fn refers_to_itself(source: &str) -> bool {
    let (mut open, mut groups) = (Vec::new(), 0);
    let chars: Vec<char> = source.chars().collect();
    chars.iter().enumerate().any(|(at, c)| {
        match c {
            '(' => {
                let captures = chars.get(at + 1) != Some(&'?');
                groups += u32::from(captures);
                open.push(captures.then_some(groups));
            }
            ')' => {
                open.pop();
            }
            '\\' => {
                let number = chars.get(at + 1).and_then(|c| c.to_digit(10));
                return number.is_some() && open.contains(&number);
            }
            _ => {}
        }
        false
    })
}

/// Patterns with groups, and back references before, behind and within them.
fn referring() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "a", "b", "c", "[ab]", "a|b", "a|bc", "ab", "(a)", "(a|b)", "(a|)", "(b?)", "\\1", "\\1",
        "\\2", "\\3", ".",
    ]);
    let opens =
        prop::sample::select(vec!["(", "(", "(", "(?:", "(?:", "(?=", "(?!", "(?<=", "(?<!"]);
    let counts =
        prop::sample::select(vec!["", "", "", "?", "??", "*", "+", "{2}", "{0}", "{1}", "{0,2}"]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(4, 20, 4, move |inner| {
            let several = prop::collection::vec(inner.clone(), 1..4);
            prop_oneof![
                4 => several.clone().prop_map(|items| items.concat()),
                2 => several.prop_map(|items| format!("(?:{})", items.join("|"))),
                4 => (opens.clone(), inner.clone(), counts.clone()).prop_map(|(open, item, count)| {
                    let count = if open.contains(['=', '!']) { "" } else { count };
                    format!("{open}{item}){count}")
                }),
                1 => inner.prop_map(|item| format!("^{item}$")),
            ]
        })
        .prop_map(|source| format!("^{source}\\1$"))
}

fn tokens() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a", "a", "1", "_", "-", "-", "^", "$", ".", "[", "[", "]", "]", "(", "(", ")", ")", "{",
        "}", "{1}", "{,1}", "*", "+", "?", "?:", "?=", "?!", "?<=", "?<a>", "?i:", "|", "/", ",",
        "\\", "\\", "\\d", "\\w", "\\b", "\\u", "\\u{", "61", "0", "\\x6", "\\c", "\\p{L}", "\\p{",
        "\\k<a>", "\\1", "\\-", "\\_", "\\/", "\\@", "\\ ", "é", "\\é", "😀", "\\😀", "\\uD83D",
        "\\uDE00", "u", "x", "p",
    ]);
    prop::collection::vec(token, 1..7).prop_map(|tokens| tokens.concat())
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
        let (mut budget, mut steps) = (150_000, 20_000_000);
        let shortest = strings(&chars, 4).into_iter().find(|text| fits(text));
        match language.search(wanted, &mut budget) {
            Sample::Strings(found) => {
                prop_assert!(!found.is_empty() && found.len() <= wanted);
                for (i, text) in found.iter().enumerate() {
                    prop_assert!(fits(text), "{:?} does not fit {:?}", text, sources);
                    prop_assert!(!found[..i].contains(text), "{:?} twice", text);
                }
                if let Some(shortest) = &shortest {
                    prop_assert!(found[0].chars().count() <= shortest.chars().count());
                }
            }
            Sample::Nothing(_) => prop_assert_eq!(&shortest, &None, "{:?}", sources),
            Sample::Unknown => prop_assert!(false, "unknown: {:?}", sources),
        }
        match language.joined(&mut steps) {
            Some(Sample::Strings(found)) => prop_assert!(fits(&found[0]), "{:?}", found),
            Some(Sample::Nothing(_)) => prop_assert_eq!(shortest, None, "{:?}", sources),
            _ => prop_assert!(false, "unknown: {:?}", sources),
        }
    }

    /// Back references are refused, or mean what they mean to the other engine.
    #[test]
    fn back_references_mean_the_same(source in referring()) {
        prop_assume!(!refers_to_itself(&source));
        let Ok(ours) = Pattern::new(&source) else { return Ok(()) };
        let theirs = regress::Regex::with_flags(&source, "u");
        let Ok(theirs) = theirs else { return Err(TestCaseError::fail(format!("{source:?} is no pattern"))) };
        for text in strings(&['a', 'b', 'c'], 5) {
            let expected = theirs.find(&text).is_some();
            prop_assert_eq!(ours.is_match(&text), expected, "{:?} on {:?}", source, text);
        }
    }

    /// A source that is not a pattern under `u` is refused, or means the same to every engine that accepts it.
    #[test]
    fn what_is_read_has_one_meaning(source in tokens()) {
        let Ok(ours) = Pattern::new(&source) else { return Ok(()) };
        let with = |flags: &str| regress::Regex::with_flags(&source, flags).ok();
        let theirs = with("u").or_else(|| with(""));
        prop_assert!(theirs.is_some(), "{:?} is no pattern", source);
        let chars = ['a', '1', '_', '-', '@', ' ', '/', 'é', '😀', '^', ']', '\\'];
        for text in strings(&chars, 2) {
            let expected = theirs.as_ref().is_some_and(|theirs| theirs.find(&text).is_some());
            prop_assert_eq!(ours.is_match(&text), expected, "{:?} on {:?}", source, text);
        }
    }
}

/// Each is what Node 20 says under the flag `u`.
#[test]
fn facts_of_ecma_262() {
    let facts: &[(&str, &[&str], &[&str])] = &[
        ("^.$", &["a", "é", "😀", "\u{85}"], &["\n", "\r", "\u{2028}", "\u{2029}", "ab", ""]),
        ("^\\s$", &[" ", "\u{FEFF}", "\u{2028}", "\u{A0}", "\u{3000}"], &["\u{85}", "\u{200B}"]),
        ("^\\w$", &["a", "_", "0"], &["é", "ſ", "\u{212A}"]),
        ("^\\d$", &["0"], &["\u{661}"]),
        ("a$", &["a", "ba"], &["a\n", "ab"]),
        ("^a", &["ab"], &["\na"]),
        ("\\ba\\b", &["a", "é-a", "éaé", "a\n"], &["aa", "a_", "1a"]),
        ("\\B", &["", "aa", "éa", "-"], &["a"]),
        ("^\\B$", &[""], &["a"]),
        ("\\b", &["a", "éa"], &["", "é", "--"]),
        ("^[^]$", &["\n", "😀"], &["", "ab"]),
        ("[]", &[], &["", "a"]),
        ("^[]?$", &[""], &["a"]),
        ("^\\0$", &["\0"], &["0", ""]),
        ("^\\cj$", &["\n"], &["j", "cj"]),
        ("^[\\b\\-]$", &["\u{8}", "-"], &["b", "\\"]),
        ("^[a\\-z]$", &["a", "-", "z"], &["b"]),
        ("^[\\w-]$", &["-", "a"], &["+"]),
        ("^[a-c-e]$", &["b", "-", "e"], &["d"]),
        ("^\\uD83D\\uDE00$", &["😀"], &["uD83DuDE00"]),
        ("^\\u{1F600}$", &["😀"], &[]),
        ("^[\\uD83D\\uDE00]$", &["😀"], &[""]),
        ("^[\u{D7FF}-\u{E000}]$", &["\u{D7FF}", "\u{E000}"], &["a"]),
        ("^(?<year>\\d{4})$", &["2024"], &["24"]),
        ("^\\p{Lu}\\P{Lu}$", &["Éa", "A😀"], &["aA", "AA"]),
        ("^\\p{Script=Greek}$", &["α"], &["a"]),
        ("^[\\p{L}\\-]$", &["a", "-"], &["@"]),
        ("^[\\p{L}\\-]$", &["a", "-"], &["@"]),
        ("^\\p{Zl}$", &["\u{2028}"], &["\u{2029}"]),
        ("^(?!.*--)[a-z-]+$", &["a-b"], &["a--b"]),
        ("^(?=.*\\d)(?=.*[a-z]).{3,}$", &["1ab", "a1b"], &["abc", "123", "1a"]),
        ("a(?=b|$)", &["ab", "ca"], &["ac", "b"]),
        ("^(?:(?!ab).)*$", &["ba", ""], &["cab"]),
        ("(?<=a)b", &["ab", "cab"], &["b", "cb"]),
        ("(?<!a)b", &["b", "abb"], &["ab"]),
        ("^.*(?<!\\.json)$", &["a.js"], &["a.json"]),
        ("(?<!^)a", &["ba", "aa"], &["a", "ab"]),
        ("(?<=^|,)a(?=,|$)", &["a", "b,a", "a,b"], &["ba", "ab"]),
        ("(?<=a(?=bc).)c", &["abc"], &["ac", "abd"]),
        ("(?!^)", &["a"], &[""]),
        ("(?!(?=a)(?<!b))$", &["", "a"], &[]),
        ("(?:a|(?=b))+c", &["ac", "aac"], &["bc"]),
        ("a{2}?b", &["aab"], &["ab"]),
        ("^([\"'])[a-z]+\\1$", &["\"a\"", "'ab'"], &["\"a'", "''", "a"]),
        ("^(a|bc)-\\1$", &["a-a", "bc-bc"], &["a-bc", "bc-a", "-"]),
        ("^(a)?b\\1$", &["b", "aba"], &["ab", "ba"]),
        ("^(?:(a)|b)\\1$", &["aa", "b"], &["a", "ba"]),
        ("^(?:(a)|(b))c\\1\\2$", &["aca", "bcb"], &["ac", "acb", "bca"]),
        ("^\\1(a)$", &["a"], &["aa", ""]),
        ("^(a\\1)$", &["a"], &["aa"]),
        ("^(?:\\1b(a)|c)*$", &["", "baba", "cbac"], &["baab", "baaba"]),
        ("^(?:(a|b)\\1)+$", &["aa", "bbaa"], &["ab", "aab", ""]),
        ("^(a|b)(?:c\\1)*$", &["a", "aca", "bcbcb"], &["acb"]),
        ("^(?!(a)\\1).*\\1$", &["", "ab", "b"], &["aa", "aab"]),
        ("^(a|b)(?=.*\\1$)..$", &["aba", "aaa", "bab"], &["abb", "ab"]),
        ("^(a|b).(?<=\\1b)$", &["ab", "bb"], &["aa"]),
        ("^(?<q>[ab])\\k<q>$", &["aa", "bb"], &["ab"]),
        ("^\\k<q>(?<q>a)$", &["a"], &["aa"]),
        ("^((a|b)c)\\2\\1$", &["acaac", "bcbbc"], &["acbac", "acabc"]),
        ("^(a{0,2}|b)\\1$", &["", "aa", "aaaa", "bb"], &["a", "ab", "aaa"]),
    ];
    for (source, accepted, refused) in facts {
        let (ours, theirs) = (pattern(source), other(source));
        for (texts, expected) in [(accepted, true), (refused, false)] {
            for text in *texts {
                assert_eq!(ours.is_match(text), expected, "{source:?} on {text:?}");
                assert_eq!(walk(&ours, text), expected, "{source:?} walks {text:?}");
                assert_eq!(theirs.find(text).is_some(), expected, "the other: {source:?} {text:?}");
            }
        }
    }
}

#[test]
fn punctuation_may_be_escaped() {
    for c in ('\0'..'\u{7F}').filter(|c| !c.is_ascii_alphanumeric() && *c != '_') {
        for source in [format!("^\\{c}$"), format!("^[\\{c}]$")] {
            let ours = pattern(&source);
            for flags in ["u", ""] {
                let Ok(theirs) = regress::Regex::with_flags(&source, flags) else { continue };
                for d in ('\0'..'\u{7F}').map(String::from) {
                    assert_eq!(ours.is_match(&d), theirs.find(&d).is_some(), "{source:?} {d:?}");
                }
            }
            assert!(ours.is_match(&c.to_string()));
        }
    }
}

#[test]
fn refusals_name_the_construct() {
    for (source, part) in [
        ("(a+)\\1", "back reference"),
        ("(?<n>.)\\k<n>", "back reference"),
        ("(a)*\\1", "back reference"),
        ("(?:(a)b)+\\1", "back reference"),
        ("(?=(a|ab))\\1c", "back reference"),
        ("(?=(a|ab)\\1)\\1c", "back reference"),
        ("(?<=(a)\\1)b", "back reference"),
        ("(?<=\\1(a))b", "back reference"),
        ("(^|a)\\1", "back reference"),
        ("([a-z])([a-z])([a-z])\\3\\2\\1", "back reference"),
        ("\\1", "does not have"),
        ("(a)\\2", "does not have"),
        ("(a)\\10", "does not have"),
        ("\\k<n>", "does not have"),
        ("(?<n>a)\\k<m>", "does not have"),
        ("(?<n>a)\\k", "unknown escape"),
        ("(?i:a)", "modifier"),
        ("(?i)a", "modifier"),
        ("a{", "`\\{`"),
        ("a{,5}", "`\\{`"),
        ("{}", "`\\{`"),
        ("a}", "`\\}`"),
        ("a]", "`\\]`"),
        ("a**", "nothing to repeat"),
        ("a{1}{2}", "`\\{`"),
        ("a{2,1}", "n above m"),
        ("a{99999999999}", "4294967295"),
        ("(?=a)*", "repeated assertion"),
        ("\\b+", "repeated assertion"),
        ("^*", "repeated assertion"),
        ("(a", "parenthesis"),
        ("a)", "parenthesis"),
        ("(?<n>a)(?<n>b)", "one name"),
        ("(?<1>a)", "group name"),
        ("(?<n", "group name"),
        ("\\_", "unknown escape"),
        ("\\é", "unknown escape"),
        ("\\😀", "unknown escape"),
        ("\\00", "unknown escape"),
        ("\\c1", "unknown escape"),
        ("\\x1", "unknown escape"),
        ("\\u12", "unknown escape"),
        ("\\u{}", "unknown escape"),
        ("[\\B]", "unknown escape"),
        ("\\", "trailing backslash"),
        ("\\u{110000}", "U+10FFFF"),
        ("\\uD83D", "lone surrogate"),
        ("\\uDE00\\uD83D", "lone surrogate"),
        ("[\\uD800-\\uDFFF]", "lone surrogate"),
        ("\\u{D83D}\\u{DE00}", "lone surrogate"),
        ("[a", "unclosed class"),
        ("[b-a]", "out of order"),
        ("[\\w-a]", "put it last"),
        ("[\\p{Zl}-a]", "put it last"),
        ("\\p{greek}", "Unicode property"),
        ("\\p{Greek}", "Unicode property"),
        ("\\p{lu}", "Unicode property"),
        ("\\p{L}\\-", "without its backslash"),
        ("\\@\\u{61}", "without its backslash"),
        ("\\pL", "Unicode property"),
        ("\\p{L", "Unicode property"),
        ("(((a{1000}){1000}){1000})", "20000 states"),
        ("(?:){4294967295}", "20000 states"),
        ("(?:(?:){65536}){65536}", "20000 states"),
    ] {
        let reason = Pattern::new(source).map(|_| ()).unwrap_err();
        assert!(reason.to_string().contains(part), "{source}: {reason}");
    }
    Pattern::new(&format!("{}{}", "(".repeat(150), ")".repeat(150))).unwrap_err();
    Pattern::new(&"[\\p{L}\\p{N}]\\p{L}".repeat(500)).unwrap_err();
}

fn search(language: &Language<'_>, wanted: usize) -> (Sample, u64) {
    let mut budget = u64::MAX;
    (language.search(wanted, &mut budget), u64::MAX - budget)
}

#[test]
fn hard_patterns_end_for_want_of_budget() {
    let hard = [
        "(a|b)*a(a|b){200}c",
        "^(?:(?=.*a.{9}b)x|(?!.*b.{5}a)y|(?=.{2,9}a)a|b)*$",
        "(?<=a.{100})b(?<!b.{30})",
        ".{0,6000}a.{6000}",
        "(a{0,3000}|b{0,3000}|(ab?){0,900})*c",
    ];
    let short = pattern("^.{0,60}$");
    for source in hard {
        let hard = pattern(source);
        assert!(hard.bytes() < 2 << 20);
        let language =
            Language { matching: vec![&hard], unmatched: vec![&hard], ..Language::default() };
        // One pattern against itself ends at once only if the states are few.
        let (found, spent) = search(&language, 1);
        assert!(!matches!(found, Sample::Strings(_)), "{source}");
        assert!(spent < 1_010_000, "{source}: {spent}");
        let language =
            Language { min: 5_000, matching: vec![&hard, &short], ..Language::default() };
        assert!(!matches!(search(&language, 1).0, Sample::Strings(_)), "{source}");
    }
}

#[test]
fn lengths_out_of_reach_end_the_search() {
    let (many, few) = (pattern("^a*$"), pattern("^a{0,5}$"));
    let language = |matching| Language { min: 10_000_000, matching, ..Language::default() };
    for (matching, nothing) in [(vec![], false), (vec![&many], false), (vec![&many, &few], true)] {
        let (found, spent) = search(&language(matching), 1);
        assert_eq!(matches!(found, Sample::Nothing(_)), nothing);
        assert_eq!(matches!(found, Sample::Unknown), !nothing);
        assert!(spent < 1_010_000);
    }
    let start = pattern("^a");
    let language = Language {
        max: Some(u64::MAX),
        matching: vec![&start],
        unmatched: vec![&many, &start],
        ..Language::default()
    };
    assert!(matches!(search(&language, 1).0, Sample::Nothing(_)));
    let language = Language { min: 3, max: Some(2), ..Language::default() };
    assert!(matches!(search(&language, 1).0, Sample::Nothing(_)));
}

#[test]
fn many_excluded_strings_are_no_burden() {
    let except: Vec<Arc<str>> = (0..10_000_u32)
        .filter_map(|i| char::from_u32(0x4E00 + i))
        .map(|c| c.to_string().into())
        .collect();
    let (all, one_more) = (pattern("^[\u{4E00}-\u{750F}]$"), pattern("^[\u{4E00}-\u{7510}]$"));
    let language =
        |p| Language { matching: vec![p], except: except.clone(), ..Language::default() };
    assert!(matches!(search(&language(&all), 1).0, Sample::Nothing(_)));
    let (Sample::Strings(found), spent) = search(&language(&one_more), 5) else {
        panic!("there is one more")
    };
    assert_eq!(found, ["\u{7510}"]);
    assert!(spent < 50_000);
}

#[test]
fn as_many_strings_as_wanted() {
    let some = pattern("^a*$");
    let language =
        Language { matching: vec![&some], except: vec!["aa".into()], ..Language::default() };
    let (Sample::Strings(found), _) = search(&language, 4) else { panic!("there are many") };
    assert_eq!(found, ["", "a", "aaa", "aaaa"]);
}

#[test]
fn strings_read_well() {
    let except: Vec<Arc<str>> = ["", "a", "b"].map(Arc::from).to_vec();
    let language = Language { except, ..Language::default() };
    let (Sample::Strings(found), _) = search(&language, 1) else { panic!("there are many") };
    assert_eq!(found, ["c"]);
}
