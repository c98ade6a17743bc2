#![doc = include_str!("../README.md")]

mod columns;
mod documents;
mod error;
mod events_page;
mod field_lines;
pub mod files;
mod header;
mod python;
mod rust;
mod rust_api;
mod samples;
pub mod site;
pub mod standalone;
mod type_names;
mod typescript;

use clip_events_contract::{Sources, bundle};
use schema_source::pretty_json;

pub use columns::{columns, released_columns};
pub use error::CodegenError;
pub use header::{COMMAND, generated_from};
pub use rust_api::rust_api;

use files::Artifact;

/// Renders all artifacts of the contract.
///
/// # Errors
///
/// When the schemas are not a contract, when two of its names become one in a target language, or when a renderer fails.
pub fn render(sources: &Sources) -> Result<Vec<Artifact>, CodegenError> {
    let contract = clip_events_contract::lower(sources)?;
    let mut artifacts = rust::render(sources, &contract)?;
    artifacts.extend(typescript::render(sources, &contract)?);
    artifacts.extend(python::render(sources, &contract)?);
    artifacts.extend(documents::render(sources, &contract));
    artifacts.push(Artifact {
        path: "crates/validator/src/generated/contract.schema.json".into(),
        text: pretty_json(&bundle::bundle(sources)),
    });
    artifacts.push(Artifact {
        path: "docs/generated/events.md".into(),
        text: events_page::render(sources, &contract),
    });
    Ok(artifacts)
}
