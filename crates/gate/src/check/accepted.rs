//! Breaks that somebody has accepted: each with a reason, for as long as it is there.

use std::io;
use std::path::Path;

use schema_source::{SchemaErrors, Source, pretty_json};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::checked::{Checked, Found};
use crate::finding::Finding;

/// Breaks that somebody has accepted, as they stand in a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Accepted {
    /// In the order in which they were accepted.
    pub accepted: Vec<Acceptance>,
}

/// A break that somebody has accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Acceptance {
    /// What tells it from other breaks: [`Finding::fingerprint`].
    pub fingerprint: String,
    /// The file in which it is.
    pub path: String,
    /// The name of its rule.
    pub rule: String,
    /// What has changed.
    pub what: String,
    /// Why it is accepted.
    pub reason: String,
    /// A document that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Value>,
}

impl Accepted {
    /// Those in a file; none if it is not there.
    ///
    /// # Errors
    ///
    /// When it is there and cannot be read.
    pub fn read(folder: &Path, path: &str) -> Result<Self, SchemaErrors> {
        if !folder.join(path).exists() {
            return Ok(Self::default());
        }
        let source = Source::read(folder, path.into())?;
        serde_json::from_value(source.value.clone()).map_err(|error| {
            let help =
                "it is written by `schema-compat accept`: restore it, or remove it and accept anew";
            source.error("", format!("not a file of accepted breaks: {error}"), help).into()
        })
    }

    /// Writes them to a file.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let value = serde_json::to_value(self).map_err(io::Error::other)?;
        schema_source::write(path, &pretty_json(&value))
    }

    /// Why the break with this fingerprint is accepted, if it is.
    pub(crate) fn reason(&self, fingerprint: &str) -> Option<&str> {
        let known = self.accepted.iter().find(|known| known.fingerprint == fingerprint)?;
        Some(&known.reason)
    }

    /// Those that nothing of the check is any more: what they were about was mended, or has been released.
    pub fn stale(&self, checked: &[Checked]) -> Vec<&Acceptance> {
        let is_found = |acceptance: &&Acceptance| {
            let fingerprint = Some(&acceptance.fingerprint);
            !findings(checked).any(|finding| finding.fingerprint.as_ref() == fingerprint)
        };
        self.accepted.iter().filter(is_found).collect()
    }

    /// Accepts the break with this fingerprint, or with one that begins so. Whether there is one.
    pub fn add(&mut self, checked: &[Checked], fingerprint: &str, reason: &str) -> bool {
        let is_it = |finding: &&Finding| {
            finding.breaks()
                && finding.fingerprint.as_ref().is_some_and(|it| it.starts_with(fingerprint))
        };
        let Some(finding) = findings(checked).find(is_it).filter(|_| fingerprint.len() >= 6) else {
            return false;
        };
        let acceptance = Acceptance {
            fingerprint: finding.fingerprint.clone().unwrap_or_default(),
            path: finding.location.path.to_string_lossy().replace('\\', "/"),
            rule: finding.rule().id.clone(),
            what: finding.change.what.clone(),
            reason: reason.to_owned(),
            witness: finding.breaking_delivery.as_ref().map(|shown| shown.delivery.clone()),
        };
        self.accepted.retain(|known| known.fingerprint != acceptance.fingerprint);
        self.accepted.push(acceptance);
        true
    }

    /// Takes back what was accepted under this fingerprint. Whether there was something.
    pub fn remove(&mut self, fingerprint: &str) -> bool {
        let before = self.accepted.len();
        self.accepted.retain(|known| known.fingerprint != fingerprint);
        self.accepted.len() < before
    }
}

fn findings(checked: &[Checked]) -> impl Iterator<Item = &Finding> {
    let reports = checked.iter().filter_map(|schema| match &schema.found {
        Found::Changed { report, .. } => Some(&report.findings),
        Found::Unchanged | Found::Failed(_) => None,
    });
    reports.flatten()
}
