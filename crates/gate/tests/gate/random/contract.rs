//! A contract that is edited at random, with the findings that its edits must come to.

use std::collections::BTreeSet;

use clip_events_contract::Sources;
use clip_events_contract::vocabulary::DIALECT;
use fastrand::Rng;
use schema_source::Source;
use serde_json::{Map, Value};

pub(super) const DEFINITIONS: &str = "definitions.schema.json";

/// A finding, as far as it is known beforehand: rule, event type, instance.
pub(super) type Label = (String, Option<String>, String);

/// The files of a contract below `schema/`, by path, and what was done to them.
#[derive(Clone)]
pub(super) struct Contract {
    pub(super) files: Map<String, Value>,
    /// Fields that are not to be edited again: one label each.
    pub(super) touched: BTreeSet<(String, String)>,
    /// Event types that came or went: nothing within them is told.
    pub(super) whole: BTreeSet<String>,
    pub(super) labels: BTreeSet<Label>,
    /// The edits so far, for the message of a failure.
    pub(super) done: Vec<String>,
}

impl Contract {
    pub(super) fn base() -> Self {
        let files = serde_json::from_str(include_str!("contract.json")).expect("JSON");
        Self {
            files,
            touched: BTreeSet::new(),
            whole: BTreeSet::new(),
            labels: BTreeSet::new(),
            done: Vec::new(),
        }
    }

    pub(super) fn sources(&self) -> Sources {
        let source = |path: &str| {
            let mut schema = Map::new();
            schema.insert("$schema".into(), DIALECT.into());
            schema.insert("$id".into(), format!("https://random.example/{path}").into());
            schema.extend(self.files[path].as_object().expect("an object").clone());
            let text = format!("{:#}\n", Value::Object(schema));
            Source::parse(format!("schema/{path}").into(), text).expect("JSON")
        };
        let mut data: Vec<_> = self.shapes();
        data.sort();
        let data = data.iter().map(|path| source(path)).collect();
        Sources::new(None, source("envelope.schema.json"), source(DEFINITIONS), data)
            .unwrap_or_else(|errors| panic!("{errors}"))
    }

    pub(super) fn shapes(&self) -> Vec<String> {
        self.files.keys().filter(|path| path.starts_with("data/")).cloned().collect()
    }

    /// A shape that was there from the start.
    pub(super) fn shape(&self, rng: &mut Rng) -> Option<String> {
        let known = self.shapes().into_iter().filter(|path| !self.whole.contains(path));
        rng.choice(known.collect::<Vec<_>>())
    }

    pub(super) fn properties(&mut self, path: &str) -> &mut Map<String, Value> {
        self.files[path]["properties"].as_object_mut().expect("an object")
    }

    pub(super) fn required(&mut self, path: &str) -> &mut Vec<Value> {
        self.files[path]["required"].as_array_mut().expect("an array")
    }

    /// A field of a shape that was not edited yet, and now counts as edited.
    pub(super) fn field(&mut self, rng: &mut Rng) -> Option<(String, String)> {
        let path = self.shape(rng)?;
        let names: Vec<_> = self.properties(&path).keys().cloned().collect();
        let field = (path, rng.choice(names)?);
        self.touched.insert(field.clone()).then_some(field)
    }

    pub(super) fn label(&mut self, rule: &str, path: &str, instance: &str) {
        let event_type =
            path.strip_prefix("data/").and_then(|path| path.strip_suffix(".schema.json"));
        self.labels.insert((rule.to_owned(), event_type.map(str::to_owned), instance.to_owned()));
    }

    /// The name of the definition that a field refers to.
    pub(super) fn definition(&mut self, (path, name): &(String, String)) -> Option<String> {
        let reference = self.properties(path)[name].get("$ref")?.as_str()?;
        Some(reference.rsplit('/').next()?.to_owned())
    }

    /// Edits the keywords of a field: where it stands, for this field alone, or in the definition, for all its fields.
    pub(super) fn keywords(
        &mut self,
        rng: &mut Rng,
        rule: &str,
        edit: impl Fn(&mut Map<String, Value>, &mut Rng) -> bool,
    ) -> bool {
        let Some(field) = self.field(rng) else { return false };
        let definition = self.definition(&field);
        let users: Vec<_> = match &definition {
            Some(definition) if rng.bool() => {
                let reference = format!("../{DEFINITIONS}#/$defs/{definition}");
                let mut users = Vec::new();
                for path in self.shapes() {
                    let named = self.properties(&path).iter();
                    let named = named.filter(|(_, schema)| schema["$ref"] == *reference);
                    users.extend(named.map(|(name, _)| (path.clone(), name.clone())));
                }
                let in_branches = self.shapes().iter().any(|path| {
                    let branches = self.files[path].get("allOf").map(Value::to_string);
                    branches.is_some_and(|branches| branches.contains(&reference))
                });
                let of_envelope = ["Id", "Millis"].contains(&definition.as_str());
                let fresh =
                    |user: &(String, String)| *user == field || !self.touched.contains(user);
                if of_envelope || in_branches || !users.iter().all(fresh) {
                    return false;
                }
                users
            }
            Some(definition) => {
                let inlined = self.files[DEFINITIONS]["$defs"][definition].clone();
                self.properties(&field.0).insert(field.1.clone(), inlined);
                vec![field.clone()]
            }
            None => vec![field.clone()],
        };
        let is_reference = self.definition(&field).is_some();
        let schema = match (&definition, is_reference) {
            (Some(definition), true) => &mut self.files[DEFINITIONS]["$defs"][definition],
            _ => &mut self.properties(&field.0)[&field.1],
        };
        if !edit(schema.as_object_mut().expect("an object"), rng) {
            return false;
        }
        for (path, name) in users {
            if !rule.is_empty() && !self.whole.contains(&path) {
                self.label(rule, &path, &format!("/data/{name}"));
            }
            self.touched.insert((path, name));
        }
        true
    }
}
