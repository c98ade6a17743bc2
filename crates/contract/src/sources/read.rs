//! Makes the set of schema files: from `schema/`, or from what was read already.

use std::fs;
use std::path::{Path, PathBuf};

use schema_source::{SchemaError, SchemaErrors, Source};

use super::check::check;
use super::files::Sources;
use crate::manifest::Manifest;

impl Sources {
    /// Reads the schema files below `root`.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is not JSON, is not a valid schema, has another `$id` than its
    /// place asks for, or holds a `$ref` that leads nowhere.
    pub fn read(root: &Path) -> Result<Self, SchemaErrors> {
        Self::read_folder(root, Path::new("schema"))
    }

    /// Reads the schema files in `folder`, which is relative to `root`.
    ///
    /// # Errors
    ///
    /// As [`Sources::read`].
    pub fn read_folder(root: &Path, folder: &Path) -> Result<Self, SchemaErrors> {
        let mut errors = Vec::new();
        let mut manifest_errors = Vec::new();
        let data_files = data_files(root, &folder.join("data"), &mut errors);
        let mut read = |path: PathBuf| match Source::read(root, path) {
            Ok(source) => Some(source),
            Err(SchemaErrors(found)) => {
                errors.extend(found);
                None
            }
        };
        let manifest = Manifest::source(root, folder).unwrap_or_else(|SchemaErrors(found)| {
            manifest_errors.extend(found);
            None
        });
        let envelope = read(folder.join("envelope.schema.json"));
        let definitions = read(folder.join("definitions.schema.json"));
        let data: Vec<_> = data_files.into_iter().filter_map(&mut read).collect();
        let releases: Vec<_> =
            releases(root, &folder.join("releases")).into_iter().filter_map(&mut read).collect();
        errors.extend(manifest_errors);
        let (Some(envelope), Some(definitions), true) = (envelope, definitions, errors.is_empty())
        else {
            return Err(SchemaErrors(errors));
        };
        let sources = Self::new(manifest.as_ref(), envelope, definitions, data)?;
        Ok(Self { releases, ..sources })
    }

    /// The set of these files; `manifest` is `schema/contract.json`, if there is one.
    ///
    /// # Errors
    ///
    /// When one is not a valid schema, has another `$id` than its place asks for, or holds a `$ref` that leads nowhere.
    pub fn new(
        manifest: Option<&Source>,
        envelope: Source,
        definitions: Source,
        data: Vec<Source>,
    ) -> Result<Self, SchemaErrors> {
        let defaults = Manifest::without_file(envelope.value["$id"].as_str().unwrap_or_default());
        let manifest = match manifest {
            Some(source) => Manifest::read(source, defaults)?,
            None => defaults,
        };
        let folder = envelope.path.parent().map(Path::to_path_buf).unwrap_or_default();
        Self { folder, manifest, envelope, definitions, data, releases: Vec::new() }.checked()
    }

    /// The same set with one more shape.
    ///
    /// # Errors
    ///
    /// As [`Sources::new`].
    pub fn with_shape(&self, shape: Source) -> Result<Self, SchemaErrors> {
        let data = self.data.iter().cloned().chain([shape]).collect();
        Self { data, ..self.clone() }.checked()
    }

    fn checked(self) -> Result<Self, SchemaErrors> {
        let mut errors = Vec::new();
        for source in self.all() {
            check(&self, source, &mut errors);
        }
        if errors.is_empty() { Ok(self) } else { Err(SchemaErrors(errors)) }
    }
}

/// The released bundles of the newest major version in `directory`, below `root`, sorted: `2.0.0.schema.json`.
fn releases(root: &Path, directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root.join(directory)).into_iter().flatten().flatten();
    let versions = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let numbers = name.strip_suffix(".schema.json")?.split('.').map(|text| text.parse().ok());
        let [major, _, _] = numbers.collect::<Option<Vec<u64>>>()?[..] else { return None };
        Some((major, directory.join(name)))
    });
    let mut versions: Vec<_> = versions.collect();
    versions.sort();
    let newest = versions.last().map(|(major, _)| *major);
    versions.retain(|(major, _)| Some(*major) == newest);
    versions.into_iter().map(|(_, path)| path).collect()
}

/// The shapes' files in `directory`, below `root`, sorted. Any other file there is a mistake: it would be ignored.
fn data_files(root: &Path, directory: &Path, errors: &mut Vec<SchemaError>) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(root.join(directory)).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.unwrap_or_else(|error| {
        let help = "run the command from a checkout that holds this folder";
        let message = format!("cannot be read: {error}");
        errors.push(SchemaError::of_file(directory, message, help));
        Vec::new()
    });
    let mut files: Vec<_> =
        entries.into_iter().map(|entry| directory.join(entry.file_name())).collect();
    files.sort();
    files.retain(|path| {
        let is_schema = path.to_string_lossy().ends_with(".schema.json");
        if !is_schema {
            errors.push(SchemaError::of_file(
                path,
                "not the schema of an event type",
                "name it <event.type>.schema.json",
            ));
        }
        is_schema
    });
    files
}
