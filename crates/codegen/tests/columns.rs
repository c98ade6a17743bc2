//! The columns of an archive stay as they were released, whatever is added to the contract and however it is written.

use std::fs;
use std::path::Path;

use clip_events_codegen::files::Artifact;
use clip_events_codegen::{CodegenError, columns, released_columns};
use clip_events_contract::{Sources, lower};
use clip_events_test_support::{small_contract, without_documentation};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The small contract, and a shape for each of `events` with these `properties`.
fn contract(events: &[(&str, Value)]) -> TempDir {
    let root = small_contract(None);
    without_documentation(root.path());
    // Any name is one that a contract may choose.
    let path = root.path().join("schema/contract.json");
    let text = fs::read_to_string(&path).expect("a file");
    let mut manifest: Value = serde_json::from_str(&text).expect("JSON");
    manifest["conventions"]["names"] = "off".into();
    fs::write(path, manifest.to_string()).expect("written");
    for (event_type, properties) in events {
        add(root.path(), event_type, properties);
    }
    root
}

fn add(root: &Path, event_type: &str, properties: &Value) {
    let shape = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("https://clip-events.example/schema/data/{event_type}.schema.json"),
        "title": event_type,
        "x-domain": "things",
        "type": "object",
        "properties": properties,
    });
    let path = root.join(format!("schema/data/{event_type}.schema.json"));
    fs::write(path, shape.to_string()).expect("written");
}

fn render(root: &TempDir, released: Option<&str>) -> Result<Vec<Artifact>, CodegenError> {
    let sources = Sources::read(root.path()).unwrap_or_else(|errors| panic!("{errors}"));
    let contract = lower(&sources).unwrap_or_else(|errors| panic!("{errors}"));
    columns(&contract, released)
}

/// The columns, and those of a release that is made of them.
fn released(root: &TempDir, before: Option<&str>) -> (Value, String) {
    let artifacts = render(root, before).unwrap_or_else(|error| panic!("{error}"));
    let text = released_columns(&artifacts).expect("columns");
    (serde_json::from_str(&text).expect("JSON"), text)
}

/// The type of the column that the field `key` of `event_type` goes into, and the name of that column.
fn column<'a>(columns: &'a Value, event_type: &str, key: &str) -> (&'a str, &'a Value) {
    let name = columns["events"][event_type][key].as_str().unwrap_or_else(|| panic!("{key}"));
    let all = columns["columns"].as_array().expect("columns");
    let column = all.iter().find(|column| column["name"] == name).expect("a column");
    (name, &column["type"])
}

#[test]
fn what_disagrees_with_a_released_column_gets_another_even_if_it_comes_first() {
    let root = contract(&[("thing.moved", json!({ "to": { "type": "string" } }))]);
    let (_, before) = released(&root, None);
    add(
        root.path(),
        "thing.aged",
        &json!({ "to": { "type": "number" }, "id": { "type": "string" } }),
    );
    let (alone, _) = released(&root, None);
    assert_eq!(column(&alone, "thing.aged", "to"), ("to", &json!("number")), "it is the first");
    let (now, text) = released(&root, Some(&before));
    assert_eq!(column(&now, "thing.moved", "to"), ("to", &json!("string")));
    assert_eq!(column(&now, "thing.aged", "to"), ("to_number", &json!("number")));
    assert_eq!(column(&now, "thing.aged", "id").0, "id_string", "`id` is the envelope's");
    // And so it stays.
    add(
        root.path(),
        "thing.aaa",
        &json!({ "to": { "type": "boolean" }, "To": { "type": "integer", "minimum": 0, "maximum": 9 } }),
    );
    let (later, _) = released(&root, Some(&text));
    assert_eq!(column(&later, "thing.aged", "to").0, "to_number");
    assert_eq!(column(&later, "thing.aaa", "to").0, "to_boolean");
    assert_eq!(column(&later, "thing.aaa", "To").0, "To_integer", "engines take `To` for `to`");
}

#[test]
fn a_released_column_keeps_its_type_however_the_schema_is_written_now() {
    let time = json!({ "type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_i64 });
    let object =
        json!({ "title": "Place", "type": "object", "properties": { "x": { "type": "number" } } });
    let root = contract(&[("thing.moved", json!({ "at": time, "from": object }))]);
    let (first, before) = released(&root, None);
    assert_eq!(column(&first, "thing.moved", "at"), ("at", &json!("integer")));
    let now = json!({
        "at": { "$ref": "../definitions.schema.json#/$defs/UnixMillis" },
        "from": { "title": "Place", "type": "object", "properties": {
            "a": { "type": "string" }, "x": { "type": "number" }, "X": { "type": "string" },
        } },
    });
    add(root.path(), "thing.moved", &now);
    let (alone, _) = released(&root, None);
    assert_eq!(column(&alone, "thing.moved", "at").1, &json!("timestamp"));
    let (then, _) = released(&root, Some(&before));
    assert_eq!(column(&then, "thing.moved", "at").1, &json!("integer"));
    let fields =
        json!({ "struct": [{ "name": "x", "type": "number" }, { "name": "a", "type": "string" }] });
    assert_eq!(column(&then, "thing.moved", "from").1, &fields, "what is new comes last");
}

#[test]
fn a_column_that_nothing_goes_into_any_more_stays() {
    let root = contract(&[("thing.moved", json!({ "to": { "type": "string" } }))]);
    let (_, before) = released(&root, None);
    add(root.path(), "thing.moved", &json!({ "to": { "type": "boolean" } }));
    let (now, _) = released(&root, Some(&before));
    assert_eq!(column(&now, "thing.moved", "to"), ("to_boolean", &json!("boolean")));
    let names: Vec<_> =
        now["columns"].as_array().expect("columns").iter().map(|column| &column["name"]).collect();
    assert!(names.contains(&&json!("to")), "{names:?}");
}

#[test]
fn what_holds_itself_and_what_is_deep_is_text() {
    let deep = (0..6).fold(json!({ "type": "string" }), |inside, level| {
        json!({ "title": format!("Level {level}"), "type": "object", "properties": { "in": inside } })
    });
    let root = contract(&[("thing.moved", json!({ "deep": deep }))]);
    let (columns, _) = released(&root, None);
    let mut kind = column(&columns, "thing.moved", "deep").1;
    let mut depth = 0;
    while let Some(fields) = kind.get("struct") {
        (kind, depth) = (&fields[0]["type"], depth + 1);
    }
    assert_eq!((depth, kind), (4, &json!("json")));
}

#[test]
fn columns_that_cannot_be_read_are_an_error() {
    let root = contract(&[]);
    for text in [
        "",
        "{}",
        r#"{ "columns": [{ "name": "id", "type": "text" }], "envelope": {}, "events": {} }"#,
    ] {
        assert!(matches!(render(&root, Some(text)), Err(CodegenError::Columns)), "{text:?}");
    }
}
