//! The value of a declared key: which of the key's slots take it.

use super::number::{self, Number};
use super::reader::Reader;
use super::sink::Sink;
use super::string;
use super::vocabulary::{Bits, Constraint, Fault, Position, Slot, SlotSet};

impl<'a, S: Sink<'a>> Reader<'a, S> {
    /// Reads the value at the start of `rest`, which `open` containers surround. Returns those of `slots` that take it, and
    /// the rest after it. The slots are all those of one key; the first one is at position `first` of its table.
    #[inline(always)]
    pub(super) fn value<B: Bits>(
        &mut self,
        rest: &'a [u8],
        slots: &'static [Slot],
        first: Position,
        open: u32,
    ) -> Result<(SlotSet<B>, &'a [u8]), Fault<'a>> {
        let mut takers = SlotSet::empty();
        let slots_at = (first.0..).map(Position).zip(slots);
        let rest = match rest {
            [b'"', tail @ ..] => {
                let text = match string::quick(tail) {
                    Some(text) => text,
                    None => self.text(tail)?,
                };
                for (position, slot) in slots_at {
                    if let Constraint::Text(index) = slot.constraint {
                        self.sink.text(index, text.text);
                        takers = takers.with(position);
                    }
                }
                text.rest
            }
            [b'-' | b'0'..=b'9', ..] => {
                if let [slot] = slots {
                    if let Some(rest) = self.quick_number(rest, slot) {
                        return Ok((takers.with(first), rest));
                    }
                }
                let (number, rest) = number::scan(rest)?;
                for (position, slot) in slots_at {
                    if self.number(&number, slot) {
                        takers = takers.with(position);
                    }
                }
                rest
            }
            _ => {
                let tail = self.skip(rest, open)?;
                if let [initial @ (b't' | b'f'), ..] = rest {
                    for (position, slot) in slots_at {
                        if let Constraint::Boolean(index) = slot.constraint {
                            self.sink.boolean(index, *initial == b't');
                            takers = takers.with(position);
                        }
                    }
                }
                tail
            }
        };
        Ok((takers, rest))
    }

    /// Gives the number to the sink, if `slot` takes it.
    #[inline(always)]
    pub(super) fn number(&mut self, number: &Number<'a>, slot: &'static Slot) -> bool {
        match slot.constraint {
            Constraint::Integer { index, minimum, maximum } => {
                let value = number.integer(minimum, maximum);
                value.map(|value| self.sink.integer(index, value)).is_some()
            }
            Constraint::Float { index, minimum, maximum } => {
                let value = number.float(minimum, maximum);
                value.map(|value| self.sink.float(index, value)).is_some()
            }
            Constraint::Text(_) | Constraint::Boolean(_) => false,
        }
    }

    /// The rest after the number at the start of `rest`, if it is written in a usual way and `slot` takes it.
    #[inline(always)]
    pub(super) fn quick_number(&mut self, rest: &'a [u8], slot: &'static Slot) -> Option<&'a [u8]> {
        match slot.constraint {
            Constraint::Integer { index, minimum, maximum } => {
                let (value, rest) = number::quick_integer(rest, minimum, maximum)?;
                self.sink.integer(index, value);
                Some(rest)
            }
            Constraint::Float { index, minimum, maximum } => {
                let (value, rest) = number::quick_fraction(self.input, rest, minimum, maximum)?;
                self.sink.float(index, value);
                Some(rest)
            }
            Constraint::Text(_) | Constraint::Boolean(_) => None,
        }
    }
}
