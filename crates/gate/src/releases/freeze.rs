//! Freezing a document into a new release.

use std::fs;
use std::path::{Path, PathBuf};

use schema_source::pretty_json;
use semver::Version;

use super::changelog;
use super::error::{Refusal, ReleaseError};
use super::folder::{Hints, Releases, checksum, name, parse_version};
use crate::document::Document;
use crate::finding::{Outcome, Report};
use crate::report::{Format, Style, Summary, render};

/// A release: what is written for it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Frozen {
    /// The released file.
    pub path: PathBuf,
    /// The new section of the changelog.
    pub changelog: String,
    /// Each file, with its new text: the released one, the checksums, the changelog.
    pub files: Vec<(PathBuf, String)>,
}

impl Frozen {
    /// Writes all files below `root`, or leaves all as they were.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn write(&self, root: &Path) -> Result<(), ReleaseError> {
        write_all(root, &self.files)
    }
}

/// Permissions for a release that is more than additions under a minor version.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Terms<'a> {
    /// The reason why the contract must break, under a higher major version. White space of any kind counts as one space.
    pub breaking: Option<&'a str>,
    /// Whether the major version may grow though nothing breaks.
    pub major: bool,
}

impl Releases {
    /// Freezes `document` as the release `version`, and drafts its section of the changelog.
    ///
    /// # Errors
    ///
    /// Those of [`Releases::draft`], or when a file cannot be written; then nothing is.
    pub fn freeze(
        &self,
        document: &Document,
        version: &str,
        terms: Terms<'_>,
    ) -> Result<Frozen, ReleaseError> {
        let frozen = self.draft(document, version, terms)?;
        frozen.write(&self.root)?;
        Ok(frozen)
    }

    /// What [`Releases::freeze`] would write. Nothing is written.
    ///
    /// A change that is not additive is refused, unless the major version grows and the terms say why. A change that
    /// receivers can see takes at least a minor version.
    ///
    /// # Errors
    ///
    /// When the version is not higher than every release, or the change may not be made under it.
    pub fn draft(
        &self,
        document: &Document,
        version: &str,
        terms: Terms<'_>,
    ) -> Result<Frozen, ReleaseError> {
        let version = parse_version(version)?;
        let reason = terms.breaking.map(changelog::paragraph).transpose()?;
        let reason = reason.filter(|reason| !reason.is_empty());
        let releases = self.current()?;
        self.check_history(None)?;
        let newest = self.versions()?.pop();
        if let Some(newest) = newest.clone().filter(|newest| *newest >= version) {
            return Err(ReleaseError::NotNext { version, newest });
        }
        let reports = releases.into_iter().map(|release| self.gate.judge(document, release));
        let reports = reports.collect::<Result<Vec<_>, _>>()?;
        let next = Next { version: &version, newest: newest.as_ref(), reports: &reports };
        let reason = next.reason(&self.hints, reason, terms.major).map_err(|refused| {
            let Refused { why, reports, help } = refused;
            let report = render(&Summary::new(document, reports), &Style::new(Format::Human));
            let version = version.clone();
            ReleaseError::Refused(Box::new(Refusal { version, why, report, help }))
        })?;
        let section = changelog::section(&version, &reports, reason.as_deref());
        let path = self.path(&version);
        let text = pretty_json(document.value());
        let checksums = self.text(&self.checksums())?.unwrap_or_default();
        let checksums = format!("{checksums}{}  {}\n", checksum(&text), name(&version));
        let log = self.text(&self.changelog)?.unwrap_or_else(|| "# Changelog\n".into());
        let log = changelog::with_section(&log, &section);
        let files = vec![
            (path.clone(), text),
            (self.checksums(), checksums),
            (self.changelog.clone(), log),
        ];
        Ok(Frozen { path, changelog: section, files })
    }
}

/// A version, and what it would release.
struct Next<'a> {
    version: &'a Version,
    newest: Option<&'a Version>,
    reports: &'a [Report],
}

/// A version that does not fit what it would release.
struct Refused<'a> {
    why: String,
    /// The reports that show it.
    reports: &'a [Report],
    help: String,
}

impl<'a> Next<'a> {
    /// The reason of the break, if there is a break.
    fn reason(
        &self,
        hints: &Hints,
        reason: Option<String>,
        may_grow: bool,
    ) -> Result<Option<String>, Refused<'a>> {
        let Self { version, newest, reports } = *self;
        let outcome = Outcome::of_all(reports.iter().map(Report::outcome));
        let grows = newest.is_none_or(|newest| newest.major < version.major);
        if outcome != Outcome::Additive {
            let help = format!(
                "fix what the report names; if the contract must break, raise the major version and give the reason: {}",
                hints.breaking
            );
            let refused = Refused { why: format!("the change is {outcome}"), reports, help };
            return reason.filter(|_| grows).map(Some).ok_or(refused);
        }
        let Some(newest) = newest else { return Ok(None) };
        let minor = format!("choose {}.{}.0", newest.major, newest.minor + 1);
        if grows && !may_grow {
            let why =
                "nothing breaks, and a higher major version tells all readers that something does";
            let help =
                format!("{minor}; if it must be a major version all the same: {}", hints.major);
            return Err(Refused { why: why.to_owned(), reports, help });
        }
        let is_patch = (newest.major, newest.minor) == (version.major, version.minor);
        let beside_newest = &reports[reports.len().saturating_sub(1)..];
        if is_patch && beside_newest.iter().any(|report| !report.findings.is_empty()) {
            let why = "receivers can see the change, and a patch version says that there is none";
            return Err(Refused { why: why.to_owned(), reports: beside_newest, help: minor });
        }
        Ok(None)
    }
}

/// Writes all of `files`, or leaves all as they were.
fn write_all(root: &Path, files: &[(PathBuf, String)]) -> Result<(), ReleaseError> {
    let mut before = Vec::new();
    for (path, text) in files {
        let absolute = root.join(path);
        before.push((absolute.clone(), fs::read(&absolute).ok()));
        if let Err(error) = schema_source::write(&absolute, text) {
            for (path, content) in &before {
                // The first error is the one to tell.
                let _ = match content {
                    Some(content) => fs::write(path, content),
                    None => fs::remove_file(path),
                };
            }
            return Err(ReleaseError::Io { path: path.clone(), error });
        }
    }
    Ok(())
}
