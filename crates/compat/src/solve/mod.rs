//! Decides whether a value exists that meets a set of literals: the heart of the engine.
//!
//! A *state* is a set of literals (schemas that must hold, schemas that must fail) about one value.
//! It is decided type by type; unions become cases ([`cases`]), members and items become states of
//! their own ([`object`], [`array`]). Every answer is exact or unknown: what is not modelled is left
//! out when a proof is sought, and makes a constructed value a mere candidate.
//!
//! A state that comes back below itself is closed: if it had an instance, a smallest one would hold
//! a smaller one. Each state below consumes a member, an item or a name, so the argument is sound.

mod array;
mod cases;
mod discriminator;
mod facts;
mod object;

use std::collections::HashMap;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::budget::{Budget, Work};
use crate::eval::{Judge, Strings};
use crate::json::Json;
use crate::node::{Arena, Id, Literal, Node, Origin, Types, WIDE};
use crate::proof::{Derivation, Lemma, LemmaId, Step, Why};
use crate::scalar::{Picked, Scalars};

use discriminator::Discriminators;
use facts::Facts;

/// Nested states and cases; each takes a stack frame or a few.
const MAX_DEPTH: usize = 400;
/// Candidates that are kept for verification when no value is certain.
const MAX_CANDIDATES: usize = 64;
/// Values that a witness may be made of.
const MAX_WITNESS: usize = 100_000;

/// Whether a value meets some literals; `E` says why none does.
#[derive(Clone, Debug)]
enum Answer<E> {
    /// No value does.
    Empty(E),
    /// This one does.
    Full(Json),
    /// Perhaps this one does.
    Unknown(Option<Json>),
}

/// The answer for one value, in steps.
type Found = Answer<Arc<Step>>;

/// The answer to a question.
pub(crate) enum Decision {
    Empty(Derivation),
    /// Perhaps this value meets the literals, perhaps one of the candidates.
    Open,
}

/// Why something stayed unknown.
#[derive(Clone, Debug)]
pub(crate) struct Reason {
    pub(crate) text: String,
    /// What to write instead, or which option to set.
    pub(crate) help: String,
    pub(crate) origin: Option<Origin>,
}

pub(crate) struct Solver<'a> {
    arena: &'a mut Arena,
    strings: &'a dyn Strings,
    scalars: &'a mut Scalars,
    discriminators: Discriminators,
    pub(crate) budget: Budget,
    /// Why something stayed unknown, the first time.
    pub(crate) reason: Option<Reason>,
    /// Values worth a try, from the outermost state.
    pub(crate) candidates: Vec<Json>,
    /// The lemma about each state that was met.
    lemmas: FxHashMap<Arc<[Literal]>, LemmaId>,
    states: Vec<Arc<[Literal]>>,
    steps: Vec<Option<Arc<Step>>>,
    memo: FxHashMap<LemmaId, Answer<LemmaId>>,
    open: HashMap<LemmaId, usize>,
    /// States closed on the assumption that states still open are empty, the outermost by level.
    provisional: HashMap<LemmaId, usize>,
    provisional_order: Vec<LemmaId>,
    /// The outermost open state that the current answer rests on.
    rests_on: usize,
    depth: usize,
}

impl<'a> Solver<'a> {
    pub(crate) fn new(
        arena: &'a mut Arena,
        strings: &'a dyn Strings,
        scalars: &'a mut Scalars,
        budget: Budget,
    ) -> Self {
        Self {
            arena,
            strings,
            scalars,
            discriminators: Discriminators::default(),
            budget,
            reason: None,
            candidates: Vec::new(),
            lemmas: FxHashMap::default(),
            states: Vec::new(),
            steps: Vec::new(),
            memo: FxHashMap::default(),
            open: HashMap::new(),
            provisional: HashMap::new(),
            provisional_order: Vec::new(),
            rests_on: usize::MAX,
            depth: 0,
        }
    }

    /// Whether any value meets the literals. Values that may meet them are added to the candidates,
    /// the best first.
    pub(crate) fn decide(&mut self, literals: Vec<Literal>) -> Decision {
        match self.state(literals) {
            Answer::Empty(root) => match self.derivation(root) {
                Some(derivation) => return Decision::Empty(derivation),
                None => {
                    self.unknown::<()>("a proof rests on a step that was given up", "", None);
                }
            },
            Answer::Full(value) | Answer::Unknown(Some(value)) => self.candidates.insert(0, value),
            Answer::Unknown(None) => {}
        }
        Decision::Open
    }

    /// Some value that meets the literals, or may.
    pub(crate) fn example(&mut self, literals: Vec<Literal>) -> Option<Json> {
        match self.state(literals) {
            Answer::Full(value) | Answer::Unknown(Some(value)) => Some(value),
            _ => None,
        }
    }

    /// The lemmas that one needs, with their steps.
    fn derivation(&self, root: LemmaId) -> Option<Derivation> {
        let mut lemmas = HashMap::new();
        let mut work = vec![root];
        while let Some(id) = work.pop() {
            if lemmas.contains_key(&id) {
                continue;
            }
            let step = Arc::clone(self.steps[id as usize].as_ref()?);
            work.extend(step.premises());
            lemmas.insert(id, Lemma { state: Arc::clone(&self.states[id as usize]), step });
        }
        Some(Derivation { lemmas, root })
    }

    fn unknown<E>(&mut self, text: &str, help: &str, id: Option<Id>) -> Answer<E> {
        if self.reason.is_none() {
            let origin = id.and_then(|id| self.arena.origin(id).cloned());
            self.reason = Some(Reason { text: text.to_owned(), help: help.to_owned(), origin });
        }
        Answer::Unknown(None)
    }

    fn ran_out<E>(&mut self, id: Option<Id>) -> Answer<E> {
        let origin = id.and_then(|id| self.arena.origin(id).cloned());
        self.budget.ran_out(origin);
        Answer::Unknown(None)
    }

    fn judge(&self) -> Judge<'_> {
        Judge::new(self.arena, self.strings)
    }

    /// Adds a node that the search speaks of.
    fn add(&mut self, node: Node, like: Option<Id>) -> Id {
        let origin = like.and_then(|id| self.arena.origin(id).cloned());
        let before = self.arena.bytes();
        let id = self.arena.add(node, origin.as_ref());
        self.budget.hold(self.arena.bytes() - before);
        id
    }

    fn not(&mut self, id: Id) -> Id {
        let before = self.arena.bytes();
        let id = self.arena.not(id);
        self.budget.hold(self.arena.bytes() - before);
        id
    }

    fn enumeration(&mut self, values: Vec<Json>) -> Id {
        let before = self.arena.bytes();
        let id = self.arena.enumeration(values, None);
        self.budget.hold(self.arena.bytes() - before);
        id
    }

    /// The lemma about a state; its literals are in normal form.
    fn lemma(&mut self, state: Vec<Literal>) -> LemmaId {
        let state: Arc<[Literal]> = state.into();
        if let Some(id) = self.lemmas.get(&state) {
            return *id;
        }
        let id = LemmaId::try_from(self.states.len()).expect("fewer states than the budget");
        self.budget.hold(state.len() * size_of::<Literal>() + 160);
        self.lemmas.insert(Arc::clone(&state), id);
        self.states.push(state);
        self.steps.push(None);
        id
    }

    /// Remembers why a state is empty.
    fn close(&mut self, id: LemmaId, step: Arc<Step>) -> Answer<LemmaId> {
        self.steps[id as usize] = Some(step);
        Answer::Empty(id)
    }

    /// Decides the state of these literals.
    fn state(&mut self, literals: Vec<Literal>) -> Answer<LemmaId> {
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
            return Answer::Empty(id);
        }
        if let Some(rests_on) = self.provisional.get(&id) {
            self.rests_on = self.rests_on.min(*rests_on);
            return Answer::Empty(id);
        }
        let key = Arc::clone(&self.states[id as usize]);
        if self.depth >= MAX_DEPTH {
            return self.unknown(
                "the schemas nest too deeply to be followed",
                "write the schema at this place with fewer levels",
                key.first().map(|literal| literal.0),
            );
        }
        if !self.budget.spend(Work::Unions, 1 + key.len() as u64) || !self.budget.hold(0) {
            return self.ran_out(key.first().map(|literal| literal.0));
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
            Answer::Empty(step) => self.close(id, step),
            Answer::Full(value) => self.verified(&key, value),
            Answer::Unknown(value) => Answer::Unknown(value),
        };
        let rests_on = std::mem::replace(&mut self.rests_on, outer);
        self.settle(begun, level, rests_on, &answer);
        // An answer that rests on an open state is good only below that state.
        match &answer {
            Answer::Empty(_) if rests_on < level => {
                self.rests_on = self.rests_on.min(rests_on);
                self.provisional.insert(id, rests_on);
                self.provisional_order.push(id);
            }
            Answer::Unknown(_) if rests_on < level => {
                self.rests_on = self.rests_on.min(rests_on);
            }
            _ => {
                if let Answer::Full(value) | Answer::Unknown(Some(value)) = &answer {
                    let size = value.size(MAX_WITNESS);
                    self.budget.hold(size * size_of::<Json>());
                }
                self.memo.insert(id, answer.clone());
            }
        }
        answer
    }

    /// A value that was built for a state, judged by all of it.
    fn verified(&mut self, key: &[Literal], value: Json) -> Answer<LemmaId> {
        let work = value.size(MAX_WITNESS) / 8 + key.len() / 2;
        self.budget.spend(Work::Values, work as u64);
        match self.judge().literals(key, &value) {
            Some(true) => Answer::Full(value),
            Some(false) => self.unknown(
                "neither a value was found nor a reason against one",
                "write the schema at this place in a simpler way",
                key.last().map(|literal| literal.0),
            ),
            None => Answer::Unknown(Some(value)),
        }
    }

    /// What was closed since `begun` may rest on the state at `level`, which is now answered: it
    /// stands or falls with it.
    fn settle(&mut self, begun: usize, level: usize, rests_on: usize, answer: &Answer<LemmaId>) {
        let since = self.provisional_order.split_off(begun);
        for id in since {
            let Some(rests) = self.provisional.remove(&id) else { continue };
            if !matches!(answer, Answer::Empty(_)) {
                self.steps[id as usize] = None;
                continue;
            }
            let rests = if rests >= level { rests_on } else { rests.min(rests_on) };
            if rests >= level {
                self.memo.insert(id, Answer::Empty(id));
            } else {
                self.provisional.insert(id, rests);
                self.provisional_order.push(id);
            }
        }
    }

    /// Takes conjunctions apart and merges the types; the second is why nothing can meet the state.
    fn normalise(&mut self, literals: Vec<Literal>) -> (Vec<Literal>, Option<Why>) {
        let mut types = Types::ALL;
        let mut out = Vec::new();
        let mut work = literals;
        let mut clash = None;
        let mut apart = FxHashSet::default();
        while let Some((id, positive)) = work.pop() {
            match (self.arena.node(id), positive) {
                (Node::True, true) | (Node::False, false) => {}
                (Node::True, false) | (Node::False, true) => {
                    clash = Some(Why::Schema(None));
                    out.push((id, positive));
                }
                (Node::Not(inner), _) => work.push((*inner, !positive)),
                (Node::Any(parts), false) if parts.len() > WIDE => out.push((id, false)),
                (Node::All(parts), true) | (Node::Any(parts), false) => {
                    if apart.insert((id, positive)) {
                        work.extend(parts.iter().map(|id| (*id, positive)));
                    }
                }
                (Node::Ref(number), _) => {
                    work.push((self.arena.definitions[*number as usize], positive));
                }
                (Node::Types(t), true) => types = types & *t,
                (Node::Types(t), false) => types = types & t.complement(),
                (node, positive) => {
                    // Only a value of the type can fail such an assertion, or have such a part.
                    if positive == node.is_existential() {
                        types = types & node.about().unwrap_or(Types::ALL);
                    }
                    out.push((id, positive));
                }
            }
        }
        if types == Types::NONE {
            out.push((Arena::FALSE, true));
            clash = clash.or(Some(Why::Type(Types::NONE, out.first().map(|literal| literal.0))));
        } else if types != Types::ALL {
            out.push((self.arena.types(types), true));
        }
        // What was taken apart may be there as a whole, to fail.
        if let Some((id, positive)) = out.iter().find(|(id, p)| apart.contains(&(*id, !p))) {
            let whole = (*id, !positive);
            out.push(whole);
        }
        out.sort_unstable();
        out.dedup();
        if clash.is_none() {
            if let Some(pair) = out.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                clash = Some(Why::Schema(Some(pair[0].0)));
            }
        }
        (out, clash)
    }

    fn solve(&mut self, literals: &[Literal]) -> Found {
        if let Some(answer) = self.listed(literals) {
            return answer;
        }
        let types = literals
            .iter()
            .find_map(|(id, _)| match self.arena.node(*id) {
                Node::Types(types) => Some(*types),
                _ => None,
            })
            .unwrap_or(Types::ALL);
        let mut closed = Vec::new();
        let mut candidate = None;
        let mut unknown = false;
        for t in types.each() {
            let mut facts = Facts::new(t);
            let answer = match self.assert_all(&mut facts, literals) {
                Ok(()) => self.cases(facts),
                Err(why) => Answer::Empty(Arc::new(Step::Clash(why))),
            };
            match answer {
                Answer::Full(value) => return Answer::Full(value),
                Answer::Empty(step) => closed.push((t, step)),
                Answer::Unknown(value) => {
                    unknown = true;
                    candidate = candidate.or(value);
                }
            }
        }
        if unknown {
            return Answer::Unknown(candidate);
        }
        Answer::Empty(Arc::new(Step::EveryType(closed)))
    }

    /// Decides literals with an enumeration among them, value by value.
    fn listed(&mut self, literals: &[Literal]) -> Option<Found> {
        let (id, values) = literals
            .iter()
            .filter(|(_, positive)| *positive)
            .filter_map(|(id, _)| match self.arena.node(*id) {
                Node::Enum(values) => Some((*id, values)),
                _ => None,
            })
            .min_by_key(|(_, values)| values.len())?;
        let values = values.clone();
        Some(self.among(literals, &values, Some(id)))
    }

    /// Decides whether one of these values meets the literals.
    fn among(&mut self, literals: &[Literal], values: &[Json], listed: Option<Id>) -> Found {
        if !self.budget.spend(Work::Values, (values.len() * literals.len()) as u64) {
            return self.ran_out(listed);
        }
        let mut failing = Vec::new();
        let mut candidate = None;
        let mut open = None;
        for value in values {
            let spellings = value.spellings(self.arena.literal_integers);
            let mut passed = 0;
            for value in &spellings {
                match self.first_failing(literals, value) {
                    Ok(literal) => failing.push(literal),
                    Err(None) => passed += 1,
                    Err(Some(id)) => open = open.or(Some(id)),
                }
            }
            if passed == spellings.len() {
                return Answer::Full(spellings.into_iter().next().unwrap_or_else(|| value.clone()));
            }
            if passed > 0 {
                // One of two spellings meets them: validators differ on which it has.
                open = open.or(literals.last().map(|literal| literal.0));
            }
            if open.is_some() {
                if self.open.len() == 1 {
                    self.candidate(value);
                }
                candidate = candidate.or_else(|| Some(value.clone()));
            }
        }
        if let Some(id) = open {
            self.blame(id);
            return Answer::Unknown(candidate);
        }
        Answer::Empty(Arc::new(Step::Values { listed, failing }))
    }

    /// The literal that a value fails; else the one that cannot be judged, if there is one.
    fn first_failing(&self, literals: &[Literal], value: &Json) -> Result<Literal, Option<Id>> {
        let mut open = None;
        for (id, positive) in literals {
            match self.judge().holds(*id, value) {
                Some(holds) if holds == *positive => {}
                Some(_) => return Ok((*id, *positive)),
                None => open = open.or(Some(*id)),
            }
        }
        Err(open)
    }

    fn candidate(&mut self, value: &Json) {
        if self.candidates.len() < MAX_CANDIDATES {
            self.candidates.push(value.clone());
        }
    }

    /// The keyword without a model that a schema's verdict may hang on.
    fn opaque(&self, id: Id, depth: usize) -> Option<Id> {
        if depth > 20 {
            return None;
        }
        let within = |parts: &[Id]| parts.iter().find_map(|id| self.opaque(*id, depth + 1));
        match self.arena.node(id) {
            Node::Opaque { .. } | Node::Content(_) | Node::Format(_) => Some(id),
            Node::All(parts) | Node::Any(parts) | Node::One(parts) => within(parts),
            Node::Not(inner) => self.opaque(*inner, depth + 1),
            Node::Ref(number) => self.opaque(self.arena.definitions[*number as usize], depth + 1),
            Node::Contains { schema, .. }
            | Node::Exists { schema, .. }
            | Node::ItemAt { schema, .. }
            | Node::ItemFrom { schema, .. } => self.opaque(*schema, depth + 1),
            Node::Names(names) => self.opaque(*names, depth + 1),
            Node::Items { prefix, rest } => {
                within(prefix).or_else(|| self.opaque(*rest, depth + 1))
            }
            Node::Properties { named, patterns, rest } => named
                .values()
                .chain(patterns.iter().map(|(_, id)| id))
                .chain([rest])
                .find_map(|id| self.opaque(*id, depth + 1)),
            _ => None,
        }
    }

    /// Says why a value could not be judged by a schema.
    fn blame(&mut self, id: Id) {
        let opaque = self.opaque(id, 0);
        let node = opaque.map(|id| self.arena.shared(id));
        let (text, help) = match node.as_deref() {
            Some(Node::Opaque { reason, help, .. }) => (reason.as_str(), help.as_str()),
            Some(Node::Format(_)) => (
                "`format` is compared by name only",
                "leave `format` an annotation, or say what it means by a `pattern`",
            ),
            Some(Node::Content(_)) => (
                "validators of this draft differ on whether the content keywords assert",
                "use draft 2019-09 or later, where they are annotations",
            ),
            _ => (
                "draft 4: validators differ on whether a number like 1.0 is an integer",
                "use draft 6 or later (`$schema`, or the option for the draft), where it is one",
            ),
        };
        self.unknown::<()>(text, help, opaque.or(Some(id)));
    }

    /// Decides facts without unions.
    fn leaf(&mut self, facts: &Facts) -> Found {
        let literals: Vec<Literal> = facts.literals().collect();
        let listed = facts
            .atoms()
            .iter()
            .any(|(id, positive)| *positive && matches!(self.arena.node(*id), Node::Enum(_)));
        let answer = if listed {
            // An enumeration that a case brought in decides by itself.
            let mut literals = literals;
            literals.push((self.arena.types(facts.types), true));
            self.listed(&literals).unwrap_or(Answer::Unknown(None))
        } else {
            match facts.types {
                Types::NULL => self.among(&literals, &[Json::Null], None),
                Types::BOOLEAN => {
                    self.among(&literals, &[Json::Bool(true), Json::Bool(false)], None)
                }
                Types::INTEGER | Types::FRACTION => {
                    let picked = self.scalars.number(self.arena, facts.types, &literals);
                    self.budget.spend(Work::Values, 1);
                    self.scalar(facts, picked)
                }
                Types::STRING => {
                    let mut steps = self.budget.steps();
                    let before = steps;
                    let picked = self.scalars.string(self.arena, &literals, &mut steps);
                    self.budget.spend(Work::Strings, before - steps);
                    self.scalar(facts, picked)
                }
                Types::ARRAY => self.array(facts),
                _ => self.object(facts),
            }
        };
        // What has no model here may still reject the value.
        let answer = match answer {
            Answer::Full(value) => {
                let open = facts.atoms().iter().find(|(id, _)| {
                    matches!(self.arena.node(*id), Node::Opaque { .. } | Node::Content(_))
                });
                match open.copied() {
                    Some((id, _)) => {
                        self.blame(id);
                        Answer::Unknown(Some(value))
                    }
                    None => Answer::Full(value),
                }
            }
            answer => answer,
        };
        if let (Answer::Unknown(Some(value)), 1) = (&answer, self.open.len()) {
            self.candidate(value);
        }
        answer
    }

    fn scalar(&mut self, facts: &Facts, picked: Picked) -> Found {
        let place = facts.atoms().iter().map(|(id, _)| *id).max();
        match picked {
            Picked::Nothing(text) => Answer::Empty(Arc::new(Step::Scalar { text, place })),
            Picked::Value(value) => Answer::Full(value),
            Picked::Perhaps(values) => {
                let (mut candidate, mut open) = (None, None);
                for value in values {
                    match self.judge().literals(facts.atoms(), &value) {
                        Some(true) => return Answer::Full(value),
                        Some(false) => {}
                        None => candidate = candidate.or(Some(value)),
                    }
                }
                for (id, _) in facts.atoms() {
                    if matches!(self.arena.node(*id), Node::Format(_)) {
                        open = open.or(Some(*id));
                    }
                }
                if let Some(id) = open {
                    self.blame(id);
                }
                Answer::Unknown(candidate)
            }
            Picked::Unknown if facts.types == Types::STRING => self.unknown(
                "no string was found for these patterns and lengths, nor a reason against one",
                "write the pattern in a simpler way, or use `enum`",
                place,
            ),
            Picked::Unknown => self.unknown(
                "no number was found between these bounds, nor a reason against one",
                "write the bounds or `multipleOf` in a simpler way, or use `enum`",
                place,
            ),
        }
    }
}
