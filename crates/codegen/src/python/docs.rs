//! The words of docstrings.

use clip_events_contract::Contract;
use clip_events_contract::model::{Definition, EventShape, Field};

/// The text of a definition: its description, which values it takes, and their unit.
pub(super) fn definition(definition: &Definition) -> String {
    let takes = format!("Takes: {}.", definition.schema);
    let unit = definition.unit.as_ref().map(|unit| format!("Unit: {unit}."));
    paragraphs([Some(definition.description.clone()), Some(takes), unit])
}

/// The text of a field: its description, or which values it takes.
pub(super) fn field(contract: &Contract, field: &Field) -> String {
    match contract.description(field) {
        "" => format!("Takes: {}.", field.value),
        description => description.to_owned(),
    }
}

/// The text of a shape.
pub(super) fn shape(shape: &EventShape) -> String {
    let of = format!("`data` of `{}`.", shape.event_type);
    paragraphs([Some(of), Some(shape.description.clone())])
}

/// The text of an event.
pub(super) fn event(shape: &EventShape) -> String {
    let volume = shape.high_volume.then(|| "High volume: it fires many times for one job.".into());
    paragraphs([
        Some(format!("`{}`: {}", shape.event_type, shape.title)),
        Some(shape.description.clone()),
        volume,
    ])
}

fn paragraphs<const N: usize>(all: [Option<String>; N]) -> String {
    let all = all.into_iter().flatten().filter(|paragraph| !paragraph.is_empty());
    all.collect::<Vec<_>>().join("\n\n")
}
