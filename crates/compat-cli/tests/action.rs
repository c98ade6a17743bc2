//! The shell part of the action, in clones of a repository that is made for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The repository that is cloned, and a folder for what the action writes.
struct Hub {
    folder: TempDir,
}

struct Ended {
    code: i32,
    printed: String,
    summary: String,
    output: String,
}

impl Hub {
    /// `main` has a schema; `change` adds what somebody wants to merge.
    fn new() -> Self {
        let hub = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(hub.path("origin/schemas")).unwrap();
        let origin = hub.path("origin");
        git(&origin, &["init", "--quiet", "--initial-branch", "main"]);
        hub.commit(r#"{ "properties": { "id": { "type": "string" } } }"#);
        hub.commit(r#"{ "properties": { "id": { "type": "string", "minLength": 1 } } }"#);
        git(&origin, &["checkout", "--quiet", "-b", "change"]);
        hub.commit(r#"{ "properties": { "id": { "type": ["string", "null"], "minLength": 1 } } }"#);
        hub
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn commit(&self, schema: &str) {
        fs::write(self.path("origin/schemas/order.schema.json"), schema).unwrap();
        let origin = self.path("origin");
        git(&origin, &["add", "--all"]);
        git(&origin, &["commit", "--quiet", "--message", "a step"]);
    }

    /// A clone of `change`, with `options`.
    fn clone(&self, options: &[&str]) -> PathBuf {
        let clone = self.path("clone");
        let origin = format!("file://{}", self.path("origin").display());
        let arguments = ["clone", "--quiet", "--branch", "change"];
        let to = [origin.as_str(), clone.to_str().unwrap()];
        git(self.folder.path(), &[&arguments[..], options, &to[..]].concat());
        clone
    }

    fn run(&self, clone: &Path, environment: &[(&str, &str)]) -> Ended {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let program = Path::new(env!("CARGO_BIN_EXE_schema-compat")).parent().unwrap();
        let path = format!("{}:{}:{}", self.path("bin").display(), program.display(), env!("PATH"));
        let [summary, output] = ["summary.md", "output"].map(|name| self.path(name));
        for file in [&summary, &output] {
            fs::write(file, "").unwrap();
        }
        let ended = Command::new(root.join("action/check"))
            .current_dir(clone)
            .env("PATH", path)
            .env("GITHUB_BASE_REF", "main")
            .env("GITHUB_REPOSITORY", "somebody/contracts")
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_OUTPUT", &output)
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        let printed = String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap();
        let [summary, output] = [summary, output].map(|file| fs::read_to_string(file).unwrap());
        Ended { code: ended.status.code().unwrap(), printed, summary, output }
    }

    /// A `gh` that writes down what it is called with, and ends with `code`.
    fn gh(&self, code: i32) {
        fs::create_dir_all(self.path("bin")).unwrap();
        let told = self.path("gh.txt");
        let script = format!("#!/bin/sh\necho \"$@\" >'{}'\nexit {code}\n", told.display());
        fs::write(self.path("bin/gh"), script).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(self.path("bin/gh"), fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}

fn git(folder: &Path, arguments: &[&str]) {
    let status = Command::new("git")
        .args(["-c", "user.name=somebody", "-c", "user.email=nobody@example.com"])
        .args(arguments)
        .current_dir(folder)
        .status();
    assert!(status.unwrap().success(), "{arguments:?}");
}

#[test]
fn a_break_is_annotated_and_summed_up() {
    let hub = Hub::new();
    let clone = hub.clone(&[]);
    let ended = hub.run(&clone, &[("SARIF", "out.sarif")]);
    assert_eq!(ended.code, 1, "{}", ended.printed);
    assert_eq!(ended.output, "result=breaking\n");
    assert!(
        ended.printed.contains("::error file=schemas/order.schema.json,line=1"),
        "{}",
        ended.printed
    );
    assert!(ended.summary.contains("schemas/order.schema.json"), "{}", ended.summary);
    let sarif = fs::read_to_string(clone.join("out.sarif")).unwrap();
    assert!(sarif.contains("\"2.1.0\"") && sarif.contains("type-widened"), "{sarif}");
    // For those who send it, nothing breaks.
    let ended = hub.run(&clone, &[("DIRECTION", "consume"), ("PATHS", "schemas\n\n")]);
    assert_eq!(
        (ended.code, ended.output.as_str()),
        (0, "result=compatible\n"),
        "{}",
        ended.printed
    );
}

#[test]
fn paths_are_never_options() {
    let hub = Hub::new();
    let clone = hub.clone(&[]);
    let ended = hub.run(&clone, &[("PATHS", "--help")]);
    assert_eq!((ended.code, ended.output.as_str()), (3, "result=failed\n"), "{}", ended.printed);
    assert!(ended.printed.contains("no file matches --help"), "{}", ended.printed);
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let hub = Hub::new();
    let clone = hub.clone(&["--depth", "1"]);
    let ended = hub.run(&clone, &[]);
    assert_eq!((ended.code, ended.output.as_str()), (3, "result=failed\n"), "{}", ended.printed);
    assert!(ended.printed.contains("fetch-depth: 0"), "{}", ended.printed);
    git(
        &clone,
        &["fetch", "--quiet", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*"],
    );
    assert_eq!(hub.run(&clone, &[]).code, 1);
}

#[test]
fn a_comment_is_written_where_that_is_allowed() {
    let hub = Hub::new();
    let clone = hub.clone(&[]);
    let comment = [("COMMENT", "true"), ("PULL_REQUEST", "7")];
    hub.gh(0);
    let ended = hub.run(&clone, &comment);
    assert_eq!(ended.code, 1);
    let told = fs::read_to_string(hub.path("gh.txt")).unwrap();
    assert!(told.starts_with("pr comment 7 --repo somebody/contracts --body-file "), "{told}");
    // The token of a fork may not.
    hub.gh(1);
    let ended = hub.run(&clone, &comment);
    assert_eq!(ended.code, 1);
    assert!(
        ended.printed.contains("::notice::The pull request has no comment"),
        "{}",
        ended.printed
    );
    fs::remove_file(hub.path("gh.txt")).unwrap();
    hub.run(&clone, &[("COMMENT", "true")]);
    assert!(!hub.path("gh.txt").exists());
}

/// What the action passes on is what the script reads, and each input has a default.
#[test]
fn the_action_passes_its_inputs_on() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let action = fs::read_to_string(root.join("../../action.yml")).unwrap();
    let action = schema_compat_gate::Source::parse("action.yaml".into(), action).unwrap().value;
    let script = fs::read_to_string(root.join("action/check")).unwrap();
    let steps = action["runs"]["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step.get("uses").is_none()));
    let passed = steps[1]["env"].as_object().unwrap();
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert!(input["default"].is_string() && input["description"].is_string(), "{name}");
        let value = format!("${{{{ inputs.{name} }}}}");
        let (variable, _) = passed.iter().find(|(_, it)| **it == value.as_str()).expect(name);
        assert!(script.contains(&format!("${{{variable}")) || variable == "GH_TOKEN", "{variable}");
    }
}
