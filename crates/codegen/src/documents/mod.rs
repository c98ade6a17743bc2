//! Documents for the tools of others: the contract as generators of code like it, OpenAPI and AsyncAPI.
//!
//! Renderers, one for each document: `flavor`, `openapi`, `asyncapi`. What they share lies below them: `schemas` (the contract under the
//! names of types, with the `names`) and `info` (what each document says of itself).

mod asyncapi;
mod flavor;
mod info;
mod names;
mod openapi;
mod schemas;

use clip_events_contract::{Contract, Sources};
use schema_source::pretty_json;
use serde_json::Value;

use crate::files::Artifact;
use schemas::Schemas;

/// Renders the documents. The first stands in the crate of the command that prints it.
pub(crate) fn render(sources: &Sources, contract: &Contract) -> Vec<Artifact> {
    let schemas = Schemas::of(sources, contract);
    vec![
        file(
            "crates/cli/src/generated/contract.codegen.schema.json",
            &flavor::render(contract, &schemas),
        ),
        file("docs/generated/asyncapi.json", &asyncapi::render(contract, &schemas)),
        file("docs/generated/openapi.json", &openapi::render(contract, &schemas)),
    ]
}

fn file(path: &str, document: &Value) -> Artifact {
    Artifact { path: path.into(), text: pretty_json(document) }
}
