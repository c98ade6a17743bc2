//! Checks a proof, step by step, without the solver: it shares with it the normal form
//! ([`crate::node`]) and nothing else.
//!
//! What it trusts: that the normal form means what the documents mean ([`crate::lower`]), the
//! judgement of one value ([`crate::eval`]), and the rules for numbers and strings
//! ([`crate::scalar`]), which it asks again. Each of these has tests of its own against other
//! judges.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::eval::Judge;
use crate::json::Json;
use crate::node::{Arena, Id, Keys, Literal, Node, Types};
use crate::number::Count;
use crate::proof::{
    ArrayStep, Cases, Cell, Derivation, LemmaId, Longest, NoMember, ObjectStep, Step,
};
use crate::scalar::{Picked, Scalars};
use crate::solve::WIDE;

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
    checker.covers(literals, &root).map_err(|flaw| format!("the root: {flaw}"))?;
    for (id, lemma) in &derivation.lemmas {
        let mut known = Known::new(judge.arena());
        let closed = lemma.state.iter().any(|literal| known.add(*literal));
        if !closed {
            checker.step(&mut known, &lemma.step).map_err(|flaw| format!("lemma {id}: {flaw}"))?;
        }
    }
    Ok(())
}

/// What is known of one value.
struct Known<'a> {
    arena: &'a Arena,
    types: Types,
    literals: HashSet<Literal>,
    required: HashSet<Arc<str>>,
    forbidden: HashSet<Arc<str>>,
    log: Vec<Change>,
}

/// A change, to be taken back.
enum Change {
    Types(Types),
    Literal(Literal),
    Required(Arc<str>),
    Forbidden(Arc<str>),
}

impl<'a> Known<'a> {
    fn new(arena: &'a Arena) -> Self {
        Self {
            arena,
            types: Types::ALL,
            literals: HashSet::new(),
            required: HashSet::new(),
            forbidden: HashSet::new(),
            log: Vec::new(),
        }
    }

    fn undo(&mut self, length: usize) {
        for change in self.log.drain(length..).rev() {
            match change {
                Change::Types(types) => self.types = types,
                Change::Literal(literal) => {
                    self.literals.remove(&literal);
                }
                Change::Required(name) => {
                    self.required.remove(&name);
                }
                Change::Forbidden(name) => {
                    self.forbidden.remove(&name);
                }
            }
        }
    }

    fn narrow(&mut self, types: Types) {
        if self.types & types != self.types {
            self.log.push(Change::Types(self.types));
            self.types = self.types & types;
        }
    }

    /// Adds a literal and what follows from it at once; whether that contradicts what is known.
    fn add(&mut self, literal: Literal) -> bool {
        let mut work = vec![literal];
        while let Some((id, positive)) = work.pop() {
            if self.literals.contains(&(id, !positive)) {
                return true;
            }
            if !self.literals.insert((id, positive)) {
                continue;
            }
            self.log.push(Change::Literal((id, positive)));
            let node = self.arena.node(id);
            if let Some(about) = node.about() {
                if positive == node.is_existential() {
                    self.narrow(about);
                }
            }
            match (node, positive) {
                (Node::True, false) | (Node::False, true) => return true,
                (Node::Types(types), true) => self.narrow(*types),
                (Node::Types(types), false) => self.narrow(types.complement()),
                (Node::Not(inner), _) => work.push((*inner, !positive)),
                (Node::Ref(number), _) => {
                    work.push((self.arena.definitions[*number as usize], positive));
                }
                (Node::Any(parts), false) if parts.len() > WIDE => {}
                (Node::All(parts), true) | (Node::Any(parts), false) => {
                    work.extend(parts.iter().map(|id| (*id, positive)));
                }
                (Node::Required(name), _) if self.types == Types::OBJECT || !positive => {
                    if self.name(name, positive) {
                        return true;
                    }
                }
                (Node::Exists { keys: Keys { name: Some(name), .. }, .. }, true) => {
                    if self.name(name, true) {
                        return true;
                    }
                }
                (
                    Node::MinLength(_)
                    | Node::MinItems(_)
                    | Node::MinProperties(_)
                    | Node::MaxLength(_)
                    | Node::MaxItems(_)
                    | Node::MaxProperties(_)
                    | Node::Min { .. }
                    | Node::Max { .. },
                    false,
                ) => match node.opposite() {
                    Some(opposite) => {
                        work.extend(self.arena.find(&opposite).map(|id| (id, true)));
                    }
                    None => return true,
                },
                _ => {}
            }
            if self.types == Types::NONE {
                return true;
            }
        }
        false
    }

    /// Says that the value is of one type; whether that contradicts what is known.
    fn set_type(&mut self, types: Types) -> bool {
        self.narrow(types);
        if self.types == Types::OBJECT {
            let names: Vec<Arc<str>> = self
                .literals
                .iter()
                .filter_map(|(id, positive)| match self.arena.node(*id) {
                    Node::Required(name) if *positive => Some(Arc::clone(name)),
                    _ => None,
                })
                .collect();
            return names.iter().any(|name| self.name(name, true));
        }
        self.types == Types::NONE
    }

    fn name(&mut self, name: &Arc<str>, required: bool) -> bool {
        let (set, other) = if required {
            (&mut self.required, &self.forbidden)
        } else {
            (&mut self.forbidden, &self.required)
        };
        if other.contains(name) {
            return true;
        }
        if set.insert(Arc::clone(name)) {
            let name = Arc::clone(name);
            self.log.push(if required { Change::Required(name) } else { Change::Forbidden(name) });
        }
        false
    }

    fn has(&self, literal: Literal) -> bool {
        self.literals.contains(&literal)
    }

    /// The nodes that are known to hold (or to fail).
    fn nodes(&self, positive: bool) -> impl Iterator<Item = (Id, &'a Node)> + '_ {
        let arena = self.arena;
        self.literals.iter().filter(move |l| l.1 == positive).map(move |l| (l.0, arena.node(l.0)))
    }
}

/// For each part of a union what it lists at a path, and the other way round.
struct Table {
    values: Vec<Option<HashSet<Json>>>,
}

struct Checker<'a> {
    judge: &'a Judge<'a>,
    scalars: &'a mut Scalars,
    derivation: &'a Derivation,
    tables: HashMap<(Id, Vec<Arc<str>>), Rc<Table>>,
}

fn flaw<T>(text: impl Into<String>) -> Result<T, Flaw> {
    Err(text.into())
}

impl<'a> Checker<'a> {
    fn arena(&self) -> &'a Arena {
        self.judge.arena()
    }

    fn lemma_state(&self, id: LemmaId) -> Result<Arc<[Literal]>, Flaw> {
        match self.derivation.lemmas.get(&id) {
            Some(lemma) => Ok(Arc::clone(&lemma.state)),
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
        self.covers(literals, &state).map_err(|flaw| format!("lemma {id} does not apply: {flaw}"))
    }

    /// Checks that what is known contradicts itself.
    fn step(&mut self, known: &mut Known<'a>, step: &Step) -> Result<(), Flaw> {
        match step {
            Step::Clash(why) => flaw(format!("no contradiction: {why:?}")),
            Step::EveryType(steps) => {
                for types in known.types.each() {
                    let log = known.log.len();
                    if !known.set_type(types) {
                        let Some((_, step)) = steps.iter().find(|(t, _)| *t == types) else {
                            return flaw(format!("nothing is said about {}", types.name()));
                        };
                        self.step(known, step)?;
                    }
                    known.undo(log);
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
                let log = known.log.len();
                let closed = parts.iter().any(|part| known.add((*part, false)));
                if !closed {
                    self.step(known, then)?;
                }
                known.undo(log);
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
        let few;
        let values = match listed {
            Some(id) => match self.arena().node(id) {
                Node::Enum(values) if known.has((id, true)) => values,
                _ => return flaw("the values are not listed"),
            },
            None => {
                few = match known.types {
                    Types::NULL => vec![Json::Null],
                    Types::BOOLEAN => vec![Json::Bool(true), Json::Bool(false)],
                    _ => return flaw("there are more values"),
                };
                &few
            }
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

    /// Checks that it is closed whether or not a member has one of some values.
    fn by_value(
        &mut self,
        known: &mut Known<'a>,
        among: Id,
        cases: &[(Id, Arc<Step>)],
        otherwise: &Step,
    ) -> Result<(), Flaw> {
        let listed = |id: Id| match self.arena().node(id) {
            Node::Exists { keys, schema } => match self.arena().node(*schema) {
                Node::Enum(values) => keys.only_name().map(|name| (name, values)),
                _ => None,
            },
            _ => None,
        };
        let Some((name, values)) = listed(among) else { return flaw("no values of a member") };
        let mut left: HashSet<&Json> = values.iter().collect();
        for (case, _) in cases {
            match listed(*case) {
                Some((known, values)) if known == name => left.retain(|v| !values.contains(v)),
                _ => return flaw("a case about something else"),
            }
        }
        if !left.is_empty() {
            return flaw("a value is left out");
        }
        let all = cases.iter().map(|(case, step)| ((*case, true), &**step));
        for (literal, step) in all.chain([((among, false), otherwise)]) {
            let log = known.log.len();
            if !known.add(literal) {
                self.step(known, step)?;
            }
            known.undo(log);
        }
        Ok(())
    }

    /// Checks that every way to meet a union is closed.
    fn cases(&mut self, known: &mut Known<'a>, cases: &Cases) -> Result<(), Flaw> {
        let Cases { union, part, by, cases } = cases;
        if !known.has(*union) {
            return flaw("the union is not known");
        }
        let ways = self.ways(known, *union, *part)?;
        let excluded = match by {
            Some(path) => self.excluded(known, union.0, path)?,
            None => HashSet::new(),
        };
        let mut given = BTreeMap::new();
        for case in cases {
            if given.insert(case.way, case).is_some() {
                return flaw("a case is there twice");
            }
        }
        for (number, way) in &ways {
            let Some(case) = given.remove(number) else {
                let out = way.part.is_some_and(|part| excluded.contains(&part));
                let clashes = || way.sure.iter().any(|(id, positive)| known.has((*id, !positive)));
                if !out && !clashes() {
                    return flaw(format!("way {number} of {:?} is open", union));
                }
                continue;
            };
            let log = known.log.len();
            for literal in &case.add {
                if !self.belongs(way, *literal) {
                    return flaw(format!("way {number} does not say {literal:?}"));
                }
            }
            let closed = case.add.iter().any(|literal| known.add(*literal));
            if !closed {
                self.step(known, &case.step)?;
            }
            known.undo(log);
        }
        Ok(())
    }

    /// Whether a way of a union says this.
    fn belongs(&self, way: &Way<'_>, (id, positive): Literal) -> bool {
        let node = || self.arena().node(id);
        match &way.says {
            Says::Literals => {
                way.sure.contains(&(id, positive)) || (!positive && way.others.contains(&id))
            }
            Says::Exists(keys, schema) => {
                positive
                    && matches!(node(), Node::Exists { keys: known, schema: inner }
                        if known == keys && self.is_not(*inner, *schema))
            }
            Says::ItemAt(at, schema) => {
                positive
                    && matches!(node(), Node::ItemAt { index, schema: inner }
                        if index == at && self.is_not(*inner, *schema))
            }
            Says::ItemFrom(at, schema) => {
                positive
                    && matches!(node(), Node::ItemFrom { from, schema: inner }
                        if from == at && self.is_not(*inner, *schema))
            }
            Says::Node(wanted) => positive && node() == wanted,
            Says::Absent(name) => {
                !positive && matches!(node(), Node::Required(known) if known == name)
            }
            Says::OtherAt(at, value) => {
                positive
                    && matches!(node(), Node::ItemAt { index, schema }
                        if index == at && self.is_other(*schema, value))
            }
            Says::OtherMember(name, value) => {
                positive
                    && matches!(node(), Node::Exists { keys, schema }
                        if *keys == Keys { name: Some(Arc::clone(name)), ..Keys::default() }
                            && self.is_other(*schema, value))
            }
        }
    }

    /// Whether one schema holds only where the other fails.
    fn is_not(&self, a: Id, b: Option<Id>) -> bool {
        match b {
            Some(b) => self.arena().are_opposite(a, b),
            None => a == Arena::TRUE,
        }
    }

    /// Whether a schema only takes values other than this one.
    fn is_other(&self, schema: Id, value: &Json) -> bool {
        match self.arena().node(schema) {
            Node::Not(inner) => {
                matches!(self.arena().node(*inner), Node::Enum(values) if values.as_slice() == [value.clone()])
            }
            _ => false,
        }
    }

    /// The ways to meet a union, with their numbers.
    fn ways(
        &self,
        known: &Known<'a>,
        (id, positive): Literal,
        part: Option<usize>,
    ) -> Result<Vec<(usize, Way<'a>)>, Flaw> {
        let mut ways = Vec::new();
        let node = self.arena().node(id);
        match (node, positive, part) {
            (Node::Any(parts), true, None) | (Node::All(parts), false, None) => {
                for (number, part) in parts.iter().enumerate() {
                    ways.push((number, Way::one((*part, positive), number)));
                }
            }
            (Node::One(parts), true, None) => {
                for (number, part) in parts.iter().enumerate() {
                    // The others fail; a part that is there twice cannot hold alone.
                    let mut way = Way::one((*part, true), number);
                    way.others = Others { parts, from: 0, to: parts.len(), but: number };
                    ways.push((number, way));
                }
            }
            (Node::One(parts), false, None) => {
                // None of them holds, or this is the first that does.
                let mut none = Way::none();
                none.others = Others { parts, from: 0, to: parts.len(), but: usize::MAX };
                ways.push((0, none));
                for (number, part) in parts.iter().enumerate() {
                    let mut way = Way::one((*part, true), number);
                    way.others = Others { parts, from: 0, to: number, but: usize::MAX };
                    ways.push((number + 1, way));
                }
            }
            (Node::One(parts), false, Some(first)) => {
                match parts.get(first) {
                    Some(first) if known.has((*first, true)) => {}
                    _ => return flaw("the first part is not known to hold"),
                }
                for (number, part) in parts.iter().enumerate() {
                    if number != first {
                        ways.push((number, Way::one((*part, true), number)));
                    }
                }
            }
            (Node::Enum(values), false, Some(index)) => match values.get(index) {
                Some(Json::Array(items)) if known.types == Types::ARRAY => {
                    for (index, item) in items.iter().enumerate() {
                        ways.push((index, Way::says(Says::OtherAt(index as u64, item.clone()))));
                    }
                    let length = items.len();
                    let longer = Node::MinItems(Count::from(length + 1));
                    ways.push((length, Way::says(Says::Node(longer))));
                    if length > 0 {
                        let shorter = Node::MaxItems(Count::from(length - 1));
                        ways.push((length + 1, Way::says(Says::Node(shorter))));
                    }
                }
                Some(Json::Object(members)) if known.types == Types::OBJECT => {
                    for (index, (name, member)) in members.iter().enumerate() {
                        ways.push((2 * index, Way::says(Says::Absent(Arc::clone(name)))));
                        let other = Says::OtherMember(Arc::clone(name), member.clone());
                        ways.push((2 * index + 1, Way::says(other)));
                    }
                    let keys =
                        Keys { except: members.keys().cloned().collect(), ..Keys::default() };
                    ways.push((2 * members.len(), Way::says(Says::Exists(keys, None))));
                }
                _ => return flaw("no array or object to differ from"),
            },
            (_, false, None) => return self.violations(node),
            _ => return flaw("no union"),
        }
        Ok(ways)
    }

    /// The ways in which a universal assertion fails.
    fn violations(&self, node: &'a Node) -> Result<Vec<(usize, Way<'a>)>, Flaw> {
        let mut says = Vec::new();
        // A schema that holds for everything is not violated.
        let violated = |schema: Id, says: Says| (schema != Arena::TRUE).then_some(says);
        match node {
            Node::Properties { named, patterns, rest } => {
                for (name, schema) in named {
                    let keys = Keys { name: Some(Arc::clone(name)), ..Keys::default() };
                    says.push(violated(*schema, Says::Exists(keys, Some(*schema))));
                }
                for (pattern, schema) in patterns {
                    let keys = Keys { matching: vec![*pattern], ..Keys::default() };
                    says.push(violated(*schema, Says::Exists(keys, Some(*schema))));
                }
                let keys = Keys {
                    unmatched: patterns.iter().map(|(pattern, _)| *pattern).collect(),
                    except: named.keys().cloned().collect(),
                    ..Keys::default()
                };
                says.push(violated(*rest, Says::Exists(keys, Some(*rest))));
            }
            Node::Names(names) => {
                let keys = Keys { names: Some((*names, false)), ..Keys::default() };
                says.push(Some(Says::Exists(keys, None)));
            }
            Node::Items { prefix, rest } => {
                for (index, schema) in prefix.iter().enumerate() {
                    says.push(violated(*schema, Says::ItemAt(index as u64, Some(*schema))));
                }
                says.push(violated(*rest, Says::ItemFrom(prefix.len() as u64, Some(*rest))));
            }
            Node::Contains { schema, min, max } => {
                let schema = *schema;
                says.push((*min > Count::ZERO).then(|| {
                    let max = Some(min - 1_u32);
                    Says::Node(Node::Contains { schema, min: Count::ZERO, max })
                }));
                says.push(max.as_ref().map(|max| {
                    Says::Node(Node::Contains { schema, min: max + 1_u32, max: None })
                }));
            }
            _ => return flaw("not a union"),
        }
        let ways = says.into_iter().enumerate();
        Ok(ways.filter_map(|(number, says)| Some((number, Way::says(says?)))).collect())
    }

    /// The parts of a union that have other values at the path than what is known leaves.
    fn excluded(
        &mut self,
        known: &Known<'a>,
        union: Id,
        path: &[Arc<str>],
    ) -> Result<HashSet<usize>, Flaw> {
        if known.types != Types::OBJECT {
            return flaw("the value may be no object");
        }
        let arena = self.arena();
        let literals: Vec<Literal> = known.literals.iter().copied().collect();
        let Some(left) = values_at(arena, &literals, path) else {
            return flaw(format!("no values are known at {path:?}"));
        };
        let key = (union, path.to_vec());
        let table = match self.tables.get(&key) {
            Some(table) => Rc::clone(table),
            None => {
                let (Node::Any(parts) | Node::One(parts)) = arena.node(union) else {
                    return flaw("no union to tell apart");
                };
                let values = parts.iter().map(|part| required_values(arena, *part, path, 0, true));
                let table = Rc::new(Table { values: values.collect() });
                self.tables.insert(key, Rc::clone(&table));
                table
            }
        };
        let excluded = table.values.iter().enumerate().filter(|(_, values)| {
            values.as_ref().is_some_and(|values| !left.iter().any(|value| values.contains(value)))
        });
        Ok(excluded.map(|(index, _)| index).collect())
    }

    /// What the member of this name must meet.
    fn member(&self, known: &Known<'a>, name: &str) -> Vec<Literal> {
        let mut literals = Vec::new();
        for (_, node) in known.nodes(true) {
            match node {
                Node::Properties { named, patterns, rest } => {
                    let before = literals.len();
                    literals.extend(named.get(name).map(|id| (*id, true)));
                    for (pattern, id) in patterns {
                        if self.arena().patterns[*pattern as usize].is_match(name) {
                            literals.push((*id, true));
                        }
                    }
                    if literals.len() == before {
                        literals.push((*rest, true));
                    }
                }
                Node::Exists { keys: Keys { name: Some(known), .. }, schema }
                    if **known == *name =>
                {
                    literals.push((*schema, true));
                }
                _ => {}
            }
        }
        for (_, node) in known.nodes(false) {
            if let Node::Exists { keys, schema } = node {
                if keys.only_name().is_some_and(|known| **known == *name) {
                    literals.push((*schema, false));
                }
            }
        }
        literals
    }

    fn most_properties(known: &Known<'a>) -> Option<&'a Count> {
        known
            .nodes(true)
            .filter_map(|(_, node)| match node {
                Node::MaxProperties(max) => Some(max),
                _ => None,
            })
            .min()
    }

    fn fewest_properties(known: &Known<'a>) -> Count {
        known
            .nodes(true)
            .filter_map(|(_, node)| match node {
                Node::MinProperties(min) => Some(min),
                _ => None,
            })
            .max()
            .cloned()
            .unwrap_or(Count::ZERO)
    }

    fn object(&mut self, known: &Known<'a>, step: &ObjectStep) -> Result<(), Flaw> {
        match step {
            ObjectStep::Member { name, lemma } => {
                if !known.required.contains(name) {
                    return flaw(format!("{name:?} is not required"));
                }
                self.lemma(*lemma, &self.member(known, name))
            }
            ObjectStep::BadName { name, names } => {
                if !known.required.contains(name) || !self.is_bad(known, *names, name) {
                    return flaw(format!("{name:?} may be there"));
                }
                Ok(())
            }
            ObjectStep::Crowded => {
                let required = Count::from(known.required.len()).max(Self::fewest_properties(known));
                match Self::most_properties(known) {
                    Some(max) if required > *max => Ok(()),
                    _ => flaw("there may be so many properties"),
                }
            }
            ObjectStep::Wanted { exists, keys, cells } => {
                let Node::Exists { keys: sought, schema } = self.arena().node(*exists) else {
                    return flaw("no property is sought");
                };
                if !known.has((*exists, true)) {
                    return flaw("the property need not exist");
                }
                let full = Self::most_properties(known)
                    .is_some_and(|max| Count::from(known.required.len()) >= *max);
                let mut names = HashSet::new();
                for (name, reason) in keys {
                    names.insert(Arc::clone(name));
                    match reason {
                        NoMember::Full if full && !known.required.contains(name) => {}
                        NoMember::NotAmong if self.judge.key(sought, name) == Some(false) => {}
                        _ => self.no_member(known, name, reason, Some(*schema))?,
                    }
                }
                match cells {
                    None if full && known.required.is_subset(&names) => Ok(()),
                    None => flaw("other names are not looked at"),
                    Some(cells) => {
                        self.cell(known, cells, &names, Some((sought, *schema)), &mut Vec::new())
                    }
                }
            }
            ObjectStep::TooFew { keys, cells } => {
                let mut names = HashSet::new();
                let mut possible = 0_usize;
                for (name, reason) in keys {
                    names.insert(Arc::clone(name));
                    match reason {
                        NoMember::Possible => possible += 1,
                        _ => self.no_member(known, name, reason, None)?,
                    }
                }
                self.cell(known, cells, &names, None, &mut Vec::new())?;
                if Self::fewest_properties(known) > Count::from(possible) {
                    Ok(())
                } else {
                    flaw("so many properties are possible")
                }
            }
        }
    }

    /// Whether a schema for names rejects this one.
    fn is_bad(&self, known: &Known<'a>, names: Id, name: &Arc<str>) -> bool {
        known.nodes(true).any(|(_, node)| matches!(node, Node::Names(id) if *id == names))
            && self.judge.holds(names, &Json::String(Arc::clone(name))) == Some(false)
    }

    /// Checks that there is no member of this name (and of this schema).
    fn no_member(
        &self,
        known: &Known<'a>,
        name: &Arc<str>,
        reason: &NoMember,
        schema: Option<Id>,
    ) -> Result<(), Flaw> {
        match reason {
            NoMember::Forbidden if known.forbidden.contains(name) => Ok(()),
            NoMember::BadName(names) if self.is_bad(known, *names, name) => Ok(()),
            NoMember::NoValue(lemma) => {
                let mut literals = self.member(known, name);
                literals.extend(schema.map(|id| (id, true)));
                self.lemma(*lemma, &literals)
            }
            _ => flaw(format!("{name:?} may be there: {reason:?}")),
        }
    }

    /// Checks that no member has a name beyond `names` and with these patterns (and is sought).
    fn cell(
        &self,
        known: &Known<'a>,
        cell: &Cell,
        names: &HashSet<Arc<str>>,
        sought: Option<(&Keys, Id)>,
        patterns: &mut Vec<Literal>,
    ) -> Result<(), Flaw> {
        let arena = self.arena();
        let matched = |wanted: u32, positive: bool| {
            patterns.iter().any(|(id, known)| {
                *known == positive && matches!(arena.node(*id), Node::Pattern(id) if *id == wanted)
            })
        };
        match cell {
            Cell::Split { pattern, without, with } => {
                if !matches!(arena.node(*pattern), Node::Pattern(_)) {
                    return flaw("no pattern to tell names apart");
                }
                for (cell, positive) in [(without, false), (with, true)] {
                    patterns.push((*pattern, positive));
                    self.cell(known, cell, names, sought, patterns)?;
                    patterns.pop();
                }
                Ok(())
            }
            Cell::NotAmong => match sought {
                Some((keys, _))
                    if keys.name.as_ref().is_some_and(|name| names.contains(name))
                        || keys.matching.iter().any(|pattern| matched(*pattern, false))
                        || keys.unmatched.iter().any(|pattern| matched(*pattern, true)) =>
                {
                    Ok(())
                }
                _ => flaw("such names are sought"),
            },
            Cell::NoName(lemma) => {
                let mut literals = patterns.clone();
                literals.extend(sought.and_then(|(keys, _)| keys.names));
                literals.extend(known.nodes(true).filter_map(|(_, node)| match node {
                    Node::Names(id) => Some((*id, true)),
                    _ => None,
                }));
                // It is a string, and none of the names that were looked at.
                literals.extend(arena.find(&Node::Types(Types::STRING)).map(|id| (id, true)));
                for (id, positive) in self.lemma_state(*lemma)?.iter() {
                    let other = match arena.node(*id) {
                        Node::Enum(values) if !positive => values.iter().all(|value| match value {
                            Json::String(name) => names.contains(name),
                            _ => true,
                        }),
                        _ => false,
                    };
                    if other {
                        literals.push((*id, false));
                    }
                }
                self.lemma(*lemma, &literals)
            }
            Cell::NoValue(lemma) => {
                let mut literals: Vec<Literal> =
                    sought.iter().map(|(_, schema)| (*schema, true)).collect();
                for (_, node) in known.nodes(true) {
                    let Node::Properties { named, patterns, rest } = node else { continue };
                    let before = literals.len();
                    literals.extend(
                        patterns
                            .iter()
                            .filter(|(pattern, _)| matched(*pattern, true))
                            .map(|(_, id)| (*id, true)),
                    );
                    if literals.len() == before
                        && patterns.iter().all(|(pattern, _)| matched(*pattern, false))
                        && named.keys().all(|name| names.contains(name))
                    {
                        literals.push((*rest, true));
                    }
                }
                self.lemma(*lemma, &literals)
            }
        }
    }

    fn array(&mut self, known: &Known<'a>, step: &ArrayStep) -> Result<(), Flaw> {
        let items = Items::read(known);
        match step {
            ArrayStep::TooShort { longest } => match self.longest(&items, longest)? {
                Some(upper) if items.lower > upper => Ok(()),
                _ => flaw("the array may be so long"),
            },
            ArrayStep::Missing { wanted, closed, longest } => {
                let upper = self.longest(&items, longest)?;
                let (from, count, schema) = items.wanted(known, *wanted)?;
                let last = items.alike.max(from);
                let mut room = Count::ZERO;
                for index in from..=last {
                    if upper.as_ref().is_some_and(|upper| Count::from(index) >= *upper) {
                        break;
                    }
                    if let Some((_, lemma)) = closed.iter().find(|(at, _)| *at == index) {
                        let mut literals = items.position(index);
                        literals.push((schema, true));
                        self.lemma(*lemma, &literals)?;
                    } else if index < last {
                        room += 1_u32;
                    } else {
                        match &upper {
                            Some(upper) => room += upper - Count::from(last),
                            None => return flaw("there is room for any number of items"),
                        }
                    }
                }
                if room < count { Ok(()) } else { flaw("there is room for the items") }
            }
            ArrayStep::Crowded { wanted, limit, closed, longest } => {
                let upper = self.longest(&items, longest)?;
                let (from, count, schema) = items.wanted(known, *wanted)?;
                let (limited, max) = items.limit(known, *limit)?;
                for index in from..=items.alike.max(from) {
                    if upper.as_ref().is_some_and(|upper| Count::from(index) >= *upper) {
                        break;
                    }
                    let Some((_, lemma)) = closed.iter().find(|(at, _)| *at == index) else {
                        return flaw(format!("nothing is said about item {index}"));
                    };
                    let mut literals = items.position(index);
                    literals.extend([(schema, true), (limited, false)]);
                    self.lemma(*lemma, &literals)?;
                }
                if count > *max { Ok(()) } else { flaw("so many items are allowed") }
            }
            ArrayStep::NoRepeat { pairs, longest } => {
                if !items.repeats {
                    return flaw("the items may differ");
                }
                let upper = self.longest(&items, longest)?;
                for second in 1..=(items.alike + 1) {
                    if upper.as_ref().is_some_and(|upper| Count::from(second) >= *upper) {
                        break;
                    }
                    for first in 0..second {
                        let pair = pairs.iter().find(|(a, b, _)| (*a, *b) == (first, second));
                        let Some((_, _, lemma)) = pair else {
                            return flaw(format!("items {first} and {second} may be equal"));
                        };
                        let mut literals = items.position(first);
                        literals.extend(items.position(second));
                        self.lemma(*lemma, &literals)?;
                    }
                }
                Ok(())
            }
            ArrayStep::FewValues { values, lemma } => {
                let Node::Enum(list) = self.arena().node(*values) else {
                    return flaw("no values are listed");
                };
                let mut literals = items.position(0);
                literals.push((*values, false));
                self.lemma(*lemma, &literals)?;
                let enough = items.unique && items.alike == 0;
                if enough && items.lower > Count::from(list.len()) {
                    Ok(())
                } else {
                    flaw("there are enough values")
                }
            }
        }
    }

    /// How long the array can be, by what is said about its positions.
    fn longest(&self, items: &Items, longest: &Longest) -> Result<Option<Count>, Flaw> {
        let mut upper = items.upper.clone();
        let mut shorten = |length: Count| {
            if upper.as_ref().is_none_or(|upper| length < *upper) {
                upper = Some(length);
            }
        };
        if let Some((index, lemma)) = longest.blocked {
            self.lemma(lemma, &items.position(index))?;
            shorten(index.into());
        }
        for (limit, forced) in &longest.forced {
            let Some(&(_, schema, max)) = items.limits.iter().find(|(id, ..)| id == limit) else {
                return flaw("there is no such limit");
            };
            let mut used = Count::ZERO;
            let mut next = 0;
            for (index, lemma) in forced {
                if *index < next || *index > items.alike {
                    return flaw("the items are not in order");
                }
                next = index + 1;
                let mut literals = items.position(*index);
                literals.push((schema, false));
                self.lemma(*lemma, &literals)?;
                if used == *max {
                    shorten((*index).into());
                } else if *index == items.alike {
                    shorten(Count::from(*index) + (max - &used));
                }
                used += 1_u32;
                if used > *max {
                    break;
                }
            }
        }
        Ok(upper)
    }
}

/// A way to meet a union.
struct Way<'a> {
    says: Says,
    /// Literals that hold in it.
    sure: Vec<Literal>,
    others: Others<'a>,
    /// The part of the union that it is about.
    part: Option<usize>,
}

/// Parts of a union that fail.
struct Others<'a> {
    parts: &'a [Id],
    from: usize,
    to: usize,
    but: usize,
}

impl Others<'_> {
    fn contains(&self, id: &Id) -> bool {
        (self.from..self.to).any(|index| index != self.but && self.parts[index] == *id)
    }
}

enum Says {
    /// The literals of the way.
    Literals,
    /// A member exists that fails the schema (`None`: any).
    Exists(Keys, Option<Id>),
    ItemAt(u64, Option<Id>),
    ItemFrom(u64, Option<Id>),
    Node(Node),
    Absent(Arc<str>),
    OtherAt(u64, Json),
    OtherMember(Arc<str>, Json),
}

impl Way<'_> {
    fn none() -> Self {
        let others = Others { parts: &[], from: 0, to: 0, but: 0 };
        Self { says: Says::Literals, sure: Vec::new(), others, part: None }
    }

    fn one(literal: Literal, part: usize) -> Self {
        Self { sure: vec![literal], part: Some(part), ..Self::none() }
    }

    fn says(says: Says) -> Self {
        Self { says, ..Self::none() }
    }
}

/// What is known of the items of an array.
struct Items<'a> {
    lists: Vec<(&'a [Id], Id)>,
    everywhere: Vec<Literal>,
    at: Vec<(u64, Id)>,
    limits: Vec<(Id, Id, &'a Count)>,
    lower: Count,
    upper: Option<Count>,
    unique: bool,
    repeats: bool,
    /// Positions from here on are alike.
    alike: u64,
}

impl<'a> Items<'a> {
    fn read(known: &Known<'a>) -> Self {
        let mut items = Self {
            lists: Vec::new(),
            everywhere: Vec::new(),
            at: Vec::new(),
            limits: Vec::new(),
            lower: Count::ZERO,
            upper: None,
            unique: false,
            repeats: false,
            alike: 0,
        };
        let mut lengths = vec![Count::ZERO];
        for (id, node) in known.nodes(true) {
            match node {
                Node::Items { prefix, rest } => {
                    items.alike = items.alike.max(prefix.len() as u64);
                    items.lists.push((prefix, *rest));
                }
                Node::MinItems(min) => lengths.push(min.clone()),
                Node::MaxItems(max) => {
                    if items.upper.as_ref().is_none_or(|known| max < known) {
                        items.upper = Some(max.clone());
                    }
                }
                Node::Unique => items.unique = true,
                Node::ItemAt { index, schema } => {
                    items.at.push((*index, *schema));
                    items.alike = items.alike.max(index + 1);
                    lengths.push((index + 1).into());
                }
                Node::ItemFrom { from, .. } => lengths.push((from + 1).into()),
                Node::Contains { schema, min, max } => {
                    lengths.push(min.clone());
                    match max {
                        Some(max) if *max == Count::ZERO => {
                            items.everywhere.push((*schema, false));
                        }
                        Some(max) => items.limits.push((id, *schema, max)),
                        None => {}
                    }
                }
                _ => {}
            }
        }
        if known.nodes(false).any(|(_, node)| matches!(node, Node::Unique)) {
            items.repeats = true;
            lengths.push(2_u8.into());
        }
        items.lower = lengths.into_iter().max().unwrap_or(Count::ZERO);
        items
    }

    fn position(&self, index: u64) -> Vec<Literal> {
        let mut literals = self.everywhere.clone();
        for (prefix, rest) in &self.lists {
            let at = usize::try_from(index).ok().and_then(|index| prefix.get(index));
            literals.push((*at.unwrap_or(rest), true));
        }
        literals.extend(self.at.iter().filter(|(at, _)| *at == index).map(|(_, id)| (*id, true)));
        literals
    }

    /// From where on how many items of which schema are wanted.
    fn wanted(&self, known: &Known<'a>, id: Id) -> Result<(u64, Count, Id), Flaw> {
        match known.arena.node(id) {
            _ if !known.has((id, true)) => flaw("no items are wanted"),
            Node::ItemFrom { from, schema } => Ok((*from, 1_u8.into(), *schema)),
            Node::Contains { schema, min, .. } => Ok((0, min.clone(), *schema)),
            _ => flaw("no items are wanted"),
        }
    }

    fn limit(&self, known: &Known<'a>, id: Id) -> Result<(Id, &'a Count), Flaw> {
        match known.arena.node(id) {
            Node::Contains { schema, max: Some(max), .. } if known.has((id, true)) => {
                Ok((*schema, max))
            }
            _ => flaw("there is no limit"),
        }
    }
}

/// The schemas that hold for a value of which these hold.
fn together(arena: &Arena, ids: impl IntoIterator<Item = Id>) -> Vec<&Node> {
    let mut work: Vec<Id> = ids.into_iter().collect();
    let mut seen = HashSet::new();
    let mut out = Vec::new();
    while let Some(id) = work.pop() {
        if !seen.insert(id) {
            continue;
        }
        match arena.node(id) {
            Node::All(parts) => work.extend(parts),
            Node::Ref(number) => work.push(arena.definitions[*number as usize]),
            node => out.push(node),
        }
    }
    out
}

fn schemas_of(nodes: &[&Node], name: &Arc<str>) -> Vec<Id> {
    nodes
        .iter()
        .filter_map(|node| match node {
            Node::Properties { named, .. } => named.get(name).copied(),
            Node::Exists { keys: Keys { name: Some(known), .. }, schema } if known == name => {
                Some(*schema)
            }
            _ => None,
        })
        .collect()
}

/// The values that are left at a path of members, should all of them be there.
fn values_at(arena: &Arena, literals: &[Literal], path: &[Arc<str>]) -> Option<Vec<Json>> {
    let mut ids: Vec<Id> = literals.iter().filter(|l| l.1).map(|l| l.0).collect();
    for name in path {
        ids = schemas_of(&together(arena, ids), name);
    }
    together(arena, ids)
        .into_iter()
        .filter_map(|node| match node {
            Node::Enum(values) => Some(values.clone()),
            _ => None,
        })
        .min_by_key(Vec::len)
}

/// The values of which every instance of a schema has one at a path; `None` if it need not be there.
/// `object`: the instance is known to be an object.
fn required_values(
    arena: &Arena,
    schema: Id,
    path: &[Arc<str>],
    depth: usize,
    object: bool,
) -> Option<HashSet<Json>> {
    values_of_all(arena, vec![schema], path, depth, object)
}

fn values_of_all(
    arena: &Arena,
    schemas: Vec<Id>,
    path: &[Arc<str>],
    depth: usize,
    object: bool,
) -> Option<HashSet<Json>> {
    if depth > 16 {
        return None;
    }
    let nodes = together(arena, schemas);
    let listed = |node: &&Node| match node {
        Node::Enum(values) => Some(values.iter().cloned().collect()),
        _ => None,
    };
    let Some((name, rest)) = path.split_first() else {
        return nodes.iter().filter_map(listed).min_by_key(HashSet::len);
    };
    let object = object
        || nodes.iter().any(|node| matches!(node, Node::Types(types) if *types == Types::OBJECT));
    let required = nodes.iter().any(|node| match node {
        Node::Required(known) => known == name,
        Node::Exists { keys: Keys { name: Some(known), .. }, .. } => known == name,
        _ => false,
    });
    if object && required {
        let values = values_of_all(arena, schemas_of(&nodes, name), rest, depth + 1, false);
        if values.is_some() {
            return values;
        }
    }
    nodes.iter().find_map(|node| match node {
        Node::Any(parts) | Node::One(parts) => {
            let mut all = HashSet::new();
            for part in parts {
                all.extend(values_of_all(arena, vec![*part], path, depth + 1, object)?);
            }
            Some(all)
        }
        _ => None,
    })
}
