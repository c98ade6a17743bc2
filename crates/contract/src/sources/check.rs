//! Checks that hold for any schema file: its meta-schema, `$schema`, `$id`, and where each `$ref` leads.

use std::collections::HashSet;

use schema_source::{SchemaError, Source};

use super::files::Sources;
use super::references::for_each_ref;
use crate::vocabulary::DIALECT;
use crate::vocabulary::nearest;

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

/// What to write in place of `reference`, which leads nowhere.
fn reference_help(sources: &Sources, from: &Source, reference: &str) -> String {
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let Some((target, _)) = sources.resolve(from, file) else {
        return format!(
            "there is no file {file:?} beside this one: write ../definitions.schema.json#/$defs/Name in a file of schema/data/"
        );
    };
    let path = target.path.display();
    let Some(name) = pointer.strip_prefix("/$defs/").filter(|name| !name.contains('/')) else {
        return format!(
            "{path} has nothing at {pointer}: share it under \"$defs\", and refer to that"
        );
    };
    let names = target.value["$defs"].as_object().into_iter().flat_map(|defs| defs.keys());
    match nearest(name, names.map(String::as_str)) {
        Some(meant) => {
            format!("{path} has no `{name}`: write {file}#/$defs/{meant}, if that is meant")
        }
        None => format!("{path} has no `{name}`: add it under \"$defs\""),
    }
}

fn references(sources: &Sources, source: &Source, errors: &mut Vec<SchemaError>) {
    for_each_ref(&source.value, &mut |pointer, reference| {
        if sources.resolve(source, reference).is_none() {
            let message = format!("`$ref` leads nowhere: {reference}");
            errors.push(source.error(pointer, message, reference_help(sources, source, reference)));
        }
    });
}
