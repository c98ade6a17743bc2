//! A part of a file as lowering walks it, and the definitions and mistakes found so far.

use std::collections::BTreeMap;
use std::sync::Arc;

use schema_source::{Location, SchemaError, SchemaErrors, Source, escape_token};
use serde_json::{Map, Value};

use crate::model::Definition;
use crate::sources::Sources;
use crate::vocabulary::INSTEAD;

/// A part of a schema file.
#[derive(Debug, Clone)]
pub(super) struct Part<'a> {
    pub(super) source: &'a Source,
    pointer: String,
}

impl<'a> Part<'a> {
    /// The whole file.
    pub(super) fn root(source: &'a Source) -> Self {
        Self { source, pointer: String::new() }
    }

    /// The part under `key` of this one, be there any or not.
    pub(super) fn key(&self, key: &str) -> Self {
        Self { source: self.source, pointer: format!("{}/{}", self.pointer, escape_token(key)) }
    }

    /// The element `index` of this part.
    pub(super) fn index(&self, index: usize) -> Self {
        Self { source: self.source, pointer: format!("{}/{index}", self.pointer) }
    }

    /// The value of this part, if there is one.
    pub(super) fn value(&self) -> Option<&'a Value> {
        self.source.value.pointer(&self.pointer)
    }

    /// The value under `key` of this part, if there is one.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.value()?.get(key)
    }

    /// The string under `key` of this part, if there is one.
    pub(super) fn string(&self, key: &str) -> Option<&'a str> {
        self.get(key)?.as_str()
    }

    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    pub(super) fn location(&self) -> Location {
        self.source.location(self.pointer.as_str())
    }
}

/// Definitions and mistakes that lowering has found so far.
#[derive(Debug)]
pub(super) struct Context<'a> {
    pub(super) sources: &'a Sources,
    /// The shared definitions by their names, those with a mistake among them.
    pub(super) shared: BTreeMap<&'a str, Arc<Definition>>,
    /// Those that are written inline, in the order of their discovery.
    inline: Vec<Arc<Definition>>,
    errors: Vec<SchemaError>,
}

impl<'a> Context<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { sources, shared: BTreeMap::new(), inline: Vec::new(), errors: Vec::new() }
    }

    /// The model that `model` makes of all definitions, if there was no mistake.
    pub(super) fn finish<T>(
        self,
        model: impl FnOnce(Vec<Arc<Definition>>) -> T,
    ) -> Result<T, SchemaErrors> {
        if self.errors.is_empty() {
            Ok(model(self.shared.into_values().chain(self.inline).collect()))
        } else {
            Err(SchemaErrors(self.errors))
        }
    }

    /// Names a definition that is written inline.
    pub(super) fn define(&mut self, definition: Definition) -> Arc<Definition> {
        let definition = Arc::new(definition);
        self.inline.push(Arc::clone(&definition));
        definition
    }

    pub(super) fn report(
        &mut self,
        part: &Part<'_>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.errors.push(part.source.error(&part.pointer, message, help));
    }

    pub(super) fn add(&mut self, error: SchemaError) {
        self.errors.push(error);
    }

    /// How many mistakes were found.
    pub(super) fn mistakes(&self) -> usize {
        self.errors.len()
    }

    /// The object that `part` is; reports each keyword that is in none of `honoured`.
    pub(super) fn keywords(
        &mut self,
        part: &Part<'a>,
        honoured: &[&[&str]],
    ) -> Option<&'a Map<String, Value>> {
        let Some(Value::Object(schema)) = part.value() else {
            let help = "write a schema as an object: `true` and `false` say nothing";
            self.report(part, "not an object", help);
            return None;
        };
        for keyword in schema.keys() {
            if !honoured.iter().any(|keywords| keywords.contains(&keyword.as_str())) {
                let instead = INSTEAD.iter().find(|(name, _)| name == keyword);
                let help = instead.map_or_else(
                    || format!("remove it; honoured here: {}", honoured.concat().join(", ")),
                    |(_, instead)| (*instead).to_owned(),
                );
                let message = format!("no renderer honours the keyword `{keyword}` here");
                self.report(&part.key(keyword), message, help);
            }
        }
        Some(schema)
    }

    /// The string under `keyword` of `part`; reports where it is missing or empty.
    pub(super) fn text(&mut self, part: &Part<'_>, keyword: &str) -> String {
        match part.string(keyword) {
            Some(text) if !text.trim().is_empty() => text.to_owned(),
            _ => {
                let help = format!("add \"{keyword}\": \"...\"");
                self.report(part, format!("`{keyword}` is missing"), help);
                String::new()
            }
        }
    }

    /// Reports where `part` has no example. `help` shows how they are written.
    pub(super) fn examples(&mut self, part: &Part<'_>, help: &str) {
        if part.get("examples").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            self.report(part, "`examples` is missing", help);
        }
    }
}

/// Whether `name` is one of a definition.
pub(super) fn is_definition_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Whether `name` is one of a field, or a word of an event type.
pub(super) fn is_field_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !["self", "super", "crate"].contains(&name)
}
