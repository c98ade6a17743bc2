//! `cargo xtask compat` as it is run: exit codes, and what one can compare with.

use std::fs;
use std::path::Path;

use clip_events_test_support::copy;
use serde_json::{Value, json};

use super::{contract, fixtures, git, released, run, sources};

/// A folder with the base released as 1.0.0, and with `overlay` in `schema/`.
fn tree(overlay: &str) -> tempfile::TempDir {
    let root = contract(Path::new(""));
    released(root.path(), "1.0.0");
    if !overlay.is_empty() {
        copy(&fixtures().join(overlay), root.path());
    }
    root
}

#[test]
fn the_exit_code_is_the_outcome() {
    let (out, _) = run(tree("").path(), &["compat"], 0);
    assert_eq!(out, "1.0.0: additive: 0 additions; 6 inclusions proved, none open\n");
    run(tree("rules/field-added/new").path(), &["compat"], 0);
    let (out, _) = run(tree("rules/field-removed/new").path(), &["compat"], 1);
    assert!(out.starts_with("error[field-removed]: "), "{out}");
    for format in ["human", "json", "github", "sarif", "markdown"] {
        run(tree("rules/field-removed/new").path(), &["compat", "--format", format], 1);
    }

    let root = tree("cases/undecided/old");
    let bundle = root.path().join("old.json");
    let old = format!("{:#}", clip_events_contract::bundle::bundle(&sources(root.path())));
    fs::write(&bundle, old).expect("written");
    copy(&fixtures().join("cases/undecided/new"), root.path());
    let (out, _) = run(root.path(), &["compat", "--against", "old.json"], 2);
    assert!(out.starts_with("error[undecided]: "), "{out}");
}

#[test]
fn what_no_renderer_honours_is_told_beside_the_outcome() {
    let root = tree("");
    let path = root.path().join("schema/data/thing.made.schema.json");
    let mut shape: Value =
        serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    shape["properties"]["size"] = json!({ "description": "Any but 0.", "not": { "const": 0 } });
    fs::write(&path, format!("{shape:#}\n")).expect("written");
    let (out, _) = run(root.path(), &["compat"], 0);
    let [addition, refusal, outcome] = *out.lines().collect::<Vec<_>>() else { panic!("{out}") };
    assert!(addition.starts_with("addition since 1.0.0: "), "{out}");
    assert_eq!(
        refusal,
        "warning[codegen]: schema/data/thing.made.schema.json:38:7: `cargo xtask codegen` refuses \
         this: the keyword `not` is not supported here"
    );
    assert!(outcome.starts_with("1.0.0: additive: "), "{out}");
}

#[test]
fn what_cannot_run_says_why() {
    let (_, err) = run(contract(Path::new("")).path(), &["compat"], 3);
    assert!(
        err.contains("no release to compare with\n  help: `cargo xtask release 1.0.0`"),
        "{err}"
    );

    let root = tree("");
    for arguments in [&["compat", "--no-such"][..], &["compat", "--format", "xml"], &["release"]] {
        run(root.path(), arguments, 3);
    }
    run(root.path(), &["compat", "--help"], 0);

    let (_, err) = run(root.path(), &["compat", "--against", "9.9.9"], 3);
    let known = "error: 9.9.9 is neither a release, nor a file, nor a git revision\n  git says: ";
    assert!(err.starts_with(known), "{err}");
    let help = "\n  help: releases are 1.0.0; in a shallow clone, fetch the revision first\n";
    assert!(err.ends_with(help), "{err}");
    fs::write(root.path().join("other.json"), "{}").expect("written");
    let (_, err) = run(root.path(), &["compat", "--against", "other.json"], 3);
    assert!(err.starts_with("error: other.json:1:1: not the bundle of a contract"), "{err}");
    fs::write(root.path().join("README.md"), "# Words").expect("written");
    let (_, err) = run(root.path(), &["compat", "--against", "README.md"], 3);
    assert!(err.starts_with("error: README.md:1:1: not JSON: "), "{err}");
    assert!(err.ends_with("\n1 error\n"), "{err}");

    let shape = root.path().join("schema/data/thing.made.schema.json");
    let text = fs::read_to_string(&shape).expect("a file");
    fs::write(&shape, text.replace("\"maximum\": 1", "\"pattern\": \"(\"")).expect("written");
    let (_, err) = run(root.path(), &["compat"], 3);
    assert!(err.contains("schema/data/thing.made.schema.json:20:7: "), "{err}");
    // The gate would judge another contract than the file says.
    let more = "\"maximum\": 1.0000000000000001";
    fs::write(&shape, text.replace("\"maximum\": 1", more)).expect("written");
    let (_, err) = run(root.path(), &["compat"], 3);
    assert!(err.contains(":20:7: `maximum` 1.0000000000000001 would be kept as 1.0"), "{err}");
    fs::write(&shape, "{").expect("written");
    let (_, err) = run(root.path(), &["compat"], 3);
    assert!(err.contains("schema/data/thing.made.schema.json:1:1: not JSON"), "{err}");
}

#[test]
fn what_a_bundle_cannot_hold_is_refused() {
    for (file, from, to, message) in [
        (
            "envelope.schema.json",
            "\"type\": \"object\",",
            "\"$defs\": { \"ThingId\": true }, \"type\": \"object\",",
            "the envelope has definitions of its own",
        ),
        (
            "definitions.schema.json",
            "\"$defs\": {",
            "\"$defs\": { \"thing.made\": true,",
            "named like an event type",
        ),
        (
            "data/thing.made.schema.json",
            "\"../definitions.schema.json#/$defs/ThingId\"",
            "\"../definitions.schema.json#/title\"",
            "`$ref` to a part that is not bundled",
        ),
        (
            "data/thing.made.schema.json",
            "\"../definitions.schema.json#/$defs/ThingId\"",
            "\"../envelope.schema.json\"",
            "`$ref` to a part that is not bundled",
        ),
    ] {
        let root = tree("");
        let path = root.path().join("schema").join(file);
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{file}");
        fs::write(&path, text.replacen(from, to, 1)).expect("written");
        let (_, err) = run(root.path(), &["compat"], 3);
        assert!(err.contains(message), "{err}");
    }
}

#[test]
fn proofs_are_shown_on_demand() {
    let root = tree("rules/field-added/new");
    let (out, _) = run(root.path(), &["compat", "--proof"], 0);
    insta::assert_snapshot!("proof", out);
    let (out, _) = run(root.path(), &["compat", "--proof", "--format", "json"], 0);
    let report: Value = serde_json::from_str(&out).expect("JSON");
    let proofs = report["releases"][0]["proofs"].as_array().expect("proofs");
    assert_eq!(proofs.len(), 6);
    assert!(proofs.iter().all(|proof| proof["proof"][0].is_string()), "{out}");
    let (out, _) = run(root.path(), &["compat", "--format", "json"], 0);
    assert!(!out.contains("\"proofs\""), "{out}");
}

#[test]
fn a_release_a_bundle_and_a_revision_are_all_good_to_compare_with() {
    // The workspace need not be the root of the repository.
    let repository = tempfile::tempdir().expect("a temporary folder");
    let root = &repository.path().join("nested");
    copy(tree("").path(), root);
    git(repository.path(), &["init", "--quiet"]);
    git(repository.path(), &["add", "."]);
    git(repository.path(), &["commit", "--quiet", "--message", "first"]);
    git(repository.path(), &["tag", "first"]);
    copy(&fixtures().join("rules/field-added/new"), root);
    git(repository.path(), &["commit", "--quiet", "--all", "--message", "second"]);
    copy(&fixtures().join("rules/field-removed/new"), root);

    let (out, _) = run(root, &["compat", "--against", "first"], 1);
    assert!(out.ends_with("first: breaking: 1 change\n"), "{out}");
    let (out, _) = run(root, &["compat", "--against", "HEAD"], 1);
    assert!(out.ends_with("HEAD: breaking: 2 changes\n"), "{out}");
    assert!(out.contains("::: HEAD:contract.schema.json:"), "{out}");
    let (out, _) = run(root, &["compat", "--against", "1.0.0"], 1);
    assert!(out.ends_with("1.0.0: breaking: 1 change\n"), "{out}");
    let path = "schema/releases/1.0.0.schema.json";
    let (out, _) = run(root, &["compat", "--against", path], 1);
    assert!(out.ends_with(&format!("{path}: breaking: 1 change\n")), "{out}");

    // In a shallow clone the releases are there, an older revision is not.
    let clone = repository.path().join("clone");
    let url = format!("file://{}", repository.path().display());
    git(repository.path(), &["clone", "--quiet", "--depth", "1", &url, "clone"]);
    let root = &clone.join("nested");
    let (out, _) = run(root, &["compat"], 0);
    assert_eq!(
        out.lines().last(),
        Some("1.0.0: additive: 1 addition; 6 inclusions proved, none open")
    );
    run(root, &["compat", "--against", "HEAD"], 0);
    let (_, err) = run(root, &["compat"], 0);
    assert!(err.contains("note: released files were compared with their checksums only"), "{err}");
    let (_, err) = run(root, &["compat", "--against", "HEAD~1"], 3);
    assert!(err.contains("in a shallow clone, fetch the revision first"), "{err}");
}
