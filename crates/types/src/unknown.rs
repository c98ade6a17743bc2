//! Event types that this release does not know, kept as they came.

use std::fmt;

use crate::text::Text;
use crate::{EventType, ParseError};

/// Text that is no event type of this release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownEventType(String);

impl UnknownEventType {
    pub(crate) fn new(event_type: &str) -> Self {
        Self(event_type.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownEventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no event type that this release knows", self.0)
    }
}

impl std::error::Error for UnknownEventType {}

/// JSON text that is well formed, kept to the byte.
///
/// ```
/// let json = clip_events::RawJson::new(r#"{"b": 1.0, "b": 1e0}"#)?;
/// assert_eq!(json.as_str(), r#"{"b": 1.0, "b": 1e0}"#);
/// # Ok::<(), clip_events::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RawJson(Box<str>);

impl RawJson {
    /// The text, if it is well-formed JSON as deliveries are: see [`ParseError`].
    ///
    /// # Errors
    ///
    /// When it is not.
    pub fn new(json: &str) -> Result<Self, ParseError> {
        crate::parse::value(json.as_bytes())?;
        Ok(Self(json.trim_matches([' ', '\t', '\n', '\r']).into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the parser has checked already.
    pub(crate) fn from_checked(json: &str) -> Self {
        Self(json.into())
    }
}

impl fmt::Display for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Written as the JSON that it is; only `serde_json` can do so.
#[cfg(feature = "serde")]
impl serde::Serialize for RawJson {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &serde_json::value::RawValue =
            serde_json::from_str(&self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// An event whose type this release does not know: its type and its data, lossless.
///
/// Made by parsing; [`Unknown::new`] makes one for a test.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unknown {
    event_type: String,
    data: RawJson,
}

/// Why something is not an [`Unknown`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotUnknown {
    /// This release knows the event type: use its variant of [`Payload`](crate::Payload).
    Known(EventType),
    /// The data is no JSON object.
    NoObject,
}

impl fmt::Display for NotUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(event_type) => {
                write!(f, "{event_type} is a known event type: use its own variant of Payload")
            }
            Self::NoObject => f.write_str("the data of an event is a JSON object"),
        }
    }
}

impl std::error::Error for NotUnknown {}

impl Unknown {
    /// An event of a type that this release does not know, for tests of how it is handled.
    ///
    /// # Errors
    ///
    /// When the type is known, or the data is no JSON object: such an event could not be parsed again.
    ///
    /// ```
    /// use clip_events::{RawJson, Unknown};
    /// let unknown = Unknown::new("clip.liked", RawJson::new(r#"{"clip_id":"c1"}"#)?)?;
    /// assert_eq!(unknown.event_type(), "clip.liked");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(event_type: impl Into<String>, data: RawJson) -> Result<Self, NotUnknown> {
        let event_type = event_type.into();
        if let Ok(known) = event_type.parse() {
            return Err(NotUnknown::Known(known));
        }
        if !data.as_str().starts_with('{') {
            return Err(NotUnknown::NoObject);
        }
        Ok(Self { event_type, data })
    }

    /// The string in `type`.
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The object in `data`.
    pub fn data(&self) -> &RawJson {
        &self.data
    }

    /// What the parser has checked already.
    pub(crate) fn from_checked(event_type: String, data: &str) -> Self {
        Self { event_type, data: RawJson::from_checked(data) }
    }
}

/// An event whose type this release does not know, borrowed from a delivery.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct UnknownRef<'a> {
    /// The string in `type`.
    pub event_type: Text<'a>,
    /// The object in `data` as it is written: well-formed JSON.
    pub data: &'a str,
}

impl<'a> UnknownRef<'a> {
    /// An event that the parser has checked.
    pub(crate) fn from_checked(event_type: Text<'a>, data: &'a [u8]) -> Self {
        let data = std::str::from_utf8(data).expect("the parser takes nothing that is not UTF-8");
        UnknownRef { event_type, data }
    }
}

impl From<UnknownRef<'_>> for Unknown {
    fn from(unknown: UnknownRef<'_>) -> Self {
        Unknown::from_checked(unknown.event_type.into(), unknown.data)
    }
}

#[cfg(feature = "proptest")]
impl proptest::arbitrary::Arbitrary for Unknown {
    type Parameters = ();
    type Strategy = proptest::strategy::BoxedStrategy<Self>;

    fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
        use proptest::prelude::{Strategy as _, any};
        let data = proptest::sample::select(vec![
            "{}",
            r#"{"clip_id":"c1","n":[1.0,1e3,null]}"#,
            r#"{"a":{"a":1,"a":2}}"#,
        ]);
        (crate::scalar::strings(&["clip.liked", "post.draft"]), data, any::<bool>())
            .prop_filter_map("a type that is not known", |(event_type, data, known_prefix)| {
                let event_type = if known_prefix {
                    format!("{}.{event_type}", EventType::ALL[0].as_str())
                } else {
                    event_type
                };
                Self::new(event_type, RawJson::from_checked(data)).ok()
            })
            .boxed()
    }
}
