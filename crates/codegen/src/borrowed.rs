//! `borrowed.rs`: the event as it borrows from a delivery, and the way from it to the owned one.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};

use super::data::ident_of;
use super::doc_attributes;
use super::parser::{Kind, Slots, bits};
use clip_events_contract::model::{Contract, EventShape, Field, FieldValue, Scalar};

pub(super) fn render(contract: &Contract) -> TokenStream {
    let slots = Slots::of(contract);
    let event = event(contract, &slots);
    let payload = payload(contract);
    let shapes =
        contract.events.iter().enumerate().map(|(at, shape)| data(contract, &slots, at, shape));
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
    let fields = &contract.envelope.fields;
    let doc = doc_attributes(&contract.envelope.description);
    let declarations = fields.iter().map(|field| declaration(contract, field));
    let type_doc =
        doc_attributes(&format!("`type` and `data`. {}", contract.envelope.type_description));
    let values = (0..).zip(fields).zip(&slots.envelope).map(|((position, field), slot)| {
        let value = value(contract, field, slot.kind, slot.index);
        initialiser(field, &value, &format_ident!("seen"), position)
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
    let variants: Vec<_> =
        contract.events.iter().map(|shape| format_ident!("{}", shape.type_name())).collect();
    let borrowed: Vec<_> = contract.events.iter().map(struct_name).collect();
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

fn data(contract: &Contract, slots: &Slots<'_>, at: usize, shape: &EventShape) -> TokenStream {
    let name = format_ident!("{}", shape.type_name());
    let borrowed = struct_name(shape);
    let doc = doc_attributes(&format!("`{}`: {}", shape.event_type, shape.description));
    let declarations = shape.fields.iter().map(|field| declaration(contract, field));
    let values = shape.fields.iter().map(|field| {
        let position = slots.position(contract, field);
        let slot = &slots.data[position];
        let value = value(contract, field, slot.kind, slot.index);
        initialiser(field, &value, &format_ident!("good"), position)
    });
    let owned = shape.fields.iter().map(|field| owned(contract, field));
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
            fn from_slots(slots: &Slots<'a>, good: Bits) -> Self {
                let _ = good;
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
fn value(contract: &Contract, field: &Field, kind: Kind, index: usize) -> TokenStream {
    let value = match (kind, contract.scalar(field)) {
        (Kind::Text, _) => return quote!(slots.text(#index)),
        (Kind::Boolean, _) => quote!(slots.boolean(#index)),
        (Kind::Float, _) => quote!(slots.float(#index)),
        // The newtype of an integer that is never negative holds an unsigned one.
        (Kind::Integer, Scalar::Integer { minimum: 0.., .. }) => {
            quote!(slots.integer(#index).unsigned_abs())
        }
        (Kind::Integer, _) => quote!(slots.integer(#index)),
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

/// `field: value`, where the bit at `position` of `marks` says whether an optional one is there.
fn initialiser(
    field: &Field,
    value: &TokenStream,
    marks: &syn::Ident,
    position: usize,
) -> TokenStream {
    let ident = ident_of(field);
    if field.required {
        quote!(#ident: #value)
    } else {
        let bit = bits([position]);
        quote!(#ident: (#marks & #bit != 0).then(|| #value))
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
