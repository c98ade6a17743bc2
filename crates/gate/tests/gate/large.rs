//! Plain schemas that are large in one way: each is judged in a time that goes with its size.

use schema_compat_gate::{Direction, Document, Gate, Layout, Release, Report};
use schema_source::{Source, pretty_json};
use serde_json::{Map, Value, json};

fn source(path: &str, value: &Value) -> Source {
    Source::parse(path.into(), pretty_json(value)).unwrap()
}

fn judge(old: &Value, new: &Value) -> Report {
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

#[test]
fn where_more_changes_than_can_be_searched_may_break_that_is_said() {
    let of = |most: u64| {
        let schema = |_| json!({ "type": "string", "maxLength": most });
        object(100, |index| format!("field_{index}"), schema)
    };
    let mut gate = Gate::new(Layout::Whole);
    gate.direction = Direction::Produce;
    let judge = |gate: &Gate| {
        let release = Release::new("old", source("old.json", &of(5)));
        gate.judge(&Document::from(source("new.json", &of(6))), release).unwrap()
    };
    assert_eq!((found(&judge(&gate)).len(), judge(&gate).open.len()), (100, 0));
    // Each document has 302 values.
    gate.budget = 20 * 2 * 303;
    let report = judge(&gate);
    assert_eq!(found(&report).len(), 20);
    let [open] = report.open.as_slice() else { panic!("{:?}", report.open) };
    assert!(open.reason.starts_with("80 more changes may break it"), "{}", open.reason);
    assert_eq!(open.location.as_ref().unwrap().pointer, "/properties/field_20/maxLength");
}

#[test]
fn what_is_too_wide_for_validators_is_named() {
    let items = (0..=50_000).map(|at| json!({ "$ref": format!("#/$defs/d{at}") }));
    let definitions: Map<_, _> = (0..=50_000).map(|at| (format!("d{at}"), json!({}))).collect();
    for (wide, expected) in [
        (json!({ "allOf": vec![json!({}); 10_001] }), "new.json:2:3: more than 10,000 schemas"),
        (
            json!({ "$defs": definitions, "prefixItems": items.collect::<Vec<_>>() }),
            "new.json:1:1: more than 50000 different references",
        ),
    ] {
        let release = Release::new("old", source("old.json", &json!({})));
        let judged =
            Gate::new(Layout::Whole).judge(&Document::from(source("new.json", &wide)), release);
        let told = judged.unwrap_err().to_string();
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn of_a_long_list_what_came_and_went_is_told() {
    let of = |from: usize, to: usize| {
        let values: Vec<_> = (from..to).map(|index| format!("v{index}")).collect();
        json!({ "type": "object", "properties": { "kind": { "enum": values } } })
    };
    let report = judge(&of(0, 200), &of(1, 205));
    let told = &report.findings[0].change.what;
    assert_eq!(told, r#"kind: enum of 200 -> 204, 1 gone: "v0", 5 new: "v200", "v201", "v202", …"#);
}

#[test]
fn of_a_long_value_the_beginning_is_told() {
    let of = |end: &str| json!({ "pattern": format!("^{}{end}$", "a".repeat(300)) });
    let told = &judge(&of("b"), &of("c")).findings[0].change.what;
    let beginning = format!("\"^{}…", "a".repeat(58));
    assert_eq!(told, &format!("pattern {beginning} -> {beginning}"));
}
