//! Numbers as they are written: exact decimals, and whether a value holds them.

use crate::pointer::unescape_token;

/// A number as it stands in a file.
pub(crate) struct Number<'a> {
    /// JSON Pointer to it.
    pub(crate) pointer: &'a str,
    /// Its text.
    pub(crate) written: &'a str,
}

/// A mistake in a number, and what to do about it.
pub(crate) struct Complaint {
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Number<'_> {
    /// Its name in messages: the key, and the text unless that is very long.
    fn name(&self) -> String {
        let is_key = |token: &&str| token.parse::<usize>().is_err();
        let key = unescape_token(self.pointer.rsplit('/').find(is_key).unwrap_or_default());
        match self.written.char_indices().nth(60) {
            Some((end, _)) => format!("`{key}` {}...", &self.written[..end]),
            None => format!("`{key}` {}", self.written),
        }
    }

    /// Whether `held` is another number than the one that is written, or loses its sign.
    pub(crate) fn not_held(&self, held: &str) -> Option<Complaint> {
        let written = Decimal::new(self.written);
        let name = self.name();
        if written != Decimal::new(held) {
            return Some(Complaint {
                message: format!(
                    "{name} would be kept as {held}, the nearest number that a type holds"
                ),
                help: format!("write {held}: what is kept must be what is written"),
            });
        }
        let negative_zero = written.digits.is_empty() && self.written.starts_with('-');
        negative_zero.then(|| Complaint {
            message: format!("{name} is zero, which has no sign in JSON Schema"),
            help: "write 0".to_owned(),
        })
    }
}

/// Whether `number` has no finite binary64 near it.
pub(crate) fn beyond_binary64(number: &Number<'_>) -> Option<Complaint> {
    let is_beyond = number.written.parse().is_ok_and(|value: f64| value.is_infinite());
    is_beyond.then(|| Complaint {
        message: format!("{} is beyond every number that a type holds", number.name()),
        help: format!("write a number from {:e} to {:e}, or leave it out", f64::MIN, f64::MAX),
    })
}

/// The value of a JSON number: `digits` times ten to the power `power`. The digits of zero are none.
#[derive(PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    power: i64,
}

impl Decimal {
    fn new(text: &str) -> Self {
        let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{}{fraction}", integer.trim_start_matches('-'));
        let trimmed = all.trim_end_matches('0');
        let digits = trimmed.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Self { negative: false, digits, power: 0 };
        }
        // No file has so many digits that they could make up for a power that is no `i64`.
        let far = if power.starts_with('-') { i64::MIN } else { i64::MAX };
        let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
        let shift = length(&all) - length(trimmed) - length(fraction);
        let power = power.parse().unwrap_or(far).saturating_add(shift);
        Self { negative: integer.starts_with('-'), digits, power }
    }
}
