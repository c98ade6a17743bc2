//! What the page is told: the parser's verdict, the validator's reasons, the receiver's signatures. In a browser: `tests/site/run`.

use std::fs;

use clip_events_playground::{judge, sign, verify};
use clip_events_test_support::root;
use serde_json::{Value, json};

/// Each example delivery, with its event type.
fn examples() -> Vec<(String, Vec<u8>)> {
    let folders = fs::read_dir(root().join("schema/examples")).expect("a folder");
    let folders = folders.map(|folder| folder.expect("an entry"));
    let of = |folder: fs::DirEntry| {
        let event_type = folder.file_name().into_string().expect("UTF-8");
        let files = fs::read_dir(folder.path()).expect("a folder");
        let text = |file: fs::DirEntry| fs::read(file.path()).expect("a file");
        files
            .map(move |file| (event_type.clone(), text(file.expect("an entry"))))
            .collect::<Vec<_>>()
    };
    folders.flat_map(of).collect()
}

#[test]
fn examples_are_accepted_and_what_is_wrong_with_others_is_told() {
    let examples = examples();
    assert!(!examples.is_empty());
    for (event_type, delivery) in examples {
        let verdict = judge(&delivery);
        assert_eq!(verdict["accepted"], true, "{verdict}");
        assert_eq!(verdict["type"], event_type);
        assert_eq!(verdict["isKnown"], true);

        let mut later: Value = serde_json::from_slice(&delivery).expect("JSON");
        later["type"] = json!("Later-Than-This");
        assert_eq!(judge(later.to_string().as_bytes())["isKnown"], false);

        let cut = judge(&delivery[..delivery.len() / 2]);
        assert_eq!(cut["accepted"], false);
        assert!(!cut["violations"].as_array().expect("a list").is_empty(), "{cut}");
    }
    let verdict = judge(br#"{"id": 7, "type": 8}"#);
    let pointers: Vec<_> = verdict["violations"].as_array().expect("a list").iter().collect();
    assert!(pointers.len() > 2, "{verdict}");
}

#[test]
fn what_is_signed_is_genuine_and_nothing_else_is() {
    let (secret, body, now) = (b"whsec_1", b"{}", 1_745_800_000.0);
    let header = sign(secret, body, now)["header"].as_str().expect("a header").to_owned();
    let genuine = |header: &str, secret: &[u8], body: &[u8], now| {
        let told = verify(header.as_bytes(), secret, body, now);
        assert!(!told["message"].as_str().expect("a message").contains("whsec"), "{told}");
        told["genuine"].as_bool().expect("a verdict")
    };
    assert!(genuine(&header, secret, body, now + 299.0));
    assert!(!genuine(&header, secret, body, now + 301.0));
    assert!(genuine(&header, secret, body, -1.0), "at any time");
    assert!(!genuine(&header, b"whsec_2", body, now));
    assert!(!genuine(&header, secret, b"{} ", now));
    assert!(!genuine("", secret, body, now));
    assert!(!genuine(&header, b"", body, f64::NAN));
    assert!(sign(b"", body, now).get("header").is_none());
}
