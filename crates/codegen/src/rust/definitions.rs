//! `definitions.rs`: a newtype for each definition.

use clip_events_contract::Contract;
use clip_events_contract::model::{Bound, Definition, Scalar};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::docs::doc_attributes;
use super::{names, types};

pub(super) fn render(contract: &Contract) -> TokenStream {
    let definitions = contract.definitions.iter().map(|definition| newtype(definition));
    quote! {
        //! The contract's shared values: one newtype each.

        use crate::scalar::{integer_type, number_type, string_type};

        #(#definitions)*
    }
}

fn newtype(definition: &Definition) -> TokenStream {
    let name = names::definition(definition);
    let doc = doc(definition);
    let examples = &definition.examples;
    match &definition.scalar {
        Scalar::String { .. } => {
            let examples = examples.iter().filter_map(|example| example.as_str());
            let known_values =
                (!definition.known_values.is_empty()).then(|| known_values(definition));
            quote! {
                #doc
                #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
                #[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema), schemars(inline))]
                pub struct #name(String);
                string_type!(#name, [#(#examples),*]);
                #known_values
            }
        }
        Scalar::Boolean => quote! {
            #doc
            pub type #name = bool;
        },
        Scalar::Integer { minimum, maximum } => {
            let expected = definition.scalar.to_string();
            let integer = types::plain(&definition.scalar);
            let [minimum, maximum] =
                [minimum, maximum].map(|bound| Literal::i64_unsuffixed(*bound));
            quote! {
                #doc
                #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
                #[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema), schemars(inline))]
                pub struct #name(
                    #[cfg_attr(feature = "schemars1", schemars(range(min = Self::MIN.get(), max = Self::MAX.get())))] #integer,
                );
                integer_type!(#name, #integer, #minimum, #maximum, #expected);
            }
        }
        Scalar::Number { minimum, maximum } => {
            let expected = definition.scalar.to_string();
            let sides = [
                (minimum, "minimum", "exclusiveMinimum"),
                (maximum, "maximum", "exclusiveMaximum"),
            ];
            let keywords = sides.into_iter().filter_map(|(bound, inclusive, exclusive)| {
                let Bound { value, exclusive: is_exclusive } = bound.as_ref()?;
                let keyword = if *is_exclusive { exclusive } else { inclusive };
                let value = Literal::f64_unsuffixed(*value);
                Some(quote!(extend(#keyword = #value)))
            });
            let keywords: Vec<_> = keywords.collect();
            let range = (!keywords.is_empty())
                .then(|| quote!(#[cfg_attr(feature = "schemars1", schemars(#(#keywords),*))]));
            let [minimum, maximum] = [minimum, maximum].map(|side| bound(side.as_ref()));
            quote! {
                #doc
                #[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
                #[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema), schemars(inline))]
                pub struct #name(#range f64);
                number_type!(#name, #minimum, #maximum, #expected);
            }
        }
    }
}

fn bound(bound: Option<&Bound>) -> TokenStream {
    let Some(Bound { value, exclusive }) = bound else { return quote!(Unbounded) };
    let value = Literal::f64_unsuffixed(*value);
    if *exclusive { quote!(Excluded(#value)) } else { quote!(Included(#value)) }
}

fn doc(definition: &Definition) -> TokenStream {
    let mut lines = vec![definition.description.clone()];
    let is_number = matches!(definition.scalar, Scalar::Integer { .. } | Scalar::Number { .. });
    if is_number || definition.description.is_empty() {
        lines.push(format!("Takes: {}.", definition.scalar));
    }
    lines.extend(definition.unit.as_ref().map(|unit| format!("Unit: {unit}.")));
    let doc = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n\n");
    doc_attributes(&doc)
}

fn known_values(definition: &Definition) -> TokenStream {
    let name = names::definition(definition);
    let values = &definition.known_values;
    let constants = values.iter().map(|value| {
        let constant = names::constant(value);
        let doc = doc_attributes(&format!("`{}`", value.escape_debug()));
        quote!(#doc pub const #constant: &'static str = #value;)
    });
    quote! {
        /// The values known to this release. An open set: compare with these, and expect others.
        impl #name {
            #(#constants)*

            /// All of them.
            pub const KNOWN: &'static [&'static str] = &[#(#values),*];
        }
    }
}
