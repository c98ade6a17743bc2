//! The programs of the page in Python.

use std::fmt::Write as _;

use clip_events_contract::model::EventShape;
use clip_events_contract::{Contract, Sources};

use super::names::Names;
use super::text::literal;
use crate::error::CodegenError;
use crate::samples::Samples;
use crate::type_names::event_of;

/// Renders the programs.
///
/// # Errors
///
/// When two names of the contract become one in Python.
pub(crate) fn samples(sources: &Sources, contract: &Contract) -> Result<Samples, CodegenError> {
    let names = Names::of(sources, contract)?;
    let package = contract.manifest.package.replace('-', "_");
    let handle = contract.events.iter().map(|event| {
        let program = handle(&package, &names, event);
        (event.event_type.clone(), program)
    });
    Ok(Samples { language: "Python", receive: receive(&package), handle: handle.collect() })
}

fn receive(package: &str) -> String {
    format!(
        "import {package}


def receive(header: str | None, body: bytes, secret: str) -> int:
    \"\"\"The status to answer.\"\"\"
    try:
        {package}.verify(header, body, secret)
    except {package}.SignatureError:
        return 401
    print({package}.parse(body).type)
    return 200
"
    )
}

fn handle(package: &str, names: &Names, event: &EventShape) -> String {
    let mut lines = String::new();
    if event.is_whole {
        lines.push_str("        print(event.data)\n");
    } else {
        let attributes = names.attributes(event.fields.iter(), &[]);
        for (field, attribute) in event.fields.iter().zip(attributes) {
            let label = literal(&format!("{}:", field.name));
            let _ = writeln!(lines, "        print({label}, event.data.{attribute})");
        }
    }
    if event.follow_up.is_some() {
        lines.push_str(
            "        path = event.follow_up()\n        if path is not None:\n            print(\"next: GET\", path)\n",
        );
    }
    if lines.is_empty() {
        lines.push_str("        print(\"it is here\")\n");
    }
    let class = event_of(names.shape(&event.event_type));
    format!(
        "import {package}


def handle(body: bytes) -> None:
    event = {package}.parse(body)
    if isinstance(event, {package}.{class}):
{lines}"
    )
}
