//! Checks each of the schemas' `examples` against its schema: people learn the contract from them.

use jsonschema::{Registry, RegistryBuilder};
use schema_source::{SchemaError, SchemaErrors, Source, escape_token};
use serde_json::{Value, json};

use crate::bundle::{bundle, id, place};
use crate::sources::Sources;
use crate::vocabulary::DIALECT;

/// Judges each example by the schema that it stands in.
///
/// # Errors
///
/// Each example that its schema rejects.
pub(crate) fn check(sources: &Sources) -> Result<(), SchemaErrors> {
    let id = id(sources);
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

/// Pointers to the schemas of a file that may have examples; of the alternatives of a union, which the bundle writes anew,
/// none.
fn schemas(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), &source.value)];
    while let Some((pointer, schema)) = open.pop() {
        for keyword in ["items", "additionalProperties"] {
            open.extend(schema.get(keyword).map(|inner| (format!("{pointer}/{keyword}"), inner)));
        }
        for keyword in ["properties", "$defs"] {
            let inner = schema.get(keyword).and_then(Value::as_object).into_iter().flatten();
            open.extend(inner.map(|(name, inner)| {
                (format!("{pointer}/{keyword}/{}", escape_token(name)), inner)
            }));
        }
        let all = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        open.extend(all.enumerate().map(|(at, inner)| (format!("{pointer}/allOf/{at}"), inner)));
        if schema.get("examples").is_some() {
            found.push(pointer);
        }
    }
    found.sort();
    found
}

/// A schema that the meta-schema allows and the validator does not take.
fn unusable(source: &Source, pointer: &str, error: &dyn std::error::Error) -> SchemaError {
    let help = "write it so that a validator takes it: its examples are judged by it";
    source.error(pointer, format!("not a schema to a validator: {error}"), help)
}
