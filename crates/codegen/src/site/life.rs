//! The order of event types: what comes after what in the life of a job.

use std::collections::BTreeMap;

use clip_events_contract::Contract;
use clip_events_contract::model::EventShape;

/// The event types of a contract, each as many steps after the start as its longest way there.
pub(super) struct Life<'a> {
    steps: BTreeMap<&'a str, usize>,
    /// What leads to what.
    ways: Vec<(&'a EventShape, &'a EventShape)>,
    /// By domain, in the order of their first steps.
    domains: Vec<(&'a str, Vec<&'a EventShape>)>,
}

impl<'a> Life<'a> {
    pub(super) fn of(contract: &'a Contract) -> Self {
        let mut steps: BTreeMap<&str, usize> = BTreeMap::new();
        let mut rest: Vec<_> = contract.events.iter().collect();
        // No event type comes after itself.
        while !rest.is_empty() {
            rest.retain(|event| {
                let before = event.after.iter().map(|name| steps.get(name.as_str()));
                let Some(before) = before.collect::<Option<Vec<_>>>() else { return true };
                let step = before.into_iter().max().map_or(0, |last| last + 1);
                steps.insert(&event.event_type, step);
                false
            });
        }
        let before = |to: &'a EventShape| {
            let before = contract.events.iter().filter(|from| to.after.contains(&from.event_type));
            before.map(move |from| (from, to))
        };
        let ways: Vec<_> = contract.events.iter().flat_map(before).collect();
        let mut domains: BTreeMap<&str, Vec<&EventShape>> = BTreeMap::new();
        for event in &contract.events {
            domains.entry(&event.domain).or_default().push(event);
        }
        let mut domains: Vec<_> = domains.into_iter().collect();
        for (_, events) in &mut domains {
            // Of two at the same step, the one that leads on comes first, then the one that announces something.
            events.sort_by_key(|event| {
                let leads_on = ways.iter().any(|(from, _)| from.event_type == event.event_type);
                let step = steps[&*event.event_type];
                (step, !leads_on, event.follow_up.is_none(), &event.event_type)
            });
        }
        domains.sort_by_key(|(domain, events)| {
            let first = events.iter().map(|event| steps[&*event.event_type]).min();
            let stands_alone = !ways.iter().any(|(from, to)| {
                from.domain != to.domain && (from.domain == *domain || to.domain == *domain)
            });
            (stands_alone, first, *domain)
        });
        Self { steps, ways, domains }
    }

    /// Whether any event type comes after another one.
    pub(super) fn is_told(&self) -> bool {
        !self.ways.is_empty()
    }

    /// Whether any event type of `domain` comes after another one, or before one.
    pub(super) fn is_told_of(&self, domain: &str) -> bool {
        self.ways.iter().any(|(from, to)| from.domain == domain || to.domain == domain)
    }

    /// What leads to what.
    pub(super) fn ways(&self) -> &[(&'a EventShape, &'a EventShape)] {
        &self.ways
    }

    /// How many steps after the start `event_type` comes.
    pub(super) fn step(&self, event_type: &str) -> usize {
        self.steps[event_type]
    }

    /// The domains, each with its event types, in the order of their steps.
    pub(super) fn domains(&self) -> impl Iterator<Item = (&'a str, &[&'a EventShape])> {
        self.domains.iter().map(|(domain, events)| (*domain, events.as_slice()))
    }
}
