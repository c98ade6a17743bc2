//! JSON with its parts marked, so that they can have colours. Its text stays what it is.

use maud::{Markup, html};

/// `text`, which is JSON.
pub(super) fn marked(text: &str) -> Markup {
    html! {
        @for (kind, part) in parts(text) {
            @match kind {
                Kind::Plain => (part),
                Kind::Key => b { (part) },
                Kind::String => span.string { (part) },
                Kind::Scalar => span.scalar { (part) },
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Key,
    String,
    Scalar,
}

fn parts(text: &str) -> Vec<(Kind, &str)> {
    let is_scalar = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = if first == '"' {
            let length = string(rest);
            let is_key = rest[length..].trim_start().starts_with(':');
            (if is_key { Kind::Key } else { Kind::String }, length)
        } else if is_scalar(first) {
            (Kind::Scalar, rest.find(|c| !is_scalar(c)).unwrap_or(rest.len()))
        } else {
            (Kind::Plain, rest.find(|c| c == '"' || is_scalar(c)).unwrap_or(rest.len()))
        };
        let (part, behind) = rest.split_at(length);
        parts.push((kind, part));
        rest = behind;
    }
    parts
}

/// The length of the string that `text` starts with, quotes included.
fn string(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::{Kind, parts};

    #[test]
    fn text_is_split_and_kept() {
        let text = r#"{"a\"b": [1.5e-3, true, "c\\"], "d" : null}"#;
        let split = parts(text);
        let all: String = split.iter().map(|(_, part)| *part).collect();
        assert_eq!(all, text);
        let of = |kind| split.iter().filter(move |part| part.0 == kind).map(|part| part.1);
        assert_eq!(of(Kind::Key).collect::<Vec<_>>(), [r#""a\"b""#, r#""d""#]);
        assert_eq!(of(Kind::String).collect::<Vec<_>>(), [r#""c\\""#]);
        assert_eq!(of(Kind::Scalar).collect::<Vec<_>>(), ["1.5e-3", "true", "null"]);
    }
}
