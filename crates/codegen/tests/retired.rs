//! What a release of the newest major version has, programs may name as long as that version lives.

use std::fs;

use clip_events_contract::{Sources, bundle};
use clip_events_test_support::small_contract;

#[test]
fn the_constants_of_values_that_are_not_known_any_more_stay_as_deprecated() {
    let root = small_contract(None);
    let root = root.path();
    let sources = || Sources::read(root).unwrap_or_else(|errors| panic!("{errors}"));
    let mut released = bundle::bundle(&sources());
    let known = &mut released["$defs"]["Color"]["x-known-values"];
    assert!(known.is_array(), "{known}");
    let releases = root.join("schema/releases");
    fs::create_dir_all(&releases).expect("made");
    // A major version before the newest one is over.
    for (version, value) in [("1.9.0", "mauve"), ("2.0.0", "blue"), ("2.1.0", "pink")] {
        released["$defs"]["Color"]["x-known-values"] = [value, "red"].into_iter().collect();
        let path = releases.join(format!("{version}.schema.json"));
        fs::write(path, released.to_string()).expect("written");
    }
    let artifacts =
        clip_events_codegen::render(&sources()).unwrap_or_else(|error| panic!("{error}"));
    let file = artifacts.iter().find(|file| file.path.ends_with("definitions.rs")).expect("a file");
    for constant in ["BLUE: &'static str = \"blue\"", "PINK: &'static str = \"pink\""] {
        let (before, _) = file.text.split_once(constant).expect("a constant");
        let attribute = before.lines().rev().nth(1).expect("a line");
        assert!(attribute.contains("#[deprecated"), "{attribute}");
    }
    assert!(!file.text.contains("mauve"));
    let (_, known) = file.text.split_once("KNOWN: ").expect("the list");
    let (known, _) = known.split_once(';').expect("its end");
    assert!(known.contains("red") && !known.contains("blue"), "{known}");
}
