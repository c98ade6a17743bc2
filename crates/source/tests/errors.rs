//! The text of a set of errors, and the places of errors in texts of any kind.

use schema_source::{SchemaError, SchemaErrors, Source};

#[test]
fn the_folder_of_all_errors_is_named_and_no_other() {
    let errors = |paths: &[&str]| {
        let error = |path: &&str| SchemaError::of_file(*path, "wrong", "mend it");
        let text = SchemaErrors(paths.iter().map(error).collect()).to_string();
        text.lines().last().map(str::to_owned)
    };
    let last = |text: &str| Some(text.to_owned());
    assert_eq!(errors(&["schema/a.json"]), last("1 error in schema/"));
    assert_eq!(errors(&["schema/a.json", "schema/data/b.json"]), last("2 errors in schema/"));
    assert_eq!(errors(&["schema/a.json", "other/b.json"]), last("2 errors"));
    assert_eq!(errors(&["a.json"]), last("1 error"));
    assert_eq!(errors(&["/schema/a.json"]), last("1 error"));
    assert_eq!(errors(&[]), last("0 errors"));
}

#[test]
fn columns_count_characters_and_no_place_is_outside_the_text() {
    let text = "{\n  \"größe\": 1, \"b\": { \"c\": 2 }\n}\n";
    let source = Source::parse("a.json".into(), text.into()).expect("JSON");
    let place = |pointer: &str| {
        let error = source.error(pointer, "wrong", "mend it");
        (error.line, error.column)
    };
    assert_eq!(place("/b/c"), (2, 22));
    assert_eq!(place("/b/missing/deeper"), place("/b"));
    assert_eq!(place("/nowhere"), (1, 1));
    for byte in 0..text.len() + 9 {
        let (line, column) = source.line_column(byte);
        assert!((1..=4).contains(&line) && column >= 1, "{byte}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    for depth in [100, 200, 100_000] {
        let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let parsed = Source::parse("a.json".into(), text);
        assert_eq!(parsed.is_ok(), depth < 128, "{depth}");
    }
}
