//! The engine of the gate: what it proves holds for every instance, and what it refutes has a witness.
//!
//!     cargo +nightly fuzz run inclusion
//!
//! An instance that speaks against a proof is judged by `jsonschema`, which shares no code with the engine.

#![no_main]

use clip_events_fuzz::{instance, schema};
use libfuzzer_sys::arbitrary::Unstructured;
use libfuzzer_sys::{Corpus, fuzz_target};
use schema_compat::{Answer, Inclusion, Options, Schema};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let mut bytes = Unstructured::new(bytes);
    let (Ok(one), Ok(other)) = (schema(&mut bytes, &[], 1), schema(&mut bytes, &[], 1)) else {
        return Corpus::Reject;
    };
    let validators = [&one, &other].map(|schema| jsonschema::draft202012::new(schema));
    let [Ok(is_one), Ok(is_other)] = validators else { return Corpus::Reject };
    let (subset, superset) = (Schema::from(one.clone()), Schema::from(other.clone()));
    match (Inclusion { subset: &subset, superset: &superset }).decide(&Options::default()) {
        Ok(Answer::Proved(_)) => {
            for _ in 0..8 {
                let Ok(instance) = instance(&mut bytes, 0) else { break };
                assert!(
                    !is_one.is_valid(&instance) || is_other.is_valid(&instance),
                    "{instance} is of {one} and not of {other}"
                );
            }
        }
        Ok(Answer::Refuted(witness)) => {
            let instance = &witness.instance;
            assert!(is_one.is_valid(instance), "{instance} is not of {one}");
            assert!(!is_other.is_valid(instance), "{instance} is of {other}");
        }
        _ => {}
    }
    Corpus::Keep
});
