//! Values that are kept as they are written: any JSON, and integers of any size.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::error::ParseError;
use crate::parse;
use crate::view::sealed::Judged;

/// Any JSON value, byte for byte as it was written.
///
/// Two are equal if they differ in whitespace alone. Serialised, it has no line breaks: an event is always one line.
///
/// ```
/// # use clip_events as events;
/// let value = events::RawJson::new(r#"{"a": 1.0}"#)?;
/// assert_eq!(value.as_str(), r#"{"a": 1.0}"#);
/// # Ok::<(), clip_events::ParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RawJson(Box<str>);

impl RawJson {
    /// The value that `json` is; whitespace around it is dropped.
    ///
    /// # Errors
    ///
    /// If it is not JSON, or has more than 127 containers open at once. An event must not have more in all, to be read again.
    pub fn new(json: &str) -> Result<Self, ParseError> {
        let json = parse::any(json.as_bytes(), 0)?;
        Ok(RawJsonRef::read(json).into())
    }

    /// The value as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Any JSON value, borrowed from a delivery byte for byte as it was written.
///
/// Two are equal if they differ in whitespace alone.
#[derive(Clone, Copy, Debug)]
pub struct RawJsonRef<'a>(&'a str);

impl<'a> RawJsonRef<'a> {
    /// The value as it was written.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

impl<'a> Judged<'a> for RawJsonRef<'a> {
    fn read(json: &'a [u8]) -> Self {
        RawJsonRef(std::str::from_utf8(json).unwrap_or("null"))
    }
}

impl Judged<'_> for RawJson {
    fn read(json: &[u8]) -> Self {
        RawJsonRef::read(json).into()
    }
}

impl From<RawJsonRef<'_>> for RawJson {
    fn from(json: RawJsonRef<'_>) -> Self {
        RawJson(json.0.into())
    }
}

/// JSON that has been judged, as it was written, to compare: whitespace between its tokens does not count.
pub(crate) struct Written<'a>(pub(crate) &'a str);

impl Written<'_> {
    /// Its bytes without that whitespace.
    fn significant(&self) -> impl Iterator<Item = u8> {
        let (mut inside, mut escaped) = (false, false);
        self.0.bytes().filter(move |byte| {
            let is_quote = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            inside ^= is_quote;
            inside || !byte.is_ascii_whitespace()
        })
    }
}

impl PartialEq for Written<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.significant().eq(other.significant())
    }
}

impl Eq for Written<'_> {}

impl Hash for Written<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.significant().for_each(|byte| byte.hash(state));
    }
}

macro_rules! compared_as_written {
    ($($name:ident $(<$lifetime:lifetime>)?),*) => {$(
        impl PartialEq for $name $(<$lifetime>)? {
            fn eq(&self, other: &Self) -> bool {
                Written(&self.0) == Written(&other.0)
            }
        }

        impl Eq for $name $(<$lifetime>)? {}

        impl Hash for $name $(<$lifetime>)? {
            fn hash<H: Hasher>(&self, state: &mut H) {
                Written(&self.0).hash(state);
            }
        }
    )*};
}

compared_as_written!(RawJson, RawJsonRef<'_>);

/// An integer of any size, as JSON has them.
///
/// Two are equal if they are written alike; those that an `i64` holds are written in one way only.
///
/// ```
/// # use clip_events as events;
/// assert_eq!(events::Integer::from(7).get(), Some(7));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Integer(Size);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Size {
    Small(i64),
    /// Beyond an `i64`, as it was written.
    Large(Box<str>),
}

impl Integer {
    /// The value, if an `i64` holds it.
    pub fn get(&self) -> Option<i64> {
        match self.0 {
            Size::Small(value) => Some(value),
            Size::Large(_) => None,
        }
    }
}

impl From<i64> for Integer {
    fn from(value: i64) -> Self {
        Self(Size::Small(value))
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Size::Small(value) => value.fmt(f),
            Size::Large(text) => f.write_str(text),
        }
    }
}

/// An integer of any size, borrowed from a delivery.
#[derive(Clone, Copy, Debug)]
pub struct IntegerRef<'a>(&'a str);

impl<'a> IntegerRef<'a> {
    /// The value, if an `i64` holds it.
    pub fn get(self) -> Option<i64> {
        parse::integer(self.0.as_bytes())
    }

    /// The number as it was written: `7`, `7.0` or `70e-1`.
    pub fn as_str(self) -> &'a str {
        self.0
    }
}

impl PartialEq for IntegerRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.get(), other.get()) {
            (None, None) => self.0 == other.0,
            (one, other) => one == other,
        }
    }
}

impl<'a> Judged<'a> for IntegerRef<'a> {
    fn read(json: &'a [u8]) -> Self {
        IntegerRef(std::str::from_utf8(json).unwrap_or("0"))
    }
}

impl Judged<'_> for Integer {
    fn read(json: &[u8]) -> Self {
        IntegerRef::read(json).into()
    }
}

impl From<IntegerRef<'_>> for Integer {
    fn from(integer: IntegerRef<'_>) -> Self {
        match integer.get() {
            Some(value) => Self(Size::Small(value)),
            None => Self(Size::Large(integer.0.into())),
        }
    }
}

#[cfg(feature = "serde")]
pub(crate) use serde_impls::raw;

#[cfg(feature = "serde")]
mod serde_impls {
    //! serde writes both as the JSON that they are. Only `serde_json` can do that.

    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::value::RawValue;

    use super::{Integer, RawJson, Size};
    use crate::view::sealed::Judged as _;

    /// Writes `json` in one line. JSON has no line breaks but between its tokens.
    pub(crate) fn raw<S: Serializer>(json: &str, serializer: S) -> Result<S::Ok, S::Error> {
        let is_break = |c| matches!(c, '\n' | '\r');
        let json = if json.contains(is_break) {
            json.replace(is_break, "").into()
        } else {
            Cow::from(json)
        };
        let raw: &RawValue = serde_json::from_str(&json).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }

    impl Serialize for RawJson {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            raw(&self.0, serializer)
        }
    }

    impl<'de> Deserialize<'de> for RawJson {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            crate::de::parse(deserializer, |json| crate::parse::any(json, 0).map(RawJson::read))
        }
    }

    impl Serialize for Integer {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match &self.0 {
                Size::Small(value) => value.serialize(serializer),
                Size::Large(text) => raw(text, serializer),
            }
        }
    }

    impl<'de> Deserialize<'de> for Integer {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            crate::de::parse(deserializer, |json| {
                crate::parse::any_integer(json).map(Integer::read)
            })
        }
    }
}
