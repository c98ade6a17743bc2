//! The rules for numbers and strings against brute force: `Nothing` means that no value of a fine
//! grid meets the literals, and a value that is named meets all of them.

use num_traits::{One, Zero};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::{Picked, StringSearch, number};
use crate::arena::Arena;
use crate::json::Json;
use crate::literal::{Literal, Sign};
use crate::node::Node;
use crate::number::{self as numbers, Count, Rational};
use crate::pattern::Pattern;
use crate::types::TypeSet;

fn exact(text: &str) -> Rational {
    numbers::parse(text).expect("a number")
}

fn literal(arena: &mut Arena, node: Node, positive: bool) -> Literal {
    Literal::new(arena.add(node, None), Sign::of(positive))
}

#[derive(Clone, Debug)]
enum Says {
    Min(Rational, bool),
    Max(Rational, bool),
    Multiple(Rational),
    Among(Vec<Rational>),
}

impl Says {
    fn holds(&self, value: &Rational) -> bool {
        match self {
            Self::Min(limit, strict) => value > limit || (value == limit && !strict),
            Self::Max(limit, strict) => value < limit || (value == limit && !strict),
            Self::Multiple(divisor) => (value / divisor).is_integer(),
            Self::Among(values) => values.contains(value),
        }
    }

    fn node(&self) -> Node {
        match self.clone() {
            Self::Min(limit, strict) => Node::Min { limit, strict },
            Self::Max(limit, strict) => Node::Max { limit, strict },
            Self::Multiple(divisor) => Node::MultipleOf(divisor),
            Self::Among(values) => {
                let mut values: Vec<Json> =
                    values.into_iter().map(|value| Json::Number { value, float: None }).collect();
                values.sort();
                Node::Enum(values)
            }
        }
    }
}

const LIMITS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "-2",
    "0.5",
    "1.5",
    "-0.5",
    "0.1",
    "0.3",
    "0.333",
    "-0.1",
    "2.5",
    "6",
    "1e-7",
    "9007199254740992",
    "9007199254740993",
    "1e30",
    "-1e30",
    "1e-300",
    "1e300",
];
const DIVISORS: &[&str] = &[
    "1",
    "2",
    "3",
    "0.5",
    "1.5",
    "0.1",
    "0.3",
    "0.25",
    "0.7",
    "6",
    "9007199254740993",
    "1e15",
    "1e30",
    "1e-300",
];

fn limit() -> impl Strategy<Value = Rational> {
    prop_oneof![4 => select(&LIMITS[..15]), 1 => select(LIMITS)].prop_map(exact)
}

fn divisor() -> impl Strategy<Value = Rational> {
    prop_oneof![4 => select(&DIVISORS[..10]), 1 => select(DIVISORS)].prop_map(exact)
}

fn says() -> impl Strategy<Value = (Says, bool)> {
    prop_oneof![
        4 => (limit(), any::<bool>(), any::<bool>()).prop_map(|(l, s, p)| (Says::Min(l, s), p)),
        4 => (limit(), any::<bool>(), any::<bool>()).prop_map(|(l, s, p)| (Says::Max(l, s), p)),
        3 => (divisor(), any::<bool>()).prop_map(|(d, p)| (Says::Multiple(d), p)),
        // An enumeration that must hold is decided value by value, elsewhere.
        2 => prop::collection::vec(limit(), 1..4).prop_map(|values| (Says::Among(values), false)),
    ]
}

/// Numbers among which there is one that meets the literals, if there is any and it is small.
fn grid(all: &[(Says, bool)]) -> Vec<Rational> {
    let whole = |n: i64| Rational::from_integer(n.into());
    let mut grid: Vec<Rational> = (-420..=420).map(|n| whole(n) / whole(60)).collect();
    let mut ends = vec![Rational::zero()];
    for (says, _) in all {
        match says {
            Says::Min(limit, _) | Says::Max(limit, _) => ends.push(limit.clone()),
            Says::Multiple(divisor) => grid.extend((-20..=20).map(|n| divisor * whole(n))),
            Says::Among(values) => ends.extend(values.iter().cloned()),
        }
    }
    for end in &ends {
        let tiny = exact("1e-301");
        let steps = [tiny, exact("1e-9"), exact("0.1"), exact("0.5"), Rational::one(), whole(2)];
        grid.push(end.clone());
        grid.extend(steps.iter().flat_map(|step| [end + step, end - step]));
        grid.extend([end.floor(), end.ceil(), end.floor() - whole(1), end.ceil() + whole(1)]);
        // The multiples around it.
        for (says, _) in all {
            if let Says::Multiple(divisor) = says {
                let near = (end / divisor).floor();
                grid.extend((-2..=3).map(|n| (&near + whole(n)) * divisor));
            }
        }
    }
    for (index, a) in ends.iter().enumerate() {
        grid.extend(ends[index..].iter().map(|b| (a + b) / whole(2)));
    }
    grid
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn numbers_agree_with_brute_force(
        all in prop::collection::vec(says(), 0..6),
        integer: bool,
        draft4: bool,
    ) {
        let mut arena = Arena::new(draft4);
        let literals: Vec<Literal> = all
            .iter()
            .map(|(says, positive)| literal(&mut arena, says.node(), *positive))
            .collect();
        let types = if integer { TypeSet::INTEGER } else { TypeSet::FRACTION };
        // In draft 4 a whole number that is spelled with a point is not an integer.
        let is_typed = |value: &Rational| value.is_integer() == integer || (draft4 && !integer);
        let meets = |value: &Rational| {
            is_typed(value) && all.iter().all(|(says, positive)| says.holds(value) == *positive)
        };
        match number(&arena, types, &literals) {
            Picked::Nothing(reason) => {
                let found = grid(&all).into_iter().find(meets);
                prop_assert_eq!(found, None, "{}", reason);
            }
            Picked::Value(Json::Number { value, float }) => {
                prop_assert!(meets(&value), "{}", value);
                prop_assert!(!draft4 || float == Some(!integer));
            }
            Picked::Unknown => {
                // Too many multiples are ruled out before the first that is not.
                let fine = |says: &Says| matches!(says, Says::Multiple(d) if *d < exact("0.1"));
                prop_assert!(all.iter().any(|(says, _)| fine(says)), "unknown");
            }
            _ => prop_assert!(false, "no number"),
        }
    }

    #[test]
    fn decimals_lie_between_and_are_short(a in limit(), b in limit()) {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        if low < high {
            let between = numbers::between(&low, &high);
            prop_assert!(low < between && between < high);
            // With a digit less there is none.
            let ten = Rational::from_integer(10.into());
            let mut scale = Rational::one();
            while !(&between * &scale).is_integer() {
                scale *= &ten;
            }
            if !scale.is_one() {
                let coarse = (low * &scale / &ten).floor() + Rational::one();
                prop_assert!(coarse * ten / scale >= high);
            }
        }
    }

    #[test]
    fn common_multiples_are_the_least(a in divisor(), b in divisor()) {
        let lcm = numbers::lcm(&a, &b);
        prop_assert!(numbers::is_multiple(&lcm, &a) && numbers::is_multiple(&lcm, &b));
        for factor in [2, 3, 5, 7] {
            let less = &lcm / Rational::from_integer(factor.into());
            prop_assert!(!numbers::is_multiple(&less, &a) || !numbers::is_multiple(&less, &b));
        }
    }

    #[test]
    fn multiples_are_whole_quotients(a in limit(), b in divisor()) {
        prop_assert_eq!(numbers::is_multiple(&a, &b), (&a / &b).is_integer());
    }
}

fn pick(nodes: &[(Node, bool)], types: TypeSet) -> Picked {
    let mut arena = Arena::new(false);
    let literals: Vec<Literal> =
        nodes.iter().map(|(node, positive)| literal(&mut arena, node.clone(), *positive)).collect();
    number(&arena, types, &literals)
}

/// Without a bound on the work, these would not end.
#[test]
fn extreme_numbers_are_answered() {
    let min = |text: &str, strict| (Node::Min { limit: exact(text), strict }, true);
    let max = |text: &str, strict| (Node::Max { limit: exact(text), strict }, true);
    let times = |text: &str, positive| (Node::MultipleOf(exact(text)), positive);
    let long = format!("1{}1", "0".repeat(15_000));
    let nothing = |nodes: &[(Node, bool)], types| matches!(pick(nodes, types), Picked::Nothing(_));
    let value = |nodes: &[(Node, bool)], types| matches!(pick(nodes, types), Picked::Value(_));
    let unknown = |nodes: &[(Node, bool)], types| matches!(pick(nodes, types), Picked::Unknown);
    let (integer, fraction) = (TypeSet::INTEGER, TypeSet::FRACTION);
    assert!(value(&[min("1e300", false), times("1e-300", true)], integer));
    assert!(value(&[min("1e2000", true), times("1e-2000", true)], fraction));
    assert!(nothing(&[min("0", true), max("1e-2000", true), times("1e-2000", true)], fraction));
    assert!(value(&[min("0", true), max("1e-2000", true)], fraction));
    assert!(value(&[min("0.9", true), max("1", true), times("1e-150", false)], fraction));
    // All short decimals are multiples of that.
    assert!(unknown(&[min("0", true), max("1", true), times("1e-2000", false)], fraction));
    assert!(nothing(&[times("1e-2000", false)], integer));
    assert!(
        unknown(&[times("1e2000", true), times("0.1", false), times("1e-1990", true)], integer)
            || nothing(
                &[times("1e2000", true), times("0.1", false), times("1e-1990", true)],
                integer
            )
    );
    assert!(value(&[times("1e2000", true), min("0", true)], integer));
    // Too long to compute with: no number is named, and only what certainly holds is claimed.
    assert!(unknown(&[times(&long, true), min("1", false)], integer));
    assert!(nothing(&[times(&long, true), min("1", true), max("2", true)], integer));
    let primes = ["1e600", "7", "11", "13", "1e-600", "3e-500", "17e-500", "19e700", "23e-900"];
    let all: Vec<(Node, bool)> = primes.iter().map(|text| times(text, true)).collect();
    assert!(value(&all, integer));
    // Multiples that are ruled out one by one.
    let mut sieve: Vec<(Node, bool)> = (2..600).map(|n| times(&n.to_string(), false)).collect();
    sieve.push(min("2", false));
    assert!(value(&sieve, integer));
    let listed: Vec<Json> = (0..20_000)
        .map(|n| Json::Number { value: Rational::from_integer(n.into()), float: None })
        .collect();
    assert!(value(&[min("0", false), (Node::Enum(listed[..1_000].to_vec()), false)], integer));
    assert!(value(&[min("0", false), (Node::Enum(listed.clone()), false)], integer));
    assert!(nothing(&[min("0", false), max("999", false), (Node::Enum(listed), false)], integer));
}

const PATTERNS: &[&str] = &["^a*$", "^(a|b){0,2}$", "b", "^$", "^(ab)+$", "^a{2,}"];
const COUNTS: &[&str] = &["0", "1", "2", "3", "18446744073709551615", "1e25", "1e30"];

fn count(text: &str) -> Count {
    numbers::count(&exact(text)).expect("a count")
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn strings_agree_with_brute_force(
        min in prop::option::of((select(COUNTS), any::<bool>())),
        max in prop::option::of((select(COUNTS), any::<bool>())),
        patterns in prop::collection::vec((0..PATTERNS.len(), any::<bool>()), 0..3),
        listed in subsequence(vec!["", "a", "b", "aa", "ab", "ba", "bb"], 0..7),
    ) {
        let texts: Vec<String> = (0..4_usize)
            .flat_map(|length| (0..1 << length).map(move |bits: u32| {
                (0..length).map(|at| if bits >> at & 1 == 0 { 'a' } else { 'b' }).collect()
            }))
            .chain(["ababab".into(), "aaaaaaa".into(), "c".into(), "\u{1F600}\u{1F600}".into()])
            .collect();
        let mut arena = Arena::new(false);
        let mut literals: Vec<Literal> = Vec::new();
        if let Some((min, positive)) = min {
            literals.push(literal(&mut arena, Node::MinLength(count(min)), positive));
        }
        if let Some((max, positive)) = max {
            literals.push(literal(&mut arena, Node::MaxLength(count(max)), positive));
        }
        for (number, positive) in &patterns {
            let pattern = Pattern::new(PATTERNS[*number]).expect("an automaton");
            let id = arena.add_pattern(pattern);
            literals.push(literal(&mut arena, Node::Pattern(id), *positive));
        }
        let values: Vec<Json> = listed.iter().map(|text| Json::String((*text).into())).collect();
        if !values.is_empty() {
            literals.push(Literal::fails(arena.enumeration(values, None)));
        }
        // Each judged by itself, not by the judge that proofs trust.
        let matcher = |number: usize| regress::Regex::new(PATTERNS[number]).expect("a pattern");
        let matchers: Vec<_> = patterns.iter().map(|(n, positive)| (matcher(*n), *positive)).collect();
        let meets = |text: &str| {
            let length = Count::from(text.chars().count());
            min.is_none_or(|(min, positive)| (length >= count(min)) == positive)
                && max.is_none_or(|(max, positive)| (length <= count(max)) == positive)
                && matchers.iter().all(|(regex, positive)| regex.find(text).is_some() == *positive)
                && !listed.contains(&text)
        };
        match StringSearch::default().pick(&arena, &literals, &mut u64::MAX.clone()) {
            Picked::NoString(reason) => {
                let found = texts.iter().find(|text| meets(text));
                prop_assert_eq!(found, None, "{:?}", reason);
            }
            Picked::Value(Json::String(text)) => prop_assert!(meets(&text), "{:?}", text),
            // No string is so long.
            Picked::Unknown => {
                let endless = |(count, positive): (&str, bool), wanted| {
                    positive == wanted && COUNTS[4..].contains(&count)
                };
                prop_assert!(
                    min.is_some_and(|min| endless(min, true)) || max.is_some_and(|max| endless(max, false)),
                    "unknown"
                );
            }
            _ => prop_assert!(false, "no string"),
        }
    }
}
