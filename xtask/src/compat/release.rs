//! Releases: finding them, and freezing the contract into a new one.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use semver::Version;

use super::{Breaks, RELEASES, Released, Report, Verdict, judge, render};
use crate::bundle::bundle;
use crate::codegen::pretty_json;
use crate::load::Sources;
use crate::source::{SchemaErrors, Source};

/// What ends the name of a release's file.
const EXTENSION: &str = ".schema.json";
/// Checksums of the released files, in the format of `sha256sum`.
const CHECKSUMS: &str = "schema/releases/SHA256SUMS";

/// Why a release could not be found or made.
#[derive(Debug, thiserror::Error)]
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
        error: io::Error,
    },
    /// Neither a release, nor a file, nor a revision.
    #[error("{name}: neither a release in {RELEASES}, nor a file, nor a git revision ({reason})")]
    NotFound {
        /// What was asked for.
        name: String,
        /// What git says.
        reason: String,
    },
    /// Not a version, or not the next one.
    #[error("{0}")]
    Version(String),
    /// The change is not one that this version may make.
    #[error("{0}")]
    Refused(String),
}

/// All releases below `root`, oldest first.
///
/// # Errors
///
/// When one cannot be read, or is not named by a version.
pub fn all(root: &Path) -> Result<Vec<Released>, ReleaseError> {
    let mut releases = Vec::new();
    for (version, path) in versions(root)? {
        releases.push(Released { name: version.to_string(), source: Source::read(root, path)? });
    }
    Ok(releases)
}

/// Versions and files of the releases below `root`, oldest first.
fn versions(root: &Path) -> Result<Vec<(Version, PathBuf)>, ReleaseError> {
    let entries = match fs::read_dir(root.join(RELEASES)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(ReleaseError::Io { path: RELEASES.into(), error }),
    };
    let mut versions = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(version) = name.strip_suffix(EXTENSION) {
            let version = parse_version(version)?;
            versions.push((version, Path::new(RELEASES).join(name)));
        }
    }
    versions.sort();
    Ok(versions)
}

fn parse_version(text: &str) -> Result<Version, ReleaseError> {
    Version::parse(text).map_err(|error| {
        ReleaseError::Version(format!("{text} is no version (semver.org): {error}"))
    })
}

/// The contract that `name` stands for: the version of a release, the path of a bundle, or a git revision.
///
/// # Errors
///
/// When it is none of these, or its schemas are wrong.
pub fn find(root: &Path, name: &str) -> Result<Released, ReleaseError> {
    let file = Path::new(RELEASES).join(format!("{name}{EXTENSION}"));
    if root.join(&file).is_file() {
        return Ok(Released { name: name.to_owned(), source: Source::read(root, file)? });
    }
    if Path::new(name).is_file() {
        let path = PathBuf::from(name);
        return Ok(Released { name: name.to_owned(), source: Source::read(Path::new(""), path)? });
    }
    at_revision(root, name)
}

/// The contract as it was at a git revision: its bundle.
fn at_revision(root: &Path, revision: &str) -> Result<Released, ReleaseError> {
    let not_found = |reason: String| ReleaseError::NotFound { name: revision.to_owned(), reason };
    let io = |path: &Path, error| ReleaseError::Io { path: path.to_owned(), error };
    let checkout =
        tempfile::tempdir().map_err(|error| io(Path::new("a temporary folder"), error))?;
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(root).args(arguments).output();
        let output = output.map_err(|error| not_found(format!("git: {error}")))?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(not_found(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
        }
    };
    let commit =
        git(&["rev-parse", "--verify", "--end-of-options", &format!("{revision}^{{commit}}")])?;
    let commit = String::from_utf8_lossy(&commit).trim().to_owned();
    let files = git(&["ls-tree", "-r", "--name-only", &commit, "schema/"])?;
    for file in String::from_utf8_lossy(&files).lines().filter(|file| file.ends_with(EXTENSION)) {
        let content = git(&["show", &format!("{commit}:{file}")])?;
        let path = checkout.path().join(file);
        let folder = path.parent().unwrap_or(checkout.path());
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, content))
            .map_err(|error| io(&path, error))?;
    }
    let sources = Sources::read(checkout.path())?;
    let path = format!("{revision}:contract{EXTENSION}");
    let source = Source::parse(path.into(), pretty_json(&bundle(&sources)))?;
    Ok(Released { name: revision.to_owned(), source })
}

/// What a release came to.
#[derive(Debug)]
pub struct Frozen {
    /// The released file.
    pub path: PathBuf,
    /// What the new section of the changelog says.
    pub changelog: String,
}

/// Freezes the contract below `root` as `version`, and drafts its section of the changelog.
///
/// A change that is not additive is refused, unless the major version grows and `reason` says why.
///
/// # Errors
///
/// When the version is not higher than every release, the change may not be made under it, or a file cannot be written.
pub fn freeze(root: &Path, version: &str, reason: Option<&str>) -> Result<Frozen, ReleaseError> {
    let version = parse_version(version)?;
    let sources = Sources::read(root)?;
    sources.lower()?;
    let releases = all(root)?;
    let versions = versions(root)?;
    if let Some((newest, _)) = versions.last().filter(|(newest, _)| *newest >= version) {
        return Err(ReleaseError::Version(format!(
            "{version} does not follow {newest}: releases are never edited; choose a higher version"
        )));
    }
    let reports: Vec<_> = releases.into_iter().map(|release| judge(&sources, release)).collect();
    let grows = versions.last().is_none_or(|(newest, _)| newest.major < version.major);
    match (render::overall(&reports), grows, reason) {
        (Verdict::Additive, ..) | (_, true, Some(_)) => {}
        (verdict, ..) => {
            return Err(ReleaseError::Refused(format!(
                "{}\n{version} is refused: the change is {verdict:?}\n  help: mend what the report names; if it must break, \
                 raise the major version and give the reason: --breaking \"why\"",
                render::render(&sources, &reports, render::Format::Human, false)
            )));
        }
    }
    let changelog = section(&version, &reports, reason);
    let text = pretty_json(&bundle(&sources));
    let path = Path::new(RELEASES).join(format!("{version}{EXTENSION}"));
    let write = |path: &Path, text: &str| {
        let absolute = root.join(path);
        fs::create_dir_all(absolute.parent().unwrap_or(root))
            .and_then(|()| fs::write(&absolute, text))
            .map_err(|error| ReleaseError::Io { path: path.into(), error })
    };
    write(&path, &text)?;
    let checksums = fs::read_to_string(root.join(CHECKSUMS)).unwrap_or_default();
    write(
        Path::new(CHECKSUMS),
        &format!("{checksums}{}  {version}{EXTENSION}\n", checksum(&text)),
    )?;
    let existing = fs::read_to_string(root.join("CHANGELOG.md")).unwrap_or_default();
    write(Path::new("CHANGELOG.md"), &with_section(&existing, &changelog))?;
    Ok(Frozen { path, changelog })
}

/// The released files that are not as they were released: changed, missing, or without a checksum.
///
/// # Errors
///
/// When a file cannot be read.
pub fn edited(root: &Path) -> Result<Vec<PathBuf>, ReleaseError> {
    let listed = fs::read_to_string(root.join(CHECKSUMS)).unwrap_or_default();
    let listed: Vec<_> = listed.lines().filter_map(|line| line.split_once("  ")).collect();
    let mut edited = Vec::new();
    for (_, path) in versions(root)? {
        let text = fs::read_to_string(root.join(&path))
            .map_err(|error| ReleaseError::Io { path: path.clone(), error })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !listed.contains(&(checksum(&text).as_str(), name.as_str())) {
            edited.push(path);
        }
    }
    let missing = listed.iter().map(|(_, name)| Path::new(RELEASES).join(name));
    edited.extend(missing.filter(|path| !root.join(path).is_file()));
    Ok(edited)
}

fn checksum(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The section of the changelog: what the release adds to the newest one before it, and what it breaks.
fn section(version: &Version, reports: &[Report], reason: Option<&str>) -> String {
    let mut section = format!("## Contract {version}\n\n");
    let Some(newest) = reports.last() else {
        section.push_str("The first release of the contract.\n");
        return section;
    };
    let mut list = |title: &str, breaking: bool| {
        let findings = newest
            .findings
            .iter()
            .filter(|finding| (finding.rule.breaks != Breaks::Nobody) == breaking);
        let lines: Vec<_> = findings
            .map(|finding| {
                let of = finding.change.event_type.as_deref().unwrap_or("envelope");
                format!("- `{of}`: {}: {}", finding.rule.title, finding.change.what)
            })
            .collect();
        if !lines.is_empty() {
            let _ = write!(section, "### {title}\n\n{}\n\n", lines.join("\n"));
        }
    };
    list("Added", false);
    list("Breaking", true);
    if let Some(reason) = reason {
        let _ = write!(section, "Why it breaks: {reason}\n\n");
    }
    if newest.findings.is_empty() {
        section.push_str("No change that a receiver could see.\n\n");
    }
    section.truncate(section.trim_end().len());
    section.push('\n');
    section
}

/// `changelog` with `section` before its first one.
fn with_section(changelog: &str, section: &str) -> String {
    let at = changelog.find("\n## ").map_or(changelog.len(), |newline| newline + 1);
    let (head, rest) = changelog.split_at(at);
    let gap = if head.is_empty() || head.ends_with("\n\n") { "" } else { "\n" };
    let end = if rest.is_empty() { "" } else { "\n" };
    format!("{head}{gap}{section}{end}{rest}")
}
