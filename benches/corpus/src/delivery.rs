//! One delivery before it is written: its keys can change places, and it can be broken.

use fastrand::Rng;
use serde_json::{Value, json};

use crate::json::{Json, Layout};

pub(crate) const DATA: &str = "data";

/// A delivery that keeps the order of its keys.
pub(crate) struct Delivery {
    pub(crate) envelope: Vec<(String, Json)>,
    /// Written in the place of the key `data` of `envelope`, where that is `null`.
    pub(crate) data: Vec<(String, Json)>,
    /// The members of `data` that must be there, each with a value that is no list and not `null`.
    pub(crate) fragile: Vec<usize>,
}

impl Delivery {
    pub(crate) fn text(&self, layout: Layout) -> String {
        let mut text = String::new();
        self.json().write(&mut text, layout);
        text
    }

    pub(crate) fn json(&self) -> Json {
        let members = self.envelope.iter().map(|(key, value)| {
            let is_data = key == DATA && matches!(value, Json::Leaf(Value::Null));
            let value = if is_data { Json::Object(self.data.clone()) } else { value.clone() };
            (key.clone(), value)
        });
        Json::Object(members.collect())
    }

    pub(crate) fn add_undeclared(&mut self, rng: &mut Rng) {
        let member = undeclared(rng);
        let object = if rng.bool() { &mut self.data } else { &mut self.envelope };
        object.push(member);
    }

    /// The text, broken in one of ten ways.
    pub(crate) fn broken(mut self, way: usize, rng: &mut Rng) -> Vec<u8> {
        let envelope = |delivery: &mut Delivery, key: &str, value: Value| {
            let member = delivery.envelope.iter_mut().find(|(name, _)| name == key);
            member.expect("a key of the envelope").1 = Json::Leaf(value);
        };
        let field = rng.choice(self.fragile.iter().copied());
        match (way, field) {
            (0, Some(field)) => drop(self.data.remove(field)),
            (1, Some(field)) => self.data[field].1 = Json::Leaf(Value::Null),
            (2, Some(field)) => self.data[field].1 = Json::Array(vec![self.data[field].1.clone()]),
            (8, Some(field)) => self.data.push(self.data[field].clone()),
            (3, _) => envelope(&mut self, "created", json!("1745800000000")),
            (4, _) => envelope(&mut self, "created", json!(1_745_800_000_000.5)),
            (5, _) => envelope(&mut self, DATA, json!([1])),
            (7, _) => {
                let text = self.text(Layout::Compact);
                return text.as_bytes()[..rng.usize(1..text.len())].to_vec();
            }
            (9, _) => {
                let mut text = self.text(Layout::Compact).into_bytes();
                let middle = text.len() / 2;
                text[middle] = 0xff;
                return text;
            }
            _ => self.envelope.retain(|(key, _)| key != "id"),
        }
        self.text(Layout::Compact).into_bytes()
    }
}

/// A member that no object declares: no field can be declared with a capital letter.
pub(crate) fn undeclared(rng: &mut Rng) -> (String, Json) {
    let members = [
        ("Region", json!("eu-west-1")),
        ("Attempt", json!(rng.u8(1..6))),
        ("Labels", json!(["new", "beta"])),
        ("Meta", json!({"source": "api", "cost": 1.25, "retry": null, "flags": [true, false]})),
    ];
    let (key, value) = members[rng.usize(..members.len())].clone();
    (key.into(), Json::Leaf(value))
}
