//! Large questions in little memory: the command answers, whatever the answer.
#![cfg(target_os = "linux")]

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

/// KiB of address space: the stack of the thread that decides and the reserve of its allocator
/// take 192 MiB of it.
const LIMIT: u32 = 520_000;

/// Asks the binary about two schemas, in both directions.
fn answers(name: &str, old: &Value, new: &Value) {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bounded-{name}"));
    std::fs::create_dir_all(&directory).expect("a directory for the schemas");
    let files = [("old.json", old), ("new.json", new)].map(|(file, schema)| {
        let path = directory.join(file);
        std::fs::write(&path, schema.to_string()).expect("a file for the schema");
        path
    });
    for mode in ["reader-safe", "replay-safe"] {
        let output = Command::new("sh")
            .args(["-c", &format!("ulimit -v {LIMIT}; exec \"$0\" \"$@\"")])
            .arg(env!("CARGO_BIN_EXE_schema-compat"))
            .args(["--mode", mode])
            .args(&files)
            .output()
            .expect("a shell runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            matches!(output.status.code(), Some(0..=2)),
            "{name}, {mode}: code {:?}, signal {:?}: {errors}",
            output.status.code(),
            output.status.signal()
        );
    }
}

/// `string`, and the same with `null`.
fn string_and_nullable() -> [Value; 2] {
    [json!({"type": "string"}), json!({"type": ["string", "null"]})]
}

/// Definitions `a0` to `a{length - 1}`, each made from a reference to the next, then the last.
fn chain(length: usize, last: &Value, link: impl Fn(Value) -> Value) -> Value {
    let mut definitions: Map<String, Value> = (0..length)
        .map(|index| {
            (format!("a{index}"), link(json!({"$ref": format!("#/$defs/a{}", index + 1)})))
        })
        .collect();
    definitions.insert(format!("a{length}"), last.clone());
    json!({"$ref": "#/$defs/a0", "$defs": definitions})
}

#[test]
fn many_required_properties() {
    let [old, new] = string_and_nullable().map(|one| {
        let names: Vec<String> = (0..40_000).map(|index| format!("p{index}")).collect();
        let mut properties: Map<String, Value> =
            names.iter().map(|name| (name.clone(), json!({"type": "string"}))).collect();
        properties.insert("p20000".to_owned(), one);
        json!({"type": "object", "properties": properties, "required": names})
    });
    answers("required", &old, &new);
}

#[test]
fn ten_megabytes_of_properties() {
    let [old, new] = string_and_nullable().map(|one| {
        let mut properties: Map<String, Value> = (0..40_000)
            .map(|index| {
                let longest = 100 + index % 7;
                let property = json!({
                    "type": "string",
                    "minLength": 1,
                    "maxLength": longest,
                    "description": "What it is, at length. ".repeat(8),
                });
                (format!("property_{index}"), property)
            })
            .collect();
        properties.insert("property_7".to_owned(), one);
        json!({"type": "object", "properties": properties})
    });
    answers("properties", &old, &new);
}

#[test]
fn a_long_chain_of_references() {
    let [old, new] = string_and_nullable().map(|last| chain(100_000, &last, |next| next));
    answers("references", &old, &new);
}

#[test]
fn a_long_chain_of_references_with_remarks() {
    let link = |mut next: Value| {
        next["description"] = json!("The next one.");
        next
    };
    let [old, new] = string_and_nullable().map(|last| chain(20_000, &last, link));
    answers("remarks", &old, &new);
}

#[test]
fn a_long_chain_of_unions() {
    let link = |next| json!({"allOf": [next, {"minLength": 1}]});
    let [old, new] = string_and_nullable().map(|last| chain(20_000, &last, link));
    answers("unions", &old, &new);
}

#[test]
fn a_long_chain_of_objects() {
    let link = |next| json!({"type": "object", "properties": {"a": next}, "required": ["a"]});
    let [old, new] = string_and_nullable().map(|last| chain(20_000, &last, link));
    answers("objects", &old, &new);
}

#[test]
fn many_alternatives_of_many_properties() {
    let [old, new] = string_and_nullable().map(|one| {
        let alternative = |index: usize| {
            let mut properties: Map<String, Value> =
                (0..100).map(|field| (format!("f{field}"), json!({"type": "string"}))).collect();
            if index == 250 {
                properties.insert("f3".to_owned(), one.clone());
            }
            properties.insert("type".to_owned(), json!({"const": format!("t{index}")}));
            json!({"type": "object", "properties": properties, "required": ["type"]})
        };
        json!({"oneOf": (0..500).map(alternative).collect::<Vec<_>>()})
    });
    answers("alternatives", &old, &new);
}

#[test]
fn values_that_double_with_every_definition() {
    for length in [12, 30] {
        let link = |next| json!({"type": "array", "minItems": 2, "items": next});
        let [old, new] = string_and_nullable().map(|last| chain(length, &last, link));
        answers(&format!("doubled-{length}"), &old, &new);
    }
}
