//! Generates one validator for each event type.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use serde_json::{Value, json};

/// That of `clip_events_corpus::CONTRACT`.
const CONTRACT: &str = "../../schema/releases/1.0.0.schema.json";

fn main() {
    println!("cargo::rerun-if-changed={CONTRACT}");
    let contract: Value =
        serde_json::from_str(&fs::read_to_string(CONTRACT).expect(CONTRACT)).expect("JSON");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("validators.rs"), validators(&contract)).expect("writable");
}

/// The code of a validator of whole deliveries for each event type, and of `is_valid`, which dispatches on `type`.
fn validators(contract: &Value) -> String {
    let (mut structs, mut arms) = (String::new(), String::new());
    for (at, (name, schema)) in per_type(contract).iter().enumerate() {
        let _ = writeln!(
            structs,
            "#[jsonschema::validator(schema = r####\"{schema}\"####)]\nstruct V{at};"
        );
        let _ = writeln!(arms, "Some({name:?}) => V{at}::is_valid(value),");
    }
    let mut envelope = contract.clone();
    envelope.as_object_mut().expect("an object").remove("allOf");
    let _ = writeln!(
        structs,
        "#[jsonschema::validator(schema = r####\"{envelope}\"####)]\nstruct Envelope;"
    );
    format!(
        "{structs}\n/// Judges by the schema of the delivery's `type`.\n         pub fn is_valid(value: &serde_json::Value) -> bool {{\n\
         match value.get(\"type\").and_then(serde_json::Value::as_str) {{\n{arms}_ => Envelope::is_valid(value),\n}}\n}}\n"
    )
}

fn per_type(contract: &Value) -> Vec<(String, Value)> {
    let shapes = contract["$defs"].as_object().expect("definitions").iter();
    shapes
        .filter(|(_, shape)| shape["type"] == "object")
        .map(|(name, _)| {
            let mut schema = contract.clone();
            schema.as_object_mut().expect("an object").remove("allOf");
            schema["properties"]["data"] = json!({ "$ref": format!("#/$defs/{name}") });
            (name.clone(), schema)
        })
        .collect()
}
