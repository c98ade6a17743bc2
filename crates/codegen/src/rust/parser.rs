//! `parser.rs`: the contract as the hand-written parser needs it, and the straight line through each delivery.

use std::collections::BTreeMap;

use clip_events_contract::Contract;
use clip_events_contract::model::{Bound, Envelope, EventShape, Field, Member, Scalar};
use heck::{ToShoutySnakeCase as _, ToSnakeCase as _};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::names;
use super::slots::{Slot, Slots, Storage, Table};
use crate::error::CodegenError;

pub(super) fn render(contract: &Contract) -> Result<TokenStream, CodegenError> {
    let slots = Slots::of(contract);
    let bits = bits_type(&slots)?;
    let counts = [Storage::Text, Storage::Boolean, Storage::Integer, Storage::Float]
        .map(|storage| Literal::usize_unsuffixed(slots.count(storage)));
    let tables = tables(contract, &slots);
    let look_ups = look_ups(contract, &slots);
    let predict = predict(contract, &slots, &bits);
    let (predict_data, straight_lines) = predict_data(contract, &slots);
    let (id, r#type, data) = (Envelope::ID, Envelope::TYPE, Envelope::DATA);
    let envelope = fields(contract.envelope.fields(), |field| slots.of_envelope(field));
    let shapes = contract.events.iter().map(|event| {
        let (event_type, table) = (event_type(event), table_name(event));
        quote!(#event_type => &#table)
    });
    Ok(quote! {
        //! The contract as the parser needs it: its tables, and the straight line through each
        //! delivery.
        //!
        //! Straight lines expect compact JSON in declared order. On anything else they hand over to
        //! the general loops of `parse`, with the place that they have reached and what is known
        //! there.

        use super::event_type::EventType;
        use crate::parse::{self, *};

        /// The contract that `schema/` declares.
        pub(crate) struct ClipEvents;

        /// A set of slots of `data`, or of the envelope.
        pub(crate) type SlotSet = parse::SlotSet<#bits>;

        type Shape = parse::Shape<#bits>;

        /// One value for each slot.
        pub(crate) type Values<'a> = parse::Values<'a, #(#counts),*>;

        impl Tables for ClipEvents {
            type EventType = EventType;
            type Bits = #bits;
            type Values<'a> = Values<'a>;

            const ID: &'static str = #id;
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
    })
}

/// The smallest type with a bit for each slot of `data`, or of the envelope.
fn bits_type(slots: &Slots<'_>) -> Result<Ident, CodegenError> {
    let count = slots.data.len().max(slots.envelope.len());
    let bits = [32, 64, 128].into_iter().find(|bits| count < *bits);
    bits.map(|bits| format_ident!("u{bits}")).ok_or(CodegenError::TooManyFields(count))
}

/// The tables of slots and shapes.
fn tables(contract: &Contract, slots: &Slots<'_>) -> TokenStream {
    let positions = |slots: &[Slot<'_>]| -> TokenStream {
        let constants = slots.iter().enumerate().map(|(position, slot)| {
            let name = &slot.name;
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
        let fields = fields(&event.fields, |field| slots.of_data(field));
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
    fields: impl IntoIterator<Item = &'a Field>,
    slot: impl Fn(&'a Field) -> &'a Slot<'a>,
) -> impl Iterator<Item = TokenStream> {
    fields.into_iter().map(move |field| {
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
        .members
        .iter()
        .map(|member| {
            let meaning = match member {
                Member::Type => quote!(EnvelopeKey::Type),
                Member::Data => quote!(EnvelopeKey::Data),
                Member::Field(field) => {
                    let position = slots.of_envelope(field).position();
                    quote!(EnvelopeKey::Field(#position))
                }
            };
            (format!("{}\":", member.key()).into_bytes(), meaning)
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
    let at_data = if data.is_empty() { quote!(_) } else { quote!(at) };
    let (envelope, data, types) = (tree(&envelope), tree(&data), tree(&types));
    quote! {
        #[inline(always)]
        fn envelope_member(at: &[u8]) -> Option<(EnvelopeKey, &[u8])> {
            #envelope
        }

        #[inline(always)]
        fn data_member(#at_data: &[u8]) -> Option<(SlotRange, &[u8])> {
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
fn predict(contract: &Contract, slots: &Slots<'_>, bits: &Ident) -> TokenStream {
    let members = &contract.envelope.members;
    let optional = |member: &Member| matches!(member, Member::Field(field) if !field.required);
    let mut steps = Vec::new();
    let mut end = quote!(Err(Resume::at_start(at)));
    for (at, member) in members.iter().enumerate() {
        let key = member.key();
        let open = if at == 0 { "{" } else { "," };
        match member {
            Member::Type => {
                let literal = Literal::byte_string(format!("{open}\"{key}\":\"").as_bytes());
                steps.push(quote! {
                    let Some((event_type, at)) = after(at, #literal).and_then(Self::event_type) else {
                        return #end;
                    };
                    envelope.event_type = Some(TypeValue::Known(event_type));
                });
            }
            // Without its type, nothing is known of `data`.
            Member::Data if !members[..at].contains(&Member::Type) => break,
            Member::Data => {
                let literal = Literal::byte_string(format!("{open}\"{key}\":{{").as_bytes());
                steps.push(quote! {
                    let Some(inside) = after(at, #literal) else { return #end };
                    let (good, at) = Self::predict_data(reader, event_type, inside);
                });
                if members[at + 1..].iter().all(optional) {
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
            Member::Field(field) => {
                let slot = slots.of_envelope(field);
                let (step, position) = (step(slot, open), slot.position());
                if optional(member) && at > 0 {
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
        let steps = data_steps(slots, event);
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
fn data_steps(slots: &Slots<'_>, event: &EventShape) -> Vec<TokenStream> {
    let mut open = "";
    let steps = event.fields.iter().map_while(|field| {
        let first = open.is_empty();
        if first && !field.required {
            return None;
        }
        let slot = slots.of_data(field);
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
    match slot.storage {
        Storage::Text => {
            let literal = literal("\"");
            quote!(reader.literal_text(at, #literal, #index))
        }
        Storage::Boolean => {
            let literal = literal("");
            quote!(reader.literal_boolean(at, #literal, #index))
        }
        Storage::Integer | Storage::Float => {
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
    let name = names::shape(event);
    quote!(EventType::#name)
}

/// The table of an event's shape: `POST_FAILED_SHAPE`.
fn table_name(event: &EventShape) -> Ident {
    format_ident!("{}_SHAPE", event.event_type.to_shouty_snake_case())
}
