//! Why a release could not be found or made.

use std::io;
use std::path::PathBuf;

use schema_source::SchemaErrors;
use semver::Version;

/// Why a release could not be found or made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// A schema file is wrong.
    #[error(transparent)]
    Schemas(#[from] SchemaErrors),
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// Neither a release, nor a file, nor a revision.
    #[error(
        "{name} is neither a release, nor a file, nor a git revision\n  git says: {reason}\n  help: releases are {}; \
         in a shallow clone, fetch the revision first",
        listed(releases)
    )]
    NotFound {
        /// What was asked for.
        name: String,
        /// What git says.
        reason: String,
        /// The releases that there are.
        releases: Vec<Version>,
    },
    /// A git revision whose schemas are no contract of today.
    #[error("the contract at {revision} cannot be read:\n{errors}")]
    Revision {
        /// The revision.
        revision: String,
        /// What is wrong there.
        errors: SchemaErrors,
    },
    /// Released files that are not as they were released.
    #[error(
        "released files differ from {}: {}\n  help: releases are never edited; restore them from git",
        checksums.display(),
        files.join(", ")
    )]
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
    /// A history that does not say what was released.
    #[error("cannot compare the released files with {base}: {reason}\n  help: {help}")]
    History {
        /// The revision that was named.
        base: String,
        /// What is wrong with it, or with the clone.
        reason: String,
        /// What to do.
        help: String,
    },
    /// Not a version.
    #[error("{text} is not a version (semver.org): {error}")]
    NoVersion {
        /// What was given as one.
        text: String,
        /// Why it is none.
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
    NotNext {
        /// The version.
        version: Version,
        /// The newest release.
        newest: Version,
    },
    /// A reason that is no text.
    #[error("the reason has the character {}, which is not plain text\n  help: remove it", .0.escape_unicode())]
    Reason(char),
    /// The change is not one that this version may make.
    #[error(transparent)]
    Refused(Box<Refusal>),
}

/// Why a change may not be released under a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{version} is refused: {why}\n\n{report}  help: {help}")]
#[non_exhaustive]
pub struct Refusal {
    /// The version.
    pub version: Version,
    /// Why it does not fit the change.
    pub why: String,
    /// The report on the change, for people.
    pub report: String,
    /// What to do.
    pub help: String,
}

impl ReleaseError {
    /// Whether what was asked for is refused, rather than something found wrong on the way.
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
