//! Strings borrowed from a delivery.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A string of a delivery, borrowed as it is written there.
///
/// Most strings are written without escapes. The escapes of the others (`\n`, `\u00fc`) are resolved each time that the
/// string is read, so that parsing never allocates. Two strings are equal if they are once resolved.
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
    /// The bytes between the quotes, which the parser has checked. If there are escapes among them, the opening quote comes
    /// first, which no string could start with otherwise: a flag that takes no room.
    written: &'a [u8],
}

impl<'a> Text<'a> {
    /// The string, borrowed unless it is written with escapes.
    #[inline]
    pub fn to_str(self) -> Cow<'a, str> {
        if self.is_escaped() {
            Cow::Owned(self.chars().collect())
        } else {
            Cow::Borrowed(self.raw())
        }
    }

    /// The characters, with escapes resolved.
    pub fn chars(self) -> impl Iterator<Item = char> + Clone + use<'a> {
        Unescape(self.raw().chars())
    }

    /// The text between the quotes, as written.
    #[inline]
    pub fn raw(self) -> &'a str {
        // The parser has looked at every byte and could vouch for them, but only to unsafe code. Looking again, at the
        // strings that are asked for, takes a few nanoseconds each.
        //
        // Nobody outside sees the default: UTF-8 is checked at the end of a delivery, before any string is handed out.
        // Until then the parser itself may ask, for a key that it compares or reports, and can do with an empty string:
        // that delivery is rejected whatever the key is.
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// The string, if it is UTF-8: for a delivery that was rejected before that was checked.
    pub(crate) fn to_checked(self) -> Option<String> {
        std::str::from_utf8(self.bytes()).ok().map(|_| self.into())
    }

    /// The bytes, if they are written without escapes.
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

    /// A string that the parser has checked, or will have checked before anybody sees it: without its quotes, but with the
    /// opening one if there are escapes in it.
    #[inline]
    pub(crate) fn from_checked(written: &'a [u8]) -> Self {
        Text { written }
    }
}

/// The characters of a string with its escapes resolved. The parser has checked these, so `?` ends it at its end only.
#[derive(Clone)]
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
