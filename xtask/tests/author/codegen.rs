//! `cargo xtask codegen` on a small contract.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use clip_events_test_support::small_contract;

use super::{edit, run, xtask};

#[test]
fn the_command_writes_then_finds_nothing_stale_and_tells_what_is_by_its_exit_code() {
    let root = small_contract(None);
    let root = root.path();

    let (out, err) = run(root, &["codegen", "--check"], 1);
    assert!(err.contains("run `cargo xtask codegen`"), "{err}");
    assert!(out.contains("+++ crates/types/src/generated/data.rs"), "{out}");
    assert!(!root.join("crates").exists(), "--check writes nothing");

    let (out, _) = run(root, &["codegen"], 0);
    assert!(out.contains("wrote crates/types/src/generated/data.rs\n"), "{out}");

    let fresh = "all generated files are fresh\n";
    assert_eq!(run(root, &["codegen"], 0).0, fresh);
    assert_eq!(run(root, &["codegen", "--check"], 0).0, fresh);

    let shape = root.join("schema/data/thing.made.schema.json");
    fs::write(&shape, "{").expect("written");
    let (_, err) = run(root, &["codegen", "--check"], 2);
    assert!(err.starts_with("error: schema/data/thing.made.schema.json:1:1: not JSON"), "{err}");

    run(root, &["no-such-command"], 2);
    run(root, &["codegen", "--check", "--watch"], 2);
}

#[test]
fn a_convention_that_is_advice_is_told_and_stops_nothing() {
    let root = small_contract(None);
    let root = root.path();
    edit(&root.join("schema/data/thing.made.schema.json"), |shape| {
        shape["properties"]["color"] = serde_json::json!({
            "description": "Its color.", "type": "string", "enum": ["red", "blue"], "examples": ["red"]
        });
    });
    let (_, err) = run(root, &["codegen"], 0);
    let place = "advice: schema/data/thing.made.schema.json:";
    assert!(err.starts_with(place) && err.contains("a closed set: each further value"), "{err}");
}

/// All that is missing is asked for at once, with what to write.
#[test]
fn a_mistake_in_a_shape_and_a_missing_delivery_are_told_together() {
    let root = small_contract(None);
    let root = root.path();
    fs::create_dir_all(root.join("schema/examples")).expect("a folder");
    edit(&root.join("schema/data/thing.made.schema.json"), |shape| {
        shape["title"] = "".into();
    });
    let (_, err) = run(root, &["codegen"], 2);
    assert!(err.contains("schema/data/thing.made.schema.json:1:1: `title` is missing"), "{err}");
    assert!(
        err.contains(
            "error: schema/examples/thing.made/typical.json:1:1: no example delivery of thing.made\n  \
             at: the whole file\n  help: write {\"id\":\"e1\",\"type\":\"thing.made\",\"created\":1,\"data\":\
             {\"thing_id\":\"t1\",\"share\":0.5,\"weight\":3,\"color\":\"red\"}}\n"
        ),
        "{err}"
    );
    assert!(err.ends_with("\n2 errors in schema/\n"), "{err}");
}

#[test]
fn a_change_is_generated_while_the_command_watches() {
    let root = small_contract(None);
    let shape = root.path().join("schema/data/thing.made.schema.json");
    let mut command = xtask(root.path(), &["codegen", "--watch"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    let (sender, lines) = mpsc::channel();
    let told: [Box<dyn std::io::Read + Send>; 2] = [
        Box::new(child.stdout.take().expect("piped")),
        Box::new(child.stderr.take().expect("piped")),
    ];
    for stream in told {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let lines = BufReader::new(stream).lines().map_while(Result::ok);
            lines.map(|line| sender.send(line)).take_while(Result::is_ok).count()
        });
    }
    let wait_for = |what: &str| loop {
        let line = lines.recv_timeout(Duration::from_mins(1));
        let line = line.unwrap_or_else(|_| panic!("it says `{what}`"));
        if line.contains(what) {
            break;
        }
    };
    wait_for("wrote docs/generated/events.md");
    edit(&shape, |shape| shape["description"] = "A thing was made by hand.".into());
    wait_for("wrote docs/generated/events.md");
    let page = root.path().join("docs/generated/events.md");
    assert!(fs::read_to_string(page).expect("a file").contains("A thing was made by hand."));
    let before = fs::read_to_string(&shape).expect("a file");
    fs::write(&shape, "{").expect("written");
    wait_for("not JSON");
    fs::write(&shape, before).expect("written");
    wait_for("all generated files are fresh");
    child.kill().expect("it was still there");
    child.wait().expect("it ends");
}
