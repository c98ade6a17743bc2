//! The contract under the names of types: one object for each event type that is known, its `data`, and what they share.
//!
//! It holds JSON Schema's own keywords alone. What a tagged union takes besides its alternatives stands in it as one more of them.

use std::collections::{BTreeMap, BTreeSet};

use clip_events_contract::bundle::{TaggedUnion, tagged_unions};
use clip_events_contract::model::{Envelope, EventShape};
use clip_events_contract::{Contract, Location, Source, Sources, sample, vocabulary};
use schema_source::{escape_token, unescape_token};
use serde_json::{Map, Value, json};

use super::names::Names;
use crate::type_names::event_of;

/// Where the types stand, as `$ref`s lead to them.
const DEFINITIONS: &str = "#/$defs/";

/// Keywords of the envelope that an event has otherwise.
const OF_EVENTS: [&str; 4] = ["title", "description", "properties", "examples"];

/// All types of the contract.
pub(super) struct Schemas<'a> {
    /// The whole deliveries, in the order of their event types.
    pub(super) events: Vec<Event<'a>>,
    /// Every type by its name, those of deliveries included.
    definitions: Map<String, Value>,
}

/// The deliveries of an event type.
pub(super) struct Event<'a> {
    /// What the contract says of it.
    pub(super) shape: &'a EventShape,
    /// The name of its type.
    pub(super) name: String,
    /// The name of the type of its `data`.
    data: String,
    /// One of them, if the schemas have an example.
    pub(super) example: Option<Value>,
}

impl<'a> Schemas<'a> {
    pub(super) fn of(sources: &'a Sources, contract: &'a Contract) -> Self {
        let mut names = Names::default();
        let mut titles = BTreeMap::new();
        let is_shape = |place: &Location| sources.data.iter().any(|it| it.location("") == *place);
        for definition in contract.definitions.values() {
            if !is_shape(&definition.location) {
                let name = names.choose(&definition.name, &[]);
                titles.insert(definition.location.clone(), name);
            }
        }
        let events = contract.events.iter().map(|shape| {
            let name = names.choose(&shape.event_type, &[event_of]);
            let has_example = |it: &&Source| it.value["examples"].get(0).is_some();
            let source = sources.data.iter().find(|source| source.stem() == shape.event_type);
            titles.extend(source.map(|source| (source.location(""), name.clone())));
            let example = source.filter(has_example);
            let example = example.and_then(|_| sample::delivery(sources, &shape.event_type));
            Event { shape, name: event_of(&name), data: name, example }
        });
        let events: Vec<_> = events.collect();
        let mut writer = Writer { sources, names, titles, unions: tagged_unions(sources) };
        let hoisted = writer.hoisted();
        let mut definitions = Map::new();
        for event in &events {
            definitions.insert(event.name.clone(), writer.event(event, &hoisted));
            let mut all = sources.data.iter();
            if let Some(source) = all.find(|source| source.stem() == event.shape.event_type) {
                let shape = writer.schema(source, "", &source.value);
                definitions.insert(event.data.clone(), shape);
            }
        }
        for key in &hoisted {
            let pointer = format!("/properties/{}", escape_token(key));
            let source = &sources.envelope;
            let schema = &source.value["properties"][key];
            let name = writer.titles[&source.location(&pointer)].clone();
            definitions.insert(name, writer.schema(source, &pointer, schema));
        }
        let source = &sources.definitions;
        for (key, schema) in source.value["$defs"].as_object().into_iter().flatten() {
            let pointer = format!("/$defs/{}", escape_token(key));
            let name = writer.title(source.location(&pointer), key);
            definitions.insert(name, writer.schema(source, &pointer, schema));
        }
        Self { events, definitions }
    }

    /// Every type by its name, with references to `place` instead of `#/$defs/`.
    pub(super) fn definitions_at(&self, place: &str) -> Map<String, Value> {
        let mut definitions = self.definitions.clone();
        for definition in definitions.values_mut() {
            for_each_schema(definition, &mut |schema| {
                if let Some(Value::String(reference)) = schema.get_mut("$ref") {
                    *reference = reference.replacen(DEFINITIONS, place, 1);
                }
            });
        }
        definitions
    }

    /// The same with nothing beside a `$ref`: where there would be, it stands in an `allOf`. Many tools ignore what is beside it, or make
    /// another type of it.
    pub(super) fn with_lone_references(&self, place: &str) -> Map<String, Value> {
        let mut definitions = self.definitions_at(place);
        for definition in definitions.values_mut() {
            for_each_schema(definition, &mut apart);
        }
        definitions
    }
}

/// Calls `f` with `schema` and each schema inside it.
fn for_each_schema(schema: &mut Value, f: &mut impl FnMut(&mut Map<String, Value>)) {
    let Value::Object(keywords) = schema else { return };
    f(keywords);
    for (keyword, operand) in keywords {
        match (keyword.as_str(), operand) {
            ("properties", Value::Object(named)) => {
                named.values_mut().for_each(|schema| for_each_schema(schema, f));
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                for schema in parts {
                    for_each_schema(schema, f);
                }
            }
            ("items" | "additionalProperties" | "not", schema) => for_each_schema(schema, f),
            _ => {}
        }
    }
}

struct Writer<'a> {
    sources: &'a Sources,
    names: Names,
    /// The names of the schemas that have one, by their places.
    titles: BTreeMap<Location, String>,
    unions: BTreeMap<Location, TaggedUnion>,
}

impl Writer<'_> {
    /// The members of the envelope that are types of their own, so that each event need not repeat them.
    fn hoisted(&mut self) -> BTreeSet<String> {
        let envelope = &self.sources.envelope;
        let referred = self.referred_members();
        let mut hoisted = BTreeSet::new();
        for key in envelope.value["properties"].as_object().into_iter().flat_map(Map::keys) {
            let place = envelope.location(format!("/properties/{}", escape_token(key)));
            let inside = format!("{}/", place.pointer);
            let has_type = self.titles.keys().any(|other| {
                let is_inside = *other == place || other.pointer.starts_with(&inside);
                other.path == place.path && is_inside
            });
            if has_type || referred.contains(key) {
                self.title(place, &format!("envelope {key}"));
                hoisted.insert(key.clone());
            }
        }
        hoisted
    }

    /// The members of the envelope that a `$ref` leads to.
    fn referred_members(&self) -> BTreeSet<String> {
        let mut referred = BTreeSet::new();
        for source in self.sources.all() {
            let mut value = source.value.clone();
            let mut note = |schema: &mut Map<String, Value>| {
                let target = schema.get("$ref").and_then(Value::as_str);
                let target = target.and_then(|target| self.sources.resolve(source, target));
                let Some((file, pointer)) = target else { return };
                let member = pointer.strip_prefix("/properties/");
                if let Some(member) = member.filter(|_| file.path == self.sources.envelope.path) {
                    let token = member.split('/').next().unwrap_or_default();
                    referred.insert(unescape_token(token));
                }
            };
            for_each_schema(&mut value, &mut note);
            for definition in value["$defs"].as_object_mut().into_iter().flatten() {
                for_each_schema(definition.1, &mut note);
            }
        }
        referred
    }

    /// The name of the schema at `place`: the one that it has, or else one like `wanted`.
    fn title(&mut self, place: Location, wanted: &str) -> String {
        let Self { titles, names, .. } = self;
        titles.entry(place).or_insert_with(|| names.choose(wanted, &[])).clone()
    }

    /// The deliveries of one event type.
    fn event(&mut self, event: &Event<'_>, hoisted: &BTreeSet<String>) -> Value {
        let (sources, shape) = (self.sources, event.shape);
        let source = &sources.envelope;
        let mut schema = Map::new();
        schema.insert("title".into(), event.name.clone().into());
        schema.insert("description".into(), shape.description.clone().into());
        let Value::Object(written) = self.schema(source, "", &source.value) else {
            unreachable!("the envelope is an object");
        };
        let others = written.iter().filter(|(keyword, _)| !OF_EVENTS.contains(&keyword.as_str()));
        schema.extend(others.map(|(keyword, operand)| (keyword.clone(), operand.clone())));
        let mut properties = Map::new();
        for (key, member) in written["properties"].as_object().into_iter().flatten() {
            let pointer = format!("/properties/{}", escape_token(key));
            let member = match key.as_str() {
                Envelope::TYPE => {
                    let mut member = json!({ "type": "string", "const": shape.event_type });
                    if let Some(description) = source.value["properties"][key].get("description") {
                        member["description"] = description.clone();
                    }
                    member
                }
                Envelope::DATA => json!({ "$ref": format!("{DEFINITIONS}{}", event.data) }),
                _ if hoisted.contains(key) => {
                    let name = &self.titles[&source.location(&pointer)];
                    json!({ "$ref": format!("{DEFINITIONS}{name}") })
                }
                _ => member.clone(),
            };
            properties.insert(key.clone(), member);
        }
        schema.insert("properties".into(), properties.into());
        if let Some(example) = &event.example {
            schema.insert("examples".into(), json!([example]));
        }
        schema.into()
    }

    /// The schema `value` at `pointer` of the file `source`.
    fn schema(&mut self, source: &Source, pointer: &str, value: &Value) -> Value {
        // Not all tools know that `true` is a schema.
        let (all, none) = (Map::new(), Map::from_iter([("not".to_owned(), json!({}))]));
        let keywords = match value {
            Value::Object(keywords) => keywords,
            Value::Bool(false) => &none,
            _ => &all,
        };
        let mut written = Map::new();
        let place = source.location(pointer);
        if let Some(name) = self.titles.get(&place) {
            written.insert("title".into(), name.clone().into());
        }
        for (keyword, operand) in keywords {
            let at = format!("{pointer}/{}", escape_token(keyword));
            let operand = match (keyword.as_str(), operand) {
                ("title" | "$schema" | "$id" | "$defs", _) => continue,
                (keyword, _) if !vocabulary::is_standard(keyword) => continue,
                ("description", Value::String(text)) => match keywords.get("x-known-values") {
                    Some(Value::Array(known)) => {
                        let known = known.iter().filter_map(Value::as_str);
                        let known: Vec<_> = known.map(|value| format!("`{value}`")).collect();
                        format!("{text} Known today: {}.", known.join(", ")).into()
                    }
                    _ => operand.clone(),
                },
                ("$ref", Value::String(reference)) => self.reference(source, reference).into(),
                ("properties", Value::Object(named)) => {
                    let schemas = named.iter().map(|(key, schema)| {
                        let at = format!("{at}/{}", escape_token(key));
                        (key.clone(), self.schema(source, &at, schema))
                    });
                    Value::Object(schemas.collect())
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                    let parts = parts.iter().enumerate();
                    let parts =
                        parts.map(|(nth, part)| self.schema(source, &format!("{at}/{nth}"), part));
                    let mut parts: Vec<_> = parts.collect();
                    parts.extend(self.any_other(&place, &source.location(&at)));
                    parts.into()
                }
                ("items" | "additionalProperties", schema) => self.schema(source, &at, schema),
                _ => operand.clone(),
            };
            written.insert(keyword.clone(), operand);
        }
        written.into()
    }

    /// What the union `at` takes besides the alternatives that are written: objects that have another value of its tag.
    fn any_other(&mut self, place: &Location, at: &Location) -> Option<Value> {
        let union = self.unions.get(at)?;
        let (tag, known) = (union.tag.clone(), union.values.concat());
        let owner = self.titles.get(place).cloned().unwrap_or_default();
        let title = self.title(at.key("other"), &format!("Other{owner}"));
        Some(json!({
            "title": title,
            "description": format!("An alternative that is newer than this document: readers accept any other `{tag}`."),
            "type": "object",
            "required": [tag],
            "properties": { &tag: { "type": "string", "not": { "enum": known } } },
        }))
    }

    /// `reference`, written in the file `from`, to where it leads among the types.
    fn reference(&mut self, from: &Source, reference: &str) -> String {
        let sources = self.sources;
        let Some((file, pointer)) = sources.resolve(from, reference) else {
            return reference.to_owned();
        };
        // `/$defs/Name`, `/properties/key`, or a shape as a whole.
        let shared = [&sources.definitions.path, &sources.envelope.path];
        let depth = if shared.contains(&&file.path) { 2 } else { 0 };
        let mut tokens = pointer.split('/');
        let head: Vec<_> = tokens.by_ref().take(depth + 1).collect();
        let rest = tokens.fold(String::new(), |rest, token| format!("{rest}/{token}"));
        let wanted = head.last().copied().map(unescape_token).unwrap_or_default();
        let name = self.title(file.location(head.join("/")), &wanted);
        format!("{DEFINITIONS}{name}{rest}")
    }
}

/// Lets the `$ref` of `schema` stand by itself.
fn apart(schema: &mut Map<String, Value>) {
    if schema.len() < 2 {
        return;
    }
    let Some(reference) = schema.remove("$ref") else { return };
    let reference = json!({ "$ref": reference });
    match schema.get_mut("allOf") {
        Some(Value::Array(parts)) => parts.push(reference),
        _ => {
            schema.insert("allOf".into(), json!([reference]));
        }
    }
}
