//! `cargo xtask compat` and `release` on contracts in folders of their own. `README.md` beside this file says what lies
//! where.

mod command;
mod edits;
mod history;
mod releases;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clip_events_codegen::files::Stale;
use clip_events_contract::Sources;
use clip_events_test_support::{copy, root};
use schema_compat_gate::releases::Terms;
use xtask::codegen;
use xtask::release::{Error, Request, plan};

/// The fixtures of the gate: its base and what overlays it.
fn fixtures() -> PathBuf {
    root().join("crates/gate/tests/gate")
}

/// The contract of `base/`, with the files of `overlay` over it if there are any.
fn contract(overlay: &Path) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    copy(&fixtures().join("base"), root.path());
    if overlay.exists() {
        copy(overlay, root.path());
    }
    root
}

fn sources(root: &Path) -> Sources {
    Sources::read(root).unwrap_or_else(|errors| panic!("{errors}"))
}

/// Releases the contract below `root`; the section of the changelog. The generated files are made fresh before, if anything
/// can be generated.
fn release(root: &Path, version: &str, terms: Terms<'_>) -> Result<String, Error> {
    let _ = codegen::run(root, Stale::Write);
    let plan = plan(root, &Request { version, crates: None, terms })?;
    plan.frozen.write(root)?;
    Ok(plan.frozen.changelog)
}

/// The same for a contract that may be released without more ado.
#[track_caller]
fn released(root: &Path, version: &str) {
    release(root, version, Terms::default()).unwrap_or_else(|error| panic!("{error}"));
}

/// `cargo xtask` as it is run, on the contract below `root`.
fn xtask(root: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    // Cargo says by this variable where the package lies; the root is its parent.
    command.env("CARGO_MANIFEST_DIR", root.join("xtask")).current_dir(root).args(arguments);
    command.output().expect("runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Runs git in `root`, without the settings of whoever runs the test.
#[track_caller]
fn git(root: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(root).args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = command.args(arguments).output().expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
}

/// Runs `cargo xtask` and expects an exit code; what it printed, and what it complained of.
#[track_caller]
fn run(root: &Path, arguments: &[&str], code: i32) -> (String, String) {
    let output = xtask(root, arguments);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}{err}");
    (out, err)
}
