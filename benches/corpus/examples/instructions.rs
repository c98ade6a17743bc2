//! Runs one path over a fixed corpus so that callgrind can count its instructions. See `benches/instructions`.

use std::env;
use std::fs;
use std::hint::black_box;
use std::io::{self, Write as _};

use clip_events::{AnyEventType, EventRef, deliveries, judge};
use clip_events_corpus::{
    Corpus, by_length, compact, data_sorted, extended, mixed, pretty, sorted, spaced,
};

const DELIVERIES: usize = 2_000;
/// Between the deliveries of a file; no delivery has it.
const SEPARATOR: u8 = 0;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["make", path, contract] => {
            let contract = fs::read_to_string(contract).expect("the bundle of a release");
            let made = corpus(path)(&contract, DELIVERIES).deliveries.join(&SEPARATOR);
            io::stdout().write_all(&made).expect("a file");
        }
        [path, made] => run(path, &fs::read(made).expect("what `make` has made")),
        _ => panic!("make PATH BUNDLE, or PATH FILE"),
    }
}

/// What the deliveries of a path are.
fn corpus(path: &str) -> fn(&str, usize) -> Corpus {
    match path {
        "judge" | "judge-lines" | "event-ref" => compact,
        "judge-extended" => extended,
        "judge-spaced" => spaced,
        "judge-pretty" => pretty,
        "judge-data-sorted" => data_sorted,
        "judge-sorted" => sorted,
        "judge-by-length" => by_length,
        "event-ref-mixed" => mixed,
        _ => panic!("{path:?} is no path"),
    }
}

fn run(path: &str, made: &[u8]) {
    let deliveries = made.split(|byte| *byte == SEPARATOR).map(<[u8]>::to_vec).collect();
    let corpus = Corpus { name: "made", deliveries };
    match path {
        "judge-lines" => lines(&corpus.ndjson()),
        _ if path.starts_with("event-ref") => {
            each(&corpus, |delivery| black_box(EventRef::from_slice(delivery)).is_ok());
        }
        _ => each(&corpus, |delivery| judge(delivery).is_ok()),
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
    assert_eq!(valid.count(), DELIVERIES, "the corpus is valid");
}
