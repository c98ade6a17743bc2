//! The generated files on disk: which are stale, and writing them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// What to do about stale files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// Write the files that changed.
    Write,
    /// Write nothing; report the stale files.
    Check,
}

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Path from the root of the workspace.
    pub path: PathBuf,
    /// The whole content.
    pub text: String,
}

/// An artifact that differs from what is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StaleFile {
    /// Path from the root of the workspace.
    pub path: PathBuf,
    /// Unified diff from the file on disk to the artifact; empty once the artifact is written.
    pub diff: String,
    /// Whether no renderer makes the file any longer.
    pub removed: bool,
}

/// A generated file that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", path.display())]
#[non_exhaustive]
pub struct FileError {
    /// The file, from the root of the workspace.
    pub path: PathBuf,
    /// Why.
    pub error: io::Error,
}

impl FileError {
    /// An error of the file at `path`.
    pub fn new(path: PathBuf, error: io::Error) -> Self {
        Self { path, error }
    }
}

/// Writes or reports the `artifacts` that differ from the files on disk below `root`. Files beside those in
/// folders called `generated` that no renderer makes are removed or reported: these folders hold no other files.
///
/// # Errors
///
/// When a file cannot be read or written.
pub fn update(
    root: &Path,
    artifacts: &[Artifact],
    stale: Stale,
) -> Result<Vec<StaleFile>, FileError> {
    let mut changes = Vec::new();
    for path in leftovers(root, artifacts)? {
        let text = read(root, &path)?.unwrap_or_default();
        changes.push(StaleFile {
            diff: diff(stale, &path, &text, ""),
            path: path.clone(),
            removed: true,
        });
        if stale == Stale::Write {
            fs::remove_file(root.join(&path)).map_err(|error| FileError { path, error })?;
        }
    }
    for Artifact { path, text } in artifacts {
        let current = read(root, path)?;
        if current.as_ref() == Some(text) {
            continue;
        }
        changes.push(StaleFile {
            diff: diff(stale, path, &current.unwrap_or_default(), text),
            path: path.clone(),
            removed: false,
        });
        if stale == Stale::Write {
            schema_source::write(&root.join(path), text)
                .map_err(|error| FileError { path: path.clone(), error })?;
        }
    }
    Ok(changes)
}

/// Generated files on disk that no renderer makes any longer.
fn leftovers(root: &Path, artifacts: &[Artifact]) -> Result<Vec<PathBuf>, FileError> {
    let folders = artifacts.iter().filter_map(|artifact| artifact.path.parent());
    let mut folders: Vec<_> = folders.filter(|folder| folder.ends_with("generated")).collect();
    folders.sort();
    folders.dedup();
    let mut leftovers = Vec::new();
    for folder in folders {
        let failed = |error| FileError { path: folder.into(), error };
        let entries = match fs::read_dir(root.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(error)),
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            // What a tool keeps beside them is a folder: `__pycache__`.
            if entry.file_type().map_err(failed)?.is_dir() {
                continue;
            }
            let path = folder.join(entry.file_name());
            if !artifacts.iter().any(|artifact| artifact.path == path) {
                leftovers.push(path);
            }
        }
    }
    leftovers.sort();
    Ok(leftovers)
}

fn read(root: &Path, path: &Path) -> Result<Option<String>, FileError> {
    match fs::read_to_string(root.join(path)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError { path: path.into(), error }),
    }
}

/// What would change; it takes long for large files, so only where it is shown.
fn diff(stale: Stale, path: &Path, old: &str, new: &str) -> String {
    if stale == Stale::Write {
        return String::new();
    }
    let path = path.display().to_string();
    TextDiff::from_lines(old, new).unified_diff().header(&path, &path).to_string()
}
