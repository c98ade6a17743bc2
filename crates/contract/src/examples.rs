//! Checks each of the schemas' `examples` against its schema: people learn the contract from them.

use jsonschema::{Registry, RegistryBuilder};
use schema_source::{SchemaError, SchemaErrors, Source, escape_token};
use serde_json::{Map, Value, json};

use crate::bundle::{bundle, id, place};
use crate::sources::Sources;
use crate::vocabulary::DIALECT;

/// Judges each example by the schema that it stands in.
///
/// # Errors
///
/// Each example that its schema rejects.
pub(crate) fn check(sources: &Sources) -> Result<(), SchemaErrors> {
    let id = id();
    let registry = Registry::new().add(&id, bundle(sources)).and_then(RegistryBuilder::prepare);
    let registry = registry.map_err(|error| unusable(&sources.envelope, "", &error))?;
    let mut errors = Vec::new();
    for source in sources.all() {
        for pointer in schemas(source) {
            let examples = source.value.pointer(&format!("{pointer}/examples"));
            let examples = examples.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            if examples.is_empty() {
                continue;
            }
            let reference = format!("{id}{}", place(sources, source, &pointer));
            let validator = jsonschema::options()
                .with_registry(&registry)
                .build(&json!({ "$schema": DIALECT, "$ref": reference }))
                .map_err(|error| unusable(source, &pointer, &error))?;
            for (index, example) in examples.iter().enumerate() {
                errors.extend(validator.iter_errors(example).map(|error| {
                    source.error(
                        &format!("{pointer}/examples/{index}{}", error.instance_path()),
                        format!("the example is invalid: {error}"),
                        "fix the example or the schema",
                    )
                }));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(SchemaErrors(errors)) }
}

/// Pointers to the schemas of a file that may have examples: the file itself, its properties, its definitions.
fn schemas(source: &Source) -> impl Iterator<Item = String> {
    let below = ["/properties", "/$defs"].into_iter().flat_map(|parent| {
        let schemas = source.value.pointer(parent).and_then(Value::as_object);
        let names = schemas.into_iter().flat_map(Map::keys);
        names.map(move |name| format!("{parent}/{}", escape_token(name)))
    });
    std::iter::once(String::new()).chain(below)
}

/// A schema that the meta-schema allows and the validator does not take.
fn unusable(source: &Source, pointer: &str, error: &dyn std::error::Error) -> SchemaError {
    let help = "write it so that a validator takes it: its examples are judged by it";
    source.error(pointer, format!("not a schema to a validator: {error}"), help)
}
