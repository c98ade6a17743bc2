//! Checks that there is no room for all the properties that must exist, whichever of them are one.

use std::collections::HashMap;
use std::sync::Arc;

use super::checker::{Checker, Flaw, flaw};
use super::known::Known;
use crate::literal::Literal;
use crate::literal::Sign::{Fails, Holds};
use crate::node::{Keys, Node};
use crate::number::Count;
use crate::primitives::NodeId;
use crate::proof::{Other, Sharing};

/// A property that must exist: its name is one of these, its value of this schema.
type Sought = (Keys, NodeId);

impl<'a> Checker<'a> {
    /// Checks that the wanted properties are too many for each to be one of its own, and that it is
    /// closed whichever two of them are one, or whichever of them is a required one.
    pub(super) fn shared(
        &mut self,
        known: &mut Known<'a>,
        wanted: &[NodeId],
        cases: &[Sharing],
    ) -> Result<(), Flaw> {
        let mut all: Vec<(Other, Sought)> = Vec::new();
        for (at, id) in wanted.iter().enumerate() {
            match self.arena().node(*id) {
                Node::Exists { keys, schema } if known.has(Literal::holds(*id)) => {
                    all.push((Other::Wanted(at), (keys.clone(), *schema)));
                }
                _ => return flaw("the property need not exist"),
            }
        }
        all.extend(known.required.iter().map(|name| {
            let keys = Keys { name: Some(Arc::clone(name)), ..Keys::default() };
            (Other::Required(Arc::clone(name)), (keys, NodeId::TRUE))
        }));
        let most = Self::most_properties(known);
        if most.is_none_or(|max| Count::from(all.len()) <= *max) {
            return flaw("each may be a property of its own");
        }
        let mut given: HashMap<(usize, &Other), &Sharing> =
            cases.iter().map(|case| ((case.one, &case.other), case)).collect();
        for (one, (_, sought)) in all[..wanted.len()].iter().enumerate() {
            for (other, second) in &all[one + 1..] {
                let Some(case) = given.remove(&(one, other)) else {
                    match other {
                        Other::Required(name) if self.judge.key(&sought.0, name) == Some(false) => {
                            continue;
                        }
                        _ => return flaw(format!("{one} and {other:?} may be one property")),
                    }
                };
                if !self.is_both(sought, second, case.both) {
                    return flaw(format!("{one} and {other:?} need not be this property"));
                }
                let mark = known.mark();
                if !known.add(Literal::holds(case.both)) {
                    self.step(known, &case.step)?;
                }
                known.undo(mark);
            }
        }
        if given.is_empty() { Ok(()) } else { flaw("a case of no two properties") }
    }

    /// Whether a property that is the one and the other exists only where `both` holds.
    fn is_both(&self, (one, of_one): &Sought, (other, of_other): &Sought, both: NodeId) -> bool {
        let Node::Exists { keys, schema } = self.arena().node(both) else { return false };
        let Keys { name, matching, unmatched, except, names } = keys;
        let said = |literal: Literal, by: [Option<Literal>; 2]| {
            let by: Vec<Literal> = by.into_iter().flatten().collect();
            self.say(&by, literal)
        };
        (name.is_none() || *name == one.name || *name == other.name)
            && matching.iter().all(|p| one.matching.contains(p) || other.matching.contains(p))
            && unmatched.iter().all(|p| one.unmatched.contains(p) || other.unmatched.contains(p))
            && except.iter().all(|name| one.except.contains(name) || other.except.contains(name))
            && names.is_none_or(|literal| said(literal, [one.names, other.names]))
            && said(
                Literal::holds(*schema),
                [Some(Literal::holds(*of_one)), Some(Literal::holds(*of_other))],
            )
    }

    /// Whether the literals imply one, part by part.
    fn say(&self, literals: &[Literal], one: Literal) -> bool {
        match (self.arena().node(one.id), one.sign) {
            (Node::All(parts), Holds) => {
                parts.iter().all(|part| self.say(literals, Literal::holds(*part)))
            }
            (Node::Not(inner), Holds) => self.say(literals, Literal::new(*inner, Fails)),
            _ => self.covers(literals, &[one]).is_ok(),
        }
    }
}
