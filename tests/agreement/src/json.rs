//! JSON exactly as written: keeps duplicate keys, the spelling of strings and the digits of numbers.

use std::cmp::Ordering;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// The maximum number of containers that may be open at once.
pub const MAX_DEPTH: usize = 127;

/// A JSON value exactly as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`, `true`, `false`, or any text that a test puts in place of a value.
    Literal(String),
    /// A number.
    Number(String),
    /// A string.
    Text(Text),
    /// An array.
    Array(Vec<Json>),
    /// An object. Keys may be repeated.
    Object(Vec<Member>),
}

/// One member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its key.
    pub key: Text,
    /// Its value.
    pub value: Json,
}

/// A string: its value, and its spelling between the quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The value.
    pub value: String,
    /// The spelling.
    pub written: String,
}

impl Text {
    /// `value`, written with only the escapes that it needs.
    pub fn plain(value: impl Into<String>) -> Self {
        let value = value.into();
        let quoted = Value::from(value.as_str()).to_string();
        Self { written: quoted[1..quoted.len() - 1].into(), value }
    }
}

impl Json {
    /// Parses `bytes` as one document of strict JSON: RFC 8259 in UTF-8, strings of Unicode scalar values, no number
    /// beyond the range of binary64, at most [`MAX_DEPTH`] open containers.
    ///
    /// # Errors
    ///
    /// If `bytes` are not such a document.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let raw: &RawValue = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        Self::from_raw(raw, 0)
    }

    fn from_raw(raw: &RawValue, open: usize) -> Result<Self, String> {
        let text = raw.get();
        let deeper = if open < MAX_DEPTH { Ok(open + 1) } else { Err("too deep".to_owned()) };
        Ok(match text.as_bytes()[0] {
            b'{' => {
                let deeper = deeper?;
                let mut deserializer = serde_json::Deserializer::from_str(text);
                let members = deserializer.deserialize_map(Members);
                let members = members.map_err(|error| error.to_string())?;
                let members = members.into_iter().map(|(key, value)| {
                    Ok(Member { key: Text::from_raw(key)?, value: Self::from_raw(value, deeper)? })
                });
                Self::Object(members.collect::<Result<_, String>>()?)
            }
            b'[' => {
                let deeper = deeper?;
                let elements: Vec<&RawValue> =
                    serde_json::from_str(text).map_err(|error| error.to_string())?;
                let elements = elements.into_iter().map(|element| Self::from_raw(element, deeper));
                Self::Array(elements.collect::<Result<_, _>>()?)
            }
            b'"' => Self::Text(Text::from_raw(raw)?),
            b'n' | b't' | b'f' => Self::Literal(text.into()),
            _ if Decimal::new(text).is_finite() => Self::Number(text.into()),
            _ => return Err(format!("{text} is beyond binary64")),
        })
    }

    /// The value under `key`; the last one if the key is repeated.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        let member = members.iter().rev().find(|member| member.key.value == key)?;
        Some(&member.value)
    }

    /// The first value under `key` of an object.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Self::Object(members) = self else { return None };
        let member = members.iter_mut().find(|member| member.key.value == key)?;
        Some(&mut member.value)
    }

    /// Whether it is the value `other`, however it is written.
    pub fn is(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::Literal(own), Value::Null) => own == "null",
            (Self::Literal(own), Value::Bool(other)) => {
                own == if *other { "true" } else { "false" }
            }
            (Self::Number(own), Value::Number(other)) => {
                Decimal::new(own) == Decimal::new(&other.to_string())
            }
            (Self::Text(own), Value::String(other)) => own.value == *other,
            (Self::Array(own), Value::Array(others)) => {
                own.len() == others.len()
                    && own.iter().zip(others).all(|(own, other)| own.is(other))
            }
            (Self::Object(own), Value::Object(others)) => {
                let is_other = |member: &Member| {
                    others.get(&member.key.value).is_some_and(|other| member.value.is(other))
                };
                own.iter().all(is_other) && others.keys().all(|key| self.get(key).is_some())
            }
            _ => false,
        }
    }

    /// The number of containers that are open at the deepest point.
    pub fn depth(&self) -> usize {
        let is_container = matches!(self, Self::Array(_) | Self::Object(_));
        usize::from(is_container) + self.children().map(Self::depth).max().unwrap_or(0)
    }

    /// The values that it holds, in their order.
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        let (items, members) = match self {
            Self::Array(items) => (items.as_slice(), &[][..]),
            Self::Object(members) => (&[][..], members.as_slice()),
            _ => (&[][..], &[][..]),
        };
        items.iter().chain(members.iter().map(|member| &member.value))
    }

    /// The value that it holds at this position.
    ///
    /// # Panics
    ///
    /// If it holds fewer.
    pub fn child_mut(&mut self, at: usize) -> &mut Self {
        match self {
            Self::Array(items) => &mut items[at],
            Self::Object(members) => &mut members[at].value,
            leaf => panic!("{leaf} holds nothing"),
        }
    }

    /// The text, with `spaces` used in turn wherever whitespace is allowed.
    pub fn write(&self, spaces: &[&str]) -> String {
        let mut writer = Writer { text: String::new(), spaces: spaces.iter().cycle() };
        writer.space();
        writer.value(self);
        writer.space();
        writer.text
    }
}

/// The compact text.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.write(&[]))
    }
}

impl Text {
    fn from_raw(raw: &RawValue) -> Result<Self, String> {
        let text = raw.get();
        let value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Ok(Self { value, written: text[1..text.len() - 1].into() })
    }
}

/// The members of an object, including duplicates.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(&'de RawValue, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

struct Writer<'a> {
    text: String,
    spaces: std::iter::Cycle<std::slice::Iter<'a, &'a str>>,
}

impl Writer<'_> {
    fn space(&mut self) {
        self.text.push_str(self.spaces.next().unwrap_or(&""));
    }

    fn quoted(&mut self, text: &Text) {
        self.text.push('"');
        self.text.push_str(&text.written);
        self.text.push('"');
    }

    fn value(&mut self, value: &Json) {
        match value {
            Json::Literal(text) | Json::Number(text) => self.text.push_str(text),
            Json::Text(text) => self.quoted(text),
            Json::Array(elements) => self.list('[', elements, ']', Self::value),
            Json::Object(members) => self.list('{', members, '}', |writer, member| {
                writer.quoted(&member.key);
                writer.space();
                writer.text.push(':');
                writer.space();
                writer.value(&member.value);
            }),
        }
    }

    fn list<T>(&mut self, open: char, items: &[T], close: char, item: impl Fn(&mut Self, &T)) {
        self.text.push(open);
        self.space();
        for (index, each) in items.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
                self.space();
            }
            item(self, each);
            self.space();
        }
        self.text.push(close);
    }
}

/// The exact value of a JSON number: `0.d1d2d3... * 10^exponent`, without zeros at either end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// The value of a JSON number.
    ///
    /// # Panics
    ///
    /// Never: the length of a text fits an `i64`.
    pub fn new(number: &str) -> Self {
        let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let negative = integer.starts_with('-');
        let integer = integer.trim_start_matches('-');
        // An exponent beyond i64 outweighs all bounds and digits, so the nearest i64 will do.
        let beyond = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
        let exponent = exponent.parse().unwrap_or(beyond);
        let digits = [integer, fraction].concat();
        let leading = digits.len() - digits.trim_start_matches('0').len();
        let digits = digits.trim_matches('0').bytes().collect::<Vec<_>>();
        let point = i64::try_from(integer.len()).expect("a length")
            - i64::try_from(leading).expect("a length");
        if digits.is_empty() {
            return Self { negative: false, digits, exponent: 0 };
        }
        Self { negative, digits, exponent: point.saturating_add(exponent) }
    }

    /// Whether the nearest binary64 is finite.
    fn is_finite(&self) -> bool {
        let digits: String = self.digits.iter().map(|digit| char::from(*digit)).collect();
        // `f64` reads no exponent of more digits than this right.
        let exponent = self.exponent.clamp(-1_000, 1_000);
        format!("0.{digits}0e{exponent}").parse().is_ok_and(f64::is_finite)
    }

    /// Whether the value is an integer.
    pub fn is_integer(&self) -> bool {
        i64::try_from(self.digits.len()).is_ok_and(|length| length <= self.exponent)
            || self.digits.is_empty()
    }

    /// Whether it is `step` times an integer.
    ///
    /// # Panics
    ///
    /// If `step` is zero or has more than 18 digits.
    pub fn is_multiple_of(&self, step: &Self) -> bool {
        // The digits as an integer, and the power of ten that it is multiplied by.
        let scale = |decimal: &Self| {
            decimal.exponent - i64::try_from(decimal.digits.len()).expect("a length")
        };
        let divisor = step.digits.iter().fold(0_u64, |sum, digit| {
            sum.checked_mul(10).expect("18 digits") + u64::from(digit - b'0')
        });
        assert!(step.digits.len() <= 18 && divisor > 0, "a step");
        let zeros = scale(self) - scale(step);
        if self.digits.is_empty() || zeros < 0 {
            // No digit of it is a zero at the end, which such a multiple would have.
            return self.digits.is_empty();
        }
        let zeros = (0..zeros).map(|_| 0);
        let digits = self.digits.iter().map(|digit| u64::from(digit - b'0')).chain(zeros);
        digits.fold(0_u128, |rest, digit| (rest * 10 + u128::from(digit)) % u128::from(divisor))
            == 0
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |decimal: &Self| match (decimal.digits.is_empty(), decimal.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let magnitude = || (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits));
        sign(self).cmp(&sign(other)).then_with(|| match sign(self) {
            0 => Ordering::Equal,
            1 => magnitude(),
            _ => magnitude().reverse(),
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
