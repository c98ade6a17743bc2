//! Properties that must exist, told to be one where they need not be.

use std::sync::Arc;

use super::proof::{Hand, clash, named};
use crate::literal::Literal;
use crate::node::{Keys, Node};
use crate::pattern::Pattern;
use crate::primitives::NodeId;
use crate::proof::{Other, Sharing, Step};
use crate::types::TypeSet;

fn case(one: usize, other: Other, both: NodeId) -> Sharing {
    Sharing { one, other, both, step: Arc::new(clash()) }
}

fn shared(wanted: &[NodeId], cases: Vec<Sharing>) -> Step {
    Step::Shared { wanted: wanted.to_vec(), cases }
}

#[test]
fn properties_are_one_only_for_want_of_room() {
    let mut hand = Hand::new();
    let object = hand.types(TypeSet::OBJECT);
    let (null, text) = (hand.types(TypeSet::NULL).id, hand.types(TypeSet::STRING).id);
    let one = hand.exists(Keys::default(), null);
    let other = hand.exists(Keys::default(), text);
    let schema = hand.arena.all(vec![null, text], None);
    let both = hand.exists(Keys::default(), schema);
    let known = [object, Literal::holds(one), Literal::holds(other), Literal::fails(both)];
    let most = |hand: &mut Hand, max: u8| Literal::holds(hand.add(Node::MaxProperties(max.into())));
    let (none, single, two) = (most(&mut hand, 0), most(&mut hand, 1), most(&mut hand, 2));
    let pair = || vec![case(0, Other::Wanted(1), both)];
    // It is a proof where there is room for one.
    let state = [&known[..], &[single]].concat();
    hand.lemma(0, &state, shared(&[one, other], pair()));
    assert!(hand.passes(&state));
    // There is room for both, or no limit, or one that only must not hold.
    hand.rejects(&[&known[..], &[two]].concat(), shared(&[one, other], pair()));
    hand.rejects(&known, shared(&[one, other], pair()));
    hand.rejects(&[&known[..], &[!none]].concat(), shared(&[one, other], pair()));
    // One of them need not exist, or is no property.
    let state = [object, Literal::holds(one), Literal::fails(both), single];
    hand.rejects(&state, shared(&[one, other], pair()));
    let state = [object, Literal::holds(one), Literal::fails(other), Literal::fails(both), single];
    hand.rejects(&state, shared(&[one, other], pair()));
    let state = [object, Literal::holds(one), Literal::fails(both), single];
    hand.rejects(&state, shared(&[one, object.id], pair()));
    // A pair is left out, or told twice, or is of others.
    let state = [&known[..], &[single]].concat();
    hand.rejects(&state, shared(&[one, other], vec![]));
    hand.rejects(&state, shared(&[one, other], vec![case(1, Other::Wanted(0), both)]));
    let more = [pair(), vec![case(0, Other::Wanted(2), both)]].concat();
    hand.rejects(&state, shared(&[one, other], more));
    // It may be a required property.
    let (a, b) = (Literal::holds(hand.required("a")), Literal::holds(hand.required("b")));
    let state = [&known[..], &[two, a]].concat();
    hand.rejects(&state, shared(&[one, other], pair()));
    let at_a = hand.exists(named("a"), null);
    let at_b = hand.exists(named("b"), null);
    let text_at_a = hand.exists(named("a"), text);
    let required = |name: &str| Other::Required(name.into());
    let all = |of_one: NodeId| {
        vec![
            case(0, Other::Wanted(1), both),
            case(0, required("a"), of_one),
            case(1, required("a"), text_at_a),
        ]
    };
    let state = [&known[..], &[two, a, Literal::fails(at_a), Literal::fails(text_at_a)]].concat();
    hand.lemma(0, &state, shared(&[one, other], all(at_a)));
    assert!(hand.passes(&state));
    // The case says of another property, or more of it.
    let state = [&known[..], &[two, a, Literal::fails(at_b), Literal::fails(text_at_a)]].concat();
    hand.rejects(&state, shared(&[one, other], all(at_b)));
    let state = [&known[..], &[two, a, Literal::fails(text_at_a)]].concat();
    hand.rejects(&state, shared(&[one, other], all(text_at_a)));
    // What is known in one case is not known in the next.
    let state = [&known[..2], &[two, a, b]].concat();
    let cases = vec![case(0, required("a"), at_a), case(0, required("b"), at_b)];
    hand.rejects(&state, shared(&[one], cases));
}

#[test]
fn one_property_is_what_the_two_are() {
    let mut hand = Hand::new();
    let object = hand.types(TypeSet::OBJECT);
    let single = Literal::holds(hand.add(Node::MaxProperties(1_u8.into())));
    let pattern = |hand: &mut Hand, text: &str| {
        let pattern = Pattern::new(text).expect("a pattern");
        hand.arena.add_pattern(pattern)
    };
    let (x, y, z) = (pattern(&mut hand, "x"), pattern(&mut hand, "y"), pattern(&mut hand, "z"));
    let (short, long, other) = (
        hand.add(Node::MaxLength(5_u8.into())),
        hand.add(Node::MinLength(2_u8.into())),
        hand.add(Node::MinLength(3_u8.into())),
    );
    let one = Keys {
        matching: vec![x],
        unmatched: vec![z],
        names: Some(Literal::holds(short)),
        ..Keys::default()
    };
    let two = Keys {
        matching: vec![y],
        except: vec!["xy".into()],
        names: Some(Literal::fails(long)),
        ..Keys::default()
    };
    let not_long = hand.arena.not(long);
    let names = hand.arena.all(vec![short, not_long], None);
    let more = hand.arena.all(vec![short, not_long, other], None);
    let right = Keys {
        name: None,
        matching: vec![x, y],
        unmatched: vec![z],
        except: vec!["xy".into()],
        names: Some(Literal::holds(names)),
    };
    let (null, text) = (hand.types(TypeSet::NULL).id, hand.types(TypeSet::STRING).id);
    let wanted = [hand.exists(one, null), hand.exists(two, NodeId::TRUE)];
    let mut passes = |keys: Keys, schema: NodeId| {
        let both = hand.exists(keys, schema);
        let known = wanted.map(Literal::holds);
        let state = [&[object, single, Literal::fails(both)], &known[..]].concat();
        hand.lemma(0, &state, shared(&wanted, vec![case(0, Other::Wanted(1), both)]));
        hand.passes(&state)
    };
    assert!(passes(right.clone(), null));
    // Less may be said of it, but nothing else.
    assert!(passes(Keys::default(), NodeId::TRUE));
    assert!(!passes(right.clone(), text));
    assert!(!passes(Keys { name: Some("x".into()), ..right.clone() }, null));
    assert!(!passes(Keys { matching: vec![x, y, z], ..right.clone() }, null));
    assert!(!passes(Keys { unmatched: vec![z, x], ..right.clone() }, null));
    assert!(!passes(Keys { except: vec!["xy".into(), "yx".into()], ..right.clone() }, null));
    for names in [Literal::fails(short), Literal::holds(long), Literal::holds(other)] {
        assert!(!passes(Keys { names: Some(names), ..right.clone() }, null));
    }
    assert!(!passes(Keys { names: Some(Literal::holds(more)), ..right.clone() }, null));
    assert!(!passes(Keys { names: Some(Literal::fails(names)), ..right }, null));
}
