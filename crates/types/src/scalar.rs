//! The code that the newtypes of `generated/definitions.rs` share.

use std::fmt;
use std::ops::Bound;

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
        Self { type_name, expected, found: found.to_string() }
    }
}

impl fmt::Display for OutOfRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let article = if self.expected.starts_with('i') { "an" } else { "a" };
        write!(f, "{} takes {article} {}, not {}", self.type_name, self.expected, self.found)
    }
}

impl std::error::Error for OutOfRangeError {}

/// A newtype of `String` that takes any string.
macro_rules! string_type {
    ($name:ident, [$($example:literal),*]) => {
        impl $name {
            /// The string.
            pub fn as_str(&self) -> &str {
                &self.0
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
                crate::scalar::strings(&[$($example),*]).prop_map(Self).boxed()
            }
        }
    };
}

/// A newtype of an integer within bounds.
macro_rules! integer_type {
    ($name:ident, $integer:ident, $minimum:literal, $maximum:literal, $expected:literal) => {
        impl $name {
            /// The least value.
            pub const MIN: Self = Self($minimum);
            /// The greatest value.
            pub const MAX: Self = Self($maximum);

            /// The value, if it is within the bounds.
            ///
            /// # Errors
            ///
            /// If it is outside.
            pub fn new(value: $integer) -> Result<Self, crate::OutOfRangeError> {
                if Self::contains(value) {
                    Ok(Self(value))
                } else {
                    Err(crate::OutOfRangeError::new(stringify!($name), $expected, value))
                }
            }

            /// A value that is known when the program is compiled: as a constant, one outside the bounds
            /// is an error of the compiler.
            ///
            /// # Panics
            ///
            /// If it is outside the bounds: check other values with `new`.
            pub const fn constant(value: $integer) -> Self {
                assert!(Self::contains(value), concat!(stringify!($name), " takes an ", $expected));
                Self(value)
            }

            const fn contains(value: $integer) -> bool {
                Self::MIN.0 <= value && value <= Self::MAX.0
            }

            /// The value.
            pub const fn get(self) -> $integer {
                self.0
            }

            /// A value that the parser has checked.
            pub(crate) const fn from_checked(value: $integer) -> Self {
                Self(value)
            }
        }

        impl TryFrom<$integer> for $name {
            type Error = crate::OutOfRangeError;

            fn try_from(value: $integer) -> Result<Self, Self::Error> {
                Self::new(value)
            }
        }

        impl From<$name> for $integer {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = crate::de::integer(deserializer)?;
                let checked = value.try_into().ok().and_then(|value| Self::new(value).ok());
                checked.ok_or_else(|| {
                    serde::de::Error::custom(crate::OutOfRangeError::new(
                        stringify!($name),
                        $expected,
                        value,
                    ))
                })
            }
        }

        #[cfg(feature = "proptest1")]
        impl proptest::arbitrary::Arbitrary for $name {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
                use proptest::strategy::Strategy as _;
                (Self::MIN.0..=Self::MAX.0).prop_map(Self).boxed()
            }
        }
    };
}

/// A newtype of `f64` within bounds, each of them a `std::ops::Bound`. Never infinite, never NaN.
macro_rules! number_type {
    ($name:ident, $minimum:expr, $maximum:expr, $expected:literal) => {
        impl $name {
            const BOUNDS: (std::ops::Bound<f64>, std::ops::Bound<f64>) = {
                #[allow(unused_imports, reason = "two bounds need two of the three")]
                use std::ops::Bound::{Excluded, Included, Unbounded};
                ($minimum, $maximum)
            };

            /// The value, if it is finite and within the bounds.
            ///
            /// # Errors
            ///
            /// If it is not.
            pub fn new(value: f64) -> Result<Self, crate::OutOfRangeError> {
                if crate::scalar::is_within(value, Self::BOUNDS) {
                    Ok(Self(value))
                } else {
                    Err(crate::OutOfRangeError::new(stringify!($name), $expected, value))
                }
            }

            /// A value that is known when the program is compiled: as a constant, one outside the bounds
            /// is an error of the compiler.
            ///
            /// # Panics
            ///
            /// If it is outside the bounds or not finite: check other values with `new`.
            pub const fn constant(value: f64) -> Self {
                assert!(
                    crate::scalar::is_within(value, Self::BOUNDS),
                    concat!(stringify!($name), " takes a ", $expected)
                );
                Self(value)
            }

            /// The value.
            pub const fn get(self) -> f64 {
                self.0
            }

            /// A value that the parser has checked.
            pub(crate) const fn from_checked(value: f64) -> Self {
                Self(value)
            }
        }

        impl TryFrom<f64> for $name {
            type Error = crate::OutOfRangeError;

            fn try_from(value: f64) -> Result<Self, Self::Error> {
                Self::new(value)
            }
        }

        impl From<$name> for f64 {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_f64(self.0)
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = f64::deserialize(deserializer)?;
                Self::new(value).map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "proptest1")]
        impl proptest::arbitrary::Arbitrary for $name {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
                use proptest::strategy::Strategy as _;
                crate::scalar::numbers(Self::BOUNDS).prop_map(Self).boxed()
            }
        }
    };
}

/// Whether `value` is finite and within `bounds`.
pub(crate) const fn is_within(value: f64, bounds: (Bound<f64>, Bound<f64>)) -> bool {
    let above = match bounds.0 {
        Bound::Included(minimum) => minimum <= value,
        Bound::Excluded(minimum) => minimum < value,
        Bound::Unbounded => true,
    };
    let below = match bounds.1 {
        Bound::Included(maximum) => value <= maximum,
        Bound::Excluded(maximum) => value < maximum,
        Bound::Unbounded => true,
    };
    value.is_finite() && above && below
}

/// Strings for tests: some as they usually look, and any others, which are allowed as well.
#[cfg(feature = "proptest1")]
pub(crate) fn strings(
    examples: &'static [&'static str],
) -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::{Strategy as _, any, prop_oneof};
    let usual: Vec<_> = examples.iter().chain(&[""]).map(ToString::to_string).collect();
    let characters = proptest::collection::vec(any::<char>(), 0..40);
    prop_oneof![
        2 => proptest::sample::select(usual),
        1 => "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}",
        1 => characters.prop_map(String::from_iter),
    ]
}

/// Numbers for tests: within the bounds, and with inclusive bounds among them.
#[cfg(feature = "proptest1")]
pub(crate) fn numbers(
    bounds: (Bound<f64>, Bound<f64>),
) -> impl proptest::strategy::Strategy<Value = f64> {
    use Bound::{Excluded, Included, Unbounded};
    use proptest::prelude::{Strategy as _, any, prop_oneof};
    let side = |bound, unbounded| match bound {
        Included(value) | Excluded(value) => value,
        Unbounded => unbounded,
    };
    let (low, high) = (side(bounds.0, -1e300), side(bounds.1, 1e300));
    let (near_low, near_high) = (high.min(low + 1e4), low.max(high - 1e4));
    prop_oneof![
        4 => (0f64..=1f64).prop_map(move |share| low + share * (near_low - low)),
        2 => any::<f64>().prop_map(move |value| value.clamp(low, high)),
        1 => proptest::sample::select(vec![low, high, near_low, near_high]),
    ]
    .prop_filter("within the bounds", move |value| std::ops::RangeBounds::contains(&bounds, value))
}

pub(crate) use {integer_type, number_type, string_type};
