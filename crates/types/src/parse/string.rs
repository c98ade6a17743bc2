//! JSON strings: where they end, and whether they are well formed.

use super::vocabulary::{Fault, Reason};
use super::words::{HIGH, before_first, each, word};
use crate::text::Text;

/// A string, and the rest after its closing quote.
pub(super) struct Scanned<'a> {
    pub(super) text: Text<'a>,
    pub(super) rest: &'a [u8],
}

/// The length of a UUID, which most ids are.
const ID: usize = 36;

/// The string if it is plain ASCII of the length of an id: a guess that is checked.
///
/// Reading the end where it is expected, and not where a scan finds it, lets the processor go on with what follows the
/// string before it has looked at all of it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn id(rest: &[u8]) -> Option<Scanned<'_>> {
    let (head, tail) = rest.split_first_chunk::<{ ID + 1 }>()?;
    if head[ID] != b'"' {
        return None;
    }
    // Marks all bytes that might end the string or need a closer look; and, to save a subtraction, blanks and `!`, which
    // no id has.
    let marks = |word: u64| {
        word.wrapping_sub(each(b'"' + 1)) | (word ^ each(b'\\')).wrapping_sub(each(1)) | word
    };
    let last = u32::from_le_bytes([head[32], head[33], head[34], head[35]]);
    let four = |byte| u32::from_le_bytes([byte; 4]);
    let last_marks =
        last.wrapping_sub(four(b'"' + 1)) | (last ^ four(b'\\')).wrapping_sub(four(1)) | last;
    let all = marks(word(head, 0))
        | marks(word(head, 8))
        | marks(word(head, 16))
        | marks(word(head, 24))
        | u64::from(last_marks);
    let plain = all & HIGH == 0;
    plain.then_some(Scanned { text: Text::from_checked(&head[..ID]), rest: tail })
}

/// The string if it is plain ASCII, and not among the last few bytes of the input.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn plain(rest: &[u8]) -> Option<Scanned<'_>> {
    let (text, end) = rest.split_at_checked(plain_length(rest))?;
    match end {
        [b'"', tail @ ..] => Some(Scanned { text: Text::from_checked(text), rest: tail }),
        _ => None,
    }
}

/// The number of bytes, eight at a time, that a plain string may have at the start of `rest`.
///
/// Not inlined, and returned in a register: what the callers would keep in memory around a larger call costs more than the scan.
#[inline(never)]
fn plain_length(mut rest: &[u8]) -> usize {
    let mut length = 0;
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let word = word(chunk, 0);
        let marks = (stops(word) | word) & HIGH;
        if marks != 0 {
            return length + before_first(marks);
        }
        length += 8;
        rest = tail;
    }
    length
}

/// Marks the bytes of ASCII that are more than a character of a string, in their highest bits.
///
/// A subtraction may also mark bytes above the first one that it should mark: only the first counts.
#[cfg_attr(not(debug_assertions), inline(always))]
fn stops(word: u64) -> u64 {
    let below_blank = word.wrapping_sub(each(b' '));
    let quote = (word ^ each(b'"')).wrapping_sub(each(1));
    let backslash = (word ^ each(b'\\')).wrapping_sub(each(1));
    below_blank | quote | backslash
}

/// The string whose opening quote `quoted` starts with. Sets `unicode` if bytes above 0x7f may be in it: the caller checks
/// those, once for the whole delivery.
pub(super) fn scan<'a>(quoted: &'a [u8], unicode: &mut bool) -> Result<Scanned<'a>, Fault<'a>> {
    let mut rest = &quoted[1..];
    let mut high = 0;
    let mut escaped = false;
    loop {
        // To the next byte that is more than a character of the string.
        while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
            let word = word(chunk, 0);
            let marks = stops(word) & !word & HIGH;
            high |= word;
            if marks != 0 {
                rest = &rest[before_first(marks)..];
                break;
            }
            rest = tail;
        }
        match rest {
            [b'"', tail @ ..] => {
                *unicode |= high & HIGH != 0;
                let written = &quoted[usize::from(!escaped)..quoted.len() - rest.len()];
                return Ok(Scanned { text: Text::from_checked(written), rest: tail });
            }
            [b'\\', tail @ ..] => {
                rest = escape(rest, tail)?;
                escaped = true;
            }
            [0..=0x1f, ..] => return Err(Fault::new(Reason::Control, rest)),
            // Among the last few bytes of the input.
            [byte, tail @ ..] => {
                high |= u64::from(*byte);
                rest = tail;
            }
            [] => return Err(Fault::new(Reason::Syntax("`\"`"), rest)),
        }
    }
}

/// The rest after the escape whose backslash is at `start`, right before `tail`.
#[cold]
fn escape<'a>(start: &'a [u8], tail: &'a [u8]) -> Result<&'a [u8], Fault<'a>> {
    let broken = || Fault::new(Reason::Syntax("an escape sequence"), start);
    match tail {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', tail @ ..] => Ok(tail),
        [b'u', tail @ ..] => {
            let (unit, tail) = hex(tail).ok_or_else(broken)?;
            match unit {
                0xd800..0xdc00 => match tail {
                    [b'\\', b'u', low @ ..] => match hex(low) {
                        Some((0xdc00..0xe000, tail)) => Ok(tail),
                        _ => Err(Fault::new(Reason::Surrogate, start)),
                    },
                    _ => Err(Fault::new(Reason::Surrogate, start)),
                },
                0xdc00..0xe000 => Err(Fault::new(Reason::Surrogate, start)),
                _ => Ok(tail),
            }
        }
        _ => Err(broken()),
    }
}

/// Four hexadecimal digits.
fn hex(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, tail) = bytes.split_first_chunk::<4>()?;
    let unit = digits
        .iter()
        .try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))?;
    Some((unit, tail))
}
