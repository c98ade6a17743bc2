//! JSON with exact numbers, read from text by the tests alone: nothing of the engine is used.

use std::collections::BTreeMap;
use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use serde_json::Value;

/// Digits to which a number may be expanded.
const MAX_DIGITS: usize = 20_000;
/// Containers that may be open at once, as `serde_json` reads.
const MAX_NESTING: usize = 127;

/// A number: its exact value and its spelling.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) value: BigRational,
    pub(crate) text: String,
}

impl Number {
    /// Reads a JSON number; `None` if it is too long to be expanded.
    pub(crate) fn read(text: &str) -> Option<Self> {
        Some(Self { value: decimal(text)?, text: text.to_owned() })
    }

    /// The number as a short decimal; `None` if it has none.
    pub(crate) fn from_value(value: &BigRational) -> Option<Self> {
        let mut scaled = value.clone();
        for places in 0..400 {
            if scaled.is_integer() {
                let whole = scaled.to_integer();
                let text =
                    if places == 0 { whole.to_string() } else { format!("{whole}e-{places}") };
                return Some(Self { value: value.clone(), text });
            }
            scaled *= BigRational::from_integer(10.into());
        }
        None
    }

    /// Whether it is spelled without a fraction and an exponent.
    pub(crate) fn is_spelled_whole(&self) -> bool {
        !self.text.contains(['.', 'e', 'E'])
    }
}

fn decimal(text: &str) -> Option<BigRational> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: BigInt = format!("{whole}{fraction}").parse().ok()?;
    if digits.is_zero() {
        return Some(BigRational::zero());
    }
    let places = i64::try_from(fraction.len()).ok()?;
    let exponent = exponent.parse::<i64>().ok()?.checked_sub(places)?;
    let size = usize::try_from(exponent.unsigned_abs()).ok()?;
    if size.max(mantissa.len()) > MAX_DIGITS {
        return None;
    }
    let scale = BigInt::from(10).pow(u32::try_from(size).ok()?);
    Some(if exponent < 0 {
        BigRational::new(digits, scale)
    } else {
        BigRational::from_integer(digits * scale)
    })
}

/// A JSON value. Numbers are equal if their values are, however they are spelled.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    Array(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a.value == b.value,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Json {}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Self {
        Self::Array(items)
    }
}

impl Json {
    /// Reads a document; `None` if it is none, or holds what cannot be kept exactly.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        reader.blank();
        (reader.at == text.len()).then_some(value)
    }

    /// A number from its spelling, which must be one.
    pub(crate) fn number(text: &str) -> Self {
        Self::Number(Number::read(text).expect("a number"))
    }

    pub(crate) fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> Self {
        Self::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(name),
            _ => None,
        }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value as `serde_json` keeps it: numbers may be rounded.
    pub(crate) fn rounded(&self) -> Option<Value> {
        serde_json::from_str(&self.to_string()).ok()
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let string = |f: &mut fmt::Formatter<'_>, text: &String| {
            f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
        };
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => f.write_str(&number.text),
            Self::String(text) => string(f, text),
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { "," })?;
                    write!(f, "{item}")?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (name, member)) in members.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { "," })?;
                    string(f, name)?;
                    write!(f, ":{member}")?;
                }
                f.write_str("}")
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Steps over the token, if it comes next.
    fn take(&mut self, token: &str) -> bool {
        self.blank();
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        if depth > MAX_NESTING {
            return None;
        }
        for (token, value) in
            [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))]
        {
            if self.take(token) {
                return Some(value);
            }
        }
        if self.take("[") {
            let mut items = Vec::new();
            if self.take("]") {
                return Some(Json::Array(items));
            }
            loop {
                items.push(self.value(depth + 1)?);
                if self.take("]") {
                    return Some(Json::Array(items));
                }
                self.take(",").then_some(())?;
            }
        }
        if self.take("{") {
            let mut members = BTreeMap::new();
            if self.take("}") {
                return Some(Json::Object(members));
            }
            loop {
                let name = self.string()?;
                self.take(":").then_some(())?;
                members.insert(name, self.value(depth + 1)?);
                if self.take("}") {
                    return Some(Json::Object(members));
                }
                self.take(",").then_some(())?;
            }
        }
        if self.rest().starts_with('"') {
            return self.string().map(Json::String);
        }
        let rest = self.rest();
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'));
        let text = &rest[..end.unwrap_or(rest.len())];
        // The grammar of numbers is that of `serde_json`; their value is not.
        serde_json::from_str::<&serde_json::value::RawValue>(text).ok()?;
        let number = Number::read(text)?;
        self.at += text.len();
        Some(Json::Number(number))
    }

    fn string(&mut self) -> Option<String> {
        self.blank();
        let rest = self.rest();
        let mut escaped = false;
        let inner = rest.strip_prefix('"')?;
        let end = inner.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })?;
        let text = serde_json::from_str(&rest[..end + 2]).ok()?;
        self.at += end + 2;
        Some(text)
    }
}
