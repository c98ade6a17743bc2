//! The types of a small contract with nested shapes, and its bundle.

#![allow(warnings, reason = "generated, after files that are checked where they lie")]

include!(concat!(env!("OUT_DIR"), "/src/lib.rs"));

/// The contract as one JSON Schema.
pub const CONTRACT: &str = include_str!(concat!(env!("OUT_DIR"), "/bundle.json"));
