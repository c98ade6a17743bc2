//! One object of a bundle as the gate reads it: what constrains it, and which fields it declares, wherever that stands.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::RULES;
use clip_events_contract::bundle::dispatched;
use schema_source::escape_token;

/// Keywords that constrain nothing. Those that a rule is about are compared apart from the rest.
const ANNOTATIONS: &[&str] = &[
    "$comment",
    "$defs",
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
/// Keywords whose value is a bound from below; those of [`UPPER`] from above.
pub(super) const LOWER: &[&str] =
    &["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"];
pub(super) const UPPER: &[&str] =
    &["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"];

/// A subschema, with what `$ref` and `allOf` bring in.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Where it is written. More than one place, if branches of `allOf` declare the same field.
    pub(super) pointers: Vec<String>,
    /// What constrains a value, `properties` and `required` aside.
    pub(super) keywords: BTreeMap<String, Keyword>,
    /// The annotations that a rule is about.
    pub(super) promises: BTreeMap<&'static str, Keyword>,
    /// Names of the definitions that it refers to, and the places of these references.
    pub(super) definitions: Vec<(String, String)>,
    /// The declared fields, in declared order; those that are required and nothing else at the end.
    pub(super) fields: Vec<Field>,
}

/// The value of a keyword, and its JSON Pointer in the bundle.
#[derive(Debug)]
pub(super) struct Keyword {
    pub(super) value: Value,
    pub(super) pointer: String,
}

/// A declared field.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    /// Where it is declared: its subschemas, or `required` alone.
    pub(super) pointers: Vec<String>,
    pub(super) required: bool,
}

impl Field {
    /// Where it is declared, for a report.
    pub(super) fn pointer(&self) -> &str {
        self.pointers.first().map_or("", String::as_str)
    }
}

impl Node {
    /// The subschema of `bundle` that stands at all of `pointers`.
    pub(super) fn read(bundle: &Value, pointers: &[String]) -> Self {
        let mut node = Self { pointers: pointers.to_vec(), ..Self::default() };
        for pointer in pointers {
            node.add(bundle, pointer, &mut Vec::new());
        }
        node
    }

    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Where it is written, for a report.
    pub(super) fn pointer(&self) -> &str {
        self.pointers.first().map_or("", String::as_str)
    }

    /// Where `keyword` stands, or else the subschema.
    pub(super) fn pointer_to(&self, keyword: &str) -> &str {
        let keywords = self.keywords.get(keyword).or_else(|| self.promises.get(keyword));
        keywords.map_or_else(|| self.pointer(), |keyword| &keyword.pointer)
    }

    fn add(&mut self, bundle: &Value, pointer: &str, open: &mut Vec<String>) {
        let at = |keyword: &str| format!("{pointer}/{}", escape_token(keyword));
        let schema = match bundle.pointer(pointer) {
            Some(Value::Object(schema)) => schema,
            // What no value fits.
            Some(Value::Bool(false)) => return self.constrain("not", &json!({}), pointer.into()),
            _ => return,
        };
        if open.is_empty() {
            self.refer(schema, pointer);
        }
        for (keyword, value) in schema {
            let annotations = RULES.iter().filter_map(|rule| rule.annotation.as_ref());
            for annotation in annotations.filter(|annotation| annotation.keyword == *keyword) {
                let promised = || Keyword { value: value.clone(), pointer: at(keyword) };
                self.promises.entry(&annotation.keyword).or_insert_with(promised);
            }
            match (keyword.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    for name in properties.keys() {
                        let place = format!("{pointer}/properties/{}", escape_token(name));
                        self.declare(name).pointers.push(place);
                    }
                }
                // Below, once `properties` and the rest are known.
                ("required" | "$ref" | "allOf", _) => {}
                (keyword, _) if is_annotation(keyword) => {}
                _ => self.constrain(keyword, value, at(keyword)),
            }
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = name.as_str() else { continue };
            let field = self.declare(name);
            field.required = true;
            if field.pointers.is_empty() {
                field.pointers.push(at("required"));
            }
        }
        if let Some(value @ Value::String(reference)) = schema.get("$ref") {
            let target = reference.strip_prefix('#').filter(|to| bundle.pointer(to).is_some());
            match target {
                Some(target) if !open.iter().any(|open| open == target) => {
                    open.push(target.to_owned());
                    self.add(bundle, target, open);
                    open.pop();
                }
                _ => self.constrain("$ref", value, at("$ref")),
            }
        }
        for (index, branch) in branches(schema).enumerate() {
            if !(pointer.is_empty() && dispatched(branch).is_some()) {
                self.add(bundle, &format!("{pointer}/allOf/{index}"), open);
            }
        }
    }

    /// Adds the definition that `schema` refers to, or those that it leaves a choice of.
    fn refer(&mut self, schema: &Map<String, Value>, pointer: &str) {
        let reference = schema.get("$ref").and_then(Value::as_str);
        if let Some(name) = reference.and_then(|reference| reference.strip_prefix("#/$defs/")) {
            self.definitions.push((name.to_owned(), format!("{pointer}/$ref")));
        }
        for keyword in ["anyOf", "oneOf"] {
            let choices = schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
            for (index, choice) in
                choices.enumerate().filter_map(|(index, choice)| Some((index, choice.as_object()?)))
            {
                self.refer(choice, &format!("{pointer}/{keyword}/{index}"));
            }
        }
    }

    fn declare(&mut self, name: &str) -> &mut Field {
        let index = self.fields.iter().position(|field| field.name == name).unwrap_or_else(|| {
            let name = name.to_owned();
            self.fields.push(Field { name, pointers: Vec::new(), required: false });
            self.fields.len() - 1
        });
        &mut self.fields[index]
    }

    /// Adds a keyword; where there is one already, both hold.
    fn constrain(&mut self, keyword: &str, value: &Value, pointer: String) {
        let Some(known) = self.keywords.get_mut(keyword) else {
            let added = Keyword { value: value.clone(), pointer };
            self.keywords.insert(keyword.to_owned(), added);
            return;
        };
        let stricter = match (known.value.as_f64(), value.as_f64()) {
            (Some(a), Some(b)) if LOWER.contains(&keyword) => Some(b > a),
            (Some(a), Some(b)) if UPPER.contains(&keyword) => Some(b < a),
            _ => (known.value == *value).then_some(false),
        };
        match stricter {
            Some(true) => *known = Keyword { value: value.clone(), pointer },
            Some(false) => {}
            None => {
                let both = self.keywords.entry("allOf".into());
                let both = both.or_insert_with(|| Keyword { value: json!([]), pointer });
                if let Value::Array(both) = &mut both.value {
                    both.push(json!({ keyword: value }));
                }
            }
        }
    }
}

/// Pointer to the shape of an event type.
pub(super) fn shape_pointer(event_type: &str) -> String {
    format!("/$defs/{}", escape_token(event_type))
}

fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

fn branches(schema: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    schema.get("allOf").and_then(Value::as_array).into_iter().flatten()
}

/// Every object of keywords that speaks of the same value as one of `schemas` does, conditions or not.
pub(super) fn in_place<'a>(
    bundle: &'a Value,
    schemas: &[&'a Value],
) -> Vec<&'a Map<String, Value>> {
    let mut found: Vec<&Map<String, Value>> = Vec::new();
    let mut work = schemas.to_vec();
    while let Some(schema) = work.pop() {
        let Value::Object(schema) = schema else { continue };
        if found.iter().any(|known| std::ptr::eq(*known, schema)) {
            continue;
        }
        found.push(schema);
        for (keyword, value) in schema {
            match (keyword.as_str(), value) {
                ("$ref", Value::String(reference)) => {
                    work.extend(reference.strip_prefix('#').and_then(|to| bundle.pointer(to)));
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                    work.extend(schemas.iter().filter(|schema| dispatched(schema).is_none()));
                }
                ("if" | "then" | "else" | "not", schema) => work.push(schema),
                ("dependentSchemas", Value::Object(schemas)) => work.extend(schemas.values()),
                _ => {}
            }
        }
    }
    found
}

/// The fields that `schemas`, all of one value, declare anywhere, and the subschemas of each.
pub(super) fn declared<'a>(
    bundle: &'a Value,
    schemas: &[&'a Value],
) -> BTreeMap<&'a str, Vec<&'a Value>> {
    let mut fields: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for schema in in_place(bundle, schemas) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            fields.entry(name).or_default().push(schema);
        }
    }
    fields
}

/// Whether two subschemas, one of each bundle, say the same in the same words: `$ref` and annotations aside.
pub(super) fn same(bundles: [&Value; 2], [released, new]: [&Value; 2]) -> bool {
    Comparison { bundles, assumed: BTreeSet::new() }.schemas(released, new)
}

struct Comparison<'a> {
    bundles: [&'a Value; 2],
    /// Pairs of references that are being compared: recursive schemas are the same if nothing tells them apart.
    assumed: BTreeSet<[String; 2]>,
}

impl<'a> Comparison<'a> {
    fn schemas(&mut self, released: &'a Value, new: &'a Value) -> bool {
        let [(released, from), (new, to)] =
            [resolve(self.bundles[0], released), resolve(self.bundles[1], new)];
        // Where one side is written out, it ends the descent.
        if !from.is_empty() && !to.is_empty() && !self.assumed.insert([from, to]) {
            return true;
        }
        let (Value::Object(released), Value::Object(new)) = (released, new) else {
            return released == new;
        };
        let keywords = |schema: &'a Map<String, Value>| {
            schema
                .iter()
                .filter(|(keyword, _)| !is_annotation(keyword))
                .map(|(keyword, value)| (keyword.as_str(), value))
                .collect::<BTreeMap<_, _>>()
        };
        let (released, new) = (keywords(released), keywords(new));
        released.len() == new.len()
            && released.iter().all(|(keyword, value)| {
                new.get(keyword).is_some_and(|other| self.values(keyword, value, other))
            })
    }

    /// The values of one keyword.
    fn values(&mut self, keyword: &str, released: &'a Value, new: &'a Value) -> bool {
        match (keyword, released, new) {
            // Data, and what `schemas` could not resolve.
            ("const" | "enum" | "required" | "dependentRequired" | "$ref", ..) => released == new,
            // Names of fields are no keywords, whatever they are called.
            (
                "properties" | "patternProperties" | "dependentSchemas",
                Value::Object(released),
                Value::Object(new),
            ) => {
                released.len() == new.len()
                    && released.iter().all(|(name, schema)| {
                        new.get(name).is_some_and(|other| self.schemas(schema, other))
                    })
            }
            (_, Value::Array(released), Value::Array(new)) => {
                released.len() == new.len()
                    && released.iter().zip(new).all(|(a, b)| self.schemas(a, b))
            }
            _ => self.schemas(released, new),
        }
    }
}

/// What `schema` stands for, if it is a `$ref` and nothing else, and the reference that leads there.
fn resolve<'a>(bundle: &'a Value, mut schema: &'a Value) -> (&'a Value, String) {
    let mut last = String::new();
    let mut seen = BTreeSet::new();
    while let Value::Object(object) = schema {
        let mut keywords = object.iter().filter(|(keyword, _)| !is_annotation(keyword));
        let (Some(("$ref", Value::String(reference))), None) =
            (keywords.next().map(|(keyword, value)| (keyword.as_str(), value)), keywords.next())
        else {
            break;
        };
        let Some(target) = reference.strip_prefix('#').and_then(|to| bundle.pointer(to)) else {
            break;
        };
        if !seen.insert(reference) {
            break;
        }
        (schema, last) = (target, reference.clone());
    }
    (schema, last)
}
