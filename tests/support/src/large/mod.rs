//! A contract as large as that of a real vendor, made up: the same one each time.

mod made;
mod random;
mod shapes;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use made::Made;
use random::Random;
use shapes::{Shapes, changes};

/// How many event types it has.
pub const EVENT_TYPES: usize = SUBJECTS.len() * ACTIONS.len();

const BASE_ID: &str = "https://large-vendor.example/schema/";
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// How many definitions it has besides those that `shapes` spells out.
const DEFINITIONS: usize = SUBJECTS.len();
/// How deep objects nest in the shape of an event, references not followed.
const DEPTH: usize = 5;

const SUBJECTS: [&str; 50] = [
    "account",
    "alert",
    "artifact",
    "asset",
    "badge",
    "board",
    "branch",
    "bucket",
    "build",
    "bundle",
    "campaign",
    "card",
    "cluster",
    "comment",
    "commit",
    "contract",
    "dataset",
    "deploy_key",
    "digest",
    "domain",
    "environment",
    "fork",
    "gateway",
    "group",
    "hook",
    "image",
    "incident",
    "invoice",
    "issue",
    "job",
    "label",
    "license",
    "member",
    "milestone",
    "model",
    "notebook",
    "order",
    "package",
    "page",
    "pipeline",
    "policy",
    "project",
    "queue",
    "release",
    "review",
    "runner",
    "secret",
    "snapshot",
    "team",
    "ticket",
];
const ACTIONS: [&str; 5] = ["created", "edited", "closed", "reopened", "deleted"];

/// Writes the contract to `root`/schema, with two example deliveries for each event type: all fields, and only what is required.
///
/// # Panics
///
/// When a file cannot be written.
pub fn write(root: &Path) {
    let schema = root.join("schema");
    for (path, content) in files() {
        let path = schema.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(&path, format!("{content:#}\n"))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

/// The files of the contract by their path in `schema/`.
pub fn files() -> BTreeMap<String, Value> {
    let mut random = Random::new(1);
    let shapes = Shapes::new(&mut random, DEFINITIONS);
    let mut files = BTreeMap::new();
    files.insert("contract.json".to_owned(), manifest());
    files.insert("envelope.schema.json".to_owned(), envelope());
    files.insert(
        "definitions.schema.json".to_owned(),
        json!({
            "$schema": DIALECT,
            "$id": format!("{BASE_ID}definitions.schema.json"),
            "$defs": shapes.definitions()
        }),
    );
    for (subject, name) in SUBJECTS.iter().enumerate() {
        for action in ACTIONS {
            let event_type = format!("{name}.{action}");
            let data = event(&shapes, &mut random, subject, action);
            for (case, example) in [("full", &data.full), ("least", &data.least)] {
                let delivery = json!({
                    "id": format!("{event_type}-{case}"),
                    "type": event_type,
                    "created": 1_745_800_000_000_u64,
                    "data": example
                });
                files.insert(format!("examples/{event_type}/{case}.json"), delivery);
            }
            let mut schema = data.schema;
            schema["$schema"] = DIALECT.into();
            schema["$id"] = format!("{BASE_ID}data/{event_type}.schema.json").into();
            schema["title"] = format!("{name} {action} event").into();
            files.insert(format!("data/{event_type}.schema.json"), schema);
        }
    }
    files
}

fn manifest() -> Value {
    json!({
        "title": "Large vendor",
        "package": "large-events",
        "baseId": BASE_ID,
        "conventions": {}
    })
}

fn envelope() -> Value {
    json!({
        "$schema": DIALECT,
        "$id": format!("{BASE_ID}envelope.schema.json"),
        "title": "Envelope",
        "type": "object",
        "required": ["id", "type", "created", "data"],
        "properties": {
            "id": { "type": "string" },
            "type": { "type": "string" },
            "created": { "type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_u64 },
            "data": { "type": "object" }
        }
    })
}

/// The shape of `data`: what it is about, and by reference who did it and where. A first event writes out what it is about, the
/// others have a definition for it.
fn event(shapes: &Shapes, random: &mut Random, subject: usize, action: &str) -> Made {
    let about = if action == ACTIONS[0] {
        let width = 8 + random.below(33);
        shapes.object(random, width, DEPTH - 1)
    } else {
        shapes.numbered(subject)
    };
    let only = json!({ "type": "string", "enum": [action] });
    let mut members = vec![
        ("action".to_owned(), Made::scalar(only, json!(action)), true),
        (SUBJECTS[subject].to_owned(), about, true),
        ("repository".to_owned(), shapes.reference("repository"), true),
        ("sender".to_owned(), shapes.reference("user"), true),
        ("organization".to_owned(), shapes.reference("organization"), false),
        ("installation".to_owned(), shapes.reference("installation"), false),
    ];
    match action {
        "edited" => members.push(("changes".to_owned(), changes(random), true)),
        "closed" => members.push(("item".to_owned(), shapes.item_in("closed"), true)),
        "reopened" => members.push(("item".to_owned(), shapes.item_in("open"), true)),
        "deleted" => {
            for key in ["tree", "location", "property-value"] {
                members.push((key.to_owned(), shapes.reference(key), random.chance(50)));
            }
        }
        _ => {}
    }
    Made::object(members)
}
