//! Every path must give the verdict of the reference judge: on the bytes as one delivery, and as lines.
//!
//! A quarter of the inputs are new deliveries, made of the schemas and changed as the tests change them; the rest are changes of their bytes.
//!
//!     mkdir -p fuzz/corpus && cp tests/fixtures/json-test-suite/*.json fuzz/corpus
//!     cargo +nightly fuzz run agreement fuzz/corpus
//!
//! Save each input that it finds in `tests/agreement/fixtures/regressions/`, which the tests replay.

#![no_main]

use std::sync::LazyLock;

use clip_events_agreement::bundle;
use clip_events_agreement::generate::{Delivery, deliveries};
use clip_events_agreement::mutate::{Mutation, mutate, mutations};
use clip_events_agreement::paths::Paths;
use clip_events_agreement::reference::Reference;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use proptest::strategy::{BoxedStrategy, Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

static PATHS: LazyLock<Paths> = LazyLock::new(Paths::default);
static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::new(bundle()));

fuzz_target!(|bytes: &[u8]| {
    let verdict = REFERENCE.judge(bytes).is_ok();
    if let Err(difference) = PATHS.agree(bytes, verdict) {
        panic!("{difference}");
    }
    if let Err(difference) = PATHS.agree_on_lines(bytes) {
        panic!("{difference}");
    }
});

thread_local! {
    static DELIVERIES: BoxedStrategy<(Delivery, Vec<Mutation>)> =
        (deliveries(&bundle()), mutations(&bundle())).boxed();
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed % 4 == 0 {
        let mut start = [0; 32];
        start[..4].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &start);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        if let Ok(made) = DELIVERIES.with(|deliveries| deliveries.new_tree(&mut runner)) {
            let (delivery, mutations) = made.current();
            let text = mutate(&delivery, &mutations);
            if text.len() <= max_size {
                data[..text.len()].copy_from_slice(&text);
                return text.len();
            }
        }
    }
    fuzzer_mutate(data, size, max_size)
});
