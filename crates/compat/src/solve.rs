//! Decides whether a value exists that meets a set of literals: the heart of the engine.
//!
//! A *state* is a set of literals (schemas that must hold, schemas that must fail) about one value.
//! It is decided type by type; unions become cases, of which the ones that known facts refute are
//! dropped at once (so a discriminator leaves one case of many); members and items become states of
//! their own. Every answer is exact or unknown: what is not modelled is left out when a proof is
//! sought, and makes a constructed value a mere candidate.
//!
//! A state that comes back below itself is closed: if it had an instance, a smallest one would hold
//! a smaller one. Each state below consumes a member, an item or a name, so the argument is sound.

mod array;
mod object;
mod scalar;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::eval::{FormatCheck, Judge};
use crate::json::Json;
use crate::lower;
use crate::node::{Arena, Id, Keys, Literal, Node, Origin, Types};
use crate::proof::{Place, Proof, Side, Step};

/// Nested states and cases; each takes a stack frame or a few.
const MAX_DEPTH: usize = 150;
/// Candidates that are kept for verification when no value is certain.
const MAX_CANDIDATES: usize = 64;

#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// No value meets the literals.
    Empty(Arc<Proof>),
    /// This one does.
    Full(Json),
    /// Perhaps this one does.
    Unknown(Option<Json>),
}

pub(crate) struct Solver<'a> {
    pub(crate) arena: &'a mut Arena,
    pub(crate) format: FormatCheck<'a>,
    /// Steps left.
    pub(crate) budget: u64,
    /// Why something stayed unknown, the first time.
    pub(crate) reason: Option<(String, Option<Origin>)>,
    /// Values worth a try, from the outermost state.
    pub(crate) candidates: Vec<Json>,
    memo: HashMap<Arc<[Literal]>, Answer>,
    open: HashMap<Arc<[Literal]>, usize>,
    /// States closed on the assumption that states still open are empty, the outermost by level.
    provisional: HashMap<Arc<[Literal]>, (Arc<Proof>, usize)>,
    provisional_order: Vec<Arc<[Literal]>>,
    /// The outermost open state that the current answer rests on.
    rests_on: usize,
    depth: usize,
}

/// What is known of a value of one type, while its cases are explored.
#[derive(Clone, Default)]
struct Facts {
    types: u8,
    known: HashSet<Literal>,
    /// Assertions of the type, for the leaf.
    atoms: Vec<Literal>,
    /// Unions that are not decided yet.
    pending: Vec<Literal>,
    required: BTreeSet<Arc<str>>,
    forbidden: BTreeSet<Arc<str>>,
    /// What the members of some names must meet, if they are there.
    members: BTreeMap<Arc<str>, Vec<Literal>>,
}

impl<'a> Solver<'a> {
    pub(crate) fn new(arena: &'a mut Arena, format: FormatCheck<'a>, budget: u64) -> Self {
        Self {
            arena,
            format,
            budget,
            reason: None,
            candidates: Vec::new(),
            memo: HashMap::new(),
            open: HashMap::new(),
            provisional: HashMap::new(),
            provisional_order: Vec::new(),
            rests_on: usize::MAX,
            depth: 0,
        }
    }

    pub(crate) fn place(&self, id: Id) -> Option<Place> {
        self.arena.origin(id).map(|(side, pointer)| Place {
            side: if *side == 0 { Side::Sub } else { Side::Super },
            pointer: pointer.to_string(),
        })
    }

    fn unknown(&mut self, reason: &str, id: Option<Id>) -> Answer {
        self.note(reason, id);
        Answer::Unknown(None)
    }

    fn note(&mut self, reason: &str, id: Option<Id>) {
        if self.reason.is_none() {
            let origin = id.and_then(|id| self.arena.origin(id).cloned());
            self.reason = Some((reason.to_owned(), origin));
        }
    }

    fn spend(&mut self, steps: u64) -> bool {
        let enough = self.budget >= steps;
        self.budget = self.budget.saturating_sub(steps);
        enough
    }

    fn judge(&self) -> Judge<'_> {
        Judge { arena: self.arena, format: self.format }
    }

    /// Decides the state of these literals.
    pub(crate) fn state(&mut self, literals: Vec<Literal>) -> Answer {
        let key: Arc<[Literal]> = match self.normalise(literals) {
            Ok(key) => key.into(),
            Err(proof) => return Answer::Empty(proof),
        };
        if let Some(answer) = self.memo.get(&key) {
            return answer.clone();
        }
        if let Some(level) = self.open.get(&key) {
            self.rests_on = self.rests_on.min(*level);
            return Answer::Empty(Proof::leaf(Step::Recursion, None));
        }
        if self.depth >= MAX_DEPTH || !self.spend(1 + key.len() as u64) {
            return self.unknown("the search ran out of its budget", None);
        }
        if let Some((proof, rests_on)) = self.provisional.get(&key) {
            self.rests_on = self.rests_on.min(*rests_on);
            return Answer::Empty(Arc::clone(proof));
        }
        let level = self.open.len();
        let begun = self.provisional_order.len();
        self.open.insert(Arc::clone(&key), level);
        let outer = std::mem::replace(&mut self.rests_on, usize::MAX);
        self.depth += 1;
        let answer = self.solve(&key);
        self.depth -= 1;
        self.open.remove(&key);
        let rests_on = std::mem::replace(&mut self.rests_on, outer);
        self.settle(begun, level, rests_on, &answer);
        // An answer that rests on an open state is good only below that state.
        match &answer {
            Answer::Empty(proof) if rests_on < level => {
                self.rests_on = self.rests_on.min(rests_on);
                self.provisional.insert(Arc::clone(&key), (Arc::clone(proof), rests_on));
                self.provisional_order.push(key);
            }
            Answer::Unknown(_) if rests_on < level => {
                self.rests_on = self.rests_on.min(rests_on);
            }
            _ => {
                self.memo.insert(key, answer.clone());
            }
        }
        answer
    }

    /// What was closed since `begun` may rest on the state at `level`, which is now answered: it
    /// stands or falls with it.
    fn settle(&mut self, begun: usize, level: usize, rests_on: usize, answer: &Answer) {
        let since = self.provisional_order.split_off(begun);
        for key in since {
            let Some((proof, rests)) = self.provisional.remove(&key) else { continue };
            if !matches!(answer, Answer::Empty(_)) {
                continue;
            }
            let rests = if rests >= level { rests_on } else { rests.min(rests_on) };
            if rests >= level {
                self.memo.insert(key, Answer::Empty(proof));
            } else {
                self.provisional.insert(Arc::clone(&key), (proof, rests));
                self.provisional_order.push(key);
            }
        }
    }

    /// Takes conjunctions apart and merges the types.
    fn normalise(&mut self, literals: Vec<Literal>) -> Result<Vec<Literal>, Arc<Proof>> {
        let mut types = Types::ALL;
        let mut out = Vec::new();
        let mut work = literals;
        while let Some((id, positive)) = work.pop() {
            match (self.arena.node(id), positive) {
                (Node::True, true) | (Node::False, false) => {}
                (Node::True, false) | (Node::False, true) => {
                    return Err(Proof::leaf(Step::SameSchema, None));
                }
                (Node::Not(inner), _) => work.push((*inner, !positive)),
                (Node::All(parts), true) | (Node::Any(parts), false) => {
                    work.extend(parts.iter().map(|id| (*id, positive)));
                }
                (Node::Ref(number), _) => {
                    work.push((self.arena.definitions[*number as usize], positive));
                }
                (Node::Types(t), true) => types = types & *t,
                (Node::Types(t), false) => types = types & t.complement(),
                (
                    node @ (Node::Min { .. }
                    | Node::Max { .. }
                    | Node::MultipleOf(_)
                    | Node::MinLength(_)
                    | Node::MaxLength(_)
                    | Node::Pattern(_)
                    | Node::Format(_)
                    | Node::Items { .. }
                    | Node::Contains { .. }
                    | Node::Unique
                    | Node::MinItems(_)
                    | Node::MaxItems(_)
                    | Node::Properties { .. }
                    | Node::Names(_)
                    | Node::Required(_)
                    | Node::MinProperties(_)
                    | Node::MaxProperties(_)),
                    false,
                ) => {
                    // Only a value of the type can fail.
                    types = types & node.about().unwrap_or(Types::ALL);
                    out.push((id, false));
                }
                (Node::Exists { .. }, true) => {
                    types = types & Types::OBJECT;
                    out.push((id, true));
                }
                (Node::ItemAt { .. } | Node::ItemFrom { .. }, true) => {
                    types = types & Types::ARRAY;
                    out.push((id, true));
                }
                _ => out.push((id, positive)),
            }
        }
        if types == Types::NONE {
            let text = "no type of value is left".to_owned();
            return Err(Proof::leaf(Step::Contradiction(text), None));
        }
        if types != Types::ALL {
            out.push((self.arena.types(types), true));
        }
        out.sort_unstable();
        out.dedup();
        if let Some(pair) = out.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Proof::leaf(Step::SameSchema, self.place(pair[0].0)));
        }
        Ok(out)
    }

    fn solve(&mut self, literals: &[Literal]) -> Answer {
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
        let mut proofs = Vec::new();
        let mut candidate = None;
        let mut unknown = false;
        for t in types.each() {
            let mut facts = Facts { types: t.0, ..Facts::default() };
            let answer = match self.assert_all(&mut facts, literals) {
                Ok(()) => self.cases(facts),
                Err(proof) => Answer::Empty(proof),
            };
            match answer {
                Answer::Full(value) => return Answer::Full(value),
                Answer::Empty(proof) => proofs.push(proof),
                Answer::Unknown(value) => {
                    unknown = true;
                    candidate = candidate.or(value);
                }
            }
        }
        if unknown {
            return Answer::Unknown(candidate);
        }
        if proofs.len() == 1 {
            return Answer::Empty(proofs.remove(0));
        }
        Answer::Empty(Arc::new(Proof { step: Step::EveryType, place: None, premises: proofs }))
    }

    /// Decides a state with an enumeration in it, value by value.
    fn listed(&mut self, literals: &[Literal]) -> Option<Answer> {
        let (id, values) = literals
            .iter()
            .filter(|(_, positive)| *positive)
            .filter_map(|(id, _)| match self.arena.node(*id) {
                Node::Enum(values) => Some((*id, values)),
                _ => None,
            })
            .min_by_key(|(_, values)| values.len())?;
        let values = self.spellings(values);
        if !self.spend((values.len() * literals.len()) as u64) {
            return Some(self.unknown("the search ran out of its budget", Some(id)));
        }
        let mut candidate = None;
        let (mut unknown, mut disputed) = (false, false);
        let count = values.len();
        for (value, spelling) in values {
            match (self.judge().literals(literals, &value), spelling) {
                (Some(true), Spelling::Listed) => return Some(Answer::Full(value)),
                (Some(false), Spelling::Listed | Spelling::Other) => {}
                (_, Spelling::Other) | (Some(false), Spelling::One) => disputed = true,
                (None, _) | (Some(true), Spelling::One) => {
                    unknown = true;
                    if self.open.len() == 1 {
                        self.candidate(&value);
                    }
                    candidate = candidate.or(Some(value));
                }
            }
        }
        if disputed && !unknown {
            let text = "draft 4: validators differ on whether a number like 1.0 is an integer";
            return Some(self.unknown(text, Some(id)));
        }
        if unknown {
            let opaque = self.opaque(literals.iter());
            self.blame(opaque);
            return Some(Answer::Unknown(candidate));
        }
        Some(Answer::Empty(Proof::leaf(Step::NoValueLeft(count), self.place(id))))
    }

    /// The values, in draft 4 each in both its spellings.
    fn spellings(&self, values: &[Json]) -> Vec<(Json, Spelling)> {
        if !self.arena.literal_integers {
            return values.iter().map(|v| (v.clone(), Spelling::Listed)).collect();
        }
        let mut out = Vec::new();
        for value in values {
            match value {
                Json::Number { value: number, float } if number.is_integer() => {
                    out.push((value.clone(), Spelling::Listed));
                    let other = Json::Number { value: number.clone(), float: !float };
                    out.push((other, Spelling::Other));
                }
                value if has_integer(value) && !matches!(value, Json::Number { .. }) => {
                    out.push((value.clone(), Spelling::One));
                }
                value => out.push((value.clone(), Spelling::Listed)),
            }
        }
        out
    }

    fn candidate(&mut self, value: &Json) {
        if self.candidates.len() < MAX_CANDIDATES {
            self.candidates.push(value.clone());
        }
    }

    fn opaque<'l>(&self, mut literals: impl Iterator<Item = &'l Literal>) -> Option<Id> {
        literals.find(|(id, _)| self.is_opaque(*id, 0)).map(|(id, _)| *id)
    }

    fn is_opaque(&self, id: Id, depth: usize) -> bool {
        if depth > 20 {
            return false;
        }
        match self.arena.node(id) {
            Node::Opaque { .. } => true,
            Node::All(parts) | Node::Any(parts) | Node::One(parts) => {
                parts.iter().any(|id| self.is_opaque(*id, depth + 1))
            }
            Node::Not(inner) => self.is_opaque(*inner, depth + 1),
            _ => false,
        }
    }

    fn blame(&mut self, opaque: Option<Id>) {
        match opaque.map(|id| self.arena.node(id).clone()) {
            Some(Node::Opaque { reason, .. }) => self.note(&reason, opaque),
            _ => self.note("a keyword that is not modelled", opaque),
        }
    }

    fn assert_all(&mut self, facts: &mut Facts, literals: &[Literal]) -> Result<(), Arc<Proof>> {
        for literal in literals {
            self.assert(facts, *literal)?;
        }
        Ok(())
    }

    /// Adds a literal to the facts; an error is the proof that they contradict each other.
    #[allow(clippy::too_many_lines)] // One arm a kind of node.
    fn assert(&mut self, facts: &mut Facts, literal: Literal) -> Result<(), Arc<Proof>> {
        let mut work = vec![literal];
        while let Some((id, positive)) = work.pop() {
            if facts.known.contains(&(id, !positive)) {
                return Err(Proof::leaf(Step::SameSchema, self.place(id)));
            }
            if !facts.known.insert((id, positive)) {
                continue;
            }
            let types = Types(facts.types);
            let conflict = |solver: &Self, text: String| {
                Err(Proof::leaf(Step::Contradiction(text), solver.place(id)))
            };
            let node = self.arena.node(id).clone();
            if node.about().is_some_and(|about| !about.meets(types)) {
                let existential = matches!(
                    node,
                    Node::Exists { .. } | Node::ItemAt { .. } | Node::ItemFrom { .. }
                );
                if positive == existential {
                    return conflict(self, format!("the value is of type {}", types.name()));
                }
                continue;
            }
            match (node, positive) {
                (Node::True, true) | (Node::False, false) => {}
                (Node::True, false) | (Node::False, true) => {
                    return Err(Proof::leaf(Step::SameSchema, None));
                }
                (Node::Types(t), _) => {
                    if t.meets(types) != positive {
                        return conflict(self, format!("the value is of type {}", types.name()));
                    }
                }
                (Node::Not(inner), _) => work.push((inner, !positive)),
                (Node::Ref(number), _) => {
                    work.push((self.arena.definitions[number as usize], positive));
                }
                (Node::All(parts), true) | (Node::Any(parts), false) => {
                    work.extend(parts.iter().map(|id| (*id, positive)));
                }
                (Node::All(_) | Node::One(_), _) | (Node::Any(_), true) => {
                    facts.pending.push((id, positive));
                }
                (
                    Node::Properties { .. }
                    | Node::Names(_)
                    | Node::Items { .. }
                    | Node::Contains { .. },
                    false,
                ) => {
                    let alternatives = lower::violations(self.arena, id).unwrap_or_default();
                    let origin = self.arena.origin(id).cloned();
                    match alternatives.as_slice() {
                        [] => return conflict(self, "it cannot be violated".to_owned()),
                        [one] => work.push((*one, true)),
                        _ => {
                            let any = self.arena.add(Node::Any(alternatives), origin.as_ref());
                            work.push((any, true));
                        }
                    }
                }
                (Node::Enum(values), false) => {
                    let literal = self.arena.literal_integers;
                    let values: Vec<Json> = values
                        .into_iter()
                        .filter(|v| {
                            v.types(literal).meets(types)
                                || (types.meets(Types::NUMBER) && matches!(v, Json::Number { .. }))
                        })
                        .collect();
                    if types.meets(Types::ARRAY | Types::OBJECT) {
                        for value in values {
                            work.push((self.differs(&value, id), true));
                        }
                    } else if !values.is_empty() {
                        facts.atoms.push((id, false));
                    }
                }
                (
                    Node::Min { .. }
                    | Node::Max { .. }
                    | Node::MinLength(_)
                    | Node::MaxLength(_)
                    | Node::MinItems(_)
                    | Node::MaxItems(_)
                    | Node::MinProperties(_)
                    | Node::MaxProperties(_),
                    false,
                ) => match self.opposite(id) {
                    Some(id) => work.push((id, true)),
                    None => return conflict(self, "no count is below zero".to_owned()),
                },
                (Node::Required(name), true) => {
                    if facts.forbidden.contains(&name) {
                        return conflict(self, format!("the property {name:?} is absent"));
                    }
                    facts.required.insert(name);
                }
                (Node::Required(name), false) => {
                    if facts.required.contains(&name) {
                        return conflict(self, format!("the property {name:?} is there"));
                    }
                    facts.forbidden.insert(name);
                }
                (Node::Exists { keys: Keys { name: Some(name), .. }, schema }, true) => {
                    if facts.forbidden.contains(&name) {
                        return conflict(self, format!("the property {name:?} is absent"));
                    }
                    facts.required.insert(Arc::clone(&name));
                    facts.members.entry(name).or_default().push((schema, true));
                }
                (Node::Properties { named, .. }, true) => {
                    for (name, schema) in &named {
                        facts.members.entry(Arc::clone(name)).or_default().push((*schema, true));
                    }
                    facts.atoms.push((id, true));
                }
                _ => facts.atoms.push((id, positive)),
            }
        }
        Ok(())
    }

    /// The node that says the value is not this array or object.
    fn differs(&mut self, value: &Json, place: Id) -> Id {
        let origin = self.arena.origin(place).cloned();
        let origin = origin.as_ref();
        let mut ways = Vec::new();
        let other = |arena: &mut Arena, value: &Json| {
            let same = arena.enumeration(vec![value.clone()], origin);
            arena.not(same)
        };
        match value {
            Json::Array(items) => {
                for (index, item) in (0..).zip(items) {
                    let schema = other(self.arena, item);
                    ways.push(self.arena.add(Node::ItemAt { index, schema }, origin));
                }
                let length = items.len() as u64;
                ways.push(self.arena.add(Node::MinItems(length + 1), origin));
                if length > 0 {
                    ways.push(self.arena.add(Node::MaxItems(length - 1), origin));
                }
            }
            Json::Object(members) => {
                for (name, member) in members {
                    let required = self.arena.add(Node::Required(Arc::clone(name)), origin);
                    ways.push(self.arena.not(required));
                    let schema = other(self.arena, member);
                    let keys = Keys { name: Some(Arc::clone(name)), ..Keys::default() };
                    ways.push(self.arena.add(Node::Exists { keys, schema }, origin));
                }
                let keys = Keys { except: members.keys().cloned().collect(), ..Keys::default() };
                ways.push(self.arena.add(Node::Exists { keys, schema: Arena::TRUE }, origin));
            }
            _ => return other(self.arena, value),
        }
        self.arena.add(Node::Any(ways), origin)
    }

    /// The bound that holds exactly where this one fails, among values of its type.
    fn opposite(&mut self, id: Id) -> Option<Id> {
        let node = match self.arena.node(id).clone() {
            Node::Min { limit, strict } => Node::Max { limit, strict: !strict },
            Node::Max { limit, strict } => Node::Min { limit, strict: !strict },
            Node::MinLength(n) => Node::MaxLength(n.checked_sub(1)?),
            Node::MaxLength(n) => Node::MinLength(n.checked_add(1)?),
            Node::MinItems(n) => Node::MaxItems(n.checked_sub(1)?),
            Node::MaxItems(n) => Node::MinItems(n.checked_add(1)?),
            Node::MinProperties(n) => Node::MaxProperties(n.checked_sub(1)?),
            Node::MaxProperties(n) => Node::MinProperties(n.checked_add(1)?),
            node => node,
        };
        let origin = self.arena.origin(id).cloned();
        Some(self.arena.add(node, origin.as_ref()))
    }

    /// Explores the unions among the facts, the most decided first.
    fn cases(&mut self, mut facts: Facts) -> Answer {
        let mut case_place = None;
        let mut closed: Vec<Arc<Proof>> = Vec::new();
        loop {
            if !self.spend(1 + facts.pending.len() as u64) {
                return self.unknown("the search ran out of its budget", None);
            }
            let mut best: Option<(usize, Vec<Vec<Literal>>)> = None;
            let mut unit = None;
            let mut index = 0;
            while index < facts.pending.len() {
                let literal = facts.pending[index];
                match self.alternatives(&facts, literal) {
                    None => {
                        facts.pending.swap_remove(index);
                    }
                    Some(ways) if ways.is_empty() => {
                        return Answer::Empty(Arc::new(Proof {
                            step: Step::Contradiction("no alternative is left".to_owned()),
                            place: self.place(literal.0),
                            premises: closed,
                        }));
                    }
                    Some(mut ways) if ways.len() == 1 => {
                        facts.pending.swap_remove(index);
                        unit = Some((literal, ways.remove(0)));
                        break;
                    }
                    Some(ways) => {
                        if best.as_ref().is_none_or(|(_, known)| ways.len() < known.len()) {
                            best = Some((index, ways));
                        }
                        index += 1;
                    }
                }
            }
            if let Some((literal, way)) = unit {
                case_place = case_place.or(Some(literal.0));
                if let Err(proof) = self.assert_all(&mut facts, &way) {
                    closed.push(proof);
                    return Answer::Empty(Arc::new(Proof {
                        step: Step::EveryCase,
                        place: self.place(literal.0),
                        premises: closed,
                    }));
                }
                continue;
            }
            let Some((index, ways)) = best else {
                return self.leaf(&facts);
            };
            let (id, _) = facts.pending.swap_remove(index);
            return self.split(&facts, id, &ways);
        }
    }

    fn split(&mut self, facts: &Facts, id: Id, ways: &[Vec<Literal>]) -> Answer {
        if self.depth >= MAX_DEPTH {
            return self.unknown("the search ran out of its budget", Some(id));
        }
        self.depth += 1;
        let mut proofs = Vec::new();
        let mut candidate = None;
        let mut unknown = false;
        for way in ways {
            let mut case = facts.clone();
            let answer = match self.assert_all(&mut case, way) {
                Ok(()) => self.cases(case),
                Err(proof) => Answer::Empty(proof),
            };
            match answer {
                Answer::Full(value) => {
                    self.depth -= 1;
                    return Answer::Full(value);
                }
                Answer::Empty(proof) => proofs.push(proof),
                Answer::Unknown(value) => {
                    unknown = true;
                    candidate = candidate.or(value);
                    if self.budget == 0 {
                        break;
                    }
                }
            }
        }
        self.depth -= 1;
        if unknown {
            return Answer::Unknown(candidate);
        }
        Answer::Empty(Arc::new(Proof {
            step: Step::EveryCase,
            place: self.place(id),
            premises: proofs,
        }))
    }

    /// The ways to meet a union that the facts leave; `None` if it is met already.
    fn alternatives(
        &mut self,
        facts: &Facts,
        (id, positive): Literal,
    ) -> Option<Vec<Vec<Literal>>> {
        let node = self.arena.node(id).clone();
        let mut ways = Vec::new();
        match (node, positive) {
            (Node::All(parts) | Node::Any(parts), _) => {
                for part in parts {
                    match self.guess(facts, part, 0).map(|holds| holds == positive) {
                        Some(true) => return None,
                        Some(false) => {}
                        None => ways.push(vec![(part, positive)]),
                    }
                }
            }
            (Node::One(parts), positive) => {
                let guesses: Vec<_> = parts.iter().map(|id| self.guess(facts, *id, 0)).collect();
                let sure = guesses.iter().filter(|g| **g == Some(true)).count();
                let open: Vec<Id> = parts
                    .iter()
                    .zip(&guesses)
                    .filter(|(_, guess)| guess.is_none())
                    .map(|(id, _)| *id)
                    .collect();
                self.spend(parts.len() as u64);
                let none = |except: &[Id]| -> Vec<Literal> {
                    open.iter().filter(|id| !except.contains(id)).map(|id| (*id, false)).collect()
                };
                match (positive, sure) {
                    (true, 2..) => {}
                    (false, 2..) => return None,
                    (true, 1) => {
                        if open.is_empty() {
                            return None;
                        }
                        ways.push(none(&[]));
                    }
                    (true, 0) => {
                        for id in &open {
                            // A schema listed twice never holds exactly once.
                            if open.iter().filter(|other| *other == id).count() == 1 {
                                let mut way = vec![(*id, true)];
                                way.extend(none(&[*id]));
                                ways.push(way);
                            }
                        }
                    }
                    (false, 1) => {
                        for id in &open {
                            ways.push(vec![(*id, true)]);
                        }
                    }
                    (false, 0) => {
                        if open.is_empty() {
                            return None;
                        }
                        ways.push(none(&[]));
                        for (index, a) in open.iter().enumerate() {
                            for b in &open[index + 1..] {
                                self.spend(1);
                                ways.push(if a == b {
                                    vec![(*a, true)]
                                } else {
                                    vec![(*a, true), (*b, true)]
                                });
                            }
                        }
                    }
                }
            }
            _ => return None,
        }
        Some(ways)
    }

    /// Whether the facts decide a schema, as far as a quick look tells.
    fn guess(&mut self, facts: &Facts, id: Id, depth: usize) -> Option<bool> {
        for known in [true, false] {
            if facts.known.contains(&(id, known)) {
                return Some(known);
            }
        }
        if depth > 20 || !self.spend(1) {
            return None;
        }
        let types = Types(facts.types);
        let node = self.arena.node(id).clone();
        if node.about().is_some_and(|about| !about.meets(types)) {
            return Some(!matches!(
                node,
                Node::Exists { .. } | Node::ItemAt { .. } | Node::ItemFrom { .. }
            ));
        }
        match node {
            Node::True => Some(true),
            Node::False => Some(false),
            Node::Types(t) => Some(t.meets(types)),
            Node::Enum(values) => {
                let literal = self.arena.literal_integers;
                let possible = values.iter().any(|v| {
                    v.types(literal).meets(types)
                        || (types.meets(Types::NUMBER) && matches!(v, Json::Number { .. }))
                });
                (!possible).then_some(false)
            }
            Node::All(parts) => self.guess_all(facts, &parts, true, depth),
            Node::Any(parts) => self.guess_all(facts, &parts, false, depth),
            Node::One(parts) => {
                let mut yes = 0;
                let mut open = false;
                for part in parts {
                    match self.guess(facts, part, depth + 1) {
                        Some(true) => yes += 1,
                        Some(false) => {}
                        None => open = true,
                    }
                }
                if yes > 1 { Some(false) } else { (!open).then_some(yes == 1) }
            }
            Node::Not(inner) => self.guess(facts, inner, depth + 1).map(|holds| !holds),
            Node::Ref(number) => {
                let target = self.arena.definitions[number as usize];
                self.guess(facts, target, depth + 1)
            }
            Node::Required(name) => {
                if facts.required.contains(&name) {
                    Some(true)
                } else {
                    facts.forbidden.contains(&name).then_some(false)
                }
            }
            Node::Properties { named, patterns, rest } => {
                let mut all = rest == Arena::TRUE
                    && patterns.iter().all(|(_, schema)| *schema == Arena::TRUE);
                for (name, schema) in &named {
                    if facts.forbidden.contains(name) {
                        continue;
                    }
                    match self.guess_member(facts, name, *schema) {
                        Some(true) => {}
                        Some(false) if facts.required.contains(name) => return Some(false),
                        _ => all = false,
                    }
                }
                all.then_some(true)
            }
            Node::Exists { keys: Keys { name: Some(name), .. }, schema } => {
                if facts.forbidden.contains(&name) {
                    return Some(false);
                }
                match self.guess_member(facts, &name, schema) {
                    Some(false) => Some(false),
                    Some(true) => facts.required.contains(&name).then_some(true),
                    None => None,
                }
            }
            _ => None,
        }
    }

    fn guess_all(&mut self, facts: &Facts, parts: &[Id], all: bool, depth: usize) -> Option<bool> {
        let mut answer = Some(all);
        for part in parts {
            match self.guess(facts, *part, depth + 1) {
                Some(holds) if holds != all => return Some(!all),
                Some(_) => {}
                None => answer = None,
            }
        }
        answer
    }

    fn guess_member(&self, facts: &Facts, name: &str, schema: Id) -> Option<bool> {
        match schema {
            Arena::TRUE => return Some(true),
            Arena::FALSE => return Some(false),
            _ => {}
        }
        let literals = facts.members.get(name)?;
        self.guess_value(literals, schema, 0)
    }

    /// Whether every value that meets the literals meets (or fails) the schema.
    fn guess_value(&self, literals: &[Literal], schema: Id, depth: usize) -> Option<bool> {
        for (id, positive) in literals {
            if *id == schema {
                return Some(*positive);
            }
            match (self.arena.node(*id), positive) {
                (Node::Enum(values), true) if values.len() <= 64 => {
                    let judge = self.judge();
                    let mut answers = values.iter().map(|v| judge.holds(schema, v));
                    let first = answers.next().flatten();
                    // In draft 4 the same number may be spelled in two ways.
                    if self.arena.literal_integers && values.iter().any(has_integer) {
                        continue;
                    }
                    if first.is_some() && answers.all(|answer| answer == first) {
                        return first;
                    }
                }
                (Node::Types(types), true) => {
                    if let Node::Types(wanted) = self.arena.node(schema) {
                        if !wanted.meets(*types) {
                            return Some(false);
                        }
                    }
                }
                (Node::All(parts), true) if depth < 8 => {
                    let parts: Vec<Literal> = parts.iter().map(|id| (*id, true)).collect();
                    if let Some(answer) = self.guess_value(&parts, schema, depth + 1) {
                        return Some(answer);
                    }
                }
                (Node::Not(inner), true) if *inner == schema => return Some(false),
                _ => {}
            }
        }
        if depth >= 8 {
            return None;
        }
        match self.arena.node(schema) {
            Node::Not(inner) => self.guess_value(literals, *inner, depth + 1).map(|holds| !holds),
            Node::All(parts) => {
                let answers = parts.iter().map(|id| self.guess_value(literals, *id, depth + 1));
                let mut all = Some(true);
                for answer in answers {
                    match answer {
                        Some(false) => return Some(false),
                        Some(true) => {}
                        None => all = None,
                    }
                }
                all
            }
            _ => None,
        }
    }

    /// Decides facts without unions.
    fn leaf(&mut self, facts: &Facts) -> Answer {
        let types = Types(facts.types);
        // An enumeration that a case brought in decides by itself.
        let listed = facts
            .atoms
            .iter()
            .any(|(id, positive)| *positive && matches!(self.arena.node(*id), Node::Enum(_)));
        let answer = if listed {
            let mut literals: Vec<Literal> = facts.known.iter().copied().collect();
            literals.push((self.arena.types(types), true));
            literals.sort_unstable();
            self.listed(&literals).unwrap_or(Answer::Unknown(None))
        } else {
            match types {
                Types::NULL => self.among(facts, &[Json::Null]),
                Types::BOOLEAN => self.among(facts, &[Json::Bool(true), Json::Bool(false)]),
                Types::INTEGER | Types::FRACTION => self.number(facts),
                Types::STRING => self.string(facts),
                Types::ARRAY => self.array(facts),
                _ => self.object(facts),
            }
        };
        // What has no model here may still reject the value.
        let opaque = self.opaque(facts.atoms.iter());
        let answer = match answer {
            Answer::Full(value) if opaque.is_some() => {
                self.blame(opaque);
                Answer::Unknown(Some(value))
            }
            answer => answer,
        };
        if let (Answer::Unknown(Some(value)), 1) = (&answer, self.open.len()) {
            self.candidate(&value.clone());
        }
        answer
    }

    fn among(&mut self, facts: &Facts, values: &[Json]) -> Answer {
        let mut candidate = None;
        for value in values {
            match self.judge().literals(&facts.atoms, value) {
                Some(true) => return Answer::Full(value.clone()),
                Some(false) => {}
                None => candidate = candidate.or(Some(value.clone())),
            }
        }
        if candidate.is_some() {
            let opaque = self.opaque(facts.atoms.iter());
            self.blame(opaque);
            return Answer::Unknown(candidate);
        }
        Answer::Empty(Proof::leaf(Step::NoValueLeft(values.len()), None))
    }
}

/// Draft 4 takes `1.0` for no integer, yet equal to `1`: an enumeration of the one lists the other
/// too. Validators (and the authors of schemas) differ there, so nothing is concluded from it.
#[derive(Clone, Copy)]
enum Spelling {
    /// As in the enumeration.
    Listed,
    /// The other way to write the same number.
    Other,
    /// One of many ways to write a value with numbers in it.
    One,
}

/// Whether a number in the value has two spellings.
fn has_integer(value: &Json) -> bool {
    match value {
        Json::Number { value, .. } => value.is_integer(),
        Json::Array(items) => items.iter().any(has_integer),
        Json::Object(members) => members.values().any(has_integer),
        _ => false,
    }
}
