//! What programs get is as its published schema says.

use serde_json::{Value, json};

use super::{COMMON, Repository, contracts, fingerprints};

/// The schema, in which what it does not name is not allowed.
fn closed() -> jsonschema::Validator {
    let schema = include_str!("../../../gate/src/report/check.schema.json");
    let mut schema: Value = serde_json::from_str(schema).unwrap();
    close(&mut schema);
    jsonschema::validator_for(&schema).unwrap()
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("properties").is_some_and(Value::is_object)
                && members.contains_key("required")
            {
                members.insert("additionalProperties".into(), false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

#[track_caller]
fn holds(repository: &Repository, arguments: &[&str], verdict: &str) {
    let (text, _) = repository.check(&[&["--format", "json"], arguments].concat());
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["verdict"], verdict, "{text}");
    let errors: Vec<_> =
        closed().iter_errors(&value).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
}

#[test]
fn json_is_as_its_schema_says() {
    let repository = contracts();
    holds(&repository, &[], "additive");
    repository.write("schemas/common.schema.json", &COMMON.replace("20", "30"));
    repository.write("schemas/new.schema.json", "{}");
    repository.git(&["rm", "--quiet", "schemas/note.schema.json"]);
    repository.git(&["mv", "old/place/event.schema.json", "schemas/event.schema.json"]);
    holds(&repository, &[], "breaking");
    holds(&repository, &["--explain"], "breaking");
    let (text, _) = repository.check(&[]);
    for fingerprint in fingerprints(&text) {
        repository.accept(&[&fingerprint, "--reason", "meant"]);
    }
    holds(&repository, &[], "additive");
    repository.write("schemas/common.schema.json", COMMON);
    holds(&repository, &[], "additive");
    // One inclusion is open, and another is refuted.
    let open = json!({ "anyOf": [{ "$ref": "#" }, { "type": "string" }] }).to_string();
    repository.write("schemas/note.schema.json", &open);
    holds(&repository, &["schemas/note.schema.json"], "breaking");
    repository.write("schemas/note.schema.json", "{");
    holds(&repository, &[], "could-not-run");
}
