//! Options of `schema-compat check` that change what is told or how schemas are read.

use super::Repository;

#[test]
fn a_changelog_tells_what_was_added_changed_and_broken() {
    let repository = Repository::new();
    repository.write("a.schema.json", r#"{"properties": {"old": {"type": "string"}}}"#);
    repository.write("b.schema.json", r#"{"type": "string", "maxLength": 3}"#);
    repository.write("c.schema.json", r#"{"type": "string"}"#);
    repository.commit();
    let (told, code) = repository.check(&["--changelog"]);
    assert_eq!((told.as_str(), code), ("No change that anybody could see.\n", 0));
    repository.write(
        "a.schema.json",
        r#"{"properties": {"old": {"type": "string"}, "new <b>": {"type": "integer"}}}"#,
    );
    repository.write("b.schema.json", r#"{"type": "string", "maxLength": 4}"#);
    repository.write("c.schema.json", r#"{"type": ["string", "null"]}"#);
    repository.write("d.schema.json", r#"{"type": "string"}"#);
    let (told, code) = repository.check(&["--changelog", "--direction", "produce"]);
    insta::assert_snapshot!("changelog", told);
    assert_eq!(code, 1);
}

#[test]
fn formats_reject_values_where_that_is_said() {
    let repository = Repository::new();
    repository.write("a.json", r#"{"type": "string", "pattern": "^[0-9-]*$"}"#);
    repository.commit();
    repository.write("a.json", r#"{"type": "string", "format": "date"}"#);
    let arguments = ["a.json", "--direction", "produce"];
    let (described, code) = repository.check(&arguments);
    assert_eq!(code, 1, "{described}");
    let (asserted, code) = repository.check(&[&arguments[..], &["--assert-formats"]].concat());
    assert_eq!(code, 0, "{asserted}");
    repository.write(
        "schema-compat.toml",
        "[[schemas]]\npaths = [\"a.json\"]\ndirection = \"produce\"\nassert_formats = true\n",
    );
    assert_eq!(repository.check(&[]), (asserted, 0));
}

#[test]
fn a_schema_may_get_another_draft() {
    let repository = Repository::new();
    let of = |draft: u8, keywords: &str| {
        format!(r#"{{"$schema": "http://json-schema.org/draft-0{draft}/schema#", {keywords}}}"#)
    };
    let (old, same) = (
        r#""properties": {"n": {"type": "integer", "minimum": 0, "exclusiveMinimum": true}}"#,
        r#""properties": {"n": {"type": "integer", "exclusiveMinimum": 0}}"#,
    );
    repository.write("a.json", &of(4, old));
    repository.commit();
    repository.write("a.json", &of(7, same));
    let (told, code) = repository.check(&["a.json"]);
    assert_eq!(code, 0, "{told}");
    repository.write("a.json", &of(7, &same.replace("integer", "number")));
    let (told, code) = repository.check(&["a.json"]);
    assert!(code == 1 && told.contains("type-widened"), "{told}");
    // `if` is no keyword before draft 7, so it asserts something new.
    repository.write("a.json", &of(6, r#""if": {"type": "string"}, "then": {"maxLength": 1}"#));
    repository.commit();
    repository.write("a.json", &of(7, r#""if": {"type": "string"}, "then": {"maxLength": 1}"#));
    let (told, code) = repository.check(&["a.json", "--direction", "consume"]);
    assert_eq!(code, 1, "{told}");
    let (told, code) = repository.check(&["a.json", "--direction", "produce"]);
    assert_eq!(code, 0, "{told}");
    let (told, code) = repository.check(&["a.json", "--draft", "7"]);
    assert_eq!(code, 0, "{told}");
}

#[test]
fn patterns_of_ecma_262_are_read() {
    let repository = Repository::new();
    let of = |most: u8| {
        format!(
            r#"{{"type": "string", "pattern": "^[^]\\0\\uD83D\\uDE00$", "maxLength": {most}, "patternProperties": {{"[]|\\0": {{"type": "null"}}}}}}"#
        )
    };
    repository.write("a.json", &of(9));
    repository.commit();
    repository.write("a.json", &of(8));
    let (told, code) = repository.check(&["a.json"]);
    assert_eq!(code, 0, "{told}");
    repository.write("a.json", &of(2));
    let (told, code) = repository.check(&["a.json", "--direction", "consume"]);
    assert!(code == 1 && told.contains("bound-tightened"), "{told}");
}

#[test]
fn nobody_is_told_of_options_that_there_are_not() {
    let repository = Repository::new();
    let dialect = r#""$schema": "http://json-schema.org/draft-07/schema#""#;
    let of = |keywords: &str| format!("{{{dialect}, {keywords}}}");
    repository.write("a.json", &of(r#""contentEncoding": "base64""#));
    repository.commit();
    repository.write("a.json", &of(r#""contentEncoding": "base16""#));
    let (told, code) = repository.check(&["a.json"]);
    assert!(code == 2 && told.contains("use draft 2019-09 or later"), "{told}");
    assert!(!told.contains("Options"), "{told}");
}
