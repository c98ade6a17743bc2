//! JSON Schemas and instances made of the bytes of a fuzzer: words that schemas are made of, in any order, right or wrong.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

const NAMES: [&str; 6] = ["a", "b", "type", "self", "+1", "clip_id"];
const TYPES: [&str; 7] = ["string", "integer", "number", "boolean", "array", "object", "null"];
const PATTERNS: [&str; 6] = ["^a", "b$", "^[a-c]{2,3}$", "\\p{L}+", "(?:a|b)*c", "[^]"];

/// As deep as schemas and instances are made.
const DEEPEST: usize = 4;

/// A schema that may refer to `references`.
pub fn schema(bytes: &mut Unstructured<'_>, references: &[&str], depth: usize) -> Result<Value> {
    let mut schema = Map::new();
    if bytes.ratio(1, 24)? {
        return Ok(bytes.arbitrary::<bool>()?.into());
    }
    if bytes.ratio(3, 4)? {
        let kind = *bytes.choose(&TYPES)?;
        let kinds = json!([kind, bytes.choose(&TYPES)?]);
        schema.insert("type".into(), if bytes.ratio(1, 8)? { kinds } else { kind.into() });
    }
    for _ in 0..bytes.int_in_range(0..=3)? {
        let (keyword, value) = keyword(bytes, references, depth)?;
        schema.insert(keyword.into(), value);
    }
    if bytes.ratio(3, 4)? {
        schema.insert("description".into(), "What it is.".into());
    }
    Ok(schema.into())
}

fn keyword(
    bytes: &mut Unstructured<'_>,
    references: &[&str],
    depth: usize,
) -> Result<(&'static str, Value)> {
    let mut inner = |bytes: &mut Unstructured<'_>| {
        if depth < DEEPEST { schema(bytes, references, depth + 1) } else { Ok(json!({})) }
    };
    let several =
        |bytes: &mut Unstructured<'_>,
         inner: &mut dyn FnMut(&mut Unstructured<'_>) -> Result<Value>| {
            (0..bytes.int_in_range(1..=3)?).map(|_| inner(bytes)).collect::<Result<Value>>()
        };
    Ok(match bytes.int_in_range(0..=20)? {
        0 => ("minLength", number(bytes)?),
        1 => ("maxLength", number(bytes)?),
        2 => ("pattern", (*bytes.choose(&PATTERNS)?).into()),
        3 => ("minimum", number(bytes)?),
        4 => ("maximum", number(bytes)?),
        5 => ("exclusiveMinimum", number(bytes)?),
        6 => ("multipleOf", number(bytes)?),
        7 => ("minItems", number(bytes)?),
        8 => ("maxItems", number(bytes)?),
        9 => ("items", inner(bytes)?),
        10 | 11 => {
            let mut properties = Map::new();
            for _ in 0..bytes.int_in_range(0..=3)? {
                properties.insert((*bytes.choose(&NAMES)?).into(), inner(bytes)?);
            }
            ("properties", properties.into())
        }
        12 => {
            let count = bytes.int_in_range(0..=2)?;
            let names = (0..count).map(|_| Ok(Value::from(*bytes.choose(&NAMES)?)));
            ("required", names.collect::<Result<Value>>()?)
        }
        13 => ("additionalProperties", inner(bytes)?),
        14 => (
            "enum",
            (0..bytes.int_in_range(0..=3)?)
                .map(|_| instance(bytes, 3))
                .collect::<Result<Value>>()?,
        ),
        15 => ("const", instance(bytes, 2)?),
        16 => ("anyOf", several(bytes, &mut inner)?),
        17 => ("oneOf", several(bytes, &mut inner)?),
        18 => ("allOf", several(bytes, &mut inner)?),
        19 => ("x-known-values", json!(["a", "b"])),
        _ if references.is_empty() => ("title", "Title".into()),
        _ => ("$ref", (*bytes.choose(references)?).into()),
    })
}

fn number(bytes: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match bytes.int_in_range(0..=5)? {
        0..=3 => bytes.int_in_range(-2..=5)?.into(),
        4 => 0.5.into(),
        _ => bytes.arbitrary::<i64>()?.into(),
    })
}

/// Any JSON, small.
pub fn instance(bytes: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    let kinds = if depth < DEEPEST { 7 } else { 5 };
    Ok(match bytes.int_in_range(0..=kinds)? {
        0 => Value::Null,
        1 => bytes.arbitrary::<bool>()?.into(),
        2 => number(bytes)?,
        3 => (*bytes.choose(&["", "a", "b", "ab", "abc", "aabbcc", "ü"])?).into(),
        4 => bytes.int_in_range(-9..=9)?.into(),
        5 => (*bytes.choose(&NAMES)?).into(),
        6 => (0..bytes.int_in_range(0..=3)?)
            .map(|_| instance(bytes, depth + 1))
            .collect::<Result<Value>>()?,
        _ => {
            let mut object = Map::new();
            for _ in 0..bytes.int_in_range(0..=3)? {
                object.insert((*bytes.choose(&NAMES)?).into(), instance(bytes, depth + 1)?);
            }
            object.into()
        }
    })
}
