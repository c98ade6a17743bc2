//! A subschema as the gate reads it: the constraints of a value and the fields it declares, wherever they stand.

use std::collections::BTreeMap;

use schema_source::escape_token;
use serde_json::{Map, Value, json};

use crate::keywords::{is_annotation, is_stricter};
use crate::rules::rules;
use crate::view::View;

/// A subschema, with what `$ref` and `allOf` bring in.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// Where it is written. More than one place, if branches of `allOf` declare the same field.
    pub(crate) pointers: Vec<String>,
    /// The keywords that constrain a value, `properties` and `required` aside.
    pub(crate) keywords: BTreeMap<String, Keyword>,
    /// The annotations that a rule is about.
    pub(crate) promises: BTreeMap<&'static str, Keyword>,
    /// The definitions that it refers to.
    pub(crate) definitions: Vec<Reference>,
    /// The declared fields, in declared order; those that are required and nothing else at the end.
    pub(crate) fields: Vec<Field>,
}

/// The value of a keyword, and its JSON Pointer in the document.
#[derive(Debug)]
pub(crate) struct Keyword {
    pub(crate) value: Value,
    pub(crate) pointer: String,
}

/// A reference to a definition.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// The name of the definition, as a token of a JSON Pointer.
    pub(crate) name: String,
    /// JSON Pointer of the reference in the document.
    pub(crate) pointer: String,
}

/// A declared field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// Where it is declared: its subschemas, or `required` alone.
    pub(crate) pointers: Vec<String>,
    pub(crate) required: bool,
}

impl Field {
    /// Where it is declared, for a report.
    pub(crate) fn pointer(&self) -> &str {
        self.pointers.first().map_or("", String::as_str)
    }
}

impl Node {
    /// The subschema of a document that stands at all of `pointers`.
    pub(crate) fn read(view: View<'_>, pointers: &[String]) -> Self {
        let mut node = Self { pointers: pointers.to_vec(), ..Self::default() };
        for pointer in pointers {
            node.add(view, pointer, &mut Vec::new());
        }
        node
    }

    /// The value of `keyword`, if it is there and constrains.
    pub(crate) fn value(&self, keyword: &str) -> Option<&Value> {
        self.keywords.get(keyword).map(|keyword| &keyword.value)
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Where it is written, for a report.
    pub(crate) fn pointer(&self) -> &str {
        self.pointers.first().map_or("", String::as_str)
    }

    /// Where `keyword` stands, or else the subschema.
    pub(crate) fn pointer_to(&self, keyword: &str) -> &str {
        let keywords = self.keywords.get(keyword).or_else(|| self.promises.get(keyword));
        keywords.map_or_else(|| self.pointer(), |keyword| &keyword.pointer)
    }

    fn add(&mut self, view: View<'_>, pointer: &str, open: &mut Vec<String>) {
        let at = |keyword: &str| format!("{pointer}/{}", escape_token(keyword));
        let schema = match view.part(pointer) {
            Some(Value::Object(schema)) => schema,
            // What no value fits.
            Some(Value::Bool(false)) => return self.constrain("not", &json!({}), pointer.into()),
            _ => return,
        };
        if open.is_empty() {
            self.refer(schema, pointer);
        }
        for (keyword, value) in schema {
            let annotations = rules().iter().filter_map(|rule| rule.annotation.as_ref());
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
            let target = reference.strip_prefix('#').filter(|to| view.part(to).is_some());
            match target {
                Some(target) if !open.iter().any(|open| open == target) => {
                    open.push(target.to_owned());
                    self.add(view, target, open);
                    open.pop();
                }
                _ => self.constrain("$ref", value, at("$ref")),
            }
        }
        let branches = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for (index, branch) in branches.enumerate() {
            if !(pointer.is_empty() && view.is_dispatch(branch)) {
                self.add(view, &format!("{pointer}/allOf/{index}"), open);
            }
        }
    }

    /// Adds the definition that `schema` refers to, or those that it leaves a choice of.
    fn refer(&mut self, schema: &Map<String, Value>, pointer: &str) {
        let reference = schema.get("$ref").and_then(Value::as_str);
        if let Some(name) = reference.and_then(|reference| reference.strip_prefix("#/$defs/")) {
            let pointer = format!("{pointer}/$ref");
            self.definitions.push(Reference { name: name.to_owned(), pointer });
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
        let stricter = is_stricter(keyword, value, &known.value)
            .or_else(|| (known.value == *value).then_some(false));
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
