//! The Rust of the types crate: `crates/types/src/generated/`.
//!
//! Renderers, one for each file: `borrowed`, `builder`, `data`, `definitions`, `event`, `event_type`, `methods`, `parser`; `samples` are for the page. What they
//! share lies below them: `model` (the contract with its `names` in Rust, and the type of each value), `structs` (objects), `unions`,
//! `constraints` (the parser's tables) with `patterns`, `schemas` (for schemars), `docs`, and `format` with `wrap`, which prints a file.

mod borrowed;
mod builder;
mod constraints;
mod data;
mod definitions;
mod docs;
mod event;
mod event_type;
mod format;
mod lines;
mod methods;
mod model;
mod names;
mod parser;
mod patterns;
mod samples;
mod schemas;
mod structs;
mod unions;
mod wrap;

use clip_events_contract::{Contract, Sources};
use proc_macro2::TokenStream;

use crate::error::CodegenError;
use crate::files::Artifact;
use model::Model;
use names::Names;
pub(crate) use samples::samples;

/// Renders the files of the types crate.
///
/// # Errors
///
/// When two names of the contract become one in Rust, or when a renderer fails.
pub(crate) fn render(
    sources: &Sources,
    contract: &Contract,
) -> Result<Vec<Artifact>, CodegenError> {
    patterns::check(sources, contract)?;
    let model = Model::new(contract, Names::of(sources, contract)?);
    let tables = constraints::Tables::of(&model);
    Ok(vec![
        file("crates/types/src/generated/borrowed.rs", borrowed::render(&model, &tables))?,
        file("crates/types/src/generated/builder.rs", builder::render(&model))?,
        file("crates/types/src/generated/data.rs", data::render(&model))?,
        file("crates/types/src/generated/definitions.rs", definitions::render(&model))?,
        file("crates/types/src/generated/event.rs", event::render(&model))?,
        file("crates/types/src/generated/event_type.rs", event_type::render(&model))?,
        file("crates/types/src/generated/methods.rs", methods::render(&model))?,
        file("crates/types/src/generated/parser.rs", parser::render(&model, &tables))?,
    ])
}

fn file(path: &'static str, tokens: TokenStream) -> Result<Artifact, CodegenError> {
    let text = format::file(tokens).map_err(|error| CodegenError::Syntax { path, error })?;
    Ok(Artifact { path: path.into(), text })
}
