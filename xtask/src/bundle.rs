//! The contract as one self-contained schema: what releases freeze and other languages take.

use serde_json::{Map, Value, json};

use crate::load::{BASE_ID, DIALECT, Sources};
use crate::model::Envelope;
use crate::source::{Source, escape_token};

/// Name of the bundle below [`BASE_ID`].
const FILE: &str = "contract.schema.json";

/// The bundle of `sources`: the envelope, `data` chosen by `type`, and every schema under `$defs`.
///
/// Shared definitions stand under their names, data shapes under their event types. A type that is
/// not among them passes with any object as `data`: a reader must survive new event types.
pub fn bundle(sources: &Sources) -> Value {
    let mut bundle = without(&sources.envelope.value, &["$schema", "$id"]);
    rewrite_refs(sources, &sources.envelope, &mut bundle);
    let dispatch: Vec<_> = sources
        .data
        .iter()
        .map(|source| {
            let reference = format!("#/$defs/{}", escape_token(source.stem()));
            json!({
                "if": { "properties": { Envelope::TYPE: { "const": source.stem() } }, "required": [Envelope::TYPE] },
                "then": { "properties": { Envelope::DATA: { "$ref": reference } } }
            })
        })
        .collect();
    let mut definitions = Map::new();
    let shared = sources.definitions.value.get("$defs").and_then(Value::as_object);
    for (name, definition) in shared.into_iter().flatten() {
        let mut definition = definition.clone();
        rewrite_refs(sources, &sources.definitions, &mut definition);
        definitions.insert(name.clone(), definition);
    }
    for source in &sources.data {
        let mut shape = without(&source.value, &["$schema", "$id"]);
        rewrite_refs(sources, source, &mut shape);
        definitions.insert(source.stem().to_owned(), Value::Object(shape));
    }
    let mut head = Map::new();
    head.insert("$schema".into(), DIALECT.into());
    head.insert("$id".into(), format!("{BASE_ID}{FILE}").into());
    head.extend(bundle);
    head.insert("allOf".into(), dispatch.into());
    head.insert("$defs".into(), definitions.into());
    Value::Object(head)
}

/// The event types that `bundle` dispatches on.
pub fn event_types(bundle: &Value) -> Vec<&str> {
    let pointer = format!("/if/properties/{}/const", Envelope::TYPE);
    let dispatch = bundle.get("allOf").and_then(Value::as_array);
    dispatch.into_iter().flatten().filter_map(|branch| branch.pointer(&pointer)?.as_str()).collect()
}

fn without(value: &Value, keywords: &[&str]) -> Map<String, Value> {
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
fn rewrite_refs(sources: &Sources, from: &Source, value: &mut impl Walk) {
    value.walk(&mut |key, child| {
        let Value::String(reference) = child else { return };
        if key != "$ref" {
            return;
        }
        if let Some((target, pointer)) = sources.resolve(from, reference) {
            *child = place(sources, target, pointer).into();
        }
    });
}

/// Visits every key of every object of a schema, examples left out: those are data.
trait Walk {
    fn walk(&mut self, f: &mut impl FnMut(&str, &mut Value));
}

impl Walk for Map<String, Value> {
    fn walk(&mut self, f: &mut impl FnMut(&str, &mut Value)) {
        for (key, child) in self.iter_mut().filter(|(key, _)| *key != "examples") {
            f(key, child);
            child.walk(f);
        }
    }
}

impl Walk for Value {
    fn walk(&mut self, f: &mut impl FnMut(&str, &mut Value)) {
        match self {
            Self::Object(object) => object.walk(f),
            Self::Array(array) => array.iter_mut().for_each(|child| child.walk(f)),
            _ => {}
        }
    }
}
