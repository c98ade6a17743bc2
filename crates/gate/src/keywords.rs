//! Keywords of JSON Schema by what they say: annotations, bounds, constraints of objects; and how a change of one reads.

use serde_json::Value;

use crate::pair::Pair;
use crate::rules::{About, Audience, Rule, known, of_constraint};

/// Keywords that constrain nothing. Those that a rule is about are compared apart from the rest.
const ANNOTATIONS: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$id",
    "$recursiveAnchor",
    "$schema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "examples",
    "format",
    "id",
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

/// Whether `keyword` is one of any draft that may reject a value. A document that has none of these is no schema that is worth comparing.
pub fn asserts(keyword: &str) -> bool {
    const OTHERS: &[&str] = &[
        "$dynamicRef",
        "$recursiveRef",
        "$ref",
        "additionalItems",
        "allOf",
        "anyOf",
        "const",
        "contains",
        "contentEncoding",
        "contentMediaType",
        "dependencies",
        "enum",
        "format",
        "if",
        "items",
        "multipleOf",
        "not",
        "oneOf",
        "pattern",
        "prefixItems",
        "properties",
        "required",
        "type",
        "unevaluatedItems",
        "uniqueItems",
    ];
    [LOWER, UPPER, OBJECT, OTHERS].iter().any(|keywords| keywords.contains(&keyword))
}

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

/// The types of the values that `keyword` says something of.
pub(crate) fn types_of(keyword: &str) -> Types {
    Types::named(match keyword {
        "maxLength" | "minLength" | "pattern" => "string",
        "exclusiveMaximum" | "exclusiveMinimum" | "maximum" | "minimum" | "multipleOf" => "number",
        "contains" | "items" | "maxContains" | "maxItems" | "minContains" | "minItems"
        | "prefixItems" | "unevaluatedItems" | "uniqueItems" => "array",
        keyword if OBJECT.contains(&keyword) => "object",
        _ => return Types::ALL,
    })
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

/// A set of JSON types; integers are a part of the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Types(u8);

/// The names of types, each with its bits.
const TYPES: &[(&str, u8)] = &[
    ("array", 1),
    ("boolean", 2),
    ("integer", 4),
    ("null", 8),
    ("number", 4 | 16),
    ("object", 32),
    ("string", 64),
];

impl Types {
    pub(crate) const ALL: Self = Self(127);
    pub(crate) const NONE: Self = Self(0);

    fn named(name: &str) -> Self {
        let known = TYPES.iter().find(|(known, _)| *known == name);
        Self(known.map_or(0, |(_, bits)| *bits))
    }

    /// The types that `value` of the keyword `type` allows.
    pub(crate) fn of_keyword(value: &Value) -> Self {
        match value {
            Value::String(name) => Self::named(name),
            Value::Array(names) => {
                let names = names.iter().filter_map(Value::as_str);
                names.map(Self::named).fold(Self::NONE, Self::or)
            }
            _ => Self::ALL,
        }
    }

    /// The type of `value`.
    pub(crate) fn of(value: &Value) -> Self {
        Self::named(match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.as_f64().is_some_and(|it| it.fract() == 0.0) => {
                "integer"
            }
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        })
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn has(self, name: &str) -> bool {
        self.and(Self::named(name)) == Self::named(name)
    }

    /// Whether no value is of both.
    pub(crate) fn is_apart_from(self, other: Self) -> bool {
        self.and(other) == Self::NONE
    }

    /// Whether no value but null is of both.
    pub(crate) fn is_another_than(self, other: Self) -> bool {
        self.and(other).0 & !Self::named("null").0 == 0
    }

    /// The rule of a change of the types to `new`.
    pub(crate) fn rule(self, new: Self) -> &'static Rule {
        let (lost, gained) = (self.0 & !new.0, new.0 & !self.0);
        known(match (lost, gained) {
            (0, gained) if gained == Self::named("null").0 => "field-now-nullable",
            (0, _) => "type-widened",
            (_, 0) => "type-narrowed",
            _ => "type-changed",
        })
    }

    /// As a person says it: `number or null`.
    pub(crate) fn text(self) -> String {
        let is_told = |name: &&str| self.has(name) && (*name != "integer" || !self.has("number"));
        let names: Vec<_> = TYPES.iter().map(|(name, _)| *name).filter(is_told).collect();
        match names.len() {
            0 => "none".into(),
            1..=5 => names.join(" or "),
            _ => "any".into(),
        }
    }
}
