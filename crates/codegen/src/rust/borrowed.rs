//! `borrowed.rs`: the event as it borrows from a delivery, and the way from it to the owned one.

use clip_events_contract::Contract;
use clip_events_contract::model::{EventShape, Field, FieldValue, Scalar};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::doc_attributes;
use super::slots::{Slots, Storage, bits};
use super::{names, types};

pub(super) fn render(contract: &Contract) -> TokenStream {
    let slots = Slots::of(contract);
    let event = event(contract, &slots);
    let payload = payload(contract);
    let shapes = contract.events.iter().enumerate().map(|(at, shape)| data(&slots, at, shape));
    quote! {
        //! The event as it borrows from a delivery: made without an allocation.

        use super::data::*;
        use super::definitions::*;
        use super::event::{Event, Payload};
        use super::parser::Bits;
        use crate::unknown::UnknownRef;
        #[cfg(feature = "serde")]
        use crate::parse::DataShape;
        use crate::parse::{Found, Kind, Slots};
        use crate::text::Text;

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
    let values = (0..).zip(fields.clone()).zip(&slots.envelope).map(|((position, field), slot)| {
        let value = value(field, slot.storage, slot.index);
        initialiser(field, &value, &format_ident!("seen"), position)
    });
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
            pub(crate) fn from_slots(slots: &Slots<'a>, found: &Found<'a>) -> Self {
                let seen = found.seen;
                let _ = seen;
                EventRef { #(#values,)* payload: PayloadRef::from_slots(slots, found.kind, found.good) }
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
    let places = 0..contract.events.len();
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
            fn from_slots(slots: &Slots<'a>, kind: Kind<'a>, good: Bits) -> Self {
                match kind {
                    #(Kind::Known(#places) => Self::#variants(#borrowed::from_slots(slots, good)),)*
                    Kind::Known(_) => unreachable!("the parser knows no more shapes than there are"),
                    Kind::Unknown { name, data } => Self::Unknown(UnknownRef::from_checked(name, data)),
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

fn data(slots: &Slots<'_>, at: usize, shape: &EventShape) -> TokenStream {
    let name = names::shape(shape);
    let borrowed = names::borrowed_shape(shape);
    let doc = doc_attributes(&format!("`{}`: {}", shape.event_type, shape.description));
    let declarations = shape.fields.iter().map(declaration);
    let values = shape.fields.iter().map(|field| {
        let position = slots.position(field);
        let slot = &slots.data[position];
        let value = value(field, slot.storage, slot.index);
        initialiser(field, &value, &format_ident!("good"), position)
    });
    let owned = shape.fields.iter().map(owned);
    let has_optional = shape.fields.iter().any(|field| !field.required);
    let good = if has_optional { quote!(good) } else { quote!(_) };
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
            fn from_slots(slots: &Slots<'a>, #good: Bits) -> Self {
                #borrowed { #(#values,)* }
            }
        }

        impl From<#borrowed<'_>> for #name {
            fn from(data: #borrowed<'_>) -> Self {
                #name { #(#owned,)* }
            }
        }

        #[cfg(feature = "serde")]
        impl DataShape for #name {
            const SHAPE: usize = #at;

            fn from_slots(slots: &Slots<'_>, good: Bits) -> Self {
                #borrowed::from_slots(slots, good).into()
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
fn value(field: &Field, storage: Storage, index: usize) -> TokenStream {
    let value = match (storage, field.scalar()) {
        (Storage::Text, _) => return quote!(slots.text(#index)),
        (Storage::Boolean, _) => quote!(slots.boolean(#index)),
        (Storage::Float, _) => quote!(slots.float(#index)),
        // The newtype of an integer that is never negative holds an unsigned one.
        (Storage::Integer, Scalar::Integer { minimum: 0.., .. }) => {
            quote!(slots.integer(#index).unsigned_abs())
        }
        (Storage::Integer, _) => quote!(slots.integer(#index)),
    };
    match &field.value {
        // The name of a boolean is an alias.
        FieldValue::Named(definition) if storage != Storage::Boolean => {
            let name = names::definition(definition);
            quote!(#name::from_checked(#value))
        }
        _ => value,
    }
}

/// `field: value`, where the bit at `position` of `marks` says whether an optional one is there.
fn initialiser(
    field: &Field,
    value: &TokenStream,
    marks: &syn::Ident,
    position: usize,
) -> TokenStream {
    let ident = names::field(field);
    if field.required {
        quote!(#ident: #value)
    } else {
        let bit = bits([position]);
        quote!(#ident: (#marks & #bit != 0).then(|| #value))
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
