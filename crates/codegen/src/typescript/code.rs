//! Pieces of TypeScript: literals, comments, properties.

use std::fmt::Write as _;

/// The names that every object has from its prototype. What stands under one of them is only there if the object has it itself.
const OF_THE_PROTOTYPE: &[&str] = &[
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// Of these, those that the compiler knows of.
const TYPED: &[&str] = &[
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// Lines of generated lists are no longer.
const WIDTH: usize = 120;

/// `text` as a literal. What is no letter and no sign of ASCII is escaped: nothing in it ends a line or turns its direction.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            ' '..='~' => literal.push(c),
            _ if c.is_alphanumeric() => literal.push(c),
            _ => literal.push_str(&c.escape_unicode().to_string()),
        }
    }
    literal.push('"');
    literal
}

/// `key` as it is declared.
pub(super) fn key(key: &str) -> String {
    if is_identifier(key) && key != "__proto__" { key.to_owned() } else { string(key) }
}

/// The value of `key` in the object `object`; undefined if there is none.
pub(super) fn member(object: &str, key: &str) -> String {
    if OF_THE_PROTOTYPE.contains(&key) {
        format!("own({object}, {})", string(key))
    } else {
        property(object, key)
    }
}

/// `ty` as the type of the field `key` that may be absent: what is then read under its name may be what every object has there.
pub(super) fn optional(key: &str, ty: &str) -> String {
    if TYPED.contains(&key) { format!("{ty} | object[\"{key}\"]") } else { ty.to_owned() }
}

/// As [`member`], where what the prototype has does not matter, since it is no string.
pub(super) fn property(object: &str, key: &str) -> String {
    if is_identifier(key) {
        format!("{object}.{key}")
    } else {
        format!("{object}[{}]", string(key))
    }
}

fn is_identifier(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '$')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
}

/// `text`, which is Markdown, as a doc comment; nothing if there is none.
///
/// It cannot end the comment, and of an `@` that would be taken for a tag it makes the sign.
pub(super) fn doc(indent: &str, text: &str) -> String {
    let text = text.trim().replace("\r\n", "\n").replace('\r', "\n").replace("*/", "*\\/");
    let lines: Vec<_> = text.lines().map(|line| doc_line(line.trim_end())).collect();
    match &lines[..] {
        [] => String::new(),
        [line] => format!("{indent}/** {line} */\n"),
        lines => {
            let lines = lines.iter().map(|line| format!("{indent} * {line}"));
            let lines: Vec<_> = lines.map(|line| line.trim_end().to_owned()).collect();
            format!("{indent}/**\n{}\n{indent} */\n", lines.join("\n"))
        }
    }
}

fn doc_line(line: &str) -> String {
    let mut shown = String::new();
    let mut may_be_tag = true;
    for c in line.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        match c {
            '@' if may_be_tag => shown.push_str("\\@"),
            _ if turns || c.is_control() && c != '\t' => {
                shown.push_str(&c.escape_unicode().to_string());
            }
            _ => shown.push(c),
        }
        may_be_tag = c == '{' || may_be_tag && c.is_whitespace();
    }
    shown
}

/// `[..]` of these numbers, in lines.
pub(super) fn numbers(numbers: impl IntoIterator<Item = i64>) -> String {
    let mut text = String::from("[");
    let mut start = 0;
    for number in numbers {
        if text.len() - start > WIDTH - 16 {
            text.push_str("\n    ");
            start = text.len();
        }
        let _ = write!(text, "{number},");
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use super::{doc, key, member, numbers, string};

    #[test]
    fn a_text_stays_inside_its_literal() {
        assert_eq!(string("a\"b\\c\n`${d}`'"), r#""a\"b\\c\n`${d}`'""#);
        assert_eq!(
            string("größe \u{2028}\u{202e}\0🚃"),
            r#""größe \u{2028}\u{202e}\u{0}\u{1f683}""#
        );
    }

    #[test]
    fn a_text_stays_inside_its_comment() {
        assert_eq!(doc("  ", "a */\u{2028}b"), "  /** a *\\/\\u{2028}b */\n");
        assert_eq!(doc("", "\n"), "");
        assert_eq!(
            doc("", "a@b\n\n@deprecated {@link b}"),
            "/**\n * a@b\n *\n * \\@deprecated {\\@link b}\n */\n"
        );
        assert_eq!(doc("", "a\r\n*\r/ b"), "/**\n * a\n * *\n * / b\n */\n");
    }

    #[test]
    fn keys_are_quoted_where_they_must_be() {
        for (name, declared, read) in [
            ("a_1", "a_1", "o.a_1"),
            ("class", "class", "o.class"),
            ("1a", "\"1a\"", "o[\"1a\"]"),
            ("", "\"\"", "o[\"\"]"),
            ("a-b", "\"a-b\"", "o[\"a-b\"]"),
            ("__proto__", "\"__proto__\"", "own(o, \"__proto__\")"),
            ("toString", "toString", "own(o, \"toString\")"),
        ] {
            assert_eq!((key(name).as_str(), member("o", name).as_str()), (declared, read));
        }
    }

    #[test]
    fn long_lists_have_lines() {
        let text = numbers(0..200);
        assert!(text.lines().count() > 4 && text.lines().all(|line| line.len() <= 120), "{text}");
        assert_eq!(numbers([1, -2]), "[1,-2,]");
    }
}
