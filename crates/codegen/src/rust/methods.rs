//! `methods.rs`: what owned and borrowed events offer alike. Both are rendered from one template, so they cannot drift apart.

use std::collections::BTreeMap;

use clip_events_contract::Contract;
use clip_events_contract::model::{EventShape, Field, PathPart};
use heck::ToUpperCamelCase as _;
use proc_macro2::TokenStream;
use quote::quote;

use super::docs::doc_attributes;
use super::{names, types};

/// Names of methods that an accessor must not take: those that events have anyway, and those of the standard traits that
/// a method of the same name would hide.
const RESERVED: &[&str] = &[
    "arbitrary",
    "arbitrary_with",
    "as_ref",
    "borrow",
    "borrow_mut",
    "build",
    "builder",
    "clone",
    "clone_from",
    "clone_into",
    "cmp",
    "deserialize",
    "deserialize_in_place",
    "eq",
    "event_type",
    "fmt",
    "follow_up",
    "from",
    "from_slice",
    "from_values",
    "ge",
    "gt",
    "hash",
    "inline_schema",
    "into",
    "into_owned",
    "json_schema",
    "le",
    "lt",
    "ne",
    "open_schema",
    "partial_cmp",
    "schema_id",
    "schema_name",
    "serialize",
    "to_owned",
    "to_string",
    "try_from",
    "try_into",
    "type_id",
    "type_name",
];

pub(super) fn render(contract: &Contract) -> TokenStream {
    let accessors = accessors(contract);
    let forms = [Form::Owned, Form::Borrowed].map(|form| form.impls(contract, &accessors));
    quote! {
        //! The methods that owned and borrowed events share.

        use super::borrowed::{EventRef, PayloadRef};
        use super::definitions::*;
        use super::event::{Event, Payload};
        use super::event_type::EventType;
        use crate::follow_up::push_segment;
        use crate::text::Text;

        #(#forms)*
    }
}

/// A field that shapes of `data` have in common, within reach of every event.
struct Accessor<'a> {
    name: String,
    /// One of the fields: they have one type.
    field: &'a Field,
    /// The shapes that declare it, and whether each requires it.
    shapes: Vec<(&'a EventShape, bool)>,
}

/// The accessors of the contract, in the order of their names: one for each key that a shape declares.
///
/// Shapes may give one key different types. Then the accessor is of the type that is named like the key (`JobId` for
/// `job_id`), or else of the one that most shapes give it, and passes over the others.
fn accessors(contract: &Contract) -> Vec<Accessor<'_>> {
    type Fields<'a> = Vec<(&'a EventShape, &'a Field)>;
    let mut keys: BTreeMap<&str, BTreeMap<String, Fields<'_>>> = BTreeMap::new();
    for shape in &contract.events {
        for field in &shape.fields {
            let types = keys.entry(&field.name).or_default();
            types.entry(types::value(field).to_string()).or_default().push((shape, field));
        }
    }
    let mut accessors = Vec::new();
    for (key, types) in keys {
        let namesake = key.to_upper_camel_case();
        let rank = |(name, fields): &(String, Fields<'_>)| (*name == namesake, fields.len());
        let Some((_, fields)) = types.into_iter().rev().max_by_key(rank) else { continue };
        let Some((_, field)) = fields.first().copied() else { continue };
        // `clone` is `data_clone`, and so `data_clone` is `data_data_clone`: a key added later takes no name from another.
        let is_reserved = RESERVED.contains(&key.trim_start_matches("data_"));
        let name = if is_reserved { format!("data_{key}") } else { key.to_owned() };
        let shapes = fields.iter().map(|(shape, field)| (*shape, field.required)).collect();
        accessors.push(Accessor { name, field, shapes });
    }
    accessors
}

/// Which of the two kinds of events.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Owned,
    Borrowed,
}

impl Form {
    fn impls(self, contract: &Contract, accessors: &[Accessor<'_>]) -> TokenStream {
        let variants: Vec<_> = contract.events.iter().map(names::shape).collect();
        let (event, payload, generics) = match self {
            Self::Owned => (quote!(Event), quote!(Payload), quote!()),
            Self::Borrowed => (quote!(EventRef<'a>), quote!(PayloadRef<'a>), quote!(<'a>)),
        };
        let (name, known_name) = match self {
            Self::Owned => (quote!(&str), quote!(event_type.as_str())),
            Self::Borrowed => {
                (quote!(Text<'a>), quote!(Text::from_checked(event_type.as_str().as_bytes())))
            }
        };
        let follow_ups = contract.events.iter().filter_map(|shape| {
            let path = self.follow_up(shape)?;
            let variant = names::shape(shape);
            Some(quote!(Self::#variant(data) => { #path }))
        });
        let getters = accessors.iter().map(|accessor| {
            let (ident, ty) = (names::identifier(&accessor.name), self.accessor_type(accessor));
            let doc = accessor.doc();
            let arms = accessor.shapes.iter().map(|(shape, required)| {
                let (variant, value) = (names::shape(shape), self.value(accessor.field, *required));
                quote!(Self::#variant(data) => #value,)
            });
            quote! {
                #doc
                pub fn #ident(&self) -> Option<#ty> {
                    match self {
                        #(#arms)*
                        _ => None,
                    }
                }
            }
        });
        let forwarders = accessors.iter().map(|accessor| {
            let (ident, ty) = (names::identifier(&accessor.name), self.accessor_type(accessor));
            let doc = accessor.doc();
            quote! {
                #doc
                pub fn #ident(&self) -> Option<#ty> {
                    self.payload.#ident()
                }
            }
        });
        quote! {
            impl #generics #event {
                /// The event type; `None` if this release does not know it.
                pub const fn event_type(&self) -> Option<EventType> {
                    self.payload.event_type()
                }

                /// The string in `type`, known or not.
                pub fn type_name(&self) -> #name {
                    self.payload.type_name()
                }

                /// Path of the `GET` that fetches what the event announces, filled from `data`.
                ///
                /// `None` if the event type has none, if a field that the path needs is absent, or
                /// if a value cannot stand in a path (it is empty, `.` or `..`).
                pub fn follow_up(&self) -> Option<String> {
                    self.payload.follow_up()
                }

                #(#forwarders)*
            }

            impl #generics #payload {
                /// The event type; `None` if this release does not know it.
                pub const fn event_type(&self) -> Option<EventType> {
                    match self {
                        #(Self::#variants(_) => Some(EventType::#variants),)*
                        Self::Unknown(_) => None,
                    }
                }

                /// The string in `type`, known or not.
                pub fn type_name(&self) -> #name {
                    let event_type = match self {
                        #(Self::#variants(_) => EventType::#variants,)*
                        Self::Unknown(unknown) => return unknown.type_name(),
                    };
                    #known_name
                }

                /// Path of the `GET` that fetches what the event announces, filled from `data`.
                ///
                /// `None` if the event type has none, if a field that the path needs is absent, or
                /// if a value cannot stand in a path (it is empty, `.` or `..`).
                pub fn follow_up(&self) -> Option<String> {
                    match self {
                        #(#follow_ups)*
                        _ => None,
                    }
                }

                #(#getters)*
            }
        }
    }

    fn accessor_type(self, accessor: &Accessor<'_>) -> TokenStream {
        let ty = types::value(accessor.field);
        match (self, accessor.field.scalar().is_string()) {
            (Self::Owned, true) => quote!(&#ty),
            (Self::Borrowed, true) => quote!(Text<'a>),
            (_, false) => ty,
        }
    }

    /// The field of `data`, as an `Option`.
    fn value(self, field: &Field, required: bool) -> TokenStream {
        let ident = names::field(field);
        match (self == Self::Owned && field.scalar().is_string(), required) {
            (true, true) => quote!(Some(&data.#ident)),
            (true, false) => quote!(data.#ident.as_ref()),
            (false, true) => quote!(Some(data.#ident)),
            (false, false) => quote!(data.#ident),
        }
    }

    /// An expression that fills the follow-up path of `shape` from `data`.
    fn follow_up(self, shape: &EventShape) -> Option<TokenStream> {
        let (start, rest) = match shape.follow_up.as_ref()?.path.as_slice() {
            [PathPart::Literal(text), rest @ ..] => (quote!(String::from(#text)), rest),
            all => (quote!(String::new()), all),
        };
        let pushes = rest.iter().map(|part| match part {
            PathPart::Literal(text) => quote!(path.push_str(#text);),
            PathPart::Field(field) => {
                let ident = names::field(field);
                let value = match (self, field.required) {
                    (Self::Owned, true) => quote!(data.#ident.as_ref()),
                    (Self::Owned, false) => quote!(data.#ident.as_ref()?.as_ref()),
                    (Self::Borrowed, true) => quote!(&data.#ident.to_str()),
                    (Self::Borrowed, false) => quote!(&data.#ident?.to_str()),
                };
                quote!(push_segment(&mut path, #value)?;)
            }
        });
        Some(quote! {
            let mut path = #start;
            #(#pushes)*
            Some(path)
        })
    }
}

impl Accessor<'_> {
    fn doc(&self) -> TokenStream {
        let listed = |required| {
            let shapes = self.shapes.iter().filter(|(_, is_required)| *is_required == required);
            shapes
                .map(|(shape, _)| format!("`{}`", shape.event_type))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let listed = [(listed(true), "Always in"), (listed(false), "Optional in")];
        let listed = listed.into_iter().filter(|(shapes, _)| !shapes.is_empty());
        let listed = listed.map(|(shapes, which)| format!("\n\n{which} {shapes}."));
        doc_attributes(&format!("{}{}", self.field.description(), listed.collect::<String>()))
    }
}
