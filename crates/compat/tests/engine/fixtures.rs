//! Fixtures: a directory each with `old.json` (super), `new.json` (sub) and `expect.json`, whose
//! verdicts must come out as they stand there: a known failure leaves the file once it passes.
//!
//! `not proved` and `not refuted` say only what would be wrong. `refuted_by` is an instance of the
//! new schema and none of the old, which the evaluator of the tests confirms.

use std::fs;
use std::path::Path;

use schema_compat::{Answer, Draft, Inclusion, Options, Schema};
use serde_json::Value;

use crate::exact;
use crate::json::Json;
use crate::second;

fn draft(name: &str) -> Draft {
    match name {
        "4" => Draft::Draft4,
        "6" => Draft::Draft6,
        "7" => Draft::Draft7,
        "2019-09" => Draft::Draft201909,
        "2020-12" => Draft::Draft202012,
        other => panic!("no draft {other}"),
    }
}

#[test]
fn every_fixture_gets_its_verdicts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root).expect("the fixtures are there") {
        let directory = entry.expect("a directory entry").path();
        let name = directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let read = |file: &str| fs::read_to_string(directory.join(file)).expect("a fixture's file");
        let expect: Value = serde_json::from_str(&read("expect.json")).expect("JSON");
        let draft = draft(expect["draft"].as_str().unwrap_or("2020-12"));
        let formats = expect["formats"].as_bool().unwrap_or(false);
        let mut options = Options::default().with_draft(draft).with_assert_formats(formats);
        options.assert_content = expect["content"].as_bool();
        options.zero_fraction_is_integer = expect["zero_fraction_is_integer"].as_bool();
        let content = options.assert_content == Some(true);
        let plain = !formats && options.zero_fraction_is_integer != Some(true);
        let schema = |file: &str| read(file).parse::<Schema>().expect("a schema");
        let (old, new) = (schema("old.json"), schema("new.json"));
        let json = |text: &str| Json::read(text).expect("JSON");
        let judge = |file: &str| exact::Schema::read(&json(&read(file)), draft);
        let judges = [judge("old.json"), judge("new.json")].map(|judge| judge.expect("readable"));
        if let Some(value) = json(&read("expect.json")).get("refuted_by") {
            let accept = [0, 1].map(|side| judges[side].accepts(value));
            assert_eq!(accept, [Some(false), Some(true)], "{name}: {value}");
        }
        let [old_judge, new_judge] = &judges;
        for (question, sub, sup, of_sub, of_sup) in [
            ("reader_safe", &new, &old, new_judge, old_judge),
            ("replay_safe", &old, &new, old_judge, new_judge),
        ] {
            let verdict = Inclusion { subset: sub, superset: sup }
                .decide(&options)
                .expect("both are valid schemas");
            let got = match &verdict {
                Answer::Proved(_) => "proved",
                Answer::Refuted(witness) => {
                    let value = json(&witness.instance.to_string());
                    // Where the evaluator reads otherwise, `boon` is asked; `None`: it cannot judge.
                    let accepts = |schema: &Schema, judge: &exact::Schema| {
                        if content {
                            None
                        } else if !plain {
                            second::accepts(schema.value(), &witness.instance, draft, formats)
                        } else {
                            judge.accepts(&value)
                        }
                    };
                    if accepts(sub, of_sub) == Some(false) || accepts(sup, of_sup) == Some(true) {
                        wrong.push(format!("{name}, {question}: {value} is no witness"));
                    }
                    "refuted"
                }
                Answer::Undecided(_) => "undecided",
            };
            let expected = expect[question].as_str().unwrap_or_default();
            let is_right = match expected.strip_prefix("not ") {
                Some(wrong) => got != wrong,
                None => got == expected,
            };
            if !is_right {
                wrong.push(format!("{name}, {question}: {verdict:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
