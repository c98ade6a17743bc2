//! Releases: finding them, and freezing the contract into a new one.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use semver::Version;

use crate::render::{self, Format, Style};
use crate::{Finding, RELEASES, Released, Report, Verdict, history, judge};
use clip_events_contract::bundle::{self, event_types, id};

use clip_events_contract::load::Sources;
use schema_source::{SchemaErrors, Source, pretty_json};

/// What ends the name of a release's file.
pub(super) const EXTENSION: &str = ".schema.json";
/// Checksums of the released files, in the format of `sha256sum`.
const CHECKSUMS: &str = "schema/releases/SHA256SUMS";
/// What a release adds its section to.
const CHANGELOG: &str = "CHANGELOG.md";

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
    #[error(
        "{name} is neither a release, nor a file, nor a git revision\n  git says: {reason}\n  help: releases are {}; \
         in a shallow clone, fetch the revision first",
        if releases.is_empty() { "none yet" } else { releases }
    )]
    NotFound {
        /// What was asked for.
        name: String,
        /// What git says.
        reason: String,
        /// The releases that there are.
        releases: String,
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
        "released files differ from {CHECKSUMS}: {}\n  help: releases are never edited; restore them from git",
        files.join(", ")
    )]
    Edited {
        /// Their paths.
        files: Vec<String>,
    },
    /// Released files that are not as they came in, by the history.
    #[error(
        "released files are not what they were when they came in, on the way to {base}: {files}\n  help: releases are \
         never edited; restore them, and their lines in {CHECKSUMS}:\n    {restore}"
    )]
    Changed {
        /// The revision whose history says so.
        base: String,
        /// Their paths, and what happened to each.
        files: String,
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
    /// Not a version, or not the next one.
    #[error("{0}")]
    Version(String),
    /// A reason that is no text.
    #[error("the reason has the character {}, which is not for a text\n  help: write it as plain text", .0.escape_unicode())]
    Reason(char),
    /// The change is not one that this version may make.
    #[error("{0}")]
    Refused(String),
}

/// The releases below `root` that the contract must hold to, oldest first: those of the newest major version. A higher
/// major is how the contract breaks with those before it.
///
/// # Errors
///
/// When one was edited, cannot be read, or is not named by a version.
pub fn current(root: &Path) -> Result<Vec<Released>, ReleaseError> {
    check_unedited(root)?;
    let versions = versions(root)?;
    let major = versions.last().map(|(version, _)| version.major);
    let current = versions.into_iter().filter(|(version, _)| Some(version.major) == major);
    current
        .map(|(version, path)| contract(version.to_string(), Source::read(root, path)?))
        .collect()
}

/// `source` as a contract to compare with, if it is the bundle of one.
fn contract(name: String, source: Source) -> Result<Released, ReleaseError> {
    let help = "name a bundle: a file of schema/releases, or what `clip-events schema` prints";
    let not_one =
        |pointer: &str, message: String| SchemaErrors(vec![source.error(pointer, message, help)]);
    if source.value["$id"] != *id() || event_types(&source.value).is_empty() {
        return Err(not_one("", "not the bundle of a contract".into()).into());
    }
    let errors = jsonschema::draft202012::meta::validator();
    if let Some(error) = errors.iter_errors(&source.value).next() {
        let pointer = error.instance_path().as_str();
        return Err(not_one(pointer, format!("not a valid schema: {error}")).into());
    }
    Ok(Released { name, source })
}

/// Versions and files of the releases below `root`, oldest first.
fn versions(root: &Path) -> Result<Vec<(Version, PathBuf)>, ReleaseError> {
    let io = |error| ReleaseError::Io { path: RELEASES.into(), error };
    let entries = match fs::read_dir(root.join(RELEASES)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(error)),
    };
    let mut versions = Vec::new();
    for entry in entries {
        let name = entry.map_err(io)?.file_name().to_string_lossy().into_owned();
        if let Some(version) = name.strip_suffix(EXTENSION) {
            versions.push((parse_version(version)?, Path::new(RELEASES).join(name)));
        }
    }
    versions.sort();
    Ok(versions)
}

fn parse_version(text: &str) -> Result<Version, ReleaseError> {
    let version = Version::parse(text).map_err(|error| {
        ReleaseError::Version(format!("{text} is no version (semver.org): {error}"))
    })?;
    if !version.pre.is_empty() || !version.build.is_empty() {
        return Err(ReleaseError::Version(format!(
            "{text} has more than three numbers: readers hold to a release for years, so there are no trial ones"
        )));
    }
    Ok(version)
}

/// The contract that `name` stands for: the version of a release, the path of a bundle, or a git revision.
///
/// # Errors
///
/// When it is none of these, or its schemas are wrong.
pub fn find(root: &Path, name: &str) -> Result<Released, ReleaseError> {
    check_unedited(root)?;
    if let Some((_, path)) =
        versions(root)?.into_iter().find(|(version, _)| version.to_string() == name)
    {
        return contract(name.to_owned(), Source::read(root, path)?);
    }
    let path = PathBuf::from(name);
    if path.is_file() {
        return contract(name.to_owned(), Source::read(Path::new(""), path)?);
    }
    at_revision(root, name)
}

/// The contract as it was at a git revision: its bundle.
fn at_revision(root: &Path, revision: &str) -> Result<Released, ReleaseError> {
    let versions: Vec<_> =
        versions(root)?.into_iter().map(|(version, _)| version.to_string()).collect();
    let not_found = |reason: String| ReleaseError::NotFound {
        name: revision.to_owned(),
        reason,
        releases: versions.join(", "),
    };
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
    let files = git(&["ls-tree", "-r", "-z", "--name-only", &commit, "schema/"])?;
    for file in String::from_utf8_lossy(&files).split('\0').filter(|file| file.ends_with(EXTENSION))
    {
        let content = git(&["show", &format!("{commit}:./{file}")])?;
        let path = checkout.path().join(file);
        let folder = path.parent().unwrap_or(checkout.path());
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, content))
            .map_err(|error| io(&path, error))?;
    }
    let of_revision = |errors| ReleaseError::Revision { revision: revision.to_owned(), errors };
    let sources = Sources::read(checkout.path()).map_err(of_revision)?;
    bundle::check(&sources).map_err(of_revision)?;
    let path = format!("{revision}:contract{EXTENSION}");
    contract(
        revision.to_owned(),
        Source::parse(path.into(), pretty_json(&bundle::bundle(&sources)))?,
    )
}

/// What a release came to.
#[derive(Debug)]
pub struct Frozen {
    /// The released file.
    pub path: PathBuf,
    /// What the new section of the changelog says.
    pub changelog: String,
}

/// What a release is allowed to be, beyond additions under a minor version.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms<'a> {
    /// Why the contract must break, under a higher major version. Line breaks and spaces count as one space.
    pub breaking: Option<&'a str>,
    /// Whether the major version may grow though nothing breaks.
    pub major: bool,
}

/// Freezes the contract below `root` as `version`, and drafts its section of the changelog.
///
/// A change that is not additive is refused, unless the major version grows and the terms say why. A change that receivers
/// could see takes a minor version at least.
///
/// # Errors
///
/// When the version is not higher than every release, the change may not be made under it, or a file cannot be written;
/// then nothing is.
pub fn freeze(root: &Path, version: &str, terms: Terms<'_>) -> Result<Frozen, ReleaseError> {
    let version = parse_version(version)?;
    let reason = terms.breaking.map(paragraph).transpose()?.filter(|reason| !reason.is_empty());
    let releases = current(root)?;
    history::check(root, None)?;
    let newest = versions(root)?.pop().map(|(newest, _)| newest);
    if let Some(newest) = newest.as_ref().filter(|newest| **newest >= version) {
        return Err(ReleaseError::Version(format!(
            "{version} does not follow {newest}: releases are never edited; choose a higher version"
        )));
    }
    let sources = Sources::read(root)?;
    sources.lower()?;
    bundle::check(&sources)?;
    let reports = releases.into_iter().map(|release| judge(&sources, release));
    let reports = reports.collect::<Result<Vec<_>, _>>()?;
    let verdict = render::overall(&reports);
    let grows = newest.as_ref().is_none_or(|newest| newest.major < version.major);
    let refused = |why: &str, reports: &[Report], help: &str| {
        let style = Style { format: Format::Human, color: false, proofs: false };
        let report = render::render(&sources, reports, style);
        Err(ReleaseError::Refused(format!("{version} is refused: {why}\n\n{report}  help: {help}")))
    };
    let reason = match (verdict, newest, reason) {
        (Verdict::Additive, Some(newest), _) if grows && !terms.major => {
            let why = "nothing breaks, and a higher major version says to all readers that something does";
            let next = format!("{}.{}.0", newest.major, newest.minor + 1);
            let help =
                format!("choose {next}; if it must be a major version all the same: --major");
            return refused(why, &reports, &help);
        }
        (Verdict::Additive, Some(newest), _)
            if (newest.major, newest.minor) == (version.major, version.minor)
                && reports.last().is_some_and(|report| !report.findings.is_empty()) =>
        {
            let why = "receivers can see the change, and a patch version says that there is none";
            let help = format!("choose {}.{}.0", newest.major, newest.minor + 1);
            return refused(why, &reports[reports.len() - 1..], &help);
        }
        (Verdict::Additive, ..) => None,
        (_, _, Some(reason)) if grows => Some(reason),
        (verdict, ..) => {
            let why = format!("the change is {}", render::verdict(verdict));
            let help = "mend what the report names; if it must break, raise the major version and give the reason: \
                        --breaking \"why\"";
            return refused(&why, &reports, help);
        }
    };
    let changelog = section(&version, &reports, reason.as_deref());
    let text = pretty_json(&bundle::bundle(&sources));
    let path = Path::new(RELEASES).join(format!("{version}{EXTENSION}"));
    let checksums = read(root, CHECKSUMS)?.unwrap_or_default();
    let checksums = format!("{checksums}{}  {version}{EXTENSION}\n", checksum(&text));
    let history = read(root, CHANGELOG)?.unwrap_or_else(|| "# Changelog\n".into());
    let history = with_section(&history, &changelog);
    write_all(
        root,
        &[(&path, &text), (Path::new(CHECKSUMS), &checksums), (Path::new(CHANGELOG), &history)],
    )?;
    Ok(Frozen { path, changelog })
}

/// `text` as one line of the changelog, which can start no heading, list or comment there.
fn paragraph(text: &str) -> Result<String, ReleaseError> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Characters that turn the direction of writing make a text look like another.
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match line.chars().find(|c| c.is_control() || turns(*c)) {
        Some(found) => Err(ReleaseError::Reason(found)),
        None => Ok(no_html(&line)),
    }
}

/// `text` with no tag or comment of HTML in it, which Markdown would take.
fn no_html(text: &str) -> String {
    let mut escaped = String::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let opens = |next: &char| next.is_ascii_alphabetic() || "!/?".contains(*next);
        if c == '<' && characters.peek().is_some_and(opens) {
            escaped.push_str("&lt;");
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// The file at `path` below `root`, if there is one.
fn read(root: &Path, path: &str) -> Result<Option<String>, ReleaseError> {
    match fs::read_to_string(root.join(path)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ReleaseError::Io { path: path.into(), error }),
    }
}

/// Writes all of `files`, or leaves all as they were.
fn write_all(root: &Path, files: &[(&Path, &str)]) -> Result<(), ReleaseError> {
    let io = |path: &Path, error| ReleaseError::Io { path: path.to_owned(), error };
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
            return Err(io(path, error));
        }
    }
    Ok(())
}

/// Checks that the released files are as they were released: unchanged, none missing, each with one checksum.
///
/// # Errors
///
/// The files that are not, or a file that cannot be read.
pub fn check_unedited(root: &Path) -> Result<(), ReleaseError> {
    let listed = read(root, CHECKSUMS)?.unwrap_or_default();
    let listed: Vec<_> =
        listed.lines().map(|line| line.split_once("  ").unwrap_or(("", line))).collect();
    let mut names: BTreeSet<_> = listed.iter().map(|(_, name)| (*name).to_owned()).collect();
    for (_, path) in versions(root)? {
        names.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
    }
    let mut files = Vec::new();
    for name in names {
        let path = format!("{RELEASES}/{name}");
        let sum = read(root, &path)?.map(|text| checksum(&text));
        let known: Vec<_> = listed.iter().filter(|(_, listed)| *listed == name).collect();
        if !matches!(known.as_slice(), [(known, _)] if Some(*known) == sum.as_deref()) {
            files.push(path);
        }
    }
    if files.is_empty() { Ok(()) } else { Err(ReleaseError::Edited { files }) }
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
    let changes = render::changes(std::slice::from_ref(newest));
    for title in ["Added", "Changed", "Breaking"] {
        let is_here = |change: &&render::Change<'_>| {
            title
                == if change.breaks() {
                    "Breaking"
                } else if change.kind() == "addition" {
                    "Added"
                } else {
                    "Changed"
                }
        };
        let lines: Vec<_> = changes
            .iter()
            .filter(is_here)
            .map(|change| {
                let Finding { rule, change: of, .. } = change.finding;
                let event_types = change.event_types.join("`, `");
                format!(
                    "- `{event_types}`: {}: {}",
                    rule.title,
                    no_html(&render::one_line(&of.what))
                )
            })
            .collect();
        if !lines.is_empty() {
            let _ = write!(section, "### {title}\n\n{}\n\n", lines.join("\n"));
        }
    }
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
