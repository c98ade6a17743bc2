//! `borrowed.rs`: events that borrow from a delivery, and their conversion to owned ones.

use clip_events_contract::Contract;
use clip_events_contract::model::{EventShape, Field, FieldValue, Scalar};
use proc_macro2::TokenStream;
use quote::quote;

use super::docs::doc_attributes;
use super::slots::{Slot, Slots, Storage};
use super::{names, types};

pub(super) fn render(contract: &Contract) -> TokenStream {
    let slots = Slots::of(contract);
    let event = event(contract, &slots);
    let payload = payload(contract);
    let shapes = contract.events.iter().map(|shape| data(&slots, shape));
    quote! {
        //! The event as it borrows from a delivery: made without an allocation.

        use super::data::*;
        use super::definitions::*;
        use super::event::{Event, Payload};
        use super::event_type::EventType;
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
    let fields = contract.envelope.fields();
    let doc = doc_attributes(&contract.envelope.description);
    let declarations = fields.clone().map(declaration);
    let type_doc =
        doc_attributes(&format!("`type` and `data`. {}", contract.envelope.type_description));
    let values = fields
        .clone()
        .zip(&slots.envelope)
        .map(|(field, slot)| initialiser(field, slot, &value(field, slot), &quote!(passed.seen)));
    let owned = fields.map(owned);
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
    let variants: Vec<_> = contract.events.iter().map(names::shape).collect();
    let borrowed: Vec<_> = contract.events.iter().map(names::borrowed_shape).collect();
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

fn data(slots: &Slots<'_>, shape: &EventShape) -> TokenStream {
    let name = names::shape(shape);
    let borrowed = names::borrowed_shape(shape);
    let doc = doc_attributes(&format!("`{}`: {}", shape.event_type, shape.description));
    let declarations = shape.fields.iter().map(declaration);
    let values = shape.fields.iter().map(|field| {
        let slot = slots.of_data(field);
        initialiser(field, slot, &value(field, slot), &quote!(good))
    });
    let owned = shape.fields.iter().map(owned);
    // A shape without text borrows nothing today. Its type is written with a lifetime, for one that is added.
    let is_borrowing = shape.fields.iter().any(|field| field.scalar().is_string());
    let (marker, mark) = if is_borrowing {
        (quote!(), quote!())
    } else {
        (
            quote!(_borrows: std::marker::PhantomData<&'a ()>,),
            quote!(_borrows: std::marker::PhantomData,),
        )
    };
    let (values_name, data) = if shape.fields.is_empty() {
        (quote!(_), quote!(_))
    } else {
        (quote!(values), quote!(data))
    };
    // Only the marks of optional fields are looked at: the parser has seen to the others.
    let good =
        if shape.fields.iter().all(|field| field.required) { quote!(_) } else { quote!(good) };
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct #borrowed<'a> {
            #(#declarations,)*
            #marker
        }

        impl<'a> #borrowed<'a> {
            /// A copy that borrows nothing.
            pub fn into_owned(self) -> #name {
                self.into()
            }

            #[inline(always)]
            fn from_values(#values_name: &parser::Values<'a>, #good: parser::SlotSet) -> Self {
                #borrowed { #(#values,)* #mark }
            }
        }

        impl From<#borrowed<'_>> for #name {
            fn from(#data: #borrowed<'_>) -> Self {
                #name { #(#owned,)* }
            }
        }

        #[cfg(feature = "serde")]
        impl parse::DataShape for #name {
            type Tables = parser::ClipEvents;
            const EVENT_TYPE: EventType = EventType::#name;

            fn from_values(values: &parser::Values<'_>, good: parser::SlotSet) -> Self {
                #borrowed::from_values(values, good).into()
            }
        }
    }
}

fn declaration(field: &Field) -> TokenStream {
    let ident = names::field(field);
    let doc = doc_attributes(field.description());
    let ty = if field.scalar().is_string() { quote!(Text<'a>) } else { types::value(field) };
    let ty = types::optional(field, ty);
    quote!(#doc pub #ident: #ty)
}

/// The value in a slot, as the type of a required field.
fn value(field: &Field, slot: &Slot<'_>) -> TokenStream {
    let index = slot.index();
    let value = match (slot.storage, field.scalar()) {
        (Storage::Text, _) => return quote!(values.text(parse::#index)),
        (Storage::Boolean, _) => quote!(values.boolean(parse::#index)),
        (Storage::Float, _) => quote!(values.float(parse::#index)),
        // The newtype of an integer that is never negative holds an unsigned one.
        (Storage::Integer, Scalar::Integer { minimum: 0.., .. }) => {
            quote!(values.integer(parse::#index).unsigned_abs())
        }
        (Storage::Integer, _) => quote!(values.integer(parse::#index)),
    };
    match &field.value {
        // The name of a boolean is an alias.
        FieldValue::Named(definition) if slot.storage != Storage::Boolean => {
            let name = names::definition(definition);
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
    let ident = names::field(field);
    if field.required {
        quote!(#ident: #value)
    } else {
        let position = slot.position();
        quote!(#ident: #present.contains(parser::#position).then(|| #value))
    }
}

/// The field of the owned struct, from the borrowed `data`.
fn owned(field: &Field) -> TokenStream {
    let ident = names::field(field);
    match (field.scalar().is_string(), field.required) {
        (true, true) => quote!(#ident: String::from(data.#ident).into()),
        (true, false) => quote!(#ident: data.#ident.map(|text| String::from(text).into())),
        (false, _) => quote!(#ident: data.#ident),
    }
}
