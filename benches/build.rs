//! Generates typify's types for the contract.

use std::path::Path;
use std::{env, fs};

use serde_json::{Map, Value, json};

/// That of `clip_events_corpus::CONTRACT`.
const CONTRACT: &str = "../schema/releases/1.0.0.schema.json";

fn main() {
    println!("cargo::rerun-if-changed={CONTRACT}");
    let contract: Value =
        serde_json::from_str(&fs::read_to_string(CONTRACT).expect(CONTRACT)).expect("JSON");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("typify.rs"), typify_types(&contract)).expect("writable");
}

/// The code of a struct for each shape of `data`, and a newtype for each definition.
fn typify_types(contract: &Value) -> String {
    let definitions: Map<String, Value> =
        contract["$defs"].as_object().expect("definitions").clone();
    let schema =
        json!({ "definitions": definitions }).to_string().replace("#/$defs/", "#/definitions/");
    let schema: schemars::schema::RootSchema = serde_json::from_str(&schema).expect("a schema");
    let mut types = typify::TypeSpace::new(&typify::TypeSpaceSettings::default());
    types.add_ref_types(schema.definitions).expect("typify takes the shapes");
    prettyplease::unparse(&syn::parse2(types.to_stream()).expect("Rust"))
}
