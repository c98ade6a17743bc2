//! The Python of the package `clip_events`: `bindings/python/src/clip_events/generated/`.
//!
//! Renderers, one for each file: `models` (pydantic), `dicts` (`TypedDict`s), `patterns` (tables); `samples` are for the page. What they share lies below them:
//! `names` (what things are called in Python), `values` (the annotation of each value), `docs` and `text` (literals and docstrings).

mod dicts;
mod docs;
mod models;
mod names;
mod patterns;
mod samples;
mod text;
mod values;

use clip_events_contract::{Contract, Sources};

use crate::error::CodegenError;
use crate::files::Artifact;
use names::Names;
use patterns::Patterns;
pub(crate) use samples::samples;

const FOLDER: &str = "bindings/python/src/clip_events/generated";

/// Renders the generated files of the Python package.
///
/// # Errors
///
/// When two names of the contract become one in Python, and its conventions make that an error.
pub(crate) fn render(
    sources: &Sources,
    contract: &Contract,
) -> Result<Vec<Artifact>, CodegenError> {
    let names = Names::of(sources, contract)?;
    let patterns = Patterns::of(contract);
    let file = |name: &str, body: String| Artifact {
        path: format!("{FOLDER}/{name}").into(),
        text: text::file(&body),
    };
    Ok(vec![
        file("__init__.py", "\"\"\"What is derived from the contract.\"\"\"\n".into()),
        file("dicts.py", dicts::render(contract, &names)),
        file("models.py", models::render(contract, &names, &patterns)),
        file("patterns.py", patterns.render()),
    ])
}
