//! The TypeScript package: `bindings/typescript/src/generated/`.
//!
//! Renderers, one for each file: `types`, `events`, `check` (whether a value that `JSON.parse` has made is a delivery, as code),
//! `tables` (the same as data, for the exact and explaining way) and `patterns`; `samples` are for the page. What they share lies below them: `names`, and
//! `code` (literals, comments, properties).

mod check;
mod code;
mod events;
mod names;
mod patterns;
mod samples;
mod tables;
mod types;

use clip_events_contract::{Contract, Sources};

use crate::error::CodegenError;
use crate::files::Artifact;
use crate::header::generated_from;
use names::Names;
pub(crate) use samples::samples;

/// Renders the generated files of the package. Each pattern of `contract` has an automaton: the types crate needs one, too.
///
/// # Errors
///
/// When two names of the contract become one in TypeScript.
pub(crate) fn render(
    sources: &Sources,
    contract: &Contract,
) -> Result<Vec<Artifact>, CodegenError> {
    let names = Names::of(sources, contract)?;
    let patterns = patterns::Patterns::of(contract);
    Ok(vec![
        file("check.ts", &check::render(contract, &names, &patterns)),
        file("events.ts", &events::render(contract, &names)),
        file("patterns.ts", &patterns.render()),
        file("tables.ts", &tables::render(contract, &names, &patterns)),
        file("types.ts", &types::render(contract, &names)),
    ])
}

fn file(name: &str, text: &str) -> Artifact {
    Artifact {
        path: format!("bindings/typescript/src/generated/{name}").into(),
        text: format!("// {}\n{text}", generated_from("schema/")),
    }
}
