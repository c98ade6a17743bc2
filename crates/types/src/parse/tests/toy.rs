//! A contract made up for tests: two shapes, slots of every kind, keys that mean different things in different shapes,
//! optional fields in every place.

use crate::error::ParseError;
use crate::parse::*;

/// The contract.
struct Toy;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Toys {
    Ball,
    Train,
}

impl AsRef<str> for Toys {
    fn as_ref(&self) -> &str {
        match self {
            Toys::Ball => "ball",
            Toys::Train => "train",
        }
    }
}

type ToySet = SlotSet<u64>;
type ToyShape = Shape<u64>;

mod in_envelope {
    use super::Position;
    pub(super) const ID: Position = Position(0);
    pub(super) const GIFT: Position = Position(1);
    pub(super) const AGE: Position = Position(2);
    pub(super) const NOTE: Position = Position(3);
}

const ENVELOPE_SLOTS: &[Slot] = &[
    Slot { key: "id", constraint: Constraint::Text(TextIndex(0)) },
    Slot { key: "gift", constraint: Constraint::Boolean(BooleanIndex(0)) },
    Slot {
        key: "age",
        constraint: Constraint::Integer { index: IntegerIndex(0), minimum: 0, maximum: 99 },
    },
    Slot { key: "note", constraint: Constraint::Text(TextIndex(1)) },
];

mod in_data {
    use super::Position;
    pub(super) const LOUD: Position = Position(0);
    pub(super) const MAKER: Position = Position(1);
    pub(super) const SIZE: Position = Position(2);
    pub(super) const SIZE_2: Position = Position(3);
    pub(super) const WEIGHT: Position = Position(4);
    pub(super) const WEIGHT_2: Position = Position(5);
}

const ZERO: Bound = Bound { value: 0.0, decimal: "0", exclusive: true };
const ONE: Bound = Bound { value: 1.0, decimal: "1", exclusive: false };

const DATA_SLOTS: &[Slot] = &[
    Slot { key: "loud", constraint: Constraint::Boolean(BooleanIndex(1)) },
    Slot { key: "maker", constraint: Constraint::Text(TextIndex(2)) },
    Slot {
        key: "size",
        constraint: Constraint::Integer { index: IntegerIndex(1), minimum: -5, maximum: 5 },
    },
    Slot { key: "size", constraint: Constraint::Text(TextIndex(3)) },
    Slot {
        key: "weight",
        constraint: Constraint::Float {
            index: FloatIndex(0),
            minimum: Some(ZERO),
            maximum: Some(ONE),
        },
    },
    Slot {
        key: "weight",
        constraint: Constraint::Float { index: FloatIndex(1), minimum: None, maximum: None },
    },
];

static BALL: ToyShape = Shape::<u64>::new(
    DATA_SLOTS,
    &[
        Field::required(in_data::SIZE),
        Field::optional(in_data::WEIGHT),
        Field::required(in_data::LOUD),
    ],
);

static TRAIN: ToyShape = Shape::<u64>::new(
    DATA_SLOTS,
    &[
        Field::optional(in_data::MAKER),
        Field::required(in_data::SIZE_2),
        Field::required(in_data::WEIGHT_2),
    ],
);

impl Tables for Toy {
    type EventType = Toys;
    type Bits = u64;
    type Values<'a> = Values<'a, 4, 2, 2, 2>;

    const ID: &'static str = "no";
    const TYPE: &'static str = "kind";
    const DATA: &'static str = "toy";
    const ENVELOPE: ToyShape = Shape::<u64>::new(
        ENVELOPE_SLOTS,
        &[
            Field::required(in_envelope::ID),
            Field::optional(in_envelope::GIFT),
            Field::required(in_envelope::AGE),
            Field::optional(in_envelope::NOTE),
        ],
    );
    const DATA_SLOTS: &'static [Slot] = DATA_SLOTS;
    const EVENT_TYPES: &'static [Toys] = &[Toys::Ball, Toys::Train];

    fn shape(event_type: Toys) -> &'static ToyShape {
        match event_type {
            Toys::Ball => &BALL,
            Toys::Train => &TRAIN,
        }
    }

    fn envelope_member(at: &[u8]) -> Option<(EnvelopeKey, &[u8])> {
        after(at, b"id\":")
            .map(|at| (EnvelopeKey::Field(in_envelope::ID), at))
            .or_else(|| after(at, b"gift\":").map(|at| (EnvelopeKey::Field(in_envelope::GIFT), at)))
            .or_else(|| after(at, b"kind\":").map(|at| (EnvelopeKey::Type, at)))
            .or_else(|| after(at, b"age\":").map(|at| (EnvelopeKey::Field(in_envelope::AGE), at)))
            .or_else(|| after(at, b"toy\":").map(|at| (EnvelopeKey::Data, at)))
            .or_else(|| after(at, b"note\":").map(|at| (EnvelopeKey::Field(in_envelope::NOTE), at)))
    }

    fn data_member(at: &[u8]) -> Option<(SlotRange, &[u8])> {
        after(at, b"loud\":")
            .map(|at| (SlotRange::new(in_data::LOUD, 1), at))
            .or_else(|| after(at, b"maker\":").map(|at| (SlotRange::new(in_data::MAKER, 1), at)))
            .or_else(|| after(at, b"size\":").map(|at| (SlotRange::new(in_data::SIZE, 2), at)))
            .or_else(|| after(at, b"weight\":").map(|at| (SlotRange::new(in_data::WEIGHT, 2), at)))
    }

    fn event_type(at: &[u8]) -> Option<(Toys, &[u8])> {
        after(at, b"ball\"")
            .map(|at| (Toys::Ball, at))
            .or_else(|| after(at, b"train\"").map(|at| (Toys::Train, at)))
    }

    fn predict<'a, S: Sink<'a>>(
        reader: &mut Reader<'a, S>,
        at: &'a [u8],
    ) -> Prediction<'a, Toys, u64> {
        let mut envelope = EnvelopeState::new();
        let Some(at) = reader.literal_text(at, b"{\"id\":\"", TextIndex(0)) else {
            return Err(Resume::at_start(at));
        };
        envelope.seen = envelope.seen.with(in_envelope::ID);
        let at = match reader.literal_boolean(at, b",\"gift\":", BooleanIndex(0)) {
            Some(at) => {
                envelope.seen = envelope.seen.with(in_envelope::GIFT);
                at
            }
            None => at,
        };
        let Some((event_type, at)) = after(at, b",\"kind\":\"").and_then(Self::event_type) else {
            return Err(Resume::within(at, envelope));
        };
        envelope.event_type = Some(TypeValue::Known(event_type));
        let age = in_envelope::AGE.slot_in(ENVELOPE_SLOTS);
        let Some(at) = reader.literal_number(at, b",\"age\":", age) else {
            return Err(Resume::within(at, envelope));
        };
        envelope.seen = envelope.seen.with(in_envelope::AGE);
        let Some(inside) = after(at, b",\"toy\":{") else {
            return Err(Resume::within(at, envelope));
        };
        let (good, at) = Self::predict_data(reader, event_type, inside);
        if let [b'}', b'}', rest @ ..] = at {
            if good.contains_all(Self::shape(event_type).required) {
                return Ok(Predicted { event_type, seen: envelope.seen, good, rest });
            }
        }
        let start = reader.before(inside);
        envelope.data = Some(DataState { start, rest: at, good, bad: SlotSet::empty() });
        Err(Resume::within(at, envelope))
    }

    fn predict_data<'a, S: Sink<'a>>(
        reader: &mut Reader<'a, S>,
        event_type: Toys,
        at: &'a [u8],
    ) -> (ToySet, &'a [u8]) {
        let good = SlotSet::empty();
        match event_type {
            Toys::Ball => {
                let size = in_data::SIZE.slot_in(DATA_SLOTS);
                let Some(at) = reader.literal_number(at, b"\"size\":", size) else {
                    return (good, at);
                };
                let good = good.with(in_data::SIZE);
                let weight = in_data::WEIGHT.slot_in(DATA_SLOTS);
                let (good, at) = match reader.literal_number(at, b",\"weight\":", weight) {
                    Some(at) => (good.with(in_data::WEIGHT), at),
                    None => (good, at),
                };
                match reader.literal_boolean(at, b",\"loud\":", BooleanIndex(1)) {
                    Some(at) => (good.with(in_data::LOUD), at),
                    None => (good, at),
                }
            }
            // Its first field is optional: whether a comma stands before the next one is open.
            Toys::Train => (good, at),
        }
    }
}

/// A delivery as the contract means it: the values of the fields that are there.
#[derive(Debug, PartialEq)]
pub(super) struct Delivery {
    pub(super) id: String,
    pub(super) gift: Option<bool>,
    pub(super) age: i64,
    pub(super) note: Option<String>,
    pub(super) toy: ToyData,
}

#[derive(Debug, PartialEq)]
pub(super) enum ToyData {
    Ball { size: i64, weight: Option<f64>, loud: bool },
    Train { maker: Option<String>, size: String, weight: f64 },
    Unknown { kind: String, toy: String },
}

/// The delivery that the core makes of `input`, and the rest after it.
pub(super) fn parse(input: &[u8], extent: Extent) -> Result<(Delivery, &[u8]), ParseError> {
    let explained = |fault: Fault<'_>| explain(input, fault.reason, input.len() - fault.rest.len());
    let mut reader = Reader::new(input, extent, <Toy as Tables>::Values::default());
    let passed = reader.delivery::<Toy>().map_err(explained);
    let verdict = Reader::new(input, extent, ()).delivery::<Toy>().map_err(explained);
    assert_eq!(passed.as_ref().err(), verdict.err().as_ref(), "a sink changes nothing");
    let Passed { seen, event, rest } = passed?;
    let values = &reader.sink;
    let text = |index| String::from(values.text(TextIndex(index)));
    let toy = match event {
        PassedEvent::Known { event_type: Toys::Ball, good } => ToyData::Ball {
            size: values.integer(IntegerIndex(1)),
            weight: good.contains(in_data::WEIGHT).then(|| values.float(FloatIndex(0))),
            loud: values.boolean(BooleanIndex(1)),
        },
        PassedEvent::Known { event_type: Toys::Train, good } => ToyData::Train {
            maker: good.contains(in_data::MAKER).then(|| text(2)),
            size: text(3),
            weight: values.float(FloatIndex(1)),
        },
        PassedEvent::Unknown { event_type, data } => ToyData::Unknown {
            kind: event_type.into(),
            toy: String::from_utf8(data.to_vec()).expect("the pass has checked it"),
        },
    };
    let delivery = Delivery {
        id: text(0),
        gift: seen.contains(in_envelope::GIFT).then(|| values.boolean(BooleanIndex(0))),
        age: values.integer(IntegerIndex(0)),
        note: seen.contains(in_envelope::NOTE).then(|| text(1)),
        toy,
    };
    Ok((delivery, rest))
}
