//! The gate's tests. `README.md` beside this file says what lies where.

mod command;
mod edits;
mod fixtures;
mod random;
mod releases;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use boon::{Compiler, Schemas};
use serde_json::Value;
use xtask::bundle;
use xtask::compat::render::{self, Format, Style};
use xtask::compat::{Breaks, Released, Report};
use xtask::load::Sources;
use xtask::source::Source;

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

/// Whether the validator `boon` accepts `instance`.
fn boon_accepts(schema: &Value, instance: &Value, formats: bool) -> bool {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    if formats {
        compiler.enable_format_assertions();
    }
    let mut schema = schema.clone();
    // Compiled under its own name.
    let id = schema["$id"].take();
    let id = id.as_str().unwrap_or("https://clip-events.example/schema").to_owned();
    schema["$id"] = id.clone().into();
    compiler.add_resource(&id, schema).expect("a schema");
    let index = compiler.compile(&id, &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
    schemas.validate(instance, index).is_ok()
}

/// Whether the validator of the `jsonschema` crate does.
fn jsonschema_accepts(schema: &Value, instance: &Value, formats: bool) -> bool {
    let options = jsonschema::options().should_validate_formats(formats).offline().build(schema);
    options.expect("a schema").is_valid(instance)
}

/// Checks each witness of `report` with both validators: the one side accepts it, the other does not.
fn verify(report: &Report, sources: &Sources) {
    let new = bundle::bundle(sources);
    for finding in &report.findings {
        let Some(witness) = &finding.witness else { continue };
        let released = &report.release.source.value;
        let (sender, receiver) = match finding.rule.breaks {
            Breaks::Readers => (&new, released),
            Breaks::Archives => (released, &new),
            Breaks::Nobody => panic!("an addition has no witness: {finding:?}"),
        };
        let formats = finding.rule.id == "format-changed";
        for accepts in [boon_accepts, jsonschema_accepts] {
            assert!(accepts(sender, &witness.delivery, formats), "{finding:?}");
            assert!(!accepts(receiver, &witness.delivery, formats), "{finding:?}");
        }
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
