#![doc = include_str!("../README.md")]

mod contract;
mod document;
mod explain;
mod number;

use std::borrow::Cow;
use std::fmt;

pub use contract::SCHEMA;

use clip_events::AnyEventType;
use contract::Contract;

/// Violations of one delivery that are listed at most; see [`Rule::TooMany`].
pub const MAX_VIOLATIONS: usize = 100;

/// How strict a verdict is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// As a reader of deliveries must judge: undeclared fields, unknown event types and new values of
    /// open sets pass, and `format` is an annotation. Accepts what `clip_events::Event` parses.
    Reader,
    /// As the team that sends deliveries wants it: all of the above are reported.
    Producer,
}

/// Judges deliveries.
///
/// Schemas are compiled when they are first needed: make one validator and keep it. It can be shared
/// between threads.
#[derive(Debug)]
pub struct Validator {
    mode: Mode,
    contract: Contract,
}

impl Validator {
    /// A validator of the embedded contract.
    pub fn new(mode: Mode) -> Self {
        Self { mode, contract: Contract::new(mode) }
    }

    /// How strict this validator is.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Judges one delivery: a JSON document in UTF-8.
    ///
    /// ```
    /// use clip_events_validator::{Mode, Rule, Validator};
    ///
    /// let validator = Validator::new(Mode::Reader);
    /// let verdict = validator.judge(br#"{"id": "e1", "type": "asset.later", "created": -1, "data": {}}"#);
    /// assert_eq!(verdict.event_type.as_deref(), Some("asset.later"));
    /// assert_eq!(verdict.violations[0].rule, Rule::Minimum);
    /// ```
    pub fn judge(&self, delivery: &[u8]) -> Verdict {
        match (self.mode, clip_events::judge(delivery)) {
            (Mode::Reader, Ok(name)) => Verdict::valid(name),
            _ => self.explain(delivery),
        }
    }

    /// Judges as [`judge`](Self::judge) does, always by JSON Schema validators and never by the
    /// parser of `clip_events`: slower, and what that parser is tested against.
    pub fn explain(&self, delivery: &[u8]) -> Verdict {
        explain::explain(&self.contract, self.mode, delivery)
    }
}

/// What a [`Validator`] says of one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// The delivery's `type`, known or not; `None` where the delivery has no readable one.
    pub event_type: Option<Cow<'static, str>>,
    /// Everything that is wrong, in the order of the document; empty for a valid delivery.
    pub violations: Vec<Violation>,
}

impl Verdict {
    /// The verdict on a valid delivery of that type.
    pub fn valid(name: AnyEventType<'_>) -> Self {
        let event_type = match name {
            AnyEventType::Known(event_type) => Cow::Borrowed(event_type.as_str()),
            AnyEventType::Unknown(name) => Cow::Owned(name.to_str().into_owned()),
        };
        Self { event_type: Some(event_type), violations: Vec::new() }
    }

    /// Whether the delivery honours the contract.
    pub fn is_valid(&self) -> bool {
        self.violations.is_empty()
    }
}

/// One thing that is wrong in a delivery. `Display` gives place, sentence and rule on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// JSON Pointer (RFC 6901) to the value in the delivery; to the object that lacks it, for a
    /// missing field; empty for the whole delivery.
    pub instance: String,
    /// The rule's place in [`SCHEMA`], as a JSON Pointer fragment: `#/$defs/Progress/maximum`. Empty
    /// where no schema is broken but JSON itself.
    pub schema: String,
    /// Which kind of rule is broken.
    pub rule: Rule,
    /// What is found, what is expected, and where it helps what to do, in a sentence for a person.
    /// Values are quoted in part only.
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
        write!(f, "{line}:{column}: {instance}: {message} [{rule}]")
    }
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        /// The kinds of rules. [`as_str`](Self::as_str) gives each a stable id.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $($(#[$doc])* #[doc = concat!("\n\nId: `", $id, "`")] $name,)*
        }

        impl Rule {
            /// The id of the rule in kebab case. Ids never change.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }
        }
    };
}

rules! {
    /// The document is not UTF-8, or starts with a byte order mark.
    Encoding = "encoding",
    /// The document is not JSON (RFC 8259).
    Syntax = "syntax",
    /// More than 127 objects and arrays are open at one place.
    Nesting = "nesting",
    /// A number is too large for binary64.
    NumberRange = "number-range",
    /// A declared key stands twice in its object.
    DuplicateKey = "duplicate-key",
    /// A required field is missing.
    Required = "required",
    /// A value has another type than the schema says. Arrays are no objects, `null` is not absence,
    /// and a number is an integer when its exact value is one.
    Type = "type",
    /// A number is below its `minimum`.
    Minimum = "minimum",
    /// A number is above its `maximum`.
    Maximum = "maximum",
    /// A number is not above its `exclusiveMinimum`.
    ExclusiveMinimum = "exclusive-minimum",
    /// A number is not below its `exclusiveMaximum`.
    ExclusiveMaximum = "exclusive-maximum",
    /// Another keyword of the schema is broken.
    Schema = "schema",
    /// A string has not the `format` that the schema names. [`Mode::Producer`] only.
    Format = "format",
    /// A field is not declared. [`Mode::Producer`] only.
    UndeclaredField = "undeclared-field",
    /// The event type is not in the contract. [`Mode::Producer`] only.
    UnknownType = "unknown-type",
    /// A value is not among the known ones of an open set. [`Mode::Producer`] only.
    UnknownValue = "unknown-value",
    /// There are more than [`MAX_VIOLATIONS`] violations.
    TooMany = "too-many",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
