//! Each `$ref` of a schema.

use std::fmt::Write as _;

use schema_source::escape_token;
use serde_json::Value;

/// Calls `f` with the pointer to each `$ref` of `schema`, and with its target.
pub(crate) fn for_each_ref(schema: &Value, f: &mut impl FnMut(&str, &str)) {
    walk(schema, &mut String::new(), f);
}

fn walk(value: &Value, pointer: &mut String, f: &mut impl FnMut(&str, &str)) {
    let length = pointer.len();
    match value {
        Value::Object(object) => {
            for (key, child) in object {
                // Examples are data: a `$ref` in one is a key like any other.
                if key == "examples" {
                    continue;
                }
                pointer.push('/');
                pointer.push_str(&escape_token(key));
                if let ("$ref", Value::String(reference)) = (key.as_str(), child) {
                    f(pointer, reference);
                }
                walk(child, pointer, f);
                pointer.truncate(length);
            }
        }
        Value::Array(array) => {
            for (index, child) in array.iter().enumerate() {
                let _ = write!(pointer, "/{index}");
                walk(child, pointer, f);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}
