//! What a round trip through the types has to keep: every declared field with its value, at any depth.

use serde_json::{Map, Value};

use crate::json::{Decimal, Json};
use crate::reference::{Reference, elements};

/// Checks that `after`, a valid delivery that was read and written again, is what it was `before`: nothing that is declared
/// is gone or another value, and nothing has been added. Numbers may be rounded to the nearest `f64`.
///
/// # Errors
///
/// Says where something is lost.
pub fn kept(reference: &Reference, before: &Json, after: &Json) -> Result<(), String> {
    same(reference, &[reference.bundle()], before, after, Place { path: "", is_raw: false })
}

/// What is said of a value.
#[derive(Default)]
pub(crate) struct Said<'a> {
    pub(crate) parts: Vec<&'a Map<String, Value>>,
    /// A union is open to it: none of its conditions speaks of this value.
    is_unknown: bool,
    /// It is in one of several alternatives, and may be kept as it is written.
    is_raw: bool,
}

impl<'a> Said<'a> {
    /// What is said of the value under `key` of an object.
    pub(crate) fn of_member(&self, key: &str) -> Vec<&'a Value> {
        let schemas = self.parts.iter().filter_map(|part| {
            let own = part.get("properties").and_then(|properties| properties.get(key));
            own.or_else(|| part.get("additionalProperties"))
        });
        schemas.collect()
    }

    /// What is said of each item of a list.
    pub(crate) fn of_items(&self) -> Vec<&'a Value> {
        self.parts.iter().filter_map(|part| part.get("items")).collect()
    }
}

/// Adds what `schema` says of `value`.
pub(crate) fn say<'a>(
    reference: &'a Reference,
    schema: &'a Value,
    value: &Json,
    said: &mut Said<'a>,
) {
    let Value::Object(keywords) = schema else { return };
    said.parts.push(keywords);
    if let Some(Value::String(to)) = keywords.get("$ref") {
        say(reference, reference.target(to), value, said);
    }
    let (conditions, parts): (Vec<_>, Vec<_>) = (keywords.get("allOf").into_iter())
        .flat_map(elements)
        .partition(|part| part.get("if").is_some());
    let met: Vec<_> =
        conditions.iter().filter(|part| reference.takes(&part["if"], value)).collect();
    said.is_unknown |= !conditions.is_empty() && met.is_empty();
    for schema in parts.into_iter().chain(met.into_iter().map(|part| &part["then"])) {
        say(reference, schema, value, said);
    }
    for keyword in ["anyOf", "oneOf"] {
        for branch in keywords.get(keyword).into_iter().flat_map(elements) {
            if reference.takes(branch, value) {
                said.is_raw = true;
                say(reference, branch, value, said);
            }
        }
    }
}

/// Where a value is.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a str,
    is_raw: bool,
}

/// Checks that `after` is `before`, as far as `schemas` speak of it.
fn same(
    reference: &Reference,
    schemas: &[&Value],
    before: &Json,
    after: &Json,
    Place { path, is_raw }: Place<'_>,
) -> Result<(), String> {
    let mut said = Said { is_raw, ..Said::default() };
    for schema in schemas {
        say(reference, schema, before, &mut said);
    }
    let is_same = match (before, after) {
        (Json::Object(_), Json::Object(_)) => {
            return members(reference, &said, before, after, path);
        }
        (Json::Array(before), Json::Array(after)) => {
            if before.len() != after.len() {
                return Err(format!("{path}: {} of {} items", after.len(), before.len()));
            }
            let items = said.of_items();
            let mut pairs = (0..).zip(before.iter().zip(after));
            return pairs.try_for_each(|(at, (before, after))| {
                let path = &format!("{path}/{at}");
                same(reference, &items, before, after, Place { path, is_raw: said.is_raw })
            });
        }
        (Json::Text(before), Json::Text(after)) => before.value == after.value,
        (Json::Number(before), Json::Number(after)) => {
            let is_integer =
                said.parts.iter().any(|part| part.get("type") == Some(&"integer".into()));
            same_number(before, after, is_integer)
        }
        (before, after) => before == after,
    };
    if is_same { Ok(()) } else { Err(format!("{path}: {before} became {after}")) }
}

fn members(
    reference: &Reference,
    said: &Said<'_>,
    before: &Json,
    after: &Json,
    path: &str,
) -> Result<(), String> {
    let is_envelope = path.is_empty();
    let is_declared = |key: &str| {
        said.parts
            .iter()
            .any(|part| part.get("properties").is_some_and(|all| all.get(key).is_some()))
    };
    let says = |keyword: &str| said.parts.iter().any(|part| part.contains_key(keyword));
    // Where no field is declared, or the union is open, everything counts.
    let is_unknown = said.is_unknown && !is_envelope;
    let is_open = !says("properties") || says("additionalProperties") || is_unknown;
    let is_raw = said.is_raw || is_unknown;
    let (Json::Object(old), Json::Object(new)) = (before, after) else { return Ok(()) };
    for key in old.iter().map(|member| &member.key.value) {
        if (is_open || is_declared(key)) && after.get(key).is_none() {
            return Err(format!("{path}/{key} is gone"));
        }
    }
    for key in new.iter().map(|member| &member.key.value) {
        let path = &format!("{path}/{key}");
        let (Some(before), Some(after)) = (before.get(key), after.get(key)) else {
            return Err(format!("{path} is new"));
        };
        if !(is_open || is_declared(key) || is_raw) {
            return Err(format!("{path} is not declared"));
        }
        same(reference, &said.of_member(key), before, after, Place { path, is_raw })?;
    }
    Ok(())
}

fn same_number(before: &str, after: &str, is_integer: bool) -> bool {
    let nearest = |text: &str| text.parse::<f64>().expect("a number");
    let (before_nearest, after_nearest) = (nearest(before), nearest(after));
    let is_exact = is_integer
        || Decimal::new(before).is_integer() && before_nearest.abs() < 9_007_199_254_740_992.0;
    if is_exact {
        return Decimal::new(before) == Decimal::new(after);
    }
    before_nearest.total_cmp(&after_nearest).is_eq()
        || before_nearest.abs() + after_nearest.abs() == 0.0
}
