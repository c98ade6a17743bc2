//! Texts are compared and looked at eight bytes at a time, with what one byte at a time shows.

use crate::parse::words::{after, after_part, before_first, each, window};

const TEXT: &[u8; 24] = b"the quick brown fox jump";

/// What follows the first bytes of [`TEXT`], if `rest` starts with as many as are compared.
fn compare<const N: usize>(rest: &[u8]) -> Option<&[u8]> {
    let literal = TEXT.first_chunk::<N>().expect("it is shorter");
    let found = after(rest, literal);
    assert_eq!(found, after_part(rest, literal));
    found
}

#[test]
fn a_literal_is_found_where_each_byte_is_its_own() {
    fn check<const N: usize>() {
        let mut rest = *TEXT;
        assert_eq!(compare::<N>(&rest), Some(&TEXT[N..]));
        for at in 0..TEXT.len() {
            for bit in 0..8 {
                rest[at] ^= 1 << bit;
                assert_eq!(compare::<N>(&rest), (at >= N).then_some(&rest[N..]), "{N} {at} {bit}");
                rest[at] ^= 1 << bit;
            }
            assert_eq!(compare::<N>(&TEXT[..at]), (at >= N).then(|| &TEXT[N..at]), "{N} {at}");
        }
    }
    check::<1>();
    check::<2>();
    check::<3>();
    check::<4>();
    check::<5>();
    check::<6>();
    check::<7>();
    check::<8>();
    check::<9>();
    check::<12>();
    check::<15>();
    check::<16>();
    check::<17>();
    check::<23>();
}

#[test]
fn a_window_has_the_next_eight_bytes_or_zeros() {
    for length in 0..=TEXT.len() {
        for from in 0..=length {
            let (context, rest) = (&TEXT[..length], &TEXT[from..length]);
            let expected = (0..8).fold(0, |word, at| {
                word | u64::from(rest.get(at).copied().unwrap_or_default()) << (8 * at)
            });
            let expected = (!rest.is_empty()).then_some(expected);
            assert_eq!(window(context, rest), expected, "{from}..{length}");
        }
    }
}

#[test]
fn the_first_mark_counts() {
    assert_eq!(each(0xa5), 0xa5a5_a5a5_a5a5_a5a5);
    for at in 0..8 {
        assert_eq!(before_first(each(0x80) << (8 * at)), at);
    }
}
