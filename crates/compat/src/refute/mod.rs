//! Witnesses: values that the sub accepts and the super rejects, verified, and as small as found.

mod copy;
mod edits;
mod message;
mod mutate;
mod refuter;
mod shrink;
mod validators;

pub(crate) use refuter::Refuter;
pub(crate) use validators::follows_meta_schema;
