//! Patterns of ECMA-262 in words that engines of Rust read as well.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// So many patterns of a document are put into other words.
const MAX_REWRITTEN: usize = 64;

/// What `read` makes of `schema`, which is given to it with those patterns in other words at which it fails: `\0`, `[]`, `[^]` and pairs
/// of surrogates are patterns of ECMA-262, and mistakes to most engines of Rust. `place` has the JSON Pointer at which it failed.
///
/// # Errors
///
/// That of `read`, if it is of something else.
pub fn read_portably<T, E>(
    schema: &Value,
    mut read: impl FnMut(&Value) -> Result<T, E>,
    place: impl Fn(&E) -> String,
) -> Result<T, E> {
    let mut schema = Cow::Borrowed(schema);
    let mut left = MAX_REWRITTEN;
    loop {
        match read(&schema) {
            Err(error) if left > 0 && rewrite_at(schema.to_mut(), &place(&error)) => left -= 1,
            read => return read,
        }
    }
}

/// Puts the patterns at a place of `schema` into other words. Whether there were any.
fn rewrite_at(schema: &mut Value, place: &str) -> bool {
    let parent = place.rsplit_once('/').map_or("", |(parent, _)| parent);
    let place = if parent.ends_with("/patternProperties") { parent } else { place };
    let is_of_patterns = ["/pattern", "/patternProperties"].iter().any(|end| place.ends_with(end));
    is_of_patterns && schema.pointer_mut(place).is_some_and(rewrite)
}

/// Puts a pattern, or the patterns of `patternProperties`, into other words. Whether there were any.
fn rewrite(patterns: &mut Value) -> bool {
    match patterns {
        Value::String(pattern) => {
            let portable = portable(pattern);
            let is_new = portable != *pattern;
            *pattern = portable;
            is_new
        }
        Value::Object(members) => {
            let portable: Map<_, _> =
                members.iter().map(|(name, value)| (portable(name), value.clone())).collect();
            // Two that mean the same would become one.
            let is_new = portable.len() == members.len() && portable != *members;
            if is_new {
                *members = portable;
            }
            is_new
        }
        _ => false,
    }
}

fn portable(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let (mut rest, mut in_class) = (pattern, false);
    while let Some(character) = rest.chars().next() {
        let end = &rest[character.len_utf8()..];
        let empty_class = [("[^]", r"[\s\S]"), ("[]", r"[^\s\S]")];
        let empty_class = empty_class.into_iter().find(|(from, _)| rest.starts_with(from));
        if let (false, Some((from, to))) = (in_class, empty_class) {
            out.push_str(to);
            rest = &rest[from.len()..];
        } else if let Some((escape, length)) = escape(rest) {
            out.push_str(&escape);
            rest = &rest[length..];
        } else if character == '\\' {
            let escaped = end.chars().next();
            out.push('\\');
            out.extend(escaped);
            rest = &end[escaped.map_or(0, char::len_utf8)..];
        } else {
            match character {
                '[' => in_class = true,
                ']' => in_class = false,
                _ => {}
            }
            out.push(character);
            rest = end;
        }
    }
    out
}

/// The escape at the start of a pattern in other words, and how long it was; none if every engine reads it.
fn escape(pattern: &str) -> Option<(String, usize)> {
    let unit = |at: usize| {
        let digits = pattern.get(at..)?.strip_prefix(r"\u")?.get(..4)?;
        u32::from_str_radix(digits, 16).ok()
    };
    if let Some(rest) = pattern.strip_prefix(r"\0") {
        let octal = rest.starts_with(|next: char| next.is_ascii_digit());
        return (!octal).then(|| (r"\x00".to_owned(), 2));
    }
    let (high, low) = (unit(0)?, unit(6)?);
    let is_pair = (0xD800..0xDC00).contains(&high) && (0xDC00..0xE000).contains(&low);
    let scalar = is_pair.then(|| 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))?;
    Some((format!(r"\u{{{scalar:X}}}"), 12))
}

#[cfg(test)]
mod tests {
    use super::portable;

    #[test]
    fn only_what_others_cannot_read_is_put_into_other_words() {
        for (pattern, expected) in [
            (r"^\0$", r"^\x00$"),
            (r"[\0-\x01]", r"[\x00-\x01]"),
            (r"\\0", r"\\0"),
            (r"\01", r"\01"),
            ("a[^]b[]", r"a[\s\S]b[^\s\S]"),
            (r"[[^]x]", "[[^]x]"),
            (r"[\]]", r"[\]]"),
            (r"\[]", r"\[]"),
            (r"\uD83D\uDE00", r"\u{1F600}"),
            (r"\uD83Dx", r"\uD83Dx"),
            (r"ä\ü\u{61}\cA(?<n>b)\k<n>", r"ä\ü\u{61}\cA(?<n>b)\k<n>"),
            ("\\", "\\"),
        ] {
            assert_eq!(portable(pattern), expected, "{pattern}");
        }
    }
}
