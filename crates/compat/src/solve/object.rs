//! Objects: named members with a state each, names by pattern, existential members, counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Answer, Facts, Solver};
use crate::json::Json;
use crate::node::{Arena, Id, Keys, Literal, Node, PatternId, Types};
use crate::proof::{Proof, Step};

/// Different patterns for names that are told apart; their combinations are explored.
const MAX_PATTERNS: usize = 64;
/// Combinations of patterns that some name has.
const MAX_CELLS: usize = 128;
/// Members made up to reach a minimum.
const MAX_MEMBERS: u64 = 300;

/// A `properties` assertion: the named, those by pattern, the rest.
type Universal = (BTreeMap<Arc<str>, Id>, Vec<(PatternId, Id)>, Id);

struct Objects {
    universals: Vec<Universal>,
    names: Vec<Id>,
    wanted: Vec<(Keys, Id)>,
    min: u64,
    max: u64,
    patterns: Vec<PatternId>,
    /// Names that are spoken of one by one.
    keys: BTreeSet<Arc<str>>,
}

/// A set of unmentioned names that all assertions treat alike, and what their members must meet.
struct Cell {
    names: Vec<Literal>,
    member: Vec<Literal>,
    sample: Option<Arc<str>>,
}

/// All cells, unless there are too many.
struct Cells {
    known: Vec<Cell>,
    complete: bool,
}

/// A name that a wanted member can have, what the member must meet, its value, and whether that is
/// certain.
type Home = (Arc<str>, Vec<Literal>, Json, bool);

/// The members of the object that is being built.
type Members = BTreeMap<Arc<str>, (Vec<Literal>, Json)>;

fn contradiction(text: String, premises: Vec<Arc<Proof>>) -> Answer {
    Answer::Empty(Arc::new(Proof { step: Step::Contradiction(text), place: None, premises }))
}

impl Solver<'_> {
    fn read_objects(&self, facts: &Facts) -> Objects {
        let mut objects = Objects {
            universals: Vec::new(),
            names: Vec::new(),
            wanted: Vec::new(),
            min: 0,
            max: u64::MAX,
            patterns: Vec::new(),
            keys: facts.required.union(&facts.forbidden).cloned().collect(),
        };
        for (id, positive) in &facts.atoms {
            match (self.arena.node(*id), positive) {
                (Node::Properties { named, patterns, rest }, true) => {
                    objects.keys.extend(named.keys().cloned());
                    objects.patterns.extend(patterns.iter().map(|(pattern, _)| *pattern));
                    objects.universals.push((named.clone(), patterns.clone(), *rest));
                }
                (Node::Names(names), true) => {
                    objects.names.push(*names);
                    if let Node::Enum(values) = self.arena.node(*names) {
                        objects.keys.extend(values.iter().filter_map(|value| match value {
                            Json::String(name) => Some(Arc::clone(name)),
                            _ => None,
                        }));
                    }
                }
                (Node::MinProperties(min), true) => objects.min = objects.min.max(*min),
                (Node::MaxProperties(max), true) => objects.max = objects.max.min(*max),
                (Node::Exists { keys, schema }, true) => {
                    objects.patterns.extend(keys.matching.iter().chain(&keys.unmatched));
                    objects.keys.extend(keys.except.iter().cloned());
                    objects.wanted.push((keys.clone(), *schema));
                }
                _ => {}
            }
        }
        objects.patterns.sort_unstable();
        objects.patterns.dedup();
        objects
    }

    /// What the member of this name must meet; `Err` if the name is not allowed.
    fn member(&self, objects: &Objects, facts: &Facts, name: &str) -> Result<Vec<Literal>, Id> {
        let mut literals = Vec::new();
        for (named, patterns, rest) in &objects.universals {
            let mut matched = false;
            if let Some(id) = named.get(name) {
                matched = true;
                literals.push((*id, true));
            }
            for (pattern, id) in patterns {
                if self.arena.patterns[*pattern as usize].is_match(name) {
                    matched = true;
                    literals.push((*id, true));
                }
            }
            if !matched {
                literals.push((*rest, true));
            }
        }
        if let Some(more) = facts.members.get(name) {
            // The named universals are among these too.
            literals.extend(more);
        }
        let text = Json::String(name.into());
        for id in &objects.names {
            if self.judge().holds(*id, &text) == Some(false) {
                return Err(*id);
            }
        }
        if literals.is_empty() {
            literals.push((Arena::TRUE, true));
        }
        Ok(literals)
    }

    /// The cells of the names beyond `objects.keys`.
    fn cells(&mut self, objects: &Objects) -> Cells {
        if objects.patterns.len() > MAX_PATTERNS {
            return Cells { known: Vec::new(), complete: false };
        }
        let known: Vec<Json> = objects.keys.iter().map(|k| Json::String(Arc::clone(k))).collect();
        let mut base = vec![(self.arena.types(Types::STRING), true)];
        base.extend(objects.names.iter().map(|id| (*id, true)));
        let known = self.arena.enumeration(known, None);
        base.push((known, false));
        let mut cells = vec![(base, Vec::new())];
        for pattern in &objects.patterns {
            let id = self.arena.add(Node::Pattern(*pattern), None);
            let mut split = Vec::new();
            for (names, matched) in cells {
                for positive in [false, true] {
                    let mut names: Vec<Literal> = names.clone();
                    names.push((id, positive));
                    if matches!(self.state(names.clone()), Answer::Empty(_)) {
                        continue;
                    }
                    let mut matched: Vec<PatternId> = matched.clone();
                    if positive {
                        matched.push(*pattern);
                    }
                    split.push((names, matched));
                }
            }
            cells = split;
            if cells.len() > MAX_CELLS {
                return Cells { known: Vec::new(), complete: false };
            }
        }
        let mut out = Vec::new();
        for (names, matched) in cells {
            let sample = match self.state(names.clone()) {
                Answer::Empty(_) => continue,
                Answer::Full(Json::String(name)) => Some(name),
                _ => None,
            };
            let mut member = Vec::new();
            for (_, patterns, rest) in &objects.universals {
                let hit: Vec<Literal> = patterns
                    .iter()
                    .filter(|(pattern, _)| matched.contains(pattern))
                    .map(|(_, id)| (*id, true))
                    .collect();
                if hit.is_empty() {
                    member.push((*rest, true));
                }
                member.extend(hit);
            }
            out.push(Cell { names, member, sample });
        }
        Cells { known: out, complete: true }
    }

    #[allow(clippy::too_many_lines)] // The rules in the order in which they narrow the members.
    pub(super) fn object(&mut self, facts: &Facts) -> Answer {
        let mut objects = self.read_objects(facts);
        // The members that must be there.
        let mut members: Members = BTreeMap::new();
        let mut sure = true;
        for name in &facts.required {
            let literals = match self.member(&objects, facts, name) {
                Ok(literals) => literals,
                Err(names) => {
                    let place = self.place(names);
                    let text = format!("the property {name:?} is required, its name not allowed");
                    return Answer::Empty(Proof::leaf(Step::Contradiction(text), place));
                }
            };
            match self.state(literals.clone()) {
                Answer::Empty(proof) => {
                    return Answer::Empty(Arc::new(Proof {
                        step: Step::Property(name.to_string()),
                        place: None,
                        premises: vec![proof],
                    }));
                }
                Answer::Full(value) => {
                    members.insert(Arc::clone(name), (literals, value));
                }
                Answer::Unknown(value) => {
                    sure = false;
                    members.insert(Arc::clone(name), (literals, value.unwrap_or(Json::Null)));
                }
            }
        }
        if facts.required.len() as u64 > objects.max {
            let text = format!(
                "{} properties are required, {} allowed",
                facts.required.len(),
                objects.max
            );
            return contradiction(text, Vec::new());
        }
        // The members that must be there under some name.
        let mut cells = None;
        let wanted = std::mem::take(&mut objects.wanted);
        let mut homes = Vec::new();
        for (keys, schema) in &wanted {
            let mut fits: Vec<Home> = Vec::new();
            let mut closed = Vec::new();
            let mut unknown = false;
            for name in objects.keys.clone() {
                let full = facts.required.len() as u64 >= objects.max;
                if facts.forbidden.contains(&name)
                    || (full && !facts.required.contains(&name))
                    || self.judge().key(keys, &name) == Some(false)
                {
                    continue;
                }
                let Ok(mut literals) = self.member(&objects, facts, &name) else { continue };
                literals.push((*schema, true));
                match self.state(literals.clone()) {
                    Answer::Empty(proof) => closed.push(proof),
                    Answer::Full(value) => fits.push((name, literals, value, true)),
                    Answer::Unknown(value) => {
                        unknown = true;
                        fits.push((name, literals, value.unwrap_or(Json::Null), false));
                    }
                }
            }
            if (facts.required.len() as u64) < objects.max {
                if cells.is_none() {
                    cells = Some(self.cells(&objects));
                }
                let Some(cells) = &cells else { continue };
                if !cells.complete {
                    unknown = true;
                    self.note("too many patterns for property names", Some(*schema));
                }
                for cell in &cells.known {
                    match self.fresh(cell, keys, *schema, &fits) {
                        Fresh::None(proof) => closed.extend(proof),
                        Fresh::Unknown => unknown = true,
                        Fresh::Fits(home) => {
                            unknown |= !home.3;
                            fits.push(home);
                        }
                    }
                }
            }
            if fits.is_empty() && !unknown {
                let text = "no property can be the one that is wanted".to_owned();
                return contradiction(text, closed);
            }
            homes.push(fits);
        }
        self.place_wanted(&objects, facts, members, &homes, cells, sure)
    }

    /// A name of the cell for a wanted member.
    fn fresh(&mut self, cell: &Cell, keys: &Keys, schema: Id, taken: &[Home]) -> Fresh {
        if keys.name.is_some() {
            return Fresh::None(None);
        }
        let has = |solver: &mut Self, pattern: PatternId, positive: bool| {
            let id = solver.arena.add(Node::Pattern(pattern), None);
            cell.names.contains(&(id, positive))
        };
        // The cell is within or without each pattern.
        for pattern in &keys.matching {
            if has(self, *pattern, false) {
                return Fresh::None(None);
            }
        }
        for pattern in &keys.unmatched {
            if has(self, *pattern, true) {
                return Fresh::None(None);
            }
        }
        let mut names = cell.names.clone();
        names.extend(keys.names);
        let mut sample = match (&cell.sample, keys.names) {
            (Some(sample), None) => Some(Arc::clone(sample)),
            _ => match self.state(names.clone()) {
                Answer::Empty(proof) => return Fresh::None(Some(proof)),
                Answer::Full(Json::String(name)) => Some(name),
                _ => None,
            },
        };
        let mut literals = cell.member.clone();
        literals.push((schema, true));
        match self.state(literals.clone()) {
            Answer::Empty(proof) => Fresh::None(Some(proof)),
            answer => {
                if sample.as_ref().is_some_and(|s| taken.iter().any(|(name, ..)| name == s)) {
                    sample = None;
                }
                let Some(name) = sample else { return Fresh::Unknown };
                match answer {
                    Answer::Full(value) => Fresh::Fits((name, literals, value, true)),
                    Answer::Unknown(Some(value)) => Fresh::Fits((name, literals, value, false)),
                    _ => Fresh::Unknown,
                }
            }
        }
    }

    /// Chooses a home for each wanted member and fills up to the minimum.
    fn place_wanted(
        &mut self,
        objects: &Objects,
        facts: &Facts,
        mut members: Members,
        homes: &[Vec<Home>],
        cells: Option<Cells>,
        mut sure: bool,
    ) -> Answer {
        let must = members.len() as u64;
        for fits in homes {
            let mut chosen = None;
            // A certain value first.
            for (name, literals, value, certain) in
                fits.iter().filter(|fit| fit.3).chain(fits.iter().filter(|fit| !fit.3))
            {
                match members.get(name) {
                    None if members.len() as u64 >= objects.max => {}
                    None => {
                        chosen =
                            Some((Arc::clone(name), literals.clone(), value.clone(), *certain));
                    }
                    Some((known, _)) => {
                        let mut both = known.clone();
                        both.extend(literals);
                        match self.state(both.clone()) {
                            Answer::Full(value) => {
                                chosen = Some((Arc::clone(name), both, value, true));
                            }
                            Answer::Unknown(Some(value)) => {
                                chosen = Some((Arc::clone(name), both, value, false));
                            }
                            _ => {}
                        }
                    }
                }
                if chosen.is_some() {
                    break;
                }
            }
            let Some((name, literals, value, certain)) = chosen else {
                return self.unknown("the wanted properties do not go together", None);
            };
            sure &= certain;
            members.insert(name, (literals, value));
        }
        if members.len() as u64 > objects.max {
            return self.unknown("the wanted properties do not go together", None);
        }
        if (members.len() as u64) < objects.min {
            match self.fill(objects, facts, &mut members, must, cells) {
                Ok(certain) => sure &= certain,
                Err(answer) => return answer,
            }
        }
        let value =
            Json::Object(members.into_iter().map(|(name, (_, value))| (name, value)).collect());
        match self.judge().literals(&facts.atoms, &value) {
            Some(true) if sure => Answer::Full(value),
            Some(false) => self.unknown(
                "no object was found, nor a reason against one",
                facts.atoms.last().map(|l| l.0),
            ),
            _ => Answer::Unknown(Some(value)),
        }
    }

    /// Adds members up to the minimum: first of names that are known, then of new ones. Whether all
    /// their values are certain; an error is the answer for the object.
    fn fill(
        &mut self,
        objects: &Objects,
        facts: &Facts,
        members: &mut Members,
        must: u64,
        cells: Option<Cells>,
    ) -> Result<bool, Answer> {
        if objects.min > MAX_MEMBERS {
            return Err(self.unknown("the object would be too large", None));
        }
        let mut sure = true;
        let mut possible = must;
        let mut closed = Vec::new();
        for name in &objects.keys {
            if facts.required.contains(name) || facts.forbidden.contains(name) {
                continue;
            }
            let Ok(literals) = self.member(objects, facts, name) else { continue };
            match self.state(literals.clone()) {
                Answer::Empty(proof) => closed.push(proof),
                answer => {
                    possible += 1;
                    if (members.len() as u64) < objects.min && !members.contains_key(name) {
                        sure &= matches!(answer, Answer::Full(_));
                        if let Answer::Full(value) | Answer::Unknown(Some(value)) = answer {
                            members.insert(Arc::clone(name), (literals, value));
                        }
                    }
                }
            }
        }
        let cells = match cells {
            Some(cells) => cells,
            None => self.cells(objects),
        };
        let mut open = !cells.complete;
        for cell in cells.known {
            match self.state(cell.member.clone()) {
                Answer::Empty(proof) => closed.push(proof),
                Answer::Full(value) => {
                    open = true;
                    while (members.len() as u64) < objects.min {
                        let used = members.keys().map(|k| Json::String(Arc::clone(k))).collect();
                        let used = self.arena.enumeration(used, None);
                        let mut names = cell.names.clone();
                        names.push((used, false));
                        let Answer::Full(Json::String(name)) = self.state(names) else { break };
                        members.insert(name, (cell.member.clone(), value.clone()));
                    }
                }
                Answer::Unknown(_) => open = true,
            }
        }
        if (members.len() as u64) >= objects.min {
            return Ok(sure);
        }
        if !open && possible < objects.min {
            let text = format!("{} properties are wanted, {possible} possible", objects.min);
            return Err(contradiction(text, closed));
        }
        Err(self.unknown("not enough properties were found", None))
    }
}

enum Fresh {
    /// The cell has no name or no value for it.
    None(Option<Arc<Proof>>),
    Unknown,
    Fits(Home),
}
