//! Generates valid deliveries from the contract.

use fastrand::Rng;
use serde_json::{Value, json};

use crate::delivery::{DATA, Delivery};
use crate::json::{Json, Members};
use crate::schema::{Part, Schema};

/// Makes one delivery after the other; the same ones in each run.
pub(crate) struct Source {
    rng: Rng,
    contract: Schema,
    /// The event types.
    shapes: Vec<String>,
    teams: Vec<String>,
    created: u64,
}

impl Source {
    pub(crate) fn new(contract: &str) -> Self {
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
        let contract: Schema = serde_json::from_str(contract).expect("the bundle");
        let shapes = contract.all_of.iter().filter_map(event_type).collect();
        Source { rng, contract, shapes, teams, created: 1_745_800_000_000 }
    }

    pub(crate) fn delivery(&mut self) -> Delivery {
        let frequent = self.rng.u8(..100) < 78;
        let shapes: Vec<_> =
            self.shapes.iter().filter(|name| self.is_frequent(name) == frequent).collect();
        let shapes = if shapes.is_empty() { self.shapes.iter().collect() } else { shapes };
        let event_type = shapes[self.rng.usize(..shapes.len())].clone();
        let shape = self.resolve(&event_type);
        self.created += self.rng.u64(1..5_000);
        let data = self.members(&shape);
        let fragile = data.iter().enumerate().filter(|(_, (key, _))| {
            let schema = shape.properties.as_ref().and_then(|properties| properties.get(key));
            shape.required.contains(key) && schema.is_some_and(|schema| self.is_plain(schema))
        });
        let fragile = fragile.map(|(at, _)| at).collect();
        let contract = self.contract.clone();
        let mut envelope = Vec::new();
        for (key, schema) in &contract.properties.as_ref().expect("an object").0 {
            let value = match key.as_str() {
                "id" => json!(uuid(&mut self.rng)).into(),
                "type" => json!(event_type).into(),
                "created" => json!(self.created).into(),
                // `data` is kept beside the envelope.
                DATA => Json::Leaf(Value::Null),
                _ if self.has(&contract, key) => self.value(schema),
                _ => continue,
            };
            envelope.push((key.clone(), value));
        }
        Delivery { envelope, data, fragile }
    }

    fn is_frequent(&self, event_type: &str) -> bool {
        self.contract.definitions.get(event_type).is_some_and(|shape| shape.high_volume)
    }

    /// Whether a field of `owner` is there: nine of ten optional ones are.
    fn has(&mut self, owner: &Schema, key: &str) -> bool {
        owner.required.iter().any(|required| required == key) || self.rng.u8(..10) > 0
    }

    fn members(&mut self, schema: &Schema) -> Vec<(String, Json)> {
        let mut members = Vec::new();
        for (key, field) in schema.properties.iter().flat_map(|Members(properties)| properties) {
            if self.has(schema, key) {
                members.push((key.clone(), self.value(field)));
            }
        }
        members
    }

    fn resolve(&self, reference: &str) -> Schema {
        let name = reference.trim_start_matches("#/$defs/");
        self.contract.definitions.get(name).expect("a definition").clone()
    }

    fn is_plain(&self, part: &Part) -> bool {
        match part {
            Part::Anything(_) => false,
            Part::Schema(schema) => match &schema.reference {
                Some(reference) => self.resolve(reference).is_plain(),
                None => schema.is_plain(),
            },
        }
    }

    fn value(&mut self, part: &Part) -> Json {
        let Part::Schema(schema) = part else { return Json::Leaf(json!(true)) };
        let Some(reference) = &schema.reference else { return self.inline(schema) };
        match reference.trim_start_matches("#/$defs/") {
            "TeamId" => json!(self.teams[self.rng.usize(..self.teams.len())]).into(),
            "Progress" => json!(f64::from(self.rng.u32(..=10_000)) / 10_000.0).into(),
            "DurationSeconds" => json!(f64::from(self.rng.u32(1_000..720_000)) / 100.0).into(),
            "UnixMillis" => json!(self.created + 86_400_000).into(),
            id if id.ends_with("Id") => json!(uuid(&mut self.rng)).into(),
            _ => {
                let target = self.resolve(reference);
                self.inline(&target)
            }
        }
    }

    fn inline(&mut self, schema: &Schema) -> Json {
        if let Some(constant) = &schema.constant {
            return constant.clone().into();
        }
        if let Some(part) = schema.any_of.first() {
            return self.value(part);
        }
        let listed = [&schema.choices, &schema.known_values, &schema.examples];
        if let Some(values) = listed.into_iter().find(|values| !values.is_empty()) {
            return values[self.rng.usize(..values.len())].clone().into();
        }
        match schema.kind() {
            "object" => self.object(schema),
            "array" => {
                let count = schema.min_items.max(self.rng.usize(1..4));
                let items = schema.items.as_deref().unwrap_or(&Part::Anything(true));
                Json::Array((0..count).map(|_| self.value(items)).collect())
            }
            "boolean" => json!(self.rng.bool()).into(),
            "string" => json!(format!("sample {}", self.rng.u16(..))).into(),
            "integer" => {
                let (low, high) = schema.range();
                let integer = (low + (high - low) * self.share()).floor();
                let integer = if schema.takes(integer) { integer } else { integer + 1.0 };
                json!(integer as i64).into()
            }
            "number" => {
                let (low, high) = schema.range();
                json!(low + (high - low) * self.share()).into()
            }
            _ => Json::Leaf(Value::Null),
        }
    }

    /// A number between 0 and 1.
    fn share(&mut self) -> f64 {
        f64::from(self.rng.u16(1..1000)) / 1000.0
    }

    fn object(&mut self, schema: &Schema) -> Json {
        let mut members = self.members(schema);
        if let Some(values) = &schema.values {
            let keys = (0..self.rng.usize(1..4)).map(|number| format!("key_{number}"));
            members.extend(keys.map(|key| (key, self.value(values))).collect::<Vec<_>>());
        }
        // The branches of a tagged union: one of them says which `const` goes with which members.
        let branches: Vec<_> = schema.all_of.iter().filter_map(branch).collect();
        if !branches.is_empty() {
            let (condition, then) = branches[self.rng.usize(..branches.len())];
            members.retain(|(key, _)| {
                condition.properties.as_ref().is_none_or(|tags| tags.get(key).is_none())
            });
            members.extend(self.members(condition));
            if let Json::Object(more) = self.value(then) {
                for (key, value) in more {
                    if members.iter().all(|(known, _)| *known != key) {
                        members.push((key, value));
                    }
                }
            }
        }
        Json::Object(members)
    }
}

/// The event type of a branch of the dispatch on `type`.
fn event_type(part: &Part) -> Option<String> {
    let (condition, _) = branch(part)?;
    match condition.properties.as_ref()?.get("type")? {
        Part::Schema(schema) => schema.constant.as_ref()?.as_str().map(str::to_owned),
        Part::Anything(_) => None,
    }
}

/// The condition of a branch of a union, and what holds then.
fn branch(part: &Part) -> Option<(&Schema, &Part)> {
    let Part::Schema(schema) = part else { return None };
    match (schema.condition.as_deref()?, schema.then.as_deref()?) {
        (Part::Schema(condition), then) => Some((condition, then)),
        (Part::Anything(_), _) => None,
    }
}

fn uuid(rng: &mut Rng) -> String {
    let hex = format!("{:032x}", rng.u128(..));
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}
