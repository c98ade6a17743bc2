#![doc = include_str!("../README.md")]

mod document;
mod explain;
mod explanation;
#[cfg(feature = "producer")]
mod format;
mod mode;
mod number;
mod place;
mod rule;
mod schemas;
mod validator;
mod verdict;
mod words;

pub use mode::Mode;
pub use rule::ViolationKind;
pub use schemas::{SCHEMA, schema};
pub use validator::Validator;
pub use verdict::{MAX_VIOLATIONS, Verdict, Violation};
