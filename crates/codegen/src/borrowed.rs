//! `borrowed.rs`: the event as it borrows from a delivery, and the way from it to the owned one.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};

use super::data::ident_of;
use super::doc_attributes;
use super::parser::{Kind, Slot, Slots};
use clip_events_contract::model::{Contract, EventShape, Field, FieldValue, Scalar};

pub(super) fn render(contract: &Contract) -> TokenStream {
    let slots = Slots::of(contract);
    let event = event(contract, &slots);
    let payload = payload(contract);
    let shapes = contract.events.iter().map(|shape| data(contract, &slots, shape));
    quote! {
        //! The event as it borrows from a delivery: made without an allocation.

        use super::data::*;
        use super::definitions::*;
        use super::event::{Event, EventType, Payload};
        use super::parser;
        use crate::parse;
        use crate::text::Text;
        use crate::unknown::UnknownRef;

        #event
        #payload
        #(#shapes)*
    }
}

fn event(contract: &Contract, slots: &Slots<'_>) -> TokenStream {
    let fields = &contract.envelope.fields;
    let doc = doc_attributes(&contract.envelope.description);
    let declarations = fields.iter().map(|field| declaration(contract, field));
    let type_doc =
        doc_attributes(&format!("`type` and `data`. {}", contract.envelope.type_description));
    let values = fields.iter().zip(&slots.envelope).map(|(field, slot)| {
        initialiser(field, slot, &value(contract, field, slot), &quote!(passed.seen))
    });
    let owned = fields.iter().map(|field| owned(contract, field));
    quote! {
        #doc
        ///
        /// Borrows from the bytes that it was parsed from; [`EventRef::into_owned`] copies it.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct EventRef<'a> {
            #(#declarations,)*
            #type_doc
            pub payload: PayloadRef<'a>,
        }

        impl<'a> EventRef<'a> {
            /// A copy that borrows nothing.
            pub fn into_owned(self) -> Event {
                self.into()
            }

            #[inline(always)]
            pub(crate) fn from_values(
                values: &parser::Values<'a>,
                passed: &parse::Passed<'a, parser::ClipEvents>,
            ) -> Self {
                EventRef { #(#values,)* payload: PayloadRef::from_values(values, &passed.event) }
            }
        }

        impl From<EventRef<'_>> for Event {
            #[inline]
            fn from(data: EventRef<'_>) -> Self {
                Event { #(#owned,)* payload: data.payload.into() }
            }
        }
    }
}

fn payload(contract: &Contract) -> TokenStream {
    let variants: Vec<_> =
        contract.events.iter().map(|shape| format_ident!("{}", shape.type_name())).collect();
    let borrowed: Vec<_> = contract.events.iter().map(struct_name).collect();
    let docs =
        contract.events.iter().map(|shape| doc_attributes(&format!("`{}`", shape.event_type)));
    quote! {
        /// What happened: `data`, in the shape that `type` chooses.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum PayloadRef<'a> {
            #(#docs #variants(#borrowed<'a>),)*
            /// An event type that this release does not know.
            Unknown(UnknownRef<'a>),
        }

        impl<'a> PayloadRef<'a> {
            /// A copy that borrows nothing.
            pub fn into_owned(self) -> Payload {
                self.into()
            }

            #[inline(always)]
            fn from_values(
                values: &parser::Values<'a>,
                event: &parse::PassedEvent<'a, parser::ClipEvents>,
            ) -> Self {
                match *event {
                    parse::PassedEvent::Known { event_type, good } => match event_type {
                        #(EventType::#variants => Self::#variants(#borrowed::from_values(values, good)),)*
                    },
                    parse::PassedEvent::Unknown { event_type, data } => {
                        Self::Unknown(UnknownRef::from_checked(event_type, data))
                    }
                }
            }
        }

        impl From<PayloadRef<'_>> for Payload {
            fn from(payload: PayloadRef<'_>) -> Self {
                match payload {
                    #(PayloadRef::#variants(data) => Self::#variants(data.into()),)*
                    PayloadRef::Unknown(unknown) => Self::Unknown(unknown.into()),
                }
            }
        }
    }
}

fn data(contract: &Contract, slots: &Slots<'_>, shape: &EventShape) -> TokenStream {
    let name = format_ident!("{}", shape.type_name());
    let borrowed = struct_name(shape);
    let doc = doc_attributes(&format!("`{}`: {}", shape.event_type, shape.description));
    let declarations = shape.fields.iter().map(|field| declaration(contract, field));
    let values = shape.fields.iter().map(|field| {
        let slot = slots.of_data(contract, field);
        initialiser(field, slot, &value(contract, field, slot), &quote!(good))
    });
    let owned = shape.fields.iter().map(|field| owned(contract, field));
    // Only the marks of optional fields are looked at: the parser has seen to the others.
    let good =
        if shape.fields.iter().all(|field| field.required) { quote!(_) } else { quote!(good) };
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct #borrowed<'a> {
            #(#declarations,)*
        }

        impl<'a> #borrowed<'a> {
            /// A copy that borrows nothing.
            pub fn into_owned(self) -> #name {
                self.into()
            }

            #[inline(always)]
            fn from_values(values: &parser::Values<'a>, #good: parser::SlotSet) -> Self {
                #borrowed { #(#values,)* }
            }
        }

        impl From<#borrowed<'_>> for #name {
            fn from(data: #borrowed<'_>) -> Self {
                #name { #(#owned,)* }
            }
        }

        #[cfg(feature = "serde")]
        impl parse::DataShape for #name {
            type Contract = parser::ClipEvents;
            const EVENT_TYPE: EventType = EventType::#name;

            fn from_values(values: &parser::Values<'_>, good: parser::SlotSet) -> Self {
                #borrowed::from_values(values, good).into()
            }
        }
    }
}

fn struct_name(shape: &EventShape) -> syn::Ident {
    format_ident!("{}Ref", shape.type_name())
}

fn declaration(contract: &Contract, field: &Field) -> TokenStream {
    let ident = ident_of(field);
    let doc = doc_attributes(contract.description(field));
    let ty = match (contract.scalar(field), &field.value) {
        (Scalar::String { .. }, _) => quote!(Text<'a>),
        (_, FieldValue::Named(name)) => format_ident!("{name}").to_token_stream(),
        (Scalar::Boolean, FieldValue::Inline(_)) => quote!(bool),
        (_, FieldValue::Inline(_)) => quote!(f64),
    };
    let ty = if field.required { ty } else { quote!(Option<#ty>) };
    quote!(#doc pub #ident: #ty)
}

/// The value in a slot, as the type of a required field.
fn value(contract: &Contract, field: &Field, slot: &Slot<'_>) -> TokenStream {
    let (kind, index) = (slot.kind, slot.index());
    let value = match (kind, contract.scalar(field)) {
        (Kind::Text, _) => return quote!(values.text(parse::#index)),
        (Kind::Boolean, _) => quote!(values.boolean(parse::#index)),
        (Kind::Float, _) => quote!(values.float(parse::#index)),
        // The newtype of an integer that is never negative holds an unsigned one.
        (Kind::Integer, Scalar::Integer { minimum: 0.., .. }) => {
            quote!(values.integer(parse::#index).unsigned_abs())
        }
        (Kind::Integer, _) => quote!(values.integer(parse::#index)),
    };
    match &field.value {
        // The name of a boolean is an alias.
        FieldValue::Named(name) if kind != Kind::Boolean => {
            let name = format_ident!("{name}");
            quote!(#name::from_checked(#value))
        }
        _ => value,
    }
}

/// `field: value`; the set `present` says whether the slot of an optional one is filled.
fn initialiser(
    field: &Field,
    slot: &Slot<'_>,
    value: &TokenStream,
    present: &TokenStream,
) -> TokenStream {
    let ident = ident_of(field);
    if field.required {
        quote!(#ident: #value)
    } else {
        let position = slot.position();
        quote!(#ident: #present.contains(parser::#position).then(|| #value))
    }
}

/// The field of the owned struct, from the borrowed `data`.
fn owned(contract: &Contract, field: &Field) -> TokenStream {
    let ident = ident_of(field);
    match (contract.scalar(field), field.required) {
        (Scalar::String { .. }, true) => quote!(#ident: String::from(data.#ident).into()),
        (Scalar::String { .. }, false) => {
            quote!(#ident: data.#ident.map(|text| String::from(text).into()))
        }
        _ => quote!(#ident: data.#ident),
    }
}
