//! The drafts of JSON Schema.

use serde_json::Value;

/// A draft of JSON Schema: it decides which keywords there are and what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Draft {
    /// Draft 4 (2013).
    Draft4,
    /// Draft 6 (2017).
    Draft6,
    /// Draft 7 (2018).
    Draft7,
    /// Draft 2019-09.
    Draft201909,
    /// Draft 2020-12, the default.
    Draft202012,
}

impl Draft {
    /// The same draft for the `jsonschema` validator.
    pub(crate) fn validator(self) -> jsonschema::Draft {
        match self {
            Self::Draft4 => jsonschema::Draft::Draft4,
            Self::Draft6 => jsonschema::Draft::Draft6,
            Self::Draft7 => jsonschema::Draft::Draft7,
            Self::Draft201909 => jsonschema::Draft::Draft201909,
            Self::Draft202012 => jsonschema::Draft::Draft202012,
        }
    }

    /// The draft that the `jsonschema` validator calls by this name, if the engine reads it.
    pub(crate) fn of_validator(draft: jsonschema::Draft) -> Option<Self> {
        Some(match draft {
            jsonschema::Draft::Draft4 => Self::Draft4,
            jsonschema::Draft::Draft6 => Self::Draft6,
            jsonschema::Draft::Draft7 => Self::Draft7,
            jsonschema::Draft::Draft201909 => Self::Draft201909,
            jsonschema::Draft::Draft202012 => Self::Draft202012,
            _ => return None,
        })
    }

    /// The draft that `$schema` names (2020-12 if there is none); `None` if it is not known.
    pub fn of_schema(schema: &Value) -> Option<Self> {
        Self::of_validator(jsonschema::Draft::default().detect(schema))
    }
}
