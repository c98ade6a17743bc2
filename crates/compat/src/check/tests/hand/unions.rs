//! Cases of unions, and the ways in which assertions fail.

use super::proof::{Hand, IMPOSSIBLE, cases, clash, closed, named, number, object, short};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::json::Json;
use crate::literal::Literal;
use crate::node::{Keys, Node};
use crate::number::Count;
use crate::primitives::{LemmaId, NodeId};
use crate::proof::{ArrayStep, Cell, Longest, ObjectStep, Step};
use crate::types::TypeSet;

/// Facts of one case are not known in another.
#[test]
fn cases_do_not_leak() {
    for negated_last in [true, false] {
        let mut hand = Hand::new();
        let (object, a) = (hand.types(TypeSet::OBJECT), hand.required("a"));
        let (first, second) = if negated_last {
            (a, hand.arena.not(a))
        } else {
            (hand.arena.not(a), hand.exists(named("a"), NodeId::TRUE))
        };
        let first = hand.add(Node::All(vec![NodeId::FALSE, first]));
        let union = Literal::holds(hand.add(Node::Any(vec![first, second])));
        let list = vec![
            (0, vec![Literal::holds(first)], clash()),
            (1, vec![Literal::holds(second)], clash()),
        ];
        hand.rejects(&[object, union], cases(union, None, list));
    }
}

#[test]
fn a_case_says_what_its_way_says() {
    let mut hand = Hand::new();
    let a = hand.add(Node::MinLength(1_u8.into()));
    let b = hand.add(Node::MinLength(2_u8.into()));
    let text = hand.types(TypeSet::STRING);
    let one = |literal: Literal| vec![(0, vec![literal], clash())];
    let any = Literal::holds(hand.add(Node::Any(vec![a, b])));
    hand.rejects(
        &[text, any, Literal::holds(a), Literal::fails(b)],
        cases(any, None, one(Literal::fails(a))),
    );
    let exactly = Literal::holds(hand.add(Node::One(vec![a, b])));
    for said in [Literal::holds(b), Literal::fails(a)] {
        hand.rejects(
            &[text, exactly, Literal::holds(a), Literal::fails(b)],
            cases(exactly, None, one(said)),
        );
    }
    // Both hold.
    let not_one = Literal::fails(exactly.id);
    let list = |second: Literal| {
        vec![
            (0, vec![Literal::fails(a)], clash()),
            (1, vec![second], clash()),
            (2, vec![Literal::fails(a)], clash()),
        ]
    };
    hand.rejects(
        &[text, not_one, Literal::holds(a), Literal::holds(b)],
        cases(not_one, None, list(Literal::fails(b))),
    );
    // None holds.
    let list = vec![(1, vec![Literal::holds(a)], clash()), (2, vec![Literal::holds(b)], clash())];
    hand.rejects(
        &[text, not_one, Literal::fails(a), Literal::fails(b)],
        cases(not_one, None, list),
    );
    // The part that is said to hold does not, or is not the only one.
    let list = vec![(1, vec![Literal::holds(b)], clash())];
    hand.rejects(
        &[text, not_one, Literal::fails(a), Literal::fails(b)],
        cases(not_one, Some(0), list),
    );
    hand.rejects(
        &[text, not_one, Literal::holds(a), Literal::holds(b)],
        cases(not_one, Some(1), vec![]),
    );
}

/// A universal assertion fails as it can, not otherwise.
#[test]
fn violations_are_not_misread() {
    let mut hand = Hand::new();
    let (object_type, array) = (hand.types(TypeSet::OBJECT), hand.types(TypeSet::ARRAY));
    let schema = hand.add(Node::MinLength(1_u8.into()));
    let not = hand.arena.not(schema);
    let none = NodeId::FALSE;
    let single = Literal::holds(hand.add(Node::MaxItems(1_u8.into())));
    // The first of one item.
    let items = Literal::fails(hand.add(Node::Items { prefix: vec![schema], rest: NodeId::TRUE }));
    for (index, inner, step) in [(1, not, short(None)), (0, none, short(Some((0, IMPOSSIBLE))))] {
        let said = Literal::holds(hand.add(Node::ItemAt { index, schema: inner }));
        hand.rejects(&[array, items, single], cases(items, None, vec![(0, vec![said], step)]));
    }
    let items = Literal::fails(hand.add(Node::Items { prefix: vec![], rest: schema }));
    for (from, inner) in [(1, not), (0, none)] {
        let said = Literal::holds(hand.add(Node::ItemFrom { from, schema: inner }));
        let missing = ArrayStep::Missing {
            wanted: said.id,
            closed: closed(&[(0, IMPOSSIBLE)]),
            longest: Longest::default(),
        };
        let step = if from == 0 { Step::Array(missing) } else { short(None) };
        hand.rejects(&[array, items, single], cases(items, None, vec![(0, vec![said], step)]));
    }
    // The member `a`.
    let properties = Node::Properties {
        named: BTreeMap::from([("a".into(), schema)]),
        patterns: vec![],
        rest: NodeId::TRUE,
    };
    let properties = Literal::fails(hand.add(properties));
    let no_b = Literal::fails(hand.required("b"));
    let member = object(ObjectStep::Member { name: "a".into(), lemma: LemmaId::new(IMPOSSIBLE) });
    for (name, inner, step) in [("b", not, clash()), ("a", none, member)] {
        let said = Literal::holds(hand.exists(named(name), inner));
        let state = [object_type, properties, no_b];
        hand.rejects(&state, cases(properties, None, vec![(0, vec![said], step)]));
    }
    // A name.
    let names = Literal::fails(hand.add(Node::Names(schema)));
    let keys = Keys { names: Some(Literal::fails(schema)), ..Keys::default() };
    let exists = hand.exists(keys, none);
    let wanted = ObjectStep::Wanted {
        exists,
        keys: vec![],
        cells: Some(Cell::NoValue(LemmaId::new(IMPOSSIBLE))),
    };
    let list = vec![(0, vec![Literal::holds(exists)], object(wanted))];
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
        let (node, said) = (Literal::fails(hand.add(node)), Literal::holds(hand.add(said)));
        let two = Literal::holds(hand.add(Node::MaxItems(2_u8.into())));
        let held = Literal::holds(hand.add(Node::ItemAt { index: 0, schema }));
        let step = if way == 1 {
            short(None)
        } else {
            hand.lemma(1, &[Literal::holds(schema), Literal::fails(schema)], clash());
            short(Some((0, 1)))
        };
        hand.rejects(&[array, node, two, held], cases(node, None, vec![(way, vec![said], step)]));
    }
}

/// Another value than a listed one may differ in each of the ways.
#[test]
fn differences_of_arrays_are_not_misread() {
    let mut hand = Hand::new();
    let array = hand.types(TypeSet::ARRAY);
    let one = hand.numbers(&[1]);
    let other = hand.arena.not(one);
    let both = hand.numbers(&[1, 2]);
    let neither = hand.arena.not(both);
    let listed = hand.arena.enumeration(vec![Json::Array([number(1), number(1)].into())], None);
    let fewer = Literal::holds(hand.add(Node::MaxItems(1_u8.into())));
    let more = Literal::holds(hand.add(Node::MinItems(3_u8.into())));
    let at =
        |hand: &mut Hand, index, schema| Literal::holds(hand.add(Node::ItemAt { index, schema }));
    let (first, second) = (at(&mut hand, 0, other), at(&mut hand, 1, other));
    // Each way, closed by the opposite of what the way says.
    let ways = [vec![first], vec![second], vec![more], vec![fewer]];
    for left in 0..4 {
        let state = [vec![array, Literal::fails(listed)], ways[left].clone()].concat();
        for others in [false, true] {
            let list = (0..4)
                .filter(|way| others || *way != left)
                .map(|way| (way, vec![Literal::holds(NodeId::FALSE)], clash()));
            hand.rejects(&state, cases(Literal::fails(listed), Some(0), list.collect()));
        }
        // Ways that do not hold are closed by what is known; the one that does is left out.
        let mut closed = state.clone();
        closed.extend(
            ways.iter()
                .enumerate()
                .filter(|(way, _)| *way != left)
                .map(|(_, way)| Literal::fails(way[0].id)),
        );
        let list = (0..4).filter(|way| *way != left).map(|way| (way, ways[way].clone(), clash()));
        hand.rejects(&closed, cases(Literal::fails(listed), Some(0), list.collect()));
    }
    // The first differs, but not from 2, and not at another place.
    for said in [at(&mut hand, 0, neither), second] {
        let state = [
            array,
            Literal::fails(listed),
            first,
            Literal::fails(said.id),
            Literal::fails(second.id),
            Literal::fails(more.id),
            Literal::fails(fewer.id),
        ];
        let list = vec![
            (0, vec![said], clash()),
            (1, vec![second], clash()),
            (2, vec![more], clash()),
            (3, vec![fewer], clash()),
        ];
        hand.rejects(&state, cases(Literal::fails(listed), Some(0), list));
    }
}

#[test]
fn differences_of_objects_are_not_misread() {
    let mut hand = Hand::new();
    let object_type = hand.types(TypeSet::OBJECT);
    let (one, both) = (hand.numbers(&[1]), hand.numbers(&[1, 2]));
    let (other, neither) = (hand.arena.not(one), hand.arena.not(both));
    let value = Json::Object(Arc::new(BTreeMap::from([("a".into(), number(1))])));
    let listed = hand.arena.enumeration(vec![value], None);
    let absent = Literal::fails(hand.required("a"));
    let changed = Literal::holds(hand.exists(named("a"), other));
    let keys = Keys { except: vec!["a".into()], ..Keys::default() };
    let extra = Literal::holds(hand.exists(keys, NodeId::TRUE));
    let ways = [absent, changed, extra];
    for left in 0..3 {
        let mut state = vec![object_type, Literal::fails(listed), ways[left]];
        // What is absent is not changed: that much is known anyway.
        state.extend(ways.iter().enumerate().filter(|(way, _)| *way != left).map(|(_, way)| !*way));
        let list = (0..3).filter(|way| *way != left).map(|way| (way, vec![ways[way]], clash()));
        hand.rejects(&state, cases(Literal::fails(listed), Some(0), list.collect()));
    }
    let b = Literal::fails(hand.required("b"));
    let a = Literal::holds(hand.required("a"));
    let wrong = Literal::holds(hand.exists(named("a"), neither));
    for (absent, changed, known) in [
        (b, changed, Literal::holds(b.id)),
        (Literal::holds(a.id), changed, absent),
        (absent, wrong, Literal::fails(wrong.id)),
        (absent, Literal::holds(hand.exists(named("b"), other)), b),
    ] {
        let mut state = vec![object_type, Literal::fails(listed), known, Literal::fails(extra.id)];
        if absent == ways[0] {
            state.extend([a, ways[1]]);
        } else {
            state.push(Literal::fails(ways[1].id));
        }
        let list = vec![
            (0, vec![absent], clash()),
            (1, vec![changed], clash()),
            (2, vec![extra], clash()),
        ];
        hand.rejects(&state, cases(Literal::fails(listed), Some(0), list));
    }
    // It need not be of that type.
    let null = hand.numbers(&[7]);
    hand.rejects(
        &[
            Literal::holds(null),
            Literal::fails(listed),
            Literal::holds(absent.id),
            Literal::fails(extra.id),
            Literal::fails(changed.id),
        ],
        cases(
            Literal::fails(listed),
            Some(0),
            vec![
                (0, vec![absent], clash()),
                (1, vec![changed], clash()),
                (2, vec![extra], clash()),
            ],
        ),
    );
}
