//! A schema to compare, and the files that its parts come from.

use std::path::PathBuf;

use schema_source::{SchemaErrors, Source};
use serde_json::Value;

use crate::pointer::within;

/// A self-contained JSON Schema: every `$ref` in it leads to a part of it. It may be put together from several files.
#[derive(Debug, Clone)]
pub struct Document {
    value: Value,
    root: Source,
    parts: Vec<Part>,
}

/// A part of a document that stands in a file of its own.
#[derive(Debug, Clone)]
pub struct Part {
    /// JSON Pointer (RFC 6901) of the part in the document.
    pub document_pointer: String,
    /// The file that it comes from.
    pub source: Source,
    /// JSON Pointer of the part in that file.
    pub file_pointer: String,
}

/// A released document, which the new one is compared with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Release {
    /// The name that people use: `1.0.0`, a path, a git revision.
    pub name: String,
    /// The released schema.
    pub document: Document,
}

/// A part of a schema file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Location {
    /// Path of the file, as its [`Source`] has it.
    pub path: PathBuf,
    /// JSON Pointer within the file.
    pub pointer: String,
}

impl Document {
    /// A document whose parts come from the files that `parts` name, and all else from `root`. Where parts lie within each
    /// other, the innermost counts.
    pub fn new(value: Value, root: Source, parts: Vec<Part>) -> Self {
        Self { value, root, parts }
    }

    /// The schema.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The file and the place in it of the part at the JSON Pointer `pointer` of the document.
    pub fn locate(&self, pointer: &str) -> Location {
        let parts = self
            .parts
            .iter()
            .filter_map(|part| Some((part, within(pointer, &part.document_pointer)?)));
        match parts.max_by_key(|(part, _)| part.document_pointer.len()) {
            Some((part, rest)) => Location {
                path: part.source.path.clone(),
                pointer: format!("{}{rest}", part.file_pointer),
            },
            None => Location { path: self.root.path.clone(), pointer: pointer.to_owned() },
        }
    }

    /// The file with this path, if the document comes from it.
    pub(crate) fn source(&self, location: &Location) -> Option<&Source> {
        let parts = self.parts.iter().map(|part| &part.source);
        std::iter::once(&self.root).chain(parts).find(|source| source.path == location.path)
    }

    /// An error at the part at `pointer` of the document.
    pub(crate) fn error(&self, pointer: &str, message: String, help: &str) -> SchemaErrors {
        let location = self.locate(pointer);
        let source = self.source(&location).unwrap_or(&self.root);
        SchemaErrors(vec![source.error(&location.pointer, message, help)])
    }
}

/// A document that stands in one file, as it is.
impl From<Source> for Document {
    fn from(source: Source) -> Self {
        Self { value: source.value.clone(), root: source, parts: Vec::new() }
    }
}

impl Release {
    /// `document`, released under `name`.
    pub fn new(name: impl Into<String>, document: impl Into<Document>) -> Self {
        Self { name: name.into(), document: document.into() }
    }
}
