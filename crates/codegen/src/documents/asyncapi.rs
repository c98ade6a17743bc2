//! `docs/generated/asyncapi.json`: AsyncAPI 3, with a message for each event type that is known, all sent on one channel.
//!
//! Its tools read schemas as draft 7 does, where nothing counts beside a `$ref`: so here each stands alone.

use std::collections::BTreeSet;

use clip_events_contract::Contract;
use serde_json::{Map, Value, json};

use super::info::{self, SIGNATURE, answers, info};
use super::schemas::{Event, Schemas};

/// Where the types stand.
const SCHEMAS: &str = "#/components/schemas/";
const CHANNEL: &str = "deliveries";
const MEDIA_TYPE: &str = "application/json";
/// The tag of the event types that fire many times for one job.
const HIGH_VOLUME: &str = "high-volume";

pub(super) fn render(contract: &Contract, schemas: &Schemas<'_>) -> Value {
    let delivery = contract.manifest.delivery.as_ref();
    let mut components = json!({ "schemas": schemas.with_lone_references(SCHEMAS) });
    let headers = delivery.map(|delivery| {
        let header = &delivery.signature_header;
        let value = json!({ "type": "string", "description": delivery.signature_description });
        json!({ "type": "object", "required": [header], "properties": { header: value } })
    });
    let messages = schemas.events.iter();
    let messages = messages.map(|event| (event.name.clone(), message(event, headers.as_ref())));
    components["messages"] = Value::Object(messages.collect());
    let references = schemas.events.iter().map(|event| {
        let reference = json!({ "$ref": format!("#/components/messages/{}", event.name) });
        (event.name.clone(), reference)
    });
    let meanings = answers(contract).into_iter();
    let meanings = meanings.map(|(status, meaning)| format!("- {status}: {meaning}"));
    let meanings = meanings.collect::<Vec<_>>().join("\n");
    let mut operation = json!({
        "action": "send",
        "channel": { "$ref": format!("#/channels/{CHANNEL}") },
        "title": "Deliver an event",
        "description": format!("What the answer means:\n\n{meanings}"),
        "bindings": { "http": { "method": "POST", "bindingVersion": "0.3.0" } },
    });
    if let Some(delivery) = delivery {
        components["securitySchemes"] = info::signature(delivery, "httpApiKey");
        let reference = format!("#/components/securitySchemes/{SIGNATURE}");
        operation["security"] = json!([{ "$ref": reference }]);
    }
    let domains: BTreeSet<_> = contract.events.iter().map(|shape| &shape.domain).collect();
    let mut info = info(contract);
    info["tags"] = domains.into_iter().map(|domain| json!({ "name": domain })).collect();
    json!({
        "asyncapi": "3.1.0",
        info::MARK: info::mark(),
        "info": info,
        "defaultContentType": MEDIA_TYPE,
        "channels": {
            CHANNEL: {
                "address": null,
                "title": "Deliveries",
                "description": "The URL that the receiver has named.",
                "messages": references.collect::<Map<_, _>>(),
            }
        },
        "operations": { "deliver": operation },
        "components": components,
    })
}

/// The message of an event type.
fn message(event: &Event<'_>, headers: Option<&Value>) -> Value {
    let shape = event.shape;
    let mut tags = vec![json!({ "name": shape.domain })];
    if shape.high_volume && shape.domain != HIGH_VOLUME {
        tags.push(json!({ "name": HIGH_VOLUME }));
    }
    let mut message = json!({
        "name": shape.event_type,
        "title": shape.title,
        "summary": shape.description,
        "contentType": MEDIA_TYPE,
        "tags": tags,
    });
    if let Some(path) = &shape.follow_up {
        message["x-follow-up"] = path.to_string().into();
    }
    if let Some(headers) = headers {
        message["headers"] = headers.clone();
    }
    message["payload"] = json!({ "$ref": format!("{SCHEMAS}{}", event.name) });
    if let Some(example) = &event.example {
        message["examples"] = json!([{ "payload": example }]);
    }
    message
}
