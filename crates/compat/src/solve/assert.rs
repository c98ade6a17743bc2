//! Adds literals to the facts, with all that follows from them at once.

use std::sync::Arc;

use super::facts::{Facts, Union};
use super::solver::Solver;
use crate::budget::Work;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::{Fails, Holds};
use crate::node::{Keys, Node, WIDE};
use crate::primitives::NodeId;
use crate::proof::Why;
use crate::types::TypeSet;

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
        while let Some(Literal { id, sign }) = work.pop() {
            if facts.known.contains(&Literal::new(id, !sign)) {
                return Err(Why::Schema(Some(id)));
            }
            if !facts.known.insert(Literal { id, sign }) {
                continue;
            }
            facts.order.push(Literal { id, sign });
            let types = facts.types;
            let node = self.arena.shared(id);
            if node.about().is_some_and(|about| !about.meets(types)) {
                if sign.holds() == node.is_existential() {
                    return Err(Why::Type(types, Some(id)));
                }
                continue;
            }
            match (&*node, sign) {
                (Node::True, Holds) | (Node::False, Fails) => {}
                (Node::True, Fails) | (Node::False, Holds) => return Err(Why::Schema(None)),
                (Node::Types(t), _) => {
                    if t.meets(types) != sign.holds() {
                        return Err(Why::Type(types, Some(id)));
                    }
                }
                (Node::Not(inner), _) => work.push(Literal::new(*inner, !sign)),
                (Node::Ref(number), _) => {
                    work.push(Literal::new(self.arena.definition(*number), sign));
                }
                (Node::Any(parts), Fails) if parts.len() > WIDE => {
                    facts.pending.push(Union::Of(Literal::fails(id)));
                }
                (Node::All(parts), Holds) | (Node::Any(parts), Fails) => {
                    work.extend(parts.iter().map(|id| Literal::new(*id, sign)));
                }
                (Node::All(_) | Node::One(_), _)
                | (Node::Any(_), Holds)
                | (
                    Node::Properties { .. }
                    | Node::Names(_)
                    | Node::Items { .. }
                    | Node::Contains { .. },
                    Fails,
                ) => facts.pending.push(Union::Of(Literal { id, sign })),
                (Node::Enum(values), Fails) => {
                    let composite = types.meets(TypeSet::ARRAY.union(TypeSet::OBJECT));
                    for (index, value) in values.iter().enumerate() {
                        if composite && value.types(self.arena.literal_integers).meets(types) {
                            facts.pending.push(Union::Differs(id, index));
                        }
                    }
                    if !composite {
                        facts.atoms.push(Literal::fails(id));
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
                    Fails,
                ) => match node.opposite() {
                    Some(opposite) => {
                        let opposite = self.add(opposite, Some(id));
                        work.push(Literal::holds(opposite));
                    }
                    None => return Err(Why::Schema(Some(id))),
                },
                (Node::Required(name), Holds) => {
                    if facts.forbidden.contains(name) {
                        return Err(Why::Absent(Arc::clone(name), Some(id)));
                    }
                    facts.require(name);
                }
                (Node::Required(name), Fails) => {
                    if facts.required.contains(name) {
                        return Err(Why::There(Arc::clone(name), Some(id)));
                    }
                    facts.forbid(name);
                }
                (Node::Exists { keys: Keys { name: Some(name), .. }, schema }, Holds) => {
                    if facts.forbidden.contains(name) {
                        return Err(Why::Absent(Arc::clone(name), Some(id)));
                    }
                    facts.require(name);
                    facts.member(name, Literal::holds(*schema));
                }
                (Node::Exists { keys, schema }, Fails) => {
                    facts.atoms.push(Literal::fails(id));
                    if let Some(name) = keys.only_name() {
                        facts.member(name, Literal::fails(*schema));
                    }
                }
                (Node::Properties { named, patterns, rest }, Holds) => {
                    if !patterns.is_empty() || *rest != NodeId::TRUE {
                        facts.broad.push(id);
                    }
                    for (name, schema) in named {
                        facts.member(name, Literal::holds(*schema));
                    }
                    facts.atoms.push(Literal::holds(id));
                }
                _ => facts.atoms.push(Literal { id, sign }),
            }
        }
        Ok(())
    }

    /// The value of an enumeration.
    pub(super) fn value(&self, id: NodeId, index: usize) -> Json {
        match self.arena.node(id) {
            Node::Enum(values) => values[index].clone(),
            node => unreachable!("an enumeration, not {node:?}"),
        }
    }
}
