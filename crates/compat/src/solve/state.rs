//! Decides states, type by type, and remembers the decisions.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::facts::Facts;
use super::outcome::{Decision, Emptiness, StepEmptiness};
use super::solver::{MAX_DEPTH, MAX_WITNESS, Solver};
use crate::budget::Work;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::{Fails, Holds};
use crate::node::{Node, WIDE};
use crate::primitives::{LemmaId, NodeId};
use crate::proof::{Derivation, Lemma, Step, Why};
use crate::types::TypeSet;

impl Solver<'_> {
    /// Whether any value meets the literals. Values that may meet them are added to the candidates,
    /// the best first.
    pub(crate) fn decide(&mut self, literals: Vec<Literal>) -> Decision {
        match self.state(literals) {
            Emptiness::Empty(root) => match self.derivation(root) {
                Some(derivation) => return Decision::Empty(derivation),
                None => {
                    self.unknown::<()>("a proof rests on a step that was given up", "", None);
                }
            },
            Emptiness::Full(value) | Emptiness::Unknown(Some(value)) => {
                self.candidates.insert(0, value);
            }
            Emptiness::Unknown(None) => {}
        }
        Decision::Open
    }

    /// Some value that meets the literals, or may.
    pub(crate) fn example(&mut self, literals: Vec<Literal>) -> Option<Json> {
        match self.state(literals) {
            Emptiness::Full(value) | Emptiness::Unknown(Some(value)) => Some(value),
            _ => None,
        }
    }

    /// The lemmas that one needs, with their steps; those aside that were checked before.
    fn derivation(&self, root: LemmaId) -> Option<Derivation> {
        let mut lemmas = HashMap::new();
        let mut work = vec![root];
        while let Some(id) = work.pop() {
            if lemmas.contains_key(&id) || self.theorems.contains_key(&id) {
                continue;
            }
            let step = Arc::clone(self.steps[id.index()].as_ref()?);
            work.extend(step.premises());
            lemmas.insert(id, Lemma { state: Arc::clone(&self.states[id.index()]), step });
        }
        Some(Derivation { lemmas, root })
    }

    /// Decides the state of these literals.
    pub(super) fn state(&mut self, literals: Vec<Literal>) -> Emptiness<LemmaId> {
        let (key, clash) = self.normalise(literals);
        let id = self.lemma(key);
        if let Some(answer) = self.memo.get(&id) {
            return answer.clone();
        }
        if let Some(why) = clash {
            let answer = self.close(id, Arc::new(Step::Clash(why)));
            self.memo.insert(id, answer.clone());
            return answer;
        }
        if let Some(level) = self.open.get(&id) {
            self.rests_on = self.rests_on.min(*level);
            return Emptiness::Empty(id);
        }
        if let Some(rests_on) = self.provisional.get(&id) {
            self.rests_on = self.rests_on.min(*rests_on);
            return Emptiness::Empty(id);
        }
        let key = Arc::clone(&self.states[id.index()]);
        if self.depth >= MAX_DEPTH {
            return self.unknown(
                "the schemas nest too deeply to be followed",
                "write the schema at this place with fewer levels",
                key.first().map(|literal| literal.id),
            );
        }
        if !self.budget.spend(Work::Unions, 1 + key.len() as u64) || !self.budget.hold(0) {
            return self.ran_out(key.first().map(|literal| literal.id));
        }
        let level = self.open.len();
        let begun = self.provisional_order.len();
        self.open.insert(id, level);
        let outer = std::mem::replace(&mut self.rests_on, usize::MAX);
        self.depth += 1;
        let found = self.solve(&key);
        self.depth -= 1;
        self.open.remove(&id);
        let answer = match found {
            Emptiness::Empty(step) => self.close(id, step),
            Emptiness::Full(value) => self.verified(&key, value),
            Emptiness::Unknown(value) => Emptiness::Unknown(value),
        };
        let rests_on = std::mem::replace(&mut self.rests_on, outer);
        self.settle(begun, level, rests_on, &answer);
        // An answer that rests on an open state is good only below that state.
        match &answer {
            Emptiness::Empty(_) if rests_on < level => {
                self.rests_on = self.rests_on.min(rests_on);
                self.provisional.insert(id, rests_on);
                self.provisional_order.push(id);
            }
            Emptiness::Unknown(_) if rests_on < level => {
                self.rests_on = self.rests_on.min(rests_on);
            }
            _ => {
                if let Emptiness::Full(value) | Emptiness::Unknown(Some(value)) = &answer {
                    let size = value.size(MAX_WITNESS);
                    self.budget.hold(size * size_of::<Json>());
                }
                self.memo.insert(id, answer.clone());
            }
        }
        answer
    }

    /// States closed since `begun` may rest on the state at `level`, which is now answered: they
    /// stand or fall with it.
    fn settle(&mut self, begun: usize, level: usize, rests_on: usize, answer: &Emptiness<LemmaId>) {
        let since = self.provisional_order.split_off(begun);
        for id in since {
            let Some(rests) = self.provisional.remove(&id) else { continue };
            if !matches!(answer, Emptiness::Empty(_)) {
                self.steps[id.index()] = None;
                continue;
            }
            let rests = if rests >= level { rests_on } else { rests.min(rests_on) };
            if rests >= level {
                self.memo.insert(id, Emptiness::Empty(id));
            } else {
                self.provisional.insert(id, rests);
                self.provisional_order.push(id);
            }
        }
    }

    /// Takes conjunctions apart and merges the types; the second is why nothing can meet the state.
    pub(super) fn normalise(&mut self, literals: Vec<Literal>) -> (Vec<Literal>, Option<Why>) {
        let mut types = TypeSet::ALL;
        let mut out = Vec::new();
        let mut work = literals;
        let mut clash = None;
        let mut apart = FxHashSet::default();
        while let Some(Literal { id, sign }) = work.pop() {
            match (self.arena.node(id), sign) {
                (Node::True, Holds) | (Node::False, Fails) => {}
                (Node::True, Fails) | (Node::False, Holds) => {
                    clash = Some(Why::Schema(None));
                    out.push(Literal { id, sign });
                }
                (Node::Not(inner), _) => work.push(Literal::new(*inner, !sign)),
                (Node::Any(parts), Fails) if parts.len() > WIDE => out.push(Literal::fails(id)),
                (Node::All(parts), Holds) | (Node::Any(parts), Fails) => {
                    if apart.insert(Literal { id, sign }) {
                        work.extend(parts.iter().map(|id| Literal::new(*id, sign)));
                    }
                }
                (Node::Ref(number), _) => {
                    work.push(Literal::new(self.arena.definition(*number), sign));
                }
                (Node::Types(t), Holds) => types = types.intersection(*t),
                (Node::Types(t), Fails) => types = types.intersection(t.complement()),
                (node, sign) => {
                    // Only a value of the type can fail such an assertion, or have such a part.
                    if sign.holds() == node.is_existential() {
                        types = types.intersection(node.about().unwrap_or(TypeSet::ALL));
                    }
                    out.push(Literal { id, sign });
                }
            }
        }
        if types == TypeSet::NONE {
            out.push(Literal::holds(NodeId::FALSE));
            clash = clash.or(Some(Why::Type(TypeSet::NONE, out.first().map(|literal| literal.id))));
        } else if types != TypeSet::ALL {
            out.push(Literal::holds(self.arena.types(types)));
        }
        // What was taken apart may be there as a whole, to fail.
        if let Some(literal) = out.iter().copied().find(|literal| apart.contains(&!*literal)) {
            out.push(!literal);
        }
        out.sort_unstable();
        out.dedup();
        if clash.is_none() {
            if let Some(pair) = out.windows(2).find(|pair| pair[0].id == pair[1].id) {
                clash = Some(Why::Schema(Some(pair[0].id)));
            }
        }
        (out, clash)
    }

    fn solve(&mut self, literals: &[Literal]) -> StepEmptiness {
        if let Some(answer) = self.listed(literals) {
            return answer;
        }
        let types = literals
            .iter()
            .find_map(|Literal { id, .. }| match self.arena.node(*id) {
                Node::Types(types) => Some(*types),
                _ => None,
            })
            .unwrap_or(TypeSet::ALL);
        let mut closed = Vec::new();
        let mut candidate = None;
        let mut unknown = false;
        for t in types.each() {
            let mut facts = Facts::new(t);
            let answer = match self.assert_all(&mut facts, literals) {
                Ok(()) => self.cases(facts),
                Err(why) => Emptiness::Empty(Arc::new(Step::Clash(why))),
            };
            match answer {
                Emptiness::Full(value) => return Emptiness::Full(value),
                Emptiness::Empty(step) => closed.push((t, step)),
                Emptiness::Unknown(value) => {
                    unknown = true;
                    candidate = candidate.or(value);
                }
            }
        }
        if unknown {
            return Emptiness::Unknown(candidate);
        }
        Emptiness::Empty(Arc::new(Step::EveryType(closed)))
    }
}
