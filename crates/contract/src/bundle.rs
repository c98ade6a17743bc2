//! The contract as one self-contained schema, which releases freeze and tools in other languages read.

use std::collections::BTreeMap;

use schema_source::{Location, SchemaErrors, Source, escape_token};
use serde_json::{Map, Value, json};

use crate::lower::{TaggedUnion, tagged_unions};
use crate::model::Envelope;
use crate::sources::{Sources, for_each_ref};
use crate::vocabulary::DIALECT;

/// Name of the bundle below the contract's base id.
const FILE: &str = "contract.schema.json";

/// Checks that [`bundle`] loses nothing: `$defs` of the bundle holds the shared definitions and the shapes, nothing else.
///
/// # Errors
///
/// Each part of the schemas that has no place in a bundle.
pub fn check(sources: &Sources) -> Result<(), SchemaErrors> {
    let mut errors = Vec::new();
    let (envelope, definitions) = (&sources.envelope, &sources.definitions);
    if envelope.value.get("$defs").is_some() {
        let help = "move the definitions into definitions.schema.json";
        errors.push(envelope.error("/$defs", "the envelope has definitions of its own", help));
    }
    for source in &sources.data {
        let pointer = format!("/$defs/{}", escape_token(source.stem()));
        if definitions.value.pointer(&pointer).is_some() {
            errors.push(definitions.error(&pointer, "named like an event type", "rename it"));
        }
    }
    for source in sources.all() {
        for_each_ref(&source.value, &mut |place, reference| {
            let Some((target, pointer)) = sources.resolve(source, reference) else { return };
            let parts = if target.path == envelope.path { "/properties/" } else { "/$defs/" };
            let whole = [&envelope.path, &definitions.path].contains(&&target.path);
            if whole && !pointer.starts_with(parts) {
                let message = format!("`$ref` to a part that is not bundled: {reference}");
                let help = format!("refer to something below {parts} of that file");
                errors.push(source.error(place, message, help));
            }
        });
    }
    if errors.is_empty() { Ok(()) } else { Err(SchemaErrors(errors)) }
}

/// The bundle of `sources`: the envelope, `data` chosen by `type`, and every schema under `$defs`.
///
/// Shared definitions stand under their names, data shapes under their event types. A type that is
/// not among them passes with any object as `data`: a reader must survive new event types.
///
/// A union of objects that a key tells apart is written as what it means: like the envelope, it is open to objects
/// with other values of the key.
pub fn bundle(sources: &Sources) -> Value {
    let unions = tagged_unions(sources);
    let prepared = |source: &Source| {
        let mut value = opened(source, &unions);
        rewrite_refs(sources, source, &mut value);
        value
    };
    let bundle = without(&prepared(&sources.envelope), &["$schema", "$id"]);
    // The envelope's own `allOf`, which no renderer honours, is still the gate's to judge.
    let own = bundle.get("allOf").and_then(Value::as_array).cloned().unwrap_or_default();
    let dispatch = sources.data.iter().map(|source| dispatch(source.stem()));
    let all: Vec<_> = own.into_iter().chain(dispatch).collect();
    let mut definitions = Map::new();
    let shared = prepared(&sources.definitions);
    for (name, definition) in shared.get("$defs").and_then(Value::as_object).into_iter().flatten() {
        definitions.insert(name.clone(), definition.clone());
    }
    for source in &sources.data {
        let shape = without(&prepared(source), &["$schema", "$id"]);
        definitions.insert(source.stem().to_owned(), Value::Object(shape));
    }
    let mut head = Map::new();
    head.insert("$schema".into(), DIALECT.into());
    head.insert("$id".into(), id(sources).into());
    head.extend(bundle);
    // An empty `allOf` is not a valid schema.
    if !all.is_empty() {
        head.insert("allOf".into(), all.into());
    }
    head.insert("$defs".into(), definitions.into());
    Value::Object(head)
}

/// The branch that gives `data` the shape of `event_type`.
fn dispatch(event_type: &str) -> Value {
    let reference = format!("#/$defs/{}", escape_token(event_type));
    let data = json!({ "properties": { Envelope::DATA: { "$ref": reference } } });
    branch(Envelope::TYPE, &json!({ "const": event_type }), &data)
}

/// The value of `source` with its tagged unions open.
fn opened(source: &Source, unions: &BTreeMap<Location, TaggedUnion>) -> Value {
    let mut value = source.value.clone();
    // Inner ones first: their places are as written only while those around them are.
    for (location, union) in unions.iter().rev().filter(|(place, _)| place.path == source.path) {
        let Some((parent, keyword)) = location.pointer.rsplit_once('/') else { continue };
        let Some(Value::Object(schema)) = value.pointer_mut(parent) else { continue };
        let Some(Value::Array(alternatives)) = schema.remove(keyword) else { continue };
        let mut branches = Vec::new();
        let mut others = Vec::new();
        for (at, alternative) in alternatives.into_iter().enumerate() {
            match union.values.get(at).map_or(&[][..], Vec::as_slice) {
                [] => others.push(alternative),
                [value] => {
                    branches.push(branch(&union.tag, &json!({ "const": value }), &alternative));
                }
                values => {
                    branches.push(branch(&union.tag, &json!({ "enum": values }), &alternative));
                }
            }
        }
        let mut open = Map::new();
        open.insert("type".into(), "object".into());
        open.insert("required".into(), json!([union.tag]));
        open.insert("properties".into(), json!({ &union.tag: { "type": "string" } }));
        open.insert("allOf".into(), branches.into());
        if !others.is_empty() {
            others.insert(0, Value::Object(open));
            schema.insert("anyOf".into(), others.into());
        } else if open.keys().any(|keyword| schema.contains_key(keyword)) {
            let all = schema.entry("allOf").or_insert_with(|| json!([]));
            if let Value::Array(all) = all {
                all.push(Value::Object(open));
            }
        } else {
            schema.extend(open);
        }
    }
    value
}

/// What holds if the value under `tag` is one of `values`.
fn branch(tag: &str, values: &Value, then: &Value) -> Value {
    json!({ "if": { "properties": { tag: values }, "required": [tag] }, "then": then })
}

/// A part of the bundle that comes from another file than the envelope.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// JSON Pointer of the part in the bundle.
    pub bundle_pointer: String,
    /// The file that it comes from.
    pub source: &'a Source,
    /// JSON Pointer of the part in that file.
    pub file_pointer: &'static str,
}

/// The parts of the bundle that come from other files than the envelope: the definitions, and within them the shapes.
pub fn parts(sources: &Sources) -> impl Iterator<Item = Part<'_>> {
    let bundle_pointer = "/$defs".to_owned();
    let definitions = Part { bundle_pointer, source: &sources.definitions, file_pointer: "/$defs" };
    let shapes = sources.data.iter().map(|source| {
        let bundle_pointer = format!("/$defs/{}", escape_token(source.stem()));
        Part { bundle_pointer, source, file_pointer: "" }
    });
    std::iter::once(definitions).chain(shapes)
}

/// The `$id` of every bundle of the contract.
pub fn id(sources: &Sources) -> String {
    format!("{}{FILE}", sources.manifest.base_id)
}

fn without(value: &Value, keywords: &[&str]) -> Map<String, Value> {
    // `Sources` holds objects only.
    let object = value.as_object().cloned().unwrap_or_default();
    object.into_iter().filter(|(key, _)| !keywords.contains(&key.as_str())).collect()
}

/// The reference within the bundle to what `pointer` names in the file `source`.
pub(crate) fn place(sources: &Sources, source: &Source, pointer: &str) -> String {
    if [&sources.definitions.path, &sources.envelope.path].contains(&&source.path) {
        format!("#{pointer}")
    } else {
        format!("#/$defs/{}{pointer}", escape_token(source.stem()))
    }
}

/// Makes each `$ref` of a schema of the file `from` a pointer into the bundle.
fn rewrite_refs(sources: &Sources, from: &Source, value: &mut Value) {
    let mut references = Vec::new();
    for_each_ref(value, &mut |place, reference| {
        references.push((place.to_owned(), reference.to_owned()));
    });
    for (place, reference) in references {
        let target = sources.resolve(from, &reference);
        if let (Some((target, pointer)), Some(written)) = (target, value.pointer_mut(&place)) {
            *written = self::place(sources, target, pointer).into();
        }
    }
}
