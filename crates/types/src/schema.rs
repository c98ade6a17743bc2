//! What the types say of themselves to schemars.

/// `schema` with a description.
pub(crate) fn described(mut schema: schemars::Schema, description: &str) -> schemars::Schema {
    schema.insert("description".to_owned(), description.into());
    schema
}
