//! A part of a file as lowering walks it, and the definitions and mistakes found so far.

use std::collections::{BTreeMap, HashMap, HashSet};

use heck::ToUpperCamelCase as _;
use schema_source::{Location, SchemaError, SchemaErrors, Source, escape_token};
use serde_json::{Map, Value};

use crate::manifest::Weight;
use crate::model::{Definition, Schema, SchemaRef};
use crate::sources::Sources;
use crate::vocabulary::{INSTEAD, nearest};

/// A part of a schema file.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    pub(super) source: &'a Source,
    pointer: String,
    value: Option<&'a Value>,
}

impl<'a> Part<'a> {
    /// The whole file.
    pub(super) fn root(source: &'a Source) -> Self {
        Self::at(source, "")
    }

    /// The part of `source` at `pointer`.
    pub(super) fn at(source: &'a Source, pointer: &str) -> Self {
        Self { source, pointer: pointer.to_owned(), value: source.value.pointer(pointer) }
    }

    /// The part under `key` of this one, be there any or not.
    pub(super) fn key(&self, key: &str) -> Self {
        let pointer = format!("{}/{}", self.pointer, escape_token(key));
        Self { source: self.source, pointer, value: self.get(key) }
    }

    /// The element `index` of this part.
    pub(super) fn index(&self, index: usize) -> Self {
        let value = self.value.and_then(|value| value.get(index));
        Self { source: self.source, pointer: format!("{}/{index}", self.pointer), value }
    }

    /// The value of this part, if there is one.
    pub(super) fn value(&self) -> Option<&'a Value> {
        self.value
    }

    /// Whether it is `true` or `{}`.
    pub(super) fn takes_anything(&self) -> bool {
        match self.value {
            Some(Value::Object(keywords)) => keywords.is_empty(),
            value => value == Some(&Value::Bool(true)),
        }
    }

    /// The value under `key` of this part, if there is one.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.value?.get(key)
    }

    /// The string under `key` of this part, if there is one.
    pub(super) fn string(&self, key: &str) -> Option<&'a str> {
        self.get(key)?.as_str()
    }

    /// The elements of the array under `key`, if there is one.
    pub(super) fn elements(&self, key: &str) -> impl Iterator<Item = Part<'a>> + use<'a> {
        let array = self.key(key);
        let count = self.get(key).and_then(Value::as_array).map_or(0, Vec::len);
        (0..count).map(move |index| array.index(index))
    }

    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    pub(super) fn location(&self) -> Location {
        self.source.location(self.pointer.as_str())
    }

    /// The name of a shared definition, if it is one.
    pub(super) fn definition_name(&self) -> Option<String> {
        let name = self.pointer.strip_prefix("/$defs/")?;
        (!name.contains('/')).then(|| schema_source::unescape_token(name))
    }

    /// Its place, as a person finds it: `schema/envelope.schema.json:12`.
    pub(super) fn place(&self) -> String {
        let (line, column) = self.source.line_column(self.source.span(&self.pointer).start);
        format!("{}:{line}:{column}", self.source.path.display())
    }
}

/// Definitions and mistakes that lowering has found so far.
#[derive(Debug)]
pub(super) struct Context<'a> {
    pub(super) sources: &'a Sources,
    /// The names of the schemas that have one, by the parts that they are the conjunction of.
    pub(super) names: HashMap<Vec<Location>, Named>,
    pub(super) definitions: BTreeMap<String, Definition>,
    /// The names of schemas that hold themselves.
    pub(super) recursive: HashSet<String>,
    /// Unions of objects that a key tells apart.
    pub(super) tagged: BTreeMap<Location, TaggedUnion>,
    taken: HashSet<String>,
    shared_names: HashMap<Location, String>,
    errors: Vec<SchemaError>,
    advice: Vec<SchemaError>,
}

/// An `anyOf` or `oneOf` with objects that a key tells apart.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TaggedUnion {
    /// The key.
    pub tag: String,
    /// For each alternative in turn the values of the key that choose it; none for what is no object.
    pub values: Vec<Vec<String>>,
}

/// A schema that has a name, or will have one once it is lowered.
#[derive(Debug, Clone)]
pub(super) enum Named {
    /// It is being lowered, and is an object, a union or a list.
    Open(String),
    /// What it was lowered to; nothing if it has a mistake.
    Done(Option<crate::model::Value>),
}

impl<'a> Context<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            names: HashMap::new(),
            definitions: BTreeMap::new(),
            recursive: HashSet::new(),
            tagged: BTreeMap::new(),
            taken: HashSet::new(),
            shared_names: HashMap::new(),
            errors: Vec::new(),
            advice: Vec::new(),
        }
    }

    /// What was found, if there was no mistake; and the advice.
    pub(super) fn finish(
        self,
    ) -> Result<(BTreeMap<String, Definition>, Vec<SchemaError>), SchemaErrors> {
        let Self { definitions, mut errors, mut advice, .. } = self;
        // A part that several places refer to makes its mistakes once.
        for mistakes in [&mut errors, &mut advice] {
            let mut seen = HashSet::new();
            mistakes.retain(|error| {
                seen.insert((error.path.clone(), error.pointer.clone(), error.message.clone()))
            });
        }
        if errors.is_empty() { Ok((definitions, advice)) } else { Err(SchemaErrors(errors)) }
    }

    /// The first of `names` that is free; or else the last one with the first number that makes it free.
    pub(super) fn free_name(&mut self, names: &[String]) -> String {
        let last = names.last().map_or("Value", String::as_str);
        let numbered = (2..).map(|number: u32| format!("{last}{number}"));
        let mut candidates = names.iter().filter(|name| !name.is_empty()).cloned().chain(numbered);
        let free = candidates.find(|name| !self.taken.contains(name)).expect("numbers do not end");
        self.taken.insert(free.clone());
        free
    }

    /// Gives back a name that was not needed.
    pub(super) fn release(&mut self, name: &str) {
        self.taken.remove(name);
    }

    /// The name of the shared definition `name` at `part`.
    pub(super) fn shared_name(&mut self, part: &Part<'_>, name: &str) -> String {
        if let Some(known) = self.shared_names.get(&part.location()) {
            return known.clone();
        }
        let wanted = if is_definition_name(name) { name.to_owned() } else { camel(name) };
        let free = self.free_name(&[wanted]);
        self.shared_names.insert(part.location(), free.clone());
        free
    }

    /// Calls `to` what was called `from` while it was lowered.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        for definition in self.definitions.values_mut() {
            rename_in(&mut definition.schema, from, to);
        }
        for named in self.names.values_mut() {
            if let Named::Done(Some(value)) = named {
                rename_value(value, from, to);
            }
        }
        self.recursive.insert(to.to_owned());
    }

    /// The values that `value` stands for, unless they are still being lowered.
    pub(super) fn schema<'v>(&'v self, value: &'v crate::model::Value) -> Option<&'v Schema> {
        match &value.schema {
            SchemaRef::Inline(schema) => Some(schema),
            SchemaRef::Named(name) => self.definitions.get(name).map(|known| &known.schema),
        }
    }

    pub(super) fn report(
        &mut self,
        part: &Part<'_>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.errors.push(part.source.error(&part.pointer, message, help));
    }

    /// Tells the breach of a convention, as its weight asks.
    pub(super) fn breach(
        &mut self,
        weight: Weight,
        part: &Part<'_>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let told = match weight {
            Weight::Off => return,
            Weight::Advice => &mut self.advice,
            Weight::Error => &mut self.errors,
        };
        told.push(part.source.error(&part.pointer, message, help));
    }

    pub(super) fn add(&mut self, error: SchemaError) {
        self.errors.push(error);
    }

    /// How many mistakes were found.
    pub(super) fn mistakes(&self) -> usize {
        self.errors.len()
    }

    /// Forgets the mistakes that were found since there were `count`.
    pub(super) fn forget(&mut self, count: usize) {
        self.errors.truncate(count);
    }

    /// The object that `part` is; reports each keyword that is in none of `honoured` and no annotation of the contract.
    pub(super) fn keywords(
        &mut self,
        part: &Part<'a>,
        honoured: &[&[&str]],
    ) -> Option<&'a Map<String, Value>> {
        let Some(Value::Object(schema)) = part.value() else {
            self.report(part, "not a schema", "write an object, or `true` for any value");
            return None;
        };
        for keyword in schema.keys() {
            let known = honoured.iter().any(|keywords| keywords.contains(&keyword.as_str()))
                || self.sources.manifest.annotations.contains(keyword);
            if !known {
                let instead = INSTEAD.iter().find(|(name, _)| name == keyword);
                let known = honoured.iter().copied().flatten().copied();
                let help = match (instead, nearest(keyword, known)) {
                    (Some((_, instead)), _) => (*instead).to_owned(),
                    (None, Some(meant)) => format!("write \"{meant}\", if that is meant"),
                    (None, None) => {
                        "remove it, or list it under \"annotations\" in schema/contract.json if it constrains nothing"
                            .to_owned()
                    }
                };
                let message = format!("the keyword `{keyword}` is not supported here");
                self.report(&part.key(keyword), message, help);
            }
        }
        Some(schema)
    }

    /// The string under `keyword` of `part`; where it is missing or empty, a breach of the convention `documentation`.
    pub(super) fn text(&mut self, part: &Part<'_>, keyword: &str) -> String {
        match part.string(keyword) {
            Some(text) if !text.trim().is_empty() => text.to_owned(),
            _ => {
                let weight = self.sources.manifest.conventions.documentation;
                let help = format!("add \"{keyword}\": \"...\"");
                self.breach(weight, part, format!("`{keyword}` is missing"), help);
                String::new()
            }
        }
    }

    /// Where `part` has no example, a breach of the convention `documentation`. `help` shows how they are written.
    pub(super) fn examples(&mut self, part: &Part<'_>, help: &str) {
        if part.get("examples").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            let weight = self.sources.manifest.conventions.documentation;
            self.breach(weight, part, "`examples` is missing", help);
        }
    }
}

/// Whether `name` is one of a definition by the convention `names`.
pub(super) fn is_definition_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Whether `name` is one of a field, or a word of an event type, by the convention `names`.
pub(super) fn is_field_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// `text` as the name of a type.
pub(super) fn camel(text: &str) -> String {
    let words: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let name = words.to_upper_camel_case();
    if name.starts_with(|c: char| c.is_numeric()) { format!("N{name}") } else { name }
}

fn rename_value(value: &mut crate::model::Value, from: &str, to: &str) {
    match &mut value.schema {
        SchemaRef::Named(name) if name == from => to.clone_into(name),
        SchemaRef::Named(_) => {}
        SchemaRef::Inline(schema) => rename_in(schema, from, to),
    }
}

fn rename_in(schema: &mut Schema, from: &str, to: &str) {
    match schema {
        Schema::Array { items: value, .. } | Schema::Map(value) => rename_value(value, from, to),
        Schema::Object(fields) => {
            for field in fields {
                rename_value(&mut field.value, from, to);
            }
        }
        Schema::ByType(values) | Schema::Untagged { alternatives: values, .. } => {
            for value in values {
                rename_value(value, from, to);
            }
        }
        _ => {}
    }
}
