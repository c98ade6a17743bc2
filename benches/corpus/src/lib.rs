//! The deliveries for all measurements, generated from the bundled contract and the same in every run.

use std::fmt::Write as _;

use fastrand::Rng;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::{Value, json};

/// The contract as one schema.
pub const CONTRACT: &str =
    include_str!("../../../crates/validator/src/generated/contract.schema.json");

/// A set of deliveries of one kind.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// The name of the kind.
    pub name: &'static str,
    /// The bytes of each delivery.
    pub deliveries: Vec<Vec<u8>>,
}

impl Corpus {
    /// The mean size of a delivery in bytes.
    pub fn mean_size(&self) -> f64 {
        self.deliveries.iter().map(Vec::len).sum::<usize>() as f64 / self.deliveries.len() as f64
    }

    /// The deliveries as NDJSON.
    pub fn ndjson(&self) -> Vec<u8> {
        self.deliveries
            .iter()
            .flat_map(|delivery| delivery.iter().copied().chain([b'\n']))
            .collect()
    }
}

/// Valid deliveries as they are sent: compact, keys in declared order, 78 % of them high-volume events.
pub fn compact(count: usize) -> Corpus {
    corpus("compact", count, |delivery, _| delivery.text(false).into_bytes())
}

/// The same deliveries, indented.
pub fn pretty(count: usize) -> Corpus {
    corpus("pretty", count, |delivery, _| delivery.text(true).into_bytes())
}

/// The same deliveries; a quarter of them with keys in another order, a fifth with an undeclared key.
pub fn mixed(count: usize) -> Corpus {
    let mut rng = Rng::with_seed(2);
    corpus("mixed", count, |mut delivery, _| {
        if rng.u8(..5) == 0 {
            delivery.add_undeclared(&mut rng);
        }
        if rng.u8(..4) == 0 {
            rng.shuffle(&mut delivery.envelope);
            rng.shuffle(&mut delivery.data);
        }
        delivery.text(false).into_bytes()
    })
}

/// The same deliveries, broken in ten ways.
pub fn invalid(count: usize) -> Corpus {
    let mut rng = Rng::with_seed(3);
    corpus("invalid", count, |delivery, number| delivery.broken(number % 10, &mut rng))
}

fn corpus(
    name: &'static str,
    count: usize,
    mut text: impl FnMut(Delivery, usize) -> Vec<u8>,
) -> Corpus {
    let mut source = Source::new();
    Corpus { name, deliveries: (0..count).map(|number| text(source.delivery(), number)).collect() }
}

/// A delivery that keeps the order of its keys.
struct Delivery {
    envelope: Vec<(String, Value)>,
    /// Written in the place of the key `data` of `envelope`.
    data: Vec<(String, Value)>,
}

const DATA: &str = "data";

impl Delivery {
    fn text(&self, pretty: bool) -> String {
        let mut text = String::new();
        write_object(&mut text, &self.envelope, pretty.then_some(1), |text, key, value| {
            if key == DATA && value.is_null() {
                write_object(text, &self.data, pretty.then_some(2), |text, _, value| {
                    let _ = write!(text, "{value}");
                });
            } else {
                let _ = write!(text, "{value}");
            }
        });
        text
    }

    fn add_undeclared(&mut self, rng: &mut Rng) {
        let added = [
            ("region", json!("eu-west-1")),
            ("attempt", json!(rng.u8(1..6))),
            ("labels", json!(["new", "beta"])),
            ("meta", json!({"source": "api", "cost": 1.25, "retry": null, "flags": [true, false]})),
        ];
        let (key, value) = added[rng.usize(..added.len())].clone();
        let object = if rng.bool() { &mut self.data } else { &mut self.envelope };
        object.push((key.into(), value));
    }

    fn broken(mut self, way: usize, rng: &mut Rng) -> Vec<u8> {
        let required = self.data.iter().filter(|(key, _)| key != "job_id").count();
        let field = rng.usize(..required);
        let envelope = |delivery: &mut Delivery, key: &str, value: Value| {
            let member = delivery.envelope.iter_mut().find(|(name, _)| name == key);
            member.expect("a key of the envelope").1 = value;
        };
        match way {
            0 => drop(self.data.remove(field)),
            1 => self.data[field].1 = Value::Null,
            2 => self.data[field].1 = json!([self.data[field].1]),
            3 => envelope(&mut self, "created", json!("1745800000000")),
            4 => envelope(&mut self, "created", json!(1_745_800_000_000.5)),
            5 => envelope(&mut self, DATA, json!([1])),
            6 => self.envelope.retain(|(key, _)| key != "id"),
            7 => {
                let text = self.text(false);
                return text.as_bytes()[..rng.usize(1..text.len())].to_vec();
            }
            8 => self.data.push(self.data[field].clone()),
            _ => {
                let mut text = self.text(false).into_bytes();
                let middle = text.len() / 2;
                text[middle] = 0xff;
                return text;
            }
        }
        self.text(false).into_bytes()
    }
}

/// Writes an object. If `indent` is given, each member is on a line of its own, at that level.
fn write_object(
    text: &mut String,
    members: &[(String, Value)],
    indent: Option<usize>,
    mut write_value: impl FnMut(&mut String, &str, &Value),
) {
    let line = |text: &mut String, level: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", level));
    };
    text.push('{');
    for (number, (key, value)) in members.iter().enumerate() {
        if number > 0 {
            text.push(',');
        }
        if let Some(level) = indent {
            line(text, level);
        }
        let _ = write!(text, "{}:{}", json!(key), if indent.is_some() { " " } else { "" });
        write_value(text, key, value);
    }
    if let Some(level) = indent {
        line(text, level - 1);
    }
    text.push('}');
}

/// An object that keeps the order of its members, as `Value` does not.
struct Members<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Members<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder(std::marker::PhantomData))
    }
}

#[derive(Deserialize)]
struct Contract {
    properties: Members<Value>,
    #[serde(rename = "$defs")]
    definitions: Members<Definition>,
}

#[derive(Deserialize, Clone)]
struct Definition {
    #[serde(rename = "x-high-volume", default)]
    high_volume: bool,
    #[serde(rename = "x-known-values", default)]
    known_values: Vec<Value>,
    #[serde(default)]
    examples: Vec<Value>,
    #[serde(default)]
    required: Vec<String>,
    properties: Option<Members<Value>>,
}

impl Clone for Members<Value> {
    fn clone(&self) -> Self {
        Members(self.0.clone())
    }
}

/// Generates deliveries.
struct Source {
    rng: Rng,
    contract: Contract,
    teams: Vec<String>,
    created: u64,
}

impl Source {
    fn new() -> Self {
        let mut rng = Rng::with_seed(1);
        // Most ids are UUIDs, some have a prefix.
        let teams = (0..20)
            .map(|team| {
                if team % 10 == 0 {
                    format!("team_{:06x}", rng.u32(..1 << 24))
                } else {
                    uuid(&mut rng)
                }
            })
            .collect();
        let contract = serde_json::from_str(CONTRACT).expect("the bundle");
        Source { rng, contract, teams, created: 1_745_800_000_000 }
    }

    fn delivery(&mut self) -> Delivery {
        let frequent = self.rng.u8(..100) < 78;
        let shapes = self.contract.definitions.0.iter();
        let shapes: Vec<_> = shapes
            .filter(|(_, shape)| shape.properties.is_some() && shape.high_volume == frequent)
            .collect();
        let (event_type, shape) = shapes[self.rng.usize(..shapes.len())].clone();
        self.created += self.rng.u64(1..5_000);
        let mut data = Vec::new();
        for (key, schema) in &shape.properties.as_ref().expect("an object").0 {
            if shape.required.contains(key) || self.rng.u8(..10) > 0 {
                data.push((key.clone(), self.value(schema)));
            }
        }
        let keys: Vec<_> = self.contract.properties.0.iter().map(|(key, _)| key.clone()).collect();
        let envelope = keys
            .into_iter()
            .map(|key| {
                let value = match key.as_str() {
                    "id" => json!(uuid(&mut self.rng)),
                    "type" => json!(event_type),
                    "created" => json!(self.created),
                    _ => Value::Null,
                };
                (key, value)
            })
            .collect();
        Delivery { envelope, data }
    }

    fn value(&mut self, schema: &Value) -> Value {
        let reference = schema["$ref"].as_str().unwrap_or_default();
        match reference.trim_start_matches("#/$defs/") {
            "TeamId" => json!(self.teams[self.rng.usize(..self.teams.len())]),
            "Progress" => json!(f64::from(self.rng.u32(..=10_000)) / 10_000.0),
            "DurationSeconds" => json!(f64::from(self.rng.u32(1_000..720_000)) / 100.0),
            "UnixMillis" => json!(self.created + 86_400_000),
            id if id.ends_with("Id") => json!(uuid(&mut self.rng)),
            other => {
                let mut definitions = self.contract.definitions.0.iter();
                let (_, definition) =
                    definitions.find(|(name, _)| name == other).expect("a definition");
                let values = if definition.known_values.is_empty() {
                    &definition.examples
                } else {
                    &definition.known_values
                };
                values[self.rng.usize(..values.len())].clone()
            }
        }
    }
}

fn uuid(rng: &mut Rng) -> String {
    let hex = format!("{:032x}", rng.u128(..));
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}
