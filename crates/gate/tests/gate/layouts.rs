//! Contracts that are nothing like that of this repository: other members, other files, no event types at all.

use schema_compat_gate::report::{Format, Style, Summary, render};
use schema_compat_gate::rules::Audience;
use schema_compat_gate::{Document, Gate, Layout, Outcome, Part, Release, Report};
use schema_source::{Source, pretty_json};
use serde_json::{Value, json};

fn source(path: &str, value: &Value) -> Source {
    Source::parse(path.into(), pretty_json(value)).expect("JSON")
}

fn judge(new: &Document, released: &Value) -> Report {
    let layout = Layout::Tagged { tag: "kind/of".into(), content: "pay~load".into() };
    let release = Release::new("first", source("released.json", released));
    Gate::new(layout).judge(new, release).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A contract with one event type, whose content is `content`.
fn tagged(content: &Value) -> Value {
    json!({
        "properties": { "pay~load": { "type": "object" }, "note": { "type": "string" } },
        "allOf": [{
            "if": { "properties": { "kind/of": { "const": "a/b" } }, "required": ["kind/of"] },
            "then": { "properties": { "pay~load": { "$ref": "#/$defs/a~1b" } } }
        }],
        "$defs": { "a/b": content }
    })
}

#[test]
fn the_members_may_have_any_name_and_the_parts_stand_in_any_file() {
    let shape = |kind: &str| json!({ "type": "object", "required": ["n"], "properties": { "n": { "type": kind } } });
    let value = tagged(&shape("number"));
    let mut root = value.clone();
    root["$defs"] = json!({});
    let parts = vec![
        Part {
            document_pointer: "/$defs".into(),
            source: source("all.json", &json!({ "parts": {} })),
            file_pointer: "/parts".into(),
        },
        Part {
            document_pointer: "/$defs/a~1b".into(),
            source: source("one.json", &json!({ "shape": shape("number") })),
            file_pointer: "/shape".into(),
        },
    ];
    let new = Document::new(value, source("root.json", &root), parts);
    assert_eq!(new.locate("/$defs/other/type").pointer, "/parts/other/type");
    assert_eq!(new.locate("/$defsx").path.to_str(), Some("root.json"));

    let report = judge(&new, &tagged(&shape("integer")));
    assert_eq!(report.outcome(), Outcome::Breaking);
    let [finding] = report.findings.as_slice() else { panic!("{report:?}") };
    assert_eq!(finding.rule().id, "type-widened");
    assert_eq!(finding.change.event_type.as_deref(), Some("a/b"));
    assert_eq!(finding.change.instance, "/pay~0load/n");
    assert_eq!(finding.location.path.to_str(), Some("one.json"));
    assert_eq!(finding.location.pointer, "/shape/properties/n/type");
    let delivery = &finding.breaking_delivery.as_ref().expect("one").delivery;
    assert_eq!(delivery["kind/of"], "a/b");
    assert!(delivery["pay~load"]["n"].is_f64(), "{delivery}");
    let reports = [report];
    let text = render(&Summary::new(&new, &reports), &Style::new(Format::Human));
    assert!(text.contains("--> one.json:9:9"), "{text}");
}

#[test]
fn a_field_named_like_the_content_is_one_beside_it() {
    let with = |kind: &str| {
        let mut value = tagged(&json!({}));
        value["properties"]["pay~load2"] = json!({ "type": kind });
        value
    };
    let new = Document::from(source("new.json", &with("number")));
    let report = judge(&new, &with("integer"));
    let [finding] = report.findings.as_slice() else { panic!("{report:?}") };
    assert_eq!(finding.change.event_type, None);
    assert_eq!(finding.location.pointer, "/properties/pay~0load2/type");
}

#[test]
fn a_document_without_event_types_is_compared_as_one() {
    let schema =
        |most: u32| json!({ "properties": { "n": { "type": "integer", "maximum": most } } });
    let new = Document::from(source("new.json", &schema(9)));
    let report = judge(&new, &schema(7));
    let [finding] = report.findings.as_slice() else { panic!("{report:?}") };
    assert_eq!(finding.rule().id, "bound-loosened");
    assert_eq!(finding.location.pointer, "/properties/n/maximum");
    assert!(finding.breaking_delivery.is_some(), "{report:?}");
    // What the release sent still parses.
    let [proved] = report.proved.as_slice() else { panic!("{report:?}") };
    assert_eq!(proved.claim.audience, Audience::Archives);
    assert_eq!(judge(&new, &schema(9)).outcome(), Outcome::Additive);
}

#[test]
fn what_is_no_schema_is_told_with_its_file() {
    let layout = Layout::Tagged { tag: "type".into(), content: "data".into() };
    let fine = source("released.json", &json!({}));
    let odd = source("new.json", &json!({ "pattern": "(" }));
    let judged = Gate::new(layout).judge(&Document::from(odd), Release::new("first", fine));
    let told = judged.expect_err("no regular expression").to_string();
    assert!(told.starts_with("error: new.json:2:3: not a schema that can judge: "), "{told}");
}
