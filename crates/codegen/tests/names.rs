//! Names that are not available in Rust or in TypeScript. Each folder of `fixtures/mistakes/` holds the files that differ from the small
//! contract without mistakes, and has a snapshot of its name.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clip_events_codegen::files::Artifact;
use clip_events_codegen::{CodegenError, render};
use clip_events_contract::Sources;
use clip_events_test_support::small_contract;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Renders the small contract with the files of `overlay` over it.
fn rendered(overlay: Option<&Path>) -> Result<Vec<Artifact>, CodegenError> {
    let root = small_contract(overlay);
    render(&Sources::read(root.path()).unwrap_or_else(|errors| panic!("{errors}")))
}

#[test]
fn the_contract_without_mistakes_renders() {
    let artifacts = rendered(None).unwrap_or_else(|error| panic!("{error}"));
    assert!(artifacts.len() > 5);
}

#[test]
fn each_clash_is_told_with_its_place_and_a_way_out() {
    let mut cases = BTreeSet::new();
    for entry in fs::read_dir(fixtures().join("mistakes")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let case = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let Err(CodegenError::Schemas(errors)) = rendered(Some(&path)) else {
            panic!("{case}: no error")
        };
        for error in &errors.0 {
            assert!(error.line > 0 && error.column > 0, "{case}: {error}");
            assert!(!error.help.is_empty(), "{case}: {error}");
        }
        let message = errors.to_string();
        insta::assert_snapshot!(format!("mistake_{case}"), message);
        cases.insert(case);
    }
    assert!(cases.len() > 9, "the fixtures were found");
}

#[test]
fn a_field_of_the_envelope_that_is_called_like_the_payload_has_a_number() {
    let artifacts = rendered(Some(&fixtures().join("names/envelope-payload")));
    let artifacts = artifacts.unwrap_or_else(|error| panic!("{error}"));
    let event = artifacts.iter().find(|artifact| artifact.path.ends_with("generated/event.rs"));
    let text = &event.expect("the events").text;
    assert!(text.contains("pub payload_2: "), "{text}");
    assert!(text.contains("pub payload: "), "{text}");
}
