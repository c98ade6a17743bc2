//! The ways in which an assertion fails, each by something that exists.

use std::sync::Arc;

use super::facts::Union;
use super::solver::Solver;
use super::ways::Way;
use crate::json::Json;
use crate::literal::Literal;
use crate::node::{Keys, Node};
use crate::number::Count;
use crate::primitives::NodeId;

impl Solver<'_> {
    /// The ways in which a universal assertion fails, each by a part that exists.
    pub(super) fn ways_to_fail(&mut self, id: NodeId) -> Vec<Way> {
        let node = self.arena.shared(id);
        let mut parts: Vec<Option<Node>> = Vec::new();
        // A violation by a value that no schema allows does not count.
        let mut push = |solver: &mut Self, schema: NodeId, node: &dyn Fn(NodeId) -> Node| {
            let schema = solver.not(schema);
            parts.push((schema != NodeId::FALSE).then(|| node(schema)));
        };
        match &*node {
            Node::Properties { named, patterns, rest } => {
                for (name, schema) in named {
                    push(self, *schema, &|schema| Node::Exists {
                        keys: Keys { name: Some(Arc::clone(name)), ..Keys::default() },
                        schema,
                    });
                }
                for (pattern, schema) in patterns {
                    push(self, *schema, &|schema| Node::Exists {
                        keys: Keys { matching: vec![*pattern], ..Keys::default() },
                        schema,
                    });
                }
                push(self, *rest, &|schema| Node::Exists {
                    keys: Keys {
                        unmatched: patterns.iter().map(|(pattern, _)| *pattern).collect(),
                        except: named.keys().cloned().collect(),
                        ..Keys::default()
                    },
                    schema,
                });
            }
            Node::Names(names) => parts.push(Some(Node::Exists {
                keys: Keys { names: Some(Literal::fails(*names)), ..Keys::default() },
                schema: NodeId::TRUE,
            })),
            Node::Items { prefix, rest } => {
                for (index, schema) in (0..).zip(prefix) {
                    push(self, *schema, &|schema| Node::ItemAt { index, schema });
                }
                let from = prefix.len() as u64;
                push(self, *rest, &|schema| Node::ItemFrom { from, schema });
            }
            Node::Contains { schema, min, max } => {
                let schema = *schema;
                parts.push((*min != Count::ZERO).then(|| Node::Contains {
                    schema,
                    min: Count::ZERO,
                    max: Some(min - 1_u32),
                }));
                parts.push(max.as_ref().map(|max| Node::Contains {
                    schema,
                    min: max + 1_u32,
                    max: None,
                }));
            }
            node => unreachable!("a universal assertion, not {node:?}"),
        }
        let mut ways = Vec::new();
        for (number, part) in parts.into_iter().enumerate() {
            if let Some(part) = part {
                let part = self.add(part, Some(id));
                ways.push(Way { number, add: vec![Literal::holds(part)] });
            }
        }
        ways
    }

    /// The ways to be another value than a listed array or object.
    pub(super) fn ways_to_differ(&mut self, union: Union) -> Vec<Way> {
        let Union::Differs(id, index) = union else { return Vec::new() };
        let mut literals = Vec::new();
        match self.value(id, index) {
            Json::Array(items) => {
                for (index, item) in (0..).zip(items.iter()) {
                    let schema = self.other_than(item);
                    literals
                        .push(Literal::holds(self.add(Node::ItemAt { index, schema }, Some(id))));
                }
                let length = items.len();
                literals
                    .push(Literal::holds(self.add(Node::MinItems((length + 1).into()), Some(id))));
                if length > 0 {
                    literals.push(Literal::holds(
                        self.add(Node::MaxItems((length - 1).into()), Some(id)),
                    ));
                }
            }
            Json::Object(members) => {
                for (name, member) in members.iter() {
                    let required = self.add(Node::Required(Arc::clone(name)), Some(id));
                    literals.push(Literal::fails(required));
                    let schema = self.other_than(member);
                    let keys = Keys { name: Some(Arc::clone(name)), ..Keys::default() };
                    literals
                        .push(Literal::holds(self.add(Node::Exists { keys, schema }, Some(id))));
                }
                let keys = Keys { except: members.keys().cloned().collect(), ..Keys::default() };
                let schema = NodeId::TRUE;
                literals.push(Literal::holds(self.add(Node::Exists { keys, schema }, Some(id))));
            }
            value => unreachable!("an array or an object, not {value:?}"),
        }
        literals
            .into_iter()
            .enumerate()
            .map(|(number, literal)| Way { number, add: vec![literal] })
            .collect()
    }

    fn other_than(&mut self, value: &Json) -> NodeId {
        let same = self.enumeration(vec![value.clone()]);
        self.not(same)
    }
}
