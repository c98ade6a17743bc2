//! The errors of finding and making releases.

use std::io;
use std::path::PathBuf;

use schema_source::SchemaErrors;
use semver::Version;

/// An error of finding or making a release.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// A schema file is wrong.
    #[error(transparent)]
    Schemas(#[from] SchemaErrors),
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    #[non_exhaustive]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        error: io::Error,
    },
    /// Neither a release, nor a file, nor a revision.
    #[error(
        "{name} is neither a release, nor a file, nor a git revision\n  git says: {reason}\n  help: releases are {}; \
         in a shallow clone, fetch the revision first",
        listed(releases)
    )]
    #[non_exhaustive]
    NotFound {
        /// The name that was asked for.
        name: String,
        /// Git's own message.
        reason: String,
        /// The releases that there are.
        releases: Vec<Version>,
    },
    /// A git revision whose schemas cannot be read.
    #[error("the contract at {revision} cannot be read:\n{errors}")]
    #[non_exhaustive]
    Revision {
        /// The revision.
        revision: String,
        /// The mistakes in its schemas.
        errors: SchemaErrors,
    },
    /// Released files that are not as they were released.
    #[error(
        "released files differ from {}: {}\n  help: releases are never edited; restore them from git",
        checksums.display(),
        files.join(", ")
    )]
    #[non_exhaustive]
    Edited {
        /// The file of checksums.
        checksums: PathBuf,
        /// The paths of the released files.
        files: Vec<String>,
    },
    /// Released files that are not as they came in, by the history.
    #[error(
        "released files have changed since they came in, by the history of {base}: {files}\n  help: releases are never \
         edited; restore them, and their lines in {}:\n    {restore}",
        checksums.display()
    )]
    #[non_exhaustive]
    Changed {
        /// The revision whose history says so.
        base: String,
        /// Their paths, and what happened to each.
        files: String,
        /// The file of checksums.
        checksums: PathBuf,
        /// Commands that restore them.
        restore: String,
    },
    /// A history that cannot be seen.
    #[error("cannot compare the released files with {base}: {reason}\n  help: {help}")]
    #[non_exhaustive]
    History {
        /// The revision that was named.
        base: String,
        /// The problem with it, or with the clone.
        reason: String,
        /// The way out.
        help: String,
    },
    /// Not a version.
    #[error("{text} is not a version (semver.org): {error}")]
    #[non_exhaustive]
    NoVersion {
        /// The text that was given.
        text: String,
        /// The parser's error.
        #[source]
        error: semver::Error,
    },
    /// A version of a kind that is never released.
    #[error(
        "{0} has more than three numbers: readers rely on a release for years, so there are no trial releases"
    )]
    TrialVersion(Version),
    /// A version that is not higher than those before it.
    #[error(
        "{version} does not follow {newest}: releases are never edited; choose a higher version"
    )]
    #[non_exhaustive]
    NotNext {
        /// The version.
        version: Version,
        /// The newest release.
        newest: Version,
    },
    /// A reason that is not plain text.
    #[error("the reason has the character {}, which is not plain text\n  help: remove it", .0.escape_unicode())]
    Reason(char),
    /// The version does not fit the change.
    #[error(transparent)]
    Refused(Box<Refusal>),
}

/// A version that does not fit the change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{version} is refused: {why}\n\n{report}  help: {help}")]
#[non_exhaustive]
pub struct Refusal {
    /// The version.
    pub version: Version,
    /// The reason.
    pub why: String,
    /// The report on the change, for people.
    pub report: String,
    /// The way out.
    pub help: String,
}

impl ReleaseError {
    /// Whether the request itself is refused; otherwise something was found wrong on the way.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Refused(_)
                | Self::NoVersion { .. }
                | Self::TrialVersion(_)
                | Self::NotNext { .. }
                | Self::Reason(_)
        )
    }
}

fn listed(releases: &[Version]) -> String {
    if releases.is_empty() {
        return "none yet".to_owned();
    }
    releases.iter().map(Version::to_string).collect::<Vec<_>>().join(", ")
}
