//! "Change a schema" of the README, performed as it is printed: each command in a block of `console`, each edit in a block
//! of `json`.
//!
//! The sentence before an edit names the file, and the object within it that the members go into, as in "`properties` of
//! `schema/data/post.published.schema.json`:". Without an object they go into the file itself; a block in braces is the
//! whole file, and one for an array is its further items.

use std::fs;
use std::path::Path;
use std::process::Command;

use clip_events_test_support::root;
use serde_json::{Map, Value};

use super::{copy_repository, edit, first_contract};

const SECTION: &str = "## Change a schema\n";

/// What a reader does.
#[derive(Debug)]
enum Step {
    Run(String),
    Edit { file: String, object: Vec<String>, text: String },
}

/// The steps of the section, in order.
fn steps() -> Vec<Step> {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let (_, section) = readme.split_once(SECTION).expect("the section");
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut steps = Vec::new();
    let mut sentence = String::new();
    let mut lines = section.lines().map(str::trim);
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let Some(language) = line.strip_prefix("```") else {
            sentence.push(' ');
            sentence.push_str(line);
            continue;
        };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        match language {
            "console" => steps.extend(
                block
                    .iter()
                    .filter_map(|line| line.strip_prefix("$ "))
                    .map(|line| Step::Run(line.into())),
            ),
            "json" => steps.push(edit_of(&sentence, block.join("\n"))),
            other => panic!("a block of {other:?}, which this test cannot perform"),
        }
        sentence.clear();
    }
    steps
}

fn edit_of(sentence: &str, text: String) -> Step {
    let spans: Vec<_> = sentence.split('`').collect();
    // Every second part is code.
    let last = (1..spans.len()).step_by(2).rfind(|at| spans[*at].starts_with("schema/"));
    let at = last.unwrap_or_else(|| panic!("no file is named before {text}"));
    let object = if at > 1 && spans[at - 1] == " of " { spans[at - 2] } else { "" };
    let object = object.split('.').filter(|key| !key.is_empty()).map(str::to_owned).collect();
    Step::Edit { file: spans[at].into(), object, text }
}

/// Edits a file below `root`.
fn perform(root: &Path, file: &str, object: &[String], text: &str) {
    let path = root.join(file);
    if text.starts_with('{') && object.is_empty() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        return fs::write(path, text).expect("written");
    }
    edit(&path, |value| {
        let mut target = value;
        for key in object {
            let at = key.parse::<usize>();
            let inner = if let Ok(at) = at { target.get_mut(at) } else { target.get_mut(key) };
            target = inner.unwrap_or_else(|| panic!("{file} has no {object:?}"));
        }
        if let Some(items) = target.as_array_mut() {
            let more: Vec<Value> = serde_json::from_str(&format!("[{text}]")).expect("items");
            return items.extend(more);
        }
        let more: Map<String, Value> =
            serde_json::from_str(&format!("{{{text}}}")).expect("members");
        let members = target.as_object_mut().expect("an object");
        for (key, value) in more {
            let before = members.insert(key.clone(), value);
            let is_new = before.is_none() || object.last().is_none_or(|last| last != "properties");
            assert!(is_new, "{file} declares `{key}` already: let the README add something else");
        }
    });
}

/// Runs a command as a shell would.
fn shell(root: &Path, line: &str) {
    let mut command = Command::new("bash");
    command.current_dir(root).args(["-euo", "pipefail", "-c", line]);
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Test");
        command.env(format!("GIT_{who}_EMAIL"), "test@example.com");
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = command.env_remove("CARGO_TARGET_DIR").output().expect("runs");
    let told =
        [output.stdout, output.stderr].map(|told| String::from_utf8_lossy(&told).into_owned());
    assert!(output.status.success(), "$ {line}\n{}", told.concat());
    println!("$ {line}\n{}", told.concat());
}

/// All but the command that takes minutes, on the contract as it was first released: there the steps are never done already.
#[test]
fn the_steps_of_the_readme_work_as_printed() {
    let copy = first_contract();
    shell(copy.path(), "git init --quiet && git add --all && git commit --quiet --message before");
    let mut commands = Vec::new();
    for step in steps() {
        match step {
            Step::Edit { file, object, text } => perform(copy.path(), &file, &object, &text),
            Step::Run(line) => {
                if let Some(arguments) = line.strip_prefix("cargo xtask ") {
                    commands.push(arguments.split(' ').next().unwrap_or_default().to_owned());
                    // The command is compiled already.
                    let binary = env!("CARGO_BIN_EXE_xtask");
                    let here = copy.path().join("xtask");
                    let line =
                        format!("CARGO_MANIFEST_DIR='{}' '{binary}' {arguments}", here.display());
                    if !arguments.starts_with("check") {
                        shell(copy.path(), &line);
                    }
                } else {
                    assert!(line.starts_with("git "), "who runs `{line}`?");
                    shell(copy.path(), &line);
                }
            }
        }
    }
    for command in ["new", "codegen", "compat", "check", "release"] {
        assert!(commands.iter().any(|known| known == command), "the README has no `{command}`");
    }
}

/// Every command, by a shell, in a copy of this repository that is compiled anew.
#[test]
#[ignore = "runs all tests in a copy of the repository, which takes minutes"]
fn all_steps_of_the_readme_work_as_printed() {
    // At one place, so that what was compiled once is not compiled again.
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    fs::create_dir_all(&copy).expect("a folder");
    for entry in fs::read_dir(&copy).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.file_name().and_then(|name| name.to_str()) {
            Some("target") => {}
            _ if path.is_dir() => fs::remove_dir_all(path).expect("removed"),
            _ => fs::remove_file(path).expect("removed"),
        }
    }
    // With the history, which says what was released.
    shell(
        &copy,
        &format!(
            "git clone --quiet --no-checkout '{}' cloned && mv cloned/.git . && rmdir cloned",
            root().display()
        ),
    );
    copy_repository(&copy);
    shell(&copy, "git add --all && git commit --quiet --allow-empty --message before");
    for step in steps() {
        match step {
            Step::Edit { file, object, text } => perform(&copy, &file, &object, &text),
            Step::Run(line) => shell(&copy, &line),
        }
    }
}
