//! The parts of the envelope that the error of a rejected delivery still gives.

use clip_events::{AnyEventType, Event, deliveries};

#[track_caller]
fn tells(delivery: &[u8], event_id: Option<&str>, type_name: Option<&str>) {
    let error = Event::from_slice(delivery).expect_err("is rejected");
    let shown = String::from_utf8_lossy(delivery);
    assert_eq!((error.event_id(), error.type_name()), (event_id, type_name), "{shown}: {error}");
    let line = deliveries::<AnyEventType>(delivery).next();
    if let Some(Err(rejection)) =
        line.filter(|line| line.bytes == delivery).map(|line| line.outcome)
    {
        assert_eq!(rejection.explain(), error, "{shown}");
    }
}

#[test]
fn id_and_type_are_told_wherever_they_could_be_read() {
    let (id, failed) = (Some("e1"), Some("post.failed"));
    tells(br#"{"id":"e1","type":"post.failed","created":1,"data":{}}"#, id, failed);
    tells(
        br#"{"data":{"id":"e2","type":"x"},"created":1,"type":"post.failed","id":"e1"}"#,
        id,
        failed,
    );
    tells(
        b" { \"id\" : \"e1\" , \"type\" : \"post.failed\" , \"created\" : -1 , \"data\" : { } } ",
        id,
        failed,
    );
    tells(br#"{"id":"e1","type":"post.failed","created":1,"data":{"a":[{"b":"#, id, failed);
    tells(br#"{"id":"e1","type":"post.failed","created":1,"data":{}} x"#, id, failed);
    tells(br#"{"id":"e1","type":"post.failed""#, id, failed);
    tells(br#"{"id":"e1","type":"post.fail"#, id, None);
    tells(br#"{"created":1e400,"id":"e1","type":"post.failed"}"#, None, None);
    tells(
        br#"{"type":"clip.liked","id":"\u0065\n","created":null,"data":{}}"#,
        Some("e\n"),
        Some("clip.liked"),
    );
    tells("{\"i\\u0064\":\"\u{e9}\",\"type\":\"\"}".as_bytes(), Some("\u{e9}"), Some(""));
}

#[test]
fn what_is_no_string_or_no_text_is_not_told() {
    tells(br#"{"id":7,"type":["post.failed"],"created":1,"data":{}}"#, None, None);
    tells(
        b"{\"id\":\"\xff\",\"type\":\"post.failed\",\"created\":1,\"data\":{}}",
        None,
        Some("post.failed"),
    );
    tells(br#"{"id":"\ud800","type":"post.failed"}"#, None, None);
    tells(br#"["id","type"]"#, None, None);
    tells(b"", None, None);
    tells(b"\xef\xbb\xbf{\"id\":\"e1\"}", None, None);
    tells(b"{\"id\":\"e\x01\"}", None, None);
}

#[test]
fn of_a_key_that_occurs_twice_the_first_is_told() {
    tells(
        br#"{"id":"e1","id":"e2","type":"post.failed","created":1,"data":{}}"#,
        Some("e1"),
        Some("post.failed"),
    );
    tells(
        br#"{"id":null,"id":"e2","type":"post.failed","created":1,"data":{}}"#,
        Some("e2"),
        Some("post.failed"),
    );
}

#[test]
fn a_deeply_nested_member_ends_the_reading() {
    let deep = format!(r#"{{"id":"e1","x":{}{},"type":"a"}}"#, "[".repeat(200), "]".repeat(200));
    tells(deep.as_bytes(), Some("e1"), None);
}
