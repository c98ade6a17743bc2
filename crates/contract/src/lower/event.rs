//! `data/*.schema.json`: one shape of `data` for each event type.

use serde_json::Value as Json;

use super::after::{after, check_circles};
use super::conjunction::Conjunction;
use super::context::{Context, Part, camel, is_field_name};
use super::follow_up::follow_up;
use super::object::{ObjectSchema, object};
use super::types::{Types, types};
use super::value;
use crate::model::{Envelope, EventShape, Field};

/// Lowers all shapes, in the order of their event types.
pub(super) fn lower_all(context: &mut Context<'_>) -> Vec<EventShape> {
    let files = context.sources.data.iter();
    let mut events: Vec<_> = files.map(|source| lower(context, &Part::root(source))).collect();
    events.sort_by(|a, b| a.event_type.cmp(&b.event_type));
    check_circles(context, &events);
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
    let (fields, is_whole) = fields(context, file, &camel(&event_type));
    let named = if is_whole { &[][..] } else { &fields };
    missing_examples(context, file, named);
    EventShape {
        after: after(context, file),
        follow_up: follow_up(context, file, named),
        title: context.text(file, "title"),
        description: context.text(file, "description"),
        event_type,
        domain,
        high_volume,
        fields,
        is_whole,
        location: file.location(),
    }
}

/// The fields of the shape in `file`; or the one that stands for `data` as a whole, where it is one of several shapes or a map.
fn fields<'a>(context: &mut Context<'a>, file: &Part<'a>, owner: &str) -> (Vec<Field>, bool) {
    let nothing = (Vec::new(), false);
    let Some(all) = Conjunction::default().and(context, std::slice::from_ref(file)) else {
        return nothing;
    };
    let is_union = |part: &Part<'_>| ["anyOf", "oneOf"].iter().any(|key| part.get(key).is_some());
    if !all.parts.iter().any(is_union) {
        if types(context, &all).is_none_or(|types| types != Types::OBJECT) {
            let help = "write \"type\": \"object\"";
            context.report(&file.key("type"), "`type` is not object", help);
            return nothing;
        }
        match object(context, &all) {
            Some(ObjectSchema::Fields(properties)) => {
                return (value::fields(context, properties, owner), false);
            }
            Some(ObjectSchema::Map(_)) => {}
            None => return nothing,
        }
    }
    let value = value::value(context, std::slice::from_ref(file), &format!("{owner}Data"));
    let field = value.map(|value| Field {
        name: Envelope::DATA.to_owned(),
        value,
        required: true,
        own_description: Some("`data` as a whole.".to_owned()),
        location: file.location(),
    });
    (field.into_iter().collect(), true)
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
