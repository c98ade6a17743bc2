//! An example of each part of the contract: what its schema gives as one, or else the least that it takes.

use serde_json::{Map, Value, json};

use crate::model::Envelope;
use crate::sources::Sources;
use schema_source::Source;

/// As many schemas as one value may need: some hold themselves.
const DEEPEST: usize = 30;

/// A delivery of `event_type`: the example of the envelope, with the first example of its shape as `data`.
///
/// It is valid if the examples in the schemas are, and if each value that is needed has one or needs none.
pub fn delivery(sources: &Sources, event_type: &str) -> Option<Value> {
    let shape = sources.data.iter().find(|source| source.stem() == event_type)?;
    let data = value(sources, shape, &shape.value);
    Some(delivery_with(sources, event_type, &data))
}

/// A delivery of `event_type` with this `data`.
pub(crate) fn delivery_with(sources: &Sources, event_type: &str, data: &Value) -> Value {
    let envelope = &sources.envelope;
    let Value::Object(mut delivery) = value(sources, envelope, &envelope.value) else {
        return json!({ Envelope::TYPE: event_type, Envelope::DATA: data });
    };
    delivery.insert(Envelope::TYPE.into(), event_type.into());
    delivery.insert(Envelope::DATA.into(), data.clone());
    delivery.into()
}

/// A value of `schema`, a part of the file `source`.
pub(crate) fn value(sources: &Sources, source: &Source, schema: &Value) -> Value {
    Sampler { sources }.value(source, schema, DEEPEST)
}

struct Sampler<'a> {
    sources: &'a Sources,
}

impl Sampler<'_> {
    fn value(&self, source: &Source, schema: &Value, depth: usize) -> Value {
        let listed = ["examples", "enum", "x-known-values"];
        let listed = listed.iter().find_map(|keyword| schema[*keyword].as_array()?.first());
        if let Some(given) = schema.get("const").or(listed) {
            return given.clone();
        }
        let Some(depth) = depth.checked_sub(1) else { return Value::Null };
        if let Some(reference) = schema["$ref"].as_str() {
            return match self.sources.resolve(source, reference) {
                Some((file, pointer)) => {
                    let target = file.value.pointer(pointer).unwrap_or(&Value::Null);
                    self.value(file, target, depth)
                }
                None => Value::Null,
            };
        }
        if let Some(branch) =
            ["oneOf", "anyOf", "allOf"].iter().find_map(|keyword| schema[*keyword].get(0))
        {
            return self.value(source, branch, depth);
        }
        let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
        match kind {
            Some("object") => self.object(source, schema, depth).into(),
            Some("array") => {
                let count = schema["minItems"].as_u64().unwrap_or(0);
                (0..count).map(|_| self.value(source, &schema["items"], depth)).collect()
            }
            Some("string") => "sample".into(),
            Some("boolean") => true.into(),
            Some("integer" | "number") => {
                let bounds = ["minimum", "maximum"].iter().find_map(|keyword| schema.get(*keyword));
                bounds.cloned().unwrap_or_else(|| 1.into())
            }
            _ => Value::Null,
        }
    }

    /// The fields that must be there.
    fn object(&self, source: &Source, schema: &Value, depth: usize) -> Map<String, Value> {
        let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        let fields = schema["properties"].as_object().into_iter().flatten();
        let fields = fields.filter(|(name, _)| required.iter().any(|key| key == name.as_str()));
        fields.map(|(name, field)| (name.clone(), self.value(source, field, depth))).collect()
    }
}
