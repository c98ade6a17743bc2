//! Owned values of an event, each read from JSON that has been judged in one pass over it, however deep it is.

use std::collections::BTreeMap;

use crate::parse::{Entries, Items, Slot};
use crate::text::Text;
use crate::view::sealed::Judged;

impl<'a> Judged<'a> for String {
    fn read(json: &'a [u8]) -> Self {
        Text::read(json).into()
    }

    fn take(slot: Slot<'a>) -> Self {
        Text::take(slot).into()
    }

    fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
        let (text, rest) = Text::first(rest);
        (text.into(), rest)
    }
}

impl<'a, T: Judged<'a>> Judged<'a> for Vec<T> {
    fn read(json: &'a [u8]) -> Self {
        Self::first(json).0
    }

    fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
        let mut items = Items::new(rest);
        let mut list = Vec::new();
        while let Some(item) = items.next_by(T::first) {
            list.push(item);
        }
        (list, items.rest())
    }
}

/// The last one of a key counts.
impl<'a, T: Judged<'a>> Judged<'a> for BTreeMap<String, T> {
    fn read(json: &'a [u8]) -> Self {
        Self::first(json).0
    }

    fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
        let mut entries = Entries::new(rest);
        let mut map = BTreeMap::new();
        while let Some((key, value)) = entries.next_by(T::first) {
            map.insert(key.into(), value);
        }
        (map, entries.rest())
    }
}

impl<'a, T: Judged<'a>> Judged<'a> for Box<T> {
    fn read(json: &'a [u8]) -> Self {
        Box::new(T::read(json))
    }

    fn take(slot: Slot<'a>) -> Self {
        Box::new(T::take(slot))
    }

    fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
        let (value, rest) = T::first(rest);
        (Box::new(value), rest)
    }
}

/// Reads the value that `rest` begins with into `place`. Returns what follows it.
pub(crate) fn store<'a, T: Judged<'a>>(place: &mut Option<T>, rest: &'a [u8]) -> &'a [u8] {
    let (value, rest) = T::first(rest);
    *place = Some(value);
    rest
}

/// The value of a required field, which the pass has read.
pub(crate) fn stored<T: Judged<'static>>(value: Option<T>) -> T {
    value.unwrap_or_else(|| T::read(&[]))
}

/// What `make` makes of the value that `rest` begins with, and what follows it.
pub(crate) fn read_as<'a, T: Judged<'a>, U>(
    rest: &'a [u8],
    make: impl FnOnce(T) -> U,
) -> (U, &'a [u8]) {
    let (value, rest) = T::first(rest);
    (make(value), rest)
}
