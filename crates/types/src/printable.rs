//! Text from outside as a part of a line: nothing in it is acted on by a terminal or a log, and it is short.

use std::fmt;

/// Shows text that came from outside, such as a key of a delivery, as a part of a line of a log or on a terminal.
///
/// Characters that are not printable are escaped as `char::escape_debug` does: control characters, line breaks, and those that
/// change the direction of text or take no room. What is longer than the limit ends with `...`. All messages of this crate do so.
///
/// ```
/// use clip_events::Printable;
/// assert_eq!(Printable::new("a\u{1b}[31mb", 60).to_string(), r"a\u{1b}[31mb");
/// assert_eq!(Printable::new("a long string", 6).to_string(), "a long...");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Printable<'a> {
    text: &'a str,
    limit: usize,
}

impl<'a> Printable<'a> {
    /// Shows `limit` characters of `text` at most.
    pub fn new(text: &'a str, limit: usize) -> Self {
        Self { text, limit }
    }

    /// A value or a key that a message quotes.
    pub(crate) fn quoted(text: &'a str) -> Self {
        Self::new(text, 60)
    }
}

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;

        let end = self.text.char_indices().nth(self.limit).map(|(end, _)| end);
        let shown = end.map_or(self.text, |end| &self.text[..end]);
        for c in shown.chars() {
            match c {
                ' '..='~' => f.write_char(c)?,
                // Letters and signs by their class, and yet nothing to see.
                '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' => {
                    write!(f, "{}", c.escape_unicode())?;
                }
                _ => write!(f, "{}", c.escape_debug())?,
            }
        }
        f.write_str(if end.is_some() { "..." } else { "" })
    }
}
