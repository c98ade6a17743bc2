//! The second opinion: `jsonschema::canonical`, for what has no model here.

use jsonschema::Draft;
use jsonschema::canonical::{Containment, options};
use serde_json::Value;

/// Unions beyond which the canonical form takes seconds (it multiplies them out).
const MAX_UNIONS: usize = 12;
/// Objects and arrays in a document beyond which it is not asked.
const MAX_SIZE: usize = 2_000;

/// Whether the canonical form of `sup` covers that of `sub`; `false` also where it does not know.
pub(crate) fn covers(sub: &Value, sup: &Value, draft: Draft, formats: bool) -> bool {
    if !small(sub) || !small(sup) {
        return false;
    }
    // The module is experimental: a panic in it is no answer.
    std::panic::catch_unwind(|| {
        let read = |value: &Value| {
            options()
                .with_draft(draft)
                .should_validate_formats(formats)
                .offline()
                .canonicalize(value)
                .ok()
        };
        let (Some(sub), Some(sup)) = (read(sub), read(sup)) else { return false };
        matches!(sup.covers(&sub), Ok(Containment::Yes))
    })
    .unwrap_or(false)
}

fn small(value: &Value) -> bool {
    let (mut unions, mut size) = (0, 0);
    let mut work = vec![value];
    while let Some(value) = work.pop() {
        size += 1;
        match value {
            Value::Array(items) => work.extend(items),
            Value::Object(members) => {
                for (key, member) in members {
                    match (key.as_str(), member) {
                        ("anyOf" | "oneOf", Value::Array(parts)) => unions += parts.len(),
                        ("if" | "not", _) => unions += 1,
                        _ => {}
                    }
                    work.push(member);
                }
            }
            _ => {}
        }
    }
    unions <= MAX_UNIONS && size <= MAX_SIZE
}
