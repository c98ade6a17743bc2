//! The contract, as far as deliveries are made from it.

use serde::Deserialize;
use serde_json::Value;

use crate::json::Members;

/// A schema: of the whole contract, of a shape, of a value.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Schema {
    #[serde(rename = "$ref")]
    pub(crate) reference: Option<String>,
    #[serde(rename = "$defs")]
    pub(crate) definitions: Members<Schema>,
    #[serde(rename = "type")]
    types: Value,
    #[serde(rename = "const")]
    pub(crate) constant: Option<Value>,
    #[serde(rename = "enum")]
    pub(crate) choices: Vec<Value>,
    #[serde(rename = "x-high-volume")]
    pub(crate) high_volume: bool,
    #[serde(rename = "x-known-values")]
    pub(crate) known_values: Vec<Value>,
    pub(crate) examples: Vec<Value>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    #[serde(rename = "exclusiveMinimum")]
    above: Option<f64>,
    #[serde(rename = "exclusiveMaximum")]
    below: Option<f64>,
    pub(crate) required: Vec<String>,
    pub(crate) properties: Option<Members<Part>>,
    #[serde(rename = "additionalProperties")]
    pub(crate) values: Option<Box<Part>>,
    pub(crate) items: Option<Box<Part>>,
    #[serde(rename = "minItems")]
    pub(crate) min_items: usize,
    #[serde(rename = "allOf")]
    pub(crate) all_of: Vec<Part>,
    #[serde(rename = "anyOf", alias = "oneOf")]
    pub(crate) any_of: Vec<Part>,
    #[serde(rename = "if")]
    pub(crate) condition: Option<Box<Part>>,
    pub(crate) then: Option<Box<Part>>,
}

/// A schema within a schema: `true` takes anything.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Part {
    Anything(#[expect(dead_code, reason = "it is `true`: `false` takes nothing")] bool),
    Schema(Box<Schema>),
}

impl Schema {
    /// The type of its values; the first where it takes several.
    pub(crate) fn kind(&self) -> &str {
        let first = self.types.as_array().and_then(|types| types.first());
        let written = first.unwrap_or(&self.types).as_str();
        written.unwrap_or(if self.properties.is_some() { "object" } else { "null" })
    }

    /// Whether a `null`, or a list around a value, is no value of it.
    pub(crate) fn is_plain(&self) -> bool {
        self.types.is_string() && !["object", "array", "null"].contains(&self.kind())
    }

    /// Whether `number` is above the lower bound.
    pub(crate) fn takes(&self, number: f64) -> bool {
        self.minimum.is_none_or(|least| number >= least)
            && self.above.is_none_or(|bound| number > bound)
    }

    /// Two numbers between which all are values of it, the bounds themselves left out.
    pub(crate) fn range(&self) -> (f64, f64) {
        let low = self.minimum.or(self.above);
        let high = self.maximum.or(self.below);
        let low = low.unwrap_or_else(|| high.map_or(0.0, |high| high - 1e6));
        (low, high.unwrap_or(low + 1e6))
    }
}
