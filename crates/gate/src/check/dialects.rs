//! Which draft a file, or a part of one, says that it is of: by `$schema`, or by the kind of API document that it is.

use schema_source::unescape_token;
use serde_json::{Value, json};

use crate::engine::Draft;

/// What is said of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    Draft(Draft),
    /// Something that is no draft that is known here.
    Other(String),
}

impl Said {
    /// The draft, which is `default` where nothing is said; none if something else is said.
    pub(super) fn or(&self, default: Draft) -> Option<Draft> {
        match self {
            Self::Nothing => Some(default),
            Self::Draft(draft) => Some(*draft),
            Self::Other(_) => None,
        }
    }
}

/// What a `$schema` says, or a `jsonSchemaDialect`.
pub(super) fn of_dialect(dialect: &str) -> Said {
    // That of OpenAPI is 2020-12 and some annotations.
    if dialect.starts_with("https://spec.openapis.org/oas/3.") && dialect.contains("/dialect") {
        return Said::Draft(Draft::Draft202012);
    }
    match Draft::of_schema(&json!({ "$schema": dialect })) {
        Some(draft) => Said::Draft(draft),
        None => Said::Other(format!("{dialect:?}")),
    }
}

/// What `file` says of all in it that does not say otherwise.
pub(super) fn of_file(file: &Value) -> Said {
    let text = |key: &str| match file.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    if let Some(version) = text("openapi").or_else(|| text("swagger")) {
        if !version.starts_with("3.1") && !version.starts_with("3.2") {
            return Said::Other(format!("OpenAPI {version}"));
        }
        let dialect = text("jsonSchemaDialect");
        return dialect.map_or(Said::Draft(Draft::Draft202012), |dialect| of_dialect(&dialect));
    }
    if text("asyncapi").is_some() {
        return Said::Draft(Draft::Draft7);
    }
    match file.get("$schema") {
        Some(Value::String(dialect)) => of_dialect(dialect),
        Some(other) => Said::Other(other.to_string()),
        None => Said::Nothing,
    }
}

/// What is said of the part of `file` at `pointer`: by itself, or by the closest part around it.
pub(super) fn of_part(file: &Value, pointer: &str) -> Said {
    let mut said = of_file(file);
    let mut part = file;
    for token in pointer.split('/').skip(1) {
        let token = unescape_token(token);
        let format = part.get("schemaFormat").and_then(Value::as_str);
        if let Some(format) = format
            && token == "schema"
        {
            said = of_format(format).map_or_else(|| Said::Other(format.to_owned()), Said::Draft);
        }
        let below = match part {
            Value::Array(items) => token.parse().ok().and_then(|index: usize| items.get(index)),
            part => part.get(&token),
        };
        let Some(below) = below else { break };
        part = below;
        if let Some(Value::String(dialect)) = part.get("$schema") {
            said = of_dialect(dialect);
        }
    }
    said
}

/// The draft of a format of AsyncAPI; none if it is no JSON Schema.
pub(super) fn of_format(format: &str) -> Option<Draft> {
    let version = format
        .strip_prefix("application/schema+json;version=")
        .or_else(|| format.strip_prefix("application/schema+yaml;version="));
    match version {
        None => format.starts_with("application/vnd.aai.asyncapi").then_some(Draft::Draft7),
        Some("draft-04") => Some(Draft::Draft4),
        Some("draft-06") => Some(Draft::Draft6),
        Some("draft-07") => Some(Draft::Draft7),
        Some("2019-09") => Some(Draft::Draft201909),
        Some("2020-12") => Some(Draft::Draft202012),
        Some(_) => None,
    }
}
