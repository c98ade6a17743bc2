//! Checks the example deliveries, `schema/examples/<event.type>/<case>.json`: people learn the contract from them, and the
//! tests run on them.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use schema_source::{SchemaError, SchemaErrors, Source};

use crate::bundle::bundle;
use crate::model::Envelope;
use crate::sample;
use crate::sources::Sources;

/// The folder of the example deliveries, with a folder for each event type.
pub const FOLDER: &str = "schema/examples";

/// The name of the delivery that shows an event type as it mostly is.
pub(crate) const TYPICAL: &str = "typical";

/// Checks the example deliveries below `root`, if the contract has a folder of them: each is valid and of the type that its
/// folder names, and each event type has one.
///
/// # Errors
///
/// Each breach of that; of a missing one, with a delivery to write.
pub fn check(root: &Path, sources: &Sources) -> Result<(), SchemaErrors> {
    if !root.join(FOLDER).exists() {
        return Ok(());
    }
    let bundle = bundle(sources);
    let validator = jsonschema::draft202012::new(&bundle).map_err(|error| {
        let help = "write it so that a validator takes it: the example deliveries are judged by it";
        sources.envelope.error("", format!("not a schema to a validator: {error}"), help)
    })?;
    let mut errors = Vec::new();
    for folder in entries(root, Path::new(FOLDER)).map_err(SchemaErrors::from)? {
        let event_type = name(&folder);
        if sources.data.iter().all(|source| source.stem() != event_type) {
            let message = format!("deliveries of {event_type}, which is not an event type");
            errors.push(SchemaError::of_file(folder, message, "rename the folder, or remove it"));
        }
    }
    for shape in &sources.data {
        let files = files(root, shape.stem())?;
        if files.is_empty() {
            errors.push(missing(sources, shape.stem()));
        }
        for file in files {
            match Source::read(root, file) {
                Ok(delivery) => judge(&delivery, shape.stem(), &validator, &mut errors),
                Err(SchemaErrors(found)) => errors.extend(found),
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(SchemaErrors(errors)) }
}

/// An example delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The name of its file, without `.json`.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// The example deliveries of `event_type` below `root`, the typical one first. Nobody has judged them.
///
/// # Errors
///
/// Each that cannot be read.
pub fn of(root: &Path, event_type: &str) -> Result<Vec<Example>, SchemaErrors> {
    let mut examples = Vec::new();
    for file in files(root, event_type)? {
        let text = fs::read_to_string(root.join(&file)).map_err(|error| {
            let message = format!("cannot be read: {error}");
            SchemaError::of_file(&file, message, "it must be a file in UTF-8")
        })?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        examples.push(Example { name, text });
    }
    examples.sort_by_key(|example| example.name != TYPICAL);
    Ok(examples)
}

/// The files of the example deliveries of `event_type`.
fn files(root: &Path, event_type: &str) -> Result<Vec<PathBuf>, SchemaErrors> {
    let folder = Path::new(FOLDER).join(event_type);
    if root.join(&folder).is_dir() { Ok(entries(root, &folder)?) } else { Ok(Vec::new()) }
}

fn judge(
    delivery: &Source,
    event_type: &str,
    validator: &Validator,
    errors: &mut Vec<SchemaError>,
) {
    let key = format!("/{}", Envelope::TYPE);
    if delivery.value[Envelope::TYPE] != event_type {
        let help = format!("write \"{event_type}\", or move the file");
        errors.push(delivery.error(&key, "another event type than its folder says", help));
        return;
    }
    errors.extend(validator.iter_errors(&delivery.value).map(|error| {
        let pointer = error.instance_path().as_str().to_owned();
        delivery.error(
            &pointer,
            format!("the delivery is invalid: {error}"),
            "fix it or the schema",
        )
    }));
}

fn missing(sources: &Sources, event_type: &str) -> SchemaError {
    let path = format!("{FOLDER}/{event_type}/{TYPICAL}.json");
    let delivery = sample::delivery(sources, event_type).unwrap_or_default();
    SchemaError::of_file(
        path,
        format!("no example delivery of {event_type}"),
        format!("write {delivery}"),
    )
}

/// What lies in `folder` below `root`, sorted.
fn entries(root: &Path, folder: &Path) -> Result<Vec<PathBuf>, SchemaError> {
    let listed = fs::read_dir(root.join(folder)).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| folder.join(entry.file_name()))).collect()
    });
    let mut paths: Vec<_> = listed.map_err(|error| {
        let message = format!("cannot be read: {error}");
        SchemaError::of_file(folder, message, "it must be a folder, and readable")
    })?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
