//! Derives every artifact from `schema/` and guards its releases: the inside of `cargo xtask`.

pub mod bundle;
pub mod codegen;
pub mod compat;
pub mod load;
pub mod model;
pub mod source;
