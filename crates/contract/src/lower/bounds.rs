//! The bounds of integers and numbers.

use serde_json::{Map, Value};

use super::context::{Context, Part};
use crate::model::{Bound, Scalar};

/// The largest integer that every JSON reader holds exactly (RFC 8259, section 6): 2^53 - 1.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// The integers that `schema` takes; none where a side has no integral bound.
pub(super) fn integer(
    context: &mut Context<'_>,
    part: &Part<'_>,
    schema: &Map<String, Value>,
) -> Option<Scalar> {
    let safe = -MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER;
    let bound = |keyword: &str, exclusive: &str, inward: i64| {
        let bound = |keyword: &str, inward: i64| {
            let value = integral(schema.get(keyword)?)?;
            safe.contains(&value).then(|| value + inward)
        };
        bound(keyword, 0).or_else(|| bound(exclusive, inward))
    };
    let bounds =
        (bound("minimum", "exclusiveMinimum", 1), bound("maximum", "exclusiveMaximum", -1));
    let both = |a: &str, b: &str| schema.contains_key(a) && schema.contains_key(b);
    match bounds {
        (Some(minimum), Some(maximum))
            if !both("minimum", "exclusiveMinimum") && !both("maximum", "exclusiveMaximum") =>
        {
            if minimum > maximum {
                report_empty(context, part);
            }
            Some(Scalar::Integer { minimum, maximum })
        }
        _ => {
            context.report(
                part,
                "an integer without one integral bound on each side, within 2^53 - 1",
                format!(
                    "add \"minimum\" and \"maximum\" from -{MAX_SAFE_INTEGER} to {MAX_SAFE_INTEGER}: \
                     an unbounded integer accepts 1e30, which no integer type holds"
                ),
            );
            None
        }
    }
}

/// The numbers that `schema` takes.
pub(super) fn number(
    context: &mut Context<'_>,
    part: &Part<'_>,
    schema: &Map<String, Value>,
) -> Scalar {
    let minimum = number_bound(context, part, schema, "minimum", "exclusiveMinimum");
    let maximum = number_bound(context, part, schema, "maximum", "exclusiveMaximum");
    if let (Some(minimum), Some(maximum)) = (&minimum, &maximum) {
        let is_open = minimum.exclusive || maximum.exclusive;
        if minimum.value > maximum.value || (is_open && minimum.value >= maximum.value) {
            report_empty(context, part);
        }
    }
    Scalar::Number { minimum, maximum }
}

fn number_bound(
    context: &mut Context<'_>,
    part: &Part<'_>,
    schema: &Map<String, Value>,
    inclusive: &str,
    exclusive: &str,
) -> Option<Bound> {
    let keyword = match (schema.contains_key(inclusive), schema.contains_key(exclusive)) {
        (false, false) => return None,
        (true, false) => inclusive,
        (false, true) => exclusive,
        (true, true) => {
            let message = format!("both `{inclusive}` and `{exclusive}`");
            context.report(&part.key(exclusive), message, "keep the stricter one");
            inclusive
        }
    };
    let written = &schema[keyword];
    let value = written.as_f64()?;
    // An integer of the file is exact; as a bound of a number it is a binary64.
    let place = part.key(keyword);
    let error = part.source.not_held(place.pointer(), &written.to_string(), &value.to_string());
    if let Some(error) = error {
        context.add(error);
    }
    Some(Bound { value, exclusive: keyword == exclusive })
}

fn report_empty(context: &mut Context<'_>, part: &Part<'_>) {
    let help = "put the lower bound below the upper one";
    context.report(part, "no number is within these bounds", help);
}

/// The integer that `value` is, however it is spelled, if an `i64` holds it.
fn integral(value: &Value) -> Option<i64> {
    // `100.0` is shown as `100`, and a number with a fraction as no integer.
    value.as_i64().or_else(|| value.as_f64()?.to_string().parse().ok())
}
