//! Reads JSON that has been judged once more, one level at a time: what is inside is passed over, or judged again where a straight line
//! leads through it. So reading all of a value takes as often as it is deep at most.
//!
//! Nothing here can fail on such JSON. On any other it ends early.

use super::reader::Next;
use super::sink::{Slot, Slots};
use super::vocabulary::{Extent, Reader, Shape};
use crate::text::Text;

/// The value that `rest` begins with, and what follows it.
pub(crate) fn first(rest: &[u8]) -> (&[u8], &[u8]) {
    let tail = Reader::new(rest, Extent::Whole).skip(rest, 0).unwrap_or_default();
    (&rest[..rest.len() - tail.len()], tail)
}

/// The values of the fields of `shape` in the object that `rest` begins with, and what follows it.
pub(crate) fn members<'a, const N: usize>(
    rest: &'a [u8],
    shape: &'static Shape,
) -> ([Slot<'a>; N], &'a [u8]) {
    let mut values = [Slot::Absent; N];
    let rest = collect(rest, shape, &mut values).unwrap_or_default();
    (values, rest)
}

fn collect<'a>(
    object: &'a [u8],
    shape: &'static Shape,
    values: &mut [Slot<'a>],
) -> Option<&'a [u8]> {
    let mut reader = Reader::new(object, Extent::Whole);
    let mut rest = object.strip_prefix(b"{")?;
    let mut expected = 0;
    if let Some(line) = shape.line {
        let seen;
        (seen, rest) = line(&mut reader, &mut Slots(values), rest, 0);
        expected = 64 - seen.leading_zeros() as usize;
    }
    let mut is_first = expected == 0;
    loop {
        let key = match reader.next(rest, is_first).ok()? {
            Next::Key(key) => key,
            Next::End(rest) => return Some(rest),
        };
        is_first = false;
        let (found, value) = reader.member(shape, key, expected).ok()?;
        rest = match value {
            [b'"', tail @ ..] => reader.string(tail).ok()?.rest,
            _ => reader.skip(value, 0).ok()?,
        };
        if let Some(at) = found {
            *values.get_mut(at)? = Slot::Json(&value[..value.len() - rest.len()]);
            expected = at + 1;
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
            [b']', ..] | [] => return None,
            _ => {}
        }
        self.first = false;
        let item;
        (item, self.rest) = read(start);
        Some(item)
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
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Text<'a>, &'a [u8]);

    fn next(&mut self) -> Option<(Text<'a>, &'a [u8])> {
        let mut reader = Reader::new(self.rest, Extent::Whole);
        let Next::Key(key) = reader.next(self.rest, self.first).ok()? else { return None };
        self.first = false;
        let key = reader.key(key).ok()?;
        self.rest = reader.skip(key.value, 0).ok()?;
        Some((key.text, &key.value[..key.value.len() - self.rest.len()]))
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

/// The integer that `json` is, if an `i64` holds it.
pub(crate) fn integer(json: &[u8]) -> Option<i64> {
    super::number::scan(json).ok()?.0.integer(i64::MIN, i64::MAX)
}

/// The nearest binary64 of the number that `json` is.
pub(crate) fn float(json: &[u8]) -> Option<f64> {
    super::number::scan(json).ok()?.0.float(None, None)
}
