//! Witnesses: values that the sub accepts and the super rejects, verified, and as small as found.

use std::cell::RefCell;
use std::collections::HashMap;

use jsonschema::{Draft, Validator};
use serde_json::Value;

use crate::eval::{Judge, Strings};
use crate::json::Json;
use crate::node::Id;
use crate::{Error, Schema, Side};

/// Values tried when one is made smaller.
const MAX_SHRINKS: usize = 400;
/// Values tried by mutation.
const MAX_MUTANTS: usize = 3_000;

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
    sub: Validator,
    sup: Validator,
    documents: [&'a Schema; 2],
    draft: Draft,
    formats: RefCell<HashMap<String, Option<Validator>>>,
}

// The thread that decides is the only one that looks at formats; the other waits for it.
pub(crate) fn validator(
    schema: &Value,
    draft: Draft,
    formats: bool,
    side: Side,
) -> Result<Validator, Error> {
    jsonschema::options()
        .with_draft(draft)
        .should_validate_formats(formats)
        .offline()
        .build(schema)
        .map_err(|error| Error::Schema {
            side,
            pointer: error.instance_path().to_string(),
            message: error.to_string(),
        })
}

impl Strings for Refuter<'_> {
    fn has_format(&self, format: &str, text: &str) -> Option<bool> {
        self.is_valid(serde_json::json!({ "format": format }), text)
    }

    fn has_content(&self, schema: &str, text: &str) -> Option<bool> {
        self.is_valid(serde_json::from_str(schema).ok()?, text)
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
            sub: validator(sub.value(), draft, formats, Side::Sub)?,
            sup: validator(sup.value(), draft, formats, Side::Super)?,
            documents: [sub, sup],
            draft,
            formats: RefCell::default(),
        })
    }

    /// Whether the text is valid by a schema of its own.
    fn is_valid(&self, schema: Value, text: &str) -> Option<bool> {
        let mut formats = self.formats.borrow_mut();
        let validator = formats.entry(schema.to_string()).or_insert_with(|| {
            jsonschema::options()
                .with_draft(self.draft)
                .should_validate_formats(true)
                .offline()
                .build(&schema)
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
        let value = value.to_value()?;
        if !self.refutes(judge, left, right, &value) {
            return None;
        }
        let instance = self.shrink(judge, left, right, value);
        let violations = self
            .sup
            .iter_errors(&instance)
            .map(|error| Violation {
                instance: error.instance_path().to_string(),
                keyword: error.schema_path().to_string(),
                message: error.to_string(),
            })
            .collect();
        Some(Witness { instance, violations })
    }

    /// Both the validator and the normal form must agree, as far as the latter knows.
    fn refutes(&self, judge: &Judge<'_>, left: Id, right: Id, value: &Value) -> bool {
        if !self.sub.is_valid(value) || self.sup.is_valid(value) {
            return false;
        }
        let exact = Json::read(value, &|_| None);
        let (sub, sup) = (judge.holds(left, &exact), judge.holds(right, &exact));
        if judge.arena.disputed {
            // The validator has one of two readings.
            return (sub, sup) == (Some(true), Some(false));
        }
        sub != Some(false) && sup != Some(true)
    }

    fn shrink(&self, judge: &Judge<'_>, left: Id, right: Id, mut value: Value) -> Value {
        let mut tries = 0;
        'again: loop {
            let mut smaller = Vec::new();
            simpler(&value, &mut smaller);
            for candidate in smaller {
                tries += 1;
                if tries > MAX_SHRINKS {
                    return value;
                }
                if self.refutes(judge, left, right, &candidate) {
                    value = candidate;
                    continue 'again;
                }
            }
            return value;
        }
    }

    /// Looks for a witness by changing one place at a time in known values.
    pub(crate) fn mutate(
        &self,
        judge: &Judge<'_>,
        left: Id,
        right: Id,
        seeds: &[Json],
    ) -> Option<Witness> {
        let mut pool = vec![
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
            Value::Object(serde_json::Map::new()),
        ];
        let mut names = vec!["x".to_owned()];
        for document in self.documents {
            constants(document.value(), &mut pool, &mut names);
        }
        names.sort();
        names.dedup();
        pool.truncate(400);
        names.truncate(100);
        let mut tries = 0;
        let mut seeds: Vec<Value> = seeds.iter().filter_map(Json::to_value).collect();
        seeds.extend(pool.iter().cloned());
        for seed in seeds {
            let mut mutants = vec![seed.clone()];
            mutants_of(&seed, &pool, &names, &mut mutants);
            for mutant in mutants {
                tries += 1;
                if tries > MAX_MUTANTS {
                    return None;
                }
                if self.refutes(judge, left, right, &mutant) {
                    return self.check(judge, left, right, &Json::read(&mutant, &|_| None));
                }
            }
        }
        None
    }
}

/// Values that are smaller by one step, the smallest first.
fn simpler(value: &Value, out: &mut Vec<Value>) {
    match value {
        Value::Array(items) => {
            for index in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(index);
                out.push(Value::Array(fewer));
            }
            for (index, item) in items.iter().enumerate() {
                let mut inner = Vec::new();
                simpler(item, &mut inner);
                for item in inner {
                    let mut changed = items.clone();
                    changed[index] = item;
                    out.push(Value::Array(changed));
                }
            }
        }
        Value::Object(members) => {
            for name in members.keys() {
                let mut fewer = members.clone();
                fewer.remove(name);
                out.push(Value::Object(fewer));
            }
            for (name, member) in members {
                let mut inner = Vec::new();
                simpler(member, &mut inner);
                for member in inner {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), member);
                    out.push(Value::Object(changed));
                }
            }
        }
        _ => {}
    }
}

/// The values and names that a schema speaks of, and the neighbours of its bounds.
fn constants(schema: &Value, pool: &mut Vec<Value>, names: &mut Vec<String>) {
    let mut work = vec![schema];
    while let Some(value) = work.pop() {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    match (key.as_str(), member) {
                        ("const", value) => pool.push(value.clone()),
                        ("enum", Value::Array(values)) => pool.extend(values.iter().cloned()),
                        ("required", Value::Array(required)) => names
                            .extend(required.iter().filter_map(|v| v.as_str().map(str::to_owned))),
                        ("properties", Value::Object(properties)) => {
                            names.extend(properties.keys().cloned());
                        }
                        (_, Value::Number(number)) => {
                            pool.push(member.clone());
                            if let Some(n) = number.as_i64() {
                                pool.push(n.saturating_add(1).into());
                                pool.push(n.saturating_sub(1).into());
                            }
                        }
                        _ => {}
                    }
                    work.push(member);
                }
            }
            Value::Array(items) => work.extend(items),
            _ => {}
        }
    }
}

fn mutants_of(value: &Value, pool: &[Value], names: &[String], out: &mut Vec<Value>) {
    match value {
        Value::Array(items) => {
            for new in pool {
                let mut longer = items.clone();
                longer.push(new.clone());
                out.push(Value::Array(longer));
            }
            if let Some(first) = items.first() {
                let mut twice = items.clone();
                twice.push(first.clone());
                out.push(Value::Array(twice));
            }
            for (index, item) in items.iter().enumerate() {
                let mut inner = pool.to_vec();
                mutants_of(item, pool, names, &mut inner);
                for item in inner {
                    let mut changed = items.clone();
                    changed[index] = item;
                    out.push(Value::Array(changed));
                    if out.len() > MAX_MUTANTS {
                        return;
                    }
                }
            }
        }
        Value::Object(members) => {
            for name in names {
                if members.contains_key(name) {
                    let mut fewer = members.clone();
                    fewer.remove(name);
                    out.push(Value::Object(fewer));
                    continue;
                }
                for new in pool {
                    let mut more = members.clone();
                    more.insert(name.clone(), new.clone());
                    out.push(Value::Object(more));
                    if out.len() > MAX_MUTANTS {
                        return;
                    }
                }
            }
            for (name, member) in members {
                let mut inner = pool.to_vec();
                mutants_of(member, pool, names, &mut inner);
                for member in inner {
                    let mut changed = members.clone();
                    changed.insert(name.clone(), member);
                    out.push(Value::Object(changed));
                    if out.len() > MAX_MUTANTS {
                        return;
                    }
                }
            }
        }
        _ => {}
    }
}
