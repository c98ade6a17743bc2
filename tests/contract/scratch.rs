//! Programs of users and tests of ours, compiled against the types of a contract that has changed, or of another one.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clip_events_codegen::files::Stale;
use clip_events_contract::Sources;
use clip_events_test_support::{self as support, copy, first_release};
use serde_json::Value;
use xtask::{codegen, site};

/// A copy of the schemas and the types crate, with a crate that depends on it.
pub(crate) struct Scratch {
    pub(crate) root: PathBuf,
    /// Held as long as it is used: to Cargo, the types of one test are those of another.
    _lock: File,
}

impl Scratch {
    /// `name` is that of one test alone.
    pub(crate) fn new(name: &str) -> Self {
        let this = Self::of(name, &["schema", "crates/types"], &["crates/types", "dependant"]);
        // An event type that a test adds needs no example delivery.
        fs::remove_dir_all(this.root.join("schema/examples")).expect("removed");
        this.write_text(
            "dependant/Cargo.toml",
            "[package]\nname = \"dependant\"\nedition = \"2024\"\n\n[dependencies]\n\
             clip-events = { path = \"../crates/types\" }\nserde_json = \"1.0\"\n",
        );
        this
    }

    /// All that the agreement of the paths is tested with, for the contract that `write` puts into `schema/`.
    pub(crate) fn of_contract(name: &str, write: impl FnOnce(&Path)) -> Self {
        let packages = [
            "crates/types",
            "crates/validator",
            "crates/receiver",
            "crates/input",
            "crates/cli",
            "tests/agreement",
        ];
        let this = Self::of(name, &packages, &packages);
        write(&this.root);
        // The numbers of deliveries need not be such as a schema may have.
        let [examples, aside] = ["schema/examples", "aside"].map(|path| this.root.join(path));
        fs::rename(&examples, &aside).expect("moved");
        this.generate();
        fs::rename(aside, examples).expect("moved back");
        // For those who look at it in a browser: `tests/site/run`.
        let sources = Sources::read(&this.root).unwrap_or_else(|errors| panic!("{errors}"));
        let extras = site::extras(&this.root, &sources).unwrap_or_else(|error| panic!("{error}"));
        let page = clip_events_codegen::site::render(&sources, &extras);
        this.write_text("site.html", &page.unwrap_or_else(|error| panic!("{error}")));
        this
    }

    /// Adds the test `name` of the agreement, with `code`, beside the types crate of the first release as `old_events`.
    pub(crate) fn add_old_reader(&self, name: &str, code: &str) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let schema = folder.path().join("schema");
        fs::create_dir(&schema).expect("a folder");
        first_release(folder.path());
        let manifest = r#"{ "package": "old-events", "title": "The first release" }"#;
        fs::write(schema.join("contract.json"), manifest).expect("written");
        codegen::run_elsewhere(&support::root(), &schema, &self.root.join("old"))
            .unwrap_or_else(|error| panic!("{error}"));
        let manifest = "tests/agreement/Cargo.toml";
        let text = fs::read_to_string(self.root.join(manifest)).expect("a file");
        let dependency = "[dev-dependencies]\nold-events = { path = \"../../old\" }\n";
        self.write_text(manifest, &text.replace("[dev-dependencies]\n", dependency));
        self.write_text(&format!("tests/agreement/tests/{name}.rs"), code);
    }

    /// The `folders` of this repository, in a workspace of `members`.
    fn of(name: &str, folders: &[&str], members: &[&str]) -> Self {
        // At one place, so that what was compiled once is not compiled again.
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let lock = File::create(folder.join("evolution.lock")).expect("a file");
        lock.lock().expect("locked");
        let root = folder.join(name);
        let _ = fs::remove_dir_all(&root);
        let this = Self { root, _lock: lock };
        for folder in folders {
            copy(&support::root().join(folder), &this.root.join(folder));
        }
        fs::copy(support::root().join("Cargo.lock"), this.root.join("Cargo.lock")).expect("a file");
        let manifest = fs::read_to_string(support::root().join("Cargo.toml")).expect("a file");
        let (head, tail) = manifest.split_once("members = [").expect("the members");
        let (_, tail) = tail.split_once("[workspace.package]").expect("what they inherit");
        let (tail, _) = tail.split_once("[profile.").expect("the profiles");
        let members = format!("members = {members:?}\nexclude = [\"old\"]\n");
        // What is not copied is ours, compiled once for all.
        let here = format!("path = \"{}/", support::root().display());
        let mut tail = tail.replace("path = \"", &here);
        for folder in folders {
            tail = tail.replace(&format!("{here}{folder}\""), &format!("path = \"{folder}\""));
        }
        let profile = "[profile.dev]\ndebug = false\n";
        this.write_text(
            "Cargo.toml",
            &format!("{head}{members}\n[workspace.package]{tail}{profile}"),
        );
        this
    }

    /// The same with the contract as it was first released: what is added to it, today's contract may have already.
    pub(crate) fn of_first_release(name: &str) -> Self {
        let this = Self::new(name);
        first_release(&this.root);
        this.generate();
        this
    }

    /// Lets the dependant use all features of the types.
    pub(crate) fn use_all_features(&self) {
        self.write_text(
            "dependant/Cargo.toml",
            "[package]\nname = \"dependant\"\nedition = \"2024\"\n\n[dependencies]\n\
             clip-events = { path = \"../crates/types\", features = [\"chrono04\", \"jiff1\", \"proptest1\", \"schemars1\"] }\n\
             schemars = \"1.2\"\nserde_json = \"1.0\"\n",
        );
    }

    /// The `$id` of the shape of `event_type`.
    pub(crate) fn shape_id(event_type: &str) -> String {
        let sources = Sources::read(&support::root()).unwrap_or_else(|errors| panic!("{errors}"));
        format!("{}data/{event_type}.schema.json", sources.manifest.base_id)
    }

    pub(crate) fn write_text(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    pub(crate) fn write(&self, path: &str, value: &Value) {
        self.write_text(path, &schema_source::pretty_json(value));
    }

    pub(crate) fn edit(&self, path: &str, edit: impl FnOnce(&mut Value)) {
        let text = fs::read_to_string(self.root.join(path)).expect("a file");
        let mut value = serde_json::from_str(&text).expect("JSON");
        edit(&mut value);
        self.write(path, &value);
    }

    pub(crate) fn dependant(&self, name: &str, code: &str) {
        self.write_text(&format!("dependant/src/bin/{name}.rs"), code);
    }

    pub(crate) fn codegen(&self) {
        let changed = self.generate();
        let mut in_types =
            changed.iter().filter(|path| path.starts_with("crates/types/src/generated"));
        assert!(in_types.next().is_some(), "the types follow the schemas");
    }

    /// Generates anew; the files that changed.
    fn generate(&self) -> Vec<PathBuf> {
        let changes =
            codegen::run(&self.root, Stale::Write).unwrap_or_else(|error| panic!("{error}"));
        changes.into_iter().map(|change| change.path).collect()
    }

    /// Compiles one program of the dependant, without a warning in the types, and runs it.
    pub(crate) fn run(&self, program: &str) {
        let output = self.cargo("dependant", &["run", "--bin", program]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
        assert!(!told.contains("warning: "), "{told}");
    }

    /// Compiles and runs these tests of the agreement, each property with so many cases.
    pub(crate) fn test(&self, tests: &[&str], cases: usize) {
        let mut command = self.command_beside_the_command_line(&["test"]);
        command.args(tests.iter().flat_map(|test| ["--test", test]));
        command.env("CLIP_EVENTS_CASES", cases.to_string());
        let output = command.output().expect("cargo runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stdout));
        assert!(!told.contains("warning: "), "{told}");
    }

    /// Writes so many deliveries with the parser's verdict on each to `judged.ndjson`, for parsers in other languages.
    pub(crate) fn write_judged(&self, count: usize) {
        self.build(&["--example", "judged"]);
        let example = Self::target().join("debug/examples/judged");
        let output = Command::new(example).arg(count.to_string()).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::write(self.root.join("judged.ndjson"), output.stdout).expect("written");
    }

    /// Compiles `target`. The test of the agreement was compiled, and with it what it needs.
    fn build(&self, target: &[&str]) {
        let arguments = [&["build", "--quiet", "--test", "agreement"], target].concat();
        let built = self.command_beside_the_command_line(&arguments).output().expect("cargo runs");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    }

    /// Compiles the command, and has it make so many deliveries of each event type and judge them as the producer.
    pub(crate) fn sample(&self, count: usize) {
        self.build(&["--bin", "clip-events"]);
        let command = Self::target().join("debug/clip-events");
        let run = |arguments: &[&str]| {
            let output = Command::new(&command).current_dir(&self.root).args(arguments).output();
            let Output { status, stdout, stderr } = output.expect("it runs");
            let told =
                format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
            assert!(status.success(), "{arguments:?}: {told}");
            stdout
        };
        let mut deliveries = Vec::new();
        let sources = Sources::read(&self.root).unwrap_or_else(|errors| panic!("{errors}"));
        for shape in &sources.data {
            let count = count.to_string();
            deliveries.extend(run(&["sample", shape.stem(), "--count", &count, "--seed", "1"]));
        }
        fs::write(self.root.join("samples.ndjson"), &deliveries).expect("written");
        run(&["validate", "--mode", "producer", "samples.ndjson"]);
        let lines = deliveries.split(|byte| *byte == b'\n').count() - 1;
        assert_eq!(lines, count * sources.data.len());
    }

    /// Compiles the types with all features and their documentation, without a warning.
    pub(crate) fn check_all_features(&self) {
        for command in [&["check"][..], &["doc", "--no-deps"]] {
            let output =
                self.cargo("clip-events", &[command, &["--quiet", "--all-features"]].concat());
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && told.is_empty(), "{told}");
        }
    }

    /// The errors of the compiler in one program of the dependant: line and code of each.
    pub(crate) fn errors(&self, program: &str) -> BTreeSet<(u64, String)> {
        let output =
            self.cargo("dependant", &["check", "--message-format", "json", "--bin", program]);
        let messages = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let messages = messages.map(|line| serde_json::from_slice(line).expect("JSON"));
        let errors = messages.filter_map(|message: Value| {
            let message = message.get("message").filter(|message| message["level"] == "error")?;
            let code = message["code"]["code"].as_str()?.to_owned();
            Some((message["spans"][0]["line_start"].as_u64().expect("a line"), code))
        });
        errors.collect()
    }

    /// Of the agreement and of the command line at once: both are compiled against the same dependencies.
    fn command_beside_the_command_line(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("clip-events-agreement", arguments);
        // What is in C takes long, and knows no contract.
        command.args(["--package", "clip-events-cli", "--no-default-features"]);
        // What is compiled once gains nothing from it.
        command.env("CARGO_INCREMENTAL", "0");
        command
    }

    fn cargo(&self, package: &str, arguments: &[&str]) -> Output {
        self.command(package, arguments).output().expect("cargo runs")
    }

    fn command(&self, package: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command
            .current_dir(&self.root)
            .args(arguments)
            .args(["--offline", "--package", package, "--target-dir"])
            .arg(Self::target());
        command
    }

    fn target() -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("evolution-target")
    }
}
