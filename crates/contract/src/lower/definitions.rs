//! `definitions.schema.json`: the shared definitions.

use std::sync::Arc;

use serde_json::Value;

use super::context::{Context, Part, is_definition_name};
use super::scalar::{placeholder, scalar};
use crate::vocabulary::{ANNOTATIONS, DOCUMENT};

/// Lowers all of them.
pub(super) fn lower(context: &mut Context<'_>) {
    let file = Part::root(&context.sources.definitions);
    context.keywords(&file, &[DOCUMENT, ANNOTATIONS, &["$defs"]]);
    let Some(Value::Object(definitions)) = file.get("$defs") else {
        context.report(&file, "`$defs` is missing", "add \"$defs\": {}");
        return;
    };
    for name in definitions.keys() {
        let part = file.key("$defs").key(name);
        if !is_definition_name(name) {
            let message = format!("`{name}` is not a valid name for a definition");
            context.report(&part, message, "use a name in UpperCamelCase: it names the type");
            continue;
        }
        context.text(&part, "title");
        context.text(&part, "description");
        context.examples(&part, "add \"examples\": [...]");
        // A field that refers to a definition with a mistake makes none itself.
        let definition = scalar(context, &part, name).unwrap_or_else(|| placeholder(&part, name));
        context.shared.insert(name, Arc::new(definition));
    }
}
