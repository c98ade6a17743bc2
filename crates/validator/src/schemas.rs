//! The schemas of the embedded contract: which of them judges which object, and the facts that explanations quote.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use jsonschema::paths::Location;
use serde_json::{Map, Value, json};

use crate::mode::Mode;
use crate::number::Bounds;

/// The contract as one self-contained JSON Schema (draft 2020-12). Every verdict follows from it.
///
/// Its `$defs` hold the shared definitions, and the shapes of `data` under their event types.
/// [`Violation::schema`](crate::Violation::schema) points into it. [`schema`] gives it parsed.
pub const SCHEMA: &str = include_str!("generated/contract.schema.json");

/// [`SCHEMA`] as a value. It is parsed once, on the first call.
///
/// ```
/// let schema = clip_events_validator::schema();
/// assert_eq!(schema["$defs"]["Progress"]["maximum"], 1);
/// ```
pub fn schema() -> &'static Value {
    static BUNDLE: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(SCHEMA).expect("codegen writes JSON"));
    &BUNDLE
}

/// The longest chain of `$ref`s that is followed.
const MAX_REFS: usize = 32;

/// The schemas of the contract, ready to judge in one mode.
#[derive(Debug)]
pub(crate) struct Schemas {
    pub(crate) bounds: Bounds,
    pub(crate) envelope: ObjectSchema,
    shapes: BTreeMap<&'static str, ObjectSchema>,
}

/// The schema of one object, the envelope or `data`, within the bundle.
#[derive(Debug)]
pub(crate) struct ObjectSchema {
    mode: Mode,
    /// JSON Pointer into the bundle.
    pub(crate) pointer: String,
    properties: Option<&'static Map<String, Value>>,
    /// The declared fields that take an open set, each with the place and the list of its known values.
    open_sets: BTreeMap<&'static str, (String, &'static [Value])>,
    validator: OnceLock<jsonschema::Validator>,
}

impl Schemas {
    pub(crate) fn new(mode: Mode) -> Self {
        let dispatch = schema()["allOf"].as_array().expect("codegen writes the dispatch on `type`");
        let shapes = dispatch.iter().map(|branch| {
            let (event_type, pointer) = dispatched(branch).expect("codegen writes this form alone");
            (event_type, ObjectSchema::new(mode, pointer))
        });
        Self {
            bounds: Bounds::of(schema()),
            envelope: ObjectSchema::new(mode, ""),
            shapes: shapes.collect(),
        }
    }

    /// The shape of `data` for a known event type.
    pub(crate) fn shape(&self, event_type: &str) -> Option<&ObjectSchema> {
        self.shapes.get(event_type)
    }
}

/// The event type that a branch of the dispatch is for, and a JSON Pointer to its shape.
fn dispatched(branch: &Value) -> Option<(&str, &str)> {
    let event_type = branch.pointer("/if/properties/type/const")?.as_str()?;
    let reference = branch.pointer("/then/properties/data/$ref")?.as_str()?;
    Some((event_type, reference.strip_prefix('#')?))
}

impl ObjectSchema {
    fn new(mode: Mode, pointer: &str) -> Self {
        let properties =
            schema().pointer(&format!("{pointer}/properties")).and_then(Value::as_object);
        let mut object = Self {
            mode,
            pointer: pointer.to_owned(),
            properties,
            open_sets: BTreeMap::new(),
            validator: OnceLock::new(),
        };
        for key in properties.into_iter().flat_map(Map::keys) {
            if let Some((place, Value::Array(values))) =
                keyword(&object.property(key), "x-known-values")
            {
                object.open_sets.insert(key, (place, values));
            }
        }
        object
    }

    /// Whether the field `key` is declared.
    pub(crate) fn declares(&self, key: &str) -> bool {
        self.properties.is_some_and(|properties| properties.contains_key(key))
    }

    /// JSON Pointer to the declaration of the field `key`.
    pub(crate) fn property(&self, key: &str) -> String {
        format!("{}/properties{}", self.pointer, step(key))
    }

    /// If the field `key` takes an open set: the place in the bundle that lists its known values, and the list.
    pub(crate) fn known_values(&self, key: &str) -> Option<(&str, &'static [Value])> {
        self.open_sets.get(key).map(|(place, values)| (place.as_str(), *values))
    }

    /// Whether an object without the field `key` can be valid.
    pub(crate) fn is_optional(&self, key: &str) -> bool {
        let required = schema().pointer(&self.pointer).and_then(|object| object.get("required"));
        !required.and_then(Value::as_array).is_some_and(|required| required.contains(&key.into()))
    }

    /// The validator of this schema, compiled when it is first needed.
    pub(crate) fn validator(&self) -> &jsonschema::Validator {
        self.validator.get_or_init(|| {
            let bundle = schema();
            let document = if self.pointer.is_empty() {
                // The envelope alone: `data` is judged by its own shape.
                let mut envelope = bundle.clone();
                envelope.as_object_mut().expect("codegen writes an object").remove("allOf");
                envelope
            } else {
                let reference = format!("#{}", self.pointer);
                json!({ "$schema": bundle["$schema"], "$ref": reference, "$defs": bundle["$defs"] })
            };
            jsonschema::options()
                .should_validate_formats(self.mode == Mode::Producer)
                .build(&document)
                .expect("codegen embeds schemas that the meta-schema allows")
        })
    }
}

/// The value of `keyword` in the schema at `pointer`, or in the schemas that it leads to by `$ref`, and its place.
fn keyword(pointer: &str, keyword: &str) -> Option<(String, &'static Value)> {
    let mut pointer = pointer.to_owned();
    for _ in 0..MAX_REFS {
        let place = schema().pointer(&pointer)?;
        if let Some(value) = place.get(keyword) {
            return Some((format!("{pointer}{}", step(keyword)), value));
        }
        place.get("$ref")?.as_str()?.strip_prefix('#')?.clone_into(&mut pointer);
    }
    None
}

/// The step of a JSON Pointer (RFC 6901) to the member `key`: a slash and the key, escaped.
pub(crate) fn step(key: &str) -> Location {
    Location::new().join(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The explaining path shows validators only the declared fields, and stand-ins for numbers. That changes no
    /// verdict of these keywords; of any other it might.
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
        check("", schema());
    }
}
