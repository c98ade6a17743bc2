//! Explains a rejection: what is wrong, and where. This path may take its time.

use std::fmt;

use super::reader::Next;
use super::vocabulary::{
    Array, Bound, ByType, Constraint, Extent, IntegerLimits, Literal, MAX_DEPTH, Reader, Reason,
    Steps, TextLimits,
};
use crate::error::{ErrorKind, Explanation};
use crate::printable::Printable;
use crate::text::Text;

/// What a pass over `input` means by `reason`, at `offset`.
#[cold]
pub(crate) fn explain(input: &[u8], reason: Reason, offset: usize) -> Explanation {
    if reason.is_of_the_contract() {
        // Broken JSON comes first: whoever reads a delivery that was cut off should hear of that.
        let mut reader = Reader::new(input, Extent::Whole);
        let rest = reader.skip(reader.space(input), 0);
        let rest = rest.and_then(|rest| reader.end(rest));
        if let Err(fault) = rest.and_then(|rest| reader.utf8(rest)) {
            return explain(input, fault.reason, input.len() - fault.rest.len());
        }
    }
    let rest = &input[offset..];
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
        Reason::Value(constraint) => {
            let is_of_its_type = rest.first().is_some_and(|first| takes_type(constraint, *first));
            let kind = if is_of_its_type { ErrorKind::Value } else { ErrorKind::Type };
            (kind, format!("expected {constraint}, found {found}"))
        }
        Reason::Length(array, count) => {
            let items = if count == 1 { "item" } else { "items" };
            (ErrorKind::Value, format!("expected {array}, found one of {count} {items}"))
        }
        Reason::Duplicate(key) => {
            (ErrorKind::Duplicate, format!("`{}` occurs twice", Printable::quoted(key)))
        }
        Reason::Missing(key) => {
            (ErrorKind::Missing, format!("`{}` is missing", Printable::quoted(key)))
        }
    };
    let mut pointer = pointer(input, offset);
    // The fault stands at the second key, which begins no value yet.
    if let Reason::Duplicate(key) = reason {
        push_token(&mut pointer, key);
    }
    Explanation { kind, pointer, offset, message, event_id: None, type_name: None }
}

impl Reason {
    /// Whether the JSON may still be well formed.
    fn is_of_the_contract(&self) -> bool {
        match self {
            Reason::Value(_) | Reason::Length(..) | Reason::Duplicate(_) | Reason::Missing(_) => {
                true
            }
            Reason::Syntax(_)
            | Reason::Control
            | Reason::Surrogate
            | Reason::Utf8
            | Reason::Overflow
            | Reason::Depth => false,
        }
    }
}

/// The JSON Pointer of the innermost value that has begun and not ended at `offset`. All before `offset` is well formed.
fn pointer(input: &[u8], offset: usize) -> String {
    enum Step<'a> {
        Key(Text<'a>),
        Index(usize),
    }
    let mut reader = Reader::new(input, Extent::Whole);
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
    let mut pointer = String::new();
    for step in path {
        match step {
            Step::Key(key) => push_token(&mut pointer, &key.to_str()),
            Step::Index(index) => push_token(&mut pointer, &index.to_string()),
        }
    }
    pointer
}

/// Adds `key` to a JSON Pointer.
fn push_token(pointer: &mut String, key: &str) {
    pointer.push('/');
    if key.contains(['~', '/']) {
        *pointer += &key.replace('~', "~0").replace('/', "~1");
    } else {
        *pointer += key;
    }
}

/// The strings under `keys` in the object that `input` starts with, as far as it can be read. Of a key that occurs twice it is
/// the first.
pub(crate) fn strings<const N: usize>(input: &[u8], keys: [&str; N]) -> [Option<String>; N] {
    let mut found = [const { None }; N];
    let mut reader = Reader::new(input, Extent::Whole);
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
            if found.iter().all(Option::is_some) {
                break;
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

/// An error repeats so many characters of a value at most.
const EXCERPT_LENGTH: usize = 40;

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scalar = |end: fn(&u8) -> bool, skip: usize, more: usize| {
            let length =
                self.0.iter().skip(skip).position(end).map_or(self.0.len(), |at| at + skip + more);
            // A character has four bytes at most, and one more of them shows that something is left out.
            let shown = String::from_utf8_lossy(&self.0[..length.min(4 * EXCERPT_LENGTH + 4)]);
            Printable::new(&shown, EXCERPT_LENGTH).to_string()
        };
        match self.0 {
            [b'{', ..] => f.write_str("an object"),
            [b'[', ..] => f.write_str("an array"),
            [b'"', ..] => write!(f, "the string {}", scalar(|byte| *byte == b'"', 1, 1)),
            _ => f.write_str(&scalar(|byte| b",]} \t\r\n".contains(byte), 0, 0)),
        }
    }
}

/// Whether `constraint` takes some value of the JSON type that begins with the byte `first`.
fn takes_type(constraint: &Constraint, first: u8) -> bool {
    let is_number = matches!(first, b'-' | b'0'..=b'9');
    match constraint {
        Constraint::Any => true,
        Constraint::Null => first == b'n',
        Constraint::Boolean => matches!(first, b't' | b'f'),
        Constraint::Text | Constraint::LimitedText(_) => first == b'"',
        Constraint::Integer { .. }
        | Constraint::WideInteger(_)
        | Constraint::Float { .. }
        | Constraint::Steps(_) => is_number,
        Constraint::OneOf(literals) => literals.iter().any(|literal| match literal {
            Literal::Boolean(_) => matches!(first, b't' | b'f'),
            Literal::Integer(_) => is_number,
            Literal::Text(_) => first == b'"',
        }),
        Constraint::Array(_) => first == b'[',
        Constraint::Map(_) | Constraint::Object(_) | Constraint::Tagged(_) => first == b'{',
        Constraint::Untagged(untagged) => {
            untagged.alternatives.iter().any(|alternative| takes_type(alternative, first))
        }
        Constraint::ByType(by_type) => {
            by_type.null && first == b'n'
                || by_type.constraints().any(|constraint| takes_type(constraint, first))
        }
    }
}

impl ByType {
    fn constraints(&self) -> impl Iterator<Item = &Constraint> {
        let all = [&self.boolean, &self.number, &self.string, &self.array, &self.object];
        all.into_iter().flatten()
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Constraint::Any => f.write_str("any value"),
            Constraint::Null => f.write_str("`null`"),
            Constraint::Boolean => f.write_str("`true` or `false`"),
            Constraint::Text => f.write_str("a string"),
            Constraint::LimitedText(limits) => limits.fmt(f),
            Constraint::Integer { minimum, maximum } => {
                write!(f, "an integer from {minimum} to {maximum}")
            }
            Constraint::WideInteger(limits) => limits.fmt(f),
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
            Constraint::Steps(steps) => {
                let &Steps { minimum, maximum, multiple_of } = *steps;
                write!(f, "{}, a multiple of {multiple_of}", Constraint::Float { minimum, maximum })
            }
            Constraint::OneOf(literals) => alternatives(f, literals.iter()),
            Constraint::Array(array) => array.fmt(f),
            Constraint::Map(_) | Constraint::Object(_) | Constraint::Tagged(_) => {
                f.write_str("an object")
            }
            Constraint::Untagged(untagged) => {
                let kinds = untagged.alternatives.len();
                let which = if untagged.exactly_one { "exactly one" } else { "one" };
                write!(f, "a value that meets {which} of {kinds} alternatives")
            }
            Constraint::ByType(by_type) => {
                let null = by_type.null.then_some(&Constraint::Null);
                alternatives(f, by_type.constraints().chain(null))
            }
        }
    }
}

/// `a, b or c`.
fn alternatives(
    f: &mut fmt::Formatter<'_>,
    all: impl Iterator<Item = impl fmt::Display>,
) -> fmt::Result {
    let mut all = all.enumerate().peekable();
    while let Some((at, one)) = all.next() {
        let separator = match (at, all.peek()) {
            (0, _) => "",
            (_, Some(_)) => ", ",
            (_, None) => " or ",
        };
        write!(f, "{separator}{one}")?;
    }
    Ok(())
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Boolean(value) => write!(f, "`{value}`"),
            Literal::Integer(value) => write!(f, "{value}"),
            Literal::Text(value) => write!(f, "{value:?}"),
        }
    }
}

/// ` of 1 to 5 items`; nothing without a limit.
fn range(
    f: &mut fmt::Formatter<'_>,
    minimum: u64,
    maximum: Option<u64>,
    unit: &str,
) -> fmt::Result {
    match (minimum, maximum) {
        (0, None) => Ok(()),
        (minimum, None) => write!(f, " of at least {minimum} {unit}"),
        (0, Some(maximum)) => write!(f, " of at most {maximum} {unit}"),
        (minimum, Some(maximum)) if minimum == maximum => write!(f, " of {minimum} {unit}"),
        (minimum, Some(maximum)) => write!(f, " of {minimum} to {maximum} {unit}"),
    }
}

impl fmt::Display for TextLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")?;
        range(f, self.minimum, self.maximum, "characters")?;
        self.patterns.iter().try_for_each(|pattern| write!(f, " matching `{}`", pattern.source))
    }
}

impl fmt::Display for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")?;
        range(f, self.minimum, self.maximum, "items")
    }
}

impl fmt::Display for IntegerLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.multiple_of {
            Some(divisor) => write!(f, "a multiple of {divisor}")?,
            None => f.write_str("an integer")?,
        }
        match (self.minimum, self.maximum) {
            (None, None) => Ok(()),
            (Some(minimum), None) => write!(f, " from {minimum}"),
            (None, Some(maximum)) => write!(f, " up to {maximum}"),
            (Some(minimum), Some(maximum)) => write!(f, " from {minimum} to {maximum}"),
        }
    }
}
