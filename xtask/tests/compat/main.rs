//! The gate's tests. `README.md` beside this file says what lies where.

mod command;
mod edits;
mod fixtures;
mod history;
mod random;
mod releases;

use std::cell::LazyCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use boon::{Compiler, SchemaIndex, Schemas};
use clip_events_contract::bundle;
use clip_events_contract::load::Sources;
use jsonschema::Validator;
use schema_compat_gate::render::{self, Format, Style};
use schema_compat_gate::{Breaks, Released, Report};
use schema_source::Source;
use serde_json::Value;

/// The folder of this test.
fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat")
}

/// Copies a folder, over what is there.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a file");
        }
    }
}

/// The contract of `base/`, with the files of `overlay` over it if there are any.
fn contract(overlay: &Path) -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    copy(&here().join("base"), root.path());
    if overlay.exists() {
        copy(overlay, root.path());
    }
    root
}

/// `sources` as if released under `name`.
fn released(name: &str, sources: &Sources) -> Released {
    let text = format!("{:#}\n", bundle::bundle(sources));
    let path = format!("schema/releases/{name}.schema.json").into();
    Released { name: name.into(), source: Source::parse(path, text).expect("JSON") }
}

fn sources(root: &Path) -> Sources {
    Sources::read(root).unwrap_or_else(|errors| panic!("{errors}"))
}

fn rendered(sources: &Sources, reports: &[Report], format: Format) -> String {
    render::render(sources, reports, Style { format, color: false, proofs: false })
}

/// A schema in the hands of two validators that share no code.
struct Judges {
    boon: (Schemas, SchemaIndex),
    jsonschema: Validator,
}

impl Judges {
    fn new(schema: &Value, formats: bool) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        if formats {
            compiler.enable_format_assertions();
        }
        let id = bundle::id();
        compiler.add_resource(&id, schema.clone()).expect("a schema");
        let index = compiler.compile(&id, &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
        let options = jsonschema::options().should_validate_formats(formats).offline();
        Self { boon: (schemas, index), jsonschema: options.build(schema).expect("a schema") }
    }

    /// Whether `instance` is accepted. The two must agree.
    fn accept(&self, instance: &Value) -> bool {
        let (schemas, index) = &self.boon;
        let accepts = schemas.validate(instance, *index).is_ok();
        assert_eq!(accepts, self.jsonschema.is_valid(instance), "{instance}");
        accepts
    }
}

/// Checks each witness of `report`: the one side accepts it, the other does not.
fn verify(report: &Report, sources: &Sources) {
    let new = bundle::bundle(sources);
    let [new, released] = [&new, &report.release.source.value].map(|schema| {
        [false, true].map(|formats| LazyCell::new(move || Judges::new(schema, formats)))
    });
    for finding in &report.findings {
        let Some(witness) = &finding.witness else { continue };
        let (sender, receiver) = match finding.rule.breaks {
            Breaks::Readers => (&new, &released),
            Breaks::Archives => (&released, &new),
            Breaks::Nobody => panic!("an addition has no witness: {finding:?}"),
        };
        let formats = usize::from(finding.rule.id == "format-changed");
        assert!(sender[formats].accept(&witness.delivery), "{finding:?}");
        assert!(!receiver[formats].accept(&witness.delivery), "{finding:?}");
    }
}

/// `cargo xtask` as it is run, on the contract below `root`.
fn xtask(root: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    // Cargo says by this variable where the package lies; the root is its parent.
    command.env("CARGO_MANIFEST_DIR", root.join("xtask")).current_dir(root).args(arguments);
    command.output().expect("runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Runs git in `root`, without the settings of whoever runs the test.
#[track_caller]
fn git(root: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(root).args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    let output = command.args(arguments).output().expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
}

/// Runs `cargo xtask` and expects an exit code; what it printed, and what it complained of.
#[track_caller]
fn run(root: &Path, arguments: &[&str], code: i32) -> (String, String) {
    let output = xtask(root, arguments);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}{err}");
    (out, err)
}
