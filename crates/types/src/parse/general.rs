//! The general loops over the members of a delivery: any order of keys, any whitespace, escapes, undeclared keys.
//!
//! They take over where the straight line ended. `data` may come before `type`, so its fields are judged before their
//! shape is known: each slot is marked as good or bad, and at the end the shape says which marks count. Nothing is
//! buffered, and nothing is read twice.

use super::prediction::{DataState, EnvelopeState, Predicted, Resume, TypeValue};
use super::reader::{Key, Next, Reader};
use super::sink::Sink;
use super::tables::Tables;
use super::vocabulary::{
    Bits, EnvelopeKey, Fault, Position, Reason, Shape, Slot, SlotRange, SlotSet,
};
use crate::text::Text;

/// A delivery that passed.
pub(crate) struct Passed<'a, C: Tables> {
    /// The fields of the envelope that are there, besides `type` and `data`.
    #[allow(dead_code, reason = "the envelope of a contract need not have optional fields")]
    pub(crate) seen: SlotSet<C::Bits>,
    pub(crate) event: PassedEvent<'a, C>,
    /// The rest after the delivery.
    pub(crate) rest: &'a [u8],
}

/// The `type` and the `data` of a delivery that passed.
pub(crate) enum PassedEvent<'a, C: Tables> {
    Known {
        event_type: C::EventType,
        /// The good fields of `data`.
        good: SlotSet<C::Bits>,
    },
    Unknown {
        event_type: Text<'a>,
        /// As written.
        data: &'a [u8],
    },
}

type State<'a, C> = EnvelopeState<'a, <C as Tables>::EventType, <C as Tables>::Bits>;

impl<'a, S: Sink<'a>> Reader<'a, S> {
    /// The verdict on the delivery.
    #[inline]
    pub(crate) fn delivery<C: Tables>(&mut self) -> Result<Passed<'a, C>, Fault<'a>> {
        match C::predict(self, self.input) {
            Ok(Predicted { event_type, seen, good, rest }) => {
                let rest = self.end(rest)?;
                self.utf8(rest)?;
                Ok(Passed { seen, event: PassedEvent::Known { event_type, good }, rest })
            }
            Err(resume) => self.resume(resume),
        }
    }

    #[inline(never)]
    fn resume<C: Tables>(
        &mut self,
        Resume { mut at, started, mut envelope }: Resume<'a, C::EventType, C::Bits>,
    ) -> Result<Passed<'a, C>, Fault<'a>> {
        if let Some(DataState { start, good, .. }) = envelope.data {
            let data = self.fields::<C>(start, at, good, 2)?;
            at = data.rest;
            envelope.data = Some(data);
        }
        let passed = if started { self.members(at, false, envelope)? } else { self.object(at)? };
        self.utf8(passed.rest)?;
        Ok(passed)
    }

    /// The delivery from its first byte.
    fn object<C: Tables>(&mut self, rest: &'a [u8]) -> Result<Passed<'a, C>, Fault<'a>> {
        match self.space(rest) {
            [b'{', tail @ ..] => self.members(tail, true, EnvelopeState::new()),
            [] => Err(Fault::new(Reason::Syntax("a value"), &[])),
            rest => {
                // Whatever else it is, it is not an object; but broken JSON is reported first.
                let value = rest;
                let rest = self.skip(value, 0)?;
                self.end(rest)?;
                Err(Fault::new(Reason::Object, value))
            }
        }
    }

    /// The rest of the envelope: from after its opening brace, if `first`, or from after a value.
    #[inline(never)]
    fn members<C: Tables>(
        &mut self,
        mut rest: &'a [u8],
        mut first: bool,
        mut envelope: State<'a, C>,
    ) -> Result<Passed<'a, C>, Fault<'a>> {
        loop {
            let start = match self.next(rest, first)? {
                Next::Key(start) => start,
                Next::End(tail) => return self.finish(&envelope, tail),
            };
            first = false;
            let key;
            (key, rest) = if let Some((key, tail)) = C::envelope_member(start) {
                (Some(key), self.space(tail))
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
                    let [b'"', tail @ ..] = rest else { return self.mistyped(rest, Reason::Type) };
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
                    let [b'{', tail @ ..] = rest else {
                        return self.mistyped(rest, Reason::Object);
                    };
                    let (good, tail) = match envelope.event_type {
                        Some(TypeValue::Known(event_type)) => {
                            self.predict_data::<C>(event_type, tail)
                        }
                        _ => (SlotSet::empty(), tail),
                    };
                    let data = self.fields::<C>(rest, tail, good, 2)?;
                    envelope.data = Some(data);
                    data.rest
                }
                Some(EnvelopeKey::Field(field)) => {
                    let slot = field.slot_in(C::ENVELOPE.fields.slots);
                    if envelope.seen.contains(field) {
                        return Err(Fault::new(Reason::Duplicate(slot.key), self.before(start)));
                    }
                    envelope.seen = envelope.seen.with(field);
                    let slots = std::slice::from_ref(slot);
                    let (takers, tail) = self.value::<C::Bits>(rest, slots, field, 1)?;
                    if takers.is_empty() {
                        return Err(Fault::new(Reason::Value(slot), rest));
                    }
                    tail
                }
            };
        }
    }

    #[inline(never)]
    fn predict_data<C: Tables>(
        &mut self,
        event_type: C::EventType,
        rest: &'a [u8],
    ) -> (SlotSet<C::Bits>, &'a [u8]) {
        C::predict_data(self, event_type, rest)
    }

    /// A value of the envelope that is of another type than it should be; broken JSON is reported first.
    #[cold]
    fn mistyped<T>(&mut self, rest: &'a [u8], reason: Reason) -> Result<T, Fault<'a>> {
        self.skip(rest, 1)?;
        Err(Fault::new(reason, rest))
    }

    /// The verdict on an envelope that has been read to its end, which `rest` follows.
    fn finish<C: Tables>(
        &self,
        envelope: &State<'a, C>,
        rest: &'a [u8],
    ) -> Result<Passed<'a, C>, Fault<'a>> {
        let missing = |key| Fault::new(Reason::Missing(key), self.space(self.input));
        let rest = self.end(rest)?;
        if let Some(field) = C::ENVELOPE.required.without(envelope.seen).first() {
            return Err(missing(field.slot_in(C::ENVELOPE.fields.slots).key));
        }
        let Some(event_type) = envelope.event_type else { return Err(missing(C::TYPE)) };
        let Some(data) = envelope.data else { return Err(missing(C::DATA)) };
        let event = match event_type {
            TypeValue::Known(event_type) => {
                let good = data.fit(C::shape(event_type))?;
                PassedEvent::Known { event_type, good }
            }
            TypeValue::Unknown(event_type) => {
                let data = &data.start[..data.start.len() - data.rest.len()];
                PassedEvent::Unknown { event_type, data }
            }
        };
        Ok(Passed { seen: envelope.seen, event, rest })
    }

    /// The rest of `data`, to its end. `start` is its opening brace; `rest` is right after it, if nothing is marked as
    /// good yet, or after the value of a good field. `open` containers are open.
    #[inline(never)]
    pub(super) fn fields<C: Tables>(
        &mut self,
        start: &'a [u8],
        mut rest: &'a [u8],
        mut good: SlotSet<C::Bits>,
        open: u32,
    ) -> Result<DataState<'a, C::Bits>, Fault<'a>> {
        let mut bad = SlotSet::empty();
        let mut first = good.is_empty();
        loop {
            let key = match self.next(rest, first)? {
                Next::Key(key) => key,
                Next::End(rest) => return Ok(DataState { start, rest, good, bad }),
            };
            first = false;
            let slots;
            (slots, rest) = if let Some((slots, tail)) = C::data_member(key) {
                (Some(slots), self.space(tail))
            } else {
                let key = self.key(key)?;
                (find_data_slots::<C>(&key), key.value)
            };
            let Some(slots) = slots else {
                rest = self.skip(rest, open)?;
                continue;
            };
            let (takers, tail) =
                self.value(rest, slots.slots_in(C::DATA_SLOTS), slots.first, open)?;
            let all = SlotSet::of(slots);
            let again = all.intersection(good.union(bad));
            bad = bad.union(all.without(takers)).union(again);
            good = good.union(takers);
            rest = tail;
        }
    }
}

impl<'a, B: Bits> DataState<'a, B> {
    /// The good fields, if all that `shape` requires are among them, and none that it declares is bad.
    pub(super) fn fit(&self, shape: &'static Shape<B>) -> Result<SlotSet<B>, Fault<'a>> {
        let bad = self.bad.intersection(shape.declared);
        if self.good.contains_all(shape.required) && bad.is_empty() {
            Ok(self.good)
        } else {
            Err(Fault::new(Reason::Data(&shape.fields), self.start))
        }
    }
}

/// Finds a key of the envelope that [`Tables::envelope_member`] has not found.
fn find_envelope_key<C: Tables>(key: &Key<'_>) -> Option<EnvelopeKey> {
    if key.usual {
        None
    } else if key.text == *C::TYPE {
        Some(EnvelopeKey::Type)
    } else if key.text == *C::DATA {
        Some(EnvelopeKey::Data)
    } else {
        slots_of(key.text, C::ENVELOPE.fields.slots).map(|slots| EnvelopeKey::Field(slots.first))
    }
}

/// Finds the slots of a key of `data` that [`Tables::data_member`] has not found.
fn find_data_slots<C: Tables>(key: &Key<'_>) -> Option<SlotRange> {
    if key.usual { None } else { slots_of(key.text, C::DATA_SLOTS) }
}

#[cold]
fn slots_of(key: Text<'_>, table: &'static [Slot]) -> Option<SlotRange> {
    let mut slots = (0..).map(Position).zip(table).skip_while(|(_, slot)| key != *slot.key);
    let (first, slot) = slots.next()?;
    let others = slots.take_while(|(_, other)| other.key == slot.key);
    Some(SlotRange { first, count: others.fold(1, |count, _| count + 1) })
}

/// Finds the event type in a `type` that [`Tables::event_type`] has not found.
fn find_event_type<C: Tables>(name: Text<'_>) -> TypeValue<'_, C::EventType> {
    let known = match name.as_plain() {
        Some(_) => None,
        None => C::EVENT_TYPES.iter().find(|event_type| name == *event_type.as_ref()),
    };
    known.map_or(TypeValue::Unknown(name), |event_type| TypeValue::Known(*event_type))
}
