//! What a part of a document refers to, so that it can stand alone.

use schema_source::unescape_token;
use serde_json::{Map, Value};

use crate::pointer::of_reference;

/// `schema`, a part of `document` or made of such, with the definitions that it needs.
pub(crate) fn with_definitions(mut schema: Value, document: &Value) -> Value {
    for keyword in ["$defs", "definitions"] {
        add(&mut schema, document, keyword);
    }
    schema
}

fn add(schema: &mut Value, document: &Value, keyword: &str) {
    let Some(Value::Object(all)) = document.get(keyword) else { return };
    let mut needed = Map::new();
    let mut work: Vec<_> = references(schema).into_iter().map(str::to_owned).collect();
    while let Some(reference) = work.pop() {
        let pointer = of_reference(&reference);
        let tokens =
            pointer.as_deref().and_then(|pointer| pointer.strip_prefix('/')?.split_once('/'));
        let name = tokens
            .filter(|(first, _)| *first == keyword)
            .and_then(|(_, rest)| rest.split('/').next());
        let name = name.map(unescape_token);
        let Some((name, definition)) = name.and_then(|name| all.get_key_value(&name)) else {
            // It leads elsewhere; then so may anything.
            needed.clone_from(all);
            break;
        };
        if !needed.contains_key(name) {
            work.extend(references(definition).into_iter().map(str::to_owned));
            needed.insert(name.clone(), definition.clone());
        }
    }
    if !needed.is_empty() {
        schema[keyword] = needed.into();
    }
}

/// The references anywhere in `schema`.
pub(crate) fn references(schema: &Value) -> Vec<&str> {
    let (mut found, mut work) = (Vec::new(), vec![schema]);
    while let Some(value) = work.pop() {
        match value {
            Value::Array(items) => work.extend(items),
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str));
                work.extend(object.values());
            }
            _ => {}
        }
    }
    found
}
