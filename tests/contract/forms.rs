//! The second contract holds every form that schemas may have, at least twice: otherwise what passes on it proves little.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use clip_events_test_support::root;
use heck::ToSnakeCase;
use serde_json::{Map, Value};

/// Every form, named as [`Forms`] counts it.
const FORMS: &[&str] = &[
    "object inline",
    "object by $ref",
    "object named by title",
    "object named by path",
    "object at the fifth level",
    "list",
    "list with minItems",
    "list with maxItems",
    "list of list",
    "list of object",
    "list of null",
    "list of tagged union",
    "map of string",
    "map of number",
    "map of object",
    "map of list",
    "map of map",
    "map of null",
    "map of tagged union",
    "enum of strings",
    "enum of integers",
    "enum with null",
    "const string",
    "const integer",
    "required, nullable by type",
    "optional, nullable by type",
    "required, nullable by anyOf",
    "optional, nullable by anyOf",
    "required, nullable by oneOf",
    "optional, nullable by oneOf",
    "tagged union",
    "tagged union inline",
    "tagged union in a definition",
    "tagged union in a tagged union",
    "tagged union and null",
    "union of scalars by type",
    "union of object and list",
    "union of scalars and null",
    "allOf of two definitions",
    "allOf with its own part",
    "$ref narrowed",
    "keyword minLength",
    "keyword maxLength",
    "keyword pattern",
    "keyword multipleOf",
    "keyword minimum",
    "keyword exclusiveMinimum",
    "keyword x-known-values",
    "recursion by itself",
    "recursion by another",
    "anything by true",
    "anything by {}",
    "follow-up of a nested field",
    "envelope: optional field",
    "envelope: object",
    "key that is a keyword",
    "key that is no identifier",
    "keys that are one in snake case",
    "event type with a dash",
];

const KEYWORDS: &[&str] =
    &["type", "self", "Self", "match", "gen", "async", "crate", "super", "fn"];

#[test]
fn the_second_contract_has_every_form_twice() {
    let forms = Forms::of_freight();
    let rare: BTreeMap<_, _> = FORMS
        .iter()
        .map(|form| (*form, forms.found.get(*form).map_or(&[][..], Vec::as_slice)))
        .filter(|(_, places)| places.len() < 2)
        .collect();
    assert!(rare.is_empty(), "{rare:#?}");
}

/// Where each form was found.
struct Forms {
    definitions: Map<String, Value>,
    found: BTreeMap<String, Vec<String>>,
}

/// What holds a schema.
#[derive(Clone, Copy)]
struct At<'a> {
    place: &'a str,
    /// Whether the schema is that of a definition.
    definition: bool,
    /// Whether the field is required, if it is one.
    required: Option<bool>,
    /// Whether a branch of a tagged union holds it.
    tagged: bool,
    level: usize,
}

impl Forms {
    fn of_freight() -> Self {
        let folder = root().join("tests/contracts/freight/schema");
        let read = |name: &str| -> Value {
            let text = fs::read_to_string(folder.join(name)).expect("a file");
            serde_json::from_str(&text).expect("JSON")
        };
        let definitions = read("definitions.schema.json")["$defs"].as_object().cloned();
        let mut this =
            Self { definitions: definitions.expect("definitions"), found: BTreeMap::new() };
        let root = At { place: "", definition: false, required: None, tagged: false, level: 0 };
        let envelope = read("envelope.schema.json");
        this.envelope(&envelope);
        this.schema(&envelope, At { place: "envelope", ..root });
        for (name, definition) in this.definitions.clone() {
            this.schema(&definition, At { place: &name, definition: true, ..root });
            this.recursion(&name);
        }
        for entry in fs::read_dir(folder.join("data")).expect("a folder") {
            let name = entry.expect("an entry").file_name().into_string().expect("a name");
            let shape = read(&format!("data/{name}"));
            let event_type = name.trim_end_matches(".schema.json");
            this.note_if(event_type.contains('-'), "event type with a dash", event_type);
            let follow_up = shape["x-follow-up"].as_str().unwrap_or_default();
            let nested = follow_up.split('{').skip(1).any(|field| field.contains('.'));
            this.note_if(nested, "follow-up of a nested field", event_type);
            this.schema(&shape, At { place: event_type, ..root });
        }
        this
    }

    fn note(&mut self, form: &str, place: &str) {
        self.found.entry(form.to_owned()).or_default().push(place.to_owned());
    }

    fn note_if(&mut self, holds: bool, form: &str, place: &str) {
        if holds {
            self.note(form, place);
        }
    }

    fn envelope(&mut self, envelope: &Value) {
        let required = envelope["required"].as_array().expect("a list");
        for (key, schema) in envelope["properties"].as_object().expect("an object") {
            let optional = !required.contains(&Value::from(key.as_str()));
            self.note_if(optional, "envelope: optional field", key);
            self.note_if(schema.get("properties").is_some(), "envelope: object", key);
        }
    }

    /// Notes whether the definition `name` leads back to itself.
    fn recursion(&mut self, name: &str) {
        let direct = references(&self.definitions[name]);
        let mut reached = direct.clone();
        loop {
            let further = reached.iter().flat_map(|name| references(&self.definitions[name]));
            let further: BTreeSet<_> = further.chain(reached.iter().cloned()).collect();
            if further == reached {
                break;
            }
            reached = further;
        }
        if direct.contains(name) {
            self.note("recursion by itself", name);
        } else if reached.contains(name) {
            self.note("recursion by another", name);
        }
    }

    fn schema(&mut self, schema: &Value, at: At<'_>) {
        let place = at.place;
        let Some(keywords) = schema.as_object() else {
            return self.note("anything by true", place);
        };
        let constraints = keywords.keys().filter(|key| {
            !["title", "description", "examples"].contains(&key.as_str()) && !key.starts_with("x-")
        });
        let constraints = constraints.count();
        self.note_if(constraints == 0, "anything by {}", place);
        self.note_if(keywords.contains_key("$ref") && constraints > 1, "$ref narrowed", place);
        for keyword in keywords.keys() {
            self.note(&format!("keyword {keyword}"), place);
        }
        self.closed_set(schema, place);
        self.nullable(schema, at);
        self.object(schema, at);
        if let Some(items) = schema.get("items") {
            self.note("list", place);
            self.note_if(schema.get("minItems").is_some(), "list with minItems", place);
            self.note_if(schema.get("maxItems").is_some(), "list with maxItems", place);
            self.inside("list", items, at);
        }
        if let Some(values) = schema.get("additionalProperties") {
            self.inside("map", values, at);
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let by_reference = parts.iter().filter(|part| part.get("$ref").is_some()).count();
            self.note_if(by_reference > 1, "allOf of two definitions", place);
            self.note_if(by_reference < parts.len(), "allOf with its own part", place);
            for part in parts {
                self.schema(part, At { definition: false, ..at });
            }
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(branches) = schema.get(keyword).and_then(Value::as_array) {
                self.union(branches, at);
            }
        }
    }

    fn closed_set(&mut self, schema: &Value, place: &str) {
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            self.note_if(values.iter().all(Value::is_string), "enum of strings", place);
            self.note_if(values.iter().all(Value::is_i64), "enum of integers", place);
            self.note_if(values.contains(&Value::Null), "enum with null", place);
        }
        if let Some(value) = schema.get("const") {
            self.note_if(value.is_string(), "const string", place);
            self.note_if(value.is_i64(), "const integer", place);
        }
    }

    fn nullable(&mut self, schema: &Value, at: At<'_>) {
        let Some(required) = at.required else { return };
        let word = if required { "required" } else { "optional" };
        for keyword in ["type", "anyOf", "oneOf"] {
            let parts = schema.get(keyword).and_then(Value::as_array);
            let null = |part: &Value| part == "null" || part["type"] == "null";
            let nullable = parts.is_some_and(|parts| parts.len() == 2 && parts.iter().any(null));
            self.note_if(nullable, &format!("{word}, nullable by {keyword}"), at.place);
        }
    }

    fn object(&mut self, schema: &Value, at: At<'_>) {
        let place = at.place;
        let by_reference = schema.get("$ref").is_some() && self.kinds(schema).contains("object");
        self.note_if(by_reference, "object by $ref", place);
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
        if !at.definition {
            self.note("object inline", place);
            let named = schema.get("title").is_some();
            self.note(if named { "object named by title" } else { "object named by path" }, place);
        }
        self.note_if(at.level > 4, "object at the fifth level", place);
        let mut names = BTreeSet::new();
        for (key, member) in properties {
            let identifier = key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && key.starts_with(|c: char| c.is_ascii_alphabetic());
            self.note_if(!identifier, "key that is no identifier", key);
            self.note_if(KEYWORDS.contains(&key.as_str()), "key that is a keyword", key);
            self.note_if(
                !names.insert(key.to_snake_case()),
                "keys that are one in snake case",
                key,
            );
            let required = schema["required"].as_array();
            let required = required.is_some_and(|names| names.contains(&Value::from(key.as_str())));
            let place = format!("{place}/{key}");
            let (required, level) = (Some(required), at.level + 1);
            self.schema(member, At { place: &place, definition: false, required, level, ..at });
        }
    }

    /// The items of a list or the values of a map.
    fn inside(&mut self, container: &str, schema: &Value, at: At<'_>) {
        let place = format!("{}/[]", at.place);
        let kinds = self.kinds(schema);
        for kind in &kinds {
            self.note(&format!("{container} of {kind}"), &place);
        }
        let at = At { place: &place, definition: false, required: None, level: at.level + 1, ..at };
        self.schema(schema, at);
    }

    fn union(&mut self, branches: &[Value], at: At<'_>) {
        let place = at.place;
        let kinds: Vec<_> = branches.iter().map(|branch| self.kinds(branch)).collect();
        let all: BTreeSet<_> = kinds.iter().flatten().copied().collect();
        let objects = kinds.iter().filter(|kinds| kinds.contains("object")).count();
        let null = all.contains("null");
        let tagged = objects > 1;
        if tagged {
            self.note("tagged union", place);
            self.note_if(at.definition, "tagged union in a definition", place);
            self.note_if(!at.definition, "tagged union inline", place);
            self.note_if(at.tagged, "tagged union in a tagged union", place);
        } else {
            let scalars = all.iter().filter(|kind| ["string", "number", "boolean"].contains(kind));
            let scalars = scalars.count() > 1;
            self.note_if(scalars && !null, "union of scalars by type", place);
            self.note_if(scalars && null, "union of scalars and null", place);
            let containers =
                all.contains("list") && (all.contains("object") || all.contains("map"));
            self.note_if(containers, "union of object and list", place);
        }
        // A union that a nullable one holds is the same to a reader.
        let holds_union = branches.iter().any(|branch| {
            let branch = self.target(branch);
            branch.get("oneOf").or_else(|| branch.get("anyOf")).is_some()
        });
        self.note_if(null && (tagged || holds_union), "tagged union and null", place);
        for branch in branches {
            let tagged = at.tagged || tagged;
            self.schema(branch, At { definition: false, required: None, tagged, ..at });
        }
    }

    /// What `schema` stands for when its reference is followed.
    fn target<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match reference(schema) {
            Some(name) => self.target(&self.definitions[name]),
            None => schema,
        }
    }

    /// The kinds of values that `schema` speaks of.
    fn kinds(&self, schema: &Value) -> BTreeSet<&'static str> {
        let schema = self.target(schema);
        let mut kinds = BTreeSet::new();
        let types = schema["type"].as_array().cloned();
        for name in types.unwrap_or_else(|| vec![schema["type"].clone()]) {
            kinds.extend(match name.as_str().unwrap_or_default() {
                "object" if schema.get("additionalProperties").is_some() => Some("map"),
                "object" => Some("object"),
                "array" => Some("list"),
                "string" => Some("string"),
                "integer" | "number" => Some("number"),
                "boolean" => Some("boolean"),
                "null" => Some("null"),
                _ => None,
            });
        }
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let parts: Vec<_> = schema[keyword].as_array().into_iter().flatten().collect();
            let inner: Vec<_> = parts.iter().map(|part| self.kinds(part)).collect();
            let objects = inner.iter().filter(|kinds| kinds.contains("object")).count();
            kinds.extend((keyword != "allOf" && objects > 1).then_some("tagged union"));
            kinds.extend(inner.into_iter().flatten());
        }
        kinds
    }
}

/// The definition that `schema` refers to.
fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

/// The definitions that a schema refers to anywhere in it.
fn references(schema: &Value) -> BTreeSet<String> {
    match schema {
        Value::Object(object) => {
            let own = reference(schema).map(str::to_owned);
            own.into_iter().chain(object.values().flat_map(references)).collect()
        }
        Value::Array(array) => array.iter().flat_map(references).collect(),
        _ => BTreeSet::new(),
    }
}
