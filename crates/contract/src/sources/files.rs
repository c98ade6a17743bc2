//! The set of schema files, and what they refer to in each other.

use std::path::{Component, Path, PathBuf};

use schema_source::{Location, SchemaError, Source, escape_token};

use crate::manifest::Manifest;

/// The schema files of the contract, each valid against the meta-schema and with all `$ref`s resolved.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sources {
    /// The folder of all files, as their paths name it: `schema`.
    pub folder: PathBuf,
    /// `schema/contract.json`, or what holds without it.
    pub manifest: Manifest,
    /// `schema/envelope.schema.json`.
    pub envelope: Source,
    /// `schema/definitions.schema.json`.
    pub definitions: Source,
    /// `schema/data/*.schema.json`, in the order of their paths.
    pub data: Vec<Source>,
    /// The bundles in `schema/releases/` of the newest major version: what must not vanish.
    pub releases: Vec<Source>,
}

impl Sources {
    /// All files: envelope, definitions, shapes.
    pub fn all(&self) -> impl Iterator<Item = &Source> {
        [&self.envelope, &self.definitions].into_iter().chain(&self.data)
    }

    /// The file that `reference`, written in the file `from`, leads to, and the pointer within it.
    pub fn resolve<'a>(
        &'a self,
        from: &'a Source,
        reference: &'a str,
    ) -> Option<(&'a Source, &'a str)> {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let target = if file.is_empty() {
            from
        } else {
            self.file(&normalise(&from.path.parent()?.join(file)))?
        };
        target.value.pointer(pointer).map(|_| (target, pointer))
    }

    /// An error at a part of one of these files.
    pub fn error(
        &self,
        location: &Location,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> SchemaError {
        match self.file(&location.path) {
            Some(source) => source.error(&location.pointer, message, help),
            None => SchemaError::of_file(&location.path, message, help),
        }
    }

    /// JSON Pointer in a bundle of what `pointer` names in the file `source`, unless it is within a union.
    pub(crate) fn bundle_pointer(&self, source: &Source, pointer: &str) -> String {
        if [&self.definitions.path, &self.envelope.path].contains(&&source.path) {
            pointer.to_owned()
        } else {
            format!("/$defs/{}{pointer}", escape_token(source.stem()))
        }
    }

    fn file(&self, path: &Path) -> Option<&Source> {
        self.all().find(|source| source.path == path)
    }
}

/// `path` without `.` and `..`, by text alone.
fn normalise(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}
