//! The values that a field or a definition takes.

use serde_json::{Map, Value};

use super::bounds;
use super::context::{Context, Part};
use crate::model::{Definition, Scalar};
use crate::vocabulary::{ANNOTATIONS, BOOLEAN, NUMBER, STRING};

/// The scalar schema at `part`, as a definition called `name`.
pub(super) fn scalar<'a>(
    context: &mut Context<'a>,
    part: &Part<'a>,
    name: &str,
) -> Option<Definition> {
    let type_name = type_name(context, part)?;
    let honoured = match type_name {
        "string" => STRING,
        "boolean" => BOOLEAN,
        "integer" | "number" => NUMBER,
        _ => {
            let message = format!("no renderer honours the type `{type_name}` for a field");
            let help = "use string, boolean, integer or number: `data` is flat";
            context.report(&part.key("type"), message, help);
            return None;
        }
    };
    let schema = context.keywords(part, &[ANNOTATIONS, honoured])?;
    let scalar = match type_name {
        "string" => Scalar::String { format: part.string("format").map(str::to_owned) },
        "boolean" => Scalar::Boolean,
        "integer" => bounds::integer(context, part, schema)?,
        _ => bounds::number(context, part, schema),
    };
    Some(Definition {
        name: name.to_owned(),
        description: part.string("description").unwrap_or_default().to_owned(),
        scalar,
        unit: part.string("x-unit").map(str::to_owned),
        known_values: known_values(context, part, schema),
        examples: part.get("examples").and_then(Value::as_array).cloned().unwrap_or_default(),
        location: part.location(),
    })
}

/// The definition in place of one that has a mistake.
pub(super) fn placeholder(part: &Part<'_>, name: &str) -> Definition {
    Definition {
        name: name.to_owned(),
        description: String::new(),
        scalar: Scalar::String { format: None },
        unit: None,
        known_values: Vec::new(),
        examples: Vec::new(),
        location: part.location(),
    }
}

/// The one name under `type`.
fn type_name<'a>(context: &mut Context<'a>, part: &Part<'a>) -> Option<&'a str> {
    match part.get("type") {
        Some(Value::String(name)) => return Some(name),
        Some(_) => {
            let help = "write one type; a field that may be missing is left out of `required`";
            context.report(&part.key("type"), "`type` is not one name", help);
        }
        None => {
            // A keyword that stands in the place of `type` is the better thing to name.
            let before = context.mistakes();
            context.keywords(part, &[ANNOTATIONS, STRING, &NUMBER[1..]])?;
            if context.mistakes() == before {
                let help = "add \"type\", or \"$ref\" to a shared definition";
                context.report(part, "`type` is missing", help);
            }
        }
    }
    None
}

/// The strings in `x-known-values`.
fn known_values(
    context: &mut Context<'_>,
    part: &Part<'_>,
    schema: &Map<String, Value>,
) -> Vec<String> {
    let Some(value) = schema.get("x-known-values") else { return Vec::new() };
    let part = part.key("x-known-values");
    let Some(values) = value.as_array() else {
        context.report(&part, "not an array", "write [\"...\"]");
        return Vec::new();
    };
    let mut known = Vec::new();
    for (index, value) in values.iter().enumerate() {
        match value.as_str() {
            Some(value) => known.push(value.to_owned()),
            None => context.report(
                &part.index(index),
                format!("{value} is not a string"),
                "write \"...\": the values are those of a string",
            ),
        }
    }
    known
}
