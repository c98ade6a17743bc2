//! Slots: the keys that the parser knows, with the values that each takes and where these are kept.

use std::collections::BTreeMap;

use clip_events_contract::Contract;
use clip_events_contract::model::{Field, Scalar};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Ident;

use super::names;

/// The array that the parser keeps a slot's value in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Storage {
    Text,
    Boolean,
    Integer,
    Float,
}

/// The object that a slot is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Envelope,
    Data,
}

/// A key and the values it takes: the unit in which the parser judges fields.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    pub(super) key: &'a str,
    pub(super) table: Table,
    /// Name of the constant that holds its position in the table.
    pub(super) name: Ident,
    pub(super) scalar: &'a Scalar,
    pub(super) storage: Storage,
    /// Where in that array.
    index: usize,
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
        let mut add = |slots: &mut Vec<Slot<'a>>, table, field: &'a Field| {
            let scalar = field.scalar();
            let storage = storage(scalar);
            let count = counts.entry(storage).or_insert(0);
            let name = free_name(slots, &field.name);
            slots.push(Slot { key: &field.name, table, name, scalar, storage, index: *count });
            *count += 1;
        };
        let mut envelope = Vec::new();
        for field in contract.envelope.fields() {
            add(&mut envelope, Table::Envelope, field);
        }
        let mut fields: Vec<_> = contract.events.iter().flat_map(|event| &event.fields).collect();
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        let mut data: Vec<Slot<'a>> = Vec::new();
        for field in fields {
            if !data.iter().any(|known| known.is_of(field)) {
                add(&mut data, Table::Data, field);
            }
        }
        Slots { envelope, data, counts }
    }

    /// The slot of a field of `data`.
    pub(super) fn of_data(&self, field: &Field) -> &Slot<'a> {
        find(&self.data, field)
    }

    /// The slot of a field of the envelope.
    pub(super) fn of_envelope(&self, field: &Field) -> &Slot<'a> {
        find(&self.envelope, field)
    }

    pub(super) fn count(&self, storage: Storage) -> usize {
        self.counts.get(&storage).copied().unwrap_or(0)
    }
}

impl Slot<'_> {
    /// Its position in its table, as a path in the generated `parser.rs`: `in_data::JOB_ID`.
    pub(super) fn position(&self) -> TokenStream {
        let name = &self.name;
        match self.table {
            Table::Envelope => quote!(in_envelope::#name),
            Table::Data => quote!(in_data::#name),
        }
    }

    /// Where the value is kept: `TextIndex(3)`.
    pub(super) fn index(&self) -> TokenStream {
        let index = Literal::usize_unsuffixed(self.index);
        match self.storage {
            Storage::Text => quote!(TextIndex(#index)),
            Storage::Boolean => quote!(BooleanIndex(#index)),
            Storage::Integer => quote!(IntegerIndex(#index)),
            Storage::Float => quote!(FloatIndex(#index)),
        }
    }

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

fn find<'s, 'a>(slots: &'s [Slot<'a>], field: &Field) -> &'s Slot<'a> {
    slots.iter().find(|slot| slot.is_of(field)).expect("every field of the contract has a slot")
}

/// A constant's name for another slot of `key` that none of `slots` has.
fn free_name(slots: &[Slot<'_>], key: &str) -> Ident {
    let mut name = names::constant(key);
    let mut number = 1;
    while slots.iter().any(|slot| slot.name == name) {
        number += 1;
        name = names::constant(&format!("{key}_{number}"));
    }
    name
}
