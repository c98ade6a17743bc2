//! The verdict on one delivery: its event type and everything that is wrong with it.

use std::borrow::Cow;
use std::fmt;

use clip_events::{AnyEventType, Printable};

use crate::rule::ViolationKind;

/// The maximum number of violations listed for one delivery. If there are more, one further violation of the rule
/// [`ViolationKind::TooMany`] says how many.
pub const MAX_VIOLATIONS: usize = 100;

/// The verdict of a [`Validator`](crate::Validator) on one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// The delivery's `type`, known or not; `None` if it cannot be read.
    pub event_type: Option<Cow<'static, str>>,
    /// Everything that is wrong, in document order. Empty for a valid delivery.
    pub violations: Vec<Violation>,
}

impl Verdict {
    /// The verdict on a valid delivery of the type `name`.
    pub(crate) fn valid(name: AnyEventType<'_>) -> Self {
        let event_type = match name {
            AnyEventType::Known(event_type) => Cow::Borrowed(event_type.as_str()),
            AnyEventType::Unknown(name) => Cow::Owned(name.to_str().into_owned()),
        };
        Self { event_type: Some(event_type), violations: Vec::new() }
    }

    /// Whether the delivery follows the contract.
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }
}

/// Characters of a pointer that `Display` writes.
const MAX_POINTER: usize = 200;
/// Characters of a message that `Display` writes.
const MAX_MESSAGE: usize = 2_000;

/// One thing that is wrong with a delivery. `Display` writes its place, message and rule on one line, as [`Printable`] writes
/// what comes from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// JSON Pointer (RFC 6901) to the offending value in the delivery. For a missing field it points to the object that
    /// lacks it; it is empty for the delivery as a whole. Of a key with more than 1,000 characters it has the first 1,000, and
    /// `...`: otherwise the violations within one value could be a hundred times as long as the delivery.
    pub instance: String,
    /// The place of the rule in [`SCHEMA`](crate::SCHEMA), as a JSON Pointer fragment: `#/$defs/Progress/maximum`. Empty
    /// if the delivery is not JSON, so that no schema applies.
    pub schema: String,
    /// The kind of rule that is broken.
    pub rule: ViolationKind,
    /// A sentence for a person: the value found, the value expected and, where it helps, the fix. Long values are
    /// shortened.
    pub message: String,
    /// Line of the value in the document, counted from 1.
    pub line: usize,
    /// Column of the value in characters, counted from 1.
    pub column: usize,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { instance, rule, message, line, column, .. } = self;
        let instance = if instance.is_empty() { "delivery" } else { instance };
        let instance = Printable::new(instance, MAX_POINTER);
        let message = Printable::new(message, MAX_MESSAGE);
        write!(f, "{line}:{column}: {instance}: {message} [{rule}]")
    }
}
