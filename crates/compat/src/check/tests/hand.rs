//! Single conditions of the checker: proofs made by hand, each wrong in one way. What is claimed is
//! false each time, so that nothing else can be what is amiss.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::NoFormats;
use crate::check::check;
use crate::eval::Judge;
use crate::json::Json;
use crate::node::{Arena, Id, Keys, Literal, Node, Types};
use crate::number::{Count, Rational};
use crate::proof::{
    ArrayStep, Case, Cases, Cell, Derivation, Lemma, Longest, NoMember, ObjectStep, Step, Why,
};
use crate::scalar::Scalars;

/// An arena, and the lemmas of a proof: the first is the root.
struct Hand {
    arena: Arena,
    lemmas: HashMap<u32, Lemma>,
}

const IMPOSSIBLE: u32 = 9;

impl Hand {
    fn new() -> Self {
        let mut hand = Self { arena: Arena::new(false), lemmas: HashMap::new() };
        // A lemma that holds: no value meets `false`.
        hand.lemma(IMPOSSIBLE, &[(Arena::FALSE, true)], clash());
        hand
    }

    fn add(&mut self, node: Node) -> Id {
        self.arena.add(node, None)
    }

    fn lemma(&mut self, number: u32, state: &[Literal], step: Step) {
        self.lemmas.insert(number, Lemma { state: state.into(), step: step.into() });
    }

    /// Whether it passes for a proof that no value meets the literals.
    fn passes(&self, literals: &[Literal]) -> bool {
        let judge = Judge::new(&self.arena, &NoFormats);
        let derivation = Derivation { lemmas: self.lemmas.clone(), root: 0 };
        check(&judge, &mut Scalars::default(), &derivation, literals).is_ok()
    }

    /// That a state is met is not disproved by a step.
    #[track_caller]
    fn rejects(&mut self, state: &[Literal], step: Step) {
        self.lemma(0, state, step);
        assert!(!self.passes(state));
    }

    fn types(&mut self, types: Types) -> Literal {
        (self.add(Node::Types(types)), true)
    }

    fn required(&mut self, name: &str) -> Id {
        self.add(Node::Required(name.into()))
    }

    fn numbers(&mut self, numbers: &[i64]) -> Id {
        self.arena.enumeration(numbers.iter().map(|n| number(*n)).collect(), None)
    }

    fn exists(&mut self, keys: Keys, schema: Id) -> Id {
        self.add(Node::Exists { keys, schema })
    }
}

fn number(n: i64) -> Json {
    Json::Number { value: Rational::from_integer(n.into()), float: None }
}

fn named(name: &str) -> Keys {
    Keys { name: Some(name.into()), ..Keys::default() }
}

fn clash() -> Step {
    Step::Clash(Why::Schema(None))
}

fn cases(union: Literal, part: Option<usize>, list: Vec<(usize, Vec<Literal>, Step)>) -> Step {
    let case = |(way, add, step): (usize, Vec<Literal>, Step)| Case { way, add, step: step.into() };
    Step::Cases(Cases { union, part, by: None, cases: list.into_iter().map(case).collect() })
}

fn short(blocked: Option<(u64, u32)>) -> Step {
    Step::Array(ArrayStep::TooShort { longest: Longest { blocked, forced: Vec::new() } })
}

fn object(step: ObjectStep) -> Step {
    Step::Object(step)
}

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

#[test]
fn members_are_told_apart_by_what_is_known() {
    let mut hand = Hand::new();
    let object_type = hand.types(Types::OBJECT);
    let a = (hand.required("a"), true);
    let step = |name: &str, lemma| object(ObjectStep::Member { name: name.into(), lemma });
    let properties = |hand: &mut Hand, rest| {
        let named = BTreeMap::from([("a".into(), Arena::TRUE)]);
        (hand.add(Node::Properties { named, patterns: vec![], rest }), true)
    };
    // Only names that are listed nowhere are the rest.
    let closed = properties(&mut hand, Arena::FALSE);
    hand.rejects(&[object_type, a, closed], step("a", IMPOSSIBLE));
    hand.rejects(&[object_type, closed], step("b", IMPOSSIBLE));
    // A pattern that does not match.
    let other = crate::pattern::parse("^x").expect("a pattern").remove(0).0;
    let pattern = hand.arena.pattern(other);
    let matching = (
        hand.add(Node::Properties {
            named: BTreeMap::new(),
            patterns: vec![(pattern, Arena::FALSE)],
            rest: Arena::TRUE,
        }),
        true,
    );
    hand.rejects(&[object_type, a, matching], step("a", IMPOSSIBLE));
    // What is said of another member, or of some.
    hand.lemma(1, &[(Arena::TRUE, false)], clash());
    let some_b = (hand.exists(named("b"), Arena::TRUE), false);
    hand.rejects(&[object_type, a, some_b], step("a", 1));
    let keys = Keys { except: vec!["a".into()], ..Keys::default() };
    let others = (hand.exists(keys, Arena::TRUE), false);
    hand.rejects(&[object_type, a, others], step("a", 1));
    let null = hand.types(Types::NULL).0;
    let text = hand.types(Types::STRING).0;
    hand.lemma(1, &[(null, true), (text, true)], clash());
    let a_null = (hand.exists(named("a"), null), true);
    let b_text = (hand.exists(named("b"), text), true);
    hand.rejects(&[object_type, a_null, b_text], step("a", 1));
    // A name is bad only if it is required, by a schema for names that rejects it.
    let long = hand.add(Node::MinLength(2_u8.into()));
    let names = (hand.add(Node::Names(long)), true);
    let format = hand.add(Node::Format("date".into()));
    let dates = (hand.add(Node::Names(format)), true);
    let bad = |name: &str, names| object(ObjectStep::BadName { name: name.into(), names });
    hand.rejects(&[object_type, names], bad("a", long));
    hand.rejects(&[object_type, a], bad("a", long));
    hand.rejects(&[object_type, a, dates], bad("a", format));
    // Reasons why a member is not the one.
    let wanted = |exists, keys: &[(&str, NoMember)], cells| {
        let keys = keys.iter().map(|(name, reason)| ((*name).into(), reason.clone())).collect();
        object(ObjectStep::Wanted { exists, keys, cells })
    };
    let some_a = hand.exists(named("a"), Arena::TRUE);
    let one = (hand.add(Node::MaxProperties(1_u8.into())), true);
    let here = Some(Cell::NotAmong);
    for reason in [
        NoMember::Full,
        NoMember::NotAmong,
        NoMember::Forbidden,
        NoMember::Possible,
        NoMember::BadName(long),
        NoMember::BadName(format),
    ] {
        let state = [object_type, (some_a, true), one];
        hand.rejects(&state, wanted(some_a, &[("a", reason.clone())], here.clone()));
        hand.rejects(&state, wanted(some_a, &[("a", reason)], None));
    }
    hand.rejects(&[object_type, (some_a, true), one], wanted(some_a, &[], None));
    hand.rejects(&[object_type, (some_a, true)], wanted(some_a, &[], here));
    let any = hand.exists(Keys::default(), Arena::TRUE);
    hand.rejects(&[object_type, one, (any, true)], wanted(any, &[("a", NoMember::Full)], None));
    hand.rejects(&[object_type, (any, true)], wanted(any, &[], None));
    hand.rejects(&[object_type], wanted(any, &[], Some(Cell::NoValue(IMPOSSIBLE))));
    let nothing = hand.exists(Keys::default(), Arena::FALSE);
    hand.rejects(&[object_type], wanted(nothing, &[], Some(Cell::NoValue(IMPOSSIBLE))));
}

/// What holds of names without a pattern holds of these only.
#[test]
fn names_are_told_apart_by_what_is_known() {
    let mut hand = Hand::new();
    let object_type = hand.types(Types::OBJECT);
    let pattern = |hand: &mut Hand, text: &str| {
        let pattern = crate::pattern::parse(text).expect("a pattern").remove(0).0;
        hand.arena.pattern(pattern)
    };
    let (x, y) = (pattern(&mut hand, "^x"), pattern(&mut hand, "^y"));
    let (has_x, has_y) = (hand.add(Node::Pattern(x)), hand.add(Node::Pattern(y)));
    let keys = |matching: &[u32], unmatched: &[u32]| Keys {
        matching: matching.into(),
        unmatched: unmatched.into(),
        ..Keys::default()
    };
    let split = |pattern, without, with| Cell::Split {
        pattern,
        without: Box::new(without),
        with: Box::new(with),
    };
    let wants = |hand: &mut Hand, keys: Keys, more: &[Literal], cells: Cell| {
        let exists = hand.exists(keys, Arena::TRUE);
        let state = [&[object_type, (exists, true)], more].concat();
        hand.rejects(
            &state,
            object(ObjectStep::Wanted { exists, keys: vec![], cells: Some(cells) }),
        );
    };
    wants(&mut hand, keys(&[x], &[]), &[], Cell::NotAmong);
    wants(&mut hand, keys(&[x], &[]), &[], split(has_x, Cell::NotAmong, Cell::NotAmong));
    wants(&mut hand, keys(&[], &[x]), &[], Cell::NotAmong);
    wants(&mut hand, keys(&[], &[x]), &[], split(has_x, Cell::NotAmong, Cell::NotAmong));
    wants(&mut hand, keys(&[x], &[]), &[], split(has_y, Cell::NotAmong, Cell::NotAmong));
    // What is known within one part of a split is not known in the other.
    let inner = split(has_y, Cell::NotAmong, Cell::NotAmong);
    wants(&mut hand, keys(&[x], &[]), &[], split(has_x, Cell::NotAmong, inner));
    wants(&mut hand, keys(&[], &[]), &[], split(Arena::TRUE, Cell::NotAmong, Cell::NotAmong));
    // A name beyond those that were looked at.
    let text = hand.types(Types::STRING).0;
    let a = hand.arena.enumeration(vec![Json::String("a".into())], None);
    hand.lemma(1, &[(text, true), (a, false), (a, true)], clash());
    wants(&mut hand, Keys::default(), &[], Cell::NoName(1));
    let only_a = (hand.add(Node::Names(a)), true);
    wants(&mut hand, Keys::default(), &[only_a], Cell::NoName(1));
    hand.lemma(1, &[(a, true)], Step::Values { listed: Some(a), failing: vec![(a, false)] });
    wants(&mut hand, Keys::default(), &[], Cell::NoName(1));
    // The rest is what no pattern matches and no name is.
    let of = |named: &[&str], patterns: &[(u32, Id)]| Node::Properties {
        named: named.iter().map(|name| ((*name).into(), Arena::TRUE)).collect(),
        patterns: patterns.into(),
        rest: Arena::FALSE,
    };
    let by_name = (hand.add(of(&["a"], &[])), true);
    wants(&mut hand, Keys::default(), &[by_name], Cell::NoValue(IMPOSSIBLE));
    let by_pattern = (hand.add(of(&[], &[(x, Arena::TRUE)])), true);
    wants(&mut hand, Keys::default(), &[by_pattern], Cell::NoValue(IMPOSSIBLE));
    let value = || Cell::NoValue(IMPOSSIBLE);
    wants(&mut hand, Keys::default(), &[by_pattern], split(has_x, value(), value()));
    let closed = Node::Properties {
        named: BTreeMap::new(),
        patterns: vec![(x, Arena::FALSE)],
        rest: Arena::TRUE,
    };
    let closed = (hand.add(closed), true);
    wants(&mut hand, Keys::default(), &[closed], value());
    wants(&mut hand, Keys::default(), &[closed], split(has_x, value(), value()));
}

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

#[test]
fn values_of_a_member_tell_cases_apart() {
    let mut hand = Hand::new();
    let object_type = hand.types(Types::OBJECT);
    let (one, two, both) = (hand.numbers(&[1]), hand.numbers(&[2]), hand.numbers(&[1, 2]));
    let of = |hand: &mut Hand, name: &str, values| hand.exists(named(name), values);
    let (a1, a2, b2, among) = (
        of(&mut hand, "a", one),
        of(&mut hand, "a", two),
        of(&mut hand, "b", two),
        of(&mut hand, "a", both),
    );
    let by = |among, cases: &[Id]| {
        let step = |id: &Id| (*id, Arc::new(clash()));
        Step::ByValue { among, cases: cases.iter().map(step).collect(), otherwise: clash().into() }
    };
    let no = |id| (id, false);
    hand.rejects(&[object_type, (among, true), no(a1)], by(among, &[a1]));
    hand.rejects(&[object_type, (among, true), no(a1), no(b2)], by(among, &[a1, b2]));
    hand.rejects(&[object_type, no(a1), no(a2)], by(among, &[a1, a2]));
    hand.rejects(&[object_type, (among, true)], by(among, &[a1, a2]));
    let keys = Keys { except: vec!["a".into()], ..named("a") };
    let never = hand.exists(keys, two);
    hand.rejects(&[object_type, (among, true), no(a1), no(never)], by(among, &[a1, never]));
    // What holds in one case does not in the next.
    let no_a = hand.required("a");
    hand.rejects(&[object_type, no(no_a)], by(among, &[a1, a2]));
    // A part may lack the property, or the value may be no object.
    let tagged = |hand: &mut Hand, id: Id, required: bool, object: bool| {
        let named = BTreeMap::from([("k".into(), id)]);
        let mut parts =
            vec![hand.add(Node::Properties { named, patterns: vec![], rest: Arena::TRUE })];
        if required {
            parts.push(hand.required("k"));
        }
        if object {
            parts.push(object_type.0);
        }
        hand.arena.all(parts, None)
    };
    let known = BTreeMap::from([("k".into(), one)]);
    let known =
        (hand.add(Node::Properties { named: known, patterns: vec![], rest: Arena::TRUE }), true);
    let excluded = |hand: &mut Hand, parts: Vec<Id>, path: &[&str], more: &[Literal]| {
        let union = (hand.add(Node::Any(parts)), true);
        let path: Vec<Arc<str>> = path.iter().map(|name| (*name).into()).collect();
        let step = Step::Cases(Cases { union, part: None, by: Some(path.into()), cases: vec![] });
        hand.rejects(&[&[union], more].concat(), step);
    };
    let right = tagged(&mut hand, two, true, true);
    let loose = tagged(&mut hand, two, false, true);
    let same = tagged(&mut hand, both, true, true);
    let untyped = tagged(&mut hand, two, true, false);
    excluded(&mut hand, vec![loose], &["k"], &[object_type, known]);
    excluded(&mut hand, vec![same], &["k"], &[object_type, known]);
    excluded(&mut hand, vec![untyped], &["k"], &[known]);
    excluded(&mut hand, vec![right], &["k"], &[object_type]);
    // Within: a union of which one part does not say, an inner value that may be no object.
    let inner = hand.add(Node::One(vec![right, Arena::TRUE]));
    excluded(&mut hand, vec![inner], &["k"], &[object_type, known]);
    let holder = |hand: &mut Hand, inner| {
        let named = BTreeMap::from([("h".into(), inner)]);
        let properties = hand.add(Node::Properties { named, patterns: vec![], rest: Arena::TRUE });
        let required = hand.required("h");
        hand.arena.all(vec![properties, required], None)
    };
    let outer = holder(&mut hand, untyped);
    let known = BTreeMap::from([("h".into(), known.0)]);
    let known =
        (hand.add(Node::Properties { named: known, patterns: vec![], rest: Arena::TRUE }), true);
    excluded(&mut hand, vec![outer], &["h", "k"], &[object_type, known]);
}
