//! The tables that the parser judges values by.

use std::collections::BTreeMap;

use clip_events_contract::model::{
    Bound, EventShape, Field, JsonType, Literal as Member, Schema, SchemaRef, Value,
};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::model::{Model, option};
use super::patterns;

/// Where the parser keeps the values of fields, by kind, in the order of their discovery.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Places {
    pub(super) texts: u16,
    pub(super) booleans: u16,
    pub(super) integers: u16,
    pub(super) floats: u16,
    pub(super) jsons: u16,
}

/// The array that the parser keeps the value of a field of the envelope or of `data` in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    Text,
    Boolean,
    Integer,
    Float,
    Json,
}

impl Places {
    /// The next free place for `value`.
    fn next(&mut self, storage: Storage) -> u16 {
        let count = match storage {
            Storage::Text => &mut self.texts,
            Storage::Boolean => &mut self.booleans,
            Storage::Integer => &mut self.integers,
            Storage::Float => &mut self.floats,
            Storage::Json => &mut self.jsons,
        };
        *count += 1;
        *count - 1
    }

    /// Places for both.
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            texts: self.texts.max(other.texts),
            booleans: self.booleans.max(other.booleans),
            integers: self.integers.max(other.integers),
            floats: self.floats.max(other.floats),
            jsons: self.jsons.max(other.jsons),
        }
    }
}

/// A field with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'a> {
    pub(super) field: &'a Field,
    pub(super) storage: Storage,
    /// Whether it is any string.
    pub(super) is_plain: bool,
    pub(super) place: u16,
}

/// The fields of the envelope and of `data`, each with the place where the parser keeps its value.
pub(super) struct Tables<'a> {
    pub(super) envelope: Vec<Placed<'a>>,
    data: BTreeMap<&'a str, Vec<Placed<'a>>>,
    pub(super) counts: Places,
}

impl<'a> Tables<'a> {
    pub(super) fn of(model: &Model<'a>) -> Self {
        let (envelope, used) = model.placed(model.contract.envelope.fields(), Places::default());
        let mut counts = used;
        let data = model.contract.events.iter().map(|event| {
            let (placed, own) = model.placed(&event.fields, used);
            counts = counts.max(own);
            (event.event_type.as_str(), placed)
        });
        let data = data.collect();
        Self { envelope, data, counts }
    }

    /// The fields of the shape of an event.
    pub(super) fn data(&self, event: &EventShape) -> &[Placed<'a>] {
        &self.data[event.event_type.as_str()]
    }
}

impl Model<'_> {
    /// The fields, each with its place: those from `places` on.
    pub(super) fn placed<'f>(
        &self,
        fields: impl IntoIterator<Item = &'f Field>,
        mut places: Places,
    ) -> (Vec<Placed<'f>>, Places) {
        let mut placed = Vec::new();
        for field in fields {
            let storage = self.storage(&field.value);
            let is_plain = match self.schema(&field.value) {
                Schema::String { limits, .. } => limits.are_none(),
                _ => false,
            };
            placed.push(Placed { field, storage, is_plain, place: places.next(storage) });
        }
        (placed, places)
    }

    fn storage(&self, value: &Value) -> Storage {
        if value.nullable {
            return Storage::Json;
        }
        match self.schema(value) {
            Schema::String { .. } => Storage::Text,
            Schema::Boolean => Storage::Boolean,
            Schema::Integer { minimum: Some(_), maximum: Some(_), multiple_of: None } => {
                Storage::Integer
            }
            Schema::Number { multiple_of: None, .. } => Storage::Float,
            _ => Storage::Json,
        }
    }

    /// `Shape::new(..)` of these fields.
    pub(super) fn shape_table(&self, fields: &[Placed<'_>]) -> TokenStream {
        let heads = fields.iter().map(|placed| {
            let key = &placed.field.name;
            quote!(head(#key))
        });
        let heads: Vec<_> = heads.collect();
        let fields = fields.iter().map(|Placed { field, place, .. }| {
            let key = &field.name;
            let constraint = self.constraint(&field.value);
            let place = Literal::u16_unsuffixed(*place);
            let new = if field.required { quote!(required) } else { quote!(optional) };
            quote!(Field::#new(#key, #constraint, #place))
        });
        quote!(Shape::new(&[#(#fields),*], &[#(#heads),*]))
    }

    /// The constraint on `value`.
    pub(super) fn constraint(&self, value: &Value) -> TokenStream {
        let schema = self.schema(value);
        if value.nullable {
            if let (SchemaRef::Named(name), Schema::ByType(_)) = (&value.schema, schema) {
                let table = self.table(name);
                return quote!(Constraint::ByType(&or_null::#table));
            }
            return self.by_type(schema, value, true);
        }
        match &value.schema {
            SchemaRef::Named(name) => self.named_constraint(name, schema),
            SchemaRef::Inline(schema) => self.plain(schema),
        }
    }

    /// The constraint of a definition.
    fn named_constraint(&self, name: &str, schema: &Schema) -> TokenStream {
        let table = self.table(name);
        match schema {
            Schema::Object(_) => quote!(Constraint::Object(&#table)),
            Schema::Tagged { .. } => quote!(Constraint::Tagged(&#table)),
            Schema::ByType(_) => quote!(Constraint::ByType(&#table)),
            Schema::Enum(_) => quote!(Constraint::OneOf(#table)),
            Schema::Array { .. } if self.contract.definitions[name].recursive => {
                quote!(Constraint::Array(&#table))
            }
            Schema::Map(_) if self.contract.definitions[name].recursive => {
                quote!(Constraint::Map(&#table))
            }
            other => self.plain(other),
        }
    }

    /// The name of a definition's table: `POST_VIDEO`.
    pub(super) fn table(&self, name: &str) -> Ident {
        format_ident!("{}", self.names.table(name))
    }

    fn plain(&self, schema: &Schema) -> TokenStream {
        match schema {
            Schema::Any => quote!(Constraint::Any),
            Schema::Null => quote!(Constraint::Null),
            Schema::Boolean => quote!(Constraint::Boolean),
            Schema::String { limits, .. } if limits.are_none() => {
                quote!(Constraint::Text)
            }
            Schema::String { limits, .. } => {
                let minimum = Literal::u64_unsuffixed(limits.minimum);
                let maximum = option(limits.maximum, Literal::u64_unsuffixed);
                let patterns = limits
                    .patterns
                    .iter()
                    .map(|pattern| patterns::table(pattern).expect("the contract has compiled it"));
                quote!(Constraint::LimitedText(&TextLimits {
                    minimum: #minimum, maximum: #maximum, patterns: &[#(#patterns),*]
                }))
            }
            Schema::Integer {
                minimum: Some(minimum),
                maximum: Some(maximum),
                multiple_of: None,
            } => {
                let minimum = Literal::i64_unsuffixed(*minimum);
                let maximum = Literal::i64_unsuffixed(*maximum);
                quote!(Constraint::Integer { minimum: #minimum, maximum: #maximum })
            }
            Schema::Integer { minimum, maximum, multiple_of } => {
                let minimum = option(*minimum, Literal::i64_unsuffixed);
                let maximum = option(*maximum, Literal::i64_unsuffixed);
                let multiple_of = option(*multiple_of, Literal::u64_unsuffixed);
                quote!(Constraint::WideInteger(&IntegerLimits {
                    minimum: #minimum, maximum: #maximum, multiple_of: #multiple_of
                }))
            }
            Schema::Number { minimum, maximum, multiple_of } => {
                let (minimum, maximum) = (bound(minimum.as_ref()), bound(maximum.as_ref()));
                match multiple_of.map(|divisor| divisor.to_string()) {
                    None => quote!(Constraint::Float { minimum: #minimum, maximum: #maximum }),
                    Some(divisor) => quote!(Constraint::Steps(&Steps {
                        minimum: #minimum, maximum: #maximum, multiple_of: #divisor
                    })),
                }
            }
            Schema::Array { items, minimum, maximum } => {
                let items = self.constraint(items);
                let minimum = Literal::u64_unsuffixed(*minimum);
                let maximum = option(*maximum, Literal::u64_unsuffixed);
                quote!(Constraint::Array(&Array { items: #items, minimum: #minimum, maximum: #maximum }))
            }
            Schema::Map(values) => {
                let values = self.constraint(values);
                quote!(Constraint::Map(&#values))
            }
            Schema::Enum(literals) => {
                let literals = literals.iter().map(literal);
                quote!(Constraint::OneOf(&[#(#literals),*]))
            }
            Schema::Untagged { .. } => self.untagged(schema, false),
            Schema::Object(_) | Schema::Tagged { .. } | Schema::ByType(_) => {
                unreachable!("the contract names it")
            }
        }
    }

    /// Alternatives that are tried in turn, and perhaps `null`.
    fn untagged(&self, schema: &Schema, null: bool) -> TokenStream {
        let Schema::Untagged { alternatives, exactly_one } = schema else { return quote!() };
        let alternatives = alternatives.iter().map(|value| self.constraint(value));
        let null = null.then(|| quote!(Constraint::Null));
        let alternatives = alternatives.chain(null);
        quote!(Constraint::Untagged(&Untagged { alternatives: &[#(#alternatives),*], exactly_one: #exactly_one }))
    }

    /// The constraint by JSON type: of `value`, whose schema is `schema`.
    fn by_type(&self, schema: &Schema, value: &Value, null: bool) -> TokenStream {
        match schema {
            Schema::Any => return quote!(Constraint::Any),
            Schema::Null => return quote!(Constraint::Null),
            Schema::Untagged { .. } => return self.untagged(schema, null),
            _ => {}
        }
        let table = self.by_type_table(schema, value, null);
        quote!(Constraint::ByType(&#table))
    }

    /// `ByType { .. }` of `value`, whose schema is `schema`.
    pub(super) fn by_type_table(&self, schema: &Schema, value: &Value, null: bool) -> TokenStream {
        let mut slots = [
            JsonType::Boolean,
            JsonType::Number,
            JsonType::String,
            JsonType::Array,
            JsonType::Object,
        ]
        .map(|json_type| (json_type, quote!(None)));
        let mut fill = |json_type: JsonType, constraint: TokenStream| {
            if let Some((_, slot)) = slots.iter_mut().find(|(known, _)| *known == json_type) {
                *slot = quote!(Some(#constraint));
            }
        };
        match (schema, schema.json_type()) {
            (Schema::ByType(alternatives), _) => {
                for alternative in alternatives {
                    if let Some(json_type) = self.schema(alternative).json_type() {
                        fill(json_type, self.constraint(alternative));
                    }
                }
            }
            // A closed set of several types.
            (Schema::Enum(literals), None) => {
                for json_type in [JsonType::Boolean, JsonType::Number, JsonType::String] {
                    let own: Vec<_> = literals
                        .iter()
                        .filter(|literal| literal.json_type() == json_type)
                        .map(literal)
                        .collect();
                    if !own.is_empty() {
                        fill(json_type, quote!(Constraint::OneOf(&[#(#own),*])));
                    }
                }
            }
            (_, Some(json_type)) => {
                let value = value.without_null();
                fill(json_type, self.constraint(&value));
            }
            (_, None) => {}
        }
        let [boolean, number, string, array, object] = slots.map(|(_, slot)| slot);
        quote!(ByType {
            null: #null, boolean: #boolean, number: #number, string: #string, array: #array, object: #object
        })
    }

    /// The tables of all definitions that need one. `line` makes the straight line through an object: its name and its function.
    pub(super) fn definition_tables(
        &self,
        line: impl Fn(&str, &[Placed<'_>]) -> Option<(Ident, TokenStream)>,
    ) -> TokenStream {
        let tables = self.contract.definitions.values().map(|definition| {
            let name = self.table(&definition.name);
            let docs = format!(" `{}`.", self.names.definition(&definition.name));
            let table = match &definition.schema {
                Schema::Object(fields) => {
                    let (placed, _) = self.placed(fields, Places::default());
                    // In a nested object, a place is a position.
                    let placed: Vec<_> =
                        (0..).zip(placed).map(|(place, field)| Placed { place, ..field }).collect();
                    let shape = self.shape_table(&placed);
                    if let Some((line, code)) = line(&definition.name, &placed) {
                        let table = quote!(pub(crate) static #name: Shape = #shape.with_lines(Lines { compact: |reader, sink, at, open| #line::<false>(reader, sink, at, open, 0), spaced: #line::<true> }););
                        return quote!(#[doc = #docs] #table #code);
                    }
                    quote!(static #name: Shape = #shape;)
                }
                Schema::Tagged { tag, branches } => {
                    let branches = branches.iter().map(|branch| {
                        let (value, shape) = (&branch.value, self.table(&branch.definition));
                        quote!((#value, &#shape))
                    });
                    quote!(static #name: Tagged = Tagged { tag: #tag, branches: &[#(#branches),*] };)
                }
                schema @ Schema::ByType(_) => {
                    let value = Value::named(&definition.name);
                    let table = self.by_type_table(schema, &value, false);
                    quote!(static #name: ByType = #table;)
                }
                Schema::Enum(literals) => {
                    let literals = literals.iter().map(literal);
                    quote!(static #name: &[Literal] = &[#(#literals),*];)
                }
                Schema::Array { items, minimum, maximum } if definition.recursive => {
                    let items = self.constraint(items);
                    let minimum = Literal::u64_unsuffixed(*minimum);
                    let maximum = option(*maximum, Literal::u64_unsuffixed);
                    quote!(static #name: Array = Array { items: #items, minimum: #minimum, maximum: #maximum };)
                }
                Schema::Map(values) if definition.recursive => {
                    let values = self.constraint(values);
                    quote!(static #name: Constraint = #values;)
                }
                _ => return quote!(),
            };
            quote!(#[doc = #docs] pub(crate) #table)
        });
        let by_type = self.contract.definitions.values().filter_map(|definition| {
            let Schema::ByType(_) = definition.schema else { return None };
            let name = self.table(&definition.name);
            Some(quote!(pub(crate) static #name: ByType = ByType { null: true, ..super::#name };))
        });
        let by_type: Vec<_> = by_type.collect();
        let or_null = (!by_type.is_empty()).then(|| {
            quote! {
                #[allow(dead_code, reason = "not all of these may be `null` somewhere")]
                pub(crate) mod or_null {
                    //! The same with `null`.

                    use crate::parse::ByType;

                    #(#by_type)*
                }
            }
        });
        quote!(#(#tables)* #or_null)
    }
}

fn literal(member: &Member) -> TokenStream {
    match member {
        Member::Boolean(value) => quote!(Literal::Boolean(#value)),
        Member::Integer(value) => {
            let value = Literal::i64_unsuffixed(*value);
            quote!(Literal::Integer(#value))
        }
        Member::String(text) => quote!(Literal::Text(#text)),
    }
}

fn bound(bound: Option<&Bound>) -> TokenStream {
    let Some(Bound { value, exclusive }) = bound else { return quote!(None) };
    let decimal = value.to_string();
    let value = Literal::f64_unsuffixed(*value);
    quote!(Some(Bound { value: #value, decimal: #decimal, exclusive: #exclusive }))
}
