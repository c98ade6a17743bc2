//! Nested values of an event as it borrows from a delivery: lists, maps and objects that are read when they are asked for.

use std::fmt;
use std::marker::PhantomData;

use crate::parse::{self, Entries, Items, Literal, Slot};
use crate::text::Text;

pub(crate) mod sealed {
    //! Seals what nested values may be: the parser has judged them.

    use crate::parse::Slot;

    /// A value that is read from JSON that has been judged.
    pub trait Judged<'a>: Sized {
        /// Reads the value, all of `json`.
        fn read(json: &'a [u8]) -> Self;

        /// Takes the value that the pass has read, which is there.
        fn take(slot: Slot<'a>) -> Self {
            match slot {
                Slot::Json(json) => Self::read(json),
                _ => Self::read(&[]),
            }
        }

        /// Reads the value that `rest` begins with. Returns what follows it, too.
        fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
            let (json, rest) = crate::parse::first(rest);
            (Self::read(json), rest)
        }
    }
}

use sealed::Judged;

/// A nested object. Reading it passes over what is inside its own members, and cannot fail: the delivery has been judged.
pub struct View<'a, T> {
    json: &'a [u8],
    value: PhantomData<fn() -> T>,
}

impl<'a, T: Judged<'a>> View<'a, T> {
    /// Reads its members.
    pub fn get(self) -> T {
        T::read(self.json)
    }
}

/// A nested list. Iterating reads its items one by one, without an allocation, and cannot fail: the delivery has been judged.
pub struct List<'a, T> {
    json: &'a [u8],
    item: PhantomData<fn() -> T>,
}

impl<'a, T: Judged<'a>> List<'a, T> {
    /// Its items, in order.
    pub fn iter(&self) -> ListIter<'a, T> {
        ListIter { items: Items::new(self.json), item: PhantomData }
    }

    /// The number of items: passes over all of them.
    pub fn len(&self) -> usize {
        Items::new(self.json).count()
    }

    /// Whether it has no items.
    pub fn is_empty(&self) -> bool {
        Items::new(self.json).next().is_none()
    }

    /// The item at `index`, counted from 0: passes over those before it.
    pub fn get(&self, index: usize) -> Option<T> {
        Items::new(self.json).nth(index).map(T::read)
    }
}

impl<'a, T: Judged<'a>> IntoIterator for &List<'a, T> {
    type Item = T;
    type IntoIter = ListIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Iterator over the items of a [`List`].
pub struct ListIter<'a, T> {
    items: Items<'a>,
    item: PhantomData<fn() -> T>,
}

impl<'a, T: Judged<'a>> Iterator for ListIter<'a, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.items.next_by(T::first)
    }
}

impl<'a, T: Judged<'a>> IntoIterator for List<'a, T> {
    type Item = T;
    type IntoIter = ListIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A nested object whose keys are open. Iterating reads its entries one by one, in the order of the delivery, without an
/// allocation, and cannot fail: the delivery has been judged. A key may occur twice; the last one counts.
pub struct Map<'a, T> {
    json: &'a [u8],
    value: PhantomData<fn() -> T>,
}

impl<'a, T: Judged<'a>> Map<'a, T> {
    /// Its entries, in the order of the delivery.
    pub fn iter(&self) -> MapIter<'a, T> {
        MapIter { entries: Entries::new(self.json), value: PhantomData }
    }

    /// Whether it has no entries.
    pub fn is_empty(&self) -> bool {
        Entries::new(self.json).next().is_none()
    }

    /// The value of `key`: passes over all entries.
    pub fn get(&self, key: &str) -> Option<T> {
        let entries = Entries::new(self.json).filter(|(found, _)| *found == *key);
        entries.last().map(|(_, value)| T::read(value))
    }
}

impl<'a, T: Judged<'a>> IntoIterator for &Map<'a, T> {
    type Item = (Text<'a>, T);
    type IntoIter = MapIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Iterator over the entries of a [`Map`].
pub struct MapIter<'a, T> {
    entries: Entries<'a>,
    value: PhantomData<fn() -> T>,
}

impl<'a, T: Judged<'a>> Iterator for MapIter<'a, T> {
    type Item = (Text<'a>, T);

    fn next(&mut self) -> Option<(Text<'a>, T)> {
        self.entries.next().map(|(key, value)| (key, T::read(value)))
    }
}

impl<'a, T: Judged<'a>> IntoIterator for Map<'a, T> {
    type Item = (Text<'a>, T);
    type IntoIter = MapIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

macro_rules! view {
    ($($name:ident: $marker:ident),*) => {$(
        impl<T> Clone for $name<'_, T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<'_, T> {}

        impl<'a, T> $name<'a, T> {
            /// A copy of all that is inside.
            pub(crate) fn owned<O: Judged<'a>>(self) -> O {
                O::read(self.json)
            }
        }

        impl<'a, T> Judged<'a> for $name<'a, T> {
            fn read(json: &'a [u8]) -> Self {
                $name { json, $marker: PhantomData }
            }
        }
    )*};
}

view!(View: value, List: item, Map: value);

impl<'a, T: Judged<'a> + fmt::Debug> fmt::Debug for View<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl<'a, T: Judged<'a> + PartialEq> PartialEq for View<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<'a, T: Judged<'a> + fmt::Debug> fmt::Debug for List<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, T: Judged<'a> + PartialEq> PartialEq for List<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T: Judged<'a> + fmt::Debug> fmt::Debug for Map<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// By their entries, in the order of the deliveries.
impl<'a, T: Judged<'a> + PartialEq> PartialEq for Map<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T> Clone for ListIter<'_, T> {
    fn clone(&self) -> Self {
        ListIter { items: self.items.clone(), item: PhantomData }
    }
}

impl<T> Clone for MapIter<'_, T> {
    fn clone(&self) -> Self {
        MapIter { entries: self.entries.clone(), value: PhantomData }
    }
}

impl<T> fmt::Debug for ListIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ListIter")
    }
}

impl<T> fmt::Debug for MapIter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MapIter")
    }
}

impl<'a> Judged<'a> for Text<'a> {
    fn read(json: &'a [u8]) -> Self {
        parse::text(json)
    }

    fn take(slot: Slot<'a>) -> Self {
        match slot {
            Slot::Text(text) => text,
            Slot::Json(json) => Self::read(json),
            _ => Text::default(),
        }
    }

    fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
        parse::first_text(rest)
    }
}

impl Judged<'_> for bool {
    fn read(json: &[u8]) -> Self {
        json.first() == Some(&b't')
    }

    fn take(slot: Slot<'_>) -> Self {
        match slot {
            Slot::Boolean(value) => value,
            Slot::Json(json) => Self::read(json),
            _ => false,
        }
    }
}

impl Judged<'_> for () {
    fn read(_: &[u8]) -> Self {}
}

impl Judged<'_> for i64 {
    fn read(json: &[u8]) -> Self {
        parse::integer(json).unwrap_or_default()
    }

    fn take(slot: Slot<'_>) -> Self {
        match slot {
            Slot::Integer(value) => value,
            Slot::Json(json) => Self::read(json),
            _ => 0,
        }
    }
}

impl Judged<'_> for u64 {
    fn read(json: &[u8]) -> Self {
        i64::read(json).unsigned_abs()
    }

    fn take(slot: Slot<'_>) -> Self {
        i64::take(slot).unsigned_abs()
    }
}

impl Judged<'_> for f64 {
    fn read(json: &[u8]) -> Self {
        parse::float(json).unwrap_or_default()
    }

    fn take(slot: Slot<'_>) -> Self {
        match slot {
            Slot::Float(value) => value,
            Slot::Json(json) => Self::read(json),
            _ => 0.0,
        }
    }
}

impl<'a, T: Judged<'a>> Judged<'a> for Option<T> {
    fn read(json: &'a [u8]) -> Self {
        (json != b"null").then(|| T::read(json))
    }

    fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
        if let [b'n', b'u', b'l', b'l', rest @ ..] = rest {
            return (None, rest);
        }
        let (value, rest) = T::first(rest);
        (Some(value), rest)
    }
}

/// The value of a field that may be absent.
pub(crate) fn optional<'a, T: Judged<'a>>(slot: Slot<'a>) -> Option<T> {
    match slot {
        Slot::Absent => None,
        slot => Some(T::take(slot)),
    }
}

/// The position of the value that `json` is in a closed set; 0 if it is not in it.
pub(crate) fn position(json: &[u8], set: &[Literal]) -> usize {
    let text = json.starts_with(b"\"").then(|| parse::text(json));
    let integer = parse::integer(json);
    let position = set.iter().position(|literal| match literal {
        Literal::Boolean(known) => json == if *known { &b"true"[..] } else { b"false" },
        Literal::Integer(known) => integer == Some(*known),
        Literal::Text(known) => text.is_some_and(|text| text == **known),
    });
    position.unwrap_or(0)
}

/// The position of the branch of `tagged` that the object `json` is of.
pub(crate) fn branch(json: &[u8], tagged: &'static parse::Tagged) -> Option<usize> {
    let mut entries = Entries::new(json);
    let (_, tag) = entries.find(|(key, _)| *key == *tagged.tag)?;
    let tag = parse::text(tag);
    tagged.branches.iter().position(|(known, _)| tag == **known)
}
