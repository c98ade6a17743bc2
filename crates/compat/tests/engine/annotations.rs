//! Annotations never reject a value.

use schema_compat::{Answer, Draft, Inclusion, Options, Schema};
use serde_json::{Value, json};

const DRAFTS: [Draft; 5] =
    [Draft::Draft4, Draft::Draft6, Draft::Draft7, Draft::Draft201909, Draft::Draft202012];

fn is_refuted(sub: &Value, sup: &Value, draft: Draft) -> bool {
    let options = Options::default().with_draft(draft);
    let (sub, sup) = (Schema::from(sub.clone()), Schema::from(sup.clone()));
    matches!(Inclusion { subset: &sub, superset: &sup }.decide(&options), Ok(Answer::Refuted(_)))
}

#[test]
fn annotations_refute_nothing() {
    let annotations = [
        json!({"contentEncoding": "base64"}),
        json!({"contentEncoding": "base32", "contentMediaType": "text/plain"}),
        json!({"contentMediaType": "application/json"}),
        json!({"contentMediaType": "application/json", "contentEncoding": "base64"}),
        json!({"contentEncoding": "x-rot13"}),
        json!({"contentMediaType": "application/x-own", "contentEncoding": "x-rot13"}),
        json!({"format": "date-time"}),
    ];
    for draft in DRAFTS {
        for annotation in &annotations {
            for sub in [json!({}), json!({"type": "string"}), json!({"enum": ["{", "!!!", "é", 1]})]
            {
                let mut sup = sub.clone();
                let members = sup.as_object_mut().expect("an object");
                members.extend(annotation.as_object().expect("an object").clone());
                assert!(!is_refuted(&sub, &sup, draft), "{draft:?}: {sup}");
            }
        }
    }
}

#[test]
fn annotations_do_not_hide_what_breaks() {
    for draft in DRAFTS {
        // Valid base64: up to draft 7, what hangs on whether the keyword asserts is not decided.
        let sub = json!({"contentEncoding": "base64", "enum": ["QUJD"]});
        let sup = json!({"contentEncoding": "base64", "enum": ["???"]});
        assert!(is_refuted(&sub, &sup, draft), "{draft:?}");
    }
}

/// JSON by its grammar that a parser has no room for is neither JSON nor none.
#[test]
fn json_that_not_all_parsers_hold_decides_nothing() {
    let json = json!({"type": "string", "contentMediaType": "application/json"});
    let encoded = json!({"contentEncoding": "base64", "contentMediaType": "application/json", "type": "string"});
    let other = json!({"type": "string", "not": json});
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let decide = |sub: &Value, sup: &Value| {
        let options = Options::default().with_draft(Draft::Draft7).with_assert_content(true);
        let (sub, sup) = (Schema::from(sub.clone()), Schema::from(sup.clone()));
        Inclusion { subset: &sub, superset: &sup }.decide(&options).expect("two schemas")
    };
    for text in [deep.as_str(), "1e999", "\"\\ud800\"", "[-1E+400, 1]"] {
        let this = json!({"enum": [text]});
        for reader in [&json, &other] {
            let answer = decide(&this, reader);
            assert!(matches!(answer, Answer::Undecided(_)), "{text:.20} {reader}");
        }
    }
    for text in ["MWU5OTk=", "Ilx1ZDgwMCI="] {
        let answer = decide(&json!({"enum": [text]}), &encoded);
        assert!(matches!(answer, Answer::Undecided(_)), "{text}");
    }
    // What all of them hold, or none.
    for (text, is_json) in [("[1]", true), ("1e30", true), ("NaN", false), ("[", false)] {
        let this = json!({"enum": [text]});
        for (reader, accepts) in [(&json, is_json), (&other, !is_json)] {
            match decide(&this, reader) {
                Answer::Proved(_) => assert!(accepts, "{text}"),
                Answer::Refuted(_) => assert!(!accepts, "{text}"),
                Answer::Undecided(doubt) => panic!("{text}: {}", doubt.reason),
            }
        }
    }
}
