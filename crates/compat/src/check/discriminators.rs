//! Checks cases that are told apart by the value of a member.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::checker::{Checker, Flaw, flaw};
use super::known::Known;
use super::required::{Required, values_at};
use crate::json::Json;
use crate::literal::Literal;
use crate::node::Node;
use crate::primitives::NodeId;
use crate::proof::{Path, Step};
use crate::types::TypeSet;

impl<'a> Checker<'a> {
    /// Checks that it is closed whether or not a member has one of some values.
    pub(super) fn by_value(
        &mut self,
        known: &mut Known<'a>,
        among: NodeId,
        cases: &[(NodeId, Arc<Step>)],
        otherwise: &Step,
    ) -> Result<(), Flaw> {
        let listed = |id: NodeId| match self.arena().node(id) {
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
        let all = cases.iter().map(|(case, step)| (Literal::holds(*case), &**step));
        for (literal, step) in all.chain([(Literal::fails(among), otherwise)]) {
            let mark = known.mark();
            if !known.add(literal) {
                self.step(known, step)?;
            }
            known.undo(mark);
        }
        Ok(())
    }

    /// For each part of a union, whether it has other values at the path than what is known leaves.
    pub(super) fn excluded(
        &mut self,
        known: &Known<'a>,
        union: NodeId,
        path: &Path,
    ) -> Result<Vec<bool>, Flaw> {
        if known.types != TypeSet::OBJECT {
            return flaw("the value may be no object");
        }
        let arena = self.arena();
        let Some(left) = values_at(arena, known, path) else {
            return flaw(format!("no values are known at {path:?}"));
        };
        let (Node::Any(parts) | Node::One(parts)) = arena.node(union) else {
            return flaw("no union to tell apart");
        };
        let table = self.tables.entry((union, Arc::clone(path))).or_insert_with(|| {
            let mut required = Required { arena, found: HashMap::new() };
            parts.iter().map(|part| required.values(*part, path, true)).collect()
        });
        let other = |values: &HashSet<Json>| !left.iter().any(|value| values.contains(value));
        Ok(table.iter().map(|values| values.as_deref().is_some_and(other)).collect())
    }
}
