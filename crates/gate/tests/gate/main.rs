//! The gate's tests. `README.md` beside this file says what lies where.

mod apis;
mod fixtures;
mod formats;
mod large;
mod layouts;
mod mixed;
mod random;
mod scale;
mod shapes;
mod whole;

use std::cell::LazyCell;
use std::path::{Path, PathBuf};

use clip_events_contract::model::Envelope;
use clip_events_contract::{Sources, bundle};
use clip_events_test_support::copy;
use clip_events_test_support::second::{Draft, Formats, Second};
use jsonschema::Validator;
use schema_compat_gate::report::{Format, Style, Summary, render};
use schema_compat_gate::rules::Breaks;
use schema_compat_gate::{Document, Gate, Layout, Part, Release, Report};
use schema_source::{Source, pretty_json};
use serde_json::Value;

/// The folder of this test.
fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gate")
}

/// The contract of `base/`, with the files of `overlay` over it if there are any.
fn contract(overlay: &Path) -> Sources {
    let root = tempfile::tempdir().expect("a temporary folder");
    copy(&here().join("base"), root.path());
    if overlay.exists() {
        copy(overlay, root.path());
    }
    Sources::read(root.path()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// `sources` as one document.
fn document(sources: &Sources) -> Document {
    let parts = bundle::parts(sources).into_iter().map(|part| Part {
        document_pointer: part.bundle_pointer,
        source: part.source.clone(),
        file_pointer: part.file_pointer,
    });
    Document::new(bundle::bundle(sources), sources.envelope.clone(), parts.collect())
}

/// `sources` as if released under `name`.
fn released(name: &str, sources: &Sources) -> Release {
    let text = pretty_json(&bundle::bundle(sources));
    let path = format!("schema/releases/{name}.schema.json").into();
    Release::new(name, Source::parse(path, text).expect("JSON"))
}

fn judge(new: &Document, release: Release) -> Report {
    let layout = Layout::Tagged { tag: Envelope::TYPE.into(), content: Envelope::DATA.into() };
    Gate::new(layout).judge(new, release).unwrap_or_else(|errors| panic!("{errors}"))
}

fn rendered(document: &Document, reports: &[Report], format: Format) -> String {
    let mut style = Style::new(format);
    style.tool = "clip-events compat".into();
    render(&Summary::new(document, reports), &style)
}

/// A schema in the hands of two validators that share no code.
struct Judges {
    first: Validator,
    second: Second,
}

impl Judges {
    fn new(schema: &Value, formats: Formats) -> Self {
        let asserted = formats == Formats::Asserted;
        let first = jsonschema::options().should_validate_formats(asserted).offline();
        let second = Second::read(schema, Draft::V2020_12, formats);
        Self {
            first: first.build(schema).expect("a schema"),
            second: second.unwrap_or_else(|error| panic!("{error}")),
        }
    }

    /// Whether `instance` is accepted. The two must agree.
    fn accept(&self, instance: &Value) -> bool {
        let accepts = self.second.accepts(instance);
        assert_eq!(accepts, self.first.is_valid(instance), "{instance}");
        accepts
    }
}

/// Checks each delivery of `report` that breaks someone: the one side accepts it, the other does not.
fn verify(report: &Report, document: &Document) {
    let [new, released] = [document.value(), report.release.document.value()].map(|schema| {
        [Formats::Described, Formats::Asserted]
            .map(|formats| LazyCell::new(move || Judges::new(schema, formats)))
    });
    for finding in &report.findings {
        let Some(shown) = &finding.breaking_delivery else { continue };
        let (sender, reader) = match finding.rule().breaks {
            Breaks::Readers => (&new, &released),
            Breaks::Archives => (&released, &new),
            _ => panic!("an addition needs no delivery: {finding:?}"),
        };
        let formats = usize::from(finding.rule().id == "format-changed");
        assert!(sender[formats].accept(&shown.delivery), "{finding:?}");
        assert!(!reader[formats].accept(&shown.delivery), "{finding:?}");
    }
}
