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
