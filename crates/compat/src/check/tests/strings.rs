//! What the search says of random patterns is checked, and nothing false passes for a proof.

use proptest::prelude::*;

use super::hand::proof::Hand;
use super::tables::no_string;
use crate::json::Json;
use crate::literal::{Literal, Sign};
use crate::node::Node;
use crate::pattern::{Language, Part, Pattern, Sample};
use crate::proof::{NoString, Step};
use crate::scalar::{Picked, StringSearch};
use crate::types::TypeSet;

const PIECES: &[&str] = &[
    "a",
    "b",
    "1",
    "ab",
    "ba",
    "a1",
    "^a",
    "^b",
    "b$",
    "1$",
    "[ab]",
    "^[ab1]*$",
    "^.{2}$",
    "^.{3}$",
    "a.b",
    "(?!a)",
    "(?<=b)",
    "\\b",
    "a*b",
    "^(a|b1)*$",
    "[^a]",
    "(?=b)a",
];
const CHARS: [char; 4] = ['a', 'b', '1', 'é'];

fn texts() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..4 {
        let to = all.len();
        for at in from..to {
            let longer: Vec<_> = CHARS.iter().map(|c| format!("{}{c}", all[at])).collect();
            all.extend(longer);
        }
        from = to;
    }
    all
}

fn literals() -> impl Strategy<Value = Vec<(String, bool)>> {
    let piece = || prop::sample::select(PIECES);
    let source = prop_oneof![3 => piece().prop_map(str::to_owned), 1 => (piece(), piece()).prop_map(|(a, b)| format!("(?:{a}){b}"))];
    prop::collection::vec((source, prop::bool::weighted(0.7)), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_finds_every_string(
        patterns in literals(),
        min in prop::option::of((0_usize..5, any::<bool>())),
        max in prop::option::of((0_usize..5, any::<bool>())),
        listed in prop::collection::vec("[ab1]{0,2}", 0..3),
    ) {
        let mut hand = Hand::new();
        let mut state = Vec::new();
        for (source, positive) in &patterns {
            let pattern = hand.arena.add_pattern(Pattern::new(source).expect("a pattern"));
            state.push(Literal::new(hand.add(Node::Pattern(pattern)), Sign::of(*positive)));
        }
        for (bound, node) in [(min, Node::MinLength as fn(_) -> _), (max, Node::MaxLength)] {
            state.extend(bound.map(|(n, positive)| Literal::new(hand.add(node(n.into())), Sign::of(positive))));
        }
        if !listed.is_empty() {
            let values = listed.iter().map(|text| Json::String(text.as_str().into())).collect();
            state.push(Literal::fails(hand.arena.enumeration(values, None)));
        }
        state.sort_unstable();
        state.dedup();
        let judge = crate::eval::Judge::new(&hand.arena, &super::bench::NoFormats);
        let meets = |text: &String| judge.literals(&state, &Json::String(text.as_str().into())) == Some(true);
        let met = texts().iter().any(meets);
        let mut proofs = Vec::new();
        let picked = StringSearch::default().pick(&hand.arena, &state, &mut u64::MAX.clone());
        if let Picked::NoString(none) = picked {
            proofs.push((*none).clone());
        }
        let side = |sign: bool| {
            let has = |literal: &&Literal| literal.sign.holds() == sign;
            state.iter().filter(has).filter_map(|literal| match hand.arena.node(literal.id) {
                Node::Pattern(id) => Some(hand.arena.pattern(*id)),
                _ => None,
            }).collect()
        };
        // With tables, though it needs none.
        let language = Language { matching: side(true), unmatched: side(false), ..Language::default() };
        let none = language.joined(&mut 20_000_000);
        if let Some(Sample::Nothing(parts)) = none {
            proofs.push(NoString { literals: state.clone(), parts });
        }
        for none in &proofs {
            prop_assert!(!met);
            prop_assert!(passes(&mut hand, &state, none));
            for (kind, damaged) in no_string(none) {
                let listed = |literal: &&Literal| damaged.literals.contains(literal);
                let left: Vec<Literal> = state.iter().filter(listed).copied().collect();
                let judge = crate::eval::Judge::new(&hand.arena, &super::bench::NoFormats);
                let meets = |text: &String| judge.literals(&left, &Json::String(text.as_str().into())) == Some(true);
                let met = texts().iter().any(meets);
                prop_assert!(!(met && passes(&mut hand, &left, &damaged)), "{}", kind);
            }
        }
        // Nothing says much without a table, whatever its parts are.
        for parts in [Vec::new(), (0..patterns.len()).map(Part::Alone).collect()] {
            let none = NoString { literals: state.clone(), parts };
            prop_assert!(!(met && passes(&mut hand, &state, &none)));
        }
    }
}

fn passes(hand: &mut Hand, state: &[Literal], none: &NoString) -> bool {
    let text = hand.types(TypeSet::STRING);
    let state = [state, &[text]].concat();
    hand.lemma(0, &state, Step::String { none: none.clone().into(), place: None });
    hand.passes(&state)
}

#[test]
fn what_is_not_known_is_no_reason() {
    let mut hand = Hand::new();
    let min = Literal::holds(hand.add(Node::MinLength(3_u8.into())));
    let max = Literal::holds(hand.add(Node::MaxLength(2_u8.into())));
    let none = NoString { literals: vec![min, max], parts: Vec::new() };
    assert!(passes(&mut hand, &[min, max], &none));
    assert!(!passes(&mut hand, &[min], &none));
    // It may be something else than a string.
    hand.lemma(0, &[min, max], Step::String { none: none.into(), place: None });
    assert!(!hand.passes(&[min, max]));
}
