//! Store events and read them back without loss: `cargo run -p clip-events --example store_and_read_back`.
//!
//! Store the body as it was sent where you can: it holds fields that this release does not know. Where you store your own
//! type, an [`Event`] in it is written as a delivery and parsed by the same rules when it is read.

use clip_events::{Event, EventId};
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// A row of your own: `#[derive(Serialize, Deserialize)]` works as well.
struct Stored {
    attempts: u32,
    event: Event,
}

impl Serialize for Stored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Stored", 2)?;
        row.serialize_field("attempts", &self.attempts)?;
        row.serialize_field("event", &self.event)?;
        row.end()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // An event of a type that this release does not know keeps its data byte for byte.
    let body = br#"{"id":"e2","type":"clip.liked","created":1745800000001,"data":{"likes":1.0e0}}"#;
    let row = Stored { attempts: 1, event: Event::from_slice(body)? };

    let written = serde_json::to_string(&row)?;
    println!("{written}");
    assert!(written.contains(r#""data":{"likes":1.0e0}"#));

    let mut fields: std::collections::HashMap<&str, &serde_json::value::RawValue> =
        serde_json::from_str(&written)?;
    let event = fields.remove("event").ok_or("a stored row has an event")?;
    let event: Event = serde_json::from_str(event.get())?;
    assert_eq!(event, row.event);
    assert_eq!(event.id, EventId::from("e2"));
    Ok(())
}
