//! JSON values with exact numbers, compared as JSON Schema compares them.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_json::Value;

use crate::number::{self, Rational};
use crate::types::TypeSet;

/// A JSON value with exact numbers. `2` and `2.0` are equal; `float` remembers whether there is a
/// point, for draft 4, where only the former is an integer; `None` is both, as in an enumeration,
/// which lists the number however it is spelled.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number { value: Rational, float: Option<bool> },
    String(Arc<str>),
    Array(Arc<[Json]>),
    Object(Arc<BTreeMap<Arc<str>, Json>>),
}

impl Json {
    /// The values it is made of, itself included; no more than `limit` are counted.
    pub(crate) fn size(&self, limit: usize) -> usize {
        let (mut size, mut work) = (0, vec![self]);
        while let Some(value) = work.pop() {
            size += 1;
            if size >= limit {
                break;
            }
            match value {
                Self::Array(items) => work.extend(items.iter()),
                Self::Object(members) => work.extend(members.values()),
                _ => {}
            }
        }
        size
    }

    /// Roughly the memory it takes, were nothing of it shared.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::String(text) => text.len(),
                Self::Array(items) => items.iter().map(Self::bytes).sum(),
                Self::Object(members) => {
                    members.iter().map(|(k, v)| 48 + k.len() + v.bytes()).sum()
                }
                Self::Null | Self::Bool(_) | Self::Number { .. } => 0,
            }
    }

    /// The same value, of whose numbers the spelling is not known.
    pub(crate) fn respelled(self) -> Self {
        match self {
            Self::Number { value, .. } => Self::Number { value, float: None },
            Self::Array(items) => Self::Array(items.iter().cloned().map(Self::respelled).collect()),
            Self::Object(members) => Self::Object(Arc::new(
                members.iter().map(|(k, v)| (Arc::clone(k), v.clone().respelled())).collect(),
            )),
            other => other,
        }
    }

    pub(crate) fn read(value: &Value, exact: &impl Fn(&Value) -> Option<Rational>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(b) => Self::Bool(*b),
            Value::Number(n) => Self::Number {
                value: exact(value).or_else(|| number::exact(n)).unwrap_or_else(|| {
                    unreachable!("a document with {n} in it is refused before it is read")
                }),
                float: Some(n.is_f64()),
            },
            Value::String(s) => Self::String(s.as_str().into()),
            Value::Array(items) => {
                Self::Array(items.iter().map(|v| Self::read(v, exact)).collect())
            }
            Value::Object(members) => Self::Object(Arc::new(
                members.iter().map(|(k, v)| (k.as_str().into(), Self::read(v, exact))).collect(),
            )),
        }
    }

    /// The value for `serde_json`; `None` if a number in it cannot be held exactly.
    pub(crate) fn to_value(&self) -> Option<Value> {
        Some(match self {
            Self::Null => Value::Null,
            Self::Bool(b) => Value::Bool(*b),
            Self::Number { value, float } => {
                Value::Number(number::to_json(value, *float == Some(true))?)
            }
            Self::String(s) => Value::String(s.to_string()),
            Self::Array(items) => {
                Value::Array(items.iter().map(Self::to_value).collect::<Option<_>>()?)
            }
            Self::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(k, v)| Some((k.to_string(), v.to_value()?)))
                    .collect::<Option<_>>()?,
            ),
        })
    }

    /// The type the value has, or both types that a number of unknown spelling may have. `literal`:
    /// draft 4, where the spelling decides what an integer is.
    pub(crate) fn types(&self, literal: bool) -> TypeSet {
        match self {
            Self::Null => TypeSet::NULL,
            Self::Bool(_) => TypeSet::BOOLEAN,
            Self::Number { value, .. } if !value.is_integer() => TypeSet::FRACTION,
            Self::Number { float, .. } if literal => match float {
                None => TypeSet::NUMBER,
                Some(true) => TypeSet::FRACTION,
                Some(false) => TypeSet::INTEGER,
            },
            Self::Number { .. } => TypeSet::INTEGER,
            Self::String(_) => TypeSet::STRING,
            Self::Array(_) => TypeSet::ARRAY,
            Self::Object(_) => TypeSet::OBJECT,
        }
    }

    /// The value in each of the spellings it may have: in draft 4 (`literal`) a listed number has two.
    pub(crate) fn spellings(&self, literal: bool) -> Vec<Self> {
        match self {
            Self::Number { value, float: None } if literal && value.is_integer() => {
                let spelled = |float| Self::Number { value: value.clone(), float: Some(float) };
                vec![spelled(false), spelled(true)]
            }
            value => vec![value.clone()],
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Number { .. } => 2,
            Self::String(_) => 3,
            Self::Array(_) => 4,
            Self::Object(_) => 5,
        }
    }
}

impl Ord for Json {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number { value: a, .. }, Self::Number { value: b, .. }) => a.cmp(b),
            (Self::String(a), Self::String(b)) => a.cmp(b),
            (Self::Array(a), Self::Array(b)) => a.cmp(b),
            (Self::Object(a), Self::Object(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Json {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Json {}

impl Hash for Json {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.rank().hash(state);
        match self {
            Self::Null => {}
            Self::Bool(b) => b.hash(state),
            Self::Number { value, .. } => value.hash(state),
            Self::String(s) => s.hash(state),
            Self::Array(items) => items.hash(state),
            Self::Object(members) => members.hash(state),
        }
    }
}
