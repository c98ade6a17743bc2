//! Runs one path over a fixed corpus so that callgrind can count its instructions. See `benches/instructions`.

use std::hint::black_box;

use clip_events::{AnyEventType, EventRef, deliveries, judge};
use clip_events_corpus::{
    Corpus, by_length, compact, data_sorted, extended, mixed, pretty, sorted, spaced,
};

const DELIVERIES: usize = 2_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = |what: &str| arguments.next().unwrap_or_else(|| panic!("{what}?"));
    let (path, contract) = (next("which path"), next("the bundle of which release"));
    let contract = std::fs::read_to_string(contract).expect("the bundle of a release");
    let read = |corpus: &Corpus| {
        each(corpus, |delivery| black_box(EventRef::from_slice(delivery)).is_ok());
    };
    let make: fn(&str, usize) -> Corpus = match path.as_str() {
        "event-ref" => return read(&compact(&contract, DELIVERIES)),
        "event-ref-mixed" => return read(&mixed(&contract, DELIVERIES)),
        "judge-lines" => return lines(&compact(&contract, DELIVERIES).ndjson()),
        "judge" => compact,
        "judge-extended" => extended,
        "judge-spaced" => spaced,
        "judge-pretty" => pretty,
        "judge-data-sorted" => data_sorted,
        "judge-sorted" => sorted,
        "judge-by-length" => by_length,
        _ => panic!("{path:?} is no path"),
    };
    each(&make(&contract, DELIVERIES), |delivery| judge(delivery).is_ok());
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
    assert_eq!(valid.count(), DELIVERIES, "the corpus is valid");
}
