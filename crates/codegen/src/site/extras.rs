//! What the page shows besides the schemas.

use std::collections::BTreeMap;

use clip_events_contract::deliveries::Example;

/// What the page shows besides the schemas.
#[derive(Debug, Default)]
pub struct Extras {
    /// Example deliveries, by event type.
    pub deliveries: BTreeMap<String, Vec<Example>>,
    /// The address of the repository, for links to its files.
    pub repository: Option<String>,
    /// The releases of the contract, newest first, and what each changed.
    pub releases: Vec<Release>,
    /// The package `clip-events-playground`, compiled to WebAssembly; without it, the page has no playground.
    pub playground: Option<Vec<u8>>,
}

/// A release of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Its version; or for a person, what is not released.
    pub name: String,
    /// Whether it is not released.
    pub is_to_come: bool,
    /// What it changed since the one before; none if there is none before.
    pub changes: Option<Vec<Change>>,
}

/// A change of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is, for a person: `a new optional field`.
    pub title: String,
    /// What changed: `data.clips`.
    pub what: String,
    /// The event types that it changed.
    pub event_types: Vec<String>,
    /// Whether it breaks somebody.
    pub breaks: bool,
}
