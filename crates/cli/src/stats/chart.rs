//! What was counted, as a picture: deliveries by event type and by the time of their creation.

use std::fmt::Write as _;

use super::report::{periods, types};
use super::{Day, Total};

const WIDTH: usize = 760;
const ROW: usize = 22;
/// Where bars begin, right of their names.
const LEFT: usize = 240;
/// Room for a number right of a bar.
const NUMBER: usize = 90;
const MAX_ROWS: usize = 31;
/// Characters of a name that have room left of its bar.
const MAX_NAME: usize = 28;

/// Colours for light and for dark surroundings.
const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#1f2328}.t{font-weight:600}.n{fill:#59636e}.b{fill:#3b7dd8}.f{fill:#d1383d}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.n{fill:#9198a1}.b{fill:#4a90e2}.f{fill:#f0666b}}";

/// An SVG document.
pub(super) fn svg(total: &Total) -> String {
    let types = types(total);
    let types =
        types.into_iter().map(|(name, deliveries)| (name, Day { deliveries, ..Day::default() }));
    let mut body = String::new();
    let mut top = 10;
    for (title, rows) in [
        ("Deliveries by event type", types.collect()),
        ("Deliveries by time of creation, failures in red", periods(total)),
    ] {
        top = chart(&mut body, top, title, &rows);
    }
    let height = top + 10;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>Deliveries: {} valid, {} invalid</title>\n<style>{STYLE}</style>\n{body}</svg>\n",
        total.counts.valid, total.counts.invalid
    )
}

/// Draws rows of bars from `top` on. Returns where they end.
fn chart(body: &mut String, mut top: usize, title: &str, rows: &[(String, Day)]) -> usize {
    let (rows, left_out) = rows.split_at(rows.len().min(MAX_ROWS));
    let others = (!left_out.is_empty())
        .then(|| ("(others)".to_owned(), left_out.iter().map(|(_, day)| day).sum()));
    let rows: Vec<_> = rows.iter().chain(&others).collect();
    let most = rows.iter().map(|(_, day)| day.deliveries).max().unwrap_or_default().max(1);
    let length = |count: u64| (WIDTH - LEFT - NUMBER) as f64 * count as f64 / most as f64;
    top += ROW;
    let _ = writeln!(body, "<text class=\"t\" x=\"10\" y=\"{top}\">{title}</text>");
    for (name, day) in rows {
        let (bar, text) = (top + 8, top + ROW - 1);
        top += ROW;
        let (right, number) = (LEFT - 10, LEFT as f64 + length(day.deliveries) + 6.0);
        let _ = writeln!(
            body,
            "<text x=\"{right}\" y=\"{text}\" text-anchor=\"end\">{}</text>",
            escaped(name)
        );
        let mut rect = |class: &str, count: u64| {
            let _ = writeln!(
                body,
                "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{bar}\" width=\"{:.1}\" height=\"14\"/>",
                length(count)
            );
        };
        rect("b", day.deliveries);
        if day.failures > 0 {
            rect("f", day.failures);
        }
        let _ = writeln!(
            body,
            "<text class=\"n\" x=\"{number:.1}\" y=\"{text}\">{}</text>",
            day.deliveries
        );
    }
    top + ROW
}

/// `text`, which is printable, in XML.
fn escaped(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_NAME).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
