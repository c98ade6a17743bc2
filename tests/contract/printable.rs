//! What a message repeats of a delivery is printable and short, whoever writes it.

use clip_events::{Event, EventType, Printable, ProjectRenderProgress, Unknown};
use clip_events_validator::{Mode, Validator};
use schema_source::SchemaError;

/// All characters that are not shown as they are, and some that are.
fn characters() -> impl Iterator<Item = char> {
    ('\0'..='\u{ffff}').chain('\u{e0000}'..='\u{e01ff}').chain(['\u{1f600}', '\u{10ffff}'])
}

/// Whether a terminal or a log might act on `c`: control characters, line breaks, and those that order or hide text.
fn is_hidden(c: char) -> bool {
    let formats = ["\u{ad}", "\u{61c}", "\u{180e}", "\u{feff}"];
    c.is_control()
        || formats.iter().any(|format| format.contains(c))
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn assert_is_printable(message: &str, place: &str) {
    let hidden = message.chars().find(|c| is_hidden(*c));
    assert!(hidden.is_none(), "{place}: {hidden:?} in {message:?}");
    assert!(message.len() < 4_000, "{place}: {} bytes", message.len());
}

#[test]
fn messages_repeat_nothing_that_is_acted_on() {
    let validators = [Mode::Reader, Mode::Producer].map(Validator::new);
    for c in characters() {
        let shown = Printable::new(&c.to_string(), 9).to_string();
        assert_is_printable(&shown, "Printable");
        let error = SchemaError::of_file("a.json", c, "").to_string();
        assert!(error.starts_with(&format!("a.json:1:1: {shown}\n")), "{error:?}");
        if !is_hidden(c) {
            continue;
        }
        let text = serde_json::to_string(&format!("a{c}b")).expect("a string");
        let raw = if c < ' ' { text.clone() } else { format!("\"a{c}b\"") };
        let deliveries = [
            format!("{{{raw}:1,\"id\":{raw},\"type\":{raw},\"created\":{raw},\"data\":{{}}}}"),
            format!(
                "{{\"id\":\"e\",\"type\":\"post.failed\",\"created\":1,\"data\":{{{raw}:{raw}}}}}"
            ),
            format!("{{\"id\":\"e\",\"type\":\"post.failed\",\"created\":a{c}b}}"),
            format!("{{\"a{c}b"),
        ];
        for delivery in &deliveries {
            let error = Event::from_slice(delivery.as_bytes()).expect_err("it is invalid");
            assert_is_printable(&error.to_string(), "ParseError");
            assert_is_printable(&format!("{error:?}"), "ParseError");
            assert_is_printable(error.message(), "ParseError::message");
            for violation in
                validators.iter().flat_map(|known| known.explain(delivery.as_bytes()).violations)
            {
                assert_is_printable(&violation.to_string(), "Violation");
                assert_is_printable(&violation.message, "Violation::message");
            }
        }
        let name = format!("a{c}b");
        assert_is_printable(
            &name.parse::<EventType>().expect_err("unknown").to_string(),
            "EventType",
        );
        assert_is_printable(&Unknown::new("a", &name).expect_err("no JSON").to_string(), "Unknown");
    }
}

#[test]
fn messages_are_short() {
    let long = "k".repeat(1 << 20);
    let fields: Vec<_> = (0..200).map(|at| format!("\"{at}\":1")).collect();
    let delivery = format!(
        "{{\"id\":\"{long}\",\"type\":\"project.render.progress\",\"created\":\"{long}\",\"data\":{{\"{long}\":{{{}}},\"progress\":\"{long}\"}}}}",
        fields.join(",")
    );
    let error = Event::from_slice(delivery.as_bytes()).expect_err("it is invalid");
    assert_is_printable(&error.to_string(), "ParseError");
    let verdict = Validator::new(Mode::Producer).explain(delivery.as_bytes());
    assert!(verdict.violations.len() > 3);
    for violation in verdict.violations {
        assert_is_printable(&violation.to_string(), "Violation");
        assert!(violation.instance.len() < 2_000, "{}", violation.instance.len());
    }
    assert_is_printable(&long.parse::<EventType>().expect_err("unknown").to_string(), "EventType");
    let json = format!("{{\"project_id\":\"p\",\"team_id\":\"t\",\"progress\":{long}}}");
    let error = serde_json::from_str::<ProjectRenderProgress>(&json).expect_err("no number");
    assert_is_printable(&error.to_string(), "serde");
}
