//! Checks the steps about the members of an object.

use std::collections::HashSet;
use std::sync::Arc;

use super::checker::{Checker, Flaw, flaw};
use super::known::Known;
use crate::json::Json;
use crate::node::{Id, Keys, Literal, Node};
use crate::number::Count;
use crate::proof::{Cell, NoMember, ObjectStep};
use crate::types::Types;

impl<'a> Checker<'a> {
    /// What the member of this name must meet.
    fn member(&self, known: &Known<'a>, name: &str) -> Vec<Literal> {
        let mut literals = Vec::new();
        for (id, positive) in &known.on_members {
            match (self.arena().node(*id), positive) {
                (Node::Properties { named, patterns, rest }, true) => {
                    let before = literals.len();
                    literals.extend(named.get(name).map(|id| (*id, true)));
                    for (pattern, id) in patterns {
                        if self.arena().patterns[*pattern as usize].is_match(name) {
                            literals.push((*id, true));
                        }
                    }
                    if literals.len() == before {
                        literals.push((*rest, true));
                    }
                }
                (Node::Exists { keys, schema }, true) if keys.name.as_deref() == Some(name) => {
                    literals.push((*schema, true));
                }
                (Node::Exists { keys, schema }, false)
                    if keys.only_name().is_some_and(|known| **known == *name) =>
                {
                    literals.push((*schema, false));
                }
                _ => {}
            }
        }
        literals
    }

    fn most_properties(known: &Known<'a>) -> Option<&'a Count> {
        known
            .nodes(true)
            .filter_map(|(_, node)| match node {
                Node::MaxProperties(max) => Some(max),
                _ => None,
            })
            .min()
    }

    fn fewest_properties(known: &Known<'a>) -> Count {
        known
            .nodes(true)
            .filter_map(|(_, node)| match node {
                Node::MinProperties(min) => Some(min),
                _ => None,
            })
            .max()
            .cloned()
            .unwrap_or(Count::ZERO)
    }

    pub(super) fn object(&mut self, known: &Known<'a>, step: &ObjectStep) -> Result<(), Flaw> {
        match step {
            ObjectStep::Member { name, lemma } => {
                if !known.required.contains(name) {
                    return flaw(format!("{name:?} is not required"));
                }
                self.lemma(*lemma, &self.member(known, name))
            }
            ObjectStep::BadName { name, names } => {
                if !known.required.contains(name) || !self.is_bad(known, *names, name) {
                    return flaw(format!("{name:?} may be there"));
                }
                Ok(())
            }
            ObjectStep::Crowded => {
                let required =
                    Count::from(known.required.len()).max(Self::fewest_properties(known));
                match Self::most_properties(known) {
                    Some(max) if required > *max => Ok(()),
                    _ => flaw("there may be so many properties"),
                }
            }
            ObjectStep::Wanted { exists, keys, cells } => {
                let Node::Exists { keys: sought, schema } = self.arena().node(*exists) else {
                    return flaw("no property is sought");
                };
                if !known.has((*exists, true)) {
                    return flaw("the property need not exist");
                }
                let full = Self::most_properties(known)
                    .is_some_and(|max| Count::from(known.required.len()) >= *max);
                let mut names = HashSet::new();
                for (name, reason) in keys {
                    names.insert(Arc::clone(name));
                    match reason {
                        NoMember::Full if full && !known.required.contains(name) => {}
                        NoMember::NotAmong if self.judge.key(sought, name) == Some(false) => {}
                        _ => self.no_member(known, name, reason, Some(*schema))?,
                    }
                }
                match cells {
                    None if full && known.required.is_subset(&names) => Ok(()),
                    None => flaw("other names are not looked at"),
                    Some(cells) => {
                        self.cell(known, cells, &names, Some((sought, *schema)), &mut Vec::new())
                    }
                }
            }
            ObjectStep::TooFew { keys, cells } => {
                let mut names = HashSet::new();
                let mut possible = 0_usize;
                for (name, reason) in keys {
                    names.insert(Arc::clone(name));
                    match reason {
                        NoMember::Possible => possible += 1,
                        _ => self.no_member(known, name, reason, None)?,
                    }
                }
                self.cell(known, cells, &names, None, &mut Vec::new())?;
                if Self::fewest_properties(known) > Count::from(possible) {
                    Ok(())
                } else {
                    flaw("so many properties are possible")
                }
            }
        }
    }

    /// Whether a schema for names rejects this one.
    fn is_bad(&self, known: &Known<'a>, names: Id, name: &Arc<str>) -> bool {
        known.nodes(true).any(|(_, node)| matches!(node, Node::Names(id) if *id == names))
            && self.judge.holds(names, &Json::String(Arc::clone(name))) == Some(false)
    }

    /// Checks that there is no member of this name (and of this schema).
    fn no_member(
        &self,
        known: &Known<'a>,
        name: &Arc<str>,
        reason: &NoMember,
        schema: Option<Id>,
    ) -> Result<(), Flaw> {
        match reason {
            NoMember::Forbidden if known.forbidden.contains(name) => Ok(()),
            NoMember::BadName(names) if self.is_bad(known, *names, name) => Ok(()),
            NoMember::NoValue(lemma) => {
                let mut literals = self.member(known, name);
                literals.extend(schema.map(|id| (id, true)));
                self.lemma(*lemma, &literals)
            }
            _ => flaw(format!("{name:?} may be there: {reason:?}")),
        }
    }

    /// Checks that no member has a name beyond `names` and with these patterns (and is sought).
    fn cell(
        &self,
        known: &Known<'a>,
        cell: &Cell,
        names: &HashSet<Arc<str>>,
        sought: Option<(&Keys, Id)>,
        patterns: &mut Vec<Literal>,
    ) -> Result<(), Flaw> {
        let arena = self.arena();
        let matched = |wanted: u32, positive: bool| {
            patterns.iter().any(|(id, known)| {
                *known == positive && matches!(arena.node(*id), Node::Pattern(id) if *id == wanted)
            })
        };
        match cell {
            Cell::Split { pattern, without, with } => {
                if !matches!(arena.node(*pattern), Node::Pattern(_)) {
                    return flaw("no pattern to tell names apart");
                }
                for (cell, positive) in [(without, false), (with, true)] {
                    patterns.push((*pattern, positive));
                    self.cell(known, cell, names, sought, patterns)?;
                    patterns.pop();
                }
                Ok(())
            }
            Cell::NotAmong => match sought {
                Some((keys, _))
                    if keys.name.as_ref().is_some_and(|name| names.contains(name))
                        || keys.matching.iter().any(|pattern| matched(*pattern, false))
                        || keys.unmatched.iter().any(|pattern| matched(*pattern, true)) =>
                {
                    Ok(())
                }
                _ => flaw("such names are sought"),
            },
            Cell::NoName(lemma) => {
                let mut literals = patterns.clone();
                literals.extend(sought.and_then(|(keys, _)| keys.names));
                literals.extend(known.nodes(true).filter_map(|(_, node)| match node {
                    Node::Names(id) => Some((*id, true)),
                    _ => None,
                }));
                // It is a string, and none of the names that were looked at.
                literals.extend(arena.find(&Node::Types(Types::STRING)).map(|id| (id, true)));
                for (id, positive) in self.lemma_state(*lemma)? {
                    let other = match arena.node(*id) {
                        Node::Enum(values) if !positive => values.iter().all(|value| match value {
                            Json::String(name) => names.contains(name),
                            _ => true,
                        }),
                        _ => false,
                    };
                    if other {
                        literals.push((*id, false));
                    }
                }
                self.lemma(*lemma, &literals)
            }
            Cell::NoValue(lemma) => {
                let mut literals: Vec<Literal> =
                    sought.iter().map(|(_, schema)| (*schema, true)).collect();
                for (_, node) in known.nodes(true) {
                    let Node::Properties { named, patterns, rest } = node else { continue };
                    let before = literals.len();
                    literals.extend(
                        patterns
                            .iter()
                            .filter(|(pattern, _)| matched(*pattern, true))
                            .map(|(_, id)| (*id, true)),
                    );
                    if literals.len() == before
                        && patterns.iter().all(|(pattern, _)| matched(*pattern, false))
                        && named.keys().all(|name| names.contains(name))
                    {
                        literals.push((*rest, true));
                    }
                }
                self.lemma(*lemma, &literals)
            }
        }
    }
}
