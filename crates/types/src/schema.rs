//! What the types say of themselves to schemars: schemas, put together from their parts.

use schemars::Schema;
use serde_json::{Map, Value, json as value};

/// The schema that `text` is.
pub(crate) fn json(text: &str) -> Schema {
    serde_json::from_str::<Map<String, Value>>(text).unwrap_or_default().into()
}

/// `schema` with a description.
pub(crate) fn described(mut schema: Schema, description: &str) -> Schema {
    schema.insert("description".to_owned(), description.into());
    schema
}

/// An object with these properties: the key, whether it is required, and its schema.
pub(crate) fn object<const N: usize>(properties: [(&str, bool, Schema); N]) -> Schema {
    let required: Vec<_> =
        properties.iter().filter(|property| property.1).map(|property| property.0).collect();
    let mut schema = json(r#"{"type":"object"}"#);
    if !required.is_empty() {
        schema.insert("required".to_owned(), value!(required));
    }
    let properties =
        properties.into_iter().map(|(key, _, schema)| (key.to_owned(), schema.to_value()));
    let properties: Map<_, _> = properties.collect();
    if !properties.is_empty() {
        schema.insert("properties".to_owned(), properties.into());
    }
    schema
}

/// An array of `items`, within `limits`.
pub(crate) fn array(items: Schema, limits: &str) -> Schema {
    let mut schema = json(limits);
    schema.insert("type".to_owned(), "array".into());
    schema.insert("items".to_owned(), items.to_value());
    schema
}

/// An object with any keys, and these `values`.
pub(crate) fn map(values: Schema) -> Schema {
    let mut schema = json(r#"{"type":"object"}"#);
    schema.insert("additionalProperties".to_owned(), values.to_value());
    schema
}

/// Any of the alternatives.
pub(crate) fn any_of<const N: usize>(alternatives: [Schema; N]) -> Schema {
    of("anyOf", alternatives)
}

/// All of the parts.
pub(crate) fn all_of<const N: usize>(parts: [Schema; N]) -> Schema {
    of("allOf", parts)
}

/// `schema` with the keywords of `other`.
pub(crate) fn with(mut schema: Schema, other: Schema) -> Schema {
    if let Value::Object(keywords) = other.to_value() {
        for (keyword, operand) in keywords {
            schema.insert(keyword, operand);
        }
    }
    schema
}

/// Exactly one of the alternatives.
pub(crate) fn one_of<const N: usize>(alternatives: [Schema; N]) -> Schema {
    of("oneOf", alternatives)
}

fn of<const N: usize>(keyword: &str, alternatives: [Schema; N]) -> Schema {
    let mut schema = json("{}");
    let alternatives = alternatives.into_iter().map(Schema::to_value);
    schema.insert(keyword.to_owned(), alternatives.collect());
    schema
}

/// An object that the value under `tag` chooses the schema of; other values leave it open.
pub(crate) fn tagged<const N: usize>(tag: &str, branches: [(&str, Schema); N]) -> Schema {
    let mut schema = object([(tag, true, json(r#"{"type":"string"}"#))]);
    let branches = branches.into_iter().map(|(known, branch)| {
        value!({
            "if": { "properties": { tag: { "const": known } }, "required": [tag] },
            "then": branch
        })
    });
    schema.insert("allOf".to_owned(), branches.collect());
    schema
}
