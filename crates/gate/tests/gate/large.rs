//! Plain schemas that are large in one way: each is judged in a time that goes with its size.

use schema_compat_gate::{Direction, Document, Gate, Layout, Release, Report};
use schema_source::{Source, pretty_json};
use serde_json::{Map, Value, json};

fn judge(old: &Value, new: &Value) -> Report {
    let source = |path: &str, value| Source::parse(path.into(), pretty_json(value)).unwrap();
    let mut gate = Gate::new(Layout::Whole);
    gate.direction = Direction::Produce;
    let release = Release::new("old", source("old.json", old));
    gate.judge(&Document::from(source("new.json", new)), release).unwrap()
}

fn found(report: &Report) -> Vec<(&str, &str)> {
    let findings = report.findings.iter();
    findings.map(|finding| (&*finding.rule().id, &*finding.change.instance)).collect()
}

fn object(fields: usize, name: impl Fn(usize) -> String, schema: impl Fn(usize) -> Value) -> Value {
    let fields: Map<_, _> = (0..fields).map(|index| (name(index), schema(index))).collect();
    json!({ "type": "object", "properties": fields })
}

#[test]
fn of_many_fields_the_one_that_changed_is_told() {
    let of = |changed: Value| {
        let schema = |index| if index == 7 { changed.clone() } else { json!({ "type": "string" }) };
        object(3_000, |index| format!("field_{index}"), schema)
    };
    let report = judge(&of(json!({ "type": "string" })), &of(json!({ "type": "null" })));
    assert_eq!(found(&report), [("type-changed", "/field_7")]);
}

#[test]
fn of_many_branches_the_one_that_came_is_told() {
    let of = |count: usize| {
        let branch = |index: usize| {
            json!({
                "type": "object",
                "required": ["type"],
                "properties": { "type": { "const": format!("t{index}") }, "n": { "type": "integer" } }
            })
        };
        json!({ "oneOf": (0..count).map(branch).collect::<Vec<_>>() })
    };
    let report = judge(&of(300), &of(301));
    let rules: Vec<_> = found(&report).into_iter().map(|(rule, _)| rule).collect();
    assert!(rules.contains(&"branch-added"), "{rules:?}");
    assert!(judge(&of(300), &of(300)).findings.is_empty());
}

#[test]
fn of_many_fields_each_is_told_as_renamed() {
    // More pairs than are compared letter by letter.
    let of = |name: fn(usize) -> String| object(220, name, |_| json!({ "type": "string" }));
    let report =
        judge(&of(|index| format!("some_field_{index}")), &of(|i| format!("someField{i}")));
    let renamed = found(&report).iter().filter(|(rule, _)| *rule == "field-renamed").count();
    assert_eq!(renamed, 220);
}
