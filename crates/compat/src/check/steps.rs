//! Checks a derivation: each lemma by its step, each step by the kind it is of.

use std::collections::{HashMap, HashSet};

use super::checker::{Checker, Flaw, flaw};
use super::known::Known;
use crate::eval::Judge;
use crate::json::Json;
use crate::literal::Literal;
use crate::node::Node;
use crate::primitives::NodeId;
use crate::proof::{Derivation, Lemmas, Step};
use crate::scalar::{self, Picked};
use crate::types::TypeSet;

/// Checks that the derivation shows that no value meets the literals. It may rest on `theorems`: lemmas that have been checked,
/// with all that they rest on.
///
/// # Errors
///
/// The first flaw that is found.
pub(crate) fn check(
    judge: &Judge<'_>,
    derivation: &Derivation,
    theorems: &Lemmas,
    literals: &[Literal],
) -> Result<(), Flaw> {
    let mut checker = Checker {
        judge,
        derivation,
        theorems,
        tables: HashMap::new(),
        without_string: HashSet::new(),
    };
    let root = checker.lemma_state(derivation.root)?;
    checker.covers(literals, root).map_err(|flaw| format!("the root: {flaw}"))?;
    for (id, lemma) in &derivation.lemmas {
        let mut known = Known::new(judge.arena());
        let closed = lemma.state.iter().any(|literal| known.add(*literal));
        if !closed {
            checker.step(&mut known, &lemma.step).map_err(|flaw| format!("lemma {id}: {flaw}"))?;
        }
    }
    Ok(())
}

impl<'a> Checker<'a> {
    /// Checks that what is known contradicts itself.
    pub(super) fn step(&mut self, known: &mut Known<'a>, step: &Step) -> Result<(), Flaw> {
        match step {
            Step::Clash(why) => flaw(format!("no contradiction: {why:?}")),
            Step::EveryType(steps) => {
                for types in known.types.each() {
                    let mark = known.mark();
                    known.narrow(types);
                    let Some((_, step)) = steps.iter().find(|(t, _)| *t == types) else {
                        return flaw(format!("nothing is said about {}", types.name()));
                    };
                    self.step(known, step)?;
                    known.undo(mark);
                }
                Ok(())
            }
            Step::Expand { union, parts, then } => {
                let Node::Any(all) = self.arena().node(*union) else {
                    return flaw("no union to expand");
                };
                if !known.has(Literal::fails(*union))
                    || !parts.iter().all(|part| all.contains(part))
                {
                    return flaw("the parts are not known to fail");
                }
                let mark = known.mark();
                let closed = parts.iter().any(|part| known.add(Literal::fails(*part)));
                if !closed {
                    self.step(known, then)?;
                }
                known.undo(mark);
                Ok(())
            }
            Step::Cases(cases) => self.cases(known, cases),
            Step::ByValue { among, cases, otherwise } => {
                self.by_value(known, *among, cases, otherwise)
            }
            Step::Shared { wanted, cases } => self.shared(known, wanted, cases),
            Step::Values { listed, failing } => self.values(known, *listed, failing),
            Step::Number { text, .. } => {
                let literals: Vec<Literal> = known.literals.iter().copied().collect();
                if !matches!(known.types, TypeSet::INTEGER | TypeSet::FRACTION) {
                    return flaw("no number");
                }
                match scalar::number(self.arena(), known.types, &literals) {
                    Picked::Nothing(_) => Ok(()),
                    _ => flaw(format!("a value may be left: {text}")),
                }
            }
            Step::String { none, .. } if known.types == TypeSet::STRING => {
                self.no_string(known, none)
            }
            Step::String { .. } => flaw("no string"),
            Step::Object(step) if known.types == TypeSet::OBJECT => self.object(known, step),
            Step::Array(step) if known.types == TypeSet::ARRAY => self.array(known, step),
            Step::Object(_) | Step::Array(_) => flaw("the value may be of another type"),
        }
    }

    fn values(
        &self,
        known: &Known<'a>,
        listed: Option<NodeId>,
        failing: &[Literal],
    ) -> Result<(), Flaw> {
        let booleans = [Json::Bool(true), Json::Bool(false)];
        let values: &[Json] = match (listed.map(|id| (id, self.arena().node(id))), known.types) {
            (Some((id, Node::Enum(values))), _) if known.has(Literal::holds(id)) => values,
            (None, TypeSet::NULL) => &[Json::Null],
            (None, TypeSet::BOOLEAN) => &booleans,
            _ => return flaw("there may be other values"),
        };
        let literal = self.arena().literal_integers;
        let spelled: Vec<Json> = values.iter().flat_map(|v| v.spellings(literal)).collect();
        if spelled.len() != failing.len() {
            return flaw("a value is left out");
        }
        for (value, Literal { id, sign }) in spelled.iter().zip(failing) {
            let holds = self.judge.holds(*id, value);
            let is_known = known.has(Literal::new(*id, *sign))
                || matches!(self.arena().node(*id), Node::Types(types)
                    if sign.holds() && types.includes(known.types));
            if !is_known || holds != Some(!sign.holds()) {
                return flaw(format!("{value:?} is not ruled out"));
            }
        }
        Ok(())
    }
}
