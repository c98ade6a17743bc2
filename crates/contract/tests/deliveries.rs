//! Example deliveries: those in `schema/examples/`, and those that are made of the schemas.

use std::fs;
use std::path::Path;

use clip_events_contract::{Sources, deliveries, sample};
use clip_events_test_support::small_contract;
use serde_json::{Value, json};

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("written");
}

fn sources(root: &Path) -> Sources {
    Sources::read(root).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What is wrong with the deliveries, a line each.
fn told(root: &Path) -> Vec<String> {
    match deliveries::check(root, &sources(root)) {
        Ok(()) => Vec::new(),
        Err(errors) => {
            let line = |error: &clip_events_contract::SchemaError| {
                format!("{}:{}: {}", error.path.display(), error.line, error.message)
            };
            errors.0.iter().map(line).collect()
        }
    }
}

#[test]
fn a_contract_without_example_deliveries_needs_none() {
    assert_eq!(told(small_contract(None).path()), Vec::<String>::new());
}

#[test]
fn each_event_type_has_a_delivery_and_each_delivery_is_one() {
    let root = small_contract(None);
    let root = root.path();
    let good = sample::delivery(&sources(root), "thing.made").expect("an event type");
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut delivery = good.clone();
        edit(&mut delivery);
        format!("{delivery:#}")
    };
    write(root, "schema/examples/thing.made/a-good.json", &good.to_string());
    assert_eq!(told(root), Vec::<String>::new());

    let invalid = edited(&|delivery| delivery["data"]["share"] = 2.into());
    write(root, "schema/examples/thing.made/b-invalid.json", &invalid);
    let other = edited(&|delivery| delivery["type"] = "thing.lost".into());
    write(root, "schema/examples/thing.made/c-other.json", &other);
    write(root, "schema/examples/thing.made/d-broken.json", "{");
    write(root, "schema/examples/thing.lost/typical.json", "{}");
    assert_eq!(
        told(root),
        [
            "schema/examples/thing.lost:1: deliveries of thing.lost, which is not an event type",
            "schema/examples/thing.made/b-invalid.json:7: the delivery is invalid: 2 is greater than the maximum of 1",
            "schema/examples/thing.made/c-other.json:3: another event type than its folder says",
            "schema/examples/thing.made/d-broken.json:1: not JSON: EOF while parsing an object",
        ]
    );

    fs::remove_dir_all(root.join("schema/examples/thing.made")).expect("removed");
    let errors = deliveries::check(root, &sources(root)).expect_err("one is missing").0;
    let missing = errors.last().expect("an error");
    assert_eq!(missing.message, "no example delivery of thing.made");
    // What it says to write is one.
    let help = missing.help.strip_prefix("write ").expect("a delivery");
    write(root, "schema/examples/thing.made/typical.json", help);
    assert_eq!(told(root).len(), 1, "{:?}", told(root));
}

/// Without examples in the schemas, a delivery has the least that they take.
#[test]
fn a_delivery_is_made_of_schemas_of_every_form() {
    let root = small_contract(None);
    let root = root.path();
    let definition = |name: &str| format!("../definitions.schema.json#/$defs/{name}");
    let shape = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://clip-events.example/schema/data/thing.rich.schema.json",
        "type": "object",
        "required": ["id", "kind", "list", "maybe", "either", "who", "tree", "any", "on", "level", "word"],
        "properties": {
            "id": { "$ref": definition("ThingId") },
            "kind": { "enum": ["a", "b"] },
            "list": { "type": "array", "minItems": 2, "items": { "type": "number", "maximum": -1 } },
            "maybe": { "type": ["string", "null"] },
            "either": { "anyOf": [{ "$ref": definition("Color") }, { "type": "null" }] },
            "who": { "oneOf": [
                { "type": "object", "required": ["is"], "properties": { "is": { "const": "user" } } },
                { "type": "object", "required": ["is"], "properties": { "is": { "const": "bot" } } }
            ] },
            "tree": { "type": "object", "required": ["left"], "properties": {
                "left": { "type": "object", "properties": { "right": { "$ref": "#/properties/tree" } } }
            } },
            "any": true,
            "on": { "type": "boolean" },
            "level": { "type": "integer", "minimum": 3, "maximum": 9 },
            "word": { "type": "string" },
            "left_out": { "type": "string" }
        }
    });
    write(root, "schema/data/thing.rich.schema.json", &format!("{shape:#}"));
    let sources = sources(root);
    let delivery = sample::delivery(&sources, "thing.rich").expect("an event type");
    assert_eq!(
        delivery["data"],
        json!({
            "id": "t1", "kind": "a", "list": [-1, -1], "maybe": "sample", "either": "red", "who": { "is": "user" },
            "tree": { "left": {} }, "any": null, "on": true, "level": 3, "word": "sample"
        })
    );
    write(root, "schema/examples/thing.rich/typical.json", &delivery.to_string());
    let made = sample::delivery(&sources, "thing.made").expect("an event type");
    write(root, "schema/examples/thing.made/typical.json", &made.to_string());
    assert_eq!(told(root), Vec::<String>::new());
    assert_eq!(sample::delivery(&sources, "thing.lost"), None);
}
