//! `JsonSchema`: what the types say of themselves to schemars.

use clip_events_contract::model::{Bound, Literal, Schema, SchemaRef, Value};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value as Json, json};
use syn::Ident;

use super::model::{Member, Model, is_own_container};

/// `JsonSchema` of the type `name` by an expression for its schema.
pub(super) fn json_schema(
    name: &Ident,
    doc: &str,
    schema: &TokenStream,
    inline: bool,
) -> TokenStream {
    let text = name.to_string();
    let schema = if doc.is_empty() { schema.clone() } else { quote!(described(#schema, #doc)) };
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
                use crate::schema::*;
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
    json_schema(name, doc, &object(model, members), false)
}

/// An expression for the schema of an object with these members.
pub(super) fn object(model: &Model<'_>, members: &[Member<'_>]) -> TokenStream {
    let properties = members.iter().map(|Member { field, .. }| {
        let (key, required) = (&field.name, field.required);
        let schema = value(model, &field.value);
        let schema = match &field.own_description {
            Some(text) if !text.is_empty() => quote!(described(#schema, #text)),
            _ => schema,
        };
        quote!((#key, #required, #schema))
    });
    quote!(object([#(#properties),*]))
}

/// An expression for the schema of `value`.
pub(super) fn value(model: &Model<'_>, value: &Value) -> TokenStream {
    let schema = match &value.schema {
        SchemaRef::Named(name) => {
            let definition = &model.contract.definitions[name];
            match &definition.schema {
                // An alias says nothing of itself.
                schema @ (Schema::Any
                | Schema::Null
                | Schema::Boolean
                | Schema::Array { .. }
                | Schema::Map(_)
                | Schema::Untagged { .. })
                    if !is_own_container(definition) =>
                {
                    inline(model, schema)
                }
                _ => {
                    let name = model.definition(name);
                    quote!(generator.subschema_for::<#name>())
                }
            }
        }
        SchemaRef::Inline(schema) => inline(model, schema),
    };
    if value.nullable { quote!(any_of([#schema, json(r#"{"type":"null"}"#)])) } else { schema }
}

/// An expression for `schema`.
pub(super) fn inline(model: &Model<'_>, schema: &Schema) -> TokenStream {
    match schema {
        Schema::Array { items, minimum, maximum } => {
            let items = value(model, items);
            let mut limits = Map::new();
            if *minimum > 0 {
                limits.insert("minItems".into(), json!(minimum));
            }
            if let Some(maximum) = maximum {
                limits.insert("maxItems".into(), json!(maximum));
            }
            let limits = Json::Object(limits).to_string();
            quote!(array(#items, #limits))
        }
        Schema::Map(values) => {
            let values = value(model, values);
            quote!(map(#values))
        }
        Schema::Object(fields) => object(model, &super::model::members(fields)),
        Schema::Tagged { tag, branches } => {
            let branches = branches.iter().map(|branch| {
                let (known, name) = (&branch.value, model.definition(&branch.definition));
                quote!((#known, generator.subschema_for::<#name>()))
            });
            quote!(tagged(#tag, [#(#branches),*]))
        }
        Schema::ByType(alternatives) | Schema::Untagged { alternatives, exactly_one: false } => {
            let alternatives = alternatives.iter().map(|alternative| value(model, alternative));
            quote!(any_of([#(#alternatives),*]))
        }
        Schema::Untagged { alternatives, exactly_one: true } => {
            let alternatives = alternatives.iter().map(|alternative| value(model, alternative));
            quote!(one_of([#(#alternatives),*]))
        }
        scalar => {
            let text = self::scalar(scalar).to_string();
            quote!(json(#text))
        }
    }
}

/// The schema of a scalar.
fn scalar(schema: &Schema) -> Json {
    let mut keywords = Map::new();
    let mut insert = |keyword: &str, operand: Option<Json>| {
        keywords.extend(operand.map(|operand| (keyword.to_owned(), operand)));
    };
    match schema {
        Schema::Null => insert("type", Some(json!("null"))),
        Schema::Boolean => insert("type", Some(json!("boolean"))),
        Schema::String { limits, .. } => {
            insert("type", Some(json!("string")));
            insert("minLength", (limits.minimum > 0).then(|| json!(limits.minimum)));
            insert("maxLength", limits.maximum.map(|maximum| json!(maximum)));
            match &limits.patterns[..] {
                [] => {}
                [pattern] => insert("pattern", Some(json!(pattern))),
                patterns => {
                    let all = patterns.iter().map(|pattern| json!({ "pattern": pattern }));
                    insert("allOf", Some(all.collect()));
                }
            }
        }
        Schema::Integer { minimum, maximum, multiple_of } => {
            insert("type", Some(json!("integer")));
            insert("minimum", minimum.map(|minimum| json!(minimum)));
            insert("maximum", maximum.map(|maximum| json!(maximum)));
            insert("multipleOf", multiple_of.map(|divisor| json!(divisor)));
        }
        Schema::Number { minimum, maximum, multiple_of } => {
            insert("type", Some(json!("number")));
            for (bound, inclusive, exclusive) in
                [(minimum, "minimum", "exclusiveMinimum"), (maximum, "maximum", "exclusiveMaximum")]
            {
                if let Some(Bound { value, exclusive: is_exclusive }) = bound {
                    insert(if *is_exclusive { exclusive } else { inclusive }, number(*value));
                }
            }
            insert("multipleOf", multiple_of.and_then(number));
        }
        Schema::Enum(literals) => {
            let literals = literals.iter().map(|literal| match literal {
                Literal::Boolean(value) => json!(value),
                Literal::Integer(value) => json!(value),
                Literal::String(text) => json!(text),
            });
            insert("enum", Some(literals.collect()));
        }
        // Whatever is not a scalar has been seen to; `Any` says nothing.
        _ => {}
    }
    Json::Object(keywords)
}

/// `value` as JSON: 0 and not 0.0, as people write it.
fn number(value: f64) -> Option<Json> {
    serde_json::from_str(&value.to_string()).ok()
}
