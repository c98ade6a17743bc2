//! Adds literals to the facts, with all that follows from them at once.

use std::sync::Arc;

use super::facts::{Facts, Union};
use super::solver::Solver;
use crate::arena::Arena;
use crate::budget::Work;
use crate::json::Json;
use crate::node::{Id, Keys, Literal, Node, WIDE};
use crate::proof::Why;
use crate::types::Types;

impl Solver<'_> {
    pub(super) fn assert_all(
        &mut self,
        facts: &mut Facts,
        literals: &[Literal],
    ) -> Result<(), Why> {
        literals.iter().try_for_each(|literal| self.assert(facts, *literal))
    }

    /// Adds a literal to the facts; an error says how they contradict each other.
    pub(super) fn assert(&mut self, facts: &mut Facts, literal: Literal) -> Result<(), Why> {
        let mut work = vec![literal];
        let before = facts.size();
        let result = self.assert_each(facts, &mut work);
        self.budget.spend(Work::Unions, (facts.size() - before) / 8);
        result
    }

    #[allow(clippy::too_many_lines)] // One arm a kind of node.
    fn assert_each(&mut self, facts: &mut Facts, work: &mut Vec<Literal>) -> Result<(), Why> {
        while let Some((id, positive)) = work.pop() {
            if facts.known.contains(&(id, !positive)) {
                return Err(Why::Schema(Some(id)));
            }
            if !facts.known.insert((id, positive)) {
                continue;
            }
            facts.order.push((id, positive));
            let types = facts.types;
            let node = self.arena.shared(id);
            if node.about().is_some_and(|about| !about.meets(types)) {
                if positive == node.is_existential() {
                    return Err(Why::Type(types, Some(id)));
                }
                continue;
            }
            match (&*node, positive) {
                (Node::True, true) | (Node::False, false) => {}
                (Node::True, false) | (Node::False, true) => return Err(Why::Schema(None)),
                (Node::Types(t), _) => {
                    if t.meets(types) != positive {
                        return Err(Why::Type(types, Some(id)));
                    }
                }
                (Node::Not(inner), _) => work.push((*inner, !positive)),
                (Node::Ref(number), _) => {
                    work.push((self.arena.definitions[*number as usize], positive));
                }
                (Node::Any(parts), false) if parts.len() > WIDE => {
                    facts.pending.push(Union::Of((id, false)));
                }
                (Node::All(parts), true) | (Node::Any(parts), false) => {
                    work.extend(parts.iter().map(|id| (*id, positive)));
                }
                (Node::All(_) | Node::One(_), _)
                | (Node::Any(_), true)
                | (
                    Node::Properties { .. }
                    | Node::Names(_)
                    | Node::Items { .. }
                    | Node::Contains { .. },
                    false,
                ) => facts.pending.push(Union::Of((id, positive))),
                (Node::Enum(values), false) => {
                    let composite = types.meets(Types::ARRAY | Types::OBJECT);
                    for (index, value) in values.iter().enumerate() {
                        if composite && value.types(self.arena.literal_integers).meets(types) {
                            facts.pending.push(Union::Differs(id, index));
                        }
                    }
                    if !composite {
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
                ) => match node.opposite() {
                    Some(opposite) => {
                        let opposite = self.add(opposite, Some(id));
                        work.push((opposite, true));
                    }
                    None => return Err(Why::Schema(Some(id))),
                },
                (Node::Required(name), true) => {
                    if facts.forbidden.contains(name) {
                        return Err(Why::Absent(Arc::clone(name), Some(id)));
                    }
                    facts.require(name);
                }
                (Node::Required(name), false) => {
                    if facts.required.contains(name) {
                        return Err(Why::There(Arc::clone(name), Some(id)));
                    }
                    facts.forbid(name);
                }
                (Node::Exists { keys: Keys { name: Some(name), .. }, schema }, true) => {
                    if facts.forbidden.contains(name) {
                        return Err(Why::Absent(Arc::clone(name), Some(id)));
                    }
                    facts.require(name);
                    facts.member(name, (*schema, true));
                }
                (Node::Exists { keys, schema }, false) => {
                    facts.atoms.push((id, false));
                    if let Some(name) = keys.only_name() {
                        facts.member(name, (*schema, false));
                    }
                }
                (Node::Properties { named, patterns, rest }, true) => {
                    if !patterns.is_empty() || *rest != Arena::TRUE {
                        facts.broad.push(id);
                    }
                    for (name, schema) in named {
                        facts.member(name, (*schema, true));
                    }
                    facts.atoms.push((id, true));
                }
                _ => facts.atoms.push((id, positive)),
            }
        }
        Ok(())
    }

    /// The value of an enumeration.
    pub(super) fn value(&self, id: Id, index: usize) -> Json {
        match self.arena.node(id) {
            Node::Enum(values) => values[index].clone(),
            node => unreachable!("an enumeration, not {node:?}"),
        }
    }
}
