//! The state of the search, and the operations that all of its rooms share.

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::discriminator::Discriminators;
use super::outcome::Emptiness;
use crate::arena::Arena;
use crate::budget::Budget;
use crate::eval::{Judge, StringJudge};
use crate::json::Json;
use crate::literal::Literal;
use crate::node::Node;
use crate::primitives::{LemmaId, NodeId};
use crate::proof::{Derivation, Lemmas, Step};
use crate::reason::Reason;
use crate::scalar::StringSearch;

/// Nested states and cases; each takes a stack frame or a few.
pub(super) const MAX_DEPTH: usize = 400;

/// Values that a witness may be made of.
pub(super) const MAX_WITNESS: usize = 100_000;

/// What was found for one question, and is known in the next.
#[derive(Default)]
pub(crate) struct Memory {
    discriminators: Discriminators,
    lemmas: FxHashMap<Arc<[Literal]>, LemmaId>,
    states: Vec<Arc<[Literal]>>,
    steps: Vec<Option<Arc<Step>>>,
    memo: FxHashMap<LemmaId, Emptiness<LemmaId>>,
    theorems: Lemmas,
}

impl Memory {
    /// The lemmas that were checked.
    pub(crate) fn theorems(&self) -> &Lemmas {
        &self.theorems
    }

    /// Takes up a derivation that was checked: what it shows is true whatever is asked next.
    pub(crate) fn learn(&mut self, checked: Derivation) {
        self.theorems.extend(checked.lemmas);
    }
}

pub(crate) struct Solver<'a> {
    pub(super) arena: &'a mut Arena,
    strings: &'a dyn StringJudge,
    pub(super) string_search: &'a mut StringSearch,
    pub(super) discriminators: Discriminators,
    pub(crate) budget: Budget,
    /// Why something first stayed unknown.
    pub(crate) reason: Option<Reason>,
    /// Values worth a try, from the outermost state.
    pub(crate) candidates: Vec<Json>,
    /// The lemma about each state that was met.
    pub(super) lemmas: FxHashMap<Arc<[Literal]>, LemmaId>,
    pub(super) states: Vec<Arc<[Literal]>>,
    pub(super) steps: Vec<Option<Arc<Step>>>,
    pub(super) memo: FxHashMap<LemmaId, Emptiness<LemmaId>>,
    /// Lemmas that were checked for an earlier question.
    pub(super) theorems: Lemmas,
    pub(super) open: HashMap<LemmaId, usize>,
    /// States closed on the assumption that states still open are empty, the outermost by level.
    pub(super) provisional: HashMap<LemmaId, usize>,
    pub(super) provisional_order: Vec<LemmaId>,
    /// The outermost open state that the current answer rests on.
    pub(super) rests_on: usize,
    pub(super) depth: usize,
}

impl<'a> Solver<'a> {
    pub(crate) fn new(
        arena: &'a mut Arena,
        strings: &'a dyn StringJudge,
        string_search: &'a mut StringSearch,
        budget: Budget,
        memory: Memory,
    ) -> Self {
        let Memory { discriminators, lemmas, states, steps, memo, theorems } = memory;
        Self {
            arena,
            strings,
            string_search,
            discriminators,
            budget,
            reason: None,
            candidates: Vec::new(),
            lemmas,
            states,
            steps,
            memo,
            theorems,
            open: HashMap::new(),
            provisional: HashMap::new(),
            provisional_order: Vec::new(),
            rests_on: usize::MAX,
            depth: 0,
        }
    }

    /// What the next question may know. Why something is unknown is told of each question; it may run out of less.
    pub(crate) fn into_memory(self) -> Memory {
        let Self { discriminators, lemmas, states, steps, mut memo, theorems, .. } = self;
        memo.retain(|_, answer| !matches!(answer, Emptiness::Unknown(_)));
        Memory { discriminators, lemmas, states, steps, memo, theorems }
    }

    pub(super) fn unknown<E>(
        &mut self,
        text: &str,
        help: &str,
        id: Option<NodeId>,
    ) -> Emptiness<E> {
        if self.reason.is_none() {
            let origin = id.and_then(|id| self.arena.origin(id).cloned());
            self.reason = Some(Reason::new(text, help, origin));
        }
        Emptiness::Unknown(None)
    }

    pub(super) fn ran_out<E>(&mut self, id: Option<NodeId>) -> Emptiness<E> {
        let origin = id.and_then(|id| self.arena.origin(id).cloned());
        self.budget.ran_out(origin);
        Emptiness::Unknown(None)
    }

    pub(super) fn judge(&self) -> Judge<'_> {
        Judge::new(self.arena, self.strings)
    }

    /// Adds a node that the search speaks of.
    pub(super) fn add(&mut self, node: Node, like: Option<NodeId>) -> NodeId {
        let origin = like.and_then(|id| self.arena.origin(id).cloned());
        let before = self.arena.bytes();
        let id = self.arena.add(node, origin.as_ref());
        self.budget.hold(self.arena.bytes() - before);
        id
    }

    pub(super) fn not(&mut self, id: NodeId) -> NodeId {
        let before = self.arena.bytes();
        let id = self.arena.not(id);
        self.budget.hold(self.arena.bytes() - before);
        id
    }

    pub(super) fn enumeration(&mut self, values: Vec<Json>) -> NodeId {
        let before = self.arena.bytes();
        let id = self.arena.enumeration(values, None);
        self.budget.hold(self.arena.bytes() - before);
        id
    }

    /// The lemma about a state; its literals are in normal form.
    pub(super) fn lemma(&mut self, state: Vec<Literal>) -> LemmaId {
        let state: Arc<[Literal]> = state.into();
        if let Some(id) = self.lemmas.get(&state) {
            return *id;
        }
        let id = LemmaId::new(self.states.len());
        self.budget.hold(state.len() * size_of::<Literal>() + 160);
        self.lemmas.insert(Arc::clone(&state), id);
        self.states.push(state);
        self.steps.push(None);
        id
    }

    /// Remembers why a state is empty.
    pub(super) fn close(&mut self, id: LemmaId, step: Arc<Step>) -> Emptiness<LemmaId> {
        self.steps[id.index()] = Some(step);
        Emptiness::Empty(id)
    }
}
