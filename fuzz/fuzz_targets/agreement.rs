//! Every path must give the verdict of the reference judge: on the bytes as one delivery, and as lines.
//!
//!     mkdir -p fuzz/corpus && cp tests/fixtures/json-test-suite/*.json fuzz/corpus
//!     cargo +nightly fuzz run agreement fuzz/corpus
//!
//! Save each input that it finds in `tests/agreement/fixtures/regressions/`, which the tests replay.

#![no_main]

use std::sync::LazyLock;

use clip_events_agreement::bundle;
use clip_events_agreement::paths::Paths;
use clip_events_agreement::reference::Reference;
use libfuzzer_sys::fuzz_target;

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
