//! The columns that archives of each release have, frozen beside its schema: those of later releases begin with them.

use std::fs;
use std::path::{Path, PathBuf};

use clip_events_codegen::files::Artifact;
use clip_events_codegen::released_columns;
use semver::Version;

/// Where the releases lie, and the end of the names of these files.
const FOLDER: &str = "schema/releases";
const EXTENSION: &str = ".columns.json";

/// The columns of the newest release below `root` that has a file of them.
pub fn released(root: &Path) -> Option<String> {
    let folder = root.join(FOLDER);
    let entries = fs::read_dir(&folder).ok()?.filter_map(Result::ok);
    let versions = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        Version::parse(name.strip_suffix(EXTENSION)?).ok()
    });
    fs::read_to_string(folder.join(format!("{}{EXTENSION}", versions.max()?))).ok()
}

/// The file of the release `version`, made of `artifacts`.
pub fn frozen(version: &str, artifacts: &[Artifact]) -> Option<(PathBuf, String)> {
    let path = Path::new(FOLDER).join(format!("{version}{EXTENSION}"));
    Some((path, released_columns(artifacts)?))
}
