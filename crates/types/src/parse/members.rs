//! Reads JSON that has been judged once more, one level at a time: what is inside is passed over.
//!
//! Nothing here can fail on such JSON. On any other it ends early.

use super::reader::{Extent, Next, Reader};
use super::vocabulary::Shape;
use crate::text::Text;

/// The values of the fields that `shape` begins with in the object `json`, as they are written; empty if a field is absent.
pub(crate) fn members<'a, const N: usize>(json: &'a [u8], shape: &'static Shape) -> [&'a [u8]; N] {
    let mut values = [&[][..]; N];
    collect(json, shape, &mut values);
    values
}

fn collect<'a>(json: &'a [u8], shape: &'static Shape, values: &mut [&'a [u8]]) -> Option<()> {
    let mut reader = Reader::new(json, Extent::Whole);
    let mut rest = json.strip_prefix(b"{")?;
    let mut first = true;
    let mut expected = 0;
    while let Next::Key(key) = reader.next(rest, first).ok()? {
        first = false;
        let (found, value) = reader.member(shape, key, expected).ok()?;
        rest = reader.skip(value, 0).ok()?;
        if let Some(at) = found {
            *values.get_mut(at)? = &value[..value.len() - rest.len()];
            expected = at + 1;
        }
    }
    Some(())
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
}

impl<'a> Iterator for Items<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let mut reader = Reader::new(self.rest, Extent::Whole);
        let mut start = reader.space(self.rest);
        match start {
            [b',', tail @ ..] if !self.first => start = reader.space(tail),
            [b']', ..] | [] => return None,
            _ => {}
        }
        self.first = false;
        self.rest = reader.skip(start, 0).ok()?;
        Some(&start[..start.len() - self.rest.len()])
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
    let Some(tail) = json.strip_prefix(b"\"") else { return Text::default() };
    Reader::new(json, Extent::Whole).text(tail).map(|scanned| scanned.text).unwrap_or_default()
}

/// The integer that `json` is, if an `i64` holds it.
pub(crate) fn integer(json: &[u8]) -> Option<i64> {
    super::number::scan(json).ok()?.0.integer(i64::MIN, i64::MAX)
}

/// The nearest binary64 of the number that `json` is.
pub(crate) fn float(json: &[u8]) -> Option<f64> {
    super::number::scan(json).ok()?.0.float(None, None)
}
