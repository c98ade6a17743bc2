//! The generated API, on every shape of the first release and on one that is awkward in all that an addition may be: values
//! cannot change places, none is forgotten, and owned and borrowed events offer the same.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clip_events_contract::model::{Contract, Field, Schema, SchemaRef};
use heck::ToUpperCamelCase as _;
use serde_json::json;

use crate::scratch::Scratch;

/// The contract as it was first released, with a shape that has two fields of one type, fields with the names of methods and keywords, and one
/// whose type is another than that of the same key elsewhere.
fn grown(name: &str) -> (Scratch, Contract) {
    let scratch = Scratch::of_first_release(name);
    let id = |definition: &str| json!({ "$ref": format!("../definitions.schema.json#/$defs/{definition}") });
    scratch.write(
        "schema/data/clip.awkward.schema.json",
        &json!({
            "$schema": clip_events_contract::vocabulary::DIALECT,
            "$id": Scratch::shape_id("clip.awkward"),
            "title": "Clip awkward",
            "description": "A clip is awkward.",
            "x-domain": "clips",
            "x-follow-up": "/v1/clips/{clip_id}/{build}",
            "type": "object",
            "required": ["clip_id", "twin_id", "started_at", "ended_at", "build", "clone", "type"],
            "properties": {
                "clip_id": id("ClipId"),
                "twin_id": id("ClipId"),
                "ended_at": id("UnixMillis"),
                "started_at": id("UnixMillis"),
                "build": { "description": "Which build.", "type": "string" },
                "clone": { "description": "Whether it is one.", "type": "boolean" },
                "type": { "description": "Its type.", "type": "string", "x-known-values": ["a"] },
                "event_type": { "description": "Another one.", "type": "string" },
                "id": { "description": "Of something else.", "type": "number" },
                "progress": { "description": "In percent.", "type": "integer", "minimum": 0, "maximum": 100 },
                "team_id": id("TeamId")
            },
            "examples": [{
                "clip_id": "c1", "twin_id": "c2", "ended_at": 2, "started_at": 1, "build": "b", "clone": true, "type": "a",
                "event_type": "x", "id": 1.5, "progress": 50, "team_id": "t1"
            }]
        }),
    );
    scratch.codegen();
    let contract =
        clip_events_contract::load(&scratch.root).unwrap_or_else(|errors| panic!("{errors}"));
    (scratch, contract)
}

/// The Rust type of a field's values.
fn rust_type(field: &Field) -> &str {
    match &field.value.schema {
        SchemaRef::Named(name) => name,
        SchemaRef::Inline(Schema::String { .. }) => "String",
        SchemaRef::Inline(Schema::Boolean) => "bool",
        SchemaRef::Inline(_) => "f64",
    }
}

/// The name of a field where the builder sets it.
fn setter(field: &Field) -> String {
    match field.name.as_str() {
        "build" => "build_".into(),
        "type" => "r#type".into(),
        name => name.into(),
    }
}

/// A call of the builder that sets `field` to the variable of its name.
fn set(field: &Field) -> String {
    format!(".{}(v_{}.clone())", setter(field), field.name)
}

fn parameters(fields: &[&Field]) -> String {
    let parameters = fields.iter().map(|field| format!("v_{}: {}", field.name, rust_type(field)));
    parameters.collect::<Vec<_>>().join(", ")
}

#[test]
fn values_cannot_change_places_and_none_is_forgotten_or_set_twice() {
    let (scratch, contract) = grown("builders");
    // One line each, so that the place of an error tells which one it is.
    let mut lines = vec!["#![allow(dead_code)]".to_owned(), "use clip_events::*;".to_owned()];
    let mut expected = BTreeSet::new();
    let mut swaps = 0;
    for shape in &contract.events {
        let name = shape.event_type.to_upper_camel_case();
        let required: Vec<_> = shape.fields.iter().filter(|field| field.required).collect();
        let all: Vec<_> = shape.fields.iter().collect();
        let parameters = parameters(&all);
        let mut line = |code: Option<&str>, calls: &str| {
            let at = lines.len();
            lines.push(format!(
                "fn f{at}({parameters}) {{ let _: {name} = {name}::builder(){calls}; }}"
            ));
            expected.extend(code.map(|code| (at as u64 + 1, code.to_owned())));
        };
        let calls = |fields: &[&Field]| fields.iter().map(|field| set(field)).collect::<String>();
        let mut reversed = all.clone();
        reversed.reverse();
        for complete in [&required, &all, &reversed] {
            line(None, &format!("{}.build()", calls(complete)));
        }
        for field in &required {
            let others: Vec<_> = required.iter().copied().filter(|other| other != field).collect();
            line(Some("E0599"), &format!("{}.build()", calls(&others)));
            let mut twice = required.clone();
            twice.push(field);
            // Once it is set, `clone` is the method of the trait, which takes nothing.
            let code = if field.name == "clone" { "E0061" } else { "E0599" };
            line(Some(code), &format!("{}.build()", calls(&twice)));
        }
        for one in &all {
            for other in all.iter().filter(|other| rust_type(other) != rust_type(one)) {
                // A newtype takes any string, so an inline string may become one.
                let is_newtype = |field: &Field| matches!(field.value.schema, SchemaRef::Named(_));
                if is_newtype(one) && is_newtype(other) {
                    let rest: Vec<_> = all.iter().copied().filter(|field| field != one).collect();
                    let value = format!(".{}(v_{}.clone())", setter(one), other.name);
                    let takes_into = contract.schema(&one.value).is_string();
                    let code = if takes_into { "E0277" } else { "E0308" };
                    line(Some(code), &format!("{value}{}.build()", calls(&rest)));
                    swaps += 1;
                }
            }
        }
    }
    lines.push("fn main() {}".to_owned());
    assert!(swaps > 100, "{swaps}");
    scratch.dependant("builders", &lines.join("\n"));
    let errors = scratch.errors("builders");
    let difference: Vec<_> = errors.symmetric_difference(&expected).collect();
    let shown = difference.iter().map(|(line, code)| {
        format!(
            "{code}: {}",
            usize::try_from(*line)
                .ok()
                .and_then(|line| lines.get(line - 1))
                .map_or("", String::as_str)
        )
    });
    assert!(difference.is_empty(), "{:#?}", shown.collect::<Vec<_>>());
}

#[test]
fn owned_and_borrowed_events_offer_the_same() {
    let (scratch, contract) = grown("methods");
    let keys: BTreeSet<_> = contract
        .events
        .iter()
        .flat_map(|shape| &shape.fields)
        .map(|field| field.name.as_str())
        .collect();
    let mut program = String::from(
        r#"use clip_events::{Event, EventRef};
use serde_json::Value;

fn same<T: ToString, U: ToString>(owned: Option<T>, borrowed: Option<U>, value: Option<&Value>, delivery: &str) {
    let (owned, borrowed) = (owned.map(|value| value.to_string()), borrowed.map(|value| value.to_string()));
    assert_eq!(owned, borrowed, "{delivery}");
    let value = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    assert_eq!(owned, value, "{delivery}");
}

fn check(delivery: &str, path: Option<&str>) {
    let owned = Event::from_slice(delivery.as_bytes()).unwrap();
    let borrowed = EventRef::from_slice(delivery.as_bytes()).unwrap();
    let value: Value = serde_json::from_str(delivery).unwrap();
    assert_eq!(owned.event_type(), borrowed.event_type());
    assert_eq!(owned.payload.event_type(), borrowed.payload.event_type());
    assert_eq!(owned.event_type().is_some(), value["data"].get("none").is_none());
    assert_eq!(owned.type_name(), value["type"].as_str().unwrap());
    assert_eq!(borrowed.type_name(), owned.type_name());
    assert_eq!(borrowed.payload.type_name(), owned.payload.type_name());
    assert_eq!(owned.follow_up().as_deref(), path, "{delivery}");
    assert_eq!(borrowed.follow_up().as_deref(), path, "{delivery}");
    assert_eq!(borrowed.payload.into_owned(), owned.payload);
    let data = |key: &str| value["data"].get(key).filter(|_| owned.event_type().is_some());
"#,
    );
    for key in keys {
        let accessor = match key {
            "build" | "clone" | "event_type" => format!("data_{key}"),
            "type" => "r#type".to_owned(),
            key => key.to_owned(),
        };
        // The one key that has two types: its accessor is of the type that has its name.
        let of_type = if key == "progress" {
            ".filter(|_| owned.type_name() != \"clip.awkward\")"
        } else {
            ""
        };
        let _ = writeln!(
            program,
            "    same(owned.{accessor}(), borrowed.{accessor}(), data({key:?}){of_type}, delivery);\n    \
             same(owned.payload.{accessor}(), borrowed.payload.{accessor}(), data({key:?}){of_type}, delivery);"
        );
    }
    program.push_str("}\n\nfn main() {\n");
    let mut check = |event_type: &str, data: &serde_json::Value, path: Option<&str>| {
        let delivery =
            json!({ "id": "e1", "type": event_type, "created": 1, "data": data }).to_string();
        let _ = writeln!(program, "    check({delivery:?}, {path:?});");
    };
    check("clip.unknown", &json!({ "team_id": "t1", "none": 1 }), None);
    check(
        "clip.awkward",
        &json!({ "clip_id": "c/1", "twin_id": "c2", "ended_at": 2, "started_at": 1, "build": "b", "clone": true, "type": "a" }),
        Some("/v1/clips/c%2F1/b"),
    );
    check("asset.analysis.succeeded", &json!({ "asset_id": "a", "team_id": "t" }), None);
    check(
        "asset.analysis.succeeded",
        &json!({ "asset_id": "a", "team_id": "t", "job_id": "" }),
        None,
    );
    check(
        "asset.analysis.succeeded",
        &json!({ "asset_id": "a", "team_id": "t", "job_id": "j\u{e9}" }),
        Some("/v1/clips/j%C3%A9"),
    );
    let is_released =
        |event_type: &str| contract.events.iter().any(|shape| shape.event_type == event_type);
    let examples = crate::examples::all().into_iter();
    for example in examples.filter(|example| is_released(&example.event_type)) {
        let text = String::from_utf8(example.bytes.clone()).expect("UTF-8");
        let path = clip_events::Event::from_slice(&example.bytes).expect("valid").follow_up();
        let _ = writeln!(program, "    check({text:?}, {path:?});");
    }
    program.push_str("}\n");
    scratch.dependant("methods", &program);
    scratch.run("methods");
}
