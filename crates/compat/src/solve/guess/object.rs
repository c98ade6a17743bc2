//! Makes an object up: a home for each member that must exist, and members up to the minimum.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::facts::Facts;
use super::super::members::{Home, Member, Members, Objects, Wanted, closed};
use super::super::names::Names;
use super::super::outcome::{Emptiness, StepEmptiness};
use super::super::solver::Solver;
use crate::json::Json;
use crate::literal::Literal;
use crate::number::{Count, saturated};
use crate::proof::{Cell, NoMember, ObjectStep};

/// Members made up to reach a minimum.
const MAX_MEMBERS: u64 = 300;

impl Solver<'_> {
    /// Chooses a home for each wanted member, one after the other.
    pub(in crate::solve) fn place_wanted(
        &mut self,
        objects: &Objects,
        mut members: Members,
        homes: &[(Wanted, Vec<Home>)],
        sure: &mut bool,
    ) -> Option<Members> {
        for (_, homes) in homes {
            let mut chosen = None;
            // A member that is there anyway first, then a certain value.
            let order = |home: &&Home| (!members.contains_key(&home.name), !home.certain);
            let mut homes: Vec<&Home> = homes.iter().collect();
            homes.sort_by_key(order);
            for home in &homes {
                chosen = match members.get(&home.name) {
                    None if objects.is_full(members.len()) => None,
                    None => Some((*home).clone()),
                    Some(known) => self.shared(known, home).or_else(|| {
                        let full = objects.is_full(members.len());
                        if full { None } else { self.renamed(home, &members) }
                    }),
                };
                if chosen.is_some() {
                    break;
                }
            }
            if chosen.is_none() {
                let joined = homes.iter().find_map(|home| self.joined(home, &members));
                chosen = joined.map(|(instead, home)| {
                    members.remove(&instead);
                    home
                });
            }
            let Home { name, member, certain } = chosen?;
            *sure &= certain;
            members.insert(name, member);
        }
        Some(members)
    }

    /// The object of these members, and more up to the minimum.
    pub(in crate::solve) fn with_members(
        &mut self,
        objects: &Objects,
        facts: &Facts,
        mut members: Members,
        names: Option<Names>,
        mut sure: bool,
    ) -> StepEmptiness {
        if Count::from(members.len()) < objects.min {
            match self.fill(objects, facts, &mut members, names) {
                Ok(certain) => sure &= certain,
                Err(answer) => return answer,
            }
        }
        let members: BTreeMap<_, _> =
            members.into_iter().map(|(name, member)| (name, member.value)).collect();
        self.built(facts, Json::Object(Arc::new(members)), sure)
    }

    /// The member that is there already as the wanted one too.
    fn shared(&mut self, known: &Member, home: &Home) -> Option<Home> {
        let mut literals = known.literals.clone();
        literals.extend(&home.member.literals);
        let (value, certain) = match self.state(literals.clone()) {
            Emptiness::Full(value) => (value, true),
            Emptiness::Unknown(Some(value)) => (value, false),
            Emptiness::Unknown(None) | Emptiness::Empty(_) => return None,
        };
        let names = [&*known.names, &*home.member.names].concat();
        let member = Member { names, literals, value };
        Some(Home { name: Arc::clone(&home.name), member, certain })
    }

    /// The same home by a name that no member has.
    fn renamed(&mut self, home: &Home, members: &Members) -> Option<Home> {
        let name = self.other_name(&home.member.names, members.keys())?;
        Some(Home { name, ..home.clone() })
    }

    /// A member that is there already, under the name that comes first, as the wanted one too: by a
    /// name that suits both. One of which little was asked so far.
    fn joined(&mut self, home: &Home, members: &Members) -> Option<(Arc<str>, Home)> {
        if home.member.names.is_empty() {
            return None;
        }
        let mut free: Vec<_> = members.iter().filter(|(_, one)| !one.names.is_empty()).collect();
        free.sort_by_key(|(_, one)| one.names.len() + one.literals.len());
        free.into_iter().find_map(|(instead, known)| {
            let names = [&*known.names, &*home.member.names].concat();
            let others = members.keys().filter(|name| *name != instead);
            let name = self.other_name(&names, others)?;
            Some((Arc::clone(instead), Home { name, ..self.shared(known, home)? }))
        })
    }

    /// A name that meets these literals and is none of the others.
    fn other_name<'n>(
        &mut self,
        names: &[Literal],
        others: impl Iterator<Item = &'n Arc<str>>,
    ) -> Option<Arc<str>> {
        if names.is_empty() {
            return None;
        }
        let used = self.enumeration(others.map(|name| Json::String(Arc::clone(name))).collect());
        let names = [names, &[Literal::fails(used)]].concat();
        match self.state(names) {
            Emptiness::Full(Json::String(name)) => Some(name),
            _ => None,
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
    ) -> Result<bool, StepEmptiness> {
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
                    Emptiness::Empty(lemma) => NoMember::NoValue(lemma),
                    answer => {
                        if (members.len() as u64) < min.min(MAX_MEMBERS)
                            && !members.contains_key(&name)
                        {
                            sure &= matches!(answer, Emptiness::Full(_));
                            if let Emptiness::Full(value) | Emptiness::Unknown(Some(value)) = answer
                            {
                                members.insert(
                                    Arc::clone(&name),
                                    Member { names: Vec::new(), literals, value },
                                );
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
                Emptiness::Empty(lemma) => found.push(Cell::NoValue(lemma)),
                Emptiness::Full(value) => {
                    open = true;
                    while (members.len() as u64) < min.min(MAX_MEMBERS) {
                        let used = members.keys().map(|k| Json::String(Arc::clone(k))).collect();
                        let used = self.enumeration(used);
                        let mut names = group.names.clone();
                        names.push(Literal::fails(used));
                        let Emptiness::Full(Json::String(name)) = self.state(names) else { break };
                        let (literals, value) = (group.member.clone(), value.clone());
                        members.insert(name, Member { names: Vec::new(), literals, value });
                    }
                }
                Emptiness::Unknown(_) => open = true,
            }
        }
        if (members.len() as u64) >= min {
            return Ok(sure);
        }
        if let (false, true, Some(tree)) = (open, possible < min, &names.tree) {
            return Err(closed(ObjectStep::TooFew { keys: reasons, cells: tree.close(&found) }));
        }
        let place = facts.atoms().last().map(|literal| literal.id);
        Err(self.unknown(
            "a counterexample needs more properties than were found",
            "lower `minProperties`, or name the properties by `properties`",
            place,
        ))
    }
}
