//! Checks the steps about the members of an object.

use std::collections::HashSet;
use std::sync::Arc;

use super::checker::{Checker, Flaw, flaw};
use super::known::Known;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::{self, Fails, Holds};
use crate::node::{Keys, Node};
use crate::number::Count;
use crate::primitives::{NodeId, PatternId};
use crate::proof::{Cell, NoMember, ObjectStep};
use crate::types::TypeSet;

impl<'a> Checker<'a> {
    /// The literals that the member of this name must meet.
    fn member(&self, known: &Known<'a>, name: &str) -> Vec<Literal> {
        let mut literals = Vec::new();
        for Literal { id, sign } in &known.on_members {
            match (self.arena().node(*id), sign) {
                (Node::Properties { named, patterns, rest }, Holds) => {
                    let before = literals.len();
                    literals.extend(named.get(name).map(|id| Literal::holds(*id)));
                    for (pattern, id) in patterns {
                        if self.arena().pattern(*pattern).is_match(name) {
                            literals.push(Literal::holds(*id));
                        }
                    }
                    if literals.len() == before {
                        literals.push(Literal::holds(*rest));
                    }
                }
                (Node::Exists { keys, schema }, Holds) if keys.name.as_deref() == Some(name) => {
                    literals.push(Literal::holds(*schema));
                }
                (Node::Exists { keys, schema }, Fails)
                    if keys.only_name().is_some_and(|known| **known == *name) =>
                {
                    literals.push(Literal::fails(*schema));
                }
                _ => {}
            }
        }
        literals
    }

    pub(super) fn most_properties(known: &Known<'a>) -> Option<&'a Count> {
        known
            .nodes(Holds)
            .filter_map(|(_, node)| match node {
                Node::MaxProperties(max) => Some(max),
                _ => None,
            })
            .min()
    }

    fn fewest_properties(known: &Known<'a>) -> Count {
        known
            .nodes(Holds)
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
                if !known.has(Literal::holds(*exists)) {
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
    fn is_bad(&self, known: &Known<'a>, names: NodeId, name: &Arc<str>) -> bool {
        known.nodes(Holds).any(|(_, node)| matches!(node, Node::Names(id) if *id == names))
            && self.judge.holds(names, &Json::String(Arc::clone(name))) == Some(false)
    }

    /// Checks that there is no member of this name (and of this schema).
    fn no_member(
        &self,
        known: &Known<'a>,
        name: &Arc<str>,
        reason: &NoMember,
        schema: Option<NodeId>,
    ) -> Result<(), Flaw> {
        match reason {
            NoMember::Forbidden if known.forbidden.contains(name) => Ok(()),
            NoMember::BadName(names) if self.is_bad(known, *names, name) => Ok(()),
            NoMember::NoValue(lemma) => {
                let mut literals = self.member(known, name);
                literals.extend(schema.map(Literal::holds));
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
        sought: Option<(&Keys, NodeId)>,
        patterns: &mut Vec<Literal>,
    ) -> Result<(), Flaw> {
        let arena = self.arena();
        let matched = |wanted: PatternId, sign: Sign| {
            patterns.iter().any(|Literal { id, sign: known }| {
                *known == sign && matches!(arena.node(*id), Node::Pattern(id) if *id == wanted)
            })
        };
        match cell {
            Cell::Split { pattern, without, with } => {
                if !matches!(arena.node(*pattern), Node::Pattern(_)) {
                    return flaw("no pattern to tell names apart");
                }
                for (cell, sign) in [(without, Fails), (with, Holds)] {
                    patterns.push(Literal::new(*pattern, sign));
                    self.cell(known, cell, names, sought, patterns)?;
                    patterns.pop();
                }
                Ok(())
            }
            Cell::NotAmong => match sought {
                Some((keys, _))
                    if keys.name.as_ref().is_some_and(|name| names.contains(name))
                        || keys.matching.iter().any(|pattern| matched(*pattern, Fails))
                        || keys.unmatched.iter().any(|pattern| matched(*pattern, Holds)) =>
                {
                    Ok(())
                }
                _ => flaw("such names are sought"),
            },
            Cell::NoName(lemma) => {
                let mut literals = patterns.clone();
                literals.extend(sought.and_then(|(keys, _)| keys.names));
                literals.extend(known.nodes(Holds).filter_map(|(_, node)| match node {
                    Node::Names(id) => Some(Literal::holds(*id)),
                    _ => None,
                }));
                // It is a string, and none of the names that were looked at.
                literals.extend(arena.find(&Node::Types(TypeSet::STRING)).map(Literal::holds));
                for Literal { id, sign } in self.lemma_state(*lemma)? {
                    let other = match arena.node(*id) {
                        Node::Enum(values) if *sign == Fails => {
                            values.iter().all(|value| match value {
                                Json::String(name) => names.contains(name),
                                _ => true,
                            })
                        }
                        _ => false,
                    };
                    if other {
                        literals.push(Literal::fails(*id));
                    }
                }
                self.lemma(*lemma, &literals)
            }
            Cell::NoValue(lemma) => {
                let mut literals: Vec<Literal> =
                    sought.iter().map(|(_, schema)| Literal::holds(*schema)).collect();
                for (_, node) in known.nodes(Holds) {
                    let Node::Properties { named, patterns, rest } = node else { continue };
                    let before = literals.len();
                    literals.extend(
                        patterns
                            .iter()
                            .filter(|(pattern, _)| matched(*pattern, Holds))
                            .map(|(_, id)| Literal::holds(*id)),
                    );
                    if literals.len() == before
                        && patterns.iter().all(|(pattern, _)| matched(*pattern, Fails))
                        && named.keys().all(|name| names.contains(name))
                    {
                        literals.push(Literal::holds(*rest));
                    }
                }
                self.lemma(*lemma, &literals)
            }
        }
    }
}
