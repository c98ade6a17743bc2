#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod delivery;
mod error;
mod event;
mod follow_up;
mod parse;
mod scalar;
mod text;
mod time;
mod unknown;

#[cfg(feature = "serde")]
mod de;

/// What `cargo xtask codegen` makes of `schema/`.
#[rustfmt::skip]
#[allow(clippy::pedantic, reason = "generated code favours one simple shape over the shortest one")]
mod generated {
    pub(crate) mod borrowed;
    pub(crate) mod data;
    pub(crate) mod definitions;
    pub(crate) mod event;
    pub(crate) mod parser;
}

pub use delivery::{Deliveries, Delivery, Line, Rejection, TypeName, deliveries, judge};
pub use error::{ErrorKind, ParseError};
pub use generated::borrowed::*;
pub use generated::data::*;
pub use generated::definitions::*;
pub use generated::event::{Domain, Event, EventType, Payload};
pub use scalar::OutOfRange;
pub use text::Text;
pub use unknown::{NotUnknown, RawJson, Unknown, UnknownEventType, UnknownRef};
