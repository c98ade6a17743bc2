//! JSON that has been judged is read once more: its items, members, texts and numbers.

use crate::parse::members::*;
use crate::text::Text;

/// A value as it is written, and what it is when it is a text.
const VALUES: [(&str, Option<&str>); 10] = [
    ("1", None),
    ("-0.25e1", None),
    ("null", None),
    ("\"\"", Some("")),
    ("\"plain\"", Some("plain")),
    (r#""\"""#, Some("\"")),
    (r#""a\u00fc,]}\\""#, Some("aü,]}\\")),
    (r#"[ [], {"a":"]"} ]"#, None),
    (r#"{"a" : {}, "b":[1,2]}"#, None),
    ("[]", None),
];

/// The first values of the list, written one after the other with so much around each.
fn list(count: usize, blank: &str) -> String {
    let values: Vec<String> =
        VALUES[..count].iter().map(|(json, _)| format!("{blank}{json}{blank}")).collect();
    values.join(",")
}

#[test]
fn items_are_those_of_the_array() {
    for blank in ["", " ", "\n\t "] {
        for count in 0..=VALUES.len() {
            let json = format!("[{}],next", list(count, blank));
            let mut items = Items::new(json.as_bytes());
            for (value, _) in &VALUES[..count] {
                assert_eq!(items.next(), Some(value.as_bytes()), "{json}");
            }
            assert_eq!(items.next(), None, "{json}");
            assert_eq!(items.rest(), b",next", "{json}");
        }
    }
}

#[test]
fn entries_are_those_of_the_object() {
    for blank in ["", " ", "\n\t "] {
        for count in 0..=VALUES.len() {
            let key = |at: usize| format!("k\\u00fc\\\"{at}");
            let members: Vec<String> = (0..count)
                .map(|at| format!("{blank}\"{}\"{blank}:{blank}{}{blank}", key(at), VALUES[at].0))
                .collect();
            let json = format!("{{{}}},next", members.join(","));
            let mut entries = Entries::new(json.as_bytes());
            for (at, (value, _)) in VALUES[..count].iter().enumerate() {
                let (key, found) = entries.next().expect("it is there");
                assert_eq!(key.to_str(), format!("kü\"{at}"), "{json}");
                assert_eq!(found, value.as_bytes(), "{json}");
            }
            assert!(entries.next().is_none(), "{json}");
            assert_eq!(entries.rest(), b",next", "{json}");
        }
    }
}

#[test]
fn whoever_reads_an_item_says_where_it_ends() {
    let mut items = Items::new(br#"["a", "\u0062" ,"c"]"#);
    let mut texts = Vec::new();
    while let Some(text) = items.next_by(first_text) {
        texts.push(text.to_str().into_owned());
    }
    assert_eq!(texts, ["a", "b", "c"]);
    let mut entries = Entries::new(br#"{"a":"1", "b" : "2"}x"#);
    assert_eq!(
        entries.next_by(first_text),
        Some((Text::from_checked(b"a"), Text::from_checked(b"1")))
    );
    assert_eq!(
        entries.next_by(first_text),
        Some((Text::from_checked(b"b"), Text::from_checked(b"2")))
    );
    assert_eq!(entries.next_by(first_text), None);
    assert_eq!(entries.rest(), b"x");
}

#[test]
fn the_first_value_ends_where_it_ends() {
    for (json, says) in VALUES {
        let followed = format!("{json},{json}");
        let (value, rest) = first(followed.as_bytes());
        assert_eq!((value, rest), (json.as_bytes(), &followed.as_bytes()[json.len()..]));
        assert_eq!(text(json.as_bytes()).to_str(), says.unwrap_or_default(), "{json}");
        let Some(says) = says else {
            let passed = pass_over(0, followed.as_bytes());
            let is_container = json.starts_with(['[', '{']);
            assert_eq!(passed, is_container.then_some(rest), "{json}");
            continue;
        };
        let (found, rest) = first_text(followed.as_bytes());
        assert_eq!((found.to_str().as_ref(), rest), (says, &followed.as_bytes()[json.len()..]));
        assert_eq!(pass_over(0, followed.as_bytes()), None);
    }
}

#[test]
fn numbers_are_read_exactly_or_to_the_nearest() {
    for (json, is_integer, nearest) in [
        ("0", Some(0), Some(0.0)),
        ("-9223372036854775808", Some(i64::MIN), Some(-9_223_372_036_854_775_808.0)),
        ("9223372036854775807", Some(i64::MAX), Some(9_223_372_036_854_775_807.0)),
        ("9223372036854775808", None, Some(9_223_372_036_854_775_808.0)),
        ("25e-1", None, Some(2.5)),
        ("250e-1", Some(25), Some(25.0)),
        ("\"1\"", None, None),
    ] {
        assert_eq!(integer(json.as_bytes()), is_integer, "{json}");
        assert_eq!(float(json.as_bytes()), nearest, "{json}");
    }
}

#[test]
fn on_what_was_not_judged_all_readers_end() {
    for json in ["", "[", "{", "[1", "[,", "{\"a\"", "{\"a\":", "\"", "x"] {
        assert!(Items::new(json.as_bytes()).count() <= json.len());
        assert!(Entries::new(json.as_bytes()).count() <= json.len());
        _ = (first_text(json.as_bytes()), text(json.as_bytes()));
    }
}
