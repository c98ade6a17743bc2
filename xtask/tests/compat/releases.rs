//! `cargo xtask release`: what it writes, what it refuses, and that nothing written is ever edited.

use std::fs;
use std::path::Path;

use clip_events_codegen::files::Stale;
use clip_events_test_support::copy;
use schema_compat_gate::releases::Terms;
use xtask::release::Error;
use xtask::{codegen, compat};

use super::{contract, fixtures, release, run, text, xtask};

fn freeze(root: &Path, version: &str, reason: Option<&str>) -> Result<String, Error> {
    let mut terms = Terms::default();
    terms.breaking = reason;
    release(root, version, terms)
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
    let _ = codegen::run(root, Stale::Write);
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
        copy(&fixtures().join(overlay), root);
    }
    freeze(root, "1.1.0", None).expect("additive");
    freeze(root, "1.1.1", Some("not needed")).expect("equal");
    copy(&fixtures().join("base"), root);
    copy(&fixtures().join("rules/field-removed/new"), root);
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
fn the_version_says_what_the_change_is() {
    let root = contract(Path::new(""));
    let root = root.path();
    freeze(root, "1.0.0", None).expect("the first");
    let error = refused(root, "2.0.0", None);
    assert!(error.contains("2.0.0 is refused: nothing breaks"), "{error}");
    assert!(
        error.ends_with("help: choose 1.1.0; if it must be a major version all the same: --major")
    );
    // A reason for a break is none for a version without one.
    refused(root, "2.0.0", Some("It sounds better."));

    for (overlay, kind) in [
        ("rules/field-added/new", "a new optional field: weight"),
        ("rules/known-value-removed/new", "an open set no longer lists a value"),
        ("rules/domain-changed/new", "an event type has moved to another group"),
    ] {
        copy(&fixtures().join("base"), root);
        copy(&fixtures().join(overlay), root);
        let error = refused(root, "1.0.1", None);
        assert!(error.contains("1.0.1 is refused: receivers can see the change"), "{error}");
        assert!(error.contains(kind), "{error}");
        assert!(error.ends_with("  help: choose 1.1.0"), "{error}");
    }
    freeze(root, "1.1.0", None).expect("additive");
    // Against 1.0.0 there are additions still; against the newest there are none.
    freeze(root, "1.1.1", None).expect("equal to the newest");

    let output = xtask(root, &["release", "2.0.0"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let output = xtask(root, &["release", "2.0.0", "--major"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    // Nothing breaks under --major alone.
    copy(&fixtures().join("rules/field-removed/new"), root);
    let _ = codegen::run(root, Stale::Write);
    let before = files(root);
    let mut terms = Terms::default();
    terms.major = true;
    release(root, "3.0.0", terms).expect_err("breaks, without a reason");
    assert_eq!(files(root), before);
}

#[test]
fn a_reason_is_one_line_of_text() {
    let reason = "Old ids\n\n## Contract 9.9.9\n\r\n- all\u{2028}of\u{85}them - go <!-- away <b>now</b> 1 < 2.";
    let root = contract(Path::new(""));
    freeze(root.path(), "1.0.0", None).expect("the first");
    copy(&fixtures().join("rules/field-removed/new"), root.path());
    for bad in ['\0', '\u{1b}', '\u{7f}', '\u{202e}', '\u{2066}'] {
        let error = refused(root.path(), "2.0.0", Some(&format!("a{bad}b")));
        assert!(error.contains(&format!("the character {}", bad.escape_unicode())), "{error}");
    }
    freeze(root.path(), "2.0.0", Some(reason)).expect("a reason");
    let changelog = fs::read_to_string(root.path().join("CHANGELOG.md")).expect("a file");
    let line = "Why it breaks: Old ids ## Contract 9.9.9 - all of them - go &lt;!-- away &lt;b>now&lt;/b> 1 < 2.";
    assert!(changelog.lines().any(|told| told == line), "{changelog}");
    let headings: Vec<_> = changelog.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(headings, ["## Contract 2.0.0", "## Contract 1.0.0"]);
}

#[test]
fn what_no_renderer_honours_is_not_released() {
    let root = contract(Path::new(""));
    let path = root.path().join("schema/data/thing.made.schema.json");
    let text = fs::read_to_string(&path).expect("a file");
    let mut shape: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    shape["properties"]["share"]["not"] = serde_json::json!({ "const": 0 });
    fs::write(&path, format!("{shape:#}\n")).expect("written");
    let before = files(root.path());
    let (_, error) = run(root.path(), &["release", "1.0.0"], 3);
    assert!(error.contains("the keyword `not` is not supported here"), "{error}");
    assert_eq!(files(root.path()), before, "nothing is written");
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
    let releases = compat::releases(&clip_events_test_support::root());
    releases.check_unedited().unwrap_or_else(|error| panic!("{error}"));
    let current = releases.current().unwrap_or_else(|error| panic!("{error}"));
    assert!(!current.is_empty());
}
