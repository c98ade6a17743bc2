//! `clip-events schema`: the contract in either flavor, or the part of it that one event type needs.

use std::collections::BTreeSet;

// With `preserve_order` of `serde_json`, which this crate asks for, its keys are in declared order.
use clip_events_validator::schema as bundle;
use serde_json::{Map, Value, json};

/// Whom the contract is written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Flavor {
    /// For validators: the contract itself, which takes new event types, too.
    #[default]
    Canonical,
    /// For generators of code: one of the event types that are known, and no other.
    Codegen,
}

/// The whole contract.
pub(crate) fn whole(flavor: Flavor) -> &'static str {
    match flavor {
        Flavor::Canonical => clip_events_validator::SCHEMA,
        Flavor::Codegen => include_str!("generated/contract.codegen.schema.json"),
    }
}

/// The schema for deliveries of `event_type`, with only the definitions that it needs.
pub(crate) fn delivery(event_type: &str) -> Value {
    let shape = format!("#/$defs/{}", event_type.replace('~', "~0").replace('/', "~1"));
    let mut schema = bundle().clone();
    let keywords = schema.as_object_mut().expect("the bundle is an object");
    for keyword in ["$id", "allOf", "$defs"] {
        keywords.shift_remove(keyword);
    }
    for annotation in ["title", "description"] {
        if let Some(text) = bundle()["$defs"][event_type].get(annotation) {
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
    let definitions = bundle()["$defs"].as_object().expect("the bundle has definitions");
    let definitions: Map<_, _> = definitions
        .iter()
        .filter(|(name, _)| needed.contains(*name))
        .map(|(name, definition)| (name.clone(), definition.clone()))
        .collect();
    schema["$defs"] = definitions.into();
    schema
}

/// The part of the bundle that `reference` points to.
pub(crate) fn resolve(reference: &str) -> Option<&'static Value> {
    bundle().pointer(reference.strip_prefix('#')?)
}

/// Adds the names of all definitions that `schema` refers to, directly or not.
fn collect_references(schema: &Value, needed: &mut BTreeSet<String>) {
    match schema {
        Value::Object(keywords) => {
            for (keyword, value) in keywords.iter().filter(|(keyword, _)| *keyword != "examples") {
                match (keyword.as_str(), value.as_str().and_then(definition)) {
                    ("$ref", Some(name)) => {
                        if needed.insert(name.clone()) {
                            collect_references(&bundle()["$defs"][name], needed);
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

/// The name of the definition that `reference` points to or into.
fn definition(reference: &str) -> Option<String> {
    let token = reference.strip_prefix("#/$defs/")?.split('/').next()?;
    Some(token.replace("~1", "/").replace("~0", "~"))
}
