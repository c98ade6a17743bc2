//! A search for values that pass a test by changing one value, one place at a time.

use serde_json::Value;

/// The work that a search may still do.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    pub(super) tries: usize,
    /// Nodes of the values tried: judging a value takes time in proportion.
    pub(super) nodes: usize,
}

/// A search for values that pass a test, one at a time: a value is changed in place, tried, and
/// restored. Its methods leave in `root` the value that passed (`Some(true)`) or the one they were
/// given (`Some(false)`: none passed); `None`: the budget is spent. `path` leads from `root` to
/// where they work, by positions.
pub(super) struct ValueSearch<'a> {
    pub(super) test: &'a dyn Fn(&Value) -> bool,
    pub(super) left: Effort,
}

impl ValueSearch<'_> {
    pub(super) fn test(&mut self, value: &Value) -> Option<bool> {
        self.left.tries = self.left.tries.checked_sub(1)?;
        self.left.nodes = self.left.nodes.checked_sub(nodes(value))?;
        Some((self.test)(value))
    }

    /// Tries the value with another one in a place, and keeps it there if it passes.
    pub(super) fn test_with(
        &mut self,
        root: &mut Value,
        path: &[usize],
        new: Value,
    ) -> Option<bool> {
        let old = std::mem::replace(at(root, path), new);
        let found = self.test(root);
        if found != Some(true) {
            *at(root, path) = old;
        }
        found
    }
}

/// The value at a path of positions.
pub(super) fn at<'v>(root: &'v mut Value, path: &[usize]) -> &'v mut Value {
    path.iter().fold(root, |value, index| match value {
        Value::Array(items) => &mut items[*index],
        Value::Object(members) => members.values_mut().nth(*index).expect("a path into the value"),
        _ => unreachable!("a path leads through containers"),
    })
}

pub(super) fn length(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}

/// The positions of members or items that have some of their own.
pub(super) fn containers(value: &Value) -> Vec<usize> {
    let positions = |values: &mut dyn Iterator<Item = &Value>| {
        values.enumerate().filter(|(_, v)| length(v) > 0).map(|(index, _)| index).collect()
    };
    match value {
        Value::Array(items) => positions(&mut items.iter()),
        Value::Object(members) => positions(&mut members.values()),
        _ => Vec::new(),
    }
}

/// The container without `count` members or items from a position on.
pub(super) fn without(value: &Value, start: usize, count: usize) -> Value {
    let kept = |index: usize| index < start || index >= start + count;
    match value {
        Value::Array(items) => {
            let items = items.iter().enumerate().filter(|(index, _)| kept(*index));
            Value::Array(items.map(|(_, item)| item.clone()).collect())
        }
        Value::Object(members) => {
            let members = members.iter().enumerate().filter(|(index, _)| kept(*index));
            Value::Object(members.map(|(_, (k, v))| (k.clone(), v.clone())).collect())
        }
        other => other.clone(),
    }
}

pub(super) fn nodes(value: &Value) -> usize {
    let (mut count, mut work) = (0, vec![value]);
    while let Some(value) = work.pop() {
        count += 1;
        match value {
            Value::Array(items) => work.extend(items),
            Value::Object(members) => work.extend(members.values()),
            _ => {}
        }
    }
    count
}
