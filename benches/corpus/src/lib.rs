//! The deliveries for all measurements, generated from a bundle of the contract and the same in every run.

mod delivery;
mod json;
mod schema;
mod source;

use fastrand::Rng;
use serde_json::json;

use delivery::{DATA, Delivery, undeclared};
use json::{Json, Layout};
use source::Source;

/// The contract whose deliveries are measured, and that the peers are written for. A release, so that what is added to the
/// contract does not change what is compared.
pub const CONTRACT: &str = include_str!("../../../schema/releases/1.0.0.schema.json");

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

/// Valid deliveries of `contract` as they are sent: compact, keys in declared order, 78 % of them high-volume events.
pub fn compact(contract: &str, count: usize) -> Corpus {
    corpus("compact", contract, count, |delivery, _| delivery.text(Layout::Compact).into_bytes())
}

/// The same deliveries, indented.
pub fn pretty(contract: &str, count: usize) -> Corpus {
    corpus("pretty", contract, count, |delivery, _| delivery.text(Layout::Pretty(1)).into_bytes())
}

/// The same deliveries, with a space after each colon and comma.
pub fn spaced(contract: &str, count: usize) -> Corpus {
    corpus("spaced", contract, count, |delivery, _| delivery.text(Layout::Spaced).into_bytes())
}

/// The same deliveries, the keys of all objects sorted.
pub fn sorted(contract: &str, count: usize) -> Corpus {
    changed("sorted", contract, count, Layout::Compact, |value| {
        if let Json::Object(members) = value {
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
    })
}

/// The same deliveries, the keys of `data` sorted.
pub fn data_sorted(contract: &str, count: usize) -> Corpus {
    corpus("data sorted", contract, count, |mut delivery, _| {
        delivery.data.sort_by(|(one, _), (other, _)| one.cmp(other));
        delivery.text(Layout::Compact).into_bytes()
    })
}

/// The same deliveries as Postgres stores `jsonb`: spaced, shorter keys first.
pub fn by_length(contract: &str, count: usize) -> Corpus {
    changed("by length", contract, count, Layout::Spaced, |value| {
        if let Json::Object(members) = value {
            members.sort_by(|(one, _), (other, _)| (one.len(), one).cmp(&(other.len(), other)));
        }
    })
}

/// The same deliveries with what a vendor adds next: a string to `data` and a number to the envelope, and any undeclared member to
/// each object of a list.
pub fn extended(contract: &str, count: usize) -> Corpus {
    let mut rng = Rng::with_seed(4);
    changed("extended", contract, count, Layout::Compact, |value| match value {
        Json::Object(members) if members.iter().any(|(key, _)| key == DATA) => {
            for (key, value) in members.iter_mut() {
                if let (DATA, Json::Object(data)) = (key.as_str(), value) {
                    data.push(("Region".into(), Json::Leaf(json!("eu-west-1"))));
                }
            }
            members.push(("Attempt".into(), Json::Leaf(json!(rng.u8(1..6)))));
        }
        Json::Array(items) => {
            for item in items {
                if let Json::Object(members) = item {
                    members.push(undeclared(&mut rng));
                }
            }
        }
        _ => {}
    })
}

/// The same deliveries; a quarter of them with keys in another order, a fifth with an undeclared key.
pub fn mixed(contract: &str, count: usize) -> Corpus {
    let mut rng = Rng::with_seed(2);
    corpus("mixed", contract, count, |mut delivery, _| {
        if rng.u8(..5) == 0 {
            delivery.add_undeclared(&mut rng);
        }
        if rng.u8(..4) == 0 {
            rng.shuffle(&mut delivery.envelope);
            rng.shuffle(&mut delivery.data);
        }
        delivery.text(Layout::Compact).into_bytes()
    })
}

/// The same deliveries, broken in ten ways.
pub fn invalid(contract: &str, count: usize) -> Corpus {
    let mut rng = Rng::with_seed(3);
    corpus("invalid", contract, count, |delivery, number| delivery.broken(number % 10, &mut rng))
}

fn corpus(
    name: &'static str,
    contract: &str,
    count: usize,
    mut text: impl FnMut(Delivery, usize) -> Vec<u8>,
) -> Corpus {
    let mut source = Source::new(contract);
    Corpus { name, deliveries: (0..count).map(|number| text(source.delivery(), number)).collect() }
}

/// Deliveries with each value changed.
fn changed(
    name: &'static str,
    contract: &str,
    count: usize,
    layout: Layout,
    mut change: impl FnMut(&mut Json),
) -> Corpus {
    corpus(name, contract, count, |delivery, _| {
        let mut json = delivery.json();
        json.for_each(&mut change);
        let mut text = String::new();
        json.write(&mut text, layout);
        text.into_bytes()
    })
}
