//! `envelope.schema.json`: what all deliveries have in common.

use serde_json::Value as Json;

use super::context::{Context, Part};
use super::object;
use super::value;
use crate::model::{Envelope, Member, Schema, Value};
use crate::vocabulary::{ANNOTATIONS, DOCUMENT};

/// Lowers the envelope.
pub(super) fn lower(context: &mut Context<'_>) -> Envelope {
    let file = Part::root(&context.sources.envelope);
    context.keywords(&file, &[DOCUMENT, ANNOTATIONS, &["type", "required", "properties"]]);
    let Some(Json::Object(properties)) = file.get("properties") else {
        context.report(&file, "`properties` is missing", "declare the keys of the envelope");
        return Envelope {
            description: String::new(),
            type_description: String::new(),
            members: Vec::new(),
        };
    };
    if file.string("type") != Some("object") {
        context.report(&file.key("type"), "`type` is not object", "write \"type\": \"object\"");
    }
    dispatch(context, &file);
    let skip = [Envelope::TYPE, Envelope::DATA];
    let declared = object::properties(context, std::slice::from_ref(&file), &skip);
    let mut fields = value::fields(context, declared, "Envelope");
    for (name, kind) in [(Envelope::ID, "string"), ("created", "integer")] {
        let is_of_kind = |value: &Value| {
            !value.nullable
                && matches!(
                    (context.schema(value), kind),
                    (Some(Schema::String { .. }), "string")
                        | (Some(Schema::Integer { .. }), "integer")
                )
        };
        let mut fields = fields.iter();
        if !fields.any(|field| field.name == name && field.required && is_of_kind(&field.value)) {
            context.breach(
                context.sources.manifest.conventions.identity,
                &file.key("properties"),
                format!("`{name}` is not a required {kind}"),
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
    let required = file.get("required").and_then(Json::as_array);
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
