//! What a document says of itself and of how deliveries are sent, in OpenAPI as in AsyncAPI.

use clip_events_contract::model::Envelope;
use clip_events_contract::{Contract, Delivery};
use serde_json::{Value, json};

use crate::header::generated_from;

/// The member of a document that names the command that made it.
pub(super) const MARK: &str = "x-generated";

/// What [`MARK`] says.
pub(super) fn mark() -> String {
    generated_from("schema/")
}

/// The contract as it stands, which has more than its newest release. No number: a release must not make the documents stale.
const VERSION: &str = "current";

/// The title, the version and the description.
pub(super) fn info(contract: &Contract) -> Value {
    let key = Envelope::TYPE;
    let delivery = contract.manifest.delivery.as_ref();
    let sent = delivery.map(|delivery| format!("\n\n{}", delivery.description));
    let mut info = json!({
        "title": contract.manifest.title,
        "version": VERSION,
        "description": format!(
            "{}{}\n\nThe event types here are those that are known today. There will be others, and further fields: accept a `{key}` \
             that is not listed, and ignore a field that is not.",
            contract.envelope.description,
            sent.unwrap_or_default(),
        ),
    });
    if let Some(expression) = &contract.manifest.license {
        info["license"] = json!({ "name": expression });
    }
    info
}

/// The answers that mean something to the sender, by their status.
pub(super) fn answers(contract: &Contract) -> Vec<(String, String)> {
    let unsaid = || {
        let unsaid = [("2XX", "Received."), ("4XX", "Refused."), ("5XX", "Not received.")];
        unsaid.map(|(status, meaning)| (status.to_owned(), meaning.to_owned())).to_vec()
    };
    contract.manifest.delivery.as_ref().map_or_else(unsaid, |delivery| delivery.answers.clone())
}

/// The name of the scheme that [`signature`] describes.
pub(super) const SIGNATURE: &str = "signature";

/// The scheme by which a receiver knows the sender, as `kind` of key in a header.
pub(super) fn signature(delivery: &Delivery, kind: &str) -> Value {
    json!({
        SIGNATURE: {
            "type": kind,
            "in": "header",
            "name": delivery.signature_header,
            "description": delivery.signature_description,
        }
    })
}
