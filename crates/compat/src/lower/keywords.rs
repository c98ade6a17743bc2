//! Reads the keywords of one schema object, in the order in which they stand.

use std::rc::Rc;

use referencing::Resolver;
use serde_json::{Map, Value};

use super::reader::{Keyword, Reader, SchemaObject};
use crate::draft::Draft;
use crate::primitives::NodeId;

impl<'d> Reader<'_, 'd> {
    pub(super) fn object(
        &mut self,
        schema: &'d Value,
        members: &'d Map<String, Value>,
        resolver: &Rc<Resolver<'d>>,
    ) -> NodeId {
        if let Some(other) = self.other_dialect(schema, members) {
            return other;
        }
        let object = SchemaObject { schema, members, resolver };
        // Up to draft 7 a `$ref` is all there is.
        if !self.is_modern() {
            if let Some(Value::String(reference)) = members.get("$ref") {
                let origin = self.origin(schema, "$ref");
                return self.reference(reference, &origin, resolver);
            }
        }
        let place = self.origin(schema, "");
        let mut parts = Vec::new();
        for (name, value) in members {
            let origin = &self.origin(schema, name);
            parts.extend(self.keyword(object, Keyword { name, value, origin }));
        }
        self.arena.all(parts, Some(&place))
    }

    /// A schema within the document that is written in another dialect.
    fn other_dialect(&mut self, schema: &Value, members: &Map<String, Value>) -> Option<NodeId> {
        if std::ptr::eq(schema, self.root) || !self.is_modern() {
            return None;
        }
        let Some(Value::String(dialect)) = members.get("$schema") else { return None };
        if Draft::of_schema(schema) == Some(self.reading.draft) {
            return None;
        }
        let origin = self.origin(schema, "$schema");
        let reason = format!("another dialect: {dialect}");
        Some(self.opaque(&origin, None, reason, "use one draft in a document"))
    }

    /// The assertion that a keyword makes; `None` if it makes none in this draft, or another keyword
    /// is read together with it.
    fn keyword(
        &mut self,
        object: SchemaObject<'_, 'd>,
        keyword: Keyword<'_, 'd>,
    ) -> Option<NodeId> {
        self.reference_keyword(object, keyword)
            .or_else(|| self.assertion(object, keyword))
            .or_else(|| self.array_keyword(object, keyword))
            .or_else(|| self.object_keyword(object, keyword))
            .or_else(|| self.logic_keyword(object, keyword))
    }
}
