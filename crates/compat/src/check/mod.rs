//! Checks a proof, step by step, without the solver: it shares with it the normal form
//! ([`crate::node`]) and nothing else.
//!
//! What it trusts: that the normal form means what the documents mean ([`crate::lower`]), the
//! judgement of one value ([`crate::eval`]), and the rules for numbers and strings
//! ([`crate::scalar`]), which it asks again. Each of these has tests of its own against other
//! judges.

mod arrays;
mod discriminators;
mod known;
mod objects;
mod unions;

use std::collections::HashMap;

use crate::eval::Judge;
use crate::json::Json;
use crate::node::{Arena, Id, Literal, Node, Types};
use crate::proof::{Derivation, LemmaId, Path, Step};
use crate::scalar::{Picked, Scalars};

use discriminators::Table;
use known::Known;

/// Why a proof is none: the step, and what is wrong with it.
pub(crate) type Flaw = String;

/// Whether the derivation shows that no value meets the literals.
pub(crate) fn check(
    judge: &Judge<'_>,
    scalars: &mut Scalars,
    derivation: &Derivation,
    literals: &[Literal],
) -> Result<(), Flaw> {
    let mut checker = Checker { judge, scalars, derivation, tables: HashMap::new() };
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

struct Checker<'a> {
    judge: &'a Judge<'a>,
    scalars: &'a mut Scalars,
    derivation: &'a Derivation,
    tables: HashMap<(Id, Path), Table>,
}

fn flaw<T>(text: impl Into<String>) -> Result<T, Flaw> {
    Err(text.into())
}

impl<'a> Checker<'a> {
    fn arena(&self) -> &'a Arena {
        self.judge.arena()
    }

    /// What no value meets, by a lemma.
    fn lemma_state(&self, id: LemmaId) -> Result<&'a [Literal], Flaw> {
        match self.derivation.lemmas.get(&id) {
            Some(lemma) => Ok(&lemma.state),
            None => flaw(format!("there is no lemma {id}")),
        }
    }

    /// Whether the literals imply all those of a lemma.
    fn covers(&self, literals: &[Literal], state: &[Literal]) -> Result<(), Flaw> {
        let mut known = Known::new(self.arena());
        if literals.iter().any(|literal| known.add(*literal)) {
            return Ok(());
        }
        for (id, positive) in state {
            let implied = known.has((*id, *positive))
                || match (self.arena().node(*id), positive) {
                    (Node::Types(types), true) => known.types & *types == known.types,
                    (Node::Types(types), false) => !known.types.meets(*types),
                    (Node::True, true) | (Node::False, false) => true,
                    _ => false,
                };
            if !implied {
                return flaw(format!("{:?} is not known ({positive})", self.arena().node(*id)));
            }
        }
        Ok(())
    }

    fn lemma(&self, id: LemmaId, literals: &[Literal]) -> Result<(), Flaw> {
        let state = self.lemma_state(id)?;
        self.covers(literals, state).map_err(|flaw| format!("lemma {id} does not apply: {flaw}"))
    }

    /// Checks that what is known contradicts itself.
    fn step(&mut self, known: &mut Known<'a>, step: &Step) -> Result<(), Flaw> {
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
                if !known.has((*union, false)) || !parts.iter().all(|part| all.contains(part)) {
                    return flaw("the parts are not known to fail");
                }
                let mark = known.mark();
                let closed = parts.iter().any(|part| known.add((*part, false)));
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
            Step::Values { listed, failing } => self.values(known, *listed, failing),
            Step::Scalar { text, .. } => {
                let literals: Vec<Literal> = known.literals.iter().copied().collect();
                let picked = match known.types {
                    Types::INTEGER | Types::FRACTION => {
                        self.scalars.number(self.arena(), known.types, &literals)
                    }
                    Types::STRING => {
                        self.scalars.string(self.arena(), &literals, &mut u64::MAX.clone())
                    }
                    _ => return flaw("no number and no string"),
                };
                match picked {
                    Picked::Nothing(_) => Ok(()),
                    _ => flaw(format!("a value may be left: {text}")),
                }
            }
            Step::Object(step) if known.types == Types::OBJECT => self.object(known, step),
            Step::Array(step) if known.types == Types::ARRAY => self.array(known, step),
            Step::Object(_) | Step::Array(_) => flaw("the value may be of another type"),
        }
    }

    fn values(
        &self,
        known: &Known<'a>,
        listed: Option<Id>,
        failing: &[Literal],
    ) -> Result<(), Flaw> {
        let booleans = [Json::Bool(true), Json::Bool(false)];
        let values: &[Json] = match (listed.map(|id| (id, self.arena().node(id))), known.types) {
            (Some((id, Node::Enum(values))), _) if known.has((id, true)) => values,
            (None, Types::NULL) => &[Json::Null],
            (None, Types::BOOLEAN) => &booleans,
            _ => return flaw("there may be other values"),
        };
        let literal = self.arena().literal_integers;
        let spelled: Vec<Json> = values.iter().flat_map(|v| v.spellings(literal)).collect();
        if spelled.len() != failing.len() {
            return flaw("a value is left out");
        }
        for (value, (id, positive)) in spelled.iter().zip(failing) {
            let holds = self.judge.holds(*id, value);
            let is_known = known.has((*id, *positive))
                || matches!(self.arena().node(*id), Node::Types(types)
                    if *positive && known.types & *types == known.types);
            if !is_known || holds != Some(!positive) {
                return flaw(format!("{value:?} is not ruled out"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
