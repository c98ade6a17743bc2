#![doc = include_str!("../README.md")]

mod decimal;
mod error;
mod file;
mod lines;
mod part;
mod pointer;
mod source;
mod tree;
mod yaml;

pub use error::{Location, SchemaError, SchemaErrors};
pub use file::{pretty_json, write};
pub use pointer::{escape_token, unescape_token};
pub use source::Source;
