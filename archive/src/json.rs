//! Reads JSON that has been judged: values as they are written, without an allocation.
//!
//! Text that is no JSON ends the reading early, with `None`.

use hashbrown::HashSet;
use memchr::memchr2;

/// A place in JSON that has been judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

/// A key that is known.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    name: String,
    /// As it is usually written, with the colon.
    literal: Vec<u8>,
}

impl Key {
    pub(crate) fn new(name: &str) -> Self {
        let literal = format!("{}:", serde_json::Value::from(name)).into_bytes();
        Self { name: name.to_owned(), literal }
    }
}

/// What comes next in an object.
pub(crate) enum Next<'a> {
    /// The member whose key is the one with this number, as it is written.
    Known(usize, &'a [u8]),
    /// A member with another key, as it is written.
    Other(&'a [u8]),
    End,
}

/// A string as it is written, without its quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) text: &'a [u8],
    /// Whether something in it is escaped.
    pub(crate) escaped: bool,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(json: &'a [u8]) -> Self {
        Self { rest: json }
    }

    /// The next byte that is no whitespace.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.rest {
                [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] => self.rest = rest,
                [byte, ..] => return Some(*byte),
                [] => return None,
            }
        }
    }

    /// Passes over `byte`, if it comes next.
    #[inline]
    pub(crate) fn take(&mut self, byte: u8) -> Option<()> {
        if self.peek()? != byte {
            return None;
        }
        self.rest = &self.rest[1..];
        Some(())
    }

    /// The next member of an object, of which `keys` are known, `expected` most probably. What stands before its value is passed over, as
    /// is the end of the object.
    #[inline]
    pub(crate) fn member(
        &mut self,
        keys: &[Key],
        expected: &mut usize,
        is_first: bool,
    ) -> Option<Next<'a>> {
        match self.peek()? {
            b'}' => {
                self.rest = &self.rest[1..];
                return Some(Next::End);
            }
            b',' if !is_first => self.rest = &self.rest[1..],
            _ => {}
        }
        if let Some(key) = keys.get(*expected)
            && let Some(rest) = self.rest.strip_prefix(key.literal.as_slice())
        {
            let text = &self.rest[1..key.literal.len() - 2];
            self.rest = rest;
            *expected += 1;
            return Some(Next::Known(*expected - 1, text));
        }
        let written = self.string()?;
        self.take(b':')?;
        let known = keys.iter().position(|key| written.is(&key.name));
        Some(match known {
            Some(at) => {
                *expected = at + 1;
                Next::Known(at, written.text)
            }
            None => Next::Other(written.text),
        })
    }

    /// The key of the next member; before the first one and between two, [`Self::item`] is asked whether there is one.
    pub(crate) fn key(&mut self) -> Option<Written<'a>> {
        let key = self.string()?;
        self.take(b':')?;
        Some(key)
    }

    /// Whether no key occurs twice in the object that comes next, which is not passed over.
    pub(crate) fn has_distinct_keys(&self) -> Option<bool> {
        let mut ahead = *self;
        ahead.take(b'{')?;
        let mut keys = HashSet::new();
        while ahead.item(keys.is_empty())? {
            let key = ahead.key()?;
            let mut meant = Vec::new();
            key.append_to(&mut meant)?;
            if !keys.insert(meant) {
                return Some(false);
            }
            ahead.value()?;
        }
        Some(true)
    }

    /// Whether there is another item in the array, or another member in the object; its end is passed over.
    pub(crate) fn item(&mut self, is_first: bool) -> Option<bool> {
        match self.peek()? {
            b']' | b'}' => {
                self.rest = &self.rest[1..];
                return Some(false);
            }
            b',' if !is_first => self.take(b',')?,
            _ => {}
        }
        Some(true)
    }

    #[inline]
    pub(crate) fn string(&mut self) -> Option<Written<'a>> {
        self.take(b'"')?;
        let end = memchr2(b'"', b'\\', self.rest)?;
        if self.rest[end] == b'"' {
            let text = &self.rest[..end];
            self.rest = &self.rest[end + 1..];
            return Some(Written { text, escaped: false });
        }
        self.escaped_string(end)
    }

    /// A string whose first escape is at `at`.
    #[cold]
    fn escaped_string(&mut self, mut at: usize) -> Option<Written<'a>> {
        while self.rest[at] != b'"' {
            let after = at + 2;
            at = after + memchr2(b'"', b'\\', self.rest.get(after..)?)?;
        }
        let text = &self.rest[..at];
        self.rest = &self.rest[at + 1..];
        Some(Written { text, escaped: true })
    }

    /// The text of a number, or of `true`, `false` or `null`.
    pub(crate) fn word(&mut self) -> Option<&'a [u8]> {
        self.peek()?;
        let is_of_word =
            |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'a'..=b'z' | b'E');
        let end = self.rest.iter().take_while(|byte| is_of_word(byte)).count();
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }

    /// The text of the value that comes next, whatever it is.
    pub(crate) fn value(&mut self) -> Option<&'a [u8]> {
        let start = match self.peek()? {
            b'"' => {
                let start = self.rest;
                self.string()?;
                return Some(&start[..start.len() - self.rest.len()]);
            }
            b'{' | b'[' => self.rest,
            _ => return self.word(),
        };
        let mut depth = 0_u32;
        loop {
            match self.rest.first()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.rest = &self.rest[1..];
            if depth == 0 {
                return Some(&start[..start.len() - self.rest.len()]);
            }
        }
    }
}

impl Written<'_> {
    /// Whether it means `text`.
    pub(crate) fn is(self, text: &str) -> bool {
        if self.escaped {
            let mut meant = Vec::new();
            self.append_to(&mut meant).is_some() && meant == text.as_bytes()
        } else {
            self.text == text.as_bytes()
        }
    }

    /// Appends the string that it means.
    pub(crate) fn append_to(self, out: &mut Vec<u8>) -> Option<()> {
        if self.escaped {
            let quoted = [b"\"", self.text, b"\""].concat();
            out.extend_from_slice(serde_json::from_slice::<String>(&quoted).ok()?.as_bytes());
        } else {
            out.extend_from_slice(self.text);
        }
        Some(())
    }
}

/// The integer that the number `text` is, if an `i64` holds it.
pub(crate) fn integer(text: &[u8]) -> Option<i64> {
    if let Some(short) = short_integer(text) {
        return Some(short);
    }
    let Decimal { negative, digits, exponent } = Decimal::of(text)?;
    if digits.is_empty() {
        return Some(0);
    }
    // The digits end with none that is 0.
    let zeros = u32::try_from(exponent).ok()?;
    let digits: i128 = std::str::from_utf8(&digits).ok()?.parse().ok()?;
    let value = digits.checked_mul(10_i128.checked_pow(zeros)?)?;
    i64::try_from(if negative { -value } else { value }).ok()
}

fn short_integer(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        digits => (1, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0;
    for byte in digits {
        value = value * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
    }
    Some(sign * value)
}

/// The binary64 nearest to the number `text`, and whether what is usually written for it is that number.
pub(crate) fn float(text: &[u8]) -> Option<(f64, bool)> {
    if let Some(value) = short_decimal(text) {
        return Some((value, true));
    }
    let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    if !value.is_finite() {
        return None;
    }
    // So many digits come back from any binary64.
    let is_short = text.len() <= 15 && !text.iter().any(|byte| matches!(byte, b'e' | b'E'));
    let is_kept = is_short || {
        let printed = format!("{value:e}");
        Decimal::of(text)? == Decimal::of(printed.as_bytes())?
    };
    Some((value, is_kept))
}

/// The number `text` of at most 15 digits, without an exponent. Its digits and the power of ten are exact, so their quotient is the nearest.
fn short_decimal(text: &[u8]) -> Option<f64> {
    let (negative, text) = match text {
        [b'-', text @ ..] => (true, text),
        text => (false, text),
    };
    if text.len() > 16 {
        return None;
    }
    let (mut digits, mut power, mut count, mut is_fraction) = (0_u64, 1_u64, 0, false);
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + u64::from(byte - b'0');
                power *= if is_fraction { 10 } else { 1 };
                count += 1;
            }
            b'.' => is_fraction = true,
            _ => return None,
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "both are less than 2^53")]
    let value = (count <= 15).then(|| digits as f64 / power as f64)?;
    Some(if negative { -value } else { value })
}

/// A number as it is written: `digits` times ten to the power of `exponent`, without zeros at either end.
#[derive(PartialEq)]
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    fn of(text: &[u8]) -> Option<Self> {
        let (negative, text) = match text {
            [b'-', text @ ..] => (true, text),
            text => (false, text),
        };
        let end = text.iter().position(|byte| matches!(byte, b'e' | b'E')).unwrap_or(text.len());
        let (mantissa, power) = text.split_at(end);
        if !mantissa.iter().any(|byte| matches!(byte, b'1'..=b'9')) {
            // Zero has a sign and a power only as a text.
            return Some(Self { negative: false, digits: Vec::new(), exponent: 0 });
        }
        let mut exponent: i64 = match power.get(1..) {
            None => 0,
            // So large a power is out of reach anyway.
            Some(power) => std::str::from_utf8(power).ok()?.parse().ok()?,
        };
        let whole = mantissa.iter().position(|byte| *byte == b'.').unwrap_or(mantissa.len());
        let fraction = mantissa.get(whole + 1..).unwrap_or_default();
        exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let mut digits = [&mantissa[..whole], fraction].concat();
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..zeros);
        while digits.last() == Some(&b'0') {
            digits.pop();
            exponent = exponent.checked_add(1)?;
        }
        Some(Self { negative, digits, exponent })
    }
}

#[cfg(test)]
mod tests {
    use super::{float, integer};

    #[test]
    fn integers_are_exact_however_they_are_written() {
        for (text, expected) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("-0.0e5", Some(0)),
            ("0e999999999999999999999", Some(0)),
            ("1745800000000", Some(1_745_800_000_000)),
            ("1.7458e12", Some(1_745_800_000_000)),
            ("1745800000000.0", Some(1_745_800_000_000)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("1e19", None),
            ("1e999999999999", None),
            ("1.5", None),
            ("15e-1", None),
            ("150e-1", Some(15)),
        ] {
            assert_eq!(integer(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_number_is_kept_if_its_binary64_is_written_like_it() {
        for (text, kept) in [
            ("0.1", Some(true)),
            ("0.30000000000000004", Some(true)),
            ("1e5", Some(true)),
            ("100000000000000000000", Some(true)),
            ("0.1000000000000000055", Some(false)),
            ("12345678901234567890", Some(false)),
            ("9007199254740993", Some(false)),
            ("1e-400", Some(false)),
            ("0e-400", Some(true)),
            ("0.0e-999999999999999999999", Some(true)),
            ("1e400", None),
            ("1e99999999999999999999", None),
        ] {
            assert_eq!(float(text.as_bytes()).map(|(_, kept)| kept), kept, "{text}");
        }
    }
}
