//! The gate as this contract uses it: the layout of its deliveries, the folder of its releases, and the one document that
//! its schema files make.

use std::path::Path;

use clip_events_codegen::{COMMAND, CodegenError};
use clip_events_contract::Sources;
use clip_events_contract::bundle;
use clip_events_contract::model::Envelope;
use schema_compat_gate::releases::{ReleaseError, Releases};
use schema_compat_gate::report::{Remark, Summary};
use schema_compat_gate::{Document, Gate, Layout, Part, Release, Report};
use schema_source::{SchemaError, SchemaErrors, Source, pretty_json};

use crate::{codegen, rust_api};

/// The layout of the deliveries.
pub fn layout() -> Layout {
    Layout::Tagged { tag: Envelope::TYPE.into(), content: Envelope::DATA.into() }
}

/// The releases of the contract below `root`.
pub fn releases(root: &Path) -> Releases {
    let mut releases = Releases::new(root, Gate::new(layout()));
    releases.folder = "schema/releases".into();
    releases.schemas = "schema".into();
    releases.changelog = "CHANGELOG.md".into();
    // Of schemas that cannot be read, the command that reads them tells.
    releases.id = Sources::read(root).ok().map(|sources| bundle::id(&sources));
    releases.hints.document =
        "name a bundle: a file of schema/releases, or what `clip-events schema` prints".into();
    releases.hints.major = "--major".into();
    releases.hints.breaking = "--breaking \"why\"".into();
    releases
}

/// The contract of `sources` as one document.
///
/// # Errors
///
/// Each part of the schemas that has no place in a bundle.
pub fn document(sources: &Sources) -> Result<Document, SchemaErrors> {
    bundle::check(sources)?;
    let parts = bundle::parts(sources).into_iter().map(|part| Part {
        document_pointer: part.bundle_pointer,
        source: part.source.clone(),
        file_pointer: part.file_pointer,
    });
    Ok(Document::new(bundle::bundle(sources), sources.envelope.clone(), parts.collect()))
}

/// The release that `name` stands for: a version, a path, a git revision.
///
/// # Errors
///
/// When it is none of these, a release was edited, or a schema is wrong.
pub fn find(releases: &Releases, name: &str) -> Result<Release, ReleaseError> {
    releases.find(name, |root| {
        let sources = Sources::read(root)?;
        bundle::check(&sources)?;
        // It lies in no file.
        let path = format!("{name}:contract.schema.json");
        Source::parse(path.into(), pretty_json(&bundle::bundle(&sources)))
    })
}

/// Why the contract was not compared with its releases.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A release cannot be read, or a schema is wrong.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// Nothing was released.
    #[error(
        "there is no release to compare with\n  help: `cargo xtask release 1.0.0` makes the first"
    )]
    NoRelease,
}

/// The contract beside its releases.
pub struct Comparison {
    document: Document,
    reports: Vec<Report>,
    /// What could not be seen of the history, for a person.
    pub note: Option<String>,
}

impl Comparison {
    /// What is to be told of it.
    pub fn summary(&self) -> Summary<'_> {
        Summary::new(&self.document, &self.reports)
    }
}

/// What the generator says of the contract below `root`: that it refuses it, for that nobody breaks is of no use then; or what becomes
/// of the Rust API.
pub fn remarks(root: &Path) -> Vec<Remark> {
    match codegen::render(root) {
        Ok(artifacts) => rust_api::remarks(root, &releases(root), &artifacts),
        Err(error) => refusal(error).into_iter().collect(),
    }
}

fn refusal(error: codegen::Error) -> Option<Remark> {
    let errors = match error {
        codegen::Error::Schemas(SchemaErrors(errors))
        | codegen::Error::Render(CodegenError::Schemas(SchemaErrors(errors))) => errors,
        other => {
            vec![SchemaError::of_file("schema", other.to_string(), format!("run `{COMMAND}`"))]
        }
    };
    let more = match errors.len() {
        1 => String::new(),
        count => format!(" (the first of {count} mistakes)"),
    };
    let mut error = errors.into_iter().next()?;
    error.message = format!("`{COMMAND}` refuses this: {}{more}", error.message);
    Some(Remark { tool: "codegen".into(), error })
}

/// Compares the contract below `root` with one release, or else with all of the newest major version; and the released files
/// with the history of `base`.
///
/// # Errors
///
/// When there is no release, one is not as it was released, or a schema is wrong.
pub fn compare(
    root: &Path,
    against: Option<&str>,
    base: Option<&str>,
) -> Result<Comparison, Error> {
    let sources = Sources::read(root).map_err(ReleaseError::from)?;
    let releases = releases(root);
    let against = match against {
        Some(name) => vec![find(&releases, name)?],
        None => releases.current()?,
    };
    let note = releases.check_history(base)?;
    if against.is_empty() {
        return Err(Error::NoRelease);
    }
    let document = document(&sources).map_err(ReleaseError::from)?;
    let reports = against.into_iter().map(|release| releases.gate.judge(&document, release));
    let reports = reports.collect::<Result<_, _>>().map_err(ReleaseError::from)?;
    Ok(Comparison { document, reports, note })
}
