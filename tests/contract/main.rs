//! Contract-wide properties and snapshots, in one binary. `tests/README.md` lists what is tested where.

mod additions;
mod agreement;
mod api;
mod arbitrary;
mod architecture;
mod codegen;
mod contracts;
mod examples;
mod forms;
mod json_syntax;
mod ladder;
mod numbers;
mod releases;
mod schemars;
mod scratch;
mod surface;

use clip_events_tests::json::Json;

/// The first example of the contract that has all of `fields` in its `data`.
fn delivery_with(fields: &[&str]) -> Json {
    let deliveries =
        examples::all().into_iter().map(|example| Json::parse(&example.bytes).expect("JSON"));
    let mut deliveries = deliveries.filter(|delivery| {
        let data = delivery.get("data").expect("a delivery");
        fields.iter().all(|field| data.get(field).is_some())
    });
    deliveries.next().expect("an example has the fields")
}
