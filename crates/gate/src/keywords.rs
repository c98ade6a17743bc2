//! Keywords of JSON Schema by what they say: annotations, bounds, constraints of objects; and how a change of one reads.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::pair::Pair;
use crate::rules::{About, Audience, Rule, known, of_constraint};

/// Keywords that constrain nothing. Those that a rule is about are compared apart from the rest.
const ANNOTATIONS: &[&str] = &[
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "default",
    "deprecated",
    "description",
    "examples",
    "format",
    "readOnly",
    "title",
    "writeOnly",
];
/// Keywords whose value is a bound from below.
const LOWER: &[&str] =
    &["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"];
/// Keywords whose value is a bound from above.
const UPPER: &[&str] =
    &["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"];
/// Keywords about an object as a whole.
const OBJECT: &[&str] = &[
    "additionalProperties",
    "dependentRequired",
    "dependentSchemas",
    "maxProperties",
    "minProperties",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
];

pub(crate) fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

/// Whether the bound `value` of `keyword` is stricter than `than`; `None` if the keyword is not a bound, or a value is not
/// a number.
pub(crate) fn is_stricter(keyword: &str, value: &Value, than: &Value) -> Option<bool> {
    let (value, than) = (value.as_f64()?, than.as_f64()?);
    if LOWER.contains(&keyword) {
        Some(value > than)
    } else {
        UPPER.contains(&keyword).then_some(value < than)
    }
}

/// The part of a schema that a constraining keyword is about; `type` has rules of its own.
pub(crate) fn about(keyword: &str) -> About {
    if OBJECT.contains(&keyword) {
        About::Object
    } else if LOWER.contains(&keyword) || UPPER.contains(&keyword) {
        About::Bound
    } else {
        About::Values
    }
}

/// The rules that a change of `keyword`, which is about `about`, may fall under.
pub(crate) fn rules_of(
    keyword: &str,
    about: About,
    values: Pair<Option<&Value>>,
) -> Vec<&'static Rule> {
    let looser = || of_constraint(about, Audience::Readers);
    let tighter = || of_constraint(about, Audience::Archives);
    match (values.released, values.new) {
        (Some(_), None) => vec![looser()],
        (None, Some(_)) => vec![tighter()],
        (Some(released), Some(new)) if is_stricter(keyword, new, released) == Some(true) => {
            vec![tighter()]
        }
        (Some(released), Some(new)) if is_stricter(keyword, released, new) == Some(true) => {
            vec![looser()]
        }
        // Which of the two it is, or both, is for the engine to say.
        _ => vec![looser(), tighter()],
    }
}

/// A set of JSON types; `integer` counts as a part of `number`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Types<'a>(BTreeSet<&'a str>);

impl<'a> Types<'a> {
    /// The types that `value` of the keyword `type` allows.
    pub(crate) fn of(value: Option<&'a Value>) -> Self {
        let all = ["array", "boolean", "integer", "null", "number", "object", "string"];
        let mut types: BTreeSet<&str> = match value {
            Some(Value::String(name)) => [name.as_str()].into(),
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => all.into(),
        };
        if types.contains("number") {
            types.insert("integer");
        }
        Self(types)
    }

    pub(crate) fn has_object(&self) -> bool {
        self.0.contains("object")
    }

    /// Whether no value but null is of both.
    pub(crate) fn is_apart_from(&self, other: &Self) -> bool {
        self.0.intersection(&other.0).all(|shared| *shared == "null")
    }

    /// The rule of a change of the types to `new`.
    pub(crate) fn rule(&self, new: &Self) -> &'static Rule {
        let lost = self.0.difference(&new.0).count();
        let gained: Vec<_> = new.0.difference(&self.0).copied().collect();
        known(match (lost, gained.as_slice()) {
            (0, ["null"]) => "field-now-nullable",
            (0, _) => "type-widened",
            (_, []) => "type-narrowed",
            _ => "type-changed",
        })
    }

    /// As a person says it: `number or null`.
    pub(crate) fn text(&self) -> String {
        let is_told = |name: &&&str| **name != "integer" || !self.0.contains("number");
        let names: Vec<_> = self.0.iter().filter(is_told).copied().collect();
        if names.len() > 5 { "any".into() } else { names.join(" or ") }
    }
}
