//! The plain types that a contract's tables are written in, the reasons why a pass stops, and its state. Each speaks of the others.

use std::fmt::Debug;
use std::ops;

use super::pattern::Pattern;
use super::sink::{Place, Slots};
use super::words::{HIGH, each, word};

/// The most containers that may be open at once, the delivery itself included. `serde_json` has the same default.
pub(crate) const MAX_DEPTH: u32 = 127;

/// The values that a place takes.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "a contract need not have values of every kind")]
pub(crate) enum Constraint {
    /// Any JSON.
    Any,
    Null,
    Boolean,
    /// Any string.
    Text,
    LimitedText(&'static TextLimits),
    Integer {
        minimum: i64,
        maximum: i64,
    },
    /// Integers without a bound on each side, or with gaps.
    WideInteger(&'static IntegerLimits),
    Float {
        minimum: Option<Bound>,
        maximum: Option<Bound>,
    },
    /// Numbers with gaps.
    Steps(&'static Steps),
    /// A closed set.
    OneOf(&'static [Literal]),
    Array(&'static Array),
    /// An object whose values all meet the same constraint.
    Map(&'static Constraint),
    Object(&'static Shape),
    Tagged(&'static Tagged),
    ByType(&'static ByType),
    Untagged(&'static Untagged),
}

impl Constraint {
    /// The bounds of the numbers that are taken.
    #[allow(dead_code, reason = "a contract need not have values of every kind")]
    pub(crate) const fn bounds(&self) -> (ops::Bound<f64>, ops::Bound<f64>) {
        const fn side(bound: Option<Bound>) -> ops::Bound<f64> {
            match bound {
                None => ops::Bound::Unbounded,
                Some(bound) if bound.exclusive => ops::Bound::Excluded(bound.value),
                Some(bound) => ops::Bound::Included(bound.value),
            }
        }
        match self {
            Constraint::Float { minimum, maximum } => (side(*minimum), side(*maximum)),
            Constraint::Steps(steps) => (side(steps.minimum), side(steps.maximum)),
            _ => (ops::Bound::Unbounded, ops::Bound::Unbounded),
        }
    }
}

/// One side of a range of numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    /// The bound as the nearest binary64.
    pub(crate) value: f64,
    /// The bound as a decimal.
    pub(crate) decimal: &'static str,
    /// The bound itself is outside.
    pub(crate) exclusive: bool,
}

/// The strings that are taken, by their length in code points and by what must match.
#[derive(Debug)]
#[allow(dead_code, reason = "a contract need not have values of every kind")]
pub(crate) struct TextLimits {
    pub(crate) minimum: u64,
    pub(crate) maximum: Option<u64>,
    /// Each finds a match in the string.
    pub(crate) patterns: &'static [Pattern],
}

#[derive(Debug)]
#[allow(dead_code, reason = "a contract need not have values of every kind")]
pub(crate) struct IntegerLimits {
    pub(crate) minimum: Option<i64>,
    pub(crate) maximum: Option<i64>,
    pub(crate) multiple_of: Option<u64>,
}

#[derive(Debug)]
#[allow(dead_code, reason = "a contract need not have values of every kind")]
pub(crate) struct Steps {
    pub(crate) minimum: Option<Bound>,
    pub(crate) maximum: Option<Bound>,
    /// A decimal.
    pub(crate) multiple_of: &'static str,
}

/// A member of a closed set.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "a contract need not have values of every kind")]
pub(crate) enum Literal {
    Boolean(bool),
    Integer(i64),
    Text(&'static str),
}

#[derive(Debug)]
#[allow(dead_code, reason = "a contract need not have values of every kind")]
pub(crate) struct Array {
    pub(crate) items: Constraint,
    pub(crate) minimum: u64,
    pub(crate) maximum: Option<u64>,
}

/// Objects that the value of one key tells apart. A value that is none of the known ones leaves the others open.
#[derive(Debug)]
#[allow(dead_code, reason = "a contract need not have values of every kind")]
pub(crate) struct Tagged {
    pub(crate) tag: &'static str,
    /// By their tags.
    pub(crate) branches: &'static [(&'static str, &'static Shape)],
}

/// Alternatives that nothing tells apart: each is tried.
#[derive(Debug)]
#[allow(dead_code, reason = "a contract need not have values of every kind")]
pub(crate) struct Untagged {
    pub(crate) alternatives: &'static [Constraint],
    /// A value that meets two of them is refused.
    pub(crate) exactly_one: bool,
}

/// The constraint on the values of each JSON type; a type without one is not taken.
#[derive(Debug)]
#[allow(dead_code, reason = "a contract need not have values of every kind")]
pub(crate) struct ByType {
    pub(crate) null: bool,
    pub(crate) boolean: Option<Constraint>,
    pub(crate) number: Option<Constraint>,
    pub(crate) string: Option<Constraint>,
    pub(crate) array: Option<Constraint>,
    pub(crate) object: Option<Constraint>,
}

/// The shape of an object.
#[derive(Debug)]
pub(crate) struct Shape {
    /// In declared order.
    pub(crate) fields: &'static [Field],
    /// The [`head`] of each field's key.
    pub(super) heads: &'static [u64],
    /// Those of the first 128 fields that must be there.
    required: u128,
    pub(super) lines: Option<Lines>,
}

/// The straight lines through an object. The fields that come as expected are bits by their positions. A line returns them, and the rest
/// after them. So many containers are open.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::type_complexity,
    reason = "one type for each line, which is told what the other is not"
)]
pub(crate) struct Lines {
    /// From after the opening brace, without whitespace.
    pub(crate) compact:
        for<'s, 'a> fn(&mut Reader<'a>, &mut Slots<'s, 'a>, &'a [u8], u32) -> (u64, &'a [u8]),
    /// From after the opening brace, or from after a member that is not declared: it is told the fields before that.
    pub(crate) spaced:
        for<'s, 'a> fn(&mut Reader<'a>, &mut Slots<'s, 'a>, &'a [u8], u32, u64) -> (u64, &'a [u8]),
}

/// The position after the last of these fields.
#[inline(always)]
pub(crate) fn end(seen: u64) -> usize {
    64 - seen.leading_zeros() as usize
}

impl Shape {
    pub(crate) const fn new(fields: &'static [Field], heads: &'static [u64]) -> Self {
        assert!(fields.len() == heads.len());
        let mut required = 0;
        let mut at = 0;
        while at < fields.len() && at < 128 {
            if fields[at].required {
                required |= 1 << at;
            }
            at += 1;
        }
        Shape { fields, heads, required, lines: None }
    }

    /// The same with straight lines.
    #[allow(dead_code, reason = "a contract need not have nested objects")]
    pub(crate) const fn with_lines(self, lines: Lines) -> Self {
        Shape { lines: Some(lines), ..self }
    }
}

/// A field of a shape.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) key: &'static str,
    pub(crate) constraint: Constraint,
    pub(crate) required: bool,
    /// Where a [`Sink`](super::Sink) keeps its value.
    pub(crate) place: Place,
}

impl Field {
    /// A field that must be there.
    pub(crate) const fn required(key: &'static str, constraint: Constraint, place: u16) -> Self {
        Field { key, constraint, required: true, place: Place(place) }
    }

    /// A field that may be absent.
    #[allow(dead_code, reason = "a contract need not have optional fields")]
    pub(crate) const fn optional(key: &'static str, constraint: Constraint, place: u16) -> Self {
        Field { required: false, ..Self::required(key, constraint, place) }
    }

    /// What follows the key and its closing quote at the start of `at`, if it is this one, written without escapes. The
    /// heads of the two are the same.
    #[inline(always)]
    pub(super) fn after<'a>(&self, at: &'a [u8]) -> Option<&'a [u8]> {
        let length = self.key.len();
        if length < 8 {
            return at.get(length + 1..);
        }
        let (found, rest) = at.split_at_checked(length)?;
        match rest {
            [b'"', rest @ ..] if same(&found[8..], &self.key.as_bytes()[8..]) => Some(rest),
            _ => None,
        }
    }
}

/// Whether two texts of one length are the same. Keys are short: a call to `memcmp` takes longer.
#[inline(always)]
fn same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let (Some((a, one_rest)), Some((b, other_rest))) =
        (one.split_first_chunk::<8>(), other.split_first_chunk::<8>())
    {
        if word(a, 0) != word(b, 0) {
            return false;
        }
        (one, other) = (one_rest, other_rest);
    }
    one.iter().zip(other).all(|(a, b)| a == b)
}

/// The first bytes of `key"`, up to eight, as a word; what tells most keys apart.
pub(crate) const fn head(key: &str) -> u64 {
    let bytes = key.as_bytes();
    let mut head = 0;
    let mut at = 0;
    while at < bytes.len() {
        // Such a key is written with escapes, and never found by its bytes: after a quote at its start, no head goes on.
        if matches!(bytes[at], 0..=0x1f | b'"' | b'\\') {
            return u64::MAX << 8 | b'"' as u64;
        }
        if at < 8 {
            head |= (bytes[at] as u64) << (8 * at);
        }
        at += 1;
    }
    if at < 8 {
        head |= (b'"' as u64) << (8 * at);
    }
    head
}

/// The head of the key that `word` begins with.
#[inline(always)]
pub(super) fn head_of(word: u64) -> u64 {
    let quotes = word ^ each(b'"');
    // A subtraction may also mark bytes above the first one that it should mark: only the first counts.
    let marks = quotes.wrapping_sub(each(1)) & !quotes & HIGH;
    word & (marks ^ marks.wrapping_sub(1))
}

/// A key of the envelope.
#[derive(Debug, Clone, Copy)]
pub(crate) enum EnvelopeKey {
    /// The key whose value chooses the shape of `data`.
    Type,
    /// The key that holds that shape.
    Data,
    /// Any other key: its field.
    Field(usize),
}

/// A set of fields of one shape, by their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FieldSet<B>(B);

/// The bits of a [`FieldSet`]: the smallest type with as many bits as any shape of the contract has fields. A wider one
/// costs 1 % (64 bits) to 5 % (128 bits) of a pass in instructions.
pub(crate) trait Bits: Copy + Debug + Eq + 'static {
    const EMPTY: Self;
    fn with(self, position: usize) -> Self;
    fn contains(self, position: usize) -> bool;
    /// The first 64 fields that have a bit in `first`.
    fn of(first: u64) -> Self;
    /// The position after the last field in the set.
    fn end(self) -> usize;
    /// The first required field of `shape` that is not in the set.
    fn missing(self, shape: &'static Shape) -> Option<usize>;
}

macro_rules! bits {
    ($($bits:ty),*) => {$(
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_lossless,
            reason = "the type has a bit for each field"
        )]
        impl Bits for $bits {
            const EMPTY: Self = 0;

            #[inline(always)]
            fn with(self, position: usize) -> Self {
                self | 1 << position
            }

            #[inline(always)]
            fn contains(self, position: usize) -> bool {
                self >> position & 1 == 1
            }

            #[inline(always)]
            fn of(first: u64) -> Self {
                first as Self
            }

            #[inline(always)]
            fn end(self) -> usize {
                (Self::BITS - self.leading_zeros()) as usize
            }

            #[inline(always)]
            fn missing(self, shape: &'static Shape) -> Option<usize> {
                let missing = shape.required as Self & !self;
                (missing != 0).then(|| missing.trailing_zeros() as usize)
            }
        }
    )*};
}

bits!(u32, u64, u128);

/// Bits for shapes of any number of fields: 64 in each word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "only a contract with large shapes needs it")]
pub(crate) struct Wide<const WORDS: usize>([u64; WORDS]);

impl<const WORDS: usize> Bits for Wide<WORDS> {
    const EMPTY: Self = Wide([0; WORDS]);

    fn with(mut self, position: usize) -> Self {
        self.0[position / 64] |= 1 << (position % 64);
        self
    }

    fn contains(self, position: usize) -> bool {
        self.0[position / 64] >> (position % 64) & 1 == 1
    }

    fn of(first: u64) -> Self {
        let mut words = [0; WORDS];
        words[0] = first;
        Wide(words)
    }

    fn end(self) -> usize {
        (0..WORDS * 64).rev().find(|at| self.contains(*at)).map_or(0, |at| at + 1)
    }

    fn missing(self, shape: &'static Shape) -> Option<usize> {
        (0..)
            .zip(shape.fields)
            .find(|(at, field)| field.required && !self.contains(*at))
            .map(|(at, _)| at)
    }
}

impl<B: Bits> FieldSet<B> {
    #[inline(always)]
    pub(crate) fn empty() -> Self {
        FieldSet(B::EMPTY)
    }

    #[inline(always)]
    pub(super) fn of(first: u64) -> Self {
        FieldSet(B::of(first))
    }

    #[inline(always)]
    pub(crate) fn with(self, position: usize) -> Self {
        FieldSet(self.0.with(position))
    }

    #[inline(always)]
    pub(crate) fn contains(self, position: usize) -> bool {
        self.0.contains(position)
    }

    #[inline(always)]
    pub(crate) fn is_empty(self) -> bool {
        self == Self::empty()
    }

    /// The position after the last field in it.
    #[inline(always)]
    pub(crate) fn end(self) -> usize {
        self.0.end()
    }

    /// The first field that `shape` requires and the set lacks.
    #[inline(always)]
    pub(crate) fn missing(self, shape: &'static Shape) -> Option<&'static Field> {
        self.0.missing(shape).map(|at| &shape.fields[at])
    }
}

/// The reason why a pass stopped, and the rest from there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fault<'a> {
    pub(crate) reason: Reason,
    pub(crate) rest: &'a [u8],
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Reason {
    /// The grammar wants this.
    Syntax(&'static str),
    /// A control character in a string.
    Control,
    /// An escape that is half of a surrogate pair.
    Surrogate,
    /// Not UTF-8.
    Utf8,
    /// A number beyond binary64.
    Overflow,
    /// More than [`MAX_DEPTH`] open containers.
    Depth,
    /// A value that the constraint does not take.
    Value(&'static Constraint),
    /// An array of another length than the constraint asks for.
    Length(&'static Array, u64),
    /// A second occurrence of a declared key; the fault stands at the key.
    Duplicate(&'static str),
    /// A required key that the object lacks; the fault stands at the object.
    Missing(&'static str),
}

impl<'a> Fault<'a> {
    #[cold]
    pub(crate) fn new(reason: Reason, rest: &'a [u8]) -> Self {
        Fault { reason, rest }
    }
}

/// Any object: what `data` is before its shape is known.
pub(crate) const ANY_OBJECT: Constraint = Constraint::Map(&Constraint::Any);

/// The part of the input that is the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// Its first line: a line feed ends the delivery and is not whitespace.
    FirstLine,
}

/// The state of one pass.
pub(crate) struct Reader<'a> {
    /// From the first byte of the delivery.
    pub(super) input: &'a [u8],
    pub(super) extent: Extent,
    /// Whether a string may hold bytes above 0x7f.
    pub(super) unicode: bool,
    /// Whether the delivery does not begin as a compact one does: then the compact lines through what is inside it are not tried.
    pub(super) spaced: bool,
    /// What a straight line has judged and refused: whoever takes over from it must not judge that again, since each container
    /// around it would double the work.
    pub(super) refused: Option<Fault<'a>>,
}

impl<'a> Reader<'a> {
    /// A pass over the delivery at the start of `input`.
    pub(crate) fn new(input: &'a [u8], extent: Extent) -> Self {
        Reader { input, extent, unicode: false, spaced: false, refused: None }
    }

    /// Takes over from a straight line, which has ended somewhere.
    #[inline(always)]
    pub(super) fn take_over(&mut self) -> Result<(), Fault<'a>> {
        if self.refused.is_none() { Ok(()) } else { self.refuse() }
    }

    #[cold]
    #[inline(never)]
    fn refuse(&mut self) -> Result<(), Fault<'a>> {
        self.refused.take().map_or(Ok(()), Err)
    }
}
