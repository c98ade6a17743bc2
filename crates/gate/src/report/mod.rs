//! Reports on what the gate found: a summary of it, and one file for each format.

mod changelog;
mod check;
mod github;
mod human;
mod json;
mod junit;
mod markdown;
pub mod rules_page;
mod sarif;
mod style;
mod summary;

use crate::finding::Outcome;
pub use changelog::changelog_of_check;
pub(crate) use changelog::{changelog, no_html};
pub use check::render_check;
pub use style::{Format, Style};
pub use summary::{ChangeEntry, Kind, OpenEntry, Remark, Summary};

/// Writes `summary` in one of the formats.
pub fn render(summary: &Summary<'_>, style: &Style) -> String {
    match style.format {
        Format::Human => human::render(summary, style),
        Format::Json => json::render(summary, style),
        Format::Github => github::render(summary),
        Format::Sarif => sarif::render(summary, style),
        Format::Markdown => markdown::render(summary),
        Format::Junit => of_junit(summary, style),
    }
}

/// Each release is a test.
fn of_junit(summary: &Summary<'_>, style: &Style) -> String {
    let cases = summary.reports.iter().map(|report| {
        let name = format!("since {}", report.release.name);
        let outcome = match report.outcome() {
            Outcome::Additive => junit::Outcome::Passed,
            _ => {
                junit::Outcome::Failed(summary::line(report), human::found(summary, &style.plain()))
            }
        };
        junit::Case { name, outcome }
    });
    junit::document(&style.tool, &cases.collect::<Vec<_>>())
}
