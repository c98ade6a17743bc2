//! The inside of `cargo xtask`: which library each command calls, and with what.

pub mod check;
pub mod codegen;
pub mod columns;
pub mod compat;
pub mod new;
pub mod release;
pub mod rust_api;
pub mod site;
pub mod versions;
pub mod watch;
