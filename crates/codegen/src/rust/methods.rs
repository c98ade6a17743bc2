//! `methods.rs`: what owned and borrowed events offer alike. Both are rendered from one template, so they cannot drift apart.

use std::collections::BTreeMap;

use clip_events_contract::model::{EventShape, Field, PathPart, Schema, Value};
use heck::ToUpperCamelCase as _;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;
use syn::ext::IdentExt as _;

use super::docs::{doc_attributes, field_doc};
use super::model::{Member, Model, members};
use super::names;

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

pub(super) fn render(model: &Model<'_>) -> TokenStream {
    let accessors = accessors(model);
    let forms = [Form::Owned, Form::Borrowed].map(|form| form.impls(model, &accessors));
    quote! {
        //! The methods that owned and borrowed events share.

        use super::borrowed::*;
        use super::definitions::*;
        use super::event::{Event, Payload};
        use super::event_type::EventType;
        use crate::follow_up::push_segment;
        use crate::raw::{Integer, IntegerRef, RawJson, RawJsonRef};
        use crate::text::Text;
        use crate::view::{List, Map, View};

        #(#forms)*
    }
}

/// A field that shapes of `data` have in common, within reach of every event.
struct Accessor<'a> {
    ident: Ident,
    /// One of the fields: they have one type.
    field: &'a Field,
    /// The shapes that declare it, each with the field in it.
    shapes: Vec<(&'a EventShape, Member<'a>)>,
}

/// The accessors of the contract, in the order of their names: one for each key that a shape declares.
///
/// Shapes may give one key different types. Then the accessor is of the type that is named like the key (`JobId` for
/// `job_id`), or else of the one that most shapes give it, and passes over the others.
fn accessors<'a>(model: &Model<'a>) -> Vec<Accessor<'a>> {
    type Members<'a> = Vec<(&'a EventShape, Member<'a>)>;
    let mut names: BTreeMap<String, BTreeMap<String, Members<'_>>> = BTreeMap::new();
    for shape in model.contract.events.iter().filter(|shape| !shape.is_whole) {
        for member in members(&shape.fields) {
            let types = names.entry(member.ident.unraw().to_string()).or_default();
            let ty = model.owned(&member.field.value).to_string();
            types.entry(ty).or_default().push((shape, member));
        }
    }
    let mut accessors = Vec::new();
    for (key, types) in names {
        let namesake = key.to_upper_camel_case();
        let rank = |(name, fields): &(String, Members<'_>)| (*name == namesake, fields.len());
        let Some((_, shapes)) = types.into_iter().rev().max_by_key(rank) else { continue };
        let Some((_, Member { field, .. })) = shapes.first() else { continue };
        let field = *field;
        // `clone` is `data_clone`, and so `data_clone` is `data_data_clone`: a key added later takes no name from another.
        let is_reserved = RESERVED.contains(&key.trim_start_matches("data_"));
        let name = if is_reserved { format!("data_{key}") } else { key };
        accessors.push(Accessor { ident: names::identifier(&name), field, shapes });
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
    fn impls(self, model: &Model<'_>, accessors: &[Accessor<'_>]) -> TokenStream {
        let contract = model.contract;
        let variants: Vec<_> = contract.events.iter().map(|event| model.shape(event)).collect();
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
            let path = self.follow_up(model, shape)?;
            let variant = model.shape(shape);
            Some(quote!(Self::#variant(data) => { #path }))
        });
        let getters = accessors.iter().map(|accessor| {
            let (ident, ty) = (&accessor.ident, self.accessor_type(model, &accessor.field.value));
            let doc = accessor.doc(model);
            let arms = accessor.shapes.iter().map(|(shape, member)| {
                let (variant, value) = (model.shape(shape), self.value(model, member));
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
            let (ident, ty) = (&accessor.ident, self.accessor_type(model, &accessor.field.value));
            let doc = accessor.doc(model);
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

    fn accessor_type(self, model: &Model<'_>, value: &Value) -> TokenStream {
        if self == Self::Borrowed {
            return model.borrowed(value);
        }
        if model.is_copy(value) {
            return model.owned(value);
        }
        let ty = model.owned(&value.without_null());
        if value.nullable { quote!(Option<&#ty>) } else { quote!(&#ty) }
    }

    /// The field of `data`, as an `Option`.
    fn value(self, model: &Model<'_>, Member { field, ident }: &Member<'_>) -> TokenStream {
        let is_copy = self == Self::Borrowed || model.is_copy(&field.value);
        match (is_copy, field.value.nullable, field.required) {
            (true, _, true) => quote!(Some(data.#ident)),
            (true, _, false) => quote!(data.#ident),
            (false, true, true) => quote!(Some(data.#ident.as_ref())),
            (false, true, false) => quote!(data.#ident.as_ref().map(Option::as_ref)),
            (false, false, true) => quote!(Some(&data.#ident)),
            (false, false, false) => quote!(data.#ident.as_ref()),
        }
    }

    /// An expression that fills the follow-up path of `shape` from `data`.
    fn follow_up(self, model: &Model<'_>, shape: &EventShape) -> Option<TokenStream> {
        let (start, rest) = match shape.follow_up.as_ref()?.path.as_slice() {
            [PathPart::Literal(text), rest @ ..] => (quote!(String::from(#text)), rest),
            all => (quote!(String::new()), all),
        };
        let pushes = rest.iter().map(|part| match part {
            PathPart::Literal(text) => quote!(path.push_str(#text);),
            PathPart::Fields(fields) => {
                let value = self.text_at(model, &shape.fields, fields);
                quote!(push_segment(&mut path, #value)?;)
            }
        });
        Some(quote! {
            let mut path = #start;
            #(#pushes)*
            Some(path)
        })
    }

    /// An expression for the string that `path` leads to from an object with the fields `all`, called `data`.
    fn text_at(self, model: &Model<'_>, all: &[Field], path: &[Field]) -> TokenStream {
        let mut all = all;
        let mut value = quote!(data);
        for field in path {
            let member = members(all).into_iter().find(|member| member.field.name == field.name);
            let ident = member.map(|member| member.ident);
            let is_object = match model.schema(&field.value) {
                Schema::Object(inner) => {
                    all = inner;
                    true
                }
                _ => false,
            };
            let may_lack = [!field.required, field.value.nullable];
            let questions = may_lack.into_iter().filter(|may_lack| *may_lack);
            value = match self {
                Self::Owned => {
                    let steps = questions.map(|_| quote!(.as_ref()?));
                    quote!(#value.#ident #(#steps)*)
                }
                Self::Borrowed => {
                    let steps = questions.map(|_| quote!(?));
                    let get = is_object.then(|| quote!(.get()));
                    quote!(#value.#ident #(#steps)* #get)
                }
            };
        }
        match self {
            Self::Owned => quote!(AsRef::<str>::as_ref(&#value)),
            Self::Borrowed => quote!(&#value.to_str()),
        }
    }
}

impl Accessor<'_> {
    fn doc(&self, model: &Model<'_>) -> TokenStream {
        let listed = |required| {
            let shapes = self.shapes.iter().filter(|(_, member)| member.field.required == required);
            shapes
                .map(|(shape, _)| format!("`{}`", shape.event_type))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let listed = [(listed(true), "Always in"), (listed(false), "Optional in")];
        let listed = listed.into_iter().filter(|(shapes, _)| !shapes.is_empty());
        let listed = listed.map(|(shapes, which)| format!("\n\n{which} {shapes}."));
        let description = field_doc(model.contract, self.field);
        doc_attributes(&format!("{description}{}", listed.collect::<String>()))
    }
}
