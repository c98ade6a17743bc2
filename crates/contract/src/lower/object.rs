//! The fields of an object, or the values of a map.

use serde_json::{Map, Value as Json};

use super::conjunction::Conjunction;
use super::context::{Context, Part};

/// An object as it is declared.
pub(super) enum ObjectSchema<'a> {
    /// Only the schema of all values is: these parts, or anything if there are none.
    Map(Vec<Part<'a>>),
    Fields(Vec<Property<'a>>),
}

/// A field as it is declared.
pub(super) struct Property<'a> {
    pub(super) name: &'a str,
    /// All that is said of its values.
    pub(super) parts: Vec<Part<'a>>,
    pub(super) required: bool,
}

/// What `all` says of objects.
pub(super) fn object<'a>(
    context: &mut Context<'a>,
    all: &Conjunction<'a>,
) -> Option<ObjectSchema<'a>> {
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
        (None, true) => Some(ObjectSchema::Fields(properties(context, &all.parts, &[]))),
        (_, false) => Some(ObjectSchema::Map(values)),
        (Some(part), true) => {
            let help = "put the map into a field of its own, or leave `additionalProperties` out";
            context.report(part, "an object that is a map, too", help);
            None
        }
    }
}

/// The fields that `parts` declare, but for `skip`.
pub(super) fn properties<'a>(
    context: &mut Context<'a>,
    parts: &[Part<'a>],
    skip: &[&str],
) -> Vec<Property<'a>> {
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
            context.report(&name, format!("`{key}` is required and not declared"), help);
        }
        required.push(key.as_str());
    }
    let declared = declared.into_iter();
    declared
        .map(|(name, parts)| Property { name, required: required.contains(&name), parts })
        .collect()
}
