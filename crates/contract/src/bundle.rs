//! The contract as one self-contained schema, which releases freeze and tools in other languages read.

use std::collections::BTreeMap;

use schema_source::{Location, SchemaErrors, Source, escape_token};
use serde_json::{Map, Value, json};

use crate::model::Envelope;
use crate::sources::{Sources, for_each_ref};
use crate::vocabulary::DIALECT;

pub use crate::lower::{TaggedUnion, tagged_unions};

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
        let mut value = opened(source, &unions).0;
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

/// A part that stands elsewhere in the bundle than in its file.
struct Moved {
    /// JSON Pointer in the bundle's form of the file.
    to: String,
    /// JSON Pointer in the file.
    from: String,
}

/// The value of `source` with its tagged unions open, and where their alternatives stand now.
fn opened(source: &Source, unions: &BTreeMap<Location, TaggedUnion>) -> (Value, Vec<Moved>) {
    let mut value = source.value.clone();
    let mut moved: Vec<Moved> = Vec::new();
    // Inner ones first: their places are as written only while those around them are.
    for (location, union) in unions.iter().rev().filter(|(place, _)| place.path == source.path) {
        let Some((parent, keyword)) = location.pointer.rsplit_once('/') else { continue };
        let Some(Value::Object(schema)) = value.pointer_mut(parent) else { continue };
        let Some(Value::Array(alternatives)) = schema.remove(keyword) else { continue };
        let (mut branches, mut others) = (Vec::new(), Vec::new());
        for (at, alternative) in alternatives.into_iter().enumerate() {
            let tags = match union.values.get(at).map_or(&[][..], Vec::as_slice) {
                [] => {
                    others.push((at, alternative));
                    continue;
                }
                [value] => json!({ "const": value }),
                values => json!({ "enum": values }),
            };
            branches.push((at, branch(&union.tag, &tags, &alternative)));
        }
        let (branches_at, branches): (Vec<_>, Vec<_>) = branches.into_iter().unzip();
        let (others_at, mut others): (Vec<_>, Vec<_>) = others.into_iter().unzip();
        let mut open = Map::new();
        open.insert("type".into(), "object".into());
        open.insert("required".into(), json!([union.tag]));
        open.insert("properties".into(), json!({ &union.tag: { "type": "string" } }));
        open.insert("allOf".into(), branches.into());
        let form = if !others.is_empty() {
            others.insert(0, Value::Object(open));
            schema.insert("anyOf".into(), others.into());
            format!("{parent}/anyOf/0")
        } else if open.keys().any(|keyword| schema.contains_key(keyword)) {
            let all = schema.entry("allOf").or_insert_with(|| json!([]));
            let Value::Array(all) = all else { continue };
            all.push(Value::Object(open));
            format!("{parent}/allOf/{}", all.len() - 1)
        } else {
            schema.extend(open);
            parent.to_owned()
        };
        let moved_to = |at, to| Moved { from: format!("{}/{at}", location.pointer), to };
        let branches = branches_at.into_iter().enumerate();
        let branches = branches.map(|(now, at)| moved_to(at, format!("{form}/allOf/{now}/then")));
        // The open form stands before them.
        let others = others_at.into_iter().zip(1..);
        let others = others.map(|(at, now)| moved_to(at, format!("{parent}/anyOf/{now}")));
        let around: Vec<_> = branches.chain(others).collect();
        for inner in &mut moved {
            let outer = around.iter().find_map(|outer| {
                let rest = inner.to.strip_prefix(&outer.from)?;
                rest.starts_with('/').then(|| format!("{}{rest}", outer.to))
            });
            if let Some(to) = outer {
                inner.to = to;
            }
        }
        moved.extend(around);
    }
    (value, moved)
}

/// What holds if the value under `tag` is one of `values`.
fn branch(tag: &str, values: &Value, then: &Value) -> Value {
    json!({ "if": { "properties": { tag: values }, "required": [tag] }, "then": then })
}

/// A part of the bundle that comes from another file than the envelope, or stands elsewhere in its file.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// JSON Pointer of the part in the bundle.
    pub bundle_pointer: String,
    /// The file that it comes from.
    pub source: &'a Source,
    /// JSON Pointer of the part in that file.
    pub file_pointer: String,
}

/// The parts of the bundle that come from other files than the envelope, or stand elsewhere in them: the definitions, within
/// them the shapes, and within all of these the alternatives of tagged unions.
pub fn parts(sources: &Sources) -> Vec<Part<'_>> {
    let part = |source, bundle_pointer, file_pointer| Part { bundle_pointer, source, file_pointer };
    let mut parts = vec![part(&sources.definitions, "/$defs".to_owned(), "/$defs".to_owned())];
    let mut files = vec![(&sources.envelope, String::new()), (&sources.definitions, String::new())];
    for source in &sources.data {
        let shape = format!("/$defs/{}", escape_token(source.stem()));
        parts.push(part(source, shape.clone(), String::new()));
        files.push((source, shape));
    }
    let unions = tagged_unions(sources);
    for (source, at) in files {
        let (_, moved) = opened(source, &unions);
        let moved =
            moved.into_iter().map(|Moved { to, from }| part(source, format!("{at}{to}"), from));
        parts.extend(moved);
    }
    parts
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
    format!("#{}", sources.bundle_pointer(source, pointer))
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
