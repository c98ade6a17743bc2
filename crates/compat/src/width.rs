//! Documents so wide that the `jsonschema` validator would need minutes to read them.

use serde_json::Value;

use crate::place::escape_token;

/// Schemas in one `allOf`, `anyOf` or `oneOf`: the validator compares each with all others.
const MAX_BRANCHES: usize = 10_000;

/// What is too wide in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TooWide {
    /// The JSON Pointer (RFC 6901) of the keyword.
    pub pointer: String,
    /// How many are read.
    pub message: &'static str,
    /// How to write the schema instead.
    pub help: &'static str,
}

/// What is too wide in `schema` to be judged, be it in data: no question about it is decided.
pub fn too_wide(schema: &Value) -> Option<TooWide> {
    let mut work = vec![(schema, String::new())];
    while let Some((value, pointer)) = work.pop() {
        match value {
            Value::Array(items) => {
                let items = items.iter().enumerate();
                work.extend(items.map(|(index, item)| (item, format!("{pointer}/{index}"))));
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let pointer = format!("{pointer}/{}", escape_token(name));
                    let is_list = matches!(name.as_str(), "allOf" | "anyOf" | "oneOf");
                    if is_list && member.as_array().is_some_and(|list| list.len() > MAX_BRANCHES) {
                        let message = "more than 10,000 schemas in one list";
                        let help = "put them into several lists, one within the other";
                        return Some(TooWide { pointer, message, help });
                    }
                    work.push((member, pointer));
                }
            }
            _ => {}
        }
    }
    None
}
