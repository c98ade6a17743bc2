//! The claims that must hold, put to the engine.
//!
//! Each is about the two whole documents, narrowed to one event type: nothing that a schema says is left out.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::change::Change;
use crate::direction::Direction;
use crate::engine::{Doubt, Engine, EngineAnswer, Read, Reading};
use crate::exemption::without_new;
use crate::finding::Claim;
use crate::pair::Pair;
use crate::party::Parties;
use crate::rules::Audience;
use crate::validator::Validator;
use crate::words::{anything, nothing};

/// Where claims are tried: the parties, and the engine that has read their documents.
pub(crate) struct Court<'a, 'q, 's> {
    engine: &'a mut Engine<'q, 's>,
    pub(crate) direction: Direction,
    pub(crate) parties: &'a Parties<'a>,
    documents: Pair<Read>,
    /// By event type, its deliveries; those of unknown types by none.
    types: BTreeMap<Option<String>, Narrowing>,
    /// The deliveries with nothing that is declared only now, unless all are.
    before: Option<Narrowing>,
    /// A schema that no delivery fits.
    nothing: Read,
    /// By event type, whether no delivery can be of it.
    empty: BTreeMap<Option<String>, bool>,
    /// How many deliveries may still be sought.
    searches: usize,
    /// Whether validators differ on one of the documents.
    is_disputed: bool,
}

/// A schema of some of the deliveries.
struct Narrowing {
    schema: Value,
    read: Read,
    validator: OnceCell<Option<Validator>>,
}

impl Narrowing {
    fn new(schema: Value, engine: &mut Engine<'_, '_>) -> Self {
        let read = engine.read(schema.clone());
        Self { schema, read, validator: OnceCell::new() }
    }

    fn has(&self, delivery: &Value, reading: Reading) -> bool {
        let build = || Validator::new(&self.schema, reading).ok();
        let validator = self.validator.get_or_init(build).as_ref();
        validator.is_some_and(|validator| validator.accepts(delivery))
    }
}

/// A claim, and what the engine says to it.
pub(crate) struct Trial {
    pub(crate) claim: Claim,
    pub(crate) inclusion: EngineAnswer,
    example: OnceCell<Option<Value>>,
}

impl<'a, 'q, 's> Court<'a, 'q, 's> {
    pub(crate) fn new(
        parties: &'a Parties<'a>,
        engine: &'a mut Engine<'q, 's>,
        direction: Direction,
        budget: usize,
    ) -> Self {
        let documents = parties
            .as_ref()
            .map(|party| engine.read_by(party.reading.draft, party.view.document.clone()));
        let views = parties.as_ref().map(|party| party.view);
        let layout = views.new.layout;
        let names = [views.released.event_types(), views.new.event_types()].concat();
        let names: BTreeSet<_> = names.into_iter().collect();
        // In the words of the documents, so that the engine sees at once which way each branch goes.
        let unknown = names.iter().map(|name| json!({ "not": layout.is_of_type(name) }));
        let unknown = json!({ "allOf": unknown.chain([anything()]).collect::<Vec<_>>() });
        let known = names.iter().map(|name| (Some((*name).to_owned()), layout.is_of_type(name)));
        let types: Vec<_> = known.chain([(None, unknown)]).collect();
        let types = types.into_iter().map(|(name, schema)| (name, Narrowing::new(schema, engine)));
        let types = types.collect();
        let before = without_new(views).map(|schema| Narrowing::new(schema, engine));
        let nothing = engine.read(nothing());
        let Pair { released, new } = views.map(|view| count(view.document));
        let (empty, searches) = (BTreeMap::new(), budget / (released + new));
        let is_disputed = !parties.as_ref().both(|party| !party.is_disputed());
        Self {
            engine,
            direction,
            parties,
            documents,
            types,
            before,
            nothing,
            empty,
            searches,
            is_disputed,
        }
    }

    /// Tries every claim that must hold: one for each event type, for archives those of the release, and one for all unknown
    /// types. The release sent none of these, but they must keep passing: otherwise the next event type would break readers
    /// of the new contract.
    pub(crate) fn trials(&mut self) -> Vec<Trial> {
        let released = self.parties.released.view.event_types();
        let names: Vec<_> = self.types.keys().flatten().cloned().collect();
        let readers = names.iter().map(|name| (Audience::Readers, Some(name)));
        let archives = names.iter().filter(|name| released.contains(&name.as_str()));
        let archives = archives.map(|name| (Audience::Archives, Some(name)));
        let unknown = [(Audience::Readers, None), (Audience::Archives, None)];
        let claims = readers.chain(archives).chain(unknown);
        let (tells_types, direction) = (!names.is_empty(), self.direction);
        let claims = claims.filter(|(audience, _)| self.direction.concerns(*audience));
        let claims = claims.map(|(audience, event_type)| {
            let event_type = event_type.cloned();
            Claim { audience, event_type, tells_types, direction }
        });
        let claims: Vec<_> = claims.collect();
        claims.into_iter().map(|claim| self.trial(claim)).collect()
    }

    fn trial(&mut self, claim: Claim) -> Trial {
        let reader = match claim.audience {
            Audience::Readers => &self.documents.released,
            Audience::Archives => &self.documents.new,
        };
        let mut inclusion = self
            .engine
            .reads_all(reader, &sender(&claim, &self.documents, &self.types, self.before.as_ref()));
        if let EngineAnswer::Refuted(found) = &inclusion {
            // Two validators in one process and the engine's own reading: should they ever differ, say nothing.
            if self.parties.reader(claim.audience).validator.accepts(found) {
                let reason = "the delivery that the engine found is not rejected".to_owned();
                inclusion = EngineAnswer::Undecided(Doubt { reason, keyword: None });
            }
        }
        Trial { claim, inclusion, example: OnceCell::new() }
    }

    /// Whether the reader of a claim accepts what is sent and meets all of `demands`.
    pub(crate) fn decide_beside(&mut self, claim: &Claim, demands: Vec<Value>) -> EngineAnswer {
        let draft = self.parties.reader(claim.audience).reading.draft;
        let demands = demands.into_iter().map(|schema| self.engine.read_by(draft, schema));
        let demands: Vec<_> = demands.collect();
        let reader = match claim.audience {
            Audience::Readers => &self.documents.released,
            Audience::Archives => &self.documents.new,
        };
        let mut sent = sender(claim, &self.documents, &self.types, self.before.as_ref());
        sent.extend(&demands);
        self.engine.reads_all(reader, &sent)
    }

    /// A delivery that the claim is about: if it was refuted, the one that refutes it.
    pub(crate) fn example<'t>(&mut self, trial: &'t Trial) -> Option<&'t Value> {
        let nothing = self.nothing.clone();
        let example = trial.example.get_or_init(|| match &trial.inclusion {
            EngineAnswer::Refuted(found) => Some(found.clone()),
            // What shows that there is more than nothing.
            _ => self.outside(&nothing, trial),
        });
        example.as_ref()
    }

    /// A delivery that the claim is about and that does not meet `demand`. Perhaps nothing else is wrong with it.
    pub(crate) fn violating(&mut self, demand: Value, trial: &Trial) -> Option<Value> {
        let draft = self.parties.reader(trial.claim.audience).reading.draft;
        let demand = self.engine.read_by(draft, demand);
        self.outside(&demand, trial)
    }

    fn outside(&mut self, reader: &Read, trial: &Trial) -> Option<Value> {
        let sender = sender(&trial.claim, &self.documents, &self.types, self.before.as_ref());
        match self.engine.reads_all(reader, &sender) {
            EngineAnswer::Refuted(found) => Some(found),
            // None exists, or none was found.
            EngineAnswer::Proved(_) | EngineAnswer::Undecided(_) => None,
        }
    }

    /// Whether `delivery`, which the validators say refutes the claim, does so whatever validator is asked, and by one of `demands`, if there
    /// are some: the engine agrees where validators differ.
    pub(crate) fn is_undisputed(
        &mut self,
        trial: &Trial,
        delivery: &Value,
        demands: impl FnOnce() -> Vec<Value>,
    ) -> bool {
        if !self.is_disputed {
            return true;
        }
        let Claim { audience, .. } = trial.claim;
        let draft = self.parties.reader(audience).reading.draft;
        let only = self.engine.read(json!({ "enum": [delivery] }));
        let demands = demands().into_iter().map(|demand| self.engine.read_by(draft, demand));
        let demands: Vec<_> = demands.collect();
        let reader = match audience {
            Audience::Readers => &self.documents.released,
            Audience::Archives => &self.documents.new,
        };
        let mut sent = sender(&trial.claim, &self.documents, &self.types, self.before.as_ref());
        sent.push(&only);
        let mut refutes = |reader: &Read| {
            matches!(self.engine.reads_all(reader, &sent), EngineAnswer::Refuted(_))
        };
        refutes(reader) && (demands.is_empty() || demands.iter().any(refutes))
    }

    /// Whether it is proved that no delivery can be of `event_type`.
    pub(crate) fn is_empty(&mut self, event_type: Option<&str>) -> bool {
        let event_type = event_type.map(str::to_owned);
        if let Some(known) = self.empty.get(&event_type) {
            return *known;
        }
        let (audience, direction) = (Audience::Readers, self.direction);
        let claim =
            Claim { audience, event_type: event_type.clone(), tells_types: true, direction };
        let sender = sender(&claim, &self.documents, &self.types, self.before.as_ref());
        let answer = self.engine.reads_all(&self.nothing, &sender);
        let is_empty = matches!(answer, EngineAnswer::Proved(_));
        self.empty.insert(event_type, is_empty);
        is_empty
    }

    /// Whether one more delivery may be sought, which is counted.
    pub(crate) fn may_search(&mut self) -> bool {
        let may = self.searches > 0;
        self.searches = self.searches.saturating_sub(1);
        may
    }

    /// Whether `change` breaks someone who must not break, or nobody.
    pub(crate) fn concerns(&self, change: &Change) -> bool {
        change.rule.audience().is_none() || change.rule.audience_in(self.direction).is_some()
    }

    /// Whether the claim is about `delivery`.
    pub(crate) fn is_about(&self, trial: &Trial, delivery: &Value) -> bool {
        let Claim { audience, event_type, .. } = &trial.claim;
        let reading = self.parties.new.reading;
        let is_before = || self.before.as_ref().is_none_or(|before| before.has(delivery, reading));
        self.types.get(event_type).is_some_and(|narrowing| narrowing.has(delivery, reading))
            && self.parties.as_ref().both(|party| party.validator.can_judge(delivery))
            && self.parties.sender(*audience).validator.accepts(delivery)
            && (*audience == Audience::Readers || is_before())
    }
}

/// The number of values in `value`, itself included.
fn count(value: &Value) -> usize {
    let (mut count, mut work) = (0, vec![value]);
    while let Some(value) = work.pop() {
        count += 1;
        match value {
            Value::Array(items) => work.extend(items),
            Value::Object(members) => work.extend(members.values()),
            _ => {}
        }
    }
    count
}

/// The schemas of the deliveries that a claim is about.
fn sender<'r>(
    claim: &Claim,
    documents: &'r Pair<Read>,
    types: &'r BTreeMap<Option<String>, Narrowing>,
    before: Option<&'r Narrowing>,
) -> Vec<&'r Read> {
    let (document, before) = match claim.audience {
        Audience::Readers => (&documents.new, None),
        Audience::Archives => (&documents.released, before),
    };
    let narrowings = types.get(&claim.event_type).into_iter().chain(before);
    std::iter::once(document).chain(narrowings.map(|narrowing| &narrowing.read)).collect()
}
