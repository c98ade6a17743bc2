//! Schemas that the gate writes itself, in keywords that every draft has.

use serde_json::{Value, json};

/// A schema of all values.
pub(crate) fn anything() -> Value {
    json!({})
}

/// A schema of no value.
pub(crate) fn nothing() -> Value {
    json!({ "not": {} })
}

/// A schema that demands `then` of the values of `condition`, and nothing of others.
pub(crate) fn where_holds(condition: &Value, then: &Value) -> Value {
    json!({ "anyOf": [{ "not": condition }, then] })
}

/// A schema of the objects whose field `tag` is one of `values`.
pub(crate) fn is_tagged<'a>(tag: &str, values: impl IntoIterator<Item = &'a String>) -> Value {
    let values: Vec<_> = values.into_iter().map(|value| Value::from(value.as_str())).collect();
    json!({ "type": "object", "properties": { tag: { "enum": values } }, "required": [tag] })
}
