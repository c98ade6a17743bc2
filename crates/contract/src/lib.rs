#![doc = include_str!("../README.md")]

use std::path::Path;

pub mod bundle;
pub mod deliveries;
mod examples;
mod lower;
mod manifest;
pub mod model;
pub mod sample;
pub mod scaffold;
mod sources;
pub mod vocabulary;

pub use manifest::{Conventions, Delivery, Manifest, Weight};
pub use model::Contract;
pub use schema_source::{Location, SchemaError, SchemaErrors, Source};
pub use sources::Sources;

/// Reads, checks and lowers the contract in `schema/` below `root`.
///
/// # Errors
///
/// Every error of [`Sources::read`], or else of [`lower`].
pub fn load(root: &Path) -> Result<Contract, SchemaErrors> {
    lower(&Sources::read(root)?)
}

/// Lowers the schemas into the model that renderers read, and checks that each of their `examples` is one.
///
/// # Errors
///
/// Each keyword that some renderer cannot honour, and each breach of `schema/README.md`; if there is none, each example
/// that its schema rejects.
pub fn lower(sources: &Sources) -> Result<Contract, SchemaErrors> {
    let contract = lower::lower(sources)?;
    examples::check(sources)?;
    Ok(contract)
}
