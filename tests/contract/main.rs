//! Contract-wide properties and snapshots, in one binary. `tests/README.md` lists what is tested where.

mod additions;
mod api;
mod architecture;
mod codegen;
mod contracts;
mod documents;
mod examples;
mod forms;
mod json_syntax;
mod ladder;
mod numbers;
mod others;
mod printable;
mod releases;
mod schemars;
mod scratch;
mod surface;

use clip_events_agreement::json::Json;

/// The first example of an event type.
fn delivery_of(event_type: &str) -> Json {
    let mut examples = examples::all().into_iter();
    let example = examples.find(|example| example.event_type == event_type);
    Json::parse(&example.expect("an example").bytes).expect("JSON")
}
