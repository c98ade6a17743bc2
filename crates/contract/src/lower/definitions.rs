//! `definitions.schema.json`: the shared definitions.

use serde_json::Value as Json;

use super::context::{Context, Part, is_definition_name};
use super::value::value;
use crate::vocabulary::{ANNOTATIONS, DOCUMENT};

/// Lowers all of them.
pub(super) fn lower(context: &mut Context<'_>) {
    let file = Part::root(&context.sources.definitions);
    context.keywords(&file, &[DOCUMENT, ANNOTATIONS]);
    let Some(Json::Object(definitions)) = file.get("$defs") else {
        context.report(&file, "`$defs` is missing", "add \"$defs\": {}");
        return;
    };
    // Nothing that is found on the way takes the name of a shared definition.
    for name in definitions.keys() {
        let part = file.key("$defs").key(name);
        if !is_definition_name(name) {
            let message = format!("`{name}` is not a valid name for a definition");
            let help = "use a name in UpperCamelCase: it names the type";
            context.breach(context.sources.manifest.conventions.names, &part, message, help);
        }
        context.shared_name(&part, name);
    }
    for name in definitions.keys() {
        let part = file.key("$defs").key(name);
        context.text(&part, "title");
        context.text(&part, "description");
        context.examples(&part, "add \"examples\": [...]");
        value(context, &[part], name);
    }
}
