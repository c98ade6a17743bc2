//! `definitions.rs`: a type for each definition.

use clip_events_contract::model::{
    Bound, Definition, JsonType, Literal as Known, Schema, SchemaRef, Value,
};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::borrowed::arms;
use super::docs::doc_attributes;
use super::model::{Model, option};
use super::names;
use super::schemas::{inline, json_schema};
use super::structs::{Struct, check, members};

pub(super) fn render(model: &Model<'_>) -> TokenStream {
    let definitions = model.contract.definitions.values().map(|known| definition(model, known));
    quote! {
        //! The contract's named values: one type each.

        use super::borrowed::*;
        use super::parser;
        use crate::parse::{Constraint, IntegerLimits, Pattern, TextLimits};
        use crate::raw::{Integer, RawJson};
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
    let text = doc(definition);
    let doc = doc_attributes(&text);
    let schema =
        json_schema(&name, &definition.description, &inline(model, &definition.schema), true);
    match &definition.schema {
        Schema::String { limits, .. } => {
            let known_values = (!definition.known_values.is_empty())
                .then(|| known_values(&name, &definition.known_values));
            let declaration = quote! {
                #doc
                #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
                pub struct #name(String);
            };
            if *limits == Default::default() {
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
        Schema::Number { minimum, maximum, multiple_of } => {
            let expected = definition.schema.to_string();
            let [minimum, maximum] = [minimum, maximum].map(|side| bound(side.as_ref()));
            let multiple_of = option(*multiple_of, Literal::f64_unsuffixed);
            quote! {
                #doc
                #[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
                pub struct #name(f64);
                number_type!(#name, #minimum, #maximum, #multiple_of, #expected);
                #schema
            }
        }
        Schema::Enum(literals) => closed_set(&name, &doc, literals, &schema),
        Schema::Object(fields) => Struct {
            name,
            doc: text,
            members: members(fields),
            table: format_ident!("{}", model.names.table(&definition.name)),
        }
        .owned(model),
        Schema::Tagged { tag, branches } => {
            let texts = branches.iter().map(|branch| branch.value.as_str());
            let variants = names::variants(texts, &["Unknown"]);
            let types: Vec<_> =
                branches.iter().map(|branch| model.definition(&branch.definition)).collect();
            let docs = branches.iter().map(|branch| {
                doc_attributes(&format!("`{tag}` is `{}`.", branch.value.escape_debug()))
            });
            let unknown =
                format!(" Another `{tag}` than this release knows: the object as it was written.");
            let table = model.table(&definition.name);
            let borrowed = names::borrowed(&name);
            let boxed: Vec<_> = branches
                .iter()
                .map(|branch| {
                    let ty = model.definition(&branch.definition);
                    if branch.recursive { quote!(Box<#ty>) } else { quote!(#ty) }
                })
                .collect();
            let froms = variants.iter().zip(&types).zip(&boxed).map(|((variant, ty), boxed)| {
                let value = if boxed.to_string() == ty.to_string() {
                    quote!(value)
                } else {
                    quote!(Box::new(value))
                };
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
            let schema = json_schema(
                &name,
                &definition.description,
                &inline(model, &definition.schema),
                false,
            );
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

                json_type!(#name, #borrowed, Constraint::Tagged(&parser::#table));

                #schema
            }
        }
        Schema::ByType(alternatives) => {
            let (variants, docs) = by_type_variants(model, alternatives);
            let types: Vec<_> = alternatives.iter().map(|value| model.owned(value)).collect();
            let table = model.table(&definition.name);
            let schema = json_schema(
                &name,
                &definition.description,
                &inline(model, &definition.schema),
                false,
            );
            let is_copy = model.is_copy(&Value::named(&definition.name));
            let copy = is_copy.then(|| quote!(#[derive(Copy)]));
            let borrowed = if is_copy { name.clone() } else { names::borrowed(&name) };
            let read = is_copy.then(|| {
                let arms = arms(model, alternatives, &variants);
                quote! {
                    impl Judged<'_> for #name {
                        fn read(json: &[u8]) -> Self {
                            match json.first() {
                                #arms
                            }
                        }
                    }
                }
            });
            quote! {
                #doc
                #[derive(Clone, Debug, PartialEq)]
                #copy
                pub enum #name {
                    #(#docs #variants(#types),)*
                }

                #read

                #[cfg(feature = "serde")]
                impl serde::Serialize for #name {
                    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                        match self {
                            #(Self::#variants(value) => value.serialize(serializer),)*
                        }
                    }
                }

                json_type!(#name, #borrowed, Constraint::ByType(&parser::#table));

                #schema
            }
        }
        container @ (Schema::Array { .. } | Schema::Map(_)) if definition.recursive => {
            let ty = model.owned_inline(container);
            let constraint = model.constraint(&Value::named(&definition.name));
            let borrowed = names::borrowed(&name);
            let schema =
                json_schema(&name, &definition.description, &inline(model, container), false);
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

                json_type!(#name, #borrowed, { use parser::*; #constraint });

                #schema
            }
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

/// The variants of alternatives that the JSON type tells apart, with their docs.
pub(super) fn by_type_variants(
    model: &Model<'_>,
    alternatives: &[Value],
) -> (Vec<Ident>, Vec<TokenStream>) {
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

/// A closed set: an enum with a variant for each of its members.
fn closed_set(
    name: &Ident,
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
    let set = match strings {
        Some(texts) => quote!(closed_set!(#name, texts [#(#variants = #texts),*]);),
        None => {
            let jsons = literals.iter().map(Known::to_string);
            quote!(closed_set!(#name, json [#(#variants = #jsons),*]);)
        }
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

fn bound(bound: Option<&Bound>) -> TokenStream {
    let Some(Bound { value, exclusive }) = bound else { return quote!(Unbounded) };
    let value = Literal::f64_unsuffixed(*value);
    if *exclusive { quote!(Excluded(#value)) } else { quote!(Included(#value)) }
}

fn doc(definition: &Definition) -> String {
    let mut lines = vec![definition.description.clone()];
    let says_values = !matches!(
        &definition.schema,
        Schema::String { limits, .. } if *limits == Default::default()
    ) && !matches!(&definition.schema, Schema::Object(_) | Schema::Boolean);
    if says_values || definition.description.is_empty() {
        lines.push(format!("Takes: {}.", definition.schema));
    }
    lines.extend(definition.unit.as_ref().map(|unit| format!("Unit: {unit}.")));
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn known_values(name: &Ident, values: &[String]) -> TokenStream {
    let constants = names::constants(values.iter());
    let constants = constants.into_iter().zip(values).filter_map(|(constant, value)| {
        let constant = constant?;
        let doc = doc_attributes(&format!("`{}`", value.escape_debug()));
        Some(quote!(#doc pub const #constant: &'static str = #value;))
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
