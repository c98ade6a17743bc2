//! The fields of an object, or the values of a map.

use serde_json::{Map, Value as Json};

use super::conjunction::Conjunction;
use super::context::{Context, Part, is_field_name};
use super::value::{camel, inline, value};
use crate::model::{Field, Schema, SchemaRef, Value};

/// An object as it is declared.
pub(super) enum ObjectSchema {
    /// Only the schema of all values is.
    Map(Value),
    Fields(Vec<Field>),
}

/// What `all` says of objects. What is inside and needs a name is called after `owner`.
pub(super) fn map_or_fields<'a>(
    context: &mut Context<'a>,
    all: &Conjunction<'a>,
    owner: &str,
) -> Option<ObjectSchema> {
    let is_trivial =
        |value: &Json| matches!(value, Json::Bool(true)) || *value == Json::Object(Map::new());
    let values: Vec<_> = all
        .parts
        .iter()
        .filter(|part| part.get("additionalProperties").is_some_and(|value| !is_trivial(value)))
        .map(|part| part.key("additionalProperties"))
        .collect();
    if let Some(closed) = values.iter().find(|part| part.value() == Some(&Json::Bool(false))) {
        let help = "leave it out: objects stay open, since readers must survive new fields";
        context.report(closed, "a closed object", help);
        return None;
    }
    let declared = ["properties", "required"];
    let has_fields =
        all.parts.iter().any(|part| declared.iter().any(|key| part.get(key).is_some()));
    match (values.first(), has_fields) {
        (None, true) => Some(ObjectSchema::Fields(fields(context, &all.parts, owner, &[]))),
        (None, false) => Some(ObjectSchema::Map(inline(Schema::Any, false))),
        (Some(_), false) => {
            Some(ObjectSchema::Map(value(context, &values, &format!("{owner}Value"))?))
        }
        (Some(part), true) => {
            let help = "put the map into a field of its own, or leave `additionalProperties` out";
            context.report(part, "an object that is a map, too", help);
            None
        }
    }
}

/// The fields that `parts` declare, but for `skip`.
pub(super) fn fields<'a>(
    context: &mut Context<'a>,
    parts: &[Part<'a>],
    owner: &str,
    skip: &[&str],
) -> Vec<Field> {
    let mut declared: Vec<(&'a str, Vec<Part<'a>>)> = Vec::new();
    for part in parts {
        let properties = part.get("properties").and_then(Json::as_object).into_iter();
        for name in properties.flat_map(Map::keys).filter(|name| !skip.contains(&name.as_str())) {
            let property = part.key("properties").key(name);
            match declared.iter_mut().find(|(known, _)| known == name) {
                Some((_, parts)) => parts.push(property),
                None => declared.push((name, vec![property])),
            }
        }
    }
    let mut required = Vec::new();
    for name in parts.iter().flat_map(|part| part.elements("required")) {
        let Some(Json::String(key)) = name.value() else { continue };
        if !declared.iter().any(|(known, _)| known == key) && !skip.contains(&key.as_str()) {
            let help = "declare it in `properties`, or remove it here";
            context.report(&name, format!("{key} is required and not declared"), help);
        }
        required.push(key.as_str());
    }
    let mut fields = Vec::new();
    for (name, parts) in declared {
        let conventions = &context.sources.manifest.conventions;
        let (names, documentation) = (conventions.names, conventions.documentation);
        if !is_field_name(name) {
            let message = format!("`{name}` is not a valid field name");
            context.breach(names, &parts[0], message, "use snake_case: a-z, 0-9 and _");
        }
        let Some(value) = value(context, &parts, &format!("{owner}{}", camel(name))) else {
            continue;
        };
        let mut texts = parts.iter().filter_map(|part| part.string("description"));
        let own_description = texts.find(|text| !text.trim().is_empty()).map(str::to_owned);
        let is_described = own_description.is_some()
            || matches!(&value.schema, SchemaRef::Named(name) if
                context.definitions.get(name).is_none_or(|known| !known.description.is_empty()));
        if !is_described {
            let help = "add \"description\": \"...\"";
            context.breach(documentation, &parts[0], "`description` is missing", help);
        }
        // Every public field says something, be it only which values it takes.
        let own_description =
            own_description.or_else(|| (!is_described).then(|| format!("Takes: {value}.")));
        fields.push(Field {
            name: name.to_owned(),
            value,
            required: required.contains(&name),
            own_description,
            location: parts[0].location(),
        });
    }
    fields
}
