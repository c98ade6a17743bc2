//! The parser: one pass over the bytes of a delivery, to a verdict and, where asked for, to its values.
//!
//! A delivery in compact JSON with its keys in declared order runs straight through generated code
//! (`generated/parser.rs`) that expects literals such as `,"team_id":"`. Where that code expects something else than it
//! finds, the general loops of this module go on from there with what is known so far, and take any order, whitespace,
//! escapes and undeclared keys. Both judge `data` by marking fields as good or bad; only at the end the shape that
//! `type` chose says which fields count. So `data` may come before `type`, and nothing is buffered.
//!
//! The pass says yes or no. [`explain`] looks again at what was rejected, to say what is wrong and where.
//!
//! Invariant: every path that takes a delivery ends here; there is no second parser in the project.

#![expect(clippy::inline_always, reason = "measured: the straight line must not be cut into calls")]

mod explain;
mod number;
mod skip;
mod slots;
mod text;
mod words;

pub(crate) use explain::explain;
pub(crate) use number::Bound;
pub(crate) use slots::Slots;
pub(crate) use text::Unescape;
pub(crate) use words::after;

use crate::generated::parser::{self as contract, Bits};
use crate::{EventType, ParseError, Text};
use number::Number;
use text::Scanned;
use words::{before_first, each, word};

/// How many containers may be open at once, the delivery itself included: what `serde_json` reads by default.
pub(crate) const MAX_DEPTH: u32 = 127;

/// A key, and the values that it takes.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) key: &'static str,
    pub(crate) constraint: Constraint,
    /// Where a [`Sink`] keeps the value, among those of its kind.
    pub(crate) index: usize,
}

/// The values that a field takes.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "a contract need not have fields of every kind")]
pub(crate) enum Constraint {
    Text,
    Boolean,
    Integer { minimum: i64, maximum: i64 },
    Float { minimum: Option<Bound>, maximum: Option<Bound> },
}

/// The shape of `data` for one event type.
#[derive(Debug)]
pub(crate) struct Shape {
    pub(crate) event_type: EventType,
    /// The slots of its fields, in declared order.
    pub(crate) fields: &'static [usize],
    /// The same as bits.
    pub(crate) declared: Bits,
    /// The bits of the fields that must be there.
    pub(crate) required: Bits,
}

/// What a key of the envelope is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum EnvelopeKey {
    Type,
    Data,
    /// Another one: its place in [`contract::ENVELOPE`].
    Field(usize),
}

/// Where values go that a delivery is asked for.
pub(crate) trait Sink<'a> {
    fn text(&mut self, index: usize, text: Text<'a>);
    fn boolean(&mut self, index: usize, value: bool);
    fn integer(&mut self, index: usize, value: i64);
    fn float(&mut self, index: usize, value: f64);
}

/// Keeps nothing: for a verdict.
impl Sink<'_> for () {
    #[inline(always)]
    fn text(&mut self, _: usize, _: Text<'_>) {}
    #[inline(always)]
    fn boolean(&mut self, _: usize, _: bool) {}
    #[inline(always)]
    fn integer(&mut self, _: usize, _: i64) {}
    #[inline(always)]
    fn float(&mut self, _: usize, _: f64) {}
}

/// Why the pass stopped, and where: what is left from there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault<'a> {
    pub(crate) what: What,
    pub(crate) rest: &'a [u8],
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    /// The grammar wants this.
    Syntax(&'static str),
    /// A control character in a string.
    Control,
    /// An escape that is half of a surrogate pair.
    Surrogate,
    /// Not UTF-8.
    Utf8,
    /// A number beyond binary64.
    Overflow,
    /// More than [`MAX_DEPTH`] open containers.
    Depth,
    /// The delivery or its `data` is no object.
    Object,
    /// `type` is no string.
    Type,
    /// A value that the slot does not take.
    Value(&'static Slot),
    /// A second occurrence of a declared key; the fault stands at the key.
    Duplicate(&'static str),
    /// A required key that the object has not; the fault stands at the object.
    Missing(&'static str),
    /// Something about the fields of `data`, at which the fault stands: the shape decides.
    Data(&'static Shape),
}

impl<'a> Fault<'a> {
    #[cold]
    pub(crate) fn new(what: What, rest: &'a [u8]) -> Self {
        Fault { what, rest }
    }
}

/// A delivery that the straight line went through, all but what follows it.
pub(crate) struct Predicted<'a> {
    /// The place in [`contract::SHAPES`].
    pub(crate) shape: usize,
    /// The fields of [`contract::ENVELOPE`] that are there.
    pub(crate) seen: Bits,
    /// The good fields of `data`: all that are required.
    pub(crate) good: Bits,
    /// What follows the delivery.
    pub(crate) rest: &'a [u8],
}

/// Where the straight line ended, for the general loops to go on.
pub(crate) struct Resume<'a> {
    pub(crate) at: &'a [u8],
    /// Whether the opening brace and something more was read.
    pub(crate) started: bool,
    /// If there is `data`, it is read up to `at`.
    pub(crate) envelope: Envelope<'a>,
}

/// A delivery that passed.
pub(crate) struct Found<'a> {
    pub(crate) kind: Kind<'a>,
    /// The fields of [`contract::ENVELOPE`] that are there.
    pub(crate) seen: Bits,
    /// The good fields of `data`.
    pub(crate) good: Bits,
    /// What follows the delivery.
    pub(crate) rest: &'a [u8],
}

/// What `type` says, and what is needed of `data` if that is unknown.
#[derive(Clone, Copy)]
pub(crate) enum Kind<'a> {
    /// The place in [`contract::SHAPES`].
    Known(usize),
    /// The string, and `data` as written.
    Unknown { name: Text<'a>, data: &'a [u8] },
}

/// An owned shape of `data`.
#[cfg(feature = "serde")]
pub(crate) trait DataShape: Sized {
    /// Its place in [`contract::SHAPES`].
    const SHAPE: usize;
    /// From what a pass has found, and the marks of the good fields.
    fn from_slots(slots: &Slots<'_>, good: Bits) -> Self;
}

/// What is known of the envelope, part of the way through it.
#[derive(Default)]
pub(crate) struct Envelope<'a> {
    /// The fields of [`contract::ENVELOPE`] that are there.
    pub(crate) seen: Bits,
    pub(crate) event_name: Option<EventName<'a>>,
    pub(crate) data: Option<Data<'a>>,
}

/// What `type` says.
#[derive(Clone, Copy)]
pub(crate) enum EventName<'a> {
    /// The place in [`contract::SHAPES`].
    Known(usize),
    /// The string.
    Unknown(Text<'a>),
}

/// What is known of `data`: where it lies, and the marks of its fields.
#[derive(Clone, Copy)]
pub(crate) struct Data<'a> {
    pub(crate) start: &'a [u8],
    pub(crate) end: &'a [u8],
    pub(crate) good: Bits,
    pub(crate) bad: Bits,
}

/// What comes next in an object.
enum Next<'a> {
    /// A key: from behind its quote.
    Key(&'a [u8]),
    /// The end: from behind the brace.
    End(&'a [u8]),
}

/// `data` alone, of a known event type: no envelope around it.
#[cfg(feature = "serde")]
pub(crate) fn data<T: DataShape>(json: &[u8]) -> Result<T, ParseError> {
    let mut reader = Reader::new(json, false, Slots::new());
    let good = explained(json, reader.data_alone(&contract::SHAPES[T::SHAPE]))?;
    Ok(T::from_slots(&reader.sink, good))
}

/// Any JSON value: only its form is judged.
pub(crate) fn value(json: &[u8]) -> Result<(), ParseError> {
    explained(json, Reader::new(json, false, ()).value_alone())
}

fn explained<T>(input: &[u8], outcome: Result<T, Fault<'_>>) -> Result<T, ParseError> {
    outcome.map_err(|fault| explain(input, fault.what, input.len() - fault.rest.len()))
}

/// The state of one pass.
pub(crate) struct Reader<'a, S> {
    /// From the first byte of the delivery.
    input: &'a [u8],
    /// Whether a line end ends the delivery: then it is no whitespace.
    line: bool,
    /// Whether a string may hold bytes above 0x7f.
    unicode: bool,
    pub(crate) sink: S,
}

impl<'a, S: Sink<'a>> Reader<'a, S> {
    /// Reads a delivery from `input`: all of it, or the first line.
    pub(crate) fn new(input: &'a [u8], line: bool, sink: S) -> Self {
        Reader { input, line, unicode: false, sink }
    }

    /// The verdict.
    #[inline]
    pub(crate) fn delivery(&mut self) -> Result<Found<'a>, Fault<'a>> {
        match contract::predict(self, self.input) {
            Ok(Predicted { shape, seen, good, rest }) => {
                let rest = self.end(rest)?;
                self.utf8(rest)?;
                Ok(Found { kind: Kind::Known(shape), seen, good, rest })
            }
            Err(resume) => self.resume(resume),
        }
    }

    #[inline(never)]
    fn resume(
        &mut self,
        Resume { mut at, started, mut envelope }: Resume<'a>,
    ) -> Result<Found<'a>, Fault<'a>> {
        if let Some(Data { start, good, .. }) = envelope.data {
            let data = self.data(start, at, good, 2)?;
            at = data.end;
            envelope.data = Some(data);
        }
        let found = if started { self.members(at, false, envelope)? } else { self.object(at)? };
        self.utf8(found.rest)?;
        Ok(found)
    }

    /// The verdict on `data` alone, of a known type: the marks of its fields.
    #[cfg(feature = "serde")]
    fn data_alone(&mut self, shape: &'static Shape) -> Result<Bits, Fault<'a>> {
        let start = self.space(self.input);
        let [b'{', rest @ ..] = start else { return Err(Fault::new(What::Object, start)) };
        let data = self.data(start, rest, 0, 1)?;
        let rest = self.end(data.end)?;
        self.utf8(rest)?;
        Self::judge(shape, &data)
    }

    fn value_alone(&mut self) -> Result<(), Fault<'a>> {
        let rest = self.skip(self.space(self.input), 0)?;
        let rest = self.end(rest)?;
        self.utf8(rest)
    }

    /// Checks the bytes above 0x7f, if strings may hold any.
    #[inline(always)]
    fn utf8(&self, rest: &'a [u8]) -> Result<(), Fault<'a>> {
        if self.unicode { self.utf8_slow(rest) } else { Ok(()) }
    }

    #[cold]
    fn utf8_slow(&self, rest: &'a [u8]) -> Result<(), Fault<'a>> {
        match std::str::from_utf8(&self.input[..self.input.len() - rest.len()]) {
            Ok(_) => Ok(()),
            Err(error) => Err(Fault::new(What::Utf8, &self.input[error.valid_up_to()..])),
        }
    }

    /// What follows the whitespace at the start of `rest`.
    #[inline(always)]
    fn space(&self, rest: &'a [u8]) -> &'a [u8] {
        match rest {
            [..=b' ', ..] => self.space_slow(rest),
            _ => rest,
        }
    }

    #[inline(never)]
    fn space_slow(&self, mut rest: &'a [u8]) -> &'a [u8] {
        while let [byte, tail @ ..] = rest {
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' if !self.line => {}
                _ => break,
            }
            rest = tail;
            // Indentation.
            while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
                let others = word(chunk, 0) ^ each(b' ');
                if others != 0 {
                    rest = &rest[before_first(others)..];
                    break;
                }
                rest = tail;
            }
        }
        rest
    }

    /// Nothing may follow the delivery but whitespace, or the end of its line: what follows that.
    #[inline(always)]
    pub(crate) fn end(&self, rest: &'a [u8]) -> Result<&'a [u8], Fault<'a>> {
        match self.space(rest) {
            [] => Ok(&[]),
            [b'\n', tail @ ..] if self.line => Ok(tail),
            rest => Err(Fault::new(What::Syntax("nothing more"), rest)),
        }
    }

    /// From one byte before `rest`.
    #[inline(always)]
    pub(crate) fn before(&self, rest: &'a [u8]) -> &'a [u8] {
        &self.input[self.input.len() - rest.len() - 1..]
    }

    /// The string behind the opening quote before `rest`.
    #[inline(always)]
    fn text(&mut self, rest: &'a [u8]) -> Result<Scanned<'a>, Fault<'a>> {
        text::scan(self.before(rest), &mut self.unicode)
    }

    /// The next member of an object, from its key's first byte on; `None` at the end of the object, and what follows
    /// the quote or the brace. `rest` is behind the opening brace, if `first`, or behind a value.
    #[inline(always)]
    fn next(&self, rest: &'a [u8], first: bool) -> Result<Next<'a>, Fault<'a>> {
        let mut start = self.space(rest);
        match start {
            [b'}', tail @ ..] => return Ok(Next::End(tail)),
            [b',', tail @ ..] if !first => start = self.space(tail),
            _ if first => {}
            _ => return Err(Fault::new(What::Syntax("`,` or `}`"), start)),
        }
        match start {
            [b'"', tail @ ..] => Ok(Next::Key(tail)),
            _ => Err(Fault::new(What::Syntax(if first { "a key or `}`" } else { "a key" }), start)),
        }
    }

    /// The key whose first byte `rest` starts with, and its value.
    #[inline(never)]
    fn key(&mut self, rest: &'a [u8]) -> Result<(Text<'a>, &'a [u8]), Fault<'a>> {
        let key = self.text(rest)?;
        let value = self.colon(key.rest)?;
        Ok((key.text, value))
    }

    /// The value behind the colon at the start of `rest`.
    #[inline(always)]
    fn colon(&self, rest: &'a [u8]) -> Result<&'a [u8], Fault<'a>> {
        match self.space(rest) {
            [b':', tail @ ..] => Ok(self.space(tail)),
            rest => Err(Fault::new(What::Syntax("`:`"), rest)),
        }
    }

    /// The delivery from its first byte, in general.
    pub(crate) fn object(&mut self, rest: &'a [u8]) -> Result<Found<'a>, Fault<'a>> {
        match self.space(rest) {
            [b'{', tail @ ..] => self.members(tail, true, Envelope::default()),
            [] => Err(Fault::new(What::Syntax("a value"), &[])),
            rest => {
                // Whatever else it is, it is no object; but broken JSON is told first.
                let value = rest;
                let rest = self.skip(value, 0)?;
                self.end(rest)?;
                Err(Fault::new(What::Object, value))
            }
        }
    }

    /// The rest of the envelope, in general: from behind its brace, if `first`, or from behind a value.
    #[inline(never)]
    pub(crate) fn members(
        &mut self,
        mut rest: &'a [u8],
        mut first: bool,
        mut envelope: Envelope<'a>,
    ) -> Result<Found<'a>, Fault<'a>> {
        loop {
            let start = match self.next(rest, first)? {
                Next::Key(start) => start,
                Next::End(tail) => return self.finish(&envelope, tail),
            };
            first = false;
            let key;
            (key, rest) = if let Some((key, tail)) = contract::envelope_member(start) {
                (Some(key), self.space(tail))
            } else {
                let (key, tail) = self.key(start)?;
                (name(key, contract::envelope_key, contract::ENVELOPE_KEYS), tail)
            };
            rest = match key {
                None => self.skip(rest, 1)?,
                Some(EnvelopeKey::Type) => {
                    if envelope.event_name.is_some() {
                        return Err(Fault::new(
                            What::Duplicate(contract::TYPE),
                            self.before(start),
                        ));
                    }
                    let [b'"', tail @ ..] = rest else { return self.mistyped(rest, What::Type) };
                    if let Some((shape, tail)) = contract::predict_type(tail) {
                        envelope.event_name = Some(EventName::Known(shape));
                        tail
                    } else {
                        let text = self.text(tail)?;
                        let shape = name(text.text, contract::shape, contract::TYPES);
                        let unknown = EventName::Unknown(text.text);
                        envelope.event_name = Some(shape.map_or(unknown, EventName::Known));
                        text.rest
                    }
                }
                Some(EnvelopeKey::Data) => {
                    if envelope.data.is_some() {
                        return Err(Fault::new(
                            What::Duplicate(contract::DATA),
                            self.before(start),
                        ));
                    }
                    let [b'{', tail @ ..] = rest else { return self.mistyped(rest, What::Object) };
                    let (good, tail) = match envelope.event_name {
                        Some(EventName::Known(shape)) => self.predict_data(shape, tail),
                        _ => (0, tail),
                    };
                    let data = self.data(rest, tail, good, 2)?;
                    envelope.data = Some(data);
                    data.end
                }
                Some(EnvelopeKey::Field(field)) => {
                    let slot = &contract::ENVELOPE[field];
                    let bit = 1 << field;
                    if envelope.seen & bit != 0 {
                        return Err(Fault::new(What::Duplicate(slot.key), self.before(start)));
                    }
                    envelope.seen |= bit;
                    let (good, tail) = self.value(rest, std::slice::from_ref(slot), 1)?;
                    if good == 0 {
                        return Err(Fault::new(What::Value(slot), rest));
                    }
                    tail
                }
            };
        }
    }

    #[inline(never)]
    fn predict_data(&mut self, shape: usize, rest: &'a [u8]) -> (Bits, &'a [u8]) {
        contract::predict_data(self, shape, rest)
    }

    /// A value of the envelope that is of another type than it should be; broken JSON is told first.
    #[cold]
    fn mistyped<T>(&mut self, rest: &'a [u8], what: What) -> Result<T, Fault<'a>> {
        self.skip(rest, 1)?;
        Err(Fault::new(what, rest))
    }

    /// The verdict on an envelope that was read to its end, behind which `rest` is.
    pub(crate) fn finish(
        &self,
        envelope: &Envelope<'a>,
        rest: &'a [u8],
    ) -> Result<Found<'a>, Fault<'a>> {
        let missing = |key| Fault::new(What::Missing(key), self.space(self.input));
        let rest = self.end(rest)?;
        let lacks = contract::ENVELOPE_REQUIRED & !envelope.seen;
        if lacks != 0 {
            return Err(missing(contract::ENVELOPE[lacks.trailing_zeros() as usize].key));
        }
        let Some(event_name) = envelope.event_name else { return Err(missing(contract::TYPE)) };
        let Some(data) = envelope.data else { return Err(missing(contract::DATA)) };
        let (kind, good) = match event_name {
            EventName::Known(shape) => {
                (Kind::Known(shape), Self::judge(&contract::SHAPES[shape], &data)?)
            }
            EventName::Unknown(name) => {
                let data = &data.start[..data.start.len() - data.end.len()];
                (Kind::Unknown { name, data }, 0)
            }
        };
        Ok(Found { kind, seen: envelope.seen, good, rest })
    }

    /// The good fields, if they are all that `shape` requires and none that it declares is bad.
    fn judge(shape: &'static Shape, data: &Data<'a>) -> Result<Bits, Fault<'a>> {
        if data.good & shape.required == shape.required && data.bad & shape.declared == 0 {
            Ok(data.good)
        } else {
            Err(Fault::new(What::Data(shape), data.start))
        }
    }

    /// The rest of `data`, in general. `start` is its opening brace; `rest` is right behind it, if nothing is marked as
    /// good yet, or behind the value of a good field. `open` containers are open.
    #[inline(never)]
    pub(crate) fn data(
        &mut self,
        start: &'a [u8],
        mut rest: &'a [u8],
        mut good: Bits,
        open: u32,
    ) -> Result<Data<'a>, Fault<'a>> {
        let mut bad = 0;
        let mut first = good == 0;
        loop {
            let key = match self.next(rest, first)? {
                Next::Key(key) => key,
                Next::End(end) => return Ok(Data { start, end, good, bad }),
            };
            first = false;
            let slots;
            (slots, rest) = if let Some((slots, tail)) = contract::data_member(key) {
                (Some(slots), self.space(tail))
            } else {
                let (key, tail) = self.key(key)?;
                (name(key, contract::data_key, contract::DATA_KEYS), tail)
            };
            let Some((slot, count)) = slots else {
                rest = self.skip(rest, open)?;
                continue;
            };
            let all = ((1 << count) - 1) << slot;
            let (fits, tail) = self.value(rest, &contract::SLOTS[slot..slot + count], open)?;
            let fits = fits << slot;
            bad |= (all & !fits) | (all & (good | bad));
            good |= fits;
            rest = tail;
        }
    }

    /// The value at the start of `rest`, and which of `slots`, all of one key, take it.
    #[inline(always)]
    fn value(
        &mut self,
        rest: &'a [u8],
        slots: &'static [Slot],
        open: u32,
    ) -> Result<(Bits, &'a [u8]), Fault<'a>> {
        let mut good = 0;
        let rest = match rest {
            [b'"', tail @ ..] => {
                let text = match text::quick(tail) {
                    Some(text) => text,
                    None => self.text(tail)?,
                };
                for (at, slot) in slots.iter().enumerate() {
                    if let Constraint::Text = slot.constraint {
                        self.sink.text(slot.index, text.text);
                        good |= 1 << at;
                    }
                }
                text.rest
            }
            [b'-' | b'0'..=b'9', ..] => {
                if let [slot] = slots {
                    if let Some(rest) = self.quick_number(rest, slot) {
                        return Ok((1, rest));
                    }
                }
                let (number, rest) = number::scan(rest)?;
                for (at, slot) in slots.iter().enumerate() {
                    good |= Bits::from(self.number(&number, slot)) << at;
                }
                rest
            }
            _ => {
                let tail = self.skip(rest, open)?;
                if let [first @ (b't' | b'f'), ..] = rest {
                    for (at, slot) in slots.iter().enumerate() {
                        if let Constraint::Boolean = slot.constraint {
                            self.sink.boolean(slot.index, *first == b't');
                            good |= 1 << at;
                        }
                    }
                }
                tail
            }
        };
        Ok((good, rest))
    }

    /// Whether `slot` takes the number.
    #[inline(always)]
    fn number(&mut self, number: &Number<'a>, slot: &'static Slot) -> bool {
        match slot.constraint {
            Constraint::Integer { minimum, maximum } => {
                let value = number.integer(minimum, maximum);
                value.map(|value| self.sink.integer(slot.index, value)).is_some()
            }
            Constraint::Float { minimum, maximum } => {
                let value = number.float(minimum, maximum);
                value.map(|value| self.sink.float(slot.index, value)).is_some()
            }
            Constraint::Text | Constraint::Boolean => false,
        }
    }

    /// Prediction: what follows `literal`, which ends with a quote, and a string.
    #[inline(always)]
    pub(crate) fn literal_text<const N: usize>(
        &mut self,
        rest: &'a [u8],
        literal: &[u8; N],
        index: usize,
    ) -> Option<&'a [u8]> {
        let rest = after(rest, literal)?;
        let text = match text::quick(rest) {
            Some(text) => text,
            None => self.text(rest).ok()?,
        };
        self.sink.text(index, text.text);
        Some(text.rest)
    }

    /// Prediction: what follows `literal` and a number that `slot` takes.
    #[inline(always)]
    pub(crate) fn literal_number<const N: usize>(
        &mut self,
        rest: &'a [u8],
        literal: &[u8; N],
        slot: &'static Slot,
    ) -> Option<&'a [u8]> {
        let rest = after(rest, literal)?;
        match self.quick_number(rest, slot) {
            None => self.number_after(rest, slot),
            rest => rest,
        }
    }

    /// What follows the number at the start of `rest`, if it is one of the usual sort and `slot` takes it.
    #[inline(always)]
    fn quick_number(&mut self, rest: &'a [u8], slot: &'static Slot) -> Option<&'a [u8]> {
        match slot.constraint {
            Constraint::Integer { minimum, maximum } => {
                let (value, rest) = number::quick_integer(rest, minimum, maximum)?;
                self.sink.integer(slot.index, value);
                Some(rest)
            }
            Constraint::Float { minimum, maximum } => {
                let (value, rest) = number::quick_fraction(self.input, rest, minimum, maximum)?;
                self.sink.float(slot.index, value);
                Some(rest)
            }
            Constraint::Text | Constraint::Boolean => None,
        }
    }

    #[inline(never)]
    fn number_after(&mut self, rest: &'a [u8], slot: &'static Slot) -> Option<&'a [u8]> {
        let (number, rest) = number::scan(rest).ok()?;
        self.number(&number, slot).then_some(rest)
    }

    /// Prediction: what follows `literal` and `true` or `false`.
    #[inline(always)]
    #[allow(dead_code, reason = "a contract need not have fields of every kind")]
    pub(crate) fn literal_boolean<const N: usize>(
        &mut self,
        rest: &'a [u8],
        literal: &[u8; N],
        index: usize,
    ) -> Option<&'a [u8]> {
        let rest = after(rest, literal)?;
        let (value, rest) = match (after(rest, b"true"), after(rest, b"false")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return None,
        };
        self.sink.boolean(index, value);
        Some(rest)
    }
}

/// What `look_up` knows of a string, which may be escaped; then it is compared with `all` that `look_up` knows.
#[inline(always)]
fn name<T>(text: Text<'_>, look_up: fn(&[u8]) -> Option<T>, all: &[&str]) -> Option<T> {
    match text.as_plain() {
        Some(raw) => look_up(raw),
        None => all.iter().find(|name| text == **name).and_then(|name| look_up(name.as_bytes())),
    }
}
