//! `clip-events sample`: valid deliveries made from the schemas.

use std::collections::HashMap;
use std::io::{self, Write};

use clap::builder::PossibleValuesParser;
use clip_events::EventType;
use clip_events_validator::{Mode, Validator};
use schema_compat::pattern::Automaton;
use schema_compat::{Answer, Inclusion, Options, Schema};
use serde_json::{Map, Number, Value, json};

use crate::schema::{delivery, resolve};

/// How often a delivery is made anew that turned out invalid: what several keywords ask of one value is not always met at once.
const TRIALS: usize = 20;
/// As deep as optional fields and items are made: schemas may contain themselves.
const DEEPEST: usize = 8;

/// The names of the event types, as an argument has them.
pub(crate) fn event_types() -> PossibleValuesParser {
    EventType::ALL.iter().map(|event_type| event_type.as_str()).collect::<Vec<_>>().into()
}

/// Writes `count` deliveries of `event_type`, one per line, `created` at that time if there is one. With the same `seed`, a larger
/// count starts with the deliveries of a smaller one.
///
/// # Errors
///
/// If `out` cannot be written.
pub(crate) fn sample(
    event_type: &str,
    seed: u64,
    count: u64,
    created: Option<u64>,
    out: &mut impl Write,
) -> io::Result<()> {
    let schema = delivery(event_type);
    let mut random = Random::new(seed, event_type);
    let validator = Validator::new(Mode::Producer);
    let mut patterns = HashMap::new();
    for _ in 0..count {
        let mut trials = (0..TRIALS).map(|_| {
            Sampler { random: &mut random, patterns: &mut patterns, given: false }
                .value(&[&schema], 0)
        });
        let valid = trials.find(|trial| validator.judge(trial.to_string().as_bytes()).is_valid());
        let mut delivery = valid.unwrap_or_else(|| {
            Sampler { random: &mut random, patterns: &mut patterns, given: true }
                .value(&[&schema], 0)
        });
        if let (Some(created), Some(member)) = (created, delivery.get_mut("created")) {
            *member = created.into();
        }
        serde_json::to_writer(&mut *out, &delivery)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Makes values of the keywords that `cargo xtask codegen` accepts.
struct Sampler<'a> {
    random: &'a mut Random,
    /// Those that were met, compiled.
    patterns: &'a mut HashMap<String, Option<Automaton>>,
    /// Takes the first example wherever there is one: codegen has seen that these are valid.
    given: bool,
}

impl Sampler<'_> {
    /// A value that all of `schemas` accept.
    fn value(&mut self, schemas: &[&Value], depth: usize) -> Value {
        let mut applied = Vec::new();
        for schema in schemas {
            self.apply(schema, &mut applied);
        }
        let first = |keyword: &str| applied.iter().find_map(|schema| schema.get(keyword));
        if let Some(only) = first("const") {
            return only.clone();
        }
        if let Some(example) =
            first("examples").and_then(|examples| examples.get(0)).filter(|_| self.given)
        {
            return example.clone();
        }
        let sets: Vec<_> = applied.iter().filter_map(|schema| schema["enum"].as_array()).collect();
        if let Some((set, others)) = sets.split_first() {
            let is_common = |value: &&Value| others.iter().all(|other| other.contains(value));
            let common: Vec<_> = set.iter().filter(is_common).cloned().collect();
            return self.random.pick(&common).cloned().unwrap_or_default();
        }
        if let Some(known) = first("x-known-values").and_then(Value::as_array) {
            return self.random.pick(known).cloned().unwrap_or_default();
        }
        let allows = |name: &str| {
            let mut named = applied.iter().filter_map(|schema| schema.get("type"));
            named.all(|types| match types {
                Value::Array(names) => names.contains(&name.into()),
                only => only == name || name == "integer" && only == "number",
            })
        };
        let mut types = vec!["boolean", "integer", "number", "string", "array", "object"];
        types.retain(|name| allows(name));
        if types.contains(&"number") {
            types.retain(|name| *name != "integer");
        }
        let is_anything = types.len() > 4;
        if is_anything {
            let says =
                [("properties", "object"), ("additionalProperties", "object"), ("items", "array")];
            let implied = says.iter().find(|(keyword, _)| first(keyword).is_some());
            types = vec![implied.map_or("string", |(_, name)| name)];
        }
        let is_null = types.is_empty() || !is_anything && allows("null") && self.random.one_in(4);
        let kind = match types[..] {
            _ if is_null => "null",
            [only] => only,
            _ => self.random.pick(&types).copied().unwrap_or("null"),
        };
        match kind {
            "object" => self.object(&applied, depth),
            "array" => self.array(&applied, depth),
            "string" => self.string(&applied).into(),
            "integer" => integer(&merged(&applied), self.random),
            "number" => number(&merged(&applied), self.random),
            "boolean" => self.random.one_in(2).into(),
            _ => Value::Null,
        }
    }

    /// Adds `schema` to `applied`, and what it says to apply as well; of alternatives, one.
    fn apply<'s>(&mut self, schema: &'s Value, applied: &mut Vec<&'s Value>) {
        if applied.iter().any(|known| std::ptr::eq(*known, schema)) {
            return;
        }
        applied.push(schema);
        if let Some(target) = schema["$ref"].as_str().and_then(resolve) {
            self.apply(target, applied);
        }
        let branches = |keyword: &str| schema[keyword].as_array().map_or(&[][..], Vec::as_slice);
        let (cases, others): (Vec<_>, Vec<_>) =
            branches("allOf").iter().partition(|branch| branch.get("if").is_some());
        for branch in others {
            self.apply(branch, applied);
        }
        if let Some(case) = self.random.pick(&cases) {
            self.apply(&case["if"], applied);
            self.apply(&case["then"], applied);
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(alternative) = self.random.pick(branches(keyword)) {
                self.apply(alternative, applied);
            }
        }
    }

    /// An example with its digits redrawn: ids keep their form, words stay words.
    fn string(&mut self, applied: &[&Value]) -> String {
        let format = applied.iter().find_map(|schema| schema["format"].as_str());
        let examples = applied.iter().filter_map(|schema| schema["examples"].as_array());
        let mut examples: Vec<_> = examples.flatten().filter_map(Value::as_str).collect();
        examples.retain(|example| self.fits(example, applied));
        let of_format = FORMATS.iter().find(|(name, _)| Some(*name) == format);
        let usual = of_format.map_or("sample 0000", |(_, example)| example);
        let example = self.random.pick(&examples).copied();
        // A URI stays valid with other digits; a date, for one, might not.
        let redrawn = matches!(format, None | Some("uri")).then(|| {
            let random = &mut *self.random;
            let redraw = |c: char| {
                if c.is_ascii_digit() { char::from(b"0123456789"[random.below(10)]) } else { c }
            };
            example.unwrap_or(usual).chars().map(redraw).collect::<String>()
        });
        let redrawn = redrawn.filter(|redrawn| self.fits(redrawn, applied));
        redrawn.or(example.map(Into::into)).unwrap_or_else(|| {
            if self.fits(usual, applied) { usual.into() } else { least_string(applied) }
        })
    }

    /// Whether `text` has the length and matches the patterns that `applied` ask for.
    fn fits(&mut self, text: &str, applied: &[&Value]) -> bool {
        let length = text.chars().count();
        applied.iter().all(|schema| {
            let matches = schema["pattern"].as_str().is_none_or(|pattern| {
                let known = self.patterns.entry(pattern.to_owned());
                let pattern = known.or_insert_with(|| Automaton::compile(pattern).ok());
                pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
            });
            matches
                && count(schema, "minLength").is_none_or(|least| length >= least)
                && count(schema, "maxLength").is_none_or(|most| length <= most)
        })
    }

    fn object(&mut self, applied: &[&Value], depth: usize) -> Value {
        let mut object = Map::new();
        let fields = applied.iter().filter_map(|schema| schema["properties"].as_object());
        for key in fields.flat_map(Map::keys) {
            let is_required = applied.iter().any(|schema| {
                schema["required"].as_array().is_some_and(|keys| keys.contains(&json!(key)))
            });
            if !object.contains_key(key)
                && (is_required || depth < DEEPEST && !self.given && !self.random.one_in(4))
            {
                let said = applied.iter().filter_map(|schema| {
                    schema["properties"].get(key).or_else(|| schema.get("additionalProperties"))
                });
                let said: Vec<_> = said.collect();
                object.insert(key.clone(), self.value(&said, depth + 1));
            }
        }
        let values: Vec<_> =
            applied.iter().filter_map(|schema| schema.get("additionalProperties")).collect();
        if values.iter().any(|values| values.is_object()) && depth < DEEPEST && !self.given {
            for number in 0..self.random.below(3) {
                object.insert(format!("key_{number}"), self.value(&values, depth + 1));
            }
        }
        Value::Object(object)
    }

    fn array(&mut self, applied: &[&Value], depth: usize) -> Value {
        let limits = merged(applied);
        let items: Vec<_> = applied.iter().filter_map(|schema| schema.get("items")).collect();
        let more = if depth < DEEPEST && !self.given { self.random.below(4) } else { 0 };
        let count = count(&limits, "minItems").unwrap_or(0).saturating_add(more);
        let count = count.min(self::count(&limits, "maxItems").unwrap_or(usize::MAX));
        (0..count).map(|_| self.value(&items, depth + 1)).collect()
    }
}

/// A string with the length and the matches that `applied` ask for.
fn least_string(applied: &[&Value]) -> String {
    let asked = applied.iter().map(|schema| {
        let asked = ["pattern", "minLength", "maxLength"]
            .map(|keyword| Some((keyword.to_owned(), schema.get(keyword)?.clone())));
        asked.into_iter().flatten().collect::<Value>()
    });
    let asked = json!({ "type": "string", "allOf": asked.collect::<Vec<_>>() });
    // What refutes that there is none is one.
    let (subset, superset) = (Schema::from(asked), Schema::from(json!(false)));
    let answer = Inclusion { subset: &subset, superset: &superset }.decide(&Options::default());
    match answer {
        Ok(Answer::Refuted(witness)) => witness.instance.as_str().unwrap_or_default().into(),
        _ => String::new(),
    }
}

/// What schemas say together: the tightest of their limits, and of anything else what the first of them says.
fn merged(applied: &[&Value]) -> Value {
    let mut merged = Map::new();
    for (keyword, operand) in applied.iter().filter_map(|schema| schema.as_object()).flatten() {
        let is_tighter = merged.get(keyword).is_none_or(|known: &Value| {
            let (known, operand) = (known.as_f64(), operand.as_f64());
            let is_least = keyword.starts_with("min") || keyword == "exclusiveMinimum";
            let is_most = keyword.starts_with("max") || keyword == "exclusiveMaximum";
            is_least && known < operand || is_most && known > operand
        });
        if is_tighter {
            merged.insert(keyword.clone(), operand.clone());
        }
    }
    merged.into()
}

/// The number of characters or items under `keyword`.
fn count(limits: &Value, keyword: &str) -> Option<usize> {
    let count = limits[keyword].as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count, perhaps written as 5.0"
    )]
    Some(count as usize)
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
fn integer(schema: &Value, random: &mut Random) -> Value {
    let bound = |inclusive: &str, exclusive: &str, inward: i64| {
        let exclusive = schema[exclusive].as_i64().map(|bound| bound.saturating_add(inward));
        schema[inclusive].as_i64().or(exclusive)
    };
    let minimum = bound("minimum", "exclusiveMinimum", 1);
    let maximum = bound("maximum", "exclusiveMaximum", -1);
    let examples = schema["examples"].as_array().map_or(&[][..], Vec::as_slice);
    let example = random.pick(examples).and_then(Value::as_i64);
    let example = example.or(minimum).or(maximum).unwrap_or(0);
    let span = usize::try_from(example / 1000).unwrap_or_default().max(10);
    let above = i64::try_from(random.below(span)).expect("the span came from an i64");
    let above = example
        .saturating_add(above)
        .clamp(minimum.unwrap_or(i64::MIN), maximum.unwrap_or(i64::MAX));
    let step = schema["multipleOf"].as_i64().unwrap_or(1);
    let below = above - above.rem_euclid(step);
    (if minimum.is_some_and(|minimum| below < minimum) {
        below.saturating_add(step)
    } else {
        below
    })
    .into()
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
    let end = random.pick(&["minimum", "maximum"]).and_then(|end| schema.get(*end));
    match end {
        Some(end) if random.one_in(8) => end.clone(),
        _ => {
            let share =
                f64::from(1 + u16::try_from(random.below(998)).expect("it is below 998")) / 1000.0;
            let between = low + (high - low) * share;
            let step = schema["multipleOf"].as_f64();
            let short = step.map_or_else(
                || (between * 1000.0).round() / 1000.0,
                |step| (between / step).round() * step,
            );
            let fits = step.is_some() || low < short && short < high;
            Number::from_f64(if fits { short } else { between }).into()
        }
    }
}

/// `SplitMix64` (Steele, Lea and Flood 2014). A seed must always give the same samples, and crates for random numbers do
/// not promise that from one release to the next.
struct Random(u64);

impl Random {
    /// Numbers of their own for each `seed` and `purpose`.
    fn new(seed: u64, purpose: &str) -> Self {
        let mut random = Self(seed);
        for byte in purpose.bytes() {
            random.0 = random.next() ^ u64::from(byte);
        }
        random
    }

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

    /// One of `items`, if there are any.
    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() {
            return None;
        }
        items.get(self.below(items.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(schema: &Value) -> String {
        let (random, patterns) = (&mut Random(7), &mut HashMap::new());
        Sampler { random, patterns, given: false }.string(&[schema])
    }

    #[test]
    fn strings_are_of_their_length_and_match() {
        let narrow = json!({ "pattern": "^N", "minLength": 3, "examples": ["KX"] });
        assert!(string(&narrow).starts_with('N') && string(&narrow).len() > 2);
        assert_eq!(string(&json!({ "maxLength": 0 })), "");
    }

    #[test]
    fn strings_of_a_format_need_no_example() {
        for (format, _) in FORMATS {
            let schema = json!({ "type": "string", "format": format });
            let validator = jsonschema::options().should_validate_formats(true).build(&schema);
            let sample = string(&schema);
            assert!(validator.expect("a schema").is_valid(&json!(sample)), "{format}: {sample}");
        }
        let schema = json!({ "type": "string", "format": "of-our-own" });
        assert_eq!(string(&schema), "sample 0000");
    }
}
