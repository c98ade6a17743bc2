//! Checks cases that are told apart by the value of a member.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::known::Known;
use super::{Checker, Flaw, flaw};
use crate::json::Json;
use crate::node::{Arena, Id, Keys, Node, Types};
use crate::proof::{Path, Step};

/// Values of which one is at a path; `None`: none need be there, or it may be any.
type Values = Option<Rc<HashSet<Json>>>;

/// The values that the instances of each part of a union have at a path.
pub(super) type Table = Vec<Values>;

impl<'a> Checker<'a> {
    /// Checks that it is closed whether or not a member has one of some values.
    pub(super) fn by_value(
        &mut self,
        known: &mut Known<'a>,
        among: Id,
        cases: &[(Id, Arc<Step>)],
        otherwise: &Step,
    ) -> Result<(), Flaw> {
        let listed = |id: Id| match self.arena().node(id) {
            Node::Exists { keys, schema } => match self.arena().node(*schema) {
                Node::Enum(values) => keys.only_name().map(|name| (name, values)),
                _ => None,
            },
            _ => None,
        };
        let Some((name, values)) = listed(among) else { return flaw("no values of a member") };
        let mut left: HashSet<&Json> = values.iter().collect();
        for (case, _) in cases {
            match listed(*case) {
                Some((known, values)) if known == name => left.retain(|v| !values.contains(v)),
                _ => return flaw("a case about something else"),
            }
        }
        if !left.is_empty() {
            return flaw("a value is left out");
        }
        let all = cases.iter().map(|(case, step)| ((*case, true), &**step));
        for (literal, step) in all.chain([((among, false), otherwise)]) {
            let mark = known.mark();
            if !known.add(literal) {
                self.step(known, step)?;
            }
            known.undo(mark);
        }
        Ok(())
    }

    /// For each part of a union, whether it has other values at the path than what is known leaves.
    pub(super) fn excluded(
        &mut self,
        known: &Known<'a>,
        union: Id,
        path: &Path,
    ) -> Result<Vec<bool>, Flaw> {
        if known.types != Types::OBJECT {
            return flaw("the value may be no object");
        }
        let arena = self.arena();
        let Some(left) = values_at(arena, known, path) else {
            return flaw(format!("no values are known at {path:?}"));
        };
        let (Node::Any(parts) | Node::One(parts)) = arena.node(union) else {
            return flaw("no union to tell apart");
        };
        let table = self.tables.entry((union, Arc::clone(path))).or_insert_with(|| {
            let mut required = Required { arena, found: HashMap::new() };
            parts.iter().map(|part| required.values(*part, path, true)).collect()
        });
        let other = |values: &HashSet<Json>| !left.iter().any(|value| values.contains(value));
        Ok(table.iter().map(|values| values.as_deref().is_some_and(other)).collect())
    }
}

/// The schemas that hold for a value of which these hold.
fn together(arena: &Arena, ids: impl IntoIterator<Item = Id>) -> Vec<&Node> {
    let mut work: Vec<Id> = ids.into_iter().collect();
    let mut seen = HashSet::new();
    let mut out = Vec::new();
    while let Some(id) = work.pop() {
        if !seen.insert(id) {
            continue;
        }
        match arena.node(id) {
            Node::All(parts) => work.extend(parts),
            Node::Ref(number) => work.push(arena.definitions[*number as usize]),
            node => out.push(node),
        }
    }
    out
}

fn schemas_of(nodes: &[&Node], name: &Arc<str>) -> Vec<Id> {
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
fn values_at<'a>(arena: &'a Arena, known: &Known<'_>, path: &[Arc<str>]) -> Option<&'a Vec<Json>> {
    let mut ids: Vec<Id> = known.nodes(true).map(|(id, _)| id).collect();
    for name in path {
        ids = schemas_of(&together(arena, ids), name);
    }
    shortest(&together(arena, ids))
}

/// The values of which every instance of a schema has one at a path, found once for each schema.
struct Required<'a> {
    arena: &'a Arena,
    /// By the schema, the names that are left of the path, and whether it is known to be an object.
    found: HashMap<(Id, usize, bool), Values>,
}

impl Required<'_> {
    /// `object`: the instance is known to be an object.
    fn values(&mut self, id: Id, path: &[Arc<str>], object: bool) -> Values {
        let key = (id, path.len(), object);
        if let Some(found) = self.found.get(&key) {
            return found.clone();
        }
        let values = self.of_all(vec![id], path, object).map(Rc::new);
        self.found.insert(key, values.clone());
        values
    }

    /// The same of what meets all of these schemas.
    fn of_all(&mut self, ids: Vec<Id>, path: &[Arc<str>], object: bool) -> Option<HashSet<Json>> {
        let nodes = together(self.arena, ids);
        let Some((name, rest)) = path.split_first() else {
            return shortest(&nodes).map(|values| values.iter().cloned().collect());
        };
        let object = object || nodes.iter().any(|n| **n == Node::Types(Types::OBJECT));
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
