//! The code that the newtypes of numbers share.

use std::ops::Bound;

/// What all newtypes of numbers have in common: they are made of `$input`, and hold a `$inner`.
macro_rules! conversions {
    ($name:ident, $input:ty, $inner:ty) => {
        impl TryFrom<$input> for $name {
            type Error = crate::OutOfRangeError;

            fn try_from(value: $input) -> Result<Self, Self::Error> {
                Self::new(value)
            }
        }

        impl From<$name> for $inner {
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
    };
}

/// A newtype of an integer within bounds.
macro_rules! integer_type {
    ($name:ident, $integer:ident, $minimum:literal, $maximum:literal, $multiple_of:literal, $expected:literal) => {
        impl $name {
            /// The least value.
            pub const MIN: Self = Self(crate::scalar::least($minimum, $multiple_of) as $integer);
            /// The greatest value.
            pub const MAX: Self = Self(crate::scalar::greatest($maximum, $multiple_of) as $integer);

            const DIVISOR: $integer = $multiple_of;
            const MULTIPLE_OF: Option<u64> =
                if $multiple_of == 1 { None } else { Some($multiple_of) };
            #[allow(dead_code, reason = "what reads it is a feature")]
            const CONSTRAINT: &'static crate::parse::Constraint =
                &crate::parse::Constraint::WideInteger(&crate::parse::IntegerLimits {
                    minimum: Some($minimum),
                    maximum: Some($maximum),
                    multiple_of: Self::MULTIPLE_OF,
                });

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
                Self::MIN.0 <= value
                    && value <= Self::MAX.0
                    && value / Self::DIVISOR * Self::DIVISOR == value
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

        impl crate::view::sealed::Judged<'_> for $name {
            fn read(json: &[u8]) -> Self {
                Self(<$integer>::read(json))
            }

            fn take(slot: crate::parse::Slot<'_>) -> Self {
                Self(<$integer>::take(slot))
            }
        }

        crate::scalar::conversions!($name, $integer, $integer);

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value: i64 = crate::de::exact(deserializer, Self::CONSTRAINT)?;
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
                (Self::MIN.0 / Self::DIVISOR..=Self::MAX.0 / Self::DIVISOR)
                    .prop_map(|value| Self(value * Self::DIVISOR))
                    .boxed()
            }
        }
    };
}

/// A newtype of an integer of any size, within limits.
macro_rules! wide_integer_type {
    ($name:ident, $limits:expr, $expected:literal) => {
        impl $name {
            const CONSTRAINT: &'static crate::parse::Constraint =
                &crate::parse::Constraint::WideInteger(&$limits);

            /// The value, if it is one of those that the contract takes.
            ///
            /// # Errors
            ///
            /// If it is not.
            pub fn new(value: impl Into<crate::Integer>) -> Result<Self, crate::OutOfRangeError> {
                let value = value.into();
                if crate::parse::takes_json(Self::CONSTRAINT, &value.to_string()) {
                    Ok(Self(value))
                } else {
                    Err(crate::OutOfRangeError::new(stringify!($name), $expected, value))
                }
            }

            /// The value, if an `i64` holds it.
            pub fn get(&self) -> Option<i64> {
                self.0.get()
            }

            /// A value that the parser has checked.
            pub(crate) fn from_checked(value: crate::Integer) -> Self {
                Self(value)
            }
        }

        impl crate::view::sealed::Judged<'_> for $name {
            fn read(json: &[u8]) -> Self {
                Self(crate::Integer::read(json))
            }
        }

        crate::scalar::conversions!($name, i64, crate::Integer);

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::Integer::deserialize(deserializer)
                    .and_then(|value| Self::new(value).map_err(serde::de::Error::custom))
            }
        }

        #[cfg(feature = "proptest1")]
        impl proptest::arbitrary::Arbitrary for $name {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
                use crate::view::sealed::Judged as _;
                use proptest::strategy::Strategy as _;
                crate::arbitrary::values(Self::CONSTRAINT)
                    .prop_map(|json| Self::read(json.as_bytes()))
                    .boxed()
            }
        }
    };
}

/// The least multiple of `divisor` from `minimum` on.
#[allow(clippy::cast_possible_wrap, reason = "the contract has no divisor beyond an `i64`")]
pub(crate) const fn least(minimum: i64, divisor: u64) -> i64 {
    let divisor = divisor as i64;
    minimum + (divisor - minimum.rem_euclid(divisor)) % divisor
}

/// The greatest multiple of `divisor` up to `maximum`.
#[allow(clippy::cast_possible_wrap, reason = "the contract has no divisor beyond an `i64`")]
pub(crate) const fn greatest(maximum: i64, divisor: u64) -> i64 {
    maximum - maximum.rem_euclid(divisor as i64)
}

/// A newtype of `f64` that takes the numbers that `$constraint` takes. Never infinite, never NaN.
macro_rules! number_type {
    ($name:ident, $constraint:expr, $multiple_of:expr, $expected:literal) => {
        impl $name {
            #[allow(dead_code, reason = "what reads it is a feature")]
            const CONSTRAINT: &'static crate::parse::Constraint = &$constraint;
            const BOUNDS: (std::ops::Bound<f64>, std::ops::Bound<f64>) = Self::CONSTRAINT.bounds();
            const STEP: Option<f64> = $multiple_of;

            /// The value, if it is finite and within the bounds.
            ///
            /// # Errors
            ///
            /// If it is not.
            pub fn new(value: f64) -> Result<Self, crate::OutOfRangeError> {
                if crate::scalar::is_within(value, Self::BOUNDS, Self::STEP) {
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
                    crate::scalar::is_within(value, Self::BOUNDS, Self::STEP),
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

        impl crate::view::sealed::Judged<'_> for $name {
            fn read(json: &[u8]) -> Self {
                Self(f64::read(json))
            }

            fn take(slot: crate::parse::Slot<'_>) -> Self {
                Self(f64::take(slot))
            }
        }

        crate::scalar::conversions!($name, f64, f64);

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value: f64 = crate::de::exact(deserializer, Self::CONSTRAINT)?;
                Self::new(value).map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "proptest1")]
        impl proptest::arbitrary::Arbitrary for $name {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
                use proptest::strategy::Strategy as _;
                crate::arbitrary::numbers(Self::BOUNDS, Self::STEP).prop_map(Self).boxed()
            }
        }
    };
}

/// Whether `value` is finite, within `bounds`, and a multiple of `step`.
pub(crate) const fn is_within(
    value: f64,
    bounds: (Bound<f64>, Bound<f64>),
    step: Option<f64>,
) -> bool {
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
    let is_step = match step {
        Some(step) => value % step == 0.0,
        None => true,
    };
    value.is_finite() && above && below && is_step
}

pub(crate) use {conversions, integer_type, number_type, wide_integer_type};

#[cfg(test)]
mod tests {
    use std::ops::Bound::{Excluded, Included, Unbounded};

    use super::{greatest, is_within, least};
    use crate::OutOfRangeError;

    #[test]
    fn the_ends_of_a_range_are_multiples() {
        for (minimum, divisor, first) in [
            (0, 1, 0),
            (-3, 1, -3),
            (1, 5, 5),
            (5, 5, 5),
            (6, 5, 10),
            (-4, 5, 0),
            (-5, 5, -5),
            (-6, 5, -5),
        ] {
            assert_eq!(least(minimum, divisor), first, "from {minimum} by {divisor}");
        }
        for (maximum, divisor, last) in [
            (0, 1, 0),
            (-3, 1, -3),
            (4, 5, 0),
            (5, 5, 5),
            (9, 5, 5),
            (-4, 5, -5),
            (-5, 5, -5),
            (-6, 5, -10),
        ] {
            assert_eq!(greatest(maximum, divisor), last, "to {maximum} by {divisor}");
        }
    }

    #[test]
    fn a_float_is_within_its_bounds_or_not() {
        for (low, high, step, within, outside) in [
            (Included(0.0), Included(1.0), None, &[0.0, -0.0, 0.5, 1.0][..], &[-0.1, 1.1][..]),
            (Excluded(0.0), Excluded(1.0), None, &[0.1, 0.9], &[0.0, 1.0, -1.0, 2.0]),
            (Unbounded, Included(1.0), None, &[-1e300, 1.0], &[1.5]),
            (Included(1.0), Unbounded, None, &[1e300, 1.0], &[0.5]),
            (Unbounded, Unbounded, Some(0.25), &[0.0, 0.25, -1.5, 3.0], &[0.1, 0.375]),
            (Included(0.0), Unbounded, Some(0.25), &[0.5], &[-0.25, 0.6]),
        ] {
            for value in within {
                assert!(
                    is_within(*value, (low, high), step),
                    "{value} in {low:?} {high:?} {step:?}"
                );
            }
            let never = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
            for value in outside.iter().chain(&never) {
                assert!(
                    !is_within(*value, (low, high), step),
                    "{value} in {low:?} {high:?} {step:?}"
                );
            }
        }
    }

    #[test]
    fn an_error_says_what_is_expected() {
        let error = OutOfRangeError::new("Share", "number from 0 to 1", 2);
        assert_eq!(error.to_string(), "Share takes a number from 0 to 1, not 2");
        let error = OutOfRangeError::new("Count", "integer from 0 to 1", 2);
        assert_eq!(error.to_string(), "Count takes an integer from 0 to 1, not 2");
    }
}
