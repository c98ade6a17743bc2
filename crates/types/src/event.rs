//! What an event offers beyond its generated fields.

use std::fmt;

use crate::{Event, EventType, Payload};

impl Event {
    /// The event type; `None` when this release does not know it.
    pub const fn event_type(&self) -> Option<EventType> {
        self.payload.event_type()
    }

    /// The string in `type`, known or not.
    pub fn type_name(&self) -> &str {
        self.payload.type_name()
    }

    /// Path of the `GET` that fetches what the event announces: see [`Payload::follow_up`].
    pub fn follow_up(&self) -> Option<String> {
        self.payload.follow_up()
    }
}

impl Payload {
    /// The string in `type`, known or not.
    pub fn type_name(&self) -> &str {
        match self {
            Self::Unknown(unknown) => unknown.event_type(),
            known => known.event_type().map_or("", EventType::as_str),
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl AsRef<str> for EventType {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for EventType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for EventType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Only JSON, and only what [`Event::from_slice`] takes; through `serde_json`, with the same verdict on every
/// input. Where serde buffers a value first (`flatten`, `untagged`), numbers are rounded before they are judged.
#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Event {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::de::parse(deserializer, Self::from_slice)
    }
}
