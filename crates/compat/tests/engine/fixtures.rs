//! Fixtures: a directory each with `old.json` (super), `new.json` (sub) and `expect.json`, whose
//! verdicts must come out as they stand there: a known failure leaves the file once it passes.

use std::fs;
use std::path::Path;

use schema_compat::{Draft, Options, Schema, Verdict, included};
use serde_json::Value;

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
        let options = Options { draft: Some(draft), formats, ..Options::default() };
        let schema = |file: &str| read(file).parse::<Schema>().expect("a schema");
        let (old, new) = (schema("old.json"), schema("new.json"));
        for (question, sub, sup) in [("reader_safe", &new, &old), ("replay_safe", &old, &new)] {
            let verdict = included(sub, sup, &options).expect("both are valid schemas");
            let got = match &verdict {
                Verdict::Proved(_) => "proved",
                Verdict::Refuted(witness) => {
                    let accepts = |schema: &Schema| {
                        second::accepts(schema.value(), &witness.instance, draft, formats)
                    };
                    // `boon` rounds numbers to binary64; such a fixture says so.
                    if expect["boon_rounds"] != true {
                        // `None`: it cannot read the schema (it knows no look-ahead).
                        assert_ne!(accepts(sub), Some(false), "{name}: {}", witness.instance);
                        assert_ne!(accepts(sup), Some(true), "{name}: {}", witness.instance);
                    }
                    "refuted"
                }
                Verdict::Undecided(_) => "undecided",
            };
            if expect[question] != got {
                wrong.push(format!("{name}, {question}: {verdict:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
