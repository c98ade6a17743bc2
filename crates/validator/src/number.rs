//! Numbers by their exact decimal value, in a form that JSON Schema validators judge correctly.
//!
//! A JSON number means its exact value, but validators see the nearest binary64: to them `1.0000000000000001` is 1,
//! `1e-400` is the integer 0, and `4503599627370497.5` is an integer too. [`Bounds::stand_in`] replaces such a number
//! with one that they cannot misjudge.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// The exact value of a decimal.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    /// The value is `0.d1d2d3... * 10^exponent`.
    exponent: i64,
    /// Neither starts nor ends with a zero digit. The number zero has no digits.
    digits: Vec<u8>,
}

impl Decimal {
    /// The value of `text`, which must be a number in the syntax of RFC 8259.
    fn parse(text: &str) -> Self {
        let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(mantissa) => (true, mantissa),
            None => (false, mantissa),
        };
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits: Vec<u8> = [integer, fraction].concat().into_bytes();
        let leading = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..leading);
        digits.truncate(digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1));
        if digits.is_empty() {
            return Self { negative: false, exponent: 0, digits };
        }
        // An exponent that overflows here outweighs any number of digits that fits in memory.
        let power: i64 =
            power.parse().unwrap_or(if power.starts_with('-') { i64::MIN } else { i64::MAX });
        let point = i64::try_from(integer.len()).unwrap_or(i64::MAX)
            - i64::try_from(leading).unwrap_or(i64::MAX);
        Self { negative, exponent: point.saturating_add(power), digits }
    }

    fn is_integer(&self) -> bool {
        self.exponent >= i64::try_from(self.digits.len()).unwrap_or(i64::MAX)
            || self.digits.is_empty()
    }

    /// The value as an integer, if it is one that fits 64 bits.
    fn to_integer(&self) -> Option<Number> {
        let places = usize::try_from(self.exponent).ok().filter(|places| *places <= 20)?;
        if !self.is_integer() {
            return None;
        }
        let digits = self.digits.iter().copied().chain(std::iter::repeat(b'0')).take(places);
        let magnitude = digits.fold(0_i128, |value, digit| value * 10 + i128::from(digit - b'0'));
        Number::from_i128(if self.negative { -magnitude } else { magnitude })
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |decimal: &Self| match (decimal.digits.is_empty(), decimal.negative) {
            (true, _) => 0,
            (false, negative) => {
                if negative {
                    -1
                } else {
                    1
                }
            }
        };
        sign(self).cmp(&sign(other)).then_with(|| {
            let magnitudes =
                self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits));
            if self.negative { magnitudes.reverse() } else { magnitudes }
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A bound of a schema: its exact decimal, and the number that a validator holds for it.
#[derive(Debug)]
struct Bound {
    exact: Decimal,
    held: Number,
}

impl Bound {
    fn new(number: &Number) -> Self {
        Self { exact: Decimal::parse(&number.to_string()), held: number.clone() }
    }

    /// The result when a validator compares `value` with this bound.
    fn compare(&self, value: f64) -> Option<Ordering> {
        let nearest = value.partial_cmp(&self.held.as_f64()?)?;
        let Some(integer) = self.held.as_i128() else { return Some(nearest) };
        // Equal as f64, so both are integers: compare them exactly.
        #[expect(clippy::cast_possible_truncation, reason = "integral, and within 64 bits")]
        Some(nearest.then_with(|| (value as i128).cmp(&integer)))
    }
}

/// Every bound that occurs in a set of schemas.
#[derive(Debug)]
pub(crate) struct Bounds(Vec<Bound>);

impl Bounds {
    /// The bounds of every schema within `schemas`.
    pub(crate) fn of(schemas: &Value) -> Self {
        let mut bounds = Vec::new();
        collect(schemas, &mut bounds);
        bounds.sort_by(|a, b| a.exact.cmp(&b.exact));
        bounds.dedup_by(|a, b| a.exact == b.exact);
        Self(bounds)
    }

    /// A number that validators judge as they should judge `text`, a JSON number within the range of binary64.
    ///
    /// An integer of 64 bits stands for itself. For any other value it is a binary64 on the same side of every bound,
    /// and an integer exactly if the value is one: the nearest binary64 if possible, else one of its neighbours, else
    /// one beside a bound. A fraction beyond every bound and beyond 2^52 has none that is not an integer; the bounds
    /// still hold then.
    pub(crate) fn stand_in(&self, text: &str) -> Number {
        let exact = Decimal::parse(text);
        if let Some(integer) = exact.to_integer() {
            return integer;
        }
        let nearest: f64 = text.parse().expect("Rust parses every JSON number");
        let nearest = nearest.clamp(f64::MIN, f64::MAX);
        let same_side = |value: f64| {
            value.is_finite()
                && self.0.iter().all(|bound| bound.compare(value) == Some(exact.cmp(&bound.exact)))
        };
        let same_kind = |value: f64| (value.fract() == 0.0) == exact.is_integer();
        let beside = self.0.iter().filter_map(|bound| bound.held.as_f64());
        let beside = beside.flat_map(|bound| [-0.5, -0.25, 0.25, 0.5].map(|step| bound + step));
        let neighbour = |magnitude: u64| {
            let magnitude = f64::from_bits(magnitude);
            if exact.negative { -magnitude } else { magnitude }
        };
        let magnitude = nearest.abs().to_bits();
        let mut candidates =
            vec![nearest, neighbour(magnitude.saturating_sub(1)), neighbour(magnitude + 1)];
        candidates.extend(beside);
        let stand_in = candidates
            .iter()
            .find(|value| same_side(**value) && same_kind(**value))
            .or_else(|| candidates.iter().find(|value| same_side(**value)))
            .copied()
            .unwrap_or(nearest);
        Number::from_f64(stand_in).expect("every candidate is finite")
    }
}

fn collect(schema: &Value, bounds: &mut Vec<Bound>) {
    match schema {
        Value::Object(keywords) => {
            for (keyword, value) in keywords.iter().filter(|(keyword, _)| *keyword != "examples") {
                match (keyword.as_str(), value) {
                    (
                        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum",
                        Value::Number(number),
                    ) => bounds.push(Bound::new(number)),
                    _ => collect(value, bounds),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, bounds)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use bigdecimal::BigDecimal;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const SAFE: i64 = (1 << 53) - 1;

    fn bounds() -> Bounds {
        Bounds::of(&json!({
            "a": { "minimum": 0, "maximum": SAFE },
            "b": { "exclusiveMinimum": -2.5, "maximum": 1 },
        }))
    }

    fn big(text: &str) -> BigDecimal {
        BigDecimal::from_str(text).expect("a number")
    }

    /// Checks the stand-in of `text` with the arithmetic of another crate.
    fn check(text: &str) {
        let bounds = bounds();
        let number = bounds.stand_in(text);
        let held = number.as_i128().map_or_else(
            || BigDecimal::try_from(number.as_f64().unwrap()).unwrap(),
            BigDecimal::from,
        );
        let exact = big(text);
        for bound in &bounds.0 {
            let bound = big(&bound.held.to_string());
            assert_eq!(held.cmp(&bound), exact.cmp(&bound), "{text} -> {number} against {bound}");
        }
        if exact.abs() < SAFE {
            assert_eq!(held.is_integer(), exact.is_integer(), "{text} -> {number}");
        }
        if exact.is_integer() && exact.abs() <= i64::MAX {
            assert_eq!(held, exact, "{text} -> {number}");
        }
    }

    #[test]
    fn the_named_traps() {
        for text in [
            "0",
            "-0",
            "-0.0",
            "0e999999",
            "1e3",
            "17458e8",
            "1.50e1",
            "1745800000000.0",
            "1745800000000.0000000001",
            "1e-400",
            "-1e-400",
            "1e-9999",
            "1.0000000000000001",
            "0.99999999999999999999",
            "-0.00000000000000000000000001",
            "-2.5",
            "-2.50000000000000000001",
            "-2.49999999999999999999",
            "9007199254740991",
            "9007199254740991.0",
            "9007199254740990.9999999999999",
            "9007199254740991.00000000001",
            "9007199254740992",
            "9007199254740993",
            "4503599627370497.5",
            "9007199254740989.5",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775809",
            "1e30",
            "123456789e-9",
            "1E+2",
            "1e-2",
            "100e-2",
            "1.7976931348623157e308",
        ] {
            check(text);
        }
    }

    #[test]
    fn exponents_beyond_any_integer_type_keep_their_side() {
        let bounds = bounds();
        let tiny = bounds.stand_in("1e-99999999999999999999999").as_f64().unwrap();
        assert!(tiny > 0.0 && tiny < 1.0);
        let tiny = bounds.stand_in("-1e-99999999999999999999999").as_f64().unwrap();
        assert!(tiny < 0.0 && tiny > -2.5);
        assert_eq!(bounds.stand_in("-0.0e-99999999999999999999999"), Number::from(0));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

        #[test]
        fn stand_ins_keep_side_and_kind(
            text in "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?",
        ) {
            check(&text);
        }

        #[test]
        fn near_the_bounds(
            bound in prop::sample::select(vec!["-2.5", "0", "1", "9007199254740991"]),
            zeros in 0..40_usize,
            digit in 1..=9_u8,
            negative: bool,
        ) {
            let offset = big(&format!("{}0.{}{digit}", if negative { "-" } else { "" }, "0".repeat(zeros)));
            check(&(big(bound) + offset).to_plain_string());
        }
    }
}
