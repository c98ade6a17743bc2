//! Witnesses: values that the subset accepts and the superset rejects, confirmed and made small.

mod content;
mod copy;
mod edits;
mod message;
mod mutate;
mod refuter;
mod shrink;
mod validators;

pub(crate) use refuter::Refuter;
pub(crate) use validators::{document_validator, follows_meta_schema};
