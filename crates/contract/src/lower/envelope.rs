//! `envelope.schema.json`: what all deliveries have in common.

use serde_json::Value;

use super::context::{Context, Part};
use super::fields::fields;
use crate::model::{Envelope, FieldValue, Member};
use crate::vocabulary::{ANNOTATIONS, DOCUMENT, OBJECT};

/// The fields that the generated code needs in every delivery, with the names of their definitions.
const NEEDED: [(&str, &str); 2] = [(Envelope::ID, "EventId"), ("created", "UnixMillis")];

/// Lowers the envelope.
pub(super) fn lower(context: &mut Context<'_>) -> Envelope {
    let file = Part::root(&context.sources.envelope);
    context.keywords(&file, &[DOCUMENT, ANNOTATIONS, OBJECT]);
    let Some(Value::Object(properties)) = file.get("properties") else {
        context.report(&file, "`properties` is missing", "declare the keys of the envelope");
        return Envelope {
            description: String::new(),
            type_description: String::new(),
            members: Vec::new(),
        };
    };
    dispatch(context, &file);
    let mut fields = fields(context, &file, "Envelope", &[Envelope::TYPE, Envelope::DATA]);
    for (name, definition) in NEEDED {
        let is_there = fields.iter().any(|field| {
            field.name == name
                && field.required
                && matches!(&field.value, FieldValue::Named(named) if named.name == definition)
        });
        if !is_there {
            context.report(
                &file.key("properties"),
                format!("`{name}` is not a required {definition}"),
                "an event without identity or time cannot be deduplicated or ordered",
            );
        }
    }
    let mut members = Vec::new();
    for key in properties.keys() {
        match key.as_str() {
            Envelope::TYPE => members.push(Member::Type),
            Envelope::DATA => members.push(Member::Data),
            _ => {
                let field = fields.iter().position(|field| field.name == *key);
                members.extend(field.map(|at| Member::Field(fields.remove(at))));
            }
        }
    }
    Envelope {
        description: context.text(&file, "description"),
        type_description: context.text(&file.key("properties").key(Envelope::TYPE), "description"),
        members,
    }
}

/// Holds that `type` chooses and `data` is chosen.
fn dispatch<'a>(context: &mut Context<'a>, file: &Part<'a>) {
    let required = file.get("required").and_then(Value::as_array);
    for (key, type_name) in [(Envelope::TYPE, "string"), (Envelope::DATA, "object")] {
        let part = file.key("properties").key(key);
        let is_required = required.is_some_and(|keys| keys.iter().any(|name| name == key));
        if is_required && part.string("type") == Some(type_name) {
            context.keywords(&part, &[ANNOTATIONS, &["type"]]);
        } else {
            let message = format!("`{key}` is not a required {type_name}");
            context.report(&part, message, "the dispatch on the event type stands on it");
        }
    }
}
