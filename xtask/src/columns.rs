//! The columns that archives of each release have, frozen beside its schema: those of later releases begin with them.

use std::fs;
use std::path::{Path, PathBuf};

use clip_events_codegen::files::Artifact;
use clip_events_codegen::released_columns;
use schema_compat_gate::releases::Releases;

use crate::compat;

/// The file of the release `version`.
fn path(releases: &Releases, version: &str) -> PathBuf {
    releases.folder.join(format!("{version}.columns.json"))
}

/// The columns of the newest release below `root` that has a file of them.
pub fn released(root: &Path) -> Option<String> {
    let releases = compat::releases(root);
    let versions = releases.versions().ok()?;
    let mut texts = versions.iter().rev().map(|version| path(&releases, &version.to_string()));
    texts.find_map(|path| fs::read_to_string(root.join(path)).ok())
}

/// The file of the release `version`, made of `artifacts`.
pub fn frozen(
    releases: &Releases,
    version: &str,
    artifacts: &[Artifact],
) -> Option<(PathBuf, String)> {
    Some((path(releases, version), released_columns(artifacts)?))
}
