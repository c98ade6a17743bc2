//! `enum` and `const`: closed sets.

use serde_json::Value;

use super::bounds::integral;
use super::conjunction::Conjunction;
use super::context::{Context, Part};
use super::types::Types;
use crate::model::Literal;
use crate::vocabulary::CONSTRAINTS;

/// Keywords that may stand beside those of a closed set.
const BESIDE: &[&str] = &["$ref", "allOf", "anyOf", "oneOf", "type", "enum", "const"];

/// The closed set that `all` takes, if it is one: its members of `types`, `null` aside. The inner `None` if there is a mistake.
#[expect(clippy::option_option, reason = "a mistake is another thing than none")]
pub(super) fn closed_set<'a>(
    context: &mut Context<'a>,
    all: &Conjunction<'a>,
    types: Types,
) -> Option<Option<Vec<Literal>>> {
    let mut common: Option<(Vec<&'a Value>, Part<'a>)> = None;
    for part in &all.parts {
        for keyword in ["enum", "const"] {
            let Some(value) = part.get(keyword) else { continue };
            let place = part.key(keyword);
            let values: Vec<_> = match value {
                Value::Array(values) if keyword == "enum" => values.iter().collect(),
                value => vec![value],
            };
            // Nobody adds to all numbers of a kind.
            if keyword == "enum" && values.iter().any(|value| value.is_string()) {
                let help = "use a string with \"x-known-values\": a set that may grow is open, and its next value breaks nobody";
                let weight = context.sources.manifest.conventions.open_sets;
                context.breach(
                    weight,
                    &place,
                    "a closed set: each further value breaks readers",
                    help,
                );
            }
            let Some((before, other)) = &mut common else {
                common = Some((values, place));
                continue;
            };
            before.retain(|value| values.iter().any(|own| same(own, value)));
            if before.is_empty() {
                let message = format!("no value is in this set and in that of {}", other.place());
                context.report(&place, message, "make the two agree");
                return Some(None);
            }
        }
    }
    let (values, place) = common?;
    for part in &all.parts {
        let Some(Value::Object(schema)) = part.value() else { continue };
        for keyword in schema.keys() {
            if CONSTRAINTS.contains(&keyword.as_str()) && !BESIDE.contains(&keyword.as_str()) {
                let message = format!("`{keyword}` beside a closed set");
                context.report(&part.key(keyword), message, "remove it: the set says it all");
                return Some(None);
            }
        }
    }
    let mut literals = Vec::new();
    for value in values {
        if value.is_null() || !types.has(Types::of(value)) {
            continue;
        }
        let literal = match value {
            Value::Bool(value) => Some(Literal::Boolean(*value)),
            Value::String(text) => Some(Literal::String(text.clone())),
            Value::Number(number) => integral(number).map(Literal::Integer),
            _ => None,
        };
        let Some(literal) = literal else {
            let help = "closed sets hold strings, integers of 64 bits, `true` and `false`";
            context.report(&place, format!("{value} in a closed set"), help);
            return Some(None);
        };
        if !literals.contains(&literal) {
            literals.push(literal);
        }
    }
    Some(Some(literals))
}

/// Whether two values are the same to JSON Schema: `1` and `1.0` are.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => match (integral(one), integral(other)) {
            (Some(one), Some(other)) => one == other,
            (None, None) => one.as_f64() == other.as_f64(),
            _ => false,
        },
        _ => one == other,
    }
}
