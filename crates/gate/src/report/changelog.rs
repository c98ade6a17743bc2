//! What has changed, as a section of a changelog tells it.

use std::fmt::Write as _;

use crate::check::{Checked, Found};
use crate::finding::Report;

use super::summary::{ChangeEntry, Kind, changes, one_line};

/// What `reports` tell, under headings of this `level`: what was added, changed and broken.
pub(crate) fn changelog(reports: &[Report], level: &str) -> String {
    let mut text = String::new();
    let changes = changes(reports);
    for (title, kinds) in [
        ("Added", &[Kind::Addition][..]),
        ("Changed", &[Kind::Change, Kind::Warning]),
        ("Breaking", &[Kind::Breaking, Kind::Accepted]),
    ] {
        let lines: Vec<_> =
            changes.iter().filter(|change| kinds.contains(&change.kind())).map(line).collect();
        if !lines.is_empty() {
            let _ = write!(text, "{level} {title}\n\n{}\n\n", lines.join("\n"));
        }
    }
    text
}

/// The changes of all schemas that a check has found, as a section of a changelog. Those that could not be judged are left out.
pub fn changelog_of_check(checked: &[Checked]) -> String {
    let mut text = String::new();
    for schema in checked {
        let Found::Changed { report, .. } = &schema.found else { continue };
        let changes = changelog(std::slice::from_ref(&**report), "####");
        if !changes.is_empty() {
            let _ = write!(text, "### `{}`\n\n{changes}", super::check::name(schema));
        }
    }
    if text.is_empty() {
        text.push_str("No change that anybody could see.\n");
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn line(change: &ChangeEntry<'_>) -> String {
    let (title, what) = (&change.finding.rule().title, &change.finding.change.what);
    let event_types = change.event_types.iter().map(|of| format!("`{of}`")).collect::<Vec<_>>();
    let of = if event_types.is_empty() {
        String::new()
    } else {
        format!("{}: ", event_types.join(", "))
    };
    format!("- {of}{title}: {}", no_html(&one_line(what)))
}

/// `text` with no tag or comment of HTML in it, which Markdown would take.
pub(crate) fn no_html(text: &str) -> String {
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
