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
    /// The file of the schema that breaks: [`Checked::path`].
    pub schema: String,
    /// The file in which the break is: that one, or one that it refers to.
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

    /// Those that nothing of the check is any more: what they were about was mended, or has been released. Of a schema that was not judged,
    /// or of which something is undecided, nothing is known, unless it is gone from `folder`.
    pub fn stale(&self, folder: &Path, checked: &[Checked]) -> Vec<&Acceptance> {
        let is_found = |acceptance: &Acceptance| {
            let fingerprint = Some(&acceptance.fingerprint);
            findings(checked).any(|(_, finding)| finding.fingerprint.as_ref() == fingerprint)
        };
        let is_decided = |schema: &Checked| match &schema.found {
            Found::Changed { report, .. } => report.open.is_empty(),
            Found::Unchanged => true,
            Found::Failed(_) => false,
        };
        let is_known = |acceptance: &Acceptance| {
            let is_it = |schema: &Checked| {
                schema.path == acceptance.schema
                    || schema.moved_from.as_ref() == Some(&acceptance.schema)
            };
            let mut schemas = checked.iter().filter(|schema| is_it(schema)).peekable();
            let is_checked = schemas.peek().is_some();
            is_checked && schemas.all(is_decided) || !folder.join(&acceptance.schema).is_file()
        };
        self.accepted.iter().filter(|it| !is_found(it) && is_known(it)).collect()
    }

    /// Accepts the break with this fingerprint, or with one that begins so. Whether there is one.
    pub fn add(&mut self, checked: &[Checked], fingerprint: &str, reason: &str) -> bool {
        let is_it = |(_, finding): &(&Checked, &Finding)| {
            finding.breaks()
                && finding.fingerprint.as_ref().is_some_and(|it| it.starts_with(fingerprint))
        };
        let Some((schema, finding)) =
            findings(checked).find(is_it).filter(|_| fingerprint.len() >= 6)
        else {
            return false;
        };
        let acceptance = Acceptance {
            fingerprint: finding.fingerprint.clone().unwrap_or_default(),
            schema: schema.path.clone(),
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

fn findings(checked: &[Checked]) -> impl Iterator<Item = (&Checked, &Finding)> {
    checked.iter().flat_map(|schema| {
        let findings = match &schema.found {
            Found::Changed { report, .. } => report.findings.as_slice(),
            Found::Unchanged | Found::Failed(_) => &[],
        };
        findings.iter().map(move |finding| (schema, finding))
    })
}
