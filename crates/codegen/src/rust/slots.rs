//! Slots: the keys that the parser knows, with the values that each takes and where these are kept.

use std::collections::BTreeMap;

use clip_events_contract::Contract;
use clip_events_contract::model::{Field, Scalar};
use proc_macro2::TokenStream;

/// The array that the parser keeps a slot's value in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Storage {
    Text,
    Boolean,
    Integer,
    Float,
}

/// A key and the values it takes: the unit in which the parser judges fields.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    pub(super) key: &'a str,
    pub(super) scalar: &'a Scalar,
    pub(super) storage: Storage,
    /// Where in that array.
    pub(super) index: usize,
}

/// The slots of the contract.
#[derive(Debug)]
pub(super) struct Slots<'a> {
    /// Those of the envelope, in declared order.
    pub(super) envelope: Vec<Slot<'a>>,
    /// Those of all shapes of `data` together, sorted by key: shapes that agree on a field share its slot.
    pub(super) data: Vec<Slot<'a>>,
    counts: BTreeMap<Storage, usize>,
}

impl<'a> Slots<'a> {
    pub(super) fn of(contract: &'a Contract) -> Self {
        let mut counts = BTreeMap::new();
        let mut slot = |field: &'a Field| {
            let scalar = field.scalar();
            let storage = storage(scalar);
            let count = counts.entry(storage).or_insert(0);
            *count += 1;
            Slot { key: &field.name, scalar, storage, index: *count - 1 }
        };
        let envelope: Vec<_> = contract.envelope.fields().map(&mut slot).collect();
        let mut fields: Vec<_> = contract.events.iter().flat_map(|event| &event.fields).collect();
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        let mut data: Vec<Slot<'a>> = Vec::new();
        for field in fields {
            if !data.iter().any(|known| known.is_of(field)) {
                data.push(slot(field));
            }
        }
        Slots { envelope, data, counts }
    }

    /// The slot of a field of `data`.
    pub(super) fn position(&self, field: &Field) -> usize {
        self.data.iter().position(|slot| slot.is_of(field)).expect("every field has a slot")
    }

    pub(super) fn count(&self, storage: Storage) -> usize {
        self.counts.get(&storage).copied().unwrap_or(0)
    }
}

impl Slot<'_> {
    fn is_of(&self, field: &Field) -> bool {
        let scalar = field.scalar();
        let same_values = match (self.scalar, scalar) {
            // A format is an annotation: the parser does not know it.
            (Scalar::String { .. }, Scalar::String { .. }) => true,
            (one, other) => one == other,
        };
        self.key == field.name && same_values
    }
}

fn storage(scalar: &Scalar) -> Storage {
    match scalar {
        Scalar::String { .. } => Storage::Text,
        Scalar::Boolean => Storage::Boolean,
        Scalar::Integer { .. } => Storage::Integer,
        Scalar::Number { .. } => Storage::Float,
    }
}

/// The bits at `positions` as one binary literal.
pub(super) fn bits(positions: impl IntoIterator<Item = usize>) -> TokenStream {
    let bits = positions.into_iter().fold(0_u128, |bits, position| bits | 1 << position);
    format!("{bits:#b}").parse().expect("a binary literal")
}
