//! The fields of an object.

use heck::ToUpperCamelCase as _;
use serde_json::{Map, Value};

use super::context::{Context, Part, is_definition_name, is_field_name};
use super::scalar::scalar;
use crate::model::{Field, FieldValue, Scalar};
use crate::vocabulary::ANNOTATIONS;

/// The fields of the object schema at `part`, but for `skip`. Those that need a name are called after `owner`.
pub(super) fn fields<'a>(
    context: &mut Context<'a>,
    part: &Part<'a>,
    owner: &str,
    skip: &[&str],
) -> Vec<Field> {
    if part.string("type") != Some("object") {
        context.report(&part.key("type"), "`type` is not object", "write \"type\": \"object\"");
    }
    let empty = Map::new();
    let properties = part.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let required = part.get("required").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for (index, name) in required.iter().enumerate() {
        if name.as_str().is_none_or(|name| !properties.contains_key(name)) {
            context.report(
                &part.key("required").index(index),
                format!("{name} is required and not declared"),
                "declare it in `properties`, or remove it here",
            );
        }
    }
    let mut fields = Vec::new();
    for name in properties.keys().filter(|name| !skip.contains(&name.as_str())) {
        let part = part.key("properties").key(name);
        if !is_field_name(name) {
            let message = format!("`{name}` is not a valid field name");
            context.report(&part, message, "use snake_case: a-z, 0-9 and _");
            continue;
        }
        if let Some((value, own_description)) = value(context, &part, owner, name) {
            let required = required.iter().any(|key| key == name);
            let (name, location) = (name.clone(), part.location());
            fields.push(Field { name, value, required, own_description, location });
        }
    }
    fields
}

/// The values that the field at `part` takes, and what it says of itself.
fn value<'a>(
    context: &mut Context<'a>,
    part: &Part<'a>,
    owner: &str,
    name: &str,
) -> Option<(FieldValue, Option<String>)> {
    let description = part.string("description").filter(|text| !text.trim().is_empty());
    let description = description.map(str::to_owned);
    if let Some(reference) = part.get("$ref") {
        context.keywords(part, &[ANNOTATIONS, &["$ref"]])?;
        return Some((reference_value(context, part, reference)?, description));
    }
    let definition = scalar(context, part, &format!("{owner}{}", name.to_upper_camel_case()))?;
    // Every public field says something, be it only which values it takes.
    let description = description.or_else(|| Some(format!("Takes: {}.", definition.scalar)));
    let needs_a_name = match &definition.scalar {
        Scalar::String { .. } => !definition.known_values.is_empty(),
        Scalar::Boolean | Scalar::Number { minimum: None, maximum: None } => false,
        Scalar::Integer { .. } | Scalar::Number { .. } => true,
    };
    let value = if needs_a_name {
        FieldValue::Named(context.define(definition))
    } else {
        FieldValue::Inline(definition.scalar)
    };
    Some((value, description))
}

/// The shared definition that a `$ref` leads to.
fn reference_value<'a>(
    context: &mut Context<'a>,
    part: &Part<'a>,
    reference: &'a Value,
) -> Option<FieldValue> {
    let sources = context.sources;
    let target = reference.as_str().and_then(|reference| sources.resolve(part.source, reference));
    let definition = target
        .filter(|(target, _)| target.path == sources.definitions.path)
        .and_then(|(_, pointer)| pointer.strip_prefix("/$defs/"))
        .filter(|name| is_definition_name(name))
        .and_then(|name| context.shared.get(name));
    let Some(definition) = definition else {
        let help = "refer to definitions.schema.json#/$defs/Name";
        context.report(&part.key("$ref"), "not a shared definition", help);
        return None;
    };
    Some(FieldValue::Named(definition.clone()))
}
