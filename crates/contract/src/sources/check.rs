//! Checks that hold for any schema file: its meta-schema, `$schema`, `$id`, and where each `$ref` leads.

use std::collections::HashSet;

use schema_source::{SchemaError, Source};

use super::files::Sources;
use super::references::for_each_ref;
use crate::vocabulary::DIALECT;

/// Reports each breach of these rules in `source`, one of `sources`.
pub(super) fn check(sources: &Sources, source: &Source, errors: &mut Vec<SchemaError>) {
    if !source.value.is_object() {
        errors.push(source.error("", "not an object", "write a schema as an object"));
        return;
    }
    meta_schema(source, errors);
    identity(sources, source, errors);
    references(sources, source, errors);
}

fn meta_schema(source: &Source, errors: &mut Vec<SchemaError>) {
    let validator = jsonschema::draft202012::meta::validator();
    // A keyword of several vocabularies makes its mistake in each.
    let mut seen = HashSet::new();
    for error in validator.iter_errors(&source.value) {
        let pointer = error.instance_path().as_str();
        let (message, help) = if pointer.ends_with("/type") {
            let found = error.instance();
            (
                format!("{found} is not a type"),
                "use string, boolean, integer, number, array, object or null",
            )
        } else {
            (format!("not a valid schema: {error}"), "see the keyword in JSON Schema draft 2020-12")
        };
        if seen.insert((pointer.to_owned(), message.clone())) {
            errors.push(source.error(pointer, message, help));
        }
    }
}

fn identity(sources: &Sources, source: &Source, errors: &mut Vec<SchemaError>) {
    let file = source.path.strip_prefix(&sources.folder).unwrap_or(&source.path);
    let expected_id =
        format!("{}{}", sources.manifest.base_id, file.to_string_lossy().replace('\\', "/"));
    for (keyword, expected) in [("$schema", DIALECT), ("$id", &expected_id)] {
        if source.value[keyword] != *expected {
            errors.push(source.error(
                &format!("/{keyword}"),
                format!("`{keyword}` is not {expected}"),
                format!("write \"{keyword}\": \"{expected}\""),
            ));
        }
    }
}

fn references(sources: &Sources, source: &Source, errors: &mut Vec<SchemaError>) {
    for_each_ref(&source.value, &mut |pointer, reference| {
        if sources.resolve(source, reference).is_none() {
            errors.push(source.error(
                pointer,
                format!("`$ref` leads nowhere: {reference}"),
                "name a file relative to this one and a pointer within it, like \
                 ../definitions.schema.json#/$defs/Name in a file of schema/data/",
            ));
        }
    });
}
