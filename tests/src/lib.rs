//! Shared parts of the contract's tests: JSON exactly as written, a reference judge, deliveries derived from the
//! schemas, and every path of the project that judges a delivery.

pub mod generate;
pub mod json;
pub mod mutate;
pub mod paths;
pub mod reference;

use std::path::{Path, PathBuf};

/// The root folder of the workspace.
///
/// # Panics
///
/// Never: the package is in the workspace.
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package lies in the workspace").to_path_buf()
}

/// The contract as one self-contained schema.
///
/// # Panics
///
/// If the generated file is not JSON, in which case `cargo xtask codegen` makes it anew.
pub fn bundle() -> serde_json::Value {
    let text = include_str!("../../crates/validator/src/generated/contract.schema.json");
    serde_json::from_str(text).expect("the bundle is JSON")
}
