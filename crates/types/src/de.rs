//! serde's `Deserialize`: turns any value into JSON text, for the one parser to judge.
//!
//! `serde_json` hands over the text of the value itself, so numbers and duplicate keys are judged as they are written.
//! From another format, or through a buffer (`flatten`, `untagged`), the text is made of what serde hands over, where
//! numbers have been rounded to `f64`.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{self, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};

use crate::error::ParseError;
use crate::parse::{Constraint, MAX_DEPTH, value};
use crate::view::sealed::Judged;

/// The name by which `serde_json`'s `RawValue` asks for the text of a value. If it changed, values would go the second way
/// described above; a test would notice.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// The name by which `serde_json` hands over the text of a number, where any crate has turned on its feature `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

/// Parses the value that `deserializer` holds.
pub(crate) fn parse<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    parse: impl FnOnce(&[u8]) -> Result<T, ParseError>,
) -> Result<T, D::Error> {
    let text = deserializer.deserialize_newtype_struct(RAW_VALUE, JsonText)?;
    parse(text.as_bytes()).map_err(D::Error::custom)
}

/// Checks the number of items of a list that is written.
#[allow(dead_code, reason = "a contract need not have lists")]
pub(crate) fn check_length<E: serde::ser::Error>(
    length: usize,
    minimum: u64,
    maximum: Option<u64>,
) -> Result<(), E> {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    if minimum <= length && maximum.is_none_or(|maximum| length <= maximum) {
        return Ok(());
    }
    let maximum = maximum.map(|maximum| format!(" to {maximum}"));
    let maximum = maximum.as_deref().unwrap_or(" or more");
    Err(E::custom(format_args!(
        "a list of {length} items where the contract takes {minimum}{maximum}"
    )))
}

/// A number that `constraint` takes, judged as it is written. From another format, or through a buffer, it is the number that serde
/// hands over, which its newtype has to check.
pub(crate) fn exact<'de, T: Number<'de>, D: Deserializer<'de>>(
    deserializer: D,
    constraint: &'static Constraint,
) -> Result<T, D::Error> {
    deserializer
        .deserialize_newtype_struct(RAW_VALUE, Written { constraint, number: PhantomData::<T> })
}

/// What the newtypes of numbers hold.
pub(crate) trait Number<'de>: for<'a> Judged<'a> {
    /// Asks for such a number.
    fn ask<D: Deserializer<'de>>(deserializer: D, number: Written<Self>) -> Result<Self, D::Error>;

    fn from_i64(value: i64) -> Option<Self>;
    fn from_u64(value: u64) -> Option<Self>;
    fn from_f64(value: f64) -> Option<Self>;
}

impl<'de> Number<'de> for i64 {
    fn ask<D: Deserializer<'de>>(deserializer: D, number: Written<Self>) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(number)
    }

    fn from_i64(value: i64) -> Option<Self> {
        Some(value)
    }

    fn from_u64(value: u64) -> Option<Self> {
        value.try_into().ok()
    }

    /// A number whose fraction is zero is an integer, too. Below 2^53 each such `f64` stands for one integer.
    #[allow(clippy::cast_possible_truncation, reason = "checked in the same line")]
    fn from_f64(value: f64) -> Option<Self> {
        (value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0).then_some(value as i64)
    }
}

impl<'de> Number<'de> for f64 {
    fn ask<D: Deserializer<'de>>(deserializer: D, number: Written<Self>) -> Result<Self, D::Error> {
        deserializer.deserialize_f64(number)
    }

    #[allow(clippy::cast_precision_loss, reason = "the nearest one")]
    fn from_i64(value: i64) -> Option<Self> {
        Some(value as f64)
    }

    #[allow(clippy::cast_precision_loss, reason = "the nearest one")]
    fn from_u64(value: u64) -> Option<Self> {
        Some(value as f64)
    }

    fn from_f64(value: f64) -> Option<Self> {
        Some(value)
    }
}

/// A number that `constraint` takes.
pub(crate) struct Written<T> {
    constraint: &'static Constraint,
    number: PhantomData<T>,
}

impl<'de, T: Number<'de>> Visitor<'de> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.constraint)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        match map.next_key::<Cow<'de, str>>()? {
            Some(key) if key == RAW_VALUE || key == NUMBER => {
                let text = map.next_value_seed(Raw)?;
                value::<u32>(text.as_bytes(), self.constraint)
                    .map(T::read)
                    .map_err(A::Error::custom)
            }
            _ => Err(A::Error::invalid_type(de::Unexpected::Map, &self)),
        }
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::ask(deserializer, self)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        T::from_i64(value).ok_or_else(|| E::invalid_value(de::Unexpected::Signed(value), &self))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        T::from_u64(value).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        T::from_f64(value).ok_or_else(|| E::invalid_value(de::Unexpected::Float(value), &self))
    }
}

/// The JSON text of a value.
struct JsonText;

impl<'de> Visitor<'de> for JsonText {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut text = String::new();
        let writer = Writer { text: &mut text, depth: 0 };
        let Some(key) = map.next_key::<Cow<'de, str>>()? else {
            return Ok("{}".into());
        };
        if key == RAW_VALUE {
            return map.next_value_seed(Raw);
        }
        writer.object(key, map)?;
        Ok(text.into())
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        let mut text = String::new();
        deserializer.deserialize_any(Writer { text: &mut text, depth: 0 })?;
        Ok(text.into())
    }
}

/// The text under [`RAW_VALUE`].
struct Raw;

impl<'de> DeserializeSeed<'de> for Raw {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Raw {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON text")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(text.into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.to_owned().into())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(text.into())
    }
}

/// Appends the JSON text of a value.
struct Writer<'a> {
    text: &'a mut String,
    depth: u32,
}

impl Writer<'_> {
    fn scalar<E: de::Error>(self, value: impl serde::Serialize) -> Result<(), E> {
        self.text.push_str(&serde_json::to_string(&value).map_err(E::custom)?);
        Ok(())
    }

    /// A writer for the values inside this one.
    fn nested<E: de::Error>(&mut self) -> Result<Writer<'_>, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format_args!("more than {MAX_DEPTH} levels of nesting")));
        }
        Ok(Writer { text: self.text, depth: self.depth + 1 })
    }

    fn object<'de, A: MapAccess<'de>>(
        mut self,
        first: Cow<'de, str>,
        mut map: A,
    ) -> Result<(), A::Error> {
        let inner = self.nested()?;
        let start = inner.text.len();
        inner.text.push('{');
        let mut next = Some(first);
        while let Some(key) = next {
            Writer { text: inner.text, depth: inner.depth }.scalar(&key)?;
            inner.text.push(':');
            map.next_value_seed(Writer { text: inner.text, depth: inner.depth })?;
            next = map.next_key()?;
            if next.is_some() {
                inner.text.push(',');
            }
        }
        inner.text.push('}');
        if let Some(number) = number(&inner.text[start..]) {
            let number = number.to_owned();
            inner.text.truncate(start);
            inner.text.push_str(&number);
        }
        Ok(())
    }
}

/// The number that `object` stands for, if it was made under [`NUMBER`].
fn number(object: &str) -> Option<&str> {
    let text = object.strip_prefix("{\"")?.strip_prefix(NUMBER)?;
    let number = text.strip_prefix("\":\"")?.strip_suffix("\"}")?;
    let is_part = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    number.bytes().all(is_part).then_some(number)
}

impl<'de> DeserializeSeed<'de> for Writer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Writer<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        if !value.is_finite() {
            return Err(E::custom(format_args!("{value} is no JSON number")));
        }
        self.scalar(value)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.scalar(())
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.scalar(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        if let Some(key) = map.next_key()? {
            return self.object(key, map);
        }
        self.nested()?.text.push_str("{}");
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut array: A) -> Result<(), A::Error> {
        let inner = self.nested()?;
        inner.text.push('[');
        let start = inner.text.len();
        loop {
            let end = inner.text.len();
            if end > start {
                inner.text.push(',');
            }
            if array.next_element_seed(Writer { text: inner.text, depth: inner.depth })?.is_none() {
                inner.text.truncate(end);
                break;
            }
        }
        inner.text.push(']');
        Ok(())
    }
}
