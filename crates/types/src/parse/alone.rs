//! JSON with no envelope around it: a value that meets a constraint.

use super::explain::explain;
#[cfg(feature = "serde")]
use super::vocabulary::IntegerLimits;
use super::vocabulary::{Bits, Constraint, Extent, Fault, Reader};
use crate::error::ParseError;

/// Judges all of `json`, which may have whitespace around its value. Returns the value as it is written.
pub(crate) fn value<'a, B: Bits>(
    json: &'a [u8],
    constraint: &'static Constraint,
) -> Result<&'a [u8], ParseError> {
    value_within::<B>(json, constraint, 0)
}

/// Judges the form of `json`, any value that `open` containers surround.
pub(crate) fn any(json: &[u8], open: u32) -> Result<&[u8], ParseError> {
    value_within::<u32>(json, &Constraint::Any, open)
}

/// Judges `json`, an integer.
#[cfg(feature = "serde")]
pub(crate) fn any_integer(json: &[u8]) -> Result<&[u8], ParseError> {
    static INTEGER: Constraint =
        Constraint::WideInteger(&IntegerLimits { minimum: None, maximum: None, multiple_of: None });
    value::<u32>(json, &INTEGER)
}

fn value_within<'a, B: Bits>(
    json: &'a [u8],
    constraint: &'static Constraint,
    open: u32,
) -> Result<&'a [u8], ParseError> {
    value_to_end::<B>(json, constraint, open).map_err(|Fault { reason, rest }| {
        ParseError::new(json, reason, json.len() - rest.len(), explain)
    })
}

fn value_to_end<'a, B: Bits>(
    json: &'a [u8],
    constraint: &'static Constraint,
    open: u32,
) -> Result<&'a [u8], Fault<'a>> {
    let mut reader = Reader::new(json, Extent::Whole);
    let start = reader.space(json);
    let rest = reader.value::<B>(start, constraint, open)?;
    reader.utf8(reader.end(rest)?)?;
    Ok(&start[..start.len() - rest.len()])
}

/// Whether `constraint`, of strings, takes `text`.
#[allow(dead_code, reason = "a contract need not have limits on strings")]
pub(crate) fn takes_str(constraint: &'static Constraint, text: &str) -> bool {
    match constraint {
        Constraint::LimitedText(limits) => limits.take_chars(&text.chars()),
        _ => true,
    }
}

/// Whether `constraint`, of scalars, takes the value that `json` is.
#[allow(dead_code, reason = "a contract need not have integers of any size")]
pub(crate) fn takes_json(constraint: &'static Constraint, json: &str) -> bool {
    value::<u32>(json.as_bytes(), constraint).is_ok()
}
