//! `data/*.schema.json`: one shape of `data` for each event type.

use heck::ToUpperCamelCase as _;
use serde_json::Value;

use super::context::{Context, Part, is_field_name};
use super::fields::fields;
use super::follow_up::follow_up;
use crate::model::EventShape;
use crate::vocabulary::{ANNOTATIONS, DOCUMENT, OBJECT, SHAPE};

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
    context.keywords(file, &[DOCUMENT, ANNOTATIONS, OBJECT, SHAPE]);
    if !event_type.split('.').all(is_field_name) {
        let message = format!("`{event_type}` is not a valid event type");
        context.report(file, message, "name the file by dotted snake_case words");
    }
    context.examples(file, "add \"examples\": [{...}], one object at least");
    let domain = context.text(file, "x-domain");
    if !domain.is_empty() && !domain.split('-').all(is_field_name) {
        let message = format!("`{domain}` is not a valid domain");
        context.report(&file.key("x-domain"), message, "use words in kebab-case");
    }
    let high_volume = match file.get("x-high-volume") {
        None => false,
        Some(Value::Bool(high_volume)) => *high_volume,
        Some(_) => {
            let part = file.key("x-high-volume");
            context.report(&part, "neither true nor false", "write one of the two");
            false
        }
    };
    let fields = fields(context, file, &event_type.to_upper_camel_case(), &[]);
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
