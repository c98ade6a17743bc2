//! The general loops over the members of an object: any order of keys, any whitespace, escapes, undeclared keys.
//!
//! They take over where the straight line ended. `data` that comes before `type` is passed over, and judged once its shape
//! is known: of its first members the places are kept, so that these are not read twice. Nothing else is, and nothing is
//! buffered.

use super::prediction::{Data, Envelope, Predicted, Resume, TypeValue};
use super::reader::{Key, Next};
use super::sink::{Sink, Slots};
use super::tables::Tables;
use super::vocabulary::{
    ANY_OBJECT, Bits, Constraint, EnvelopeKey, Fault, FieldSet, Reader, Reason, Shape, head_of,
};
use super::words::window;
use crate::text::Text;

/// A delivery that passed.
pub(crate) struct Passed<'a, C: Tables> {
    /// The fields of the envelope that are there, besides `type` and `data`.
    #[allow(dead_code, reason = "the envelope of a contract need not have optional fields")]
    pub(crate) seen: FieldSet<C::Bits>,
    pub(crate) event: PassedEvent<'a, C>,
    /// The rest after the delivery.
    pub(crate) rest: &'a [u8],
}

/// The `type` and the `data` of a delivery that passed.
pub(crate) enum PassedEvent<'a, C: Tables> {
    Known {
        event_type: C::EventType,
        /// The fields of `data` that are there.
        seen: FieldSet<C::Bits>,
    },
    Unknown {
        event_type: Text<'a>,
        /// As written.
        data: &'a [u8],
    },
}

/// So many members of `data` that comes before `type` are kept in mind, to be judged without another pass.
const EARLY: usize = 12;

/// The members of `data` that comes before `type`.
struct EarlyData<'a> {
    /// The first of those that some shape declares.
    members: [EarlyMember<'a>; EARLY],
    /// All of these.
    count: usize,
}

#[derive(Clone, Copy, Default)]
struct EarlyMember<'a> {
    /// From the key on.
    place: &'a [u8],
    /// Among the keys of all shapes.
    key: usize,
    /// From the value on.
    value: &'a [u8],
    /// The value, if it is a string.
    text: Text<'a>,
}

impl<'a> Reader<'a> {
    /// The verdict on the delivery.
    #[inline]
    pub(crate) fn delivery<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
    ) -> Result<Passed<'a, C>, Fault<'a>> {
        match C::predict::<false, S>(self, sink, self.input) {
            Ok(predicted) => self.predicted(predicted),
            Err(resume) => self.resume(sink, resume),
        }
    }

    #[inline(always)]
    fn predicted<C: Tables>(
        &self,
        Predicted { event_type, envelope, data, rest }: Predicted<'a, C::EventType, C::Bits>,
    ) -> Result<Passed<'a, C>, Fault<'a>> {
        let rest = self.end(rest)?;
        self.utf8(rest)?;
        let event = PassedEvent::Known { event_type, seen: data };
        Ok(Passed { seen: envelope, event, rest })
    }

    /// The verdict on a delivery of which the compact line has taken the first part, or nothing.
    #[inline(never)]
    fn resume<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        resume: Resume<'a, C::EventType, C::Bits>,
    ) -> Result<Passed<'a, C>, Fault<'a>> {
        let passed = if resume.started {
            self.rest(sink, resume)?
        } else {
            self.spaced = true;
            match C::predict::<true, S>(self, sink, self.input) {
                Ok(predicted) => return self.predicted(predicted),
                Err(resume) if resume.started => self.rest(sink, resume)?,
                Err(_) => self.envelope(sink, self.input)?,
            }
        };
        self.utf8(passed.rest)?;
        Ok(passed)
    }

    /// The rest of a delivery from where a straight line has ended.
    #[inline(never)]
    fn rest<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        Resume { mut at, mut envelope, .. }: Resume<'a, C::EventType, C::Bits>,
    ) -> Result<Passed<'a, C>, Fault<'a>> {
        self.take_over()?;
        if let (Some(TypeValue::Known(event_type)), Some(Data::Judged { start, seen, .. })) =
            (envelope.event_type, envelope.data)
        {
            let (seen, rest) = self.rest_of_data::<C, S>(sink, event_type, start, at, seen)?;
            at = rest;
            envelope.data = Some(Data::Judged { start, seen, rest: at });
        }
        self.members(sink, at, false, &mut envelope, None)
    }

    /// The delivery from its first byte.
    fn envelope<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        rest: &'a [u8],
    ) -> Result<Passed<'a, C>, Fault<'a>> {
        match self.space(rest) {
            [b'{', tail @ ..] => self.members(sink, tail, true, &mut Envelope::new(), None),
            [] => Err(Fault::new(Reason::Syntax("a value"), &[])),
            rest => {
                // Whatever else it is, it is not an object; but broken JSON is reported first.
                let value = rest;
                let rest = self.skip(value, 0)?;
                self.end(rest)?;
                Err(Fault::new(Reason::Value(&ANY_OBJECT), value))
            }
        }
    }

    /// The rest of the envelope: from after its opening brace, if `first`, or from after a value.
    #[inline(never)]
    fn members<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        mut rest: &'a [u8],
        mut first: bool,
        envelope: &mut Envelope<'a, C::EventType, C::Bits>,
        early: Option<&EarlyData<'a>>,
    ) -> Result<Passed<'a, C>, Fault<'a>> {
        loop {
            let start = match self.next(rest, first)? {
                Next::Key(start) => start,
                Next::End(tail) => return self.finish(sink, envelope, early, tail),
            };
            first = false;
            let key;
            (key, rest) = if let Some((key, tail)) = C::envelope_member(start) {
                (Some(key), self.blank(tail))
            } else {
                let key = self.key(start)?;
                (find_envelope_key::<C>(&key), key.value)
            };
            rest = match key {
                None => self.skip(rest, 1)?,
                Some(EnvelopeKey::Type) => {
                    if envelope.event_type.is_some() {
                        return Err(Fault::new(Reason::Duplicate(C::TYPE), self.before(start)));
                    }
                    let [b'"', tail @ ..] = rest else {
                        return self.mistyped(rest, &Constraint::Text, 1);
                    };
                    if let Some((event_type, tail)) = C::event_type(tail) {
                        envelope.event_type = Some(TypeValue::Known(event_type));
                        tail
                    } else {
                        let text = self.text(tail)?;
                        envelope.event_type = Some(find_event_type::<C>(text.text));
                        text.rest
                    }
                }
                Some(EnvelopeKey::Data) => {
                    if envelope.data.is_some() {
                        return Err(Fault::new(Reason::Duplicate(C::DATA), self.before(start)));
                    }
                    let start = rest;
                    let [b'{', inside @ ..] = start else {
                        return self.mistyped(start, &ANY_OBJECT, 1);
                    };
                    if let Some(TypeValue::Known(event_type)) = envelope.event_type {
                        let (seen, at) = self.predict_data::<true, C, S>(sink, event_type, inside);
                        let (seen, at) =
                            self.predict_rest_of_data::<C, S>(sink, event_type, seen, at);
                        self.take_over()?;
                        let (seen, rest) =
                            self.rest_of_data::<C, S>(sink, event_type, start, at, seen)?;
                        envelope.data = Some(Data::Judged { start, seen, rest });
                        rest
                    } else {
                        return self.early_data(sink, start, inside, envelope);
                    }
                }
                Some(EnvelopeKey::Field(at)) => {
                    let field = &C::envelope().fields[at];
                    if envelope.seen.contains(at) {
                        return Err(Fault::new(Reason::Duplicate(field.key), self.before(start)));
                    }
                    envelope.seen = envelope.seen.with(at);
                    self.field::<C::Bits, S>(sink, rest, field, 1)?
                }
            };
        }
    }

    /// `data` that comes before `type`, and the rest of the envelope.
    #[inline(never)]
    fn early_data<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        start: &'a [u8],
        mut rest: &'a [u8],
        envelope: &mut Envelope<'a, C::EventType, C::Bits>,
    ) -> Result<Passed<'a, C>, Fault<'a>> {
        let mut early = EarlyData { members: [EarlyMember::default(); EARLY], count: 0 };
        let mut first = true;
        loop {
            let place = match self.next(rest, first)? {
                Next::Key(place) => place,
                Next::End(tail) => {
                    rest = tail;
                    break;
                }
            };
            first = false;
            let (key, value) = self.data_key::<C>(place)?;
            let Some(key) = key else {
                rest = self.skip(value, 2)?;
                continue;
            };
            let text;
            (text, rest) = match value {
                [b'"', tail @ ..] => {
                    let scanned = self.id(tail)?;
                    (scanned.text, scanned.rest)
                }
                _ => (Text::default(), self.skip(value, 2)?),
            };
            if let Some(member) = early.members.get_mut(early.count) {
                *member = EarlyMember { place, key, value, text };
            }
            early.count += 1;
        }
        envelope.data = Some(Data::Passed { start, rest });
        self.members(sink, rest, false, envelope, Some(&early))
    }

    /// Judges `data` that came before `type`.
    fn judge_early<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        event_type: C::EventType,
        start: &'a [u8],
        early: Option<&EarlyData<'a>>,
    ) -> Result<FieldSet<C::Bits>, Fault<'a>> {
        let empty = FieldSet::empty();
        let early = early.filter(|_| C::whole(event_type).is_none());
        let Some(members) = early.and_then(|early| early.members.get(..early.count)) else {
            // There are more than are kept, or it is not they that are judged.
            let (seen, _) =
                self.rest_of_data::<C, S>(sink, event_type, start, &start[1..], empty)?;
            return Ok(seen);
        };
        let shape = C::shape(event_type);
        let positions = C::positions(event_type);
        let mut seen = empty;
        for EarlyMember { place, key, value, text } in members {
            let at = position(positions, *key);
            let Some(field) = shape.fields.get(at) else { continue };
            if seen.contains(at) {
                return Err(Fault::new(Reason::Duplicate(field.key), self.before(place)));
            }
            seen = seen.with(at);
            match (field.constraint, value) {
                (Constraint::Text, [b'"', ..]) => sink.text(field.place, *text),
                _ => _ = self.field::<C::Bits, S>(sink, value, field, 2)?,
            }
        }
        match seen.missing(shape) {
            Some(field) => Err(Fault::new(Reason::Missing(field.key), start)),
            None => Ok(seen),
        }
    }

    /// The key of `data` that starts at `key`, if some shape declares it, and its value.
    #[inline(always)]
    fn data_key<C: Tables>(
        &mut self,
        key: &'a [u8],
    ) -> Result<(Option<usize>, &'a [u8]), Fault<'a>> {
        if let Some((found, value)) = C::data_key(key) {
            return Ok((Some(found), self.blank(value)));
        }
        let key = self.key(key)?;
        let found = if key.usual {
            None
        } else {
            let text = key.text.to_str();
            C::DATA_KEYS.iter().position(|known| text == *known)
        };
        Ok((found, key.value))
    }

    /// The rest of `data`, as [`Self::rest_of_object`].
    #[inline(never)]
    fn rest_of_data<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        event_type: C::EventType,
        start: &'a [u8],
        rest: &'a [u8],
        seen: FieldSet<C::Bits>,
    ) -> Result<(FieldSet<C::Bits>, &'a [u8]), Fault<'a>> {
        if let Some(whole) = C::whole(event_type) {
            let rest = self.field::<C::Bits, S>(sink, start, whole, 1)?;
            return Ok((seen.with(0), rest));
        }
        let positions = C::positions(event_type);
        let shape = C::shape(event_type);
        self.fields(sink, shape, start, rest, seen, 2, |reader, key, _| {
            let (found, value) = reader.data_key::<C>(key)?;
            Ok((found.map(|found| position(positions, found)), value))
        })
    }

    /// The verdict on an envelope that has been read to its end, which `rest` follows.
    fn finish<C: Tables, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        envelope: &Envelope<'a, C::EventType, C::Bits>,
        early: Option<&EarlyData<'a>>,
        rest: &'a [u8],
    ) -> Result<Passed<'a, C>, Fault<'a>> {
        let missing = |key| Fault::new(Reason::Missing(key), self.space(self.input));
        let rest = self.end(rest)?;
        if let Some(field) = envelope.seen.missing(C::envelope()) {
            return Err(missing(field.key));
        }
        let Some(event_type) = envelope.event_type else { return Err(missing(C::TYPE)) };
        let Some(data) = envelope.data else { return Err(missing(C::DATA)) };
        let event = match (event_type, data) {
            (TypeValue::Known(event_type), Data::Judged { seen, .. }) => {
                PassedEvent::Known { event_type, seen }
            }
            (TypeValue::Known(event_type), Data::Passed { start, .. }) => {
                let seen = self.judge_early::<C, S>(sink, event_type, start, early)?;
                PassedEvent::Known { event_type, seen }
            }
            (
                TypeValue::Unknown(event_type),
                Data::Judged { start, rest, .. } | Data::Passed { start, rest },
            ) => PassedEvent::Unknown { event_type, data: &start[..start.len() - rest.len()] },
        };
        Ok(Passed { seen: envelope.seen, event, rest })
    }

    /// The object at `start`, from after its brace. Returns the rest after it. `open` containers are open.
    #[inline(never)]
    pub(super) fn object<B: Bits>(
        &mut self,
        shape: &'static Shape,
        start: &'a [u8],
        inside: &'a [u8],
        open: u32,
    ) -> Result<&'a [u8], Fault<'a>> {
        let Some(lines) = shape.lines else {
            return self.rest_of_object(shape, start, inside, FieldSet::<B>::empty(), open);
        };
        let mut slots = Slots { values: &mut [], inner: None };
        let (mut seen, mut rest) = (0, inside);
        if !self.spaced {
            (seen, rest) = (lines.compact)(self, &mut slots, inside, open);
            if let [b'}', tail @ ..] = rest {
                if FieldSet::<B>::of(seen).missing(shape).is_none() {
                    return Ok(tail);
                }
            }
        }
        let (seen, rest) = self.rest_of_line(&mut slots, shape, (seen, rest), open);
        self.take_over()?;
        let seen = FieldSet::<B>::of(seen);
        match rest {
            [b'}', tail @ ..] if seen.missing(shape).is_none() => Ok(tail),
            _ => self.rest_of_object(shape, start, rest, seen, open),
        }
    }

    #[inline(never)]
    fn rest_of_object<B: Bits>(
        &mut self,
        shape: &'static Shape,
        start: &'a [u8],
        rest: &'a [u8],
        seen: FieldSet<B>,
        open: u32,
    ) -> Result<&'a [u8], Fault<'a>> {
        let find = |reader: &mut Self, key, expected| reader.member(shape, key, expected);
        Ok(self.fields(&mut (), shape, start, rest, seen, open, find)?.1)
    }

    /// The rest of the object that begins at `start`. `rest` is right after its brace, if no field has been seen yet, or after
    /// the value of a field. Returns all fields that are there, and the rest after it. `open` containers are open. `find` finds
    /// the field of a key, if it is declared, and its value; it is told which one is expected.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "one loop, for `data` and for what is inside it")]
    fn fields<B: Bits, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        shape: &'static Shape,
        start: &'a [u8],
        mut rest: &'a [u8],
        mut seen: FieldSet<B>,
        open: u32,
        find: impl Fn(&mut Self, &'a [u8], usize) -> Result<(Option<usize>, &'a [u8]), Fault<'a>>,
    ) -> Result<(FieldSet<B>, &'a [u8]), Fault<'a>> {
        let mut first = seen.is_empty();
        let mut expected = 0;
        loop {
            let key = match self.next(rest, first)? {
                Next::Key(key) => key,
                Next::End(rest) => {
                    return match seen.missing(shape) {
                        Some(field) => Err(Fault::new(Reason::Missing(field.key), start)),
                        None => Ok((seen, rest)),
                    };
                }
            };
            first = false;
            let found;
            (found, rest) = find(self, key, expected)?;
            let Some((at, field)) = found.and_then(|at| Some((at, shape.fields.get(at)?))) else {
                rest = self.skip(rest, open)?;
                continue;
            };
            if seen.contains(at) {
                return Err(Fault::new(Reason::Duplicate(field.key), self.before(key)));
            }
            seen = seen.with(at);
            expected = at + 1;
            rest = self.field::<B, S>(sink, rest, field, open)?;
        }
    }

    /// The field whose key starts at `key`, if it is declared, and its value. Looks first where it is `expected`.
    #[inline(always)]
    pub(super) fn member(
        &mut self,
        shape: &'static Shape,
        key: &'a [u8],
        expected: usize,
    ) -> Result<(Option<usize>, &'a [u8]), Fault<'a>> {
        Ok(match self.find(shape, key, expected) {
            Some((at, [b':', value @ ..])) => (Some(at), self.blank(value)),
            Some((at, rest)) => (Some(at), self.colon(rest)?),
            None => {
                let key = self.key(key)?;
                (find_escaped(key.text, shape), key.value)
            }
        })
    }

    /// The field whose key starts at `key`, written without escapes, and the rest after its quote.
    #[inline(always)]
    pub(super) fn find(
        &self,
        shape: &'static Shape,
        key: &'a [u8],
        expected: usize,
    ) -> Option<(usize, &'a [u8])> {
        let head = head_of(window(self.input, key)?);
        if shape.heads.get(expected) == Some(&head) {
            if let Some(rest) = shape.fields[expected].after(key) {
                return Some((expected, rest));
            }
        }
        for (at, known) in shape.heads.iter().enumerate() {
            if *known == head {
                if let Some(rest) = shape.fields[at].after(key) {
                    return Some((at, rest));
                }
            }
        }
        None
    }
}

/// The position of the key with the number `key`.
#[inline(always)]
fn position(positions: &[u8], key: usize) -> usize {
    match positions.get(2 * key..2 * key + 2) {
        Some(&[low, high]) => usize::from(u16::from_le_bytes([low, high])),
        _ => usize::MAX,
    }
}

/// Finds a key of the envelope that [`Tables::envelope_member`] has not found.
fn find_envelope_key<C: Tables>(key: &Key<'_>) -> Option<EnvelopeKey> {
    let text = key.text.to_str();
    if text == C::TYPE {
        Some(EnvelopeKey::Type)
    } else if text == C::DATA {
        Some(EnvelopeKey::Data)
    } else {
        let mut fields = C::envelope().fields.iter();
        fields.position(|field| text == field.key).map(EnvelopeKey::Field)
    }
}

/// Finds the field of a key that is written with escapes.
fn find_escaped(key: Text<'_>, shape: &'static Shape) -> Option<usize> {
    if key.as_plain().is_some() {
        return None;
    }
    let key = key.to_str();
    shape.fields.iter().position(|field| key == field.key)
}

/// Finds the event type in a `type` that [`Tables::event_type`] has not found.
fn find_event_type<C: Tables>(name: Text<'_>) -> TypeValue<'_, C::EventType> {
    if name.as_plain().is_some() {
        return TypeValue::Unknown(name);
    }
    let text = name.to_str();
    let known = C::EVENT_TYPES.iter().find(|event_type| text == event_type.as_ref());
    known.map_or(TypeValue::Unknown(name), |event_type| TypeValue::Known(*event_type))
}
