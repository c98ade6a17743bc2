#![doc = include_str!("../README.md")]

mod answer;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "tower")]
mod http;
pub mod inbox;
mod memory;
mod observe;
mod receiver;
mod secrets;
mod signature;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "tower")]
pub mod tower;

pub use answer::Answer;
pub use inbox::{Inbox, InboxError, Limits};
pub use memory::MemoryInbox;
pub use receiver::{BODY_LIMIT, Receiver, Retry};
pub use secrets::{SecretError, Secrets};
pub use signature::{SIGNATURE_HEADER, SignatureError, TOLERANCE, Verified, Verifier};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteInbox;
