//! Runs one path over a fixed corpus so that callgrind can count its instructions. See `benches/instructions`.

use std::hint::black_box;

use clip_events::{AnyEventType, EventRef, deliveries, judge};
use clip_events_corpus::{Corpus, compact, mixed};

fn main() {
    let path = std::env::args().nth(1).unwrap_or_default();
    match path.as_str() {
        "judge" => each(&compact(2_000), |delivery| judge(delivery).is_ok()),
        "event-ref" => {
            each(&compact(2_000), |delivery| black_box(EventRef::from_slice(delivery)).is_ok())
        }
        "event-ref-mixed" => {
            each(&mixed(2_000), |delivery| black_box(EventRef::from_slice(delivery)).is_ok())
        }
        "judge-lines" => lines(&compact(2_000).ndjson()),
        _ => panic!("{path:?} is none of judge, event-ref, event-ref-mixed, judge-lines"),
    }
}

// The script counts the instructions in these two functions, which it names by their module.

#[inline(never)]
fn each(corpus: &Corpus, path: impl Fn(&[u8]) -> bool) {
    for delivery in &corpus.deliveries {
        assert!(path(black_box(delivery)), "the corpus is valid");
    }
}

#[inline(never)]
fn lines(ndjson: &[u8]) {
    let valid =
        deliveries::<AnyEventType<'_>>(black_box(ndjson)).filter(|line| line.outcome.is_ok());
    assert_eq!(valid.count(), 2_000, "the corpus is valid");
}
