//! Derived serde types of the nested contract, in two envelopes: the usual one, which reads all of a delivery before it looks at
//! `type`, and a hand-written one, which does so only if `data` comes first. Strings are of the type `S`.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use crate::visitor::Text;

mod data {
    #![allow(dead_code, reason = "only parsed")]
    #![allow(unused_imports, reason = "a contract need not have maps")]

    use std::collections::BTreeMap;
    use std::marker::PhantomData;

    use serde::Deserialize;
    use serde::de::{Deserializer, IgnoredAny};

    include!(concat!(env!("OUT_DIR"), "/derived.rs"));
}

use data::Payload;

/// The usual envelope.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only parsed")]
pub struct Flattened<S> {
    id: S,
    created: u64,
    #[serde(flatten)]
    payload: Payload<S>,
}

/// The hand-written one.
#[expect(dead_code, reason = "only parsed")]
pub struct Visited<S> {
    id: S,
    created: u64,
    payload: Payload<S>,
}

impl<'de, S: Deserialize<'de>> Deserialize<'de> for Visited<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Envelope(PhantomData))
    }
}

struct Envelope<S>(PhantomData<S>);

impl<'de, S: Deserialize<'de>> Visitor<'de> for Envelope<S> {
    type Value = Visited<S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Visited<S>, A::Error> {
        let (mut id, mut created, mut event_type) = (None, None, None);
        let (mut payload, mut early) = (None, None::<serde_json::Value>);
        while let Some(Text(key)) = map.next_key()? {
            match (&*key, &event_type) {
                ("id", _) if id.is_none() => id = Some(map.next_value()?),
                ("created", _) if created.is_none() => created = Some(map.next_value()?),
                ("type", None) => event_type = Some(map.next_value::<Text<'de>>()?.0),
                ("data", Some(event_type)) if payload.is_none() && early.is_none() => {
                    payload = Some(map.next_value_seed(Shape(event_type, PhantomData))?);
                }
                ("data", None) if early.is_none() => early = Some(map.next_value()?),
                ("id" | "created" | "type" | "data", _) => {
                    return Err(A::Error::custom("duplicate key"));
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let event_type = event_type.ok_or_else(|| A::Error::missing_field("type"))?;
        let payload = match (payload, early) {
            (Some(payload), _) => payload,
            (None, Some(early)) => Payload::of(&event_type, early).map_err(A::Error::custom)?,
            (None, None) => return Err(A::Error::missing_field("data")),
        };
        Ok(Visited {
            id: id.ok_or_else(|| A::Error::missing_field("id"))?,
            created: created.ok_or_else(|| A::Error::missing_field("created"))?,
            payload,
        })
    }
}

/// Reads `data` of an event type.
struct Shape<'t, S>(&'t str, PhantomData<S>);

impl<'de, S: Deserialize<'de>> DeserializeSeed<'de> for Shape<'_, S> {
    type Value = Payload<S>;

    fn deserialize<D: Deserializer<'de>>(self, data: D) -> Result<Payload<S>, D::Error> {
        Payload::of(self.0, data)
    }
}
