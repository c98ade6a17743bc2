//! Types and listed values.

use super::proof::{Hand, clash, object, short};

use crate::arena::Arena;
use crate::json::Json;
use crate::node::{Literal, Node};
use crate::number::Count;
use crate::proof::{ArrayStep, Longest, ObjectStep, Step};
use crate::types::Types;

#[test]
fn a_type_that_is_left_is_not_ruled_out() {
    let mut hand = Hand::new();
    let null = hand.types(Types::NULL).0;
    let others = hand.types(Types::NULL.complement()).0;
    hand.lemma(0, &[(null, false), (others, false)], clash());
    assert!(!hand.passes(&[(others, false)]));
    let max = (hand.add(Node::MaxProperties(Count::ZERO)), true);
    let min = (hand.add(Node::MinProperties(1_u8.into())), true);
    hand.rejects(&[max, min], object(ObjectStep::Crowded));
    let max = (hand.add(Node::MaxItems(Count::ZERO)), true);
    let min = (hand.add(Node::MinItems(1_u8.into())), true);
    hand.rejects(&[max, min], short(None));
}

#[test]
fn values_are_ruled_out_by_what_is_known_and_judged() {
    let mut hand = Hand::new();
    let (integer, null) = (hand.types(Types::INTEGER), hand.types(Types::NULL));
    let values = |listed, failing: &[Literal]| Step::Values { listed, failing: failing.into() };
    hand.rejects(&[integer], values(None, &[integer]));
    hand.rejects(&[null], values(None, &[(null.0, false)]));
    hand.rejects(&[null], values(None, &[null]));
    let text = hand.arena.enumeration(vec![Json::String("a".into())], None);
    let format = (hand.add(Node::Format("date".into())), true);
    hand.rejects(&[(text, true), format], values(Some(text), &[format]));
    let one = hand.numbers(&[1]);
    hand.rejects(&[integer], values(Some(one), &[(Arena::FALSE, true)]));
}

/// In draft 4 equal numbers may be spelled in two ways, of which one makes an integer.
#[test]
fn spellings_are_told_apart() {
    let mut hand = Hand::new();
    hand.arena.literal_integers = true;
    let array = hand.types(Types::ARRAY);
    let (integer, fraction) = (hand.types(Types::INTEGER), hand.types(Types::FRACTION));
    let items =
        (hand.add(Node::Items { prefix: vec![integer.0, fraction.0], rest: Arena::FALSE }), true);
    let unique = (hand.add(Node::Unique), false);
    let most = (hand.add(Node::MaxItems(2_u8.into())), true);
    hand.lemma(1, &[integer, fraction], clash());
    let step = ArrayStep::NoRepeat { pairs: vec![(0, 1, 1)], longest: Longest::default() };
    hand.rejects(&[array, items, unique, most], Step::Array(step.clone()));
    // In the schemas of all other drafts no value is both.
    hand.arena.literal_integers = false;
    assert!(hand.passes(&[array, items, unique, most]));
    // Each spelling of a listed number must be ruled out.
    hand.arena.literal_integers = true;
    let one = hand.numbers(&[1]);
    let values = Step::Values { listed: Some(one), failing: vec![fraction] };
    hand.rejects(&[(one, true), fraction], values);
}
