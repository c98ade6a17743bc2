//! Witnesses: values that the sub accepts and the super rejects, verified, and as small as found.

mod copy;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use jsonschema::paths::Location;
use jsonschema::{Draft, Keyword, ValidationError, Validator};
use serde_json::{Map, Value};

use crate::eval::{Judge, Strings};
use crate::json::Json;
use crate::node::Id;
use crate::{Error, Schema, Side};

/// Values tried when one is made smaller, and the nodes of all of them together.
const SHRINKS: Budget = Budget { tries: 400, nodes: 400_000 };
/// The same when members of large containers are taken out by the chunk.
const CHUNKS: Budget = Budget { tries: 4_000, nodes: 400_000 };
/// The same when values are changed.
const MUTANTS: Budget = Budget { tries: 3_000, nodes: 1_000_000 };
/// Members or items beyond which a container is taken apart by the chunk.
const MAX_SINGLE: usize = 16;
/// Constants of the schemas that are tried in every place of a value.
const MAX_CONSTANTS: usize = 400;
/// Property names that are tried in every object.
const MAX_NAMES: usize = 100;
/// Violations told of one witness.
const MAX_VIOLATIONS: usize = 20;
/// Bytes of a violation's message.
const MAX_MESSAGE: usize = 1_000;

/// An instance of the sub that is none of the super, checked by the `jsonschema` validator.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The value.
    pub instance: Value,
    /// Why the super rejects it; never empty.
    pub violations: Vec<Violation>,
}

/// One reason why a schema rejects a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where in the value (JSON Pointer).
    pub instance: String,
    /// The keyword in the super (JSON Pointer).
    pub keyword: String,
    /// What the validator says.
    pub message: String,
}

pub(crate) struct Refuter<'a> {
    // `None` where one would not fit the stack: nothing is checked then.
    sub: Option<Validator>,
    sup: Option<Validator>,
    documents: [&'a Schema; 2],
    draft: Draft,
    slow: Cell<bool>,
    formats: RefCell<HashMap<String, Option<Validator>>>,
}

/// How often the validator may look at the innermost values of an instance.
const MAX_PATHS: u64 = 3_000_000;
/// The same, when it explains what it rejects: then no branch is left out.
const MAX_EXPLAINED_PATHS: u64 = 2_000;

/// A keyword that never rejects.
struct Annotation;

impl<'i> Keyword<'i> for Annotation {
    fn validate(&self, _: &'i Value) -> Result<(), ValidationError<'i>> {
        Ok(())
    }

    fn is_valid(&self, _: &'i Value) -> bool {
        true
    }
}

#[allow(clippy::unnecessary_wraps)] // The signature of a keyword's factory.
fn annotation<'a>(
    _: &'a Map<String, Value>,
    _: &'a Value,
    _: Location,
) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    Ok(Box::new(Annotation))
}

fn validator(schema: &Value, draft: Draft, formats: bool, side: Side) -> Result<Validator, Error> {
    let build = || {
        jsonschema::options()
            .with_draft(draft)
            .should_validate_formats(formats)
            // The validator would assert them in the drafts 6 and 7.
            .with_keyword("contentEncoding", annotation)
            .with_keyword("contentMediaType", annotation)
            .offline()
            .build(schema)
            .map_err(|error| invalid(&error, side))
    };
    // It has panicked on identifiers that it did not expect.
    std::panic::catch_unwind(build).unwrap_or_else(|_| {
        let message = "the `jsonschema` validator cannot read this document".to_owned();
        Err(Error::Schema { side, pointer: String::new(), message })
    })
}

fn invalid(error: &ValidationError<'_>, side: Side) -> Error {
    Error::Schema { side, pointer: error.instance_path().to_string(), message: error.to_string() }
}

/// The validator of a document that follows its meta-schema; `None` if it would need too much stack.
fn document_validator(
    schema: &Value,
    draft: Draft,
    formats: bool,
    side: Side,
) -> Result<Option<Validator>, Error> {
    match copy::same_meaning(schema, draft) {
        copy::Copy::NotNeeded => validator(schema, draft, formats, side).map(Some),
        copy::Copy::TooDeep => Ok(None),
        copy::Copy::Made(copy) => validator(&copy, draft, formats, side).map(Some),
    }
}

pub(crate) fn follows_meta_schema(schema: &Value, draft: Draft, side: Side) -> Result<(), Error> {
    match draft {
        Draft::Draft4 => jsonschema::draft4::meta::validate(schema),
        Draft::Draft6 => jsonschema::draft6::meta::validate(schema),
        Draft::Draft7 => jsonschema::draft7::meta::validate(schema),
        Draft::Draft201909 => jsonschema::draft201909::meta::validate(schema),
        _ => jsonschema::draft202012::meta::validate(schema),
    }
    .map_err(|error| invalid(&error, side))
}

impl Strings for Refuter<'_> {
    fn has_format(&self, format: &str, text: &str) -> Option<bool> {
        let valid = self.is_valid(&serde_json::json!({ "format": format }), text)?;
        // The validator takes anything with a non-ASCII reading for one of these.
        let doubtful = match format {
            "idn-email" => {
                !text.split_once('@').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty())
            }
            "idn-hostname" => {
                text.split('.').any(|l| l.is_empty() || l.starts_with('-') || l.ends_with('-'))
            }
            _ => false,
        };
        (!valid || !doubtful).then_some(valid)
    }

    fn has_content(&self, schema: &str, text: &str) -> Option<bool> {
        self.is_valid(&serde_json::from_str(schema).ok()?, text)
    }
}

impl<'a> Refuter<'a> {
    pub(crate) fn new(
        sub: &'a Schema,
        sup: &'a Schema,
        draft: Draft,
        formats: bool,
    ) -> Result<Self, Error> {
        Ok(Self {
            sub: document_validator(sub.value(), draft, formats, Side::Sub)?,
            sup: document_validator(sup.value(), draft, formats, Side::Super)?,
            documents: [sub, sup],
            draft,
            slow: Cell::new(false),
            formats: RefCell::default(),
        })
    }

    /// Whether the text is valid by a schema of its own.
    fn is_valid(&self, schema: &Value, text: &str) -> Option<bool> {
        let mut formats = self.formats.borrow_mut();
        let validator = formats.entry(schema.to_string()).or_insert_with(|| {
            jsonschema::options()
                .with_draft(self.draft)
                .should_validate_formats(true)
                .offline()
                .build(schema)
                .ok()
        });
        Some(validator.as_ref()?.is_valid(&Value::String(text.to_owned())))
    }

    /// The witness that the value is, shrunk, or `None` if it is none.
    pub(crate) fn check(
        &self,
        judge: &Judge<'_>,
        left: Id,
        right: Id,
        value: &Json,
    ) -> Option<Witness> {
        let mut instance = value.to_value()?;
        let refutes = |value: &Value| self.refutes(judge, left, right, value);
        if !refutes(&instance) {
            return None;
        }
        let mut chunks = Search { test: &refutes, left: CHUNKS };
        chunks.without_chunks(&mut instance, &mut Vec::new());
        let mut singles = Search { test: &refutes, left: SHRINKS };
        while singles.without_one(&mut instance, &mut Vec::new()) == Some(true) {}
        let violations = if Self::paths(judge, &instance) > MAX_EXPLAINED_PATHS {
            let (schema, at) = judge.failing(right, &Json::read(&instance, &|_| None));
            let keyword = judge.arena().place(schema).map_or(String::new(), |place| place.pointer);
            let message = "the value is rejected by this schema".to_owned();
            vec![Violation { instance: at, keyword, message }]
        } else {
            self.sup
                .as_ref()?
                .iter_errors(&instance)
                .take(MAX_VIOLATIONS)
                .map(|error| Violation {
                    instance: error.instance_path().to_string(),
                    keyword: error.schema_path().to_string(),
                    message: Short::of(&error),
                })
                .collect()
        };
        Some(Witness { instance, violations })
    }

    /// Whether the validator is done with the value in reasonable time.
    fn is_quick(&self, judge: &Judge<'_>, value: &Value) -> bool {
        let quick = Self::paths(judge, value) <= MAX_PATHS;
        self.slow.set(self.slow.get() || !quick);
        quick
    }

    /// Whether a value was not shown to the validator, as it would have taken too long.
    pub(crate) fn was_slow(&self) -> bool {
        self.slow.get() || self.sub.is_none() || self.sup.is_none()
    }

    /// How often the validator may look at the innermost values, at worst: it tries the branches of
    /// a recursive union anew at every level.
    fn paths(judge: &Judge<'_>, instance: &Value) -> u64 {
        let (mut deepest, mut work) = (0, vec![(instance, 0)]);
        while let Some((value, depth)) = work.pop() {
            deepest = deepest.max(depth);
            match value {
                Value::Array(items) => work.extend(items.iter().map(|v| (v, depth + 1))),
                Value::Object(members) => work.extend(members.values().map(|v| (v, depth + 1))),
                _ => {}
            }
        }
        judge.arena().widest_recursion().saturating_pow(deepest)
    }

    /// Both the normal form and the validator must agree; the former is asked first, as it looks at
    /// no part of a value twice.
    fn refutes(&self, judge: &Judge<'_>, left: Id, right: Id, value: &Value) -> bool {
        let (Some(sub), Some(sup)) = (&self.sub, &self.sup) else { return false };
        let exact = Json::read(value, &|_| None);
        judge.holds(left, &exact) == Some(true)
            && judge.holds(right, &exact) == Some(false)
            && self.is_quick(judge, value)
            && sub.is_valid(value)
            && !sup.is_valid(value)
    }

    /// Looks for a witness by changing one place at a time in known values.
    pub(crate) fn mutate(
        &self,
        judge: &Judge<'_>,
        left: Id,
        right: Id,
        seeds: &[Json],
    ) -> Option<Witness> {
        if self.sub.is_none() || self.sup.is_none() {
            return None;
        }
        let mut constants = Constants::new();
        for document in self.documents {
            constants.collect(document.value());
        }
        let refutes = |value: &Value| self.refutes(judge, left, right, value);
        let mut search = Search { test: &refutes, left: MUTANTS };
        let pool = &constants.pool;
        let seeds = seeds.iter().filter_map(Json::to_value);
        for mut seed in seeds.chain(pool.iter().map(|value| value.clone().into_owned())) {
            let found = match search.test(&seed) {
                Some(false) => search.mutated(&mut seed, &mut Vec::new(), &constants),
                found => found,
            };
            if found? {
                return self.check(judge, left, right, &Json::read(&seed, &|_| None));
            }
        }
        None
    }
}

/// What a search may still do.
#[derive(Clone, Copy)]
struct Budget {
    tries: usize,
    /// Nodes of the values tried: what judging a value takes grows with them.
    nodes: usize,
}

/// A search for values that pass a test, one at a time: a value is changed in place, tried, and
/// restored. Its methods leave in `root` the value that passed (`Some(true)`) or the one they were
/// given (`Some(false)`: none passed); `None`: the budget is spent. `path` leads from `root` to
/// where they work, by positions.
struct Search<'a> {
    test: &'a dyn Fn(&Value) -> bool,
    left: Budget,
}

impl Search<'_> {
    fn test(&mut self, value: &Value) -> Option<bool> {
        self.left.tries = self.left.tries.checked_sub(1)?;
        self.left.nodes = self.left.nodes.checked_sub(nodes(value))?;
        Some((self.test)(value))
    }

    /// Tries the value with another one in a place, and keeps it there if it passes.
    fn test_with(&mut self, root: &mut Value, path: &[usize], new: Value) -> Option<bool> {
        let old = std::mem::replace(at(root, path), new);
        let found = self.test(root);
        if found != Some(true) {
            *at(root, path) = old;
        }
        found
    }

    /// Takes chunks out of every large container, the largest chunks first.
    fn without_chunks(&mut self, root: &mut Value, path: &mut Vec<usize>) -> Option<()> {
        let mut length = length(at(root, path));
        let mut chunk = if length > MAX_SINGLE { length / 2 } else { 0 };
        while chunk > 0 {
            let mut start = 0;
            while start < length {
                let fewer = without(at(root, path), start, chunk);
                if self.test_with(root, path, fewer)? {
                    length -= chunk.min(length - start);
                } else {
                    start += chunk;
                }
            }
            chunk /= 2;
        }
        for index in containers(at(root, path)) {
            path.push(index);
            let more = self.without_chunks(root, path);
            path.pop();
            more?;
        }
        Some(())
    }

    /// Takes out one member or item, an outer one before those inside of it.
    fn without_one(&mut self, root: &mut Value, path: &mut Vec<usize>) -> Option<bool> {
        for index in 0..length(at(root, path)) {
            let fewer = without(at(root, path), index, 1);
            if self.test_with(root, path, fewer)? {
                return Some(true);
            }
        }
        for index in containers(at(root, path)) {
            path.push(index);
            let found = self.without_one(root, path);
            path.pop();
            if found? {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Changes one place: a member or item more, less or other.
    fn mutated(
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

/// The value at a path of positions.
fn at<'v>(root: &'v mut Value, path: &[usize]) -> &'v mut Value {
    path.iter().fold(root, |value, index| match value {
        Value::Array(items) => &mut items[*index],
        Value::Object(members) => members.values_mut().nth(*index).expect("a path into the value"),
        _ => unreachable!("a path leads through containers"),
    })
}

fn length(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}

/// The positions of members or items that have some of their own.
fn containers(value: &Value) -> Vec<usize> {
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
fn without(value: &Value, start: usize, count: usize) -> Value {
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

fn nodes(value: &Value) -> usize {
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

/// Text up to a length.
struct Short(String);

impl Short {
    /// What `text` says; a long one is cut before all of it is written.
    fn of(text: &dyn std::fmt::Display) -> String {
        let mut short = Self(String::new());
        if write!(short, "{text}").is_err() {
            short.0.push_str("...");
        }
        short.0
    }
}

impl Write for Short {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let mut end = text.len().min(MAX_MESSAGE.saturating_sub(self.0.len()));
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.0.push_str(&text[..end]);
        if end < text.len() { Err(std::fmt::Error) } else { Ok(()) }
    }
}

/// What is tried in every place of a value.
struct Constants<'a> {
    pool: Vec<Cow<'a, Value>>,
    names: BTreeSet<String>,
}

impl<'a> Constants<'a> {
    fn new() -> Self {
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
    fn collect(&mut self, schema: &'a Value) {
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
