//! A report as workflow commands of GitHub Actions, which annotate a pull request.

use std::fmt::Write as _;
use std::path::Path;

use schema_source::Location;

use super::summary::{Kind, Remark, Summary, line};

/// A file, and line and column in it.
pub(super) type Place<'a> = (&'a Path, (usize, usize));

pub(super) fn render(summary: &Summary<'_>) -> String {
    let mut lines = annotations(summary);
    lines.extend(
        summary.reports.iter().map(|report| annotation("notice", None, "compat", &line(report))),
    );
    lines.concat()
}

/// One command, in a line of its own.
pub(super) fn annotation(
    level: &str,
    place: Option<Place<'_>>,
    title: &str,
    message: &str,
) -> String {
    let mut properties = String::new();
    if let Some((path, (line, column))) = place {
        let path = property(&path.display().to_string().replace('\\', "/"));
        let _ = write!(properties, "file={path},line={line},col={column},");
    }
    format!("::{level} {properties}title={}::{}\n", property(title), escape(message))
}

/// What was found, those that break first.
pub(super) fn annotations(summary: &Summary<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let mut annotate = |level: &str, place: Option<Place<'_>>, title: &str, message: &str| {
        out.push(annotation(level, place, title, message));
    };
    for change in &summary.changes {
        let finding = change.finding;
        let (place, rule) = (Some(place(summary, &finding.location)), finding.rule());
        annotate(level(change.kind()), place, &rule.id, &change.message());
    }
    for open in &summary.open {
        let place = open.open.location.as_ref().map(|location| place(summary, location));
        annotate("error", place, "undecided", &open.message());
    }
    for Remark { tool, error } in &summary.remarks {
        let place = Some((&*error.path, (error.line, error.column)));
        annotate("warning", place, tool, &format!("{}\nInstead: {}", error.message, error.help));
    }
    out
}

fn place<'a>(summary: &Summary<'_>, location: &'a Location) -> Place<'a> {
    (&location.path, summary.region(location).start)
}

fn level(kind: Kind) -> &'static str {
    match kind {
        Kind::Breaking => "error",
        Kind::Warning => "warning",
        Kind::Accepted | Kind::Addition | Kind::Change => "notice",
    }
}

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}
