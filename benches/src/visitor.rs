//! A fast hand-written visitor: borrowed strings, keys in any order, required fields checked at the end.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

/// An event that borrows from its delivery.
#[derive(Debug)]
#[expect(dead_code, reason = "only parsed")]
pub struct Event<'a> {
    id: Cow<'a, str>,
    created: u64,
    event_type: Cow<'a, str>,
    data: Data<'a>,
}

/// A string that is borrowed if possible. Deserialising `Cow` itself always copies.
pub struct Text<'a>(pub Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrow)
    }
}

macro_rules! data {
    ($($field:ident: $ty:ty),*) => {
        /// The fields of all shapes.
        #[derive(Debug, Default)]
        struct Data<'a> {
            $($field: Option<$ty>),*
        }

        impl<'de> Deserialize<'de> for Data<'de> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Fields;
                impl<'de> Visitor<'de> for Fields {
                    type Value = Data<'de>;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data<'de>, A::Error> {
                        let mut data = Data::default();
                        while let Some(Text(key)) = map.next_key()? {
                            match &*key {
                                $(stringify!($field) => {
                                    if data.$field.is_some() {
                                        return Err(A::Error::duplicate_field(stringify!($field)));
                                    }
                                    data.$field = Some(Value::next(&mut map)?);
                                })*
                                _ => drop(map.next_value::<IgnoredAny>()?),
                            }
                        }
                        Ok(data)
                    }
                }
                deserializer.deserialize_map(Fields)
            }
        }

        impl Data<'_> {
            fn has(&self, field: &str) -> bool {
                match field {
                    $(stringify!($field) => self.$field.is_some(),)*
                    _ => false,
                }
            }
        }
    };
}

trait Value<'de>: Sized {
    fn next<A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error>;
}

impl<'de> Value<'de> for Cow<'de, str> {
    fn next<A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
        Ok(map.next_value::<Text<'de>>()?.0)
    }
}

impl<'de> Value<'de> for f64 {
    fn next<A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
        map.next_value()
    }
}

impl<'de> Value<'de> for u64 {
    fn next<A: MapAccess<'de>>(map: &mut A) -> Result<Self, A::Error> {
        map.next_value()
    }
}

data! {
    asset_id: Cow<'a, str>,
    team_id: Cow<'a, str>,
    job_id: Cow<'a, str>,
    error: Cow<'a, str>,
    progress: f64,
    duration_seconds: f64,
    project_id: Cow<'a, str>,
    post_id: Cow<'a, str>,
    clip_id: Cow<'a, str>,
    platform: Cow<'a, str>,
    scheduled_at: u64,
    published_url: Cow<'a, str>
}

/// The required fields of an event type; `None` if the event type is not known.
fn required(event_type: &str) -> Option<&'static [&'static str]> {
    Some(match event_type {
        "asset.analysis.progress" => &["asset_id", "team_id", "progress"],
        "project.render.progress" => &["project_id", "team_id", "progress"],
        "asset.analysis.started" | "asset.analysis.succeeded" => &["asset_id", "team_id"],
        "asset.analysis.failed" | "asset.creation.failed" => &["asset_id", "team_id", "error"],
        "asset.creation.succeeded" => &["asset_id", "team_id", "duration_seconds"],
        "project.render.started" | "project.render.succeeded" => &["project_id", "team_id"],
        "project.render.failed" => &["project_id", "team_id", "error"],
        "post.draft.created" => &["post_id", "clip_id", "platform", "team_id"],
        "post.failed" => &["post_id", "clip_id", "platform", "team_id", "error"],
        "post.published" => &["post_id", "clip_id", "platform", "team_id", "published_url"],
        "post.scheduled" => &["post_id", "clip_id", "platform", "team_id", "scheduled_at"],
        _ => return None,
    })
}

impl<'de> Deserialize<'de> for Event<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Envelope;
        impl<'de> Visitor<'de> for Envelope {
            type Value = Event<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event<'de>, A::Error> {
                let (mut id, mut created, mut event_type, mut data) =
                    (None, None, None, None::<Data<'de>>);
                while let Some(Text(key)) = map.next_key()? {
                    match &*key {
                        "id" if id.is_none() => id = Some(map.next_value::<Text<'de>>()?.0),
                        "type" if event_type.is_none() => {
                            event_type = Some(map.next_value::<Text<'de>>()?.0)
                        }
                        "created" if created.is_none() => created = Some(map.next_value()?),
                        "data" if data.is_none() => data = Some(map.next_value()?),
                        "id" | "type" | "created" | "data" => {
                            return Err(A::Error::custom("duplicate key"));
                        }
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                let event_type = event_type.ok_or_else(|| A::Error::missing_field("type"))?;
                let data = data.ok_or_else(|| A::Error::missing_field("data"))?;
                let required = required(&event_type).unwrap_or_default();
                if !required.iter().all(|field| data.has(field)) {
                    return Err(A::Error::custom("a field is missing"));
                }
                if data.progress.is_some_and(|progress| !(0.0..=1.0).contains(&progress)) {
                    return Err(A::Error::custom("out of bounds"));
                }
                Ok(Event {
                    id: id.ok_or_else(|| A::Error::missing_field("id"))?,
                    created: created.ok_or_else(|| A::Error::missing_field("created"))?,
                    event_type,
                    data,
                })
            }
        }
        deserializer.deserialize_map(Envelope)
    }
}
