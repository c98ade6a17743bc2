//! Mistakes in schema files: what is wrong, where, and what to do about it.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use crate::pointer::escape_token;

/// A part of a schema file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Path from the root of the workspace.
    pub path: PathBuf,
    /// JSON Pointer (RFC 6901) within the file; empty for the whole of it.
    pub pointer: String,
}

impl Location {
    /// The part under `key`, or at that index, of this one.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let pointer = format!("{}/{}", self.pointer, escape_token(key));
        Self { path: self.path.clone(), pointer }
    }
}

/// A mistake in a schema file: what is wrong, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}:{line}:{column}: {}\n  at: {}\n  help: {}",
    printable(&path.to_string_lossy()),
    printable(message),
    printable(display_pointer(pointer)),
    lines(help)
)]
#[non_exhaustive]
pub struct SchemaError {
    /// Path from the root of the workspace.
    pub path: PathBuf,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// JSON Pointer (RFC 6901) to the part that is wrong; empty for the whole file.
    pub pointer: String,
    /// The mistake.
    pub message: String,
    /// The way to correct it.
    pub help: String,
}

impl SchemaError {
    /// An error of the whole file at `path`, for files whose text is not at hand.
    pub fn of_file(
        path: impl Into<PathBuf>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            path: path.into(),
            line: 1,
            column: 1,
            pointer: String::new(),
            message: message.into(),
            help: help.into(),
        }
    }
}

/// `text` with every character escaped that a terminal or a log might act on: a schema may come from anybody. It escapes what
/// `clip_events::Printable` does, which the parser's crate, without dependencies, has for itself;
/// a test of the contract holds the two together.
fn printable(text: &str) -> String {
    let mut printable = String::new();
    for c in text.chars() {
        match c {
            ' '..='~' => printable.push(c),
            // Letters and signs by their class, and yet nothing to see.
            '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' => {
                printable.extend(c.escape_unicode());
            }
            _ => printable.extend(c.escape_debug()),
        }
    }
    printable
}

/// As [`printable`], of a text of several lines: what to write may be some.
fn lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// `pointer` for a person: the whole document has the empty pointer.
fn display_pointer(pointer: &str) -> &str {
    if pointer.is_empty() { "the whole file" } else { pointer }
}

/// Every mistake in a set of schema files.
///
/// Its text lists all of them, and counts them in the last line:
///
/// ```
/// use schema_source::{SchemaError, SchemaErrors};
///
/// let error = SchemaError::of_file("schema/a.json", "not JSON", "fix the syntax");
/// let text = SchemaErrors(vec![error]).to_string();
/// assert!(text.starts_with("error: schema/a.json:1:1: not JSON\n"));
/// assert!(text.ends_with("\n1 error in schema/"));
///
/// let error = SchemaError::of_file("a.json", "an unknown key \u{1b}[2J", "remove it");
/// assert!(error.to_string().starts_with(r"a.json:1:1: an unknown key \u{1b}[2J"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SchemaErrors(pub Vec<SchemaError>);

impl fmt::Display for SchemaErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for error in &self.0 {
            writeln!(f, "error: {error}")?;
        }
        match self.0.len() {
            1 => f.write_str("1 error")?,
            count => write!(f, "{count} errors")?,
        }
        match self.folder() {
            Some(folder) => write!(f, " in {}/", folder.display()),
            None => Ok(()),
        }
    }
}

impl SchemaErrors {
    /// The folder of the workspace that all of them are in.
    fn folder(&self) -> Option<&Path> {
        let mut folders = self.0.iter().map(|error| top_folder(&error.path));
        let first = folders.next()??;
        folders.all(|folder| folder == Some(first)).then_some(Path::new(first))
    }
}

impl From<SchemaError> for SchemaErrors {
    fn from(error: SchemaError) -> Self {
        Self(vec![error])
    }
}

/// The first folder on the way to `path`.
fn top_folder(path: &Path) -> Option<&OsStr> {
    match path.parent()?.components().next()? {
        Component::Normal(folder) => Some(folder),
        _ => None,
    }
}
