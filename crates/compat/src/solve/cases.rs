//! Explores the unions among the facts: those that the facts decide first, then the one with the
//! fewest ways left. A discriminator leaves few of many.

use std::sync::Arc;

use super::facts::{Facts, Mark, Union};
use super::{Answer, Found, MAX_DEPTH, Solver};
use crate::budget::Work;
use crate::json::Json;
use crate::node::{Arena, Id, Keys, Literal, Node, Types};
use crate::proof::{Case, Cases, LemmaId, ObjectStep, Path, Step, Why};

/// Ways of a union that are looked at before it is chosen.
const MAX_WAYS: usize = 64;
/// Ways of a union that a quick look goes through.
const FEW_WAYS: usize = 16;
/// Values of an enumeration that a quick look goes through.
const FEW_VALUES: usize = 64;
/// Unions with one way left that follow from each other.
const MAX_FRAMES: usize = 4_000;
/// Steps that every case of a union gets.
const SHARE: u64 = 2_000;

/// A way to meet a union.
#[derive(Clone)]
struct Way {
    number: usize,
    add: Vec<Literal>,
}

/// How a union stands to the facts.
enum Standing {
    /// They meet it, or imply what it says.
    Met,
    /// None of these parts may hold; the others cannot.
    Expand(Vec<Id>),
    /// These ways are left; the others are closed.
    Open { ways: Vec<Way>, closed: Vec<Case>, part: Option<usize>, by: Option<Path> },
    /// It has so many ways that they were not looked at.
    Wide { ways: usize, tells: bool },
}

/// What a unit step knew, to be put around what followed from it.
enum Frame {
    Expand { union: Id, parts: Vec<Id> },
    Unit { union: Union, part: Option<usize>, by: Option<Path>, closed: Vec<Case>, way: Way },
}

fn wrap(frames: Vec<Frame>, step: Arc<Step>) -> Found {
    let step = frames.into_iter().rev().fold(step, |step, frame| {
        Arc::new(match frame {
            Frame::Expand { union, parts } => Step::Expand { union, parts, then: step },
            Frame::Unit { union, part, by, mut closed, way } => {
                closed.push(Case { way: way.number, add: way.add, step });
                Step::Cases(cases_of(union, part, by, closed))
            }
        })
    });
    Answer::Empty(step)
}

fn cases_of(union: Union, part: Option<usize>, by: Option<Path>, cases: Vec<Case>) -> Cases {
    match union {
        Union::Of(union) => Cases { union, part, by, cases },
        Union::Differs(id, index) => {
            Cases { union: (id, false), part: Some(index), by: None, cases }
        }
    }
}

impl Solver<'_> {
    /// Decides facts, union by union.
    #[allow(clippy::too_many_lines)] // The order in which unions are taken, in one view.
    pub(super) fn cases(&mut self, mut facts: Facts) -> Found {
        let mut frames = Vec::new();
        loop {
            if frames.len() > MAX_FRAMES
                || !self.budget.spend(Work::Unions, 1 + facts.pending.len() as u64)
                || !self.budget.hold(0)
            {
                return self.ran_out(facts.pending.first().map(|union| union.id()));
            }
            let mut progress = false;
            let mut best: Option<((u8, usize), usize)> = None;
            let mut index = 0;
            while index < facts.pending.len() {
                let union = facts.pending[index];
                let standing = self.standing(&mut facts, union, 1, false);
                let rank = match standing {
                    Standing::Met => {
                        facts.pending.swap_remove(index);
                        continue;
                    }
                    Standing::Expand(parts) => {
                        facts.pending.swap_remove(index);
                        if let Err(step) = self.expand(&mut facts, union, parts, &mut frames) {
                            return wrap(frames, step);
                        }
                        progress = true;
                        continue;
                    }
                    Standing::Open { ways, closed, part, by } if ways.is_empty() => {
                        let step = Step::Cases(cases_of(union, part, by, closed));
                        return wrap(frames, Arc::new(step));
                    }
                    Standing::Open { mut ways, closed, part, by } if ways.len() == 1 => {
                        let way = ways.remove(0);
                        facts.pending.swap_remove(index);
                        let asserted = self.take(&mut facts, union, part, &way);
                        frames.push(Frame::Unit { union, part, by, closed, way });
                        if let Err(why) = asserted {
                            return wrap(frames, Arc::new(Step::Clash(why)));
                        }
                        progress = true;
                        continue;
                    }
                    Standing::Open { ways, by, .. } => {
                        let rank = match union {
                            _ if by.is_none() && self.tells(union) => 0,
                            // How the super fails: what the sub says about that closes most ways.
                            Union::Of((id, false))
                                if !matches!(self.arena.node(id), Node::One(_)) =>
                            {
                                1
                            }
                            Union::Of(_) | Union::Differs(..) => 2,
                        };
                        (rank, ways.len())
                    }
                    Standing::Wide { ways, tells } => (if tells { 0 } else { 3 }, ways),
                };
                if best.is_none_or(|(known, _)| rank < known) {
                    best = Some((rank, index));
                }
                index += 1;
            }
            if progress {
                continue;
            }
            let Some((_, index)) = best else {
                if facts.take_up() {
                    continue;
                }
                return match self.leaf(&facts) {
                    Answer::Empty(step) => wrap(frames, step),
                    answer => answer,
                };
            };
            if facts.types == Types::OBJECT {
                if let Some((name, values)) = self.asked_for(&facts) {
                    return match self.by_value(facts, &name, values) {
                        Answer::Empty(step) => wrap(frames, step),
                        answer => answer,
                    };
                }
            }
            let union = facts.pending[index];
            match self.standing(&mut facts, union, 1, true) {
                Standing::Open { ways, closed, part, by } => {
                    facts.pending.swap_remove(index);
                    return match self.split(&facts, union, &ways, closed, part, by) {
                        Answer::Empty(step) => wrap(frames, step),
                        answer => answer,
                    };
                }
                Standing::Expand(parts) => {
                    facts.pending.swap_remove(index);
                    if let Err(step) = self.expand(&mut facts, union, parts, &mut frames) {
                        return wrap(frames, step);
                    }
                }
                Standing::Met => {
                    facts.pending.swap_remove(index);
                }
                Standing::Wide { .. } => return self.ran_out(Some(union.id())),
            }
        }
    }

    /// Whether choosing a way of the union pins a value that tells others apart.
    fn tells(&mut self, union: Union) -> bool {
        match union {
            Union::Of((id, true)) => self.discriminator(id).is_some(),
            _ => false,
        }
    }

    fn expand(
        &mut self,
        facts: &mut Facts,
        union: Union,
        parts: Vec<Id>,
        frames: &mut Vec<Frame>,
    ) -> Result<(), Arc<Step>> {
        let literals: Vec<Literal> = parts.iter().map(|id| (*id, false)).collect();
        let asserted = self.assert_all(facts, &literals);
        frames.push(Frame::Expand { union: union.id(), parts });
        asserted.map_err(|why| Arc::new(Step::Clash(why)))
    }

    /// Adds what holds in a way of a union. A `oneOf` that must not hold goes on waiting for its
    /// second part.
    fn take(
        &mut self,
        facts: &mut Facts,
        union: Union,
        part: Option<usize>,
        way: &Way,
    ) -> Result<(), Why> {
        if let (Union::Of((id, false)), None, 1..) = (union, part, way.number) {
            if matches!(self.arena.node(id), Node::One(_)) {
                facts.pending.push(union);
            }
        }
        if let (Union::Of((id, true)), [part, others @ ..]) = (union, way.add.as_slice()) {
            if matches!(self.arena.node(id), Node::One(_)) {
                self.assert(facts, *part)?;
                let mark = facts.mark();
                let asserted = self.assert_all(facts, others);
                facts.put_off(mark);
                return asserted;
            }
        }
        self.assert_all(facts, &way.add)
    }

    fn split(
        &mut self,
        facts: &Facts,
        union: Union,
        ways: &[Way],
        mut closed: Vec<Case>,
        part: Option<usize>,
        by: Option<Path>,
    ) -> Found {
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
        Answer::Empty(Arc::new(Step::Cases(cases_of(union, part, by, closed))))
    }

    /// Why a way that asks for a member is closed: by itself the member has no value. Found before
    /// anything else is copied for the way, of which there may be thousands.
    fn without_member(&mut self, facts: &Facts, way: &Way) -> Option<Arc<Step>> {
        let [(id, true)] = way.add.as_slice() else { return None };
        let node = self.arena.shared(*id);
        let Node::Exists { keys, schema } = &*node else { return None };
        let name = keys.only_name().filter(|_| facts.types == Types::OBJECT)?;
        let mut literals = self.member_literals(facts, name);
        literals.push((*schema, true));
        match self.state(literals) {
            Answer::Empty(lemma) => {
                let name = Arc::clone(name);
                Some(Arc::new(Step::Object(ObjectStep::Member { name, lemma })))
            }
            _ => None,
        }
    }

    /// Decides the facts for each of these values of a property, and for all others at once.
    fn by_value(&mut self, mut facts: Facts, name: &Arc<str>, values: Vec<Json>) -> Found {
        let exists = |solver: &mut Self, values: Vec<Json>| {
            let schema = solver.enumeration(values);
            let keys = Keys { name: Some(Arc::clone(name)), ..Keys::default() };
            solver.add(Node::Exists { keys, schema }, None)
        };
        facts.told.insert(Arc::clone(name));
        let among = exists(self, values.clone());
        let mut ways: Vec<Literal> =
            values.into_iter().map(|value| (exists(self, vec![value]), true)).collect();
        ways.push((among, false));
        let mut steps = Vec::new();
        let take = |solver: &mut Self, number: usize, case: &mut Facts| {
            (solver.assert(case, ways[number]), ways[number].0)
        };
        let close = |id, step| steps.push((id, step));
        let answer = self.each(&facts, ways.len(), |_, _| None, take, close);
        if let Some(answer) = answer {
            return answer;
        }
        let Some((_, otherwise)) = steps.pop() else { return Answer::Unknown(None) };
        Answer::Empty(Arc::new(Step::ByValue { among, cases: steps, otherwise }))
    }

    /// Decides the facts case by case; `None` if each is closed.
    fn each<T>(
        &mut self,
        facts: &Facts,
        count: usize,
        early: impl Fn(&mut Self, usize) -> Option<(Arc<Step>, T)>,
        take: impl Fn(&mut Self, usize, &mut Facts) -> (Result<(), Why>, T),
        mut close: impl FnMut(T, Arc<Step>),
    ) -> Option<Found> {
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
                Err(why) => Answer::Empty(Arc::new(Step::Clash(why))),
            };
            self.budget.restore(reserved);
            match answer {
                Answer::Full(value) => {
                    self.depth -= 1;
                    return Some(Answer::Full(value));
                }
                Answer::Empty(step) => close(what, step),
                Answer::Unknown(value) => {
                    unknown = true;
                    candidate = candidate.or(value);
                    if self.budget.steps() == 0 {
                        break;
                    }
                }
            }
        }
        self.depth -= 1;
        unknown.then_some(Answer::Unknown(candidate))
    }

    /// How the union stands to the facts, by a quick look `depth` unions deep; `all`: at every way.
    fn standing(&mut self, facts: &mut Facts, union: Union, depth: u8, all: bool) -> Standing {
        let Union::Of((id, positive)) = union else {
            let ways = self.differences(union);
            return self.sift(facts, ways, None, None, depth);
        };
        let node = self.arena.shared(id);
        let (Node::All(parts) | Node::Any(parts) | Node::One(parts)) = &*node else {
            if self.implied_by_the_rest(facts, (id, positive), depth) {
                return Standing::Met;
            }
            let ways = self.violations(id);
            return self.sift(facts, ways, None, None, depth);
        };
        // The parts that the discriminator leaves.
        let tells = if matches!(*node, Node::All(_)) { None } else { self.discriminator(id) };
        let pinned = tells
            .as_ref()
            .and_then(|tells| Some((self.pinned(facts, &tells.path)?, Arc::clone(&tells.path))));
        let (left, by) = match (pinned, &tells) {
            (Some((values, path)), Some(tells)) => (tells.parts(&values), Some(path)),
            _ => ((0..parts.len()).collect(), None),
        };
        let wide = by.is_none() && parts.len() > MAX_WAYS && !all;
        match (&*node, positive) {
            (Node::Any(_), false) => {
                if by.is_none() && !all {
                    return Standing::Wide { ways: parts.len(), tells: false };
                }
                Standing::Expand(left.into_iter().map(|index| parts[index]).collect())
            }
            _ if wide => Standing::Wide { ways: parts.len(), tells: positive && tells.is_some() },
            (Node::All(_), _) => {
                if self.implied_by_the_rest(facts, (id, false), depth) {
                    return Standing::Met;
                }
                let ways = left
                    .into_iter()
                    .map(|number| Way { number, add: vec![(parts[number], false)] });
                self.sift(facts, ways.collect(), None, by, depth)
            }
            (Node::Any(_), _) => {
                for index in &left {
                    let known = facts.knows((parts[*index], true));
                    if known
                        || (left.len() <= FEW_WAYS && self.implied(facts, parts[*index], depth))
                    {
                        return Standing::Met;
                    }
                }
                let ways =
                    left.into_iter().map(|number| Way { number, add: vec![(parts[number], true)] });
                self.sift(facts, ways.collect(), None, by, depth)
            }
            (_, true) => {
                let ways = left
                    .into_iter()
                    .map(|number| {
                        let mut add = vec![(parts[number], true)];
                        let others = match &tells {
                            Some(tells) => tells.overlapping(number),
                            // So many that each way would take too much memory: they are only
                            // looked at when a value is judged.
                            None if parts.len() > MAX_WAYS => Vec::new(),
                            None => (0..parts.len()).filter(|other| *other != number).collect(),
                        };
                        add.extend(others.into_iter().map(|other| (parts[other], false)));
                        Way { number, add }
                    })
                    .collect();
                self.sift(facts, ways, None, by, depth)
            }
            (_, false) => self.not_one(facts, parts, &left, by, depth),
        }
    }

    /// How a `oneOf` that must not hold stands to the facts.
    fn not_one(
        &mut self,
        facts: &mut Facts,
        parts: &[Id],
        left: &[usize],
        by: Option<Path>,
        depth: u8,
    ) -> Standing {
        let holds = left.iter().copied().find(|index| facts.knows((parts[*index], true)));
        if let Some(first) = holds {
            // Another part holds too.
            let others: Vec<usize> = left.iter().copied().filter(|other| *other != first).collect();
            for index in &others {
                if facts.knows((parts[*index], true)) || self.implied(facts, parts[*index], depth) {
                    return Standing::Met;
                }
            }
            let ways = others
                .into_iter()
                .map(|number| Way { number, add: vec![(parts[number], true)] })
                .collect();
            return self.sift(facts, ways, Some(first), by, depth);
        }
        let sure = left.iter().filter(|index| self.implied(facts, parts[**index], depth)).count();
        if sure > 1 {
            return Standing::Met;
        }
        // None of them holds, or this one and a later one.
        let mut ways = Vec::new();
        ways.push(Way {
            number: 0,
            add: left.iter().map(|index| (parts[*index], false)).collect(),
        });
        for (at, index) in left.iter().enumerate() {
            let mut add = vec![(parts[*index], true)];
            add.extend(left[..at].iter().map(|before| (parts[*before], false)));
            ways.push(Way { number: index + 1, add });
        }
        self.sift(facts, ways, None, by, depth)
    }

    /// Tells the ways that a quick look closes from those that are left.
    fn sift(
        &mut self,
        facts: &mut Facts,
        ways: Vec<Way>,
        part: Option<usize>,
        by: Option<Path>,
        depth: u8,
    ) -> Standing {
        let (mut open, mut closed) = (Vec::new(), Vec::new());
        for way in ways {
            if let [literal] = way.add.as_slice() {
                if facts.knows(*literal) {
                    return Standing::Met;
                }
            }
            match self.refute(facts, &way.add, depth) {
                Some(step) => closed.push(Case { way: way.number, add: way.add, step }),
                None => open.push(way),
            }
        }
        Standing::Open { ways: open, closed, part, by }
    }

    /// Whether the facts imply a schema, as far as a quick look tells.
    fn implied(&mut self, facts: &mut Facts, id: Id, depth: u8) -> bool {
        facts.knows((id, true)) || self.refute(facts, &[(id, false)], depth).is_some()
    }

    /// Whether the other facts imply a literal, as far as a quick look tells.
    fn implied_by_the_rest(&mut self, facts: &mut Facts, literal: Literal, depth: u8) -> bool {
        facts.set_known(literal, false);
        let implied = self.refute(facts, &[(literal.0, !literal.1)], depth).is_some();
        facts.set_known(literal, true);
        implied
    }

    /// Why the literals cannot be added to the facts, if a quick look tells.
    fn refute(&mut self, facts: &mut Facts, add: &[Literal], depth: u8) -> Option<Arc<Step>> {
        if !self.budget.spend(Work::Unions, 1 + add.len() as u64 / 4) {
            return None;
        }
        let mark = facts.mark();
        let step = match self.assert_all(facts, add) {
            Err(why) => Some(Arc::new(Step::Clash(why))),
            Ok(()) => self.contradiction(facts, mark, depth),
        };
        facts.undo(mark);
        step
    }

    /// Whether what was learnt since the mark leaves a required member without a value, or a small
    /// union without a way.
    fn contradiction(&mut self, facts: &mut Facts, mark: Mark, depth: u8) -> Option<Arc<Step>> {
        if facts.types == Types::OBJECT {
            let names =
                if facts.is_broader(mark) { facts.required.clone() } else { facts.touched(mark) };
            for name in names {
                if !facts.required.contains(&name) {
                    continue;
                }
                let literals = self.member_literals(facts, &name);
                if let Some(lemma) = self.clearly_empty(literals) {
                    return Some(Arc::new(Step::Object(ObjectStep::Member { name, lemma })));
                }
            }
        }
        if depth == 0 {
            return None;
        }
        let pending: Vec<Union> = facts.pending_since(mark).to_vec();
        for union in pending {
            let size = match self.arena.node(union.id()) {
                Node::All(parts) | Node::Any(parts) | Node::One(parts) => parts.len(),
                Node::Properties { named, .. } => named.len(),
                Node::Items { prefix, .. } => prefix.len(),
                _ => 1,
            };
            if size > FEW_WAYS {
                continue;
            }
            match self.standing(facts, union, depth - 1, false) {
                Standing::Open { ways, closed, part, by } if ways.is_empty() => {
                    return Some(Arc::new(Step::Cases(cases_of(union, part, by, closed))));
                }
                _ => {}
            }
        }
        None
    }

    /// The lemma about a state that can be seen to be empty at once.
    fn clearly_empty(&mut self, literals: Vec<Literal>) -> Option<LemmaId> {
        self.budget.spend(Work::Objects, 1);
        let short = self.lists_few(&literals);
        let (key, clash) = self.normalise(literals);
        if clash.is_some() || short || self.lists_few(&key) {
            return match self.state(key) {
                Answer::Empty(lemma) => Some(lemma),
                _ => None,
            };
        }
        let lemma = self.lemmas.get(key.as_slice())?;
        match self.memo.get(lemma) {
            Some(Answer::Empty(lemma)) => Some(*lemma),
            _ => None,
        }
    }

    fn lists_few(&self, key: &[Literal]) -> bool {
        key.iter().any(|(id, positive)| {
            *positive
                && matches!(self.arena.node(*id), Node::Enum(values) if values.len() <= FEW_VALUES)
        })
    }

    /// The ways in which a universal assertion fails, each by a part that exists.
    fn violations(&mut self, id: Id) -> Vec<Way> {
        let node = self.arena.shared(id);
        let mut parts: Vec<Option<Node>> = Vec::new();
        // A violation by a value that no schema has is none.
        let mut push = |solver: &mut Self, schema: Id, node: &dyn Fn(Id) -> Node| {
            let schema = solver.not(schema);
            parts.push((schema != Arena::FALSE).then(|| node(schema)));
        };
        match &*node {
            Node::Properties { named, patterns, rest } => {
                for (name, schema) in named {
                    push(self, *schema, &|schema| Node::Exists {
                        keys: Keys { name: Some(Arc::clone(name)), ..Keys::default() },
                        schema,
                    });
                }
                for (pattern, schema) in patterns {
                    push(self, *schema, &|schema| Node::Exists {
                        keys: Keys { matching: vec![*pattern], ..Keys::default() },
                        schema,
                    });
                }
                push(self, *rest, &|schema| Node::Exists {
                    keys: Keys {
                        unmatched: patterns.iter().map(|(pattern, _)| *pattern).collect(),
                        except: named.keys().cloned().collect(),
                        ..Keys::default()
                    },
                    schema,
                });
            }
            Node::Names(names) => parts.push(Some(Node::Exists {
                keys: Keys { names: Some((*names, false)), ..Keys::default() },
                schema: Arena::TRUE,
            })),
            Node::Items { prefix, rest } => {
                for (index, schema) in (0..).zip(prefix) {
                    push(self, *schema, &|schema| Node::ItemAt { index, schema });
                }
                let from = prefix.len() as u64;
                push(self, *rest, &|schema| Node::ItemFrom { from, schema });
            }
            Node::Contains { schema, min, max } => {
                let schema = *schema;
                parts.push((*min != crate::number::Count::ZERO).then(|| Node::Contains {
                    schema,
                    min: crate::number::Count::ZERO,
                    max: Some(min - 1_u32),
                }));
                parts.push(max.as_ref().map(|max| Node::Contains {
                    schema,
                    min: max + 1_u32,
                    max: None,
                }));
            }
            _ => {}
        }
        let mut ways = Vec::new();
        for (number, part) in parts.into_iter().enumerate() {
            if let Some(part) = part {
                let part = self.add(part, Some(id));
                ways.push(Way { number, add: vec![(part, true)] });
            }
        }
        ways
    }

    /// The ways to be another value than a listed array or object.
    fn differences(&mut self, union: Union) -> Vec<Way> {
        let Union::Differs(id, index) = union else { return Vec::new() };
        let mut literals = Vec::new();
        match self.value(id, index) {
            Json::Array(items) => {
                for (index, item) in (0..).zip(items.iter()) {
                    let schema = self.other_than(item);
                    literals.push((self.add(Node::ItemAt { index, schema }, Some(id)), true));
                }
                let length = items.len();
                literals.push((self.add(Node::MinItems((length + 1).into()), Some(id)), true));
                if length > 0 {
                    literals.push((self.add(Node::MaxItems((length - 1).into()), Some(id)), true));
                }
            }
            Json::Object(members) => {
                for (name, member) in members.iter() {
                    let required = self.add(Node::Required(Arc::clone(name)), Some(id));
                    literals.push((required, false));
                    let schema = self.other_than(member);
                    let keys = Keys { name: Some(Arc::clone(name)), ..Keys::default() };
                    literals.push((self.add(Node::Exists { keys, schema }, Some(id)), true));
                }
                let keys = Keys { except: members.keys().cloned().collect(), ..Keys::default() };
                let schema = Arena::TRUE;
                literals.push((self.add(Node::Exists { keys, schema }, Some(id)), true));
            }
            _ => {}
        }
        literals
            .into_iter()
            .enumerate()
            .map(|(number, literal)| Way { number, add: vec![literal] })
            .collect()
    }

    fn other_than(&mut self, value: &Json) -> Id {
        let same = self.enumeration(vec![value.clone()]);
        self.not(same)
    }
}
