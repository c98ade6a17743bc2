//! Properties that must exist and are more than there may be: some of them are one.

use std::sync::Arc;

use super::facts::Facts;
use super::members::{Home, Objects, Wanted};
use super::names::Names;
use super::outcome::{Emptiness, StepEmptiness};
use super::solver::{MAX_DEPTH, Solver};
use crate::budget::Work;
use crate::literal::Literal;
use crate::node::{Keys, Node};
use crate::number::saturated;
use crate::primitives::NodeId;
use crate::proof::{ObjectStep, Other, Sharing, Step};

/// What a wanted member says of its name and its value, part by part.
struct Says {
    names: Vec<NodeId>,
    schema: Vec<NodeId>,
}

impl Solver<'_> {
    /// The wanted members that are not there anyway: as a required one, or as another wanted one
    /// that is more than they are.
    pub(super) fn unmet(&mut self, facts: &Facts, wanted: &[Wanted]) -> Vec<Wanted> {
        self.budget.spend(Work::Objects, (wanted.len() * wanted.len() / 8) as u64);
        let says: Vec<Says> = wanted.iter().map(|one| self.says(one)).collect();
        let is_member = |Wanted { keys, schema, .. }: &Wanted, name: &Arc<str>| {
            let known = facts.members.get(name);
            known.is_some_and(|literals| literals.contains(&Literal::holds(*schema)))
                && self.judge().key(keys, name) == Some(true)
        };
        let is_required = |one: &Wanted| match &one.keys.name {
            Some(name) => facts.required.contains(name) && is_member(one, name),
            None => facts.required.iter().any(|name| is_member(one, name)),
        };
        let is_more = |one: usize, other: usize| {
            includes(&wanted[one].keys, &says[one], &wanted[other].keys, &says[other])
        };
        let is_less = |at: usize| {
            // Of two that say the same, the first counts.
            let is_instead = |other: usize| other < at || !is_more(at, other);
            (0..wanted.len()).any(|other| other != at && is_more(other, at) && is_instead(other))
        };
        let unmet = (0..wanted.len()).filter(|at| !is_required(&wanted[*at]) && !is_less(*at));
        unmet.map(|at| wanted[at].clone()).collect()
    }

    fn says(&mut self, Wanted { keys, schema, .. }: &Wanted) -> Says {
        let names = keys.names.map(|literal| self.positive(literal));
        let parts = |id: NodeId| match self.arena.node(id) {
            Node::All(parts) => parts.clone(),
            Node::True => Vec::new(),
            _ => vec![id],
        };
        Says { names: names.map_or(Vec::new(), parts), schema: parts(*schema) }
    }

    /// The schema that holds where the literal is met.
    fn positive(&mut self, Literal { id, sign }: Literal) -> NodeId {
        if sign.holds() { id } else { self.not(id) }
    }

    /// The node that says that one member is both.
    fn both(&mut self, one: &Wanted, other: &Wanted) -> Wanted {
        let union = |one: &[_], other: &[_]| {
            let mut all = [one, other].concat();
            all.sort_unstable();
            all.dedup();
            all
        };
        let mut except = [&*one.keys.except, &*other.keys.except].concat();
        except.sort_unstable();
        except.dedup();
        let names = match (one.keys.names, other.keys.names) {
            (Some(one), Some(other)) if one != other => {
                let parts = vec![self.positive(one), self.positive(other)];
                Some(Literal::holds(self.all(parts)))
            }
            (names, None) | (_, names) => names,
        };
        let keys = Keys {
            name: one.keys.name.clone().or_else(|| other.keys.name.clone()),
            matching: union(&one.keys.matching, &other.keys.matching),
            unmatched: union(&one.keys.unmatched, &other.keys.unmatched),
            except,
            names,
        };
        let schema = self.all(vec![one.schema, other.schema]);
        let exists = self.add(Node::Exists { keys: keys.clone(), schema }, Some(one.exists));
        Wanted { exists, keys, schema }
    }

    fn all(&mut self, parts: Vec<NodeId>) -> NodeId {
        let before = self.arena.bytes();
        let id = self.arena.all(parts, None);
        self.budget.hold(self.arena.bytes() - before);
        id
    }

    /// Decides an object in which there is no home for each of the wanted members beside the others.
    pub(super) fn share(
        &mut self,
        objects: &Objects,
        facts: &Facts,
        mut wanted: Vec<(Wanted, Vec<Home>)>,
        mut names: Option<Names>,
    ) -> StepEmptiness {
        let place = facts.atoms().last().map(|literal| literal.id);
        let room = objects.max.as_ref().map_or(u64::MAX, saturated);
        let room = room.saturating_sub(facts.required.len() as u64);
        if wanted.len() as u64 <= room || self.depth >= MAX_DEPTH {
            return self.unknown(
                "the properties that must exist do not go together in one object",
                "name the properties by `properties` and `required`",
                place,
            );
        }
        // So many that two are one; those with the fewest homes have the fewest ways.
        wanted.sort_by_key(|(_, homes)| homes.len());
        wanted.truncate(usize::try_from(room).unwrap_or(usize::MAX).saturating_add(1));
        let wanted: Vec<Wanted> = wanted.into_iter().map(|(wanted, _)| wanted).collect();
        let mut cases = Vec::new();
        let mut open = Vec::new();
        for (at, one) in wanted.iter().enumerate() {
            for name in &facts.required {
                if self.judge().key(&one.keys, name) == Some(false) {
                    continue;
                }
                let keys = Keys { name: Some(Arc::clone(name)), ..Keys::default() };
                let schema = one.schema;
                let both = self.add(Node::Exists { keys, schema }, Some(one.exists));
                let mut literals = self.member_literals(facts, name);
                literals.push(Literal::holds(schema));
                let other = Other::Required(Arc::clone(name));
                match self.state(literals) {
                    Emptiness::Empty(lemma) => {
                        let step = ObjectStep::Member { name: Arc::clone(name), lemma };
                        let step = Arc::new(Step::Object(step));
                        cases.push(Sharing { one: at, other, both, step });
                    }
                    _ => open.push((at, other, both)),
                }
            }
            for (place, second) in wanted.iter().enumerate().skip(at + 1) {
                let groups = names.as_ref().map_or(0, |names| names.groups.len());
                self.budget.spend(Work::Objects, (1 + objects.keys.len() + groups) as u64);
                let both = self.both(one, second);
                let other = Other::Wanted(place);
                match self.homes(objects, facts, &both, &mut names) {
                    Err(step) => {
                        let step = Arc::new(Step::Object(step));
                        cases.push(Sharing { one: at, other, both: both.exists, step });
                    }
                    Ok(_) => open.push((at, other, both.exists)),
                }
            }
            if self.budget.steps() == 0 {
                return self.ran_out(place);
            }
        }
        let take = |solver: &mut Self, number: usize, case: &mut Facts| {
            (solver.assert(case, Literal::holds(open[number].2)), number)
        };
        let close = |number: usize, step| {
            let (one, other, both) = open[number].clone();
            cases.push(Sharing { one, other, both, step });
        };
        if let Some(answer) = self.each(facts, open.len(), |_, _| None, take, close) {
            return answer;
        }
        let wanted = wanted.iter().map(|wanted| wanted.exists).collect();
        Emptiness::Empty(Arc::new(Step::Shared { wanted, cases }))
    }
}

/// Whether a member that is the one is the other too.
fn includes(one: &Keys, says: &Says, other: &Keys, also: &Says) -> bool {
    let all = |one: &[NodeId], other: &[NodeId]| {
        one.contains(&NodeId::FALSE) || other.iter().all(|id| one.contains(id))
    };
    (other.name.is_none() || other.name == one.name)
        && other.matching.iter().all(|pattern| one.matching.contains(pattern))
        && other.unmatched.iter().all(|pattern| one.unmatched.contains(pattern))
        // These are in order; they may be many.
        && other.except.iter().all(|name| one.except.binary_search(name).is_ok())
        && all(&says.names, &also.names)
        && all(&says.schema, &also.schema)
}
