//! Values of undeclared keys: they must be well formed, and are passed over.

use super::number;
use super::reader::Next;
use super::vocabulary::{Fault, MAX_DEPTH, Reader, Reason};
use super::words::after;

/// The containers that are open inside the value, the innermost in the lowest bit: 1 for an object, 0 for an array.
#[derive(Default)]
struct Open {
    kinds: u128,
    count: u32,
}

impl<'a> Reader<'a> {
    /// Passes over the value at the start of `rest`, which `open` containers surround. Returns the rest after it.
    ///
    /// A loop, not a recursion: it takes no more of the stack for deep input.
    #[inline(never)]
    pub(super) fn skip(&mut self, mut rest: &'a [u8], open: u32) -> Result<&'a [u8], Fault<'a>> {
        let mut inside = Open::default();
        'value: loop {
            // At a value.
            let mut first = false;
            match rest {
                [b'"', tail @ ..] => rest = self.string(tail)?.rest,
                [b'-' | b'0'..=b'9', ..] => (_, rest) = number::scan(rest)?,
                [kind @ (b'{' | b'['), tail @ ..] => {
                    if open + inside.count == MAX_DEPTH {
                        return Err(Fault::new(Reason::Depth, rest));
                    }
                    inside.kinds = inside.kinds << 1 | u128::from(*kind == b'{');
                    inside.count += 1;
                    rest = tail;
                    first = true;
                }
                _ => {
                    rest = after(rest, b"true")
                        .or_else(|| after(rest, b"false"))
                        .or_else(|| after(rest, b"null"))
                        .ok_or_else(|| Fault::new(Reason::Syntax("a value"), rest))?;
                }
            }
            // After a value, or at the start of a container: go to the next value.
            loop {
                if inside.count == 0 {
                    return Ok(rest);
                }
                if inside.kinds & 1 == 1 {
                    match self.next(rest, first)? {
                        Next::Key(key) => {
                            rest = self.key(key)?.value;
                            continue 'value;
                        }
                        Next::End(tail) => rest = tail,
                    }
                } else {
                    rest = self.space(rest);
                    match rest {
                        [b']', tail @ ..] => rest = tail,
                        [b',', tail @ ..] if !first => {
                            rest = self.space(tail);
                            continue 'value;
                        }
                        _ if first => continue 'value,
                        _ => return Err(Fault::new(Reason::Syntax("`,` or `]`"), rest)),
                    }
                }
                first = false;
                inside.kinds >>= 1;
                inside.count -= 1;
            }
        }
    }
}
