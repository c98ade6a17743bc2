//! Which change it was: a walk over the declared fields of two bundles, released and new.
//!
//! The walk names changes; it proves nothing. That is for the engine, and the two are held against each other.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::bundle::event_types;
use crate::model::Envelope;
use crate::source::escape_token;

/// A change between two bundles, as the walk sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Id of the rule in `rules.json`.
    pub rule: &'static str,
    /// The event type whose shape changed; none for the envelope.
    pub event_type: Option<String>,
    /// JSON Pointer of the value in a delivery: `/data/team_id`.
    pub instance: String,
    /// JSON Pointer into the released bundle, if the part is there.
    pub released: Option<String>,
    /// JSON Pointer into the new bundle, to the part or to what it is missing from.
    pub new: String,
    /// What changed, in a few words: `asset_id -> assetId`.
    pub what: String,
}

/// Keywords that constrain nothing. `format` is compared apart from the rest.
const ANNOTATIONS: &[&str] = &[
    "$comment",
    "$id",
    "$schema",
    "default",
    "deprecated",
    "description",
    "examples",
    "format",
    "readOnly",
    "title",
    "writeOnly",
];
/// Keywords whose value is a bound from below; the others of [`UPPER`] from above.
const LOWER: &[&str] =
    &["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"];
const UPPER: &[&str] =
    &["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"];
/// Names at least so similar, from 0 to 1, make a rename likely.
const SIMILAR: f32 = 0.6;

/// All changes from `released` to `new`, the envelope's first, then by event type and field.
pub fn changes(released: &Value, new: &Value) -> Vec<Change> {
    let mut walk = Walk { released, new, changes: Vec::new() };
    let known =
        |bundle| event_types(bundle).into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    let (released_types, new_types) = (known(released), known(new));

    let envelope = [released, new].map(|bundle| Object::read(bundle, ""));
    let moved: Vec<_> = envelope[1].fields.iter().map(|field| field.name.clone()).collect();
    walk.object(None, "", &envelope, &[]);
    for event_type in &released_types {
        let pointer = format!("/$defs/{}", escape_token(event_type));
        if new_types.contains(event_type) {
            let shape = [released, new].map(|bundle| Object::read(bundle, &pointer));
            walk.object(Some(event_type), "/data", &shape, &moved);
        } else {
            walk.push(
                "event-type-removed",
                Some(event_type),
                "/data",
                Some(pointer),
                String::new(),
                event_type.clone(),
            );
        }
    }
    for event_type in new_types.difference(&released_types) {
        let pointer = format!("/$defs/{}", escape_token(event_type));
        walk.push("event-type-added", Some(event_type), "/data", None, pointer, event_type.clone());
    }
    walk.changes
}

/// An object schema as the walk sees it.
struct Object {
    pointer: String,
    fields: Vec<Declared>,
    /// What else it says, annotations left out.
    other: Map<String, Value>,
}

/// A declared field.
struct Declared {
    name: String,
    required: bool,
    pointer: String,
    /// Its schema as written.
    written: Value,
    /// Its schema with each `$ref` replaced by what it leads to, annotations left out.
    schema: Value,
    format: Option<Value>,
    known_values: Vec<String>,
}

impl Object {
    fn read(bundle: &Value, pointer: &str) -> Self {
        let empty = Map::new();
        let object = bundle.pointer(pointer).and_then(Value::as_object).unwrap_or(&empty);
        let required = object.get("required").and_then(Value::as_array);
        let is_required = |name: &str| {
            required.is_some_and(|names| names.iter().any(|required| required == name))
        };
        let properties = object.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let special: &[&str] =
            if pointer.is_empty() { &[Envelope::TYPE, Envelope::DATA] } else { &[] };
        let fields = properties
            .iter()
            .filter(|(name, _)| !special.contains(&name.as_str()) || !is_required(name));
        let fields = fields.map(|(name, written)| {
            let annotation = |keyword: &str| {
                let direct = written.get(keyword).or_else(|| {
                    let target = written.get("$ref")?.as_str()?.strip_prefix('#')?;
                    bundle.pointer(target)?.get(keyword)
                });
                direct.cloned()
            };
            let known_values = annotation("x-known-values");
            let known_values =
                known_values.as_ref().and_then(Value::as_array).into_iter().flatten();
            Declared {
                name: name.clone(),
                required: is_required(name),
                pointer: format!("{pointer}/properties/{}", escape_token(name)),
                written: written.clone(),
                schema: plain(bundle, written, &mut Vec::new()),
                format: annotation("format"),
                known_values: known_values
                    .filter_map(|value| value.as_str().map(str::to_owned))
                    .collect(),
            }
        });
        let structural: &[&str] = if pointer.is_empty() { &["allOf", "$defs"] } else { &["$defs"] };
        let other = object
            .iter()
            .filter(|(keyword, _)| !["properties", "required"].contains(&keyword.as_str()))
            .filter(|(keyword, _)| !structural.contains(&keyword.as_str()))
            .filter(|(keyword, _)| !is_annotation(keyword));
        Self {
            pointer: pointer.to_owned(),
            fields: fields.collect(),
            other: other
                .map(|(keyword, value)| (keyword.clone(), plain(bundle, value, &mut Vec::new())))
                .collect(),
        }
    }

    fn field(&self, name: &str) -> Option<&Declared> {
        self.fields.iter().find(|field| field.name == name)
    }
}

fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

/// `schema` without annotations and with each `$ref` replaced by what it leads to, a recursive one left as it is.
fn plain(bundle: &Value, schema: &Value, open: &mut Vec<String>) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(|item| plain(bundle, item, open)).collect(),
        Value::Object(object) => {
            let mut result = Map::new();
            for (keyword, value) in object.iter().filter(|(keyword, _)| !is_annotation(keyword)) {
                // Names of fields are no keywords, whatever they are called.
                let value = match (keyword.as_str(), value) {
                    (
                        "properties" | "patternProperties" | "dependentSchemas",
                        Value::Object(schemas),
                    ) => schemas
                        .iter()
                        .map(|(name, schema)| (name.clone(), plain(bundle, schema, open)))
                        .collect::<Map<_, _>>()
                        .into(),
                    ("const" | "enum" | "required", value) => value.clone(),
                    (_, value) => plain(bundle, value, open),
                };
                result.insert(keyword.clone(), value);
            }
            let target = match object.get("$ref") {
                Some(Value::String(reference)) if !open.contains(reference) => reference
                    .strip_prefix('#')
                    .and_then(|pointer| Some((reference, bundle.pointer(pointer)?))),
                _ => None,
            };
            let Some((reference, target)) = target else { return result.into() };
            open.push(reference.clone());
            let target = plain(bundle, target, open);
            open.pop();
            result.remove("$ref");
            if result.is_empty() {
                return target;
            }
            result.insert("allOf".into(), vec![target].into());
            result.into()
        }
        scalar => scalar.clone(),
    }
}

struct Walk<'a> {
    released: &'a Value,
    new: &'a Value,
    changes: Vec<Change>,
}

impl Walk<'_> {
    fn push(
        &mut self,
        rule: &'static str,
        event_type: Option<&String>,
        instance: &str,
        released: Option<String>,
        new: String,
        what: String,
    ) {
        let event_type = event_type.cloned();
        self.changes.push(Change {
            rule,
            event_type,
            instance: instance.to_owned(),
            released,
            new,
            what,
        });
    }

    /// The changes of one object. `envelope` holds the keys to which a field of `data` may have moved.
    fn object(
        &mut self,
        event_type: Option<&String>,
        at: &str,
        [released, new]: &[Object; 2],
        envelope: &[String],
    ) {
        let mut added: Vec<_> =
            new.fields.iter().filter(|field| released.field(&field.name).is_none()).collect();
        for old in &released.fields {
            let instance = format!("{at}/{}", escape_token(&old.name));
            let place = Some(old.pointer.clone());
            if let Some(field) = new.field(&old.name) {
                self.field(event_type, &instance, old, field);
            } else if let Some(index) = renamed(self.released, self.new, old, &added) {
                let field = added.remove(index);
                let what = format!("{} -> {}", old.name, field.name);
                self.push(
                    "field-renamed",
                    event_type,
                    &instance,
                    place,
                    field.pointer.clone(),
                    what,
                );
            } else if envelope.contains(&old.name) {
                let pointer = format!("/properties/{}", escape_token(&old.name));
                let what = format!("{instance} -> /{}", old.name);
                self.push("field-moved", event_type, &instance, place, pointer, what);
            } else {
                let pointer = format!("{}/properties", new.pointer);
                self.push("field-removed", event_type, &instance, place, pointer, old.name.clone());
            }
        }
        for field in added {
            let rule = if field.required { "required-field-added" } else { "field-added" };
            let instance = format!("{at}/{}", escape_token(&field.name));
            self.push(rule, event_type, &instance, None, field.pointer.clone(), field.name.clone());
        }
        if released.other != new.other {
            let grown = new
                .other
                .keys()
                .any(|keyword| released.other.get(keyword) != new.other.get(keyword));
            let shrunk = released
                .other
                .keys()
                .any(|keyword| released.other.get(keyword) != new.other.get(keyword));
            let keywords: BTreeSet<_> = released.other.keys().chain(new.other.keys()).collect();
            for keyword in keywords {
                let (before, after) = (released.other.get(keyword), new.other.get(keyword));
                if before == after {
                    continue;
                }
                let pointer = if after.is_some() {
                    format!("{}/{keyword}", new.pointer)
                } else {
                    new.pointer.clone()
                };
                let what = format!("{keyword}: {} -> {}", shown(before), shown(after));
                let place = Some(released.pointer.clone());
                // A keyword that went took constraints with it; a new one can only add some.
                if before.is_some() && shrunk {
                    self.push(
                        "object-loosened",
                        event_type,
                        at,
                        place.clone(),
                        pointer.clone(),
                        what.clone(),
                    );
                }
                if after.is_some() && grown {
                    self.push("object-closed", event_type, at, place, pointer, what);
                }
            }
        }
    }

    fn field(
        &mut self,
        event_type: Option<&String>,
        instance: &str,
        old: &Declared,
        new: &Declared,
    ) {
        let mut push = |rule, keyword: &str, what: String| {
            let at = |bundle, field: &Declared| keyword_pointer(bundle, field, keyword);
            let (released, new) = (at(self.released, old), at(self.new, new));
            let event_type = event_type.cloned();
            self.changes.push(Change {
                rule,
                event_type,
                instance: instance.to_owned(),
                released: Some(released),
                new,
                what,
            });
        };
        match (old.required, new.required) {
            (true, false) => {
                push("field-now-optional", "", format!("{}: required -> optional", old.name));
            }
            (false, true) => {
                push("field-now-required", "", format!("{}: optional -> required", old.name));
            }
            _ => {}
        }
        if old.format != new.format {
            let what =
                format!("format: {} -> {}", shown(old.format.as_ref()), shown(new.format.as_ref()));
            push("format-changed", "format", what);
        }
        for value in new.known_values.iter().filter(|value| !old.known_values.contains(value)) {
            push("known-value-added", "x-known-values", value.clone());
        }
        for value in old.known_values.iter().filter(|value| !new.known_values.contains(value)) {
            push("known-value-removed", "x-known-values", value.clone());
        }
        if old.schema == new.schema {
            return;
        }
        let types = [&old.schema, &new.schema].map(types);
        if types[0] != types[1] {
            let lost = types[0].difference(&types[1]).count();
            let gained: Vec<_> = types[1].difference(&types[0]).copied().collect();
            let rule = match (lost, gained.as_slice()) {
                (0, ["null"]) => "field-now-nullable",
                (0, _) => "type-widened",
                (_, []) => "type-narrowed",
                _ => "type-changed",
            };
            let what = format!("type: {} -> {}", shown_types(&types[0]), shown_types(&types[1]));
            push(rule, "type", what);
        }
        let (Value::Object(before), Value::Object(after)) = (&old.schema, &new.schema) else {
            let what = format!("{} -> {}", old.schema, new.schema);
            push("values-widened", "", what.clone());
            push("values-narrowed", "", what);
            return;
        };
        let keywords: BTreeSet<_> =
            before.keys().chain(after.keys()).filter(|keyword| *keyword != "type").collect();
        for keyword in keywords {
            let (before, after) = (before.get(keyword), after.get(keyword));
            if before == after {
                continue;
            }
            let what = format!("{keyword}: {} -> {}", shown(before), shown(after));
            for rule in rules_of(keyword, before, after) {
                push(rule, keyword, what.clone());
            }
        }
    }
}

/// The place in `added` of the field that `old` has become, if one is like it.
fn renamed(released: &Value, new: &Value, old: &Declared, added: &[&Declared]) -> Option<usize> {
    let definition = |bundle: &Value, field: &Declared| {
        let reference = field.written.get("$ref")?.as_str()?.to_owned();
        bundle.pointer(reference.strip_prefix('#')?).is_some().then_some(reference)
    };
    let old_definition = definition(released, old);
    let score = |field: &Declared| {
        let letters = |name: &str| name.to_lowercase().replace('_', "");
        let same_letters = letters(&old.name) == letters(&field.name);
        let same_definition = old_definition.is_some() && old_definition == definition(new, field);
        let similarity = similar::TextDiff::from_chars(&old.name, &field.name).ratio();
        let alike = field.schema == old.schema && field.format == old.format;
        let likely = same_letters || alike && (same_definition || similarity >= SIMILAR);
        likely.then_some({
            similarity
                + if same_letters { 1.0 } else { 0.0 }
                + if same_definition { 1.0 } else { 0.0 }
        })
    };
    let scores = added.iter().enumerate().filter_map(|(index, field)| Some((index, score(field)?)));
    scores.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}

/// Pointer to `keyword` of a field, in the definition that it refers to if it stands there.
fn keyword_pointer(bundle: &Value, field: &Declared, keyword: &str) -> String {
    let target = field
        .written
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix('#'));
    let places = [Some(field.pointer.as_str()), target].into_iter().flatten();
    let mut pointers = places.map(|place| format!("{place}/{keyword}"));
    match pointers.find(|pointer| !keyword.is_empty() && bundle.pointer(pointer).is_some()) {
        Some(pointer) => pointer,
        None => field.pointer.clone(),
    }
}

/// JSON types that a schema takes, by its `type` alone; `integer` counts as part of `number`.
fn types(schema: &Value) -> BTreeSet<&str> {
    let all = ["array", "boolean", "integer", "null", "number", "object", "string"];
    let mut types: BTreeSet<&str> = match schema.get("type") {
        Some(Value::String(name)) => [name.as_str()].into(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => all.into(),
    };
    if types.contains("number") {
        types.insert("integer");
    }
    types
}

fn shown_types(types: &BTreeSet<&str>) -> String {
    let names: Vec<_> = types
        .iter()
        .filter(|name| **name != "integer" || !types.contains("number"))
        .copied()
        .collect();
    if names.len() > 5 { "any".into() } else { names.join(" or ") }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".into(), Value::to_string)
}

/// The rules that a change of `keyword` falls under.
fn rules_of(keyword: &str, before: Option<&Value>, after: Option<&Value>) -> Vec<&'static str> {
    let bound = |looser: bool| vec![if looser { "bound-loosened" } else { "bound-tightened" }];
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    let values =
        |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    match (keyword, before.is_some(), after.is_some()) {
        (keyword, true, true) if LOWER.contains(&keyword) => bound(number(after) < number(before)),
        (keyword, true, true) if UPPER.contains(&keyword) => bound(number(after) > number(before)),
        (keyword, _, added) if LOWER.contains(&keyword) || UPPER.contains(&keyword) => {
            bound(!added)
        }
        ("enum", true, true) => {
            let (before, after) = (values(before), values(after));
            let gained = after.iter().any(|value| !before.contains(value));
            let lost = before.iter().any(|value| !after.contains(value));
            let rules = [(gained, "values-widened"), (lost, "values-narrowed")];
            rules.into_iter().filter_map(|(applies, rule)| applies.then_some(rule)).collect()
        }
        (_, true, false) => vec!["values-widened"],
        (_, false, true) => vec!["values-narrowed"],
        // Which of the two it is, or both, is for the engine to say.
        _ => vec!["values-widened", "values-narrowed"],
    }
}
