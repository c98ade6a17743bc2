//! The deliveries for all measurements, generated from a bundle of the contract and the same in every run.

mod delivery;
mod json;
mod schema;
mod source;

use fastrand::Rng;

use delivery::Delivery;
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
    corpus("compact", contract, count, |delivery, _| delivery.text(false).into_bytes())
}

/// The same deliveries, indented.
pub fn pretty(contract: &str, count: usize) -> Corpus {
    corpus("pretty", contract, count, |delivery, _| delivery.text(true).into_bytes())
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
        delivery.text(false).into_bytes()
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
