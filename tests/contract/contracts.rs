//! The further contracts that the chain is tried on say what they should: their examples pass two implementations of JSON Schema.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clip_events_test_support::{large, root};
use serde_json::{Value, json};

/// The JSON files below `folder` by their path in it.
fn files(folder: &Path) -> BTreeMap<String, Value> {
    fn read(folder: &Path, root: &Path, files: &mut BTreeMap<String, Value>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                read(&path, root, files);
                continue;
            }
            let text = fs::read_to_string(&path).expect("a file");
            let value = serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy();
            files.insert(name.replace('\\', "/"), value);
        }
    }
    let mut found = BTreeMap::new();
    read(folder, folder, &mut found);
    found
}

/// What two implementations say of each example delivery of a contract, as its schemas are written: path and verdict.
fn verdicts(files: &BTreeMap<String, Value>) -> Vec<(&str, bool)> {
    let id = |schema: &Value| schema["$id"].as_str().expect("an id").to_owned();
    let mut registry = jsonschema::Registry::new();
    let mut compiler = boon::Compiler::new();
    for (path, schema) in files.iter().filter(|(path, _)| path.ends_with(".schema.json")) {
        assert!(jsonschema::draft202012::meta::is_valid(schema), "{path}");
        registry = registry.add(id(schema), schema).expect("a resource");
        compiler.add_resource(&id(schema), schema.clone()).expect("a resource");
    }
    let registry = registry.prepare().expect("the files refer to each other");
    let mut schemas = boon::Schemas::new();
    let mut judges = BTreeMap::new();
    let mut judge = |path: &str, instance: &Value| {
        let judges = judges.entry(path.to_owned()).or_insert_with(|| {
            let reference = id(&files[path]);
            let first = jsonschema::options()
                .with_registry(&registry)
                .build(&json!({ "$ref": reference }))
                .unwrap_or_else(|error| panic!("{path}: {error}"));
            let second = compiler.compile(&reference, &mut schemas);
            (first, second.unwrap_or_else(|error| panic!("{path}: {error:#}")))
        });
        let verdict = judges.0.is_valid(instance);
        assert_eq!(schemas.validate(instance, judges.1).is_ok(), verdict, "{path}: {instance}");
        verdict
    };
    let examples = files.iter().filter_map(|(path, delivery)| {
        let (event_type, _) = path.strip_prefix("examples/")?.split_once('/')?;
        assert_eq!(delivery["type"], event_type, "{path}: the folder is the type");
        let envelope = judge("envelope.schema.json", delivery);
        let data = judge(&format!("data/{event_type}.schema.json"), &delivery["data"]);
        Some((path.as_str(), envelope && data))
    });
    examples.collect()
}

/// How many event types `files` has, each of which has two examples at least.
fn event_types(files: &BTreeMap<String, Value>) -> usize {
    let event_types = files.keys().filter_map(|path| {
        path.strip_prefix("data/").and_then(|name| name.strip_suffix(".schema.json"))
    });
    let event_types: Vec<_> = event_types.collect();
    for event_type in &event_types {
        let folder = format!("examples/{event_type}/");
        assert!(files.keys().filter(|path| path.starts_with(&folder)).count() > 1, "{event_type}");
    }
    event_types.len()
}

#[test]
fn the_examples_of_the_second_contract_are_valid() {
    let files = files(&root().join("tests/contracts/freight/schema"));
    assert!(event_types(&files) >= 30);
    for (path, verdict) in verdicts(&files) {
        // As they are written, tagged unions list their tags; to a reader, they are open.
        assert_eq!(verdict, !path.ends_with("/unknown-tag.json"), "{path}");
    }
}

#[test]
fn the_examples_of_the_large_contract_are_valid() {
    let files = large::files();
    assert_eq!(event_types(&files), large::EVENT_TYPES);
    for (path, verdict) in verdicts(&files) {
        assert!(verdict, "{path}");
    }
}
