//! Numbers by their exact decimal value: to a binary64, `1.0000000000000001` is 1, and `1e-400` is 0.

use std::cmp::Ordering;

/// The exact value of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    negative: bool,
    /// The value is `0.d1d2d3... * 10^exponent`.
    exponent: i64,
    /// Neither starts nor ends with a zero digit. The number zero has no digits.
    digits: Vec<u8>,
}

impl Decimal {
    /// The value of `text`, which must be a number in the syntax of RFC 8259.
    pub(crate) fn parse(text: &str) -> Self {
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
        let length = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        let point = length(integer.len()) - length(leading);
        Self { negative, exponent: point.saturating_add(power), digits }
    }

    /// Whether the nearest binary64 is infinite.
    pub(crate) fn is_infinite(&self) -> bool {
        let digits = String::from_utf8_lossy(&self.digits);
        // `f64` reads longer exponents wrongly, and these decide.
        let exponent = self.exponent.clamp(-1_000, 1_000);
        format!("0.{digits}0e{exponent}").parse().is_ok_and(f64::is_infinite)
    }

    pub(crate) fn is_integer(&self) -> bool {
        self.last_place() >= 0 || self.digits.is_empty()
    }

    /// Whether the value is a whole number of times `divisor`, which is above 0. Both are within the range of binary64, or near 0.
    pub(crate) fn is_multiple_of(&self, divisor: &Self) -> bool {
        if self.digits.is_empty() {
            return true;
        }
        // Neither ends with a zero digit, so what has a place beyond the divisor's last is no multiple.
        let places = self.last_place().saturating_sub(divisor.last_place());
        let Ok(places) = usize::try_from(places) else { return false };
        // Long division: what is left after each digit.
        let mut rest = Vec::new();
        for digit in self.digits.iter().copied().chain(std::iter::repeat_n(b'0', places)) {
            if !rest.is_empty() || digit != b'0' {
                rest.push(digit);
            }
            while (rest.len(), &rest) >= (divisor.digits.len(), &divisor.digits) {
                subtract(&mut rest, &divisor.digits);
            }
        }
        rest.is_empty()
    }

    /// The exponent of ten that the last digit counts.
    fn last_place(&self) -> i64 {
        self.exponent.saturating_sub(i64::try_from(self.digits.len()).unwrap_or(i64::MAX))
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

/// Takes `less` from `more`, both integers in ASCII digits without zeros before them.
fn subtract(more: &mut Vec<u8>, less: &[u8]) {
    let mut borrow = 0;
    let places = less.iter().rev().map(|digit| digit - b'0').chain(std::iter::repeat(0));
    for (digit, taken) in more.iter_mut().rev().zip(places) {
        let (value, taken) = (*digit - b'0', taken + borrow);
        borrow = u8::from(value < taken);
        *digit = b'0' + value + 10 * borrow - taken;
    }
    let zeros = more.iter().take_while(|digit| **digit == b'0').count();
    more.drain(..zeros);
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use bigdecimal::{BigDecimal, Zero};
    use proptest::prelude::*;

    use super::*;

    fn big(text: &str) -> BigDecimal {
        BigDecimal::from_str(text).expect("a number")
    }

    const TRAPS: &[&str] = &[
        "0",
        "-0",
        "-0.0",
        "1e3",
        "17458e8",
        "1.50e1",
        "1745800000000.0",
        "1745800000000.0000000001",
        "1e-400",
        "-1e-400",
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
    ];

    const DIVISORS: &[&str] =
        &["1", "3", "0.5", "0.125", "60000", "7e3", "9007199254740991", "0.0009765625"];

    /// Checks all that is asked of numbers with the arithmetic of another crate.
    fn check(one: &str, other: &str) {
        let (exact, bound) = (big(one), big(other));
        let (found, limit) = (Decimal::parse(one), Decimal::parse(other));
        assert_eq!(found.cmp(&limit), exact.cmp(&bound), "{one} against {other}");
        assert_eq!(found == limit, exact == bound, "{one} against {other}");
        assert_eq!(found.is_integer(), exact.is_integer(), "{one}");
        if bound > BigDecimal::zero() {
            let rest = &exact % &bound;
            assert_eq!(found.is_multiple_of(&limit), rest.is_zero(), "{one} of {other}");
        }
    }

    #[test]
    fn the_named_traps() {
        for one in TRAPS {
            TRAPS.iter().chain(DIVISORS).for_each(|other| check(one, other));
        }
    }

    #[test]
    fn exponents_beyond_any_integer_type_keep_their_side() {
        let zero = Decimal::parse("-0.0e-99999999999999999999999");
        assert_eq!(zero, Decimal::parse("0"));
        let tiny = Decimal::parse("1e-99999999999999999999999");
        assert!(tiny > zero && tiny < Decimal::parse("1e-300") && !tiny.is_integer());
        let tiny = Decimal::parse("-1e-99999999999999999999999");
        assert!(tiny < zero && tiny > Decimal::parse("-2.5"));
        assert!(!tiny.is_multiple_of(&Decimal::parse("0.5")));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

        #[test]
        fn any_two_numbers(
            one in "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,2})?",
            other in "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,5})?([eE][+-]?[0-9])?",
        ) {
            check(&one, &other);
        }

        #[test]
        fn multiples(divisor in prop::sample::select(DIVISORS), count: u32, beside in prop::sample::select(vec!["0", "1e-9", "1"])) {
            let number = big(divisor) * BigDecimal::from(count) + big(beside);
            check(&number.to_plain_string(), divisor);
        }

        #[test]
        fn near_the_bounds(
            bound in prop::sample::select(vec!["-2.5", "0", "1", "9007199254740991"]),
            zeros in 0..40_usize,
            digit in 1..=9_u8,
            negative: bool,
        ) {
            let offset = big(&format!("{}0.{}{digit}", if negative { "-" } else { "" }, "0".repeat(zeros)));
            check(&(big(bound) + offset).to_plain_string(), bound);
        }
    }
}
