//! A change between two documents, as the walk over them names it.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::differences::Difference;
use crate::layout::Layout;
use crate::party::Objection;
use crate::path::{Path, Standing};
use crate::pointer::is_within;
use crate::rules::{Audience, Rule, known};

/// A change between two documents.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The rule that it falls under.
    pub rule: &'static Rule,
    /// The event type whose content changed; none for the members around it.
    pub event_type: Option<String>,
    /// JSON Pointer of the value in a delivery: `/data/team_id`. `*` stands for any item of a list and any key of a map:
    /// `/data/clips/*/title`.
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
    /// The way to the value in a delivery, and to what it has become.
    pub(crate) path: Path,
    pub(crate) path_now: Option<Path>,
    /// The same change of further values in deliveries of the event type.
    pub also: Vec<Self>,
}

impl Change {
    /// `difference` of the value at `path` in deliveries of `event_type`, or of all deliveries.
    pub(crate) fn new(
        layout: &Layout,
        event_type: Option<&str>,
        path: &Path,
        difference: Difference,
    ) -> Self {
        let Difference { rule, step, became, released, new, cause, brief, tells_cause } =
            difference;
        let told = brief.as_ref().unwrap_or(&cause);
        let path_now = became.map(|step| path.below(step));
        let is_whole = step.is_none() && layout.is_whole(path);
        let path = step.map_or_else(|| path.clone(), |step| path.below(step));
        let named = layout.named(&path);
        let what = match (&path_now, tells_cause) {
            (Some(now), _) => format!("{named} -> {}", layout.named(now)),
            (None, true) if is_whole => told.clone(),
            (None, true) => format!("{named}: {told}"),
            (None, false) => named,
        };
        Self {
            rule,
            event_type: event_type.map(str::to_owned),
            instance: path.pointer(),
            became: path_now.as_ref().map(Path::pointer),
            released,
            new,
            what,
            cause,
            path,
            path_now,
            also: Vec::new(),
        }
    }

    /// The same field, which is not gone but has moved to `path`, and is declared at `new`.
    pub(crate) fn moved(self, path: Path, new: String) -> Self {
        let became = path.pointer();
        let what = format!("{} -> {became}", self.instance);
        let (became, path_now) = (Some(became), Some(path));
        let rule = known("field-moved");
        Self { rule, became, path_now, new, cause: what.clone(), what, ..self }
    }

    /// This change, and the same of further values.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.also)
    }

    /// The ways to all values in a delivery that it is about, before and after.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.all().flat_map(|change| std::iter::once(&change.path).chain(&change.path_now))
    }

    /// JSON Pointer of the part that rejects what the change lets through or shuts out, in the reader's document.
    pub(crate) fn rejecting(&self, audience: Audience) -> Option<&str> {
        match audience {
            Audience::Readers => self.released.as_deref(),
            Audience::Archives => Some(&self.new),
        }
    }

    /// Whether this change has come to an objection of `audience` to `delivery`.
    pub(crate) fn is_met_by(
        &self,
        objection: &Objection,
        audience: Audience,
        delivery: &Value,
    ) -> bool {
        let rejecting = self.rejecting(audience);
        let by_part = rejecting.is_some_and(|part| objection.is_by(part));
        let by_whole = objection.of_parts.is_empty()
            && rejecting.is_some_and(|part| is_within(part, &objection.keyword));
        let is_met = self.paths().any(|path| match path.standing(delivery, &objection.instance) {
            Standing::Within => by_part || by_whole || self.rule.is_of_whole(),
            Standing::Above => by_whole,
            Standing::Apart => false,
        });
        is_met || objection.of_parts.iter().any(|part| self.is_met_by(part, audience, delivery))
    }

    /// Whether an objection of `audience` comes from the part that this change is about, wherever in the delivery.
    pub(crate) fn is_objected_to(&self, objection: &Objection, audience: Audience) -> bool {
        let Some(rejecting) = self.rejecting(audience) else { return false };
        // A field that is missing is told of where it is required.
        let missing = objection.keyword.strip_suffix("/required").and_then(|parent| {
            let (_, name) = objection.instance.rsplit_once('/')?;
            Some(format!("{parent}/properties/{name}"))
        });
        objection.is_by(rejecting)
            || missing.is_some_and(|missing| missing == rejecting)
            || objection.of_parts.iter().any(|part| self.is_objected_to(part, audience))
    }

    /// What all that one edit causes have in common: of a keyword, of a definition, or of the same field in many event types.
    pub(crate) fn causes(&self) -> impl Iterator<Item = Cause> {
        let key = |of: &'static str, it: &str| Cause {
            rule: &self.rule.id,
            how: self.cause.clone(),
            at: (of, it.to_owned()),
        };
        let everywhere = self.rule.everywhere.then(|| key("everywhere", ""));
        let of_field = self.rule.is_of_whole().then(|| {
            let released = self.released.iter().map(|released| key("released", released));
            released.chain([key("instance", &self.instance)]).collect::<Vec<_>>()
        });
        let new = key("new", &self.new);
        everywhere.into_iter().chain(of_field.into_iter().flatten()).chain([new])
    }
}

/// What changes have in common that one edit causes.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Cause {
    rule: &'static str,
    how: String,
    at: (&'static str, String),
}

/// Merges the changes of one event type that have the same cause: many fields may refer to one definition.
pub(crate) fn one_for_each_cause(changes: Vec<Change>) -> Vec<Change> {
    let mut merged: Vec<Change> = Vec::new();
    let mut known: HashMap<(Option<String>, Cause), usize> = HashMap::new();
    // What is said of all branches of a union is said of each.
    let mut told: HashSet<(usize, String, String)> = HashSet::new();
    for change in changes {
        let causes = || change.causes().map(|cause| (change.event_type.clone(), cause));
        let index = causes().find_map(|cause| known.get(&cause).copied());
        let index = index.unwrap_or(merged.len());
        for cause in causes() {
            known.entry(cause).or_insert(index);
        }
        if !told.insert((index, change.instance.clone(), change.new.clone())) {
            continue;
        }
        let Some(cause) = merged.get_mut(index) else {
            merged.push(change);
            continue;
        };
        // The one nearest to the top is the one to tell of.
        let mut other = change;
        if other.path.depth() < cause.path.depth() {
            other.also = std::mem::take(&mut cause.also);
            std::mem::swap(cause, &mut other);
        }
        cause.also.push(other);
    }
    merged
}
