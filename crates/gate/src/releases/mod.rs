//! The released documents: where they lie, what guards them, and how a new one is made.

mod changelog;
mod error;
mod find;
mod folder;
mod freeze;
mod history;

pub use error::{Refusal, ReleaseError};
pub use folder::{Hints, Releases};
pub use freeze::{Frozen, Terms};
