//! Implementations of foreign traits that the envelope and the shapes have alike.

use clip_events_contract::model::Field;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::names;

/// The statement that writes a field into the `map` of [`serialize`].
pub(super) fn serialize_field(field: &Field) -> TokenStream {
    let (key, ident) = (&field.name, names::field(field));
    if field.required {
        quote!(map.serialize_entry(#key, &self.#ident)?;)
    } else {
        quote!(if let Some(value) = &self.#ident { map.serialize_entry(#key, value)?; })
    }
}

/// `Serialize` of the struct `name`, which writes its members by `entries`.
pub(super) fn serialize(
    name: &Ident,
    entries: impl IntoIterator<Item = TokenStream>,
) -> TokenStream {
    let entries: Vec<_> = entries.into_iter().collect();
    let mutable = (!entries.is_empty()).then(|| quote!(mut));
    quote! {
        #[cfg(feature = "serde")]
        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;

                let #mutable map = serializer.serialize_map(None)?;
                #(#entries)*
                map.end()
            }
        }
    }
}

/// The mark of a field that may be absent, for schemars: left out, never `null`.
pub(super) fn optional_mark() -> TokenStream {
    quote!(#[cfg_attr(feature = "schemars1", schemars(skip_serializing_if = "Option::is_none"))])
}

/// `Arbitrary` of the struct `name` with `members`: their names and types.
pub(super) fn arbitrary(name: &Ident, members: &[(Ident, TokenStream)]) -> TokenStream {
    let idents: Vec<_> = members.iter().map(|(ident, _)| ident).collect();
    let strategies: Vec<_> = members.iter().map(|(_, ty)| quote!(any::<#ty>())).collect();
    let strategy = nested(&strategies, &quote!(proptest::strategy::Just(())));
    let patterns: Vec<_> = idents.iter().map(|ident| quote!(#ident)).collect();
    let pattern = nested(&patterns, &quote!(()));
    let any = (!members.is_empty()).then(|| quote!(, any));
    quote! {
        #[cfg(feature = "proptest1")]
        impl proptest::arbitrary::Arbitrary for #name {
            type Parameters = ();
            type Strategy = proptest::strategy::BoxedStrategy<Self>;

            fn arbitrary_with((): Self::Parameters) -> Self::Strategy {
                use proptest::prelude::{Strategy as _ #any};

                #strategy.prop_map(|#pattern| Self { #(#idents),* }).boxed()
            }
        }
    }
}

/// `((a, b), (c, d))`, or `none`: tuples are strategies only up to some length, pairs of pairs are of any.
fn nested(items: &[TokenStream], none: &TokenStream) -> TokenStream {
    match items {
        [] => none.clone(),
        [item] => item.clone(),
        _ => {
            let (left, right) = items.split_at(items.len() / 2);
            let (left, right) = (nested(left, none), nested(right, none));
            quote!((#left, #right))
        }
    }
}
