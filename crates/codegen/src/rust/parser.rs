//! `parser.rs`: the contract as the hand-written parser needs it, and the straight line through each delivery.

use std::collections::BTreeSet;

use clip_events_contract::model::{Envelope, Member, Schema};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::constraints::{Places, Tables};
use super::lines::{self, event_type, is_plain, literal, table, tree};
use super::model::Model;

pub(super) fn render(model: &Model<'_>, tables: &Tables<'_>) -> TokenStream {
    let bits = bits_type(model);
    let Places { texts, booleans, integers, floats, jsons } = tables.counts;
    let counts = [texts, booleans, integers, floats, jsons].map(Literal::u16_unsuffixed);
    let keys: Vec<_> = keys(model).into_iter().collect();
    let look_ups = look_ups(model, &keys);
    let predict = lines::predict(model, &tables.envelope);
    let predict_data = lines::predict_data(model, tables);
    let (id, r#type, data) = (Envelope::ID, Envelope::TYPE, Envelope::DATA);
    let envelope = model.shape_table(&tables.envelope);
    let shapes = model.contract.events.iter().map(|event| {
        let (event_type, table) = (event_type(model, event), table(model, event));
        quote!(#event_type => &#table)
    });
    let positions = model.contract.events.iter().map(|event| {
        let event_type = event_type(model, event);
        let positions = keys.iter().flat_map(|key| {
            let mut fields = event.fields.iter().filter(|_| !event.is_whole);
            let position = fields.position(|field| field.name == *key);
            let position = position.and_then(|at| u16::try_from(at).ok()).unwrap_or(u16::MAX);
            position.to_le_bytes()
        });
        let positions = Literal::byte_string(&positions.collect::<Vec<_>>());
        quote!(#event_type => #positions)
    });
    let whole = model.contract.events.iter().filter(|event| event.is_whole).map(|event| {
        let (event_type, table) = (event_type(model, event), table(model, event));
        quote!(#event_type => Some(&#table.fields[0]))
    });
    let whole: Vec<_> = whole.collect();
    let whole = if whole.is_empty() {
        quote!(
            fn whole(_: EventType) -> Option<&'static Field> {
                None
            }
        )
    } else {
        quote! {
            fn whole(event_type: EventType) -> Option<&'static Field> {
                match event_type {
                    #(#whole,)*
                    _ => None,
                }
            }
        }
    };
    let shape_tables = model.contract.events.iter().map(|event| {
        let (name, shape) = (table(model, event), model.shape_table(tables.data(event)));
        let doc = format!(" `data` of `{}`.", event.event_type);
        quote!(#[doc = #doc] pub(crate) static #name: Shape = #shape;)
    });
    let definitions = model.definition_tables(|name, placed| lines::line(model, name, placed));
    quote! {
        //! The contract as the parser needs it: its tables, and the straight line through each
        //! delivery.
        //!
        //! Straight lines expect the declared order, without whitespace or with it, and pass over
        //! what is not declared. On anything else they hand over to the general loops of `parse`,
        //! with the place that they have reached and what is known there.

        use super::event_type::EventType;
        use crate::parse::{self, *};

        /// The contract that `schema/` declares.
        pub(crate) struct Contract;

        /// Bits for the fields of any shape.
        pub(crate) type Bits = #bits;

        /// A set of fields of one shape.
        pub(crate) type FieldSet = parse::FieldSet<Bits>;

        /// The values of the envelope and of `data`.
        pub(crate) type Values<'a> = parse::Values<'a, #(#counts),*>;

        impl Tables for Contract {
            type EventType = EventType;
            type Bits = Bits;

            const ID: &'static str = #id;
            const TYPE: &'static str = #r#type;
            const DATA: &'static str = #data;
            const EVENT_TYPES: &'static [EventType] = EventType::ALL;
            const DATA_KEYS: &'static [&'static str] = &[#(#keys),*];

            #[inline(always)]
            fn envelope() -> &'static Shape {
                &ENVELOPE
            }

            #[inline(always)]
            fn shape(event_type: EventType) -> &'static Shape {
                match event_type {
                    #(#shapes,)*
                }
            }

            #[inline(always)]
            #whole

            #[inline(always)]
            fn positions(event_type: EventType) -> &'static [u8] {
                match event_type {
                    #(#positions,)*
                }
            }

            #look_ups
            #predict
            #predict_data
        }

        /// The envelope, besides `type` and `data`.
        pub(crate) static ENVELOPE: Shape = #envelope;

        #(#shape_tables)*
        #definitions
    }
}

/// The keys of all shapes of `data`.
fn keys<'a>(model: &Model<'a>) -> BTreeSet<&'a str> {
    let events = model.contract.events.iter().filter(|event| !event.is_whole);
    events.flat_map(|event| &event.fields).map(|field| field.name.as_str()).collect()
}

/// The smallest type with a bit for each field of any shape.
fn bits_type(model: &Model<'_>) -> TokenStream {
    let envelope = model.contract.envelope.fields().count();
    let events = model.contract.events.iter().map(|event| event.fields.len());
    let objects = model.contract.definitions.values().map(|known| match &known.schema {
        Schema::Object(fields) => fields.len(),
        _ => 0,
    });
    let most = events.chain(objects).fold(envelope, usize::max);
    if let Some(bits) = [32, 64, 128].into_iter().find(|bits| most <= *bits) {
        let bits = format_ident!("u{bits}");
        quote!(#bits)
    } else {
        let words = Literal::usize_unsuffixed(most.div_ceil(64));
        quote!(Wide<#words>)
    }
}

/// The trait's functions that find a key or an event type.
fn look_ups(model: &Model<'_>, keys: &[&str]) -> TokenStream {
    let mut position = 0;
    let envelope: Vec<_> = model
        .contract
        .envelope
        .members
        .iter()
        .filter_map(|member| {
            let meaning = match member {
                Member::Type => quote!(EnvelopeKey::Type),
                Member::Data => quote!(EnvelopeKey::Data),
                Member::Field(_) => {
                    let at = Literal::usize_unsuffixed(position);
                    position += 1;
                    quote!(EnvelopeKey::Field(#at))
                }
            };
            Some((literal("", member.key(), "")?.split_off(1), meaning))
        })
        .collect();
    let types: Vec<_> = model
        .contract
        .events
        .iter()
        .filter(|event| is_plain(&event.event_type))
        .map(|event| (format!("{}\"", event.event_type).into_bytes(), event_type(model, event)))
        .collect();
    let data = keys.iter().enumerate().filter_map(|(at, key)| {
        let at = Literal::usize_unsuffixed(at);
        Some((literal("", key, "")?.split_off(1), quote!(#at)))
    });
    let data: Vec<_> = data.collect();
    let at_data = if data.is_empty() { quote!(_) } else { quote!(at) };
    let (envelope, data, types) = (tree(&envelope), tree(&data), tree(&types));
    quote! {
        #[inline(always)]
        fn envelope_member(at: &[u8]) -> Option<(EnvelopeKey, &[u8])> {
            #envelope
        }

        #[inline(always)]
        fn data_key(#at_data: &[u8]) -> Option<(usize, &[u8])> {
            #data
        }

        #[inline(always)]
        fn event_type(at: &[u8]) -> Option<(EventType, &[u8])> {
            #types
        }
    }
}
