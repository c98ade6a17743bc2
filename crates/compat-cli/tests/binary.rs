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

/// Runs `schema-compat` on two texts; what it prints and its exit code.
fn compared(name: &str, old: &str, new: &str) -> (String, i32) {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = [("old", old), ("new", new)].map(|(side, text)| {
        let path = folder.path().join(format!("{side}.{name}"));
        std::fs::write(&path, text).unwrap();
        path
    });
    let output =
        Command::new(env!("CARGO_BIN_EXE_schema-compat")).args([old, new]).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (text, output.status.code().unwrap())
}

#[test]
fn what_is_no_schema_is_refused() {
    let api = "openapi: 3.1.0\ninfo: {}\npaths: {}\n";
    let definitions = r#"{ "$schema": "http://json-schema.org/draft-07/schema#", "definitions": { "a": { "type": "string" } } }"#;
    for (name, text) in [("yaml", api), ("json", definitions), ("json", r#"{ "title": "x" }"#)] {
        let (told, code) = compared(name, text, text);
        assert_eq!(code, 3, "{told}");
        assert!(
            told.contains("this is no schema") && told.contains("schema-compat check"),
            "{told}"
        );
    }
    for text in ["{}", "true", r#"{ "$schema": "http://json-schema.org/draft-07/schema#" }"#] {
        assert_eq!(compared("json", text, text).1, 0, "{text}");
    }
}

#[test]
fn yaml_is_read() {
    let (told, code) = compared("yaml", "type: string\n", "type: [string, integer]\n");
    assert!(code == 1 && told.contains("because of old #/type"), "{told}");
    let (told, code) = compared("yml", "type: string\ntype: integer\n", "{}");
    assert!(code == 3 && told.contains("old.yml:2:1: the key occurs twice"), "{told}");
    let (told, code) = compared("json", "{\"type\": \"string\",\n\"type\": 1}", "{}");
    assert!(code == 3 && told.contains("old.json: the key \"type\" occurs twice in one object: at line 1 column 2, and at line 2 column 1"), "{told}");
}
