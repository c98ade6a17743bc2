//! Narrowing a document to some of its deliveries.

use std::collections::{BTreeMap, BTreeSet};

use schema_source::unescape_token;
use serde_json::{Map, Value, json};

use crate::view::{View, open_branch};

/// A document that is narrowed to one event type after the other.
pub(crate) struct Narrowing<'a> {
    view: View<'a>,
    /// By name, the definitions that each definition refers to. None if a part of the document refers to the whole: then
    /// nothing of it can be left out.
    uses: Option<BTreeMap<&'a str, BTreeSet<String>>>,
}

impl<'a> Narrowing<'a> {
    pub(crate) fn new(view: View<'a>) -> Self {
        let definitions = view.document.get("$defs").and_then(Value::as_object);
        let uses = definitions
            .into_iter()
            .flatten()
            .map(|(name, definition)| Some((name.as_str(), used_by(definition, view)?)));
        let uses = used_by(&without_definitions(view.document), view).and_then(|_| uses.collect());
        Self { view, uses }
    }

    /// The document, without what says nothing of deliveries of `event_type`, or of a type that it does not tell apart.
    ///
    /// A branch for another event type does not apply, and a definition that nothing refers to is none. What is left keeps
    /// its place.
    pub(crate) fn about(&self, event_type: Option<&str>) -> Value {
        let Self { view, uses: Some(uses) } = self else { return self.view.document.clone() };
        let mut document = without_definitions(view.document);
        let branches = document.get_mut("allOf").and_then(Value::as_array_mut);
        for branch in branches.into_iter().flatten() {
            let is_of_other = match event_type {
                None => view.layout.event_type(branch).is_some(),
                Some(event_type) => branch
                    .as_object()
                    .and_then(open_branch)
                    .is_some_and(|(tag, value)| tag == view.layout.tag() && value != event_type),
            };
            if is_of_other {
                *branch = Value::Bool(true);
            }
        }
        let mut work: Vec<_> = used_by(&document, *view).into_iter().flatten().collect();
        let mut used = BTreeSet::new();
        while let Some(name) = work.pop() {
            if let Some(more) = uses.get(&*name).filter(|_| used.insert(name.clone())) {
                work.extend(more.iter().cloned());
            }
        }
        let definitions = view.document.get("$defs").and_then(Value::as_object);
        let definitions =
            definitions.into_iter().flatten().filter(|(name, _)| used.contains(*name));
        let definitions: Map<_, _> =
            definitions.map(|(name, schema)| (name.clone(), schema.clone())).collect();
        if let Some(document) = document.as_object_mut().filter(|_| !definitions.is_empty()) {
            document.insert("$defs".into(), definitions.into());
        }
        document
    }
}

/// `document`, narrowed to the deliveries that all of `narrowings` allow.
pub(crate) fn narrowed(mut document: Value, mut narrowings: Vec<Value>) -> Value {
    // An empty `allOf` is not a valid schema.
    if let Some(object) = document.as_object_mut().filter(|_| !narrowings.is_empty()) {
        let all = object.entry("allOf").or_insert_with(|| json!([])).as_array_mut();
        if let Some(all) = all {
            all.append(&mut narrowings);
        }
    }
    document
}

/// The definitions of a document that something which refers to `schema` needs, `schema` left out.
fn without_definitions(document: &Value) -> Value {
    let Value::Object(object) = document else { return document.clone() };
    let rest = object.iter().filter(|(keyword, _)| *keyword != "$defs");
    Value::Object(rest.map(|(keyword, value)| (keyword.clone(), value.clone())).collect())
}

/// The names of the definitions that `schema` refers to; none if it refers to anything but definitions and fields.
fn used_by(schema: &Value, view: View<'_>) -> Option<BTreeSet<String>> {
    let mut used = BTreeSet::new();
    let mut work = vec![(schema, true)];
    while let Some((value, is_whole)) = work.pop() {
        match value {
            Value::Array(items) => work.extend(items.iter().map(|item| (item, false))),
            Value::Object(object) => {
                for (keyword, value) in object {
                    match (keyword.as_str(), value) {
                        ("$ref", Value::String(reference)) => {
                            if let Some(rest) = reference.strip_prefix("#/$defs/") {
                                let name = unescape_token(rest.split('/').next()?);
                                view.document.get("$defs")?.get(&name)?;
                                used.insert(name);
                            } else if !reference.starts_with("#/properties/") {
                                return None;
                            }
                        }
                        // These lead to places, or are places, that no name tells.
                        ("$dynamicRef" | "$recursiveRef" | "$anchor" | "$dynamicAnchor", _) => {
                            return None;
                        }
                        ("$id", Value::String(_)) if !is_whole => return None,
                        (_, value) => work.push((value, false)),
                    }
                }
            }
            _ => {}
        }
    }
    Some(used)
}

/// The definitions of `document` that `schema` needs, to stand beside it.
pub(crate) fn with_definitions(mut schema: Value, document: &Value) -> Value {
    if let Some(definitions) = document.get("$defs") {
        schema["$defs"] = definitions.clone();
    }
    schema
}
