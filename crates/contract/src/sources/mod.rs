//! The schema files: reading and checking them, and where their references lead.

mod check;
mod files;
mod read;
mod references;

pub use files::Sources;
pub(crate) use references::for_each_ref;
