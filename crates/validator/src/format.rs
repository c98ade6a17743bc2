//! `format`, which only senders are held to.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::json;

use crate::schemas::each_operand;

/// Whether `text` has `format`, one of the bundle. A format that JSON Schema does not define is only a remark.
pub(crate) fn has_format(format: &str, text: &str) -> bool {
    static FORMATS: LazyLock<HashMap<&str, jsonschema::Validator>> = LazyLock::new(|| {
        let options = jsonschema::options().should_validate_formats(true);
        each_operand("format", |format| options.build(&json!({ "format": format })).ok())
    });
    FORMATS.get(format).is_some_and(|validator| validator.is_valid(&text.into()))
}
