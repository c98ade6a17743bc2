//! `clip-events schema`: parts of the contract that stand on their own.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use clip_events_validator::SCHEMA;
use serde_json::{Map, Value, json};

/// The contract, keys in declared order.
pub(crate) static BUNDLE: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(SCHEMA).expect("the embedded schema is JSON"));

/// What a delivery of `event_type` must be, with no more definitions than it takes.
pub(crate) fn delivery(event_type: &str) -> Value {
    let shape = format!("#/$defs/{event_type}");
    let mut schema = BUNDLE.clone();
    let keywords = schema.as_object_mut().expect("the bundle is an object");
    for keyword in ["$id", "allOf", "$defs"] {
        keywords.shift_remove(keyword);
    }
    for annotation in ["title", "description"] {
        if let Some(text) = BUNDLE["$defs"][event_type].get(annotation) {
            keywords.insert(annotation.into(), text.clone());
        }
    }
    if let Some(Value::Array(examples)) = keywords.get_mut("examples") {
        examples.retain(|example| example["type"] == event_type);
    }
    if keywords.get("examples") == Some(&json!([])) {
        keywords.shift_remove("examples");
    }
    let properties = &mut keywords["properties"];
    properties["type"] = json!({ "type": "string", "const": event_type });
    properties["data"] = json!({ "$ref": shape });

    let mut needed = BTreeSet::new();
    collect_references(&schema, &mut needed);
    let definitions = BUNDLE["$defs"].as_object().expect("the bundle has definitions");
    let definitions: Map<_, _> = definitions
        .iter()
        .filter(|(name, _)| needed.contains(*name))
        .map(|(name, definition)| (name.clone(), definition.clone()))
        .collect();
    schema["$defs"] = definitions.into();
    schema
}

/// The definition of the bundle that `reference` names, with its name.
pub(crate) fn resolve(reference: &str) -> Option<(&str, &'static Value)> {
    let name = reference.strip_prefix("#/$defs/")?;
    Some((name, BUNDLE["$defs"].get(name)?))
}

/// Adds the names of all definitions that `schema` leads to.
fn collect_references(schema: &Value, needed: &mut BTreeSet<String>) {
    match schema {
        Value::Object(keywords) => {
            for (keyword, value) in keywords.iter().filter(|(keyword, _)| *keyword != "examples") {
                match (keyword.as_str(), value.as_str().and_then(resolve)) {
                    ("$ref", Some((name, definition))) => {
                        if needed.insert(name.to_owned()) {
                            collect_references(definition, needed);
                        }
                    }
                    _ => collect_references(value, needed),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, needed)),
        _ => {}
    }
}
