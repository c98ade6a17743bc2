//! The tokens that a delivery is made of: whitespace, strings, keys, punctuation.
//!
//! A place in the delivery is the rest of the input from there on: `rest`, or `tail` for what is left of a `rest`.

use super::string::{self, Scanned};
use super::vocabulary::{Extent, Fault, Reader, Reason};
use super::words::{before_first, each, word};
use crate::text::Text;

/// The next thing in an object.
pub(super) enum Next<'a> {
    /// A key: the rest after its opening quote.
    Key(&'a [u8]),
    /// The end: the rest after the brace.
    End(&'a [u8]),
}

/// A key of an object.
pub(super) struct Key<'a> {
    pub(super) text: Text<'a>,
    /// Whether it is written as a contract looks for it: without escapes, and with a colon right after its quote.
    pub(super) usual: bool,
    /// The value after the colon.
    pub(super) value: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Checks the bytes above 0x7f, if strings may hold any.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn utf8(&self, rest: &'a [u8]) -> Result<(), Fault<'a>> {
        if self.unicode { self.utf8_slow(rest) } else { Ok(()) }
    }

    #[cold]
    fn utf8_slow(&self, rest: &'a [u8]) -> Result<(), Fault<'a>> {
        match std::str::from_utf8(&self.input[..self.input.len() - rest.len()]) {
            Ok(_) => Ok(()),
            Err(error) => Err(Fault::new(Reason::Utf8, &self.input[error.valid_up_to()..])),
        }
    }

    /// The rest after the whitespace at the start of `rest`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn space(&self, rest: &'a [u8]) -> &'a [u8] {
        match rest {
            [0..=b' ', ..] => self.space_slow(rest),
            _ => rest,
        }
    }

    /// As [`Self::space`], where one blank is more likely than other whitespace.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn blank(&self, rest: &'a [u8]) -> &'a [u8] {
        match rest {
            [b' ', tail @ ..] if matches!(tail, [b'!'..=0xff, ..]) => tail,
            _ => self.space(rest),
        }
    }

    #[inline(never)]
    pub(super) fn space_slow(&self, mut rest: &'a [u8]) -> &'a [u8] {
        while let [byte, tail @ ..] = rest {
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' if self.extent == Extent::Whole => {}
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

    /// Checks that only whitespace follows the delivery that ends before `rest`. Returns the lines after its line.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn end(&self, rest: &'a [u8]) -> Result<&'a [u8], Fault<'a>> {
        match self.space(rest) {
            [] => Ok(&[]),
            [b'\n', tail @ ..] if self.extent == Extent::FirstLine => Ok(tail),
            rest => Err(Fault::new(Reason::Syntax("nothing more"), rest)),
        }
    }

    /// The input from one byte before `rest`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn before(&self, rest: &'a [u8]) -> &'a [u8] {
        &self.input[self.input.len() - rest.len() - 1..]
    }

    /// The string whose opening quote stands right before `rest`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn text(&mut self, rest: &'a [u8]) -> Result<Scanned<'a>, Fault<'a>> {
        string::scan(self.before(rest), &mut self.unicode)
    }

    /// As [`Self::text`], where an id is expected, which is read quicker.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn id(&mut self, rest: &'a [u8]) -> Result<Scanned<'a>, Fault<'a>> {
        match string::id(rest) {
            Some(id) => Ok(id),
            None => self.text(rest),
        }
    }

    /// As [`Self::text`], where an id or another plain string is expected, which is read quicker.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn string(&mut self, rest: &'a [u8]) -> Result<Scanned<'a>, Fault<'a>> {
        match string::id(rest).or_else(|| string::plain(rest)) {
            Some(string) => Ok(string),
            None => self.other_string(rest),
        }
    }

    #[cold]
    #[inline(never)]
    fn other_string(&mut self, rest: &'a [u8]) -> Result<Scanned<'a>, Fault<'a>> {
        self.text(rest)
    }

    /// The next member of an object, or its end. `rest` follows the opening brace, if `first`, or a value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn next(&self, rest: &'a [u8], first: bool) -> Result<Next<'a>, Fault<'a>> {
        let mut start = self.space(rest);
        match start {
            [b'}', tail @ ..] => return Ok(Next::End(tail)),
            [b',', tail @ ..] if !first => start = self.blank(tail),
            _ if first => {}
            _ => return Err(Fault::new(Reason::Syntax("`,` or `}`"), start)),
        }
        match start {
            [b'"', tail @ ..] => Ok(Next::Key(tail)),
            _ => {
                Err(Fault::new(Reason::Syntax(if first { "a key or `}`" } else { "a key" }), start))
            }
        }
    }

    /// The key whose first byte `rest` starts with.
    #[inline(never)]
    pub(super) fn key(&mut self, rest: &'a [u8]) -> Result<Key<'a>, Fault<'a>> {
        let key = self.text(rest)?;
        let usual = key.text.as_plain().is_some() && key.rest.first() == Some(&b':');
        let value = self.colon(key.rest)?;
        Ok(Key { text: key.text, usual, value })
    }

    /// The value after the colon at the start of `rest`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn colon(&self, rest: &'a [u8]) -> Result<&'a [u8], Fault<'a>> {
        match self.space(rest) {
            [b':', tail @ ..] => Ok(self.blank(tail)),
            rest => Err(Fault::new(Reason::Syntax("`:`"), rest)),
        }
    }
}
