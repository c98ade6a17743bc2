//! Schemas read from text.

use schema_compat::{Answer, Draft, Inclusion, Options, Schema};
use serde_json::{Value, json};

fn is_proved(sub: &str, sup: &str) -> bool {
    let [sub, sup] = [sub, sup].map(|text| text.parse::<Schema>().expect("a schema"));
    matches!(
        Inclusion { subset: &sub, superset: &sup }.decide(&Options::default()),
        Ok(Answer::Proved(_))
    )
}

/// Numbers of which `serde_json` makes the same.
const ROUND: &str = "100000000000000000000";
const NOT_ROUND: &str = "100000000000000000001";

#[test]
fn numbers_keep_their_value_wherever_they_are() {
    let places = [
        "{\"anyOf\": [{\"type\": \"string\"}, {\"const\": #}]}",
        "{\"items\": {\"enum\": [\"\\\"]\\\\\", {\"a\": [true, null, -1.5e3, #]}, \"[{\"]}}",
        "{\"properties\": {\"\\u0061\\\"\": {\"const\": #}, \"b\": {\"minimum\": 1}}}",
    ];
    for place in places {
        let [round, not_round] = [ROUND, NOT_ROUND].map(|number| place.replace('#', number));
        assert!(is_proved(&round, &round), "{round}");
        assert!(is_proved(&not_round, &not_round), "{not_round}");
        assert!(!is_proved(&round, &not_round), "{not_round}");
        assert!(!is_proved(&not_round, &round), "{not_round}");
    }
}

#[test]
fn a_key_that_occurs_twice_is_named_with_both_places() {
    for (text, expected) in [
        (
            "{\"é\": 1, \"é\": 2}",
            "the key \"é\" occurs twice in one object: at line 1 column 2, and at line 1 column 10",
        ),
        (
            "{\"properties\": {\n  \"a\": {\"const\": 1.50},\n\t\"\\u0061\": true}}",
            "the key \"a\" occurs twice in one object: at line 2 column 3, and at line 3 column 2",
        ),
        (
            "[{}, {\"a\": {\"a\": [1, 2]}, \"b\": \"\\\"a\", \"a\": 2}]",
            "column 7, and at line 1 column 39",
        ),
    ] {
        let error = text.parse::<Schema>().expect_err("no schema that all read alike");
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert!("{\"a\": {\"a\": 1}, \"b\": [{\"a\": 1}, {\"a\": 1}]}".parse::<Schema>().is_ok());
}

#[test]
fn a_byte_order_mark_is_named() {
    let error = "\u{feff}{}".parse::<Schema>().expect_err("no JSON document");
    assert!(error.to_string().contains("U+FEFF"), "{error}");
}

/// Numbers that cannot be compared exactly are refused, not rounded.
#[test]
fn numbers_out_of_reach_are_errors() {
    let decimals = format!("1.{}1", "0".repeat(2_001));
    for number in ["1e-5000", "-1e-2001", decimals.as_str()] {
        let [far, near] = [format!("{{\"minimum\": {number}}}"), "{\"minimum\": 0}".to_owned()]
            .map(|text| text.parse::<Schema>().expect("JSON"));
        for (sub, sup) in [(&far, &near), (&near, &far)] {
            let error = Inclusion { subset: sub, superset: sup }
                .decide(&Options::default())
                .expect_err("a number out of reach");
            assert!(error.to_string().contains("exponent"), "{error}");
        }
    }
}

/// Patterns that ECMA-262 has and other engines do not read, by draft: in schemas they mean what they mean there.
#[test]
fn patterns_that_only_ecma_262_has_are_read() {
    for (pattern, yes, no) in [
        (r"^\0$", "\0", "0"),
        ("^a[^]b$", "a\nb", "ab"),
        (r"^(a|[])$", "a", ""),
        (r"^\uD83D\uDE00$", "😀", "x"),
    ] {
        for draft in [Draft::Draft4, Draft::Draft7, Draft::Draft202012] {
            let options = Options::default().with_draft(draft);
            let of = |keywords: Value| Schema::from(keywords);
            let decide = |subset: Value, superset: Value| {
                let (subset, superset) = (of(subset), of(superset));
                Inclusion { subset: &subset, superset: &superset }.decide(&options).unwrap()
            };
            let named = json!({ "patternProperties": { pattern: { "type": "null" } } });
            for (string, expected) in [(yes, true), (no, false)] {
                let answer = decide(
                    json!({ "enum": [string] }),
                    json!({ "type": "string", "pattern": pattern }),
                );
                assert_eq!(
                    matches!(answer, Answer::Proved(_)),
                    expected,
                    "{pattern} {string:?} {answer:?}"
                );
                assert_eq!(
                    matches!(answer, Answer::Refuted(_)),
                    !expected,
                    "{pattern} {string:?} {answer:?}"
                );
                let answer = decide(json!({ "enum": [{ string: 1 }] }), named.clone());
                assert_eq!(
                    matches!(answer, Answer::Refuted(_)),
                    expected,
                    "{pattern} {string:?} {answer:?}"
                );
            }
            // What looks like a pattern and is data stays as it is.
            let data = json!({ "enum": [{ "pattern": pattern }], "pattern": pattern });
            let answer = decide(data, json!({ "enum": [{ "pattern": pattern }] }));
            assert!(matches!(answer, Answer::Proved(_)), "{answer:?}");
        }
    }
}
