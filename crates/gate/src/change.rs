//! A change between two documents, as the walk over them names it.

use crate::rules::{Audience, Rule};

/// A change between two documents.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The rule that it falls under.
    pub rule: &'static Rule,
    /// The event type whose content changed; none for the members around it.
    pub event_type: Option<String>,
    /// JSON Pointer of the value in a delivery: `/data/team_id`.
    pub instance: String,
    /// The same for what it has become, if it has another name or place now.
    pub became: Option<String>,
    /// JSON Pointer into the released document, if the part is there.
    pub released: Option<String>,
    /// JSON Pointer into the new document, to the part or to what it is missing from.
    pub new: String,
    /// The change in a few words: `asset_id -> assetId`.
    pub what: String,
    /// The same without the place, so that changes of one shared definition have one cause.
    pub(crate) cause: String,
    /// The same change of further values in deliveries of the event type.
    pub also: Vec<Self>,
}

impl Change {
    /// This change, and the same of further values.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.also)
    }

    /// JSON Pointers of all values in a delivery that it is about, before and after.
    pub(crate) fn instances(&self) -> impl Iterator<Item = &str> {
        self.all().flat_map(|change| {
            std::iter::once(change.instance.as_str()).chain(change.became.as_deref())
        })
    }

    /// JSON Pointer of the part that rejects what the change lets through or shuts out, in the reader's document.
    pub(crate) fn rejecting(&self, audience: Audience) -> Option<&str> {
        match audience {
            Audience::Readers => self.released.as_deref(),
            Audience::Archives => Some(&self.new),
        }
    }

    /// Whether one edit causes both: of a keyword, of a definition, or of the same field in many event types.
    pub(crate) fn has_cause_of(&self, other: &Self) -> bool {
        let is_of_one_field = self.rule.is_of_whole()
            && (self.instance == other.instance
                || self.released.is_some() && self.released == other.released);
        self.rule == other.rule
            && self.cause == other.cause
            && (self.rule.everywhere || is_of_one_field || self.new == other.new)
    }
}

/// Merges the changes of one event type that have the same cause: many fields may refer to one definition, and endlessly
/// many to a recursive one.
pub(crate) fn one_for_each_cause(changes: Vec<Change>) -> Vec<Change> {
    let mut causes: Vec<Change> = Vec::new();
    for change in changes {
        let is_same = |cause: &&mut Change| {
            cause.event_type == change.event_type && cause.has_cause_of(&change)
        };
        match causes.iter_mut().find(is_same) {
            Some(cause) => {
                // The one nearest to the top is the one to tell of.
                let depth = |change: &Change| change.instance.matches('/').count();
                let mut other = change;
                if depth(&other) < depth(cause) {
                    other.also = std::mem::take(&mut cause.also);
                    std::mem::swap(cause, &mut other);
                }
                cause.also.push(other);
            }
            None => causes.push(change),
        }
    }
    causes
}
