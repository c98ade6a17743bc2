//! The messages of a validator, cut to a length.

use std::fmt::Write;

/// Bytes of a violation's message.
const MAX_MESSAGE: usize = 1_000;

/// Text up to a length.
pub(super) struct Short(String);

impl Short {
    /// The text, cut at the limit before all of it is formatted.
    pub(super) fn of(text: &dyn std::fmt::Display) -> String {
        let mut short = Self(String::new());
        if write!(short, "{text}").is_err() {
            short.0.push_str("...");
        }
        short.0
    }
}

impl Write for Short {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let mut end = text.len().min(MAX_MESSAGE.saturating_sub(self.0.len()));
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.0.push_str(&text[..end]);
        if end < text.len() { Err(std::fmt::Error) } else { Ok(()) }
    }
}
