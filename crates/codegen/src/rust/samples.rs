//! The programs of the page in Rust.

use clip_events_contract::model::EventShape;
use clip_events_contract::{Contract, Sources};

use super::model::{Model, members};
use super::names::Names;
use crate::error::CodegenError;
use crate::samples::Samples;

/// Renders the programs.
///
/// # Errors
///
/// When two names of the contract become one in Rust.
pub(crate) fn samples(sources: &Sources, contract: &Contract) -> Result<Samples, CodegenError> {
    let model = Model::new(contract, Names::of(sources, contract)?);
    let package = contract.manifest.package.replace('-', "_");
    let handle = contract.events.iter().map(|event| {
        let program = handle(&package, &model, event);
        (event.event_type.clone(), program)
    });
    Ok(Samples { language: "Rust", receive: receive(&package), handle: handle.collect() })
}

fn receive(package: &str) -> String {
    format!(
        "use std::error::Error;
use std::time::SystemTime;

use {package}::Event;
use {package}_receiver::{{Secrets, Verifier}};

// Once, at the start.
pub fn verifier() -> Result<Verifier, Box<dyn Error>> {{
    Ok(Verifier::new(Secrets::from_env(\"SIGNING_SECRET\")?))
}}

// Who gets an error of `verify` answers 401.
pub fn receive(verifier: &Verifier, header: &[u8], body: &[u8]) -> Result<Event, Box<dyn Error>> {{
    Ok(verifier.verify(header, body, SystemTime::now())?.parse_owned()?)
}}
"
    )
}

fn handle(package: &str, model: &Model<'_>, event: &EventShape) -> String {
    let name = model.shape(event);
    let lines = members(&event.fields);
    let lines = lines.iter().map(|member| {
        let label = format!("{:?}", format!("{}: {{:?}}", escaped(&member.field.name)));
        format!("        println!({label}, data.{});\n", member.ident)
    });
    let mut lines: String = lines.collect();
    let data = if lines.is_empty() {
        lines.push_str("        println!(\"it is here\");\n");
        "_"
    } else {
        "data"
    };
    let follow_up = match &event.follow_up {
        Some(_) => {
            "    if let Some(path) = event.follow_up() {
        println!(\"next: GET {path}\");
    }
"
        }
        None => "",
    };
    format!(
        "use {package}::{{Event, ParseError, Payload}};

pub fn handle(body: &[u8]) -> Result<(), ParseError> {{
    let event = Event::from_slice(body)?;
    if let Payload::{name}({data}) = &event.payload {{
{lines}    }}
{follow_up}    Ok(())
}}
"
    )
}

/// `text` as it stands in a format string.
fn escaped(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}
