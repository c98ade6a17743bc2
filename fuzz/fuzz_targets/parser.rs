//! The quick ways through the parser must give one verdict, and an event that is written must read back equal.
//!
//! `agreement` also asks the slow ones, a reference among them; here a case takes a microsecond, so that there can be many:
//!
//!     mkdir -p fuzz/corpus/parser && cargo run -q -p clip-events-cli -- sample --all | split -l 1 - fuzz/corpus/parser/
//!     cargo +nightly fuzz run --sanitizer none parser fuzz/corpus/parser

#![no_main]

use clip_events::{AnyEventType, Event, EventRef, deliveries, judge};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let verdict = judge(bytes).is_ok();
    let text = bytes.escape_ascii();
    let borrowed = EventRef::from_slice(bytes);
    assert_eq!(borrowed.is_ok(), verdict, "{text}");
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_blank = line.iter().all(|byte| b" \t\r".contains(byte));
    if !is_blank {
        let alone = if line.len() == bytes.len() { verdict } else { judge(line).is_ok() };
        let first = deliveries::<AnyEventType<'_>>(bytes).next();
        assert_eq!(first.is_some_and(|first| first.outcome.is_ok()), alone, "{text}");
    }
    match borrowed {
        Ok(borrowed) => {
            let event = Event::from_slice(bytes).unwrap_or_else(|error| panic!("{error} {text}"));
            assert_eq!(borrowed.into_owned(), event, "{text}");
            let written = serde_json::to_vec(&event).expect("an event is JSON");
            let again = Event::from_slice(&written);
            assert_eq!(again.as_ref(), Ok(&event), "{text}");
        }
        Err(error) => {
            // The way that explains is another one, and has to find the mistake.
            assert!(error.offset() <= bytes.len(), "{text}");
        }
    }
});
