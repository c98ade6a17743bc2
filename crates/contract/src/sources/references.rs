//! Each `$ref` of a schema.

use std::fmt::Write as _;

use schema_source::escape_token;
use serde_json::Value;

/// Keywords whose operand is data: a `$ref` in it is a key like any other.
const DATA: [&str; 4] = ["const", "default", "enum", "examples"];

/// Keywords whose operand has names of the author's for keys, and schemas under these.
const NAMED: [&str; 2] = ["$defs", "properties"];

/// Calls `f` with the pointer to each `$ref` of `schema`, and with its target.
pub(crate) fn for_each_ref(schema: &Value, f: &mut impl FnMut(&str, &str)) {
    walk(schema, false, &mut String::new(), f);
}

fn walk(value: &Value, has_names: bool, pointer: &mut String, f: &mut impl FnMut(&str, &str)) {
    let length = pointer.len();
    match value {
        Value::Object(object) => {
            for (key, child) in object {
                if !has_names && DATA.contains(&key.as_str()) {
                    continue;
                }
                pointer.push('/');
                pointer.push_str(&escape_token(key));
                if let (false, "$ref", Value::String(reference)) = (has_names, key.as_str(), child)
                {
                    f(pointer, reference);
                }
                walk(child, !has_names && NAMED.contains(&key.as_str()), pointer, f);
                pointer.truncate(length);
            }
        }
        Value::Array(array) => {
            for (index, child) in array.iter().enumerate() {
                let _ = write!(pointer, "/{index}");
                walk(child, false, pointer, f);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}
