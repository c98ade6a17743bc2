//! Decides facts case by case: by the ways of a union, or by the values of a property.

use std::sync::Arc;

use super::facts::{Facts, Union};
use super::outcome::{Emptiness, StepEmptiness};
use super::solver::{MAX_DEPTH, Solver};
use super::ways::{Way, cases_of};
use crate::budget::Work;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::Holds;
use crate::node::{Keys, Node};
use crate::proof::{Case, ObjectStep, Path, Step, Why};
use crate::types::TypeSet;

/// Steps that every case of a union gets.
const SHARE: u64 = 2_000;

impl Solver<'_> {
    pub(super) fn split(
        &mut self,
        facts: &Facts,
        union: Union,
        ways: &[Way],
        mut closed: Vec<Case>,
        part: Option<usize>,
        by: Option<Path>,
    ) -> StepEmptiness {
        if self.depth >= MAX_DEPTH {
            return self.unknown(
                "too many alternatives depend on each other",
                "write the alternatives with a `const` or `enum` property that tells them apart",
                Some(union.id()),
            );
        }
        let take = |solver: &mut Self, number: usize, case: &mut Facts| {
            (solver.take(case, union, part, &ways[number]), number)
        };
        let early = |solver: &mut Self, number: usize| {
            let step = solver.without_member(facts, &ways[number])?;
            Some((step, number))
        };
        let close = |number: usize, step| {
            let Way { number, add } = ways[number].clone();
            closed.push(Case { way: number, add, step });
        };
        if let Some(answer) = self.each(facts, ways.len(), early, take, close) {
            return answer;
        }
        Emptiness::Empty(Arc::new(Step::Cases(cases_of(union, part, by, closed))))
    }

    /// Why a way that asks for a member is closed: by itself the member has no value. Found before
    /// anything else is copied for the way, of which there may be thousands.
    fn without_member(&mut self, facts: &Facts, way: &Way) -> Option<Arc<Step>> {
        let [Literal { id, sign: Holds }] = way.add.as_slice() else { return None };
        let node = self.arena.shared(*id);
        let Node::Exists { keys, schema } = &*node else { return None };
        let name = keys.only_name().filter(|_| facts.types == TypeSet::OBJECT)?;
        let mut literals = self.member_literals(facts, name);
        literals.push(Literal::holds(*schema));
        match self.state(literals) {
            Emptiness::Empty(lemma) => {
                let name = Arc::clone(name);
                Some(Arc::new(Step::Object(ObjectStep::Member { name, lemma })))
            }
            _ => None,
        }
    }

    /// Decides the facts for each of these values of a property, and for all others at once.
    pub(super) fn by_value(
        &mut self,
        mut facts: Facts,
        name: &Arc<str>,
        values: Vec<Json>,
    ) -> StepEmptiness {
        let exists = |solver: &mut Self, values: Vec<Json>| {
            let schema = solver.enumeration(values);
            let keys = Keys { name: Some(Arc::clone(name)), ..Keys::default() };
            solver.add(Node::Exists { keys, schema }, None)
        };
        facts.told.insert(Arc::clone(name));
        let among = exists(self, values.clone());
        let mut ways: Vec<Literal> =
            values.into_iter().map(|value| Literal::holds(exists(self, vec![value]))).collect();
        ways.push(Literal::fails(among));
        let mut steps = Vec::new();
        let take = |solver: &mut Self, number: usize, case: &mut Facts| {
            (solver.assert(case, ways[number]), ways[number].id)
        };
        let close = |id, step| steps.push((id, step));
        let answer = self.each(&facts, ways.len(), |_, _| None, take, close);
        if let Some(answer) = answer {
            return answer;
        }
        let Some((_, otherwise)) = steps.pop() else { return Emptiness::Unknown(None) };
        Emptiness::Empty(Arc::new(Step::ByValue { among, cases: steps, otherwise }))
    }

    /// Decides the facts case by case; `None` if each is closed.
    pub(super) fn each<T>(
        &mut self,
        facts: &Facts,
        count: usize,
        early: impl Fn(&mut Self, usize) -> Option<(Arc<Step>, T)>,
        take: impl Fn(&mut Self, usize, &mut Facts) -> (Result<(), Why>, T),
        mut close: impl FnMut(T, Arc<Step>),
    ) -> Option<StepEmptiness> {
        self.depth += 1;
        let mut candidate = None;
        let mut unknown = false;
        for number in 0..count {
            if let Some((step, what)) = early(self, number) {
                close(what, step);
                continue;
            }
            self.budget.spend(Work::Unions, facts.size() / 8);
            let left = (count - number) as u64;
            let share = (2 * self.budget.steps() / left).max(SHARE + 2 * facts.size());
            let reserved = self.budget.reserve(share);
            let mut case = facts.clone();
            let (asserted, what) = take(self, number, &mut case);
            let answer = match asserted {
                Ok(()) => self.cases(case),
                Err(why) => Emptiness::Empty(Arc::new(Step::Clash(why))),
            };
            self.budget.restore(reserved);
            match answer {
                Emptiness::Full(value) => {
                    self.depth -= 1;
                    return Some(Emptiness::Full(value));
                }
                Emptiness::Empty(step) => close(what, step),
                Emptiness::Unknown(value) => {
                    unknown = true;
                    candidate = candidate.or(value);
                    if self.budget.steps() == 0 {
                        break;
                    }
                }
            }
        }
        self.depth -= 1;
        unknown.then_some(Emptiness::Unknown(candidate))
    }
}
