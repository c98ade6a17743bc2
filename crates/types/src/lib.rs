#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
// The vendor chooses the names, and only a whole crate can allow these.
#![allow(confusable_idents, mixed_script_confusables, uncommon_codepoints)]

#[cfg(feature = "proptest1")]
mod arbitrary;
mod delivery;
mod error;
mod event;
mod follow_up;
#[allow(dead_code, reason = "a contract need not have nested values")]
mod owned;
mod parse;
mod printable;
mod raw;
#[allow(
    unused_macros,
    unused_imports,
    dead_code,
    reason = "a contract need not have every kind of value"
)]
mod scalar;
#[cfg(feature = "schemars1")]
#[allow(dead_code, reason = "a contract need not have every kind of value")]
mod schema;
mod text;
mod time;
mod unknown;
#[allow(dead_code, reason = "a contract need not have every kind of value")]
mod view;

#[cfg(feature = "serde")]
mod de;

/// The output of `cargo xtask codegen`.
#[rustfmt::skip]
#[allow(
    clippy::all,
    clippy::pedantic,
    reason = "what they find depends on what the contract declares, and its author cannot mend it"
)]
#[allow(unused_imports, unused_variables, dead_code, reason = "a contract need not have everything")]
#[allow(
    non_camel_case_types,
    non_snake_case,
    reason = "a key may have `__`, which the field keeps, and a variant may need a number"
)]
#[allow(
    rustdoc::bare_urls,
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    reason = "the schemas' descriptions are Markdown, and not written for rustdoc alone"
)]
mod generated {
    pub(crate) mod borrowed;
    pub(crate) mod builder;
    pub(crate) mod data;
    pub(crate) mod definitions;
    pub(crate) mod event;
    pub(crate) mod event_type;
    pub(crate) mod methods;
    pub(crate) mod parser;
}

pub mod builder {
    //! Builders of events and their data; each is made by the `builder()` of its type.
    //!
    //! Every field is set by its name, so no two values can change places. A builder has a type parameter for each required
    //! field, in the order of their names: `()` until the field is set, its type from then on. `build` exists once all are
    //! set, so the compiler finds a field that was forgotten or set twice. The required fields of a released shape never
    //! change, and so neither do these parameters.
    //!
    //! ```
    //! use clip_events::ProjectRenderStarted;
    //!
    //! let data = ProjectRenderStarted::builder().project_id("project_1").team_id("team_1").build();
    //! assert_eq!(data.project_id, "project_1");
    //! ```
    //!
    //! An id cannot take the place of another:
    //!
    //! ```compile_fail,E0277
    //! use clip_events::{ProjectRenderStarted, TeamId};
    //!
    //! let team_id = TeamId::from("team_1");
    //! let data = ProjectRenderStarted::builder().project_id(team_id).team_id("team_1").build();
    //! ```
    //!
    //! Nor can one be left out:
    //!
    //! ```compile_fail,E0599
    //! let data = clip_events::ProjectRenderStarted::builder().team_id("team_1").build();
    //! ```

    pub use crate::generated::builder::*;
}

pub use delivery::{AnyEventType, Deliveries, Delivery, Line, Rejection, deliveries, judge};
pub use error::{ErrorKind, MissingFieldError, ParseError, UnknownEventTypeError};
pub use generated::borrowed::*;

pub use generated::data::*;
pub use generated::definitions::*;
pub use generated::event::{Event, Payload};
pub use generated::event_type::{Domain, EventType};
pub use printable::Printable;
pub use raw::{Integer, IntegerRef, RawJson, RawJsonRef};
pub use scalar::OutOfRangeError;
pub use text::Text;
pub use unknown::{InvalidUnknownError, Unknown, UnknownRef};
pub use view::{List, ListIter, Map, MapIter, View};
