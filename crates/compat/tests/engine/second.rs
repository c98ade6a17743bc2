//! The second validator, which every witness must convince as well, for the drafts of the engine.

use clip_events_test_support::second::{self, Formats};
use schema_compat::Draft;
use serde_json::Value;

/// A schema as the second validator reads it.
pub(crate) struct Second(second::Second);

impl Second {
    /// Reads a schema; `None` if the second validator cannot.
    pub(crate) fn read(schema: &Value, draft: Draft, formats: bool) -> Option<Self> {
        let draft = match draft {
            Draft::Draft4 => second::Draft::V4,
            Draft::Draft6 => second::Draft::V6,
            Draft::Draft7 => second::Draft::V7,
            Draft::Draft201909 => second::Draft::V2019_09,
            Draft::Draft202012 => second::Draft::V2020_12,
            _ => return None,
        };
        let formats = if formats { Formats::Asserted } else { Formats::Described };
        second::Second::read(schema, draft, formats).ok().map(Self)
    }

    pub(crate) fn accepts(&self, instance: &Value) -> bool {
        self.0.accepts(instance)
    }
}

/// Whether the second validator accepts the instance; `None` if it cannot read the schema.
pub(crate) fn accepts(
    schema: &Value,
    instance: &Value,
    draft: Draft,
    formats: bool,
) -> Option<bool> {
    Some(Second::read(schema, draft, formats)?.accepts(instance))
}
