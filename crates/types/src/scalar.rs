//! The code that the newtypes of `generated/definitions.rs` share.

use std::fmt;

use crate::printable::Printable;

pub(crate) use numbers::{
    conversions, greatest, integer_type, is_within, least, number_type, wide_integer_type,
};

mod numbers;

/// A number outside the range of its type.
///
/// ```
/// let error = clip_events::Progress::new(1.5).unwrap_err();
/// assert_eq!(error.to_string(), "Progress takes a number from 0 to 1, not 1.5");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfRangeError {
    type_name: &'static str,
    expected: &'static str,
    found: String,
}

impl OutOfRangeError {
    pub(crate) fn new(
        type_name: &'static str,
        expected: &'static str,
        found: impl fmt::Display,
    ) -> Self {
        let found = Printable::quoted(&found.to_string()).to_string();
        Self { type_name, expected, found }
    }

    /// A value that is none of a closed set.
    pub(crate) fn of_set(type_name: &'static str, found: impl fmt::Display) -> Self {
        Self::new(type_name, "value of its set", found)
    }
}

impl fmt::Display for OutOfRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let article = if self.expected.starts_with('i') { "an" } else { "a" };
        write!(f, "{} takes {article} {}, not {}", self.type_name, self.expected, self.found)
    }
}

impl std::error::Error for OutOfRangeError {}

/// What all newtypes of `String` have in common.
macro_rules! text_type {
    ($name:ident) => {
        impl $name {
            /// The string.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// A string that the parser has checked.
            pub(crate) fn from_checked(text: String) -> Self {
                Self(text)
            }
        }

        impl<'a> crate::view::sealed::Judged<'a> for $name {
            fn read(json: &'a [u8]) -> Self {
                Self(String::read(json))
            }

            fn take(slot: crate::parse::Slot<'a>) -> Self {
                Self(String::take(slot))
            }

            fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
                let (text, rest) = String::first(rest);
                (Self(text), rest)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

/// A newtype of `String` that takes any string.
macro_rules! string_type {
    ($name:ident, [$($example:literal),*]) => {
        crate::scalar::text_type!($name);

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<std::borrow::Cow<'_, str>> for $name {
            fn from(text: std::borrow::Cow<'_, str>) -> Self {
                Self(text.into_owned())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self)
            }
        }

        #[cfg(feature = "proptest1")]
        impl proptest::arbitrary::Arbitrary for $name {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
                use proptest::strategy::Strategy as _;
                crate::arbitrary::strings(&[$($example),*]).prop_map(Self).boxed()
            }
        }
    };
}

/// A newtype of `String` that takes the strings that `$constraint` takes.
macro_rules! limited_string_type {
    ($name:ident, $constraint:expr, $expected:literal) => {
        crate::scalar::text_type!($name);

        impl $name {
            const CONSTRAINT: &'static crate::parse::Constraint = &$constraint;

            /// The string, if it is one of those that the contract takes.
            ///
            /// # Errors
            ///
            /// If it is not.
            pub fn new(text: impl Into<String>) -> Result<Self, crate::OutOfRangeError> {
                let text = text.into();
                if crate::parse::takes_str(Self::CONSTRAINT, &text) {
                    Ok(Self(text))
                } else {
                    let found = format_args!("{text:?}");
                    Err(crate::OutOfRangeError::new(stringify!($name), $expected, found))
                }
            }
        }

        impl TryFrom<&str> for $name {
            type Error = crate::OutOfRangeError;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = crate::OutOfRangeError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)
                    .and_then(|text| Self::new(text).map_err(serde::de::Error::custom))
            }
        }

        #[cfg(feature = "proptest1")]
        impl proptest::arbitrary::Arbitrary for $name {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
                use proptest::strategy::Strategy as _;
                crate::arbitrary::values(Self::CONSTRAINT)
                    .prop_map(|json| Self(crate::parse::text(json.as_bytes()).into()))
                    .boxed()
            }
        }
    };
}

/// A closed set, as an enum without fields: of strings, or of JSON values. `$table` is the parser's, in the same order.
macro_rules! closed_set {
    ($name:ident, $table:expr, texts [$($variant:ident = $text:literal),*]) => {
        impl $name {
            /// The string in a delivery.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::OutOfRangeError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(crate::OutOfRangeError::of_set(stringify!($name), format_args!("{text:?}"))),
                }
            }
        }

        crate::scalar::closed_set!(@ $name, $table, [$($variant),*]);

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
    ($name:ident, $table:expr, json [$($variant:ident = $json:literal),*]) => {
        impl $name {
            /// The value in a delivery, as JSON.
            pub const fn as_json(self) -> &'static str {
                match self {
                    $(Self::$variant => $json,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_json())
            }
        }

        crate::scalar::closed_set!(@ $name, $table, [$($variant),*]);

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let json: serde_json::Value =
                    serde_json::from_str(self.as_json()).map_err(serde::ser::Error::custom)?;
                json.serialize(serializer)
            }
        }
    };
    (@ $name:ident, $table:expr, [$($variant:ident),*]) => {
        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
        }

        impl crate::view::sealed::Judged<'_> for $name {
            fn read(json: &[u8]) -> Self {
                Self::ALL[crate::view::position(json, $table)]
            }
        }

        crate::scalar::json_type!($name, $name, crate::parse::Constraint::OneOf($table));
    };
}

/// A type that is made of what the parser has judged by a table: `$borrowed` reads it.
macro_rules! json_type {
    ($name:ident, $borrowed:ident, $constraint:expr) => {
        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                use crate::view::sealed::Judged as _;
                static CONSTRAINT: crate::parse::Constraint = $constraint;
                crate::de::parse(deserializer, |json| {
                    crate::parse::value::<crate::generated::parser::Bits>(json, &CONSTRAINT)
                        .map(|json| $borrowed::read(json).into())
                })
            }
        }

        #[cfg(feature = "proptest1")]
        impl proptest::arbitrary::Arbitrary for $name {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
                use crate::view::sealed::Judged as _;
                use proptest::strategy::Strategy as _;
                static CONSTRAINT: crate::parse::Constraint = $constraint;
                crate::arbitrary::values(&CONSTRAINT)
                    .prop_map(|json| $borrowed::read(json.as_bytes()).into())
                    .boxed()
            }
        }
    };
}

pub(crate) use {closed_set, json_type, limited_string_type, string_type, text_type};
