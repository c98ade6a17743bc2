//! `docs/generated/openapi.json`: OpenAPI 3.1, with a webhook for each event type that is known.

use clip_events_contract::Contract;
use serde_json::{Map, Value, json};

use super::info::{self, SIGNATURE, answers, info};
use super::schemas::{Event, Schemas};

/// Where the types stand.
const SCHEMAS: &str = "#/components/schemas/";

pub(super) fn render(contract: &Contract, schemas: &Schemas<'_>) -> Value {
    let delivery = contract.manifest.delivery.as_ref();
    let statuses: Vec<_> = answers(contract).into_iter().map(|(status, _)| status).collect();
    let webhooks = schemas.events.iter().map(|event| {
        (event.shape.event_type.clone(), json!({ "post": operation(event, &statuses) }))
    });
    let responses = answers(contract).into_iter();
    let responses =
        responses.map(|(status, meaning)| (answer(&status), json!({ "description": meaning })));
    let mut components = json!({
        "schemas": schemas.definitions_at(SCHEMAS),
        "responses": responses.collect::<Map<_, _>>(),
    });
    if let Some(delivery) = delivery {
        components["securitySchemes"] = info::signature(delivery, "apiKey");
    }
    // That nothing shows who sent it has to be said, too.
    let security = delivery.map_or_else(|| json!([]), |_| json!([{ SIGNATURE: [] }]));
    let mut info = info(contract);
    if let Some(expression) = &contract.manifest.license {
        info["license"]["identifier"] = expression.clone().into();
    }
    json!({
        "openapi": "3.1.1",
        info::MARK: info::mark(),
        "info": info,
        "servers": [{
            "url": "https://{endpoint}",
            "description": "The URL that the receiver has named.",
            "variables": { "endpoint": { "default": "receiver.invalid" } },
        }],
        "security": security,
        "webhooks": webhooks.collect::<Map<_, _>>(),
        "components": components,
    })
}

/// What is sent, and what may be answered.
fn operation(event: &Event<'_>, statuses: &[String]) -> Value {
    let shape = event.shape;
    let mut content = json!({ "schema": { "$ref": format!("{SCHEMAS}{}", event.name) } });
    if let Some(example) = &event.example {
        content["examples"] = json!({ "delivery": { "value": example } });
    }
    let responses = statuses.iter().map(|status| {
        let reference = format!("#/components/responses/{}", answer(status));
        (status.clone(), json!({ "$ref": reference }))
    });
    let mut operation = json!({
        "operationId": format!("on{}", event.name),
        "summary": shape.title,
        "description": shape.description,
        "tags": [shape.domain],
        "x-high-volume": shape.high_volume,
    });
    if let Some(path) = &shape.follow_up {
        operation["x-follow-up"] = path.to_string().into();
    }
    operation["requestBody"] =
        json!({ "required": true, "content": { "application/json": content } });
    operation["responses"] = Value::Object(responses.collect());
    operation
}

/// The name of the response with a status.
fn answer(status: &str) -> String {
    format!("Answer{status}")
}
