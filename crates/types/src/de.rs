//! serde's `Deserialize`: turns any value into JSON text, for the one parser to judge.
//!
//! `serde_json` hands over the text of the value itself, so numbers and duplicate keys are judged as they are written.
//! From another format, or through a buffer (`flatten`, `untagged`), the text is made of what serde hands over, where
//! numbers have been rounded to `f64`.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    self, DeserializeSeed, Error as _, IntoDeserializer as _, MapAccess, SeqAccess, Visitor,
};
use serde::{Deserialize as _, Deserializer};

use crate::error::ParseError;
use crate::parse::{Constraint, MAX_DEPTH, value};
use crate::view::sealed::Judged;

/// The name by which `serde_json`'s `RawValue` asks for the text of a value. If it changed, values would go the second way
/// described above; a test would notice.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

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
pub(crate) fn number<'de, T: Number<'de>, D: Deserializer<'de>>(
    deserializer: D,
    constraint: &'static Constraint,
) -> Result<T, D::Error> {
    deserializer
        .deserialize_newtype_struct(RAW_VALUE, Written { constraint, number: PhantomData::<T> })
}

/// What the newtypes of numbers hold.
pub(crate) trait Number<'de>: for<'a> Judged<'a> {
    /// The number that serde hands over.
    fn plain<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

impl<'de> Number<'de> for i64 {
    /// A number whose fraction is zero is an integer, too.
    fn plain<D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        deserializer.deserialize_i64(Integer)
    }
}

impl<'de> Number<'de> for f64 {
    fn plain<D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        f64::deserialize(deserializer)
    }
}

struct Written<T> {
    constraint: &'static Constraint,
    number: PhantomData<T>,
}

impl<'de, T: Number<'de>> Visitor<'de> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.constraint)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        if map.next_key::<Cow<'de, str>>()?.is_none_or(|key| key != RAW_VALUE) {
            return Err(A::Error::invalid_type(de::Unexpected::Map, &self));
        }
        let text = map.next_value_seed(Raw)?;
        value::<u32>(text.as_bytes(), self.constraint).map(T::read).map_err(A::Error::custom)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::plain(deserializer)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        T::plain(value.into_deserializer())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        T::plain(value.into_deserializer())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        T::plain(value.into_deserializer())
    }
}

struct Integer;

impl Visitor<'_> for Integer {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<i64, E> {
        i64::try_from(value).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(value), &self))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<i64, E> {
        // Below 2^53 each integral f64 stands for one integer.
        if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
            #[expect(clippy::cast_possible_truncation, reason = "checked in the line above")]
            return Ok(value as i64);
        }
        Err(E::invalid_value(de::Unexpected::Float(value), &self))
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
        writer.object(Some(key), map)?;
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
        first: Option<Cow<'de, str>>,
        mut map: A,
    ) -> Result<(), A::Error> {
        let inner = self.nested()?;
        inner.text.push('{');
        let mut next = match first {
            Some(key) => Some(key),
            None => map.next_key()?,
        };
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
        Ok(())
    }
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

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.object(None, map)
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
