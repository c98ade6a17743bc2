//! The values that a schema requires at a path of members.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::known::Known;
use crate::arena::Arena;
use crate::json::Json;
use crate::literal::Sign::Holds;
use crate::node::{Keys, Node};
use crate::primitives::NodeId;
use crate::types::TypeSet;

/// Values of which one is at a path; `None`: none need be there, or it may be any.
type Values = Option<Rc<HashSet<Json>>>;

/// The values that the instances of each part of a union have at a path.
pub(super) type Table = Vec<Values>;

/// The schemas that hold for a value of which these hold.
fn together(arena: &Arena, ids: impl IntoIterator<Item = NodeId>) -> Vec<&Node> {
    let mut work: Vec<NodeId> = ids.into_iter().collect();
    let mut seen = HashSet::new();
    let mut out = Vec::new();
    while let Some(id) = work.pop() {
        if !seen.insert(id) {
            continue;
        }
        match arena.node(id) {
            Node::All(parts) => work.extend(parts),
            Node::Ref(number) => work.push(arena.definition(*number)),
            node => out.push(node),
        }
    }
    out
}

fn schemas_of(nodes: &[&Node], name: &Arc<str>) -> Vec<NodeId> {
    nodes
        .iter()
        .filter_map(|node| match node {
            Node::Properties { named, .. } => named.get(name).copied(),
            Node::Exists { keys: Keys { name: Some(known), .. }, schema } if known == name => {
                Some(*schema)
            }
            _ => None,
        })
        .collect()
}

/// The shortest list of values among schemas that hold together.
fn shortest<'a>(nodes: &[&'a Node]) -> Option<&'a Vec<Json>> {
    nodes
        .iter()
        .filter_map(|node| match node {
            Node::Enum(values) => Some(values),
            _ => None,
        })
        .min_by_key(|values| values.len())
}

/// The values that are left at a path of members, should all of them be there.
pub(super) fn values_at<'a>(
    arena: &'a Arena,
    known: &Known<'_>,
    path: &[Arc<str>],
) -> Option<&'a Vec<Json>> {
    let mut ids: Vec<NodeId> = known.nodes(Holds).map(|(id, _)| id).collect();
    for name in path {
        ids = schemas_of(&together(arena, ids), name);
    }
    shortest(&together(arena, ids))
}

/// The values of which every instance of a schema has one at a path, found once for each schema.
pub(super) struct Required<'a> {
    pub(super) arena: &'a Arena,
    /// By the schema, the names that are left of the path, and whether it is known to be an object.
    pub(super) found: HashMap<(NodeId, usize, bool), Values>,
}

impl Required<'_> {
    /// `object`: the instance is known to be an object.
    pub(super) fn values(&mut self, id: NodeId, path: &[Arc<str>], object: bool) -> Values {
        let key = (id, path.len(), object);
        if let Some(found) = self.found.get(&key) {
            return found.clone();
        }
        let values = self.of_all(vec![id], path, object).map(Rc::new);
        self.found.insert(key, values.clone());
        values
    }

    /// The same of what meets all of these schemas.
    fn of_all(
        &mut self,
        ids: Vec<NodeId>,
        path: &[Arc<str>],
        object: bool,
    ) -> Option<HashSet<Json>> {
        let nodes = together(self.arena, ids);
        let Some((name, rest)) = path.split_first() else {
            return shortest(&nodes).map(|values| values.iter().cloned().collect());
        };
        let object = object || nodes.iter().any(|n| **n == Node::Types(TypeSet::OBJECT));
        let required = nodes.iter().any(|node| match node {
            Node::Required(known) | Node::Exists { keys: Keys { name: Some(known), .. }, .. } => {
                known == name
            }
            _ => false,
        });
        if object && required {
            let values = self.of_all(schemas_of(&nodes, name), rest, false);
            if values.is_some() {
                return values;
            }
        }
        nodes.iter().find_map(|node| match node {
            Node::Any(parts) | Node::One(parts) => {
                let mut all = HashSet::new();
                for part in parts {
                    all.extend(self.values(*part, path, object)?.iter().cloned());
                }
                Some(all)
            }
            _ => None,
        })
    }
}
