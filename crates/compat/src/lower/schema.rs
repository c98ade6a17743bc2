//! Reads one schema, once for each dynamic scope; a schema that is met again within itself becomes a
//! definition.

use std::rc::Rc;

use referencing::Resolver;
use serde_json::Value;

use super::reader::Reader;
use crate::address::Address;
use crate::node::Node;
use crate::primitives::{DefinitionId, NodeId};

/// Schemas nested in each other, by references too.
const MAX_DEPTH: usize = 1_000;

/// Dynamic scopes that a document may have: each reads its schemas anew.
const MAX_SCOPES: usize = 64;

impl<'d> Reader<'_, 'd> {
    pub(super) fn schema(&mut self, schema: &'d Value, resolver: &Rc<Resolver<'d>>) -> NodeId {
        let members = match schema {
            Value::Bool(true) => return NodeId::TRUE,
            Value::Bool(false) => return NodeId::FALSE,
            Value::Object(members) if members.is_empty() => return NodeId::TRUE,
            Value::Object(members) => members,
            _ => {
                let origin = self.origin(schema, "");
                return self.opaque(&origin, None, "not a schema", "write a schema here");
            }
        };
        let around = self.scope;
        let key = (Address::of(schema), around);
        if let Some(id) = self.done.get(&key) {
            return *id;
        }
        let origin = self.origin(schema, "");
        if let Some(definition) = self.open.get(&key).copied() {
            let number = definition.unwrap_or_else(|| {
                let number = self.arena.add_definition();
                self.open.insert(key, Some(number));
                number
            });
            return self.arena.add(Node::Ref(number), Some(&origin));
        }
        if self.depth > MAX_DEPTH || self.arena.bytes() as u64 > self.reading.memory {
            let reason = "the schema is too large to be read within the memory that is allowed";
            return self.opaque(&origin, None, reason, "raise `Options::memory`");
        }
        self.depth += 1;
        self.open.insert(key, None);
        let inner = self.within(schema, resolver);
        self.scope = self.enter(inner.base_uri().as_str());
        let id = if self.scopes.len() > MAX_SCOPES {
            self.arena.intricate = true;
            let reason =
                "too many dynamic scopes: resources with dynamic anchors refer to each other";
            self.opaque(&origin, None, reason, "use `$ref` where one target is meant")
        } else {
            self.object(schema, members, &inner)
        };
        self.scope = around;
        self.depth -= 1;
        let id = match self.open.remove(&key).flatten() {
            Some(number) if self.returns_in_place(id, number) => {
                let reason = "the reference leads back to itself for the same value";
                let id =
                    self.opaque(&origin, None, reason, "refer to it from a property or an item");
                self.arena.define(number, id);
                self.arena.endless.get_or_insert_with(|| origin.clone());
                id
            }
            Some(number) => {
                self.arena.define(number, id);
                self.arena.add(Node::Ref(number), Some(&origin))
            }
            None => id,
        };
        self.done.insert(key, id);
        id
    }

    /// Whether a definition reaches itself without a step into a member or an item.
    fn returns_in_place(&self, id: NodeId, number: DefinitionId) -> bool {
        let mut stack = vec![id];
        let mut seen = std::collections::HashSet::new();
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.arena.node(id) {
                Node::Ref(other) if *other == number => return true,
                Node::Ref(other) => stack.push(self.arena.definition(*other)),
                Node::All(parts) | Node::Any(parts) | Node::One(parts) => stack.extend(parts),
                Node::Not(inner) => stack.push(*inner),
                _ => {}
            }
        }
        false
    }
}
