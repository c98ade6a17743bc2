//! Shapes of more fields than a word has bits.

use std::fs;

use clip_events_codegen::render;
use clip_events_contract::Sources;
use clip_events_test_support::small_contract;

#[test]
fn a_shape_of_many_fields_has_marks_of_several_words() {
    for (added, is_wide) in [(60, false), (200, true)] {
        let root = small_contract(None);
        let path = root.path().join("schema/data/thing.made.schema.json");
        let text = fs::read_to_string(&path).expect("a file");
        let mut shape: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for at in 0..added {
            let field = serde_json::json!({ "description": "One of many.", "type": "string" });
            shape["properties"][format!("f{at}")] = field;
            shape["examples"][0][format!("f{at}")] = "a".into();
        }
        fs::write(&path, format!("{shape:#}")).expect("written");
        let sources = Sources::read(root.path()).unwrap_or_else(|errors| panic!("{errors}"));
        let artifacts = render(&sources).unwrap_or_else(|error| panic!("{added}: {error}"));
        let parser = artifacts.iter().find(|artifact| artifact.path.ends_with("parser.rs"));
        assert_eq!(parser.expect("the parser").text.contains("Wide"), is_wide, "{added}");
    }
}
