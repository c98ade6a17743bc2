//! `cargo xtask new`: the files of a new event type.

use std::io;
use std::path::{Path, PathBuf};

use clip_events_contract::scaffold::{self, Scaffold};
use clip_events_contract::{SchemaError, SchemaErrors, Source, Sources, deliveries};

/// Why the files were not written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name is taken or no event type, or the contract cannot be read.
    #[error(transparent)]
    Schemas(#[from] SchemaErrors),
    /// A file could not be written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file, from the root of the workspace.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Writes the shape of the new event type `event_type`, and an example delivery if the contract has such; their paths.
///
/// # Errors
///
/// When there is such an event type or a file of it, the name is not a valid one, or a file cannot be written.
pub fn write(root: &Path, event_type: &str) -> Result<Vec<PathBuf>, Error> {
    let sources = Sources::read(root)?;
    let Scaffold { shape, delivery, .. } = scaffold::new_event(&sources, event_type)?;
    // Where no event type has an example delivery, the first one would be asked of all.
    let with_delivery = sources.data.is_empty() || root.join(deliveries::FOLDER).exists();
    let files: Vec<_> = [shape].into_iter().chain(with_delivery.then_some(delivery)).collect();
    if let Some(file) = files.iter().find(|file| root.join(&file.path).exists()) {
        let error =
            SchemaError::of_file(&file.path, "the file is there already", "remove it first");
        return Err(SchemaErrors::from(error).into());
    }
    let write = |file: Source| {
        let path = file.path;
        match schema_source::write(&root.join(&path), &file.text) {
            Ok(()) => Ok(path),
            Err(error) => Err(Error::File { path, error }),
        }
    };
    files.into_iter().map(write).collect()
}
