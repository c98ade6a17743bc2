//! Decides objects: named members with a state each, and existential members.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::facts::Facts;
use super::members::{Home, Member, Members, Objects, Wanted, closed};
use super::names::{Group, Names};
use super::outcome::{Emptiness, StepEmptiness};
use super::solver::Solver;
use crate::budget::Work;
use crate::json::Json;
use crate::literal::Sign::{Fails, Holds};
use crate::literal::{Literal, Sign};
use crate::node::{Keys, Node};
use crate::number::Count;
use crate::primitives::{NodeId, PatternId};
use crate::proof::{Cell, NoMember, ObjectStep, Step};

enum Fresh {
    /// The group has no name or no value for it.
    None(Cell),
    Unknown,
    Fits(Home),
}

impl Solver<'_> {
    pub(super) fn object(&mut self, facts: &Facts) -> StepEmptiness {
        if !self.budget.spend(Work::Objects, 1 + facts.required.len() as u64) {
            return self.ran_out(facts.atoms().first().map(|literal| literal.id));
        }
        let objects = self.read_objects(facts);
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
                Emptiness::Empty(lemma) => {
                    return closed(ObjectStep::Member { name: Arc::clone(name), lemma });
                }
                Emptiness::Full(value) => {
                    members.insert(Arc::clone(name), Member { names: Vec::new(), literals, value });
                }
                Emptiness::Unknown(value) => {
                    sure = false;
                    let value = value.unwrap_or(Json::Null);
                    members.insert(Arc::clone(name), Member { names: Vec::new(), literals, value });
                }
            }
        }
        // The members that must be there under some name.
        let mut names = None;
        let mut homes = Vec::new();
        for wanted in self.unmet(facts, &objects.wanted) {
            match self.homes(&objects, facts, &wanted, &mut names) {
                Ok(fits) => homes.push((wanted, fits)),
                Err(step) => return closed(step),
            }
        }
        match self.place_wanted(&objects, members, &homes, &mut sure) {
            Some(members) => self.with_members(&objects, facts, members, names, sure),
            None => self.share(&objects, facts, homes, names),
        }
    }

    /// Why some wanted member has no home, by what is known so far.
    pub(super) fn without_home(&mut self, facts: &Facts) -> Option<Arc<Step>> {
        let objects = self.read_objects(facts);
        let (wanted, mut names) = (self.unmet(facts, &objects.wanted), None);
        let looks = (1 + wanted.len()) * (1 + objects.keys.len() / 8);
        if !self.budget.spend(Work::Objects, looks as u64) {
            return None;
        }
        let mut homes = wanted.iter().map(|one| self.homes(&objects, facts, one, &mut names));
        let step = homes.find_map(Result::err)?;
        Some(Arc::new(Step::Object(step)))
    }

    /// The names that a wanted member can have; an error says that there are none.
    pub(super) fn homes(
        &mut self,
        objects: &Objects,
        facts: &Facts,
        wanted: &Wanted,
        names: &mut Option<Names>,
    ) -> Result<Vec<Home>, ObjectStep> {
        let Wanted { exists, ref keys, schema } = *wanted;
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
                literals.push(Literal::holds(schema));
                match self.state(literals.clone()) {
                    Emptiness::Empty(lemma) => NoMember::NoValue(lemma),
                    Emptiness::Full(value) => {
                        let (name, member) =
                            (Arc::clone(&name), Member { names: Vec::new(), literals, value });
                        fits.push(Home { name, member, certain: true });
                        NoMember::Possible
                    }
                    Emptiness::Unknown(value) => {
                        open = true;
                        let value = value.unwrap_or(Json::Null);
                        let (name, member) =
                            (Arc::clone(&name), Member { names: Vec::new(), literals, value });
                        fits.push(Home { name, member, certain: false });
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
                            open |= !home.certain;
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
    fn fresh(&mut self, group: &Group, keys: &Keys, schema: NodeId, taken: &[Home]) -> Fresh {
        if keys.name.is_some() {
            return Fresh::None(Cell::NotAmong);
        }
        // The group is within or without each pattern.
        let has = |solver: &Self, pattern: PatternId, sign: Sign| {
            let id = solver.arena.find(&Node::Pattern(pattern));
            id.is_some_and(|id| group.names.contains(&Literal { id, sign }))
        };
        if keys.matching.iter().any(|pattern| has(self, *pattern, Fails))
            || keys.unmatched.iter().any(|pattern| has(self, *pattern, Holds))
        {
            return Fresh::None(Cell::NotAmong);
        }
        let mut names = group.names.clone();
        names.extend(keys.names);
        let mut sample = match (&group.sample, keys.names) {
            (Some(sample), None) => Some(Arc::clone(sample)),
            _ => match self.state(names.clone()) {
                Emptiness::Empty(lemma) => return Fresh::None(Cell::NoName(lemma)),
                Emptiness::Full(Json::String(name)) => Some(name),
                _ => None,
            },
        };
        let mut literals = group.member.clone();
        literals.push(Literal::holds(schema));
        match self.state(literals.clone()) {
            Emptiness::Empty(lemma) => Fresh::None(Cell::NoValue(lemma)),
            answer => {
                if sample.as_ref().is_some_and(|s| taken.iter().any(|home| home.name == *s)) {
                    sample = None;
                }
                let Some(name) = sample else { return Fresh::Unknown };
                let (value, certain) = match answer {
                    Emptiness::Full(value) => (value, true),
                    Emptiness::Unknown(Some(value)) => (value, false),
                    Emptiness::Unknown(None) | Emptiness::Empty(_) => return Fresh::Unknown,
                };
                Fresh::Fits(Home { name, member: Member { names, literals, value }, certain })
            }
        }
    }
}
