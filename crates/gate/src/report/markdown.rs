//! A report as a comment on a pull request.

use std::fmt::Write as _;

use schema_source::pretty_json;

use super::summary::{Kind, OPEN_HELP, Remark, Summary, line, names, one_line};

pub(super) fn render(summary: &Summary<'_>) -> String {
    let mut out = format!("## Compatibility: {}\n\n", summary.outcome());
    let (breaks, others): (Vec<_>, Vec<_>) =
        summary.changes.iter().partition(|change| change.kind() == Kind::Breaking);
    for change in breaks {
        let rule = change.finding.rule();
        let _ =
            write!(out, "### `{}`: {}\n\n{}\n\n", rule.id, change.headline(), change.finding.why());
        if let Some((sentence, delivery)) = change.shown() {
            let _ = write!(out, "{sentence}\n\n```json\n{}```\n\n", pretty_json(delivery));
        }
        let _ = write!(out, "**Instead:** {}\n\n", change.finding.instead());
    }
    for open in &summary.open {
        let _ = write!(out, "### `undecided`: {}\n\n", open.headline());
        if let Some(location) = &open.open.location {
            let (line, _) = summary.region(location).start;
            let _ = write!(out, "`{}`, line {line}\n\n", location.path.display());
        }
        let _ = write!(out, "**Instead:** {OPEN_HELP}\n\n");
    }
    if !others.is_empty() {
        out.push_str("| change | event type | since |\n|---|---|---|\n");
        for change in others {
            let (title, what) = (&change.finding.rule().title, &change.finding.change.what);
            let what = one_line(&format!("{title}: {what}")).replace('|', "\\|");
            let event_types = change.event_types.iter().map(|of| format!("`{of}`"));
            let event_types = event_types.collect::<Vec<_>>().join(", ");
            let _ = writeln!(out, "| {what} | {event_types} | {} |", names(&change.releases));
        }
        out.push('\n');
    }
    for Remark { tool, error } in &summary.remarks {
        let (path, message) = (error.path.display(), one_line(&error.message));
        let _ = writeln!(out, "- `{tool}`: `{path}`, line {}: {message}", error.line);
    }
    for report in summary.reports {
        let _ = writeln!(out, "- {}", line(report));
    }
    out
}
