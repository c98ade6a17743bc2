//! JSON numbers: their grammar, and how their exact decimal values compare with bounds.
//!
//! A bound is compared with the decimal that the delivery writes, never with the nearest binary64: otherwise
//! `1.0000000000000001` would equal 1. Rounding keeps order, so the nearest binary64 decides unless it equals the bound;
//! only then are digits compared.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "a bound is met or it is not; each cast wants the lowest bits, or is of a number that its comment or check bounds"
)]

use std::cmp::Ordering;

use super::vocabulary::{Bound, Fault, IntegerLimits, Reason};
use super::words::{HIGH, before_first, each, window, word};

/// A number in a delivery.
#[derive(Clone, Copy)]
pub(super) struct Number<'a> {
    /// As written.
    text: &'a [u8],
    negative: bool,
    /// All digits as one integer; meaningless when `count` exceeds [`EXACT_DIGITS`].
    digits: u64,
    /// The number of digits, zeros at either end included.
    count: usize,
    /// The value is `digits` times ten to this power; saturated at [`FAR`].
    scale: i64,
}

/// A `u64` holds as many digits, whatever they are.
const EXACT_DIGITS: usize = 19;

/// A power of ten beyond what the digits of any delivery could make up for.
const FAR: i64 = 1 << 56;

/// Integers up to here are exact in binary64.
const EXACT_INTEGER: u64 = 1 << 53;

/// The powers of ten that are exact in binary64.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The number at the start of `start`, and what follows it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn scan(start: &[u8]) -> Result<(Number<'_>, &[u8]), Fault<'_>> {
    let (negative, int) = match start {
        [b'-', tail @ ..] => (true, tail),
        _ => (false, start),
    };
    let (mut digits, mut count, mut rest) = match int {
        [b'0', tail @ ..] => (0, 1, tail),
        [b'1'..=b'9', ..] => run(int, 0),
        _ => return Err(Fault::new(Reason::Syntax("a digit"), int)),
    };
    let mut scale = 0;
    if let [b'.', fraction @ ..] = rest {
        let (all, places, tail) = run(fraction, digits);
        if places == 0 {
            return Err(Fault::new(Reason::Syntax("a digit"), fraction));
        }
        digits = all;
        count += places;
        // A slice is no longer than `isize::MAX`.
        scale = -(places as i64);
        rest = tail;
    }
    if let [b'e' | b'E', power @ ..] = rest {
        let (power, tail) = exponent(power)?;
        scale = scale.saturating_add(power);
        rest = tail;
    }
    let number =
        Number { text: &start[..start.len() - rest.len()], negative, digits, count, scale };
    if scale.saturating_add(count as i64) > 308 && number.nearest().is_infinite() {
        return Err(Fault::new(Reason::Overflow, start));
    }
    Ok((number, rest))
}

/// An integer of 8 to 15 digits, as times are, with its end after it: a guess that is checked.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn quick_integer(rest: &[u8], minimum: i64, maximum: i64) -> Option<(i64, &[u8])> {
    let chunk = rest.first_chunk::<16>()?;
    let (first, second) = (word(chunk, 0) ^ each(b'0'), word(chunk, 8) ^ each(b'0'));
    let marks = no_digits(second);
    let count = before_first(marks);
    if no_digits(first) != 0 || chunk[0] == b'0' || marks == 0 || !ends(second, count) {
        return None;
    }
    // The shift is by 64 when there is no second part.
    let below = second.wrapping_shl(64 - 8 * count as u32) & u64::from(count != 0).wrapping_neg();
    let value = (eight(first) * TENS[count] + eight(below)) as i64;
    let within =
        (minimum <= 0 || minimum <= value) && (maximum >= 999_999_999_999_999 || value <= maximum);
    within.then_some((value, rest.get(8 + count..)?))
}

/// An integer of 7 digits at most with its end after it: a guess that is checked. `context` ends with `rest`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn quick_short_integer<'a>(
    context: &[u8],
    rest: &'a [u8],
    minimum: i64,
    maximum: i64,
) -> Option<(i64, &'a [u8])> {
    let values = window(context, rest)? ^ each(b'0');
    let count = before_first(no_digits(values));
    let leading_zero = values as u8 == 0 && count > 1;
    if count == 0 || count > 7 || leading_zero || !ends(values, count) {
        return None;
    }
    let value = eight(values << (64 - 8 * count)) as i64;
    (minimum <= value && value <= maximum).then_some((value, rest.get(count..)?))
}

/// A decimal fraction such as `0.42`, of 7 bytes at most and with its end after it: a guess that is checked. `context`
/// ends with `rest`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn quick_fraction<'a>(
    context: &[u8],
    rest: &'a [u8],
    minimum: Option<Bound>,
    maximum: Option<Bound>,
) -> Option<(f64, &'a [u8])> {
    let text = window(context, rest)?;
    let values = text ^ each(b'0');
    let integer = before_first(no_digits(values));
    // After the point, with zeros (which are no digits) coming in from above.
    let fraction = (text >> 8).checked_shr(8 * integer as u32)? ^ each(b'0');
    let places = before_first(no_digits(fraction));
    let point = (text >> (8 * integer)) as u8;
    let leading_zero = values as u8 == 0 && integer > 1;
    if integer == 0 || places == 0 || point != b'.' || leading_zero || !ends(fraction, places) {
        return None;
    }
    let digits = values & ((1 << (8 * integer)) - 1) | fraction << (8 * integer);
    let value = eight(digits << (64 - 8 * (integer + places))) as f64 / POWERS[places];
    let within = minimum.is_none_or(|bound| bound.value < value)
        && maximum.is_none_or(|bound| value < bound.value);
    within.then_some((value, rest.get(integer + 1 + places..)?))
}

/// Tells whether byte `at`, of bytes XOR-ed with `0`, is one that often follows a number: a comma, a closing brace, a line feed or a blank.
#[cfg_attr(not(debug_assertions), inline(always))]
fn ends(values: u64, at: usize) -> bool {
    matches!((values >> (8 * at)) as u8 ^ b'0', b',' | b'}' | b'\n' | b' ')
}

/// Marks the bytes above 9; and perhaps some above the first one of these, which alone counts.
#[cfg_attr(not(debug_assertions), inline(always))]
fn no_digits(values: u64) -> u64 {
    (values.wrapping_add(each(0x80 - 10)) | values) & HIGH
}

/// The digits at the start of `rest`, appended to `digits`: the new value (modulo 2^64), how many, and what follows.
#[cfg_attr(not(debug_assertions), inline(always))]
fn run(mut rest: &[u8], mut digits: u64) -> (u64, usize, &[u8]) {
    let start = rest.len();
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let values = word(chunk, 0) ^ each(b'0');
        let marks = no_digits(values);
        if marks == 0 {
            digits = digits.wrapping_mul(100_000_000).wrapping_add(eight(values));
            rest = tail;
            continue;
        }
        let count = before_first(marks);
        if count > 0 {
            // Zeros come in from below, in front of the digits.
            digits =
                digits.wrapping_mul(TENS[count]).wrapping_add(eight(values << (64 - 8 * count)));
            rest = &rest[count..];
        }
        return (digits, start - rest.len(), rest);
    }
    while let [digit @ b'0'..=b'9', tail @ ..] = rest {
        digits = digits.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        rest = tail;
    }
    (digits, start - rest.len(), rest)
}

const TENS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// The number that eight digits make, the first one in the lowest byte.
#[cfg_attr(not(debug_assertions), inline(always))]
fn eight(values: u64) -> u64 {
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (fours * 10_000 + (fours >> 32)) & 0xffff_ffff
}

/// The power of ten after `e`, saturated at [`FAR`].
#[cold]
fn exponent(start: &[u8]) -> Result<(i64, &[u8]), Fault<'_>> {
    let (negative, mut rest) = match start {
        [b'-', tail @ ..] => (true, tail),
        [b'+', tail @ ..] => (false, tail),
        _ => (false, start),
    };
    if !matches!(rest, [b'0'..=b'9', ..]) {
        return Err(Fault::new(Reason::Syntax("a digit"), rest));
    }
    let mut power = 0_i64;
    while let [digit @ b'0'..=b'9', tail @ ..] = rest {
        power = (power * 10 + i64::from(digit - b'0')).min(FAR);
        rest = tail;
    }
    Ok((if negative { -power } else { power }, rest))
}

impl Number<'_> {
    /// The exact value if it is an integer from `minimum` to `maximum`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn integer(&self, minimum: i64, maximum: i64) -> Option<i64> {
        let value = if self.scale == 0 && self.count < EXACT_DIGITS {
            // Below 10^18.
            let value = self.digits as i64;
            if self.negative { -value } else { value }
        } else {
            Decimal::new(self.text).integer()?
        };
        (minimum <= value && value <= maximum).then_some(value)
    }

    /// Whether it is an integer within `limits`, however large.
    pub(super) fn is_within(&self, limits: &IntegerLimits) -> bool {
        let &IntegerLimits { minimum, maximum, multiple_of } = limits;
        let within = match self.integer(i64::MIN, i64::MAX) {
            Some(value) => {
                minimum.is_none_or(|minimum| minimum <= value)
                    && maximum.is_none_or(|maximum| value <= maximum)
            }
            // Beyond all of these.
            None if self.negative => minimum.is_none(),
            None => maximum.is_none(),
        };
        let decimal = || Decimal::new(self.text);
        within
            && (self.scale >= 0 || decimal().is_integer())
            && multiple_of.is_none_or(|divisor| decimal().remainder(divisor) == 0)
    }

    /// Whether the exact value is a multiple of `divisor`, a decimal.
    pub(super) fn is_multiple_of(&self, divisor: &str) -> bool {
        let (value, divisor) = (Decimal::new(self.text), Decimal::new(divisor.as_bytes()));
        if value.is_zero() {
            return true;
        }
        // Both as integers times a power of ten, without zeros at their ends.
        let power = (value.point - value.count()) - (divisor.point - divisor.count());
        let divisor = divisor.digits().fold(0, |all, digit| all * 10 + u128::from(digit - b'0'));
        let Ok(zeros) = usize::try_from(power) else { return false };
        let digits = value.digits().chain(std::iter::repeat_n(b'0', zeros));
        digits.fold(0, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % divisor) == 0
    }

    /// The nearest binary64 if the exact value is within the bounds.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn float(&self, minimum: Option<Bound>, maximum: Option<Bound>) -> Option<f64> {
        let value = self.nearest();
        let above = minimum
            .is_none_or(|bound| value > bound.value || self.meets(value, bound, Ordering::Greater));
        let below = maximum
            .is_none_or(|bound| value < bound.value || self.meets(value, bound, Ordering::Less));
        (above && below).then_some(value)
    }

    /// Tells whether the exact value, whose nearest binary64 is `value`, is the bound or on the `inner` side of it.
    #[inline]
    fn meets(&self, value: f64, bound: Bound, inner: Ordering) -> bool {
        if value != bound.value {
            return false;
        }
        let order = if self.scale == 0 && self.count <= 15 {
            Ordering::Equal
        } else {
            Decimal::new(self.text).cmp(&Decimal::new(bound.decimal.as_bytes()))
        };
        order == inner || order == Ordering::Equal && !bound.exclusive
    }

    /// The nearest binary64, ties to even; infinite when the value is too large.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn nearest(&self) -> f64 {
        let exact = self.count <= EXACT_DIGITS
            && self.digits <= EXACT_INTEGER
            && (-22..=22).contains(&self.scale);
        if !exact {
            return parse(self.text);
        }
        // Both operands are exact and the operation rounds once.
        let digits = self.digits as f64;
        let value = if self.scale < 0 {
            digits / POWERS[self.scale.unsigned_abs() as usize]
        } else {
            digits * POWERS[self.scale as usize]
        };
        if self.negative { -value } else { value }
    }
}

/// Up to this length a number is converted as it is written.
///
/// `f64::from_str` takes any exponent from 65,536 on for one, which is wrong where the zeros of a longer number make up for it.
const LONG: usize = 1_000;

/// The nearest binary64 of any number in JSON's grammar.
#[cold]
fn parse(text: &[u8]) -> f64 {
    let nearest = |text: &[u8]| -> f64 {
        let text = std::str::from_utf8(text).expect("a scanned number is ASCII");
        text.parse().expect("Rust parses all that JSON's grammar allows")
    };
    if text.len() > LONG { nearest(&Decimal::new(text).to_text()) } else { nearest(text) }
}

/// A decimal of any length, as its digits: `0.d1 d2 d3...` times ten to the power `point`.
struct Decimal<'a> {
    negative: bool,
    /// Without zeros at either end; none for zero.
    integer: &'a [u8],
    fraction: &'a [u8],
    point: i64,
}

impl<'a> Decimal<'a> {
    /// The value of a number that [`scan`] has taken.
    fn new(text: &'a [u8]) -> Decimal<'a> {
        let (negative, text) = match text {
            [b'-', tail @ ..] => (true, tail),
            _ => (false, text),
        };
        let (text, power) = match text.iter().position(|byte| matches!(byte, b'e' | b'E')) {
            Some(at) => {
                let (power, _) = exponent(&text[at + 1..]).expect("the number has been scanned");
                (&text[..at], power)
            }
            None => (text, 0),
        };
        let (mut integer, mut fraction) = match text.iter().position(|byte| *byte == b'.') {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (text, &text[..0]),
        };
        let zeros = |digits: &[u8]| digits.iter().take_while(|digit| **digit == b'0').count();
        let zeros_behind =
            |digits: &[u8]| digits.iter().rev().take_while(|digit| **digit == b'0').count();
        integer = &integer[zeros(integer)..];
        let mut point = integer.len() as i64;
        if integer.is_empty() {
            let leading = zeros(fraction);
            fraction = &fraction[leading..];
            point = -(leading as i64);
        }
        fraction = &fraction[..fraction.len() - zeros_behind(fraction)];
        if fraction.is_empty() {
            integer = &integer[..integer.len() - zeros_behind(integer)];
        }
        Decimal { negative, integer, fraction, point: point + power }
    }

    fn is_zero(&self) -> bool {
        self.integer.is_empty() && self.fraction.is_empty()
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.integer.iter().chain(self.fraction).copied()
    }

    fn count(&self) -> i64 {
        (self.integer.len() + self.fraction.len()) as i64
    }

    /// The same number without zeros that an exponent says shorter.
    fn to_text(&self) -> Vec<u8> {
        let mut text = if self.negative { b"-0.".to_vec() } else { b"0.".to_vec() };
        text.extend(self.digits());
        text.extend(format!("0e{}", self.point).bytes());
        text
    }

    fn is_integer(&self) -> bool {
        self.count() <= self.point || self.is_zero()
    }

    /// The value, if it is an integer and an `i64` holds it.
    fn integer(&self) -> Option<i64> {
        if self.is_zero() {
            return Some(0);
        }
        if !self.is_integer() || self.point > EXACT_DIGITS as i64 {
            return None;
        }
        let value = self.all_digits().fold(0, |value, digit| value * 10 + i128::from(digit));
        i64::try_from(if self.negative { -value } else { value }).ok()
    }

    /// What dividing the integer by `divisor` leaves, signs aside. A number within binary64 has few zeros of its exponent.
    fn remainder(&self, divisor: u64) -> u128 {
        let divisor = u128::from(divisor);
        self.all_digits().fold(0, |rest, digit| (rest * 10 + u128::from(digit)) % divisor)
    }

    /// The digits of an integer, with the zeros of its exponent.
    fn all_digits(&self) -> impl Iterator<Item = u8> {
        let count = self.integer.len() + self.fraction.len();
        let zeros = if self.is_zero() { 0 } else { self.point as usize - count };
        self.digits().map(|digit| digit - b'0').chain(std::iter::repeat_n(0, zeros))
    }

    fn cmp(&self, other: &Decimal<'_>) -> Ordering {
        let sign = |decimal: &Decimal<'_>| match (decimal.is_zero(), decimal.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let (sign, other_sign) = (sign(self), sign(other));
        if sign != other_sign || sign == 0 {
            return sign.cmp(&other_sign);
        }
        let magnitude =
            self.point.cmp(&other.point).then_with(|| self.digits().cmp(other.digits()));
        if sign < 0 { magnitude.reverse() } else { magnitude }
    }
}

#[cfg(test)]
mod tests;
