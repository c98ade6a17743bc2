//! `edits/`: changes to the contract as it was first released, with the rules that they must come under.
//!
//! The types crate is what readers of today are built on, and today's contract only added to that release. So a delivery
//! that breaks the release's readers must be one that the types reject, and a delivery that breaks its archives one that
//! they accept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clip_events::Event;
use clip_events_contract::bundle;
use clip_events_test_support::second::{Draft, Formats, Second};
use clip_events_test_support::{copy, first_release};
use json_patch::Patch;
use schema_compat_gate::rules::{self, Effect};
use serde::Deserialize;
use serde_json::Value;

use super::{released, sources, text, xtask};

/// A change to the files of `schema/`. Paths are relative to the root; `*` for a name is every file of the folder.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// The rules of all findings that break someone.
    #[serde(default)]
    breaking: BTreeSet<String>,
    /// The rules of all other findings.
    #[serde(default)]
    additions: BTreeSet<String>,
    /// Files to rename, before all else.
    #[serde(default, rename = "move")]
    renamed: BTreeMap<String, String>,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    create: BTreeMap<String, Value>,
    /// RFC 6902.
    #[serde(default)]
    patch: BTreeMap<String, Patch>,
    /// Names to add to `required`.
    #[serde(default)]
    require: BTreeMap<String, Vec<String>>,
    /// Names to take out of it.
    #[serde(default)]
    unrequire: BTreeMap<String, Vec<String>>,
    /// Files in which the keys of every object are to stand the other way round.
    #[serde(default)]
    reorder: Vec<String>,
}

impl Edit {
    fn apply(&self, root: &Path) {
        for (from, to) in &self.renamed {
            fs::rename(root.join(from), root.join(to)).expect("renamed");
        }
        for path in &self.remove {
            fs::remove_file(root.join(path)).expect("removed");
        }
        for (path, schema) in &self.create {
            fs::write(root.join(path), format!("{schema:#}\n")).expect("written");
        }
        for (path, patch) in &self.patch {
            change(root, path, |schema| json_patch::patch(schema, patch).expect("applies"));
        }
        for (path, names) in &self.require {
            change(root, path, |schema| {
                let required = schema["required"].as_array_mut().expect("an array");
                required.extend(names.iter().map(|name| Value::from(name.as_str())));
            });
        }
        for (path, names) in &self.unrequire {
            change(root, path, |schema| {
                let required = schema["required"].as_array_mut().expect("an array");
                let before = required.len();
                required.retain(|name| !names.iter().any(|other| name == other));
                assert!(required.len() < before, "{path}");
            });
        }
        for path in &self.reorder {
            change(root, path, reverse);
        }
    }
}

fn change(root: &Path, path: &str, change: impl Fn(&mut Value)) {
    let files: Vec<PathBuf> = match path.strip_suffix("/*") {
        Some(folder) => {
            let entries = fs::read_dir(root.join(folder)).expect("a folder");
            entries.map(|entry| entry.expect("an entry").path()).collect()
        }
        None => vec![root.join(path)],
    };
    for file in files {
        let mut schema =
            serde_json::from_str(&fs::read_to_string(&file).expect("a file")).expect("JSON");
        change(&mut schema);
        fs::write(file, format!("{schema:#}\n")).expect("written");
    }
}

fn reverse(value: &mut Value) {
    match value {
        Value::Object(object) => {
            *object = std::mem::take(object).into_iter().rev().collect();
            object.values_mut().for_each(reverse);
        }
        Value::Array(items) => items.iter_mut().for_each(reverse),
        _ => {}
    }
}

/// The contract as it was first released, in a folder of its own.
fn first_contract() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a temporary folder");
    first_release(root.path());
    released(root.path(), "1.0.0");
    root
}

/// The contract below `root`, in the hands of another validator than the gate's.
fn second(root: &Path) -> Second {
    let bundle = bundle::bundle(&sources(root));
    Second::read(&bundle, Draft::V2020_12, Formats::Described)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// What the edits start from is the release itself, not something like it.
#[test]
fn the_first_contract_is_the_first_release() {
    let root = first_contract();
    let path = "schema/releases/1.0.0.schema.json";
    let released = fs::read_to_string(clip_events_test_support::root().join(path)).expect("a file");
    assert_eq!(fs::read_to_string(root.path().join(path)).expect("a file"), released);
}

#[test]
fn each_edit_of_the_first_contract_gets_its_outcome_rules_and_witness() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat/edits");
    let base = first_contract();
    let reader = second(base.path());
    let mut count = 0;
    for entry in fs::read_dir(here).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let edit = fs::read_to_string(&path).expect("a file");
        let edit: Edit =
            serde_json::from_str(&edit).unwrap_or_else(|error| panic!("{name}: {error}"));
        let root = tempfile::tempdir().expect("a temporary folder");
        copy(base.path(), root.path());
        edit.apply(root.path());

        let output = xtask(root.path(), &["compat", "--format", "json"]);
        let told = text(&output.stdout);
        let report: Value = serde_json::from_str(&told)
            .unwrap_or_else(|error| panic!("{name}: {error}: {told}{}", text(&output.stderr)));
        let expected = if edit.breaking.is_empty() { ("additive", 0) } else { ("breaking", 1) };
        assert_eq!(
            (report["verdict"].as_str(), output.status.code()),
            (Some(expected.0), Some(expected.1)),
            "{name}: {told}"
        );

        let (mut breaking, mut additions) = (BTreeSet::new(), BTreeSet::new());
        let new = second(root.path());
        for finding in report["releases"][0]["findings"].as_array().expect("findings") {
            let rule = finding["rule"].as_str().expect("a rule").to_owned();
            let breaks = finding["breaks"].as_str().expect("whom it breaks");
            if breaks == "nobody" {
                additions.insert(rule);
                continue;
            }
            let needs_none = rules::rule(&rule).expect("a rule").effect == Effect::TakesAway;
            breaking.insert(rule);
            if needs_none && finding["witness"].is_null() {
                continue;
            }
            let delivery = &finding["witness"]["delivery"];
            let parsed = Event::from_slice(delivery.to_string().as_bytes());
            if breaks == "readers" {
                assert!(parsed.is_err(), "{name}: today's types take {delivery}");
                assert!(new.accepts(delivery), "{name}: {delivery}");
                assert!(!reader.accepts(delivery), "{name}: {delivery}");
            } else {
                assert!(parsed.is_ok(), "{name}: {}: {delivery}", parsed.unwrap_err());
                assert!(reader.accepts(delivery), "{name}: {delivery}");
                assert!(!new.accepts(delivery), "{name}: {delivery}");
            }
        }
        assert_eq!((breaking, additions), (edit.breaking, edit.additions), "{name}: {told}");
        count += 1;
    }
    assert!(count >= 20, "the edits were found");
}
