//! Changes a value, place by place, until it passes a test.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::edits::{Effort, ValueSearch, at, length, without};

/// The same when values are changed.
pub(super) const MUTANTS: Effort = Effort { tries: 3_000, nodes: 1_000_000 };

/// Nodes of the schemas that all tries together may go through.
pub(super) const MAX_VISITS: usize = 100_000_000;

/// Constants of the schemas that are tried in every place of a value.
const MAX_CONSTANTS: usize = 400;

/// Property names that are tried in every object.
const MAX_NAMES: usize = 100;

/// The values and names that are tried in every place of a value.
pub(super) struct Constants<'a> {
    pub(super) pool: Vec<Cow<'a, Value>>,
    names: BTreeSet<String>,
}

impl<'a> Constants<'a> {
    pub(super) fn new() -> Self {
        let pool = [
            Value::Null,
            Value::Bool(true),
            Value::Bool(false),
            0.into(),
            1.into(),
            (-1).into(),
            0.5.into(),
            "".into(),
            "a".into(),
            Value::Array(vec![]),
            Value::Object(Map::new()),
        ];
        let names = BTreeSet::from(["x".to_owned()]);
        Self { pool: pool.map(Cow::Owned).into(), names }
    }

    fn value(&mut self, value: Cow<'a, Value>) {
        if self.pool.len() < MAX_CONSTANTS {
            self.pool.push(value);
        }
    }

    fn name(&mut self, name: &str) {
        let full = self.names.len() >= MAX_NAMES;
        // The first in the order of the alphabet, whatever the order in which they come.
        if full && self.names.last().is_some_and(|last| name >= last.as_str()) {
            return;
        }
        if self.names.insert(name.to_owned()) && full {
            self.names.pop_last();
        }
    }

    /// The values and names that a schema speaks of, and the neighbours of its bounds.
    pub(super) fn collect(&mut self, schema: &'a Value) {
        let mut work = vec![schema];
        while let Some(value) = work.pop() {
            match value {
                Value::Object(members) => {
                    for (key, member) in members {
                        self.keyword(key, member);
                        work.push(member);
                    }
                }
                Value::Array(items) => work.extend(items),
                _ => {}
            }
        }
    }

    fn keyword(&mut self, key: &str, member: &'a Value) {
        match (key, member) {
            ("const", value) => self.value(Cow::Borrowed(value)),
            ("enum", Value::Array(values)) => {
                values.iter().take(MAX_CONSTANTS).for_each(|v| self.value(Cow::Borrowed(v)));
            }
            ("required", Value::Array(required)) => {
                required.iter().filter_map(Value::as_str).for_each(|name| self.name(name));
            }
            ("properties", Value::Object(properties)) => {
                properties.keys().for_each(|name| self.name(name));
            }
            (_, Value::Number(number)) => {
                self.value(Cow::Borrowed(member));
                if let Some(n) = number.as_i64() {
                    self.value(Cow::Owned(n.saturating_add(1).into()));
                    self.value(Cow::Owned(n.saturating_sub(1).into()));
                }
            }
            _ => {}
        }
    }
}

impl ValueSearch<'_> {
    /// Changes one place: a member or item more, less or other.
    pub(super) fn mutated(
        &mut self,
        root: &mut Value,
        path: &mut Vec<usize>,
        constants: &Constants<'_>,
    ) -> Option<bool> {
        match at(root, path) {
            Value::Array(items) => {
                let first = items.first().cloned();
                let new = constants.pool.iter().map(|value| value.clone().into_owned());
                for new in new.chain(first) {
                    if let Value::Array(items) = at(root, path) {
                        items.push(new);
                    }
                    if self.test(root)? {
                        return Some(true);
                    }
                    if let Value::Array(items) = at(root, path) {
                        items.pop();
                    }
                }
            }
            Value::Object(_) => {
                for name in &constants.names {
                    let Value::Object(members) = at(root, path) else { break };
                    if let Some(index) = members.keys().position(|key| key == name) {
                        let fewer = without(at(root, path), index, 1);
                        if self.test_with(root, path, fewer)? {
                            return Some(true);
                        }
                        continue;
                    }
                    for new in &constants.pool {
                        if let Value::Object(members) = at(root, path) {
                            members.insert(name.clone(), new.clone().into_owned());
                        }
                        if self.test(root)? {
                            return Some(true);
                        }
                        if let Value::Object(members) = at(root, path) {
                            members.remove(name);
                        }
                    }
                }
            }
            _ => return Some(false),
        }
        for index in 0..length(at(root, path)) {
            path.push(index);
            for new in &constants.pool {
                if self.test_with(root, path, new.clone().into_owned())? {
                    return Some(true);
                }
            }
            let found = self.mutated(root, path, constants);
            path.pop();
            if found? {
                return Some(true);
            }
        }
        Some(false)
    }
}
