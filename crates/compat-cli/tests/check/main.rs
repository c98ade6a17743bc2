//! `schema-compat check`, in repositories that are made for it.

mod apis;
mod broken;
mod data;
mod drafts;
mod files;
mod json;
mod options;
mod pairs;
mod readme;
mod settings;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A git repository.
struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository
    }

    fn git(&self, arguments: &[&str]) {
        let status = Command::new("git")
            .args(["-c", "user.name=somebody", "-c", "user.email=nobody@example.com"])
            .args(arguments)
            .current_dir(&self.0)
            .status();
        assert!(status.unwrap().success(), "{arguments:?}");
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "a step"]);
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What `schema-compat check` prints, and its exit code.
    fn check(&self, arguments: &[&str]) -> (String, i32) {
        check_in(self.0.path(), arguments)
    }

    fn accept(&self, arguments: &[&str]) -> (String, i32) {
        run_in(self.0.path(), "accept", arguments)
    }
}

fn check_in(folder: &Path, arguments: &[&str]) -> (String, i32) {
    run_in(folder, "check", arguments)
}

fn run_in(folder: &Path, command: &str, arguments: &[&str]) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_schema-compat"))
        .arg(command)
        .args(arguments)
        .current_dir(folder)
        .env_remove("GITHUB_BASE_REF")
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (String::from_utf8(text).unwrap(), output.status.code().unwrap())
}

const COMMON: &str = r#"{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "$id": "https://contracts.example/common.schema.json",
  "definitions": {
    "customer": {
      "type": "object",
      "required": ["name"],
      "properties": { "name": { "type": "string", "maxLength": 20 }, "mail": { "type": "string" } }
    }
  }
}
"#;

const ORDER: &str = r##"{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "$id": "https://contracts.example/order.schema.json",
  "type": "object",
  "required": ["id", "customer"],
  "properties": {
    "id": { "$ref": "#/definitions/id" },
    "customer": { "$ref": "common.schema.json#/definitions/customer" }
  },
  "definitions": { "id": { "type": "string" } }
}
"##;

/// Two schemas of which one refers to the other, and two that stand alone.
fn contracts() -> Repository {
    let repository = Repository::new();
    repository.write("schemas/common.schema.json", COMMON);
    repository.write("schemas/order.schema.json", ORDER);
    repository.write("schemas/note.schema.json", r#"{"type": "string", "minLength": 1}"#);
    repository.write("old/place/event.schema.json", r#"{"$id": "urn:event", "type": "integer"}"#);
    repository.commit();
    repository
}

#[test]
fn what_has_not_changed_is_counted() {
    let repository = contracts();
    assert_eq!(repository.check(&[]), ("4 schemas: 4 unchanged\n".into(), 0));
    assert_eq!(repository.check(&["schemas"]), ("3 schemas: 3 unchanged\n".into(), 0));
    let one = repository.check(&["./schemas/order.schema.json"]);
    assert_eq!(one, ("1 schema: 1 unchanged\n".into(), 0));
}

#[test]
fn each_change_is_told_at_its_place_in_whatever_file() {
    let repository = contracts();
    let common =
        COMMON.replace("\"maxLength\": 20", "\"maxLength\": 30").replace("\"mail\"", "\"e_mail\"");
    repository.write("schemas/common.schema.json", &common);
    repository.write("schemas/new.schema.json", r#"{"type": "string"}"#);
    repository.git(&["rm", "--quiet", "schemas/note.schema.json"]);
    repository.git(&["mv", "old/place/event.schema.json", "schemas/event.schema.json"]);
    repository.write("schemas/event.schema.json", r#"{"$id": "urn:event", "type": "number"}"#);
    let (text, code) = repository.check(&["--direction", "produce"]);
    assert_eq!(code, 1);
    insta::assert_snapshot!("produce", text);
    let (text, code) = repository.check(&["--direction", "consume"]);
    assert_eq!(code, 1);
    insta::assert_snapshot!("consume", text);
    for format in ["json", "github", "markdown", "sarif", "junit"] {
        let (text, code) = repository.check(&["--format", format]);
        assert_eq!(code, 1);
        insta::assert_snapshot!(format, text);
    }
}

#[test]
fn what_cannot_be_judged_says_where_and_the_rest_is_judged() {
    let repository = contracts();
    repository.write("schemas/a.schema.json", "{\n  \"type\": \"string\"\n");
    repository.write("schemas/b.schema.json", "{\"type\": \"string\", \"type\": \"object\"}");
    repository.write(
        "schemas/c.schema.json",
        "{\"properties\": {\"x\": {\"$ref\": \"nowhere.json#/x\"}}}",
    );
    repository.write(
        "schemas/d.schema.json",
        "{\"properties\": {\"x\": {\"$ref\": \"common.schema.json#/definitions/none\"}}}",
    );
    repository.write(
        "schemas/e.schema.json",
        "{\"properties\": {\"x\": {\"$ref\": \"https://example.com/x.json\"}}}",
    );
    repository.write("schemas/note.schema.json", "{\"type\": \"strin\"}");
    repository.write("old/place/event.schema.json", "{\"$id\": \"urn:event\", \"pattern\": \"(\"}");
    let (text, code) = repository.check(&[]);
    assert_eq!(code, 3);
    insta::assert_snapshot!("faults", text);
}

#[test]
fn a_branch_is_compared_with_where_it_began() {
    let repository = contracts();
    repository.git(&["switch", "--quiet", "--create", "feature"]);
    repository.git(&["switch", "--quiet", "main"]);
    // What others have added since is not taken away here.
    repository.write("schemas/note.schema.json", r#"{"type": "string"}"#);
    repository.write("schemas/later.schema.json", r#"{"type": "string"}"#);
    repository.commit();
    repository.git(&["tag", "v2"]);
    repository.git(&["switch", "--quiet", "feature"]);
    assert_eq!(repository.check(&["--base", "main"]), ("4 schemas: 4 unchanged\n".into(), 0));
    let (text, code) = repository.check(&["--base", "v2"]);
    assert!(text.contains("later.schema.json: since v2: breaking"), "{text}");
    assert_eq!(code, 1);
}

#[test]
fn a_folder_or_a_file_may_be_the_base() {
    let repository = contracts();
    let released = tempfile::tempdir().unwrap();
    fs::create_dir(released.path().join("schemas")).unwrap();
    let old = released.path().join("schemas/note.schema.json");
    fs::write(&old, r#"{"type": "string", "minLength": 2}"#).unwrap();
    let base = released.path().to_str().unwrap();
    let (text, code) =
        repository.check(&["schemas/note*", "--base", base, "--direction", "produce"]);
    assert!(text.contains("bound-loosened"), "{text}");
    assert_eq!(code, 1);
    let (text, code) = repository.check(&["--base", "old/place", "schemas"]);
    assert!(text.contains("old/place has no file that is compared"), "{text}");
    assert_eq!(code, 3);
    // What git ignores here may be a base all the same.
    repository.write(".gitignore", "released/\n");
    repository.write("released/schemas/note.schema.json", r#"{"type": "string", "minLength": 2}"#);
    let ignored =
        repository.check(&["schemas/note*", "--base", "released", "--direction", "produce"]);
    assert_eq!(ignored.1, 1, "{}", ignored.0);
    let file = old.to_str().unwrap();
    let by_file = repository.check(&["schemas/note*", "--base", file, "--direction", "consume"]);
    assert_eq!(by_file.1, 0, "{}", by_file.0);
    let (text, code) = repository.check(&["--base", file]);
    assert!(text.contains("name one of them"), "{text}");
    assert_eq!(code, 3);
}

#[test]
fn what_is_not_there_is_named_with_what_to_do() {
    let repository = contracts();
    let (text, code) = repository.check(&["--base", "nowhere"]);
    assert!(text.contains("nowhere is no revision that is here"), "{text}");
    assert!(text.contains("fetch-depth: 0"), "{text}");
    assert_eq!(code, 3);
    let (text, code) = repository.check(&["nothing/*.json"]);
    assert!(text.starts_with("error: no file matches nothing/*.json\n  help: "), "{text}");
    assert_eq!(code, 3);
    assert_eq!(repository.check(&["a{b"]).1, 3);

    repository.write("schemas/note.schema.json", r#"{"type": "string"}"#);
    repository.commit();
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", repository.0.path().display());
    repository.git(&["clone", "--quiet", "--depth", "1", &url, clone.path().to_str().unwrap()]);
    let (text, code) = check_in(clone.path(), &["--base", "HEAD~1"]);
    assert!(text.contains("HEAD~1 is no revision that is here"), "{text}");
    assert!(text.contains("fetch"), "{text}");
    assert_eq!(code, 3);
}

/// A type in a definition, by all the ways there are to refer to it.
#[test]
fn references_lead_where_they_say() {
    let ways: &[(&str, &[(&str, &str)])] = &[
        ("b.json", &[("b.json", r#"{"type": "TYPE"}"#)]),
        ("./b.json#", &[("b.json", r#"{"type": "TYPE"}"#)]),
        (
            "../c%20d/b.json#/$defs/x~1y",
            &[("c d/b.json", r#"{"$defs": {"x/y": {"type": "TYPE"}}}"#)],
        ),
        ("b.json#name", &[("b.json", r#"{"$defs": {"x": {"$anchor": "name", "type": "TYPE"}}}"#)]),
        ("urn:b", &[("far/away.json", r#"{"$id": "urn:b", "type": "TYPE"}"#)]),
        (
            "https://x.example/b#/$defs/y",
            &[(
                "far/away.json",
                r#"{"$id": "https://x.example/b", "$defs": {"y": {"type": "TYPE"}}}"#,
            )],
        ),
        // By way of a third, by the id of that, and back to the first.
        (
            "b.json",
            &[
                ("b.json", r#"{"$id": "https://x.example/deep/b", "$ref": "c"}"#),
                (
                    "c.json",
                    r#"{"$id": "https://x.example/deep/c", "anyOf": [{"type": "TYPE"}, {"type": "object", "properties": {"again": {"$ref": "b"}}}]}"#,
                ),
            ],
        ),
        (
            "b.json",
            &[(
                "b.json",
                r#"{"type": "array", "items": {"$ref": "a.schema.json"}, "contains": {"type": "TYPE"}}"#,
            )],
        ),
    ];
    for (reference, files) in ways {
        let repository = Repository::new();
        let root = format!(r#"{{"properties": {{"it": {{"$ref": "{reference}"}}}}}}"#);
        repository.write("a/a.schema.json", &root);
        let place = |path: &str| match path {
            "c d/b.json" => path.to_owned(),
            path => format!("a/{path}"),
        };
        for (path, text) in *files {
            repository.write(&place(path), &text.replace("TYPE", "integer"));
        }
        repository.commit();
        assert_eq!(repository.check(&[]), ("1 schema: 1 unchanged\n".into(), 0), "{reference}");
        for (path, text) in *files {
            repository.write(&place(path), &text.replace("TYPE", "number"));
        }
        let (text, code) = repository.check(&["--direction", "produce"]);
        assert!(
            text.contains("type-widened") || text.contains("values-widened"),
            "{reference}: {text}"
        );
        assert_eq!(code, 1, "{reference}: {text}");
        let (text, code) = repository.check(&["--direction", "consume"]);
        assert_eq!(code, 0, "{reference}: {text}");
    }
}

/// The fingerprints that a check tells, in its order.
fn fingerprints(text: &str) -> Vec<String> {
    let after = text.split("schema-compat accept ").skip(1);
    after.map(|rest| rest.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn a_break_is_accepted_until_it_is_gone_and_no_other_with_it() {
    let repository = Repository::new();
    let path = "order.schema.json";
    let schema = |roles: &str, most: u32| {
        format!(
            r#"{{"properties": {{"role": {{"enum": [{roles}]}}, "n": {{"maximum": {most}}}}}}}"#
        )
    };
    repository.write(path, &schema(r#""admin", "user""#, 9));
    repository.commit();
    repository.write(path, &schema(r#""admin", "user", "guest""#, 20));
    let (text, code) = repository.check(&["--direction", "produce"]);
    assert_eq!(code, 1);
    let all = fingerprints(&text);
    assert_eq!(all.len(), 2, "{text}");

    assert_eq!(
        repository.accept(&["000000000000", "--reason", "x", "--direction", "produce"]).1,
        3
    );
    assert_eq!(repository.accept(&[&all[0], "--reason", " ", "--direction", "produce"]).1, 3);
    for fingerprint in &all {
        let accepted = ["--reason", "nobody reads it yet", "--direction", "produce"];
        assert_eq!(
            repository.accept(&[&[fingerprint.as_str()], &accepted[..]].concat()),
            (String::new(), 0)
        );
    }
    let file = fs::read_to_string(repository.0.path().join("schema-compat.accepted.json")).unwrap();
    insta::assert_snapshot!("accepted-file", file);
    let (text, code) = repository.check(&["--direction", "produce"]);
    insta::assert_snapshot!("accepted", text);
    assert_eq!(code, 0);

    // Another order, and something beside it.
    let reordered =
        schema(r#""guest", "user", "admin""#, 20).replace("{\"role", "{\"later\": {}, \"role");
    repository.write(path, &reordered);
    let (text, code) = repository.check(&["--direction", "produce"]);
    assert_eq!(code, 0, "{text}");

    // Another break of the same field.
    repository.write(path, &schema(r#""admin", "user", "guest""#, 21));
    let (text, code) = repository.check(&["--direction", "produce"]);
    assert_eq!(code, 1);
    assert!(text.contains("maximum 9 -> 21"), "{text}");
    assert!(
        text.contains(&format!("schema-compat accept --remove {}", all[1]))
            || text.contains(&format!("schema-compat accept --remove {}", all[0])),
        "{text}"
    );

    // Gone.
    repository.write(path, &schema(r#""admin", "user""#, 9));
    let (text, code) = repository.check(&["--direction", "produce"]);
    assert_eq!(code, 1);
    assert_eq!(text.matches("schema-compat accept --remove ").count(), 2, "{text}");
    for fingerprint in &all {
        assert_eq!(repository.accept(&["--remove", fingerprint]), (String::new(), 0));
    }
    assert_eq!(repository.accept(&["--remove", &all[0]]).1, 3);
    assert_eq!(
        repository.check(&["--direction", "produce"]),
        ("1 schema: 1 unchanged\n".into(), 0)
    );

    repository.write("schema-compat.accepted.json", "{\"accepted\": [{}]}");
    let (text, code) = repository.check(&[]);
    assert!(text.contains("not a file of accepted breaks: missing field `fingerprint`"), "{text}");
    assert_eq!(code, 3);
}

#[test]
fn what_is_accepted_hides_nothing_else() {
    let old = r#"{"properties": {"n": {"maximum": 9}}, "anyOf": [{"required": ["a"]}, {"not": {"required": ["b"]}}]}"#;
    let new = r#"{"properties": {"n": {"maximum": 20}}, "anyOf": [{"required": ["a"]}, {"not": {"required": ["c"]}}]}"#;
    let half = old.replace('9', "20");
    let repository = Repository::new();
    repository.write("x.schema.json", old);
    repository.commit();
    repository.write("x.schema.json", &half);
    let (text, _) = repository.check(&["--direction", "produce"]);
    let all = fingerprints(&text);
    assert_eq!(all.len(), 1, "{text}");
    repository.accept(&[&all[0], "--reason", "yes", "--direction", "produce"]);
    assert_eq!(repository.check(&["--direction", "produce"]).1, 0);
    repository.write("x.schema.json", new);
    let (text, code) = repository.check(&["--direction", "produce"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains(r#""b""#), "{text}");
}

/// Of fields that are added to a closed object, each is accepted alone.
#[test]
fn one_field_more_is_not_two() {
    let repository = Repository::new();
    let object = |fields: &str| {
        format!(r#"{{ "additionalProperties": false, "properties": {{ {fields} }} }}"#)
    };
    repository.write("a.schema.json", &object(r#""a": {}"#));
    repository.commit();
    repository.write("a.schema.json", &object(r#""a": {}, "b": {}"#));
    let (text, _) = repository.check(&[]);
    let fingerprint = fingerprints(&text).remove(0);
    assert_eq!(repository.accept(&[&fingerprint, "--reason", "meant"]).1, 0);
    assert_eq!(repository.check(&[]).1, 0);
    repository.write("a.schema.json", &object(r#""a": {}, "b": {}, "c": {}"#));
    let (text, code) = repository.check(&[]);
    assert!(
        code == 1
            && text
                .contains("error[closed-field-added]: a new field in an object that was closed: c"),
        "{text}"
    );
}
