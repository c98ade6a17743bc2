//! Eight bytes at a time: the arithmetic that the scanners share.

/// `byte` in all eight places.
pub(super) const fn each(byte: u8) -> u64 {
    0x0101_0101_0101_0101 * byte as u64
}

/// The highest bit of each byte.
pub(super) const HIGH: u64 = each(0x80);

/// The eight bytes from `at`, the first one lowest. The caller's slice is of fixed length, so the bounds are checked by
/// the compiler.
#[inline(always)]
pub(super) fn word<const N: usize>(bytes: &[u8; N], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

/// The eight bytes from the start of `rest`, zeros if it has less. `context` ends with `rest`.
#[inline(always)]
pub(super) fn window(context: &[u8], rest: &[u8]) -> Option<u64> {
    if let Some(chunk) = rest.first_chunk::<8>() {
        return Some(word(chunk, 0));
    }
    if rest.is_empty() {
        return None;
    }
    let Some(last) = context.last_chunk::<8>() else { return Some(short_word(rest)) };
    Some(word(last, 0) >> (64 - 8 * rest.len()))
}

/// The word of all that there is.
#[cold]
fn short_word(rest: &[u8]) -> u64 {
    rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// The number of bytes below the lowest marked one, in a word of [`HIGH`] marks.
#[inline(always)]
pub(super) fn before_first(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

/// The rest after `literal`, if `rest` starts with it.
#[inline(always)]
pub(crate) fn after<'a, const N: usize>(rest: &'a [u8], literal: &[u8; N]) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    same(head, literal).then_some(tail)
}

/// As [`after`], of a part of a literal, whose length the compiler knows where this is inlined.
#[inline(always)]
pub(super) fn after_part<'a>(rest: &'a [u8], part: &[u8]) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(part.len())?;
    same(head, part).then_some(tail)
}

/// Whether two texts of one length, which the compiler knows, are the same.
///
/// The same as `==`, which calls `memcmp` from some length on.
#[inline(always)]
fn same(head: &[u8], literal: &[u8]) -> bool {
    let length = literal.len();
    if head.len() != length {
        return false;
    }
    let half = |bytes: &[u8], at: usize| {
        let mut half = [0; 4];
        half.copy_from_slice(&bytes[at..at + 4]);
        u32::from_le_bytes(half)
    };
    let word = |bytes: &[u8], at: usize| {
        let mut word = [0; 8];
        word.copy_from_slice(&bytes[at..at + 8]);
        u64::from_le_bytes(word)
    };
    if length < 4 {
        head == literal
    } else if length < 8 {
        half(head, 0) == half(literal, 0) && half(head, length - 4) == half(literal, length - 4)
    } else {
        let mut difference = 0;
        let mut at = 0;
        while at + 8 <= length {
            difference |= word(head, at) ^ word(literal, at);
            at += 8;
        }
        if at < length {
            difference |= word(head, length - 8) ^ word(literal, length - 8);
        }
        difference == 0
    }
}
