//! Says what the gate found, for people and for tools.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use crate::{Breaks, Finding, Place, Question, RULES, Released, Report, Rule, Undecided, Verdict};
use clip_events_contract::load::Sources;
use schema_source::Source;
use schema_source::pretty_json;

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

/// What is written, and how.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// The format.
    pub format: Format,
    /// Whether [`Format::Human`] has colors.
    pub color: bool,
    /// Whether [`Format::Human`] and [`Format::Json`] hold the proofs.
    pub proofs: bool,
}

/// Reports on `sources` against each release, oldest release first.
pub fn render(sources: &Sources, reports: &[Report], style: Style) -> String {
    let all = All { sources, reports };
    match style.format {
        Format::Human => all.human(style),
        Format::Json => pretty_json(&all.json(style)),
        Format::Github => all.github(),
        Format::Sarif => pretty_json(&all.sarif()),
        Format::Markdown => all.markdown(),
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
pub(super) struct Change<'a> {
    pub(super) finding: &'a Finding,
    pub(super) event_types: Vec<&'a str>,
    /// Event type and instance of each value that it is a change of.
    places: Vec<(&'a str, &'a str)>,
    releases: Vec<&'a Released>,
}

impl Change<'_> {
    pub(super) fn breaks(&self) -> bool {
        self.finding.rule.breaks != Breaks::Nobody
    }

    fn headline(&self) -> String {
        let (title, what) = (&self.finding.rule.title, &self.finding.change.what);
        let mut of = few(&self.event_types);
        if self.places.len() > self.event_types.len() {
            let _ = write!(of, ", in {} places", self.places.len());
        }
        one_line(&if of == *what {
            format!("{title}: {what}")
        } else {
            format!("{title}: {what} ({of})")
        })
    }

    /// What a harmless change is.
    pub(super) fn kind(&self) -> &'static str {
        match self.finding.rule {
            rule if rule.warns => "warning",
            rule if rule.id.ends_with("-added") => "addition",
            _ => "change",
        }
    }
}

/// One open question, for all event types and releases for which it is open at the same keyword.
struct Open<'a> {
    undecided: &'a Undecided,
    event_types: Vec<&'a str>,
    releases: Vec<&'a Released>,
}

impl Open<'_> {
    fn headline(&self) -> String {
        let breaks =
            if self.undecided.question.breaks == Breaks::Readers { "readers" } else { "archives" };
        let Undecided { reason, place, .. } = self.undecided;
        let at = place.as_ref().map_or(String::new(), |place| format!(", at {}", place.pointer));
        let of = few(&self.event_types);
        one_line(&format!("cannot decide whether {breaks} break: {reason}{at} ({of})"))
    }
}

/// Adds `item` unless it is there.
fn add<T: Copy>(items: &mut Vec<T>, item: T, same: impl Fn(T, T) -> bool) {
    if !items.iter().any(|known| same(*known, item)) {
        items.push(item);
    }
}

/// The changes of all reports, each once: that of a shared definition, or of a field of many shapes, is one change.
pub(super) fn changes(reports: &[Report]) -> Vec<Change<'_>> {
    let mut changes: Vec<Change<'_>> = Vec::new();
    for report in reports {
        for finding in &report.findings {
            let mut known = changes.iter();
            let known = known.position(|change| change.finding.change.is_same(&finding.change));
            let index = known.unwrap_or_else(|| {
                changes.push(Change {
                    finding,
                    event_types: Vec::new(),
                    places: Vec::new(),
                    releases: Vec::new(),
                });
                changes.len() - 1
            });
            let change = &mut changes[index];
            let event_type = finding.change.event_type.as_deref().unwrap_or("envelope");
            add(&mut change.event_types, event_type, |a, b| a == b);
            for of in finding.change.all() {
                add(&mut change.places, (event_type, &of.instance), |a, b| a == b);
            }
            add(&mut change.releases, &report.release, |a, b| a.name == b.name);
        }
    }
    changes
}

/// The open questions of all reports, each once.
fn open(reports: &[Report]) -> Vec<Open<'_>> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let key = |undecided: &'_ Undecided| {
        (undecided.question.breaks, undecided.reason.clone(), undecided.place.clone())
    };
    for report in reports {
        for undecided in &report.undecided {
            let known = open.iter().position(|open| key(open.undecided) == key(undecided));
            let index = known.unwrap_or_else(|| {
                open.push(Open { undecided, event_types: Vec::new(), releases: Vec::new() });
                open.len() - 1
            });
            let question = &mut open[index];
            let event_type =
                undecided.question.event_type.as_deref().unwrap_or("unknown event types");
            add(&mut question.event_types, event_type, |a, b| a == b);
            add(&mut question.releases, &report.release, |a, b| a.name == b.name);
        }
    }
    open
}

fn few(event_types: &[&str]) -> String {
    match event_types {
        [first, _, _, more @ ..] => format!("{first} and {} more event types", more.len() + 2),
        few => few.join(", "),
    }
}

fn names(releases: &[&Released]) -> String {
    releases.iter().map(|release| release.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// `text` without line breaks: names of fields may hold any character.
pub(super) fn one_line(text: &str) -> String {
    let escape =
        |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

/// Whom a witness breaks, in a sentence that ends before the delivery.
fn witness_sentence(change: &Change<'_>, rejected: &str) -> String {
    let (releases, rejected) = (names(&change.releases), one_line(rejected));
    let s = if change.releases.len() == 1 { "s" } else { "" };
    match change.finding.rule.breaks {
        Breaks::Readers => {
            format!("this delivery may be sent now, and {releases} reject{s} it: {rejected}")
        }
        _ => format!(
            "{releases} accept{s} this delivery, and the new contract rejects it: {rejected}"
        ),
    }
}

/// One paragraph for a change: what it is, why it breaks, and the delivery.
fn message(change: &Change<'_>) -> String {
    let finding = change.finding;
    let mut message = format!("{}. {}", change.headline(), finding.rule.why);
    if let Some(witness) = &finding.witness {
        let sentence = witness_sentence(change, &witness.rejected);
        let _ = write!(message, "\n{sentence}\n{}", witness.delivery);
    }
    if !finding.rule.instead.is_empty() {
        let _ = write!(message, "\nInstead: {}", finding.rule.instead);
    }
    message
}

fn open_message(open: &Open<'_>) -> String {
    format!("{}, against {}. Instead: {UNDECIDED_HELP}", open.headline(), names(&open.releases))
}

const UNDECIDED_HELP: &str =
    "Write the change with keywords that can be decided. Until then it may not land.";

fn summary(report: &Report) -> String {
    let count = |number: usize, noun: &str| {
        format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
    };
    let changes = changes(std::slice::from_ref(report));
    let breaks = changes.iter().filter(|change| change.breaks()).count();
    let additions = changes.iter().filter(|change| change.kind() == "addition").count();
    let name = &report.release.name;
    let still_open = report.undecided.len();
    match report.verdict() {
        Verdict::Additive => {
            let additions = count(additions, "addition");
            let proved = count(report.proved.len(), "inclusion");
            format!("{name}: additive: {additions}; {proved} proved, none open")
        }
        Verdict::Breaking if still_open > 0 => {
            let open = count(still_open, "inclusion");
            format!("{name}: breaking: {}; {open} open", count(breaks, "change"))
        }
        Verdict::Breaking => format!("{name}: breaking: {}", count(breaks, "change")),
        Verdict::Undecided => format!("{name}: undecided: {} open", count(still_open, "inclusion")),
    }
}

/// The word for a verdict.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Additive => "additive",
        Verdict::Breaking => "breaking",
        Verdict::Undecided => "undecided",
    }
}

type Element<'a> = Snippet<'a, annotate_snippets::Annotation<'a>>;

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

/// `path` as a URI reference (RFC 3986) with `/` between its segments.
fn uri(place: &Place) -> String {
    let path = place.path.display().to_string().replace('\\', "/");
    path.bytes().fold(String::new(), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
        uri
    })
}

fn sarif_level(rule: &Rule) -> &'static str {
    match rule.breaks {
        Breaks::Nobody if rule.warns => "warning",
        Breaks::Nobody => "note",
        _ => "error",
    }
}

/// The whole of what there is to tell.
struct All<'a> {
    sources: &'a Sources,
    reports: &'a [Report],
}

impl<'a> All<'a> {
    /// The file that a place is in.
    fn source(&self, place: &Place) -> Option<&'a Source> {
        let releases = self.reports.iter().map(|report| &report.release.source);
        self.sources.all().chain(releases).find(|source| source.path == place.path)
    }

    /// Line and column of the start and the end of a place.
    fn region(&self, place: &Place) -> [(usize, usize); 2] {
        self.source(place).map_or([(1, 1); 2], |source| {
            let span = source.span(&place.pointer);
            [span.start, span.end].map(|byte| source.line_column(byte))
        })
    }

    fn human(&self, style: Style) -> String {
        let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
        let mut out = String::new();
        let changes = changes(self.reports);
        for change in changes.iter().filter(|change| change.breaks()) {
            let _ = writeln!(out, "{}\n", renderer.render(&[self.diagnostic(change)]));
        }
        for open in open(self.reports) {
            let mut group = Level::ERROR
                .primary_title(open.headline())
                .id("undecided")
                .elements(std::iter::empty::<Element<'_>>());
            let place = open.undecided.place.as_ref();
            if let Some((place, source)) =
                place.and_then(|place| Some((place, self.source(place)?)))
            {
                let (kind, label) = (AnnotationKind::Primary, "this is what stops it".to_owned());
                group = group.element(snippet(source, &place.pointer, kind, label));
            }
            let against = format!("against {}", names(&open.releases));
            let group = group
                .element(Level::NOTE.message(against))
                .element(Level::HELP.message(UNDECIDED_HELP));
            let _ = writeln!(out, "{}\n", renderer.render(&[group]));
        }
        for change in changes.iter().filter(|change| !change.breaks()) {
            let (kind, since) = (change.kind(), names(&change.releases));
            let _ = writeln!(out, "{kind} since {since}: {}", change.headline());
            if change.finding.rule.warns {
                let rule = change.finding.rule;
                let _ = writeln!(out, "  note: {}\n  help: {}", rule.why, rule.instead);
            }
        }
        for report in self.reports {
            if style.proofs {
                for proved in &report.proved {
                    let proof = proved.proof.to_string().replace('\n', "\n  ");
                    let _ = writeln!(
                        out,
                        "proved for {}: {}\n  {}",
                        report.release.name,
                        proved.question,
                        proof.trim_end()
                    );
                }
            }
            let _ = writeln!(out, "{}", summary(report));
        }
        out
    }

    fn diagnostic<'b>(&'b self, change: &'b Change<'b>) -> Group<'b> {
        let Change { finding, releases, .. } = change;
        let mut group = Level::ERROR
            .primary_title(change.headline())
            .id(&finding.rule.id)
            .elements(std::iter::empty::<Element<'_>>());
        // What has gone with its file is in no file.
        let gone_whole = finding.change.rule == "event-type-removed";
        if let Some(source) = self.source(&finding.place).filter(|_| !gone_whole) {
            let (pointer, kind) = (&finding.place.pointer, AnnotationKind::Primary);
            group = group.element(snippet(source, pointer, kind, "now".into()));
        }
        if let (Some(pointer), Some(release)) = (&finding.change.released, releases.last()) {
            let kind = if gone_whole { AnnotationKind::Primary } else { AnnotationKind::Context };
            let label = format!("released in {}", names(releases));
            group = group.element(snippet(&release.source, pointer, kind, label));
        }
        group = group.element(Level::NOTE.message(&finding.rule.why));
        if let Some(witness) = &finding.witness {
            let sentence = witness_sentence(change, &witness.rejected);
            group = group.element(Level::NOTE.message(format!("{sentence}\n{}", witness.delivery)));
        }
        group.element(Level::HELP.message(&finding.rule.instead))
    }

    fn json(&self, style: Style) -> Value {
        let releases = self.reports.iter().map(|report| {
            let findings = report.findings.iter().map(|finding| {
                let [(line, column), _] = self.region(&finding.place);
                let witness = finding.witness.as_ref();
                json!({
                    "rule": finding.rule.id,
                    "breaks": finding.rule.breaks,
                    "event_type": finding.change.event_type,
                    "instance": finding.change.instance,
                    "also": finding.change.also.iter().map(|change| &change.instance).collect::<Vec<_>>(),
                    "what": finding.change.what,
                    "why": finding.rule.why,
                    "instead": finding.rule.instead,
                    "path": finding.place.path,
                    "line": line,
                    "column": column,
                    "pointer": finding.place.pointer,
                    "released_pointer": finding.change.released,
                    "witness": witness.map(|witness| json!({ "delivery": witness.delivery, "rejected": witness.rejected })),
                })
            });
            let undecided = report.undecided.iter().map(|undecided| {
                let place = undecided.place.as_ref();
                let start = place.map(|place| self.region(place)[0]);
                json!({
                    "breaks": undecided.question.breaks,
                    "event_type": undecided.question.event_type,
                    "reason": undecided.reason,
                    "path": place.map(|place| &place.path),
                    "line": start.map(|(line, _)| line),
                    "column": start.map(|(_, column)| column),
                    "pointer": place.map(|place| &place.pointer),
                })
            });
            let proved = report.proved.iter().map(|proved| {
                let Question { breaks, event_type } = &proved.question;
                let proof: Vec<_> = proved.proof.to_string().lines().map(str::to_owned).collect();
                json!({ "breaks": breaks, "event_type": event_type, "proof": proof })
            });
            let mut object = json!({
                "release": report.release.name,
                "verdict": verdict(report.verdict()),
                "proved": report.proved.len(),
                "findings": findings.collect::<Vec<_>>(),
                "undecided": undecided.collect::<Vec<_>>(),
            });
            if style.proofs {
                object["proofs"] = proved.collect();
            }
            object
        });
        let releases: Vec<_> = releases.collect();
        json!({ "verdict": verdict(overall(self.reports)), "releases": releases })
    }

    fn github(&self) -> String {
        let escape =
            |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
        let property = |text: &str| escape(text).replace(':', "%3A").replace(',', "%2C");
        let mut out = String::new();
        let mut annotate = |level: &str, place: Option<&Place>, title: &str, message: &str| {
            let mut properties = String::new();
            if let Some(place) = place {
                let [(line, column), _] = self.region(place);
                let path = property(&place.path.display().to_string().replace('\\', "/"));
                let _ = write!(properties, "file={path},line={line},col={column},");
            }
            let _ = writeln!(
                out,
                "::{level} {properties}title={}::{}",
                property(title),
                escape(message)
            );
        };
        for change in changes(self.reports) {
            let level = match sarif_level(change.finding.rule) {
                "note" => "notice",
                level => level,
            };
            let finding = change.finding;
            annotate(level, Some(&finding.place), &finding.rule.id, &message(&change));
        }
        for open in open(self.reports) {
            annotate("error", open.undecided.place.as_ref(), "undecided", &open_message(&open));
        }
        for report in self.reports {
            annotate("notice", None, "compat", &summary(report));
        }
        out
    }

    fn sarif(&self) -> Value {
        let rule = |id: &str, title: &str, why: &str, instead: &str, level: &str| {
            let help = if instead.is_empty() {
                why.to_owned()
            } else {
                format!("{why} Instead: {instead}")
            };
            json!({
                "id": id,
                "shortDescription": { "text": title },
                "fullDescription": { "text": why },
                "help": { "text": help },
                "defaultConfiguration": { "level": level },
            })
        };
        let mut rules: Vec<_> = RULES
            .iter()
            .map(|known| {
                let level = sarif_level(known);
                rule(&known.id, &known.title, &known.why, &known.instead, level)
            })
            .collect();
        let (title, why) =
            ("a question is open", "The engine could neither prove nor refute that nobody breaks.");
        rules.push(rule("undecided", title, why, UNDECIDED_HELP, "error"));
        let result = |id: &str, level: &str, text: &str, place: Option<&Place>| {
            let mut result = json!({ "ruleId": id, "level": level, "message": { "text": text } });
            if let Some(place) = place {
                let [(line, column), (end_line, end_column)] = self.region(place);
                result["locations"] = json!([{
                    "physicalLocation": {
                        "artifactLocation": { "uri": uri(place), "uriBaseId": "%SRCROOT%" },
                        "region": {
                            "startLine": line,
                            "startColumn": column,
                            "endLine": end_line,
                            "endColumn": end_column,
                        },
                    }
                }]);
            }
            result
        };
        let changes = changes(self.reports);
        let changes = changes.iter().map(|change| {
            let Finding { rule, place, .. } = change.finding;
            result(&rule.id, sarif_level(rule), &message(change), Some(place))
        });
        let open = open(self.reports);
        let open = open.iter().map(|open| {
            result("undecided", "error", &open_message(open), open.undecided.place.as_ref())
        });
        let results: Vec<_> = changes.chain(open).collect();
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

    fn markdown(&self) -> String {
        let cell = |text: &str| text.replace('|', "\\|");
        let mut out = format!("## Compatibility: {}\n\n", verdict(overall(self.reports)));
        let changes = changes(self.reports);
        let (breaks, additions): (Vec<_>, Vec<_>) =
            changes.iter().partition(|change| change.breaks());
        for change in &breaks {
            let Finding { rule, witness, .. } = change.finding;
            let _ = write!(out, "### `{}`: {}\n\n{}\n\n", rule.id, change.headline(), rule.why);
            if let Some(witness) = witness {
                let sentence = witness_sentence(change, &witness.rejected);
                let delivery = pretty_json(&witness.delivery);
                let _ = write!(out, "{sentence}\n\n```json\n{delivery}```\n\n");
            }
            let _ = write!(out, "**Instead:** {}\n\n", rule.instead);
        }
        for open in open(self.reports) {
            let _ = write!(out, "### `undecided`: {}\n\n", open.headline());
            if let Some(place) = &open.undecided.place {
                let [(line, _), _] = self.region(place);
                let _ = write!(out, "`{}`, line {line}\n\n", place.path.display());
            }
            let _ = write!(out, "**Instead:** {UNDECIDED_HELP}\n\n");
        }
        if !additions.is_empty() {
            out.push_str("| change | event type | since |\n|---|---|---|\n");
            for change in additions {
                let Finding { rule, change: of, .. } = change.finding;
                let what = cell(&one_line(&format!("{}: {}", rule.title, of.what)));
                let event_types = change.event_types.join("`, `");
                let _ = writeln!(out, "| {what} | `{event_types}` | {} |", names(&change.releases));
            }
            out.push('\n');
        }
        for report in self.reports {
            let _ = writeln!(out, "- {}", summary(report));
        }
        out
    }
}
