//! `event.rs`: the envelope and the payload.

use clip_events_contract::model::{Envelope, Member as EnvelopeMember};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::json;

use super::docs::{doc_attributes, field_doc};
use super::model::{Member, Model};
use super::schemas::object;
use super::structs::{serialize, serialize_field};

pub(super) fn render(model: &Model<'_>) -> TokenStream {
    let payload = payload(model);
    let event = event(model);
    let schemas = schemas(model);
    quote! {
        //! The envelope and the payload.

        use super::data::*;
        use super::definitions::*;
        use crate::raw::{Integer, RawJson};
        #[cfg(feature = "serde")]
        use crate::unknown::serialize_data;
        use crate::unknown::Unknown;

        #event
        #payload
        #schemas
    }
}

fn event(model: &Model<'_>) -> TokenStream {
    let envelope = &model.contract.envelope;
    let members = model.envelope();
    let doc = doc_attributes(&envelope.description);
    let type_doc = doc_attributes(&format!("`type` and `data`. {}", envelope.type_description));
    let declarations = members.iter().map(|Member { field, ident }| {
        let doc = doc_attributes(&field_doc(model.contract, field));
        let ty = model.owned_field(field);
        quote!(#doc pub #ident: #ty)
    });
    let mut fields = members.iter();
    let entries = envelope.members.iter().map(|member| {
        let key = member.key();
        match member {
            EnvelopeMember::Type => quote!(map.serialize_entry(#key, self.payload.type_name())?;),
            EnvelopeMember::Data => quote!(map.serialize_entry(#key, &Data(&self.payload))?;),
            EnvelopeMember::Field(_) => {
                fields.next().map(|member| serialize_field(model, member)).unwrap_or_default()
            }
        }
    });
    let serialize = serialize(&format_ident!("Event"), &entries.collect::<Vec<_>>());
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct Event {
            #(#declarations,)*
            #type_doc
            pub payload: Payload,
        }

        #serialize
    }
}

/// What the envelope says of itself to schemars.
fn schemas(model: &Model<'_>) -> TokenStream {
    let members = model.envelope();
    let (r#type, data) = (Envelope::TYPE, Envelope::DATA);
    let doc = &model.contract.envelope.description;
    let envelope = object(model, &members);
    let types: Vec<_> = model.contract.events.iter().map(|shape| &shape.event_type).collect();
    let branches = model.contract.events.iter().map(|event| {
        let (shape, known) = (model.shape(event), json!({ "type": "string", "const": event.event_type }).to_string());
        quote!(object([(#r#type, true, json(#known)), (#data, true, generator.subschema_for::<#shape>())]))
    });
    let unknown = json!({ "type": "string", "not": { "enum": types } }).to_string();
    quote! {
        #[cfg(feature = "schemars1")]
        impl schemars::JsonSchema for Payload {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                "Payload".into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                use crate::schema::*;
                one_of([#(#branches),*])
            }
        }

        /// The schema of the envelope, besides `type` and `data`.
        #[cfg(feature = "schemars1")]
        fn envelope(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
            use crate::schema::*;
            #envelope
        }

        #[cfg(feature = "schemars1")]
        impl schemars::JsonSchema for Event {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                "Event".into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                use crate::schema::*;
                with(described(envelope(generator), #doc), Payload::json_schema(generator))
            }
        }

        #[cfg(feature = "schemars1")]
        impl Event {
            /// The schema of all that [`Event::from_slice`] takes: [`Event`]'s own, and beside it the events of types that
            /// this release does not know, which a derived schema cannot tell from malformed ones.
            ///
            /// Use it where you describe what you receive: `#[schemars(schema_with = "Event::open_schema")]`.
            pub fn open_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                use crate::schema::*;
                let known = generator.subschema_for::<Self>();
                let unknown = all_of([
                    envelope(generator),
                    object([(#r#type, true, json(#unknown)), (#data, true, json(r#"{"type":"object"}"#))]),
                ]);
                any_of([known, unknown])
            }
        }
    }
}

fn payload(model: &Model<'_>) -> TokenStream {
    let contract = model.contract;
    let variants: Vec<_> = contract.events.iter().map(|event| model.shape(event)).collect();
    let docs =
        contract.events.iter().map(|shape| doc_attributes(&format!("`{}`", shape.event_type)));
    quote! {
        /// What happened: `data`, in the shape that `type` chooses.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Payload {
            #(
                #docs
                #variants(#variants),
            )*
            /// An event type that this release does not know.
            Unknown(Unknown),
        }

        #(
            impl From<#variants> for Payload {
                fn from(data: #variants) -> Self {
                    Self::#variants(data)
                }
            }
        )*

        impl From<Unknown> for Payload {
            fn from(data: Unknown) -> Self {
                Self::Unknown(data)
            }
        }

        /// A payload without its type: what stands in `data`.
        #[cfg(feature = "serde")]
        struct Data<'a>(&'a Payload);

        #[cfg(feature = "serde")]
        impl serde::Serialize for Data<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 {
                    #(Payload::#variants(data) => data.serialize(serializer),)*
                    Payload::Unknown(unknown) => serialize_data(unknown, serializer),
                }
            }
        }

        #[cfg(feature = "proptest1")]
        impl proptest::arbitrary::Arbitrary for Payload {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
                use proptest::prelude::{Strategy as _, any};
                proptest::strategy::Union::new([
                    #(any::<#variants>().prop_map(Self::#variants).boxed(),)*
                    any::<Unknown>().prop_map(Self::Unknown).boxed(),
                ])
                .boxed()
            }
        }
    }
}
