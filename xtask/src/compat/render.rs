//! Says what the gate found, for people and for tools.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use super::{Breaks, Finding, RULES, Released, Report, Undecided, Verdict};
use crate::codegen::pretty_json;
use crate::load::Sources;
use crate::source::Source;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// As a compiler would: the line in the schema, the released line, the delivery, the way out.
    Human,
    /// One JSON document.
    Json,
    /// Workflow commands of GitHub Actions, which annotate a pull request.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// A comment on a pull request.
    Markdown,
}

/// Reports on `sources` against each release, oldest release first.
pub fn render(sources: &Sources, reports: &[Report], format: Format, color: bool) -> String {
    match format {
        Format::Human => human(sources, reports, color),
        Format::Json => pretty_json(&as_json(sources, reports)),
        Format::Github => github(sources, reports),
        Format::Sarif => pretty_json(&sarif(sources, reports)),
        Format::Markdown => markdown(reports),
    }
}

/// The verdict over all releases: the worst.
pub fn overall(reports: &[Report]) -> Verdict {
    let verdicts: Vec<_> = reports.iter().map(Report::verdict).collect();
    // Breaking is certain, undecided is not: where both occur, the certain one is told.
    if verdicts.contains(&Verdict::Breaking) {
        Verdict::Breaking
    } else {
        verdicts.into_iter().max().unwrap_or(Verdict::Additive)
    }
}

/// One change, in all event types and from all releases that it is a change of.
struct Change<'a> {
    finding: &'a Finding,
    event_types: Vec<&'a str>,
    releases: Vec<&'a Released>,
}

impl Change<'_> {
    fn releases(&self) -> String {
        self.releases.iter().map(|release| release.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn breaks(&self) -> bool {
        self.finding.rule.breaks != Breaks::Nobody
    }

    fn headline(&self) -> String {
        let of = match self.event_types.as_slice() {
            [first, _, _, more @ ..] => format!("{first} and {} more event types", more.len() + 2),
            few => few.join(", "),
        };
        format!("{}: {} ({of})", self.finding.rule.title, self.finding.change.what)
    }
}

/// The changes of all reports, each once. A change of a shared definition is one change.
fn changes(reports: &[Report]) -> Vec<Change<'_>> {
    let mut changes: Vec<Change<'_>> = Vec::new();
    let key = |finding: &Finding| {
        (finding.change.rule, finding.change.what.clone(), finding.place.clone())
    };
    for report in reports {
        for finding in &report.findings {
            let index = changes
                .iter()
                .position(|change| key(change.finding) == key(finding))
                .unwrap_or_else(|| {
                    changes.push(Change { finding, event_types: Vec::new(), releases: Vec::new() });
                    changes.len() - 1
                });
            let change = &mut changes[index];
            let event_type = finding.change.event_type.as_deref().unwrap_or("envelope");
            if !change.event_types.contains(&event_type) {
                change.event_types.push(event_type);
            }
            if change.releases.iter().all(|release| release.name != report.release.name) {
                change.releases.push(&report.release);
            }
        }
    }
    changes
}

/// Whom a witness breaks, in a sentence that ends before the delivery.
fn witness_sentence(change: &Change<'_>, rejected: &str) -> String {
    let release = change.releases();
    match change.finding.rule.breaks {
        Breaks::Readers => {
            format!("this delivery may be sent now, and {release} rejects it: {rejected}")
        }
        _ => {
            format!("{release} accepts this delivery, and the new contract rejects it: {rejected}")
        }
    }
}

fn undecided_sentence(undecided: &Undecided) -> String {
    let of = undecided.event_type.as_deref().unwrap_or("unknown event types");
    let side = if undecided.breaks == Breaks::Readers { "readers" } else { "archives" };
    let place = match &undecided.place {
        Some((side, pointer)) => format!(" (in the {side} contract, at {pointer})"),
        None => String::new(),
    };
    format!("cannot decide whether {side} break ({of}): {}{place}", undecided.reason)
}

const UNDECIDED_HELP: &str =
    "write the change with keywords that can be decided; until then it may not land";

fn human(sources: &Sources, reports: &[Report], color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    let changes = changes(reports);
    for change in changes.iter().filter(|change| change.breaks()) {
        let _ = writeln!(out, "{}\n", renderer.render(&[diagnostic(sources, change)]));
    }
    for report in reports {
        for undecided in &report.undecided {
            let group = Level::ERROR
                .primary_title(undecided_sentence(undecided))
                .element(Level::NOTE.message(format!("against release {}", report.release.name)))
                .element(Level::HELP.message(UNDECIDED_HELP));
            let _ = writeln!(out, "{}\n", renderer.render(&[group]));
        }
    }
    for change in changes.iter().filter(|change| !change.breaks()) {
        let _ = writeln!(out, "addition since {}: {}", change.releases(), change.headline());
    }
    for report in reports {
        let _ = writeln!(out, "{}", summary(report));
    }
    out
}

fn summary(report: &Report) -> String {
    let count = |number: usize, noun: &str| {
        format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
    };
    let changes = changes(std::slice::from_ref(report));
    let breaks = changes.iter().filter(|change| change.breaks()).count();
    let name = &report.release.name;
    match report.verdict() {
        Verdict::Additive => {
            let (additions, proved) =
                (count(changes.len(), "addition"), count(report.proved, "inclusion"));
            format!("{name}: additive: {additions}; {proved} proved, none open")
        }
        Verdict::Breaking => format!("{name}: breaking: {}", count(breaks, "change")),
        Verdict::Undecided => {
            format!("{name}: undecided: {} open", count(report.undecided.len(), "inclusion"))
        }
    }
}

fn diagnostic<'a>(sources: &'a Sources, change: &'a Change<'a>) -> Group<'a> {
    let Change { finding, releases, .. } = change;
    let mut group = Level::ERROR
        .primary_title(change.headline())
        .id(&finding.rule.id)
        .elements(std::iter::empty::<Snippet<'_, annotate_snippets::Annotation<'_>>>());
    if let Some(source) = sources.all().find(|source| source.path == finding.place.path) {
        group = group.element(snippet(
            source,
            &finding.place.pointer,
            AnnotationKind::Primary,
            "now".into(),
        ));
    }
    if let (Some(pointer), Some(release)) = (&finding.change.released, releases.last()) {
        let label = format!("released in {}", change.releases());
        group = group.element(snippet(&release.source, pointer, AnnotationKind::Context, label));
    }
    group = group.element(Level::NOTE.message(&finding.rule.why));
    if let Some(witness) = &finding.witness {
        let sentence = witness_sentence(change, &witness.rejected);
        group = group.element(Level::NOTE.message(format!("{sentence}\n{}", witness.delivery)));
    }
    group.element(Level::HELP.message(&finding.rule.instead))
}

fn snippet<'a>(
    source: &'a Source,
    pointer: &str,
    kind: AnnotationKind,
    label: String,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let span = source.span(pointer);
    // The line on which it starts says enough.
    let end = source.text[span.clone()].find('\n').map_or(span.end, |newline| span.start + newline);
    Snippet::source(&source.text)
        .path(source.path.display().to_string())
        .annotation(kind.span(span.start..end).label(label))
}

/// Line and column of a finding in its schema file.
fn position(sources: &Sources, finding: &Finding) -> (usize, usize) {
    let source = sources.all().find(|source| source.path == finding.place.path);
    source.map_or((1, 1), |source| source.line_column(source.span(&finding.place.pointer).start))
}

fn path_of(finding: &Finding) -> String {
    finding.place.path.display().to_string().replace('\\', "/")
}

fn as_json(sources: &Sources, reports: &[Report]) -> Value {
    let releases = reports.iter().map(|report| {
        let findings = report.findings.iter().map(|finding| {
            let (line, column) = position(sources, finding);
            let witness = finding.witness.as_ref();
            json!({
                "rule": finding.rule.id,
                "breaks": finding.rule.breaks,
                "event_type": finding.change.event_type,
                "instance": finding.change.instance,
                "what": finding.change.what,
                "why": finding.rule.why,
                "instead": finding.rule.instead,
                "path": path_of(finding),
                "line": line,
                "column": column,
                "pointer": finding.place.pointer,
                "released_pointer": finding.change.released,
                "witness": witness.map(|witness| json!({ "delivery": witness.delivery, "rejected": witness.rejected })),
            })
        });
        let undecided = report.undecided.iter().map(|undecided| {
            json!({
                "breaks": undecided.breaks,
                "event_type": undecided.event_type,
                "reason": undecided.reason,
                "contract": undecided.place.as_ref().map(|(side, _)| side),
                "pointer": undecided.place.as_ref().map(|(_, pointer)| pointer),
            })
        });
        json!({
            "release": report.release.name,
            "verdict": verdict(report.verdict()),
            "proved": report.proved,
            "findings": findings.collect::<Vec<_>>(),
            "undecided": undecided.collect::<Vec<_>>(),
        })
    });
    let releases: Vec<_> = releases.collect();
    json!({ "verdict": verdict(overall(reports)), "releases": releases })
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Additive => "additive",
        Verdict::Breaking => "breaking",
        Verdict::Undecided => "undecided",
    }
}

/// One line for a change: what it is, why it breaks, and the delivery.
fn message(change: &Change<'_>) -> String {
    let finding = change.finding;
    let mut message = format!("{}. {}", change.headline(), finding.rule.why);
    if let Some(witness) = &finding.witness {
        let _ = write!(
            message,
            "\n{}\n{}",
            witness_sentence(change, &witness.rejected),
            witness.delivery
        );
    }
    if !finding.rule.instead.is_empty() {
        let _ = write!(message, "\nInstead: {}", finding.rule.instead);
    }
    message
}

fn github(sources: &Sources, reports: &[Report]) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    for change in changes(reports) {
        let (line, column) = position(sources, change.finding);
        let level = if change.breaks() { "error" } else { "notice" };
        let path = property(&path_of(change.finding));
        let title = property(&change.finding.rule.id);
        let message = escape(&message(&change));
        let _ = writeln!(
            out,
            "::{level} file={path},line={line},col={column},title={title}::{message}"
        );
    }
    for report in reports {
        for undecided in &report.undecided {
            let message =
                format!("against {}: {}", report.release.name, undecided_sentence(undecided));
            let _ = writeln!(out, "::error title=undecided::{}", escape(&message));
        }
        let _ = writeln!(out, "::notice title=compat::{}", escape(&summary(report)));
    }
    out
}

fn sarif(sources: &Sources, reports: &[Report]) -> Value {
    let mut rules: Vec<_> = RULES
        .iter()
        .map(|rule| {
            let mut help = rule.why.clone();
            if !rule.instead.is_empty() {
                let _ = write!(help, " Instead: {}", rule.instead);
            }
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.title },
                "fullDescription": { "text": rule.why },
                "help": { "text": help },
                "defaultConfiguration": { "level": sarif_level(rule.breaks) },
            })
        })
        .collect();
    rules.push(json!({
        "id": "undecided",
        "shortDescription": { "text": "the engine could not decide" },
        "help": { "text": UNDECIDED_HELP },
        "defaultConfiguration": { "level": "error" },
    }));
    let mut results = Vec::new();
    for change in changes(reports) {
        let source = sources.all().find(|source| source.path == change.finding.place.path);
        let (line, column) = position(sources, change.finding);
        let end =
            source.map(|source| source.line_column(source.span(&change.finding.place.pointer).end));
        let mut region = BTreeMap::from([("startLine", line), ("startColumn", column)]);
        region.extend(
            end.into_iter().flat_map(|(line, column)| [("endLine", line), ("endColumn", column)]),
        );
        results.push(json!({
            "ruleId": change.finding.rule.id,
            "level": sarif_level(change.finding.rule.breaks),
            "message": { "text": message(&change) },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": path_of(change.finding), "uriBaseId": "%SRCROOT%" },
                    "region": region,
                }
            }],
        }));
    }
    for report in reports {
        for undecided in &report.undecided {
            let text =
                format!("against {}: {}", report.release.name, undecided_sentence(undecided));
            results.push(
                json!({ "ruleId": "undecided", "level": "error", "message": { "text": text } }),
            );
        }
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "clip-events compat", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn sarif_level(breaks: Breaks) -> &'static str {
    if breaks == Breaks::Nobody { "note" } else { "error" }
}

fn markdown(reports: &[Report]) -> String {
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let mut out = format!("## Compatibility: {}\n\n", verdict(overall(reports)));
    let changes = changes(reports);
    let (breaks, additions): (Vec<_>, Vec<_>) = changes.iter().partition(|change| change.breaks());
    for change in &breaks {
        let finding = change.finding;
        let _ = write!(
            out,
            "### `{}`: {}\n\n{}\n\n",
            finding.rule.id,
            change.headline(),
            finding.rule.why
        );
        if let Some(witness) = &finding.witness {
            let sentence = witness_sentence(change, &witness.rejected);
            let delivery = pretty_json(&witness.delivery);
            let _ = write!(out, "{sentence}\n\n```json\n{delivery}```\n\n");
        }
        let _ = write!(out, "**Instead:** {}\n\n", finding.rule.instead);
    }
    if !additions.is_empty() {
        out.push_str("| addition | event type | since |\n|---|---|---|\n");
        for change in additions {
            let event_types = change.event_types.join("`, `");
            let what =
                cell(&format!("{}: {}", change.finding.rule.title, change.finding.change.what));
            let _ = writeln!(out, "| {what} | `{event_types}` | {} |", change.releases());
        }
        out.push('\n');
    }
    for report in reports {
        for undecided in &report.undecided {
            let _ = writeln!(
                out,
                "- against {}: {}",
                report.release.name,
                undecided_sentence(undecided)
            );
        }
        let _ = writeln!(out, "- {}", summary(report));
    }
    out
}
