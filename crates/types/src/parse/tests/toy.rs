//! A contract made up for tests: two shapes, fields of every kind, keys that mean different things in different shapes,
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

type Bits = u64;

const ZERO: Bound = Bound { value: 0.0, decimal: "0", exclusive: true };
const ONE: Bound = Bound { value: 1.0, decimal: "1", exclusive: false };

static ENVELOPE: Shape = Shape::new(
    &[
        Field::required("id", Constraint::Text, 0),
        Field::optional("gift", Constraint::Boolean, 0),
        Field::required("age", Constraint::Integer { minimum: 0, maximum: 99 }, 0),
        Field::optional("note", Constraint::Text, 1),
    ],
    &[head("id"), head("gift"), head("age"), head("note")],
);

static BALL: Shape = Shape::new(
    &[
        Field::required("size", Constraint::Integer { minimum: -5, maximum: 5 }, 1),
        Field::optional("weight", Constraint::Float { minimum: Some(ZERO), maximum: Some(ONE) }, 0),
        Field::required("loud", Constraint::Boolean, 1),
    ],
    &[head("size"), head("weight"), head("loud")],
);

static TRAIN: Shape = Shape::new(
    &[
        Field::optional("maker", Constraint::Text, 2),
        Field::required("size", Constraint::Text, 3),
        Field::required("weight", Constraint::Float { minimum: None, maximum: None }, 0),
    ],
    &[head("maker"), head("size"), head("weight")],
);

impl Tables for Toy {
    type EventType = Toys;
    type Bits = Bits;

    const ID: &'static str = "no";
    const TYPE: &'static str = "kind";
    const DATA: &'static str = "toy";
    const DATA_KEYS: &'static [&'static str] = &["loud", "maker", "size", "weight"];
    const EVENT_TYPES: &'static [Toys] = &[Toys::Ball, Toys::Train];

    fn envelope() -> &'static Shape {
        &ENVELOPE
    }

    fn shape(event_type: Toys) -> &'static Shape {
        match event_type {
            Toys::Ball => &BALL,
            Toys::Train => &TRAIN,
        }
    }

    fn envelope_member(at: &[u8]) -> Option<(EnvelopeKey, &[u8])> {
        after(at, b"id\":")
            .map(|at| (EnvelopeKey::Field(0), at))
            .or_else(|| after(at, b"gift\":").map(|at| (EnvelopeKey::Field(1), at)))
            .or_else(|| after(at, b"kind\":").map(|at| (EnvelopeKey::Type, at)))
            .or_else(|| after(at, b"age\":").map(|at| (EnvelopeKey::Field(2), at)))
            .or_else(|| after(at, b"toy\":").map(|at| (EnvelopeKey::Data, at)))
            .or_else(|| after(at, b"note\":").map(|at| (EnvelopeKey::Field(3), at)))
    }

    fn whole(_: Self::EventType) -> Option<&'static Field> {
        None
    }

    fn positions(event_type: Toys) -> &'static [u8] {
        match event_type {
            Toys::Ball => b"\x02\0\xff\xff\0\0\x01\0",
            Toys::Train => b"\xff\xff\0\0\x01\0\x02\0",
        }
    }

    fn data_key(at: &[u8]) -> Option<(usize, &[u8])> {
        (0..)
            .zip([&b"loud\":"[..], b"maker\":", b"size\":", b"weight\":"])
            .find_map(|(key, text)| at.strip_prefix(text).map(|rest| (key, rest)))
    }

    fn event_type(at: &[u8]) -> Option<(Toys, &[u8])> {
        after(at, b"ball\"")
            .map(|at| (Toys::Ball, at))
            .or_else(|| after(at, b"train\"").map(|at| (Toys::Train, at)))
    }

    fn predict<'a, const SPACED: bool, S: Sink<'a>>(
        reader: &mut Reader<'a>,
        sink: &mut S,
        at: &'a [u8],
    ) -> Prediction<'a, Toys, Bits> {
        let mut envelope = Envelope::new();
        let Some(at) = reader.literal_text::<SPACED>(sink, at, b"{\"id\":\"", Place(0)) else {
            return Err(Resume::at_start(at));
        };
        envelope.seen = envelope.seen.with(0);
        let at = match reader.literal_boolean::<SPACED>(sink, at, b",\"gift\":", Place(0)) {
            Some(at) => {
                envelope.seen = envelope.seen.with(1);
                at
            }
            None => at,
        };
        let kind = reader.literal::<SPACED>(at, b",\"kind\":\"").and_then(Self::event_type);
        let Some((event_type, at)) = kind else {
            return Err(Resume::within(at, envelope));
        };
        envelope.event_type = Some(TypeValue::Known(event_type));
        let Some(at) = reader.literal_number::<SPACED>(sink, at, b",\"age\":", &ENVELOPE.fields[2])
        else {
            return Err(Resume::within(at, envelope));
        };
        envelope.seen = envelope.seen.with(2);
        let Some(inside) = reader.literal::<SPACED>(at, b",\"toy\":{") else {
            return Err(Resume::within(at, envelope));
        };
        let (seen, at) = reader.predict_data::<SPACED, Self, S>(sink, event_type, inside);
        reader.predict_rest::<Self, S>(sink, envelope.seen, (event_type, inside), (seen, at), true)
    }

    fn predict_data<'a, const SPACED: bool, S: Sink<'a>>(
        reader: &mut Reader<'a>,
        sink: &mut S,
        event_type: Toys,
        seen: FieldSet<Bits>,
        at: &'a [u8],
    ) -> (FieldSet<Bits>, &'a [u8]) {
        let from = if SPACED { seen.end() } else { 0 };
        match event_type {
            Toys::Ball => {
                let (seen, at) = if from > 0 {
                    (seen, at)
                } else {
                    let size = &BALL.fields[0];
                    match reader.literal_number::<SPACED>(sink, at, b"\"size\":", size) {
                        Some(at) => (seen.with(0), at),
                        None => return (seen, at),
                    }
                };
                let (seen, at) = if from > 1 {
                    (seen, at)
                } else {
                    let weight = &BALL.fields[1];
                    match reader.literal_number::<SPACED>(sink, at, b",\"weight\":", weight) {
                        Some(at) => (seen.with(1), at),
                        None => (seen, at),
                    }
                };
                if from > 2 {
                    return (seen, at);
                }
                match reader.literal_boolean::<SPACED>(sink, at, b",\"loud\":", Place(1)) {
                    Some(at) => (seen.with(2), at),
                    None => (seen, at),
                }
            }
            // Its first field is optional: whether a comma stands before the next one is open.
            Toys::Train => (seen, at),
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
    let explained = |Fault { reason, rest }: Fault<'_>| {
        ParseError::new(input, reason, input.len() - rest.len(), explain)
    };
    let mut values = Values::<4, 2, 2, 1, 0>::default();
    let passed = Reader::new(input, extent).delivery::<Toy, _>(&mut values).map_err(explained);
    let verdict = Reader::new(input, extent).delivery::<Toy, _>(&mut ()).map_err(explained);
    assert_eq!(passed.as_ref().err(), verdict.err().as_ref(), "a sink changes nothing");
    let Passed { seen, event, rest } = passed?;
    let text = |place| String::from(values.text(place));
    let toy = match event {
        PassedEvent::Known { event_type: Toys::Ball, seen } => ToyData::Ball {
            size: values.integer(1),
            weight: seen.contains(1).then(|| values.float(0)),
            loud: values.boolean(1),
        },
        PassedEvent::Known { event_type: Toys::Train, seen } => ToyData::Train {
            maker: seen.contains(0).then(|| text(2)),
            size: text(3),
            weight: values.float(0),
        },
        PassedEvent::Unknown { event_type, data } => ToyData::Unknown {
            kind: event_type.into(),
            toy: String::from_utf8(data.to_vec()).expect("the pass has checked it"),
        },
    };
    let delivery = Delivery {
        id: text(0),
        gift: seen.contains(1).then(|| values.boolean(0)),
        age: values.integer(0),
        note: seen.contains(3).then(|| text(1)),
        toy,
    };
    Ok((delivery, rest))
}
