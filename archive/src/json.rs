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
    /// The first bytes of that, as many as fit, and where they are.
    head: u128,
    mask: u128,
}

impl Key {
    pub(crate) fn new(name: &str) -> Self {
        let literal = format!("{}:", serde_json::Value::from(name)).into_bytes();
        let (mut head, mut mask) = ([0; HEAD], [0; HEAD]);
        for (at, byte) in literal.iter().take(HEAD).enumerate() {
            (head[at], mask[at]) = (*byte, u8::MAX);
        }
        let [head, mask] = [head, mask].map(u128::from_le_bytes);
        Self { name: name.to_owned(), literal, head, mask }
    }

    /// What comes after this key in `text`, if that begins with it as it is usually written.
    #[inline]
    fn strip<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        match text.first_chunk() {
            Some(head) if (u128::from_le_bytes(*head) ^ self.head) & self.mask != 0 => None,
            Some(_) if self.literal.len() <= HEAD => text.get(self.literal.len()..),
            _ => text.strip_prefix(self.literal.as_slice()),
        }
    }
}

/// So many bytes are compared at once.
const HEAD: usize = size_of::<u128>();

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
        let member = if is_first { Some(self.rest) } else { self.rest.strip_prefix(b",") };
        if let Some(member) = member
            && let Some(key) = keys.get(*expected)
            && let Some(rest) = key.strip(member)
        {
            let text = &member[1..key.literal.len() - 2];
            self.rest = rest;
            *expected += 1;
            return Some(Next::Known(*expected - 1, text));
        }
        self.other_member(keys, expected, is_first)
    }

    /// The next member, if it is not the expected one, or not as it is usually written.
    fn other_member(
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

    /// What is between the quotes of a string that comes next and has no escape. Otherwise nothing is passed over.
    #[inline]
    pub(crate) fn plain_string(&mut self) -> Option<&'a [u8]> {
        let text = self.rest.strip_prefix(b"\"")?;
        let end = memchr2(b'"', b'\\', text)?;
        if text[end] != b'"' {
            return None;
        }
        self.rest = &text[end + 1..];
        Some(&text[..end])
    }

    /// The integer that comes next, of at most 18 digits and nothing else. Otherwise nothing is passed over.
    #[inline]
    pub(crate) fn plain_integer(&mut self) -> Option<i64> {
        let (negative, text) = match self.rest {
            [b'-', text @ ..] => (true, text),
            text => (false, text),
        };
        let (value, rest) = digits(0, text);
        let count = text.len() - rest.len();
        if count == 0 || count > 18 || matches!(rest, [b'.' | b'e' | b'E', ..]) {
            return None;
        }
        self.rest = rest;
        let value = i64::try_from(value).ok()?;
        Some(if negative { -value } else { value })
    }

    /// The number that comes next, if it is of at most 15 digits and has no exponent. Its digits and the power of ten
    /// are exact then, so their quotient is the nearest binary64. Otherwise nothing is passed over.
    #[inline]
    pub(crate) fn plain_number(&mut self) -> Option<f64> {
        let (negative, text) = match self.rest {
            [b'-', text @ ..] => (true, text),
            text => (false, text),
        };
        let (mut value, mut rest) = digits(0, text);
        let mut count = text.len() - rest.len();
        let mut places = 0;
        if let [b'.', fraction @ ..] = rest {
            (value, rest) = digits(value, fraction);
            places = fraction.len() - rest.len();
            count += places;
        }
        if count == 0 || count > 15 || matches!(rest, [b'e' | b'E', ..]) {
            return None;
        }
        self.rest = rest;
        #[expect(clippy::cast_precision_loss, reason = "it is less than 2^53")]
        let value = value as f64 / POWERS[places];
        Some(if negative { -value } else { value })
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

/// `value` with the digits behind it that `text` begins with, and what comes after them. Of too many digits, the value is another.
#[inline]
fn digits(mut value: u64, mut text: &[u8]) -> (u64, &[u8]) {
    while let [digit @ b'0'..=b'9', rest @ ..] = text {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        text = rest;
    }
    (value, text)
}

/// The powers of ten that the binary64 of at most 15 digits are divided by; all are exact.
const POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The integer that the number `text` is, if an `i64` holds it.
pub(crate) fn integer(text: &[u8]) -> Option<i64> {
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

/// The binary64 nearest to the number `text`, and whether what is usually written for it is that number.
pub(crate) fn float(text: &[u8]) -> Option<(f64, bool)> {
    let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    if !value.is_finite() {
        return None;
    }
    let printed = format!("{value:e}");
    Some((value, Decimal::of(text)? == Decimal::of(printed.as_bytes())?))
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
    use super::{Cursor, float, integer};

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
            ("18446744073709551617", None),
            ("1e19", None),
            ("1e999999999999", None),
            ("1.5", None),
            ("15e-1", None),
            ("150e-1", Some(15)),
        ] {
            assert_eq!(integer(text.as_bytes()), expected, "{text}");
            let plain = Cursor::new(text.as_bytes()).plain_integer();
            assert!(plain.is_none() || plain == expected, "{text}");
        }
    }

    #[test]
    fn a_number_is_kept_if_its_binary64_is_written_like_it() {
        for (text, kept) in [
            ("0.1", Some(true)),
            ("0.30000000000000004", Some(true)),
            ("1e5", Some(true)),
            ("-12345678.9012345", Some(true)),
            ("0.00000000000001", Some(true)),
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
            let number = float(text.as_bytes());
            assert_eq!(number.map(|(_, kept)| kept), kept, "{text}");
            if let Some(plain) = Cursor::new(text.as_bytes()).plain_number() {
                assert_eq!(number, Some((plain, true)), "{text}");
            }
        }
    }
}
