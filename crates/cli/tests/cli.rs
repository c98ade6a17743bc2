//! The command as its users see it: arguments, output and exit status.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use clip_events::EventType;

/// Runs `clip-events` in the folder of fixtures, with `stdin` as its input.
fn clip_events(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_clip-events"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let _ = input.write_all(stdin); // The command need not read to the end.
        });
        child.wait_with_output().unwrap()
    })
}

/// A run as text, for a snapshot.
fn run(arguments: &[&str], stdin: &[u8]) -> String {
    let Output { status, stdout, stderr } = clip_events(arguments, stdin);
    let section = |name: &str, bytes: Vec<u8>| {
        let head = if bytes.is_empty() { String::new() } else { format!("--- {name}\n") };
        head + &String::from_utf8(bytes).unwrap()
    };
    format!(
        "$ clip-events {}\nexit status: {}\n{}{}",
        arguments.join(" "),
        status.code().unwrap(),
        section("stdout", stdout),
        section("stderr", stderr)
    )
}

fn stdout(arguments: &[&str]) -> String {
    let output = clip_events(arguments, b"");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn lines() {
    insta::assert_snapshot!("lines-reader", run(&["validate", "mixed.ndjson"], b""));
    insta::assert_snapshot!(
        "lines-producer",
        run(&["validate", "--mode", "producer", "mixed.ndjson"], b"")
    );
    insta::assert_snapshot!(
        "lines-json",
        run(&["validate", "--mode", "producer", "--format", "json", "mixed.ndjson"], b"")
    );
}

#[test]
fn the_readme_shows_what_the_command_prints() {
    let output = clip_events(&["validate", "deliveries.ndjson"], b"").stdout;
    let output = String::from_utf8(output).unwrap();
    let readme = include_str!("../README.md");
    assert!(readme.contains(&format!("$ clip-events validate deliveries.ndjson\n{output}```\n")));
}

#[test]
fn hostile_lines() {
    insta::assert_snapshot!("hostile-human", run(&["validate", "hostile.ndjson"], b""));
    insta::assert_snapshot!(
        "hostile-json",
        run(&["validate", "--format", "json", "hostile.ndjson"], b"")
    );
}

#[test]
fn arrays_and_documents() {
    insta::assert_snapshot!(run(
        &["validate", "array.json", "array-broken.json", "pretty.json", "several-pretty.json"],
        b""
    ));
}

#[test]
fn folders() {
    insta::assert_snapshot!("folder", run(&["validate", "--format", "json", "folder"], b""));
}

#[test]
fn unreadable_inputs_do_not_keep_the_rest_from_being_judged() {
    insta::assert_snapshot!(
        "cannot-read",
        run(&["validate", "missing.json", "pretty.json", "folder/deeper"], b"")
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("readme.txt"), "Nothing to judge.").unwrap();
    let output = clip_events(&["validate", folder.path().to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no .json, .ndjson or .jsonl file"));
}

#[test]
fn stdin() {
    let lines =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/folder/b.jsonl"));
    let lines = lines.unwrap();
    insta::assert_snapshot!("stdin", run(&["validate", "--format", "json"], &lines));
    assert_eq!(
        clip_events(&["validate", "--format", "json", "-"], &lines).stdout,
        clip_events(&["validate", "--format", "json"], &lines).stdout
    );
}

#[test]
fn nothing_to_judge_is_valid() {
    insta::assert_snapshot!("nothing", run(&["validate", "empty.json", "-"], b" \n\n"));
}

#[test]
fn usage() {
    insta::assert_snapshot!("help", run(&["--help"], b""));
    insta::assert_snapshot!("help-validate", run(&["validate", "--help"], b""));
    assert_eq!(stdout(&["--version"]), concat!("clip-events ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn an_unknown_event_type_is_refused_with_the_list_of_known_ones() {
    for command in ["sample", "schema"] {
        let output = clip_events(&[command, "post.publishd"], b"");
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("a similar value exists: 'post.published'"), "{error}");
        assert!(EventType::ALL.iter().all(|known| error.contains(known.as_str())), "{error}");
    }
}

#[test]
fn output_keeps_the_order_of_a_large_input() {
    let mut lines = String::new();
    for id in 0..60_000 {
        let created = if id % 100 == 0 { -1 } else { id };
        let _ = writeln!(
            lines,
            "{{\"id\":\"e{id}\",\"type\":\"project.render.started\",\"created\":{created},\"data\":{{\"project_id\":\"p\",\"team_id\":\"t\"}}}}"
        );
    }
    let output = clip_events(&["validate", "--format", "json"], lines.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let output = String::from_utf8(output.stdout).unwrap();
    let mut count = 0;
    for (index, line) in output.lines().enumerate() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(record["line"], index + 1);
        assert_eq!(record["valid"], index % 100 != 0);
        count += 1;
    }
    assert_eq!(count, 60_000);
}

#[test]
fn a_closed_output_ends_the_run() {
    let sample = ["sample", "post.failed", "--count", "18446744073709551615"];
    let validate = ["validate", "--format", "json", "-"];
    for arguments in [&sample[..], &validate[..]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clip-events"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut input = child.stdin.take().unwrap();
        // Writes more than the buffers between the two hold, so that the command notices that its output is closed.
        while input.write_all(b"{}\n").is_ok() && arguments == validate {}
        drop(input);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(141), "{arguments:?}");
        assert!(output.stderr.is_empty());
    }
}

#[test]
fn samples_are_valid_by_the_schema_of_their_type_and_for_producers() {
    for event_type in EventType::ALL.iter().map(|event_type| event_type.as_str()) {
        let samples = stdout(&["sample", event_type, "--seed", "7", "--count", "200"]);
        assert_eq!(samples.lines().count(), 200);
        let judged = clip_events(&["validate", "--mode", "producer"], samples.as_bytes());
        assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));

        let schema = serde_json::from_str(&stdout(&["schema", event_type])).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        for sample in samples.lines() {
            let mut sample = serde_json::from_str(sample).unwrap();
            assert!(validator.is_valid(&sample), "{event_type}: {sample}");
            sample["type"] = "another.type".into();
            assert!(!validator.is_valid(&sample));
            sample["type"] = event_type.into();
            sample["data"] = serde_json::json!({});
            assert!(!validator.is_valid(&sample));
        }
    }
}

#[test]
fn samples_depend_on_the_seed_alone() {
    let sample = |seed, count| {
        stdout(&["sample", "asset.creation.succeeded", "--seed", seed, "--count", count])
    };
    insta::assert_snapshot!("samples", sample("1", "8"));
    assert!(sample("1", "8").starts_with(&sample("1", "3")));
    assert_ne!(sample("1", "3"), sample("2", "3"));
}

#[test]
fn schema() {
    assert_eq!(stdout(&["schema"]), clip_events_validator::SCHEMA);
    insta::assert_snapshot!("schema-of-one-type", stdout(&["schema", "project.render.progress"]));
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        assert!(stdout(&["completions", shell]).contains("validate"), "{shell}");
    }
}
