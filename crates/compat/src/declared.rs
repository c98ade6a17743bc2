//! Restricts a schema to documents that have declared properties only.

use serde_json::{Map, Value};

use crate::{Options, Schema, Verdict, included};

/// Keywords that apply other schemas to the same value.
const IN_PLACE: [&str; 10] = [
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
    "allOf",
    "anyOf",
    "oneOf",
    "if",
    "then",
    "else",
    "dependentSchemas",
];

/// The schema in which every object that declares `properties` has no others: the documents that a
/// well-behaved sender of it produces, as opposed to all that it lets pass.
///
/// What is declared counts across `allOf`, `$ref`, the branches that hold and the like (as
/// `unevaluatedProperties` counts it). Objects that declare nothing, and those that already say
/// what else they take, stay as they are; so do schemas under `if`, `not` and `contains`, which
/// select and do not describe.
///
/// `None` if the result is not proved to be included in the schema itself, as where closing the
/// branches of a `oneOf` tells them apart, or if the draft has no `unevaluatedProperties` where it
/// takes one (up to draft 7, beside `$ref` or `allOf`).
///
/// ```
/// use schema_compat::{Options, Schema, declared_only};
/// use serde_json::json;
///
/// let open = Schema::from(json!({"type": "object", "properties": {"id": {"type": "string"}}}));
/// let closed = declared_only(&open, &Options::default()).expect("it has no unions");
/// assert_eq!(closed.value()["additionalProperties"], json!(false));
/// ```
pub fn declared_only(schema: &Schema, options: &Options) -> Option<Schema> {
    let root = schema.value();
    let draft = crate::schema::common_draft(schema, schema, options).ok()?;
    let modern = matches!(draft, crate::Draft::Draft201909 | crate::Draft::Draft202012);
    let closed = Closer { root, modern }.location(root)?;
    let closed = closed.to_string().parse::<Schema>().ok()?;
    let options = Options { draft: Some(draft), ..options.clone() };
    let verdict = included(&closed, schema, &options).ok()?;
    matches!(verdict, Verdict::Proved(_)).then_some(closed)
}

struct Closer<'a> {
    root: &'a Value,
    modern: bool,
}

impl Closer<'_> {
    /// A schema for a value of its own: closed, if it declares properties.
    fn location(&self, schema: &Value) -> Option<Value> {
        let Value::Object(members) = schema else { return Some(schema.clone()) };
        let mut out = self.within(members)?;
        let says = ["additionalProperties", "unevaluatedProperties"];
        if says.iter().any(|k| members.contains_key(*k)) || !self.declares(schema, 0) {
            return Some(Value::Object(out));
        }
        let alone = !IN_PLACE.iter().any(|k| members.contains_key(*k));
        let keyword = match (alone, self.modern) {
            (true, _) => "additionalProperties",
            (false, true) => "unevaluatedProperties",
            (false, false) => return None,
        };
        out.insert(keyword.to_owned(), Value::Bool(false));
        Some(Value::Object(out))
    }

    /// The same schema with the locations inside it closed.
    fn within(&self, members: &Map<String, Value>) -> Option<Map<String, Value>> {
        let mut out = Map::new();
        for (keyword, value) in members {
            let value = match (keyword.as_str(), value) {
                ("properties" | "patternProperties", Value::Object(named)) => {
                    Value::Object(each(named, |schema| self.location(schema))?)
                }
                ("$defs" | "definitions" | "dependentSchemas", Value::Object(named)) => {
                    Value::Object(each(named, |schema| self.in_place(schema))?)
                }
                ("items" | "prefixItems", Value::Array(schemas)) => {
                    Value::Array(schemas.iter().map(|s| self.location(s)).collect::<Option<_>>()?)
                }
                ("items" | "additionalItems" | "additionalProperties", schema) => {
                    self.location(schema)?
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                    Value::Array(schemas.iter().map(|s| self.in_place(s)).collect::<Option<_>>()?)
                }
                ("then" | "else", schema) => self.in_place(schema)?,
                (_, value) => value.clone(),
            };
            out.insert(keyword.clone(), value);
        }
        Some(out)
    }

    fn in_place(&self, schema: &Value) -> Option<Value> {
        match schema {
            Value::Object(members) => self.within(members).map(Value::Object),
            other => Some(other.clone()),
        }
    }

    /// Whether the schema, or one that it applies to the same value, has `properties`.
    fn declares(&self, schema: &Value, depth: usize) -> bool {
        let Value::Object(members) = schema else { return false };
        if members.contains_key("properties") {
            return true;
        }
        if depth > 20 {
            return false;
        }
        IN_PLACE.iter().filter_map(|k| members.get_key_value(*k)).any(|(keyword, value)| {
            match (keyword.as_str(), value) {
                ("$ref", Value::String(reference)) => reference
                    .strip_prefix('#')
                    .and_then(|pointer| self.root.pointer(pointer))
                    .is_some_and(|target| self.declares(target, depth + 1)),
                (_, Value::Array(schemas)) => schemas.iter().any(|s| self.declares(s, depth + 1)),
                ("dependentSchemas", Value::Object(named)) => {
                    named.values().any(|s| self.declares(s, depth + 1))
                }
                (_, schema) => self.declares(schema, depth + 1),
            }
        })
    }
}

fn each(
    named: &Map<String, Value>,
    close: impl Fn(&Value) -> Option<Value>,
) -> Option<Map<String, Value>> {
    named.iter().map(|(name, schema)| Some((name.clone(), close(schema)?))).collect()
}
