//! Cases of unions, and the ways in which assertions fail.

use super::proof::{Hand, IMPOSSIBLE, cases, clash, named, number, object, short};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::arena::Arena;
use crate::json::Json;
use crate::node::{Keys, Literal, Node};
use crate::number::Count;
use crate::proof::{ArrayStep, Cell, Longest, ObjectStep, Step};
use crate::types::Types;

/// What is known in one case is not in another.
#[test]
fn cases_do_not_leak() {
    for positive in [true, false] {
        let mut hand = Hand::new();
        let (object, a) = (hand.types(Types::OBJECT), hand.required("a"));
        let (first, second) = if positive {
            (a, hand.arena.not(a))
        } else {
            (hand.arena.not(a), hand.exists(named("a"), Arena::TRUE))
        };
        let first = hand.add(Node::All(vec![Arena::FALSE, first]));
        let union = (hand.add(Node::Any(vec![first, second])), true);
        let list = vec![(0, vec![(first, true)], clash()), (1, vec![(second, true)], clash())];
        hand.rejects(&[object, union], cases(union, None, list));
    }
}

#[test]
fn a_case_says_what_its_way_says() {
    let mut hand = Hand::new();
    let a = hand.add(Node::MinLength(1_u8.into()));
    let b = hand.add(Node::MinLength(2_u8.into()));
    let text = hand.types(Types::STRING);
    let one = |literal: Literal| vec![(0, vec![literal], clash())];
    let any = (hand.add(Node::Any(vec![a, b])), true);
    hand.rejects(&[text, any, (a, true), (b, false)], cases(any, None, one((a, false))));
    let exactly = (hand.add(Node::One(vec![a, b])), true);
    for said in [(b, true), (a, false)] {
        hand.rejects(&[text, exactly, (a, true), (b, false)], cases(exactly, None, one(said)));
    }
    // Both hold.
    let not_one = (exactly.0, false);
    let list = |second: Literal| {
        vec![
            (0, vec![(a, false)], clash()),
            (1, vec![second], clash()),
            (2, vec![(a, false)], clash()),
        ]
    };
    hand.rejects(&[text, not_one, (a, true), (b, true)], cases(not_one, None, list((b, false))));
    // None holds.
    let list = vec![(1, vec![(a, true)], clash()), (2, vec![(b, true)], clash())];
    hand.rejects(&[text, not_one, (a, false), (b, false)], cases(not_one, None, list));
    // The part that is said to hold does not, or is not the only one.
    let list = vec![(1, vec![(b, true)], clash())];
    hand.rejects(&[text, not_one, (a, false), (b, false)], cases(not_one, Some(0), list));
    hand.rejects(&[text, not_one, (a, true), (b, true)], cases(not_one, Some(1), vec![]));
}

/// A universal assertion fails as it can, not otherwise.
#[test]
fn violations_are_not_misread() {
    let mut hand = Hand::new();
    let (object_type, array) = (hand.types(Types::OBJECT), hand.types(Types::ARRAY));
    let schema = hand.add(Node::MinLength(1_u8.into()));
    let not = hand.arena.not(schema);
    let none = Arena::FALSE;
    let single = (hand.add(Node::MaxItems(1_u8.into())), true);
    // The first of one item.
    let items = (hand.add(Node::Items { prefix: vec![schema], rest: Arena::TRUE }), false);
    for (index, inner, step) in [(1, not, short(None)), (0, none, short(Some((0, IMPOSSIBLE))))] {
        let said = (hand.add(Node::ItemAt { index, schema: inner }), true);
        hand.rejects(&[array, items, single], cases(items, None, vec![(0, vec![said], step)]));
    }
    let items = (hand.add(Node::Items { prefix: vec![], rest: schema }), false);
    for (from, inner) in [(1, not), (0, none)] {
        let said = (hand.add(Node::ItemFrom { from, schema: inner }), true);
        let missing = ArrayStep::Missing {
            wanted: said.0,
            closed: vec![(0, IMPOSSIBLE)],
            longest: Longest::default(),
        };
        let step = if from == 0 { Step::Array(missing) } else { short(None) };
        hand.rejects(&[array, items, single], cases(items, None, vec![(0, vec![said], step)]));
    }
    // The member `a`.
    let properties = Node::Properties {
        named: BTreeMap::from([("a".into(), schema)]),
        patterns: vec![],
        rest: Arena::TRUE,
    };
    let properties = (hand.add(properties), false);
    let no_b = (hand.required("b"), false);
    let member = object(ObjectStep::Member { name: "a".into(), lemma: IMPOSSIBLE });
    for (name, inner, step) in [("b", not, clash()), ("a", none, member)] {
        let said = (hand.exists(named(name), inner), true);
        let state = [object_type, properties, no_b];
        hand.rejects(&state, cases(properties, None, vec![(0, vec![said], step)]));
    }
    // A name.
    let names = (hand.add(Node::Names(schema)), false);
    let keys = Keys { names: Some((schema, false)), ..Keys::default() };
    let exists = hand.exists(keys, none);
    let wanted =
        ObjectStep::Wanted { exists, keys: vec![], cells: Some(Cell::NoValue(IMPOSSIBLE)) };
    let list = vec![(0, vec![(exists, true)], object(wanted))];
    hand.rejects(&[object_type, names], cases(names, None, list));
    // How many items there are of a kind.
    let contains = |min: u8, max: Option<u8>| Node::Contains {
        schema,
        min: min.into(),
        max: max.map(Count::from),
    };
    for (node, way, said) in
        [(contains(2, None), 0, contains(0, Some(0))), (contains(0, Some(1)), 1, contains(3, None))]
    {
        let (node, said) = ((hand.add(node), false), (hand.add(said), true));
        let two = (hand.add(Node::MaxItems(2_u8.into())), true);
        let held = (hand.add(Node::ItemAt { index: 0, schema }), true);
        let step = if way == 1 {
            short(None)
        } else {
            hand.lemma(1, &[(schema, true), (schema, false)], clash());
            short(Some((0, 1)))
        };
        hand.rejects(&[array, node, two, held], cases(node, None, vec![(way, vec![said], step)]));
    }
}

/// Another value than a listed one may differ in each of the ways.
#[test]
fn differences_are_not_misread() {
    let mut hand = Hand::new();
    let (object_type, array) = (hand.types(Types::OBJECT), hand.types(Types::ARRAY));
    let one = hand.numbers(&[1]);
    let other = hand.arena.not(one);
    let both = hand.numbers(&[1, 2]);
    let neither = hand.arena.not(both);
    let listed = hand.arena.enumeration(vec![Json::Array([number(1), number(1)].into())], None);
    let fewer = (hand.add(Node::MaxItems(1_u8.into())), true);
    let more = (hand.add(Node::MinItems(3_u8.into())), true);
    let at = |hand: &mut Hand, index, schema| (hand.add(Node::ItemAt { index, schema }), true);
    let (first, second) = (at(&mut hand, 0, other), at(&mut hand, 1, other));
    // Each way, closed by the opposite of what the way says.
    let ways = [vec![first], vec![second], vec![more], vec![fewer]];
    for left in 0..4 {
        let state = [vec![array, (listed, false)], ways[left].clone()].concat();
        for others in [false, true] {
            let list = (0..4)
                .filter(|way| others || *way != left)
                .map(|way| (way, vec![(Arena::FALSE, true)], clash()));
            hand.rejects(&state, cases((listed, false), Some(0), list.collect()));
        }
        // Ways that do not hold are closed by what is known; the one that does is left out.
        let mut closed = state.clone();
        closed.extend(
            ways.iter()
                .enumerate()
                .filter(|(way, _)| *way != left)
                .map(|(_, way)| (way[0].0, false)),
        );
        let list = (0..4).filter(|way| *way != left).map(|way| (way, ways[way].clone(), clash()));
        hand.rejects(&closed, cases((listed, false), Some(0), list.collect()));
    }
    // The first differs, but not from 2, and not at another place.
    for said in [at(&mut hand, 0, neither), second] {
        let state = [
            array,
            (listed, false),
            first,
            (said.0, false),
            (second.0, false),
            (more.0, false),
            (fewer.0, false),
        ];
        let list = vec![
            (0, vec![said], clash()),
            (1, vec![second], clash()),
            (2, vec![more], clash()),
            (3, vec![fewer], clash()),
        ];
        hand.rejects(&state, cases((listed, false), Some(0), list));
    }
    // The same of objects.
    let value = Json::Object(Arc::new(BTreeMap::from([("a".into(), number(1))])));
    let listed = hand.arena.enumeration(vec![value], None);
    let absent = (hand.required("a"), false);
    let changed = (hand.exists(named("a"), other), true);
    let keys = Keys { except: vec!["a".into()], ..Keys::default() };
    let extra = (hand.exists(keys, Arena::TRUE), true);
    let ways = [absent, changed, extra];
    for left in 0..3 {
        let mut state = vec![object_type, (listed, false), ways[left]];
        // What is absent is not changed: that much is known anyway.
        state.extend(
            ways.iter().enumerate().filter(|(way, _)| *way != left).map(|(_, way)| (way.0, !way.1)),
        );
        let list = (0..3).filter(|way| *way != left).map(|way| (way, vec![ways[way]], clash()));
        hand.rejects(&state, cases((listed, false), Some(0), list.collect()));
    }
    let b = (hand.required("b"), false);
    let a = (hand.required("a"), true);
    let wrong = (hand.exists(named("a"), neither), true);
    for (absent, changed, known) in [
        (b, changed, (b.0, true)),
        ((a.0, true), changed, absent),
        (absent, wrong, (wrong.0, false)),
        (absent, (hand.exists(named("b"), other), true), b),
    ] {
        let mut state = vec![object_type, (listed, false), known, (extra.0, false)];
        if absent == ways[0] {
            state.extend([a, ways[1]]);
        } else {
            state.push((ways[1].0, false));
        }
        let list = vec![
            (0, vec![absent], clash()),
            (1, vec![changed], clash()),
            (2, vec![extra], clash()),
        ];
        hand.rejects(&state, cases((listed, false), Some(0), list));
    }
    // It need not be of that type.
    let null = hand.numbers(&[7]);
    hand.rejects(
        &[(null, true), (listed, false), (absent.0, true), (extra.0, false), (changed.0, false)],
        cases(
            (listed, false),
            Some(0),
            vec![
                (0, vec![absent], clash()),
                (1, vec![changed], clash()),
                (2, vec![extra], clash()),
            ],
        ),
    );
}
