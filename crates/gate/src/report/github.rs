//! A report as workflow commands of GitHub Actions, which annotate a pull request.

use std::fmt::Write as _;

use super::summary::{Kind, Summary, line};
use crate::document::Location;

pub(super) fn render(summary: &Summary<'_>) -> String {
    let mut out = String::new();
    let mut annotate = |level: &str, location: Option<&Location>, title: &str, message: &str| {
        let mut properties = String::new();
        if let Some(location) = location {
            let (line, column) = summary.region(location).start;
            let path = property(&location.path.display().to_string().replace('\\', "/"));
            let _ = write!(properties, "file={path},line={line},col={column},");
        }
        let title = property(title);
        let _ = writeln!(out, "::{level} {properties}title={title}::{}", escape(message));
    };
    for change in &summary.changes {
        let finding = change.finding;
        let (location, rule) = (Some(&finding.location), finding.rule());
        annotate(level(change.kind()), location, &rule.id, &change.message());
    }
    for open in &summary.open {
        annotate("error", open.open.location.as_ref(), "undecided", &open.message());
    }
    for report in summary.reports {
        annotate("notice", None, "compat", &line(report));
    }
    out
}

fn level(kind: Kind) -> &'static str {
    match kind {
        Kind::Breaking => "error",
        Kind::Warning => "warning",
        Kind::Addition | Kind::Change => "notice",
    }
}

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}
