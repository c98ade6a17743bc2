//! The embedded contract: which schema judges what, and the facts that explanations name.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use serde_json::{Map, Value, json};

use crate::Mode;
use crate::number::Bounds;

/// The contract as one self-contained JSON Schema (draft 2020-12): what all verdicts follow.
///
/// Shared definitions and the shapes of `data`, the latter under their event types, are in `$defs`.
/// [`Violation::schema`](crate::Violation::schema) points into it.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(clip_events_validator::SCHEMA)?;
/// assert_eq!(schema["$defs"]["Progress"]["maximum"], 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub const SCHEMA: &str = include_str!("generated/contract.schema.json");

static BUNDLE: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(SCHEMA).expect("codegen writes JSON"));

/// Longest chain of `$ref`s that is followed.
const MAX_REFS: usize = 32;

/// The contract, ready to judge in one mode.
#[derive(Debug)]
pub(crate) struct Contract {
    pub(crate) bounds: Bounds,
    pub(crate) envelope: Schema,
    shapes: BTreeMap<&'static str, Schema>,
}

/// An object's schema within the bundle.
#[derive(Debug)]
pub(crate) struct Schema {
    mode: Mode,
    /// JSON Pointer into the bundle.
    pub(crate) pointer: String,
    properties: Option<&'static Map<String, Value>>,
    /// The declared fields that take an open set, each with the place and the values known of it.
    open_sets: BTreeMap<&'static str, (String, &'static [Value])>,
    validator: OnceLock<jsonschema::Validator>,
}

impl Contract {
    pub(crate) fn new(mode: Mode) -> Self {
        let branches = BUNDLE["allOf"].as_array().into_iter().flatten();
        let shapes = branches.filter_map(|branch| {
            let event_type = branch.pointer("/if/properties/type/const")?.as_str()?;
            let reference = branch.pointer("/then/properties/data/$ref")?.as_str()?;
            Some((event_type, Schema::new(mode, reference.strip_prefix('#')?)))
        });
        Self {
            bounds: Bounds::of(&BUNDLE),
            envelope: Schema::new(mode, ""),
            shapes: shapes.collect(),
        }
    }

    /// The shape of `data` for a known event type.
    pub(crate) fn shape(&self, event_type: &str) -> Option<&Schema> {
        self.shapes.get(event_type)
    }
}

impl Schema {
    fn new(mode: Mode, pointer: &str) -> Self {
        let properties =
            BUNDLE.pointer(&format!("{pointer}/properties")).and_then(Value::as_object);
        let mut schema = Self {
            mode,
            pointer: pointer.to_owned(),
            properties,
            open_sets: BTreeMap::new(),
            validator: OnceLock::new(),
        };
        for key in properties.into_iter().flat_map(Map::keys) {
            if let Some((place, Value::Array(values))) =
                keyword(&schema.property(key), "x-known-values")
            {
                schema.open_sets.insert(key, (place, values));
            }
        }
        schema
    }

    /// Whether the field `key` is declared.
    pub(crate) fn declares(&self, key: &str) -> bool {
        self.properties.is_some_and(|properties| properties.contains_key(key))
    }

    /// Where the bundle declares the field `key`.
    pub(crate) fn property(&self, key: &str) -> String {
        format!("{}/properties/{}", self.pointer, escape_token(key))
    }

    /// The values that are known of the field `key`, and their place in the bundle, when it takes an
    /// open set.
    pub(crate) fn known_values(&self, key: &str) -> Option<(&str, &'static [Value])> {
        self.open_sets.get(key).map(|(place, values)| (place.as_str(), *values))
    }

    /// Whether a value without the field `key` can be valid.
    pub(crate) fn is_optional(&self, key: &str) -> bool {
        let required = BUNDLE.pointer(&self.pointer).and_then(|schema| schema.get("required"));
        !required.and_then(Value::as_array).is_some_and(|required| required.contains(&key.into()))
    }

    /// The validator of this schema, compiled when it is first needed.
    pub(crate) fn validator(&self) -> &jsonschema::Validator {
        self.validator.get_or_init(|| {
            let schema = if self.pointer.is_empty() {
                // The envelope alone: `data` is judged by its own shape.
                let mut bundle = BUNDLE.clone();
                bundle.as_object_mut().and_then(|bundle| bundle.remove("allOf"));
                bundle
            } else {
                let reference = format!("#{}", self.pointer);
                json!({ "$schema": BUNDLE["$schema"], "$ref": reference, "$defs": BUNDLE["$defs"] })
            };
            jsonschema::options()
                .should_validate_formats(self.mode == Mode::Producer)
                .build(&schema)
                .expect("codegen embeds schemas that the meta-schema allows")
        })
    }
}

/// The value of `keyword` in the schema at `pointer` or in those that it `$ref`s, and its place.
fn keyword(pointer: &str, keyword: &str) -> Option<(String, &'static Value)> {
    let mut pointer = pointer.to_owned();
    for _ in 0..MAX_REFS {
        let schema = BUNDLE.pointer(&pointer)?;
        if let Some(value) = schema.get(keyword) {
            return Some((format!("{pointer}/{}", escape_token(keyword)), value));
        }
        schema.get("$ref")?.as_str()?.strip_prefix('#')?.clone_into(&mut pointer);
    }
    None
}

/// Escapes a key as one reference token of a JSON Pointer (RFC 6901).
pub(crate) fn escape_token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The explanation shows validators the declared fields only, and stand-ins for numbers: that
    /// keeps what these keywords ask, and what they alone ask.
    #[test]
    fn no_keyword_looks_at_more_than_declared_fields_and_bounds() {
        const KEPT: &[&str] = &[
            "$schema",
            "$id",
            "$ref",
            "$defs",
            "$comment",
            "title",
            "description",
            "examples",
            "allOf",
            "type",
            "required",
            "properties",
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
        ];
        fn check(pointer: &str, schema: &Value) {
            for (keyword, value) in schema.as_object().expect(pointer) {
                assert!(
                    KEPT.contains(&keyword.as_str()) || keyword.starts_with("x-"),
                    "{pointer}: {keyword}"
                );
                if let "properties" | "$defs" = keyword.as_str() {
                    for (name, schema) in value.as_object().expect(keyword) {
                        check(&format!("{pointer}/{keyword}/{name}"), schema);
                    }
                }
            }
        }
        check("", &BUNDLE);
    }
}
