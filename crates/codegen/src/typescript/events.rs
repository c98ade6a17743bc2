//! `events.ts`: the event types, what tells known things from unknown ones, and the paths of follow-up calls.

use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::{EventShape, PathPart, Schema};

use super::code::{doc, property, string};
use super::names::{Names, known};

pub(super) fn render(contract: &Contract, names: &Names) -> String {
    let mut text = String::from(
        "// The event types, what tells known things from unknown ones, and the paths of follow-up calls.\n\n\
         import { fill } from \"../follow_up.js\";\n\
         import type * as types from \"./types.js\";\n\n\
         /** The event types that this release knows, sorted. More may appear. */\n\
         export const EVENT_TYPES = Object.freeze([\n",
    );
    for event in &contract.events {
        let _ = writeln!(text, "  {},", string(&event.event_type));
    }
    text.push_str(
        "] as const);\n\n\
         const KNOWN: ReadonlySet<string> = new Set(EVENT_TYPES);\n\n\
         /** Whether this release knows the type of `event`: then `switch (event.type)` tells which it is. */\n\
         export function isKnown(event: types.AnyEvent): event is types.KnownEvent {\n  return KNOWN.has(event.type);\n}\n",
    );
    for definition in contract.definitions.values() {
        if let Schema::Tagged { tag, branches } = &definition.schema {
            let name = names.definition(&definition.name);
            let known = known(name);
            let comment = doc("", &format!("Whether this release knows the `{tag}` of `value`."));
            let values: Vec<_> = branches.iter().map(|branch| string(&branch.value)).collect();
            let _ = write!(
                text,
                "\n{comment}export function is{known}(value: types.{name}): value is types.{known} {{\n  \
                 return [{}].includes({} as string);\n}}\n",
                values.join(", "),
                property("value", tag),
            );
        }
    }
    text.push_str(
        "\n/**\n * Path of the `GET` that fetches what the event announces, filled from `data`.\n *\n \
         * Undefined if the event type has none, if a field that the path needs is absent, or if a value cannot stand in a path\n \
         * (it is empty, `.` or `..`).\n */\n\
         export function followUp(event: types.AnyEvent): string | undefined {\n  \
         // Whatever the types say, a value on the way may be absent or `null`.\n  \
         const data: any = event.data;\n  switch (event.type) {\n",
    );
    for event in &contract.events {
        text.push_str(&follow_up(event).unwrap_or_default());
    }
    text.push_str("    default:\n      return undefined;\n  }\n}\n");
    text
}

fn follow_up(event: &EventShape) -> Option<String> {
    let mut literals = vec![String::new()];
    let mut values = Vec::new();
    for part in &event.follow_up.as_ref()?.path {
        match part {
            PathPart::Literal(text) => {
                if let Some(last) = literals.last_mut() {
                    last.push_str(text);
                }
            }
            PathPart::Fields(fields) => {
                let mut fields = fields.iter();
                let first = fields.next().map(|field| property("data", &field.name));
                let path = fields.fold(first.unwrap_or_default(), |path, field| {
                    format!("{path}?.[{}]", string(&field.name))
                });
                values.push(path);
                literals.push(String::new());
            }
        }
    }
    let literals: Vec<_> = literals.iter().map(|text| string(text)).collect();
    Some(format!(
        "    case {}:\n      return fill([{}], [{}]);\n",
        string(&event.event_type),
        literals.join(", "),
        values.join(", ")
    ))
}
