//! A report as a compiler would write it.

use std::fmt::Write as _;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use schema_source::Source;

use super::style::Style;
use super::summary::{
    ChangeEntry, Kind, OPEN_HELP, OpenEntry, Remark, Summary, line, names, one_line,
};

/// So many breaks of one schema are shown with their lines. Of the rest, what and where.
const MAX_SNIPPETS: usize = 100;

type Element<'a> = Snippet<'a, Annotation<'a>>;

pub(super) fn render(summary: &Summary<'_>, style: &Style) -> String {
    let mut out = found(summary, style);
    for report in summary.reports {
        let _ = writeln!(out, "{}", line(report));
    }
    out
}

/// What was found: all but the lines that sum it up.
pub(super) fn found(summary: &Summary<'_>, style: &Style) -> String {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    let (breaks, others): (Vec<_>, Vec<_>) =
        summary.changes.iter().partition(|change| change.kind() == Kind::Breaking);
    for change in breaks.iter().take(MAX_SNIPPETS) {
        let _ = writeln!(out, "{}\n", renderer.render(&[of_change(summary, change)]));
    }
    for change in breaks.iter().skip(MAX_SNIPPETS) {
        let location = &change.finding.location;
        let (rule, path) = (&change.finding.rule().id, location.path.display());
        let (line, column) = summary.region(location).start;
        let headline = change.headline();
        let _ = writeln!(out, "error[{rule}]: {headline}\n --> {path}:{line}:{column}\n");
    }
    for open in &summary.open {
        let _ = writeln!(out, "{}\n", renderer.render(&[of_open(summary, open)]));
    }
    for change in others {
        let (rule, since) = (change.finding.rule(), names(&change.releases));
        let kind = match change.kind() {
            Kind::Breaking => "break",
            Kind::Accepted => "accepted",
            Kind::Warning => "warning",
            Kind::Addition => "addition",
            Kind::Change => "change",
        };
        let _ = writeln!(out, "{kind} since {since}: {}", change.headline());
        if let Some(reason) = &change.finding.accepted {
            let _ = writeln!(out, "  note: {}", one_line(reason));
        }
        if rule.warns {
            let _ = writeln!(
                out,
                "  note: {}\n  help: {}",
                change.finding.why(),
                change.finding.instead()
            );
        }
    }
    for Remark { tool, error } in &summary.remarks {
        let (path, message) = (error.path.display(), one_line(&error.message));
        let _ = writeln!(out, "warning[{tool}]: {path}:{}:{}: {message}", error.line, error.column);
    }
    for report in summary.reports {
        for proved in report.proved.iter().filter(|_| style.proofs) {
            let (name, claim) = (&report.release.name, &proved.claim);
            let proof = proved.proof.to_string().replace('\n', "\n  ");
            let _ = writeln!(out, "proved for {name}: {claim}\n  {}", proof.trim_end());
        }
    }
    out
}

fn of_change<'a>(summary: &Summary<'a>, change: &'a ChangeEntry<'a>) -> Group<'a> {
    let ChangeEntry { finding, releases, .. } = change;
    let rule = finding.rule();
    let mut group = Level::ERROR
        .primary_title(change.headline())
        .id(&rule.id)
        .elements(std::iter::empty::<Element<'_>>());
    let is_gone = finding.is_of_gone_file();
    if let Some(source) = summary.source(&finding.location).filter(|_| !is_gone) {
        let (pointer, kind) = (&finding.location.pointer, AnnotationKind::Primary);
        group = group.element(snippet(source, pointer, kind, "now".into()));
    }
    if let (Some(pointer), Some(release)) = (&finding.change.released, releases.last()) {
        let location = release.document.locate(pointer);
        if let Some(source) = release.document.source(&location) {
            let kind = if is_gone { AnnotationKind::Primary } else { AnnotationKind::Context };
            let label = format!("released in {}", names(releases));
            group = group.element(snippet(source, &location.pointer, kind, label));
        }
    }
    group = group.element(Level::NOTE.message(finding.why()));
    if let Some((sentence, delivery)) = change.shown() {
        group = group.element(Level::NOTE.message(format!("{sentence}\n{delivery}")));
    }
    let group = group.element(Level::HELP.message(finding.instead()));
    match &finding.fingerprint {
        None => group,
        Some(fingerprint) => {
            let accept =
                format!("or accept it: schema-compat accept {fingerprint} --reason \"why\"");
            group.element(Level::HELP.message(accept))
        }
    }
}

fn of_open<'a>(summary: &Summary<'a>, open: &'a OpenEntry<'a>) -> Group<'a> {
    let mut group = Level::ERROR
        .primary_title(open.headline())
        .id("undecided")
        .elements(std::iter::empty::<Element<'_>>());
    let location = open.open.location.as_ref();
    let found = location.and_then(|location| Some((location, summary.source(location)?)));
    if let Some((location, source)) = found {
        let (kind, label) = (AnnotationKind::Primary, "this is what stops it".to_owned());
        group = group.element(snippet(source, &location.pointer, kind, label));
    }
    let against = format!("against {}", names(&open.releases));
    group.element(Level::NOTE.message(against)).element(Level::HELP.message(OPEN_HELP))
}

/// The part of `source` at `pointer`: the line on which it starts says enough.
fn snippet<'a>(
    source: &'a Source,
    pointer: &str,
    kind: AnnotationKind,
    label: String,
) -> Element<'a> {
    let span = source.span(pointer);
    let end = source.text[span.clone()].find('\n').map_or(span.end, |newline| span.start + newline);
    Snippet::source(&source.text)
        .path(source.path.display().to_string())
        .annotation(kind.span(span.start..end).label(label))
}
