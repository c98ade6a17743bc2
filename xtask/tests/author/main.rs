//! The commands that the author of a schema runs, as they are run: on a small contract, and on a copy of this repository.

mod check;
mod codegen;
mod new;
mod readme;
mod release;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clip_events_test_support::{copy, first_release, root};
use serde_json::Value;

/// `cargo xtask` on the contract below `root`.
fn xtask(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    // Cargo says by this variable where the package lies; the root is its parent.
    command.env("CARGO_MANIFEST_DIR", root.join("xtask")).current_dir(root).args(arguments);
    // What it compiles is another workspace than this one.
    command.env_remove("CARGO_TARGET_DIR");
    command
}

/// Runs `cargo xtask` and expects an exit code; what it printed, and what it complained of.
#[track_caller]
fn run(root: &Path, arguments: &[&str], code: i32) -> (String, String) {
    let Output { status, stdout, stderr } = xtask(root, arguments).output().expect("runs");
    let (out, err) = (text(stdout), text(stderr));
    assert_eq!(status.code(), Some(code), "{arguments:?}\n{out}{err}");
    (out, err)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}

/// The contract as it was first released, with deliveries, without crates: what a test adds, today's may have already.
fn first_contract() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    first_release(root.path());
    let of_today = self::root().join("schema/examples");
    for entry in fs::read_dir(root.path().join("schema/data")).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        let event_type = name.strip_suffix(".schema.json").expect("a schema");
        copy(&of_today.join(event_type), &root.path().join("schema/examples").join(event_type));
    }
    run(root.path(), &["codegen"], 0);
    run(root.path(), &["release", "1.0.0"], 0);
    root
}

/// A copy of this repository: the files that git knows, as they are now.
fn copy_of_repository() -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a temporary folder");
    copy_repository(copy.path());
    copy
}

fn copy_repository(to: &Path) {
    let mut git = Command::new("git");
    git.current_dir(root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = text(git.output().expect("git runs").stdout);
    let files = listed.split('\0').filter(|path| !path.is_empty()).map(PathBuf::from);
    let mut count = 0;
    // A file that is gone may still be listed.
    for path in files.filter(|path| root().join(path).is_file()) {
        let target = to.join(&path);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::copy(root().join(&path), target).expect("copied");
        count += 1;
    }
    assert!(count > 500, "{count} files are the repository");
}

/// Changes a JSON file.
fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut value = serde_json::from_str(&text).expect("JSON");
    change(&mut value);
    fs::write(path, format!("{value:#}\n")).expect("written");
}

/// All files below `root` that are text, to see that nothing was written.
fn files(root: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if let Ok(text) = fs::read_to_string(&path) {
            files.push((path, text));
        }
    }
    files.sort();
    files
}
