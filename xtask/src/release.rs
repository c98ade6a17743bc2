//! `cargo xtask release`: freezes the contract, raises the version of the crates, and says what comes next.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clip_events_codegen::files::{Stale, update};
use clip_events_contract::{SchemaErrors, Sources, scaffold};
use schema_compat_gate::releases::{Frozen, ReleaseError, Releases, Terms};
use semver::Version;

use crate::{codegen, columns, compat, rust_api, versions};

/// Why the contract was not released.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing can be generated from it.
    #[error(transparent)]
    Render(#[from] codegen::Error),
    /// The generated files are those of another contract.
    #[error(
        "generated files are stale:\n{}  help: run `cargo xtask codegen`, and see with `cargo xtask check` what \
         follows from the change before it is released",
        listed(.0)
    )]
    Stale(Vec<PathBuf>),
    /// A text is still to be written.
    #[error(transparent)]
    Unwritten(SchemaErrors),
    /// It may not be released like this.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// `major`, `minor` or `patch`, where there is nothing to count from.
    #[error(
        "there is no release yet, so `{0}` says no version\n  help: name it: `cargo xtask release 1.0.0`"
    )]
    NoRelease(String),
    /// The crates' version cannot be raised.
    #[error(transparent)]
    Versions(#[from] versions::Error),
    /// A version for the crates that is below theirs.
    #[error(
        "the crates are at {current} already, so they cannot get {asked}\n  help: leave out --crates, or choose a higher one"
    )]
    Crates {
        /// Their version.
        current: Version,
        /// The one that they were to get.
        asked: Version,
    },
    /// Not a version for the crates.
    #[error("{0} is not a version (semver.org): {1}")]
    NoVersion(String, semver::Error),
}

impl Error {
    /// Whether the request is refused; otherwise something was found wrong on the way.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Release(error) => error.is_refusal(),
            Self::Render(_) | Self::Versions(_) => false,
            _ => true,
        }
    }
}

/// What is to be released.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The version of the contract; or `major`, `minor`, `patch`: the next one of this kind.
    pub version: &'a str,
    /// That of the crates, if it is to be another one.
    pub crates: Option<&'a str>,
    /// What is permitted.
    pub terms: Terms<'a>,
}

/// A release that may be made.
#[derive(Debug)]
pub struct Plan {
    /// The version of the contract.
    pub version: String,
    /// What is written, the version of the crates included.
    pub frozen: Frozen,
    /// The version of the crates before and after.
    pub crates: Option<(Version, Version)>,
}

/// What a release as `request` says would be. Nothing is written.
///
/// # Errors
///
/// When the generated files are not those of the contract, a text is still to be written, or the contract or the crates may
/// not get this version.
pub fn plan(root: &Path, request: &Request<'_>) -> Result<Plan, Error> {
    let artifacts = codegen::render(root)?;
    let stale = update(root, &artifacts, Stale::Check);
    let stale = stale.map_err(codegen::Error::from)?;
    if !stale.is_empty() {
        return Err(Error::Stale(stale.into_iter().map(|file| file.path).collect()));
    }
    let sources = Sources::read(root).map_err(ReleaseError::from)?;
    scaffold::check_written(&sources).map_err(Error::Unwritten)?;
    let releases = compat::releases(root);
    let version = version(&releases, request.version)?;
    let document = compat::document(&sources).map_err(ReleaseError::from)?;
    let mut frozen = releases.draft(&document, &version, request.terms)?;
    let api = rust_api::text(&artifacts).map_err(codegen::Error::from)?;
    frozen.files.push((rust_api::path(&releases, &version), api));
    frozen.files.extend(columns::frozen(&version, &artifacts));
    let Some(current) = versions::current(root)? else {
        return Ok(Plan { version, frozen, crates: None });
    };
    let parse =
        |text: &str| Version::parse(text).map_err(|error| Error::NoVersion(text.into(), error));
    let asked = match request.crates {
        Some(asked) => parse(asked)?,
        None => of_crates(&current, releases.versions()?.last(), &parse(&version)?),
    };
    if asked < current {
        return Err(Error::Crates { current, asked });
    }
    for (path, text) in &mut frozen.files {
        if *path == releases.changelog {
            *text = text.replacen("\n## Unreleased\n", &format!("\n## Crates {asked}\n"), 1);
        }
    }
    frozen.files.extend(versions::raised(root, &current, &asked)?);
    Ok(Plan { version, frozen, crates: Some((current, asked)) })
}

/// The version that `name` stands for.
fn version(releases: &Releases, name: &str) -> Result<String, Error> {
    if !KINDS.contains(&name) {
        return Ok(name.to_owned());
    }
    let newest = releases.versions()?.pop().ok_or_else(|| Error::NoRelease(name.to_owned()))?;
    Ok(next(&newest, name).to_string())
}

/// The kinds of versions.
const KINDS: [&str; 3] = ["major", "minor", "patch"];

/// The version after `last` of one of the [`KINDS`].
fn next(last: &Version, kind: &str) -> Version {
    match kind {
        "major" => Version::new(last.major + 1, 0, 0),
        "minor" => Version::new(last.major, last.minor + 1, 0),
        _ => Version::new(last.major, last.minor, last.patch + 1),
    }
}

/// The version that the crates get with the contract's `version`: the same one, or if they are ahead of it, their next one
/// of the same kind. What is added to deliveries is added to the Rust API.
fn of_crates(current: &Version, newest: Option<&Version>, version: &Version) -> Version {
    let Some(newest) = newest.filter(|_| version < current) else {
        return version.max(current).clone();
    };
    let kind = if newest.major < version.major {
        "major"
    } else if newest.minor < version.minor {
        "minor"
    } else {
        "patch"
    };
    next(current, kind)
}

impl Plan {
    /// The files and the changelog's section, for a person; `done` is what happened to the files.
    pub fn told(&self, done: &str) -> String {
        let mut text = String::new();
        for (path, _) in &self.frozen.files {
            let _ = writeln!(text, "{done} {}", path.display());
        }
        if let Some((from, to)) = self.crates.as_ref().filter(|(from, to)| from != to) {
            let _ = writeln!(text, "The crates go from {from} to {to}.");
        }
        let _ = write!(text, "\nDrafted in CHANGELOG.md:\n\n{}", self.frozen.changelog);
        text
    }

    /// The commands that come next, for a person.
    pub fn next(&self) -> String {
        let version = &self.version;
        format!(
            "\nNext:\n  \
             git diff                           # read it, and edit the draft in CHANGELOG.md\n  \
             benches/instructions --accept      # count from this release on\n  \
             cargo xtask check                  # all that CI will say\n  \
             git add --all && git commit --message \"Release contract {version}\"\n  \
             git tag contract-{version} && git push origin HEAD contract-{version}\n"
        )
    }
}

fn listed(paths: &[PathBuf]) -> String {
    paths.iter().fold(String::new(), |mut text, path| {
        let _ = writeln!(text, "  {}", path.display());
        text
    })
}
