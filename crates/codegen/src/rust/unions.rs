//! Unions as enums: owned, and as they borrow from a delivery.

use clip_events_contract::model::{Branch, Definition, JsonType, Schema, Value};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::docs::{borrowed_doc, definition_doc, doc_attributes};
use super::model::Model;
use super::names;
use super::schemas::{inline, json_schema};
use super::structs::check;

/// Objects that a key tells apart.
pub(super) fn tagged(
    model: &Model<'_>,
    definition: &Definition,
    tag: &str,
    branches: &[Branch],
) -> TokenStream {
    let name = model.definition(&definition.name);
    let doc = doc_attributes(&definition_doc(definition));
    let texts = branches.iter().map(|branch| branch.value.as_str());
    let variants = names::variants(texts, &["Unknown"]);
    let types: Vec<_> =
        branches.iter().map(|branch| model.definition(&branch.definition)).collect();
    let docs = branches
        .iter()
        .map(|branch| doc_attributes(&format!("`{tag}` is `{}`.", branch.value.escape_debug())));
    let unknown =
        format!(" Another `{tag}` than this release knows: the object as it was written.");
    let boxed: Vec<_> = branches
        .iter()
        .map(|branch| {
            let ty = model.definition(&branch.definition);
            if branch.recursive { quote!(Box<#ty>) } else { quote!(#ty) }
        })
        .collect();
    let froms = variants.iter().zip(&types).zip(&boxed).map(|((variant, ty), boxed)| {
        let value = if *ty == boxed.to_string() { quote!(value) } else { quote!(Box::new(value)) };
        // Two tags may have one shape.
        let is_alone = types.iter().filter(|other| *other == ty).count() == 1;
        is_alone.then(|| {
            quote! {
                impl From<#ty> for #name {
                    fn from(value: #ty) -> Self {
                        Self::#variant(#value)
                    }
                }
            }
        })
    });
    let schema =
        json_schema(&name, &definition.description, &inline(model, &definition.schema), false);
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#docs #variants(#boxed),)*
            #[doc = #unknown]
            Unknown(RawJson),
        }

        #(#froms)*

        #[cfg(feature = "serde")]
        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    #(Self::#variants(value) => value.serialize(serializer),)*
                    Self::Unknown(value) => value.serialize(serializer),
                }
            }
        }

        #schema
    }
}

/// The borrowing form of objects that a key tells apart.
pub(super) fn tagged_ref(
    model: &Model<'_>,
    definition: &Definition,
    tag: &str,
    branches: &[Branch],
) -> TokenStream {
    let name = model.definition(&definition.name);
    let borrowed = names::borrowed(&name);
    let doc = doc_attributes(&borrowed_doc(definition));
    let texts = branches.iter().map(|branch| branch.value.as_str());
    let variants = names::variants(texts, &["Unknown"]);
    let types: Vec<_> = branches
        .iter()
        .map(|branch| names::borrowed(&model.definition(&branch.definition)))
        .collect();
    let docs = branches
        .iter()
        .map(|branch| doc_attributes(&format!("`{tag}` is `{}`.", branch.value.escape_debug())));
    let unknown =
        format!(" Another `{tag}` than this release knows: the object as it was written.");
    let positions: Vec<_> = (0..branches.len()).map(Literal::usize_unsuffixed).collect();
    let table = model.table(&definition.name);
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum #borrowed<'a> {
            #(#docs #variants(View<'a, #types<'a>>),)*
            #[doc = #unknown]
            Unknown(RawJsonRef<'a>),
        }

        impl<'a> Judged<'a> for #borrowed<'a> {
            fn read(json: &'a [u8]) -> Self {
                match crate::view::branch(json, &parser::#table) {
                    #(Some(#positions) => Self::#variants(Judged::read(json)),)*
                    _ => Self::Unknown(Judged::read(json)),
                }
            }
        }

        impl<'a> Judged<'a> for #name {
            fn read(json: &'a [u8]) -> Self {
                Self::first(json).0
            }

            fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
                match crate::view::branch(rest, &parser::#table) {
                    #(Some(#positions) => read_as(rest, Self::#variants),)*
                    _ => read_as(rest, Self::Unknown),
                }
            }
        }

        impl From<#borrowed<'_>> for #name {
            fn from(value: #borrowed<'_>) -> Self {
                match value {
                    #(#borrowed::#variants(value) => Self::#variants(value.owned()),)*
                    #borrowed::Unknown(value) => Self::Unknown(value.into()),
                }
            }
        }

        json_type!(#name, #borrowed, Constraint::Tagged(&parser::#table));
    }
}

/// Values of several JSON types.
pub(super) fn by_type(
    model: &Model<'_>,
    definition: &Definition,
    alternatives: &[Value],
) -> TokenStream {
    let name = model.definition(&definition.name);
    let doc = doc_attributes(&definition_doc(definition));
    let (variants, docs) = by_type_variants(model, alternatives);
    let types: Vec<_> = alternatives.iter().map(|value| model.owned(value)).collect();
    let checks: Vec<_> =
        alternatives.iter().map(|value| check(model, value, &quote!(value))).collect();
    let table = model.table(&definition.name);
    let schema =
        json_schema(&name, &definition.description, &inline(model, &definition.schema), false);
    let is_copy = model.is_copy(&Value::named(&definition.name));
    let copy = is_copy.then(|| quote!(#[derive(Copy)]));
    let arms = arms(model, alternatives, &variants);
    let json_type =
        is_copy.then(|| quote!(json_type!(#name, #name, Constraint::ByType(&parser::#table));));
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        #copy
        pub enum #name {
            #(#docs #variants(#types),)*
        }

        impl<'a> Judged<'a> for #name {
            fn read(json: &'a [u8]) -> Self {
                Self::first(json).0
            }

            fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
                match rest.first() {
                    #arms
                }
            }
        }

        #json_type

        #[cfg(feature = "serde")]
        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    #(Self::#variants(value) => {
                        #checks
                        value.serialize(serializer)
                    })*
                }
            }
        }

        #schema
    }
}

/// The borrowing form of values of several JSON types.
pub(super) fn by_type_ref(
    model: &Model<'_>,
    definition: &Definition,
    alternatives: &[Value],
) -> TokenStream {
    let name = model.definition(&definition.name);
    let borrowed = names::borrowed(&name);
    let doc = doc_attributes(&borrowed_doc(definition));
    let (variants, docs) = by_type_variants(model, alternatives);
    let types = alternatives.iter().map(|value| model.borrowed(value));
    let owned = alternatives.iter().map(|value| model.owned_from(value, &quote!(value)));
    let read = arms(model, alternatives, &variants);
    let table = model.table(&definition.name);
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum #borrowed<'a> {
            #(#docs #variants(#types),)*
        }

        impl<'a> Judged<'a> for #borrowed<'a> {
            fn read(json: &'a [u8]) -> Self {
                Self::first(json).0
            }

            fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
                match rest.first() {
                    #read
                }
            }
        }

        impl From<#borrowed<'_>> for #name {
            fn from(value: #borrowed<'_>) -> Self {
                match value {
                    #(#borrowed::#variants(value) => Self::#variants(#owned),)*
                }
            }
        }

        json_type!(#name, #borrowed, Constraint::ByType(&parser::#table));
    }
}

/// The variants of alternatives that the JSON type tells apart, with their docs.
fn by_type_variants(model: &Model<'_>, alternatives: &[Value]) -> (Vec<Ident>, Vec<TokenStream>) {
    alternatives
        .iter()
        .map(|value| {
            let schema = model.schema(value);
            let name = match (schema, schema.json_type()) {
                (Schema::Integer { .. }, _) => "Integer",
                (_, Some(JsonType::Boolean)) => "Boolean",
                (_, Some(JsonType::Number)) => "Number",
                (_, Some(JsonType::String)) => "String",
                (_, Some(JsonType::Array)) => "Array",
                (_, Some(JsonType::Object) | None) => "Object",
            };
            (format_ident!("{name}"), doc_attributes(&format!("Takes: {value}.")))
        })
        .unzip()
}

/// The arms that tell alternatives apart by their first byte; the last one takes the rest.
fn arms(model: &Model<'_>, alternatives: &[Value], variants: &[Ident]) -> TokenStream {
    let last = alternatives.len() - 1;
    let arms = alternatives.iter().zip(variants).enumerate().map(|(at, (value, variant))| {
        let pattern = match model.schema(value).json_type() {
            _ if at == last => quote!(_),
            Some(JsonType::Boolean) => quote!(Some(b't' | b'f')),
            Some(JsonType::Number) => quote!(Some(b'-' | b'0'..=b'9')),
            Some(JsonType::String) => quote!(Some(b'"')),
            Some(JsonType::Array) => quote!(Some(b'[')),
            Some(JsonType::Object) | None => quote!(Some(b'{')),
        };
        quote!(#pattern => read_as(rest, Self::#variant),)
    });
    quote!(#(#arms)*)
}
