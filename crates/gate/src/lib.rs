#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod change;
pub mod check;
mod choice;
mod compare;
mod definitions;
mod differences;
mod direction;
mod document;
mod engine;
mod exemption;
mod finding;
mod fingerprint;
mod git;
mod judge;
mod keywords;
mod layout;
mod node;
mod pair;
mod party;
mod path;
mod pointer;
pub mod releases;
mod renames;
pub mod report;
pub mod rules;
mod told;
mod trial;
mod validator;
mod view;
mod walk;
mod witness;
mod words;

pub use change::Change;
pub use direction::Direction;
pub use document::{Document, Part, Release};
pub use engine::{Draft, Proof};
pub use finding::{BreakingDelivery, Claim, Finding, OpenClaim, Outcome, ProvedClaim, Report};
pub use judge::Gate;
pub use keywords::asserts;
pub use layout::Layout;
pub use schema_source::{Location, SchemaError, SchemaErrors, Source};
