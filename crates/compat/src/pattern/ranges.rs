//! Sets of characters as ranges.

/// Sorted, disjoint, inclusive ranges of scalar values.
pub(super) type Ranges = Vec<(u32, u32)>;

pub(super) const SURROGATES: (u32, u32) = (0xD800, 0xDFFF);

fn normalise(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut out: Ranges = Vec::new();
    for (low, high) in ranges {
        match out.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => out.push((low, high)),
        }
    }
    out
}

/// Everything but `ranges` (and but the surrogates, which no JSON string holds).
pub(super) fn negate(mut ranges: Ranges) -> Ranges {
    ranges.push(SURROGATES);
    let mut out = Vec::new();
    let mut next = 0;
    for (low, high) in normalise(ranges) {
        if low > next {
            out.push((next, low - 1));
        }
        next = high + 1;
    }
    if next <= 0x10_FFFF {
        out.push((next, 0x10_FFFF));
    }
    out
}

pub(super) fn digits() -> Ranges {
    vec![(0x30, 0x39)]
}

/// Word characters are ASCII, with the flag `u` too.
pub(super) fn word() -> Ranges {
    vec![(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]
}

/// ECMA-262 `WhiteSpace` and `LineTerminator`.
pub(super) fn space() -> Ranges {
    vec![
        (0x09, 0x0D),
        (0x20, 0x20),
        (0xA0, 0xA0),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000),
        (0xFEFF, 0xFEFF),
    ]
}
