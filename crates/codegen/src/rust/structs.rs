//! Objects as structs: owned, as they borrow from a delivery, and what the two implement.

use clip_events_contract::model::{Schema, Value};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Ident;

use super::docs::{doc_attributes, field_doc};
use super::model::{Member, Model, is_own_container, optional};
use super::names;
use super::schemas::{json_schema, object_schema, value};

/// A struct of an object.
pub(super) struct Struct<'a> {
    pub(super) name: Ident,
    pub(super) doc: String,
    pub(super) members: Vec<Member<'a>>,
    /// Whether the only member is not one in JSON, but all of it.
    pub(super) is_whole: bool,
    /// The parser's table.
    pub(super) table: Ident,
}

impl Struct<'_> {
    /// The owned struct, and what it implements.
    pub(super) fn owned(&self, model: &Model<'_>) -> TokenStream {
        let Self { name, doc, members, is_whole, .. } = self;
        let declarations = members.iter().map(|Member { field, ident }| {
            let docs = doc_attributes(&field_doc(model.contract, field));
            let ty = model.owned_field(field);
            quote!(#docs pub #ident: #ty)
        });
        let docs = doc_attributes(doc);
        let (serialize, schema) = match &members[..] {
            [whole] if *is_whole => {
                let schema = value(model, &whole.field.value);
                (serialize_whole(model, name, whole), json_schema(name, doc, &schema, false))
            }
            members => {
                let entries = members.iter().map(|member| serialize_field(model, member));
                let serialize = serialize(name, &entries.collect::<Vec<_>>());
                (serialize, object_schema(model, name, doc, members))
            }
        };
        quote! {
            #docs
            #[derive(Clone, Debug, PartialEq)]
            #[non_exhaustive]
            pub struct #name {
                #(#declarations,)*
            }

            #serialize

            #schema
        }
    }

    /// The borrowing struct, and how it becomes the owned one.
    pub(super) fn borrowed(&self, model: &Model<'_>, is_recursive: bool) -> TokenStream {
        let inner = if is_recursive { quote!(Some(&mut pass_over)) } else { quote!(None) };
        let Self { name, doc, members, is_whole, table } = self;
        let borrowed = names::borrowed(name);
        let docs = doc_attributes(doc);
        let declarations = members.iter().map(|member| declaration(model, member));
        let idents: Vec<_> = members.iter().map(|member| &member.ident).collect();
        let locals: Vec<_> =
            (0..members.len()).map(|at| quote::format_ident!("slot_{at}")).collect();
        let values = members.iter().zip(&locals).map(|(Member { field, ident }, local)| {
            if field.required {
                quote!(#ident: Judged::take(#local))
            } else {
                quote!(#ident: optional(#local))
            }
        });
        let owned = members.iter().map(|member| owned(model, member));
        let count = Literal::usize_unsuffixed(members.len());
        let (marker, mark) = marker(model, members);
        let data = if idents.is_empty() { quote!(_) } else { quote!(data) };
        let read = match idents[..] {
            [] => quote!(fn read(_: &'a [u8]) -> Self { #borrowed { #mark } }),
            _ if *is_whole => quote! {
                fn read(json: &'a [u8]) -> Self {
                    #(let #locals = parse::Slot::Json(json);)*
                    #borrowed { #(#values,)* #mark }
                }
            },
            _ => quote! {
                fn read(json: &'a [u8]) -> Self {
                    Self::first(json).0
                }

                fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
                    let ([#(#locals),*], rest) = members::<#count>(rest, &parser::#table, #inner);
                    (#borrowed { #(#values,)* #mark }, rest)
                }
            },
        };
        let constraint = if *is_whole {
            quote!(parser::#table.fields[0].constraint)
        } else {
            quote!(Constraint::Object(&parser::#table))
        };
        quote! {
            #docs
            #[derive(Clone, Copy, Debug, PartialEq)]
            #[non_exhaustive]
            pub struct #borrowed<'a> {
                #(#declarations,)*
                #marker
            }

            impl<'a> #borrowed<'a> {
                /// A copy that borrows nothing.
                pub fn into_owned(self) -> #name {
                    self.into()
                }
            }

            impl<'a> Judged<'a> for #borrowed<'a> {
                #read
            }

            impl From<#borrowed<'_>> for #name {
                fn from(#data: #borrowed<'_>) -> Self {
                    #name { #(#owned,)* }
                }
            }

            json_type!(#name, #borrowed, #constraint);
        }
    }

    /// How the owned struct is read: what is inside, when the pass comes to it. A recursive one is read level by level, to keep
    /// as little as possible on the stack.
    pub(super) fn judged(&self, model: &Model<'_>, is_recursive: bool) -> TokenStream {
        let Self { name, members, table, .. } = self;
        if is_recursive {
            let borrowed = names::borrowed(name);
            return quote! {
                impl<'a> Judged<'a> for #name {
                    fn read(json: &'a [u8]) -> Self {
                        #borrowed::read(json).into()
                    }

                    fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
                        let (value, rest) = #borrowed::first(rest);
                        (value.into(), rest)
                    }
                }
            };
        }
        let locals: Vec<_> =
            (0..members.len()).map(|at| quote::format_ident!("slot_{at}")).collect();
        let is_inner = |member: &Member<'_>| model.is_container(&member.field.value);
        let (mut inner, mut arms) = (Vec::new(), Vec::new());
        let mut values = Vec::new();
        for (at, (member, local)) in members.iter().zip(&locals).enumerate() {
            let Member { field, ident } = member;
            values.push(match (is_inner(member), field.required) {
                (true, true) => quote!(#ident: stored(#local)),
                (true, false) => quote!(#ident: #local),
                (false, true) => quote!(#ident: Judged::take(#local)),
                (false, false) => quote!(#ident: optional(#local)),
            });
            if is_inner(member) {
                let at = Literal::usize_unsuffixed(at);
                arms.push(quote!(#at => Some(store(&mut #local, rest))));
                inner.push(local);
            }
        }
        let count = Literal::usize_unsuffixed(members.len());
        let slots = members
            .iter()
            .zip(&locals)
            .map(|(member, local)| if is_inner(member) { quote!(_) } else { quote!(#local) });
        let read = if inner.is_empty() {
            quote!(None)
        } else {
            quote! {
                Some(&mut |at, rest| match at {
                    #(#arms,)*
                    _ => None,
                })
            }
        };
        quote! {
            impl<'a> Judged<'a> for #name {
                fn read(json: &'a [u8]) -> Self {
                    Self::first(json).0
                }

                fn first(rest: &'a [u8]) -> (Self, &'a [u8]) {
                    #(let mut #inner = None;)*
                    let ([#(#slots),*], rest) = members::<#count>(rest, &parser::#table, #read);
                    (#name { #(#values,)* }, rest)
                }
            }
        }
    }
}

/// A struct that borrows nothing today is written with a lifetime, for a field that is added.
pub(super) fn marker(model: &Model<'_>, members: &[Member<'_>]) -> (TokenStream, TokenStream) {
    if members.iter().any(|member| model.is_borrowing(&member.field.value)) {
        (quote!(), quote!())
    } else {
        (
            quote!(_borrows: std::marker::PhantomData<&'a ()>,),
            quote!(_borrows: std::marker::PhantomData,),
        )
    }
}

/// The field of a borrowing struct.
pub(super) fn declaration(model: &Model<'_>, Member { field, ident }: &Member<'_>) -> TokenStream {
    let doc = doc_attributes(&field_doc(model.contract, field));
    let ty = optional(field, model.borrowed(&field.value));
    quote!(#doc pub #ident: #ty)
}

/// The field of the owned struct, from the borrowed `data`.
pub(super) fn owned(model: &Model<'_>, Member { field, ident }: &Member<'_>) -> TokenStream {
    if field.required {
        let value = model.owned_from(&field.value, &quote!(data.#ident));
        return quote!(#ident: #value);
    }
    let value = model.owned_from(&field.value, &quote!(value));
    if value.to_string().as_str() == "value" {
        quote!(#ident: data.#ident)
    } else {
        quote!(#ident: data.#ident.map(|value| #value))
    }
}

/// The statement that writes a field into the `map` of [`serialize`].
pub(super) fn serialize_field(
    model: &Model<'_>,
    Member { field, ident }: &Member<'_>,
) -> TokenStream {
    let key = &field.name;
    let (place, write) = if field.required {
        (quote!(&self.#ident), quote!(map.serialize_entry(#key, &self.#ident)?;))
    } else {
        (quote!(value), quote!(map.serialize_entry(#key, value)?;))
    };
    let check = check(model, &field.value, &place);
    if field.required {
        quote!(#check #write)
    } else {
        quote!(if let Some(value) = &self.#ident { #check #write })
    }
}

/// Statements that fail if a list in `place`, a reference to a `value`, is longer or shorter than it may be.
pub(super) fn check(model: &Model<'_>, value: &Value, place: &TokenStream) -> Option<TokenStream> {
    if model.definition_of(value).is_some_and(is_own_container) {
        // It checks itself.
        return None;
    }
    let inner = if value.nullable { quote!(value) } else { place.clone() };
    let check = match model.schema(value) {
        Schema::Array { items, minimum, maximum } => {
            let length = (*minimum > 0 || maximum.is_some()).then(|| {
                let minimum = Literal::u64_unsuffixed(*minimum);
                let maximum = super::model::option(*maximum, Literal::u64_unsuffixed);
                quote!(crate::de::check_length((#inner).len(), #minimum, #maximum)?;)
            });
            let items = check(model, items, &quote!(value));
            let items = items.map(|items| quote!(for value in #inner { #items }));
            (length.is_some() || items.is_some()).then(|| quote!(#length #items))
        }
        Schema::Map(values) => {
            let values = check(model, values, &quote!(value));
            values.map(|values| quote!(for value in (#inner).values() { #values }))
        }
        _ => None,
    };
    match check {
        Some(check) if value.nullable => Some(quote!(if let Some(value) = #place { #check })),
        check => check,
    }
}

/// `Serialize` of the struct `name`, which is written as its only member is.
fn serialize_whole(model: &Model<'_>, name: &Ident, whole: &Member<'_>) -> TokenStream {
    let Member { field, ident } = whole;
    let check = check(model, &field.value, &quote!(&self.#ident));
    quote! {
        #[cfg(feature = "serde")]
        impl serde::Serialize for #name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                #check
                serde::Serialize::serialize(&self.#ident, serializer)
            }
        }
    }
}

/// `Serialize` of the struct `name`, which writes its members by `entries`.
pub(super) fn serialize(name: &Ident, entries: &[TokenStream]) -> TokenStream {
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
