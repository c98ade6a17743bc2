//! The plain types that a contract's tables are written in, and the reasons why a pass stops.

use std::fmt::Debug;
use std::ops::{BitAnd, BitOr, Not, Shl, Sub};

/// The most containers that may be open at once, the delivery itself included. `serde_json` has the same default.
pub(crate) const MAX_DEPTH: u32 = 127;

/// A slot's place in its table, and its bit in a [`SlotSet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position(pub(crate) u8);

impl Position {
    /// The slot at this position of `table`.
    #[inline(always)]
    pub(crate) fn slot_in(self, table: &'static [Slot]) -> &'static Slot {
        &table[usize::from(self.0)]
    }
}

/// A text's place among the texts of a [`Sink`](super::Sink).
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextIndex(pub(crate) usize);

/// A boolean's place among the booleans of a [`Sink`](super::Sink).
#[derive(Debug, Clone, Copy)]
pub(crate) struct BooleanIndex(pub(crate) usize);

/// An integer's place among the integers of a [`Sink`](super::Sink).
#[derive(Debug, Clone, Copy)]
pub(crate) struct IntegerIndex(pub(crate) usize);

/// A float's place among the floats of a [`Sink`](super::Sink).
#[derive(Debug, Clone, Copy)]
pub(crate) struct FloatIndex(pub(crate) usize);

/// A key and the values that it takes.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) key: &'static str,
    pub(crate) constraint: Constraint,
}

/// The values that a slot takes, and their place in a [`Sink`](super::Sink).
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "a contract need not have fields of every kind")]
pub(crate) enum Constraint {
    Text(TextIndex),
    Boolean(BooleanIndex),
    Integer { index: IntegerIndex, minimum: i64, maximum: i64 },
    Float { index: FloatIndex, minimum: Option<Bound>, maximum: Option<Bound> },
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

/// Neighbouring slots: those of one key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SlotRange {
    pub(crate) first: Position,
    pub(crate) count: u8,
}

impl SlotRange {
    #[allow(dead_code, reason = "a contract need not have fields in `data`")]
    pub(crate) const fn new(first: Position, count: u8) -> Self {
        SlotRange { first, count }
    }

    /// The slots themselves.
    #[inline(always)]
    pub(crate) fn slots_in(self, table: &'static [Slot]) -> &'static [Slot] {
        let first = usize::from(self.first.0);
        &table[first..first + usize::from(self.count)]
    }
}

/// A key of the envelope.
#[derive(Debug, Clone, Copy)]
pub(crate) enum EnvelopeKey {
    /// The key whose value chooses the shape of `data`.
    Type,
    /// The key that holds that shape.
    Data,
    /// Any other key: its slot.
    Field(Position),
}

/// The fields of a shape.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// The table that the positions are of.
    pub(crate) slots: &'static [Slot],
    /// In declared order.
    pub(crate) list: &'static [Field],
}

/// A field of a shape.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) position: Position,
    pub(crate) required: bool,
}

impl Field {
    /// A field that must be there.
    pub(crate) const fn required(position: Position) -> Self {
        Field { position, required: true }
    }

    /// A field that may be absent.
    #[allow(dead_code, reason = "a contract need not have optional fields")]
    pub(crate) const fn optional(position: Position) -> Self {
        Field { position, required: false }
    }
}

/// The shape of an object: of `data` for one event type, or of the envelope but for `type` and `data`.
#[derive(Debug)]
pub(crate) struct Shape<B> {
    pub(crate) fields: Fields,
    /// All fields.
    pub(crate) declared: SlotSet<B>,
    /// Those that must be there.
    pub(crate) required: SlotSet<B>,
}

/// A set of slots of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SlotSet<B>(B);

/// The bits of a [`SlotSet`]: the smallest unsigned integer with more bits than the contract has slots. A wider one costs
/// 1 % (64 bits) to 5 % (128 bits) of a pass in instructions.
pub(crate) trait Bits:
    Copy
    + Debug
    + Eq
    + From<bool>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + Not<Output = Self>
    + Shl<u8, Output = Self>
    + Sub<Output = Self>
    + 'static
{
    fn trailing_zeros(self) -> u32;
}

macro_rules! bits {
    ($($bits:ty),*) => {$(
        impl Bits for $bits {
            fn trailing_zeros(self) -> u32 {
                self.trailing_zeros()
            }
        }

        #[allow(dead_code, reason = "a contract needs one width only")]
        impl Shape<$bits> {
            /// The shape that has the fields in `list`, whose slots are in `slots`.
            pub(crate) const fn new(slots: &'static [Slot], list: &'static [Field]) -> Self {
                let (mut declared, mut required) = (0, 0);
                let mut at = 0;
                while at < list.len() {
                    let bit = 1 << list[at].position.0;
                    declared |= bit;
                    if list[at].required {
                        required |= bit;
                    }
                    at += 1;
                }
                let fields = Fields { slots, list };
                Shape { fields, declared: SlotSet(declared), required: SlotSet(required) }
            }
        }
    )*};
}

bits!(u32, u64, u128);

impl<B: Bits> SlotSet<B> {
    #[inline(always)]
    pub(crate) fn empty() -> Self {
        SlotSet(B::from(false))
    }

    #[inline(always)]
    pub(crate) fn of(SlotRange { first, count }: SlotRange) -> Self {
        let one = B::from(true);
        SlotSet(((one << count) - one) << first.0)
    }

    #[inline(always)]
    pub(crate) fn with(self, position: Position) -> Self {
        SlotSet(self.0 | B::from(true) << position.0)
    }

    #[inline(always)]
    pub(crate) fn contains(self, position: Position) -> bool {
        !self.intersection(Self::empty().with(position)).is_empty()
    }

    #[inline(always)]
    pub(crate) fn contains_all(self, other: Self) -> bool {
        self.intersection(other) == other
    }

    #[inline(always)]
    pub(crate) fn union(self, other: Self) -> Self {
        SlotSet(self.0 | other.0)
    }

    #[inline(always)]
    pub(crate) fn intersection(self, other: Self) -> Self {
        SlotSet(self.0 & other.0)
    }

    #[inline(always)]
    pub(crate) fn without(self, other: Self) -> Self {
        SlotSet(self.0 & !other.0)
    }

    #[inline(always)]
    pub(crate) fn is_empty(self) -> bool {
        self == Self::empty()
    }

    /// The first slot of the table that is in the set.
    pub(crate) fn first(self) -> Option<Position> {
        let zeros = u8::try_from(self.0.trailing_zeros()).expect("no integer has 256 bits");
        (!self.is_empty()).then_some(Position(zeros))
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
    /// The delivery or its `data` is not an object.
    Object,
    /// `type` is not a string.
    Type,
    /// A value that the slot does not take.
    Value(&'static Slot),
    /// A second occurrence of a declared key; the fault stands at the key.
    Duplicate(&'static str),
    /// A required key that the object lacks; the fault stands at the object.
    Missing(&'static str),
    /// Something about the fields of `data`, at which the fault stands: the fields of its shape.
    Data(&'static Fields),
}

impl<'a> Fault<'a> {
    #[cold]
    pub(crate) fn new(reason: Reason, rest: &'a [u8]) -> Self {
        Fault { reason, rest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A set of every width does what a list of positions does.
    fn sets_work<B: Bits>(positions: u8) {
        let all = SlotRange::new(Position(0), positions);
        let mut set = SlotSet::<B>::empty();
        assert!(set.is_empty() && set.first().is_none());
        for position in (0..positions).rev().step_by(3).map(Position) {
            assert!(!set.contains(position) && SlotSet::<B>::of(all).contains(position));
            set = set.with(position);
            assert!(set.contains(position) && set.contains_all(set));
            assert_eq!(set.first(), Some(position));
        }
        let others = SlotSet::of(all).without(set);
        assert!(others.intersection(set).is_empty() && !others.contains_all(set));
        assert_eq!(others.union(set), SlotSet::of(all));
        let range = SlotSet::<B>::of(SlotRange::new(Position(positions - 2), 2));
        assert_eq!(
            range,
            SlotSet::empty().with(Position(positions - 1)).with(Position(positions - 2))
        );
    }

    #[test]
    fn sets_of_all_widths_work() {
        sets_work::<u32>(31);
        sets_work::<u64>(63);
        sets_work::<u128>(127);
    }

    #[test]
    fn a_shape_knows_what_it_declares_and_requires() {
        const SHAPE: Shape<u128> = Shape::<u128>::new(
            &[],
            &[Field::required(Position(126)), Field::optional(Position(1))],
        );
        assert_eq!(SHAPE.required, SlotSet::empty().with(Position(126)));
        assert_eq!(SHAPE.declared, SHAPE.required.with(Position(1)));
    }
}
