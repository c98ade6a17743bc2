//! `event.rs`: the envelope, the event types with their facts, and the payload.

use clip_events_contract::Contract;
use clip_events_contract::model::{EventShape, FollowUp, Member, PathPart};
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
        use crate::follow_up::push_segment;
        use crate::unknown::{Unknown, UnknownEventType};

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
        quote!(#doc pub #ident: #ty)
    });
    let optional = envelope.fields().filter(|field| !field.required).map(names::field);
    let required = envelope.fields().filter(|field| field.required);
    let parameters = required.clone().map(|field| {
        let ident = names::field(field);
        let ty = types::value(field);
        quote!(#ident: impl Into<#ty>)
    });
    let required = required.map(names::field);
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
    let mut members: Vec<_> =
        envelope.fields().map(|field| (names::field(field), types::declared(field))).collect();
    members.push((format_ident!("payload"), quote!(Payload)));
    let arbitrary = impls::arbitrary(&format_ident!("Event"), &members);
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct Event {
            #(#declarations,)*
            #type_doc
            #[cfg_attr(feature = "schemars", schemars(flatten))]
            pub payload: Payload,
        }

        impl Event {
            /// An event; the optional fields of the envelope are absent.
            pub fn new(#(#parameters,)* payload: impl Into<Payload>) -> Self {
                Self { #(#required: #required.into(),)* #(#optional: None,)* payload: payload.into() }
            }
        }

        #serialize
        #arbitrary
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
            /// `data` in braces. [`Event::follow_up`] fills it.
            pub const fn follow_up_template(self) -> Option<&'static str> {
                match self {
                    #(Self::#variants => #templates,)*
                }
            }
        }

        impl FromStr for EventType {
            type Err = UnknownEventType;

            fn from_str(event_type: &str) -> Result<Self, Self::Err> {
                match event_type {
                    #(#types => Ok(Self::#variants),)*
                    _ => Err(UnknownEventType::new(event_type)),
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
    let docs = domains.iter().map(|domain| format!(" `{domain}`"));
    quote! {
        /// A group of event types.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Domain {
            #(#[doc = #docs] #variants,)*
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
    let follow_ups = contract.events.iter().filter_map(|shape| {
        let path = follow_up(shape)?;
        let variant = names::shape(shape);
        Some(quote!(Self::#variant(data) => { #path }))
    });
    quote! {
        /// What happened: `data`, in the shape that `type` chooses.
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(tag = "type", content = "data"))]
        #[non_exhaustive]
        pub enum Payload {
            #(
                #docs
                #[cfg_attr(feature = "schemars", schemars(rename = #types))]
                #variants(#variants),
            )*
            /// An event type that this release does not know.
            #[cfg_attr(feature = "schemars", schemars(skip))]
            Unknown(Unknown),
        }

        impl Payload {
            /// The event type; `None` when this release does not know it.
            pub const fn event_type(&self) -> Option<EventType> {
                match self {
                    #(Self::#variants(_) => Some(EventType::#variants),)*
                    Self::Unknown(_) => None,
                }
            }

            /// Path of the `GET` that fetches what the event announces, filled from `data`.
            ///
            /// `None` when the event type has none, when a field that the path needs is absent, or
            /// when a value cannot stand in a path (it is empty, `.` or `..`).
            pub fn follow_up(&self) -> Option<String> {
                match self {
                    #(#follow_ups)*
                    _ => None,
                }
            }
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
                    Payload::Unknown(unknown) => unknown.data().serialize(serializer),
                }
            }
        }

        #[cfg(feature = "proptest")]
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

/// An expression that fills the follow-up path of `shape` from `data`.
fn follow_up(shape: &EventShape) -> Option<TokenStream> {
    let (start, rest) = match shape.follow_up.as_ref()?.path.as_slice() {
        [PathPart::Literal(text), rest @ ..] => (quote!(String::from(#text)), rest),
        all => (quote!(String::new()), all),
    };
    let pushes = rest.iter().map(|part| match part {
        PathPart::Literal(text) => quote!(path.push_str(#text);),
        PathPart::Field(field) => {
            let ident = names::field(field);
            let value =
                if field.required { quote!(data.#ident) } else { quote!(data.#ident.as_ref()?) };
            quote!(push_segment(&mut path, #value.as_ref())?;)
        }
    });
    Some(quote! {
        let mut path = #start;
        #(#pushes)*
        Some(path)
    })
}
