//! `cargo xtask release` on a copy of this repository: the crates and their lock files follow. What it freezes and what it
//! refuses of the contract, `compat/releases.rs` tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{copy_of_repository, edit, files, run};

/// A copy of this repository with an addition, and all that follows from it but the release.
fn with_an_addition() -> tempfile::TempDir {
    let copy = copy_of_repository();
    let root = copy.path();
    edit(&root.join("schema/data/post.published.schema.json"), |shape| {
        let field = serde_json::json!({ "description": "How often it was seen.", "type": "integer", "minimum": 0, "maximum": 9 });
        shape["properties"]["added_by_a_test"] = field;
        shape["examples"][0]["added_by_a_test"] = 1.into();
    });
    let (_, err) = run(root, &["release", "minor", "--dry-run"], 1);
    assert!(err.starts_with("error: generated files are stale:\n  "), "{err}");
    assert!(err.contains("\n  crates/types/src/generated/"), "{err}");
    assert!(err.contains("help: run `cargo xtask codegen`"), "{err}");
    run(root, &["codegen"], 0);
    let changelog = "# Changelog\n\n## Unreleased\n\n- Something.\n";
    fs::write(root.join("CHANGELOG.md"), changelog).expect("written");
    copy
}

/// The packages of this workspace in a lock file, with their versions.
fn own_packages(lock: &str) -> Vec<(String, String)> {
    let packages =
        lock.split("[[package]]\n").skip(1).filter(|package| !package.contains("source = "));
    let value = |package: &str, key: &str| -> String {
        let line = package.lines().find_map(|line| line.strip_prefix(key));
        line.expect("it is there").trim_matches('"').to_owned()
    };
    packages.map(|package| (value(package, "name = "), value(package, "version = "))).collect()
}

fn locks(root: &Path) -> Vec<PathBuf> {
    files(root)
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.ends_with("Cargo.lock"))
        .collect()
}

#[test]
fn the_crates_and_every_lock_file_get_the_version() {
    let copy = with_an_addition();
    let root = copy.path();
    let before = files(root);
    let (dry, _) = run(root, &["release", "minor", "--dry-run"], 0);
    assert_eq!(files(root), before, "--dry-run writes nothing");
    let (out, _) = run(root, &["release", "minor"], 0);
    assert!(out.starts_with(&dry.replace("would write", "wrote")), "{dry}{out}");
    let (_, next) = out.split_once("\nNext:\n").expect("the next commands");
    assert!(next.contains("cargo xtask check ") && next.contains("git tag contract-"), "{next}");
    assert!(out.contains("a new optional field: added_by_a_test"), "{out}");

    let told = out.split("wrote schema/releases/").nth(1);
    let release = told.and_then(|rest| rest.split(".schema.json").next()).expect("a release");
    assert!(root.join(format!("schema/releases/{release}.schema.json")).exists(), "{release}");

    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("a file");
    let version =
        manifest.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    let version = version.expect("a version");
    let paths =
        manifest.lines().filter(|line| line.contains("path = ") && line.contains("version = "));
    let paths: Vec<_> = paths.collect();
    assert!(paths.len() > 5 && paths.iter().all(|line| line.contains(version)), "{paths:#?}");

    let package = fs::read_to_string(root.join("bindings/typescript/package.json"));
    let package = package.expect("a file");
    assert!(package.contains(&format!("\"version\": \"{version}\"")), "{package}");

    let root_lock = fs::read_to_string(root.join("Cargo.lock")).expect("a file");
    let crates = own_packages(&root_lock);
    assert!(crates.len() > 9 && crates.iter().all(|(_, is)| is == version), "{crates:?}");
    let mut elsewhere = 0;
    for path in locks(root) {
        let lock = fs::read_to_string(&path).expect("a file");
        for (name, is) in own_packages(&lock) {
            if crates.iter().any(|(known, _)| *known == name) {
                assert_eq!(is, version, "{name} in {}", path.display());
                elsewhere += usize::from(path != root.join("Cargo.lock"));
            }
        }
    }
    assert!(elsewhere >= 4, "benches/ and fuzz/ have lock files with our crates: {elsewhere}");

    let python = fs::read_to_string(root.join("bindings/python/pyproject.toml")).expect("a file");
    assert!(python.contains(&format!("\nversion = \"{version}\"\n")), "{python}");

    // Cargo would have to change nothing.
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let tree = ["tree", "--quiet", "--locked", "--offline", "--workspace", "--depth", "0"];
    let output = cargo.current_dir(root).args(tree).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let changelog = fs::read_to_string(root.join("CHANGELOG.md")).expect("a file");
    let heads: Vec<_> = changelog.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(heads[..2], [format!("## Contract {release}"), format!("## Crates {version}")]);

    // Nothing has changed since.
    let (_, err) = run(root, &["release", release], 1);
    assert!(err.contains("does not follow"), "{err}");
}

#[test]
fn the_crates_may_have_a_version_of_their_own_but_never_a_lower_one() {
    let copy = with_an_addition();
    let root = copy.path();
    let before = files(root);
    for wrong in ["one", "0.1.0"] {
        run(root, &["release", "minor", "--crates", wrong], 1);
        assert_eq!(files(root), before);
    }
    let (out, _) = run(root, &["release", "minor", "--crates", "91.0.0"], 0);
    assert!(out.contains(" to 91.0.0.\n"), "{out}");
    let changelog = fs::read_to_string(root.join("CHANGELOG.md")).expect("a file");
    assert!(changelog.contains("\n## Crates 91.0.0\n"), "{changelog}");

    // From here on the contract is behind. The crates follow by versions of the same kind.
    for (version, crates) in [("patch", "91.0.1"), ("minor", "91.1.0"), ("patch", "91.1.1")] {
        if version == "minor" {
            edit(&root.join("schema/data/post.published.schema.json"), |shape| {
                shape["properties"]["added_later"] = shape["properties"]["added_by_a_test"].clone();
                let example = &mut shape["examples"][0];
                example["added_later"] = example["added_by_a_test"].clone();
            });
            run(root, &["codegen"], 0);
        }
        let (out, _) = run(root, &["release", version], 0);
        assert!(out.contains(&format!(" to {crates}.\n")), "{out}");
    }
}

#[test]
fn the_next_version_needs_a_last_one() {
    let copy = with_an_addition();
    fs::remove_dir_all(copy.path().join("schema/releases")).expect("removed");
    // Columns go by what was released.
    run(copy.path(), &["codegen"], 0);
    let (_, err) = run(copy.path(), &["release", "minor"], 1);
    assert!(err.contains("there is no release yet"), "{err}");
}
