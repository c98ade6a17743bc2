//! The findings between a release and the new contract.

use std::fmt;

use schema_source::Location;
use serde_json::Value;

use crate::change::Change;
use crate::direction::Direction;
use crate::document::Release;
use crate::engine::Proof;
use crate::party::Objection;
use crate::path::{Path, Standing};
use crate::rules::{About, Advice, Audience, Effect, Rule};

/// The findings between one release and the new contract.
#[derive(Debug)]
#[non_exhaustive]
pub struct Report {
    /// The release.
    pub release: Release,
    /// The changes, in the order in which the release declares what changed.
    pub findings: Vec<Finding>,
    /// The claims that could not be decided.
    pub open: Vec<OpenClaim>,
    /// The claims that were proved.
    pub proved: Vec<ProvedClaim>,
    /// Whether one of the documents tells event types apart.
    pub(crate) tells_types: bool,
}

/// The outcome of a comparison in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Proved: every reader of the release still works. Also when nothing changed.
    Additive,
    /// Shown: some reader or archive breaks.
    Breaking,
    /// Neither proved nor refuted. This counts as a failure.
    Undecided,
}

/// A change and, where it breaks someone, the delivery that shows it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finding {
    /// The change.
    pub change: Change,
    /// The changed part in the files of the new contract.
    pub location: Location,
    /// A delivery that one side accepts and the other rejects. There is always one, unless the change breaks nobody or
    /// takes away what no delivery shows.
    pub breaking_delivery: Option<BreakingDelivery>,
    pub(crate) direction: Direction,
    /// What tells the break from others, if it may be accepted: a check of many schemas says so.
    pub fingerprint: Option<String>,
    /// Why somebody has accepted the break.
    pub accepted: Option<String>,
}

/// A delivery that shows a break.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BreakingDelivery {
    /// The delivery.
    pub delivery: Value,
    /// The reason why the other side rejects it.
    pub rejected: String,
}

/// A condition for a change to be additive: no delivery of an event type breaks anyone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Claim {
    /// The readers who must accept the deliveries.
    pub audience: Audience,
    /// The event type; none for all types that neither side knows, or for all deliveries if nothing tells types apart.
    pub event_type: Option<String>,
    pub(crate) tells_types: bool,
    pub(crate) direction: Direction,
}

/// A claim with a proof.
#[derive(Debug)]
#[non_exhaustive]
pub struct ProvedClaim {
    /// The claim.
    pub claim: Claim,
    /// The proof, already checked.
    pub proof: Proof,
}

/// A claim that was neither proved nor refuted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenClaim {
    /// The claim.
    pub claim: Claim,
    /// The reason why it could not be decided.
    pub reason: String,
    /// The keyword that stopped the proof, in the files of the new contract or in the release.
    pub location: Option<Location>,
}

impl Report {
    /// The outcome.
    pub fn outcome(&self) -> Outcome {
        if self.findings.iter().any(|finding| finding.breaks() && finding.accepted.is_none()) {
            Outcome::Breaking
        } else if self.open.is_empty() {
            Outcome::Additive
        } else {
            Outcome::Undecided
        }
    }
}

impl Outcome {
    /// The outcome over several: breaking if one is, else undecided if one is.
    ///
    /// Breaking is certain, undecided is not: where both occur, the certain one is told.
    pub fn of_all(outcomes: impl IntoIterator<Item = Self>) -> Self {
        let severity = |outcome: &Self| match outcome {
            Self::Additive => 0,
            Self::Undecided => 1,
            Self::Breaking => 2,
        };
        outcomes.into_iter().max_by_key(severity).unwrap_or(Self::Additive)
    }
}

/// As reports have it: `additive`, `breaking` or `undecided`.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Additive => "additive",
            Self::Breaking => "breaking",
            Self::Undecided => "undecided",
        })
    }
}

impl Finding {
    /// The rule that the change falls under.
    pub fn rule(&self) -> &'static Rule {
        self.change.rule
    }

    /// Whether the change breaks someone.
    pub fn breaks(&self) -> bool {
        self.audience().is_some()
    }

    /// Why it breaks them, or why it does not.
    pub fn why(&self) -> &'static str {
        self.advice().map_or(&self.rule().why, |advice| &advice.why)
    }

    /// The advice what to do instead; empty if there is nothing to do.
    pub fn instead(&self) -> &'static str {
        self.advice().map_or(&self.rule().instead, |advice| &advice.instead)
    }

    fn advice(&self) -> Option<&'static Advice> {
        self.rule().consumed.as_ref().filter(|_| self.direction == Direction::Consume)
    }

    /// Whose deliveries show the break, if it is one.
    pub(crate) fn audience(&self) -> Option<Audience> {
        self.rule().audience_in(self.direction)
    }

    /// Whether the changed part is no longer in any file.
    pub(crate) fn is_of_gone_file(&self) -> bool {
        matches!(self.rule().about, About::Schema | About::EventType)
            && self.rule().effect == Effect::TakesAway
    }

    /// Whether this finding tells why a reader of `claim` has an objection to `delivery`.
    pub(crate) fn explains(&self, claim: &Claim, delivery: &Value, objection: &Objection) -> bool {
        let change = &self.change;
        let is_at = |path: &Path| path.standing(delivery, &objection.instance) == Standing::Within;
        // What is said of a field or a branch as a whole says nothing of its keywords, which break others.
        let is_of = self.audience() == Some(claim.audience)
            || !self.rule().is_of_whole()
            || change.became.is_some();
        // Of a definition, not every place is told where it is used.
        let is_by = change.is_objected_to(objection, claim.audience);
        // What is shown where formats are asserted explains nothing where they are not.
        self.breaking_delivery.is_some()
            && is_of
            && !self.rule().is_of_asserted()
            && (change.event_type.is_none() || change.event_type == claim.event_type)
            && (is_by
                || change.paths().any(is_at)
                || change.is_met_by(objection, claim.audience, delivery))
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.audience, self.direction) {
            (Audience::Readers, _) => "the release accepts all new deliveries",
            (Audience::Archives, Direction::Consume) => {
                "the new contract accepts all deliveries of the release"
            }
            (Audience::Archives, _) => "the new contract accepts all archived deliveries",
        })?;
        match &self.event_type {
            Some(event_type) => write!(f, " of {event_type}"),
            None if self.tells_types => f.write_str(" of unknown event types"),
            None => Ok(()),
        }
    }
}
