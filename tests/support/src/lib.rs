//! Helpers that the tests of several packages share. They depend on nothing in the workspace, so every package may use them.

mod frozen;
pub mod ladder;
pub mod large;
pub mod second;

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

pub use frozen::first_release;

/// The root of the workspace.
///
/// # Panics
///
/// Never: this package lies two folders below it.
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).expect("the package lies in the workspace").to_path_buf()
}

/// Copies the content of the folder `from` into the folder `to`, over what is there.
///
/// # Panics
///
/// When a file cannot be read or written.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file");
        }
    }
}

/// Lets the fields of the contract below `root` be without descriptions and examples: a contract may choose so.
///
/// # Panics
///
/// When its manifest cannot be read or written.
pub fn without_documentation(root: &Path) {
    let path = root.join("schema/contract.json");
    let text = fs::read_to_string(&path).expect("a file");
    let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    manifest["conventions"]["documentation"] = "off".into();
    fs::write(path, manifest.to_string()).expect("written");
}

/// A folder with a small contract that has no mistakes, and the files of `overlay` over it.
///
/// # Panics
///
/// When a file cannot be read or written.
pub fn small_contract(overlay: Option<&Path>) -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("contract"), root.path());
    if let Some(overlay) = overlay {
        copy(overlay, root.path());
    }
    root
}
