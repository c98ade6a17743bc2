//! The messages about mistakes in schema files. Each folder of `fixtures/mistakes/` holds the files that differ from
//! the small contract without any, and has a snapshot of its name.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use clip_events_contract::model::{Contract, Definition, PathPart, Schema, Value};
use clip_events_contract::{SchemaErrors, load};
use clip_events_test_support::small_contract;

#[test]
fn each_mistake_is_told_with_its_place_and_a_way_out() {
    let mistakes = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mistakes");
    let mut cases = BTreeSet::new();
    let mut unseen = Vec::new();
    for entry in fs::read_dir(mistakes).expect("a folder") {
        let path = entry.expect("an entry").path();
        let case = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let root = small_contract(Some(&path));
        let message = match load(root.path()) {
            Ok(_) => {
                unseen.push(case);
                continue;
            }
            Err(errors) => {
                for error in &errors.0 {
                    assert!(error.line > 0 && error.column > 0, "{case}: {error}");
                    assert!(!error.help.is_empty(), "{case}: {error}");
                }
                errors.to_string()
            }
        };
        insta::assert_snapshot!(format!("mistake_{case}"), message);
        cases.insert(case);
    }
    assert_eq!(unseen, Vec::<String>::new(), "no error");
    assert!(cases.len() > 40, "the fixtures were found");
}

/// The contract without mistakes, with one more field, which no example has, loaded.
fn with_field(schema: &str) -> Result<Contract, SchemaErrors> {
    let root = small_contract(None);
    let path = root.path().join("schema/data/thing.made.schema.json");
    let text = fs::read_to_string(&path).expect("a file");
    let before = "    \"color\": {";
    assert_eq!(text.matches(before).count(), 1);
    let field =
        format!("    \"depth\": {{\n{schema},\n\"description\": \"Its depth.\"\n}},\n{before}");
    fs::write(&path, text.replace(before, &field)).expect("written");
    let path = root.path().join("schema/contract.json");
    let text = fs::read_to_string(&path).expect("a file");
    let strict = "\"documentation\": \"error\"";
    assert_eq!(text.matches(strict).count(), 1);
    fs::write(&path, text.replace(strict, "\"documentation\": \"off\"")).expect("written");
    load(root.path())
}

/// The definition of that field.
fn depth(contract: &Contract) -> &Definition {
    contract.definitions.get("ThingMadeDepth").expect("named")
}

#[test]
fn a_bound_is_held_if_it_is_the_shortest_decimal_of_a_binary64_however_it_is_spelled() {
    for (spelling, held) in [
        ("1.0", 1.0),
        ("1e0", 1.0),
        ("10E-1", 1.0),
        ("0.00000000000000000001e+20", 1.0),
        ("1.000000000000000000000000", 1.0),
        ("0.1", 0.1),
        ("0.30000000000000004", 0.300_000_000_000_000_04),
        ("9007199254740992", 9_007_199_254_740_992.0),
        ("1e23", 1e23),
        ("5e-324", 5e-324),
        ("1.7976931348623157e308", f64::MAX),
    ] {
        let contract = with_field(&format!("\"type\": \"number\",\n\"maximum\": {spelling}"));
        let contract = contract.unwrap_or_else(|errors| panic!("{spelling}: {errors}"));
        let Schema::Number { maximum: Some(bound), .. } = &depth(&contract).schema else {
            panic!("{contract:?}")
        };
        assert_eq!(bound.value.to_bits(), held.to_bits(), "{spelling}");
    }
    for spelling in [
        "1.0000000000000001",
        "1.00000000000000000000000000000000000000000000000001",
        "0.1000000000000000055511151231257827021181583404541015625",
        "0.30000000000000005",
        "9007199254740993",
        "-9007199254740993",
        "9007199254740993.0",
        "18446744073709551616",
        "123456789012345678901234567890",
        "1e309",
        "-1e400",
        "1e99999999999999999999",
        "1e-400",
        "1e-99999999999999999999",
        "2e-324",
        "-0",
        "-0.0",
        "-0e5",
    ] {
        let contract = with_field(&format!("\"type\": \"number\",\n\"maximum\": {spelling}"));
        let errors = contract.expect_err(spelling).0;
        let [error] = errors.as_slice() else { panic!("{spelling}: {errors:?}") };
        assert_eq!((error.line, error.column), (29, 1), "{error}");
        assert_eq!(error.pointer, "/properties/depth/maximum", "{error}");
        assert!(error.message.starts_with(&format!("`maximum` {spelling} ")), "{error}");
        assert!(error.help.starts_with("write "), "{error}");
    }
}

#[test]
fn an_integral_bound_is_one_however_it_is_spelled() {
    for (spelling, held) in [("100.0", 100), ("1e2", 100), ("9007199254740991.0", (1 << 53) - 1)] {
        let contract = with_field(&format!(
            "\"type\": \"integer\",\n\"minimum\": 1,\n\"maximum\": {spelling}"
        ));
        let contract = contract.unwrap_or_else(|errors| panic!("{spelling}: {errors}"));
        assert_eq!(
            depth(&contract).schema,
            Schema::Integer { minimum: Some(1), maximum: Some(held), multiple_of: None },
            "{spelling}"
        );
    }
}

#[test]
fn files_that_are_not_there_are_told() {
    for file in ["envelope.schema.json", "definitions.schema.json", "data"] {
        let root = small_contract(None);
        let path = root.path().join("schema").join(file);
        if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }
            .expect("removed");
        let errors = load(root.path()).expect_err("a file is missing").to_string();
        assert!(errors.contains(&format!("schema/{file}:1:1: ")), "{errors}");
    }
}

/// The small contract with the files of `fixtures/forms/` over it.
fn forms() -> Contract {
    let forms = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/forms");
    let root = small_contract(Some(&forms));
    load(root.path()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn show(value: &Value) -> String {
    let hint = if value.recursive { " (boxed)" } else { "" };
    format!("{value}{hint}")
}

#[test]
fn each_form_is_lowered() {
    let contract = forms();
    let [event] = contract.events.as_slice() else { panic!("{contract:?}") };
    let mut shown = String::new();
    for field in &event.fields {
        let mark = if field.required { "!" } else { "" };
        writeln!(shown, "{}{mark}: {}", field.name, show(&field.value)).expect("a string");
    }
    for definition in contract.definitions.values() {
        let hints = [(definition.nullable, ", or null"), (definition.recursive, " (recursive)")];
        let hints: String = hints.iter().filter(|(is, _)| *is).map(|(_, hint)| *hint).collect();
        writeln!(shown, "{} = {}{hints}", definition.name, definition.schema).expect("a string");
        if let Schema::Object(fields) = &definition.schema {
            for field in fields {
                let mark = if field.required { "!" } else { "" };
                writeln!(shown, "  {}{mark}: {}", field.name, show(&field.value))
                    .expect("a string");
            }
        }
    }
    insta::assert_snapshot!("forms", shown);
    let follow_up = event.follow_up.as_ref().expect("one");
    assert_eq!(follow_up.to_string(), "/v1/things/{thing_id}/parts/{video.id}");
    let Some(PathPart::Fields(fields)) = follow_up.path.last() else { panic!("{follow_up:?}") };
    assert_eq!(fields.len(), 2);
}

#[test]
fn breaches_of_taste_are_advice_with_their_places() {
    let advice = forms().advice;
    for error in &advice {
        assert!(error.line > 0 && !error.help.is_empty(), "{error}");
    }
    let mut shown = String::new();
    for error in &advice {
        writeln!(shown, "{}: {}", error.pointer, error.message).expect("a string");
    }
    insta::assert_snapshot!("advice", shown);
}
