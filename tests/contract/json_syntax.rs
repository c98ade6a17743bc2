//! The 318 parsing cases of JSONTestSuite on every path: on their own, and as the value of an undeclared key.

use std::fs;

use clip_events_agreement::json::{Json, MAX_DEPTH};
use clip_events_agreement::paths::Paths;
use clip_events_agreement::{bundle, reference::Reference};
use clip_events_test_support::root;

use crate::delivery_of;

/// The name and bytes of each case.
fn cases() -> Vec<(String, Vec<u8>)> {
    let folder = root().join("tests/fixtures/json-test-suite");
    let paths =
        fs::read_dir(folder).expect("the suite").map(|entry| entry.expect("an entry").path());
    let mut cases: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
            (name, fs::read(&path).expect("a file"))
        })
        .collect();
    cases.sort();
    cases
}

/// Two deliveries with `value` under an undeclared key: in the envelope, and in `data`.
fn embed(value: &[u8]) -> [Vec<u8>; 2] {
    const MARK: &str = "\"@mark@\"";
    // No field can be declared with a capital letter.
    const KEY: &str = "\"Later\"";
    let delivery = delivery_of("post.published").to_string();
    let data = delivery.find("\"data\":{").expect("data") + "\"data\":{".len();
    [1, data].map(|at| {
        let text = format!("{}{KEY}:{MARK},{}", &delivery[..at], &delivery[at..]);
        let (before, after) = text.split_once(MARK).expect("the mark");
        [before.as_bytes(), value, after.as_bytes()].concat()
    })
}

#[test]
fn every_path_takes_and_refuses_the_json_that_it_must() {
    let paths = Paths::default();
    let reference = Reference::new(bundle());
    let mut free = Vec::new();
    let mut counts = [0; 3];
    for (name, bytes) in cases() {
        let judge = |bytes: &[u8]| {
            let verdict = reference.judge(bytes).is_ok();
            paths
                .agree(bytes, verdict)
                .unwrap_or_else(|error| panic!("{name}: {}", &error[..error.len().min(2000)]));
            verdict
        };
        // No case is a delivery, so all are refused on their own. Whether the syntax is to blame, a JSON parser tells.
        assert!(!judge(&bytes), "{name}");
        let alone = Json::parse(&bytes).is_ok();
        let embedded = embed(&bytes).map(|delivery| judge(&delivery));
        match name.as_bytes()[0] {
            b'y' => {
                assert!(alone && embedded == [true, true], "{name} must be taken");
                counts[0] += 1;
            }
            b'n' => {
                assert!(!alone && embedded == [false, false], "{name} must be refused");
                counts[1] += 1;
            }
            _ => {
                assert_eq!(embedded, [alone, alone], "{name}");
                free.push(format!("{} {name}", if alone { "taken  " } else { "refused" }));
                counts[2] += 1;
            }
        }
    }
    assert_eq!(counts, [95, 188, 35], "the whole suite was read");
    insta::assert_snapshot!(free.join("\n"));
}

#[test]
fn containers_nest_as_deep_as_serde_json_reads_and_no_deeper() {
    let paths = Paths::default();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for levels in
            [1, MAX_DEPTH - 3, MAX_DEPTH - 2, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 100_000]
        {
            let value = format!("{}0{}", open.repeat(levels), close.repeat(levels));
            let [envelope, data] = embed(value.as_bytes());
            // The delivery is one container, and `data` is another.
            let expected = [levels < MAX_DEPTH, levels + 1 < MAX_DEPTH];
            for (delivery, expected) in [envelope, data].iter().zip(expected) {
                let verdict = paths.agree(delivery, expected);
                verdict
                    .unwrap_or_else(|error| panic!("{levels}: {}", &error[..error.len().min(500)]));
            }
        }
        // Containers that are never closed.
        let [envelope, data] = embed(open.repeat(100_000).as_bytes());
        for delivery in [envelope, data] {
            let verdict = paths.agree(&delivery, false);
            verdict.unwrap_or_else(|error| panic!("{}", &error[..error.len().min(500)]));
        }
    }
}

/// Text around a delivery, or in place of one.
#[test]
fn nothing_but_whitespace_may_stand_around_a_delivery() {
    let paths = Paths::default();
    let delivery = delivery_of("post.published").to_string().into_bytes();
    let around: [(&[u8], &[u8], bool); 13] = [
        (b"", b"", true),
        (b" \t\r", b"\r\t ", true),
        (b"\n\n", b"\n", true),
        (b"\xef\xbb\xbf", b"", false),
        (b"", b"\0", false),
        (b"\0", b"", false),
        (b"", b",", false),
        (b"", b"{}", false),
        (b"", b"}", false),
        (b"[", b"]", false),
        (b"\x0b", b"", false),
        (b"", b"\xc2\xa0", false),
        (b"// a\n", b"", false),
    ];
    for (before, after, expected) in around {
        let text = [before, &delivery, after].concat();
        paths.agree(&text, expected).unwrap_or_else(|error| panic!("{error}"));
    }
    for end in 0..delivery.len() {
        paths.agree(&delivery[..end], false).unwrap_or_else(|error| panic!("{error}"));
    }
    for (text, name) in
        [(&b""[..], "nothing"), (b"   ", "blanks"), (b"null", "null"), (b"{}", "an empty object")]
    {
        paths.agree(text, false).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
