//! The command `cargo xtask codegen`, as it is run on a small contract.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use clip_events_test_support::small_contract;

/// `cargo xtask` as it is run, on the contract below `root`.
fn xtask(root: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    // Cargo says by this variable where the package lies; the root is its parent.
    command.env("CARGO_MANIFEST_DIR", root.join("xtask")).args(arguments);
    command.output().expect("runs")
}

#[test]
fn the_command_writes_then_finds_nothing_stale_and_tells_what_is_by_its_exit_code() {
    let root = small_contract(None);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");

    let stale = xtask(root.path(), &["codegen", "--check"]);
    assert_eq!(stale.status.code(), Some(1));
    assert!(text(&stale.stderr).contains("run `cargo xtask codegen`"), "{}", text(&stale.stderr));
    assert!(
        text(&stale.stdout).contains("+++ crates/types/src/generated/data.rs"),
        "{}",
        text(&stale.stdout)
    );
    assert!(!root.path().join("crates").exists(), "--check writes nothing");

    let written = xtask(root.path(), &["codegen"]);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    assert!(text(&written.stdout).contains("wrote crates/types/src/generated/data.rs\n"));

    let again = xtask(root.path(), &["codegen"]);
    assert_eq!((again.status.code(), text(&again.stdout)), (Some(0), String::new()));
    let fresh = xtask(root.path(), &["codegen", "--check"]);
    assert_eq!((fresh.status.code(), text(&fresh.stdout)), (Some(0), String::new()));

    let shape = root.path().join("schema/data/thing.made.schema.json");
    fs::write(&shape, "{").expect("written");
    let broken = xtask(root.path(), &["codegen", "--check"]);
    assert_eq!(broken.status.code(), Some(2));
    let told = text(&broken.stderr);
    assert!(told.starts_with("error: schema/data/thing.made.schema.json:1:1: not JSON"), "{told}");

    assert_eq!(xtask(root.path(), &["no-such-command"]).status.code(), Some(2));
}
