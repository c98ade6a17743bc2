//! Checks cases that are told apart by the value of a member.

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

use super::known::Known;
use super::{Checker, Flaw, flaw};
use crate::json::Json;
use crate::node::{Arena, Id, Keys, Literal, Node, Types};
use crate::proof::Step;

/// For each part of a union what it lists at a path, and the other way round.
pub(super) struct Table {
    values: Vec<Option<HashSet<Json>>>,
}

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
            let log = known.mark();
            if !known.add(literal) {
                self.step(known, step)?;
            }
            known.undo(log);
        }
        Ok(())
    }

    /// The parts of a union that have other values at the path than what is known leaves.
    pub(super) fn excluded(
        &mut self,
        known: &Known<'a>,
        union: Id,
        path: &[Arc<str>],
    ) -> Result<HashSet<usize>, Flaw> {
        if known.types != Types::OBJECT {
            return flaw("the value may be no object");
        }
        let arena = self.arena();
        let literals: Vec<Literal> = known.literals.iter().copied().collect();
        let Some(left) = values_at(arena, &literals, path) else {
            return flaw(format!("no values are known at {path:?}"));
        };
        let key = (union, path.to_vec());
        let table = match self.tables.get(&key) {
            Some(table) => Rc::clone(table),
            None => {
                let (Node::Any(parts) | Node::One(parts)) = arena.node(union) else {
                    return flaw("no union to tell apart");
                };
                let values = parts.iter().map(|part| required_values(arena, *part, path, 0, true));
                let table = Rc::new(Table { values: values.collect() });
                self.tables.insert(key, Rc::clone(&table));
                table
            }
        };
        let excluded = table.values.iter().enumerate().filter(|(_, values)| {
            values.as_ref().is_some_and(|values| !left.iter().any(|value| values.contains(value)))
        });
        Ok(excluded.map(|(index, _)| index).collect())
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

/// The values that are left at a path of members, should all of them be there.
fn values_at(arena: &Arena, literals: &[Literal], path: &[Arc<str>]) -> Option<Vec<Json>> {
    let mut ids: Vec<Id> = literals.iter().filter(|l| l.1).map(|l| l.0).collect();
    for name in path {
        ids = schemas_of(&together(arena, ids), name);
    }
    together(arena, ids)
        .into_iter()
        .filter_map(|node| match node {
            Node::Enum(values) => Some(values.clone()),
            _ => None,
        })
        .min_by_key(Vec::len)
}

/// The values of which every instance of a schema has one at a path; `None` if it need not be there.
/// `object`: the instance is known to be an object.
fn required_values(
    arena: &Arena,
    schema: Id,
    path: &[Arc<str>],
    depth: usize,
    object: bool,
) -> Option<HashSet<Json>> {
    values_of_all(arena, vec![schema], path, depth, object)
}

fn values_of_all(
    arena: &Arena,
    schemas: Vec<Id>,
    path: &[Arc<str>],
    depth: usize,
    object: bool,
) -> Option<HashSet<Json>> {
    if depth > 16 {
        return None;
    }
    let nodes = together(arena, schemas);
    let listed = |node: &&Node| match node {
        Node::Enum(values) => Some(values.iter().cloned().collect()),
        _ => None,
    };
    let Some((name, rest)) = path.split_first() else {
        return nodes.iter().filter_map(listed).min_by_key(HashSet::len);
    };
    let object = object
        || nodes.iter().any(|node| matches!(node, Node::Types(types) if *types == Types::OBJECT));
    let required = nodes.iter().any(|node| match node {
        Node::Required(known) => known == name,
        Node::Exists { keys: Keys { name: Some(known), .. }, .. } => known == name,
        _ => false,
    });
    if object && required {
        let values = values_of_all(arena, schemas_of(&nodes, name), rest, depth + 1, false);
        if values.is_some() {
            return values;
        }
    }
    nodes.iter().find_map(|node| match node {
        Node::Any(parts) | Node::One(parts) => {
            let mut all = HashSet::new();
            for part in parts {
                all.extend(values_of_all(arena, vec![*part], path, depth + 1, object)?);
            }
            Some(all)
        }
        _ => None,
    })
}
