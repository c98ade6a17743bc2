//! The embedded contract, with what judging asks of it: where each schema stands, and strings held against keywords.

use std::collections::HashMap;
use std::sync::LazyLock;

use schema_compat::pattern::Automaton;
use serde_json::{Map, Value};

/// The contract as one self-contained JSON Schema (draft 2020-12). Every verdict follows from it.
///
/// Its `$defs` hold the shared definitions, and the shapes of `data` under their event types.
/// [`Violation::schema`](crate::Violation::schema) points into it. [`schema`] gives it parsed.
pub const SCHEMA: &str = include_str!("generated/contract.schema.json");

/// [`SCHEMA`] as a value. It is parsed once, on the first call.
///
/// ```
/// let schema = clip_events_validator::schema();
/// assert_eq!(schema["$defs"]["Progress"]["maximum"], 1);
/// ```
pub fn schema() -> &'static Value {
    static BUNDLE: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(SCHEMA).expect("codegen writes JSON"));
    &BUNDLE
}

/// The keywords of a schema.
pub(crate) type Schema = &'static Map<String, Value>;

/// The whole bundle as a schema.
pub(crate) fn bundle() -> Schema {
    schema().as_object().expect("codegen writes an object")
}

/// The schema that `schema` refers to.
pub(crate) fn referent(schema: Schema) -> Option<Schema> {
    let pointer = schema.get("$ref")?.as_str()?.strip_prefix('#')?;
    self::schema().pointer(pointer)?.as_object()
}

/// The schemas in the array under `keyword`.
pub(crate) fn branches(schema: Schema, keyword: &str) -> impl Iterator<Item = Schema> {
    schema.get(keyword).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// The field that a branch of the bundle looks at, and the values for which its `then` holds. Codegen writes no other `if`.
pub(crate) fn case(branch: Schema) -> Option<(&'static str, &'static [Value])> {
    let (field, values) = branch.get("if")?.get("properties")?.as_object()?.iter().next()?;
    let values = match (values.get("const"), values.get("enum")) {
        (Some(value), _) => std::slice::from_ref(value),
        (None, values) => values?.as_array()?,
    };
    Some((field, values))
}

/// JSON Pointer to `schema` in the bundle.
pub(crate) fn pointer(schema: Schema) -> &'static str {
    static POINTERS: LazyLock<HashMap<usize, String>> = LazyLock::new(|| {
        fn collect(value: &'static Value, pointer: String, pointers: &mut HashMap<usize, String>) {
            match value {
                Value::Object(members) => {
                    for (key, value) in members {
                        collect(value, pointer.clone() + &token(key), pointers);
                    }
                    pointers.insert(address(members), pointer);
                }
                Value::Array(items) => {
                    for (index, value) in items.iter().enumerate() {
                        collect(value, format!("{pointer}/{index}"), pointers);
                    }
                }
                _ => {}
            }
        }
        let mut pointers = HashMap::new();
        collect(self::schema(), String::new(), &mut pointers);
        pointers
    });
    POINTERS.get(&address(schema)).map_or("", String::as_str)
}

/// What tells a schema of the bundle from its equals elsewhere.
fn address(schema: &Map<String, Value>) -> usize {
    std::ptr::from_ref(schema).addr()
}

/// Whether two schemas of the bundle are one.
pub(crate) fn is_same(one: Schema, other: Schema) -> bool {
    std::ptr::eq(one, other)
}

/// The step of a JSON Pointer (RFC 6901) to the member `key`: a slash and the key, escaped.
pub(crate) fn token(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Whether `text` matches `pattern`, one of the bundle.
pub(crate) fn is_match(pattern: &str, text: &str) -> bool {
    static PATTERNS: LazyLock<HashMap<&str, Automaton>> =
        LazyLock::new(|| each_operand("pattern", |pattern| Automaton::compile(pattern).ok()));
    PATTERNS.get(pattern).is_some_and(|automaton| automaton.is_match(text))
}

/// What `compile` makes of each string under `keyword` in the bundle.
pub(crate) fn each_operand<T>(
    keyword: &str,
    compile: impl Fn(&str) -> Option<T>,
) -> HashMap<&'static str, T> {
    let mut compiled = HashMap::new();
    let mut values = vec![schema()];
    while let Some(value) = values.pop() {
        if let Some(operand) = value.get(keyword).and_then(Value::as_str) {
            // Examples may have a member of this name, and any string in it.
            compiled.extend(compile(operand).map(|compiled| (operand, compiled)));
        }
        match value {
            Value::Object(members) => values.extend(members.values()),
            Value::Array(items) => values.extend(items),
            _ => {}
        }
    }
    compiled
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the explaining path judges, or knows to constrain nothing. It would pass over any other keyword in silence.
    const KNOWN: &[&str] = &[
        "$schema",
        "$id",
        "$ref",
        "$defs",
        "$comment",
        "title",
        "description",
        "examples",
        "default",
        "deprecated",
        "readOnly",
        "writeOnly",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "then",
        "type",
        "const",
        "enum",
        "required",
        "properties",
        "additionalProperties",
        "items",
        "minItems",
        "maxItems",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
    ];

    #[test]
    fn every_keyword_of_the_bundle_is_known() {
        fn check(value: &'static Value) {
            let Value::Object(schema) = value else { panic!("no schema: {value}") };
            for (keyword, operand) in schema {
                assert!(
                    KNOWN.contains(&&**keyword) || keyword.starts_with("x-"),
                    "{}: {keyword}",
                    pointer(schema)
                );
                match (keyword.as_str(), operand) {
                    ("properties" | "$defs", Value::Object(schemas)) => {
                        schemas.values().for_each(check);
                    }
                    ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                        schemas.iter().for_each(check);
                    }
                    ("items" | "additionalProperties" | "then", Value::Object(_)) => check(operand),
                    ("if", _) => assert!(case(schema).is_some(), "{}", pointer(schema)),
                    ("items" | "additionalProperties", _) => {
                        assert_eq!(*operand, Value::Bool(true));
                    }
                    _ => {}
                }
            }
        }
        check(schema());
    }
}
