//! `cargo xtask codegen`: every artifact, from the contract and from the rules of its gate.

use std::path::Path;

use clip_events_codegen::files::{Artifact, FileError, Stale, StaleFile, update};
use clip_events_codegen::standalone::{self, Template};
use clip_events_codegen::{COMMAND, CodegenError, generated_from};
use clip_events_contract::{SchemaErrors, Sources, deliveries, scaffold};
use schema_compat_gate::report::rules_page;

use crate::columns;

/// Why the artifacts could not be made or compared.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The schemas are wrong, or the example deliveries are.
    #[error(transparent)]
    Schemas(#[from] SchemaErrors),
    /// A renderer failed.
    #[error(transparent)]
    Render(#[from] CodegenError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Renders all artifacts of the contract below `root`, in the order of their paths.
///
/// # Errors
///
/// When the schemas are not a contract, an example delivery is missing or wrong, or a renderer fails.
pub fn render(root: &Path) -> Result<Vec<Artifact>, Error> {
    let sources = Sources::read(root)?;
    let artifacts = clip_events_codegen::render(&sources);
    // All that is wrong is told at once.
    let mut artifacts = match (artifacts, deliveries::check(root, &sources)) {
        (Ok(artifacts), Ok(())) => artifacts,
        (Err(CodegenError::Schemas(mut errors)), Err(more)) => {
            errors.0.extend(more.0);
            return Err(errors.into());
        }
        (Err(error), _) => return Err(error.into()),
        (Ok(_), Err(errors)) => return Err(errors.into()),
    };
    let contract = clip_events_contract::lower(&sources)?;
    artifacts.extend(clip_events_codegen::columns(&contract, columns::released(root).as_deref())?);
    let head = format!(
        "<!-- {} -->\n\n\
         # Rules of the compatibility gate\n\n\
         How `cargo xtask compat` names a change, whom the change breaks, and what to do instead.",
        generated_from("crates/gate/src/rules.json")
    );
    artifacts.push(Artifact {
        path: "docs/generated/compat-rules.md".into(),
        text: rules_page::page(&head),
    });
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(artifacts)
}

/// Renders all artifacts below `root`, and writes or reports those that changed.
///
/// # Errors
///
/// When rendering fails or a file cannot be read or written.
pub fn run(root: &Path, stale: Stale) -> Result<Vec<StaleFile>, Error> {
    Ok(update(root, &render(root)?, stale)?)
}

/// Renders the types crate of the contract in the folder `schema` into the folder `out`, after the model of the one below `root`.
///
/// # Errors
///
/// When the schemas are not a contract, a renderer fails, or a file cannot be read or written.
pub fn run_elsewhere(root: &Path, schema: &Path, out: &Path) -> Result<Vec<StaleFile>, Error> {
    let sources = Sources::read_folder(Path::new(""), schema)?;
    let artifacts = standalone::types_crate(&sources, &Template::read(root)?)?;
    Ok(update(out, &artifacts, Stale::Write)?)
}

/// What became of the files, for a person: those that changed, or that all are fresh.
pub fn told(changes: &[StaleFile]) -> String {
    if changes.is_empty() {
        return "all generated files are fresh\n".to_owned();
    }
    let line = |change: &StaleFile| {
        let done = if change.removed { "removed" } else { "wrote" };
        format!("{done} {}\n", change.path.display())
    };
    changes.iter().map(line).collect()
}

/// So many pieces of advice are told.
const MOST_ADVICE: usize = 20;

/// The conventions that `sources` breach without being wrong, for a person; empty if there are none.
///
/// # Errors
///
/// When the schemas are not a contract.
pub fn advice(sources: &Sources) -> Result<String, Error> {
    let mut advice = clip_events_contract::lower(sources)?.advice;
    advice.extend(scaffold::check_written(sources).err().into_iter().flat_map(|errors| errors.0));
    let listed = advice.iter().take(MOST_ADVICE).map(|advice| format!("advice: {advice}\n"));
    let more = advice.len().checked_sub(MOST_ADVICE).filter(|more| *more > 0);
    let more = more.map(|more| format!("and {more} more\n"));
    Ok(listed.chain(more).collect::<Vec<_>>().concat())
}

/// The stale files, as an error for a person.
pub fn stale(changes: &[StaleFile]) -> String {
    let paths = changes.iter().map(|change| format!("  {}\n", change.path.display()));
    let paths: String = paths.collect();
    format!("stale generated files:\n{paths}  help: run `{COMMAND}` and commit the result")
}
