//! A report as one JSON document.

use schema_source::{SchemaError, pretty_json};
use serde_json::{Value, json};

use super::style::Style;
use super::summary::{Remark, Summary};
use crate::finding::{Finding, OpenClaim, ProvedClaim, Report};

pub(super) fn render(summary: &Summary<'_>, style: &Style) -> String {
    let releases: Vec<_> =
        summary.reports.iter().map(|report| of_report(summary, report, style)).collect();
    let mut object = json!({ "verdict": summary.outcome().to_string(), "releases": releases });
    if !summary.remarks.is_empty() {
        object["remarks"] = summary.remarks.iter().map(of_remark).collect();
    }
    pretty_json(&object)
}

pub(super) fn of_report(summary: &Summary<'_>, report: &Report, style: &Style) -> Value {
    let findings: Vec<_> =
        report.findings.iter().map(|finding| of_finding(summary, finding)).collect();
    let open: Vec<_> = report.open.iter().map(|open| of_open(summary, open)).collect();
    let mut object = json!({
        "release": report.release.name,
        "verdict": report.outcome().to_string(),
        "proved": report.proved.len(),
        "findings": findings,
        "undecided": open,
    });
    if style.proofs {
        object["proofs"] = report.proved.iter().map(of_proved).collect();
    }
    object
}

fn of_finding(summary: &Summary<'_>, finding: &Finding) -> Value {
    let (rule, change) = (finding.rule(), &finding.change);
    let (line, column) = summary.region(&finding.location).start;
    let also: Vec<_> = change.also.iter().map(|change| &change.instance).collect();
    let delivery = finding.breaking_delivery.as_ref();
    let mut object = json!({
        "rule": rule.id,
        "breaks": finding.audience().map_or("nobody", |audience| finding.direction.broken(audience)),
        "event_type": change.event_type,
        "instance": change.instance,
        "also": also,
        "what": change.what,
        "why": finding.why(),
        "instead": finding.instead(),
        "path": finding.location.path,
        "line": line,
        "column": column,
        "pointer": finding.location.pointer,
        "released_pointer": change.released,
        "witness": delivery.map(|of| json!({ "delivery": of.delivery, "rejected": of.rejected })),
    });
    // Where breaks may be accepted.
    for (key, value) in [("fingerprint", &finding.fingerprint), ("accepted", &finding.accepted)] {
        if let Some(value) = value {
            object[key] = value.as_str().into();
        }
    }
    object
}

fn of_open(summary: &Summary<'_>, open: &OpenClaim) -> Value {
    let OpenClaim { claim, reason, location } = open;
    let location = location.as_ref();
    let start = location.map(|location| summary.region(location).start);
    json!({
        "breaks": claim.direction.broken(claim.audience),
        "event_type": claim.event_type,
        "reason": reason,
        "path": location.map(|location| &location.path),
        "line": start.map(|(line, _)| line),
        "column": start.map(|(_, column)| column),
        "pointer": location.map(|location| &location.pointer),
    })
}

fn of_remark(Remark { tool, error }: &Remark) -> Value {
    let mut object = serde_json::Map::from_iter([("tool".to_owned(), tool.as_str().into())]);
    if let Value::Object(error) = of_error(error) {
        object.extend(error);
    }
    object.into()
}

/// A mistake in a schema, and its place.
pub(super) fn of_error(error: &SchemaError) -> Value {
    json!({
        "message": error.message,
        "instead": error.help,
        "path": error.path,
        "line": error.line,
        "column": error.column,
        "pointer": error.pointer,
    })
}

fn of_proved(proved: &ProvedClaim) -> Value {
    let ProvedClaim { claim, proof } = proved;
    let proof: Vec<_> = proof.to_string().lines().map(str::to_owned).collect();
    json!({ "breaks": claim.direction.broken(claim.audience), "event_type": claim.event_type, "proof": proof })
}
