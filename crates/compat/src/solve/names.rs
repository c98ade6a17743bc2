//! The names that no schema speaks of one by one, in groups that all assertions treat alike.

use std::sync::Arc;

use super::members::Objects;
use super::outcome::Emptiness;
use super::solver::Solver;
use crate::json::Json;
use crate::literal::Literal;
use crate::node::Node;
use crate::primitives::{LemmaId, NodeId, PatternId};
use crate::proof::Cell;
use crate::types::TypeSet;

/// Different patterns for names that are told apart; their combinations are explored.
const MAX_PATTERNS: usize = 64;

/// Combinations of patterns that some name has.
const MAX_CELLS: usize = 128;

/// A set of names not spoken of one by one that all assertions treat alike, and what their members
/// must meet.
pub(super) struct Group {
    pub(super) names: Vec<Literal>,
    pub(super) member: Vec<Literal>,
    pub(super) sample: Option<Arc<str>>,
}

/// How the names are told apart.
pub(super) enum Tree {
    Split { pattern: NodeId, without: Box<Tree>, with: Box<Tree> },
    NoName(LemmaId),
    Group(usize),
}

impl Tree {
    /// The proof about all names from what was found for each group.
    pub(super) fn close(&self, groups: &[Cell]) -> Cell {
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
pub(super) struct Names {
    pub(super) groups: Vec<Group>,
    pub(super) tree: Option<Tree>,
}

impl Solver<'_> {
    /// The groups of the names beyond `objects.keys`.
    pub(super) fn name_groups(&mut self, objects: &Objects) -> Names {
        let mut names = Names { groups: Vec::new(), tree: None };
        if objects.patterns.len() > MAX_PATTERNS {
            return names;
        }
        let known: Vec<Json> = objects.keys.iter().map(|k| Json::String(Arc::clone(k))).collect();
        let mut base = vec![Literal::holds(self.arena.types(TypeSet::STRING))];
        base.extend(objects.names.iter().map(|id| Literal::holds(*id)));
        let known = self.enumeration(known);
        base.push(Literal::fails(known));
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
            Emptiness::Empty(lemma) => return Some(Tree::NoName(lemma)),
            Emptiness::Full(Json::String(name)) => Some(name),
            _ => None,
        };
        if let Some(pattern) = objects.patterns.get(at) {
            let id = self.add(Node::Pattern(*pattern), None);
            let (mut without, mut with) = (names.clone(), names);
            without.push(Literal::fails(id));
            with.push(Literal::holds(id));
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
        let mut member = vec![Literal::holds(NodeId::TRUE)];
        for node in &objects.universals {
            let Node::Properties { patterns, rest, .. } = &**node else { continue };
            let before = member.len();
            member.extend(
                patterns
                    .iter()
                    .filter(|(pattern, _)| matched.contains(pattern))
                    .map(|(_, id)| Literal::holds(*id)),
            );
            if member.len() == before {
                member.push(Literal::holds(*rest));
            }
        }
        groups.push(Group { names, member, sample });
        Some(Tree::Group(groups.len() - 1))
    }
}
