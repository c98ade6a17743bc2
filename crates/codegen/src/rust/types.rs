//! The Rust types of fields.

use clip_events_contract::model::{Field, FieldValue, Scalar};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use super::names;

/// The type of a field in an owned struct.
pub(super) fn declared(field: &Field) -> TokenStream {
    optional(field, value(field))
}

/// `ty` as the type of `field`, which may be absent.
pub(super) fn optional(field: &Field, ty: TokenStream) -> TokenStream {
    if field.required { ty } else { quote!(Option<#ty>) }
}

/// The type of a field's value in an owned struct.
pub(super) fn value(field: &Field) -> TokenStream {
    match &field.value {
        FieldValue::Named(definition) => names::definition(definition).to_token_stream(),
        FieldValue::Inline(scalar) => plain(scalar),
    }
}

/// The type that holds the values of `scalar`, bounds aside.
pub(super) fn plain(scalar: &Scalar) -> TokenStream {
    match scalar {
        Scalar::String { .. } => quote!(String),
        Scalar::Boolean => quote!(bool),
        // One that is never negative holds an unsigned one.
        Scalar::Integer { minimum: 0.., .. } => quote!(u64),
        Scalar::Integer { .. } => quote!(i64),
        Scalar::Number { .. } => quote!(f64),
    }
}
