//! A report as SARIF 2.1.0, for code scanning.

use std::path::Path;

use schema_source::{Location, SchemaError, pretty_json};
use serde_json::{Value, json};

use super::style::Style;
use super::summary::{Kind, OPEN_HELP, Region, Remark, Summary};
use crate::pointer::uri_escaped;
use crate::rules::{Rule, rules};

pub(super) fn render(summary: &Summary<'_>, style: &Style) -> String {
    log(&results(summary), style)
}

/// A log of these results.
pub(super) fn log(results: &[Value], style: &Style) -> String {
    let mut known: Vec<_> = rules().iter().map(of_rule).collect();
    let (title, why) =
        ("a question is open", "The engine could neither prove nor refute that nobody breaks.");
    known.push(descriptor("undecided", title, why, OPEN_HELP, "error"));
    let (title, why) = ("a schema cannot be judged", "It cannot be read, or is no schema.");
    known.push(descriptor("could-not-run", title, why, "Mend it.", "error"));
    let driver =
        json!({ "name": style.tool, "version": env!("CARGO_PKG_VERSION"), "rules": known });
    pretty_json(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

/// What was found, as results.
pub(super) fn results(summary: &Summary<'_>) -> Vec<Value> {
    let changes = summary.changes.iter().map(|change| {
        let (rule, location) = (change.finding.rule(), &change.finding.location);
        result(summary, &rule.id, level(change.kind()), &change.message(), Some(location))
    });
    let open = summary.open.iter().map(|open| {
        let location = open.open.location.as_ref();
        result(summary, "undecided", "error", &open.message(), location)
    });
    let remarks = summary.remarks.iter().map(|Remark { tool, error }| {
        let text = format!("{}. Instead: {}", error.message, error.help);
        let start = (error.line, error.column);
        let mut result = result(summary, tool, "warning", &text, None);
        result["locations"] = locations(&error.path, Region { start, end: start });
        result
    });
    changes.chain(open).chain(remarks).collect()
}

fn of_rule(rule: &Rule) -> Value {
    descriptor(&rule.id, &rule.title, &rule.why, &rule.instead, level(Kind::of(rule)))
}

fn descriptor(id: &str, title: &str, why: &str, instead: &str, level: &str) -> Value {
    let help =
        if instead.is_empty() { why.to_owned() } else { format!("{why} Instead: {instead}") };
    json!({
        "id": id,
        "shortDescription": { "text": title },
        "fullDescription": { "text": why },
        "help": { "text": help },
        "defaultConfiguration": { "level": level },
    })
}

fn result(
    summary: &Summary<'_>,
    id: &str,
    level: &str,
    text: &str,
    location: Option<&Location>,
) -> Value {
    let mut result = json!({ "ruleId": id, "level": level, "message": { "text": text } });
    if let Some(location) = location {
        result["locations"] = locations(&location.path, summary.region(location));
    }
    result
}

fn locations(path: &Path, Region { start, end }: Region) -> Value {
    json!([{
        "physicalLocation": {
            "artifactLocation": { "uri": uri(path), "uriBaseId": "%SRCROOT%" },
            "region": {
                "startLine": start.0,
                "startColumn": start.1,
                "endLine": end.0,
                "endColumn": end.1,
            },
        }
    }])
}

fn level(kind: Kind) -> &'static str {
    match kind {
        Kind::Breaking => "error",
        Kind::Warning => "warning",
        Kind::Accepted | Kind::Addition | Kind::Change => "note",
    }
}

/// An error in a schema, which stops the check of it.
pub(super) fn of_error(error: &SchemaError) -> Value {
    let text = format!("{}. Instead: {}", error.message, error.help);
    let start = (error.line, error.column);
    json!({
        "ruleId": "could-not-run",
        "level": "error",
        "message": { "text": text },
        "locations": locations(&error.path, Region { start, end: start }),
    })
}

/// `path` as a URI reference (RFC 3986) with `/` between its segments.
fn uri(path: &Path) -> String {
    let path = path.display().to_string().replace('\\', "/");
    uri_escaped(&path)
}
