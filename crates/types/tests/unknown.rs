//! Events of unknown types that are made, written and read back.

#![cfg(feature = "serde")]

use std::collections::HashSet;

use clip_events::{Event, InvalidUnknownError, Payload, UnixMillis, Unknown};

fn event(unknown: Unknown) -> Event {
    Event::builder()
        .id("e1")
        .created(UnixMillis::new(0).unwrap())
        .payload(Payload::Unknown(unknown))
        .build()
}

/// `data` with `depth` containers open at once.
fn nested(depth: usize) -> String {
    format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1))
}

#[test]
fn what_can_be_made_can_be_read_back() {
    for data in
        [nested(2), nested(126), "\r\n{ \"a b\" :\n[1 ,\t2\r] , \"c\":\"\\\" \\n\" }\n".to_owned()]
    {
        let event = event(Unknown::new("clip.liked", &*data).unwrap());
        let line = serde_json::to_string(&event).unwrap();
        assert_eq!(line.lines().count(), 1, "{line}");
        assert_eq!(Event::from_slice(line.as_bytes()).unwrap(), event);
    }
    let error = Unknown::new("clip.liked", nested(127)).unwrap_err();
    assert!(matches!(&error, InvalidUnknownError::Json(_)), "{error}");
}

#[test]
fn data_keep_their_form_and_compare_by_their_tokens() {
    let unknown = |data: &str| Unknown::new("clip.liked", data).unwrap();
    let (spaced, compact) = (unknown(" { \"a b\": 1 } "), unknown(r#"{"a b":1}"#));
    assert_eq!(spaced.data(), "{ \"a b\": 1 }");
    assert_eq!(spaced, compact);
    assert_eq!(HashSet::from([spaced.clone(), compact]).len(), 1);
    assert_ne!(spaced, unknown(r#"{"ab":1}"#));
    assert_ne!(spaced, unknown(r#"{"a b":1.0}"#));
    assert_ne!(unknown(r#"{"a":" \" "}"#), unknown(r#"{"a":" \""}"#));
}
