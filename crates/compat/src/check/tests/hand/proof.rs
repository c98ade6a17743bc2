//! A proof that is put together by hand.

use std::collections::HashMap;

use super::super::bench::NoFormats;
use crate::arena::Arena;
use crate::check::check;
use crate::eval::Judge;
use crate::json::Json;
use crate::node::{Id, Keys, Literal, Node};
use crate::number::Rational;
use crate::proof::{ArrayStep, Case, Cases, Derivation, Lemma, Longest, ObjectStep, Step, Why};
use crate::scalar::Scalars;
use crate::types::Types;

/// An arena, and the lemmas of a proof: the first is the root.
pub(super) struct Hand {
    pub(super) arena: Arena,
    pub(super) lemmas: HashMap<u32, Lemma>,
}

pub(super) const IMPOSSIBLE: u32 = 9;

impl Hand {
    pub(super) fn new() -> Self {
        let mut hand = Self { arena: Arena::new(false), lemmas: HashMap::new() };
        // A lemma that holds: no value meets `false`.
        hand.lemma(IMPOSSIBLE, &[(Arena::FALSE, true)], clash());
        hand
    }

    pub(super) fn add(&mut self, node: Node) -> Id {
        self.arena.add(node, None)
    }

    pub(super) fn lemma(&mut self, number: u32, state: &[Literal], step: Step) {
        self.lemmas.insert(number, Lemma { state: state.into(), step: step.into() });
    }

    /// Whether it passes for a proof that no value meets the literals.
    pub(super) fn passes(&self, literals: &[Literal]) -> bool {
        let judge = Judge::new(&self.arena, &NoFormats);
        let derivation = Derivation { lemmas: self.lemmas.clone(), root: 0 };
        check(&judge, &mut Scalars::default(), &derivation, literals).is_ok()
    }

    /// That a state is met is not disproved by a step.
    #[track_caller]
    pub(super) fn rejects(&mut self, state: &[Literal], step: Step) {
        self.lemma(0, state, step);
        assert!(!self.passes(state));
    }

    pub(super) fn types(&mut self, types: Types) -> Literal {
        (self.add(Node::Types(types)), true)
    }

    pub(super) fn required(&mut self, name: &str) -> Id {
        self.add(Node::Required(name.into()))
    }

    pub(super) fn numbers(&mut self, numbers: &[i64]) -> Id {
        self.arena.enumeration(numbers.iter().map(|n| number(*n)).collect(), None)
    }

    pub(super) fn exists(&mut self, keys: Keys, schema: Id) -> Id {
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

pub(super) fn short(blocked: Option<(u64, u32)>) -> Step {
    Step::Array(ArrayStep::TooShort { longest: Longest { blocked, forced: Vec::new() } })
}

pub(super) fn object(step: ObjectStep) -> Step {
    Step::Object(step)
}
