//! A copy of a large document that means the same and costs the validator less: what it takes to
//! compile a reference grows with the references on the way to it.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::address::Address;
use crate::draft::Draft;

/// Values in a document from which on it is looked at.
const LARGE: usize = 10_000;
/// References within references that the validator can follow on its stack.
const MAX_REFERENCES: usize = 3_000;
/// Bytes of remarks in a document from which on a copy without them takes less memory.
const MANY_REMARKS: usize = 1_000_000;
/// Strings that no reference leads to and that say nothing about values. The validator would keep
/// a copy of each.
const REMARKS: [&str; 3] = ["title", "description", "$comment"];

/// Where a reference leads that is being followed; no reference is spelled like this.
const OPEN: &str = "";

pub(super) enum Simplified {
    /// The document itself will do.
    NotNeeded,
    Made(Value),
    /// References lead too deep.
    TooDeep,
}

/// A copy without remarks, in which a reference to a schema that is but a reference leads to where
/// that one leads.
pub(super) fn same_meaning(document: &Value, draft: Draft) -> Simplified {
    if !is_large(document) || has_resources(document, draft) {
        return Simplified::NotNeeded;
    }
    let targets = HashMap::new();
    let mut references =
        References { document, draft, targets, schemas: HashSet::new(), circle: false, remarks: 0 };
    match references.read() {
        None if references.circle => Simplified::TooDeep,
        Some(depth) if depth > MAX_REFERENCES => Simplified::TooDeep,
        Some(_) if references.is_worth_it() => Simplified::Made(references.copy(document)),
        // Else it refers by other means than pointers from its root, or is as good as a copy.
        None | Some(_) => Simplified::NotNeeded,
    }
}

fn is_large(document: &Value) -> bool {
    let (mut count, mut work) = (0, vec![document]);
    while let Some(value) = work.pop() {
        count += 1;
        match value {
            Value::Array(items) => work.extend(items),
            Value::Object(members) => work.extend(members.values()),
            _ => {}
        }
        if count + work.len() >= LARGE {
            return true;
        }
    }
    false
}

/// Whether a pointer from the root may lead into another resource.
fn has_resources(document: &Value, draft: Draft) -> bool {
    let id = if draft == Draft::Draft4 { "id" } else { "$id" };
    let mut work = vec![document];
    while let Some(value) = work.pop() {
        match value {
            Value::Array(items) => work.extend(items),
            Value::Object(members) => {
                if !std::ptr::eq(value, document)
                    && [id, "$schema"]
                        .iter()
                        .any(|key| members.get(*key).is_some_and(Value::is_string))
                {
                    return true;
                }
                work.extend(members.values());
            }
            _ => {}
        }
    }
    false
}

struct References<'d> {
    document: &'d Value,
    draft: Draft,
    /// Where a pointer leads in the end.
    targets: HashMap<&'d str, &'d str>,
    /// The schemas that the root reaches.
    schemas: HashSet<Address>,
    /// Whether references that are nothing else lead to each other.
    circle: bool,
    /// Bytes of remarks.
    remarks: usize,
}

fn is_remark(keyword: &str, value: &Value) -> bool {
    value.is_string() && REMARKS.contains(&keyword)
}

/// The reference that a schema consists of, remarks aside.
fn only_reference(schema: &Value) -> Option<&str> {
    let members = schema.as_object()?;
    let reference = members.get("$ref")?.as_str()?;
    members.iter().all(|(key, value)| key == "$ref" || is_remark(key, value)).then_some(reference)
}

impl<'d> References<'d> {
    /// Finds the schemas and references that the root reaches; how many references lie within each
    /// other. `None` if one is not the plain pointer from the root that is understood here.
    fn read(&mut self) -> Option<usize> {
        let mut deepest = 0;
        let mut work = vec![(self.document, 0)];
        while let Some((schema, depth)) = work.pop() {
            let Value::Object(members) = schema else { continue };
            if !self.schemas.insert(Address::of(schema)) {
                continue;
            }
            deepest = deepest.max(depth);
            let remarks = REMARKS.iter().filter_map(|key| members.get(*key)?.as_str());
            self.remarks += remarks.map(str::len).sum::<usize>();
            if ["$dynamicRef", "$recursiveRef"].iter().any(|key| members.contains_key(*key)) {
                return None;
            }
            // Definitions are not reached by being there.
            let definitions: HashSet<Address> = ["$defs", "definitions"]
                .iter()
                .filter_map(|key| members.get(*key)?.as_object())
                .flat_map(|definitions| definitions.values().map(Address::of))
                .collect();
            let inner = self.draft.validator().subresources_of(schema);
            let inner = inner.filter(|inner| !definitions.contains(&Address::of(inner)));
            work.extend(inner.map(|inner| (inner, depth)));
            if let Some(Value::String(reference)) = members.get("$ref") {
                let target = self.target(reference)?;
                work.push((self.pointed(target)?, depth + 1));
            }
        }
        Some(deepest)
    }

    fn is_worth_it(&self) -> bool {
        self.remarks >= MANY_REMARKS || self.targets.iter().any(|(from, to)| from != to)
    }

    /// The value at a plain pointer from the root.
    fn pointed(&self, reference: &str) -> Option<&'d Value> {
        let pointer = reference.strip_prefix('#')?;
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte);
        if !pointer.bytes().all(is_plain) {
            return None;
        }
        // What a keyword compares with stays as it is, even if it serves as a schema too.
        if pointer.split('/').any(|name| name == "const" || name == "enum") {
            return None;
        }
        self.document.pointer(pointer)
    }

    /// Where a reference leads when those that it leads to are followed.
    fn target(&mut self, reference: &'d str) -> Option<&'d str> {
        let mut passed = Vec::new();
        let mut last = reference;
        let end = loop {
            match self.targets.get(last) {
                Some(&OPEN) => {
                    self.circle = true;
                    return None;
                }
                Some(known) => break *known,
                None => {}
            }
            let next = only_reference(self.pointed(last)?);
            self.targets.insert(last, if next.is_some() { OPEN } else { last });
            let Some(next) = next else { break last };
            passed.push(last);
            last = next;
        };
        self.targets.extend(passed.into_iter().map(|passed| (passed, end)));
        Some(end)
    }

    fn copy(&self, value: &Value) -> Value {
        match value {
            Value::Object(members) if self.schemas.contains(&Address::of(value)) => {
                let members = members.iter().filter(|(key, member)| !is_remark(key, member));
                Value::Object(
                    members.map(|(key, member)| (key.clone(), self.member(key, member))).collect(),
                )
            }
            Value::Object(members) => Value::Object(
                members.iter().map(|(key, member)| (key.clone(), self.copy(member))).collect(),
            ),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.copy(item)).collect()),
            other => other.clone(),
        }
    }

    /// The copy of what a schema has under a keyword.
    fn member(&self, keyword: &str, member: &Value) -> Value {
        match (keyword, member) {
            ("$ref", Value::String(reference)) => {
                let target = self.targets.get(reference.as_str());
                Value::String((*target.unwrap_or(&reference.as_str())).to_owned())
            }
            ("$defs" | "definitions", Value::Object(definitions)) => {
                // Nothing refers to these any longer.
                let passed = |schema: &Value| {
                    only_reference(schema).is_some_and(|to| self.targets.contains_key(to))
                };
                let definitions = definitions.iter().filter(|(_, schema)| !passed(schema));
                let copies = definitions.map(|(name, schema)| (name.clone(), self.copy(schema)));
                Value::Object(copies.collect::<Map<_, _>>())
            }
            (_, member) => self.copy(member),
        }
    }
}
