//! The names of the contract's schemas, and the keywords that they are written in.

/// The dialect of every schema file.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// The start of every `$id`. A name, not a place: nothing is fetched from it.
pub const BASE_ID: &str = "https://clip-events.example/schema/";
/// The annotations of this project's own. The gate has a rule for a change of each.
pub const OUR_ANNOTATIONS: &[&str] =
    &["x-domain", "x-high-volume", "x-follow-up", "x-known-values", "x-unit"];

/// Keywords that say what a schema means and constrain nothing.
pub(crate) const ANNOTATIONS: &[&str] = &["$comment", "title", "description", "examples"];
/// Keywords at the top of a file.
pub(crate) const DOCUMENT: &[&str] = &["$schema", "$id"];
/// Keywords of an object.
pub(crate) const OBJECT: &[&str] = &["type", "required", "properties"];
/// Keywords of a shape of `data`, besides those of an object.
pub(crate) const SHAPE: &[&str] = &["x-domain", "x-high-volume", "x-follow-up"];
/// Keywords of a string.
pub(crate) const STRING: &[&str] = &["type", "format", "x-known-values"];
/// Keywords of a boolean.
pub(crate) const BOOLEAN: &[&str] = &["type"];
/// Keywords of a number or an integer.
pub(crate) const NUMBER: &[&str] =
    &["type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "x-unit"];

/// The way out for the keywords that people reach for first.
pub(crate) const INSTEAD: &[(&str, &str)] = &[
    (
        "additionalProperties",
        "leave it out: objects stay open, since readers must survive new fields",
    ),
    (
        "unevaluatedProperties",
        "leave it out: objects stay open, since readers must survive new fields",
    ),
    ("enum", "remove it: sets are open; `x-known-values` of a string names the values of today"),
    ("anyOf", "write one `type`: a field has one type for good"),
    ("oneOf", "write one `type`: a field has one type for good"),
];
