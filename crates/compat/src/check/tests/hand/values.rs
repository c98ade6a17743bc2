//! Types and listed values.

use super::proof::{Hand, clash, object, short};

use crate::json::Json;
use crate::literal::Literal;
use crate::node::Node;
use crate::number::Count;
use crate::primitives::{LemmaId, NodeId};
use crate::proof::{ArrayStep, Longest, ObjectStep, Step};
use crate::types::TypeSet;

#[test]
fn a_type_that_is_left_is_not_ruled_out() {
    let mut hand = Hand::new();
    let null = hand.types(TypeSet::NULL).id;
    let others = hand.types(TypeSet::NULL.complement()).id;
    hand.lemma(0, &[Literal::fails(null), Literal::fails(others)], clash());
    assert!(!hand.passes(&[Literal::fails(others)]));
    let max = Literal::holds(hand.add(Node::MaxProperties(Count::ZERO)));
    let min = Literal::holds(hand.add(Node::MinProperties(1_u8.into())));
    hand.rejects(&[max, min], object(ObjectStep::Crowded));
    let max = Literal::holds(hand.add(Node::MaxItems(Count::ZERO)));
    let min = Literal::holds(hand.add(Node::MinItems(1_u8.into())));
    hand.rejects(&[max, min], short(None));
}

#[test]
fn values_are_ruled_out_by_what_is_known_and_judged() {
    let mut hand = Hand::new();
    let (integer, null) = (hand.types(TypeSet::INTEGER), hand.types(TypeSet::NULL));
    let values = |listed, failing: &[Literal]| Step::Values { listed, failing: failing.into() };
    hand.rejects(&[integer], values(None, &[integer]));
    hand.rejects(&[null], values(None, &[Literal::fails(null.id)]));
    hand.rejects(&[null], values(None, &[null]));
    let text = hand.arena.enumeration(vec![Json::String("a".into())], None);
    let format = Literal::holds(hand.add(Node::Format("date".into())));
    hand.rejects(&[Literal::holds(text), format], values(Some(text), &[format]));
    let one = hand.numbers(&[1]);
    hand.rejects(&[integer], values(Some(one), &[Literal::holds(NodeId::FALSE)]));
}

/// In draft 4 equal numbers may be spelled in two ways, of which one makes an integer.
#[test]
fn spellings_are_told_apart() {
    let mut hand = Hand::new();
    hand.arena.literal_integers = true;
    let array = hand.types(TypeSet::ARRAY);
    let (integer, fraction) = (hand.types(TypeSet::INTEGER), hand.types(TypeSet::FRACTION));
    let items = Literal::holds(
        hand.add(Node::Items { prefix: vec![integer.id, fraction.id], rest: NodeId::FALSE }),
    );
    let unique = Literal::fails(hand.add(Node::Unique));
    let most = Literal::holds(hand.add(Node::MaxItems(2_u8.into())));
    hand.lemma(1, &[integer, fraction], clash());
    let step =
        ArrayStep::NoRepeat { pairs: vec![(0, 1, LemmaId::new(1))], longest: Longest::default() };
    hand.rejects(&[array, items, unique, most], Step::Array(step.clone()));
    // In the schemas of all other drafts no value is both.
    hand.arena.literal_integers = false;
    assert!(hand.passes(&[array, items, unique, most]));
    // Each spelling of a listed number must be ruled out.
    hand.arena.literal_integers = true;
    let one = hand.numbers(&[1]);
    let values = Step::Values { listed: Some(one), failing: vec![fraction] };
    hand.rejects(&[Literal::holds(one), fraction], values);
}
