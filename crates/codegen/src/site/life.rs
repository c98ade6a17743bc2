//! The order of event types: what comes after what in the life of a job.

use std::collections::BTreeMap;

use clip_events_contract::Contract;
use clip_events_contract::model::EventShape;

/// The event types of a contract, each as many steps after the start as its longest way there.
pub(super) struct Life<'a> {
    steps: BTreeMap<&'a str, usize>,
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
        let leads_on = |event: &EventShape| {
            contract.events.iter().any(|other| other.after.contains(&event.event_type))
        };
        let mut domains: BTreeMap<&str, Vec<&EventShape>> = BTreeMap::new();
        for event in &contract.events {
            domains.entry(&event.domain).or_default().push(event);
        }
        let mut domains: Vec<_> = domains.into_iter().collect();
        for (_, events) in &mut domains {
            // Of two at the same step, the one that leads on comes first, then the one that announces something.
            events.sort_by_key(|event| {
                (
                    steps[&*event.event_type],
                    !leads_on(event),
                    event.follow_up.is_none(),
                    &event.event_type,
                )
            });
        }
        let follows = |domain: &str| {
            let events = contract.events.iter().filter(|event| event.domain == domain);
            events.clone().any(|event| {
                let before =
                    contract.events.iter().filter(|other| event.after.contains(&other.event_type));
                before.clone().any(|other| other.domain != domain)
            })
        };
        domains.sort_by_key(|(domain, events)| {
            let first = events.iter().map(|event| steps[&*event.event_type]).min();
            let leads = contract.events.iter().any(|event| {
                event.domain != *domain
                    && events.iter().any(|own| event.after.contains(&own.event_type))
            });
            // What stands beside the others comes behind them.
            (!leads && !follows(domain), first, *domain)
        });
        Self { steps, domains }
    }

    /// Whether any event type comes after another one.
    pub(super) fn is_told(&self) -> bool {
        self.steps.values().any(|step| *step > 0)
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
