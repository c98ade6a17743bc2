//! `borrowed.rs`: events that borrow from a delivery, and their conversion to owned ones.

use clip_events_contract::model::{Definition, EventShape, Schema, SchemaRef, Value};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::constraints::Tables;
use super::constraints::{Placed, Storage};
use super::data::shape;
use super::docs::{borrowed_doc, doc_attributes};
use super::model::{Member, Model, members};
use super::structs::{Struct, declaration, marker, owned};
use super::{names, unions};

pub(super) fn render(model: &Model<'_>, tables: &Tables<'_>) -> TokenStream {
    let event = event(model, tables);
    let arbitrary = arbitrary(&model.envelope());
    let payload = payload(model);
    let shapes = model.contract.events.iter().map(|event| data(model, tables, event));
    let definitions = model.contract.definitions.values().map(|known| nested(model, known));
    quote! {
        //! The event as it borrows from a delivery: made without an allocation.

        use super::data::*;
        use super::definitions::*;
        use super::event::{Event, Payload};
        use super::event_type::EventType;
        use super::parser;
        use crate::parse::{self, Constraint, IntegerLimits, Pattern, TextLimits, members, pass_over};
        use crate::raw::{IntegerRef, RawJsonRef};
        use crate::scalar::json_type;
        use crate::text::Text;
        use crate::unknown::UnknownRef;
        use crate::view::sealed::Judged;
        use crate::owned::{read_as, store, stored};
        use crate::view::{List, Map, View, optional};

        #event
        #arbitrary
        #payload
        #(#shapes)*
        #(#definitions)*
    }
}

fn event(model: &Model<'_>, tables: &Tables<'_>) -> TokenStream {
    let members = model.envelope();
    let envelope = &model.contract.envelope;
    let doc = doc_attributes(&envelope.description);
    let declarations = members.iter().map(|member| declaration(model, member));
    let type_doc = doc_attributes(&format!("`type` and `data`. {}", envelope.type_description));
    let values = members.iter().zip(&tables.envelope).enumerate().map(|(at, (member, placed))| {
        initialiser(model, member, *placed, at, &quote!(passed.seen))
    });
    let owned = members.iter().map(|member| owned(model, member));
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
                passed: &parse::Passed<'a, parser::Contract>,
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

/// `Arbitrary` of events: of each field of the envelope, as the borrowing event reads it, and of the payload.
fn arbitrary(members: &[Member<'_>]) -> TokenStream {
    let idents: Vec<_> = members.iter().map(|member| &member.ident).collect();
    let values = members.iter().map(|Member { field, ident }| {
        let read = quote!(map(|json| Judged::read(json.as_bytes())));
        if field.required {
            quote!(let #ident = #ident.#read.expect("it is required");)
        } else {
            quote!(let #ident = #ident.#read;)
        }
    });
    quote! {
        #[cfg(feature = "proptest1")]
        impl proptest::arbitrary::Arbitrary for Event {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
                use proptest::prelude::{Strategy as _, any};

                fn event(members: &[Option<String>], payload: Payload) -> Event {
                    let mut members = members.iter().map(Option::as_ref);
                    #(let #idents = members.next().flatten();)*
                    #(#values)*
                    Event { #(#idents,)* payload }
                }

                (crate::arbitrary::members(&parser::ENVELOPE), any::<Payload>())
                    .prop_map(|(members, payload)| event(&members, payload))
                    .boxed()
            }
        }
    }
}

fn payload(model: &Model<'_>) -> TokenStream {
    let events = &model.contract.events;
    let variants: Vec<_> = events.iter().map(|event| model.shape(event)).collect();
    let borrowed: Vec<_> = variants.iter().map(names::borrowed).collect();
    let docs = events.iter().map(|shape| doc_attributes(&format!("`{}`", shape.event_type)));
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
                event: &parse::PassedEvent<'a, parser::Contract>,
            ) -> Self {
                match *event {
                    parse::PassedEvent::Known { event_type, seen } => match event_type {
                        #(EventType::#variants => Self::#variants(#borrowed::from_values(values, seen)),)*
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

/// The struct of a shape of `data`, which the pass makes of the values that it has met.
fn data(model: &Model<'_>, tables: &Tables<'_>, event: &EventShape) -> TokenStream {
    let shape = shape(model, event);
    let structs = shape.borrowed(model, false);
    let borrowed = names::borrowed(&shape.name);
    let placed = tables.data(event);
    let values = shape
        .members
        .iter()
        .zip(placed)
        .enumerate()
        .map(|(at, (member, placed))| initialiser(model, member, *placed, at, &quote!(seen)));
    let values_name = if shape.members.is_empty() { quote!(_) } else { quote!(values) };
    // Only optional fields are looked for: the parser has seen to the others.
    let seen =
        if event.fields.iter().all(|field| field.required) { quote!(_) } else { quote!(seen) };
    let (_, mark) = marker(model, &shape.members);
    quote! {
        #structs

        impl<'a> #borrowed<'a> {
            #[inline(always)]
            fn from_values(#values_name: &parser::Values<'a>, #seen: parser::FieldSet) -> Self {
                #borrowed { #(#values,)* #mark }
            }
        }
    }
}

/// `field: value`; the set `present` says whether an optional one is there.
fn initialiser(
    model: &Model<'_>,
    Member { field, ident }: &Member<'_>,
    placed: Placed<'_>,
    position: usize,
    present: &TokenStream,
) -> TokenStream {
    let place = Literal::u16_unsuffixed(placed.place);
    let value = match placed.storage {
        Storage::Text => quote!(values.text(#place)),
        Storage::Boolean => quote!(values.boolean(#place)),
        Storage::Float => quote!(values.float(#place)),
        Storage::Json => quote!(Judged::read(values.json(#place))),
        // The newtype of an integer that is never negative holds an unsigned one.
        Storage::Integer => {
            if let Schema::Integer { minimum: Some(0..), .. } = model.schema(&field.value) {
                quote!(values.integer(#place).unsigned_abs())
            } else {
                quote!(values.integer(#place))
            }
        }
    };
    let is_checked = matches!(placed.storage, Storage::Integer | Storage::Float);
    let value = match model.definition_of(&field.value) {
        Some(definition) if is_checked => {
            let name = model.definition(&definition.name);
            quote!(#name::from_checked(#value))
        }
        _ => value,
    };
    if field.required {
        quote!(#ident: #value)
    } else {
        let position = Literal::usize_unsuffixed(position);
        quote!(#ident: #present.contains(#position).then(|| #value))
    }
}

/// The borrowing form of a definition, if it has one.
fn nested(model: &Model<'_>, definition: &Definition) -> TokenStream {
    let name = model.definition(&definition.name);
    match &definition.schema {
        Schema::Object(fields) => {
            let structs = Struct {
                name,
                doc: borrowed_doc(definition),
                members: members(fields),
                is_whole: false,
                table: format_ident!("{}", model.names.table(&definition.name)),
            };
            let borrowed = structs.borrowed(model, definition.recursive);
            let judged = structs.judged(model, definition.recursive);
            quote!(#borrowed #judged)
        }
        Schema::Tagged { tag, branches } => unions::tagged_ref(model, definition, tag, branches),
        Schema::ByType(_) if model.is_copy(&Value::named(&definition.name)) => quote!(),
        Schema::ByType(alternatives) => unions::by_type_ref(model, definition, alternatives),
        container @ (Schema::Array { .. } | Schema::Map(_)) if definition.recursive => {
            own_container(model, definition, container)
        }
        _ => quote!(),
    }
}

/// The borrowing form of a list or a map that holds itself.
fn own_container(model: &Model<'_>, definition: &Definition, container: &Schema) -> TokenStream {
    let name = model.definition(&definition.name);
    let borrowed = names::borrowed(&name);
    let doc = doc_attributes(&borrowed_doc(definition));
    let ty = model.borrowed_inline(container);
    let plain = Value { schema: SchemaRef::Inline(container.clone()), ..Value::named("") };
    let owned = model.owned_from(&plain, &quote!(value.0));
    let constraint = model.constraint(&Value::named(&definition.name));
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct #borrowed<'a>(
            /// What it holds.
            pub #ty,
        );

        impl<'a> Judged<'a> for #borrowed<'a> {
            fn read(json: &'a [u8]) -> Self {
                #borrowed(Judged::read(json))
            }
        }

        impl<'a> Judged<'a> for #name {
            fn read(json: &'a [u8]) -> Self {
                #name(Judged::read(json))
            }

            fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
                let (value, rest) = Judged::first(rest);
                (#name(value), rest)
            }
        }

        impl From<#borrowed<'_>> for #name {
            fn from(value: #borrowed<'_>) -> Self {
                #name(#owned)
            }
        }

        json_type!(#name, #borrowed, { use parser::*; #constraint });
    }
}
