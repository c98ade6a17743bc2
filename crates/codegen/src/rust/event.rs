//! `event.rs`: the envelope, the event types with their facts, and the payload.

use clip_events_contract::Contract;
use clip_events_contract::model::{Envelope, FollowUp, Member};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs::doc_attributes;
use super::{impls, names, types};

pub(super) fn render(contract: &Contract) -> TokenStream {
    let event_type = event_type(contract);
    let domain = domain(contract);
    let payload = payload(contract);
    let event = event(contract);
    quote! {
        //! The envelope, the event types with their facts, and the payload.

        use std::fmt;
        use std::str::FromStr;

        use super::data::*;
        use super::definitions::*;
        #[cfg(feature = "serde")]
        use crate::unknown::serialize_data;
        use crate::unknown::{Unknown, UnknownEventTypeError};

        #event
        #event_type
        #domain
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

fn event_type(contract: &Contract) -> TokenStream {
    let variants: Vec<_> = contract.events.iter().map(names::shape).collect();
    let types: Vec<_> = contract.events.iter().map(|shape| &shape.event_type).collect();
    let docs = contract
        .events
        .iter()
        .map(|shape| doc_attributes(&format!("`{}`: {}", shape.event_type, shape.description)));
    let titles = contract.events.iter().map(|shape| &shape.title);
    let domains = contract.events.iter().map(|shape| names::domain(&shape.domain));
    let high_volume: Vec<_> =
        contract.events.iter().filter(|shape| shape.high_volume).map(names::shape).collect();
    let is_high_volume = if high_volume.is_empty() {
        quote!(false)
    } else {
        quote!(matches!(self, #(Self::#high_volume)|*))
    };
    let templates = contract.events.iter().map(|shape| {
        let template = shape.follow_up.as_ref().map(FollowUp::to_string);
        template.map_or_else(|| quote!(None), |path| quote!(Some(#path)))
    });
    quote! {
        /// The event types that this release knows. More may appear.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum EventType {
            #(#docs #variants,)*
        }

        impl EventType {
            /// All of them, sorted by [`EventType::as_str`].
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];

            /// The stable string in `type`.
            pub const fn as_str(self) -> &'static str {
                match self {
                    #(Self::#variants => #types,)*
                }
            }

            /// A short name for a person.
            pub const fn title(self) -> &'static str {
                match self {
                    #(Self::#variants => #titles,)*
                }
            }

            /// The group it belongs to.
            pub const fn domain(self) -> Domain {
                match self {
                    #(Self::#variants => Domain::#domains,)*
                }
            }

            /// Whether it fires many times for one job: every few seconds. Subscribe to it only to
            /// show progress.
            pub const fn is_high_volume(self) -> bool {
                #is_high_volume
            }

            /// Path of the `GET` that fetches what the event announces, with the names of fields of
            /// `data` in braces. [`Event::follow_up`](crate::Event::follow_up) fills it.
            pub const fn follow_up_template(self) -> Option<&'static str> {
                match self {
                    #(Self::#variants => #templates,)*
                }
            }
        }

        impl FromStr for EventType {
            type Err = UnknownEventTypeError;

            fn from_str(event_type: &str) -> Result<Self, Self::Err> {
                match event_type {
                    #(#types => Ok(Self::#variants),)*
                    _ => Err(UnknownEventTypeError::new(event_type)),
                }
            }
        }
    }
}

fn domain(contract: &Contract) -> TokenStream {
    let mut domains: Vec<_> = contract.events.iter().map(|shape| shape.domain.as_str()).collect();
    domains.sort_unstable();
    domains.dedup();
    let variants: Vec<_> = domains.iter().map(|domain| names::domain(domain)).collect();
    let docs = domains.iter().map(|domain| doc_attributes(&format!("`{domain}`")));
    quote! {
        /// A group of event types.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Domain {
            #(#docs #variants,)*
        }

        impl Domain {
            /// All of them, sorted by name.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];

            /// Its name in the schemas.
            pub const fn as_str(self) -> &'static str {
                match self {
                    #(Self::#variants => #domains,)*
                }
            }
        }

        impl fmt::Display for Domain {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
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
