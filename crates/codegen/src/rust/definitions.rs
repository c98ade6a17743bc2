//! `definitions.rs`: a type for each definition.

use clip_events_contract::model::{
    Definition, Literal as Known, Schema, SchemaRef, StringLimits, Value,
};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::docs::{definition_doc, doc_attributes};
use super::model::{Model, members, option};
use super::schemas::{inline, json_schema};
use super::structs::{Struct, check};
use super::{names, unions};

pub(super) fn render(model: &Model<'_>) -> TokenStream {
    let definitions = model.contract.definitions.values().map(|known| definition(model, known));
    quote! {
        //! The contract's named values: one type each.

        use super::parser;
        use crate::parse::{Bound, Constraint, IntegerLimits, Pattern, Steps, TextLimits};
        use crate::raw::{Integer, RawJson};
        use crate::owned::read_as;
        use crate::view::sealed::Judged;
        use crate::scalar::{
            closed_set, integer_type, json_type, limited_string_type, number_type, string_type,
            wide_integer_type,
        };

        #(#definitions)*
    }
}

fn definition(model: &Model<'_>, definition: &Definition) -> TokenStream {
    let name = model.definition(&definition.name);
    let text = definition_doc(definition);
    let doc = doc_attributes(&text);
    let schema =
        json_schema(&name, &definition.description, &inline(model, &definition.schema), true);
    match &definition.schema {
        Schema::String { limits, .. } => string(model, definition, limits, &doc, &schema),
        Schema::Integer { minimum: Some(minimum), maximum: Some(maximum), multiple_of } => {
            let expected = definition.schema.to_string();
            // One that is never negative holds an unsigned one.
            let integer = if *minimum >= 0 { quote!(u64) } else { quote!(i64) };
            let [minimum, maximum] =
                [minimum, maximum].map(|bound| Literal::i64_unsuffixed(*bound));
            let multiple_of = Literal::u64_unsuffixed(multiple_of.unwrap_or(1));
            quote! {
                #doc
                #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
                pub struct #name(#integer);
                integer_type!(#name, #integer, #minimum, #maximum, #multiple_of, #expected);
                #schema
            }
        }
        Schema::Integer { minimum, maximum, multiple_of } => {
            let expected = definition.schema.to_string();
            let minimum = option(*minimum, Literal::i64_unsuffixed);
            let maximum = option(*maximum, Literal::i64_unsuffixed);
            let multiple_of = option(*multiple_of, Literal::u64_unsuffixed);
            quote! {
                #doc
                #[derive(Clone, Debug, PartialEq, Eq, Hash)]
                pub struct #name(Integer);
                wide_integer_type!(
                    #name,
                    IntegerLimits { minimum: #minimum, maximum: #maximum, multiple_of: #multiple_of },
                    #expected
                );
                #schema
            }
        }
        Schema::Number { multiple_of, .. } => {
            let expected = definition.schema.to_string();
            let constraint = model.constraint(&Value::named(&definition.name));
            let multiple_of = option(*multiple_of, Literal::f64_unsuffixed);
            quote! {
                #doc
                #[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
                pub struct #name(f64);
                number_type!(#name, #constraint, #multiple_of, #expected);
                #schema
            }
        }
        Schema::Enum(literals) => {
            closed_set(&name, &model.table(&definition.name), &doc, literals, &schema)
        }
        Schema::Object(fields) => Struct {
            name,
            doc: text,
            members: members(fields),
            is_whole: false,
            table: format_ident!("{}", model.names.table(&definition.name)),
        }
        .owned(model),
        Schema::Tagged { tag, branches } => unions::tagged(model, definition, tag, branches),
        Schema::ByType(alternatives) => unions::by_type(model, definition, alternatives),
        container @ (Schema::Array { .. } | Schema::Map(_)) if definition.recursive => {
            own_container(model, definition, container)
        }
        alias @ (Schema::Any
        | Schema::Null
        | Schema::Boolean
        | Schema::Array { .. }
        | Schema::Map(_)
        | Schema::Untagged { .. }) => {
            let ty = model.owned_inline(alias);
            quote! {
                #doc
                pub type #name = #ty;
            }
        }
    }
}

/// A closed set: an enum with a variant for each of its members.
fn closed_set(
    name: &Ident,
    table: &Ident,
    doc: &TokenStream,
    literals: &[Known],
    schema: &TokenStream,
) -> TokenStream {
    let shown: Vec<_> = literals
        .iter()
        .map(|literal| match literal {
            Known::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect();
    let variants = names::variants(shown.iter().map(String::as_str), &[]);
    let docs = literals
        .iter()
        .map(|literal| doc_attributes(&format!("`{}`", literal.to_string().replace('`', "'"))));
    let strings: Option<Vec<_>> = literals
        .iter()
        .map(|literal| match literal {
            Known::String(text) => Some(text),
            _ => None,
        })
        .collect();
    let set = if let Some(texts) = strings {
        quote!(closed_set!(#name, parser::#table, texts [#(#variants = #texts),*]);)
    } else {
        let jsons = literals.iter().map(Known::to_string);
        quote!(closed_set!(#name, parser::#table, json [#(#variants = #jsons),*]);)
    };
    quote! {
        #doc
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum #name {
            #(#docs #variants,)*
        }
        #set
        #schema
    }
}

fn known_values(name: &Ident, definition: &Definition) -> TokenStream {
    let Definition { known_values: values, retired_values: retired, .. } = definition;
    let constants = names::constants(values.iter().chain(retired));
    let constants = constants.into_iter().zip(values.iter().chain(retired)).enumerate();
    let constants = constants.filter_map(|(at, (constant, value))| {
        let constant = constant?;
        let doc = doc_attributes(&format!("`{}`", value.escape_debug()));
        let deprecated = (at >= values.len())
            .then(|| quote!(#[deprecated = "the contract does not name it any more"]));
        Some(quote!(#doc #deprecated pub const #constant: &'static str = #value;))
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

/// A newtype of strings.
fn string(
    model: &Model<'_>,
    definition: &Definition,
    limits: &StringLimits,
    doc: &TokenStream,
    schema: &TokenStream,
) -> TokenStream {
    let name = model.definition(&definition.name);
    let has_values = !definition.known_values.is_empty() || !definition.retired_values.is_empty();
    let known_values = has_values.then(|| known_values(&name, definition));
    let declaration = quote! {
        #doc
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct #name(String);
    };
    if limits.are_none() {
        let examples = definition.examples.iter().filter_map(|example| example.as_str());
        return quote! {
            #declaration
            string_type!(#name, [#(#examples),*]);
            #known_values
            #schema
        };
    }
    let expected = definition.schema.to_string();
    let constraint = model.constraint(&Value::named(&definition.name));
    quote! {
        #declaration
        limited_string_type!(#name, #constraint, #expected);
        #known_values
        #schema
    }
}

/// A list or a map that holds itself: a newtype, since no alias can.
fn own_container(model: &Model<'_>, definition: &Definition, container: &Schema) -> TokenStream {
    let name = model.definition(&definition.name);
    let doc = doc_attributes(&definition_doc(definition));
    let ty = model.owned_inline(container);
    let schema = json_schema(&name, &definition.description, &inline(model, container), false);
    let plain = Value { schema: SchemaRef::Inline(container.clone()), ..Value::named("") };
    let check = check(model, &plain, &quote!(&self.0));
    quote! {
        #doc
        #[derive(Clone, Debug, PartialEq)]
        pub struct #name(
            /// What it holds.
            pub #ty,
        );

        #[cfg(feature = "serde")]
        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #check
                self.0.serialize(serializer)
            }
        }

        #schema
    }
}
