//! Checks that every way to meet a union is closed, or that a universal assertion fails in none.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::checker::{Checker, Flaw, flaw};
use super::known::Known;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::{Fails, Holds};
use crate::node::{Keys, Node};
use crate::number::Count;
use crate::primitives::NodeId;
use crate::proof::{Case, Cases};
use crate::types::TypeSet;

/// A way to meet a union.
struct Way {
    says: Says,
    /// Literals that hold in it.
    sure: Option<Literal>,
    /// The part of the union that it is about.
    part: Option<usize>,
    /// The other parts among these fail.
    others: Range<usize>,
}

enum Says {
    /// The literals of the way.
    Literals,
    /// A member exists that fails the schema (`None`: any).
    Exists(Keys, Option<NodeId>),
    ItemAt(u64, Option<NodeId>),
    ItemFrom(u64, Option<NodeId>),
    Node(Node),
    Absent(Arc<str>),
    OtherAt(u64, Json),
    OtherMember(Arc<str>, Json),
}

impl Way {
    fn none() -> Self {
        Self { says: Says::Literals, sure: None, part: None, others: 0..0 }
    }

    fn one(literal: Literal, part: usize) -> Self {
        Self { sure: Some(literal), part: Some(part), ..Self::none() }
    }

    fn says(says: Says) -> Self {
        Self { says, ..Self::none() }
    }
}

impl<'a> Checker<'a> {
    /// Checks that every way to meet a union is closed.
    pub(super) fn cases(&mut self, known: &mut Known<'a>, cases: &Cases) -> Result<(), Flaw> {
        let Cases { union, part, by, cases } = cases;
        if !known.has(*union) {
            return flaw("the union is not known");
        }
        let ways = self.ways(known, *union, *part)?;
        let excluded = match by {
            Some(path) => self.excluded(known, union.id, path)?,
            None => Vec::new(),
        };
        // Where the parts are: they are many times looked for.
        let mut places: HashMap<NodeId, Vec<usize>> = HashMap::new();
        let fails = |literal: &Literal| literal.sign == Fails;
        let mut added = cases.iter().flat_map(|case| &case.add);
        if let (Node::One(parts), true) = (self.arena().node(union.id), added.any(fails)) {
            for (place, part) in parts.iter().enumerate() {
                places.entry(*part).or_default().push(place);
            }
        }
        let mut given: BTreeMap<usize, &Case> = cases.iter().map(|case| (case.way, case)).collect();
        for (number, way) in &ways {
            let Some(case) = given.remove(number) else {
                let out = way.part.is_some_and(|part| excluded.get(part) == Some(&true));
                let clashes = || way.sure.is_some_and(|literal| known.has(!literal));
                if !out && !clashes() {
                    return flaw(format!("way {number} of {union:?} is open"));
                }
                continue;
            };
            let mark = known.mark();
            for literal in &case.add {
                if !self.belongs(way, &places, *literal) {
                    return flaw(format!("way {number} does not say {literal:?}"));
                }
            }
            let closed = case.add.iter().any(|literal| known.add(*literal));
            if !closed {
                self.step(known, &case.step)?;
            }
            known.undo(mark);
        }
        if given.is_empty() { Ok(()) } else { flaw("a case of no way") }
    }

    /// Whether a way of a union says this.
    fn belongs(
        &self,
        way: &Way,
        places: &HashMap<NodeId, Vec<usize>>,
        Literal { id, sign }: Literal,
    ) -> bool {
        let node = || self.arena().node(id);
        match &way.says {
            Says::Literals => {
                let other = |at: &usize| Some(*at) != way.part && way.others.contains(at);
                way.sure == Some(Literal { id, sign })
                    || (sign == Fails
                        && places.get(&id).is_some_and(|places| places.iter().any(other)))
            }
            Says::Exists(keys, schema) => {
                sign == Holds
                    && matches!(node(), Node::Exists { keys: known, schema: inner }
                        if known == keys && self.is_not(*inner, *schema))
            }
            Says::ItemAt(at, schema) => {
                sign == Holds
                    && matches!(node(), Node::ItemAt { index, schema: inner }
                        if index == at && self.is_not(*inner, *schema))
            }
            Says::ItemFrom(at, schema) => {
                sign == Holds
                    && matches!(node(), Node::ItemFrom { from, schema: inner }
                        if from == at && self.is_not(*inner, *schema))
            }
            Says::Node(wanted) => sign == Holds && node() == wanted,
            Says::Absent(name) => {
                sign == Fails && matches!(node(), Node::Required(known) if known == name)
            }
            Says::OtherAt(at, value) => {
                sign == Holds
                    && matches!(node(), Node::ItemAt { index, schema }
                        if index == at && self.is_other(*schema, value))
            }
            Says::OtherMember(name, value) => {
                sign == Holds
                    && matches!(node(), Node::Exists { keys, schema }
                        if *keys == Keys { name: Some(Arc::clone(name)), ..Keys::default() }
                            && self.is_other(*schema, value))
            }
        }
    }

    /// Whether one schema holds only where the other fails.
    fn is_not(&self, a: NodeId, b: Option<NodeId>) -> bool {
        match b {
            Some(b) => self.arena().are_opposite(a, b),
            None => a == NodeId::TRUE,
        }
    }

    /// Whether a schema only takes values other than this one.
    fn is_other(&self, schema: NodeId, value: &Json) -> bool {
        match self.arena().node(schema) {
            Node::Not(inner) => {
                matches!(self.arena().node(*inner), Node::Enum(values) if values.as_slice() == [value.clone()])
            }
            _ => false,
        }
    }

    /// The ways to meet a union, with their numbers.
    fn ways(
        &self,
        known: &Known<'a>,
        Literal { id, sign }: Literal,
        part: Option<usize>,
    ) -> Result<Vec<(usize, Way)>, Flaw> {
        let mut ways = Vec::new();
        let node = self.arena().node(id);
        match (node, sign, part) {
            (Node::Any(parts), Holds, None) | (Node::All(parts), Fails, None) => {
                for (number, part) in parts.iter().enumerate() {
                    ways.push((number, Way::one(Literal::new(*part, sign), number)));
                }
            }
            (Node::One(parts), Holds, None) => {
                for (number, part) in parts.iter().enumerate() {
                    // The others fail; a part that is there twice cannot hold alone.
                    let mut way = Way::one(Literal::holds(*part), number);
                    way.others = 0..parts.len();
                    ways.push((number, way));
                }
            }
            (Node::One(parts), Fails, None) => {
                // None of them holds, or this is the first that does.
                let mut none = Way::none();
                none.others = 0..parts.len();
                ways.push((0, none));
                for (number, part) in parts.iter().enumerate() {
                    let mut way = Way::one(Literal::holds(*part), number);
                    way.others = 0..number;
                    ways.push((number + 1, way));
                }
            }
            (Node::One(parts), Fails, Some(first)) => {
                match parts.get(first) {
                    Some(first) if known.has(Literal::holds(*first)) => {}
                    _ => return flaw("the first part is not known to hold"),
                }
                for (number, part) in parts.iter().enumerate() {
                    if number != first {
                        ways.push((number, Way::one(Literal::holds(*part), number)));
                    }
                }
            }
            (Node::Enum(values), Fails, Some(index)) => match values.get(index) {
                Some(Json::Array(items)) if known.types == TypeSet::ARRAY => {
                    for (index, item) in items.iter().enumerate() {
                        ways.push((index, Way::says(Says::OtherAt(index as u64, item.clone()))));
                    }
                    let length = items.len();
                    let longer = Node::MinItems(Count::from(length + 1));
                    ways.push((length, Way::says(Says::Node(longer))));
                    if length > 0 {
                        let shorter = Node::MaxItems(Count::from(length - 1));
                        ways.push((length + 1, Way::says(Says::Node(shorter))));
                    }
                }
                Some(Json::Object(members)) if known.types == TypeSet::OBJECT => {
                    for (index, (name, member)) in members.iter().enumerate() {
                        ways.push((2 * index, Way::says(Says::Absent(Arc::clone(name)))));
                        let other = Says::OtherMember(Arc::clone(name), member.clone());
                        ways.push((2 * index + 1, Way::says(other)));
                    }
                    let keys =
                        Keys { except: members.keys().cloned().collect(), ..Keys::default() };
                    ways.push((2 * members.len(), Way::says(Says::Exists(keys, None))));
                }
                _ => return flaw("no array or object to differ from"),
            },
            (_, Fails, None) => return Self::ways_to_fail(node),
            _ => return flaw("no union"),
        }
        Ok(ways)
    }

    /// The ways in which a universal assertion fails.
    fn ways_to_fail(node: &'a Node) -> Result<Vec<(usize, Way)>, Flaw> {
        let mut says = Vec::new();
        // A schema that holds for everything is not violated.
        let violated = |schema: NodeId, says: Says| (schema != NodeId::TRUE).then_some(says);
        match node {
            Node::Properties { named, patterns, rest } => {
                for (name, schema) in named {
                    let keys = Keys { name: Some(Arc::clone(name)), ..Keys::default() };
                    says.push(violated(*schema, Says::Exists(keys, Some(*schema))));
                }
                for (pattern, schema) in patterns {
                    let keys = Keys { matching: vec![*pattern], ..Keys::default() };
                    says.push(violated(*schema, Says::Exists(keys, Some(*schema))));
                }
                let keys = Keys {
                    unmatched: patterns.iter().map(|(pattern, _)| *pattern).collect(),
                    except: named.keys().cloned().collect(),
                    ..Keys::default()
                };
                says.push(violated(*rest, Says::Exists(keys, Some(*rest))));
            }
            Node::Names(names) => {
                let keys = Keys { names: Some(Literal::fails(*names)), ..Keys::default() };
                says.push(Some(Says::Exists(keys, None)));
            }
            Node::Items { prefix, rest } => {
                for (index, schema) in prefix.iter().enumerate() {
                    says.push(violated(*schema, Says::ItemAt(index as u64, Some(*schema))));
                }
                says.push(violated(*rest, Says::ItemFrom(prefix.len() as u64, Some(*rest))));
            }
            Node::Contains { schema, min, max } => {
                let schema = *schema;
                says.push((*min > Count::ZERO).then(|| {
                    let max = Some(min - 1_u32);
                    Says::Node(Node::Contains { schema, min: Count::ZERO, max })
                }));
                says.push(
                    max.as_ref().map(|max| {
                        Says::Node(Node::Contains { schema, min: max + 1_u32, max: None })
                    }),
                );
            }
            _ => return flaw("not a union"),
        }
        let ways = says.into_iter().enumerate();
        Ok(ways.filter_map(|(number, says)| Some((number, Way::says(says?)))).collect())
    }
}
