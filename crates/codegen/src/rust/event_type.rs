//! `event_type.rs`: the event types with their facts.

use clip_events_contract::model::FollowUp;
use proc_macro2::TokenStream;
use quote::quote;

use super::docs::doc_attributes;
use super::model::Model;

pub(super) fn render(model: &Model<'_>) -> TokenStream {
    let event_type = event_type(model);
    let domain = domain(model);
    quote! {
        //! The event types with their facts.

        use std::fmt;
        use std::str::FromStr;

        use crate::error::UnknownEventTypeError;

        #event_type
        #domain
    }
}

fn event_type(model: &Model<'_>) -> TokenStream {
    let contract = model.contract;
    let variants: Vec<_> = contract.events.iter().map(|event| model.shape(event)).collect();
    let types: Vec<_> = contract.events.iter().map(|shape| &shape.event_type).collect();
    let docs = contract
        .events
        .iter()
        .map(|shape| doc_attributes(&format!("`{}`: {}", shape.event_type, shape.description)));
    let titles = contract.events.iter().map(|shape| &shape.title);
    let domains = contract.events.iter().map(|shape| model.names.domain(&shape.domain));
    let high_volume: Vec<_> = contract
        .events
        .iter()
        .filter(|shape| shape.high_volume)
        .map(|event| model.shape(event))
        .collect();
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

fn domain(model: &Model<'_>) -> TokenStream {
    let mut domains: Vec<_> =
        model.contract.events.iter().map(|shape| shape.domain.as_str()).collect();
    domains.sort_unstable();
    domains.dedup();
    let variants: Vec<_> = domains.iter().map(|domain| model.names.domain(domain)).collect();
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
