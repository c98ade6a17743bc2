//! Strings are scanned eight bytes at a time, or guessed at, with what one byte at a time shows.

use crate::parse::string::{id, plain, scan};
use crate::parse::vocabulary::Reason;

const FOLLOWED: &str = "\",\"next\":\"and more than eight bytes\"}";

/// Each byte in each place of a text of this length, which a quote and more follow.
fn with_each_byte(length: usize, mut check: impl FnMut(&[u8], u8, usize)) {
    let text = ["a-0Z~#xy"; 6].concat();
    let mut bytes = [&text.as_bytes()[..length], FOLLOWED.as_bytes()].concat();
    for at in 0..length {
        let before = bytes[at];
        for byte in 0..=u8::MAX {
            bytes[at] = byte;
            check(&bytes, byte, at);
        }
        bytes[at] = before;
    }
}

#[test]
fn a_guess_takes_ids_and_nothing_that_needs_a_closer_look() {
    with_each_byte(36, |bytes, byte, at| {
        let found = id(bytes).map(|found| (found.text.as_plain(), found.rest));
        let takes = matches!(byte, b'#'..=0x7f) && byte != b'\\';
        let expected = takes.then(|| (Some(&bytes[..36]), &bytes[37..]));
        assert_eq!(found, expected, "{byte} at {at}");
    });
    // Two of them do not make up for each other.
    for (at, other) in (0..36).flat_map(|at| (at + 1..36).map(move |other| (at, other))) {
        for special in [b'"', b'\\', 0, b' ', 0x80, 0xff] {
            let mut bytes = ["a".repeat(36), FOLLOWED.into()].concat().into_bytes();
            (bytes[at], bytes[other]) = (special, special);
            assert!(id(&bytes).is_none(), "{special} at {at} and {other}");
        }
    }
    for length in (0..45).filter(|length| *length != 36) {
        let bytes = ["a".repeat(length), FOLLOWED.into()].concat();
        assert!(id(bytes.as_bytes()).is_none(), "{length}");
        assert!(id(&bytes.as_bytes()[..length]).is_none(), "{length}");
    }
}

#[test]
fn plain_strings_are_those_without_anything_special() {
    for length in 0..27 {
        with_each_byte(length, |bytes, byte, at| {
            let found = plain(bytes).map(|found| (found.text.as_plain(), found.rest));
            let expected = match byte {
                b'"' => Some((Some(&bytes[..at]), &bytes[at + 1..])),
                b'\\' | 0..=0x1f | 0x80.. => None,
                _ => Some((Some(&bytes[..length]), &bytes[length + 1..])),
            };
            assert_eq!(found, expected, "{byte} at {at} of {length}");
        });
    }
}

#[test]
fn a_scan_ends_at_the_quote() {
    for length in 0..27 {
        with_each_byte(length, |bytes, byte, at| {
            for end in [bytes.len(), length + 1] {
                let quoted = [b"\"", &bytes[..end]].concat();
                let mut unicode = false;
                if byte == b'\\' && at + 1 == length {
                    continue; // It takes the quote with it.
                }
                let found = scan(&quoted, &mut unicode);
                match (byte, found) {
                    (b'\\', Err(fault)) => assert_eq!(fault.rest, &quoted[at + 1..]),
                    (0..=0x1f, Err(fault)) => {
                        assert!(matches!(fault.reason, Reason::Control));
                        assert_eq!(fault.rest, &quoted[at + 1..]);
                    }
                    (_, Ok(found)) => {
                        let text_end = if byte == b'"' { at } else { length };
                        assert_eq!(found.text.as_plain(), Some(&bytes[..text_end]));
                        assert_eq!(found.rest, &bytes[text_end + 1..end]);
                        // Bytes behind the string may be taken for its own, no more.
                        assert!(unicode || byte < 0x80, "{byte} at {at} of {length}");
                        assert!(!unicode || byte >= 0x80, "{byte} at {at} of {length}");
                    }
                    (_, Err(fault)) => panic!("{byte} at {at} of {length}: {:?}", fault.reason),
                }
            }
        });
        let open = format!("\"{}", "a".repeat(length));
        let Err(fault) = scan(open.as_bytes(), &mut false) else { panic!("{open} has no end") };
        assert!(matches!(fault.reason, Reason::Syntax(_)) && fault.rest.is_empty());
    }
}

#[test]
fn escapes_are_those_of_json() {
    for (written, says) in [
        (r"\n", "\n"),
        (r#"\"\\\/\b\f\r\t"#, "\"\\/\u{8}\u{c}\r\t"),
        (r"\u0041", "A"),
        (r"\u00fc\u00FC", "üü"),
        (r"\u1234", "\u{1234}"),
        (r"\ud83d\ude00", "\u{1f600}"),
        (r"\uDBFF\uDFFF", "\u{10ffff}"),
        (r"\ud7ff\ue000", "\u{d7ff}\u{e000}"),
    ] {
        for before in ["", "a", "abcdefgh", "abcdefghijk"] {
            let quoted = format!("\"{before}{written}\" ");
            let Ok(found) = scan(quoted.as_bytes(), &mut false) else { panic!("{quoted}") };
            assert_eq!(found.text.to_str(), format!("{before}{says}"));
            assert_eq!(found.rest, b" ");
        }
    }
    for (written, is_surrogate) in [
        (r"\a", false),
        (r"\", false),
        (r"\u", false),
        (r"\u12", false),
        (r"\u12g4", false),
        (r"\u+123", false),
        (r"\x41", false),
        (r"\ud800", true),
        (r"\udbffx", true),
        (r"\udc00", true),
        (r"\udfff\ud800", true),
        (r"\ud800\n", true),
        (r"\ud800\u0041", true),
        (r"\ud800\ud800", true),
        (r"\ud83d\u", true),
    ] {
        for behind in ["", "\"", "\" and more than eight bytes"] {
            let quoted = format!("\"a{written}{behind}");
            if written == r"\" && behind.starts_with('"') {
                continue;
            }
            let Err(fault) = scan(quoted.as_bytes(), &mut false) else { panic!("{quoted}") };
            assert_eq!(matches!(fault.reason, Reason::Surrogate), is_surrogate, "{quoted}");
            assert!(matches!(fault.reason, Reason::Surrogate | Reason::Syntax(_)), "{quoted}");
        }
    }
}
