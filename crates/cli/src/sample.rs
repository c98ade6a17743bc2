//! `clip-events sample`: valid deliveries made from the schemas.

use std::io::{self, BufWriter, Write};

use serde_json::{Map, Number, Value, json};

use crate::schema::{delivery, resolve};

/// Writes `count` deliveries of `event_type`, one per line. With the same `seed`, a larger count starts with the
/// deliveries of a smaller one.
///
/// # Errors
///
/// If `out` cannot be written.
pub(crate) fn sample(
    event_type: &str,
    seed: u64,
    count: u64,
    out: &mut impl Write,
) -> io::Result<()> {
    let schema = delivery(event_type);
    let mut random = Random(seed);
    let mut out = BufWriter::new(out);
    for _ in 0..count {
        serde_json::to_writer(&mut out, &value(&schema, &mut random))?;
        writeln!(out)?;
    }
    out.flush()
}

/// A value that `schema` accepts. It understands the keywords that `cargo xtask codegen` accepts.
fn value(schema: &Value, random: &mut Random) -> Value {
    if let Some((_, definition)) = schema["$ref"].as_str().and_then(resolve) {
        return value(definition, random);
    }
    if let Some(only) = schema.get("const") {
        return only.clone();
    }
    if let Some(known) = random.pick(&schema["x-known-values"]) {
        return known.clone();
    }
    match schema["type"].as_str() {
        Some("object") => object(schema, random),
        Some("string") => string(schema, random).into(),
        Some("integer") => integer(schema, random).into(),
        Some("number") => number(schema, random),
        Some("boolean") => random.one_in(2).into(),
        other => unreachable!("`cargo xtask codegen` refuses schemas of the type {other:?}"),
    }
}

fn object(schema: &Value, random: &mut Random) -> Value {
    let mut object = Map::new();
    for (key, field) in schema["properties"].as_object().into_iter().flatten() {
        let required = schema["required"].as_array().is_some_and(|keys| keys.contains(&json!(key)));
        if required || !random.one_in(4) {
            object.insert(key.clone(), value(field, random));
        }
    }
    Value::Object(object)
}

/// An example with its digits redrawn: ids keep their form, words stay words.
fn string(schema: &Value, random: &mut Random) -> String {
    let format = schema["format"].as_str();
    let of_format = FORMATS.iter().find(|(name, _)| Some(*name) == format);
    let usual = of_format.map_or("sample 0000", |(_, example)| example);
    let example = random.pick(&schema["examples"]).and_then(Value::as_str).unwrap_or(usual);
    // A URI stays valid with other digits; a date, for one, might not.
    if !matches!(format, None | Some("uri")) {
        return example.to_owned();
    }
    let redraw = |c: char| {
        if c.is_ascii_digit() { char::from(b"0123456789"[random.below(10)]) } else { c }
    };
    example.chars().map(redraw).collect()
}

/// An example of each format of JSON Schema, for schemas that have none.
const FORMATS: &[(&str, &str)] = &[
    ("date", "2025-04-28"),
    ("date-time", "2025-04-28T00:26:40Z"),
    ("duration", "PT90S"),
    ("email", "someone@example.com"),
    ("hostname", "example.com"),
    ("idn-email", "someone@example.com"),
    ("idn-hostname", "example.com"),
    ("ipv4", "192.0.2.1"),
    ("ipv6", "2001:db8::1"),
    ("iri", "https://example.com/0000"),
    ("iri-reference", "/0000"),
    ("json-pointer", "/a/0"),
    ("regex", "^[a-z]+$"),
    ("relative-json-pointer", "1/a"),
    ("time", "00:26:40Z"),
    ("uri", "https://example.com/0000"),
    ("uri-reference", "/0000"),
    ("uri-template", "/v1/clips/{clip_id}"),
    ("uuid", "9f8e7d6c-2b1a-4c3d-8e5f-6a7b8c9d0e1f"),
];

/// An integer a little above an example: for a time, within weeks of it.
fn integer(schema: &Value, random: &mut Random) -> i64 {
    let bound = |inclusive: &str, exclusive: &str, inward: i64| {
        let exclusive = schema[exclusive].as_i64().map(|bound| bound.saturating_add(inward));
        schema[inclusive].as_i64().or(exclusive)
    };
    let minimum = bound("minimum", "exclusiveMinimum", 1).unwrap_or(i64::MIN);
    let maximum = bound("maximum", "exclusiveMaximum", -1).unwrap_or(i64::MAX);
    let example = random.pick(&schema["examples"]).and_then(Value::as_i64).unwrap_or(minimum);
    let span = usize::try_from(example / 1000).unwrap_or_default().max(10);
    let above = i64::try_from(random.below(span)).expect("the span came from an i64");
    example.saturating_add(above).clamp(minimum, maximum)
}

/// A number between the bounds, or between the examples if there are no bounds; now and then a bound itself.
fn number(schema: &Value, random: &mut Random) -> Value {
    let examples = || schema["examples"].as_array().into_iter().flatten().filter_map(Value::as_f64);
    let bound = |inclusive: &str, exclusive: &str| {
        schema[inclusive].as_f64().or_else(|| schema[exclusive].as_f64())
    };
    let low = bound("minimum", "exclusiveMinimum").or_else(|| examples().reduce(f64::min));
    let high = bound("maximum", "exclusiveMaximum").or_else(|| examples().reduce(f64::max));
    let low = low.unwrap_or_else(|| high.map_or(0.0, |high| high - 1.0));
    let high = high.filter(|high| *high > low).unwrap_or(low + 1.0);
    let end = random.pick(&json!(["minimum", "maximum"])).and_then(|end| schema.get(end.as_str()?));
    match end {
        Some(end) if random.one_in(8) => end.clone(),
        _ => {
            let share =
                f64::from(1 + u16::try_from(random.below(998)).expect("it is below 998")) / 1000.0;
            let between = low + (high - low) * share;
            let short = (between * 1000.0).round() / 1000.0;
            Number::from_f64(if low < short && short < high { short } else { between }).into()
        }
    }
}

/// `SplitMix64` (Steele, Lea and Flood 2014). A seed must always give the same samples, and crates for random numbers do
/// not promise that from one release to the next.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which must not be 0.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("it is below a usize")
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    /// One of the items of `array`; none if it is not an array, or empty.
    fn pick<'a>(&mut self, array: &'a Value) -> Option<&'a Value> {
        let items = array.as_array().filter(|items| !items.is_empty())?;
        items.get(self.below(items.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::{FORMATS, Random, string};
    use serde_json::json;

    #[test]
    fn strings_of_a_format_need_no_example() {
        for (format, _) in FORMATS {
            let schema = json!({ "type": "string", "format": format });
            let validator = jsonschema::options().should_validate_formats(true).build(&schema);
            let sample = string(&schema, &mut Random(7));
            assert!(validator.expect("a schema").is_valid(&json!(sample)), "{format}: {sample}");
        }
        let schema = json!({ "type": "string", "format": "of-our-own" });
        assert_eq!(string(&schema, &mut Random(7)), "sample 0000");
    }
}
