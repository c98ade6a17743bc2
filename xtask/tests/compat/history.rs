//! Releases that were edited together with their checksums: the history tells.

use std::fs;
use std::path::Path;
use std::process::Command;

use clip_events_test_support::copy;

use super::{contract, fixtures, git, released, run};

const FILE: &str = "schema/releases/1.0.0.schema.json";

/// A repository with the base released as 1.0.0 on `main`.
fn repository() -> tempfile::TempDir {
    let root = contract(Path::new(""));
    git(root.path(), &["init", "--quiet", "--initial-branch", "main"]);
    released(root.path(), "1.0.0");
    commit(root.path());
    root
}

fn commit(root: &Path) {
    git(root, &["add", "--all"]);
    git(root, &["commit", "--quiet", "--allow-empty", "--message", "change"]);
}

/// Another contract under the version 1.0.0, its checksum with it.
fn edit_release(root: &Path) {
    copy(&fixtures().join("rules/field-added/new"), root);
    forget_release(root);
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    copy(&root.join("schema"), &elsewhere.path().join("schema"));
    released(elsewhere.path(), "1.0.0");
    copy(&elsewhere.path().join("schema"), &root.join("schema"));
}

/// No release any more, nor a checksum.
fn forget_release(root: &Path) {
    fs::remove_dir_all(root.join("schema/releases")).expect("removed");
}

/// Checks that a changed release is told, by every base.
#[track_caller]
fn told(root: &Path, how: &str) {
    for base in [&[][..], &["--base", "HEAD"], &["--base", "main"]] {
        let (_, err) = run(root, &[&["compat"][..], base].concat(), 3);
        let message = "error: released files have changed since they came in, by the history of ";
        assert!(err.starts_with(message), "{err}");
        assert!(err.contains(&format!(": {FILE} ({how})\n")), "{err}");
    }
}

#[test]
fn releases_may_be_added_and_never_change() {
    let root = repository();
    let root = root.path();
    run(root, &["compat", "--base", "main"], 0);
    copy(&fixtures().join("rules/field-added/new"), root);
    released(root, "1.1.0");
    run(root, &["compat", "--base", "main"], 0);
    commit(root);
    let (_, err) = run(root, &["compat", "--base", "main"], 0);
    assert_eq!(err, "");

    // Not committed, then committed, then with commits behind it.
    let root = repository();
    let root = root.path();
    edit_release(root);
    told(root, "changed");
    commit(root);
    told(root, "changed");
    commit(root);
    told(root, "changed");

    // What the message says mends it.
    let (_, err) = run(root, &["compat", "--base", "main"], 3);
    let command = err.lines().last().expect("a line").trim();
    assert!(command.starts_with("git show "), "{err}");
    let shell = Command::new("sh").current_dir(root).args(["-c", command]).status();
    assert!(shell.expect("runs").success());
    let (_, err) = run(root, &["compat", "--base", "main"], 3);
    assert!(err.contains("differ from schema/releases/SHA256SUMS"), "{err}");
    git(root, &["checkout", "--quiet", "HEAD~2", "--", "schema/releases"]);
    run(root, &["compat", "--base", "main"], 0);
}

#[test]
fn releases_are_never_gone() {
    let root = repository();
    let root = root.path();
    forget_release(root);
    told(root, "gone");
    commit(root);
    told(root, "gone");
    // Nor may one come back as another.
    edit_release_anew(root);
    commit(root);
    told(root, "changed");
}

/// Releases another contract as 1.0.0 where there is no release.
fn edit_release_anew(root: &Path) {
    fs::create_dir_all(root.join("schema/releases")).expect("a folder");
    edit_release(root);
}

#[test]
fn a_branch_answers_to_the_one_it_came_from() {
    let root = repository();
    let root = root.path();
    git(root, &["checkout", "--quiet", "-b", "branch"]);
    // What it adds, it may change until it lands.
    copy(&fixtures().join("rules/field-added/new"), root);
    released(root, "1.1.0");
    commit(root);
    fs::remove_file(root.join("schema/releases/1.1.0.schema.json")).expect("removed");
    git(root, &["checkout", "--quiet", "main", "--", "schema/releases", "CHANGELOG.md"]);
    copy(&fixtures().join("rules/event-type-added/new"), root);
    released(root, "1.1.0");
    commit(root);
    run(root, &["compat", "--base", "main"], 0);
    run(root, &["compat", "--base", "HEAD"], 3);

    // What has been released meanwhile is not missing.
    git(root, &["checkout", "--quiet", "-b", "late", "main"]);
    git(root, &["checkout", "--quiet", "main"]);
    git(root, &["merge", "--quiet", "--no-ff", "branch", "--message", "merge"]);
    run(root, &["compat", "--base", "HEAD"], 0);
    git(root, &["checkout", "--quiet", "late"]);
    run(root, &["compat", "--base", "main"], 0);

    // Merged the other way round: what only the second parent has must not be lost.
    commit(root);
    git(root, &["merge", "--quiet", "--no-commit", "--no-ff", "main"]);
    git(root, &["rm", "--quiet", "-r", "--cached", "schema/releases/1.1.0.schema.json"]);
    git(root, &["checkout", "--quiet", "late", "--", "schema/releases/SHA256SUMS"]);
    fs::remove_file(root.join("schema/releases/1.1.0.schema.json")).expect("removed");
    commit(root);
    for base in ["HEAD", "main"] {
        let (_, err) = run(root, &["compat", "--base", base], 3);
        assert!(err.contains(": schema/releases/1.1.0.schema.json (gone)\n"), "{err}");
    }
}

#[test]
fn a_history_that_says_nothing_is_told() {
    let unseen = "note: released files were compared with their checksums only: ";
    let root = contract(Path::new(""));
    released(root.path(), "1.0.0");
    let (_, err) = run(root.path(), &["compat"], 0);
    assert!(err.starts_with(unseen), "{err}");
    let (_, err) = run(root.path(), &["compat", "--base", "HEAD"], 3);
    assert!(err.contains("cannot compare the released files with HEAD: "), "{err}");
    assert!(err.contains("\n  help: run the command in a clone of the repository\n"), "{err}");

    let root = repository();
    commit(root.path());
    let (_, err) = run(root.path(), &["compat", "--base", "origin/main"], 3);
    assert!(err.contains("origin/main is not a revision here"), "{err}");
    assert!(err.ends_with("\n  help: fetch it: git fetch origin main\n"), "{err}");
    git(root.path(), &["checkout", "--quiet", "--orphan", "other"]);
    fs::write(root.path().join("other"), "").expect("written");
    commit(root.path());
    let (_, err) = run(root.path(), &["compat", "--base", "main"], 3);
    assert!(err.contains("no commit in common"), "{err}");

    let url = format!("file://{}", root.path().display());
    let clone = root.path().join("clone");
    git(root.path(), &["clone", "--quiet", "--depth", "1", "--branch", "main", &url, "clone"]);
    let (_, err) = run(&clone, &["compat"], 0);
    assert!(err.starts_with(&format!("{unseen}the clone is shallow")), "{err}");
    let (_, err) = run(&clone, &["compat", "--base", "HEAD"], 3);
    assert!(err.ends_with("\n  help: fetch the history: git fetch --unshallow origin\n"), "{err}");
    git(&clone, &["fetch", "--quiet", "--unshallow", "origin"]);
    let (_, err) = run(&clone, &["compat", "--base", "HEAD"], 0);
    assert_eq!(err, "");
    // By default, what origin has.
    edit_release(&clone);
    commit(&clone);
    let (_, err) = run(&clone, &["compat"], 3);
    assert!(err.contains("by the history of origin/main: "), "{err}");
}

#[test]
fn the_workspace_need_not_be_the_root_of_the_repository() {
    let repository = tempfile::tempdir().expect("a temporary folder");
    let root = &repository.path().join("nested");
    copy(contract(Path::new("")).path(), root);
    released(root, "1.0.0");
    git(repository.path(), &["init", "--quiet", "--initial-branch", "main"]);
    commit(repository.path());
    run(root, &["compat", "--base", "HEAD"], 0);
    edit_release(root);
    told(root, "changed");
}
