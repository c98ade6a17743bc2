//! Options of `schema-compat check` that change what is told or how schemas are read.

use super::Repository;
use super::drafts::of;

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

/// Both files of a schema, each with the draft that it names.
fn versions([old, new]: [(&str, &str); 2]) -> Repository {
    let of = |(draft, keywords): (&str, &str)| {
        let dialect = match draft {
            "2019-09" | "2020-12" => format!("https://json-schema.org/draft/{draft}/schema"),
            draft => format!("http://json-schema.org/draft-0{draft}/schema#"),
        };
        format!("{{\n  \"$schema\": \"{dialect}\",\n  {keywords}\n}}\n")
    };
    let repository = Repository::new();
    repository.write("a.json", &of(old));
    repository.commit();
    repository.write("a.json", &of(new));
    repository
}

/// The exit codes of a check without an option, and with it set to true and to false.
fn codes(repository: &Repository, direction: &str, option: &str) -> [i32; 3] {
    let arguments = ["a.json", "--direction", direction];
    [&[][..], &[option, "true"], &[option, "false"]]
        .map(|options| repository.check(&[&arguments[..], options].concat()).1)
}

#[test]
fn what_an_integer_is_to_draft_4_can_be_said() {
    const WHOLE: &str = r#""type": "number", "multipleOf": 1"#;
    const INTEGER: &str = r#""type": "integer""#;
    const ONE: &str = r#""enum": [1]"#;
    const ONE_OF_ZERO_FRACTION: &str = r#""enum": [1.0]"#;
    const BY_REFERENCE: &str = r##""properties": {"n": {"$ref": "#/definitions/n"}}, "definitions": {"n": {"type": "integer"}}"##;
    const BY_REFERENCE_WHOLE: &str = r##""properties": {"n": {"$ref": "#/definitions/n"}}, "definitions": {"n": {"type": "number", "multipleOf": 1}}"##;
    const NESTED: &str =
        r#""properties": {"a": {"items": {"anyOf": [{"type": ["integer", "string"]}]}}}"#;
    const NESTED_WHOLE: &str =
        r#""properties": {"a": {"items": {"type": ["number", "string"], "multipleOf": 1}}}"#;
    // Of old and new; then for `produce` and for `consume`, each without the option, with true, with false.
    for (old, new, produce, consume) in [
        (("4", INTEGER), ("4", WHOLE), [1, 0, 1], [0, 0, 0]),
        (("4", WHOLE), ("4", INTEGER), [0, 0, 0], [1, 0, 1]),
        (("4", INTEGER), ("4", r#""type": "number""#), [1, 1, 1], [0, 0, 0]),
        (("4", INTEGER), ("4", ONE), [2, 0, 1], [1, 1, 1]),
        (("4", INTEGER), ("4", ONE_OF_ZERO_FRACTION), [1, 0, 1], [1, 1, 1]),
        (("4", r#""not": {"type": "integer"}"#), ("4", ONE_OF_ZERO_FRACTION), [1, 1, 1], [1, 1, 1]),
        (("4", BY_REFERENCE), ("4", BY_REFERENCE_WHOLE), [1, 0, 1], [0, 0, 0]),
        (("4", NESTED), ("4", NESTED_WHOLE), [1, 0, 1], [0, 0, 0]),
        // Where only one is of draft 4, `1.0` is an integer to both, or there is no comparison.
        (("4", INTEGER), ("2020-12", INTEGER), [0, 0, 3], [0, 0, 3]),
        (("4", INTEGER), ("2020-12", WHOLE), [0, 0, 3], [0, 0, 3]),
        (("4", INTEGER), ("2020-12", r#""const": 1.0"#), [0, 0, 3], [1, 1, 3]),
        (("6", r#""const": 1"#), ("4", ONE_OF_ZERO_FRACTION), [0, 0, 3], [0, 0, 3]),
        (("2020-12", WHOLE), ("4", INTEGER), [0, 0, 3], [0, 0, 3]),
        (("2020-12", r#""type": "number""#), ("4", INTEGER), [0, 0, 3], [1, 1, 3]),
        (("7", BY_REFERENCE_WHOLE), ("4", BY_REFERENCE), [0, 0, 3], [0, 0, 3]),
        (("4", NESTED), ("7", NESTED_WHOLE), [0, 0, 3], [0, 0, 3]),
        // Elsewhere it says nothing.
        (("6", INTEGER), ("7", WHOLE), [0, 0, 0], [0, 0, 0]),
    ] {
        let repository = versions([old, new]);
        let option = "--zero-fraction-is-integer";
        let found = ["produce", "consume"].map(|direction| codes(&repository, direction, option));
        assert_eq!(found, [produce, consume], "{old:?} {new:?}");
    }
}

#[test]
fn an_example_is_judged_by_what_an_integer_is() {
    let fields = |n: &str, most: u8| {
        format!(r#""properties": {{"n": {{{n}}}, "m": {{"maximum": {most}}}}}"#)
    };
    let whole = format!(
        r#"{}, "examples": [{{"n": 1.0, "m": 6}}]"#,
        fields(r#""type": "number", "multipleOf": 1"#, 6)
    );
    let old = fields(r#""type": "integer""#, 5);
    for new in ["4", "2020-12"] {
        let repository = versions([("4", &old), (new, &whole)]);
        let arguments = ["a.json", "--direction", "produce", "--zero-fraction-is-integer", "true"];
        let (told, code) = repository.check(&arguments);
        assert!(code == 1 && told.contains("bound-loosened"), "{told}");
        assert!(told.contains("\"n\":1.0") && !told.contains("of type \"integer\""), "{told}");
        assert!(told.contains("a.json: since HEAD: breaking: 1 change\n"), "{told}");
    }
    let repository = versions([("4", &old), ("4", &whole)]);
    let arguments = ["a.json", "--direction", "produce", "--zero-fraction-is-integer", "false"];
    let (told, code) = repository.check(&arguments);
    assert!(code == 1 && told.contains("breaking: 2 changes"), "{told}");
    // No integer that the validator of draft 4 knows is as large, so nothing is shown by one.
    let repository = versions([
        ("4", r#""properties": {"n": {"type": "integer"}}"#),
        (
            "7",
            r#""properties": {"n": {"type": "number", "multipleOf": 1, "minimum": 1e300}}, "examples": [{"n": 1e300}]"#,
        ),
    ]);
    let (told, code) = repository.check(&["a.json", "--direction", "produce"]);
    assert_eq!(code, 0, "{told}");
}

#[test]
fn where_an_integer_is_two_things_nothing_is_compared_and_the_way_out_is_told() {
    let repository = versions([("4", r#""type": "integer""#), ("7", r#""type": "integer""#)]);
    repository.write("b.json", r#"{"type": "string"}"#);
    repository.write(
        "schema-compat.toml",
        "[[schemas]]\npaths = [\"*.json\"]\nzero_fraction_is_integer = false\n",
    );
    let (told, code) = repository.check(&[]);
    assert_eq!(code, 3);
    insta::assert_snapshot!("integers", told);
    let (told, code) = repository.check(&["--zero-fraction-is-integer", "true"]);
    assert!(code == 0 && told.contains("a.json: since HEAD: additive"), "{told}");
}

#[test]
fn whether_content_asserts_can_be_said_where_it_may() {
    const BASE64: &str = r#""type": "string", "contentEncoding": "base64""#;
    const JSON: &str = r#""type": "string", "contentMediaType": "application/json""#;
    const TEXT: &str = r#""type": "string""#;
    const LETTERS: &str = r#""type": "string", "pattern": "^([a-z]{4})*$""#;
    const BY_REFERENCE: &str = r##""items": {"$ref": "#/definitions/x"}, "definitions": {"x": {"type": "string", "contentEncoding": "base64"}}"##;
    const BY_REFERENCE_TEXT: &str =
        r##""items": {"$ref": "#/definitions/x"}, "definitions": {"x": {"type": "string"}}"##;
    // Of old and new; then for `produce` and for `consume`, each without the option, with true, with false.
    let tried = [
        (BASE64, TEXT, [2, 1, 0], [0, 0, 0]),
        (TEXT, BASE64, [0, 0, 0], [2, 1, 0]),
        (BASE64, LETTERS, [0, 0, 0], [1, 1, 1]),
        (JSON, TEXT, [2, 1, 0], [0, 0, 0]),
        (BASE64, r#""enum": ["!"]"#, [2, 1, 0], [1, 1, 1]),
        (BY_REFERENCE, BY_REFERENCE_TEXT, [2, 1, 0], [0, 0, 0]),
        (r#""not": {"contentEncoding": "base64"}"#, r#""type": "string""#, [1, 1, 1], [0, 0, 0]),
    ];
    for (old, new, produce, consume) in tried {
        for (from, to) in [("6", "6"), ("7", "7"), ("6", "7")] {
            let repository = versions([(from, old), (to, new)]);
            let found = ["produce", "consume"]
                .map(|direction| codes(&repository, direction, "--assert-content"));
            assert_eq!(found, [produce, consume], "{from} {old} {to} {new}");
        }
    }
    // Annotations in the later drafts, and no keywords in draft 4.
    for draft in ["4", "2019-09", "2020-12"] {
        for (old, new) in [(BASE64, TEXT), (TEXT, JSON)] {
            let repository = versions([(draft, old), (draft, new)]);
            for direction in ["produce", "consume"] {
                assert_eq!(codes(&repository, direction, "--assert-content"), [0; 3], "{draft}");
            }
        }
    }
    // Each side by its own draft.
    let repository = versions([("7", BASE64), ("2020-12", BASE64)]);
    assert_eq!(codes(&repository, "produce", "--assert-content"), [2, 1, 0]);
    assert_eq!(codes(&repository, "consume", "--assert-content"), [0, 0, 0]);
}

#[test]
fn an_example_shows_nothing_on_which_validators_differ() {
    let old = r#""properties": {"c": {"type": "string", "contentEncoding": "base64"}, "m": {"maximum": 5}}"#;
    let new = r#""properties": {"c": {"type": "string"}, "m": {"maximum": 6}}, "examples": [{"c": "!", "m": 6}]"#;
    let repository = versions([("7", old), ("7", new)]);
    let arguments = ["a.json", "--direction", "produce", "--assert-content"];
    let of = |option: &str| repository.check(&[&arguments[..], &[option]].concat());
    let changes =
        |(told, code): (String, i32)| (told.matches("= note: this delivery").count(), code);
    assert_eq!(changes(repository.check(&arguments[..3])), (1, 1));
    assert_eq!(changes(of("true")), (2, 1));
    assert_eq!(changes(of("false")), (1, 1));
    // Base64 to some: without the `=` at its end.
    let bare = new.replace(r#"{"type": "string"}"#, r#"{"enum": ["QQ"]}"#).replace('!', "QQ");
    let repository = versions([("7", old), ("7", &bare)]);
    let of = |option: &str| repository.check(&[&arguments[..], &[option]].concat());
    assert_eq!(changes(of("true")), (1, 1));
    // To validators that read this encoding there is no such document.
    let sent = r#""required": ["c"], "properties": {"c": {"enum": ["=ZZ"], "contentEncoding": "quoted-printable"}, "m": {"maximum": 5}}"#;
    let repository = versions([("7", sent), ("7", &sent.replace('5', "6"))]);
    let of = |option: &str| repository.check(&[&arguments[..], &[option]].concat());
    assert_eq!(changes(of("true")), (0, 2));
    assert_eq!(changes(of("false")), (1, 1));
}

#[test]
fn the_settings_say_it_for_a_list_and_the_command_for_all() {
    let repository =
        versions([("7", r#""contentEncoding": "base64""#), ("7", r#""description": "any text""#)]);
    repository.write(
        "schema-compat.toml",
        "[[schemas]]\npaths = [\"a.json\"]\ndirection = \"produce\"\nassert_content = true\n",
    );
    assert_eq!(repository.check(&[]).1, 1);
    assert_eq!(repository.check(&["--assert-content", "false"]).1, 0);
    assert_eq!(repository.check(&["a.json", "--direction", "produce"]).1, 2);
    let repository =
        versions([("4", r#""multipleOf": 1, "type": "number""#), ("4", r#""type": "integer""#)]);
    repository.write(
        "schema-compat.toml",
        "[[schemas]]\npaths = [\"a.json\"]\nzero_fraction_is_integer = true\n",
    );
    assert_eq!(repository.check(&[]).1, 0);
    let (told, code) = repository.check(&["--zero-fraction-is-integer", "false"]);
    assert_eq!(code, 1, "{told}");
    let fingerprint = super::fingerprints(&told).remove(0);
    let accept = |options: &[&str]| {
        let said = [&fingerprint, "--reason", "meant"];
        repository.accept(&[&said[..], options].concat()).1
    };
    assert_eq!(accept(&[]), 3);
    assert_eq!(accept(&["--zero-fraction-is-integer", "false"]), 0);
    assert_eq!(repository.check(&["--zero-fraction-is-integer", "false"]).1, 0);
}

#[test]
fn an_undecided_answer_names_the_option_that_decides_it() {
    let repository = versions([
        ("7", r#""contentEncoding": "base64""#),
        ("7", r#""contentEncoding": "base16""#),
    ]);
    let (told, code) = repository.check(&["a.json"]);
    assert!(code == 2 && told.contains("set `assert_content`, or use draft 2019-09"), "{told}");
    let repository = versions([("4", r#""type": "integer""#), ("4", r#""enum": [1]"#)]);
    let (told, code) = repository.check(&["a.json", "--direction", "produce"]);
    assert!(code == 2 && told.contains("set `zero_fraction_is_integer`, or use"), "{told}");
}

#[test]
fn json_that_not_all_parsers_hold_breaks_nobody_for_sure() {
    let json = r#""type": "string", "contentMediaType": "application/json""#;
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for (text, code) in
        [(deep.as_str(), 2), ("1e999", 2), (r#"\"\\ud800\""#, 2), ("{", 1), ("{}", 0)]
    {
        let repository = Repository::new();
        repository.write("a.json", &of("7", json));
        repository.commit();
        repository.write("a.json", &of("7", &format!(r#""enum": ["{text}"]"#)));
        let options = ["a.json", "--direction", "produce", "--assert-content", "true"];
        let (told, exit) = repository.check(&options);
        assert_eq!(exit, code, "{text:.20}\n{told}");
    }
}
