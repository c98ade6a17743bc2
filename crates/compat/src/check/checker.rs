//! The state of checking a proof, and when a lemma applies.

use std::collections::{HashMap, HashSet};

use super::known::Known;
use super::required::Table;
use crate::arena::Arena;
use crate::eval::Judge;
use crate::literal::Literal;
use crate::literal::Sign::{Fails, Holds};
use crate::node::Node;
use crate::primitives::{LemmaId, NodeId};
use crate::proof::{Derivation, Lemmas, Path};

/// Why a proof fails its check: the step, and its fault.
pub(crate) type Flaw = String;

pub(super) fn flaw<T>(text: impl Into<String>) -> Result<T, Flaw> {
    Err(text.into())
}

pub(super) struct Checker<'a> {
    pub(super) judge: &'a Judge<'a>,
    pub(super) derivation: &'a Derivation,
    /// Lemmas that have been checked before.
    pub(super) theorems: &'a Lemmas,
    pub(super) tables: HashMap<(NodeId, Path), Table>,
    /// Those that were checked, by their addresses: many steps share one.
    pub(super) without_string: HashSet<usize>,
}

impl<'a> Checker<'a> {
    pub(super) fn arena(&self) -> &'a Arena {
        self.judge.arena()
    }

    /// The literals that no value meets, by a lemma.
    pub(super) fn lemma_state(&self, id: LemmaId) -> Result<&'a [Literal], Flaw> {
        match self.derivation.lemmas.get(&id).or_else(|| self.theorems.get(&id)) {
            Some(lemma) => Ok(&lemma.state),
            None => flaw(format!("there is no lemma {id}")),
        }
    }

    /// Whether the literals imply all those of a lemma.
    pub(super) fn covers(&self, literals: &[Literal], state: &[Literal]) -> Result<(), Flaw> {
        let mut known = Known::new(self.arena());
        if literals.iter().any(|literal| known.add(*literal)) {
            return Ok(());
        }
        for Literal { id, sign } in state {
            let implied = known.has(Literal::new(*id, *sign))
                || match (self.arena().node(*id), sign) {
                    (Node::Types(types), Holds) => types.includes(known.types),
                    (Node::Types(types), Fails) => !known.types.meets(*types),
                    (Node::True, Holds) | (Node::False, Fails) => true,
                    _ => false,
                };
            if !implied {
                return flaw(format!("{:?} is not known ({sign:?})", self.arena().node(*id)));
            }
        }
        Ok(())
    }

    pub(super) fn lemma(&self, id: LemmaId, literals: &[Literal]) -> Result<(), Flaw> {
        let state = self.lemma_state(id)?;
        self.covers(literals, state).map_err(|flaw| format!("lemma {id} does not apply: {flaw}"))
    }
}
