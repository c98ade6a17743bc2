//! `JsonSchema`: what the types say of themselves to schemars.

use clip_events_contract::model::{Bound, Literal as Known, Schema, SchemaRef, Value};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Ident;

use super::model::{Member, Model};

/// `JsonSchema` of the type `name` by the tokens of its schema, JSON in which Rust expressions may stand.
pub(super) fn json_schema(
    name: &Ident,
    doc: &str,
    schema: &TokenStream,
    inline: bool,
) -> TokenStream {
    let text = name.to_string();
    let schema = quote!(schemars::json_schema!(#schema));
    let schema =
        if doc.is_empty() { schema } else { quote!(crate::schema::described(#schema, #doc)) };
    let inline = inline.then(|| {
        quote! {
            fn inline_schema() -> bool {
                true
            }
        }
    });
    quote! {
        #[cfg(feature = "schemars1")]
        impl schemars::JsonSchema for #name {
            #inline

            fn schema_name() -> std::borrow::Cow<'static, str> {
                #text.into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                #schema
            }
        }
    }
}

/// `JsonSchema` of the struct `name`.
pub(super) fn object_schema(
    model: &Model<'_>,
    name: &Ident,
    doc: &str,
    members: &[Member<'_>],
) -> TokenStream {
    let schema = object(model, members);
    json_schema(name, doc, &schema, false)
}

/// The schema of an object with these members.
fn object(model: &Model<'_>, members: &[Member<'_>]) -> TokenStream {
    let properties = properties(model, members);
    let required: Vec<_> = members
        .iter()
        .filter(|member| member.field.required)
        .map(|member| &member.field.name)
        .collect();
    let required = (!required.is_empty()).then(|| quote!(, "required": [#(#required),*]));
    let properties = (!members.is_empty()).then(|| quote!(, "properties": { #(#properties),* }));
    quote!({ "type": "object" #properties #required })
}

/// The members of `properties`.
pub(super) fn properties(model: &Model<'_>, members: &[Member<'_>]) -> Vec<TokenStream> {
    members
        .iter()
        .map(|Member { field, .. }| {
            let key = &field.name;
            let schema = value(model, &field.value);
            let described = match &field.own_description {
                Some(text) if !text.is_empty() => quote!(crate::schema::described(#schema, #text)),
                _ => schema,
            };
            quote!(#key: #described)
        })
        .collect()
}

/// An expression for the schema of `value`.
pub(super) fn value(model: &Model<'_>, value: &Value) -> TokenStream {
    let schema = match &value.schema {
        SchemaRef::Named(name) => match &model.contract.definitions[name].schema {
            // An alias says nothing of itself.
            schema @ (Schema::Any
            | Schema::Null
            | Schema::Boolean
            | Schema::Array { .. }
            | Schema::Map(_)) => {
                let schema = inline(model, schema);
                quote!(schemars::json_schema!(#schema))
            }
            _ => {
                let name = model.definition(name);
                quote!(generator.subschema_for::<#name>())
            }
        },
        SchemaRef::Inline(schema) => {
            let schema = inline(model, schema);
            quote!(schemars::json_schema!(#schema))
        }
    };
    if value.nullable {
        quote!(schemars::json_schema!({ "anyOf": [#schema, { "type": "null" }] }))
    } else {
        schema
    }
}

/// The tokens of `schema`, an object of JSON.
pub(super) fn inline(model: &Model<'_>, schema: &Schema) -> TokenStream {
    match schema {
        Schema::Any => quote!({}),
        Schema::Null => quote!({ "type": "null" }),
        Schema::Boolean => quote!({ "type": "boolean" }),
        Schema::String { limits, .. } => {
            let minimum = (limits.minimum > 0).then(|| {
                let minimum = Literal::u64_suffixed(limits.minimum);
                quote!(, "minLength": #minimum)
            });
            let maximum = limits.maximum.map(|maximum| {
                let maximum = Literal::u64_suffixed(maximum);
                quote!(, "maxLength": #maximum)
            });
            let patterns = match &limits.patterns[..] {
                [] => quote!(),
                [pattern] => quote!(, "pattern": #pattern),
                patterns => quote!(, "allOf": [#({ "pattern": #patterns }),*]),
            };
            quote!({ "type": "string" #minimum #maximum #patterns })
        }
        Schema::Integer { minimum, maximum, multiple_of } => {
            let minimum = minimum.map(|minimum| {
                let minimum = Literal::i64_suffixed(minimum);
                quote!(, "minimum": #minimum)
            });
            let maximum = maximum.map(|maximum| {
                let maximum = Literal::i64_suffixed(maximum);
                quote!(, "maximum": #maximum)
            });
            let multiple_of = multiple_of.map(|divisor| {
                let divisor = Literal::u64_suffixed(divisor);
                quote!(, "multipleOf": #divisor)
            });
            quote!({ "type": "integer" #minimum #maximum #multiple_of })
        }
        Schema::Number { minimum, maximum } => {
            let sides = [
                (minimum, "minimum", "exclusiveMinimum"),
                (maximum, "maximum", "exclusiveMaximum"),
            ];
            let bounds = sides.into_iter().filter_map(|(bound, inclusive, exclusive)| {
                let Bound { value, exclusive: is_exclusive } = bound.as_ref()?;
                let keyword = if *is_exclusive { exclusive } else { inclusive };
                #[expect(clippy::cast_possible_truncation, reason = "an integer far below 2^63")]
                let literal = if value.fract() == 0.0 && value.abs() < 9e15 {
                    Literal::i64_suffixed(*value as i64)
                } else {
                    Literal::f64_suffixed(*value)
                };
                Some(quote!(, #keyword: #literal))
            });
            quote!({ "type": "number" #(#bounds)* })
        }
        Schema::Enum(literals) => {
            let literals = literals.iter().map(|literal| match literal {
                Known::Boolean(value) => quote!(#value),
                Known::Integer(value) => {
                    let value = Literal::i64_suffixed(*value);
                    quote!(#value)
                }
                Known::String(text) => quote!(#text),
            });
            quote!({ "enum": [#(#literals),*] })
        }
        Schema::Array { items, minimum, maximum } => {
            let items = value(model, items);
            let minimum = (*minimum > 0).then(|| {
                let minimum = Literal::u64_suffixed(*minimum);
                quote!(, "minItems": #minimum)
            });
            let maximum = maximum.map(|maximum| {
                let maximum = Literal::u64_suffixed(maximum);
                quote!(, "maxItems": #maximum)
            });
            quote!({ "type": "array", "items": #items #minimum #maximum })
        }
        Schema::Map(values) => {
            let values = value(model, values);
            quote!({ "type": "object", "additionalProperties": #values })
        }
        Schema::Object(fields) => object(model, &super::model::members(fields)),
        Schema::Tagged { tag, branches } => {
            let branches = branches.iter().map(|branch| {
                let (known, name) = (&branch.value, model.definition(&branch.definition));
                quote!({
                    "if": { "properties": { #tag: { "const": #known } }, "required": [#tag] },
                    "then": generator.subschema_for::<#name>()
                })
            });
            quote!({
                "type": "object",
                "required": [#tag],
                "properties": { #tag: { "type": "string" } },
                "allOf": [#(#branches),*]
            })
        }
        Schema::ByType(alternatives) => {
            let alternatives = alternatives.iter().map(|alternative| value(model, alternative));
            quote!({ "anyOf": [#(#alternatives),*] })
        }
    }
}
