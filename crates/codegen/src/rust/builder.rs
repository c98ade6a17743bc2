//! `builder.rs`: how events are made, a field at a time and by name, so that no two values can change places.

use clip_events_contract::model::Schema;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;
use syn::ext::IdentExt as _;

use super::docs::{doc_attributes, field_doc};
use super::model::{Member, Model, members};
use super::names;

pub(super) fn render(model: &Model<'_>) -> TokenStream {
    let payload = Part {
        ident: format_ident!("payload"),
        setter: format_ident!("payload"),
        doc: "`type` and `data`: one of the shapes, or an unknown event.".to_owned(),
        ty: quote!(Payload),
        takes_into: true,
        required: true,
    };
    let parts = |members: Vec<Member<'_>>| -> Vec<_> {
        members.iter().map(|member| Part::of(model, member)).collect()
    };
    let envelope = parts(model.envelope()).into_iter().chain([payload]).collect();
    let event = Product { name: format_ident!("Event"), fields: envelope };
    let shapes = model
        .contract
        .events
        .iter()
        .map(|shape| Product { name: model.shape(shape), fields: parts(members(&shape.fields)) });
    let objects = model.contract.definitions.values().filter_map(|known| match &known.schema {
        Schema::Object(fields) => {
            Some(Product { name: model.definition(&known.name), fields: parts(members(fields)) })
        }
        _ => None,
    });
    let all = std::iter::once(event).chain(shapes).chain(objects);
    let builders = all.map(|product| product.render());
    quote! {
        //! Builders of events and of the objects in them: every field is set by its name.

        use super::data::*;
        use super::definitions::*;
        use super::event::{Event, Payload};
        use crate::raw::{Integer, RawJson};

        #(#builders)*
    }
}

/// A type that is built.
struct Product {
    name: Ident,
    fields: Vec<Part>,
}

/// A field of a type that is built.
struct Part {
    ident: Ident,
    setter: Ident,
    doc: String,
    /// The type of the value, there or not.
    ty: TokenStream,
    /// Whether its setter takes what becomes such a value, too.
    takes_into: bool,
    required: bool,
}

impl Part {
    fn of(model: &Model<'_>, Member { field, ident }: &Member<'_>) -> Self {
        // `build` ends the building. Another `_` for each that is there: a field added later takes no name from another.
        let is_taken = ident.unraw().to_string().trim_end_matches('_') == "build";
        let setter = if is_taken { format_ident!("{}_", ident) } else { ident.clone() };
        Self {
            ident: ident.clone(),
            setter,
            doc: field_doc(model.contract, field),
            ty: model.owned(&field.value),
            takes_into: model.takes_strings(&field.value),
            required: field.required,
        }
    }

    fn parameter(&self) -> TokenStream {
        let (ident, ty) = (&self.ident, &self.ty);
        if self.takes_into { quote!(#ident: impl Into<#ty>) } else { quote!(#ident: #ty) }
    }

    fn initialiser(&self) -> TokenStream {
        let ident = &self.ident;
        if self.takes_into { quote!(#ident: #ident.into()) } else { quote!(#ident) }
    }

    /// The setter of a field that is kept as an `Option`.
    fn setter_of_option(&self) -> TokenStream {
        let note = if self.required { "" } else { "\n\nOptional." };
        let doc = doc_attributes(&format!("{}{note}", self.doc));
        let (ident, setter) = (&self.ident, &self.setter);
        let (parameter, argument) = (self.parameter(), self.argument());
        quote! {
            #doc
            pub fn #setter(mut self, #parameter) -> Self {
                self.#ident = Some(#argument);
                self
            }
        }
    }

    fn argument(&self) -> TokenStream {
        let ident = &self.ident;
        if self.takes_into { quote!(#ident.into()) } else { quote!(#ident) }
    }
}

/// A builder whose type knows which required fields are set has as many type parameters, named in as many places: its code
/// grows with the square of their number. Above this one, `build` looks for what is missing when the program runs.
const MOST_PARAMETERS: usize = 12;

impl Product {
    fn render(&self) -> TokenStream {
        if self.fields.iter().filter(|field| field.required).count() > MOST_PARAMETERS {
            self.checked_when_run()
        } else {
            self.checked_when_compiled()
        }
    }

    fn checked_when_run(&self) -> TokenStream {
        let name = &self.name;
        let builder = names::builder(name);
        let declarations =
            self.fields.iter().map(|Part { ident, ty, .. }| quote!(#ident: Option<#ty>));
        let set = self.fields.iter().map(Part::setter_of_option);
        let text = name.to_string();
        let values = self.fields.iter().map(|Part { ident, setter, required, .. }| {
            let told = setter.unraw().to_string();
            if *required {
                quote!(#ident: self.#ident.ok_or(crate::MissingFieldError::new(#text, #told))?)
            } else {
                quote!(#ident: self.#ident)
            }
        });
        let idents = self.fields.iter().map(|field| &field.ident);
        let [starts, builds, makes] = self.docs();
        quote! {
            impl #name {
                #[doc = #starts]
                pub const fn builder() -> #builder {
                    #builder { #(#idents: None),* }
                }
            }

            #[doc = #builds]
            #[derive(Clone, Debug)]
            #[must_use = "`build` makes the value"]
            pub struct #builder {
                #(#declarations),*
            }

            impl #builder {
                #(#set)*

                #[doc = #makes]
                ///
                /// # Errors
                ///
                /// If a required field is not set: the first of them.
                pub fn build(self) -> Result<#name, crate::MissingFieldError> {
                    Ok(#name { #(#values),* })
                }
            }
        }
    }

    fn checked_when_compiled(&self) -> TokenStream {
        let name = &self.name;
        let builder = names::builder(name);
        let mut required: Vec<_> = self.fields.iter().filter(|field| field.required).collect();
        // By name, not as declared: another order in a schema must not change the types of builders.
        required.sort_by(|a, b| a.ident.cmp(&b.ident));
        let optional: Vec<_> = self.fields.iter().filter(|field| !field.required).collect();
        // `F0`, not the name of the field: that of a type could be the same.
        let parameters: Vec<_> = (0..required.len()).map(|at| format_ident!("F{at}")).collect();
        let declarations = self.declarations(&required, &parameters);
        let types: Vec<_> = required.iter().map(|field| &field.ty).collect();
        let unset = required.iter().map(|_| quote!(()));
        let idents: Vec<_> = self.fields.iter().map(|field| &field.ident).collect();
        let required_idents = required.iter().map(|field| &field.ident);
        let optional_idents = optional.iter().map(|field| &field.ident);
        let set = required.iter().enumerate().map(|(at, field)| {
            let doc = doc_attributes(&field.doc);
            let (ident, setter) = (&field.ident, &field.setter);
            let (parameter, initialiser) = (field.parameter(), field.initialiser());
            let mut others = parameters.clone();
            others.remove(at);
            let with = |value: TokenStream| {
                let mut arguments: Vec<_> = parameters.iter().map(|name| quote!(#name)).collect();
                arguments[at] = value;
                quote!(#builder<#(#arguments),*>)
            };
            let (before, after) = (with(quote!(())), with(field.ty.clone()));
            let kept: Vec<_> = idents.iter().filter(|other| **other != ident).collect();
            quote! {
                impl<#(#others),*> #before {
                    #doc
                    pub fn #setter(self, #parameter) -> #after {
                        #builder { #initialiser, #(#kept: self.#kept),* }
                    }
                }
            }
        });
        let set_optional = optional.iter().map(|field| field.setter_of_option());
        let set_optional = (!optional.is_empty()).then(|| {
            quote! {
                impl<#(#parameters),*> #builder<#(#parameters),*> {
                    #(#set_optional)*
                }
            }
        });
        let [starts, builds, makes] = self.docs();
        quote! {
            impl #name {
                #[doc = #starts]
                pub const fn builder() -> #builder {
                    #builder { #(#required_idents: (),)* #(#optional_idents: None),* }
                }
            }

            #[doc = #builds]
            #[derive(Clone, Debug)]
            #[must_use = "`build` makes the value"]
            pub struct #builder<#(#parameters = #unset),*> {
                #(#declarations),*
            }

            #(#set)*
            #set_optional

            impl #builder<#(#types),*> {
                #[doc = #makes]
                pub fn build(self) -> #name {
                    #name { #(#idents: self.#idents),* }
                }
            }
        }
    }

    /// The docs of `builder`, of the builder, and of `build`.
    fn docs(&self) -> [String; 3] {
        let name = &self.name;
        let builder = names::builder(name);
        [
            format!(
                " Starts building one: set the required fields by name, then call [`build`]({builder}::build)."
            ),
            format!(
                " Builds {} [`{name}`]; made by [`{name}::builder`].",
                article(&name.to_string())
            ),
            format!(" The finished [`{name}`]; optional fields that were not set are absent."),
        ]
    }

    fn declarations(&self, required: &[&Part], parameters: &[Ident]) -> Vec<TokenStream> {
        let declaration = |field: &Part| {
            let (ident, ty) = (&field.ident, &field.ty);
            let at = required.iter().position(|other| other.ident == *ident);
            let parameter = at.and_then(|at| parameters.get(at));
            parameter.map_or_else(|| quote!(#ident: Option<#ty>), |name| quote!(#ident: #name))
        };
        self.fields.iter().map(declaration).collect()
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" }
}
