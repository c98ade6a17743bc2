//! Where schemas stand in a schema: one table for all that goes through schemas. All else is data, whatever it looks like.

use schema_source::escape_token;
use serde_json::Value;

/// Keywords whose value is a schema.
const ONE: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords whose value is a list of schemas.
const LIST: &[&str] = &["allOf", "anyOf", "items", "oneOf", "prefixItems"];
/// Keywords whose members are schemas, whatever their names.
const BY_NAME: &[&str] = &[
    "$defs",
    "definitions",
    "dependencies",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// What the value of a keyword is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Schema,
    List,
    /// Of schemas; some members of `dependencies` are lists of names instead.
    ByName,
    Data,
}

impl Holds {
    /// What `value` of `keyword` is, in any draft.
    pub(super) fn of(keyword: &str, value: &Value) -> Self {
        match value {
            Value::Object(_) | Value::Bool(_) if ONE.contains(&keyword) => Self::Schema,
            Value::Object(_) if BY_NAME.contains(&keyword) => Self::ByName,
            Value::Array(_) if LIST.contains(&keyword) => Self::List,
            _ => Self::Data,
        }
    }
}

/// The schemas right below `schema`, each with its JSON Pointer from there.
pub(super) fn below(schema: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let Value::Object(members) = schema else { return found };
    for (keyword, value) in members {
        let at = |key: &str| format!("/{}/{}", escape_token(keyword), escape_token(key));
        match (Holds::of(keyword, value), value) {
            (Holds::Schema, _) => found.push((format!("/{}", escape_token(keyword)), value)),
            (Holds::List, Value::Array(items)) => {
                let items = items.iter().enumerate();
                found.extend(items.map(|(index, item)| (at(&index.to_string()), item)));
            }
            (Holds::ByName, Value::Object(named)) => {
                found.extend(named.iter().map(|(name, schema)| (at(name), schema)));
            }
            _ => {}
        }
    }
    found
}

/// Takes out of `schema` each `$schema` in it, for readers that go by it.
pub(super) fn without_dialects(schema: &mut Value) {
    let Value::Object(members) = schema else { return };
    members.shift_remove("$schema");
    for (keyword, value) in members {
        match (Holds::of(keyword, value), value) {
            (Holds::Schema, value) => without_dialects(value),
            (Holds::List, Value::Array(items)) => items.iter_mut().for_each(without_dialects),
            (Holds::ByName, Value::Object(named)) => named.values_mut().for_each(without_dialects),
            _ => {}
        }
    }
}
