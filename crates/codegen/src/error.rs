//! The errors of rendering.

use schema_source::SchemaErrors;

/// The reason why the artifacts could not be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CodegenError {
    /// The schemas are not a contract, or one that cannot be named in a target language.
    #[error(transparent)]
    Schemas(#[from] SchemaErrors),
    /// The shapes together declare more different fields than the parser has bits for.
    #[error("{0} different fields in `data`: the parser takes at most 127")]
    TooManyFields(usize),
    /// typify refused the schemas, with its message.
    #[error("typify: {0}")]
    Typify(String),
    /// typify did not make exactly one struct for each shape.
    #[error("typify: not one struct for each shape of `data`: {0}")]
    Structs(String),
    /// A fixup no longer changes anything.
    #[error("the fixup `{0}` no longer applies: remove it from crates/codegen")]
    DeadFixup(&'static str),
    /// A renderer wrote something that is not Rust.
    #[error("{path}: generated code does not parse: {error}")]
    Syntax {
        /// The artifact.
        path: &'static str,
        /// Why.
        error: syn::Error,
    },
}
