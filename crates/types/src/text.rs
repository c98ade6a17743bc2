//! Strings that borrow from a delivery.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use crate::parse::Unescape;

/// A string of a delivery, borrowed as it is written there.
///
/// Nearly all strings say what is written; one with escapes (`\n`, `\u00fc`) is resolved whenever it is looked at, so that
/// parsing never allocates. Two are equal when they say the same.
///
/// ```
/// use clip_events::EventRef;
/// let delivery = br#"{"id":"e\u0031","type":"clip.liked","created":0,"data":{}}"#;
/// let event = EventRef::from_slice(delivery)?;
/// assert_eq!(event.id, "e1");
/// assert_eq!(event.id.to_str(), "e1");
/// assert_eq!(event.id.raw(), r"e\u0031");
/// # Ok::<(), clip_events::ParseError>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct Text<'a>(&'a str);

impl<'a> Text<'a> {
    /// The string; borrowed unless it is written with escapes.
    #[inline]
    pub fn to_str(self) -> Cow<'a, str> {
        if self.is_escaped() { Cow::Owned(self.chars().collect()) } else { Cow::Borrowed(self.0) }
    }

    /// Its characters.
    pub fn chars(self) -> impl Iterator<Item = char> + use<'a> {
        Unescape(self.0.chars())
    }

    /// What is written between the quotes.
    pub fn raw(self) -> &'a str {
        self.0
    }

    fn is_escaped(self) -> bool {
        self.0.as_bytes().contains(&b'\\')
    }

    /// The bytes between the quotes of a string that the parser has checked.
    #[inline(always)]
    pub(crate) fn from_checked(raw: &'a [u8]) -> Self {
        Text(std::str::from_utf8(raw).unwrap_or_default())
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.to_str(), f)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&*self.to_str(), f)
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        if self.is_escaped() || other.is_escaped() { self.chars().eq(other.chars()) } else { self.0 == other.0 }
    }
}

impl Eq for Text<'_> {}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        if self.is_escaped() { self.chars().eq(other.chars()) } else { self.0 == other }
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_str().hash(state);
    }
}

impl<'a> From<Text<'a>> for Cow<'a, str> {
    fn from(text: Text<'a>) -> Self {
        text.to_str()
    }
}

impl From<Text<'_>> for String {
    #[inline]
    fn from(text: Text<'_>) -> Self {
        if text.is_escaped() { text.chars().collect() } else { text.0.to_owned() }
    }
}
