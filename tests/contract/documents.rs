//! The documents for the tools of others: for generators of code the contract means the same, on every event type that is known. What
//! the tools themselves say of the documents, `tests/exports/documents/run` asks.

use std::collections::BTreeSet;
use std::path::Path;

use clip_events_contract::Sources;
use clip_events_contract::bundle::bundle;
use clip_events_contract::model::Envelope;
use clip_events_test_support::ladder::Rung;
use clip_events_test_support::{copy, root, without_documentation};
use schema_compat::{Answer, Inclusion, Options, Schema};
use serde_json::{Value, json};

/// A contract, and what generators of code are given of it.
struct Flavors {
    event_types: Vec<String>,
    canonical: Value,
    codegen: Value,
}

impl Flavors {
    fn of(root: &Path) -> Self {
        let sources = Sources::read(root).unwrap_or_else(|errors| panic!("{errors}"));
        let artifacts = clip_events_codegen::render(&sources);
        let artifacts = artifacts.unwrap_or_else(|error| panic!("{error}"));
        let file = artifacts.iter().find(|it| it.path.ends_with("contract.codegen.schema.json"));
        Self {
            event_types: sources.data.iter().map(|shape| shape.stem().to_owned()).collect(),
            canonical: bundle(&sources),
            codegen: serde_json::from_str(&file.expect("rendered").text).expect("JSON"),
        }
    }

    fn freight() -> Self {
        Self::of(&root().join("tests/contracts/freight"))
    }

    fn additions() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(&root().join("schema"), &folder.path().join("schema"));
        without_documentation(folder.path());
        for rung in Rung::all() {
            rung.add(folder.path());
        }
        Self::of(folder.path())
    }

    /// Whether both flavors take the same deliveries of `event_type`: for what is not proved, why.
    fn agree(&self, event_type: &str) -> Result<(), String> {
        let (canonical, codegen) = (&self.canonical, &self.codegen);
        for (subset, superset, what) in
            [(canonical, codegen, "is refused"), (codegen, canonical, "is taken")]
        {
            let mut narrowed = subset.clone();
            narrowed["properties"][Envelope::TYPE] = json!({ "const": event_type });
            let subset: Schema = narrowed.to_string().parse().expect("a schema");
            let superset: Schema = superset.to_string().parse().expect("a schema");
            let question = Inclusion { subset: &subset, superset: &superset };
            match question.decide(&Options::default()).expect("decided") {
                Answer::Proved(_) => {}
                Answer::Refuted(witness) => return Err(format!("{what}: {}", witness.instance)),
                Answer::Undecided(reason) => return Err(format!("undecided: {reason:?}")),
            }
        }
        Ok(())
    }

    fn assert_equal(&self) {
        for event_type in &self.event_types {
            if let Err(why) = self.agree(event_type) {
                panic!("{event_type}: {why}");
            }
        }
    }
}

#[test]
fn the_flavor_for_generators_means_the_same_on_known_event_types() {
    let own = Flavors::of(&root());
    own.assert_equal();
    let [canonical, codegen] = [&own.canonical, &own.codegen]
        .map(|schema| jsonschema::validator_for(schema).expect("a schema"));
    let of_first = &own.codegen["oneOf"][0]["$ref"].as_str().expect("a reference")[1..];
    let mut delivery = own.codegen.pointer(of_first).expect("a type")["examples"][0].clone();
    assert!(canonical.is_valid(&delivery) && codegen.is_valid(&delivery), "{delivery}");
    // Why it is not the contract: a reader has to take this one.
    delivery[Envelope::TYPE] = "Not-Known".into();
    assert!(canonical.is_valid(&delivery) && !codegen.is_valid(&delivery), "{delivery}");
}

#[test]
fn the_flavor_for_generators_means_the_same_on_any_contract() {
    Flavors::freight().assert_equal();
    Flavors::additions().assert_equal();
}

/// What the proofs are worth: without what a tagged union takes besides its alternatives, they are none.
#[test]
fn a_flavor_that_means_something_else_is_noticed() {
    let mut flavors = Flavors::freight();
    let cut = flavors
        .codegen
        .to_string()
        .replace("\"not\":{\"enum\":[", "\"enum\":[\"a\"],\"not\":{\"enum\":[");
    flavors.codegen = serde_json::from_str(&cut).expect("JSON");
    let refuted = flavors.event_types.iter().filter_map(|it| flavors.agree(it).err());
    assert!(refuted.filter(|why| why.starts_with("is refused")).count() > 1);
}

#[test]
fn each_title_is_the_name_of_one_type() {
    for flavors in [Flavors::of(&root()), Flavors::freight(), Flavors::additions()] {
        let mut titles = Vec::new();
        collect_titles(&flavors.codegen, &mut titles);
        let distinct: BTreeSet<_> = titles.iter().collect();
        assert_eq!(distinct.len(), titles.len(), "{titles:?}");
        for title in &titles {
            assert!(title.chars().all(|c| c.is_ascii_alphanumeric()), "{title}");
        }
        for (name, definition) in flavors.codegen["$defs"].as_object().expect("an object") {
            assert_eq!(definition["title"], *name);
        }
    }
}

fn collect_titles(schema: &Value, titles: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else { return };
    for (keyword, operand) in keywords {
        match (keyword.as_str(), operand) {
            ("title", Value::String(title)) => titles.push(title.clone()),
            ("properties" | "$defs", Value::Object(named)) => {
                named.values().for_each(|schema| collect_titles(schema, titles));
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                for schema in parts {
                    collect_titles(schema, titles);
                }
            }
            ("items" | "additionalProperties" | "not", schema) => collect_titles(schema, titles),
            _ => {}
        }
    }
}

/// The documents and the receiver name it.
#[test]
fn the_header_of_the_signature_is_the_one_that_receivers_read() {
    let sources = Sources::read(&root()).unwrap_or_else(|errors| panic!("{errors}"));
    let delivery = sources.manifest.delivery.expect("how deliveries are sent");
    assert_eq!(delivery.signature_header, clip_events_receiver::SIGNATURE_HEADER);
}
