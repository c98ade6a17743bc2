//! `event.rs`: the envelope and the payload.

use clip_events_contract::Contract;
use clip_events_contract::model::{Envelope, Member};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::doc_attributes;
use super::{impls, names, types};

pub(super) fn render(contract: &Contract) -> TokenStream {
    let payload = payload(contract);
    let event = event(contract);
    quote! {
        //! The envelope and the payload.

        use super::data::*;
        use super::definitions::*;
        #[cfg(feature = "serde")]
        use crate::unknown::serialize_data;
        use crate::unknown::Unknown;

        #event
        #payload
    }
}

fn event(contract: &Contract) -> TokenStream {
    let envelope = &contract.envelope;
    let doc = doc_attributes(&envelope.description);
    let type_doc = doc_attributes(&format!("`type` and `data`. {}", envelope.type_description));
    let declarations = envelope.fields().map(|field| {
        let ident = names::field(field);
        let doc = doc_attributes(field.description());
        let ty = types::declared(field);
        let mark = (!field.required).then(impls::optional_mark);
        quote!(#doc #mark pub #ident: #ty)
    });
    let serialize = impls::serialize(
        &format_ident!("Event"),
        envelope.members.iter().map(|member| {
            let key = member.key();
            match member {
                Member::Type => quote!(map.serialize_entry(#key, self.payload.type_name())?;),
                Member::Data => quote!(map.serialize_entry(#key, &Data(&self.payload))?;),
                Member::Field(field) => impls::serialize_field(field),
            }
        }),
    );
    let open_schema = open_schema(contract);
    let mut members: Vec<_> =
        envelope.fields().map(|field| (names::field(field), types::declared(field))).collect();
    members.push((format_ident!("payload"), quote!(Payload)));
    let arbitrary = impls::arbitrary(&format_ident!("Event"), &members);
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct Event {
            #(#declarations,)*
            #type_doc
            #[cfg_attr(feature = "schemars1", schemars(flatten))]
            pub payload: Payload,
        }

        #serialize
        #open_schema
        #arbitrary
    }
}

fn open_schema(contract: &Contract) -> TokenStream {
    let (r#type, data) = (Envelope::TYPE, Envelope::DATA);
    let types = contract.events.iter().map(|shape| &shape.event_type);
    let fields = contract.envelope.fields();
    let required = fields.clone().filter(|field| field.required).map(|field| &field.name);
    let keys = fields.clone().map(|field| &field.name);
    let values = fields.map(types::value);
    quote! {
        #[cfg(feature = "schemars1")]
        impl Event {
            /// The schema of all that [`Event::from_slice`] takes: [`Event`]'s own, and beside it the events of types that
            /// this release does not know, which a derived schema cannot tell from malformed ones.
            ///
            /// Use it where you describe what you receive: `#[schemars(schema_with = "Event::open_schema")]`.
            pub fn open_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "anyOf": [
                        generator.subschema_for::<Self>(),
                        {
                            "type": "object",
                            "properties": {
                                #(#keys: generator.subschema_for::<#values>(),)*
                                #r#type: { "type": "string", "not": { "enum": [#(#types),*] } },
                                #data: { "type": "object" }
                            },
                            "required": [#(#required,)* #r#type, #data]
                        }
                    ]
                })
            }
        }
    }
}

fn payload(contract: &Contract) -> TokenStream {
    let variants: Vec<_> = contract.events.iter().map(names::shape).collect();
    let types: Vec<_> = contract.events.iter().map(|shape| &shape.event_type).collect();
    let docs =
        contract.events.iter().map(|shape| doc_attributes(&format!("`{}`", shape.event_type)));
    quote! {
        /// What happened: `data`, in the shape that `type` chooses.
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema), schemars(tag = "type", content = "data"))]
        #[non_exhaustive]
        pub enum Payload {
            #(
                #docs
                #[cfg_attr(feature = "schemars1", schemars(rename = #types))]
                #variants(#variants),
            )*
            /// An event type that this release does not know.
            #[cfg_attr(feature = "schemars1", schemars(skip))]
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
