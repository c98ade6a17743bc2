//! Event types that this release does not know, kept as they came.

use std::fmt;

use crate::error::ParseError;
use crate::generated::event_type::EventType;
use crate::parse;
use crate::raw::{RawJson, RawJsonRef};
use crate::text::Text;
use crate::view::sealed::Judged as _;

/// An event of a type that this release does not know: its type, and its data as written.
///
/// Parsing makes it; [`Unknown::new`] makes one for a test. Two are equal if their data differ in whitespace alone. Serialised, the
/// data have no line breaks: an event is always one line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unknown {
    type_name: String,
    data: RawJson,
}

impl Unknown {
    /// An event of a type that this release does not know, to test how it is handled.
    ///
    /// # Errors
    ///
    /// If the type is known, or the data is not a JSON object, or one with more than 126 containers open at once: such an event could
    /// not be parsed again.
    ///
    /// ```
    /// use clip_events::Unknown;
    /// let unknown = Unknown::new("clip.liked", r#"{"clip_id":"c1"}"#)?;
    /// assert_eq!(unknown.type_name(), "clip.liked");
    /// # Ok::<(), clip_events::InvalidUnknownError>(())
    /// ```
    pub fn new(
        type_name: impl Into<String>,
        data: impl Into<String>,
    ) -> Result<Self, InvalidUnknownError> {
        let (type_name, data) = (type_name.into(), data.into());
        if let Ok(known) = type_name.parse() {
            return Err(InvalidUnknownError::Known(known));
        }
        let data = parse::any(data.as_bytes(), 1).map_err(InvalidUnknownError::Json)?;
        if !data.starts_with(b"{") {
            return Err(InvalidUnknownError::NotAnObject);
        }
        Ok(Self { type_name, data: RawJson::read(data) })
    }

    /// The string in `type`.
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// The object in `data`, byte for byte as it was written.
    pub fn data(&self) -> &str {
        self.data.as_str()
    }
}

/// The parts are not those of an [`Unknown`] event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidUnknownError {
    /// This release knows the event type: use its variant of [`Payload`](crate::Payload).
    Known(EventType),
    /// The data is not JSON.
    Json(ParseError),
    /// The data is JSON, but not an object.
    NotAnObject,
}

impl fmt::Display for InvalidUnknownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(event_type) => {
                write!(f, "{event_type} is a known event type: use its own variant of Payload")
            }
            Self::Json(error) => write!(f, "the data of an event is a JSON object: {error}"),
            Self::NotAnObject => f.write_str("the data of an event is a JSON object"),
        }
    }
}

impl std::error::Error for InvalidUnknownError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            Self::Known(_) | Self::NotAnObject => None,
        }
    }
}

/// An event of a type that this release does not know, borrowed from a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRef<'a> {
    type_name: Text<'a>,
    data: RawJsonRef<'a>,
}

impl<'a> UnknownRef<'a> {
    /// The string in `type`.
    pub fn type_name(&self) -> Text<'a> {
        self.type_name
    }

    /// The object in `data`, byte for byte as it was written.
    pub fn data(&self) -> &'a str {
        self.data.as_str()
    }

    /// A copy that borrows nothing.
    pub fn into_owned(self) -> Unknown {
        self.into()
    }

    /// An event whose parts the parser has checked already.
    pub(crate) fn from_checked(type_name: Text<'a>, data: &'a [u8]) -> Self {
        UnknownRef { type_name, data: RawJsonRef::read(data) }
    }
}

impl From<UnknownRef<'_>> for Unknown {
    fn from(unknown: UnknownRef<'_>) -> Self {
        Unknown { type_name: unknown.type_name.into(), data: unknown.data.into() }
    }
}

/// The object in `data`, written as the JSON that it is. Only `serde_json` can write it so.
#[cfg(feature = "serde")]
pub(crate) fn serialize_data<S: serde::Serializer>(
    unknown: &Unknown,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    crate::raw::raw(unknown.data(), serializer)
}

#[cfg(feature = "proptest1")]
impl proptest::arbitrary::Arbitrary for Unknown {
    type Parameters = ();
    type Strategy = proptest::strategy::BoxedStrategy<Self>;

    fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
        use proptest::prelude::{Strategy as _, any};
        let data = proptest::sample::select(vec![
            "{}",
            r#"{"clip_id":"c1","n":[1.0,1e3,null]}"#,
            r#"{"a":{"a":1,"a":2}}"#,
            "\r\n{ \"a\\\"\" :\t[\n 1 ,\r 2 ] }\n",
        ]);
        (crate::arbitrary::strings(&["clip.liked", "post.draft"]), data, any::<bool>())
            .prop_filter_map("a type that is not known", |(name, data, known_prefix)| {
                let prefix =
                    if known_prefix { format!("{}.", EventType::ALL[0]) } else { String::new() };
                Self::new(prefix + &name, data).ok()
            })
            .boxed()
    }
}
