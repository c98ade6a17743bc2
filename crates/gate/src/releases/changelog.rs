//! The section of the changelog that a release adds.

use std::fmt::Write as _;

use semver::Version;

use super::error::ReleaseError;
use crate::finding::Report;
use crate::report::{changelog, no_html};

/// `text` as one line of the changelog, which can start no heading, list or comment there.
///
/// # Errors
///
/// The first character that is not for a text.
pub(super) fn paragraph(text: &str) -> Result<String, ReleaseError> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Characters that turn the direction of writing make a text look like another.
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match line.chars().find(|c| c.is_control() || turns(*c)) {
        Some(found) => Err(ReleaseError::Reason(found)),
        None => Ok(no_html(&line)),
    }
}

/// The section of the changelog: what the release adds to the newest one before it, and what it breaks.
pub(super) fn section(version: &Version, reports: &[Report], reason: Option<&str>) -> String {
    let mut section = format!("## Contract {version}\n\n");
    let Some(newest) = reports.last() else {
        section.push_str("The first release of the contract.\n");
        return section;
    };
    section += &changelog(std::slice::from_ref(newest), "###");
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
pub(super) fn with_section(changelog: &str, section: &str) -> String {
    let at = changelog.find("\n## ").map_or(changelog.len(), |newline| newline + 1);
    let (head, rest) = changelog.split_at(at);
    let gap = if head.is_empty() || head.ends_with("\n\n") { "" } else { "\n" };
    let end = if rest.is_empty() { "" } else { "\n" };
    format!("{head}{gap}{section}{end}{rest}")
}
