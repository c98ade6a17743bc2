//! Finds the property that tells the parts of a union apart: perhaps a nested one, which each part
//! requires and for which each lists the values.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use super::facts::{Facts, Union};
use crate::arena::Arena;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::Holds;
use crate::node::Node;
use crate::primitives::NodeId;
use crate::proof::Path;
use crate::types::TypeSet;

/// Parts below which it is not worth while.
const MIN_PARTS: usize = 3;
/// Properties between the value and the one that tells.
const MAX_LEVELS: usize = 3;
/// Unions within the parts that are looked into.
const MAX_UNIONS: usize = 3;

/// The parts of a union by the values at a path.
#[derive(Debug)]
pub(super) struct Discriminator {
    pub(super) path: Path,
    by_value: HashMap<Json, Vec<usize>>,
    /// Parts that do not say.
    silent: Vec<usize>,
    /// For each part the values that it lists.
    values: Vec<Option<Vec<Json>>>,
}

impl Discriminator {
    /// The parts that can have one of these values there, in order.
    pub(super) fn parts(&self, values: &[Json]) -> Vec<usize> {
        let mut parts: BTreeSet<usize> = self.silent.iter().copied().collect();
        for value in values {
            parts.extend(self.by_value.get(value).into_iter().flatten());
        }
        parts.into_iter().collect()
    }

    /// The other parts that can hold together with this one.
    pub(super) fn overlapping(&self, part: usize) -> Vec<usize> {
        let parts = match &self.values[part] {
            Some(values) => self.parts(values),
            None => (0..self.values.len()).collect(),
        };
        parts.into_iter().filter(|other| *other != part).collect()
    }
}

/// The discriminator of each union that was looked at.
#[derive(Default)]
pub(super) struct Discriminators {
    found: HashMap<NodeId, Option<Rc<Discriminator>>>,
}

type Values = BTreeMap<Vec<Arc<str>>, Vec<Json>>;

impl Discriminators {
    /// The discriminator of this union, if it has one.
    pub(super) fn of(&mut self, arena: &Arena, union: NodeId) -> Option<Rc<Discriminator>> {
        if let Some(found) = self.found.get(&union) {
            return found.clone();
        }
        let found = discriminate(arena, union).map(Rc::new);
        self.found.insert(union, found.clone());
        found
    }
}

/// A property, and the values of it that several of the unions ask for: a chain of `if`s.
pub(super) fn asked_for(arena: &Arena, facts: &Facts) -> Option<(Arc<str>, Vec<Json>)> {
    let mut asked: BTreeMap<Arc<str>, (usize, BTreeSet<Json>)> = BTreeMap::new();
    for union in &facts.pending {
        let Union::Of(Literal { id, sign: Holds }) = union else { continue };
        let Node::Any(parts) = arena.node(*id) else { continue };
        for part in parts.iter().take(MIN_PARTS) {
            let Node::Not(condition) = arena.node(*part) else { continue };
            let mut values = Values::new();
            collect(arena, vec![*condition], &[], 0, &mut values);
            for (path, values) in values {
                if let [name] = path.as_slice() {
                    let (count, known) = asked.entry(Arc::clone(name)).or_default();
                    *count += 1;
                    known.extend(values);
                }
            }
        }
    }
    let (name, (_, values)) = asked
        .into_iter()
        .filter(|(name, (count, values))| {
            *count >= MIN_PARTS && values.len() >= MIN_PARTS && !facts.told.contains(name)
        })
        .max_by_key(|(_, (count, _))| *count)?;
    Some((name, values.into_iter().collect()))
}

/// The values that the facts leave at the path.
pub(super) fn pinned(arena: &Arena, facts: &Facts, path: &[Arc<str>]) -> Option<Vec<Json>> {
    let (first, rest) = path.split_first()?;
    let sign = |literals: &[Literal]| -> Vec<NodeId> {
        let holding = literals.iter().filter(|literal| literal.sign == Holds);
        holding.map(|literal| literal.id).collect()
    };
    let mut schemas = sign(facts.members.get(first)?);
    for name in rest {
        schemas = Conjunction::of(arena, schemas).properties(arena, name);
    }
    Conjunction::of(arena, schemas).values(arena).cloned()
}

/// The schemas that hold together with some schemas.
struct Conjunction {
    parts: Vec<NodeId>,
}

impl Conjunction {
    fn of(arena: &Arena, schemas: Vec<NodeId>) -> Self {
        let mut work = schemas;
        let mut seen = HashSet::new();
        let mut parts = Vec::new();
        while let Some(id) = work.pop() {
            if !seen.insert(id) {
                continue;
            }
            match arena.node(id) {
                Node::All(inner) => work.extend(inner),
                Node::Ref(number) => work.push(arena.definition(*number)),
                _ => parts.push(id),
            }
        }
        Self { parts }
    }

    /// The shortest list of values among them.
    fn values<'a>(&self, arena: &'a Arena) -> Option<&'a Vec<Json>> {
        self.parts
            .iter()
            .filter_map(|id| match arena.node(*id) {
                Node::Enum(values) => Some(values),
                _ => None,
            })
            .min_by_key(|values| values.len())
    }

    fn properties(&self, arena: &Arena, name: &str) -> Vec<NodeId> {
        self.parts
            .iter()
            .filter_map(|id| match arena.node(*id) {
                Node::Properties { named, .. } => named.get(name).copied(),
                _ => None,
            })
            .collect()
    }
}

fn discriminate(arena: &Arena, union: NodeId) -> Option<Discriminator> {
    let (Node::Any(parts) | Node::One(parts)) = arena.node(union) else { return None };
    if parts.len() < MIN_PARTS {
        return None;
    }
    let listed: Vec<Values> = parts
        .iter()
        .map(|part| {
            let mut values = Values::new();
            collect(arena, vec![*part], &[], MAX_UNIONS, &mut values);
            values
        })
        .collect();
    // How many parts list values there, and how many values.
    let mut counts: BTreeMap<&Vec<Arc<str>>, (usize, BTreeSet<&Json>)> = BTreeMap::new();
    for values in &listed {
        for (path, values) in values {
            let (count, distinct) = counts.entry(path).or_default();
            *count += 1;
            distinct.extend(values);
        }
    }
    let (path, _) = counts
        .into_iter()
        .filter(|(_, (count, distinct))| *count > 1 && distinct.len() > 1)
        .max_by_key(|(path, (count, distinct))| {
            (*count, distinct.len(), std::cmp::Reverse(path.len()))
        })?;
    let path: Path = path.as_slice().into();
    let mut found = Discriminator {
        path: Arc::clone(&path),
        by_value: HashMap::new(),
        silent: Vec::new(),
        values: Vec::new(),
    };
    for (index, mut values) in listed.into_iter().enumerate() {
        let values = values.remove(&path[..]);
        match &values {
            None => found.silent.push(index),
            Some(values) => {
                for value in values {
                    found.by_value.entry(value.clone()).or_default().push(index);
                }
            }
        }
        found.values.push(values);
    }
    Some(found)
}

/// The paths at which every object that meets the schemas has one of some values.
fn collect(
    arena: &Arena,
    schemas: Vec<NodeId>,
    path: &[Arc<str>],
    unions: usize,
    out: &mut Values,
) {
    let all = Conjunction::of(arena, schemas);
    let mut types = if path.is_empty() { TypeSet::OBJECT } else { TypeSet::ALL };
    let mut required: BTreeSet<&Arc<str>> = BTreeSet::new();
    for id in &all.parts {
        match arena.node(*id) {
            Node::Types(t) => types = types.intersection(*t),
            Node::Required(name) => {
                required.insert(name);
            }
            _ => {}
        }
    }
    if types == TypeSet::OBJECT {
        for name in required {
            let schemas = all.properties(arena, name);
            if schemas.is_empty() {
                continue;
            }
            let mut path = path.to_vec();
            path.push(Arc::clone(name));
            match Conjunction::of(arena, schemas.clone()).values(arena) {
                Some(values) => {
                    out.entry(path).or_insert_with(|| values.clone());
                }
                None if path.len() < MAX_LEVELS => collect(arena, schemas, &path, unions, out),
                None => {}
            }
        }
    }
    if unions == 0 {
        return;
    }
    for id in &all.parts {
        let (Node::Any(parts) | Node::One(parts)) = arena.node(*id) else { continue };
        // What each of the parts says, the union says.
        let mut common: Option<Values> = None;
        for part in parts {
            let mut values = Values::new();
            collect(arena, vec![*part], path, unions - 1, &mut values);
            common = Some(match common {
                None => values,
                Some(mut known) => {
                    known.retain(|path, list| match values.remove(path) {
                        Some(more) => {
                            list.extend(more);
                            true
                        }
                        None => false,
                    });
                    known
                }
            });
            if common.as_ref().is_some_and(BTreeMap::is_empty) {
                break;
            }
        }
        for (path, mut values) in common.unwrap_or_default() {
            values.sort();
            values.dedup();
            out.entry(path).or_insert(values);
        }
    }
}
