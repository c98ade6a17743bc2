//! The inputs of the command: files, folders and standard input, compressed or not.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use clip_events::Printable;
use flate2::read::MultiGzDecoder;
use walkdir::WalkDir;

/// The argument that stands for standard input.
pub const STDIN: &str = "-";

/// Characters of a path that a message has: as many as one may have.
const MAX_PATH: usize = 4096;

/// `path` as a part of a line.
pub fn printable(path: &str) -> Printable<'_> {
    Printable::new(path, MAX_PATH)
}

/// The reason why an input cannot be judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CannotRead {
    /// It cannot be opened, or read to its end.
    #[error("{}: {}", printable(&path.to_string_lossy()), printable(&error.to_string()))]
    Io {
        /// The input.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A folder without deliveries.
    #[error(
        "{}: the folder has no .json, .ndjson or .jsonl file, compressed (.gz, .zst) or not",
        printable(&path.to_string_lossy())
    )]
    NothingIn {
        /// The folder.
        path: PathBuf,
    },
}

impl CannotRead {
    /// What cannot be read.
    pub fn path(&self) -> &Path {
        match self {
            Self::Io { path, .. } | Self::NothingIn { path } => path,
        }
    }
}

/// One input.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path, or [`STDIN`].
    path: PathBuf,
}

impl Source {
    /// The inputs that `paths` name, in that order; for a folder, the files in it, sorted by name.
    pub fn list(paths: &[PathBuf]) -> impl Iterator<Item = Result<Self, CannotRead>> + '_ {
        paths.iter().flat_map(|path| {
            if path.as_os_str() != STDIN && path.is_dir() {
                in_folder(path)
            } else {
                vec![Ok(Self { path: path.clone() })]
            }
        })
    }

    /// The name of this input in the output.
    pub fn name(&self) -> String {
        if self.is_stdin() { "<stdin>".into() } else { self.path.display().to_string() }
    }

    /// Where it is; nowhere, for standard input.
    pub fn path(&self) -> Option<&Path> {
        (!self.is_stdin()).then_some(&self.path)
    }

    /// Whether the name promises one delivery per line.
    pub fn promises_lines(&self) -> bool {
        has_extension(&uncompressed_name(&self.path), &["ndjson", "jsonl"])
    }

    /// Size in bytes of what is read, if it is known beforehand.
    pub fn size(&self) -> Option<u64> {
        let is_unknown = self.is_stdin() || has_extension(&self.path, COMPRESSED);
        let metadata = if is_unknown { None } else { fs::metadata(&self.path).ok() };
        metadata.filter(fs::Metadata::is_file).map(|metadata| metadata.len())
    }

    /// What is in it, decompressed.
    ///
    /// # Errors
    ///
    /// When it cannot be opened.
    pub fn open(&self) -> Result<Box<dyn Read>, CannotRead> {
        let input: Box<dyn Read> = if self.is_stdin() {
            Box::new(io::stdin())
        } else {
            let file = File::open(&self.path).map_err(|error| self.cannot_read(error))?;
            match file.metadata() {
                // What is added from now on may come of what is read: that would not end.
                Ok(now) if now.is_file() && now.len() > 0 => Box::new(file.take(now.len())),
                // Some files have a length only when they are read.
                _ => Box::new(file),
            }
        };
        uncompressed(input).map_err(|error| self.cannot_read(error))
    }

    /// `error`, of this input.
    pub fn cannot_read(&self, error: io::Error) -> CannotRead {
        CannotRead::Io { path: self.name().into(), error }
    }

    fn is_stdin(&self) -> bool {
        self.path.as_os_str() == STDIN
    }
}

/// The extensions of compressed files.
const COMPRESSED: &[&str] = &["gz", "zst"];

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// `path` without the extension of a compressed file.
fn uncompressed_name(path: &Path) -> PathBuf {
    if has_extension(path, COMPRESSED) { path.with_extension("") } else { path.to_owned() }
}

/// What is in `input`, which may be compressed with gzip (RFC 1952) or Zstandard (RFC 8878): its first bytes tell, and no JSON
/// starts with those.
fn uncompressed(mut input: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let mut start = Vec::new();
    input.by_ref().take(4).read_to_end(&mut start)?;
    let format = start.clone();
    let input = Cursor::new(start).chain(input);
    match format[..] {
        [0x1F, 0x8B, ..] => Ok(Box::new(MultiGzDecoder::new(input))),
        // A frame to skip may come first.
        [0x28, 0xB5, 0x2F, 0xFD] | [0x50..=0x5F, 0x2A, 0x4D, 0x18] => {
            Ok(Box::new(zstd::Decoder::new(input)?))
        }
        _ => Ok(Box::new(input)),
    }
}

fn in_folder(folder: &Path) -> Vec<Result<Source, CannotRead>> {
    let mut sources = Vec::new();
    let entries = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    for entry in
        entries.filter_entry(|entry| !(entry.file_type().is_dir() && is_archive(entry.path())))
    {
        match entry {
            Ok(entry) => {
                if entry.file_type().is_file() && is_of_deliveries(entry.path()) {
                    sources.push(Ok(Source { path: entry.into_path() }));
                }
            }
            // A link to a folder around it: what is there is read anyway.
            Err(error) if error.loop_ancestor().is_some() => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                // A link that leads nowhere matters if deliveries should be there.
                let is_link = path.symlink_metadata().is_ok_and(|found| found.is_symlink());
                if !is_link || is_of_deliveries(&path) {
                    // Its own text has the path, as it is.
                    let error =
                        error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into());
                    sources.push(Err(CannotRead::Io { path, error }));
                }
            }
        }
    }
    if sources.is_empty() {
        sources.push(Err(CannotRead::NothingIn { path: folder.to_owned() }));
    }
    sources
}

/// Whether `clip-events convert` writes into a folder: what is in it tells of deliveries, and is none.
fn is_archive(folder: &Path) -> bool {
    folder.join("_settings.json").is_file() && folder.join("_done").is_dir()
}

/// Whether the name of a file in a folder says that deliveries are in it.
fn is_of_deliveries(path: &Path) -> bool {
    has_extension(&uncompressed_name(path), &["json", "ndjson", "jsonl"])
}
