//! The inputs of `validate`: files, folders and standard input.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// The argument that stands for standard input.
pub(crate) const STDIN: &str = "-";

/// The reason why an input cannot be judged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotRead {
    #[error("{path}: {error}", path = path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("{path}: the folder has no .json, .ndjson or .jsonl file", path = path.display())]
    NothingIn { path: PathBuf },
}

/// One input.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Path, or [`STDIN`].
    path: PathBuf,
}

impl Source {
    /// The inputs that `paths` name, in that order; for a folder, the files in it, sorted by name.
    pub(crate) fn list(paths: &[PathBuf]) -> impl Iterator<Item = Result<Self, CannotRead>> + '_ {
        paths.iter().flat_map(|path| {
            if path.as_os_str() != STDIN && path.is_dir() {
                in_folder(path)
            } else {
                vec![Ok(Self { path: path.clone() })]
            }
        })
    }

    /// The name of this input in the output.
    pub(crate) fn name(&self) -> String {
        if self.is_stdin() { "<stdin>".into() } else { self.path.display().to_string() }
    }

    /// Whether the name promises one delivery per line.
    pub(crate) fn promises_lines(&self) -> bool {
        self.has_extension(&["ndjson", "jsonl"])
    }

    /// Size in bytes, if it is known beforehand.
    pub(crate) fn size(&self) -> Option<u64> {
        let metadata = if self.is_stdin() { None } else { fs::metadata(&self.path).ok() };
        metadata.filter(fs::Metadata::is_file).map(|metadata| metadata.len())
    }

    pub(crate) fn open(&self) -> Result<Box<dyn Read>, CannotRead> {
        if self.is_stdin() {
            return Ok(Box::new(io::stdin()));
        }
        let file = File::open(&self.path).map_err(|error| self.cannot_read(error))?;
        Ok(Box::new(file))
    }

    pub(crate) fn cannot_read(&self, error: io::Error) -> CannotRead {
        CannotRead::Io { path: self.path.clone(), error }
    }

    fn is_stdin(&self) -> bool {
        self.path.as_os_str() == STDIN
    }

    fn has_extension(&self, extensions: &[&str]) -> bool {
        let extension = self.path.extension().and_then(OsStr::to_str).unwrap_or_default();
        extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
    }
}

fn in_folder(folder: &Path) -> Vec<Result<Source, CannotRead>> {
    let mut sources = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) => {
                let is_file = !entry.file_type().is_dir();
                let source = Source { path: entry.into_path() };
                if is_file && source.has_extension(&["json", "ndjson", "jsonl"]) {
                    sources.push(Ok(source));
                }
            }
            Err(error) => sources.push(Err(CannotRead::Io {
                path: error.path().unwrap_or(folder).to_owned(),
                error: error.into(),
            })),
        }
    }
    if sources.is_empty() {
        sources.push(Err(CannotRead::NothingIn { path: folder.to_owned() }));
    }
    sources
}
