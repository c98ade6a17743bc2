//! `shapes/`: every change of every form of schema, wherever in a contract the form stands.
//!
//! What a change comes to is decided by the promise, in the files, and does not depend on where it happens: in a field, in
//! the items of a list, in a branch of a union, five levels down.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use clip_events_contract::bundle;
use schema_compat_gate::rules::{Breaks, Effect, rule};
use schema_compat_gate::{Document, Outcome, Release};
use schema_source::{Source, pretty_json};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{contract, here, judge, verify};

/// Each change is tried in so many places, by turns. `COMPAT_SHAPES=all` tries each in all.
const PLACES: usize = 3;

/// The changes of one form of schema.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(rename = "about")]
    _about: String,
    shape: Value,
    #[serde(default)]
    definitions: Map<String, Value>,
    changes: Vec<Case>,
}

/// A change, there and perhaps back again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The shape that is changed, if it is another than that of the form.
    old: Option<Value>,
    definitions: Option<Map<String, Value>>,
    /// New values by JSON Pointer, below the shape or, after `#`, below the definitions; `null` removes.
    edit: Map<String, Value>,
    finds: Vec<Found>,
    back: Option<Vec<Found>>,
}

/// A finding: its rule; the place in the new schema, below the shape or in `$defs`; and where it is in a delivery, below the
/// shape, if the place does not say it: a pointer, `=` for the shape itself, `[value]` for a branch of it.
#[derive(Deserialize)]
#[serde(from = "Vec<String>")]
struct Found {
    rule: String,
    place: String,
    about: String,
}

impl From<Vec<String>> for Found {
    fn from(parts: Vec<String>) -> Self {
        let mut parts = parts.into_iter();
        let mut next = || parts.next().unwrap_or_default();
        Self { rule: next(), place: next(), about: next() }
    }
}

/// A place for a shape in a contract.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Context {
    name: String,
    /// Fields of an event type; the shape stands where they say `HERE`.
    fields: Map<String, Value>,
    #[serde(default)]
    definitions: Map<String, Value>,
    /// JSON Pointers of the shape, in the schema and in a delivery.
    place: String,
    instance: String,
    /// The forms that mean something else here: the values of a map may be anything in any open object.
    #[serde(default)]
    not_for: Vec<String>,
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    let text = fs::read_to_string(path).expect("a file");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `value` with `shape` where it says `HERE`.
fn filled(value: &Value, shape: &Value) -> Value {
    match value {
        Value::String(text) if text == "HERE" => shape.clone(),
        Value::Array(items) => items.iter().map(|item| filled(item, shape)).collect(),
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), filled(value, shape))).collect()
        }
        other => other.clone(),
    }
}

/// Sets what is at `pointer`, or removes it.
fn set(root: &mut Value, pointer: &str, value: &Value) {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        *root = value.clone();
        return;
    };
    match root.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} is there")) {
        Value::Object(object) if value.is_null() => {
            object.shift_remove(key);
        }
        parent => parent[key] = value.clone(),
    }
}

impl Context {
    /// The contract of `base`, with `shape` in this place.
    fn document(&self, base: &Value, shape: &Value, definitions: &Map<String, Value>) -> Value {
        let mut document = base.clone();
        let fields = document["$defs"]["thing.made"]["properties"].as_object_mut().expect("fields");
        fields.extend(self.fields.iter().map(|(name, field)| (name.clone(), filled(field, shape))));
        let all = document["$defs"].as_object_mut().expect("definitions");
        all.extend(definitions.clone());
        let own = self.definitions.iter();
        all.extend(own.map(|(name, definition)| (name.clone(), filled(definition, shape))));
        document
    }

    /// Checks what becomes of `old` when it is changed into `new`. What is wrong, if anything is.
    fn check(&self, old: &Value, new: &Value, finds: &[Found]) -> Result<(), String> {
        let source =
            |path: &str, value| Source::parse(path.into(), pretty_json(value)).expect("JSON");
        let document = Document::from(source("new.json", new));
        let report = judge(&document, Release::new("1.0.0", source("released.json", old)));
        verify(&report, &document);
        let found: BTreeSet<_> = report
            .findings
            .iter()
            .map(|finding| (finding.rule().id.clone(), finding.location.pointer.clone()))
            .collect();
        let place = |found: &Found| match found.place.strip_prefix("/$defs/") {
            Some(_) => found.place.clone(),
            None => format!("{}{}", self.place, found.place),
        };
        let expected: BTreeSet<_> =
            finds.iter().map(|found| (found.rule.clone(), place(found))).collect();
        if found != expected || !report.open.is_empty() {
            let missed: Vec<_> = expected.difference(&found).collect();
            let wrong: Vec<_> = found.difference(&expected).collect();
            return Err(format!("missed {missed:?}, false {wrong:?}, open {:?}", report.open));
        }
        let breaks = |found: &Found| rule(&found.rule).expect("a rule").breaks != Breaks::Nobody;
        let breaking = finds.iter().any(breaks);
        let outcome = if breaking { Outcome::Breaking } else { Outcome::Additive };
        if report.outcome() != outcome {
            return Err(format!("{} instead of {outcome}", report.outcome()));
        }
        for expected in finds {
            let is_its = |change: &&schema_compat_gate::Change| {
                change.rule.id == expected.rule && self.is_at(&change.instance, expected)
            };
            let all: Vec<_> =
                report.findings.iter().flat_map(|finding| finding.change.all()).collect();
            let Some(change) = all.iter().copied().find(is_its) else {
                let told: Vec<_> = all.iter().map(|change| &change.instance).collect();
                return Err(format!("{} at {told:?}", expected.rule));
            };
            let branch = expected.about.strip_prefix('[');
            if branch.is_some_and(|branch| !change.what.ends_with(&format!("={branch}"))) {
                return Err(format!("{} told as {}", expected.rule, change.what));
            }
        }
        for finding in &report.findings {
            let rule = finding.rule();
            let shown = finding.breaking_delivery.is_some() || rule.breaks == Breaks::Nobody;
            if !shown && rule.effect != Effect::TakesAway {
                return Err(format!("{} is not shown", rule.id));
            }
        }
        Ok(())
    }

    /// Whether `instance`, where a change is told to be in deliveries, is where `found` has it.
    fn is_at(&self, instance: &str, found: &Found) -> bool {
        let definition = found.place.strip_prefix("/$defs/");
        let place =
            definition.map_or(&*found.place, |rest| &rest[rest.find('/').unwrap_or(rest.len())..]);
        let below = match found.about.chars().next() {
            None => in_deliveries(place),
            Some('/') => found.about.clone(),
            Some(_) => String::new(),
        };
        let rest = instance.strip_prefix(&*self.instance);
        // How a definition is reached is another matter.
        rest.is_some_and(|rest| rest == below || definition.is_some() && rest.ends_with(&below))
    }
}

/// The place in deliveries of what stands at `place` in a schema.
fn in_deliveries(place: &str) -> String {
    let mut tokens = place.split('/').skip(1);
    let mut instance = String::new();
    while let Some(token) = tokens.next() {
        match token {
            "properties" => {
                if let Some(name) = tokens.next() {
                    instance.extend(["/", name]);
                }
            }
            "items" | "additionalProperties" => instance.push_str("/*"),
            "allOf" | "anyOf" | "oneOf" => {
                tokens.next();
            }
            _ => {}
        }
    }
    instance
}

#[test]
fn a_change_comes_to_the_same_wherever_it_happens() {
    let folder = here().join("shapes");
    let contexts: Vec<Context> = read(&folder.join("contexts.json"));
    let names = fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("one").path());
    let forms: BTreeMap<_, Form> = names
        .filter(|path| !path.ends_with("contexts.json"))
        .map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), read(&path)))
        .collect();
    let mut base = bundle::bundle(&contract(Path::new("")));
    base["$defs"]["thing.made"]["examples"] = json!([{ "thing_id": "t1", "share": 0.5 }]);
    let all = std::env::var("COMPAT_SHAPES").is_ok_and(|which| which == "all");
    let places = if all { contexts.len() } else { PLACES };
    let (mut questions, mut changes_so_far) = (Vec::new(), 0);
    for (form, Form { shape, definitions, changes, .. }) in &forms {
        for case in changes {
            let first = changes_so_far;
            changes_so_far += 1;
            for turn in 0..places {
                let context = &contexts[(first + turn * 4) % contexts.len()];
                if context.not_for.contains(form) {
                    continue;
                }
                let shape = case.old.as_ref().unwrap_or(shape);
                let definitions = case.definitions.as_ref().unwrap_or(definitions);
                questions.push((form, context, shape, definitions, case));
            }
        }
    }
    assert!(questions.len() >= 500, "{}", questions.len());
    let next = AtomicUsize::new(0);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let work = || {
            let mut wrong = Vec::new();
            while let Some((form, context, shape, definitions, case)) =
                questions.get(next.fetch_add(1, Ordering::Relaxed))
            {
                let mut new = json!({ "shape": shape, "definitions": definitions });
                for (pointer, value) in &case.edit {
                    let pointer = match pointer.strip_prefix('#') {
                        Some(below) => format!("/definitions{below}"),
                        None => format!("/shape{pointer}"),
                    };
                    set(&mut new, &pointer, value);
                }
                let changed = new["definitions"].as_object().expect("definitions");
                let old = context.document(&base, shape, definitions);
                let new = context.document(&base, &new["shape"], changed);
                let there = (&old, &new, "there", Some(&case.finds));
                for (old, new, way, finds) in [there, (&new, &old, "back", case.back.as_ref())] {
                    let told = finds.map(|finds| context.check(old, new, finds));
                    if let Some(Err(told)) = told {
                        let (name, place) = (&case.name, &context.name);
                        wrong.push(format!("{form}: {name}, {way}, in {place}: {told}"));
                    }
                }
            }
            wrong
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    println!("{} changes", questions.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
