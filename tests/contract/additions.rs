//! What nobody has added yet: whatever the schemas may say, the types compile with all features and without a warning.

use std::fs;

use clip_events_contract::vocabulary::DIALECT;
use clip_events_test_support::{root, without_documentation};
use serde_json::{Map, Value, json};

use crate::scratch::Scratch;

/// Adds an event type with `properties`, all required.
fn add_event(scratch: &Scratch, event_type: &str, properties: &Value) {
    let properties = properties.as_object().expect("properties");
    let example = properties.iter().map(|(key, schema)| (key.clone(), value(schema)));
    let schema = json!({
        "$schema": DIALECT,
        "$id": Scratch::shape_id(event_type),
        "title": "An addition",
        "description": "Nobody has added it yet.",
        "x-domain": "additions",
        "type": "object",
        "required": properties.keys().collect::<Vec<_>>(),
        "properties": properties,
        "examples": [example.collect::<Map<_, _>>()]
    });
    scratch.write(&format!("schema/data/{event_type}.schema.json"), &schema);
}

/// A value that `schema` takes.
fn value(schema: &Value) -> Value {
    match schema["type"].as_str() {
        Some("boolean") => json!(true),
        Some("integer" | "number") => json!(1),
        _ => json!("a"),
    }
}

fn strings<'a>(keys: impl IntoIterator<Item = &'a str>) -> Value {
    keys.into_iter().map(|key| (key.to_owned(), json!({ "type": "string" }))).collect()
}

fn integer() -> Value {
    json!({ "type": "integer", "minimum": -1, "maximum": 1 })
}

/// Text that a person may paste, and that neither Rust nor Markdown may take for its own.
const TEXT: &str = "Ends */ and opens /* comments.\r\nA lone \r, \u{202e}turned\u{202c} text and \u{0} a NUL.\n\n\
    - one item\n- another, [to] nothing, with `a | b` and <tags>\n\n```\nnot Rust\n```\n\n    nor is this\n";

/// The names of all functions of events, from the sources: a field may have any of them.
fn functions() -> Vec<String> {
    let source = root().join("crates/types/src");
    let files = ["delivery.rs", "event.rs", "time.rs", "unknown.rs"];
    let generated = ["borrowed.rs", "builder.rs", "data.rs", "event.rs", "event_type.rs"];
    let generated = generated.iter().map(|file| format!("generated/{file}"));
    let mut names = Vec::new();
    for file in files.into_iter().map(str::to_owned).chain(generated) {
        let text = fs::read_to_string(source.join(file)).expect("a file");
        names.extend(text.split("fn ").skip(1).map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .next()
                .unwrap_or_default()
                .to_owned()
        }));
    }
    names.retain(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 20 && names.iter().any(|name| name == "open_schema"), "{names:?}");
    names
}

#[test]
fn any_addition_compiles_with_all_features() {
    let scratch = Scratch::of_first_release("additions");
    scratch.use_all_features();
    without_documentation(&scratch.root);
    add_event(&scratch, "clip.silent", &json!({}));
    add_event(&scratch, "clip.flagged", &json!({ "is_public": { "type": "boolean" } }));
    // Names that are one in Rust, or that it or the generated code needs for itself.
    add_event(
        &scratch,
        "clip.a_b.shared",
        &json!({ "x_y": integer(), "x": integer(), "u": { "$ref": "../definitions.schema.json#/$defs/URL" } }),
    );
    add_event(&scratch, "x.y", &strings(["f0", "x"]));
    add_event(&scratch, "xy", &strings(["f0", "x"]));
    add_event(
        &scratch,
        "clip.odd",
        &strings([
            "build",
            "build_",
            "build__",
            "clone",
            "data_clone",
            "data_data_clone",
            "type",
            "type_",
            "a__b",
            "a_b",
            "a1",
            "a_1",
            "payload",
            "gen",
            "true",
            "self_",
            "union",
            "team_id",
        ]),
    );
    let functions = functions();
    add_event(&scratch, "clip.functions", &strings(functions.iter().map(String::as_str)));
    scratch.edit("schema/data/clip.flagged.schema.json", |shape| {
        shape["description"] = json!(TEXT);
        shape["title"] = json!(TEXT);
        shape["properties"]["is_public"]["description"] = json!("");
    });
    scratch.edit("schema/definitions.schema.json", |file| {
        let definitions = file["$defs"].as_object_mut().expect("definitions");
        for (name, schema) in [
            ("URL", json!({ "type": "string", "examples": [TEXT] })),
            ("Url", json!({ "type": "string", "examples": [""], "x-known-values": ["a\rb", "\u{202e}c", "*/ d", "4k", "e`f"] })),
            // In use nowhere.
            ("Ratio", json!({ "type": "number", "exclusiveMinimum": -1e-300, "maximum": 1e300, "x-unit": TEXT, "examples": [1] })),
            ("Count", json!({ "type": "integer", "minimum": -5, "maximum": -5, "examples": [-5] })),
            ("Flag", json!({ "type": "boolean", "examples": [true] })),
            ("Unused", json!({ "type": "string", "examples": ["a"] })),
        ] {
            let mut schema = schema;
            schema["title"] = json!("An addition");
            schema["description"] = json!(TEXT);
            definitions.insert(name.to_owned(), schema);
        }
    });
    scratch.edit("schema/envelope.schema.json", |envelope| {
        let fields = [
            ("attempt", integer()),
            ("build", json!({ "type": "string" })),
            ("event_type", json!({ "type": "string", "x-known-values": ["a"] })),
            ("is_test", json!({ "type": "boolean" })),
            ("score", json!({ "type": "number" })),
            (
                "team_id",
                json!({ "$ref": "definitions.schema.json#/$defs/TeamId", "description": TEXT }),
            ),
        ];
        envelope["properties"]
            .as_object_mut()
            .expect("properties")
            .extend(fields.map(|(key, schema)| (key.to_owned(), schema)));
    });
    scratch.codegen();
    scratch.dependant("additions", PROGRAM);
    scratch.check_all_features();
    scratch.run("additions");
}

/// What holds for the additions.
const PROGRAM: &str = r##"
use clip_events::{Event, EventRef, Payload, ClipFlagged, ClipOdd, ClipSilent, EnvelopeEventType, UnixMillis};
use schemars::generate::SchemaSettings;

fn round_trip(event: &Event) {
    let text = serde_json::to_string(event).unwrap();
    assert_eq!(Event::from_slice(text.as_bytes()).unwrap(), *event, "{text}");
    assert_eq!(EventRef::from_slice(text.as_bytes()).unwrap().into_owned(), *event, "{text}");
    assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), *event, "{text}");
}

fn main() {
    let event = Event::builder().id("e1").created(UnixMillis::constant(1));
    let silent = event.clone().payload(ClipSilent::builder().build()).build();
    assert_eq!(serde_json::to_string(&silent).unwrap(), r#"{"id":"e1","type":"clip.silent","created":1,"data":{}}"#);
    round_trip(&silent);
    let flagged = ClipFlagged::builder().is_public(true).build();
    assert_eq!(serde_json::from_str::<ClipFlagged>(r#"{"is_public":true}"#).unwrap(), flagged);
    let flagged = event.clone().is_test(false).event_type("a").build_("b").score(0.5).team_id("t1").payload(flagged).build();
    round_trip(&flagged);
    assert_eq!(flagged.is_public(), Some(true));
    assert_eq!(flagged.event_type.as_ref().unwrap(), EnvelopeEventType::A);
    assert_eq!(flagged.event_type().unwrap().as_str(), "clip.flagged");
    assert!(flagged.team_id().is_none() && flagged.team_id.is_some());

    // With so many required fields, the builder finds out when it runs.
    assert!(ClipOdd::builder().build_("1").build().is_err());
    let odd = ClipOdd::builder().build_("1").build__("2").build___("3").clone("4").data_clone("5").data_data_clone("6");
    let odd = odd.r#type("7").type_("8").a__b("9").a_b("10").a1("11").a_1("12").payload("13").r#gen("14").r#true("15");
    let odd = event.clone().payload(odd.self_("16").union("17").team_id("18").build().unwrap()).build();
    round_trip(&odd);
    assert_eq!(odd.data_build(), Some(&"1".to_owned()));
    assert_eq!(odd.data_clone(), Some(&"4".to_owned()));
    assert_eq!(odd.data_data_clone(), Some(&"5".to_owned()));
    assert_eq!(odd.data_data_data_clone(), Some(&"6".to_owned()));
    assert_eq!(odd.a__b(), Some(&"9".to_owned()));
    let Payload::ClipOdd(data) = &odd.payload else { panic!("odd") };
    assert_eq!((data.build.as_str(), data.build_.as_str(), data.build__.as_str(), data.a_1.as_str()), ("1", "2", "3", "12"));

    for settings in [SchemaSettings::default(), SchemaSettings::default().for_serialize()] {
        let schema = settings.into_generator().into_root_schema_for::<Event>().to_value();
        let required = schema["required"].as_array().unwrap();
        assert!(required.contains(&"id".into()) && !required.contains(&"attempt".into()), "{required:?}");
    }
}
"##;

#[test]
fn the_smallest_contracts_compile_with_all_features() {
    let scratch = Scratch::of_first_release("smallest");
    scratch.use_all_features();
    without_documentation(&scratch.root);
    scratch.dependant("smallest", "fn main() {}");
    for data in [json!({}), json!({ "is_public": { "type": "boolean" } }), strings(["a"])] {
        fs::remove_dir_all(scratch.root.join("schema/data")).expect("removed");
        add_event(&scratch, "clip.alone", &data);
        scratch.edit("schema/definitions.schema.json", |file| {
            let definitions = file["$defs"].as_object_mut().expect("definitions");
            definitions.retain(|name, _| ["EventId", "UnixMillis"].contains(&name.as_str()));
        });
        scratch.codegen();
        scratch.check_all_features();
    }
}
