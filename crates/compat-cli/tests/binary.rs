//! The command, as its user sees it.

use std::process::Command;

/// Runs `schema-compat` on a fixture of the engine; its output and exit code.
fn run(fixture: &str, arguments: &[&str]) -> String {
    let directory = format!("{}/../compat/tests/fixtures/{fixture}", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO_BIN_EXE_schema-compat"))
        .args([format!("{directory}/old.json"), format!("{directory}/new.json")])
        .args(arguments)
        .output()
        .expect("the binary runs");
    format!(
        "{}{}exit code {}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        output.status.code().unwrap_or(-1),
    )
}

#[test]
fn people_get_the_document_that_breaks() {
    insta::assert_snapshot!(run("envelope-one-of-nullable", &[]));
}

#[test]
fn people_get_the_proof_on_request() {
    insta::assert_snapshot!(run(
        "envelope-if-then-field-added",
        &["--mode", "reader-safe", "--explain"]
    ));
    insta::assert_snapshot!(run("recursion-widened", &["--mode", "replay-safe", "--explain"]));
}

#[test]
fn people_are_told_what_is_undecided() {
    insta::assert_snapshot!(run("number-beyond-2-64", &[]));
}

#[test]
fn programs_get_json() {
    insta::assert_snapshot!(run("pattern-narrower", &["--format", "json"]));
}

#[test]
fn a_missing_file_is_an_error_of_its_own() {
    let output = run("no-such-fixture", &[]);
    assert!(output.ends_with("exit code 3"), "{output}");
}
