//! The value of a declared key: whether its constraint takes it, at any depth.

use super::number::{self, Number};
use super::reader::{Key, Next};
use super::sink::Sink;
use super::vocabulary::{
    Array, Bits, ByType, Constraint, Fault, Field, Literal, MAX_DEPTH, Reader, Reason, Tagged,
    TextLimits, Untagged,
};
use crate::text::Text;

impl<'a> Reader<'a> {
    /// Reads the value of `field` at the start of `rest`, which `open` containers surround. Returns the rest after it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn field<B: Bits, S: Sink<'a>>(
        &mut self,
        sink: &mut S,
        rest: &'a [u8],
        field: &'static Field,
        open: u32,
    ) -> Result<&'a [u8], Fault<'a>> {
        match (field.constraint, rest) {
            (Constraint::Text, [b'"', tail @ ..]) => {
                let text = self.id(tail)?;
                sink.text(field.place, text.text);
                Ok(text.rest)
            }
            (Constraint::Integer { .. } | Constraint::Float { .. }, [b'-' | b'0'..=b'9', ..]) => {
                if let Some(rest) = self.quick_number(sink, rest, field) {
                    return Ok(rest);
                }
                let (number, tail) = number::scan(rest)?;
                if keep_number(sink, &number, field) {
                    Ok(tail)
                } else {
                    Err(Fault::new(Reason::Value(&field.constraint), rest))
                }
            }
            _ => {
                let tail = self.value::<B>(rest, &field.constraint, open)?;
                match (field.constraint, rest) {
                    (Constraint::LimitedText(_), [b'"', inside @ ..]) => {
                        sink.text(field.place, self.text(inside)?.text);
                    }
                    (Constraint::Boolean, _) => sink.boolean(field.place, rest[0] == b't'),
                    _ => sink.json(field.place, &rest[..rest.len() - tail.len()]),
                }
                Ok(tail)
            }
        }
    }

    /// The rest after the number at the start of `rest`, if it is written in a usual way and `field` takes it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn quick_number<S: Sink<'a>>(
        &self,
        sink: &mut S,
        rest: &'a [u8],
        field: &'static Field,
    ) -> Option<&'a [u8]> {
        match field.constraint {
            Constraint::Integer { minimum, maximum } => {
                let (value, rest) = if maximum < 10_000_000 {
                    number::quick_short_integer(self.input, rest, minimum, maximum)?
                } else {
                    number::quick_integer(rest, minimum, maximum)?
                };
                sink.integer(field.place, value);
                Some(rest)
            }
            Constraint::Float { minimum, maximum } => {
                let (value, rest) = number::quick_fraction(self.input, rest, minimum, maximum)?;
                sink.float(field.place, value);
                Some(rest)
            }
            _ => None,
        }
    }

    /// Reads the value at the start of `rest`, which `open` containers surround. Returns the rest after it.
    ///
    /// Of a value that `constraint` does not take, broken JSON is reported first.
    pub(super) fn value<B: Bits>(
        &mut self,
        rest: &'a [u8],
        constraint: &'static Constraint,
        open: u32,
    ) -> Result<&'a [u8], Fault<'a>> {
        if let Constraint::Untagged(untagged) = constraint {
            return self.untagged::<B>(rest, constraint, untagged, open);
        }
        match rest {
            [b'"', tail @ ..] => {
                let text = self.string(tail)?;
                if takes_text(constraint, text.text) {
                    Ok(text.rest)
                } else {
                    Err(Fault::new(Reason::Value(constraint), rest))
                }
            }
            [b'-' | b'0'..=b'9', ..] => {
                let (number, tail) = number::scan(rest)?;
                if takes_number(constraint, &number) {
                    Ok(tail)
                } else {
                    Err(Fault::new(Reason::Value(constraint), rest))
                }
            }
            [b'{', tail @ ..] => match constraint {
                Constraint::Object(shape) => {
                    may_open(rest, open)?;
                    self.object::<B>(shape, rest, tail, open + 1)
                }
                Constraint::Tagged(tagged) => {
                    may_open(rest, open)?;
                    self.tagged::<B>(rest, tail, tagged, open + 1)
                }
                Constraint::Map(values) if !matches!(values, Constraint::Any) => {
                    may_open(rest, open)?;
                    self.map::<B>(tail, values, open + 1)
                }
                Constraint::ByType(ByType { object: Some(object), .. }) => {
                    self.value::<B>(rest, object, open)
                }
                Constraint::Map(_) | Constraint::Any => self.skip(rest, open),
                _ => self.mistyped(rest, constraint, open),
            },
            [b'[', tail @ ..] => match constraint {
                Constraint::Array(array) => {
                    may_open(rest, open)?;
                    self.array::<B>(rest, tail, array, open + 1)
                }
                Constraint::ByType(ByType { array: Some(array), .. }) => {
                    self.value::<B>(rest, array, open)
                }
                Constraint::Any => self.skip(rest, open),
                _ => self.mistyped(rest, constraint, open),
            },
            _ => {
                let tail = self.skip(rest, open)?;
                if takes_word(constraint, rest[0]) {
                    Ok(tail)
                } else {
                    Err(Fault::new(Reason::Value(constraint), rest))
                }
            }
        }
    }

    /// A value that is tried on each alternative of `constraint`. No alternative holds such a constraint again and again: the
    /// contract sees to that.
    #[inline(never)]
    fn untagged<B: Bits>(
        &mut self,
        rest: &'a [u8],
        constraint: &'static Constraint,
        untagged: &'static Untagged,
        open: u32,
    ) -> Result<&'a [u8], Fault<'a>> {
        let tail = self.skip(rest, open)?;
        let mut met = 0;
        for alternative in untagged.alternatives {
            met += u32::from(self.value::<B>(rest, alternative, open).is_ok());
        }
        if met == 0 || untagged.exactly_one && met > 1 {
            return Err(Fault::new(Reason::Value(constraint), rest));
        }
        Ok(tail)
    }

    /// A value that `constraint` does not take.
    #[cold]
    pub(super) fn mistyped<T>(
        &mut self,
        rest: &'a [u8],
        constraint: &'static Constraint,
        open: u32,
    ) -> Result<T, Fault<'a>> {
        self.skip(rest, open)?;
        Err(Fault::new(Reason::Value(constraint), rest))
    }

    /// The array at `start`, from after its bracket.
    fn array<B: Bits>(
        &mut self,
        start: &'a [u8],
        mut rest: &'a [u8],
        array: &'static Array,
        open: u32,
    ) -> Result<&'a [u8], Fault<'a>> {
        let mut count = 0;
        loop {
            rest = self.space(rest);
            match rest {
                [b']', tail @ ..] => {
                    let within =
                        array.minimum <= count && array.maximum.is_none_or(|max| count <= max);
                    return if within {
                        Ok(tail)
                    } else {
                        Err(Fault::new(Reason::Length(array, count), start))
                    };
                }
                [b',', tail @ ..] if count > 0 => rest = self.space(tail),
                _ if count == 0 => {}
                _ => return Err(Fault::new(Reason::Syntax("`,` or `]`"), rest)),
            }
            rest = match (&array.items, rest) {
                (Constraint::Object(shape), [b'{', inside @ ..]) if open < MAX_DEPTH => {
                    self.object::<B>(shape, rest, inside, open + 1)?
                }
                (items, _) => self.value::<B>(rest, items, open)?,
            };
            count += 1;
        }
    }

    /// The map whose opening brace stands right before `rest`.
    fn map<B: Bits>(
        &mut self,
        mut rest: &'a [u8],
        values: &'static Constraint,
        open: u32,
    ) -> Result<&'a [u8], Fault<'a>> {
        let mut first = true;
        loop {
            match self.next(rest, first)? {
                Next::Key(key) => {
                    let key = self.key(key)?;
                    rest = self.value::<B>(key.value, values, open)?;
                }
                Next::End(rest) => return Ok(rest),
            }
            first = false;
        }
    }

    /// The object at `start`, from after its brace: of the branch that its tag names, wherever the tag stands.
    fn tagged<B: Bits>(
        &mut self,
        start: &'a [u8],
        inside: &'a [u8],
        tagged: &'static Tagged,
        open: u32,
    ) -> Result<&'a [u8], Fault<'a>> {
        let mut rest = inside;
        let mut first = true;
        let mut is_unknown = false;
        loop {
            let key = match self.next(rest, first)? {
                Next::Key(key) => key,
                Next::End(rest) if is_unknown => return Ok(rest),
                Next::End(_) => return Err(Fault::new(Reason::Missing(tagged.tag), start)),
            };
            first = false;
            let Key { text, value, .. } = self.key(key)?;
            if text != *tagged.tag {
                rest = self.skip(value, open)?;
                continue;
            }
            if is_unknown {
                return Err(Fault::new(Reason::Duplicate(tagged.tag), self.before(key)));
            }
            let [b'"', tail @ ..] = value else {
                return self.mistyped(value, &Constraint::Text, open);
            };
            let tag = self.text(tail)?;
            if let Some((_, shape)) = tagged.branches.iter().find(|(known, _)| tag.text == **known)
            {
                return self.object::<B>(shape, start, inside, open);
            }
            is_unknown = true;
            rest = tag.rest;
        }
    }
}

/// Checks that one more container may be open than `open`.
#[cfg_attr(not(debug_assertions), inline(always))]
fn may_open(rest: &[u8], open: u32) -> Result<(), Fault<'_>> {
    if open == MAX_DEPTH { Err(Fault::new(Reason::Depth, rest)) } else { Ok(()) }
}

/// Gives the number to the sink, if `field` takes it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn keep_number<'a>(
    sink: &mut impl Sink<'a>,
    number: &Number<'a>,
    field: &'static Field,
) -> bool {
    match field.constraint {
        Constraint::Integer { minimum, maximum } => {
            let value = number.integer(minimum, maximum);
            value.map(|value| sink.integer(field.place, value)).is_some()
        }
        Constraint::Float { minimum, maximum } => {
            let value = number.float(minimum, maximum);
            value.map(|value| sink.float(field.place, value)).is_some()
        }
        _ => false,
    }
}

pub(super) fn takes_text(constraint: &Constraint, text: Text<'_>) -> bool {
    match constraint {
        Constraint::Any | Constraint::Text => true,
        Constraint::LimitedText(limits) => limits.take(text),
        Constraint::OneOf(literals) => literals
            .iter()
            .any(|literal| matches!(literal, Literal::Text(known) if text == **known)),
        Constraint::ByType(ByType { string: Some(string), .. }) => takes_text(string, text),
        _ => false,
    }
}

fn takes_number(constraint: &Constraint, number: &Number<'_>) -> bool {
    match constraint {
        Constraint::Any => true,
        Constraint::Integer { minimum, maximum } => number.integer(*minimum, *maximum).is_some(),
        Constraint::WideInteger(limits) => number.is_within(limits),
        Constraint::Float { minimum, maximum } => number.float(*minimum, *maximum).is_some(),
        Constraint::Steps(steps) => {
            number.float(steps.minimum, steps.maximum).is_some()
                && number.is_multiple_of(steps.multiple_of)
        }
        Constraint::OneOf(literals) => literals.iter().any(|literal| {
            matches!(literal, Literal::Integer(known) if number.integer(*known, *known).is_some())
        }),
        Constraint::ByType(ByType { number: Some(constraint), .. }) => {
            takes_number(constraint, number)
        }
        _ => false,
    }
}

/// Whether `constraint` takes `true`, `false` or `null`, by its first letter.
fn takes_word(constraint: &Constraint, initial: u8) -> bool {
    match constraint {
        Constraint::Any => true,
        Constraint::Null => initial == b'n',
        Constraint::Boolean => initial != b'n',
        Constraint::OneOf(literals) => literals.iter().any(
            |literal| matches!(literal, Literal::Boolean(known) if initial == if *known { b't' } else { b'f' }),
        ),
        Constraint::ByType(ByType { null: true, .. }) if initial == b'n' => true,
        Constraint::ByType(ByType { boolean: Some(boolean), .. }) => takes_word(boolean, initial),
        _ => false,
    }
}

impl TextLimits {
    fn take(&self, text: Text<'_>) -> bool {
        match text.as_plain() {
            Some(plain) if plain.is_ascii() => {
                self.take_length(plain.len())
                    && self.patterns.iter().all(|pattern| pattern.is_match_ascii_bytes(plain))
            }
            _ => self.take_chars(&text.chars()),
        }
    }

    pub(super) fn take_chars(&self, chars: &(impl Iterator<Item = char> + Clone)) -> bool {
        self.take_length(chars.clone().count())
            && self.patterns.iter().all(|pattern| pattern.is_match(chars.clone()))
    }

    fn take_length(&self, length: usize) -> bool {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        self.minimum <= length && self.maximum.is_none_or(|maximum| length <= maximum)
    }
}
