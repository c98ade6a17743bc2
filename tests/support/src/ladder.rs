//! The ladder of `tests/contracts/ladder/`: the contract of `schema/` plus one addition of each form that the schemas may have.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{copy, root};

/// One addition to the contract, with values that are to be accepted and rejected for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// The name of its file, without `.json`.
    #[serde(skip)]
    pub name: String,
    /// The event type whose deliveries have the new field.
    pub event_type: String,
    /// JSON Pointer of the field in a delivery.
    pub field: String,
    /// Whether each delivery has it. Only in an event type that is new itself.
    #[serde(default)]
    pub required: bool,
    /// Values of the field that every path accepts.
    pub valid: Vec<Value>,
    /// Values that are accepted because a tagged union is open: their tag is none of today's.
    pub unknown: Vec<Value>,
    /// Values that every path rejects.
    pub invalid: Vec<Value>,
    /// What it changes, by path below the root: a JSON Merge Patch (RFC 7396), or the whole content of a new file.
    files: BTreeMap<String, Value>,
}

impl Rung {
    /// All rungs, sorted by name.
    ///
    /// # Panics
    ///
    /// When a file cannot be read or is no rung.
    pub fn all() -> Vec<Self> {
        let entries = fs::read_dir(root().join("tests/contracts/ladder")).expect("a folder");
        let mut rungs: Vec<_> =
            entries.map(|entry| Self::read(&entry.expect("an entry").path())).collect();
        rungs.sort_by(|a, b| a.name.cmp(&b.name));
        rungs
    }

    fn read(path: &Path) -> Self {
        let rung = serde_json::from_value(json(path));
        let mut rung: Self = rung.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_stem().and_then(|stem| stem.to_str());
        name.expect("a name").clone_into(&mut rung.name);
        rung
    }

    /// Copies `schema/` below `root` and makes the addition there.
    ///
    /// # Panics
    ///
    /// When a file cannot be read or written.
    pub fn apply(&self, root: &Path) {
        copy(&crate::root().join("schema"), &root.join("schema"));
        self.add(root);
    }

    /// Makes the addition to the schemas below `root`. No rung stands in the way of another.
    ///
    /// # Panics
    ///
    /// When a file cannot be read or written.
    pub fn add(&self, root: &Path) {
        for (path, patch) in &self.files {
            let path = root.join(path);
            let content = if path.exists() {
                let mut content = json(&path);
                merge(&mut content, patch);
                content
            } else {
                patch.clone()
            };
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(&path, format!("{content:#}\n")).expect("written");
        }
    }

    /// The fields and definitions that it adds to files which are there: their places, and what they say.
    pub fn additions(&self) -> impl Iterator<Item = (String, &Value)> {
        self.files.iter().flat_map(|(path, patch)| {
            ["properties", "$defs"].into_iter().flat_map(move |part| {
                let additions = patch.get(part).and_then(Value::as_object).into_iter().flatten();
                additions.map(move |(key, schema)| (format!("{path}#/{part}/{key}"), schema))
            })
        })
    }

    /// A delivery that has `value` in the new field, or no such field. `root` is where the rung was applied.
    ///
    /// # Panics
    ///
    /// When the event type has no example below `root`, or one without the object that holds the field.
    pub fn delivery(&self, root: &Path, value: Option<&Value>) -> Value {
        let folder = root.join("schema/examples").join(&self.event_type);
        let examples = fs::read_dir(folder).expect("a folder");
        let first = examples.map(|entry| entry.expect("an entry").path()).min();
        let mut delivery = json(&first.expect("an example"));
        let (parent, key) = self.field.rsplit_once('/').expect("a pointer");
        let parent = delivery.pointer_mut(parent).and_then(Value::as_object_mut);
        let parent = parent.unwrap_or_else(|| panic!("{}: {} is there", self.name, self.field));
        match value {
            Some(value) => drop(parent.insert(key.to_owned(), value.clone())),
            None => drop(parent.remove(key)),
        }
        delivery
    }
}

fn json(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// JSON Merge Patch, RFC 7396.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let target = target.as_object_mut().expect("an object by now");
    for (key, patch) in patch {
        if patch.is_null() {
            target.shift_remove(key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), patch);
        }
    }
}
