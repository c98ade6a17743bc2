//! A contract as large as they come: what it takes to judge it.

use std::time::Instant;

use schema_compat_gate::{Document, Outcome, Release, Report};
use schema_source::{Source, pretty_json};
use serde_json::{Map, Value, json};

use super::judge;

/// Event types, and fields of each object. `COMPAT_SCALE=full` makes as many as the largest public contracts have.
fn size() -> (usize, usize) {
    match std::env::var("COMPAT_SCALE") {
        Ok(_) => (250, 40),
        Err(_) => (8, 12),
    }
}

/// Objects within objects.
const LEVELS: usize = 5;
/// Shared definitions.
const DEFINITIONS: usize = 60;

/// An object of `fields` fields of all kinds, the last of which is `below`, in a form that depends on `turn`.
fn object(fields: usize, turn: usize, below: Option<Value>) -> Value {
    let mut properties = Map::new();
    for index in 0..fields {
        let field = match (index + turn) % 9 {
            0 => json!({ "type": "string", "minLength": 1, "maxLength": 40 + index }),
            1 => json!({ "type": "integer", "minimum": 0, "maximum": 1000 + index }),
            2 => json!({ "type": ["string", "null"], "format": "date-time" }),
            3 => json!({ "type": "string", "enum": ["open", "closed", "merged"] }),
            4 => json!({ "type": "boolean" }),
            5 => json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]{0,30}$" }),
            6 => {
                json!({ "anyOf": [{ "$ref": format!("#/$defs/d{}", (index * 7 + turn) % DEFINITIONS) }, { "type": "null" }] })
            }
            7 => {
                json!({ "type": "array", "items": { "$ref": format!("#/$defs/d{}", (index * 5 + turn) % DEFINITIONS) }, "maxItems": 100 })
            }
            _ => json!({ "type": "number", "x-unit": "seconds" }),
        };
        properties.insert(format!("f{index}"), field);
    }
    if let Some(below) = below {
        properties.insert("below".into(), below);
    }
    let required: Vec<_> = (0..fields).step_by(2).map(|index| format!("f{index}")).collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

/// `object`, within a list, a map, a union or what may be null.
fn within(object: Value, turn: usize) -> Value {
    match turn % 5 {
        0 => object,
        1 => json!({ "type": "array", "items": object }),
        2 => json!({ "type": "object", "additionalProperties": object }),
        3 => json!({
            "type": "object",
            "required": ["kind"],
            "properties": { "kind": { "type": "string" } },
            "allOf": [
                { "if": { "properties": { "kind": { "const": "a" } }, "required": ["kind"] }, "then": object },
                { "if": { "properties": { "kind": { "const": "b" } }, "required": ["kind"] }, "then": { "type": "object", "required": ["kind", "f0"], "properties": { "f0": { "type": "boolean" } } } }
            ]
        }),
        _ => json!({ "anyOf": [object, { "type": "null" }] }),
    }
}

fn contract() -> Value {
    let (types, fields) = size();
    let mut definitions = Map::new();
    for index in 0..DEFINITIONS {
        // Each refers to others, and so to itself.
        definitions.insert(format!("d{index}"), object(fields, index, None));
    }
    let mut all = Vec::new();
    for index in 0..types {
        let shape = (0..LEVELS).fold(None, |below, level| {
            let object = object(fields, index + level, below);
            Some(if level + 1 == LEVELS { object } else { within(object, index + level) })
        });
        let name = format!("thing{index}.happened");
        all.push(json!({
            "if": { "properties": { "type": { "const": name } }, "required": ["type"] },
            "then": { "properties": { "data": { "$ref": format!("#/$defs/{name}") } } }
        }));
        definitions.insert(name, shape.expect("a shape"));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["id", "type", "data"],
        "properties": { "id": { "type": "string" }, "type": { "type": "string" }, "data": { "type": "object" } },
        "allOf": all,
        "$defs": definitions,
    })
}

/// Calls `edit` with each object of fields below `schema`, deepest first.
fn each_object(schema: &mut Value, edit: &mut impl FnMut(&mut Map<String, Value>)) {
    match schema {
        Value::Object(object) => {
            object.values_mut().for_each(|value| each_object(value, edit));
            if object.contains_key("properties") && object.contains_key("type") {
                edit(object);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_object(item, edit)),
        _ => {}
    }
}

fn judged(name: &str, old: &Value, new: &Value) -> Report {
    let source = |path: &str, value| Source::parse(path.into(), pretty_json(value)).expect("JSON");
    let (old, new) = (source("released.json", old), source("new.json", new));
    let bytes = new.text.len();
    let (release, new) = (Release::new("1.0.0", old), Document::from(new));
    let start = Instant::now();
    let report = if std::env::var("COMPAT_WHOLE").is_ok() {
        schema_compat_gate::Gate::new(schema_compat_gate::Layout::Tagged {
            tag: "none".into(),
            content: "nothing".into(),
        })
        .judge(&new, release)
        .unwrap()
    } else {
        judge(&new, release)
    };
    let time = start.elapsed().as_secs_f64();
    println!(
        "{name}: {bytes} bytes, {time:.2} s, {}, {} findings, {} proved, {} open",
        report.outcome(),
        report.findings.len(),
        report.proved.len(),
        report.open.len()
    );
    report
}

#[test]
fn a_large_contract_is_judged() {
    let old = contract();
    let same = judged("the same", &old, &old);
    assert_eq!((same.outcome(), same.findings.len()), (Outcome::Additive, 0));

    let mut added = old.clone();
    each_object(&mut added["$defs"], &mut |object| {
        let fields = object["properties"].as_object_mut().expect("fields");
        fields.insert("zz_added".into(), json!({ "type": "string" }));
    });
    let report = judged("a field more in each object", &old, &added);
    assert_eq!(report.outcome(), Outcome::Additive, "{:?}", report.open);

    let mut broken = old.clone();
    broken["$defs"]["d1"]["properties"]["f2"]["enum"] = json!(["open", "closed", "merged", "new"]);
    let report = judged("a value more of a shared definition", &old, &broken);
    assert_eq!(report.outcome(), Outcome::Breaking);
    assert!(report.findings.iter().all(|finding| finding.breaking_delivery.is_some()));

    let mut broken = old.clone();
    each_object(&mut broken["$defs"]["thing3.happened"], &mut |object| {
        let fields = object["properties"].as_object_mut().expect("fields");
        fields.shift_remove("f1");
    });
    let report = judged("a field less in each object of a type", &old, &broken);
    assert_eq!(report.outcome(), Outcome::Breaking);
}
