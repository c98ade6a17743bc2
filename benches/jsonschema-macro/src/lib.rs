//! The validators that `jsonschema`'s compile-time macro generates from the contract.

include!(concat!(env!("OUT_DIR"), "/validators.rs"));
