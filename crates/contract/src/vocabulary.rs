//! The keywords that schemas are written in.

/// The dialect of every schema file.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// The annotations of this project's own. The gate has a rule for a change of each.
pub const OUR_ANNOTATIONS: &[&str] =
    &["x-domain", "x-high-volume", "x-after", "x-follow-up", "x-known-values", "x-unit"];

/// Keywords that say what a schema means and constrain nothing.
pub(crate) const ANNOTATIONS: &[&str] = &[
    "$comment",
    "title",
    "description",
    "examples",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "format",
    "x-known-values",
    "x-unit",
];
/// Keywords at the top of a file.
pub(crate) const DOCUMENT: &[&str] = &["$schema", "$id", "$defs"];
/// Keywords of a shape of `data`, besides those of any schema.
pub(crate) const SHAPE: &[&str] = &["x-domain", "x-high-volume", "x-after", "x-follow-up"];
/// Keywords that constrain.
pub(crate) const CONSTRAINTS: &[&str] = &[
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
    "type",
    "enum",
    "const",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];

/// Whether `keyword` is one of JSON Schema's own that a contract may use, not an annotation that only this project or this
/// contract knows.
pub fn is_standard(keyword: &str) -> bool {
    let known = [ANNOTATIONS, DOCUMENT, CONSTRAINTS];
    !OUR_ANNOTATIONS.contains(&keyword) && known.iter().any(|list| list.contains(&keyword))
}

/// The nearest way that works, for the keywords that people reach for first.
pub(crate) const INSTEAD: &[(&str, &str)] = &[
    (
        "unevaluatedProperties",
        "leave it out: objects stay open, since readers must survive new fields",
    ),
    ("patternProperties", "use `additionalProperties` with the schema of all values"),
    ("propertyNames", "leave it out: the keys of a map are any strings"),
    (
        "minProperties",
        "leave it out: a map may be empty, and required fields are listed in `required`",
    ),
    ("maxProperties", "leave it out: objects stay open"),
    ("dependentRequired", "make one object of the fields that come together"),
    ("dependentSchemas", "use `oneOf` of objects that a required `const` tells apart"),
    ("if", "use `oneOf` of objects that a required `const` tells apart"),
    ("then", "use `oneOf` of objects that a required `const` tells apart"),
    ("else", "use `oneOf` of objects that a required `const` tells apart"),
    ("not", "say what is taken: `type`, `enum`, bounds"),
    ("prefixItems", "use an object: its members have names"),
    ("contains", "use `items`: all items are alike"),
    ("uniqueItems", "leave it out: lists may repeat an item"),
    ("unevaluatedItems", "use `items`"),
    ("$dynamicRef", "use `$ref`"),
    ("$anchor", "use a pointer: #/$defs/Name"),
    ("nullable", "write \"type\": [\"string\", \"null\"]"),
];

/// The one of `known` that `written` is most like, if it may be a slip of the pen.
pub(crate) fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let similar =
        known.map(|known| (strsim::normalized_damerau_levenshtein(written, known), known));
    let similar = similar.filter(|(similarity, _)| *similarity > 0.7);
    similar.max_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, known)| known)
}
