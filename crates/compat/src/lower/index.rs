//! The first walk over a document: where each value is, which schemas have an id, which anchors there are.

use referencing::{Resolver, ResourceRef, Uri};
use serde_json::{Map, Value};

use super::reader::{RECURSIVE, Reader};
use crate::address::Address;
use crate::place::escape_token;

/// The kind of value at a place of a document.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Schema,
    /// An object of schemas.
    Schemas,
    /// A schema or an array of schemas.
    SchemaOrSchemas,
    Data,
}

impl Holds {
    fn member(self, keyword: &str) -> Self {
        match (self, keyword) {
            (
                Self::Schema | Self::SchemaOrSchemas,
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
                | "dependencies",
            ) => Self::Schemas,
            (Self::Schemas, _)
            | (
                Self::Schema | Self::SchemaOrSchemas,
                "items"
                | "additionalItems"
                | "prefixItems"
                | "unevaluatedItems"
                | "contains"
                | "additionalProperties"
                | "propertyNames"
                | "unevaluatedProperties"
                | "not"
                | "if"
                | "then"
                | "else"
                | "allOf"
                | "anyOf"
                | "oneOf"
                | "contentSchema",
            ) => Self::SchemaOrSchemas,
            _ => Self::Data,
        }
    }

    fn item(self) -> Self {
        if self == Self::SchemaOrSchemas { Self::Schema } else { Self::Data }
    }
}

impl<'d> Reader<'_, 'd> {
    /// Records where every object is, and the anchors that a dynamic reference can see: those of
    /// schemas, not of data that looks like one.
    pub(super) fn index(
        &mut self,
        value: &'d Value,
        holds: Holds,
        pointer: &mut String,
        resolver: &Resolver<'d>,
    ) {
        let length = pointer.len();
        match value {
            Value::Object(members) => {
                self.pointers.insert(Address::of(value), pointer.as_str().into());
                let mut within = None;
                if matches!(holds, Holds::Schema | Holds::SchemaOrSchemas) {
                    let resource = ResourceRef::new(value, self.reading.draft.validator());
                    if resource.id().is_some() {
                        if let Ok(inner) = resolver.in_subresource(resource) {
                            let base = Uri::clone(&inner.base_uri());
                            if self.bases.values().any(|known| *known == base) {
                                let origin = self.origin(value, "$id");
                                self.arena.twice.get_or_insert(origin);
                            }
                            self.bases.insert(Address::of(value), base);
                            within = Some(inner);
                        }
                    }
                    let base = within.as_ref().unwrap_or(resolver).base_uri();
                    self.index_anchors(members, base.as_str());
                }
                let resolver = within.as_ref().unwrap_or(resolver);
                for (key, member) in members {
                    pointer.push('/');
                    pointer.push_str(&escape_token(key));
                    self.index(member, holds.member(key), pointer, resolver);
                    pointer.truncate(length);
                }
            }
            Value::Array(items) => {
                self.pointers.insert(Address::of(value), pointer.as_str().into());
                for (index, item) in items.iter().enumerate() {
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    self.index(item, holds.item(), pointer, resolver);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }

    fn index_anchors(&mut self, members: &Map<String, Value>, base: &str) {
        let mut anchors = Vec::new();
        if let Some(Value::String(name)) = members.get("$dynamicAnchor") {
            anchors.push(name.clone());
        }
        if members.get("$recursiveAnchor") == Some(&Value::Bool(true)) {
            anchors.push(RECURSIVE.to_owned());
        }
        if !anchors.is_empty() {
            self.dynamic_anchors.entry(base.to_owned()).or_default().extend(anchors);
        }
    }
}
