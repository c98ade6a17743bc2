//! Files of several drafts that refer to each other: each means what it means in its own.

use super::Repository;

pub(crate) fn dialect(draft: &str) -> String {
    match draft {
        "2019-09" | "2020-12" => format!("https://json-schema.org/draft/{draft}/schema"),
        draft => format!("http://json-schema.org/draft-0{draft}/schema#"),
    }
}

pub(crate) fn of(draft: &str, keywords: &str) -> String {
    format!("{{\n  \"$schema\": \"{}\",\n  {keywords}\n}}\n", dialect(draft))
}

/// A schema that refers to another file, where the first is of the one draft and the other of the other.
fn write(repository: &Repository, [root, part]: [&str; 2], keywords: &str) {
    let referring = r#""properties": { "it": { "$ref": "part.json" } }, "required": ["it"]"#;
    repository.write("root.json", &of(root, referring));
    repository.write("part.json", &of(part, keywords));
}

/// Exit codes of `produce` and `consume`.
fn codes(repository: &Repository) -> [i32; 2] {
    ["produce", "consume"].map(|direction| {
        let (told, code) = repository.check(&["root.json", "--direction", direction]);
        assert_ne!(code, 3, "{told}");
        code
    })
}

/// What a part says in its draft, and the same in words of the latest.
const SAME: &[(&str, &str, &str)] = &[
    ("4", r#""minimum": 3, "exclusiveMinimum": true"#, r#""exclusiveMinimum": 3"#),
    ("4", r#""maximum": 3, "exclusiveMaximum": false"#, r#""maximum": 3"#),
    ("4", r#""type": "integer""#, r#""type": "number", "multipleOf": 1"#),
    (
        "4",
        r#""const": 1, "contains": {"type": "null"}, "propertyNames": {"maxLength": 1}"#,
        r#""title": "any""#,
    ),
    (
        "6",
        r#""if": {"type": "string"}, "then": {"maxLength": 1}, "contains": {"const": 1}"#,
        r#""contains": {"const": 1}"#,
    ),
    (
        "7",
        r#""if": {"type": "string"}, "then": {"maxLength": 1}"#,
        r#""anyOf": [{"not": {"type": "string"}}, {"maxLength": 1}]"#,
    ),
    (
        "7",
        r#""items": [{"type": "string"}, {"items": [{"type": "null"}]}], "additionalItems": false"#,
        r#""prefixItems": [{"type": "string"}, {"prefixItems": [{"type": "null"}]}], "items": false"#,
    ),
    (
        "7",
        r#""items": {"type": "string"}, "additionalItems": false"#,
        r#""items": {"type": "string"}"#,
    ),
    (
        "7",
        r##""properties": {"items": {"$ref": "#/definitions/additionalItems", "maxLength": 1}}, "definitions": {"additionalItems": {"type": "string"}}"##,
        r#""properties": {"items": {"type": "string"}}"#,
    ),
    (
        "7",
        r#""dependencies": {"a": ["b"], "b": {"maxProperties": 2}}"#,
        r#""dependentRequired": {"a": ["b"]}, "dependentSchemas": {"b": {"maxProperties": 2}}"#,
    ),
    (
        "7",
        r#""dependentRequired": {"a": ["b"]}, "minContains": 2, "contains": {"type": "null"}, "prefixItems": [false]"#,
        r#""contains": {"type": "null"}"#,
    ),
    (
        "2019-09",
        r#""items": [{"type": "string"}], "prefixItems": [false]"#,
        r#""prefixItems": [{"type": "string"}]"#,
    ),
    (
        "2019-09",
        r##""items": {"$ref": "#/$defs/x", "maxLength": 1}, "$defs": {"x": {"type": "string"}}"##,
        r#""items": {"type": "string", "maxLength": 1}"#,
    ),
    // By way of the file that refers to it.
    (
        "7",
        r#""properties": {"again": {"$ref": "root.json"}}"#,
        r#""properties": {"again": {"$ref": "root.json"}}"#,
    ),
];

#[test]
fn each_file_means_what_it_means_in_its_own_draft() {
    for (draft, own, latest) in SAME {
        let repository = Repository::new();
        write(&repository, ["2020-12", "2020-12"], latest);
        repository.commit();
        write(&repository, ["2020-12", draft], own);
        assert_eq!(codes(&repository), [0, 0], "{own}");
        // And the other way round: what the file of the latest draft says is not read by the one that refers to it.
        write(&repository, [draft, "2020-12"], latest);
        assert_eq!(codes(&repository), [0, 0], "{draft} {latest}");
        repository.commit();
        // What stands beside is told.
        write(&repository, ["2020-12", draft], &format!("{own}, \"enum\": [\"only this\"]"));
        let is_broken = codes(&repository);
        assert_eq!(is_broken[1], 1, "{own}");
    }
}

#[test]
fn a_change_is_told_at_its_place_in_the_words_of_its_file() {
    let repository = Repository::new();
    let part = |of_tuple: &str, of_rest: &str, bound: u8| {
        format!(
            "\"properties\": {{\n    \"list\": {{\n      \"items\": [{{ \"type\": {of_tuple} }}],\n      \"additionalItems\": {{ \"type\": {of_rest} }}\n    }},\n    \"n\": {{ \"minimum\": {bound}, \"exclusiveMinimum\": true }}\n  }}"
        )
    };
    write(&repository, ["2020-12", "4"], &part("\"string\"", "\"null\"", 3));
    repository.commit();
    write(
        &repository,
        ["2020-12", "4"],
        &part("[\"string\", \"null\"]", "[\"null\", \"boolean\"]", 2),
    );
    let (told, code) = repository.check(&["root.json", "--direction", "produce"]);
    assert_eq!(code, 1);
    insta::assert_snapshot!("drafts", told);
}

#[test]
fn what_cannot_be_read_together_names_both_files_and_the_rest_is_judged() {
    let cases: &[(&str, [&str; 2], &str, &[&str])] = &[
        ("content", ["2020-12", "7"], r#""contentEncoding": "base64""#, &[]),
        (
            "integers",
            ["7", "4"],
            r#""items": {"type": ["integer", "null"]}"#,
            &["--zero-fraction-is-integer", "false"],
        ),
        ("formats", ["2020-12", "6"], r#""format": "hostname""#, &["--assert-formats"]),
        ("items", ["2020-12", "2019-09"], r#""unevaluatedItems": false"#, &[]),
        (
            "within",
            ["2020-12", "7"],
            r#""not": {"$schema": "http://json-schema.org/draft-04/schema#"}"#,
            &[],
        ),
        ("no-schema", ["2020-12", "4"], r#""exclusiveMinimum": 3"#, &[]),
    ];
    for (name, drafts, keywords, options) in cases {
        let repository = Repository::new();
        write(&repository, *drafts, r#""type": "string""#);
        repository.write("z.json", r#"{"type": "string"}"#);
        repository.commit();
        write(&repository, *drafts, keywords);
        repository.write("z.json", r#"{"type": ["string", "null"]}"#);
        let (told, code) = repository.check(&[&["root.json", "z.json"], *options].concat());
        assert_eq!(code, 3, "{told}");
        assert!(told.contains("z.json: since HEAD: breaking"), "{told}");
        let told = told.split("\nerror[").next().unwrap();
        insta::assert_snapshot!(format!("drafts-{name}"), told);
    }
}

#[test]
fn an_unevaluated_keyword_looks_at_no_schema_of_another_draft() {
    let root =
        |keywords: &str| of("2020-12", &format!("{keywords}, \"unevaluatedProperties\": false"));
    for (is_told, keywords) in [
        (true, r#""$ref": "part.json""#),
        (true, r#""allOf": [{"if": {"$ref": "part.json"}}]"#),
        (true, r#""dependentSchemas": {"a": {"$ref": "part.json"}}"#),
        (true, r##""$ref": "#/$defs/x", "$defs": {"x": {"$ref": "part.json"}}"##),
        (false, r#""properties": {"it": {"$ref": "part.json"}}"#),
        (
            false,
            r#""properties": {"it": {"additionalProperties": {"allOf": [{"$ref": "part.json"}]}}}"#,
        ),
    ] {
        let repository = Repository::new();
        repository.write("root.json", &root(keywords));
        let part = |most: u8| of("7", &format!(r#""properties": {{"a": {{"maximum": {most}}}}}"#));
        repository.write("part.json", &part(3));
        repository.commit();
        repository.write("part.json", &part(4));
        let (told, code) = repository.check(&["root.json", "--direction", "produce"]);
        let is_refused = told.contains("an unevaluated keyword looks at a schema of another draft");
        assert_eq!(
            (is_refused, code),
            (is_told, if is_told { 3 } else { 1 }),
            "{keywords}\n{told}"
        );
    }
    let repository = Repository::new();
    repository.write("root.json", &root(r#""allOf": [{"$ref": "part.json"}]"#));
    repository.write("part.json", &of("7", r#""maxProperties": 1"#));
    repository.commit();
    repository.write("part.json", &of("7", r#""maxProperties": 2"#));
    insta::assert_snapshot!("drafts-unevaluated", repository.check(&["root.json"]).0);
}

#[test]
fn what_stands_in_the_way_can_be_said_away() {
    for (drafts, keywords, options) in [
        (["2020-12", "7"], r#""contentEncoding": "base64""#, ["--assert-content", "false"]),
        (["7", "4"], r#""type": "integer""#, ["--zero-fraction-is-integer", "true"]),
        // All of one draft, whatever they say.
        (["2020-12", "7"], r#""contentEncoding": "base64""#, ["--draft", "7"]),
        (["7", "2020-12"], r#""unevaluatedProperties": false"#, ["--draft", "2020-12"]),
    ] {
        let repository = Repository::new();
        write(&repository, drafts, &format!("{keywords}, \"description\": \"a\""));
        repository.commit();
        write(&repository, drafts, &format!("{keywords}, \"description\": \"b\""));
        let (told, code) = repository.check(&[&["root.json"], &options[..]].concat());
        assert_eq!(code, 0, "{told}");
    }
    // A format that has always been the same.
    let repository = Repository::new();
    write(&repository, ["2020-12", "4"], r#""type": "string", "format": "ipv4""#);
    repository.commit();
    write(&repository, ["2020-12", "4"], r#""type": "string", "format": "ipv4", "maxLength": 15"#);
    assert_eq!(repository.check(&["root.json", "--assert-formats"]).1, 0);
    assert_eq!(repository.check(&["root.json"]).1, 1);
}

#[test]
fn files_are_found_by_the_ids_and_anchors_of_their_own_drafts() {
    for (reference, draft, part) in [
        (
            "https://x.example/part#/definitions/x",
            "4",
            r#""id": "https://x.example/part", "definitions": {"x": {"type": "TYPE"}}"#,
        ),
        (
            "https://x.example/part#here",
            "7",
            r##""$id": "https://x.example/part", "definitions": {"x": {"$id": "#here", "type": "TYPE"}}"##,
        ),
        ("part.json#here", "2019-09", r#""$defs": {"x": {"$anchor": "here", "type": "TYPE"}}"#),
        (
            "part.json#/definitions/x",
            "7",
            r##""definitions": {"x": {"$ref": "#/definitions/y", "type": "null"}, "y": {"type": "TYPE"}}"##,
        ),
    ] {
        let repository = Repository::new();
        let root = format!("\"properties\": {{\"it\": {{\"$ref\": \"{reference}\"}}}}");
        repository.write("root.json", &of("2020-12", &root));
        repository.write("part.json", &of(draft, &part.replace("TYPE", "string")));
        repository.commit();
        assert_eq!(codes(&repository), [0, 0], "{reference}");
        repository
            .write("part.json", &of(draft, &part.replace("\"TYPE\"", "[\"string\", \"null\"]")));
        assert_eq!(codes(&repository), [1, 0], "{reference}");
    }
}

#[test]
fn a_file_may_move_on_to_another_draft_before_those_that_refer_to_it() {
    let repository = Repository::new();
    write(&repository, ["4", "4"], r#""minimum": 0, "exclusiveMinimum": true, "type": "integer""#);
    repository.commit();
    write(&repository, ["4", "2020-12"], r#""exclusiveMinimum": 0, "type": "integer""#);
    assert_eq!(codes(&repository), [0, 0]);
    repository.commit();
    write(&repository, ["2020-12", "2020-12"], r#""exclusiveMinimum": 0, "type": "integer""#);
    assert_eq!(codes(&repository), [0, 0]);
    // A draft that nobody knows, unless it is said.
    repository.write("part.json", r#"{"$schema": "https://example.com/x", "type": "integer"}"#);
    let (told, code) = repository.check(&["root.json"]);
    assert!(
        code == 3
            && told.contains("part.json leads to part.json, which is of \"https://example.com/x\""),
        "{told}"
    );
    assert_ne!(repository.check(&["root.json", "--draft", "2020-12"]).1, 3);
    // Another one in the middle of a file.
    let embedded = format!(
        r#""items": {{"$ref": "inner"}}, "$id": "https://x.example/", "$defs": {{"x": {{"$id": "inner", "$schema": "{}"}}}}"#,
        dialect("7")
    );
    repository.write("part.json", &of("2020-12", &embedded));
    let (told, code) = repository.check(&["root.json"]);
    assert!(
        code == 3 && told.contains("a schema of draft 7 within one of draft 2020-12"),
        "{told}"
    );
}

#[test]
fn a_schema_that_names_no_draft_has_that_of_its_other_version() {
    let repository = Repository::new();
    let root = r#""items": [{"$ref": "part.json", "type": "null"}]"#;
    repository.write("root.json", &of("7", root));
    repository.write("part.json", &of("2020-12", r#""prefixItems": [{"type": "string"}]"#));
    repository.commit();
    repository.write("root.json", &format!("{{{root}}}"));
    assert_eq!(codes(&repository), [0, 0]);
    repository.write("root.json", &of("2019-09", root));
    assert_eq!(codes(&repository), [0, 1]);
    // Also where it refers to nothing any more.
    repository.write("root.json", r#"{"items": [{"prefixItems": [false]}]}"#);
    assert_eq!(codes(&repository), [1, 0]);
}

#[test]
fn an_api_may_refer_to_schemas_of_other_drafts() {
    let repository = Repository::new();
    repository.write(
        "openapi.yaml",
        "openapi: 3.1.0\npaths:\n  /x:\n    get:\n      responses:\n        '200':\n          content:\n            application/json:\n              schema: { $ref: part.json }\n",
    );
    let part = |bound: u8| of("4", &format!(r#""minimum": {bound}, "exclusiveMinimum": true"#));
    repository.write("part.json", &part(3));
    repository.commit();
    repository.write("part.json", &part(2));
    let (told, code) = repository.check(&["openapi.yaml"]);
    assert!(code == 1 && told.contains("part.json:3:3"), "{told}");
    repository.write("part.json", &part(4));
    let (told, code) = repository.check(&["openapi.yaml"]);
    assert!(code == 0, "{told}");
}
