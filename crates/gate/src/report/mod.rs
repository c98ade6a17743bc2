//! Reports on what the gate found: a summary of it, and one file for each format.

mod check;
mod github;
mod human;
mod json;
mod markdown;
pub mod rules_page;
mod sarif;
mod style;
mod summary;

pub use check::render_check;
pub use style::{Format, Style};
pub use summary::{ChangeEntry, Kind, OpenEntry, Remark, Summary};
pub(crate) use summary::{changes, one_line};

/// Writes `summary` in one of the formats.
pub fn render(summary: &Summary<'_>, style: &Style) -> String {
    match style.format {
        Format::Human => human::render(summary, style),
        Format::Json => json::render(summary, style),
        Format::Github => github::render(summary),
        Format::Sarif => sarif::render(summary, style),
        Format::Markdown => markdown::render(summary),
    }
}
