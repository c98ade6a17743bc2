#![doc = include_str!("../README.md")]

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "tower")]
mod http;
pub mod inbox;
mod observe;
mod receiver;
mod secrets;
mod signature;
#[cfg(feature = "tower")]
pub mod tower;

pub use inbox::{Inbox, InboxError, MemoryInbox};
pub use receiver::{Answer, BODY_LIMIT, Receiver, Retry};
pub use secrets::{SecretError, Secrets};
pub use signature::{SIGNATURE_HEADER, SignatureError, TOLERANCE, Verified, Verifier};
