//! The claims that must hold, put to the engine.
//!
//! Each is about the two whole documents, narrowed to one event type: nothing that a schema says is left out.

use std::cell::OnceCell;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::engine::{self, Doubt, EngineAnswer, Formats};
use crate::exemption::without_new;
use crate::finding::Claim;
use crate::narrowing::narrowed;
use crate::party::{Parties, validator};
use crate::rules::Audience;

/// A claim, and what the engine says to it.
pub(crate) struct Trial {
    pub(crate) claim: Claim,
    pub(crate) inclusion: EngineAnswer,
    /// A schema of the deliveries that the claim is about.
    pub(crate) deliveries: Value,
    validator: OnceCell<Option<Validator>>,
    example: OnceCell<Option<Value>>,
}

impl Trial {
    fn new(claim: Claim, parties: &Parties<'_>, event_types: &[&str]) -> Self {
        let (sender, reader) = (parties.sender(claim.audience), parties.reader(claim.audience));
        let layout = sender.view.layout;
        let event_type = claim.event_type.as_deref();
        let narrowings = match event_type {
            Some(name) => vec![layout.is_of_type(name)],
            // In the words of the document, so that the engine sees at once which way each branch goes.
            None => {
                event_types.iter().map(|name| json!({ "not": layout.is_of_type(name) })).collect()
            }
        };
        let mut deliveries = narrowed(sender.narrowing.about(event_type), narrowings);
        if claim.audience == Audience::Archives {
            let views = parties.as_ref().map(|party| party.view);
            deliveries = without_new(deliveries, views, event_type);
        }
        let reads = reader.narrowing.about(event_type);
        let mut inclusion = engine::reads_all(&reads, &deliveries, Formats::Described);
        if let EngineAnswer::Refuted(found) = &inclusion {
            // Two validators in one process and the engine's own reading: should they ever differ, say nothing.
            if reader.validator.is_valid(found) {
                let reason = "the delivery that the engine found is not rejected".to_owned();
                inclusion = EngineAnswer::Undecided(Doubt { reason, keyword: None });
            }
        }
        let (validator, example) = (OnceCell::new(), OnceCell::new());
        Self { claim, inclusion, deliveries, validator, example }
    }

    /// A delivery that the claim is about: if it was refuted, the one that refutes it.
    pub(crate) fn example(&self) -> Option<&Value> {
        let example = self.example.get_or_init(|| match &self.inclusion {
            EngineAnswer::Refuted(found) => Some(found.clone()),
            _ => engine::example(&self.deliveries),
        });
        example.as_ref()
    }

    /// Whether the claim is about `delivery`.
    pub(crate) fn is_about(&self, delivery: &Value) -> bool {
        let validator =
            self.validator.get_or_init(|| validator(&self.deliveries, Formats::Described).ok());
        validator.as_ref().is_some_and(|validator| validator.is_valid(delivery))
    }
}

/// Tries every claim that must hold: one for each event type, for archives those of the release, and one for all unknown
/// types. The release sent none of these, but they must keep passing: otherwise the next event type would break readers of
/// the new contract.
pub(crate) fn trials(parties: &Parties<'_>) -> Vec<Trial> {
    let released = parties.released.view.event_types();
    let mut all = [released.clone(), parties.new.view.event_types()].concat();
    all.sort_unstable();
    all.dedup();
    let readers = all.iter().map(|name| (Audience::Readers, Some(*name)));
    let archives = all.iter().filter(|name| released.contains(name));
    let archives = archives.map(|name| (Audience::Archives, Some(*name)));
    let unknown = [(Audience::Readers, None), (Audience::Archives, None)];
    let claims = readers.chain(archives).chain(unknown);
    claims
        .map(|(audience, event_type)| {
            let claim = Claim { audience, event_type: event_type.map(str::to_owned) };
            Trial::new(claim, parties, &all)
        })
        .collect()
}

/// Whether it is proved that no delivery can be of `event_type`.
pub(crate) fn is_empty(event_type: Option<&str>, trials: &[Trial]) -> bool {
    let mut trials = trials.iter().filter(|trial| {
        trial.claim.audience == Audience::Readers && trial.claim.event_type.as_deref() == event_type
    });
    trials.any(|trial| engine::is_empty(&trial.deliveries))
}
