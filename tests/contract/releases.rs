//! Old and new work together: deliveries that may be sent now pass every release, deliveries of a release parse today,
//! and everything that a release declared is still declared. The gate proves it; these tests try it.

use std::collections::BTreeSet;

use clip_events::Event;
use clip_events_agreement::bundle;
use clip_events_agreement::generate::{Delivery, deliveries};
use clip_events_agreement::json::Json;
use clip_events_agreement::reference::Reference;
use clip_events_test_support::root;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use xtask::compat;

const CASES: u32 = 500;

fn releases() -> Vec<(String, Value)> {
    let releases = compat::releases(&root()).current().unwrap_or_else(|error| panic!("{error}"));
    assert!(!releases.is_empty(), "the contract was released");
    let releases = releases.into_iter();
    releases.map(|release| (release.name, release.document.value().clone())).collect()
}

fn runner() -> TestRunner {
    TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() })
}

#[test]
fn what_may_be_sent_now_passes_every_release() {
    for (name, release) in releases() {
        let reference = Reference::new(release);
        let passes = |delivery: Delivery| {
            let text = delivery.text();
            prop_assert_eq!(reference.judge(text.as_bytes()), Ok(()), "{}: {}", name, text);
            Ok(())
        };
        runner().run(&deliveries(&bundle()), passes).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn what_a_release_sent_parses_today() {
    let today = bundle();
    for (name, release) in releases() {
        let parses = |delivery: Delivery| {
            prop_assume!(!is_declared_only_now(&release, &today, &delivery.json));
            let text = delivery.text();
            prop_assert!(Event::from_slice(text.as_bytes()).is_ok(), "{}: {}", name, text);
            Ok(())
        };
        runner().run(&deliveries(&release), parses).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Whether `delivery` of the release happens to use a name that only today's contract declares. Such names were free.
fn is_declared_only_now(release: &Value, today: &Value, delivery: &Json) -> bool {
    let places = |bundle: &Value| {
        declared(bundle).into_iter().map(|line| line.place).collect::<BTreeSet<_>>()
    };
    let new: BTreeSet<_> = places(today).difference(&places(release)).cloned().collect();
    new.iter().any(|Place { event_type, path }| {
        let says = |found: &Json| matches!(found, Json::Text(text) if text.value == *event_type);
        let is_of_type = event_type == "*" || delivery.get("type").is_some_and(says);
        is_of_type && has(delivery, path)
    })
}

/// Whether `json` has something at `path`; whatever tells the branches of a union apart.
fn has(json: &Json, path: &[Step]) -> bool {
    let Some((step, rest)) = path.split_first() else { return true };
    match (step, json) {
        (Step::Key(key), json) => json.get(key).is_some_and(|value| has(value, rest)),
        (Step::Each, Json::Array(items)) => items.iter().any(|item| has(item, rest)),
        (Step::Each, Json::Object(members)) => {
            members.iter().any(|member| has(&member.value, rest))
        }
        (Step::Each, _) => false,
        (Step::Branch(_), json) => has(json, rest),
    }
}

#[test]
fn what_a_release_declared_is_declared_still() {
    let today = declared(&bundle());
    for (name, release) in releases() {
        let gone: Vec<_> = declared(&release).difference(&today).cloned().collect();
        assert!(gone.is_empty(), "{name} declared, and the contract does no more: {gone:#?}");
    }
}

/// Additions of every form leave what was declared as it was.
#[test]
fn additions_at_any_depth_take_no_declaration_away() {
    let before = json!({
        "properties": { "id": { "type": "string" } },
        "allOf": [{
            "if": { "properties": { "type": { "const": "a.b" } }, "required": ["type"] },
            "then": { "properties": { "data": { "$ref": "#/$defs/a.b" } } }
        }],
        "$defs": { "a.b": {
            "type": "object",
            "required": ["video"],
            "properties": {
                "video": { "type": "object", "properties": { "width": { "type": "integer" } } },
                "clips": { "type": "array", "items": { "type": "object", "properties": {} } },
                "tree": { "$ref": "#/$defs/Tree" },
                "by": {
                    "type": "object",
                    "properties": { "kind": { "type": "string" } },
                    "allOf": [{
                        "if": { "properties": { "kind": { "const": "user" } } },
                        "then": { "properties": { "name": { "type": "string" } } }
                    }]
                }
            }
        },
        "Tree": { "properties": { "left": { "$ref": "#/$defs/Tree" } } } }
    });
    let mut after = before.clone();
    let shape = &mut after["$defs"]["a.b"]["properties"];
    shape["video"]["properties"]["height"] = json!({ "type": "integer" });
    shape["clips"]["items"]["properties"]["id"] = json!({ "type": "string" });
    shape["by"]["allOf"][0]["then"]["properties"]["age"] = json!({ "type": "integer" });
    shape["tags"] = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    after["$defs"]["Tree"]["properties"]["right"] = json!({ "$ref": "#/$defs/Tree" });
    let (before, after) = (declared(&before), declared(&after));
    assert_eq!(before.difference(&after).next(), None);
    assert!(after.len() >= before.len() + 6, "{after:#?}");
}

/// A declared object, field, item or value of a map: its place, and the values that it takes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    place: Place,
    takes: String,
}

/// A place in the deliveries of an event type; `*` for all of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    event_type: String,
    path: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Key(String),
    /// Each item of a list, or each value of a map.
    Each,
    /// What tells a branch of a union from the others.
    Branch(String),
}

/// One line for each declared place of `bundle`, without annotations.
fn declared(bundle: &Value) -> BTreeSet<Line> {
    let mut reader = Reader { bundle, lines: BTreeSet::new(), open: Vec::new() };
    let mut envelope = bundle.clone();
    // It chooses the shape of `data`, which has lines of its own.
    envelope.as_object_mut().expect("an object").remove("allOf");
    reader.read(&Place { event_type: "*".into(), path: Vec::new() }, &envelope, "required");
    for event_type in compat::layout().event_types(bundle) {
        let path = vec![Step::Key("data".into())];
        let place = Place { event_type: event_type.to_owned(), path };
        reader.read(&place, &bundle["$defs"][event_type], "required");
    }
    reader.lines
}

struct Reader<'a> {
    bundle: &'a Value,
    lines: BTreeSet<Line>,
    /// The definitions that are being read: a shape may hold itself.
    open: Vec<String>,
}

impl Reader<'_> {
    fn read(&mut self, place: &Place, schema: &Value, required: &str) {
        const PARTS: &[&str] = &[
            "title",
            "description",
            "examples",
            "required",
            "properties",
            "items",
            "additionalProperties",
            "allOf",
            "anyOf",
            "oneOf",
            "$ref",
            "$defs",
        ];
        let keywords = schema.as_object().into_iter().flatten();
        let own = keywords.filter(|(keyword, _)| {
            !PARTS.contains(&keyword.as_str()) && !keyword.starts_with("x-")
        });
        let own: Vec<_> = own.map(|(keyword, value)| format!("{keyword}: {value}")).collect();
        let below = |step: Step| {
            let mut place = place.clone();
            place.path.push(step);
            place
        };
        let reference = schema["$ref"].as_str();
        let leads_on = reference.filter(|to| !self.open.iter().any(|open| open == to));
        // A reference that says nothing of its own may come and go.
        if leads_on.is_none() || !own.is_empty() {
            let takes = format!("{required} {}", own.join(", "));
            self.lines.insert(Line { place: place.clone(), takes });
        }
        if let Some(reference) = leads_on {
            let pointer = reference.strip_prefix('#').expect("a part of the bundle");
            let target = self.bundle.pointer(pointer).expect("the bundle stands alone");
            self.open.push(reference.to_owned());
            self.read(place, target, required);
            self.open.pop();
        }
        let needed = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let required =
                if needed.iter().any(|key| key == name) { "required" } else { "optional" };
            self.read(&below(Step::Key(name.clone())), field, required);
        }
        for part in ["items", "additionalProperties"] {
            if schema[part].is_object() {
                self.read(&below(Step::Each), &schema[part], "each");
            }
        }
        for (index, branch) in schema["allOf"].as_array().into_iter().flatten().enumerate() {
            match branch.get("if") {
                Some(condition) => {
                    self.read(&below(Step::Branch(condition.to_string())), &branch["then"], "then");
                }
                None => self.read(&below(Step::Branch(format!("allOf {index}"))), branch, "also"),
            }
        }
        for part in ["anyOf", "oneOf"] {
            for (index, branch) in schema[part].as_array().into_iter().flatten().enumerate() {
                self.read(&below(Step::Branch(format!("{part} {index}"))), branch, "either");
            }
        }
    }
}
