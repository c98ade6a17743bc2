//! `cargo xtask release`: what it writes, what it refuses, and that nothing written is ever edited.

use std::fs;
use std::path::Path;

use xtask::compat::release::{self, ReleaseError};

use super::{contract, copy, here, text, xtask};

fn freeze(root: &Path, version: &str, reason: Option<&str>) -> Result<String, ReleaseError> {
    release::freeze(root, version, reason).map(|frozen| frozen.changelog)
}

/// All files below `root`, to see that nothing was written.
fn files(root: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(root).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push((path.display().to_string(), fs::read_to_string(&path).expect("UTF-8")));
        }
    }
    files.sort();
    files
}

#[track_caller]
fn refused(root: &Path, version: &str, reason: Option<&str>) -> String {
    let before = files(root);
    let error = freeze(root, version, reason).expect_err("is refused").to_string();
    assert_eq!(files(root), before, "nothing is written");
    error
}

#[test]
fn releases_grow_and_the_changelog_with_them() {
    let root = contract(Path::new(""));
    let root = root.path();
    freeze(root, "1.0.0", None).expect("the first");
    let first = fs::read_to_string(root.join("schema/releases/1.0.0.schema.json")).expect("a file");

    for overlay in ["rules/field-added/new", "rules/event-type-added/new"] {
        copy(&here().join(overlay), root);
    }
    freeze(root, "1.1.0", None).expect("additive");
    freeze(root, "1.1.1", Some("not needed")).expect("equal");
    copy(&here().join("base"), root);
    copy(&here().join("rules/field-removed/new"), root);
    let error = refused(root, "1.2.0", None);
    assert!(error.contains("error[field-removed]: "), "{error}");
    assert!(error.contains("1.2.0 is refused: the change is breaking\n"), "{error}");
    refused(root, "1.2.0", Some("the major does not grow"));
    refused(root, "2.0.0", None);
    refused(root, "2.0.0", Some("  "));
    freeze(root, "2.0.0", Some("Nobody looked at it.")).expect("the major grows, with a reason");
    // From here on, the releases before it are history.
    freeze(root, "2.0.1", None).expect("equal to 2.0.0");
    assert_eq!(xtask(root, &["compat"]).status.code(), Some(0));
    assert_eq!(xtask(root, &["compat", "--against", "1.1.0"]).status.code(), Some(1));

    insta::assert_snapshot!(
        "changelog",
        fs::read_to_string(root.join("CHANGELOG.md")).expect("a file")
    );
    assert_eq!(
        fs::read_to_string(root.join("schema/releases/1.0.0.schema.json")).expect("a file"),
        first
    );
    let sums = fs::read_to_string(root.join("schema/releases/SHA256SUMS")).expect("a file");
    let names: Vec<_> =
        sums.lines().filter_map(|line| line.split_once("  ")).map(|(_, name)| name).collect();
    let expected = ["1.0.0", "1.1.0", "1.1.1", "2.0.0", "2.0.1"]
        .map(|version| format!("{version}.schema.json"));
    assert_eq!(names, expected);
}

#[test]
fn versions_must_follow() {
    let root = contract(Path::new(""));
    let root = root.path();
    for version in ["1", "1.0", "v1.0.0", "1.0.0-rc.1", "1.0.0+build", "01.0.0", "", "../1.0.0"] {
        let error = refused(root, version, None);
        assert!(error.starts_with(version), "{error}");
    }
    freeze(root, "1.4.0", None).expect("the first");
    for version in ["1.4.0", "1.3.9", "0.9.0"] {
        let error = refused(root, version, None);
        assert!(error.contains("does not follow 1.4.0"), "{error}");
    }
    let output = xtask(root, &["release", "1.4.0"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let output = xtask(root, &["release", "1.4.1"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("wrote schema/releases/1.4.1.schema.json\n"));
}

#[test]
fn what_no_renderer_honours_is_not_released() {
    let root = contract(&here().join("rules/values-widened/new"));
    let error = refused(root.path(), "1.0.0", None);
    assert!(error.contains("no renderer honours the keyword `enum` here"), "{error}");
}

#[test]
fn a_release_that_cannot_be_written_whole_is_not_written() {
    let root = contract(Path::new(""));
    let root = root.path();
    freeze(root, "1.0.0", None).expect("the first");
    // A folder where a file should be: the last of the three cannot be written.
    fs::remove_file(root.join("CHANGELOG.md")).expect("removed");
    fs::create_dir_all(root.join("CHANGELOG.md/in-the-way")).expect("a folder");
    refused(root, "1.0.1", None);
    assert_eq!(xtask(root, &["compat"]).status.code(), Some(0));
}

/// A file, and what makes it differ from its release.
type Edit<'a> = (&'a str, &'a dyn Fn(&Path));

#[test]
fn an_edited_release_is_told() {
    let sums = "schema/releases/SHA256SUMS";
    let released = "schema/releases/1.0.0.schema.json";
    let edits: &[Edit<'_>] = &[
        (released, &|root| {
            let text = fs::read_to_string(root.join(released)).expect("a file");
            fs::write(root.join(released), text.replace("\"maximum\": 1,", "\"maximum\": 2,"))
                .expect("written");
        }),
        (released, &|root| fs::remove_file(root.join(released)).expect("removed")),
        (released, &|root| fs::write(root.join(sums), "").expect("written")),
        ("schema/releases/1.0.1.schema.json", &|root| {
            fs::copy(root.join(released), root.join("schema/releases/1.0.1.schema.json"))
                .expect("copied");
        }),
        (released, &|root| {
            let text = fs::read_to_string(root.join(sums)).expect("a file");
            let other = format!("{}  1.0.0.schema.json\n", "0".repeat(64));
            fs::write(root.join(sums), format!("{text}{other}")).expect("written");
        }),
    ];
    for (file, edit) in edits {
        let root = contract(Path::new(""));
        freeze(root.path(), "1.0.0", None).expect("the first");
        edit(root.path());
        for arguments in [&["compat"][..], &["compat", "--against", "1.0.0"], &["release", "1.1.0"]]
        {
            let output = xtask(root.path(), arguments);
            let err = text(&output.stderr);
            assert_eq!(output.status.code(), Some(3), "{err}");
            assert!(err.contains(&format!("released files differ from {sums}: {file}\n")), "{err}");
        }
    }
}

#[test]
fn the_releases_of_this_repository_are_as_they_were_released() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    release::check_unedited(&root).unwrap_or_else(|error| panic!("{error}"));
    let releases = release::current(&root).unwrap_or_else(|error| panic!("{error}"));
    assert!(!releases.is_empty());
}
