//! The files of a new event type: valid from the start, with texts that are still to be written.

use std::path::PathBuf;

use schema_source::{SchemaError, SchemaErrors, Source, escape_token, pretty_json};
use serde_json::{Map, Value};

use crate::deliveries::{FOLDER, TYPICAL};
use crate::sample;
use crate::sources::Sources;

/// What a text starts with that is still to be written.
const TO_WRITE: &str = "TODO";

/// The files of a new event type.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scaffold {
    /// The schema of its `data`.
    pub shape: Source,
    /// An example delivery.
    pub delivery: Source,
}

/// The files of the new event type `event_type`: a shape with the fields that the event types nearest to it share, and a
/// delivery.
///
/// # Errors
///
/// When there is such an event type, or its name is not a valid one.
pub fn new_event(sources: &Sources, event_type: &str) -> Result<Scaffold, SchemaErrors> {
    let path = PathBuf::from(format!("schema/data/{event_type}.schema.json"));
    if sources.data.iter().any(|source| source.stem() == event_type) {
        let message = format!("the event type {event_type} is there already");
        return Err(SchemaError::of_file(path, message, "edit this file").into());
    }
    let is_word = |word: &str| {
        !word.is_empty() && !word.contains(|c: char| "/\\".contains(c) || c.is_control())
    };
    if !event_type.split('.').all(is_word) {
        let message =
            format!("{event_type:?} cannot be the name of a file, so it is not a valid event type");
        return Err(SchemaError::of_file(
            "schema/data",
            message,
            "use dotted words: post.published",
        )
        .into());
    }
    let shape = Source::parse(path, pretty_json(&shape(sources, event_type)))?;
    let with_it = sources.with_shape(shape.clone());
    // What is wrong elsewhere is not its fault.
    let own = |SchemaErrors(errors)| -> Result<(), SchemaErrors> {
        let own: Vec<_> =
            errors.into_iter().filter(|error: &SchemaError| error.path == shape.path).collect();
        if own.is_empty() { Ok(()) } else { Err(SchemaErrors(own)) }
    };
    if let Err(errors) = with_it.and_then(|sources| crate::lower(&sources)) {
        own(errors)?;
    }
    let data = &shape.value["examples"][0];
    let delivery = sample::delivery_with(sources, event_type, data);
    let path = format!("{FOLDER}/{event_type}/{TYPICAL}.json");
    let delivery = Source::parse(path.into(), pretty_json(&delivery))?;
    Ok(Scaffold { shape, delivery })
}

/// The texts that [`new_event`] left to be written, as mistakes.
///
/// # Errors
///
/// Each such text.
pub fn check_written(sources: &Sources) -> Result<(), SchemaErrors> {
    let mut errors = Vec::new();
    for source in sources.all() {
        each_text(&source.value, "", &mut |pointer, text| {
            if text.starts_with(TO_WRITE) {
                let message = format!("still to be written: {text}");
                errors.push(source.error(
                    pointer,
                    message,
                    "write it for people who receive the event",
                ));
            }
        });
    }
    if errors.is_empty() { Ok(()) } else { Err(SchemaErrors(errors)) }
}

/// Calls `f` with each title and description of a schema, and the pointer to it.
fn each_text(schema: &Value, pointer: &str, f: &mut impl FnMut(&str, &str)) {
    let each = |key: &str, child: &Value, f: &mut _| {
        each_text(child, &format!("{pointer}/{}", escape_token(key)), f);
    };
    match schema {
        Value::Object(members) => {
            for (key, child) in members {
                if let ("title" | "description", Value::String(text)) = (key.as_str(), child) {
                    f(&format!("{pointer}/{key}"), text);
                } else if key != "examples" {
                    each(key, child, f);
                }
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                each(&index.to_string(), child, f);
            }
        }
        _ => {}
    }
}

/// The schema: what the nearest event types share.
fn shape(sources: &Sources, event_type: &str) -> Value {
    let nearest = nearest(sources, event_type);
    let mut shape = Map::new();
    // As the envelope has it, but for the name of the file.
    shape.insert("$schema".into(), sources.envelope.value["$schema"].clone());
    let id = sources.envelope.value["$id"].as_str().unwrap_or_default();
    let base = id.rsplit_once('/').map_or("", |(base, _)| base);
    shape.insert("$id".into(), format!("{base}/data/{event_type}.schema.json").into());
    shape.insert("title".into(), title(event_type).into());
    let description = format!("{TO_WRITE}: when it fires, and what it means to a receiver.");
    shape.insert("description".into(), description.into());
    let domains: Vec<_> = nearest.iter().map(|source| &source.value["x-domain"]).collect();
    if domains.is_empty() || domains.iter().any(|domain| domain.is_string()) {
        let first = event_type.split('.').next().unwrap_or_default().replace('_', "-");
        let is_one =
            is_near(&nearest, event_type) && domains.windows(2).all(|pair| pair[0] == pair[1]);
        let domain = if is_one { domains[0].clone() } else { first.into() };
        shape.insert("x-domain".into(), domain);
    }
    shape.insert("type".into(), "object".into());
    let fields = shared_fields(&nearest);
    shape.insert("required".into(), fields.iter().map(|(name, _)| name.as_str()).collect());
    let properties: Map<_, _> =
        fields.iter().map(|(name, field)| (name.clone(), (*field).clone())).collect();
    let example: Map<_, _> = fields
        .iter()
        .map(|(name, field)| {
            let given = nearest[0].value["examples"][0].get(name);
            let made = || sample::value(sources, nearest[0], field);
            (name.clone(), given.cloned().unwrap_or_else(made))
        })
        .collect();
    shape.insert("properties".into(), properties.into());
    shape.insert("examples".into(), vec![Value::from(example)].into());
    shape.into()
}

/// The event types that share most first words with `event_type`: all, if none shares one.
fn nearest<'a>(sources: &'a Sources, event_type: &str) -> Vec<&'a Source> {
    let most = sources.data.iter().map(|source| shared_words(source.stem(), event_type)).max();
    let is_nearest = |source: &&Source| Some(shared_words(source.stem(), event_type)) == most;
    sources.data.iter().filter(is_nearest).collect()
}

fn is_near(nearest: &[&Source], event_type: &str) -> bool {
    nearest.first().is_some_and(|source| shared_words(source.stem(), event_type) > 0)
}

fn shared_words(one: &str, other: &str) -> usize {
    one.split('.').zip(other.split('.')).take_while(|(one, other)| one == other).count()
}

/// The required fields that are the same in all of `shapes`, in the order of the first one.
fn shared_fields<'a>(shapes: &[&'a Source]) -> Vec<(String, &'a Value)> {
    let field = |source: &'a Source, name: &str| -> Option<&'a Value> {
        let required = source.value["required"].as_array()?;
        required.iter().find(|key| *key == name)?;
        source.value["properties"].get(name)
    };
    let first = shapes.first().and_then(|source| source.value["properties"].as_object());
    let fields = first
        .into_iter()
        .flatten()
        .filter(|(name, schema)| shapes.iter().all(|source| field(source, name) == Some(schema)));
    fields.map(|(name, schema)| (name.clone(), schema)).collect()
}

/// `post.draft.created` as a person writes it: `Post draft created`.
fn title(event_type: &str) -> String {
    let words = event_type.replace(['.', '_'], " ");
    let mut characters = words.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
