//! Text of the schemas as Python: literals and docstrings, from which nothing can break out.

use std::fmt::Write as _;

use crate::header::generated_from;

/// A generated file with this body.
pub(super) fn file(body: &str) -> String {
    format!("# {}\n{body}", generated_from("schema/"))
}

/// `text` as a string literal.
pub(super) fn literal(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\n' => quoted.push_str("\\n"),
            c => push(&mut quoted, c),
        }
    }
    quoted.push('"');
    quoted
}

/// `text` as a docstring, behind `indent`.
pub(super) fn docstring(text: &str, indent: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines = String::new();
    for (at, line) in text.trim().lines().enumerate() {
        let line = line.trim_end();
        if at > 0 {
            lines.push('\n');
            if !line.is_empty() {
                lines.push_str(indent);
            }
        }
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            // No two quotes in a row, and none before the last three.
            if c == '"' && chars.peek().is_none_or(|next| *next == '"') {
                lines.push('\\');
            }
            push(&mut lines, c);
        }
    }
    format!("{indent}\"\"\"{lines}\"\"\"\n")
}

/// Adds `c`, escaped if Python or an editor might take it for anything but itself.
fn push(text: &mut String, c: char) {
    let is_layout = matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    );
    match c {
        '\\' => text.push_str("\\\\"),
        c if c.is_control() || is_layout => {
            let _ = write!(text, "\\u{:04x}", u32::from(c));
        }
        c => text.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::{docstring, literal};

    #[test]
    fn nothing_ends_a_literal_but_its_quote() {
        for (text, written) in [
            ("plain", r#""plain""#),
            (r#"a"b\"#, r#""a\"b\\""#),
            ("a\nb\r\0\u{85}\u{2028}", r#""a\nb\u000d\u0000\u0085\u2028""#),
            ("\u{202e}é{x}", r#""\u202eé{x}""#),
        ] {
            assert_eq!(literal(text), written);
        }
    }

    #[test]
    fn nothing_ends_a_docstring_but_its_quotes() {
        for (text, written) in [
            (" One.\r\n\r\nTwo. ", "    \"\"\"One.\n\n    Two.\"\"\"\n"),
            (r#"a""""b"#, "    \"\"\"a\\\"\\\"\\\"\"b\"\"\"\n"),
            (r#"a\""#, "    \"\"\"a\\\\\\\"\"\"\"\n"),
            (r#"said "so""#, "    \"\"\"said \"so\\\"\"\"\"\n"),
            ("ends in \\", "    \"\"\"ends in \\\\\"\"\"\n"),
            ("a\u{2028}\0b", "    \"\"\"a\\u2028\\u0000b\"\"\"\n"),
            (r#"""""#, "    \"\"\"\\\"\\\"\\\"\"\"\"\n"),
        ] {
            assert_eq!(docstring(text, "    "), written, "{text:?}");
        }
    }
}
