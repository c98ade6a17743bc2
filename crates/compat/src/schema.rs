//! Schema documents, with the exact value of every number in them.

use std::collections::{BTreeMap, HashMap};

use jsonschema::Draft;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::number::{self, Rational};
use crate::{Options, Side};

/// Containers that may be open at once in a document, as `serde_json` reads.
const MAX_NESTING: usize = 127;

/// Why a question could not be asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no JSON document.
    #[error("not a JSON document: {0}")]
    Json(#[from] serde_json::Error),
    /// The document is no schema.
    #[error("the {side} is no valid schema at `{pointer}`: {message}")]
    Schema {
        /// Which of the two.
        side: Side,
        /// Where in the document (JSON Pointer).
        pointer: String,
        /// What is wrong there.
        message: String,
    },
    /// `$schema` names a draft or meta-schema that is not known.
    #[error(
        "the {side} has an unknown `$schema`: {dialect}; known are the drafts 4, 6, 7, 2019-09 and 2020-12"
    )]
    Dialect {
        /// Which of the two.
        side: Side,
        /// The value of `$schema`.
        dialect: String,
    },
    /// The schemas are of different drafts, in which the same keyword means different things.
    #[error("the schemas are of different drafts; choose one with `Options::draft`")]
    Drafts,
}

/// A schema document.
///
/// Read from text ([`std::str::FromStr`]), every number keeps its exact value. Made from a
/// [`Value`], it has the values that `serde_json` keeps.
#[derive(Debug)]
pub struct Schema {
    // Boxed: `exact` knows numbers by address.
    value: Box<Value>,
    exact: HashMap<usize, Rational>,
}

impl Schema {
    /// The document as `serde_json` holds it.
    pub fn value(&self) -> &Value {
        &self.value
    }

    pub(crate) fn exact(&self) -> &HashMap<usize, Rational> {
        &self.exact
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.exact.is_empty() && other.exact.is_empty() && self.value == other.value
    }
}

impl From<Value> for Schema {
    fn from(value: Value) -> Self {
        Self { value: Box::new(value), exact: HashMap::new() }
    }
}

impl std::str::FromStr for Schema {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let value: Box<Value> = Box::new(serde_json::from_str(text)?);
        let raw: &RawValue = serde_json::from_str(text)?;
        let mut exact = HashMap::new();
        rounded(raw, &value, &mut exact)?;
        Ok(Self { value, exact })
    }
}

/// Collects the numbers that `serde_json` had to round.
fn rounded(
    raw: &RawValue,
    value: &Value,
    exact: &mut HashMap<usize, Rational>,
) -> Result<(), serde_json::Error> {
    match value {
        Value::Number(number) => {
            let literal = number::parse(raw.get()).unwrap_or_else(|| number::exact(number));
            if literal != number::exact(number) {
                exact.insert(address(value), literal);
            }
        }
        Value::Array(items) => {
            let raws: Vec<&RawValue> = serde_json::from_str(raw.get())?;
            for (raw, item) in raws.into_iter().zip(items) {
                rounded(raw, item, exact)?;
            }
        }
        Value::Object(members) => {
            let raws: BTreeMap<String, &RawValue> = serde_json::from_str(raw.get())?;
            for (name, raw) in raws {
                if let Some(member) = members.get(&name) {
                    rounded(raw, member, exact)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// A value's place in memory, as a key; nothing is read through it.
pub(crate) fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

/// Whether every number is within reach of exact arithmetic.
fn reachable(value: &Value) -> bool {
    let mut work = vec![value];
    while let Some(value) = work.pop() {
        match value {
            Value::Number(number)
                if !number.is_i64()
                    && !number.is_u64()
                    && number::parse(&number.to_string()).is_none() =>
            {
                return false;
            }
            Value::Array(items) => work.extend(items),
            Value::Object(members) => work.extend(members.values()),
            _ => {}
        }
    }
    true
}

/// The draft under which both are read.
pub(crate) fn common_draft(sub: &Schema, sup: &Schema, options: &Options) -> Result<Draft, Error> {
    for (side, schema) in [(Side::Sub, sub), (Side::Super, sup)] {
        if !shallow(schema.value()) {
            return Err(Error::Schema {
                side,
                pointer: String::new(),
                message: format!("more than {MAX_NESTING} containers are nested"),
            });
        }
    }
    for (side, schema) in [(Side::Sub, sub), (Side::Super, sup)] {
        if !reachable(schema.value()) {
            return Err(Error::Schema {
                side,
                pointer: String::new(),
                message: "a number's exponent is out of reach".to_owned(),
            });
        }
    }
    if let Some(draft) = options.draft {
        return Ok(draft);
    }
    let mut drafts = Vec::new();
    for (side, schema) in [(Side::Sub, sub), (Side::Super, sup)] {
        if let Some(Value::String(dialect)) = schema.value().get("$schema") {
            let draft = Draft::default().detect(schema.value());
            if draft == Draft::Unknown {
                return Err(Error::Dialect { side, dialect: dialect.clone() });
            }
            drafts.push(draft);
        }
    }
    drafts.dedup();
    match drafts.as_slice() {
        [] => Ok(Draft::Draft202012),
        [draft] => Ok(*draft),
        _ => Err(Error::Drafts),
    }
}

fn shallow(value: &Value) -> bool {
    let mut work = vec![(value, 0)];
    while let Some((value, depth)) = work.pop() {
        if depth > MAX_NESTING {
            return false;
        }
        match value {
            Value::Array(items) => work.extend(items.iter().map(|v| (v, depth + 1))),
            Value::Object(members) => work.extend(members.values().map(|v| (v, depth + 1))),
            _ => {}
        }
    }
    true
}
