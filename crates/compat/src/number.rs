//! Exact numbers: every JSON number is read as the decimal it is written as, never as the nearest
//! binary floating point.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};
use serde_json::Number;

/// An exact number.
pub(crate) type Rational = BigRational;
/// A number of items, members or characters, of any size.
pub(crate) type Count = num_bigint::BigUint;

/// Exponents beyond this are not expanded into digits: the memory would be out of proportion.
const MAX_EXPONENT: i64 = 2_000;

/// The decimal that the JSON number `text` denotes; `None` if its exponent is too large.
pub(crate) fn parse(text: &str) -> Option<Rational> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |t| (true, t));
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()),
        None => (text, Some(0)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let value = BigInt::parse_bytes(digits.as_bytes(), 10)?;
    if value.is_zero() {
        return Some(Rational::zero());
    }
    let exponent = exponent?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    if exponent.abs() > MAX_EXPONENT || digits.len() > 20_000 {
        return None;
    }
    let scale = BigInt::from(10).pow(u32::try_from(exponent.unsigned_abs()).ok()?);
    let value = if negative { -value } else { value };
    Some(if exponent < 0 {
        Rational::new(value, scale)
    } else {
        Rational::from_integer(value * scale)
    })
}

/// The exact value of a number that `serde_json` holds: its shortest decimal. `None` if its exponent is
/// too large, which that of a binary64 number never is.
pub(crate) fn exact(number: &Number) -> Option<Rational> {
    if let Some(n) = number.as_i64() {
        return Some(Rational::from_integer(n.into()));
    }
    if let Some(n) = number.as_u64() {
        return Some(Rational::from_integer(n.into()));
    }
    parse(&number.to_string())
}

/// The count that a number is, if it is whole and not negative.
pub(crate) fn count(value: &Rational) -> Option<Count> {
    if value.is_integer() { value.numer().to_biguint() } else { None }
}

/// The count, or the largest `u64` if it is larger.
pub(crate) fn saturated(count: &Count) -> u64 {
    count.to_u64().unwrap_or(u64::MAX)
}

/// The number as `serde_json` holds it, if that is exact. `float` asks for a literal with a point,
/// which draft 4 tells apart.
pub(crate) fn to_json(value: &Rational, float: bool) -> Option<Number> {
    if value.is_integer() && !float {
        let n = value.to_integer();
        if let Some(n) = n.to_i64() {
            return Some(n.into());
        }
        if let Some(n) = n.to_u64() {
            return Some(n.into());
        }
    }
    let number = Number::from_f64(value.to_f64()?)?;
    (exact(&number).as_ref() == Some(value)).then_some(number)
}

/// The least positive number that is a multiple of both.
pub(crate) fn lcm(a: &Rational, b: &Rational) -> Rational {
    // lcm(p/q, r/s) = lcm(p, r) / gcd(q, s) for fractions in lowest terms.
    Rational::new(a.numer().lcm(b.numer()), a.denom().gcd(b.denom()))
}

/// Whether `value` is a multiple of `divisor`.
pub(crate) fn is_multiple(value: &Rational, divisor: &Rational) -> bool {
    let numer = value.numer() * divisor.denom();
    let denom = value.denom() * divisor.numer();
    (numer % denom).is_zero()
}

/// A decimal strictly between two numbers, `low < high`, with as few digits as there can be.
pub(crate) fn between(low: &Rational, high: &Rational) -> Rational {
    // The first multiple of 10^-digits above `low`, as its numerator and denominator.
    let first = |digits: u64| {
        let scale = BigInt::from(10).pow(u32::try_from(digits).unwrap_or(u32::MAX));
        ((low.numer() * &scale).div_floor(low.denom()) + 1, scale)
    };
    let fits = |digits: u64| {
        let (numer, scale) = first(digits);
        numer * high.denom() < high.numer() * scale
    };
    // A multiple of 10^-n is one of 10^-(n + 1): what fits with some digits, does with more. The
    // numbers are at least 1 / (the product of their denominators) apart.
    let mut most = (low.denom().bits() + high.denom().bits()) / 3 + 1;
    let mut least = 0;
    while least < most {
        let middle = u64::midpoint(least, most);
        if fits(middle) { most = middle } else { least = middle + 1 }
    }
    let (numer, scale) = first(most);
    Rational::new(numer, scale)
}
