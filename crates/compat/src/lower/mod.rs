//! Reads a schema document of any draft into the normal form of [`crate::node`].
//!
//! The rooms are one recursive walk: [`schema`] reads one schema by its [`keywords`], and these read
//! the schemas within it. They call one another through the [`reader`], whose state they share.

mod arrays;
mod assertions;
mod clauses;
mod document;
mod index;
mod keywords;
mod logic;
mod objects;
mod reader;
mod references;
mod schema;
mod unevaluated;

pub(crate) use document::lower;
pub(crate) use reader::Reading;
