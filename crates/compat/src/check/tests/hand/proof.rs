//! A proof that is put together by hand.

use std::collections::HashMap;

use super::super::bench::NoFormats;
use crate::arena::Arena;
use crate::check::check;
use crate::eval::Judge;
use crate::json::Json;
use crate::literal::Literal;
use crate::node::{Keys, Node};
use crate::number::Rational;
use crate::primitives::{LemmaId, NodeId};
use crate::proof::{
    ArrayStep, Case, Cases, Derivation, Lemma, Lemmas, Longest, ObjectStep, Step, Why,
};
use crate::types::TypeSet;

/// An arena, and the lemmas of a proof: the first is the root.
pub(in crate::check::tests) struct Hand {
    pub(in crate::check::tests) arena: Arena,
    pub(super) lemmas: HashMap<LemmaId, Lemma>,
}

/// The number of a lemma that holds: no value meets `false`.
pub(super) const IMPOSSIBLE: usize = 9;

impl Hand {
    pub(in crate::check::tests) fn new() -> Self {
        let mut hand = Self { arena: Arena::new(false), lemmas: HashMap::new() };
        hand.lemma(IMPOSSIBLE, &[Literal::holds(NodeId::FALSE)], clash());
        hand
    }

    pub(in crate::check::tests) fn add(&mut self, node: Node) -> NodeId {
        self.arena.add(node, None)
    }

    pub(in crate::check::tests) fn lemma(&mut self, number: usize, state: &[Literal], step: Step) {
        self.lemmas.insert(LemmaId::new(number), Lemma { state: state.into(), step: step.into() });
    }

    /// Whether it passes for a proof that no value meets the literals.
    pub(in crate::check::tests) fn passes(&self, literals: &[Literal]) -> bool {
        let judge = Judge::new(&self.arena, &NoFormats);
        let derivation = Derivation { lemmas: self.lemmas.clone(), root: LemmaId::new(0) };
        check(&judge, &derivation, &Lemmas::new(), literals).is_ok()
    }

    /// That a state is met is not disproved by a step.
    #[track_caller]
    pub(super) fn rejects(&mut self, state: &[Literal], step: Step) {
        self.lemma(0, state, step);
        assert!(!self.passes(state));
    }

    pub(in crate::check::tests) fn types(&mut self, types: TypeSet) -> Literal {
        Literal::holds(self.add(Node::Types(types)))
    }

    pub(super) fn required(&mut self, name: &str) -> NodeId {
        self.add(Node::Required(name.into()))
    }

    pub(super) fn numbers(&mut self, numbers: &[i64]) -> NodeId {
        self.arena.enumeration(numbers.iter().map(|n| number(*n)).collect(), None)
    }

    pub(super) fn exists(&mut self, keys: Keys, schema: NodeId) -> NodeId {
        self.add(Node::Exists { keys, schema })
    }
}

pub(super) fn number(n: i64) -> Json {
    Json::Number { value: Rational::from_integer(n.into()), float: None }
}

pub(super) fn named(name: &str) -> Keys {
    Keys { name: Some(name.into()), ..Keys::default() }
}

pub(super) fn clash() -> Step {
    Step::Clash(Why::Schema(None))
}

pub(super) fn cases(
    union: Literal,
    part: Option<usize>,
    list: Vec<(usize, Vec<Literal>, Step)>,
) -> Step {
    let case = |(way, add, step): (usize, Vec<Literal>, Step)| Case { way, add, step: step.into() };
    Step::Cases(Cases { union, part, by: None, cases: list.into_iter().map(case).collect() })
}

/// Items, each with the lemma that closes it.
pub(super) fn closed(list: &[(u64, usize)]) -> Vec<(u64, LemmaId)> {
    list.iter().map(|(index, lemma)| (*index, LemmaId::new(*lemma))).collect()
}

pub(super) fn short(blocked: Option<(u64, usize)>) -> Step {
    let blocked = blocked.map(|(index, lemma)| (index, LemmaId::new(lemma)));
    Step::Array(ArrayStep::TooShort { longest: Longest { blocked, forced: Vec::new() } })
}

pub(super) fn object(step: ObjectStep) -> Step {
    Step::Object(step)
}
