//! Doc comments.

use proc_macro2::TokenStream;
use quote::quote;

/// `text`, which is Markdown, as doc comments: one for each line. `format` wraps them.
pub(super) fn doc_attributes(text: &str) -> TokenStream {
    let lines =
        text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}
