//! Keywords with schemas for the members of an object, or that depend on them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::reader::{HELP, Keyword, Reader, SchemaObject};
use super::unevaluated::Unevaluated;
use crate::draft::Draft;
use crate::node::Node;
use crate::pattern::Pattern;
use crate::place::Origin;
use crate::primitives::{NodeId, PatternId};
use crate::types::TypeSet;

/// These are read together, at the first of them that is there.
const TOGETHER: [&str; 3] = ["properties", "patternProperties", "additionalProperties"];

impl<'d> Reader<'_, 'd> {
    pub(super) fn object_keyword(
        &mut self,
        object: SchemaObject<'_, 'd>,
        keyword: Keyword<'_, 'd>,
    ) -> Option<NodeId> {
        let Keyword { name, value, origin } = keyword;
        Some(match (name, value) {
            ("properties" | "patternProperties" | "additionalProperties", _) => {
                if object.first_of(&TOGETHER) != Some(name) {
                    return None;
                }
                self.properties(object, origin)
            }
            ("propertyNames", value) if self.reading.draft != Draft::Draft4 => {
                let names = self.schema(value, object.resolver);
                if names == NodeId::TRUE {
                    return Some(NodeId::TRUE);
                }
                self.arena.add(Node::Names(names), Some(origin))
            }
            ("dependencies", Value::Object(dependencies)) => {
                self.dependencies(object, dependencies, origin)
            }
            ("dependentRequired" | "dependentSchemas", Value::Object(dependencies))
                if self.is_modern() =>
            {
                self.dependencies(object, dependencies, origin)
            }
            ("unevaluatedProperties", _) if self.is_modern() => {
                self.unevaluated(object, Unevaluated::Properties, keyword)
            }
            _ => return None,
        })
    }

    fn properties(&mut self, object: SchemaObject<'_, 'd>, first: &Origin) -> NodeId {
        let SchemaObject { schema, members, resolver } = object;
        let mut named = BTreeMap::new();
        if let Some(Value::Object(properties)) = members.get("properties") {
            for (name, value) in properties {
                named.insert(Arc::from(name.as_str()), self.schema(value, resolver));
            }
        }
        let mut patterns = Vec::new();
        if let Some(Value::Object(properties)) = members.get("patternProperties") {
            for (source, value) in properties {
                let origin = self.origin(schema, "patternProperties");
                let Some(pattern) = self.key_pattern(source) else {
                    let reason = format!("the pattern {source} has no automaton");
                    return self.opaque(&origin, None, reason, HELP);
                };
                patterns.push((pattern, self.schema(value, resolver)));
            }
        }
        let rest = members
            .get("additionalProperties")
            .map_or(NodeId::TRUE, |value| self.schema(value, resolver));
        self.property_node(named, patterns, rest, first)
    }

    pub(super) fn key_pattern(&mut self, source: &str) -> Option<PatternId> {
        Pattern::new(source).ok().map(|pattern| self.arena.add_pattern(pattern))
    }

    pub(super) fn property_node(
        &mut self,
        mut named: BTreeMap<Arc<str>, NodeId>,
        mut patterns: Vec<(PatternId, NodeId)>,
        rest: NodeId,
        origin: &Origin,
    ) -> NodeId {
        if rest == NodeId::TRUE {
            named.retain(|_, id| *id != NodeId::TRUE);
            patterns.retain(|(_, id)| *id != NodeId::TRUE);
            if named.is_empty() && patterns.is_empty() {
                return NodeId::TRUE;
            }
        }
        patterns.sort_unstable();
        patterns.dedup();
        self.arena.add(Node::Properties { named, patterns, rest }, Some(origin))
    }

    fn dependencies(
        &mut self,
        object: SchemaObject<'_, 'd>,
        dependencies: &'d Map<String, Value>,
        origin: &Origin,
    ) -> NodeId {
        let mut parts = Vec::new();
        for (name, value) in dependencies {
            let required = self.required(name, origin);
            let absent = self.arena.not(required);
            let other = self.arena.types(TypeSet::OBJECT.complement());
            let then = match value {
                Value::Array(names) => self.required_all(names, origin),
                Value::String(name) => self.required(name, origin),
                schema => self.schema(schema, object.resolver),
            };
            parts.push(self.arena.any(vec![other, absent, then], Some(origin)));
        }
        self.arena.all(parts, Some(origin))
    }
}
