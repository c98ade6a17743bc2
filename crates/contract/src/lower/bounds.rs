//! The bounds of integers, numbers, strings and lists.

use serde_json::{Number, Value};

use super::conjunction::Conjunction;
use super::context::{Context, Part};
use crate::model::{Bound, Schema};

/// The largest integer that every JSON reader holds exactly (RFC 8259, section 6): 2^53 - 1.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// One side of a range, and the part that it is written in.
type Side<'a, T> = Option<(T, Part<'a>)>;

/// The stricter of two lower (`Ordering::Greater`) or upper bounds.
fn stricter<'a, T: PartialOrd + Copy>(
    side: &mut Side<'a, T>,
    value: T,
    part: Part<'a>,
    order: std::cmp::Ordering,
) {
    if side.as_ref().is_none_or(|(old, _)| value.partial_cmp(old) == Some(order)) {
        *side = Some((value, part));
    }
}

/// The integers that `all` takes.
pub(super) fn integer<'a>(context: &mut Context<'a>, all: &Conjunction<'a>) -> Option<Schema> {
    use std::cmp::Ordering::{Greater, Less};
    let (mut minimum, mut maximum): (Side<'_, i64>, Side<'_, i64>) = (None, None);
    let mut is_exact = true;
    for part in &all.parts {
        for (keyword, is_lower, inward) in [
            ("minimum", true, 0),
            ("exclusiveMinimum", true, 1),
            ("maximum", false, 0),
            ("exclusiveMaximum", false, -1),
        ] {
            let Some(Value::Number(number)) = part.get(keyword) else { continue };
            let place = part.key(keyword);
            // A bound that is no integer is the next one inward, which is inside.
            let value =
                integral(number).and_then(|value| value.checked_add(inward)).or_else(|| {
                    is_exact = false;
                    let value = number.as_f64()?;
                    let value = if is_lower { value.ceil() } else { value.floor() };
                    #[expect(clippy::cast_possible_truncation, reason = "it is far within an i64")]
                    (value.abs() < 9e18 && number.as_i64().is_none()).then_some(value as i64)
                });
            let Some(value) = value else {
                let help = format!("use one from {} to {}", i64::MIN, i64::MAX);
                context.report(&place, "the bound is beyond 64 bits", help);
                return None;
            };
            let side = if is_lower { &mut minimum } else { &mut maximum };
            stricter(side, value, place, if is_lower { Greater } else { Less });
        }
    }
    if let (Some((minimum, part)), Some((maximum, other))) = (&minimum, &maximum)
        && minimum > maximum
    {
        report_empty(context, part, other);
        return None;
    }
    let multiple_of = multiple_of(context, all)?;
    let (minimum, maximum) = (minimum.map(|(value, _)| value), maximum.map(|(value, _)| value));
    let is_safe = |bound: Option<i64>| {
        bound.is_some_and(|value| (-MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER).contains(&value))
    };
    if !(is_exact && is_safe(minimum) && is_safe(maximum))
        && let Some(part) = all.parts.first()
    {
        context.breach(
            context.sources.manifest.conventions.bounded_integers,
            part,
            "an integer without one integral bound on each side, within 2^53 - 1",
            format!(
                "add \"minimum\" and \"maximum\" from -{MAX_SAFE_INTEGER} to {MAX_SAFE_INTEGER}: \
                     an unbounded integer accepts 1e30, which no integer type holds"
            ),
        );
    }
    Some(Schema::Integer { minimum, maximum, multiple_of })
}

/// What all integers are multiples of; the outer `None` if that is a mistake.
#[expect(clippy::option_option, reason = "a mistake is another thing than none")]
fn multiple_of<'a>(context: &mut Context<'a>, all: &Conjunction<'a>) -> Option<Option<u64>> {
    let mut multiple: Option<u64> = None;
    for part in &all.parts {
        let Some(Value::Number(number)) = part.get("multipleOf") else { continue };
        let divisor = integral(number).and_then(|value| u64::try_from(value).ok());
        let common = divisor.and_then(|divisor| match multiple {
            None => Some(divisor),
            Some(other) => (divisor / greatest_divisor(divisor, other)).checked_mul(other),
        });
        let Some(common) = common.filter(|common| i64::try_from(*common).is_ok()) else {
            let help = "use an integer of the smallest unit: hundredths with \"multipleOf\": 1";
            context.report(&part.key("multipleOf"), "not a multiple of an integer", help);
            return None;
        };
        multiple = Some(common);
    }
    // Every integer is a multiple of 1.
    Some(multiple.filter(|divisor| *divisor != 1))
}

fn greatest_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_divisor(b, a % b) }
}

/// The numbers that `all` takes.
pub(super) fn number<'a>(context: &mut Context<'a>, all: &Conjunction<'a>) -> Option<Schema> {
    let divisors = all.parts.iter().filter_map(|part| match part.get("multipleOf") {
        Some(Value::Number(number)) => Some((part.key("multipleOf"), number.as_f64()?)),
        _ => None,
    });
    let divisors: Vec<_> = divisors.collect();
    let multiple_of = match &divisors[..] {
        [] => None,
        [(place, divisor)] if divisor.fract() != 0.0 => {
            // Halves, quarters and so on: to binary64, to decimals and to every validator they are the same.
            if (divisor * 1024.0).fract() != 0.0 || *divisor > 1e9 {
                let help = "use an integer of the smallest unit: hundredths, not 0.01 of the whole";
                context.report(place, "a fraction that binary64 does not hold exactly", help);
                return None;
            }
            Some(*divisor)
        }
        // Multiples of an integer are integers.
        _ => return integer(context, all),
    };
    let mut minimum: Option<(Bound, Part<'a>)> = None;
    let mut maximum: Option<(Bound, Part<'a>)> = None;
    for part in &all.parts {
        for (keyword, is_lower, exclusive) in [
            ("minimum", true, false),
            ("exclusiveMinimum", true, true),
            ("maximum", false, false),
            ("exclusiveMaximum", false, true),
        ] {
            let Some(written @ Value::Number(number)) = part.get(keyword) else { continue };
            let Some(value) = number.as_f64() else { continue };
            // An integer of the file is exact; as a bound of a number it is a binary64.
            let place = part.key(keyword);
            let error =
                part.source.not_held(place.pointer(), &written.to_string(), &value.to_string());
            if let Some(error) = error {
                context.add(error);
            }
            let side = if is_lower { &mut minimum } else { &mut maximum };
            let is_stricter = side.as_ref().is_none_or(|(old, _)| {
                let inward = if is_lower { value > old.value } else { value < old.value };
                #[expect(clippy::float_cmp, reason = "the same bound, or another one")]
                let same = value == old.value;
                inward || same && exclusive
            });
            if is_stricter {
                *side = Some((Bound { value, exclusive }, place));
            }
        }
    }
    if let (Some((minimum, part)), Some((maximum, other))) = (&minimum, &maximum) {
        let is_open = minimum.exclusive || maximum.exclusive;
        if minimum.value > maximum.value || (is_open && minimum.value >= maximum.value) {
            report_empty(context, part, other);
            return None;
        }
    }
    let bound = |side: Option<(Bound, Part<'_>)>| side.map(|(bound, _)| bound);
    Some(Schema::Number { minimum: bound(minimum), maximum: bound(maximum), multiple_of })
}

/// The least and the greatest count that `all` asks for by two keywords.
pub(super) fn counts<'a>(
    context: &mut Context<'a>,
    all: &Conjunction<'a>,
    [minimum, maximum]: [&str; 2],
) -> Option<(u64, Option<u64>)> {
    use std::cmp::Ordering::{Greater, Less};
    let (mut low, mut high): (Side<'_, u64>, Side<'_, u64>) = (None, None);
    for part in &all.parts {
        for (keyword, side, order) in [(minimum, &mut low, Greater), (maximum, &mut high, Less)] {
            let Some(Value::Number(number)) = part.get(keyword) else { continue };
            // The meta-schema asks for an integer that is not negative.
            let value = integral(number).and_then(|value| u64::try_from(value).ok());
            stricter(side, value.unwrap_or(u64::MAX), part.key(keyword), order);
        }
    }
    if let (Some((minimum, part)), Some((maximum, other))) = (&low, &high)
        && minimum > maximum
    {
        report_empty(context, part, other);
        return None;
    }
    Some((low.map_or(0, |(value, _)| value), high.map(|(value, _)| value)))
}

fn report_empty(context: &mut Context<'_>, part: &Part<'_>, other: &Part<'_>) {
    let message = format!("nothing is within this bound and that of {}", other.place());
    context.report(part, message, "put the lower bound below the upper one");
}

/// The integer that `number` is, however it is spelled, if an `i64` holds it.
pub(super) fn integral(number: &Number) -> Option<i64> {
    // `100.0` is shown as `100`, and a number with a fraction as no integer.
    number.as_i64().or_else(|| number.as_f64()?.to_string().parse().ok())
}
