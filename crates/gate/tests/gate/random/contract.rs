//! A contract that is edited at random, with the findings that its edits must come to.

use std::collections::{BTreeMap, BTreeSet};

use clip_events_contract::Sources;
use clip_events_contract::vocabulary::DIALECT;
use fastrand::Rng;
use schema_source::{Source, unescape_token};
use serde_json::{Map, Value};

pub(super) const ENVELOPE: &str = "envelope.schema.json";
pub(super) const DEFINITIONS: &str = "definitions.schema.json";

/// A part of a file: its path below `schema/`, and a JSON Pointer.
pub(super) type Place = (String, String);

/// A finding, as far as it is known beforehand: rule, event type, and where it is or what it is called.
pub(super) type Label = (String, Option<String>, String);

/// The files of a contract below `schema/`, by path, and what was done to them.
#[derive(Clone)]
pub(super) struct Contract {
    pub(super) files: Map<String, Value>,
    /// Whether there are unions of objects that `kind` tells apart.
    pub(super) has_unions: bool,
    /// Parts that were edited, with all below them or alone.
    edited: Vec<(Place, Extent)>,
    /// Event types that came or went: nothing within them is told.
    pub(super) whole: BTreeSet<String>,
    /// What the edits come to: the rule, the part, and how the finding is known.
    changes: Vec<(String, Place, String)>,
    /// Findings that are of an event type as a whole.
    of_types: BTreeSet<Label>,
    /// The edits so far, for the message of a failure.
    pub(super) done: Vec<&'static str>,
    numbers: usize,
}

/// How much of a part was edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// The part itself: what is below it may be edited, too.
    Alone,
    /// The part with all below it.
    Whole,
    /// The part was not there.
    Added,
}

impl Contract {
    pub(super) fn new(files: Map<String, Value>, has_unions: bool) -> Self {
        Self {
            files,
            has_unions,
            edited: Vec::new(),
            whole: BTreeSet::new(),
            changes: Vec::new(),
            of_types: BTreeSet::new(),
            done: Vec::new(),
            numbers: 0,
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
        Sources::new(None, source(ENVELOPE), source(DEFINITIONS), data)
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

    /// A number that no name has.
    pub(super) fn number(&mut self) -> usize {
        self.numbers += 1;
        self.numbers
    }

    pub(super) fn definitions(&mut self) -> &mut Map<String, Value> {
        self.files[DEFINITIONS]["$defs"].as_object_mut().expect("an object")
    }

    /// What was written in other words may be edited like anything else.
    pub(super) fn forget_edits(&mut self) {
        self.edited.clear();
    }

    pub(super) fn at(&mut self, (file, pointer): &Place) -> Option<&mut Value> {
        self.files.get_mut(file)?.pointer_mut(pointer)
    }

    pub(super) fn object(&mut self, place: &Place) -> Option<&mut Map<String, Value>> {
        self.at(place)?.as_object_mut()
    }

    /// A part that describes a value, that `fits`, and of which nothing was edited yet; now it counts as edited.
    pub(super) fn take(
        &mut self,
        rng: &mut Rng,
        extent: Extent,
        fits: impl Fn(&Place, &Map<String, Value>) -> bool,
    ) -> Option<Place> {
        let places: Vec<_> = self
            .places()
            .into_keys()
            .filter(|place| {
                // The field that tells the branches of a union apart, and the members around the content, are left alone.
                let is_fixed = place.1.ends_with("/properties/kind") || place.0 == ENVELOPE;
                let part = self.files[&place.0].pointer(&place.1);
                let part = part.and_then(Value::as_object).filter(|_| !is_fixed);
                self.is_free(place, extent) && part.is_some_and(|part| fits(place, part))
            })
            .collect();
        let place = rng.choice(places)?;
        self.edited.push((place.clone(), extent));
        Some(place)
    }

    /// Whether nothing was done yet to a part, nor to what it is in, nor, if so much is to be edited, to what is below it.
    fn is_free(&self, place: &Place, extent: Extent) -> bool {
        self.edited.iter().all(|(edited, how)| {
            let is_within = within(&place.1, &edited.1);
            let is_around = within(&edited.1, &place.1);
            place.0 != edited.0
                || place.1 != edited.1
                    && !(is_within && *how != Extent::Alone)
                    && !(is_around && extent != Extent::Alone)
        })
    }

    /// Takes a definition with all below it, if nothing of it was edited yet.
    pub(super) fn take_definition(&mut self, name: &str) -> bool {
        let place = (DEFINITIONS.to_owned(), format!("/$defs/{name}"));
        let is_free = self.is_free(&place, Extent::Whole);
        self.edited.push((place, Extent::Whole));
        is_free
    }

    /// Counts a part as edited.
    pub(super) fn edited(&mut self, place: Place, extent: Extent) {
        self.edited.push((place, extent));
    }

    /// The edits come to a finding of `rule` for each event type with the part; it is `known` by a place or a name.
    pub(super) fn finding(&mut self, rule: &str, place: &Place, known: &str) {
        self.changes.push((rule.to_owned(), place.clone(), known.to_owned()));
    }

    pub(super) fn finding_of_type(&mut self, rule: &str, path: &str, known: &str) {
        self.of_types.insert((rule.to_owned(), Some(event_type(path)), known.to_owned()));
    }

    /// The findings that must come, once all is edited.
    pub(super) fn labels(&self) -> BTreeSet<Label> {
        let places = self.places();
        let mut labels = self.of_types.clone();
        for (rule, place, known) in &self.changes {
            for event_type in places.get(place).into_iter().flatten() {
                labels.insert((rule.clone(), event_type.clone(), known.clone()));
            }
        }
        labels
    }

    /// Every part that describes a value, with the event types whose deliveries may have the value; none for the members around
    /// the content. What was added is left out.
    fn places(&self) -> BTreeMap<Place, BTreeSet<Option<String>>> {
        let mut found: BTreeMap<Place, BTreeSet<Option<String>>> = BTreeMap::new();
        let known = self.shapes().into_iter().filter(|path| !self.whole.contains(path));
        let roots = known.map(|path| (Some(event_type(&path)), path));
        for (of, path) in roots.chain([(None, ENVELOPE.to_owned())]) {
            let mut work = vec![(path, String::new())];
            while let Some(place) = work.pop() {
                let is_added = self.edited.contains(&(place.clone(), Extent::Added));
                let is_data = place == (ENVELOPE.to_owned(), "/properties/data".to_owned());
                let is_left_out = is_added || is_data;
                if is_left_out || !found.entry(place.clone()).or_default().insert(of.clone()) {
                    continue;
                }
                if let Some(Value::Object(schema)) = self.files[&place.0].pointer(&place.1) {
                    work.extend(below(&place, schema));
                }
            }
        }
        found
    }
}

fn event_type(path: &str) -> String {
    path.trim_start_matches("data/").trim_end_matches(".schema.json").to_owned()
}

/// Whether `pointer` is `parent` or leads into it.
fn within(pointer: &str, parent: &str) -> bool {
    pointer.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The parts that describe the same value as `schema` at `place`, or one below it.
fn below((file, pointer): &Place, schema: &Map<String, Value>) -> Vec<Place> {
    let mut found = Vec::new();
    let mut add = |below: String| found.push((file.clone(), format!("{pointer}/{below}")));
    for (keyword, value) in schema {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(fields)) => {
                fields.keys().for_each(|name| add(format!("properties/{name}")));
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                (0..parts.len()).for_each(|index| add(format!("{keyword}/{index}")));
            }
            ("items" | "additionalProperties", Value::Object(_)) => add(keyword.clone()),
            _ => {}
        }
    }
    if let Some((of, target)) = schema.get("$ref").and_then(|to| to.as_str()?.split_once('#')) {
        let of = if of.is_empty() { file } else { of.trim_start_matches("../") };
        found.push((of.to_owned(), unescape_token(target)));
    }
    found
}
