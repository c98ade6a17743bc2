//! What each part of the page is called in a link.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Sections that every contract may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Overview,
    Life,
    Sets,
    Receive,
    Playground,
    Releases,
}

impl Section {
    /// Those before the event types.
    pub(super) const BEFORE: &[Self] = &[Self::Overview, Self::Life];
    /// Those behind them.
    pub(super) const AFTER: &[Self] =
        &[Self::Sets, Self::Receive, Self::Playground, Self::Releases];

    /// The name for a person.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Life => "The life of a job",
            Self::Sets => "Open sets",
            Self::Receive => "Receive and verify",
            Self::Playground => "Playground",
            Self::Releases => "Releases",
        }
    }

    /// With a slash before it: no event type has one.
    pub(super) fn anchor(self) -> &'static str {
        match self {
            Self::Overview => "/overview",
            Self::Life => "/life",
            Self::Sets => "/sets",
            Self::Receive => "/receive",
            Self::Playground => "/playground",
            Self::Releases => "/releases",
        }
    }

    pub(super) fn link(self) -> String {
        format!("#{}", self.anchor())
    }
}

/// What stands in a link as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'.')
    .remove(b'-')
    .remove(b'_')
    .remove(b'~')
    .remove(b'*')
    .remove(b'(')
    .remove(b')');

/// `text` as a part of a link.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}

pub(super) fn event(event_type: &str) -> String {
    encoded(event_type)
}

pub(super) fn event_link(event_type: &str) -> String {
    format!("#{}", event(event_type))
}

/// The field at `path` of the event type `owner`; of no event type, of the envelope.
pub(super) fn field(owner: &str, path: &str) -> String {
    let owner = if owner.is_empty() { "/envelope".to_owned() } else { encoded(owner) };
    format!("{owner}/{}", encoded(path))
}

pub(super) fn domain_anchor(domain: &str) -> String {
    format!("/group/{}", encoded(domain))
}

pub(super) fn set_anchor(definition: &str) -> String {
    format!("/sets/{}", encoded(definition))
}
