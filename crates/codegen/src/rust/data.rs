//! `data.rs`: the shapes of `data`.

use clip_events_contract::Contract;
use clip_events_contract::model::{EventShape, Field};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
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

/// The constructor and the conversions of one shape.
fn shape_impls(event: &EventShape) -> TokenStream {
    let name = names::shape(event);
    // By name, not as declared: reordering a schema must not swap the ids that callers pass.
    let mut required: Vec<_> = event.fields.iter().filter(|field| field.required).collect();
    required.sort_by(|a, b| a.name.cmp(&b.name));
    let parameters = required.iter().map(|field| {
        let ident = names::field(field);
        let ty = parameter_type(field);
        quote!(#ident: #ty)
    });
    let values = event.fields.iter().map(|field| {
        let ident = names::field(field);
        if !field.required {
            quote!(#ident: None)
        } else if field.scalar().is_string() {
            quote!(#ident: #ident.into())
        } else {
            quote!(#ident)
        }
    });
    let setters = event.fields.iter().filter(|field| !field.required).map(|field| {
        let ident = names::field(field);
        let setter = format_ident!("with_{}", field.name);
        let ty = parameter_type(field);
        let value = argument(field);
        let doc = format!(" With `{}`, which is optional.", field.name);
        quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #setter(mut self, #ident: #ty) -> Self {
                self.#ident = Some(#value);
                self
            }
        }
    });
    let serialize = impls::serialize(&name, event.fields.iter().map(impls::serialize_field));
    let members: Vec<_> =
        event.fields.iter().map(|field| (names::field(field), types::declared(field))).collect();
    let arbitrary = impls::arbitrary(&name, &members);
    quote! {
        impl #name {
            /// With the required fields, in the order of their names; the optional ones are absent.
            pub fn new(#(#parameters),*) -> Self {
                Self { #(#values),* }
            }

            #(#setters)*
        }

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

fn parameter_type(field: &Field) -> TokenStream {
    let ty = types::value(field);
    if field.scalar().is_string() { quote!(impl Into<#ty>) } else { ty }
}

fn argument(field: &Field) -> TokenStream {
    let ident = names::field(field);
    if field.scalar().is_string() { quote!(#ident.into()) } else { ident.to_token_stream() }
}
