//! Deliveries and the parser's verdict on each, as NDJSON, for parsers in other languages to be held against: valid ones, and mutated
//! ones twice as often.
//!
//! `cargo run -p clip-events-agreement --example judged -- 100000 1 > judged.ndjson`: how many, and the seed.
//!
//! A line is `{"body": ..., "valid": ..., "pointer": ...}`. `body` has a character for each byte, which need not be UTF-8: ISO 8859-1.
//! `pointer` is where the delivery is wrong, if it is.

use std::io::{self, BufWriter, Write};

use clip_events::Event;
use clip_events_agreement::bundle;
use clip_events_agreement::generate::deliveries;
use clip_events_agreement::mutate::{mutate, mutations};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default| arguments.next().map_or(default, |it| it.parse().expect("a number"));
    let (count, seed): (u64, u64) = (number(1_000), number(0));
    let bundle = bundle();
    let strategy = (deliveries(&bundle), proptest::option::weighted(0.67, mutations(&bundle)))
        .prop_map(|(delivery, mutations)| mutate(&delivery, &mutations.unwrap_or_default()));
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut out = BufWriter::new(io::stdout().lock());
    for _ in 0..count {
        let body = strategy.new_tree(&mut runner).expect("a delivery").current();
        let error = Event::from_slice(&body).err();
        let line = json!({
            "body": body.iter().map(|byte| char::from(*byte)).collect::<String>(),
            "valid": error.is_none(),
            "pointer": error.map(|error| error.pointer().to_owned()),
        });
        writeln!(out, "{line}")?;
    }
    out.flush()
}
