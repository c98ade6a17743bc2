//! Straight lines: their steps, and how one goes on behind what it does not expect.

use super::number;
use super::prediction::{Data, Envelope, Predicted, Prediction, Resume, TypeValue};
use super::sink::{Place, Sink, Slots};
use super::string;
use super::tables::Tables;
use super::value::keep_number;
use super::vocabulary::{Bits, Fault, Field, FieldSet, Lines, MAX_DEPTH, Reader, Shape};
use super::words::{after, after_part};

/// A literal that a straight line expects: an array, so that the compiler knows its length.
pub(crate) trait Expected {
    /// The rest after it, if `rest` starts with it.
    fn after<'a>(&self, rest: &'a [u8]) -> Option<&'a [u8]>;
    fn bytes(&self) -> &[u8];
}

impl<const N: usize> Expected for [u8; N] {
    #[inline(always)]
    fn after<'a>(&self, rest: &'a [u8]) -> Option<&'a [u8]> {
        after(rest, self)
    }

    #[inline(always)]
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// The steps of a straight line. Each returns the rest after what it reads, or `None` if something else is there. If they are `SPACED`,
/// there may be whitespace before a key, and one blank after its colon.
impl<'a> Reader<'a> {
    /// Reads `literal`: a key with its colon, and, if they belong to it, the byte before the key and the one that the value begins with.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn literal<const SPACED: bool>(
        &self,
        rest: &'a [u8],
        literal: &impl Expected,
    ) -> Option<&'a [u8]> {
        if !SPACED {
            return literal.after(rest);
        }
        let literal = literal.bytes();
        let (rest, key) = match (literal, rest) {
            ([b'"', ..], [b'"', ..]) => (rest, literal),
            ([b'"', ..], _) => (self.space_slow(rest), literal),
            ([before, key @ ..], [first, b' ', tail @ ..])
                if first == before && tail.first() == Some(&b'"') =>
            {
                (tail, key)
            }
            ([before, key @ ..], [first, tail @ ..]) if first == before => {
                (self.space_slow(tail), key)
            }
            _ => return None,
        };
        let [key @ .., last] = key else { return None };
        if *last == b':' {
            let value = after(after_part(rest, key)?, b":")?;
            return Some(value.strip_prefix(b" ").unwrap_or(value));
        }
        match after_part(rest, key)? {
            [b' ', first, tail @ ..] | [first, tail @ ..] if first == last => Some(tail),
            _ => None,
        }
    }

    /// Follows the straight line through `data`. The one that is `SPACED` takes compact deliveries as well: it is there once.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn predict_data<const SPACED: bool, C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        event_type: C::EventType,
        inside: &'a [u8],
    ) -> (FieldSet<C::Bits>, &'a [u8]) {
        if SPACED {
            self.predict_spaced_data::<C, S>(sink, event_type, FieldSet::empty(), inside)
        } else {
            C::predict_data::<false, S>(self, sink, event_type, FieldSet::empty(), inside)
        }
    }

    #[inline(never)]
    fn predict_spaced_data<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        event_type: C::EventType,
        seen: FieldSet<C::Bits>,
        at: &'a [u8],
    ) -> (FieldSet<C::Bits>, &'a [u8]) {
        C::predict_data::<true, S>(self, sink, event_type, seen, at)
    }

    /// Goes on with a delivery where the straight line through its `data` has ended, which is behind what has been `seen` of it. If `ends`,
    /// nothing has to follow `data`.
    #[inline(never)]
    #[allow(dead_code, reason = "a contract need not have a straight line")]
    pub(crate) fn predict_rest<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        envelope: FieldSet<C::Bits>,
        (event_type, inside): (C::EventType, &'a [u8]),
        (seen, at): (FieldSet<C::Bits>, &'a [u8]),
        ends: bool,
    ) -> Prediction<'a, C::EventType, C::Bits> {
        let (seen, at) = self.predict_rest_of_data::<C, S>(sink, event_type, seen, at);
        if ends && seen.missing(C::shape(event_type)).is_none() {
            if let Some(rest) = self.ends::<C>(at) {
                return Ok(Predicted { event_type, envelope, data: seen, rest });
            }
        }
        let event_type = Some(TypeValue::Known(event_type));
        let data = Some(Data::Judged { start: self.before(inside), rest: at, seen });
        Err(Resume::within(at, Envelope { seen: envelope, event_type, data }))
    }

    /// Follows the straight line through `data` again behind each member that is not declared. `at` is behind what has been `seen`.
    pub(super) fn predict_rest_of_data<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        event_type: C::EventType,
        seen: FieldSet<C::Bits>,
        at: &'a [u8],
    ) -> (FieldSet<C::Bits>, &'a [u8]) {
        if C::whole(event_type).is_some() {
            return (seen, at);
        }
        self.go_on(
            (seen, at),
            FieldSet::empty(),
            |reader, at, first| reader.past_undeclared_data::<C>(at, event_type, first),
            |reader, seen, at| reader.predict_spaced_data::<C, S>(sink, event_type, seen, at),
        )
    }

    /// Goes on where the compact line through an object has ended: with the one for whitespace, and again behind each member that is not
    /// declared. `at` is behind what has been `seen`.
    #[inline(never)]
    pub(super) fn rest_of_line(
        &mut self,
        slots: &mut Slots<'_, 'a>,
        shape: &'static Shape,
        (mut seen, mut at): (u64, &'a [u8]),
        open: u32,
    ) -> (u64, &'a [u8]) {
        let Some(Lines { spaced, .. }) = shape.lines else { return (seen, at) };
        if seen == 0 && self.refused.is_none() {
            (seen, at) = spaced(self, slots, at, open, seen);
        }
        self.go_on(
            (seen, at),
            0,
            |reader, at, first| reader.past_undeclared(at, shape, first, open),
            |reader, seen, at| spaced(reader, slots, at, open, seen),
        )
    }

    /// Follows `line` again behind each member that `past` passes over, from `at` on, which is behind what has been `seen`. If that
    /// is still `none` in the end, `at` has not moved: the general loop begins with the first member.
    #[inline(always)]
    fn go_on<T: Copy + PartialEq>(
        &mut self,
        (mut seen, at): (T, &'a [u8]),
        none: T,
        past: impl Fn(&mut Self, &'a [u8], bool) -> Option<&'a [u8]>,
        mut line: impl FnMut(&mut Self, T, &'a [u8]) -> (T, &'a [u8]),
    ) -> (T, &'a [u8]) {
        let (mut rest, mut first) = (at, seen == none);
        while let Some(tail) = past(self, rest, first) {
            (rest, first) = (tail, false);
            let Some(from) = self.behind(rest, seen == none) else { break };
            let (all, tail) = line(self, seen, from);
            if all != seen {
                (seen, rest) = (all, tail);
            }
        }
        (seen, if seen == none { at } else { rest })
    }

    /// Where a straight line goes on behind the member that ends before `rest`, if others follow it: at the comma, or behind it if the
    /// line expects its first member.
    #[inline(always)]
    fn behind(&self, rest: &'a [u8], first: bool) -> Option<&'a [u8]> {
        match rest {
            [b',', tail @ ..] if first => Some(self.space(tail)),
            [b',', ..] => Some(rest),
            _ => None,
        }
    }

    /// The rest after a delivery from the end of `data`: members that are not declared may stand between them.
    fn ends<C: Tables>(&mut self, rest: &'a [u8]) -> Option<&'a [u8]> {
        let [b'}', rest @ ..] = self.space(rest) else { return None };
        let mut rest = rest;
        while let [b',', ..] = rest {
            let key = self.member_after(rest, false)?;
            rest = match C::envelope_member(key) {
                Some(_) => return None,
                None => self.past_unusual(key, 1)?,
            };
        }
        let [b'}', tail @ ..] = self.space(rest) else { return None };
        Some(tail)
    }

    /// The rest after the member of `data` at the start of `rest`, from the comma before it on unless it is the first one, if it is not
    /// declared.
    #[inline(always)]
    fn past_undeclared_data<C: Tables>(
        &mut self,
        rest: &'a [u8],
        event_type: C::EventType,
        first: bool,
    ) -> Option<&'a [u8]> {
        let key = self.member_after(rest, first)?;
        match C::data_key(key) {
            Some((found, _)) if C::declares(event_type, found) => None,
            _ => self.past_unusual(key, 2),
        }
    }

    /// The same in an object of `shape`. `open` containers are open.
    #[inline(always)]
    fn past_undeclared(
        &mut self,
        rest: &'a [u8],
        shape: &'static Shape,
        first: bool,
        open: u32,
    ) -> Option<&'a [u8]> {
        let key = self.member_after(rest, first)?;
        match self.find(shape, key, 0) {
            Some(_) => None,
            None => self.past_unusual(key, open),
        }
    }

    /// The key of the member at the start of `rest`.
    #[inline(always)]
    fn member_after(&self, rest: &'a [u8], first: bool) -> Option<&'a [u8]> {
        let rest = match rest {
            _ if self.refused.is_some() => return None,
            [b',', tail @ ..] if !first => tail,
            _ if first => rest,
            _ => return None,
        };
        self.space(rest).strip_prefix(b"\"")
    }

    /// The rest after the member whose key starts at `key`. No table has it as it stands there; one that is written in an unusual way
    /// may mean a declared key all the same.
    #[inline(always)]
    fn past_unusual(&mut self, key: &'a [u8], open: u32) -> Option<&'a [u8]> {
        let [b':', tail @ ..] = string::plain(key)?.rest else { return None };
        let value = self.blank(tail);
        let plain = match value {
            [b'"', tail @ ..] => string::plain(tail),
            _ => None,
        };
        match plain {
            Some(text) => Some(text.rest),
            None => self.skip(value, open).ok(),
        }
    }

    /// Reads `literal`, which ends with a quote, and the string after it, which is likely to be an id.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn literal_text<const SPACED: bool>(
        &mut self,
        sink: &mut impl Sink<'a>,
        rest: &'a [u8],
        literal: &impl Expected,
        place: Place,
    ) -> Option<&'a [u8]> {
        let rest = self.literal::<SPACED>(rest, literal)?;
        let text = self.id(rest).ok()?;
        sink.text(place, text.text);
        Some(text.rest)
    }

    /// As [`Self::literal_text`], where the string may be of any length.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(dead_code, reason = "a contract need not have nested objects")]
    pub(crate) fn literal_string<const SPACED: bool>(
        &mut self,
        sink: &mut impl Sink<'a>,
        rest: &'a [u8],
        literal: &impl Expected,
        place: Place,
    ) -> Option<&'a [u8]> {
        let rest = self.literal::<SPACED>(rest, literal)?;
        let text = self.string(rest).ok()?;
        sink.text(place, text.text);
        Some(text.rest)
    }

    /// Reads `literal` and a number that `field` takes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn literal_number<const SPACED: bool>(
        &mut self,
        sink: &mut impl Sink<'a>,
        rest: &'a [u8],
        literal: &impl Expected,
        field: &'static Field,
    ) -> Option<&'a [u8]> {
        let rest = self.literal::<SPACED>(rest, literal)?;
        match self.quick_number(sink, rest, field) {
            None => number_after(sink, rest, field),
            rest => rest,
        }
    }

    /// Reads `literal` and `true` or `false`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    pub(crate) fn literal_boolean<const SPACED: bool>(
        &self,
        sink: &mut impl Sink<'a>,
        rest: &'a [u8],
        literal: &impl Expected,
        place: Place,
    ) -> Option<&'a [u8]> {
        let rest = self.literal::<SPACED>(rest, literal)?;
        let (value, rest) = match (after(rest, b"true"), after(rest, b"false")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return None,
        };
        sink.boolean(place, value);
        Some(rest)
    }

    /// Reads `literal`, which ends with a quote, and one of the strings that `find` knows, with the quote after it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    pub(crate) fn literal_known<const SPACED: bool>(
        &self,
        sink: &mut impl Sink<'a>,
        rest: &'a [u8],
        literal: &impl Expected,
        find: impl Fn(&'a [u8]) -> Option<((), &'a [u8])>,
        place: Place,
    ) -> Option<&'a [u8]> {
        let inside = self.literal::<SPACED>(rest, literal)?;
        let ((), rest) = find(inside)?;
        let start = self.before(inside);
        sink.json(place, &start[..start.len() - rest.len()]);
        Some(rest)
    }

    /// Reads `literal`, which ends with a brace, and the rest of the object that it opens. `open` containers surround it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    pub(crate) fn literal_object<const SPACED: bool, B: Bits>(
        &mut self,
        sink: &mut impl Sink<'a>,
        rest: &'a [u8],
        literal: &impl Expected,
        field: (&'static Shape, Place),
        open: u32,
    ) -> Option<&'a [u8]> {
        let (shape, place) = field;
        let inside = self.literal::<SPACED>(rest, literal)?;
        if open == MAX_DEPTH {
            return None;
        }
        let start = self.before(inside);
        if let Some(rest) = sink.inner(place, start) {
            return Some(rest);
        }
        let judged = self.object::<B>(shape, start, inside, open + 1);
        let rest = self.or_refuse(judged)?;
        sink.json(place, &start[..start.len() - rest.len()]);
        Some(rest)
    }

    /// Reads `literal` and a value that `field` takes. `open` containers surround it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    pub(crate) fn literal_value<const SPACED: bool, B: Bits>(
        &mut self,
        sink: &mut impl Sink<'a>,
        rest: &'a [u8],
        literal: &impl Expected,
        field: &'static Field,
        open: u32,
    ) -> Option<&'a [u8]> {
        let rest = self.literal::<SPACED>(rest, literal)?;
        self.value_after::<B, _>(sink, rest, field, open)
    }

    #[inline(never)]
    fn value_after<B: Bits, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        rest: &'a [u8],
        field: &'static Field,
        open: u32,
    ) -> Option<&'a [u8]> {
        if let [0..=b' ', ..] = rest {
            return None;
        }
        if let Some(rest) = sink.inner(field.place, rest) {
            return Some(rest);
        }
        let judged = self.field::<B, S>(sink, rest, field, open);
        self.or_refuse(judged)
    }

    #[inline(always)]
    fn or_refuse(&mut self, judged: Result<&'a [u8], Fault<'a>>) -> Option<&'a [u8]> {
        judged.map_err(|fault| self.refused = Some(fault)).ok()
    }
}

#[inline(never)]
fn number_after<'a, S: Sink<'a>>(
    sink: &mut S,
    rest: &'a [u8],
    field: &'static Field,
) -> Option<&'a [u8]> {
    let (number, rest) = number::scan(rest).ok()?;
    keep_number(sink, &number, field).then_some(rest)
}
