//! What the README shows is what happens.

use super::Repository;

const README: &str = include_str!("../../README.md");

/// The first blocks of a language in the README.
fn block(language: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```\n").unwrap().0
}

#[test]
fn the_first_example_is_printed_as_it_stands_there() {
    let repository = Repository::new();
    let schema = block("json");
    repository.write("schemas/order.schema.json", schema);
    repository.commit();
    repository.git(&["checkout", "--quiet", "-b", "nullable"]);
    let status = r#""status": { "type": "string" }"#;
    assert!(schema.contains(status));
    let nullable = schema.replace(status, r#""status": { "type": ["string", "null"] }"#);
    repository.write("schemas/order.schema.json", &nullable);
    let command = block("sh").lines().last().unwrap();
    let arguments = command.strip_prefix("schema-compat check ").unwrap();
    let arguments: Vec<_> = arguments.split(' ').collect();
    assert_eq!(repository.check(&arguments), (block("text").to_owned(), 1));
}
