//! What it takes to hold all paths of the project against each other on any contract: JSON exactly as written, a reference
//! judge, deliveries derived from the schemas and changes of them, and every path that judges a delivery.

pub mod coverage;
pub mod generate;
pub mod json;
pub mod kept;
mod leaves;
pub mod mutate;
pub mod paths;
pub mod reference;
mod shrink;

/// The contract as one self-contained schema.
///
/// # Panics
///
/// If the generated file is not JSON, in which case `cargo xtask codegen` makes it anew.
pub fn bundle() -> serde_json::Value {
    serde_json::from_str(clip_events_validator::SCHEMA).expect("the bundle is JSON")
}
