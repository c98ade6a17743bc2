//! The output of `cargo xtask codegen`: fresh in the tree, the same each time, and enough by itself when the
//! contract grows or loses something.

use std::fs;
use std::path::{Path, PathBuf};

use clip_events_codegen::files::{Stale, StaleFile};
use clip_events_test_support::{copy, root};
use serde_json::{Value, json};
use xtask::codegen;

use crate::scratch::Scratch;

#[test]
fn the_tree_is_fresh() {
    let stale = codegen::run(&root(), Stale::Check).unwrap_or_else(|error| panic!("{error}"));
    let diffs: Vec<_> = stale.iter().map(|change| change.diff.as_str()).collect();
    assert!(
        stale.is_empty(),
        "{}\nrun `{}` and commit the result",
        diffs.concat(),
        clip_events_codegen::COMMAND
    );
}

#[test]
fn rendering_is_deterministic() {
    let render = || codegen::render(&root()).unwrap_or_else(|error| panic!("{error}"));
    let first = render();
    assert!(first.len() > 4);
    assert!(first.is_sorted_by_key(|artifact| artifact.path.clone()));
    assert_eq!(first, render());
}

#[test]
fn stale_edited_missing_and_left_over_files_are_told_and_mended_and_no_other_is_touched() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    copy(&self::root().join("schema"), &root.join("schema"));
    let run = |mode| codegen::run(root, mode).unwrap_or_else(|error| panic!("{error}"));
    let paths = |changes: &[StaleFile]| {
        let mut paths: Vec<_> = changes.iter().map(|change| change.path.clone()).collect();
        paths.sort();
        paths
    };

    let all = paths(&run(Stale::Write));
    assert_eq!(run(Stale::Check), []);
    assert_eq!(run(Stale::Write), []);

    let types = Path::new("crates/types/src/generated");
    let (edited, missing, left_over) =
        (types.join("data.rs"), types.join("event.rs"), types.join("old.rs"));
    let fresh = fs::read_to_string(root.join(&edited)).expect("written");
    fs::write(root.join(&edited), fresh.replace("AssetId", "Id")).expect("edited");
    fs::remove_file(root.join(&missing)).expect("removed");
    fs::write(root.join(&left_over), "// of an earlier release\n").expect("written");
    let untouched = all.iter().filter(|path| **path != edited && **path != missing);
    let times = || {
        let modified =
            |path: &PathBuf| fs::metadata(root.join(path)).and_then(|data| data.modified());
        untouched.clone().map(|path| modified(path).expect("a file")).collect::<Vec<_>>()
    };
    let before = times();

    let told = run(Stale::Check);
    assert_eq!(paths(&told), [edited.clone(), missing.clone(), left_over.clone()]);
    let diff = told.iter().find(|change| change.path == edited).map(|change| change.diff.as_str());
    assert!(
        diff.is_some_and(
            |diff| diff.contains("\n-    pub asset_id: Id,\n+    pub asset_id: AssetId,\n")
        ),
        "{diff:?}"
    );
    assert!(
        !root.join(&missing).exists() && root.join(&left_over).exists(),
        "checking writes nothing"
    );

    assert_eq!(paths(&run(Stale::Write)), [edited.clone(), missing.clone(), left_over.clone()]);
    assert_eq!(fs::read_to_string(root.join(&edited)).expect("written"), fresh);
    assert!(root.join(&missing).exists() && !root.join(&left_over).exists());
    assert_eq!(times(), before, "what is fresh is not written again");
    assert_eq!(run(Stale::Check), []);
}

/// A new event type is one schema file, a new field one entry: codegen does the rest. What was written against the
/// contract before an addition still compiles, and reads what is sent after it.
#[test]
fn the_contract_grows_and_shrinks_by_its_schemas_alone() {
    let scratch = Scratch::of_first_release("evolution");
    scratch.dependant("old", OLD);
    scratch.run("old");

    scratch.write(
        "schema/data/clip.shared.schema.json",
        &json!({
            "$schema": clip_events_contract::vocabulary::DIALECT,
            "$id": Scratch::shape_id("clip.shared"),
            "title": "Clip shared",
            "description": "Somebody shared the clip.",
            "x-domain": "clips",
            "x-high-volume": true,
            "x-follow-up": "/v1/clips/{clip_id}/shares/{type}",
            "type": "object",
            "required": ["clip_id", "type", "is_public", "balance"],
            "properties": {
                "clip_id": { "$ref": "../definitions.schema.json#/$defs/ClipId" },
                "type": { "description": "How it was shared.", "type": "string" },
                "is_public": { "description": "Whether all can see it.", "type": "boolean" },
                "balance": { "description": "Likes less dislikes.", "type": "integer", "minimum": -1000, "maximum": 1000 },
                "score": { "description": "How good it is.", "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.5 },
                "weight": { "description": "How much it counts.", "type": "number" },
                "shared_at": { "$ref": "../definitions.schema.json#/$defs/UnixMillis", "description": "When." }
            },
            "examples": [{
                "clip_id": "c1", "type": "link", "is_public": true, "balance": -3, "score": 0.25, "weight": 1.5, "shared_at": 1
            }]
        }),
    );
    scratch.edit("schema/data/asset.analysis.progress.schema.json", |shape| {
        shape["properties"]["stage"] = json!({
            "description": "What is being done.", "type": "string", "x-known-values": ["4k-upscale", "transcribe"]
        });
        shape["examples"][0]["stage"] = json!("transcribe");
    });
    scratch.codegen();
    scratch.dependant("new", NEW);
    scratch.run("old");
    scratch.run("new");

    scratch.edit("schema/data/asset.analysis.started.schema.json", |shape| {
        let properties = shape["properties"].as_object_mut().expect("properties");
        properties.remove("job_id").expect("declared");
        let example = shape["examples"][0].as_object_mut().expect("an example");
        example.remove("job_id");
    });
    scratch.codegen();
    scratch.dependant("new", SHRUNK);
    scratch.run("new");

    // Nothing can be expected of `data` before its type is known.
    scratch.edit("schema/envelope.schema.json", |envelope| {
        let properties = envelope["properties"].as_object_mut().expect("properties");
        let mut members: Vec<_> = std::mem::take(properties).into_iter().collect();
        members.sort_by_key(|(key, _)| key != "data");
        properties.extend(members);
    });
    scratch.codegen();
    scratch.run("new");
}

/// Code that a user may write against today's contract.
const OLD: &str = r##"
use clip_events::{Event, EventRef, EventType, Payload, AssetAnalysisProgress, Progress, UnixMillis};

fn main() {
    let delivery = br#"{"id":"e1","type":"asset.analysis.progress","created":1,"data":{"asset_id":"a1","team_id":"t1","progress":0.5,"stage":"transcribe"}}"#;
    let event = Event::from_slice(delivery).unwrap();
    match &event.payload {
        Payload::AssetAnalysisProgress(AssetAnalysisProgress { progress, job_id: None, .. }) => assert_eq!(progress.get(), 0.5),
        Payload::Unknown(_) => panic!("known"),
        _ => panic!("progress"),
    }
    let made = Event::builder()
        .id("e1")
        .created(UnixMillis::constant(1))
        .payload(
            AssetAnalysisProgress::builder()
                .team_id("t1")
                .asset_id("a1")
                .progress(Progress::new(0.5).unwrap())
                .job_id("j1")
                .build(),
        )
        .build();
    let text = serde_json::to_string(&made).unwrap();
    assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), made);

    // Known or not.
    let later = br#"{"id":"e1","type":"clip.shared","created":1,"data":{"clip_id":"c1","type":"link","is_public":true,"balance":-3}}"#;
    let event = EventRef::from_slice(later).unwrap();
    assert_eq!(event.payload.type_name().to_string(), "clip.shared");
    assert_eq!(event.event_type(), "clip.shared".parse::<EventType>().ok());
}
"##;

/// Code that a user may write once the contract has grown.
const NEW: &str = r##"
use clip_events::{judge, deliveries, AssetAnalysisProgressStage, ClipSharedBalance, Domain, Event, EventRef, EventType, Payload, PayloadRef, ClipShared, UnixMillis};

fn main() {
    let delivery = r#"{"id":"e1","type":"clip.shared","created":1,"data":{"clip_id":"c1","type":"a/b","is_public":true,"balance":-3e0,"score":0.25,"weight":-1e3}}"#;
    let event = Event::from_slice(delivery.as_bytes()).unwrap();
    assert_eq!(event.event_type(), Some(EventType::ClipShared));
    assert_eq!(event.follow_up().as_deref(), Some("/v1/clips/c1/shares/a%2Fb"));
    let Payload::ClipShared(data) = &event.payload else { panic!("clip.shared") };
    assert_eq!((data.clip_id.as_str(), data.r#type.as_str(), data.is_public, data.balance.get()), ("c1", "a/b", true, -3));
    assert_eq!((data.score.unwrap().get(), data.weight, data.shared_at), (0.25, Some(-1000.0), None));
    assert_eq!(serde_json::from_str::<Event>(delivery).unwrap(), event);
    let written = serde_json::to_vec(&event).unwrap();
    assert_eq!(Event::from_slice(&written).unwrap(), event);
    let borrowed = EventRef::from_slice(delivery.as_bytes()).unwrap();
    assert!(matches!(&borrowed.payload, PayloadRef::ClipShared(data) if data.is_public));
    assert_eq!(borrowed.into_owned(), event);

    for (wrong, pointer) in [
        (r#""is_public":1"#, "/data/is_public"),
        (r#""is_public":null"#, "/data/is_public"),
        (r#""balance":-1001"#, "/data/balance"),
        (r#""balance":0.5"#, "/data/balance"),
        (r#""score":0"#, "/data/score"),
        (r#""score":0.5"#, "/data/score"),
        (r#""weight":"1""#, "/data/weight"),
        (r#""shared_at":-1"#, "/data/shared_at"),
        (r#""type":[]"#, "/data/type"),
    ] {
        for text in [
            format!(r#"{{"id":"e1","type":"clip.shared","created":1,"data":{{{wrong}}}}}"#),
            format!(r#"{{"data":{{{wrong}}},"id":"e1","type":"clip.shared","created":1}}"#),
        ] {
            let error = Event::from_slice(text.as_bytes()).unwrap_err();
            assert_eq!(error.pointer(), pointer, "{error}");
            assert!(judge(text.as_bytes()).is_err());
            assert!(deliveries::<Event>(text.as_bytes()).all(|line| line.outcome.is_err()));
        }
    }

    const BALANCE: ClipSharedBalance = ClipSharedBalance::constant(-1000);
    let shared = ClipShared::builder().balance(BALANCE).clip_id("c1").is_public(false).r#type("link");
    let shared = shared.shared_at(UnixMillis::new(2).unwrap()).weight(1.5).build();
    let event = Event::builder().created(UnixMillis::MAX).id("e2").payload(shared).build();
    assert_eq!(Event::from_slice(&serde_json::to_vec(&event).unwrap()).unwrap(), event);
    assert!(EventType::ClipShared.is_high_volume());
    assert_eq!(EventType::ClipShared.domain().as_str(), "clips");
    assert!(Domain::ALL.contains(&EventType::ClipShared.domain()));
    assert!(EventType::ALL.contains(&EventType::ClipShared));

    let staged = br#"{"id":"e1","type":"asset.analysis.progress","created":1,"data":{"asset_id":"a1","team_id":"t1","progress":1,"stage":"4k-upscale"}}"#;
    let Payload::AssetAnalysisProgress(data) = Event::from_slice(staged).unwrap().payload else { panic!("progress") };
    assert_eq!(data.stage.unwrap(), AssetAnalysisProgressStage::_4K_UPSCALE);
    let wrong = br#"{"id":"e1","type":"asset.analysis.progress","created":1,"data":{"asset_id":"a1","team_id":"t1","progress":1,"stage":7}}"#;
    assert_eq!(Event::from_slice(wrong).unwrap_err().pointer(), "/data/stage");
}
"##;

/// The code once a field is gone: the contract no longer knows it.
const SHRUNK: &str = r##"
use clip_events::{AssetAnalysisStarted, Event, Payload};

fn main() {
    let delivery = br#"{"id":"e1","type":"asset.analysis.started","created":1,"data":{"asset_id":"a1","team_id":"t1","job_id":7}}"#;
    let Payload::AssetAnalysisStarted(AssetAnalysisStarted { asset_id, team_id, .. }) = Event::from_slice(delivery).unwrap().payload else { panic!("started") };
    assert_eq!((asset_id.as_str(), team_id.as_str()), ("a1", "t1"));
}
"##;

/// A definition of the name of something in the types crate would hide it, or be hidden by it, silently.
#[test]
fn no_definition_takes_a_name_of_the_types_crate() {
    let source = root().join("crates/types/src");
    let read = |path: &Path| fs::read_to_string(path).expect("a file");
    let generated = fs::read_dir(source.join("generated"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    // The parser takes no definitions into its scope.
    let generated = generated.filter(|path| !path.ends_with("parser.rs")).map(|path| read(&path));
    let text: Vec<_> = generated.chain([read(&source.join("lib.rs"))]).collect();
    let uses = text.iter().flat_map(|text| text.split(';')).map(str::trim_start);
    let uses = uses.filter_map(|item| {
        item.rsplit_once("use crate::").or_else(|| item.rsplit_once("pub use "))
    });
    let mut names: Vec<_> = uses
        .flat_map(|(_, path)| path.split(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|name| {
            name.starts_with(|c: char| c.is_ascii_uppercase())
                && name.chars().any(|c| c.is_ascii_lowercase())
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 15 && names.contains(&"Text"), "{names:?}");

    let folder = tempfile::tempdir().expect("a temporary folder");
    copy(&root().join("schema"), &folder.path().join("schema"));
    let path = folder.path().join("schema/definitions.schema.json");
    let mut definitions: Value = serde_json::from_str(&read(&path)).expect("JSON");
    for name in &names {
        definitions["$defs"][*name] =
            json!({ "title": name, "description": name, "type": "string", "examples": ["a"] });
    }
    fs::write(&path, schema_source::pretty_json(&definitions)).expect("written");
    let told = codegen::render(folder.path()).expect_err("the names are taken").to_string();
    let free: Vec<_> = names
        .iter()
        .filter(|name| {
            !told.contains(&format!("`{name}` needs a name in Rust that is taken: `{name}`"))
        })
        .collect();
    assert!(free.is_empty(), "add to RESERVED in crates/codegen/src/rust/names.rs: {free:?}");
}
