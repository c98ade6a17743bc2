//! The parts of a sentence about a delivery: whatever is quoted is shortened and escaped.

use clip_events::Printable;
use serde_json::Value;

/// The maximum number of characters that a message quotes of a value or key.
const MAX_QUOTED: usize = 60;
/// The maximum number of values of a set that a message lists.
const MAX_LISTED: usize = 20;

/// The values of a set, as part of a sentence.
pub(crate) fn list<'v>(values: impl IntoIterator<Item = &'v Value>) -> String {
    let mut values = values.into_iter();
    let shown = |value: &Value| abridge(&value.to_string()).to_string();
    let listed = values.by_ref().take(MAX_LISTED).map(shown).collect::<Vec<_>>().join(", ");
    if values.next().is_some() { listed + ", ..." } else { listed }
}

/// The JSON value `raw`, as part of a sentence.
pub(crate) fn describe(raw: &str) -> String {
    match raw.as_bytes() {
        [b'{', ..] => "an object".to_owned(),
        [b'[', ..] => "an array".to_owned(),
        [b'"', ..] => format!("the string {}", abridge(raw)),
        _ => abridge(raw).to_string(),
    }
}

/// A string of the delivery, such as a key, as part of a sentence.
pub(crate) fn quote(text: &str) -> String {
    format!("`{}`", abridge(text))
}

/// `text`, as short and printable as a message needs it.
pub(crate) fn abridge(text: &str) -> Printable<'_> {
    Printable::new(text, MAX_QUOTED)
}
