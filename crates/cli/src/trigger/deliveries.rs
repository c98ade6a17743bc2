//! The deliveries of a scenario or a type: samples that belong together, with what the user has set.

use std::collections::HashMap;
use std::str::FromStr;

use clip_events::EventType;
use clip_events_validator::{Mode, Validator};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::sample::sample;

/// The scenarios: their names, and their files.
pub(crate) const SCENARIOS: &[(&str, &str)] = &[
    ("analysis", include_str!("../scenarios/analysis.json")),
    ("post", include_str!("../scenarios/post.json")),
    ("render", include_str!("../scenarios/render.json")),
];

/// What happens to one job.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// For the help.
    pub(crate) title: String,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    r#type: String,
    #[serde(default = "one")]
    count: u64,
    /// Numbers that go from the first value to the second, by their paths.
    #[serde(default)]
    ramp: Map<String, Value>,
}

fn one() -> u64 {
    1
}

impl Scenario {
    /// The scenario with this name.
    pub(crate) fn named(name: &str) -> Result<Self, Failure> {
        let broken = |reason: String| Failure::Scenario { name: name.into(), reason };
        let found = SCENARIOS.iter().find(|(known, _)| *known == name);
        let (_, text) = found.ok_or_else(|| broken("there is none of this name".into()))?;
        serde_json::from_str(text).map_err(|error| broken(error.to_string()))
    }

    /// Deliveries of one type, which have nothing to do with each other.
    pub(crate) fn of_type(event_type: &str, count: u64) -> Self {
        let steps = vec![Step { r#type: event_type.into(), count, ramp: Map::new() }];
        Self { title: String::new(), steps }
    }

    /// Its deliveries, in order; the last was created at `now`, in milliseconds since 1970, and each a millisecond after the one
    /// before it. If `one_job`, the ids in their data are those of one job.
    pub(crate) fn deliveries(
        &self,
        name: &str,
        one_job: bool,
        seed: u64,
        now: u64,
    ) -> Result<Vec<Value>, Failure> {
        let mut deliveries = Vec::new();
        for (place, step) in self.steps.iter().enumerate() {
            // Steps of one type have ids of their own.
            let seed = seed.wrapping_add((place as u64) << 32);
            if !EventType::ALL.iter().any(|known| known.as_str() == step.r#type) {
                let reason = format!("the contract has no event type {:?}", step.r#type);
                return Err(Failure::Scenario { name: name.into(), reason });
            }
            let mut lines = Vec::new();
            sample(&step.r#type, seed, step.count, None, &mut lines)?;
            let samples = serde_json::Deserializer::from_slice(&lines).into_iter::<Value>();
            for (number, sample) in samples.enumerate() {
                let mut sample = sample.map_err(std::io::Error::other)?;
                for (path, ends) in &step.ramp {
                    let share = share(number, step.count);
                    let ends = (ends[0].as_f64(), ends[1].as_f64());
                    let (Some(from), Some(to)) = ends else {
                        let reason = format!("{path:?} needs two numbers");
                        return Err(Failure::Scenario { name: name.into(), reason });
                    };
                    let value = ((from + (to - from) * share) * 1000.0).round() / 1000.0;
                    set(&mut sample, path, value.into())?;
                }
                deliveries.push(sample);
            }
        }
        let count = deliveries.len() as u64;
        for (number, delivery) in deliveries.iter_mut().enumerate() {
            if let Some(created) = delivery.get_mut("created") {
                *created = now.saturating_sub(count - 1 - number as u64).into();
            }
        }
        if one_job {
            share_ids(&mut deliveries);
        }
        Ok(deliveries)
    }
}

/// How far the step is, from 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "a share, to three digits")]
fn share(number: usize, count: u64) -> f64 {
    if count < 2 { 1.0 } else { number as f64 / (count - 1) as f64 }
}

/// Gives members of `data` whose key ends with `_id` the value that the first delivery with this key has, where the contract lets
/// them have it.
fn share_ids(deliveries: &mut [Value]) {
    let validator = Validator::new(Mode::Producer);
    let mut ids: HashMap<String, Value> = HashMap::new();
    for delivery in deliveries {
        let Some(data) = delivery["data"].as_object() else { continue };
        let keys: Vec<_> = data.keys().filter(|key| key.ends_with("_id")).cloned().collect();
        for key in keys {
            let own = delivery["data"][&key].take();
            let id = ids.entry(key.clone()).or_insert_with(|| own.clone()).clone();
            delivery["data"][&key] = id;
            if !validator.judge(delivery.to_string().as_bytes()).is_valid() {
                delivery["data"][&key] = own;
            }
        }
    }
}

/// A value to set, as `--set` has it: `data.job_id=x`.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    path: String,
    value: Value,
}

impl FromStr for Setting {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (path, value) =
            text.split_once('=').ok_or("expected a path and a value: PATH=VALUE")?;
        if path.split('.').any(str::is_empty) {
            return Err("expected a path like data.job_id before the `=`");
        }
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        Ok(Self { path: path.to_owned(), value })
    }
}

impl Setting {
    pub(crate) fn apply(&self, delivery: &mut Value) -> Result<(), Failure> {
        set(delivery, &self.path, self.value.clone())
    }
}

/// Objects and arrays that may be open at once, as `serde_json` reads.
const MAX_DEPTH: usize = 127;

/// Sets the member or item that `path` names, and makes the objects that lead to it.
fn set(delivery: &mut Value, path: &str, value: Value) -> Result<(), Failure> {
    let cannot = |reason| Failure::Set { path: path.to_owned(), reason };
    if path.split('.').count() > MAX_DEPTH {
        return Err(cannot("it leads deeper than JSON is read"));
    }
    let mut place = delivery;
    for name in path.split('.') {
        place = match place {
            Value::Object(members) => members.entry(name).or_insert_with(|| Map::new().into()),
            Value::Array(items) => {
                let item = name.parse::<usize>().ok().and_then(|index| items.get_mut(index));
                item.ok_or_else(|| cannot("there is no such item in the array"))?
            }
            _ => return Err(cannot("what it leads through is no object and no array")),
        };
    }
    *place = value;
    Ok(())
}

/// `delivery`, made such that it violates the contract.
pub(crate) fn malformed(delivery: &Value) -> Vec<u8> {
    let validator = Validator::new(Mode::Reader);
    let without_data = {
        let mut delivery = delivery.clone();
        if let Some(members) = delivery.as_object_mut() {
            members.insert("data".into(), Value::Null);
        }
        delivery.to_string().into_bytes()
    };
    if !validator.judge(&without_data).is_valid() {
        return without_data;
    }
    // No JSON is valid without its end.
    let mut text = delivery.to_string().into_bytes();
    text.pop();
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A scenario with one step of this type, or of the first of the contract.
    fn scenario(event_type: Option<&str>, ramp: &Value) -> Scenario {
        let event_type = event_type.unwrap_or_else(|| EventType::ALL[0].as_str());
        let step = json!({ "type": event_type, "count": 3, "ramp": ramp });
        serde_json::from_value(json!({ "title": "", "steps": [step, step] })).unwrap()
    }

    #[test]
    fn all_scenarios_can_be_read() {
        for (name, _) in SCENARIOS {
            Scenario::named(name).unwrap_or_else(|error| panic!("{error}"));
        }
        assert!(matches!(Scenario::named("none"), Err(Failure::Scenario { .. })));
    }

    #[test]
    fn a_type_that_the_contract_has_not_is_an_error_of_the_scenario() {
        let error = scenario(Some("no.such\u{1b}"), &json!({})).deliveries("one", true, 0, 9);
        let error = error.unwrap_err().to_string();
        let reason = r#"the contract has no event type "no.such\u{1b}""#;
        assert_eq!(error, format!("the scenario one is broken: {reason}"));
        let ramp = json!({ "data.x": 1 });
        let error = scenario(None, &ramp).deliveries("one", true, 0, 9).unwrap_err().to_string();
        assert_eq!(error, "the scenario one is broken: \"data.x\" needs two numbers");
    }

    #[test]
    fn deliveries_have_ids_and_times_of_their_own() {
        let ramp = json!({ "data.x": [1, 2] });
        let deliveries = scenario(None, &ramp).deliveries("one", true, 7, 100).unwrap();
        let of = |key: &'static str| deliveries.iter().map(move |delivery| delivery[key].clone());
        assert_eq!(of("created").collect::<Vec<_>>(), [95, 96, 97, 98, 99, 100].map(Value::from));
        assert_eq!(
            of("id").map(|id| id.to_string()).collect::<std::collections::BTreeSet<_>>().len(),
            6
        );
        let ramp = of("data").map(|data| data["x"].clone());
        assert_eq!(ramp.collect::<Vec<_>>(), [1.0, 1.5, 2.0, 1.0, 1.5, 2.0].map(Value::from));
    }

    #[test]
    fn settings_reach_any_place() {
        let mut delivery = json!({ "a": { "b": [1, { "c": 2 }] }, "d": "text" });
        let mut set = |text: &str| {
            let setting: Setting = text.parse().unwrap();
            setting.apply(&mut delivery).map(|()| delivery.to_string())
        };
        assert_eq!(set("a.b.1.c=null").unwrap(), r#"{"a":{"b":[1,{"c":null}]},"d":"text"}"#);
        assert_eq!(set("a.b=x=y").unwrap(), r#"{"a":{"b":"x=y"},"d":"text"}"#);
        assert_eq!(set("d=\"7\"").unwrap(), r#"{"a":{"b":"x=y"},"d":"7"}"#);
        assert_eq!(set("e.f=[7]").unwrap(), r#"{"a":{"b":"x=y"},"d":"7","e":{"f":[7]}}"#);
        assert!(set("e.f.1=0").is_err() && set("e.f.x=0").is_err() && set("d.x=0").is_err());
        for wrong in ["a", "=1", "a..b=1", ".=1"] {
            assert!(wrong.parse::<Setting>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_malformed_does_not_meet_the_contract() {
        let delivery = scenario(None, &json!({})).deliveries("one", true, 0, 9).unwrap().remove(0);
        let validator = Validator::new(Mode::Reader);
        for delivery in [delivery, json!([]), json!("text"), json!({})] {
            assert!(!validator.judge(&malformed(&delivery)).is_valid(), "{delivery}");
        }
    }
}
