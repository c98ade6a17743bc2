//! Strict JSON (RFC 8259): reads a document and locates each value in it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::number::Decimal;
use crate::rule::ViolationKind;

/// The reason why a document is not JSON, and the byte offset at which it stops being JSON.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) offset: usize,
    pub(crate) rule: ViolationKind,
    pub(crate) message: String,
}

/// A value, split one level deep.
pub(crate) struct Instance<'a> {
    /// Its text.
    pub(crate) raw: &'a str,
    /// Those of an object, in document order.
    pub(crate) members: Vec<Member<'a>>,
    /// The texts of the items of an array.
    pub(crate) items: Vec<&'a str>,
}

/// A member of an object, as written.
pub(crate) struct Member<'a> {
    /// The key, unescaped.
    pub(crate) key: Cow<'a, str>,
    /// The text of the value.
    pub(crate) raw: &'a str,
}

impl<'a> Instance<'a> {
    /// The value whose text is `raw`, part of a document that was read.
    pub(crate) fn new(raw: &'a str) -> Self {
        let mut instance = Self { raw, members: Vec::new(), items: Vec::new() };
        match raw.as_bytes() {
            [b'{', ..] => {
                let Members(members) = serde_json::from_str(raw).expect("it was read");
                instance.members = members;
            }
            [b'[', ..] => {
                let items: Vec<&RawValue> = serde_json::from_str(raw).expect("it was read");
                instance.items = items.into_iter().map(RawValue::get).collect();
            }
            _ => {}
        }
        instance
    }

    /// The first value under `key`.
    pub(crate) fn get(&self, key: &str) -> Option<&'a str> {
        self.members.iter().find(|member| member.key == key).map(|member| member.raw)
    }
}

/// The string that `raw`, the text of a value, stands for; `None` if it is not a string.
pub(crate) fn string(raw: &str) -> Option<Cow<'_, str>> {
    let text = raw.strip_prefix('"')?.strip_suffix('"')?;
    if text.contains('\\') {
        return serde_json::from_str(raw).ok();
    }
    Some(text.into())
}

/// Returns `bytes` as text if they are one JSON document and nothing else.
pub(crate) fn read(bytes: &[u8]) -> Result<&str, Malformed> {
    let text = std::str::from_utf8(bytes).map_err(|error| Malformed {
        offset: error.valid_up_to(),
        rule: ViolationKind::Encoding,
        message: format!(
            "byte 0x{:02X} is not valid UTF-8: send JSON encoded in UTF-8 (RFC 8259).",
            bytes[error.valid_up_to()]
        ),
    })?;
    if text.starts_with('\u{feff}') {
        return Err(Malformed {
            offset: 0,
            rule: ViolationKind::Encoding,
            message: "the document starts with a byte order mark: remove it.".into(),
        });
    }
    let read: Result<Json, _> = serde_json::from_str(text);
    let fault = read.err().map(|error| malformed(text, &error));
    let end = fault.as_ref().map_or(text.len(), |fault| fault.offset);
    match out_of_range(&text[..end]) {
        Some(offset) => Err(Malformed {
            offset,
            rule: ViolationKind::NumberRange,
            message: OUT_OF_RANGE.into(),
        }),
        None => fault.map_or(Ok(text), Err),
    }
}

const OUT_OF_RANGE: &str = "the number is too large for a double (IEEE 754 binary64), in which most JSON readers store numbers.";

/// Where the first number ends whose nearest binary64 is infinite, in `text` that begins a document.
///
/// `serde_json` says so, too, but not where another crate turns on its feature `arbitrary_precision`.
fn out_of_range(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let length = match byte {
            b'"' => string_length(&bytes[at..]),
            b'-' | b'0'..=b'9' => {
                let is_part =
                    |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                let length = bytes[at..].iter().take_while(is_part).count();
                if is_infinite(&text[at..at + length]) {
                    return Some(at + length);
                }
                length
            }
            _ => 1,
        };
        at += length;
    }
    None
}

/// The number of bytes of the string that `bytes` begin with.
fn string_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return at,
        }
    }
}

fn is_infinite(number: &str) -> bool {
    // The largest binary64 has 309 digits.
    (number.len() > 308 || number.contains(['e', 'E'])) && Decimal::parse(number).is_infinite()
}

fn malformed(text: &str, error: &serde_json::Error) -> Malformed {
    let lines_before = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let line_start: usize = lines_before.map(str::len).sum();
    let mut offset = (line_start + error.column().saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let what = error.to_string();
    let what = what.rfind(" at line ").map_or(what.as_str(), |end| &what[..end]);
    let (rule, message) = match what {
        "recursion limit exceeded" => (
            ViolationKind::Nesting,
            "objects and arrays are nested deeper than 127 levels: flatten the value.".into(),
        ),
        "number out of range" => (
            ViolationKind::NumberRange,
            OUT_OF_RANGE.into(),
        ),
        "lone leading surrogate in hex escape" | "unexpected end of hex escape" => (
            ViolationKind::Syntax,
            "an escape from \\ud800 to \\udfff is half of a surrogate pair, not a character: write both halves."
                .into(),
        ),
        _ if text.trim().is_empty() => (ViolationKind::Syntax, "the document is empty.".into()),
        _ if error.is_eof() => (ViolationKind::Syntax, format!("the document ends too early: {what}.")),
        _ => (ViolationKind::Syntax, format!("not JSON (RFC 8259): {what}.")),
    };
    Malformed { offset, rule, message }
}

/// Any well-formed value. For [`serde::de::IgnoredAny`] `serde_json` skips strings and numbers without a close look; this
/// has every string decoded and every number converted.
struct Json;

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Json)
    }
}

impl<'de> Visitor<'de> for Json {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while let Some(Json) = seq.next_element()? {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        while let Some((Json, Json)) = map.next_entry()? {}
        Ok(self)
    }
}

struct Members<'a>(Vec<Member<'a>>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((Key(key), raw)) = map.next_entry::<Key<'de>, &RawValue>()? {
                    members.push(Member { key, raw: raw.get() });
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// A key, borrowed if it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Turns byte offsets into lines and columns. Offsets must be asked for in ascending order.
pub(crate) struct Places<'a> {
    rest: &'a [u8],
    offset: usize,
    line: usize,
    column: usize,
}

impl<'a> Places<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset: 0, line: 1, column: 1 }
    }

    /// Line and column (in characters) of the byte at `offset`, both counted from 1.
    pub(crate) fn place(&mut self, offset: usize) -> (usize, usize) {
        let (passed, rest) = self.rest.split_at(offset - self.offset);
        (self.rest, self.offset) = (rest, offset);
        for byte in passed {
            match byte {
                b'\n' => (self.line, self.column) = (self.line + 1, 1),
                0x80..=0xBF => {} // Continues a character.
                _ => self.column += 1,
            }
        }
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(text: &str) -> Option<ViolationKind> {
        read(text.as_bytes()).err().map(|malformed| malformed.rule)
    }

    #[test]
    fn nesting_ends_at_127_levels() {
        let nested =
            |open: &str, close: &str, depth| open.repeat(depth) + "1" + &close.repeat(depth);
        assert_eq!(rule(&nested("[", "]", 127)), None);
        assert_eq!(rule(&nested("[", "]", 128)), Some(ViolationKind::Nesting));
        assert_eq!(rule(&nested("{\"\":", "}", 127)), None);
        assert_eq!(rule(&nested("{\"\":", "}", 128)), Some(ViolationKind::Nesting));
        assert_eq!(rule(&"[".repeat(1 << 20)), Some(ViolationKind::Nesting));
    }

    #[test]
    fn numbers_whose_nearest_binary64_is_infinite_are_out_of_range() {
        // Halfway between the largest binary64 and 2^1024: from here on, the nearest binary64 is infinite.
        let halfway = "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880177904174497792";
        assert_eq!(rule(halfway), Some(ViolationKind::NumberRange));
        assert_eq!(rule(&halfway.replace("7792", "7791")), None);
        assert_eq!(rule("1e400"), Some(ViolationKind::NumberRange));
        assert_eq!(rule("[{\"a\": -1e99999999999}]"), Some(ViolationKind::NumberRange));
        assert_eq!(rule("[0e99999999999, 1e-99999999999]"), None);
    }

    proptest! {
        #[test]
        fn range_is_decided_exactly(
            digits in "1797693134862315[78][0-9]{0,30}",
            zeros in 0..30_usize,
            negative: bool,
        ) {
            let sign = if negative { "-" } else { "" };
            let point = i32::try_from(zeros).unwrap();
            for text in [
                format!("{sign}{}.{}e308", &digits[..1], &digits[1..]),
                format!("{sign}0.{}{digits}e{}", "0".repeat(zeros), 309 + point),
                format!("{sign}{digits}{}", "0".repeat(309 - digits.len())),
            ] {
                let infinite = text.parse::<f64>().unwrap().is_infinite();
                prop_assert_eq!(rule(&text), infinite.then_some(ViolationKind::NumberRange), "{}", text);
            }
        }
    }

    #[test]
    fn the_first_number_beyond_a_double_is_found() {
        let digits = |count: usize| "9".repeat(count);
        for (text, end) in [
            ("1e309".to_owned(), Some(5)),
            ("-1E+309,1e400".to_owned(), Some(7)),
            ("[1e308, 17.5, -1e999]".to_owned(), Some(20)),
            (r#"{"a1e999":"1e999\"2e999","b":1e308}"#.to_owned(), None),
            (r#"{"a\\":3e999}"#.to_owned(), Some(12)),
            (r#""never ends 1e999"#.to_owned(), None),
            (digits(308), None),
            (format!("[{}]", digits(309)), Some(310)),
            (format!("{}e-5", digits(309)), None),
            (format!("0.{}", digits(400)), None),
            ("1e-999".to_owned(), None),
        ] {
            assert_eq!(out_of_range(&text), end, "{text}");
        }
    }
}
