//! Generates the types of the peers: typify's for the contract of the flat deliveries, derived ones for that of the nested ones.

mod derived;

use std::path::{Path, PathBuf};
use std::{env, fs};

use clip_events_contract::Sources;
use serde_json::{Map, Value, json};

/// That of `clip_events_corpus::CONTRACT`.
const CONTRACT: &str = "../schema/releases/1.0.0.schema.json";

fn main() {
    println!("cargo::rerun-if-changed={CONTRACT}");
    let contract: Value =
        serde_json::from_str(&fs::read_to_string(CONTRACT).expect(CONTRACT)).expect("JSON");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let out = Path::new(&out);
    fs::write(out.join("typify.rs"), typify_types(&contract)).expect("writable");

    // As in `nested/build.rs`.
    println!("cargo::rerun-if-env-changed=BENCH_SCHEMA");
    let nested = env::var_os("BENCH_SCHEMA").map_or_else(|| "nested/schema".into(), PathBuf::from);
    println!("cargo::rerun-if-changed={}", nested.display());
    let sources = Sources::read_folder(Path::new(""), &nested);
    let nested = sources.and_then(|sources| clip_events_contract::lower(&sources));
    let nested = nested.unwrap_or_else(|errors| panic!("{errors}"));
    fs::write(out.join("derived.rs"), derived::types(&nested)).expect("writable");
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
