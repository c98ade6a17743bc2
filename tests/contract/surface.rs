//! The surface of the contract: one sorted line for everything that it declares. In the diff of the snapshot an addition
//! shows as `+` lines only, and any other change has `-` lines as well.

use clip_events_contract::Contract;
use clip_events_contract::model::{Definition, Field, Schema};
use clip_events_test_support::root;

#[test]
fn the_surface_changes_knowingly() {
    let contract = clip_events_contract::load(&root()).unwrap_or_else(|errors| panic!("{errors}"));
    insta::assert_snapshot!(surface(&contract));
}

fn surface(contract: &Contract) -> String {
    let mut lines: Vec<_> = contract.envelope.fields().map(|field| line("*", "", field)).collect();
    // Lowering makes sure that these two exist and are required.
    lines.push("*  type  string  required".into());
    lines.push("*  data  object  required".into());
    for event in &contract.events {
        let volume = if event.high_volume { "  high volume" } else { "" };
        lines.push(format!("{}  {}{volume}", event.event_type, event.domain));
        lines
            .extend(event.follow_up.iter().map(|path| format!("{}  GET {path}", event.event_type)));
        lines.extend(event.fields.iter().map(|field| line(&event.event_type, "data.", field)));
    }
    for definition in contract.definitions.values() {
        lines.extend(definition_lines(definition));
    }
    lines.sort();
    lines.join("\n")
}

fn line(owner: &str, prefix: &str, field: &Field) -> String {
    let required = if field.required { "required" } else { "optional" };
    format!("{owner}  {prefix}{}  {}  {required}", field.name, field.value)
}

/// What has a name stands once, with each member of an object or a set on a line of its own.
fn definition_lines(definition: &Definition) -> Vec<String> {
    let Definition { name, schema, nullable, known_values, .. } = definition;
    let mut lines: Vec<_> =
        known_values.iter().map(|value| format!("{name}  known value  {value}")).collect();
    let mut kind = schema.to_string();
    match schema {
        Schema::Object(fields) => lines.extend(fields.iter().map(|field| line(name, "", field))),
        Schema::Enum(literals) => {
            kind = "closed set".into();
            lines.extend(literals.iter().map(|literal| format!("{name}  value  {literal}")));
        }
        Schema::Tagged { tag, branches } => {
            kind = format!("object that `{tag}` tells apart");
            lines.extend(
                branches.iter().map(|branch| {
                    format!("{name}  {tag} {:?}  {}", branch.value, branch.definition)
                }),
            );
        }
        _ => {}
    }
    lines.push(format!("{name}  {kind}{}", if *nullable { ", or null" } else { "" }));
    lines
}
