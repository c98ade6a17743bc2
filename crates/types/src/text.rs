//! Strings that borrow from a delivery.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

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
pub struct Text<'a> {
    /// What is written between the quotes: checked by the parser, UTF-8 among the rest. If there are escapes in it, the
    /// opening quote stands before it, which no string could start with otherwise: a flag that takes no room.
    written: &'a [u8],
}

impl<'a> Text<'a> {
    /// The string; borrowed unless it is written with escapes.
    #[inline]
    pub fn to_str(self) -> Cow<'a, str> {
        if self.is_escaped() {
            Cow::Owned(self.chars().collect())
        } else {
            Cow::Borrowed(self.raw())
        }
    }

    /// Its characters.
    pub fn chars(self) -> impl Iterator<Item = char> + use<'a> {
        Unescape(self.raw().chars())
    }

    /// What is written between the quotes.
    #[inline]
    pub fn raw(self) -> &'a str {
        // The parser has looked at every byte and could vouch for them, but only to unsafe code. Looking again, at the
        // strings that are asked for, takes a few nanoseconds each.
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// Its bytes, if they are written without escapes.
    #[inline]
    pub(crate) fn as_plain(self) -> Option<&'a [u8]> {
        (!self.is_escaped()).then_some(self.written)
    }

    #[inline]
    fn is_escaped(self) -> bool {
        self.written.first() == Some(&b'"')
    }

    #[inline]
    fn bytes(self) -> &'a [u8] {
        self.written.strip_prefix(b"\"").unwrap_or(self.written)
    }

    /// A string that the parser has checked, or will have before anybody sees this: without its quotes, but with the
    /// opening one if there are escapes in it.
    #[inline]
    pub(crate) fn from_checked(written: &'a [u8]) -> Self {
        Text { written }
    }
}

/// The characters that a checked string says: its escapes are resolved.
struct Unescape<'a>(std::str::Chars<'a>);

impl Unescape<'_> {
    /// The code unit of the `\u` escape whose digits come next.
    fn unit(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |unit, _| Some(unit << 4 | self.0.next()?.to_digit(16)?))
    }
}

impl Iterator for Unescape<'_> {
    type Item = char;

    #[inline]
    fn next(&mut self) -> Option<char> {
        let plain = self.0.next()?;
        if plain != '\\' {
            return Some(plain);
        }
        Some(match self.0.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.unit()?;
                if let 0xd800..0xdc00 = unit {
                    // The parser has seen the other half.
                    self.0.nth(1)?;
                    let low = self.unit()?;
                    char::from_u32(0x1_0000 + ((unit - 0xd800) << 10 | (low & 0x3ff)))?
                } else {
                    char::from_u32(unit)?
                }
            }
            same => same,
        })
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
        match (self.as_plain(), other.as_plain()) {
            (Some(one), Some(other)) => one == other,
            _ => self.chars().eq(other.chars()),
        }
    }
}

impl Eq for Text<'_> {}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        match self.as_plain() {
            Some(plain) => plain == other.as_bytes(),
            None => self.chars().eq(other.chars()),
        }
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
        text.to_str().into_owned()
    }
}
