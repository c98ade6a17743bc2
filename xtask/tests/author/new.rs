//! `cargo xtask new`: what it writes is valid from the start, and what it cannot write it refuses.

use std::fs;
use std::path::Path;

use clip_events_test_support::small_contract;

use super::{edit, files, first_contract, run};

const SHAPE: &str = "schema/data/post.pinned.schema.json";
const DELIVERY: &str = "schema/examples/post.pinned/typical.json";

#[test]
fn a_new_event_type_has_what_its_neighbours_share_and_goes_through_every_command() {
    let root = first_contract();
    let root = root.path();
    let (out, _) = run(root, &["new", "post.pinned"], 0);
    assert!(out.starts_with(&format!("wrote {SHAPE}\nwrote {DELIVERY}\n\nNext: ")), "{out}");
    let read = |path: &str| fs::read_to_string(root.join(path)).expect("a file");
    insta::assert_snapshot!("shape", read(SHAPE));
    insta::assert_snapshot!("delivery", read(DELIVERY));

    let (out, _) = run(root, &["codegen"], 0);
    assert!(out.contains("wrote docs/generated/events.md\n"), "{out}");
    let (out, _) = run(root, &["compat"], 0);
    assert!(out.contains("a new event type: post.pinned\n"), "{out}");

    // Its texts are still to be written.
    let before = files(root);
    let (_, err) = run(root, &["release", "minor"], 1);
    assert!(err.contains(&format!("{SHAPE}:5:3: still to be written: TODO")), "{err}");
    assert_eq!(files(root), before);
    edit(&root.join(SHAPE), |shape| shape["description"] = "A post was pinned.".into());
    run(root, &["codegen"], 0);
    run(root, &["release", "minor"], 0);
}

#[test]
fn a_new_event_type_of_a_new_kind_has_what_all_share() {
    let root = first_contract();
    run(root.path(), &["new", "brand_kit.member.invited"], 0);
    let path = "schema/data/brand_kit.member.invited.schema.json";
    insta::assert_snapshot!(
        "of-a-new-kind",
        fs::read_to_string(root.path().join(path)).expect("a file")
    );
    run(root.path(), &["codegen"], 0);
}

#[test]
fn the_first_event_type_of_a_contract_needs_no_neighbours() {
    let root = small_contract(None);
    let root = root.path();
    fs::remove_file(root.join("schema/data/thing.made.schema.json")).expect("removed");
    edit(&root.join("schema/envelope.schema.json"), |envelope| {
        envelope.as_object_mut().expect("an object").remove("examples");
    });
    run(root, &["new", "job.done"], 0);
    run(root, &["codegen"], 0);
    let delivery = fs::read_to_string(root.join("schema/examples/job.done/typical.json"));
    let delivery: serde_json::Value =
        serde_json::from_str(&delivery.expect("a file")).expect("JSON");
    assert_eq!(
        delivery,
        serde_json::json!({ "id": "e1", "type": "job.done", "created": 1, "data": {} })
    );
}

#[test]
fn a_name_that_is_taken_or_no_event_type_is_refused_and_nothing_is_written() {
    let root = small_contract(None);
    let root = root.path();
    let refused = |event_type: &str, why: &str| {
        let before = files(root);
        let (out, err) = run(root, &["new", event_type], 1);
        assert!(out.is_empty() && err.contains(why), "{out}{err}");
        assert_eq!(files(root), before);
    };
    refused(
        "thing.made",
        "schema/data/thing.made.schema.json:1:1: the event type thing.made is there already",
    );
    for name in ["Thing.Lost", "thing-lost", "thing lost", "1thing"] {
        refused(name, &format!("`{name}` is not a valid event type"));
    }
    for name in ["", ".", "..", "thing..lost", "../../thing", "thing/lost", "thing\\lost", "a\nb"] {
        refused(name, "cannot be the name of a file");
    }
    let delivery = root.join("schema/examples/thing.lost/typical.json");
    fs::create_dir_all(delivery.parent().unwrap_or(Path::new(""))).expect("a folder");
    fs::write(&delivery, "{}").expect("written");
    refused("thing.lost", "schema/examples/thing.lost/typical.json:1:1: the file is there already");
    fs::write(root.join("schema/envelope.schema.json"), "{").expect("written");
    refused("thing.lost", "schema/envelope.schema.json:1:1: not JSON");
}
