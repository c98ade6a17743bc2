//! `contract.codegen.schema.json`: the contract as generators of code like it: `oneOf` the known event types, each with a `const`.

use clip_events_contract::model::Envelope;
use clip_events_contract::{Contract, vocabulary};
use serde_json::{Value, json};

use super::schemas::Schemas;
use crate::header::generated_from;

/// Name of the document below the contract's base id.
const FILE: &str = "contract.codegen.schema.json";

/// Why it is not the contract itself.
const REASON: &str = "For generators of code, not for validators: on the event types below it takes what contract.schema.json \
                      takes, and it refuses all others, which a reader must accept.";

pub(super) fn render(contract: &Contract, schemas: &Schemas<'_>) -> Value {
    let place = "#/$defs/";
    let events = schemas.events.iter();
    let events = events.map(|event| json!({ "$ref": format!("{place}{}", event.name) }));
    let events: Vec<_> = events.collect();
    let mut document = json!({
        "$schema": vocabulary::DIALECT,
        "$id": format!("{}{FILE}", contract.manifest.base_id),
        "$comment": format!("{} {REASON}", generated_from("schema/")),
        "title": "KnownEvent",
        "description": format!("A delivery whose `{}` is known today.", Envelope::TYPE),
    });
    // An empty `oneOf` is not a valid schema.
    if events.is_empty() {
        document["not"] = json!({});
    } else {
        document["oneOf"] = events.into();
    }
    document["$defs"] = schemas.with_lone_references(place).into();
    document
}
