//! Items of arrays.

use super::proof::{Hand, IMPOSSIBLE, clash, closed, short};

use crate::literal::Literal;
use crate::node::Node;
use crate::number::Count;
use crate::primitives::{LemmaId, NodeId};
use crate::proof::{ArrayStep, Longest, Step};
use crate::types::TypeSet;

#[test]
#[allow(clippy::too_many_lines)] // One after another.
fn items_are_told_apart_by_where_they_are() {
    let mut hand = Hand::new();
    let array = hand.types(TypeSet::ARRAY);
    let count = |n: u8| Count::from(n);
    let text = hand.add(Node::MinLength(1_u8.into()));
    let none = NodeId::FALSE;
    let pair = |hand: &mut Hand, first, rest| {
        Literal::holds(hand.add(Node::Items { prefix: vec![first], rest }))
    };
    let (first_none, rest_none) =
        (pair(&mut hand, none, NodeId::TRUE), pair(&mut hand, NodeId::TRUE, none));
    let min = |hand: &mut Hand, n| Literal::holds(hand.add(Node::MinItems(count(n))));
    let (one, two) = (min(&mut hand, 1), min(&mut hand, 2));
    // An item that cannot be ends the array there.
    hand.rejects(&[array, rest_none, one], short(Some((0, IMPOSSIBLE))));
    hand.rejects(&[array, rest_none, one], short(Some((1, IMPOSSIBLE))));
    hand.rejects(&[array, one], short(Some((0, IMPOSSIBLE))));
    // Of what there may be so many.
    let some = |min: u8, max: Option<u8>| Node::Contains {
        schema: text,
        min: count(min),
        max: max.map(count),
    };
    let twice = hand.add(some(0, Some(2)));
    let forced = |list: &[(u64, usize)]| {
        Step::Array(ArrayStep::TooShort {
            longest: Longest { blocked: None, forced: vec![(twice, closed(list))] },
        })
    };
    hand.lemma(1, &[Literal::holds(text), Literal::fails(text)], clash());
    let all = pair(&mut hand, text, text);
    let (three, four) = (min(&mut hand, 3), min(&mut hand, 4));
    let any = pair(&mut hand, NodeId::TRUE, text);
    for list in [
        &[(0, 1), (1, 1)][..],
        &[(1, 1)],
        &[(1, 1), (1, 1)],
        &[(0, 1), (0, 1), (0, 1)],
        &[(1, 1), (0, 1), (2, 1)],
        &[(1, 1), (2, 1), (3, 1)],
        &[(2, 1), (3, 1), (4, 1)],
    ] {
        hand.rejects(&[array, Literal::holds(twice), any, three], forced(list));
        hand.rejects(&[array, Literal::holds(twice), all, two], forced(list));
        hand.rejects(&[array, all, four], forced(list));
    }
    let free = pair(&mut hand, text, NodeId::TRUE);
    hand.rejects(&[array, Literal::holds(twice), free, four], forced(&[(0, 1), (1, 1)]));
    let prefix =
        Literal::holds(hand.add(Node::Items { prefix: vec![text, text], rest: NodeId::TRUE }));
    hand.rejects(&[array, Literal::holds(twice), prefix, four], forced(&[(0, 1), (1, 1)]));
    // What must occur has a place.
    let missing = |wanted, items: &[(u64, usize)]| {
        Step::Array(ArrayStep::Missing {
            wanted,
            closed: closed(items),
            longest: Longest::default(),
        })
    };
    let at_least = hand.add(some(1, None));
    let at_most = |hand: &mut Hand, n| Literal::holds(hand.add(Node::MaxItems(count(n))));
    let (most_one, most_three) = (at_most(&mut hand, 1), at_most(&mut hand, 3));
    for items in
        [&[][..], &[(0, IMPOSSIBLE)], &[(1, IMPOSSIBLE)], &[(0, IMPOSSIBLE), (1, IMPOSSIBLE)]]
    {
        for state in [
            vec![first_none, most_one, Literal::holds(at_least)],
            vec![Literal::holds(at_least)],
            vec![rest_none, Literal::holds(at_least)],
            vec![Literal::holds(at_least), most_three],
        ] {
            if state.len() == 3 && state[0] == first_none {
                continue;
            }
            hand.rejects(&[vec![array], state].concat(), missing(at_least, items));
        }
    }
    let thrice = hand.add(some(3, None));
    hand.rejects(&[array, Literal::holds(thrice), most_three], missing(thrice, &[]));
    hand.rejects(&[array, rest_none], missing(thrice, &[(1, IMPOSSIBLE)]));
    let rest = hand.add(Node::ItemFrom { from: 0, schema: text });
    hand.rejects(&[array, Literal::holds(rest), rest_none], missing(rest, &[(1, IMPOSSIBLE)]));
    // Those that must occur need not be those of which there may be few.
    let crowded = |wanted, limit, items: &[(u64, usize)]| {
        Step::Array(ArrayStep::Crowded {
            wanted,
            limit,
            closed: closed(items),
            longest: Longest::default(),
        })
    };
    let null = hand.types(TypeSet::NULL).id;
    let few = hand.add(Node::Contains { schema: null, min: Count::ZERO, max: Some(count(2)) });
    hand.lemma(2, &[Literal::holds(text), Literal::fails(text)], clash());
    for lemma in [1, IMPOSSIBLE] {
        hand.rejects(
            &[array, Literal::holds(thrice), Literal::holds(few)],
            crowded(thrice, few, &[(0, lemma)]),
        );
    }
    hand.rejects(&[array, Literal::holds(thrice), Literal::holds(few)], crowded(thrice, few, &[]));
    hand.rejects(&[array, Literal::holds(twice)], crowded(thrice, twice, &[(0, 1)]));
    hand.rejects(&[array, Literal::holds(thrice)], crowded(thrice, twice, &[(0, 1)]));
    let exactly = hand.add(some(2, None));
    hand.rejects(
        &[array, Literal::holds(exactly), Literal::holds(twice)],
        crowded(exactly, twice, &[(0, 1)]),
    );
    // Items may be equal, or different, or not there.
    let unique = hand.add(Node::Unique);
    let repeat = |pairs: &[(u64, u64, usize)]| {
        let pairs = pairs.iter().map(|(one, other, lemma)| (*one, *other, LemmaId::new(*lemma)));
        Step::Array(ArrayStep::NoRepeat { pairs: pairs.collect(), longest: Longest::default() })
    };
    hand.rejects(
        &[array, rest_none],
        repeat(&[(0, 1, IMPOSSIBLE), (0, 2, IMPOSSIBLE), (1, 2, IMPOSSIBLE)]),
    );
    for pairs in [&[][..], &[(0, 1, IMPOSSIBLE)], &[(0, 1, IMPOSSIBLE), (0, 2, IMPOSSIBLE)]] {
        hand.rejects(&[array, Literal::fails(unique)], repeat(pairs));
    }
    let number = hand.types(TypeSet::NUMBER).id;
    hand.lemma(3, &[Literal::holds(null), Literal::holds(number)], clash());
    let apart = Literal::holds(hand.add(Node::Items { prefix: vec![null], rest: number }));
    hand.rejects(&[array, apart, Literal::fails(unique)], repeat(&[(0, 1, 3), (0, 2, 3)]));
    let like = Literal::holds(hand.add(Node::Items { prefix: vec![null, number], rest: number }));
    hand.rejects(
        &[array, like, Literal::fails(unique)],
        repeat(&[(0, 1, 3), (0, 2, 3), (0, 3, 3)]),
    );
    hand.rejects(&[array, like, Literal::fails(unique)], repeat(&[(0, 1, 3), (0, 2, 3)]));
    // Values may be used again, or be others.
    let list = hand.numbers(&[1]);
    let in_list = Literal::holds(hand.add(Node::Items { prefix: vec![], rest: list }));
    let few = |lemma| {
        let lemma = LemmaId::new(lemma);
        Step::Array(ArrayStep::FewValues { values: list, lemma })
    };
    hand.lemma(4, &[Literal::holds(list), Literal::fails(list)], clash());
    hand.rejects(&[array, in_list, two], few(4));
    hand.rejects(&[array, in_list, one, Literal::holds(unique)], few(4));
    hand.rejects(&[array, two, Literal::holds(unique)], few(4));
    hand.rejects(&[array, two, Literal::holds(unique)], few(IMPOSSIBLE));
    let first = Literal::holds(hand.add(Node::Items { prefix: vec![list], rest: NodeId::TRUE }));
    hand.rejects(&[array, first, two, Literal::holds(unique)], few(4));
}
