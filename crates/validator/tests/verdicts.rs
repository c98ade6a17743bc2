//! The verdict on each fixture and example, in both modes.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clip_events_validator::{MAX_VIOLATIONS, Mode, SCHEMA, Validator, Verdict, ViolationKind};

/// A verdict as text, for a snapshot.
fn render(verdict: &Verdict) -> String {
    let mut text = String::new();
    let event_type = verdict.event_type.as_deref().unwrap_or("(none)");
    let answer = if verdict.is_valid() { "valid" } else { "invalid" };
    let _ = writeln!(text, "{answer}, type: {event_type}");
    for violation in &verdict.violations {
        let _ = writeln!(text, "  {violation}\n    schema: {}", violation.schema);
    }
    text
}

fn both_modes(delivery: &[u8]) -> String {
    let [reader, producer] = [Mode::Reader, Mode::Producer].map(Validator::new).map(|validator| {
        let verdict = validator.explain(delivery);
        assert_eq!(validator.judge(delivery), verdict);
        verdict
    });
    assert!(
        reader.is_valid() || !producer.is_valid(),
        "a producer may not send what a reader rejects"
    );
    if reader == producer {
        format!("reader and producer: {}", render(&reader))
    } else {
        format!("reader: {}\nproducer: {}", render(&reader), render(&producer))
    }
}

/// The files in `directory`, sorted.
fn list(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.is_dir() || path.extension().is_some_and(|name| name == "json"));
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

fn fixtures() -> Vec<PathBuf> {
    list(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"))
}

/// `schema/examples/<event.type>/<case>.json`.
fn examples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/examples");
    list(&root).iter().flat_map(|directory| list(directory)).collect()
}

#[test]
fn verdicts_on_broken_deliveries() {
    let mut text = String::new();
    for path in fixtures() {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let _ = writeln!(text, "=== {name}\n{}", both_modes(&fs::read(&path).unwrap()));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn examples_are_valid_for_readers() {
    let validator = Validator::new(Mode::Reader);
    for path in examples() {
        let verdict = validator.explain(&fs::read(&path).unwrap());
        assert!(verdict.is_valid(), "{}: {}", path.display(), render(&verdict));
        let event_type = path.parent().unwrap().file_name().unwrap().to_str();
        assert_eq!(verdict.event_type.as_deref(), event_type, "{}", path.display());
    }
}

#[test]
fn examples_that_a_producer_must_mend() {
    let validator = Validator::new(Mode::Producer);
    let mut text = String::new();
    for path in examples() {
        let verdict = validator.explain(&fs::read(&path).unwrap());
        if !verdict.is_valid() {
            let name = path.strip_prefix(path.ancestors().nth(2).unwrap()).unwrap();
            let _ = writeln!(text, "{}: {}", name.display(), render(&verdict));
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn every_schema_location_leads_somewhere() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = Validator::new(Mode::Producer);
    for path in fixtures() {
        for violation in validator.explain(&fs::read(path).unwrap()).violations {
            if let Some(pointer) = violation.schema.strip_prefix('#') {
                assert!(schema.pointer(pointer).is_some(), "{violation}");
            }
        }
    }
}

#[test]
fn the_list_of_violations_is_bounded() {
    let undeclared: Vec<_> = (0..5000).map(|index| format!("\"later_{index}\": {index}")).collect();
    let delivery = format!(
        r#"{{"id": "e1", "type": "project.render.started", "created": 1, "data": {{"project_id": "p", "team_id": "t", {}}}}}"#,
        undeclared.join(", ")
    );
    let verdict = Validator::new(Mode::Producer).explain(delivery.as_bytes());
    assert_eq!(verdict.violations.len(), MAX_VIOLATIONS + 1);
    let last = verdict.violations.last().unwrap();
    assert_eq!(last.rule, ViolationKind::TooMany);
    insta::assert_snapshot!(last.message, @"4900 more violations are not listed: fix these first.");
    assert!(Validator::new(Mode::Reader).explain(delivery.as_bytes()).is_valid());
}

#[test]
fn large_deliveries_are_judged() {
    // 4 MiB in undeclared places, as deep as a document may be.
    let deep = format!("{}{}", "[".repeat(125), "]".repeat(125));
    let wide = vec![deep; 4 << 12].join(",");
    let delivery = |value: &str| {
        format!(r#"{{"id": "e1", "type": "later", "created": 1, "data": {{"wide": [{value}]}}}}"#)
    };
    let validator = Validator::new(Mode::Producer);
    let rules = |delivery: String| -> Vec<_> {
        validator.explain(delivery.as_bytes()).violations.iter().map(|v| v.rule).collect()
    };
    assert_eq!(
        rules(delivery("[],".repeat(100).trim_end_matches(','))),
        [ViolationKind::UnknownType]
    );
    assert_eq!(rules(delivery(&wide)), [ViolationKind::Nesting]);
    let wide = wide.replace("[[", "[").replace("]]", "]");
    assert_eq!(rules(delivery(&wide)), [ViolationKind::UnknownType]);
    assert_eq!(rules("[".repeat(4 << 20)), [ViolationKind::Nesting]);
}
