//! The gate as this contract uses it: the layout of its deliveries, the folder of its releases, and the one document that
//! its schema files make.

use std::path::Path;

use crate::codegen;
use clip_events_contract::Sources;
use clip_events_contract::bundle;
use clip_events_contract::model::Envelope;
use schema_compat_gate::releases::{Frozen, ReleaseError, Releases, Terms};
use schema_compat_gate::{Document, Gate, Layout, Part, Release};
use schema_source::{SchemaErrors, Source, pretty_json};

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
    let parts = bundle::parts(sources).map(|part| Part {
        document_pointer: part.bundle_pointer,
        source: part.source.clone(),
        file_pointer: part.file_pointer.to_owned(),
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

/// Why the contract was not released.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// Nothing can be generated from it.
    #[error(transparent)]
    Render(#[from] codegen::Error),
    /// It may not be released like this.
    #[error(transparent)]
    Release(#[from] ReleaseError),
}

/// Freezes the contract below `root` as `version`.
///
/// # Errors
///
/// When nothing can be generated from the schemas, or they may not be released like this; then nothing is written.
pub fn freeze(root: &Path, version: &str, terms: Terms<'_>) -> Result<Frozen, FreezeError> {
    codegen::render(root)?;
    let sources = Sources::read(root).map_err(ReleaseError::from)?;
    Ok(releases(root).freeze(&document(&sources).map_err(ReleaseError::from)?, version, terms)?)
}
