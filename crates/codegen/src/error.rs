//! The errors of rendering.

use schema_source::SchemaErrors;

/// The reason why the artifacts could not be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodegenError {
    /// The schemas are not a contract, or one that cannot be named in a target language.
    #[error(transparent)]
    Schemas(#[from] SchemaErrors),
    /// The crate that others are modelled on is not one.
    #[error("the types crate cannot be a template: {0}")]
    Template(String),
    /// The columns that were frozen are not such a file.
    #[error(
        "the columns of the newest release cannot be read\n  help: restore schema/releases/ from the version history"
    )]
    Columns,
    /// A renderer wrote something that is not Rust.
    #[error("{path}: generated code does not parse: {error}")]
    Syntax {
        /// The artifact.
        path: &'static str,
        /// Why.
        error: syn::Error,
    },
}
