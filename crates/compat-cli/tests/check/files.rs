//! Files that refer to each other in unusual ways: none is taken for another, for one that stands alone, or for one of another draft.

use super::Repository;
use super::drafts::{dialect, of};

/// A check of the files that begin with `root`, once the file `part` has changed.
fn changed(files: &[(&str, &str)], part: (&str, &str), options: &[&str]) -> (String, i32) {
    let repository = Repository::new();
    for (path, text) in files {
        repository.write(path, text);
    }
    repository.commit();
    repository.write(part.0, part.1);
    repository.check(&[&["root*", "--direction", "produce"], options].concat())
}

#[test]
fn a_file_that_may_refer_to_another_does_not_stand_alone() {
    let string_before = [("part.yaml", "type: string\n"), ("part.json", r#"{"type": "string"}"#)];
    for root in [
        "properties:\n  a:\n    $ref: # the other\n      part.yaml\n",
        "properties:\n  a:\n    $ref:\n      # the other\n      part.yaml\n",
        "properties:\n  a: {\"$ref\" : part.yaml}\n",
        "properties:\n  a:\n    ? $ref\n    : part.yaml\n",
        "properties:\n  a:\n    ? &name $ref\n    : part.yaml\n",
        "properties:\n  a:\n    $ref: >-\n      part.yaml\n",
        "properties:\n  a:\n    $ref: !!str part.yaml\n",
        "properties:\n  a:\n    $ref: &it part.yaml\n",
    ] {
        let files = [("root.yaml", root), string_before[0], string_before[1]];
        let (told, code) = changed(&files, ("part.yaml", "type: [string, 'null']\n"), &[]);
        assert!(code == 1 && told.contains(r#"{"a":null}"#), "{root}\n{told}");
    }
    for keyword in ["$dynamicRef", "$recursiveRef"] {
        let draft = if keyword == "$dynamicRef" { "2020-12" } else { "2019-09" };
        let root = of(draft, &format!(r#""properties": {{"a": {{"{keyword}": "part.json"}}}}"#));
        let files = [("root.json", root.as_str()), string_before[1]];
        let (told, code) = changed(&files, ("part.json", r#"{"type": "null"}"#), &[]);
        assert!(code == 3 && told.contains(keyword), "{told}");
    }
    // What surely leads to its own parts only is not even read.
    for (path, root) in [
        ("root.json", "{\"x\": {\"$ref\"\n : \"#/x\"}, not JSON"),
        ("root.yaml", "a: {$ref: '#/x'}\n'$dynamicRef': \"#x\"\n: not YAML: {"),
    ] {
        let (told, code) = changed(&[(path, root)], ("other.json", "{}"), &[]);
        assert_eq!((told.as_str(), code), ("1 schema: 1 unchanged\n", 0), "{root}");
    }
}

#[test]
fn the_document_of_an_api_is_read_by_its_own_dialect() {
    // The word for a tuple is that of one draft only.
    let tuple =
        |word: &str, of: &str| format!(r#"{{"type": "array", "{word}": [{{"type": "{of}"}}]}}"#);
    let api = |members: &str, schema: &str| {
        format!(r#"{{{members}, "components": {{"schemas": {{"S": {schema}}}}}}}"#)
    };
    let of_7 = format!(r#""openapi": "3.1.0", "jsonSchemaDialect": "{}""#, dialect("7"));
    for (root, members, word, code) in [
        ("4", r#""openapi": "3.1.0""#, "prefixItems", 1),
        ("7", r#""openapi": "3.2.0""#, "prefixItems", 1),
        ("2020-12", r#""openapi": "3.1.1""#, "prefixItems", 1),
        ("2020-12", &of_7, "items", 1),
        ("2020-12", &of_7, "prefixItems", 0),
        ("2020-12", r#""asyncapi": "3.0.0""#, "items", 1),
        ("2020-12", r#""asyncapi": "3.0.0""#, "prefixItems", 0),
        // Its schemas are of no draft.
        ("2020-12", r#""openapi": "3.0.3""#, "items", 3),
    ] {
        let root = of(root, r#""properties": {"a": {"$ref": "api.json#/components/schemas/S"}}"#);
        let before = api(members, &tuple(word, "string"));
        let files = [("root.json", root.as_str()), ("api.json", before.as_str())];
        let after = api(members, &tuple(word, "null"));
        let (told, exit) = changed(&files, ("api.json", &after), &[]);
        assert_eq!(exit, code, "{members} {word}\n{told}");
    }
}

#[test]
fn a_schema_in_an_api_may_name_a_draft_of_its_own() {
    let api = |schema: &str, more: &str| {
        format!(r#"{{"openapi": "3.1.0", "components": {{"schemas": {{"S": {schema}{more}}}}}}}"#)
    };
    let tuple = |draft: &str, of: &str| {
        format!(r#"{{"$schema": "{}", "items": [{{"type": "{of}"}}]}}"#, dialect(draft))
    };
    for draft in ["4", "7", "2019-09"] {
        let before = api(&tuple(draft, "string"), "");
        let after = api(&tuple(draft, "null"), "");
        let (told, code) = changed(&[("root.json", &before)], ("root.json", &after), &[]);
        assert!(code == 1 && told.contains("[null]"), "{told}");
    }
    // Another schema has the draft of the document, and each of the two may refer to the other.
    let paths = r#""paths": {"/x": {"get": {"responses": {"200": {"content": {"a": {"schema": "#;
    let tuple_of = |of: &str| {
        let refers = format!(
            r##"{{"$schema": "{}", "items": [{{"$ref": "#/components/schemas/K"}}]}}"##,
            dialect("7")
        );
        let whole = api(&refers, &format!(r#", "K": {{"prefixItems": [{{"type": "{of}"}}]}}"#));
        let end = if of == "null" { r#", "maxItems": 9"# } else { "" };
        let used = format!(r##"{paths}{{"$ref": "#/components/schemas/S"{end}}}}}}}}}}}}}}}}}"##);
        whole.replacen('{', &format!("{{{used}, "), 1)
    };
    let (before, after) = (tuple_of("string"), tuple_of("null"));
    let (told, code) = changed(&[("root.json", &before)], ("root.json", &after), &[]);
    assert!(code == 1 && told.matches("[[null]]").count() >= 2, "{told}");
    // Within a schema there is one draft.
    let nested = api(&format!(r#"{{"not": {}}}"#, tuple("7", "null")), "");
    let (told, code) = changed(&[("root.json", &before)], ("root.json", &nested), &[]);
    let said = "a schema of draft 7 within one of draft 2020-12";
    assert!(code == 3 && told.contains(said), "{told}");
    // One that is no draft.
    let unknown = r#"{"$schema": "https://x.example/own", "type": "TYPE"}"#;
    let [before, after] = ["string", "null"].map(|of| api(&unknown.replace("TYPE", of), ""));
    let (told, code) = changed(&[("root.json", &before)], ("root.json", &after), &[]);
    assert!(code == 3 && told.contains(r#""https://x.example/own" is no draft"#), "{told}");
    // That of OpenAPI is no other.
    let own = r#"{"$schema": "https://spec.openapis.org/oas/3.1/dialect/base", "type": "TYPE"}"#;
    let [before, after] = ["string", "null"].map(|of| api(&own.replace("TYPE", of), ""));
    assert_eq!(changed(&[("root.json", &before)], ("root.json", &after), &[]).1, 1);
}

#[test]
fn a_part_may_say_what_its_file_says() {
    for draft in ["4", "6", "7", "2019-09"] {
        let part = |of_items: &str| {
            let part = format!(
                r#""definitions": {{"x": {{"$schema": "{}", "items": [{{"type": "{of_items}"}}]}}}}"#,
                dialect(draft)
            );
            of(draft, &part)
        };
        let root = of("2020-12", r#""properties": {"a": {"$ref": "part.json#/definitions/x"}}"#);
        let before = part("string");
        let files = [("root.json", root.as_str()), ("part.json", before.as_str())];
        let (told, code) = changed(&files, ("part.json", &part("null")), &[]);
        assert!(code == 1 && told.contains("[null]"), "{draft}\n{told}");
    }
}

#[test]
fn what_no_draft_reads_may_refer_to_a_file() {
    for draft in ["4", "6", "7"] {
        for keyword in ["$defs", "schemas"] {
            for used in ["", r##""not": {"$ref": "#/KEYWORD/z"},"##] {
                let root = |bound: u8| {
                    let used = used.replace("KEYWORD", keyword);
                    let keywords = format!(
                        r#"{used} "{keyword}": {{"z": {{"$ref": "part.json"}}}}, "maxProperties": {bound}"#
                    );
                    of(draft, &keywords)
                };
                let (before, part) = (root(3), of(draft, r#""type": "string""#));
                let files = [("root.json", before.as_str()), ("part.json", part.as_str())];
                let (told, code) = changed(&files, ("root.json", &root(4)), &[]);
                assert_eq!(code, 1, "{draft} {keyword} {used}\n{told}");
            }
        }
    }
}

#[test]
fn the_draft_that_is_told_says_what_an_id_is() {
    let part = r#"{"$schema": "SCHEMA", "ID": "http://x.example/", "properties": {"b": {"$ref": "q.json"}}}"#;
    let other = r#"{"$schema": "SCHEMA", "ID": "http://x.example/q.json", "type": "TYPE"}"#;
    for (draft, of_file, id, is_by_path) in [
        ("2020-12", "4", "id", true),
        ("6", "4", "id", true),
        ("4", "4", "id", false),
        ("4", "7", "$id", true),
        ("7", "7", "$id", false),
        ("7", "4", "$id", false),
    ] {
        let filled = |text: &str, of_other: &str| {
            let text = text.replace("SCHEMA", &dialect(of_file)).replace("ID", id);
            text.replace("TYPE", of_other)
        };
        let root = of("7", r#""properties": {"a": {"$ref": "part.json"}}"#);
        let (part, by_id) = (filled(part, ""), filled(other, "string"));
        let files = [
            ("root.json", root.as_str()),
            ("part.json", part.as_str()),
            ("q.json", r#"{"type": "string"}"#),
            ("elsewhere/r.json", by_id.as_str()),
        ];
        let by_path = changed(&files, ("q.json", r#"{"type": "null"}"#), &["--draft", draft]);
        let by_id =
            changed(&files, ("elsewhere/r.json", &filled(other, "null")), &["--draft", draft]);
        let codes = if is_by_path { (1, 0) } else { (0, 1) };
        assert_eq!((by_path.1, by_id.1), codes, "{draft} {id}\n{}{}", by_path.0, by_id.0);
    }
}

#[test]
fn an_id_of_two_files_names_neither() {
    let part = |of_type: &str| {
        of("7", &format!(r#""$id": "https://x.example/part", "type": "{of_type}""#))
    };
    let root = of("7", r#""properties": {"a": {"$ref": "https://x.example/part"}}"#);
    let string = part("string");
    let files = [
        ("root.json", root.as_str()),
        ("a.json", string.as_str()),
        ("sub/b.json", string.as_str()),
    ];
    let (told, code) = changed(&files, ("a.json", &part("null")), &[]);
    let said = "https://x.example/part is the id of a.json and of sub/b.json, which differ";
    assert!(code == 3 && told.contains(said), "{told}");
    // By its path, a file is no other, but what it refers to by its id might be.
    let files = [&files[1..], &[("root.json", r#"{"items": {"$ref": "a.json"}}"#)]].concat();
    let (told, code) = changed(&files, ("a.json", &part("null")), &[]);
    assert!(code == 1 || (code == 3 && told.contains(said)), "{told}");
    // Copies of one are one.
    let (told, code) = changed(&files, ("other.json", "{}"), &[]);
    assert_eq!(code, 0, "{told}");
}

#[test]
fn a_reference_that_leads_to_no_schema_is_told_there() {
    let root = of("2020-12", r#""items": {"$ref": "part.json#/required"}"#);
    let part = of("7", r#""required": ["a"]"#);
    let files = [("root.json", "{\"type\": \"null\"}"), ("part.json", part.as_str())];
    let (told, code) = changed(&files, ("root.json", &root), &[]);
    let said = "root.json:3:13: part.json#/required leads to something that is no schema";
    assert!(code == 3 && told.contains(said), "{told}");
}

#[test]
fn what_an_api_has_in_another_document_is_of_the_dialect_of_that() {
    let root = r#"{"openapi": "3.1.0", "paths": {"/x": {"get": {"responses": {"200": {"$ref": "other.json#/components/responses/R"}}}}}}"#;
    let other = |of: &str| {
        format!(
            r#"{{"openapi": "3.1.0", "jsonSchemaDialect": "{}", "components": {{"responses": {{"R": {{"content": {{"a": {{"schema": {{"items": [{{"type": "{of}"}}]}}}}}}}}}}}}}}"#,
            dialect("7")
        )
    };
    let before = other("string");
    let files = [("root.json", root), ("other.json", before.as_str())];
    let (told, code) = changed(&files, ("other.json", &other("null")), &[]);
    assert!(code == 1 && told.contains("[null]"), "{told}");
}
