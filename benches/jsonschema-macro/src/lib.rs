//! The validators that `jsonschema`'s compile-time macro makes of the contract.

include!(concat!(env!("OUT_DIR"), "/validators.rs"));
