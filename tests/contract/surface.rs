//! The surface of the contract: one sorted line for everything that it declares. In the diff of the snapshot an addition
//! shows as `+` lines only, and any other change has `-` lines as well.

use clip_events_contract::Contract;
use clip_events_contract::model::{Bound, Field, Scalar};
use clip_events_tests::root;

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
    for definition in &contract.definitions {
        let values = definition.known_values.iter();
        lines.extend(values.map(|value| format!("{}  known value  {value}", definition.name)));
    }
    lines.sort();
    lines.join("\n")
}

fn line(event_type: &str, prefix: &str, field: &Field) -> String {
    let required = if field.required { "required" } else { "optional" };
    format!("{event_type}  {prefix}{}  {}  {required}", field.name, values(field.scalar()))
}

fn values(scalar: &Scalar) -> String {
    let side = |bound: &Option<Bound>, open: &str| match bound {
        None => String::new(),
        Some(Bound { value, exclusive }) => {
            format!("{value}{}", if *exclusive { open } else { "" })
        }
    };
    match scalar {
        Scalar::String { format } => {
            format.as_ref().map_or_else(|| "string".into(), |format| format!("string ({format})"))
        }
        Scalar::Boolean => "boolean".into(),
        Scalar::Integer { minimum, maximum } => format!("integer {minimum}..={maximum}"),
        Scalar::Number { minimum: None, maximum: None } => "number".into(),
        Scalar::Number { minimum, maximum } => {
            let inclusive =
                if matches!(maximum, Some(Bound { exclusive: false, .. })) { "=" } else { "" };
            format!("number {}..{inclusive}{}", side(minimum, "<"), side(maximum, ""))
        }
    }
}
