//! `data.rs`: the data shapes. typify makes the structs from the lifted schemas; each thing that it
//! does otherwise than this crate needs is mended by one named fixup, which fails once it is dead.

use std::iter;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use schemars::schema::{InstanceType, ObjectValidation, Schema, SchemaObject};
use syn::punctuated::Punctuated;
use syn::{Fields, Item, ItemStruct, parse_quote};
use typify::{TypeSpace, TypeSpaceSettings};

use super::{CodegenError, doc_attributes};
use clip_events_contract::model::{Contract, EventShape, Field, FieldValue, Scalar};

pub(super) fn render(contract: &Contract) -> Result<TokenStream, CodegenError> {
    let mut structs = structs(contract)?;
    drop_prelude(&mut structs)?;
    let mut structs: Vec<_> = structs
        .into_iter()
        .filter_map(|item| if let Item::Struct(item) = item { Some(item) } else { None })
        .collect();
    restore_declared_order(&mut structs, contract)?;
    drop_serde(&mut structs)?;
    restore_docs(&mut structs, contract)?;
    let impls = contract.events.iter().map(shape_impls);
    Ok(quote! {
        //! The shapes of `data`: one struct for each event type.

        use super::definitions::*;

        #(#structs)*
        #(#impls)*
    })
}

/// The structs as typify makes them.
fn structs(contract: &Contract) -> Result<Vec<Item>, CodegenError> {
    let mut settings = TypeSpaceSettings::default();
    settings.with_attr("#[non_exhaustive]".into());
    settings.with_derive("PartialEq".into());
    for definition in &contract.definitions {
        settings.with_replacement(&definition.name, &definition.name, iter::empty());
    }
    let mut types = TypeSpace::new(&settings);
    let definitions = contract
        .definitions
        .iter()
        .map(|definition| (definition.name.clone(), scalar(&definition.scalar)));
    let shapes = contract.events.iter().map(|shape| (shape.type_name(), object(shape)));
    types.add_ref_types(definitions.chain(shapes))?;
    let file = syn::parse2::<syn::File>(types.to_stream());
    file.map(|file| file.items).map_err(|error| CodegenError::Syntax { path: "typify", error })
}

fn object(shape: &EventShape) -> Schema {
    let properties = shape.fields.iter().map(|field| {
        let schema = match &field.value {
            FieldValue::Named(name) => Schema::new_ref(format!("#/$defs/{name}")),
            FieldValue::Inline(inline) => scalar(inline),
        };
        (field.name.clone(), schema)
    });
    let required = shape.fields.iter().filter(|field| field.required);
    Schema::Object(SchemaObject {
        instance_type: Some(InstanceType::Object.into()),
        object: Some(Box::new(ObjectValidation {
            properties: properties.collect(),
            required: required.map(|field| field.name.clone()).collect(),
            ..ObjectValidation::default()
        })),
        ..SchemaObject::default()
    })
}

/// The bare type: bounds live in the newtypes of `definitions.rs`, since typify drops them.
fn scalar(scalar: &Scalar) -> Schema {
    let instance_type = match scalar {
        Scalar::String { .. } => InstanceType::String,
        Scalar::Boolean => InstanceType::Boolean,
        Scalar::Integer { .. } => InstanceType::Integer,
        Scalar::Number { .. } => InstanceType::Number,
    };
    Schema::Object(SchemaObject {
        instance_type: Some(instance_type.into()),
        ..SchemaObject::default()
    })
}

/// typify adds a module with an error type for conversions that the shapes do not have.
fn drop_prelude(items: &mut Vec<Item>) -> Result<(), CodegenError> {
    let before = items.len();
    items.retain(|item| !matches!(item, Item::Mod(_)));
    changed(items.len() < before, "drop_prelude")
}

/// typify sorts fields by name; the contract's order is what people read and what is sent.
fn restore_declared_order(
    structs: &mut [ItemStruct],
    contract: &Contract,
) -> Result<(), CodegenError> {
    // In a contract whose fields all happen to be sorted, there is nothing to tell by.
    let mut applied =
        contract.events.iter().all(|shape| shape.fields.is_sorted_by_key(|field| &field.name));
    for (item, shape) in pairs(structs, contract) {
        let Fields::Named(fields) = &mut item.fields else { continue };
        let position = |field: &syn::Field| {
            shape.fields.iter().position(|declared| declared.name == serde_name(field))
        };
        let mut ordered: Vec<_> = fields.named.iter().cloned().collect();
        applied |= !ordered.is_sorted_by_key(position);
        ordered.sort_by_key(position);
        fields.named = ordered.into_iter().collect::<Punctuated<_, syn::Token![,]>>();
    }
    changed(applied, "restore_declared_order")
}

/// typify derives serde always. Here serde is a feature without its derive, which would be half of what a user compiles:
/// `Serialize` is rendered below, and `Deserialize` goes through the crate's one parser (a derived one rounds numbers,
/// takes arrays for objects and `null` for absence).
fn drop_serde(structs: &mut [ItemStruct]) -> Result<(), CodegenError> {
    let mut applied = false;
    for item in structs {
        for attribute in &mut item.attrs {
            if attribute.path().is_ident("derive")
                && attribute.to_token_stream().to_string().contains("serde")
            {
                *attribute = parse_quote!(#[derive(Clone, Debug, PartialEq)]);
                applied = true;
            }
        }
        item.attrs
            .push(parse_quote!(#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]));
        for field in &mut item.fields {
            // A keyword such as `type` becomes `type_` with a rename; a raw identifier says the same, once.
            field.ident = Some(ident(&serde_name(field)));
            field.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
            if field.ty.to_token_stream().to_string().contains("Option") {
                field.attrs.push(parse_quote!(
                    #[cfg_attr(feature = "schemars1", schemars(skip_serializing_if = "Option::is_none"))]
                ));
            }
        }
    }
    changed(applied, "drop_serde")
}

/// typify documents a struct by its name alone and a `$ref` field not at all.
fn restore_docs(structs: &mut [ItemStruct], contract: &Contract) -> Result<(), CodegenError> {
    let mut applied = false;
    for (item, shape) in pairs(structs, contract) {
        let docs = doc_attributes(&format!("`{}`: {}", shape.event_type, shape.description));
        let docs: ItemStruct = parse_quote!(#docs struct Docs;);
        let before = item.attrs.len();
        item.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
        applied |= item.attrs.len() < before;
        item.attrs.splice(0..0, docs.attrs);
        for (field, declared) in item.fields.iter_mut().zip(&shape.fields) {
            let docs = doc_attributes(contract.description(declared));
            let docs: ItemStruct = parse_quote!(#docs struct Docs;);
            field.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
            field.attrs.splice(0..0, docs.attrs);
        }
    }
    changed(applied, "restore_docs")
}

fn pairs<'a>(
    structs: &'a mut [ItemStruct],
    contract: &'a Contract,
) -> impl Iterator<Item = (&'a mut ItemStruct, &'a EventShape)> {
    structs.iter_mut().filter_map(|item| {
        let shape = contract.events.iter().find(|shape| item.ident == shape.type_name())?;
        Some((item, shape))
    })
}

fn changed(applied: bool, fixup: &'static str) -> Result<(), CodegenError> {
    if applied { Ok(()) } else { Err(CodegenError::DeadFixup(fixup)) }
}

/// The conversions of one shape.
fn shape_impls(shape: &EventShape) -> TokenStream {
    let name = format_ident!("{}", shape.type_name());
    let idents: Vec<_> = shape.fields.iter().map(ident_of).collect();
    let entries = shape.fields.iter().map(|field| {
        let (key, ident) = (&field.name, ident_of(field));
        if field.required {
            quote!(map.serialize_entry(#key, &self.#ident)?;)
        } else {
            quote!(if let Some(value) = &self.#ident { map.serialize_entry(#key, value)?; })
        }
    });
    let strategies = shape.fields.iter().map(|field| {
        let ty = field_type(field);
        if field.required { quote!(any::<#ty>()) } else { quote!(any::<Option<#ty>>()) }
    });
    let strategy = pairs_of(strategies, &quote!(Just(())));
    let pattern = pairs_of(idents.iter().map(ToTokens::to_token_stream), &quote!(()));
    quote! {
        #[cfg(feature = "serde")]
        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                #(#entries)*
                map.end()
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for #name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::de::parse(deserializer, crate::parse::data::<Self>)
            }
        }

        #[cfg(feature = "proptest1")]
        impl proptest::arbitrary::Arbitrary for #name {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
                use proptest::prelude::{Just, Strategy as _, any};
                #strategy.prop_map(|#pattern| Self { #(#idents),* }).boxed()
            }
        }
    }
}

/// `(a, (b, end))`: tuples are strategies only up to some length, pairs of pairs are of any.
pub(super) fn pairs_of(
    items: impl DoubleEndedIterator<Item = TokenStream>,
    end: &TokenStream,
) -> TokenStream {
    items.rev().fold(end.clone(), |rest, item| quote!((#item, #rest)))
}

/// The key that serde gives a field of typify's.
fn serde_name(field: &syn::Field) -> String {
    let mut name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // What is no rename is of no interest here, and typify writes what syn reads.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = meta.value()?.parse::<syn::LitStr>()?.value();
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            }
            Ok(())
        });
    }
    name
}

/// The field's name as a Rust identifier.
pub(super) fn ident_of(field: &Field) -> syn::Ident {
    ident(&field.name)
}

pub(super) fn ident(name: &str) -> syn::Ident {
    syn::parse_str(name).unwrap_or_else(|_| format_ident!("r#{name}"))
}

/// The Rust type of a required field's value.
pub(super) fn field_type(field: &Field) -> TokenStream {
    match &field.value {
        FieldValue::Named(name) => format_ident!("{name}").to_token_stream(),
        FieldValue::Inline(Scalar::String { .. }) => quote!(String),
        FieldValue::Inline(Scalar::Boolean) => quote!(bool),
        FieldValue::Inline(_) => quote!(f64),
    }
}

pub(super) fn is_string(contract: &Contract, field: &Field) -> bool {
    matches!(contract.scalar(field), Scalar::String { .. })
}
