//! What tells a break from others, whatever stands around it.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::finding::Finding;

/// Bytes of a fingerprint.
const LENGTH: usize = 6;

/// What tells a break from others: the file and the place in it, the rule, and what has become what. Not what stands around it, and not the
/// order of members, or of values in a set.
pub(crate) fn fingerprint(finding: &Finding) -> String {
    let location = &finding.location;
    let parts = [
        location.path.to_string_lossy().replace('\\', "/"),
        location.pointer.clone(),
        finding.rule().id.clone(),
        in_order(&finding.change.cause),
    ];
    let hash = Sha256::digest(parts.join("\0"));
    hash.iter().take(LENGTH).fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// `cause`, a keyword and its two values, with sets in order.
fn in_order(cause: &str) -> String {
    let sides = cause.split_once(' ').and_then(|(keyword, values)| {
        let (before, after) = values.split_once(" -> ")?;
        let value =
            |text: &str| serde_json::from_str(text).ok().map(|value| sorted(keyword, value));
        Some(format!("{keyword} {} -> {}", value(before)?, value(after)?))
    });
    sides.unwrap_or_else(|| cause.to_owned())
}

fn sorted(keyword: &str, mut value: Value) -> Value {
    value.sort_all_objects();
    if let (Value::Array(items), "enum" | "required" | "type") = (&mut value, keyword) {
        items.sort_by_key(Value::to_string);
    }
    value
}
