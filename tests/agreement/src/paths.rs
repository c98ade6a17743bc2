//! Every path through the project that accepts the bytes of a delivery, side by side.

use clip_events::{AnyEventType, Event, EventRef, ParseError, deliveries, judge};
use clip_events_validator::{Mode, Validator};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::Json;

/// All paths.
#[derive(Debug)]
pub struct Paths {
    validator: Validator,
}

/// An event embedded in a type of the user's.
#[derive(Deserialize)]
struct Embedded {
    event: Event,
    events: Vec<Event>,
}

impl Default for Paths {
    fn default() -> Self {
        Self { validator: Validator::new(Mode::Reader) }
    }
}

impl Paths {
    /// The name of each path, and its verdict on `bytes` as one delivery.
    pub fn verdicts(&self, bytes: &[u8]) -> Vec<(&'static str, bool)> {
        let mut verdicts = vec![
            ("Event::from_slice", Event::from_slice(bytes).is_ok()),
            ("EventRef::from_slice", EventRef::from_slice(bytes).is_ok()),
            ("judge", judge(bytes).is_ok()),
            ("Validator::judge", self.validator.judge(bytes).is_valid()),
            ("Validator::explain", self.validator.explain(bytes).is_valid()),
            ("serde_json::from_slice", serde_json::from_slice::<Event>(bytes).is_ok()),
            ("serde_json::from_reader", serde_json::from_reader::<_, Event>(bytes).is_ok()),
        ];
        if !bytes.contains(&b'\n') {
            // Blank lines yield no delivery at all.
            let events: Vec<_> =
                deliveries::<Event>(bytes).map(|line| line.outcome.is_ok()).collect();
            let borrowed: Vec<_> =
                deliveries::<EventRef<'_>>(bytes).map(|line| line.outcome.is_ok()).collect();
            let names: Vec<_> =
                deliveries::<AnyEventType<'_>>(bytes).map(|line| line.outcome.is_ok()).collect();
            verdicts.push(("deliveries::<Event>", events == [true]));
            verdicts.push(("deliveries::<EventRef>", borrowed == [true]));
            verdicts.push(("deliveries::<AnyEventType>", names == [true]));
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            verdicts.push(("serde_json::from_str", serde_json::from_str::<Event>(text).is_ok()));
            // Only for JSON: other text may turn into JSON within a larger document.
            if let Ok(raw) = serde_json::from_str::<&RawValue>(text) {
                verdicts.push(("RawValue", serde_json::from_str::<Event>(raw.get()).is_ok()));
                let embedded = format!("{{\"event\":{text},\"events\":[{text},{text}]}}");
                let embedded = serde_json::from_str::<Embedded>(&embedded);
                let same = embedded.as_ref().is_ok_and(|embedded| {
                    // `PartialEq` of events follows that of f64.
                    embedded.events.iter().all(|event| *event == embedded.event)
                });
                verdicts.push(("embedded", same));
            }
        }
        verdicts
    }

    /// Checks that all paths give the verdict `expected` on `bytes` and explain a rejection alike.
    ///
    /// # Errors
    ///
    /// Names the paths that differ, with the text.
    pub fn agree(&self, bytes: &[u8], expected: bool) -> Result<(), String> {
        let verdicts = self.verdicts(bytes);
        let differ: Vec<_> = verdicts
            .iter()
            .filter(|(_, verdict)| *verdict != expected)
            .map(|(name, _)| name)
            .collect();
        if !differ.is_empty() {
            let others = if expected { "rejected" } else { "accepted" };
            return Err(format!("{others} by {differ:?} alone:\n{}", bytes.escape_ascii()));
        }
        if expected {
            return Ok(());
        }
        let owned = Event::from_slice(bytes).expect_err("rejected above");
        let borrowed = EventRef::from_slice(bytes).expect_err("rejected above");
        let judged = judge(bytes).expect_err("rejected above").explain();
        if owned != borrowed || owned != judged {
            return Err(format!(
                "three explanations:\n{owned}\n{borrowed}\n{judged}\n{}",
                bytes.escape_ascii()
            ));
        }
        // In broken JSON the place of the error is a matter of taste.
        let is_json = Json::parse(bytes).is_ok();
        let violations = self.validator.explain(bytes).violations;
        let is_there = violations.iter().any(|violation| violation.instance == owned.pointer());
        if is_json && !is_there {
            return Err(format!(
                "{owned}\nis not among\n{violations:#?}\n{}",
                bytes.escape_ascii()
            ));
        }
        Ok(())
    }

    /// Checks that NDJSON is judged as each of its lines is judged alone.
    ///
    /// # Errors
    ///
    /// Shows the line that differs.
    pub fn agree_on_lines(&self, lines: &[u8]) -> Result<(), String> {
        // Messages may differ: one speaks of the end of the line, the other of the end of the input.
        let place = |error: ParseError| (error.kind(), error.pointer().to_owned(), error.offset());
        let is_blank = |line: &[u8]| line.iter().all(|byte| b" \t\r".contains(byte));
        let expected: Vec<_> = (1..)
            .zip(lines.split(|byte| *byte == b'\n'))
            .filter(|(_, line)| !is_blank(line))
            .map(|(number, line)| (number, line, Event::from_slice(line).map_err(place)))
            .collect();
        let found: Vec<_> = deliveries::<Event>(lines)
            .map(|line| {
                (
                    line.number,
                    line.bytes,
                    line.outcome.map_err(|rejection| place(rejection.explain())),
                )
            })
            .collect();
        for (expected, found) in expected.iter().zip(&found) {
            if expected != found {
                return Err(format!(
                    "{:?}\nas a line:\n{:?}\n{}",
                    expected.2,
                    found.2,
                    lines.escape_ascii()
                ));
            }
        }
        if expected.len() != found.len() {
            return Err(format!(
                "{} lines, found {}:\n{}",
                expected.len(),
                found.len(),
                lines.escape_ascii()
            ));
        }
        let names = deliveries::<AnyEventType<'_>>(lines).map(|line| line.outcome.is_ok());
        if !names.eq(expected.iter().map(|(_, _, outcome)| outcome.is_ok())) {
            return Err(format!("judged differently:\n{}", lines.escape_ascii()));
        }
        Ok(())
    }
}

/// Whether JSON Schema validators see `json` as written: it repeats no key and has no number that `f64` changes.
pub fn is_plain(json: &Json) -> bool {
    match json {
        Json::Literal(_) | Json::Text(_) => true,
        Json::Number(text) => serde_json::from_str::<serde_json::Number>(text)
            .is_ok_and(|number| number.to_string() == *text),
        Json::Array(elements) => elements.iter().all(is_plain),
        Json::Object(members) => {
            let mut keys: Vec<_> = members.iter().map(|member| &member.key.value).collect();
            keys.sort();
            let count = keys.len();
            keys.dedup();
            keys.len() == count && members.iter().all(|member| is_plain(&member.value))
        }
    }
}
