//! Reads JSON that has been judged once more: one level at a time, or with all that is inside. On one level, what is inside is passed over,
//! or judged again where a straight line leads through it. So reading all of a value takes as often as it is deep at most.
//!
//! Nothing here can fail on such JSON. On any other it ends early.

use super::reader::Next;
use super::sink::{Inner, Slot, Slots};
use super::vocabulary::{Extent, Reader, Shape, end};
use crate::text::Text;

/// The value that `rest` begins with, and what follows it.
pub(crate) fn first(rest: &[u8]) -> (&[u8], &[u8]) {
    let tail = Reader::new(rest, Extent::Whole).skip(rest, 0).unwrap_or_default();
    (&rest[..rest.len() - tail.len()], tail)
}

/// The values of the fields of `shape` in the object that `rest` begins with, and what follows it. `inner` reads what is inside, if it
/// likes to; else that is passed over, or judged again where the straight line of the object leads through it.
pub(crate) fn members<'a, const N: usize>(
    rest: &'a [u8],
    shape: &'static Shape,
    inner: Option<Inner<'_, 'a>>,
) -> ([Slot<'a>; N], &'a [u8]) {
    let mut values = [Slot::Absent; N];
    // As long as the values are borrowed, and no longer.
    let inner = inner.map(|inner| inner as Inner<'_, 'a>);
    let slots = Slots { values: &mut values, inner };
    let rest = collect(rest, shape, slots).unwrap_or_default();
    (values, rest)
}

/// Reads no further than to the end of what is inside, for an object that may hold others of its shape: to judge it again on each
/// level would cost the square of the depth.
#[allow(dead_code, reason = "a contract need not have recursive objects")]
pub(crate) fn pass_over(_: usize, rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [b'{' | b'[', ..] => Some(first(rest).1),
        _ => None,
    }
}

fn collect<'a>(
    object: &'a [u8],
    shape: &'static Shape,
    mut slots: Slots<'_, 'a>,
) -> Option<&'a [u8]> {
    let mut reader = Reader::new(object, Extent::Whole);
    let inside = object.strip_prefix(b"{")?;
    let (mut seen, mut rest) = (0, inside);
    if let Some(lines) = shape.lines {
        (seen, rest) = (lines.compact)(&mut reader, &mut slots, inside, 0);
        if rest.first() != Some(&b'}') {
            (seen, rest) = reader.rest_of_line(&mut slots, shape, (seen, rest), 0);
        }
    }
    let mut expected = end(seen);
    let mut is_first = expected == 0;
    loop {
        let key = match reader.next(rest, is_first).ok()? {
            Next::Key(key) => key,
            Next::End(rest) => return Some(rest),
        };
        is_first = false;
        let (found, value) = reader.member(shape, key, expected).ok()?;
        if let Some(at) = found {
            expected = at + 1;
            if let Some(tail) = slots.read(at, value) {
                rest = tail;
                continue;
            }
        }
        rest = match value {
            [b'"', tail @ ..] => reader.string(tail).ok()?.rest,
            _ => reader.skip(value, 0).ok()?,
        };
        if let Some(at) = found {
            *slots.values.get_mut(at)? = Slot::Json(&value[..value.len() - rest.len()]);
        }
    }
}

/// The items of an array.
#[derive(Clone)]
pub(crate) struct Items<'a> {
    rest: &'a [u8],
    first: bool,
}

impl<'a> Items<'a> {
    pub(crate) fn new(json: &'a [u8]) -> Self {
        Items { rest: json.get(1..).unwrap_or_default(), first: true }
    }

    /// What `read` makes of the rest of the array from the next item on; it returns what follows the item.
    pub(crate) fn next_by<T>(&mut self, read: impl FnOnce(&'a [u8]) -> (T, &'a [u8])) -> Option<T> {
        let reader = Reader::new(self.rest, Extent::Whole);
        let mut start = reader.space(self.rest);
        match start {
            [b',', tail @ ..] if !self.first => start = reader.space(tail),
            [b']', tail @ ..] => {
                self.rest = tail;
                return None;
            }
            [] => return None,
            _ => {}
        }
        self.first = false;
        let item;
        (item, self.rest) = read(start);
        Some(item)
    }

    /// What follows the array, once all items have been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.next_by(first)
    }
}

/// The members of an object.
#[derive(Clone)]
pub(crate) struct Entries<'a> {
    rest: &'a [u8],
    first: bool,
}

impl<'a> Entries<'a> {
    pub(crate) fn new(json: &'a [u8]) -> Self {
        Entries { rest: json.get(1..).unwrap_or_default(), first: true }
    }

    /// As [`Items::next_by`], and the key.
    pub(crate) fn next_by<T>(
        &mut self,
        read: impl FnOnce(&'a [u8]) -> (T, &'a [u8]),
    ) -> Option<(Text<'a>, T)> {
        let mut reader = Reader::new(self.rest, Extent::Whole);
        let key = match reader.next(self.rest, self.first).ok()? {
            Next::Key(key) => reader.key(key).ok()?,
            Next::End(tail) => {
                self.rest = tail;
                return None;
            }
        };
        self.first = false;
        let value;
        (value, self.rest) = read(key.value);
        Some((key.text, value))
    }

    /// What follows the object, once all members have been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Text<'a>, &'a [u8]);

    fn next(&mut self) -> Option<(Text<'a>, &'a [u8])> {
        self.next_by(first)
    }
}

/// The string that `json` is.
pub(crate) fn text(json: &[u8]) -> Text<'_> {
    match json {
        [b'"', written @ .., b'"'] if written.contains(&b'\\') => {
            Text::from_checked(&json[..json.len() - 1])
        }
        [b'"', plain @ .., b'"'] => Text::from_checked(plain),
        _ => Text::default(),
    }
}

/// The string that `rest` begins with, and what follows it.
pub(crate) fn first_text(rest: &[u8]) -> (Text<'_>, &[u8]) {
    let string = rest.strip_prefix(b"\"").map(|tail| Reader::new(rest, Extent::Whole).string(tail));
    match string {
        Some(Ok(string)) => (string.text, string.rest),
        _ => (Text::default(), &[]),
    }
}

/// The integer that `json` is, if an `i64` holds it.
pub(crate) fn integer(json: &[u8]) -> Option<i64> {
    super::number::scan(json).ok()?.0.integer(i64::MIN, i64::MAX)
}

/// The nearest binary64 of the number that `json` is.
pub(crate) fn float(json: &[u8]) -> Option<f64> {
    super::number::scan(json).ok()?.0.float(None, None)
}
