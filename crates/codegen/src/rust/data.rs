//! `data.rs`: the shapes of `data`.

use clip_events_contract::model::EventShape;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model::{Model, members};
use super::structs::Struct;

pub(super) fn render(model: &Model<'_>) -> TokenStream {
    let structs = model.contract.events.iter().map(|event| shape(model, event).owned(model));
    quote! {
        //! The shapes of `data`: one struct for each event type.

        use super::definitions::*;
        use crate::raw::{Integer, RawJson};

        #(#structs)*
    }
}

/// The struct of the shape of an event.
pub(super) fn shape<'a>(model: &Model<'_>, event: &'a EventShape) -> Struct<'a> {
    Struct {
        name: model.shape(event),
        doc: format!("`{}`: {}", event.event_type, event.description),
        members: members(&event.fields),
        is_whole: event.is_whole,
        table: format_ident!("{}", model.names.shape_table(&event.event_type)),
    }
}
