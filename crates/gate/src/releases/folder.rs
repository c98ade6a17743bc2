//! The folder of released documents, and the checksums that guard it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use schema_source::{SchemaErrors, Source};
use semver::Version;

use super::error::ReleaseError;
use crate::document::Release;
use crate::judge::Gate;

/// The end of the name of every released file.
pub(super) const EXTENSION: &str = ".schema.json";
/// The file of checksums beside the released files, in the format of `sha256sum`.
const CHECKSUMS: &str = "SHA256SUMS";

/// The released documents of a contract: a folder with a file for each version, such as `1.0.0.schema.json`, and the
/// checksums of these files.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Releases {
    /// The folder that all paths are relative to.
    pub root: PathBuf,
    /// The folder of the released files: `schema/releases`.
    pub folder: PathBuf,
    /// The folder of the schema files that a release is made from: `schema`. Git is asked for it when a revision is named.
    pub schemas: PathBuf,
    /// The file that each release adds a section to: `CHANGELOG.md`.
    pub changelog: PathBuf,
    /// The `$id` of every released document, if they share one.
    pub id: Option<String>,
    /// The gate that judges a new document against those that were released.
    pub gate: Gate,
    /// Advice for messages.
    pub hints: Hints,
}

/// Advice for messages, in terms of the command that your users run.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Hints {
    /// Where to find a document to compare with: "name a file of `schema/releases`".
    pub document: String,
    /// The option for a higher major version although nothing breaks: `--major`.
    pub major: String,
    /// The option for the reason of a break: `--breaking "why"`.
    pub breaking: String,
}

impl Releases {
    /// The releases below `root`, judged by `gate`: files in `releases/`, schema files in `schema/`, a `CHANGELOG.md`.
    pub fn new(root: impl Into<PathBuf>, gate: Gate) -> Self {
        Self {
            root: root.into(),
            folder: "releases".into(),
            schemas: "schema".into(),
            changelog: "CHANGELOG.md".into(),
            id: None,
            gate,
            hints: Hints::default(),
        }
    }

    /// The releases that a new document must hold to, oldest first: those of the newest major version. A higher major is
    /// how a contract breaks with those before it.
    ///
    /// # Errors
    ///
    /// When one was edited, cannot be read, or is not named by a version.
    pub fn current(&self) -> Result<Vec<Release>, ReleaseError> {
        self.check_unedited()?;
        let versions = self.versions()?;
        let major = versions.last().map(|version| version.major);
        let current = versions.into_iter().filter(|version| Some(version.major) == major);
        current.map(|version| self.read(&version)).collect()
    }

    /// Checks that the released files are as they were released: unchanged, none missing, each with one checksum.
    ///
    /// # Errors
    ///
    /// The files that are not, or a file that cannot be read.
    pub fn check_unedited(&self) -> Result<(), ReleaseError> {
        let listed = self.text(&self.checksums())?.unwrap_or_default();
        let listed: Vec<_> =
            listed.lines().map(|line| line.split_once("  ").unwrap_or(("", line))).collect();
        let mut names: BTreeSet<_> = listed.iter().map(|(_, name)| (*name).to_owned()).collect();
        names.extend(self.versions()?.iter().map(name));
        let mut files = Vec::new();
        for name in names {
            let path = self.folder.join(&name);
            let sum = self.text(&path)?.map(|text| checksum(&text));
            let known: Vec<_> = listed.iter().filter(|(_, listed)| *listed == name).collect();
            if !matches!(known.as_slice(), [(known, _)] if Some(*known) == sum.as_deref()) {
                files.push(path.display().to_string());
            }
        }
        let checksums = self.checksums();
        if files.is_empty() { Ok(()) } else { Err(ReleaseError::Edited { checksums, files }) }
    }

    /// The versions of the releases, oldest first.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read, or holds a file that is not named by a version.
    pub fn versions(&self) -> Result<Vec<Version>, ReleaseError> {
        let io = |error| ReleaseError::Io { path: self.folder.clone(), error };
        let entries = match fs::read_dir(self.root.join(&self.folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io(error)),
        };
        let mut versions = Vec::new();
        for entry in entries {
            let name = entry.map_err(io)?.file_name().to_string_lossy().into_owned();
            if let Some(version) = name.strip_suffix(EXTENSION) {
                versions.push(parse_version(version)?);
            }
        }
        versions.sort();
        Ok(versions)
    }

    /// The release of a version.
    pub(super) fn read(&self, version: &Version) -> Result<Release, ReleaseError> {
        self.release(version.to_string(), Source::read(&self.root, self.path(version))?)
    }

    /// `source`, under `name`, if it is a document that was or might be released.
    pub(super) fn release(&self, name: String, source: Source) -> Result<Release, ReleaseError> {
        let not_one = |pointer: &str, message: String| {
            SchemaErrors(vec![source.error(pointer, message, &*self.hints.document)])
        };
        let is_of_contract = self.id.as_ref().is_none_or(|id| source.value["$id"] == **id)
            && !self.gate.layout.event_types(&source.value).is_empty();
        if !is_of_contract {
            return Err(not_one("", "not the bundle of a contract".into()).into());
        }
        let errors = jsonschema::draft202012::meta::validator();
        if let Some(error) = errors.iter_errors(&source.value).next() {
            let pointer = error.instance_path().as_str();
            return Err(not_one(pointer, format!("not a valid schema: {error}")).into());
        }
        Ok(Release::new(name, source))
    }

    /// Path of the released file of a version.
    pub(super) fn path(&self, version: &Version) -> PathBuf {
        self.folder.join(name(version))
    }

    /// Path of the file of checksums.
    pub(super) fn checksums(&self) -> PathBuf {
        self.folder.join(CHECKSUMS)
    }

    /// The text of the file at `path`, if there is one.
    pub(super) fn text(&self, path: &Path) -> Result<Option<String>, ReleaseError> {
        match fs::read_to_string(self.root.join(path)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ReleaseError::Io { path: path.into(), error }),
        }
    }
}

/// The name of the released file of a version.
pub(super) fn name(version: &Version) -> String {
    format!("{version}{EXTENSION}")
}

/// # Errors
///
/// When `text` is not a version, or has more than three numbers.
pub(super) fn parse_version(text: &str) -> Result<Version, ReleaseError> {
    let version = Version::parse(text)
        .map_err(|error| ReleaseError::NoVersion { text: text.to_owned(), error })?;
    if version.pre.is_empty() && version.build.is_empty() {
        Ok(version)
    } else {
        Err(ReleaseError::TrialVersion(version))
    }
}

/// SHA-256 of `text`, in hexadecimal digits.
pub(super) fn checksum(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
