//! Reports on a check of many schemas.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schema_source::{SchemaErrors, pretty_json};
use serde_json::{Value, json};

use super::style::{Format, Style};
use super::summary::{Summary, line, one_line};
use super::{github, human, json, junit, markdown, sarif};
use crate::check::{Acceptance, Checked, Found};
use crate::finding::Outcome;

/// Annotations that GitHub shows for a step: it drops further ones without a word.
const MAX_ANNOTATIONS: usize = 10;

/// Characters that GitHub takes as a summary of a job, or as a comment.
const MAX_MARKDOWN: usize = 60_000;

/// Writes what a check has found in one of the formats, and of which accepted breaks it has found nothing.
pub fn render_check(checked: &[Checked], stale: &[&Acceptance], style: &Style) -> String {
    match style.format {
        Format::Human => of_human(checked, stale, style),
        Format::Json => of_json(checked, stale, style),
        Format::Github => of_github(checked, stale),
        Format::Sarif => of_sarif(checked, style),
        Format::Markdown => of_markdown(checked, stale),
        Format::Junit => of_junit(checked, stale, style),
    }
}

/// Says that nothing is any more what somebody has accepted.
fn of_stale(acceptance: &Acceptance) -> String {
    let Acceptance { fingerprint, path, rule, what, .. } = acceptance;
    format!(
        "nothing breaks any more as was accepted: {rule}: {what} ({path}). Take it back: schema-compat accept --remove {fingerprint}"
    )
}

/// What of the check there is to tell.
enum Told<'a> {
    Changes(Summary<'a>),
    Errors(&'a SchemaErrors),
}

fn told(checked: &[Checked]) -> impl Iterator<Item = (&Checked, Told<'_>)> {
    checked.iter().filter_map(|schema| {
        let told = match &schema.found {
            Found::Unchanged => return None,
            Found::Changed { document, report } => {
                Told::Changes(Summary::new(document, std::slice::from_ref(&**report)))
            }
            Found::Failed(errors) => Told::Errors(errors),
        };
        Some((schema, told))
    })
}

/// The path of a schema, and the one that it had before.
pub(super) fn name(schema: &Checked) -> String {
    let place = match schema.pointer.as_str() {
        "" => schema.path.clone(),
        pointer => format!("{}#{pointer}", schema.path),
    };
    match &schema.moved_from {
        Some(from) => format!("{from} -> {place}"),
        None => place,
    }
}

/// How many there are of each kind: `12 schemas: 1 breaking, 3 additive, 8 unchanged`.
fn total(checked: &[Checked]) -> String {
    let mut counts: BTreeMap<usize, (&str, usize)> = BTreeMap::new();
    for schema in checked {
        let (rank, kind) = match (&schema.found, schema.outcome()) {
            (_, None) => (0, "could not be judged"),
            (_, Some(Outcome::Breaking)) => (1, "breaking"),
            (_, Some(Outcome::Undecided)) => (2, "undecided"),
            (Found::Unchanged, _) => (4, "unchanged"),
            (_, Some(Outcome::Additive)) => (3, "additive"),
        };
        counts.entry(rank).or_insert((kind, 0)).1 += 1;
    }
    let counts = counts.values().map(|(kind, count)| format!("{count} {kind}"));
    let schemas = if checked.len() == 1 { "schema" } else { "schemas" };
    format!("{} {schemas}: {}", checked.len(), counts.collect::<Vec<_>>().join(", "))
}

fn of_human(checked: &[Checked], stale: &[&Acceptance], style: &Style) -> String {
    let mut out = String::new();
    for (schema, told) in told(checked) {
        match told {
            Told::Changes(summary) => {
                out += &human::found(&summary, style);
                for report in summary.reports {
                    let _ = writeln!(out, "{}: since {}", name(schema), line(report));
                }
            }
            Told::Errors(errors) => {
                for error in &errors.0 {
                    let _ = writeln!(out, "error: {error}");
                }
                let _ = writeln!(out, "{}: could not be judged", name(schema));
            }
        }
        out.push('\n');
    }
    for acceptance in stale {
        let _ = writeln!(out, "error: {}\n", one_line(&of_stale(acceptance)));
    }
    out + &total(checked) + "\n"
}

fn of_json(checked: &[Checked], stale: &[&Acceptance], style: &Style) -> String {
    let schemas = checked.iter().map(|schema| {
        let mut object = match &schema.found {
            Found::Unchanged => json!({ "verdict": "unchanged" }),
            Found::Changed { document, report } => {
                let summary = Summary::new(document, std::slice::from_ref(&**report));
                json::of_report(&summary, report, style)
            }
            Found::Failed(SchemaErrors(errors)) => json!({
                "verdict": "could-not-run",
                "errors": errors.iter().map(json::of_error).collect::<Vec<_>>(),
            }),
        };
        object["schema"] = schema.path.as_str().into();
        object["schema_pointer"] = schema.pointer.as_str().into();
        object["moved_from"] = schema.moved_from.as_deref().into();
        object
    });
    let schemas: Vec<Value> = schemas.collect();
    pretty_json(&json!({
        "verdict": verdict(checked),
        "schemas": schemas,
        "no_longer_accepted": stale,
    }))
}

/// The worst of all in one word.
fn verdict(checked: &[Checked]) -> String {
    if checked.iter().any(|schema| schema.outcome().is_none()) {
        return "could-not-run".to_owned();
    }
    Outcome::of_all(checked.iter().filter_map(Checked::outcome)).to_string()
}

fn of_github(checked: &[Checked], stale: &[&Acceptance]) -> String {
    let mut lines = Vec::new();
    for (_, told) in told(checked) {
        match told {
            Told::Changes(summary) => lines.extend(github::annotations(&summary)),
            Told::Errors(errors) => lines.extend(errors.0.iter().map(|error| {
                let place = Some((&*error.path, (error.line, error.column)));
                let message = format!("{}\nInstead: {}", error.message, error.help);
                github::annotation("error", place, "could-not-run", &message)
            })),
        }
    }
    for acceptance in stale {
        lines.push(github::annotation("error", None, "no-longer-accepted", &of_stale(acceptance)));
    }
    let rank = |line: &String| {
        ["::error", "::warning"].iter().position(|it| line.starts_with(it)).unwrap_or(2)
    };
    lines.sort_by_key(rank);
    // The last one that is shown is for the rest.
    let rest = lines.len().saturating_sub(MAX_ANNOTATIONS - 1);
    lines.truncate(MAX_ANNOTATIONS - 1);
    let more = if rest == 0 {
        String::new()
    } else {
        format!("; {rest} more are in the log and in the summary")
    };
    let is_fine = verdict(checked) == "additive" && stale.is_empty();
    let level = if is_fine { "notice" } else { "error" };
    lines.push(github::annotation(
        level,
        None,
        "schema-compat",
        &format!("{}{more}", total(checked)),
    ));
    lines.concat()
}

fn of_sarif(checked: &[Checked], style: &Style) -> String {
    let results = told(checked).flat_map(|(_, told)| match told {
        Told::Changes(summary) => sarif::results(&summary),
        Told::Errors(errors) => errors.0.iter().map(sarif::of_error).collect(),
    });
    sarif::log(&results.collect::<Vec<_>>(), style)
}

fn of_markdown(checked: &[Checked], stale: &[&Acceptance]) -> String {
    let mut out = format!("## Schemas: {}\n\n{}\n\n", verdict(checked), total(checked));
    for acceptance in stale {
        let _ = writeln!(out, "- {}", one_line(&of_stale(acceptance)));
    }
    let mut left = 0;
    for (schema, told) in told(checked) {
        let (verdict, details) = match told {
            Told::Changes(summary) => (
                summary.outcome().to_string(),
                markdown::render(&summary).replace("\n## ", "\n### "),
            ),
            Told::Errors(errors) => {
                ("could not be judged".to_owned(), format!("```text\n{errors}\n```\n"))
            }
        };
        let open = if schema.outcome() == Some(Outcome::Additive) { "" } else { " open" };
        let name = name(schema).replace('&', "&amp;").replace('<', "&lt;");
        let details = format!(
            "<details{open}><summary><code>{name}</code>: {verdict}</summary>\n\n{details}\n</details>\n\n"
        );
        if out.len() + details.len() > MAX_MARKDOWN {
            left += 1;
        } else {
            out += &details;
        }
    }
    if left > 0 {
        let _ = writeln!(out, "{left} more schemas have changed: the log tells of them.");
    }
    out
}

fn of_junit(checked: &[Checked], stale: &[&Acceptance], style: &Style) -> String {
    let style = style.plain();
    let of_schema = |schema: &Checked| {
        let outcome = match &schema.found {
            Found::Changed { document, report } if report.outcome() != Outcome::Additive => {
                let summary = Summary::new(document, std::slice::from_ref(&**report));
                junit::Outcome::Failed(line(report), human::found(&summary, &style))
            }
            Found::Unchanged | Found::Changed { .. } => junit::Outcome::Passed,
            Found::Failed(errors) => {
                junit::Outcome::Broken("it could not be judged".to_owned(), errors.to_string())
            }
        };
        junit::Case { name: name(schema), outcome }
    };
    let of_stale = |acceptance: &&Acceptance| {
        let told = of_stale(acceptance);
        let outcome = junit::Outcome::Failed(one_line(&told), told);
        junit::Case { name: format!("accepted: {}", acceptance.fingerprint), outcome }
    };
    let cases = checked.iter().map(of_schema).chain(stale.iter().map(of_stale));
    junit::document(&style.tool, &cases.collect::<Vec<_>>())
}
