//! Explains a rejection: what is wrong, and where. This path may take its time.

use std::fmt;

use super::reader::{Extent, Next, Reader};
use super::vocabulary::{Bound, Constraint, Fault, Fields, MAX_DEPTH, Position, Reason};
use crate::error::{ErrorKind, ParseError};
use crate::text::Text;

/// The error that a pass over `input` means by `reason`, at `offset`.
#[cold]
pub(crate) fn explain(input: &[u8], reason: Reason, offset: usize) -> ParseError {
    let rest = &input[offset..];
    if let Reason::Data(fields) = reason {
        if let Some(fault) = field_fault(rest, fields) {
            return explain(input, fault.reason, input.len() - fault.rest.len());
        }
    }
    let found = Excerpt(rest);
    let (kind, message) = match reason {
        Reason::Syntax(expected) => {
            (ErrorKind::Syntax, format!("expected {expected}, found {}", Byte(rest)))
        }
        Reason::Control => (
            ErrorKind::Syntax,
            format!("expected `\"` or an escape sequence, found {}", Byte(rest)),
        ),
        Reason::Surrogate => {
            (ErrorKind::Syntax, "half of a surrogate pair, which no Unicode text has".into())
        }
        Reason::Utf8 => (ErrorKind::Utf8, format!("expected UTF-8, found {}", Byte(rest))),
        Reason::Overflow => (ErrorKind::Overflow, format!("{found} is too large for binary64")),
        Reason::Depth => (ErrorKind::Depth, format!("more than {MAX_DEPTH} containers are open")),
        Reason::Object => (ErrorKind::Type, format!("expected an object, found {found}")),
        Reason::Type => (ErrorKind::Type, format!("expected a string, found {found}")),
        Reason::Value(slot) => {
            let numeric =
                matches!(slot.constraint, Constraint::Integer { .. } | Constraint::Float { .. });
            let kind = match rest {
                [b'-' | b'0'..=b'9', ..] if numeric => ErrorKind::Value,
                _ => ErrorKind::Type,
            };
            (kind, format!("expected {}, found {found}", slot.constraint))
        }
        Reason::Duplicate(key) => (ErrorKind::Duplicate, format!("`{key}` occurs twice")),
        Reason::Missing(key) => (ErrorKind::Missing, format!("`{key}` is missing")),
        // `field_fault` has found nothing, which means that it and the pass disagree: a bug, but the delivery stays
        // rejected.
        Reason::Data(_) => (ErrorKind::Value, "not what its `type` declares".into()),
    };
    let mut pointer = pointer(input, offset);
    // The fault stands at the second key, which begins no value yet. Declared keys need no escapes.
    if let Reason::Duplicate(key) = reason {
        pointer.push('/');
        pointer.push_str(key);
    }
    ParseError::new(kind, pointer, offset, message)
}

/// The first field of the object at the start of `data` that does not fit.
fn field_fault<'a>(data: &'a [u8], fields: &'static Fields) -> Option<Fault<'a>> {
    let mut reader = Reader::new(data, Extent::Whole, ());
    let mut rest = data.strip_prefix(b"{")?;
    let mut seen = vec![false; fields.list.len()];
    let slots = || fields.list.iter().map(|field| field.position.slot_in(fields.slots));
    let mut first = true;
    while let Next::Key(start) = reader.next(rest, first).ok()? {
        first = false;
        let key = reader.key(start).ok()?;
        rest = key.value;
        let taker = slots().zip(&mut seen).find(|(slot, _)| key.text == *slot.key);
        let Some((slot, seen)) = taker else {
            // The pass has checked the depth.
            rest = reader.skip(rest, 2).ok()?;
            continue;
        };
        if *seen {
            return Some(Fault::new(Reason::Duplicate(slot.key), reader.before(start)));
        }
        *seen = true;
        let alone = std::slice::from_ref(slot);
        let (takers, tail) = reader.value::<u32>(rest, alone, Position(0), 2).ok()?;
        if takers.is_empty() {
            return Some(Fault::new(Reason::Value(slot), rest));
        }
        rest = tail;
    }
    let (field, _) = fields.list.iter().zip(seen).find(|(field, seen)| field.required && !seen)?;
    Some(Fault::new(Reason::Missing(field.position.slot_in(fields.slots).key), data))
}

/// The JSON Pointer of the innermost value that has begun and not ended at `offset`. All before `offset` is well formed.
fn pointer(input: &[u8], offset: usize) -> String {
    enum Step<'a> {
        Key(Text<'a>),
        Index(usize),
    }
    let mut reader = Reader::new(input, Extent::Whole, ());
    let mut path: Vec<Step<'_>> = Vec::new();
    let mut rest = reader.space(input);
    let passed = |rest: &[u8]| input.len() - rest.len() > offset;
    'value: while input.len() - rest.len() < offset {
        let mut first = true;
        match rest {
            [b'{', tail @ ..] => {
                rest = tail;
                // A placeholder, which the first key replaces.
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
                        Ok(key) if !passed(key.value) => {
                            path.push(Step::Key(key.text));
                            rest = key.value;
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

/// The strings under `keys` in the object that `input` starts with, as far as it can be read. Of a key that occurs twice it is
/// the first.
pub(crate) fn strings<const N: usize>(input: &[u8], keys: [&str; N]) -> [Option<String>; N] {
    let mut found = [const { None }; N];
    let mut reader = Reader::new(input, Extent::Whole, ());
    let Some(mut rest) = reader.space(input).strip_prefix(b"{") else { return found };
    let mut first = true;
    while let Ok(Next::Key(start)) = reader.next(rest, first) {
        first = false;
        let Ok(key) = reader.key(start) else { break };
        if let (Some(at), [b'"', tail @ ..]) =
            (keys.iter().position(|name| key.text == **name), key.value)
        {
            let Ok(value) = reader.text(tail) else { break };
            if found[at].is_none() {
                found[at] = value.text.to_checked();
            }
        }
        let Ok(tail) = reader.skip(key.value, 1) else { break };
        rest = tail;
    }
    found
}

/// The byte at the start of the input, or the end of the input, as an error names it.
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

/// The value at the start of the input, as an error shows it.
struct Excerpt<'a>(&'a [u8]);

/// An error repeats so many bytes of a value at most.
const EXCERPT_LENGTH: usize = 40;

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scalar = |end: fn(&u8) -> bool, skip: usize, more: usize| {
            let length =
                self.0.iter().skip(skip).position(end).map_or(self.0.len(), |at| at + skip + more);
            let shown = String::from_utf8_lossy(&self.0[..length.min(EXCERPT_LENGTH)]).into_owned();
            shown + if length > EXCERPT_LENGTH { "..." } else { "" }
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
            Constraint::Text(_) => f.write_str("a string"),
            Constraint::Boolean(_) => f.write_str("`true` or `false`"),
            Constraint::Integer { minimum, maximum, .. } => {
                write!(f, "an integer from {minimum} to {maximum}")
            }
            Constraint::Float { minimum, maximum, .. } => {
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
