//! Items of arrays.

use super::proof::{Hand, IMPOSSIBLE, clash, short};

use crate::arena::Arena;
use crate::node::Node;
use crate::number::Count;
use crate::proof::{ArrayStep, Longest, Step};
use crate::types::Types;

#[test]
#[allow(clippy::too_many_lines)] // One after another.
fn items_are_told_apart_by_where_they_are() {
    let mut hand = Hand::new();
    let array = hand.types(Types::ARRAY);
    let count = |n: u8| Count::from(n);
    let text = hand.add(Node::MinLength(1_u8.into()));
    let none = Arena::FALSE;
    let pair =
        |hand: &mut Hand, first, rest| (hand.add(Node::Items { prefix: vec![first], rest }), true);
    let (first_none, rest_none) =
        (pair(&mut hand, none, Arena::TRUE), pair(&mut hand, Arena::TRUE, none));
    let min = |hand: &mut Hand, n| (hand.add(Node::MinItems(count(n))), true);
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
    let forced = |list: &[(u64, u32)]| {
        Step::Array(ArrayStep::TooShort {
            longest: Longest { blocked: None, forced: vec![(twice, list.to_vec())] },
        })
    };
    hand.lemma(1, &[(text, true), (text, false)], clash());
    let all = pair(&mut hand, text, text);
    let (three, four) = (min(&mut hand, 3), min(&mut hand, 4));
    let any = pair(&mut hand, Arena::TRUE, text);
    for list in [
        &[(0, 1), (1, 1)][..],
        &[(1, 1)],
        &[(1, 1), (1, 1)],
        &[(0, 1), (0, 1), (0, 1)],
        &[(1, 1), (0, 1), (2, 1)],
        &[(1, 1), (2, 1), (3, 1)],
        &[(2, 1), (3, 1), (4, 1)],
    ] {
        hand.rejects(&[array, (twice, true), any, three], forced(list));
        hand.rejects(&[array, (twice, true), all, two], forced(list));
        hand.rejects(&[array, all, four], forced(list));
    }
    let free = pair(&mut hand, text, Arena::TRUE);
    hand.rejects(&[array, (twice, true), free, four], forced(&[(0, 1), (1, 1)]));
    let prefix = (hand.add(Node::Items { prefix: vec![text, text], rest: Arena::TRUE }), true);
    hand.rejects(&[array, (twice, true), prefix, four], forced(&[(0, 1), (1, 1)]));
    // What must occur has a place.
    let missing = |wanted, closed: &[(u64, u32)]| {
        Step::Array(ArrayStep::Missing {
            wanted,
            closed: closed.to_vec(),
            longest: Longest::default(),
        })
    };
    let at_least = hand.add(some(1, None));
    let at_most = |hand: &mut Hand, n| (hand.add(Node::MaxItems(count(n))), true);
    let (most_one, most_three) = (at_most(&mut hand, 1), at_most(&mut hand, 3));
    for closed in
        [&[][..], &[(0, IMPOSSIBLE)], &[(1, IMPOSSIBLE)], &[(0, IMPOSSIBLE), (1, IMPOSSIBLE)]]
    {
        for state in [
            vec![first_none, most_one, (at_least, true)],
            vec![(at_least, true)],
            vec![rest_none, (at_least, true)],
            vec![(at_least, true), most_three],
        ] {
            if state.len() == 3 && state[0] == first_none {
                continue;
            }
            hand.rejects(&[vec![array], state].concat(), missing(at_least, closed));
        }
    }
    let thrice = hand.add(some(3, None));
    hand.rejects(&[array, (thrice, true), most_three], missing(thrice, &[]));
    hand.rejects(&[array, rest_none], missing(thrice, &[(1, IMPOSSIBLE)]));
    let rest = hand.add(Node::ItemFrom { from: 0, schema: text });
    hand.rejects(&[array, (rest, true), rest_none], missing(rest, &[(1, IMPOSSIBLE)]));
    // Those that must occur need not be those of which there may be few.
    let crowded = |wanted, limit, closed: &[(u64, u32)]| {
        Step::Array(ArrayStep::Crowded {
            wanted,
            limit,
            closed: closed.to_vec(),
            longest: Longest::default(),
        })
    };
    let null = hand.types(Types::NULL).0;
    let few = hand.add(Node::Contains { schema: null, min: Count::ZERO, max: Some(count(2)) });
    hand.lemma(2, &[(text, true), (text, false)], clash());
    for lemma in [1, IMPOSSIBLE] {
        hand.rejects(&[array, (thrice, true), (few, true)], crowded(thrice, few, &[(0, lemma)]));
    }
    hand.rejects(&[array, (thrice, true), (few, true)], crowded(thrice, few, &[]));
    hand.rejects(&[array, (twice, true)], crowded(thrice, twice, &[(0, 1)]));
    hand.rejects(&[array, (thrice, true)], crowded(thrice, twice, &[(0, 1)]));
    let exactly = hand.add(some(2, None));
    hand.rejects(&[array, (exactly, true), (twice, true)], crowded(exactly, twice, &[(0, 1)]));
    // Items may be equal, or different, or not there.
    let unique = hand.add(Node::Unique);
    let repeat = |pairs: &[(u64, u64, u32)]| {
        Step::Array(ArrayStep::NoRepeat { pairs: pairs.to_vec(), longest: Longest::default() })
    };
    hand.rejects(
        &[array, rest_none],
        repeat(&[(0, 1, IMPOSSIBLE), (0, 2, IMPOSSIBLE), (1, 2, IMPOSSIBLE)]),
    );
    for pairs in [&[][..], &[(0, 1, IMPOSSIBLE)], &[(0, 1, IMPOSSIBLE), (0, 2, IMPOSSIBLE)]] {
        hand.rejects(&[array, (unique, false)], repeat(pairs));
    }
    let number = hand.types(Types::NUMBER).0;
    hand.lemma(3, &[(null, true), (number, true)], clash());
    let apart = (hand.add(Node::Items { prefix: vec![null], rest: number }), true);
    hand.rejects(&[array, apart, (unique, false)], repeat(&[(0, 1, 3), (0, 2, 3)]));
    let like = (hand.add(Node::Items { prefix: vec![null, number], rest: number }), true);
    hand.rejects(&[array, like, (unique, false)], repeat(&[(0, 1, 3), (0, 2, 3), (0, 3, 3)]));
    hand.rejects(&[array, like, (unique, false)], repeat(&[(0, 1, 3), (0, 2, 3)]));
    // Values may be used again, or be others.
    let list = hand.numbers(&[1]);
    let in_list = (hand.add(Node::Items { prefix: vec![], rest: list }), true);
    let few = |lemma| Step::Array(ArrayStep::FewValues { values: list, lemma });
    hand.lemma(4, &[(list, true), (list, false)], clash());
    hand.rejects(&[array, in_list, two], few(4));
    hand.rejects(&[array, in_list, one, (unique, true)], few(4));
    hand.rejects(&[array, two, (unique, true)], few(4));
    hand.rejects(&[array, two, (unique, true)], few(IMPOSSIBLE));
    let first = (hand.add(Node::Items { prefix: vec![list], rest: Arena::TRUE }), true);
    hand.rejects(&[array, first, two, (unique, true)], few(4));
}
