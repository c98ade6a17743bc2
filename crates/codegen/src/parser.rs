//! `parser.rs`: the contract as the hand-written parser needs it, and the straight line through each delivery.

use std::collections::BTreeMap;

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use clip_events_contract::model::{
    Bound, Contract, Envelope, EventShape, Field, Scalar, constant_name,
};

/// The kind of values that a slot keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Text,
    Boolean,
    Integer,
    Float,
}

/// The object that a slot is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Envelope,
    Data,
}

/// A key and the values it takes: the unit in which the parser judges fields.
#[derive(Debug)]
pub(super) struct Slot<'a> {
    pub(super) key: &'a str,
    table: Table,
    /// Name of the constant that holds its position in the table.
    name: String,
    pub(super) scalar: &'a Scalar,
    pub(super) kind: Kind,
    /// Where the value is kept, among those of its kind.
    index: usize,
}

/// The slots of the contract.
#[derive(Debug)]
pub(super) struct Slots<'a> {
    /// Those of the envelope, in declared order.
    pub(super) envelope: Vec<Slot<'a>>,
    /// Those of all shapes of `data` together, sorted by key: shapes that agree on a field share its slot.
    pub(super) data: Vec<Slot<'a>>,
    counts: BTreeMap<Kind, usize>,
}

impl<'a> Slots<'a> {
    pub(super) fn of(contract: &'a Contract) -> Self {
        let mut counts = BTreeMap::new();
        let mut add = |slots: &mut Vec<Slot<'a>>, table, field: &'a Field| {
            let scalar = contract.scalar(field);
            let kind = kind(scalar);
            let count = counts.entry(kind).or_insert(0);
            let name = free_name(slots, &field.name);
            slots.push(Slot { key: &field.name, table, name, scalar, kind, index: *count });
            *count += 1;
        };
        let mut envelope = Vec::new();
        for field in &contract.envelope.fields {
            add(&mut envelope, Table::Envelope, field);
        }
        let mut fields: Vec<_> = contract.events.iter().flat_map(|event| &event.fields).collect();
        fields.sort_by(|a, b| a.name.cmp(&b.name));
        let mut data: Vec<Slot<'a>> = Vec::new();
        for field in fields {
            if !data.iter().any(|known| known.is_of(contract, field)) {
                add(&mut data, Table::Data, field);
            }
        }
        Slots { envelope, data, counts }
    }

    /// The slot of a field of `data`.
    pub(super) fn of_data(&self, contract: &Contract, field: &Field) -> &Slot<'a> {
        let mut slots = self.data.iter();
        slots.find(|slot| slot.is_of(contract, field)).expect("every field has a slot")
    }

    /// The slot of a field of the envelope.
    fn of_envelope(&self, key: &str) -> &Slot<'a> {
        let mut slots = self.envelope.iter();
        slots.find(|slot| slot.key == key).expect("every other key of the envelope is a field")
    }

    fn count(&self, kind: Kind) -> usize {
        self.counts.get(&kind).copied().unwrap_or(0)
    }
}

impl Slot<'_> {
    /// Its position in its table, as a path in the generated `parser.rs`: `in_data::JOB_ID`.
    pub(super) fn position(&self) -> TokenStream {
        let name = format_ident!("{}", self.name);
        match self.table {
            Table::Envelope => quote!(in_envelope::#name),
            Table::Data => quote!(in_data::#name),
        }
    }

    /// Where the value is kept: `TextIndex(3)`.
    pub(super) fn index(&self) -> TokenStream {
        let index = Literal::usize_unsuffixed(self.index);
        match self.kind {
            Kind::Text => quote!(TextIndex(#index)),
            Kind::Boolean => quote!(BooleanIndex(#index)),
            Kind::Integer => quote!(IntegerIndex(#index)),
            Kind::Float => quote!(FloatIndex(#index)),
        }
    }

    fn is_of(&self, contract: &Contract, field: &Field) -> bool {
        let scalar = contract.scalar(field);
        let same_values = match (self.scalar, scalar) {
            // A format is an annotation: the parser does not know it.
            (Scalar::String { .. }, Scalar::String { .. }) => true,
            (one, other) => one == other,
        };
        self.key == field.name && same_values
    }
}

fn kind(scalar: &Scalar) -> Kind {
    match scalar {
        Scalar::String { .. } => Kind::Text,
        Scalar::Boolean => Kind::Boolean,
        Scalar::Integer { .. } => Kind::Integer,
        Scalar::Number { .. } => Kind::Float,
    }
}

/// A constant's name for another slot of `key` that none of `slots` has.
fn free_name(slots: &[Slot<'_>], key: &str) -> String {
    let name = constant_name(key);
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    std::iter::once(name.clone())
        .chain(numbered)
        .find(|name| slots.iter().all(|slot| slot.name != *name))
        .expect("numbers do not end")
}

pub(super) fn render(contract: &Contract) -> TokenStream {
    let slots = Slots::of(contract);
    let bits = bits_type(&slots);
    let counts = [Kind::Text, Kind::Boolean, Kind::Integer, Kind::Float]
        .map(|kind| Literal::usize_unsuffixed(slots.count(kind)));
    let tables = tables(contract, &slots);
    let look_ups = look_ups(contract, &slots);
    let predict = predict(contract, &slots);
    let (predict_data, straight_lines) = predict_data(contract, &slots);
    let (r#type, data) = (Envelope::TYPE, Envelope::DATA);
    let envelope = fields(&contract.envelope.fields, |field| slots.of_envelope(&field.name));
    let shapes = contract.events.iter().map(|event| {
        let (event_type, table) = (event_type(event), table_name(event));
        quote!(#event_type => &#table)
    });
    quote! {
        //! The contract as the parser needs it: its tables, and the straight line through each
        //! delivery.
        //!
        //! Straight lines expect compact JSON in declared order. On anything else they hand over to
        //! the general loops of `parse`, with the place that they have reached and what is known
        //! there.

        use super::event::EventType;
        use crate::parse::{self, *};

        /// The contract that `schema/` declares.
        pub(crate) struct ClipEvents;

        /// A set of slots of `data`, or of the envelope.
        pub(crate) type SlotSet = parse::SlotSet<#bits>;

        type Shape = parse::Shape<#bits>;

        /// One value for each slot.
        pub(crate) type Values<'a> = parse::Values<'a, #(#counts),*>;

        impl Contract for ClipEvents {
            type EventType = EventType;
            type Bits = #bits;
            type Values<'a> = Values<'a>;

            const TYPE: &'static str = #r#type;
            const DATA: &'static str = #data;
            const ENVELOPE: Shape = Shape::new(ENVELOPE_SLOTS, &[#(#envelope),*]);
            const DATA_SLOTS: &'static [Slot] = DATA_SLOTS;
            const EVENT_TYPES: &'static [EventType] = EventType::ALL;

            #[inline(always)]
            fn shape(event_type: EventType) -> &'static Shape {
                match event_type {
                    #(#shapes,)*
                }
            }

            #look_ups
            #predict
            #predict_data
        }

        #tables
        #straight_lines
    }
}

/// The smallest type with a bit for each slot of `data`, or of the envelope.
fn bits_type(slots: &Slots<'_>) -> syn::Ident {
    let count = slots.data.len().max(slots.envelope.len());
    let bits = [32, 64, 128].into_iter().find(|bits| count < *bits);
    format_ident!(
        "u{}",
        bits.expect("a contract of more than 127 different fields needs another parser")
    )
}

/// The tables of slots and shapes.
fn tables(contract: &Contract, slots: &Slots<'_>) -> TokenStream {
    let positions = |slots: &[Slot<'_>]| -> TokenStream {
        let constants = slots.iter().enumerate().map(|(position, slot)| {
            let name = format_ident!("{}", slot.name);
            let position = Literal::usize_unsuffixed(position);
            quote!(pub(crate) const #name: Position = Position(#position);)
        });
        let import = (!slots.is_empty()).then(|| {
            quote!(
                use crate::parse::Position;
            )
        });
        quote!(#import #(#constants)*)
    };
    let (envelope_positions, data_positions) = (positions(&slots.envelope), positions(&slots.data));
    let envelope = slots.envelope.iter().map(slot);
    let data = slots.data.iter().map(slot);
    let shapes = contract.events.iter().map(|event| {
        let name = table_name(event);
        let fields = fields(&event.fields, |field| slots.of_data(contract, field));
        quote! {
            static #name: Shape = Shape::new(DATA_SLOTS, &[#(#fields),*]);
        }
    });
    quote! {
        pub(crate) mod in_envelope {
            //! The positions in [`ENVELOPE_SLOTS`](super::ENVELOPE_SLOTS).

            #envelope_positions
        }

        pub(crate) mod in_data {
            //! The positions in [`DATA_SLOTS`](super::DATA_SLOTS).

            #data_positions
        }

        /// The slots of the envelope, in declared order.
        const ENVELOPE_SLOTS: &[Slot] = &[#(#envelope),*];

        /// The slots of all shapes of `data`, sorted by key: one for each kind of values that a key
        /// takes.
        const DATA_SLOTS: &[Slot] = &[#(#data),*];

        #(#shapes)*
    }
}

fn slot(slot: &Slot<'_>) -> TokenStream {
    let (key, index) = (slot.key, slot.index());
    let constraint = match slot.scalar {
        Scalar::String { .. } => quote!(Text(#index)),
        Scalar::Boolean => quote!(Boolean(#index)),
        Scalar::Integer { minimum, maximum } => {
            let (minimum, maximum) =
                (Literal::i64_unsuffixed(*minimum), Literal::i64_unsuffixed(*maximum));
            quote!(Integer { index: #index, minimum: #minimum, maximum: #maximum })
        }
        Scalar::Number { minimum, maximum } => {
            let (minimum, maximum) = (bound(minimum.as_ref()), bound(maximum.as_ref()));
            quote!(Float { index: #index, minimum: #minimum, maximum: #maximum })
        }
    };
    quote!(Slot { key: #key, constraint: Constraint::#constraint })
}

fn bound(bound: Option<&Bound>) -> TokenStream {
    let Some(Bound { value, exclusive }) = bound else { return quote!(None) };
    let decimal = value.to_string();
    let value = Literal::f64_unsuffixed(*value);
    quote!(Some(Bound { value: #value, decimal: #decimal, exclusive: #exclusive }))
}

/// The `fields` of a shape, each with its slot.
fn fields<'a>(
    fields: &'a [Field],
    slot: impl Fn(&'a Field) -> &'a Slot<'a>,
) -> impl Iterator<Item = TokenStream> {
    fields.iter().map(move |field| {
        let position = slot(field).position();
        if field.required {
            quote!(Field::required(#position))
        } else {
            quote!(Field::optional(#position))
        }
    })
}

/// The trait's functions that find a key or an event type.
fn look_ups(contract: &Contract, slots: &Slots<'_>) -> TokenStream {
    let envelope: Vec<_> = contract
        .envelope
        .keys
        .iter()
        .map(|key| {
            let meaning = match key.as_str() {
                Envelope::TYPE => quote!(EnvelopeKey::Type),
                Envelope::DATA => quote!(EnvelopeKey::Data),
                _ => {
                    let position = slots.of_envelope(key).position();
                    quote!(EnvelopeKey::Field(#position))
                }
            };
            (format!("{key}\":").into_bytes(), meaning)
        })
        .collect();
    let data: Vec<_> = slots
        .data
        .chunk_by(|a, b| a.key == b.key)
        .map(|same_key| {
            let first = same_key[0].position();
            let count = Literal::usize_unsuffixed(same_key.len());
            let key = same_key[0].key;
            (format!("{key}\":").into_bytes(), quote!(SlotRange::new(#first, #count)))
        })
        .collect();
    let types: Vec<_> = contract
        .events
        .iter()
        .map(|event| (format!("{}\"", event.event_type).into_bytes(), event_type(event)))
        .collect();
    let (envelope, data, types) = (tree(&envelope), tree(&data), tree(&types));
    quote! {
        #[inline(always)]
        fn envelope_member(at: &[u8]) -> Option<(EnvelopeKey, &[u8])> {
            #envelope
        }

        #[inline(always)]
        fn data_member(at: &[u8]) -> Option<(SlotRange, &[u8])> {
            #data
        }

        #[inline(always)]
        fn event_type(at: &[u8]) -> Option<(EventType, &[u8])> {
            #types
        }
    }
}

/// An expression that finds which of `candidates` stands at `at`: an `Option` of what the candidate means and what
/// follows it. Tells them apart by as few bytes as it takes, then compares with the only one that is left.
fn tree(candidates: &[(Vec<u8>, TokenStream)]) -> TokenStream {
    if let [(text, meaning)] = candidates {
        let text = Literal::byte_string(text);
        return quote!(after(at, #text).map(|at| (#meaning, at)));
    }
    let groups = |place: usize| {
        let mut groups: BTreeMap<u8, Vec<_>> = BTreeMap::new();
        for candidate in candidates {
            groups.entry(candidate.0[place]).or_default().push(candidate.clone());
        }
        groups
    };
    let shortest = candidates.iter().map(|(text, _)| text.len()).min().unwrap_or(0);
    // Of places that are equally good, the first one.
    let Some(place) = (0..shortest).rev().max_by_key(|place| groups(*place).len()) else {
        return quote!(None);
    };
    let arms = groups(place).into_iter().map(|(byte, group)| {
        let byte = Literal::byte_character(byte);
        let tree = tree(&group);
        quote!(Some(#byte) => #tree)
    });
    let byte = match Literal::usize_unsuffixed(place) {
        _ if place == 0 => quote!(at.first()),
        place => quote!(at.get(#place)),
    };
    quote! {
        match #byte {
            #(#arms,)*
            _ => None,
        }
    }
}

/// The straight line through the envelope.
fn predict(contract: &Contract, slots: &Slots<'_>) -> TokenStream {
    let bits = bits_type(slots);
    let keys = &contract.envelope.keys;
    let optional = |key: &str| {
        contract.envelope.fields.iter().any(|field| field.name == key && !field.required)
    };
    let mut steps = Vec::new();
    let mut end = quote!(Err(Resume::at_start(at)));
    for (at, key) in keys.iter().enumerate() {
        let open = if at == 0 { "{" } else { "," };
        match key.as_str() {
            Envelope::TYPE => {
                let literal = Literal::byte_string(format!("{open}\"{key}\":\"").as_bytes());
                steps.push(quote! {
                    let Some((event_type, at)) = after(at, #literal).and_then(Self::event_type) else {
                        return #end;
                    };
                    envelope.event_type = Some(TypeValue::Known(event_type));
                });
            }
            // Without its type, nothing is known of `data`.
            Envelope::DATA if !keys[..at].iter().any(|key| key == Envelope::TYPE) => break,
            Envelope::DATA => {
                let literal = Literal::byte_string(format!("{open}\"{key}\":{{").as_bytes());
                steps.push(quote! {
                    let Some(inside) = after(at, #literal) else { return #end };
                    let (good, at) = Self::predict_data(reader, event_type, inside);
                });
                if keys[at + 1..].iter().all(|key| optional(key)) {
                    steps.push(quote! {
                        if let [b'}', b'}', rest @ ..] = at {
                            if good.contains_all(Self::shape(event_type).required) {
                                return Ok(Predicted { event_type, seen: envelope.seen, good, rest });
                            }
                        }
                    });
                }
                steps.push(quote! {
                    let start = reader.before(inside);
                    envelope.data = Some(DataState { start, rest: at, good, bad: SlotSet::empty() });
                });
                break;
            }
            _ => {
                let slot = slots.of_envelope(key);
                let (step, position) = (step(slot, open), slot.position());
                if optional(key) && at > 0 {
                    steps.push(quote! {
                        let at = match #step {
                            Some(at) => {
                                envelope.seen = envelope.seen.with(#position);
                                at
                            }
                            None => at,
                        };
                    });
                } else {
                    steps.push(quote! {
                        let Some(at) = #step else { return #end };
                        envelope.seen = envelope.seen.with(#position);
                    });
                }
            }
        }
        end = quote!(Err(Resume::within(at, envelope)));
    }
    let end = if steps.is_empty() {
        quote!(Err(Resume::at_start(at)))
    } else {
        quote!(Err(Resume::within(at, envelope)))
    };
    let (reader, state) = if steps.is_empty() {
        (quote!(_), quote!())
    } else {
        (quote!(reader), quote!(let mut envelope = EnvelopeState::new();))
    };
    quote! {
        #[inline(always)]
        fn predict<'a, S: Sink<'a>>(
            #reader: &mut Reader<'a, S>,
            at: &'a [u8],
        ) -> Prediction<'a, EventType, #bits> {
            #state
            #(#steps)*
            #end
        }
    }
}

/// The straight lines through the shapes of `data`: the trait's function that chooses one, and a function for each.
fn predict_data(contract: &Contract, slots: &Slots<'_>) -> (TokenStream, TokenStream) {
    let mut arms = Vec::new();
    let mut functions = Vec::new();
    for event in &contract.events {
        let event_type = event_type(event);
        let steps = data_steps(contract, slots, event);
        if steps.is_empty() {
            arms.push(quote!(#event_type => (SlotSet::empty(), at)));
            continue;
        }
        let function = format_ident!("predict_{}", event.event_type.to_snake_case());
        arms.push(quote!(#event_type => #function(reader, at)));
        functions.push(quote! {
            #[inline(always)]
            fn #function<'a, S: Sink<'a>>(
                reader: &mut Reader<'a, S>,
                at: &'a [u8],
            ) -> (SlotSet, &'a [u8]) {
                let good = SlotSet::empty();
                #(#steps)*
                (good, at)
            }
        });
    }
    let choice = quote! {
        #[inline(always)]
        fn predict_data<'a, S: Sink<'a>>(
            reader: &mut Reader<'a, S>,
            event_type: EventType,
            at: &'a [u8],
        ) -> (SlotSet, &'a [u8]) {
            match event_type {
                #(#arms,)*
            }
        }
    };
    (choice, quote!(#(#functions)*))
}

/// The steps through the fields of one shape, as far as it is known whether a comma stands before each.
fn data_steps(contract: &Contract, slots: &Slots<'_>, event: &EventShape) -> Vec<TokenStream> {
    let mut open = "";
    let steps = event.fields.iter().map_while(|field| {
        let first = open.is_empty();
        if first && !field.required {
            return None;
        }
        let slot = slots.of_data(contract, field);
        let (step, position) = (step(slot, open), slot.position());
        open = ",";
        Some(if field.required {
            quote! {
                let Some(at) = #step else { return (good, at) };
                let good = good.with(#position);
            }
        } else {
            quote! {
                let (good, at) = match #step {
                    Some(at) => (good.with(#position), at),
                    None => (good, at),
                };
            }
        })
    });
    steps.collect()
}

/// One field of a straight line, as an `Option` of what follows it.
fn step(slot: &Slot<'_>, open: &str) -> TokenStream {
    let (key, index) = (slot.key, slot.index());
    let literal = |quote| Literal::byte_string(format!("{open}\"{key}\":{quote}").as_bytes());
    match slot.kind {
        Kind::Text => {
            let literal = literal("\"");
            quote!(reader.literal_text(at, #literal, #index))
        }
        Kind::Boolean => {
            let literal = literal("");
            quote!(reader.literal_boolean(at, #literal, #index))
        }
        Kind::Integer | Kind::Float => {
            let literal = literal("");
            let position = slot.position();
            let table = match slot.table {
                Table::Envelope => quote!(ENVELOPE_SLOTS),
                Table::Data => quote!(DATA_SLOTS),
            };
            quote!(reader.literal_number(at, #literal, #position.slot_in(#table)))
        }
    }
}

/// `EventType::PostFailed`.
fn event_type(event: &EventShape) -> TokenStream {
    let name = format_ident!("{}", event.type_name());
    quote!(EventType::#name)
}

/// The table of an event's shape: `POST_FAILED_SHAPE`.
fn table_name(event: &EventShape) -> syn::Ident {
    format_ident!("{}_SHAPE", event.event_type.to_shouty_snake_case())
}
