//! Whether a text is JSON by its grammar (RFC 8259), whatever a parser that makes values of it can hold: `serde_json` refuses deep nesting,
//! numbers beyond binary64, and escapes of half a surrogate pair.

/// Whether the grammar has `text`.
pub(super) fn is_json(text: &str) -> bool {
    Text(text.as_bytes()).is_json().is_some()
}

/// What `text` is in base64 (RFC 4648, 4), if that is UTF-8.
pub(super) fn of_base64(text: &str) -> Option<String> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.trim_end_matches('=');
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for digit in digits.bytes() {
        let value = DIGITS.iter().position(|known| *known == digit)?;
        bits = (bits << 6 | u32::try_from(value).ok()?) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xFF).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

/// What is left of a text.
struct Text<'t>(&'t [u8]);

impl Text<'_> {
    /// By a list of what is open, not by calls within calls: the text may nest as deep as it likes.
    fn is_json(&mut self) -> Option<()> {
        let mut open = Vec::new();
        loop {
            self.spaces();
            match self.next()? {
                b'{' => {
                    self.spaces();
                    if !self.skips(b'}') {
                        open.push(b'}');
                        self.key()?;
                        continue;
                    }
                }
                b'[' => {
                    self.spaces();
                    if !self.skips(b']') {
                        open.push(b']');
                        continue;
                    }
                }
                b'"' => self.string()?,
                b't' => self.word(b"rue")?,
                b'f' => self.word(b"alse")?,
                b'n' => self.word(b"ull")?,
                b'-' => {
                    let first = self.next()?;
                    self.number(first)?;
                }
                first => self.number(first)?,
            }
            // A value has ended, and maybe what is around it.
            loop {
                self.spaces();
                let Some(end) = open.last().copied() else {
                    return self.0.is_empty().then_some(());
                };
                match self.next()? {
                    b',' => {
                        if end == b'}' {
                            self.spaces();
                            self.key()?;
                        }
                        break;
                    }
                    byte if byte == end => drop(open.pop()),
                    _ => return None,
                }
            }
        }
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn skips(&mut self, byte: u8) -> bool {
        let rest = self.0.strip_prefix(&[byte]);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn spaces(&mut self) {
        while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] = self.0 {
            self.0 = rest;
        }
    }

    fn word(&mut self, rest: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(rest)?;
        Some(())
    }

    /// A name and the colon behind it.
    fn key(&mut self) -> Option<()> {
        self.word(b"\"")?;
        self.string()?;
        self.spaces();
        self.word(b":")
    }

    /// A string whose first quote has been read.
    fn string(&mut self) -> Option<()> {
        loop {
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        for _ in 0..4 {
                            self.next()?.is_ascii_hexdigit().then_some(())?;
                        }
                    }
                    _ => return None,
                },
                0..0x20 => return None,
                _ => {}
            }
        }
    }

    /// A number without a sign whose first digit has been read.
    fn number(&mut self, first: u8) -> Option<()> {
        first.is_ascii_digit().then_some(())?;
        if first != b'0' {
            self.digits();
        }
        if self.skips(b'.') {
            (self.digits() > 0).then_some(())?;
        }
        if self.skips(b'e') || self.skips(b'E') {
            let _ = self.skips(b'+') || self.skips(b'-');
            (self.digits() > 0).then_some(())?;
        }
        Some(())
    }

    fn digits(&mut self) -> usize {
        let count = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.0 = &self.0[count..];
        count
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{is_json, of_base64};

    /// All short texts of these parts: within its limits, the parser says what the grammar says.
    #[test]
    fn the_grammar_is_that_of_the_parser() {
        let parts = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\n", "\\u00e9", "\\x", "u", "a", "true",
            "null", "false", "-", "+", "0", "1", ".", "e", "E", " ", "\n", "\u{b}", "é", "\u{1}",
        ];
        let mut texts = vec![String::new()];
        let mut seen = 0;
        for _ in 0..4 {
            let longer =
                texts.iter().flat_map(|text| parts.iter().map(move |part| format!("{text}{part}")));
            texts = longer.collect();
            for text in &texts {
                let parsed = serde_json::from_str::<Value>(text).is_ok();
                assert_eq!(is_json(text), parsed, "{text:?}");
                seen += usize::from(parsed);
            }
        }
        assert!(seen > 1000, "{seen}");
        for text in
            ["{\"a\": {\"b\" :[1, {}]} , \"c\":[ ]}", "-0.5e+10", "1.e1", "[1,]", "{\"a\":1,}"]
        {
            assert_eq!(is_json(text), serde_json::from_str::<Value>(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn the_grammar_has_no_limits() {
        let deep =
            format!("{}{}", "[{\"a\":".repeat(100_000), "1".to_owned() + &"}]".repeat(100_000));
        for text in [deep.as_str(), "1e999", "-1e999999999", "\"\\ud800\"", "\"\\udc00\\ud800\""] {
            assert!(is_json(text) && serde_json::from_str::<Value>(text).is_err());
        }
        for text in ["NaN", "\u{feff}1", "", "\"\\ud80\"", &deep[1..]] {
            assert!(!is_json(text), "{text:.20}");
        }
    }

    #[test]
    fn base64_is_read() {
        for (text, read) in [("", ""), ("MQ==", "1"), ("WzFd", "[1]"), ("w6k=", "é")] {
            assert_eq!(of_base64(text).as_deref(), Some(read));
        }
        assert_eq!(of_base64("_-=="), None);
        assert_eq!(of_base64("/w=="), None);
    }
}
