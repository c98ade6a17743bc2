//! `cargo xtask check`: on a small contract with a small workspace around it, so that each program runs and may fail.

use std::fs;
use std::path::Path;
use std::process::Command;

use clip_events_test_support::{root, small_contract};
use xtask::check::PROGRAMS;

use super::{edit, run};

/// A contract, released and generated, in a workspace of one crate with a program in each place that is run.
fn workspace() -> tempfile::TempDir {
    let folder = small_contract(None);
    let root = folder.path();
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    };
    run(root, &["codegen"], 0);
    run(root, &["release", "1.0.0"], 0);
    write(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"one\"]\nexclude = [\"tools\"]\n",
    );
    write("one/Cargo.toml", "[package]\nname = \"one\"\nversion = \"0.0.0\"\nedition = \"2024\"\n");
    write("one/src/lib.rs", "//! One.\n");
    write("one/tests/some.rs", TESTS);
    write("one/read.snap", "");
    write(
        "tools/public-api/Cargo.toml",
        "[workspace]\n\n[package]\nname = \"api\"\nversion = \"0.0.0\"\nedition = \"2024\"\n",
    );
    write("tools/public-api/src/main.rs", "fn main() {}\n");
    write("benches/instructions", "#!/bin/sh\necho 'judge: 1 instruction'\n");
    Command::new("chmod")
        .args(["+x", "benches/instructions"])
        .current_dir(root)
        .status()
        .expect("runs");
    for manifest in ["Cargo.toml", "tools/public-api/Cargo.toml"] {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let made =
            cargo.args(["generate-lockfile", "--offline", "--quiet", "--manifest-path", manifest]);
        assert!(made.current_dir(root).status().expect("cargo runs").success());
    }
    git(root, &["init", "--quiet"]);
    git(root, &["add", "--all"]);
    folder
}

fn git(root: &Path, arguments: &[&str]) {
    let status = Command::new("git").current_dir(root).args(arguments).status();
    assert!(status.expect("git runs").success());
}

/// One that says that it reads a snapshot, as insta does, and two that fail when told to.
const TESTS: &str = r#"use std::path::Path;

#[test]
fn a_good_one() {
    if let Ok(list) = std::env::var("INSTA_SNAPSHOT_REFERENCES_FILE") {
        std::fs::write(list, concat!(env!("CARGO_MANIFEST_DIR"), "/read.snap\n")).unwrap();
    }
}

#[test]
fn one_that_talks() {
    assert!(!Path::new("../break").exists(), "{}", "a long story\n".repeat(500));
}

#[test]
fn another() {
    assert!(!Path::new("../break").exists());
}
"#;

fn heads(out: &str) -> Vec<String> {
    let heads = out.lines().filter(|line| !line.starts_with(' ') && !line.is_empty());
    let words = heads.map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
    words.collect()
}

#[test]
fn each_step_is_taken_and_a_summary_comes_last() {
    let folder = workspace();
    let root = folder.path();
    let (out, _) = run(root, &["check"], 0);
    let told = heads(&out);
    assert_eq!(
        told,
        [
            "schemas ok",
            "gate ok",
            "generated ok",
            "lints ok",
            "docs ok",
            "instructions ok",
            "api ok",
            "tests ok",
            "snapshots ok",
            "all is"
        ],
        "{out}"
    );
    assert!(out.contains("1.0.0: additive: 0 additions") && out.contains("  3 passed\n"), "{out}");

    // A snapshot that is left over fails.
    fs::write(root.join("one/unread.snap"), "").expect("written");
    git(root, &["add", "--all"]);
    let (out, _) = run(root, &["check"], 1);
    assert!(out.contains("    no test reads these:\n    one/unread.snap\n"), "{out}");
    assert!(out.ends_with("\nfailed: snapshots\n"), "{out}");

    // A program that fails does not keep the others from running, and of its output the start is shown.
    fs::write(root.join("break"), "").expect("written");
    fs::write(root.join("tools/public-api/src/main.rs"), "fn main() { std::process::exit(1) }")
        .expect("written");
    fs::write(
        root.join("benches/instructions"),
        "#!/bin/sh\necho 'error: no valgrind' >&2\nexit 2\n",
    )
    .expect("written");
    let (out, _) = run(root, &["check"], 1);
    assert!(out.contains("    tests/some.rs: another\n"), "{out}");
    assert!(out.contains("    tests/some.rs: one_that_talks\n"), "{out}");
    assert!(!out.contains("a_good_one"), "{out}");
    assert!(out.lines().count() < 60 && out.contains(" more lines\n"), "{out}");
    assert!(out.contains("all output: target/check/tests.log"), "{out}");
    assert!(out.contains("instructions  not run           error: no valgrind\n"), "{out}");
    assert!(out.ends_with("\nfailed: api, tests; not run: instructions, snapshots\n"), "{out}");
    assert!(root.join("target/check/tests.log").exists());

    // A crate that does not compile has no tests that could fail.
    fs::write(root.join("one/src/lib.rs"), "fn main() -> u8 { \"\" }").expect("written");
    let (out, _) = run(root, &["check"], 1);
    assert!(out.contains("    error[E0308]: mismatched types\n"), "{out}");
    assert!(
        out.ends_with("\nfailed: lints, api, tests; not run: instructions, snapshots\n"),
        "{out}"
    );
}

#[test]
fn what_says_nothing_after_a_failure_is_left_out() {
    let folder = workspace();
    let root = folder.path();
    let shape = root.join("schema/data/thing.made.schema.json");
    edit(&shape, |shape| shape["properties"]["share"]["description"] = "How much.".into());
    let (out, _) = run(root, &["check"], 1);
    assert!(out.contains("    stale generated files:\n"), "{out}");
    let rest = "lints, docs, instructions, api, tests, snapshots\n";
    assert!(out.ends_with(&format!("\nfailed: generated; not run: {rest}")), "{out}");

    // A break of the promise does not keep from testing what was generated.
    edit(&shape, |shape| {
        shape["properties"].as_object_mut().expect("an object").remove("color");
        shape["examples"][0].as_object_mut().expect("an object").remove("color");
    });
    run(root, &["codegen"], 0);
    let (out, _) = run(root, &["check"], 1);
    assert!(out.contains("    error[field-removed]: "), "{out}");
    assert!(out.ends_with("\nfailed: gate\n"), "{out}");

    fs::write(&shape, "{").expect("written");
    let (out, _) = run(root, &["check"], 1);
    assert!(out.contains("schema/data/thing.made.schema.json:1:1: not JSON"), "{out}");
    assert!(
        out.ends_with(&format!("\nfailed: schemas; not run: gate, generated, {rest}")),
        "{out}"
    );
}

#[test]
fn a_text_that_is_still_to_be_written_fails() {
    let folder = workspace();
    let root = folder.path();
    run(root, &["new", "thing.lost"], 0);
    run(root, &["codegen"], 0);
    let (out, _) = run(root, &["check"], 1);
    assert!(
        out.contains("schema/data/thing.lost.schema.json:5:3: still to be written: TODO"),
        "{out}"
    );
    assert!(out.ends_with("\nfailed: schemas\n"), "{out}");
}

#[test]
fn changes_are_accepted_on_request() {
    let folder = workspace();
    let root = folder.path();
    fs::write(
        root.join("tools/public-api/src/main.rs"),
        "fn main() { assert_eq!(std::env::args().nth(1).as_deref(), Some(\"--accept\")) }",
    )
    .expect("written");
    let test = "\n#[test]\nfn renewed() { assert_eq!(std::env::var(\"INSTA_UPDATE\").unwrap(), \"always\") }\n";
    fs::write(root.join("one/tests/some.rs"), format!("{TESTS}{test}")).expect("written");
    let (out, _) = run(root, &["check"], 1);
    assert!(out.contains("failed: api, tests;"), "{out}");
    let (out, _) = run(root, &["check", "--accept"], 0);
    assert!(out.ends_with("\nall is well\n"), "{out}");
}

/// What the check runs, CI runs: word for word.
#[test]
fn each_program_is_a_line_of_ci() {
    let script = fs::read_to_string(root().join(Path::new(".ci/run"))).expect("a file");
    for program in PROGRAMS {
        let is_run = script
            .lines()
            .any(|line| line.split_once("step ").is_some_and(|(_, rest)| rest == program.line));
        assert!(is_run, ".ci/run has no line `step {}`", program.line);
    }
}
