//! The columns of an archive: `archive/src/generated/columns.json`, and the page that tells them.
//!
//! Files that one release wrote lie beside those of the next, and are read as one table. So a column keeps its name and its type
//! whatever is added to the contract, and however a schema is written: what the newest release had is taken over first.

mod assign;
mod derive;
mod kind;
mod page;

use clip_events_contract::Contract;
use schema_source::pretty_json;
use serde_json::Value;

use crate::error::CodegenError;
use crate::files::Artifact;
use assign::Columns;

/// The file below `archive/`, and of each release a copy.
const PATH: &str = "archive/src/generated/columns.json";

/// Renders the columns of `contract`. `released` is what this rendered for the newest release, if there is one.
///
/// # Errors
///
/// When `released` is not that, or when there are more columns than files should have.
pub fn columns(contract: &Contract, released: Option<&str>) -> Result<Vec<Artifact>, CodegenError> {
    let released = released.map(|text| {
        let value: Option<Value> = serde_json::from_str(text).ok();
        value.as_ref().and_then(Columns::read).ok_or(CodegenError::Columns)
    });
    let columns = Columns::of(contract, released.transpose()?)?;
    Ok(vec![
        Artifact { path: PATH.into(), text: pretty_json(&columns.json()) },
        Artifact {
            path: "docs/generated/columns.md".into(),
            text: page::render(contract, &columns),
        },
    ])
}

/// What [`columns`] needs of this release when the next one is rendered, from the artifacts of this one; `None` if they have no columns.
pub fn released_columns(artifacts: &[Artifact]) -> Option<String> {
    let artifact = artifacts.iter().find(|artifact| artifact.path == *PATH)?;
    let mut value: Value = serde_json::from_str(&artifact.text).ok()?;
    // It is frozen, and generated no more.
    value.as_object_mut()?.remove("$comment");
    Some(pretty_json(&value))
}
