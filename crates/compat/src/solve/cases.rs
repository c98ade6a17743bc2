//! Explores the unions among the facts: those that the facts decide first, then the one with the
//! fewest ways left. A discriminator leaves few of many.

use std::sync::Arc;

use super::discriminator::asked_for;
use super::facts::{Facts, Union};
use super::outcome::{Emptiness, StepEmptiness};
use super::solver::Solver;
use super::ways::{Standing, Way, cases_of};
use crate::budget::Work;
use crate::literal::Literal;
use crate::literal::Sign::{Fails, Holds};
use crate::node::Node;
use crate::primitives::NodeId;
use crate::proof::{Case, Path, Step, Why};
use crate::types::TypeSet;

/// Unions with one way left that follow from each other.
const MAX_FRAMES: usize = 4_000;

/// A step that had only one way on, to be wrapped around the steps that followed.
enum Frame {
    Expand { union: NodeId, parts: Vec<NodeId> },
    Unit { union: Union, part: Option<usize>, by: Option<Path>, closed: Vec<Case>, way: Way },
}

fn wrap(frames: Vec<Frame>, step: Arc<Step>) -> StepEmptiness {
    let step = frames.into_iter().rev().fold(step, |step, frame| {
        Arc::new(match frame {
            Frame::Expand { union, parts } => Step::Expand { union, parts, then: step },
            Frame::Unit { union, part, by, mut closed, way } => {
                closed.push(Case { way: way.number, add: way.add, step });
                Step::Cases(cases_of(union, part, by, closed))
            }
        })
    });
    Emptiness::Empty(step)
}

impl Solver<'_> {
    /// Decides facts, union by union.
    #[allow(clippy::too_many_lines)] // The order in which unions are taken, in one view.
    pub(super) fn cases(&mut self, mut facts: Facts) -> StepEmptiness {
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
                            // How the superset fails: the subset closes most of these ways.
                            Union::Of(Literal { id, sign: Fails })
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
                    Emptiness::Empty(step) => wrap(frames, step),
                    answer => answer,
                };
            };
            if facts.pending.len() > 1 {
                if let Some(step) = self.closed_early(&mut facts) {
                    return wrap(frames, step);
                }
            }
            if facts.types == TypeSet::OBJECT {
                if let Some((name, values)) = asked_for(self.arena, &facts) {
                    return match self.by_value(facts, &name, values) {
                        Emptiness::Empty(step) => wrap(frames, step),
                        answer => answer,
                    };
                }
            }
            let union = facts.pending[index];
            match self.standing(&mut facts, union, 1, true) {
                Standing::Open { ways, closed, part, by } => {
                    facts.pending.swap_remove(index);
                    return match self.split(&facts, union, &ways, closed, part, by) {
                        Emptiness::Empty(step) => wrap(frames, step),
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

    /// Why a member or an item that must exist cannot, whatever comes of the unions: their cases
    /// multiply.
    fn closed_early(&mut self, facts: &mut Facts) -> Option<Arc<Step>> {
        let seen = std::mem::replace(&mut facts.seen, facts.atoms.len());
        if seen == facts.atoms.len() {
            return None;
        }
        match facts.types {
            TypeSet::OBJECT => self.without_home(facts),
            TypeSet::ARRAY => self.without_room(facts),
            _ => None,
        }
    }

    /// Whether choosing a way of the union pins a value that tells others apart.
    fn tells(&mut self, union: Union) -> bool {
        match union {
            Union::Of(Literal { id, sign: Holds }) => {
                self.discriminators.of(self.arena, id).is_some()
            }
            _ => false,
        }
    }

    fn expand(
        &mut self,
        facts: &mut Facts,
        union: Union,
        mut parts: Vec<NodeId>,
        frames: &mut Vec<Frame>,
    ) -> Result<(), Arc<Step>> {
        self.budget.spend(Work::Unions, parts.len() as u64 / 16);
        // What is known to hold is enough: of many parts, no other has to be told.
        if let Some(part) = parts.iter().find(|id| facts.knows(Literal::holds(**id))) {
            parts = vec![*part];
        }
        let literals: Vec<Literal> = parts.iter().map(|id| Literal::fails(*id)).collect();
        let asserted = self.assert_all(facts, &literals);
        frames.push(Frame::Expand { union: union.id(), parts });
        asserted.map_err(|why| Arc::new(Step::Clash(why)))
    }

    /// Adds the literals of a way of a union. A `oneOf` that must not hold goes on waiting for its
    /// second part.
    pub(super) fn take(
        &mut self,
        facts: &mut Facts,
        union: Union,
        part: Option<usize>,
        way: &Way,
    ) -> Result<(), Why> {
        if let (Union::Of(Literal { id, sign: Fails }), None, 1..) = (union, part, way.number) {
            if matches!(self.arena.node(id), Node::One(_)) {
                facts.pending.push(union);
            }
        }
        if let (Union::Of(Literal { id, sign: Holds }), [part, others @ ..]) =
            (union, way.add.as_slice())
        {
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
}
