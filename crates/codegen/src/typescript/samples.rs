//! The programs of the page in TypeScript.

use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::EventShape;

use super::code::{property, string};
use crate::samples::Samples;

/// Renders the programs.
pub(crate) fn samples(contract: &Contract) -> Samples {
    let package = &contract.manifest.package;
    let handle = contract.events.iter().map(|event| {
        let program = handle(package, event);
        (event.event_type.clone(), program)
    });
    Samples { language: "TypeScript", receive: receive(package), handle: handle.collect() }
}

fn receive(package: &str) -> String {
    format!(
        "import {{ parse, SIGNATURE_HEADER, SignatureError, verify }} from \"{package}\";

export async function receive(request: Request, secret: string): Promise<Response> {{
  const body = await request.arrayBuffer();
  try {{
    await verify(request.headers.get(SIGNATURE_HEADER), body, secret);
  }} catch (error) {{
    if (error instanceof SignatureError) return new Response(error.message, {{ status: 401 }});
    throw error;
  }}
  console.log(parse(body).type);
  return new Response();
}}
"
    )
}

fn handle(package: &str, event: &EventShape) -> String {
    let mut lines = String::new();
    if event.is_whole {
        lines.push_str("    console.log(event.data);\n");
    } else {
        for field in &event.fields {
            let (label, value) =
                (string(&format!("{}:", field.name)), property("event.data", &field.name));
            let _ = writeln!(lines, "    console.log({label}, {value});");
        }
    }
    let mut imports = "isKnown, parse".to_owned();
    if event.follow_up.is_some() {
        imports.insert_str(0, "followUp, ");
        lines.push_str("    const path = followUp(event);\n    if (path !== undefined) console.log(\"next: GET\", path);\n");
    }
    let event_type = string(&event.event_type);
    format!(
        "import {{ {imports} }} from \"{package}\";

export function handle(body: Uint8Array): void {{
  const event = parse(body);
  if (isKnown(event) && event.type === {event_type}) {{
{lines}  }}
}}
"
    )
}
