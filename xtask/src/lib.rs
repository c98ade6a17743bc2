//! The inside of `cargo xtask`: what its commands are made of.

pub mod codegen;
