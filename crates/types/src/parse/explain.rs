//! What is wrong with bytes that the pass rejected, and where: the path that may take its time.

use std::fmt;

use super::{Bits, Bound, Constraint, Fault, Next, Reader, Shape, What, contract, name};
use crate::error::{ErrorKind, ParseError};
use crate::text::Text;

/// The error that `what`, at `offset` of `input`, means.
#[cold]
pub(crate) fn explain(input: &[u8], what: What, offset: usize) -> ParseError {
    let rest = &input[offset..];
    if let What::Data(shape) = what {
        if let Some(fault) = field_fault(rest, shape) {
            return explain(input, fault.what, input.len() - fault.rest.len());
        }
    }
    let found = Found(rest);
    let (kind, message) = match what {
        What::Syntax(expected) => {
            (ErrorKind::Syntax, format!("expected {expected}, found {}", Byte(rest)))
        }
        What::Control => (
            ErrorKind::Syntax,
            format!("expected `\"` or an escape sequence, found {}", Byte(rest)),
        ),
        What::Surrogate => {
            (ErrorKind::Syntax, "half of a surrogate pair, which no Unicode text has".into())
        }
        What::Utf8 => (
            ErrorKind::Utf8,
            format!("expected UTF-8, found the byte {:#04x}", rest.first().unwrap_or(&0)),
        ),
        What::Overflow => (ErrorKind::Overflow, format!("{found} is too large for binary64")),
        What::Depth => {
            (ErrorKind::Depth, format!("more than {} containers are open", super::MAX_DEPTH))
        }
        What::Object => (ErrorKind::Type, format!("expected an object, found {found}")),
        What::Type => (ErrorKind::Type, format!("expected a string, found {found}")),
        What::Value(slot) => {
            let numeric =
                matches!(slot.constraint, Constraint::Integer { .. } | Constraint::Float { .. });
            let kind = match rest {
                [b'-' | b'0'..=b'9', ..] if numeric => ErrorKind::Value,
                _ => ErrorKind::Type,
            };
            (kind, format!("expected {}, found {found}", slot.constraint))
        }
        What::Duplicate(key) => (ErrorKind::Duplicate, format!("`{key}` occurs twice")),
        What::Missing(key) => (ErrorKind::Missing, format!("`{key}` is missing")),
        // Never so, unless this module and the pass disagree.
        What::Data(shape) => {
            (ErrorKind::Value, format!("not what `{}` declares", shape.event_type.as_str()))
        }
    };
    let mut pointer = pointer(input, offset);
    // The fault stands at the second key, which begins no value yet. Declared keys need no escapes.
    if let What::Duplicate(key) = what {
        pointer.push('/');
        pointer.push_str(key);
    }
    ParseError::new(kind, pointer, offset, message)
}

/// The first field of the object at the start of `data` that `shape` does not take.
fn field_fault<'a>(data: &'a [u8], shape: &'static Shape) -> Option<Fault<'a>> {
    let mut reader = Reader::new(data, false, ());
    let mut rest = data.strip_prefix(b"{")?;
    let mut seen: Bits = 0;
    let mut first = true;
    while let Next::Key(start) = reader.next(rest, first).ok()? {
        first = false;
        let key;
        (key, rest) = reader.key(start).ok()?;
        let slot = name(key, contract::data_key, contract::DATA_KEYS).and_then(|(slot, count)| {
            (slot..slot + count).find(|slot| shape.declared >> slot & 1 == 1)
        });
        // The depth was checked by the pass.
        let Some(slot) = slot else {
            rest = reader.skip(rest, 2).ok()?;
            continue;
        };
        let slot_bit = 1 << slot;
        let slot = &contract::SLOTS[slot];
        if seen & slot_bit != 0 {
            return Some(Fault::new(What::Duplicate(slot.key), reader.before(start)));
        }
        seen |= slot_bit;
        let (good, tail) = reader.value(rest, std::slice::from_ref(slot), 2).ok()?;
        if good == 0 {
            return Some(Fault::new(What::Value(slot), rest));
        }
        rest = tail;
    }
    let missing = shape.fields.iter().find(|field| shape.required & !seen & 1 << **field != 0)?;
    Some(Fault::new(What::Missing(contract::SLOTS[*missing].key), data))
}

/// The JSON Pointer of the innermost value that is begun and not ended at `offset`. What lies before `offset` is well
/// formed.
fn pointer(input: &[u8], offset: usize) -> String {
    enum Step<'a> {
        Key(Text<'a>),
        Index(usize),
    }
    let mut reader = Reader::new(input, false, ());
    let mut path: Vec<Step<'_>> = Vec::new();
    let mut rest = reader.space(input);
    let passed = |rest: &[u8]| input.len() - rest.len() > offset;
    'value: while input.len() - rest.len() < offset {
        let mut first = true;
        match rest {
            [b'{', tail @ ..] => {
                rest = tail;
                // A place holder, which the first key replaces.
                path.push(Step::Key(Text::default()));
            }
            [b'[', tail @ ..] => {
                rest = tail;
                path.push(Step::Index(0));
            }
            _ => match reader.skip(rest, 0) {
                Ok(tail) if !passed(tail) => {
                    rest = tail;
                    first = false;
                }
                _ => break 'value,
            },
        }
        loop {
            match path.pop() {
                None => break 'value,
                Some(Step::Key(_)) => match reader.next(rest, first) {
                    Ok(Next::Key(key)) => match reader.key(key) {
                        Ok((key, value)) if !passed(value) => {
                            path.push(Step::Key(key));
                            rest = value;
                            continue 'value;
                        }
                        _ => break 'value,
                    },
                    Ok(Next::End(tail)) if !passed(tail) => rest = tail,
                    _ => break 'value,
                },
                Some(Step::Index(index)) => {
                    rest = reader.space(rest);
                    match rest {
                        [b']', tail @ ..] if !passed(tail) => rest = tail,
                        [b',', tail @ ..] if !first && !passed(tail) => {
                            path.push(Step::Index(index + 1));
                            rest = reader.space(tail);
                            continue 'value;
                        }
                        _ if first => {
                            path.push(Step::Index(0));
                            continue 'value;
                        }
                        _ => break 'value,
                    }
                }
            }
            first = false;
        }
    }
    path.iter().fold(String::new(), |pointer, step| match step {
        Step::Key(key) => pointer + "/" + &key.to_str().replace('~', "~0").replace('/', "~1"),
        Step::Index(index) => format!("{pointer}/{index}"),
    })
}

/// One byte of the input, or its end, as a person names it.
struct Byte<'a>(&'a [u8]);

impl fmt::Display for Byte<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str("the end of the input"),
            [byte @ b' '..=b'~', ..] => write!(f, "`{}`", char::from(*byte)),
            [byte, ..] => write!(f, "the byte {byte:#04x}"),
        }
    }
}

/// The value at the start of the input, as a person names it.
struct Found<'a>(&'a [u8]);

/// How many bytes of a value an error repeats.
const EXCERPT: usize = 40;

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scalar = |end: fn(&u8) -> bool, skip: usize, more: usize| {
            let length =
                self.0.iter().skip(skip).position(end).map_or(self.0.len(), |at| at + skip + more);
            let shown = String::from_utf8_lossy(&self.0[..length.min(EXCERPT)]).into_owned();
            shown + if length > EXCERPT { "..." } else { "" }
        };
        match self.0 {
            [b'{', ..] => f.write_str("an object"),
            [b'[', ..] => f.write_str("an array"),
            [b'"', ..] => write!(f, "the string {}", scalar(|byte| *byte == b'"', 1, 1)),
            _ => f.write_str(&scalar(|byte| b",]} \t\r\n".contains(byte), 0, 0)),
        }
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Constraint::Text => f.write_str("a string"),
            Constraint::Boolean => f.write_str("`true` or `false`"),
            Constraint::Integer { minimum, maximum } => {
                write!(f, "an integer from {minimum} to {maximum}")
            }
            Constraint::Float { minimum, maximum } => {
                f.write_str("a number")?;
                if let Some(Bound { decimal, exclusive, .. }) = minimum {
                    write!(f, " {} {decimal}", if *exclusive { "above" } else { "from" })?;
                }
                if let Some(Bound { decimal, exclusive, .. }) = maximum {
                    let inclusive = if minimum.is_some() { "to" } else { "up to" };
                    write!(f, " {} {decimal}", if *exclusive { "below" } else { inclusive })?;
                }
                Ok(())
            }
        }
    }
}
