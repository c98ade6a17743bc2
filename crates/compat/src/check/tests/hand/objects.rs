//! Members of objects, their names and values.

use super::proof::{Hand, IMPOSSIBLE, clash, named, object};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::json::Json;
use crate::literal::Literal;
use crate::node::{Keys, Node};
use crate::pattern::Pattern;
use crate::primitives::{LemmaId, NodeId, PatternId};
use crate::proof::{Cases, Cell, NoMember, ObjectStep, Step};
use crate::types::TypeSet;

#[test]
fn members_are_told_apart_by_what_is_known() {
    let mut hand = Hand::new();
    let object_type = hand.types(TypeSet::OBJECT);
    let a = Literal::holds(hand.required("a"));
    let step = |name: &str, lemma| {
        let lemma = LemmaId::new(lemma);
        object(ObjectStep::Member { name: name.into(), lemma })
    };
    let properties = |hand: &mut Hand, rest| {
        let named = BTreeMap::from([("a".into(), NodeId::TRUE)]);
        Literal::holds(hand.add(Node::Properties { named, patterns: vec![], rest }))
    };
    // Only names that are listed nowhere are the rest.
    let closed = properties(&mut hand, NodeId::FALSE);
    hand.rejects(&[object_type, a, closed], step("a", IMPOSSIBLE));
    hand.rejects(&[object_type, closed], step("b", IMPOSSIBLE));
    // A pattern that does not match.
    let other = Pattern::new("^x").expect("a pattern");
    let pattern = hand.arena.add_pattern(other);
    let matching = Literal::holds(hand.add(Node::Properties {
        named: BTreeMap::new(),
        patterns: vec![(pattern, NodeId::FALSE)],
        rest: NodeId::TRUE,
    }));
    hand.rejects(&[object_type, a, matching], step("a", IMPOSSIBLE));
    // What is said of another member, or of some.
    hand.lemma(1, &[Literal::fails(NodeId::TRUE)], clash());
    let some_b = Literal::fails(hand.exists(named("b"), NodeId::TRUE));
    hand.rejects(&[object_type, a, some_b], step("a", 1));
    let keys = Keys { except: vec!["a".into()], ..Keys::default() };
    let others = Literal::fails(hand.exists(keys, NodeId::TRUE));
    hand.rejects(&[object_type, a, others], step("a", 1));
    let null = hand.types(TypeSet::NULL).id;
    let text = hand.types(TypeSet::STRING).id;
    hand.lemma(1, &[Literal::holds(null), Literal::holds(text)], clash());
    let a_null = Literal::holds(hand.exists(named("a"), null));
    let b_text = Literal::holds(hand.exists(named("b"), text));
    hand.rejects(&[object_type, a_null, b_text], step("a", 1));
    // A name is bad only if it is required, by a schema for names that rejects it.
    let long = hand.add(Node::MinLength(2_u8.into()));
    let names = Literal::holds(hand.add(Node::Names(long)));
    let format = hand.add(Node::Format("date".into()));
    let dates = Literal::holds(hand.add(Node::Names(format)));
    let bad = |name: &str, names| object(ObjectStep::BadName { name: name.into(), names });
    hand.rejects(&[object_type, names], bad("a", long));
    hand.rejects(&[object_type, a], bad("a", long));
    hand.rejects(&[object_type, a, dates], bad("a", format));
    // Reasons why a member is not the one.
    let wanted = |exists, keys: &[(&str, NoMember)], cells| {
        let keys = keys.iter().map(|(name, reason)| ((*name).into(), reason.clone())).collect();
        object(ObjectStep::Wanted { exists, keys, cells })
    };
    let some_a = hand.exists(named("a"), NodeId::TRUE);
    let one = Literal::holds(hand.add(Node::MaxProperties(1_u8.into())));
    let here = Some(Cell::NotAmong);
    for reason in [
        NoMember::Full,
        NoMember::NotAmong,
        NoMember::Forbidden,
        NoMember::Possible,
        NoMember::BadName(long),
        NoMember::BadName(format),
    ] {
        let state = [object_type, Literal::holds(some_a), one];
        hand.rejects(&state, wanted(some_a, &[("a", reason.clone())], here.clone()));
        hand.rejects(&state, wanted(some_a, &[("a", reason)], None));
    }
    hand.rejects(&[object_type, Literal::holds(some_a), one], wanted(some_a, &[], None));
    hand.rejects(&[object_type, Literal::holds(some_a)], wanted(some_a, &[], here));
    let any = hand.exists(Keys::default(), NodeId::TRUE);
    hand.rejects(
        &[object_type, one, Literal::holds(any)],
        wanted(any, &[("a", NoMember::Full)], None),
    );
    hand.rejects(&[object_type, Literal::holds(any)], wanted(any, &[], None));
    hand.rejects(&[object_type], wanted(any, &[], Some(Cell::NoValue(LemmaId::new(IMPOSSIBLE)))));
    let nothing = hand.exists(Keys::default(), NodeId::FALSE);
    hand.rejects(
        &[object_type],
        wanted(nothing, &[], Some(Cell::NoValue(LemmaId::new(IMPOSSIBLE)))),
    );
}

/// An assertion about names without a pattern holds for these only.
#[test]
fn names_are_told_apart_by_what_is_known() {
    let mut hand = Hand::new();
    let object_type = hand.types(TypeSet::OBJECT);
    let pattern = |hand: &mut Hand, text: &str| {
        let pattern = Pattern::new(text).expect("a pattern");
        hand.arena.add_pattern(pattern)
    };
    let (x, y) = (pattern(&mut hand, "^x"), pattern(&mut hand, "^y"));
    let (has_x, has_y) = (hand.add(Node::Pattern(x)), hand.add(Node::Pattern(y)));
    let keys = |matching: &[PatternId], unmatched: &[PatternId]| Keys {
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
        let exists = hand.exists(keys, NodeId::TRUE);
        let state = [&[object_type, Literal::holds(exists)], more].concat();
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
    wants(&mut hand, keys(&[], &[]), &[], split(NodeId::TRUE, Cell::NotAmong, Cell::NotAmong));
    // A name beyond those that were looked at.
    let text = hand.types(TypeSet::STRING).id;
    let a = hand.arena.enumeration(vec![Json::String("a".into())], None);
    hand.lemma(1, &[Literal::holds(text), Literal::fails(a), Literal::holds(a)], clash());
    wants(&mut hand, Keys::default(), &[], Cell::NoName(LemmaId::new(1)));
    let only_a = Literal::holds(hand.add(Node::Names(a)));
    wants(&mut hand, Keys::default(), &[only_a], Cell::NoName(LemmaId::new(1)));
    hand.lemma(
        1,
        &[Literal::holds(a)],
        Step::Values { listed: Some(a), failing: vec![Literal::fails(a)] },
    );
    wants(&mut hand, Keys::default(), &[], Cell::NoName(LemmaId::new(1)));
    // The rest is what no pattern matches and no name is.
    let of = |named: &[&str], patterns: &[(PatternId, NodeId)]| Node::Properties {
        named: named.iter().map(|name| ((*name).into(), NodeId::TRUE)).collect(),
        patterns: patterns.into(),
        rest: NodeId::FALSE,
    };
    let by_name = Literal::holds(hand.add(of(&["a"], &[])));
    wants(&mut hand, Keys::default(), &[by_name], Cell::NoValue(LemmaId::new(IMPOSSIBLE)));
    let by_pattern = Literal::holds(hand.add(of(&[], &[(x, NodeId::TRUE)])));
    wants(&mut hand, Keys::default(), &[by_pattern], Cell::NoValue(LemmaId::new(IMPOSSIBLE)));
    let value = || Cell::NoValue(LemmaId::new(IMPOSSIBLE));
    wants(&mut hand, Keys::default(), &[by_pattern], split(has_x, value(), value()));
    let closed = Node::Properties {
        named: BTreeMap::new(),
        patterns: vec![(x, NodeId::FALSE)],
        rest: NodeId::TRUE,
    };
    let closed = Literal::holds(hand.add(closed));
    wants(&mut hand, Keys::default(), &[closed], value());
    wants(&mut hand, Keys::default(), &[closed], split(has_x, value(), value()));
}

#[test]
fn values_of_a_member_tell_cases_apart() {
    let mut hand = Hand::new();
    let object_type = hand.types(TypeSet::OBJECT);
    let (one, two, both) = (hand.numbers(&[1]), hand.numbers(&[2]), hand.numbers(&[1, 2]));
    let of = |hand: &mut Hand, name: &str, values| hand.exists(named(name), values);
    let (a1, a2, b2, among) = (
        of(&mut hand, "a", one),
        of(&mut hand, "a", two),
        of(&mut hand, "b", two),
        of(&mut hand, "a", both),
    );
    let by = |among, cases: &[NodeId]| {
        let step = |id: &NodeId| (*id, Arc::new(clash()));
        Step::ByValue { among, cases: cases.iter().map(step).collect(), otherwise: clash().into() }
    };
    let no = |id| Literal::fails(id);
    hand.rejects(&[object_type, Literal::holds(among), no(a1)], by(among, &[a1]));
    hand.rejects(&[object_type, Literal::holds(among), no(a1), no(b2)], by(among, &[a1, b2]));
    hand.rejects(&[object_type, no(a1), no(a2)], by(among, &[a1, a2]));
    hand.rejects(&[object_type, Literal::holds(among)], by(among, &[a1, a2]));
    let keys = Keys { except: vec!["a".into()], ..named("a") };
    let never = hand.exists(keys, two);
    hand.rejects(&[object_type, Literal::holds(among), no(a1), no(never)], by(among, &[a1, never]));
    // What holds in one case does not in the next.
    let no_a = hand.required("a");
    hand.rejects(&[object_type, no(no_a)], by(among, &[a1, a2]));
    // A part may lack the property, or the value may be no object.
    let tagged = |hand: &mut Hand, id: NodeId, required: bool, object: bool| {
        let named = BTreeMap::from([("k".into(), id)]);
        let mut parts =
            vec![hand.add(Node::Properties { named, patterns: vec![], rest: NodeId::TRUE })];
        if required {
            parts.push(hand.required("k"));
        }
        if object {
            parts.push(object_type.id);
        }
        hand.arena.all(parts, None)
    };
    let known = BTreeMap::from([("k".into(), one)]);
    let known = Literal::holds(hand.add(Node::Properties {
        named: known,
        patterns: vec![],
        rest: NodeId::TRUE,
    }));
    let excluded = |hand: &mut Hand, parts: Vec<NodeId>, path: &[&str], more: &[Literal]| {
        let union = Literal::holds(hand.add(Node::Any(parts)));
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
    let inner = hand.add(Node::One(vec![right, NodeId::TRUE]));
    excluded(&mut hand, vec![inner], &["k"], &[object_type, known]);
    let holder = |hand: &mut Hand, inner| {
        let named = BTreeMap::from([("h".into(), inner)]);
        let properties = hand.add(Node::Properties { named, patterns: vec![], rest: NodeId::TRUE });
        let required = hand.required("h");
        hand.arena.all(vec![properties, required], None)
    };
    let outer = holder(&mut hand, untyped);
    let known = BTreeMap::from([("h".into(), known.id)]);
    let known = Literal::holds(hand.add(Node::Properties {
        named: known,
        patterns: vec![],
        rest: NodeId::TRUE,
    }));
    excluded(&mut hand, vec![outer], &["h", "k"], &[object_type, known]);
}
