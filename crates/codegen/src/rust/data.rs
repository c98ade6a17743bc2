//! `data.rs`: the shapes of `data`.

use clip_events_contract::Contract;
use clip_events_contract::model::EventShape;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Item, ItemStruct};

use super::{fixups, impls, names, types, typified};
use crate::error::CodegenError;

pub(super) fn render(contract: &Contract) -> Result<TokenStream, CodegenError> {
    let mut file = typified::file(contract)?;
    fixups::mend(&mut file, contract)?;
    let structs = one_each(file.items, contract)?;
    let impls = contract.events.iter().map(shape_impls);
    Ok(quote! {
        //! The shapes of `data`: one struct for each event type.

        use super::definitions::*;

        #(#structs #impls)*
    })
}

/// The structs among `items`: one for each shape, in the order of the contract, and nothing besides.
fn one_each(items: Vec<Item>, contract: &Contract) -> Result<Vec<ItemStruct>, CodegenError> {
    let mut structs = Vec::new();
    for item in items {
        match item {
            Item::Struct(item) => structs.push(item),
            other => return Err(CodegenError::Structs(other.to_token_stream().to_string())),
        }
    }
    let ordered = contract.events.iter().map(|event| {
        let name = names::shape(event);
        let at = structs.iter().position(|item| item.ident == name);
        at.map(|at| structs.swap_remove(at)).ok_or(CodegenError::Structs(name.to_string()))
    });
    let ordered = ordered.collect::<Result<Vec<_>, _>>()?;
    match structs.first() {
        None => Ok(ordered),
        Some(item) => Err(CodegenError::Structs(item.ident.to_string())),
    }
}

/// The conversions of one shape.
fn shape_impls(event: &EventShape) -> TokenStream {
    let name = names::shape(event);
    let serialize = impls::serialize(&name, event.fields.iter().map(impls::serialize_field));
    let members: Vec<_> =
        event.fields.iter().map(|field| (names::field(field), types::declared(field))).collect();
    let arbitrary = impls::arbitrary(&name, &members);
    quote! {
        #serialize

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::de::parse(deserializer, crate::parse::data::<Self>)
            }
        }

        #arbitrary
    }
}
