//! The inside of `cargo xtask`: which library each command calls, and with what.

pub mod codegen;
pub mod compat;
