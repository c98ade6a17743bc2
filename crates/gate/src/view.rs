//! A document as the gate reads it: its event types, and all that it says of one value, conditions or not.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::layout::Layout;

/// Objects within objects that are looked into: a recursive schema has no end.
pub(crate) const MAX_DEPTH: usize = 8;

/// A document, with the layout of its deliveries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) document: &'a Value,
}

impl<'a> View<'a> {
    /// The part of the document at a JSON Pointer.
    pub(crate) fn part(self, pointer: &str) -> Option<&'a Value> {
        self.document.pointer(pointer)
    }

    /// The part of the document that `reference`, the value of a `$ref`, leads to.
    pub(crate) fn referred(self, reference: &str) -> Option<&'a Value> {
        self.part(reference.strip_prefix('#')?)
    }

    /// The event types that the document tells apart.
    pub(crate) fn event_types(self) -> Vec<&'a str> {
        self.layout.event_types(self.document)
    }

    /// Whether `branch` of `allOf` does nothing but give the content of an event type its schema.
    pub(crate) fn is_dispatch(self, branch: &Value) -> bool {
        self.layout.event_type(branch).is_some()
    }

    /// Every object of keywords that speaks of the same value as one of `schemas` does, conditions or not.
    pub(crate) fn in_place(self, schemas: &[&'a Value]) -> Vec<&'a Map<String, Value>> {
        let mut found: Vec<&Map<String, Value>> = Vec::new();
        let mut work = schemas.to_vec();
        while let Some(schema) = work.pop() {
            let Value::Object(schema) = schema else { continue };
            if found.iter().any(|known| std::ptr::eq(*known, schema)) {
                continue;
            }
            found.push(schema);
            for (keyword, value) in schema {
                match (keyword.as_str(), value) {
                    ("$ref", Value::String(reference)) => work.extend(self.referred(reference)),
                    ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                        work.extend(schemas.iter().filter(|schema| !self.is_dispatch(schema)));
                    }
                    ("if" | "then" | "else" | "not", schema) => work.push(schema),
                    ("dependentSchemas", Value::Object(schemas)) => work.extend(schemas.values()),
                    _ => {}
                }
            }
        }
        found
    }

    /// The fields that `schemas`, all of one value, declare anywhere, and the subschemas of each.
    pub(crate) fn declared(self, schemas: &[&'a Value]) -> BTreeMap<&'a str, Vec<&'a Value>> {
        let mut fields: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for schema in self.in_place(schemas) {
            let properties = schema.get("properties").and_then(Value::as_object);
            for (name, schema) in properties.into_iter().flatten() {
                fields.entry(name).or_default().push(schema);
            }
        }
        fields
    }
}
