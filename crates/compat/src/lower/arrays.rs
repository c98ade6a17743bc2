//! Keywords with schemas for the items of an array.

use serde_json::Value;

use super::reader::{Keyword, Reader, SchemaObject};
use super::unevaluated::Unevaluated;
use crate::draft::Draft;
use crate::node::Node;
use crate::number::{self, Count};
use crate::place::Origin;
use crate::primitives::NodeId;

/// These are read together, at the first of them that is there.
const TOGETHER: [&str; 3] = ["items", "prefixItems", "additionalItems"];

impl<'d> Reader<'_, 'd> {
    pub(super) fn array_keyword(
        &mut self,
        object: SchemaObject<'_, 'd>,
        keyword: Keyword<'_, 'd>,
    ) -> Option<NodeId> {
        match keyword.name {
            "items" | "prefixItems" | "additionalItems" => {
                (object.first_of(&TOGETHER) == Some(keyword.name)).then(|| self.items(object))
            }
            "contains" if self.reading.draft != Draft::Draft4 => self.contains(object, keyword),
            "unevaluatedItems" if self.is_modern() => {
                Some(self.unevaluated(object, Unevaluated::Items, keyword))
            }
            _ => None,
        }
    }

    fn contains(
        &mut self,
        object: SchemaObject<'_, 'd>,
        keyword: Keyword<'_, 'd>,
    ) -> Option<NodeId> {
        let schema = self.schema(keyword.value, object.resolver);
        let bound = |keyword: &str| {
            let value = object.members.get(keyword).filter(|_| self.is_modern())?;
            number::count(&self.number(value)?)
        };
        let min = bound("minContains").unwrap_or_else(|| 1_u8.into());
        let max = bound("maxContains");
        if min == Count::ZERO && max.is_none() {
            return None;
        }
        Some(self.arena.add(Node::Contains { schema, min, max }, Some(keyword.origin)))
    }

    fn items(&mut self, object: SchemaObject<'_, 'd>) -> NodeId {
        let SchemaObject { schema, members, resolver } = object;
        let (prefix, rest) = if self.reading.draft == Draft::Draft202012 {
            (members.get("prefixItems"), members.get("items"))
        } else {
            match members.get("items") {
                Some(tuple @ Value::Array(_)) => (Some(tuple), members.get("additionalItems")),
                items => (None, items),
            }
        };
        let keyword = if members.contains_key("items") { "items" } else { "prefixItems" };
        let origin = self.origin(schema, keyword);
        let prefix: Vec<NodeId> = prefix
            .and_then(Value::as_array)
            .map(|tuple| tuple.iter().map(|value| self.schema(value, resolver)).collect())
            .unwrap_or_default();
        let rest = rest.map_or(NodeId::TRUE, |value| self.schema(value, resolver));
        self.item_node(prefix, rest, &origin)
    }

    pub(super) fn item_node(
        &mut self,
        mut prefix: Vec<NodeId>,
        rest: NodeId,
        origin: &Origin,
    ) -> NodeId {
        while prefix.last() == Some(&rest) {
            prefix.pop();
        }
        if prefix.is_empty() && rest == NodeId::TRUE {
            return NodeId::TRUE;
        }
        self.arena.add(Node::Items { prefix, rest }, Some(origin))
    }
}
