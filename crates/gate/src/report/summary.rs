//! Everything a report tells, each change once, and the sentences that several formats share.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use schema_source::{Location, SchemaError, Source};

use crate::change::Cause;
use crate::document::{Document, Release};
use crate::finding::{BreakingDelivery, Finding, OpenClaim, Outcome, Report};
use crate::rules::{Audience, Breaks, Effect, Rule};

/// The help of every open claim.
pub(crate) const OPEN_HELP: &str =
    "Write the change with keywords that can be decided. Until then it cannot land.";

/// The findings of several reports, one for each release, with each change listed once.
#[derive(Debug)]
pub struct Summary<'a> {
    pub(crate) document: &'a Document,
    pub(crate) reports: &'a [Report],
    pub(crate) changes: Vec<ChangeEntry<'a>>,
    pub(crate) open: Vec<OpenEntry<'a>>,
    /// What others say of the new contract: it may break nobody, and still be of no use.
    pub remarks: Vec<Remark>,
}

/// What a tool beside the gate says of the new contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The name of the tool.
    pub tool: String,
    /// What it says, and of which part.
    pub error: SchemaError,
}

/// One change, in all event types and from all releases that it is a change of.
#[derive(Debug)]
pub struct ChangeEntry<'a> {
    pub(crate) finding: &'a Finding,
    pub(crate) event_types: Vec<&'a str>,
    pub(crate) releases: Vec<&'a Release>,
    /// Each value that it is a change of: event type and JSON Pointer in a delivery.
    values: Vec<(&'a str, &'a str)>,
}

/// One open claim, for all event types and releases for which the same keyword leaves it open.
#[derive(Debug)]
pub struct OpenEntry<'a> {
    pub(crate) open: &'a OpenClaim,
    pub(crate) event_types: Vec<&'a str>,
    pub(crate) releases: Vec<&'a Release>,
}

/// The kinds of changes that reports tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// It breaks someone.
    Breaking,
    /// It breaks someone, and somebody has accepted that.
    Accepted,
    /// It breaks nobody and is likely a mistake.
    Warning,
    /// It adds something.
    Addition,
    /// It is any other change that breaks nobody.
    Change,
}

impl Kind {
    /// The kind of the changes that fall under `rule`.
    pub fn of(rule: &Rule) -> Self {
        match (rule.breaks, rule.effect) {
            (Breaks::Readers | Breaks::Archives, _) => Self::Breaking,
            (Breaks::Nobody, _) if rule.warns => Self::Warning,
            (Breaks::Nobody, Effect::Adds) => Self::Addition,
            (Breaks::Nobody, Effect::Changes | Effect::TakesAway) => Self::Change,
        }
    }
}

/// Line and column, counted from 1, of the start and the end of a location.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Region {
    pub(crate) start: (usize, usize),
    pub(crate) end: (usize, usize),
}

impl<'a> Summary<'a> {
    /// Sums up `reports` on `document` beside each release, oldest release first.
    pub fn new(document: &'a Document, reports: &'a [Report]) -> Self {
        let (changes, open) = (changes(reports), open(reports));
        Self { document, reports, changes, open, remarks: Vec::new() }
    }

    /// The outcome over all releases: breaking if one is, else undecided if one is.
    pub fn outcome(&self) -> Outcome {
        Outcome::of_all(self.reports.iter().map(Report::outcome))
    }

    /// All changes, each once: that of a shared definition, or of a field of many contents, is one.
    pub fn changes(&self) -> &[ChangeEntry<'a>] {
        &self.changes
    }

    /// All open claims, each once.
    pub fn open(&self) -> &[OpenEntry<'a>] {
        &self.open
    }

    /// The file that a location is in.
    pub(crate) fn source(&self, location: &Location) -> Option<&'a Source> {
        let releases = self.reports.iter().map(|report| &report.release.document);
        std::iter::once(self.document)
            .chain(releases)
            .find_map(|document| document.source(location))
    }

    pub(crate) fn region(&self, location: &Location) -> Region {
        let Some(source) = self.source(location) else {
            return Region { start: (1, 1), end: (1, 1) };
        };
        let span = source.span(&location.pointer);
        Region { start: source.line_column(span.start), end: source.line_column(span.end) }
    }
}

impl<'a> ChangeEntry<'a> {
    /// The first finding of the change.
    pub fn finding(&self) -> &'a Finding {
        self.finding
    }

    /// The event types whose content changes; `envelope` stands for the members around it. Empty where nothing tells types apart.
    pub fn event_types(&self) -> &[&'a str] {
        &self.event_types
    }

    /// The releases since which this has changed.
    pub fn releases(&self) -> &[&'a Release] {
        &self.releases
    }

    /// The kind of change that it is.
    pub fn kind(&self) -> Kind {
        match Kind::of(self.finding.rule()) {
            Kind::Breaking if self.finding.accepted.is_some() => Kind::Accepted,
            kind => kind,
        }
    }

    /// The change in one line.
    pub(crate) fn headline(&self) -> String {
        let (title, what) = (&self.finding.rule().title, &self.finding.change.what);
        let mut of: Vec<_> = few(&self.event_types).into_iter().collect();
        if self.values.len() > self.event_types.len().max(1) {
            of.push(format!("in {} places", self.values.len()));
        }
        let of = of.join(", ");
        one_line(&if of == *what || of.is_empty() {
            format!("{title}: {what}")
        } else {
            format!("{title}: {what} ({of})")
        })
    }

    /// The delivery that shows whom the change breaks, and the sentence that stands before it.
    pub(crate) fn shown(&self) -> Option<(String, &'a serde_json::Value)> {
        let BreakingDelivery { delivery, rejected } = self.finding.breaking_delivery.as_ref()?;
        let (releases, rejected) = (names(&self.releases), one_line(rejected));
        let s = if self.releases.len() == 1 { "s" } else { "" };
        let sentence = match self.finding.audience()? {
            Audience::Readers => {
                format!("this delivery may be sent now, and {releases} reject{s} it: {rejected}")
            }
            Audience::Archives => format!(
                "{releases} accept{s} this delivery, and the new contract rejects it: {rejected}"
            ),
        };
        Some((sentence, delivery))
    }

    /// The change in a paragraph: what it is, why it breaks, the delivery, and what to do.
    pub(crate) fn message(&self) -> String {
        let mut message = format!("{}. {}", self.headline(), self.finding.why());
        if let Some((sentence, delivery)) = self.shown() {
            let _ = write!(message, "\n{sentence}\n{delivery}");
        }
        if !self.finding.instead().is_empty() {
            let _ = write!(message, "\nInstead: {}", self.finding.instead());
        }
        message
    }
}

impl<'a> OpenEntry<'a> {
    /// The first of the claims.
    pub fn claim(&self) -> &'a OpenClaim {
        self.open
    }

    /// The event types for which it is open. Empty where nothing tells types apart.
    pub fn event_types(&self) -> &[&'a str] {
        &self.event_types
    }

    /// The releases for which it is open.
    pub fn releases(&self) -> &[&'a Release] {
        &self.releases
    }

    /// The claim in one line.
    pub(crate) fn headline(&self) -> String {
        let OpenClaim { claim, reason, location } = self.open;
        let audience = claim.direction.broken(claim.audience);
        let at = location.as_ref().map(|location| format!(", at {}", location.pointer));
        let of = few(&self.event_types).map(|of| format!(" ({of})"));
        let (at, of) = (at.unwrap_or_default(), of.unwrap_or_default());
        one_line(&format!("cannot decide whether {audience} break: {reason}{at}{of}"))
    }

    /// The claim in a paragraph.
    pub(crate) fn message(&self) -> String {
        format!("{}, against {}. Instead: {OPEN_HELP}", self.headline(), names(&self.releases))
    }
}

/// Adds `item` unless it is there.
fn add<T: Copy>(items: &mut Vec<T>, item: T, same: impl Fn(T, T) -> bool) {
    if !items.iter().any(|known| same(*known, item)) {
        items.push(item);
    }
}

/// The changes of all reports, each once.
pub(crate) fn changes(reports: &[Report]) -> Vec<ChangeEntry<'_>> {
    let mut changes: Vec<ChangeEntry<'_>> = Vec::new();
    let mut known: HashMap<Cause, usize> = HashMap::new();
    let mut values = HashSet::new();
    for report in reports {
        for finding in &report.findings {
            let change = &finding.change;
            let index = change.causes().find_map(|cause| known.get(&cause).copied());
            let index = index.unwrap_or_else(|| {
                changes.push(ChangeEntry {
                    finding,
                    event_types: Vec::new(),
                    releases: Vec::new(),
                    values: Vec::new(),
                });
                changes.len() - 1
            });
            for cause in change.causes() {
                known.entry(cause).or_insert(index);
            }
            let entry = &mut changes[index];
            let event_type = finding.change.event_type.as_deref().unwrap_or("envelope");
            if report.tells_types {
                add(&mut entry.event_types, event_type, |a, b| a == b);
            }
            for change in finding.change.all() {
                if values.insert((index, event_type, &change.instance)) {
                    entry.values.push((event_type, &change.instance));
                }
            }
            add(&mut entry.releases, &report.release, |a, b| a.name == b.name);
        }
    }
    changes
}

/// The open claims of all reports, each once.
fn open(reports: &[Report]) -> Vec<OpenEntry<'_>> {
    let mut entries: Vec<OpenEntry<'_>> = Vec::new();
    for report in reports {
        for open in &report.open {
            let is_its = |entry: &OpenEntry<'_>| {
                let key = |open: &OpenClaim| (open.claim.audience, open.location.clone());
                key(entry.open) == key(open) && entry.open.reason == open.reason
            };
            let index = entries.iter().position(is_its).unwrap_or_else(|| {
                let (event_types, releases) = (Vec::new(), Vec::new());
                entries.push(OpenEntry { open, event_types, releases });
                entries.len() - 1
            });
            let entry = &mut entries[index];
            let event_type = open.claim.event_type.as_deref().unwrap_or("unknown event types");
            if report.tells_types {
                add(&mut entry.event_types, event_type, |a, b| a == b);
            }
            add(&mut entry.releases, &report.release, |a, b| a.name == b.name);
        }
    }
    entries
}

fn few(event_types: &[&str]) -> Option<String> {
    match event_types {
        [] => None,
        [first, _, _, more @ ..] => {
            Some(format!("{first} and {} more event types", more.len() + 2))
        }
        few => Some(few.join(", ")),
    }
}

/// The names of releases, in one line.
pub(crate) fn names(releases: &[&Release]) -> String {
    releases.iter().map(|release| release.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// `text` without line breaks: names of fields may hold any character.
pub(crate) fn one_line(text: &str) -> String {
    let escape =
        |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

/// `report` in one line.
pub(crate) fn line(report: &Report) -> String {
    let count = |number: usize, noun: &str| {
        format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
    };
    let changes = changes(std::slice::from_ref(report));
    let of_kind = |kind| changes.iter().filter(|change| change.kind() == kind).count();
    let (name, outcome) = (&report.release.name, report.outcome());
    let open = report.open.len();
    match outcome {
        Outcome::Additive => {
            let additions = count(of_kind(Kind::Addition), "addition");
            let proved = count(report.proved.len(), "inclusion");
            let accepted = match of_kind(Kind::Accepted) {
                0 => String::new(),
                number => format!("{} accepted, ", count(number, "break")),
            };
            format!("{name}: {outcome}: {accepted}{additions}; {proved} proved, none open")
        }
        Outcome::Breaking if open > 0 => {
            let open = count(open, "inclusion");
            format!("{name}: {outcome}: {}; {open} open", count(of_kind(Kind::Breaking), "change"))
        }
        Outcome::Breaking => {
            format!("{name}: {outcome}: {}", count(of_kind(Kind::Breaking), "change"))
        }
        Outcome::Undecided => format!("{name}: {outcome}: {} open", count(open, "inclusion")),
    }
}
