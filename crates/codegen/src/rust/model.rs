//! The contract as Rust sees it: what things are called, and which type a value has.

use clip_events_contract::Contract;
use clip_events_contract::model::{Definition, EventShape, Field, Schema, SchemaRef, Value};
use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};
use syn::Ident;

use super::names::{self, Names};

/// The contract and its names in Rust.
#[derive(Debug)]
pub(super) struct Model<'a> {
    pub(super) contract: &'a Contract,
    pub(super) names: Names,
}

/// A field of an object, and what it is called in the struct.
#[derive(Debug, Clone)]
pub(super) struct Member<'a> {
    pub(super) field: &'a Field,
    pub(super) ident: Ident,
}

impl<'a> Model<'a> {
    pub(super) fn new(contract: &'a Contract, names: Names) -> Self {
        Self { contract, names }
    }

    /// The struct of a shape, and the variant of it: `AssetAnalysisProgress`.
    pub(super) fn shape(&self, event: &EventShape) -> Ident {
        names::identifier(self.names.shape(&event.event_type))
    }

    /// The type of the definition `name`.
    pub(super) fn definition(&self, name: &str) -> Ident {
        names::identifier(self.names.definition(name))
    }

    /// The members of the envelope, besides `type` and `data`.
    pub(super) fn envelope(&self) -> Vec<Member<'a>> {
        let fields: Vec<_> = self.contract.envelope.fields().collect();
        let idents = names::fields(fields.iter().map(|field| field.name.as_str()), &["payload"]);
        fields.into_iter().zip(idents).map(|(field, ident)| Member { field, ident }).collect()
    }

    /// The definition that `value` is of, if it has one.
    pub(super) fn definition_of(&self, value: &Value) -> Option<&'a Definition> {
        match &value.schema {
            SchemaRef::Named(name) => self.contract.definitions.get(name),
            SchemaRef::Inline(_) => None,
        }
    }

    pub(super) fn schema<'v>(&'v self, value: &'v Value) -> &'v Schema {
        self.contract.schema(value)
    }

    /// The owned type of `value`, `null` and recursion included.
    pub(super) fn owned(&self, value: &Value) -> TokenStream {
        let ty = match &value.schema {
            SchemaRef::Named(name) => self.definition(name).to_token_stream(),
            SchemaRef::Inline(schema) => self.owned_inline(schema),
        };
        let ty = if value.recursive { quote!(Box<#ty>) } else { ty };
        if value.nullable { quote!(Option<#ty>) } else { ty }
    }

    /// The owned type of a schema without a name.
    pub(super) fn owned_inline(&self, schema: &Schema) -> TokenStream {
        match schema {
            Schema::Any | Schema::Untagged { .. } => quote!(RawJson),
            Schema::Null => quote!(()),
            Schema::Boolean => quote!(bool),
            Schema::String { .. } => quote!(String),
            Schema::Number { .. } => quote!(f64),
            Schema::Integer { .. } => quote!(Integer),
            Schema::Array { items, .. } => {
                let items = self.owned(items);
                quote!(Vec<#items>)
            }
            Schema::Map(values) => {
                let values = self.owned(values);
                quote!(std::collections::BTreeMap<String, #values>)
            }
            Schema::Enum(_) | Schema::Object(_) | Schema::Tagged { .. } | Schema::ByType(_) => {
                unreachable!("the contract names it")
            }
        }
    }

    /// The owned type of a field, which may be absent.
    pub(super) fn owned_field(&self, field: &Field) -> TokenStream {
        optional(field, self.owned(&field.value))
    }

    /// Whether `value` is of a list or map that holds itself, and so has a type of its own.
    fn is_own_container(&self, value: &Value) -> bool {
        self.definition_of(value).is_some_and(is_own_container)
    }

    /// The type of `value` as it borrows from a delivery.
    pub(super) fn borrowed(&self, value: &Value) -> TokenStream {
        let ty = match (&value.schema, self.schema(value)) {
            (_, Schema::String { .. }) => quote!(Text<'a>),
            (SchemaRef::Named(name), schema) => {
                let name = self.definition(name);
                let borrowed = names::borrowed(&name);
                match schema {
                    _ if self.is_own_container(value) => quote!(#borrowed<'a>),
                    Schema::Object(_) | Schema::Tagged { .. } => quote!(View<'a, #borrowed<'a>>),
                    Schema::ByType(_) if self.is_copy(value) => quote!(#name),
                    Schema::ByType(_) => quote!(#borrowed<'a>),
                    Schema::Integer { minimum, maximum, .. }
                        if minimum.is_some() && maximum.is_some() =>
                    {
                        quote!(#name)
                    }
                    Schema::Number { .. } | Schema::Enum(_) => quote!(#name),
                    inline => self.borrowed_inline(inline),
                }
            }
            (SchemaRef::Inline(_), schema) => self.borrowed_inline(schema),
        };
        if value.nullable { quote!(Option<#ty>) } else { ty }
    }

    pub(super) fn borrowed_inline(&self, schema: &Schema) -> TokenStream {
        match schema {
            Schema::Any | Schema::Untagged { .. } => quote!(RawJsonRef<'a>),
            Schema::Integer { .. } => quote!(IntegerRef<'a>),
            Schema::Array { items, .. } => {
                let items = self.borrowed_item(items);
                quote!(List<'a, #items>)
            }
            Schema::Map(values) => {
                let values = self.borrowed_item(values);
                quote!(Map<'a, #values>)
            }
            other => self.owned_inline(other),
        }
    }

    /// The type of `value` as an item of a list, which reads an object when it comes to it.
    fn borrowed_item(&self, value: &Value) -> TokenStream {
        let borrowed = match (&value.schema, self.schema(value)) {
            (SchemaRef::Named(name), Schema::Object(_) | Schema::Tagged { .. }) => {
                names::borrowed(&self.definition(name))
            }
            _ => return self.borrowed(value),
        };
        let ty = quote!(#borrowed<'a>);
        if value.nullable { quote!(Option<#ty>) } else { ty }
    }

    /// The owned value that the borrowed one `from` becomes.
    pub(super) fn owned_from(&self, value: &Value, from: &TokenStream) -> TokenStream {
        if value.nullable {
            let inner = value.without_null();
            let some = self.owned_from(&inner, &quote!(value));
            return if some.to_string().as_str() == "value" {
                from.clone()
            } else {
                quote!(#from.map(|value| #some))
            };
        }
        let owned = match self.schema(value) {
            Schema::String { .. } => {
                if let Some(definition) = self.definition_of(value) {
                    let name = self.definition(&definition.name);
                    quote!(#name::from_checked(String::from(#from)))
                } else {
                    quote!(String::from(#from))
                }
            }
            Schema::ByType(_) if self.is_copy(&value.without_null()) => from.clone(),
            Schema::ByType(_) | Schema::Any | Schema::Untagged { .. } => quote!(#from.into()),
            Schema::Integer { minimum: Some(_), maximum: Some(_), .. } => from.clone(),
            Schema::Integer { .. } => {
                if let Some(definition) = self.definition_of(value) {
                    let name = self.definition(&definition.name);
                    quote!(#name::from_checked(#from.into()))
                } else {
                    quote!(#from.into())
                }
            }
            Schema::Array { .. } | Schema::Map(_) if self.is_own_container(value) => {
                quote!(#from.into())
            }
            Schema::Object(_) | Schema::Tagged { .. } | Schema::Array { .. } | Schema::Map(_) => {
                quote!(#from.owned())
            }
            Schema::Null | Schema::Boolean | Schema::Number { .. } | Schema::Enum(_) => {
                from.clone()
            }
        };
        if value.recursive { quote!(Box::new(#owned)) } else { owned }
    }

    /// Whether other values are inside of `value`.
    pub(super) fn is_container(&self, value: &Value) -> bool {
        match self.schema(value) {
            Schema::Object(_) | Schema::Tagged { .. } | Schema::Array { .. } | Schema::Map(_) => {
                true
            }
            Schema::ByType(alternatives) => {
                alternatives.iter().any(|value| self.is_container(value))
            }
            _ => false,
        }
    }

    /// Whether the owned type of `value` is `Copy`.
    pub(super) fn is_copy(&self, value: &Value) -> bool {
        match self.schema(value) {
            Schema::Null | Schema::Boolean | Schema::Number { .. } | Schema::Enum(_) => true,
            Schema::Integer { minimum, maximum, .. } => minimum.is_some() && maximum.is_some(),
            Schema::ByType(alternatives) => {
                alternatives.iter().all(|value| !value.recursive && self.is_copy(value))
            }
            _ => false,
        }
    }

    /// Whether the borrowed type of `value` has a lifetime.
    pub(super) fn is_borrowing(&self, value: &Value) -> bool {
        !self.is_copy(value)
    }

    /// Whether strings become an owned `value`.
    pub(super) fn takes_strings(&self, value: &Value) -> bool {
        !value.nullable
            && match self.schema(value) {
                Schema::String { limits, .. } => limits.are_none(),
                _ => false,
            }
    }
}

/// Whether `definition` is a list or a map that holds itself: no alias of one can.
pub(super) fn is_own_container(definition: &Definition) -> bool {
    definition.recursive && matches!(definition.schema, Schema::Array { .. } | Schema::Map(_))
}

pub(super) fn members(fields: &[Field]) -> Vec<Member<'_>> {
    let idents = names::fields(fields.iter().map(|field| field.name.as_str()), &[]);
    fields.iter().zip(idents).map(|(field, ident)| Member { field, ident }).collect()
}

/// `ty` as the type of `field`, which may be absent.
pub(super) fn optional(field: &Field, ty: TokenStream) -> TokenStream {
    if field.required { ty } else { quote!(Option<#ty>) }
}

/// `Some(1)`, or `None`.
pub(super) fn option<T>(value: Option<T>, literal: impl Fn(T) -> Literal) -> TokenStream {
    if let Some(value) = value {
        let literal = literal(value);
        quote!(Some(#literal))
    } else {
        quote!(None)
    }
}
