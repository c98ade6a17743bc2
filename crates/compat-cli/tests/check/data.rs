//! What is no schema in a schema is data, whatever it looks like: names, values and what a tool has put there are read as they stand.

use super::Repository;
use super::drafts::of;

/// Names that keywords have.
const NAMES: &[&str] =
    &["$anchor", "$id", "$ref", "$schema", "additionalItems", "const", "id", "items", "then"];

/// What `check --direction produce` says of a schema that refers to another file, once `before` in it has become `after`.
fn changed(draft: &str, part: &str, [before, after]: [&str; 2]) -> (String, i32) {
    let repository = Repository::new();
    let root = |keywords: &str| {
        let keywords = if keywords.is_empty() { String::new() } else { format!(", {keywords}") };
        of(draft, &format!(r#""properties": {{"it": {{"$ref": "part.json"}}}}{keywords}"#))
    };
    repository.write("part.json", &of(part, r#""type": "string""#));
    repository.write("root.json", &root(before));
    repository.commit();
    repository.write("root.json", &root(after));
    repository.check(&["root.json", "--direction", "produce"])
}

#[test]
fn a_list_of_names_by_name_is_no_schema() {
    for (draft, part) in [("2020-12", "7"), ("2019-09", "2020-12"), ("2020-12", "2020-12")] {
        for name in NAMES {
            let demand = format!(r#""dependentRequired": {{"{name}": ["other"]}}"#);
            let (told, code) = changed(draft, part, [&demand, ""]);
            assert!(
                code == 1 && told.contains(&format!("{{\"{name}\":")),
                "{draft} {name}\n{told}"
            );
        }
    }
    for name in NAMES {
        let demand = format!(r#""dependencies": {{"{name}": ["other"]}}"#);
        let (told, code) = changed("7", "2020-12", [&demand, ""]);
        assert!(code == 1 && told.contains(&format!("{{\"{name}\":")), "{name}\n{told}");
    }
}

#[test]
fn a_value_is_no_schema() {
    for name in NAMES {
        for keyword in ["enum", "const"] {
            let allowed = |value: u8| {
                let value = format!(r#"{{"{name}": {{"{name}": {value}}}}}"#);
                let value = if keyword == "enum" { format!("[{value}]") } else { value };
                format!(r#""not": {{"{keyword}": {value}}}"#)
            };
            let (told, code) = changed("7", "2020-12", [&allowed(1), &allowed(2)]);
            assert!(
                code == 1 && told.contains(&format!(r#"{{"{name}":{{"{name}":1}}}}"#)),
                "{told}"
            );
        }
    }
}

#[test]
fn what_a_tool_has_put_there_refers_to_nothing() {
    for keywords in [
        r#""x-more": {"$ref": "none.json"}"#,
        r#""default": {"$ref": "none.json"}"#,
        r#""discriminator": {"mapping": {"$ref": "none.json"}}"#,
        r#""examples": [{"$ref": "none.json", "$dynamicRef": "none.json"}]"#,
        r#""$vocabulary": {"$ref": true}"#,
    ] {
        let after = format!(r#"{keywords}, "maxProperties": 3"#);
        let (told, code) = changed("2020-12", "7", [keywords, &after]);
        assert_eq!(code, 0, "{keywords}\n{told}");
        let (told, code) = changed("2020-12", "7", [&after, keywords]);
        assert_eq!(code, 1, "{keywords}\n{told}");
    }
}

#[test]
fn a_field_may_be_called_like_any_keyword() {
    for name in ["unevaluatedProperties", "unevaluatedItems", "items", "id", "$ref", "$dynamicRef"]
    {
        let repository = Repository::new();
        let root = format!(
            r#""properties": {{"{name}": {{"type": "string"}}, "allOf": {{"$ref": "part.json"}}}}"#
        );
        repository.write("root.json", &of("2020-12", &root));
        repository.write("part.json", &of("4", r#""type": "string""#));
        repository.commit();
        repository.write("part.json", &of("4", r#""type": ["string", "null"]"#));
        let (told, code) = repository.check(&["root.json", "--direction", "produce"]);
        assert!(code == 1 && told.contains(r#"{"allOf":null}"#), "{name}\n{told}");
    }
}
