//! Objects: named members with a state each, names by pattern, existential members, counts.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::facts::Facts;
use super::{Answer, Found, MAX_WITNESS, Solver};
use crate::budget::Work;
use crate::json::Json;
use crate::node::{Arena, Id, Keys, Literal, Node, PatternId, Types};
use crate::number::{Count, saturated};
use crate::proof::{Cell, LemmaId, NoMember, ObjectStep, Step};

/// Different patterns for names that are told apart; their combinations are explored.
const MAX_PATTERNS: usize = 64;
/// Combinations of patterns that some name has.
const MAX_CELLS: usize = 128;
/// Members made up to reach a minimum.
const MAX_MEMBERS: u64 = 300;

/// What is asserted of an object.
struct Objects {
    /// The `Properties` nodes.
    universals: Vec<Rc<Node>>,
    names: Vec<Id>,
    /// The node that says a member must exist, its names and its schema.
    wanted: Vec<(Id, Keys, Id)>,
    min: Count,
    max: Option<Count>,
    patterns: Vec<PatternId>,
    /// Names that are spoken of one by one.
    keys: BTreeSet<Arc<str>>,
}

impl Objects {
    /// Whether there may be no more properties than these.
    fn is_full(&self, properties: usize) -> bool {
        self.max.as_ref().is_some_and(|max| Count::from(properties) >= *max)
    }
}

/// A set of names not spoken of one by one that all assertions treat alike, and what their members
/// must meet.
struct Group {
    names: Vec<Literal>,
    member: Vec<Literal>,
    sample: Option<Arc<str>>,
}

/// How the names are told apart.
enum Tree {
    Split { pattern: Id, without: Box<Tree>, with: Box<Tree> },
    NoName(LemmaId),
    Group(usize),
}

impl Tree {
    /// The proof about all names from what was found for each group.
    fn close(&self, groups: &[Cell]) -> Cell {
        match self {
            Self::Split { pattern, without, with } => Cell::Split {
                pattern: *pattern,
                without: Box::new(without.close(groups)),
                with: Box::new(with.close(groups)),
            },
            Self::NoName(lemma) => Cell::NoName(*lemma),
            Self::Group(index) => groups[*index].clone(),
        }
    }
}

/// All names, unless there are too many groups.
struct Names {
    groups: Vec<Group>,
    tree: Option<Tree>,
}

/// A name that a wanted member can have, what the member must meet, its value, and whether that is
/// certain.
type Home = (Arc<str>, Vec<Literal>, Json, bool);

/// The members of the object that is being built.
type Members = BTreeMap<Arc<str>, (Vec<Literal>, Json)>;

fn closed(step: ObjectStep) -> Found {
    Answer::Empty(Arc::new(Step::Object(step)))
}

impl Solver<'_> {
    fn read_objects(&self, facts: &Facts) -> Objects {
        let mut objects = Objects {
            universals: Vec::new(),
            names: Vec::new(),
            wanted: Vec::new(),
            min: Count::ZERO,
            max: None,
            patterns: Vec::new(),
            keys: facts.required.union(&facts.forbidden).cloned().collect(),
        };
        for (id, positive) in facts.atoms() {
            match (self.arena.node(*id), positive) {
                (Node::Properties { named, patterns, .. }, true) => {
                    objects.keys.extend(named.keys().cloned());
                    objects.patterns.extend(patterns.iter().map(|(pattern, _)| *pattern));
                    objects.universals.push(self.arena.shared(*id));
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
                (Node::MinProperties(min), true) => {
                    objects.min = objects.min.clone().max(min.clone());
                }
                (Node::MaxProperties(max), true)
                    if objects.max.as_ref().is_none_or(|known| max < known) =>
                {
                    objects.max = Some(max.clone());
                }
                (Node::Exists { keys, schema }, true) => {
                    objects.patterns.extend(keys.matching.iter().chain(&keys.unmatched));
                    objects.keys.extend(keys.except.iter().cloned());
                    objects.wanted.push((*id, keys.clone(), *schema));
                }
                _ => {}
            }
        }
        objects.patterns.sort_unstable();
        objects.patterns.dedup();
        objects
    }

    /// What the member of this name must meet by these universal assertions.
    fn by_universal(&self, node: &Node, name: &str, literals: &mut Vec<Literal>) {
        let Node::Properties { named, patterns, rest } = node else { return };
        let before = literals.len();
        literals.extend(named.get(name).map(|id| (*id, true)));
        for (pattern, id) in patterns {
            if self.arena.patterns[*pattern as usize].is_match(name) {
                literals.push((*id, true));
            }
        }
        if literals.len() == before {
            literals.push((*rest, true));
        }
    }

    /// What the member of this name must meet.
    pub(super) fn member_literals(&self, facts: &Facts, name: &str) -> Vec<Literal> {
        let mut literals = vec![(Arena::TRUE, true)];
        for id in &facts.broad {
            self.by_universal(self.arena.node(*id), name, &mut literals);
        }
        // Those by name are among these too.
        literals.extend(facts.members.get(name).into_iter().flatten());
        literals
    }

    /// The schema for names that rejects this one.
    fn bad_name(&self, objects: &Objects, name: &Arc<str>) -> Option<Id> {
        let text = Json::String(Arc::clone(name));
        let judge = self.judge();
        objects.names.iter().copied().find(|id| judge.holds(*id, &text) == Some(false))
    }

    /// The groups of the names beyond `objects.keys`.
    fn name_groups(&mut self, objects: &Objects) -> Names {
        let mut names = Names { groups: Vec::new(), tree: None };
        if objects.patterns.len() > MAX_PATTERNS {
            return names;
        }
        let known: Vec<Json> = objects.keys.iter().map(|k| Json::String(Arc::clone(k))).collect();
        let mut base = vec![(self.arena.types(Types::STRING), true)];
        base.extend(objects.names.iter().map(|id| (*id, true)));
        let known = self.enumeration(known);
        base.push((known, false));
        names.tree = self.name_tree(objects, 0, base, Vec::new(), &mut names.groups);
        names
    }

    /// `None` if there are too many groups.
    fn name_tree(
        &mut self,
        objects: &Objects,
        at: usize,
        names: Vec<Literal>,
        matched: Vec<PatternId>,
        groups: &mut Vec<Group>,
    ) -> Option<Tree> {
        let sample = match self.state(names.clone()) {
            Answer::Empty(lemma) => return Some(Tree::NoName(lemma)),
            Answer::Full(Json::String(name)) => Some(name),
            _ => None,
        };
        if let Some(pattern) = objects.patterns.get(at) {
            let id = self.add(Node::Pattern(*pattern), None);
            let (mut without, mut with) = (names.clone(), names);
            without.push((id, false));
            with.push((id, true));
            let mut more = matched.clone();
            more.push(*pattern);
            let without = self.name_tree(objects, at + 1, without, matched, groups)?;
            let with = self.name_tree(objects, at + 1, with, more, groups)?;
            let (without, with) = (Box::new(without), Box::new(with));
            return Some(Tree::Split { pattern: id, without, with });
        }
        if groups.len() >= MAX_CELLS {
            return None;
        }
        let mut member = vec![(Arena::TRUE, true)];
        for node in &objects.universals {
            let Node::Properties { patterns, rest, .. } = &**node else { continue };
            let before = member.len();
            member.extend(
                patterns
                    .iter()
                    .filter(|(pattern, _)| matched.contains(pattern))
                    .map(|(_, id)| (*id, true)),
            );
            if member.len() == before {
                member.push((*rest, true));
            }
        }
        groups.push(Group { names, member, sample });
        Some(Tree::Group(groups.len() - 1))
    }

    pub(super) fn object(&mut self, facts: &Facts) -> Found {
        if !self.budget.spend(Work::Objects, 1 + facts.required.len() as u64) {
            return self.ran_out(facts.atoms().first().map(|literal| literal.0));
        }
        let mut objects = self.read_objects(facts);
        self.budget.spend(Work::Objects, (objects.keys.len() / 8) as u64);
        if objects
            .max
            .as_ref()
            .is_some_and(|max| Count::from(facts.required.len()) > *max || objects.min > *max)
        {
            return closed(ObjectStep::Crowded);
        }
        // The members that must be there.
        let mut members: Members = BTreeMap::new();
        let mut sure = true;
        for name in &facts.required {
            if let Some(names) = self.bad_name(&objects, name) {
                return closed(ObjectStep::BadName { name: Arc::clone(name), names });
            }
            let literals = self.member_literals(facts, name);
            match self.state(literals.clone()) {
                Answer::Empty(lemma) => {
                    return closed(ObjectStep::Member { name: Arc::clone(name), lemma });
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
        // The members that must be there under some name.
        let mut names = None;
        let wanted = std::mem::take(&mut objects.wanted);
        let mut homes = Vec::new();
        for (exists, keys, schema) in &wanted {
            match self.homes(&objects, facts, *exists, keys, *schema, &mut names) {
                Ok(fits) => homes.push(fits),
                Err(step) => return closed(step),
            }
        }
        self.place_wanted(&objects, facts, members, &homes, names, sure)
    }

    /// The names that a wanted member can have; an error says that there are none.
    fn homes(
        &mut self,
        objects: &Objects,
        facts: &Facts,
        exists: Id,
        keys: &Keys,
        schema: Id,
        names: &mut Option<Names>,
    ) -> Result<Vec<Home>, ObjectStep> {
        let mut fits: Vec<Home> = Vec::new();
        let mut reasons = Vec::new();
        let mut open = false;
        let full = objects.is_full(facts.required.len());
        for name in objects.keys.clone() {
            let reason = if facts.forbidden.contains(&name) {
                NoMember::Forbidden
            } else if full && !facts.required.contains(&name) {
                NoMember::Full
            } else if self.judge().key(keys, &name) == Some(false) {
                NoMember::NotAmong
            } else if let Some(names) = self.bad_name(objects, &name) {
                NoMember::BadName(names)
            } else {
                let mut literals = self.member_literals(facts, &name);
                literals.push((schema, true));
                match self.state(literals.clone()) {
                    Answer::Empty(lemma) => NoMember::NoValue(lemma),
                    Answer::Full(value) => {
                        fits.push((Arc::clone(&name), literals, value, true));
                        NoMember::Possible
                    }
                    Answer::Unknown(value) => {
                        open = true;
                        let value = value.unwrap_or(Json::Null);
                        fits.push((Arc::clone(&name), literals, value, false));
                        NoMember::Possible
                    }
                }
            };
            reasons.push((name, reason));
        }
        let mut cells = None;
        if !full {
            if names.is_none() {
                *names = Some(self.name_groups(objects));
            }
            if let Some(names) = names {
                open |= names.tree.is_none();
                if names.tree.is_none() {
                    self.unknown::<()>(
                        "too many patterns for property names to tell apart",
                        "use fewer `patternProperties`, or `properties`",
                        Some(schema),
                    );
                }
                let mut found = Vec::new();
                for group in &names.groups {
                    match self.fresh(group, keys, schema, &fits) {
                        Fresh::None(cell) => found.push(cell),
                        Fresh::Unknown => open = true,
                        Fresh::Fits(home) => {
                            open |= !home.3;
                            fits.push(home);
                        }
                    }
                }
                if fits.is_empty() && !open {
                    cells = names.tree.as_ref().map(|tree| tree.close(&found));
                }
            }
        }
        if fits.is_empty() && !open {
            return Err(ObjectStep::Wanted { exists, keys: reasons, cells });
        }
        Ok(fits)
    }

    /// A name of the group for a wanted member.
    fn fresh(&mut self, group: &Group, keys: &Keys, schema: Id, taken: &[Home]) -> Fresh {
        if keys.name.is_some() {
            return Fresh::None(Cell::NotAmong);
        }
        // The group is within or without each pattern.
        let has = |solver: &Self, pattern: PatternId, positive: bool| {
            let id = solver.arena.find(&Node::Pattern(pattern));
            id.is_some_and(|id| group.names.contains(&(id, positive)))
        };
        if keys.matching.iter().any(|pattern| has(self, *pattern, false))
            || keys.unmatched.iter().any(|pattern| has(self, *pattern, true))
        {
            return Fresh::None(Cell::NotAmong);
        }
        let mut names = group.names.clone();
        names.extend(keys.names);
        let mut sample = match (&group.sample, keys.names) {
            (Some(sample), None) => Some(Arc::clone(sample)),
            _ => match self.state(names) {
                Answer::Empty(lemma) => return Fresh::None(Cell::NoName(lemma)),
                Answer::Full(Json::String(name)) => Some(name),
                _ => None,
            },
        };
        let mut literals = group.member.clone();
        literals.push((schema, true));
        match self.state(literals.clone()) {
            Answer::Empty(lemma) => Fresh::None(Cell::NoValue(lemma)),
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
        names: Option<Names>,
        mut sure: bool,
    ) -> Found {
        let apart = |solver: &mut Self| {
            solver.unknown(
                "the properties that must exist do not go together in one object",
                "name the properties by `properties` and `required`",
                facts.atoms().last().map(|literal| literal.0),
            )
        };
        for fits in homes {
            let mut chosen = None;
            // A member that is there anyway first, then a certain value.
            let order = |fit: &&Home| (!members.contains_key(&fit.0), !fit.3);
            let mut fits: Vec<&Home> = fits.iter().collect();
            fits.sort_by_key(order);
            for (name, literals, value, certain) in fits {
                match members.get(name) {
                    None if objects.is_full(members.len()) => {}
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
            let Some((name, literals, value, certain)) = chosen else { return apart(self) };
            sure &= certain;
            members.insert(name, (literals, value));
        }
        if objects.max.as_ref().is_some_and(|max| Count::from(members.len()) > *max) {
            return apart(self);
        }
        if Count::from(members.len()) < objects.min {
            match self.fill(objects, facts, &mut members, names) {
                Ok(certain) => sure &= certain,
                Err(answer) => return answer,
            }
        }
        let members: BTreeMap<_, _> =
            members.into_iter().map(|(name, (_, value))| (name, value)).collect();
        self.built(facts, Json::Object(Arc::new(members)), sure)
    }

    /// A value that was put together for the facts.
    pub(super) fn built(&mut self, facts: &Facts, value: Json, sure: bool) -> Found {
        let place = facts.atoms().last().map(|literal| literal.0);
        let size = value.size(MAX_WITNESS);
        if size >= MAX_WITNESS {
            return self.unknown(
                "a counterexample would have more than 100,000 values in it",
                "lower the counts (`minItems`, `minProperties`, `minContains`) at this place",
                place,
            );
        }
        let work = size as u64 + (facts.atoms().len() / 2) as u64;
        if !self.budget.hold(size * size_of::<Json>()) || !self.budget.spend(Work::Values, work) {
            return self.ran_out(place);
        }
        match self.judge().literals(facts.atoms(), &value) {
            Some(true) if sure => Answer::Full(value),
            Some(false) => self.unknown(
                "neither a value was found nor a reason against one",
                "write the schema at this place in a simpler way",
                place,
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
        names: Option<Names>,
    ) -> Result<bool, Found> {
        let min = saturated(&objects.min);
        let mut sure = true;
        let mut reasons = Vec::new();
        let mut possible = 0_u64;
        for name in objects.keys.clone() {
            let reason = if facts.required.contains(&name) {
                NoMember::Possible
            } else if facts.forbidden.contains(&name) {
                NoMember::Forbidden
            } else if let Some(names) = self.bad_name(objects, &name) {
                NoMember::BadName(names)
            } else {
                let literals = self.member_literals(facts, &name);
                match self.state(literals.clone()) {
                    Answer::Empty(lemma) => NoMember::NoValue(lemma),
                    answer => {
                        if (members.len() as u64) < min.min(MAX_MEMBERS)
                            && !members.contains_key(&name)
                        {
                            sure &= matches!(answer, Answer::Full(_));
                            if let Answer::Full(value) | Answer::Unknown(Some(value)) = answer {
                                members.insert(Arc::clone(&name), (literals, value));
                            }
                        }
                        NoMember::Possible
                    }
                }
            };
            possible += u64::from(matches!(reason, NoMember::Possible));
            reasons.push((name, reason));
        }
        let names = match names {
            Some(names) => names,
            None => self.name_groups(objects),
        };
        let mut open = names.tree.is_none();
        let mut found = Vec::new();
        for group in &names.groups {
            match self.state(group.member.clone()) {
                Answer::Empty(lemma) => found.push(Cell::NoValue(lemma)),
                Answer::Full(value) => {
                    open = true;
                    while (members.len() as u64) < min.min(MAX_MEMBERS) {
                        let used = members.keys().map(|k| Json::String(Arc::clone(k))).collect();
                        let used = self.enumeration(used);
                        let mut names = group.names.clone();
                        names.push((used, false));
                        let Answer::Full(Json::String(name)) = self.state(names) else { break };
                        members.insert(name, (group.member.clone(), value.clone()));
                    }
                }
                Answer::Unknown(_) => open = true,
            }
        }
        if (members.len() as u64) >= min {
            return Ok(sure);
        }
        if let (false, true, Some(tree)) = (open, possible < min, &names.tree) {
            return Err(closed(ObjectStep::TooFew { keys: reasons, cells: tree.close(&found) }));
        }
        let place = facts.atoms().last().map(|literal| literal.0);
        Err(self.unknown(
            "a counterexample needs more properties than were found",
            "lower `minProperties`, or name the properties by `properties`",
            place,
        ))
    }
}

enum Fresh {
    /// The group has no name or no value for it.
    None(Cell),
    Unknown,
    Fits(Home),
}
