//! The Rust of the types crate: `crates/types/src/generated/`.
//!
//! Renderers, one for each file: `borrowed`, `builder`, `data`, `definitions`, `event`, `event_type`, `methods`, `parser`. None imports
//! another. What they share lies below them: `names` (identifiers, and which are taken), `types`, `impls`, `slots`, `docs`,
//! `typified` with `fixups` (the structs that typify makes), and `format` with `wrap`, which prints a file.

mod borrowed;
mod builder;
mod data;
mod definitions;
mod docs;
mod event;
mod event_type;
mod fixups;
mod format;
mod impls;
mod methods;
mod names;
mod parser;
mod slots;
mod types;
mod typified;
mod wrap;

use clip_events_contract::{Contract, Sources};
use proc_macro2::TokenStream;

use crate::error::CodegenError;
use crate::files::Artifact;

/// Renders the files of the types crate.
///
/// # Errors
///
/// When two names of the contract become one in Rust, or when a renderer fails.
pub(crate) fn render(
    sources: &Sources,
    contract: &Contract,
) -> Result<Vec<Artifact>, CodegenError> {
    names::check(sources, contract)?;
    Ok(vec![
        file("crates/types/src/generated/borrowed.rs", borrowed::render(contract))?,
        file("crates/types/src/generated/builder.rs", builder::render(contract))?,
        file("crates/types/src/generated/data.rs", data::render(contract)?)?,
        file("crates/types/src/generated/definitions.rs", definitions::render(contract))?,
        file("crates/types/src/generated/event.rs", event::render(contract))?,
        file("crates/types/src/generated/event_type.rs", event_type::render(contract))?,
        file("crates/types/src/generated/methods.rs", methods::render(contract))?,
        file("crates/types/src/generated/parser.rs", parser::render(contract)?)?,
    ])
}

fn file(path: &'static str, tokens: TokenStream) -> Result<Artifact, CodegenError> {
    let text = format::file(tokens).map_err(|error| CodegenError::Syntax { path, error })?;
    Ok(Artifact { path: path.into(), text })
}
