//! The contract as it was first released, as schema files: it never changes, so what a test adds to it cannot be there.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

/// Writes the schema files of release 1.0.0 into `schema/` below `root`, in place of those that are there.
///
/// # Panics
///
/// When a file cannot be read or written.
pub fn first_release(root: &Path) {
    let schema = root.join("schema");
    for old in ["data", "examples", "releases"] {
        let _ = fs::remove_dir_all(schema.join(old));
    }
    let path = crate::root().join("schema/releases/1.0.0.schema.json");
    let text = fs::read_to_string(path).expect("the release");
    let mut bundle: Map<String, Value> = serde_json::from_str(&text).expect("JSON");
    let id = bundle["$id"].as_str().expect("an id");
    let base = id.strip_suffix("contract.schema.json").expect("the name of a bundle").to_owned();
    let mut definitions = Map::new();
    for (name, part) in bundle["$defs"].as_object().expect("definitions") {
        // Event types have dots, and names of definitions have none.
        if name.contains('.') {
            write(&schema, &base, &format!("data/{name}"), part, "../definitions.schema.json#");
        } else {
            definitions.insert(name.clone(), part.clone());
        }
    }
    let definitions = json!({ "$defs": definitions });
    write(&schema, &base, "definitions", &definitions, "#");
    bundle.retain(|keyword, _| !["$schema", "$id", "allOf", "$defs"].contains(&keyword.as_str()));
    write(&schema, &base, "envelope", &bundle.into(), "definitions.schema.json#");
}

/// Writes the schema file `name`, whose references lead to `definitions`.
fn write(schema: &Path, base: &str, name: &str, part: &Value, definitions: &str) {
    let mut file = Map::new();
    file.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    file.insert("$id".into(), format!("{base}{name}.schema.json").into());
    file.extend(part.as_object().expect("a schema").clone());
    let text = format!("{:#}\n", Value::from(file));
    let text = text.replace("\"$ref\": \"#", &format!("\"$ref\": \"{definitions}"));
    let path = schema.join(format!("{name}.schema.json"));
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("written");
}
