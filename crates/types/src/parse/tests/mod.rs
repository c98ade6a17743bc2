//! The core against an obvious reference, on a contract made up for the purpose: it knows no other.

mod members;
mod nested;
mod reference;
mod strings;
mod toy;
mod values;
mod words;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::{prop_assert, prop_assert_eq, proptest};

use self::reference::{Member, Spelling, Value, judge, passing, values};
use self::toy::parse;
use super::vocabulary::Extent;
use crate::error::ErrorKind;

/// One change of a delivery: in its envelope, or in its toy.
#[derive(Debug, Clone)]
struct Edit {
    inside: bool,
    at: usize,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Remove,
    Swap(usize),
    Replace(Value),
    Insert(Member),
    Spell(Spelling),
}

fn edit(members: &mut Vec<Member>, Edit { inside, at, change }: Edit) {
    if inside {
        let objects = members.iter_mut().filter_map(|member| match &mut member.value {
            Value::Object(members) => Some(members),
            _ => None,
        });
        for members in objects {
            edit(members, Edit { inside: false, at, change: change.clone() });
        }
        return;
    }
    let count = members.len();
    match change {
        Change::Insert(member) => members.insert(at % (count + 1), member),
        _ if count == 0 => {}
        Change::Remove => _ = members.remove(at % count),
        Change::Swap(other) => members.swap(at % count, other % count),
        Change::Replace(value) => members[at % count].value = value,
        Change::Spell(spelling) => members[at % count].spelling = spelling,
    }
}

const SPELLINGS: [Spelling; 5] = [
    Spelling::Compact,
    Spelling::Blank,
    Spelling::Indented,
    Spelling::Spaced,
    Spelling::EscapedKey,
];

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let spelling = || select(&SPELLINGS[..]);
    let keys =
        ["id", "gift", "kind", "age", "toy", "note", "loud", "maker", "size", "weight", "extra"];
    let inserted = (select(keys.to_vec()), select(values()), spelling())
        .prop_map(|(key, value, spelling)| Member { key, value, spelling });
    let change = prop_oneof![
        1 => Just(Change::Remove),
        3 => any::<usize>().prop_map(Change::Swap),
        2 => select(values()).prop_map(Change::Replace),
        1 => inserted.prop_map(Change::Insert),
        3 => spelling().prop_map(Change::Spell),
    ];
    let edit = (any::<bool>(), any::<usize>(), change).prop_map(|(inside, at, change)| Edit {
        inside,
        at,
        change,
    });
    proptest::collection::vec(edit, 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_core_agrees_with_the_reference(mut members in select(passing()), edits in edits()) {
        for change in edits {
            edit(&mut members, change);
        }
        let text = Value::Object(members.clone()).to_string();

        let expected = judge(&members);
        match parse(text.as_bytes(), Extent::Whole) {
            Ok((delivery, rest)) => {
                prop_assert_eq!(Ok(delivery), expected, "{}", text);
                prop_assert!(rest.is_empty());
            }
            Err(error) => {
                prop_assert_eq!(Err(()), expected, "{}\n{}", text, error);
                let kinds = [ErrorKind::Missing, ErrorKind::Duplicate, ErrorKind::Type, ErrorKind::Value];
                prop_assert!(kinds.contains(&error.kind()), "{}\n{:?}", text, error);
            }
        }

        if text.contains('\n') {
            return Ok(());
        }
        let lines = format!("{text} \nnext");
        match parse(lines.as_bytes(), Extent::FirstLine) {
            Ok((delivery, rest)) => {
                prop_assert_eq!(Ok(delivery), judge(&members));
                prop_assert_eq!(rest, b"next");
            }
            Err(_) => prop_assert!(judge(&members).is_err()),
        }
    }
}

#[test]
fn deliveries_in_declared_order_pass_and_what_is_cut_off_does_not() {
    for mut members in passing() {
        for spelling in SPELLINGS {
            spell(&mut members, spelling);
            let text = Value::Object(members.clone()).to_string();
            let (delivery, _) = parse(text.as_bytes(), Extent::Whole).expect("it passes");
            assert_eq!(Ok(delivery), judge(&members));
            for end in 0..text.len() {
                let error = parse(&text.as_bytes()[..end], Extent::Whole).expect_err("cut off");
                assert_eq!(error.kind(), ErrorKind::Syntax, "{}", &text[..end]);
            }
        }
    }
}

/// Spells all members of a delivery in one way.
fn spell(members: &mut [Member], spelling: Spelling) {
    for member in members {
        member.spelling = spelling;
        if let Value::Object(members) = &mut member.value {
            spell(members, spelling);
        }
    }
}

/// The delivery with these more members at the place `at`: of its envelope, or of its toy.
fn extended(
    delivery: &[Member],
    inside: bool,
    at: usize,
    more: &[(&'static str, Value)],
) -> Vec<Member> {
    let mut members = delivery.to_vec();
    for (key, value) in more {
        let member = Member { key, value: value.clone(), spelling: Spelling::Compact };
        edit(&mut members, Edit { inside, at, change: Change::Insert(member) });
    }
    members
}

#[test]
fn members_that_are_not_declared_may_stand_anywhere() {
    let more = [("extra", Value::Other(r#"[{"x":[]},1]"#)), ("more", Value::Text("\"m\"", "m"))];
    for (delivery, at) in passing().iter().flat_map(|delivery| (0..7).map(move |at| (delivery, at)))
    {
        for (inside, more) in
            [(false, &more[..1]), (true, &more[..1]), (false, &more), (true, &more)]
        {
            let mut members = extended(delivery, inside, at, more);
            for spelling in SPELLINGS {
                spell(&mut members, spelling);
                let text = Value::Object(members.clone()).to_string();
                let (parsed, _) = parse(text.as_bytes(), Extent::Whole).expect("it passes");
                assert_eq!(Ok(parsed), judge(&members), "{text}");
                let commas = text.match_indices(['{', ',', '[']).map(|(at, _)| at + 1);
                for comma in commas {
                    let broken = format!("{},{}", &text[..comma], &text[comma..]);
                    let error = parse(broken.as_bytes(), Extent::Whole).expect_err("a comma more");
                    assert_eq!(error.kind(), ErrorKind::Syntax, "{broken}");
                }
            }
        }
    }
}

#[test]
fn no_other_byte_stands_for_punctuation() {
    for delivery in passing() {
        let mut members =
            extended(&delivery, true, 1, &[("extra", Value::Other(r#"[{"x":[]},1]"#))]);
        for spelling in SPELLINGS {
            spell(&mut members, spelling);
            let text = Value::Object(members.clone()).to_string();
            for (at, _) in text.match_indices(['{', '}', '[', ']', ',', ':', '"']) {
                for other in [";", "x", "\u{1}", ""] {
                    let broken = format!("{}{other}{}", &text[..at], &text[at + 1..]);
                    let error = parse(broken.as_bytes(), Extent::Whole).expect_err("no JSON");
                    assert_eq!(error.kind(), ErrorKind::Syntax, "{broken}");
                }
            }
        }
    }
}

#[test]
fn limits_hold_for_what_is_passed_over_too() {
    let delivery = |envelope: &str, toy: &str| {
        format!(
            r#"{{"id":"e1","kind":"ball","age":7,"toy":{{"size":3,"loud":true{toy}}}{envelope}}}"#
        )
    };
    let arrays = |count| format!(r#","extra":{}{}"#, "[".repeat(count), "]".repeat(count));
    let kind = |text: &[u8]| parse(text, Extent::Whole).err().map(|error| error.kind());
    assert_eq!(kind(delivery("", &arrays(125)).as_bytes()), None);
    assert_eq!(kind(delivery("", &arrays(126)).as_bytes()), Some(ErrorKind::Depth));
    assert_eq!(kind(delivery(&arrays(126), "").as_bytes()), None);
    assert_eq!(kind(delivery(&arrays(127), "").as_bytes()), Some(ErrorKind::Depth));
    for spelled in [delivery("", r#","extra":"e2""#), delivery(r#", "extra": "e2""#, "")] {
        for text in ["e1", "e2", "extra"] {
            let (before, after) = spelled.split_once(text).expect("it is there");
            let broken = [before.as_bytes(), b"\xff", after.as_bytes()].concat();
            assert_eq!(kind(&broken), Some(ErrorKind::Utf8), "{spelled}");
        }
    }
    assert_eq!(kind(format!("{}\nnext", delivery("", "")).as_bytes()), Some(ErrorKind::Syntax));
}

#[test]
fn an_error_says_which_field_of_which_shape() {
    for (toy, told) in [
        (r#""ball","age":1,"toy":{"size":1}"#, "/toy: `loud` is missing"),
        (
            r#""ball","age":1,"toy":{"loud":true,"size":"s"}"#,
            "/toy/size: expected an integer from -5 to 5, found the string \"s\"",
        ),
        (r#""train","age":1,"toy":{"weight":1,"size":1}"#, "/toy/size: expected a string, found 1"),
        (
            r#""ball","age":1,"toy":{"size":1,"loud":true,"weight":0}"#,
            "/toy/weight: expected a number above 0 to 1, found 0",
        ),
        (
            r#""ball","age":1,"toy":{"size":1,"loud":true,"loud":true}"#,
            "/toy/loud: `loud` occurs twice",
        ),
        (
            r#""ball","age":1,"toy":{"size":1,"loud":true},"gift":1"#,
            "/gift: expected `true` or `false`, found 1",
        ),
        (r#""ball","age":100,"toy":{}"#, "/age: expected an integer from 0 to 99, found 100"),
    ] {
        let text = format!("{{\"id\":\"1\",\"kind\":{toy}}}");
        let error = parse(text.as_bytes(), Extent::Whole).expect_err("it is wrong");
        assert_eq!(format!("{}: {}", error.pointer(), error.message()), told, "{text}");
    }
}
