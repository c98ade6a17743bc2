//! Limits of what can be rendered.

use std::fs;

use clip_events_codegen::{CodegenError, render};
use clip_events_contract::Sources;
use clip_events_test_support::small_contract;

#[test]
fn more_fields_than_the_parser_has_bits_for_are_an_error() {
    for (added, renders) in [(60, true), (200, false)] {
        let root = small_contract(None);
        let path = root.path().join("schema/data/thing.made.schema.json");
        let text = fs::read_to_string(&path).expect("a file");
        let before = "    \"color\": {";
        let fields = (0..added).map(|at| format!("    \"f{at}\": {{ \"type\": \"string\" }},\n"));
        let fields: String = fields.collect();
        fs::write(&path, text.replace(before, &format!("{fields}{before}"))).expect("written");
        let sources = Sources::read(root.path()).unwrap_or_else(|errors| panic!("{errors}"));
        match render(&sources) {
            Ok(_) => assert!(renders, "{added}"),
            Err(CodegenError::TooManyFields(count)) => {
                assert!(!renders && count > added, "{added}: {count}");
            }
            Err(error) => panic!("{added}: {error}"),
        }
    }
}
