//! Which schemas of the bundle spoke of some value: a strategy that never makes a value of one tests nothing there.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use crate::json::Json;
use crate::kept::{Said, say};
use crate::reference::Reference;

/// The schemas of a bundle that have spoken so far.
#[derive(Debug)]
pub struct Coverage<'a> {
    reference: &'a Reference,
    spoke: HashSet<*const Map<String, Value>>,
}

impl<'a> Coverage<'a> {
    /// None yet.
    pub fn new(reference: &'a Reference) -> Self {
        Self { reference, spoke: HashSet::new() }
    }

    /// Adds those that speak of `delivery` or of a value in it.
    pub fn add(&mut self, delivery: &Json) {
        self.walk(&[self.reference.bundle()], delivery);
    }

    fn walk(&mut self, schemas: &[&'a Value], value: &Json) {
        let mut said = Said::default();
        for schema in schemas {
            say(self.reference, schema, value, &mut said);
        }
        self.spoke.extend(said.parts.iter().map(|part| std::ptr::from_ref(*part)));
        match value {
            Json::Object(members) => {
                for member in members {
                    self.walk(&said.of_member(&member.key.value), &member.value);
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.walk(&said.of_items(), item)),
            _ => {}
        }
    }

    /// JSON Pointers of the schemas that a delivery may meet, and that have not spoken.
    pub fn silent(&self) -> Vec<String> {
        let mut all = BTreeMap::new();
        self.collect("", self.reference.bundle(), false, &mut all);
        all.retain(|_, schema| !self.spoke.contains(&std::ptr::from_ref(*schema)));
        all.into_keys().collect()
    }

    fn collect(
        &self,
        pointer: &str,
        schema: &'a Value,
        is_narrowed: bool,
        all: &mut BTreeMap<String, &'a Map<String, Value>>,
    ) {
        let Value::Object(keywords) = schema else { return };
        if all.contains_key(pointer) {
            return;
        }
        // A condition speaks by what follows from it.
        if !keywords.contains_key("if") {
            all.insert(pointer.to_owned(), keywords);
        }
        for (keyword, operand) in keywords {
            let pointer = format!("{pointer}/{keyword}");
            match (keyword.as_str(), operand) {
                ("$ref", Value::String(to)) => {
                    self.collect(
                        to.trim_start_matches('#'),
                        self.reference.target(to),
                        is_narrowed,
                        all,
                    );
                }
                ("properties", Value::Object(properties)) => {
                    for (key, schema) in properties {
                        let key = key.replace('~', "~0").replace('/', "~1");
                        self.collect(&format!("{pointer}/{key}"), schema, is_narrowed, all);
                    }
                }
                // The other parts of an `allOf` may leave nothing of an alternative.
                ("anyOf" | "oneOf", _) if is_narrowed => {}
                ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                    for (at, part) in parts.iter().enumerate() {
                        let is_narrowed =
                            is_narrowed || keyword == "allOf" && part.get("if").is_none();
                        self.collect(&format!("{pointer}/{at}"), part, is_narrowed, all);
                    }
                }
                ("items" | "additionalProperties" | "then", schema) => {
                    self.collect(&pointer, schema, is_narrowed, all);
                }
                _ => {}
            }
        }
    }
}
