//! Any schemas: the loader and the renderers say what is wrong with them, or make files that are Rust.
//!
//!     cargo +nightly fuzz run schemas
//!
//! That they compile is tested on fixed and random contracts in `tests/contract`: a compiler run is too slow for a fuzzer.

#![no_main]

use clip_events_contract::Sources;
use clip_events_fuzz::schema;
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::{Corpus, fuzz_target};
use schema_source::Source;
use serde_json::{Value, json};

const BASE: &str = "https://fuzz.example/schema/";
const DEFINITIONS: [&str; 2] = ["A", "B"];

fn sources(bytes: &mut Unstructured<'_>) -> Result<Option<Sources>> {
    let mut definitions = json!({ "title": "T", "description": "D." });
    for name in DEFINITIONS {
        let references = DEFINITIONS.map(|name| format!("#/$defs/{name}"));
        let references = references.each_ref().map(String::as_str);
        definitions["$defs"][name] = schema(bytes, &references, 1)?;
    }
    let references = DEFINITIONS.map(|name| format!("../definitions.schema.json#/$defs/{name}"));
    let references = references.each_ref().map(String::as_str);
    let envelope = json!({
        "title": "E", "description": "D.", "type": "object",
        "required": ["id", "type", "data"],
        "properties": {
            "id": { "description": "I.", "type": "string" },
            "type": { "description": "T.", "type": "string" },
            "data": { "description": "D.", "type": "object" }
        }
    });
    let mut shape = json!({
        "title": "S", "description": "D.", "x-domain": "d", "type": "object", "examples": [{}]
    });
    for name in ["x", "y"] {
        shape["properties"][name] = schema(bytes, &references, 0)?;
    }
    let file = |path: &str, mut value: Value| {
        value["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
        value["$id"] = format!("{BASE}{path}").into();
        Source::parse(format!("schema/{path}").into(), value.to_string()).ok()
    };
    let files = (
        file("envelope.schema.json", envelope),
        file("definitions.schema.json", definitions),
        file("data/a.b.schema.json", shape),
    );
    let (Some(envelope), Some(definitions), Some(shape)) = files else { return Ok(None) };
    let manifest = json!({
        "baseId": BASE,
        "title": "Fuzz", "package": "fuzz-events", "conventions": {
            "names": "off", "documentation": "off", "identity": "off", "open-sets": "off", "no-null": "off", "bounded-integers": "off"
        }
    });
    let manifest = Source::parse("schema/contract.json".into(), manifest.to_string()).ok();
    Ok(Sources::new(manifest.as_ref(), envelope, definitions, vec![shape]).ok())
}

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(Some(sources)) = sources(&mut Unstructured::new(bytes)) else { return Corpus::Reject };
    // Each file is parsed when it is printed.
    let Ok(artifacts) = clip_events_codegen::render(&sources) else { return Corpus::Keep };
    assert!(artifacts.len() > 3);
    Corpus::Keep
});
