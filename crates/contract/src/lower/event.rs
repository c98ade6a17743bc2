//! `data/*.schema.json`: one shape of `data` for each event type.

use serde_json::Value as Json;

use super::conjunction::Conjunction;
use super::context::{Context, Part, camel, is_field_name};
use super::follow_up::follow_up;
use super::object::{ObjectSchema, object};
use super::types::{Types, types};
use super::value;
use crate::model::{EventShape, Field};

/// Lowers all shapes, in the order of their event types.
pub(super) fn lower_all(context: &mut Context<'_>) -> Vec<EventShape> {
    let files = context.sources.data.iter();
    let mut events: Vec<_> = files.map(|source| lower(context, &Part::root(source))).collect();
    events.sort_by(|a, b| a.event_type.cmp(&b.event_type));
    if events.is_empty() {
        let envelope = Part::root(&context.sources.envelope);
        context.report(&envelope, "no event type", "add a schema/data/<event.type>.schema.json");
    }
    events
}

fn lower<'a>(context: &mut Context<'a>, file: &Part<'a>) -> EventShape {
    let event_type = file.source.stem().to_owned();
    let names = context.sources.manifest.conventions.names;
    if !event_type.split('.').all(is_field_name) {
        let message = format!("`{event_type}` is not a valid event type");
        context.breach(names, file, message, "name the file by dotted snake_case words");
    }
    context.examples(file, "add \"examples\": [{...}], one object at least");
    let written = context.text(file, "x-domain");
    let first_word = event_type.split(['.', '_', '-']).next().unwrap_or_default();
    let domain = if written.is_empty() { first_word.to_owned() } else { written };
    if !domain.is_empty() && !domain.split('-').all(is_field_name) {
        let message = format!("`{domain}` is not a valid domain");
        context.breach(names, &file.key("x-domain"), message, "use words in kebab-case");
    }
    let high_volume = match file.get("x-high-volume") {
        None => false,
        Some(Json::Bool(high_volume)) => *high_volume,
        Some(_) => {
            let part = file.key("x-high-volume");
            context.report(&part, "neither true nor false", "write one of the two");
            false
        }
    };
    let fields = fields(context, file, &camel(&event_type));
    missing_examples(context, file, &fields);
    EventShape {
        follow_up: follow_up(context, file, &fields),
        title: context.text(file, "title"),
        description: context.text(file, "description"),
        event_type,
        domain,
        high_volume,
        fields,
        location: file.location(),
    }
}

/// The fields of the shape in `file`.
fn fields<'a>(context: &mut Context<'a>, file: &Part<'a>, owner: &str) -> Vec<Field> {
    let Some(all) = Conjunction::default().and(context, std::slice::from_ref(file)) else {
        return Vec::new();
    };
    let is_union = |part: &Part<'_>| ["anyOf", "oneOf"].iter().any(|key| part.get(key).is_some());
    if let Some(part) = all.parts.iter().find(|part| is_union(part)) {
        let help = "give each alternative an event type of its own, or put the union into a field";
        context.report(part, "`data` is one of several shapes", help);
        return Vec::new();
    }
    let is_object = all.parts.iter().any(|part| part.string("type") == Some("object"));
    if !is_object || types(context, &all).is_none_or(|types| types != Types::OBJECT) {
        context.report(&file.key("type"), "`type` is not object", "write \"type\": \"object\"");
        return Vec::new();
    }
    match object(context, &all) {
        Some(ObjectSchema::Fields(properties)) => value::fields(context, properties, owner),
        Some(ObjectSchema::Map(_)) => {
            let maps = |part: &&Part<'_>| part.get("additionalProperties").is_some();
            if let Some(part) = all.parts.iter().find(maps) {
                let help = "put the map into a field: `data` has fields of its own";
                context.report(&part.key("additionalProperties"), "`data` is a map", help);
            }
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// Tells the fields that no example shows.
fn missing_examples(context: &mut Context<'_>, file: &Part<'_>, fields: &[Field]) {
    let Some(Json::Array(examples)) = file.get("examples") else { return };
    if examples.is_empty() {
        return;
    }
    for field in fields {
        if !examples.iter().any(|example| example.get(&field.name).is_some()) {
            let name = &field.name;
            context.breach(
                context.sources.manifest.conventions.documentation,
                &file.key("examples"),
                format!("no example has `{name}`"),
                format!("add \"{name}\": ... to one of them"),
            );
        }
    }
}
