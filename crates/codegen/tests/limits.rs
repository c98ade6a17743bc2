//! What can be rendered has no limits but those of JSON.

use std::fs;

use clip_events_codegen::render;
use clip_events_contract::Sources;
use clip_events_test_support::small_contract;

#[test]
fn a_shape_may_have_any_number_of_fields() {
    for (added, bits) in [(20, "u32"), (60, "u64"), (100, "u128"), (200, "Wide<4>")] {
        let root = small_contract(None);
        let manifest = root.path().join("schema/contract.json");
        let text = fs::read_to_string(&manifest).expect("a file");
        let undemanding =
            text.replace("\"documentation\": \"error\"", "\"documentation\": \"off\"");
        fs::write(&manifest, undemanding).expect("written");
        let path = root.path().join("schema/data/thing.made.schema.json");
        let text = fs::read_to_string(&path).expect("a file");
        let before = "    \"color\": {";
        let fields = (0..added).map(|at| format!("    \"f{at}\": {{ \"type\": \"string\" }},\n"));
        let fields: String = fields.collect();
        fs::write(&path, text.replace(before, &format!("{fields}{before}"))).expect("written");
        let sources = Sources::read(root.path()).unwrap_or_else(|errors| panic!("{errors}"));
        let artifacts = render(&sources).unwrap_or_else(|error| panic!("{added}: {error}"));
        let parser = artifacts.iter().find(|artifact| artifact.path.ends_with("parser.rs"));
        let text = &parser.expect("a parser").text;
        assert!(text.contains(&format!("type Bits = {bits};")), "{added}");
    }
}
