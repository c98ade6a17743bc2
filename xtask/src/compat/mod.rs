//! May the contract change like this? Compares `schema/` with a release: the engine decides, the walk says what it was.
//!
//! With ⟦S⟧ the deliveries that S accepts, a change is additive when for each event type
//!
//! - it is *reader-safe*: ⟦new⟧ ⊆ ⟦released⟧, so a reader of the release takes all that may be sent now;
//! - it is *replay-safe*: each delivery of the release with declared fields only is in ⟦new⟧, so archives still parse;
//! - nothing has vanished or closed that the release declared, even where the two sets cannot show it.
//!
//! The first two are questions to `schema-compat`, one for each event type. The third is the walk's.

use std::path::PathBuf;
use std::sync::LazyLock;

use schema_compat::{Options, Schema, Side, Verdict as Inclusion};
use serde_json::{Map, Value, json};

use crate::bundle::{self, event_types};
use crate::load::Sources;
use crate::model::Envelope;
use crate::source::{Source, escape_token};

pub mod release;
pub mod render;
pub mod walk;

use walk::Change;

/// Folder of the frozen releases.
pub const RELEASES: &str = "schema/releases";

/// A kind of change, as `rules.json` describes it.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable name, in kebab-case.
    pub id: String,
    /// Whom it breaks.
    pub breaks: Breaks,
    /// What it is.
    pub title: String,
    /// Why it breaks them, or why it does not.
    pub why: String,
    /// What to do instead.
    pub instead: String,
}

/// Whom a change breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Breaks {
    /// Readers built against the release, by what may be sent now.
    Readers,
    /// Readers of the new contract, by what the release has sent.
    Archives,
    /// Nobody: it is an addition.
    Nobody,
}

/// All rules.
pub static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("rules.json")).expect("a test reads rules.json")
});

/// The rule called `id`.
///
/// # Panics
///
/// When there is none: the walk and the rules are tested to agree.
pub fn rule(id: &str) -> &'static Rule {
    RULES.iter().find(|rule| rule.id == id).unwrap_or_else(|| panic!("no rule {id} in rules.json"))
}

/// A contract to compare with: one self-contained document.
#[derive(Debug, Clone)]
pub struct Released {
    /// What a person calls it: `1.0.0`, a path, a git revision.
    pub name: String,
    /// The document. For a git revision, its bundle, which lies in no file.
    pub source: Source,
}

/// What the gate says of one release.
#[derive(Debug)]
pub struct Report {
    /// The release.
    pub release: Released,
    /// What changed, the walk's order.
    pub findings: Vec<Finding>,
    /// What the engine could not decide.
    pub undecided: Vec<Undecided>,
    /// How many inclusions the engine proved.
    pub proved: usize,
}

/// A change and, where it breaks someone, the delivery that does.
#[derive(Debug)]
pub struct Finding {
    /// The change.
    pub change: Change,
    /// Its rule.
    pub rule: &'static Rule,
    /// Where it is in `schema/`.
    pub place: Place,
    /// A delivery that one side accepts and the other rejects.
    pub witness: Option<Witness>,
}

/// A part of a schema file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Path from the root of the workspace.
    pub path: PathBuf,
    /// JSON Pointer within the file.
    pub pointer: String,
}

/// A delivery that shows a break.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The delivery.
    pub delivery: Value,
    /// Which side rejects it, and why, in the words of the `jsonschema` crate.
    pub rejected: String,
}

/// A question that the engine could not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// Whom it might break.
    pub breaks: Breaks,
    /// The event type; none for event types that neither side knows.
    pub event_type: Option<String>,
    /// The keyword and why it could not be decided.
    pub reason: String,
    /// Which contract the keyword stands in, and its JSON Pointer in the schema of one delivery.
    pub place: Option<(&'static str, String)>,
}

/// What the gate says in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Proved: every reader of the release still works. Also when nothing changed.
    Additive,
    /// Shown: some reader or archive breaks.
    Breaking,
    /// Neither proved nor refuted, which fails.
    Undecided,
}

impl Report {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        if self.findings.iter().any(|finding| finding.rule.breaks != Breaks::Nobody) {
            Verdict::Breaking
        } else if self.undecided.is_empty() {
            Verdict::Additive
        } else {
            Verdict::Undecided
        }
    }
}

/// Compares the contract in `sources` with `release`.
pub fn judge(sources: &Sources, release: Released) -> Report {
    let new = bundle::bundle(sources);
    let mut gate =
        Gate { released: &release.source.value, new: &new, undecided: Vec::new(), proved: 0 };
    let mut findings = Vec::new();
    let mut broken: Vec<Option<String>> = Vec::new();
    for change in walk::changes(gate.released, gate.new) {
        let rule = rule(change.rule);
        let witness = gate.witness(&change, rule.breaks);
        // Only a delivery could show it, and none does: the questions below prove it harmless or fail.
        if witness.is_none() && is_for_the_engine(&change, rule.breaks) {
            continue;
        }
        if rule.breaks != Breaks::Nobody {
            broken.push(change.event_type.clone());
        }
        findings.push((change, rule, witness));
    }
    for (breaks, event_type) in gate.questions() {
        // A change that the walk has named may break the other side too; naming it twice helps nobody.
        let explained = broken.contains(&None) || broken.contains(&event_type);
        if let Some(witness) = gate.ask(breaks, event_type.as_deref()).filter(|_| !explained) {
            let (rule_id, what) = match breaks {
                Breaks::Readers => ("object-loosened", "takes deliveries that the release rejects"),
                _ => ("object-closed", "rejects deliveries of the release"),
            };
            let pointer = event_type.as_deref().map_or_else(String::new, shape_pointer);
            let change = Change {
                rule: rule_id,
                event_type,
                instance: "/data".into(),
                released: Some(pointer.clone()),
                new: pointer,
                what: what.into(),
            };
            findings.push((change, rule(rule_id), Some(witness)));
        }
    }
    let (undecided, proved) = (gate.undecided, gate.proved);
    let findings = findings.into_iter().map(|(change, rule, witness)| {
        let place = place(sources, &change.new);
        Finding { change, rule, place, witness }
    });
    let findings = findings.collect();
    Report { release, findings, undecided, proved }
}

/// The file of `schema/` that holds the part of the bundle at `pointer`.
pub fn place(sources: &Sources, pointer: &str) -> Place {
    let within = |source: &Source, pointer: &str| Place {
        path: source.path.clone(),
        pointer: pointer.to_owned(),
    };
    let Some(rest) = pointer.strip_prefix("/$defs/") else {
        return within(&sources.envelope, pointer);
    };
    let name = rest.split('/').next().unwrap_or_default();
    match sources.data.iter().find(|source| escape_token(source.stem()) == name) {
        Some(source) => within(source, &rest[name.len()..]),
        None => within(&sources.definitions, pointer),
    }
}

fn shape_pointer(event_type: &str) -> String {
    format!("/$defs/{}", escape_token(event_type))
}

/// Whether undeclared fields pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fields {
    All,
    DeclaredOnly,
}

/// The schema of the deliveries of one event type; of those whose type `bundle` does not know, for `None`.
fn delivery_schema(
    bundle: &Value,
    event_type: Option<&str>,
    known: &[&str],
    fields: Fields,
) -> Value {
    let mut schema = bundle.as_object().cloned().unwrap_or_default();
    schema.remove("allOf");
    schema.remove("$id");
    let discriminator = match event_type {
        Some(event_type) => json!({ "const": event_type }),
        None => json!({ "type": "string", "not": { "enum": known } }),
    };
    let shape =
        event_type.filter(|event_type| event_types(bundle).contains(event_type)).map(shape_pointer);
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert(Envelope::TYPE.into(), discriminator);
        if let Some(pointer) = &shape {
            let data = json!({ "type": "object", "$ref": format!("#{pointer}") });
            properties.insert(Envelope::DATA.into(), data);
        }
    }
    if fields == Fields::DeclaredOnly {
        schema.insert("additionalProperties".into(), false.into());
        let shape = shape.and_then(|pointer| {
            schema.get_mut("$defs")?.pointer_mut(pointer.strip_prefix("/$defs")?)
        });
        if let Some(Value::Object(shape)) = shape {
            shape.insert("additionalProperties".into(), false.into());
        }
    }
    schema.into()
}

struct Gate<'a> {
    released: &'a Value,
    new: &'a Value,
    undecided: Vec<Undecided>,
    proved: usize,
}

impl Gate<'_> {
    /// Every question that must be proved: each event type, and for readers all other types at once. What the release
    /// never sent is in no archive.
    fn questions(&self) -> Vec<(Breaks, Option<String>)> {
        let mut types = self.known();
        types.sort_unstable();
        types.dedup();
        let released = event_types(self.released);
        let readers = types.iter().map(|name| (Breaks::Readers, Some((*name).to_owned())));
        let archives = types.iter().filter(|name| released.contains(name));
        let archives = archives.map(|name| (Breaks::Archives, Some((*name).to_owned())));
        readers.chain([(Breaks::Readers, None)]).chain(archives).collect()
    }

    fn known(&self) -> Vec<&str> {
        [event_types(self.released), event_types(self.new)].concat()
    }

    /// The schemas of a question: whether every instance of the first is one of the second.
    fn question(&self, breaks: Breaks, event_type: Option<&str>) -> [Value; 2] {
        let known = self.known();
        let (sub, sup, fields) = match breaks {
            Breaks::Archives => (self.released, self.new, Fields::DeclaredOnly),
            _ => (self.new, self.released, Fields::All),
        };
        [
            delivery_schema(sub, event_type, &known, fields),
            delivery_schema(sup, event_type, &known, Fields::All),
        ]
    }

    /// Asks the engine; counts a proof, keeps what stays undecided, and returns the witness of a refutation.
    fn ask(&mut self, breaks: Breaks, event_type: Option<&str>) -> Option<Witness> {
        let [sub, sup] = self.question(breaks, event_type);
        match includes(&sub, &sup) {
            Inclusion::Proved(_) => {
                self.proved += 1;
                None
            }
            Inclusion::Refuted(found) => Some(Witness {
                rejected: rejection(&sup, &found.instance)?,
                delivery: found.instance,
            }),
            Inclusion::Undecided(schema_compat::Undecided { reason, place }) => {
                let place = place.map(|place| {
                    let is_new = (place.side == Side::Sub) == (breaks == Breaks::Readers);
                    (if is_new { "new" } else { "released" }, place.pointer)
                });
                let event_type = event_type.map(str::to_owned);
                self.undecided.push(Undecided { breaks, event_type, reason, place });
                None
            }
        }
    }

    /// A delivery that shows what `change` breaks: a sample with just that changed, or the engine's own.
    fn witness(&self, change: &Change, breaks: Breaks) -> Option<Witness> {
        let (sender, receiver) = self.sides(breaks)?;
        let known = self.known();
        let event_type = self.event_type(change)?;
        let [sent, received] = [sender, receiver]
            .map(|bundle| delivery_schema(bundle, Some(event_type), &known, Fields::All));
        let shows = |delivery: Value| {
            let accepted = rejection(&sent, &delivery).is_none();
            let rejected = rejection(&received, &delivery).filter(|_| accepted)?;
            Some(Witness { delivery, rejected })
        };
        let sample = sample(sender, event_type, &sent)?;
        let container = change.instance.rsplit_once('/').map_or("", |(container, _)| container);
        let key = change.instance.rsplit('/').next().unwrap_or_default();
        let with = |container: &str, key: &str, value: Option<Value>| {
            let mut delivery = sample.clone();
            let object = delivery.pointer_mut(container)?.as_object_mut()?;
            match value {
                Some(value) => object.insert(key.to_owned(), value),
                None => object.remove(key),
            };
            Some(delivery)
        };
        let differing =
            match self.field_question(change, breaks).map(|[sub, sup]| includes(&sub, &sup)) {
                Some(Inclusion::Refuted(found)) => Some(found.instance),
                _ => None,
            };
        let candidates = [
            Some(sample.clone()),
            with(container, key, None),
            with(container, key, differing),
            with("", Envelope::DATA, Some(json!({}))),
            with(&change.instance, "added_later", Some(true.into())),
            with(container, key, Some(Value::Null)),
            with(container, key, Some(json!({}))),
        ];
        let shown = candidates.into_iter().flatten().find_map(shows);
        shown.or_else(|| match includes(&sent, &received) {
            Inclusion::Refuted(found) => shows(found.instance),
            _ => None,
        })
    }

    /// Whose deliveries meet whom, for a change that breaks someone.
    fn sides(&self, breaks: Breaks) -> Option<(&Value, &Value)> {
        match breaks {
            Breaks::Readers => Some((self.new, self.released)),
            Breaks::Archives => Some((self.released, self.new)),
            Breaks::Nobody => None,
        }
    }

    /// The event type to show `change` by: its own, or for the envelope one that both sides know.
    fn event_type<'b>(&'b self, change: &'b Change) -> Option<&'b str> {
        let shared = || {
            event_types(self.released).into_iter().find(|name| event_types(self.new).contains(name))
        };
        change.event_type.as_deref().or_else(shared)
    }

    /// The question that `change` puts for the values of one field alone.
    fn field_question(&self, change: &Change, breaks: Breaks) -> Option<[Value; 2]> {
        let (sub, sup) = self.sides(breaks)?;
        let object = change.event_type.as_deref().map_or_else(String::new, shape_pointer);
        let key = change.instance.rsplit('/').next()?;
        let schema = |bundle: &Value| {
            let mut schema =
                bundle.pointer(&format!("{object}/properties/{key}"))?.as_object()?.clone();
            schema.insert("$defs".into(), bundle.get("$defs")?.clone());
            Some(Value::Object(schema))
        };
        Some([schema(sub)?, schema(sup)?])
    }
}

/// Whether `change`, which no delivery shows, is one that only a delivery could show: a difference of values. Such a
/// one is for the engine to prove harmless or to leave undecided.
fn is_for_the_engine(change: &Change, breaks: Breaks) -> bool {
    let structural =
        ["event-type-removed", "field-removed", "field-renamed", "field-moved", "format-changed"];
    breaks != Breaks::Nobody && !structural.contains(&change.rule)
}

/// Why `schema` rejects `delivery`, in the words of the `jsonschema` crate; none if it accepts it.
fn rejection(schema: &Value, delivery: &Value) -> Option<String> {
    let validator = match jsonschema::validator_for(schema) {
        Ok(validator) => validator,
        Err(error) => return Some(error.to_string()),
    };
    let error = validator.iter_errors(delivery).next()?;
    let at = error.instance_path().as_str();
    Some(format!("{}: {error}", if at.is_empty() { "the delivery" } else { at }))
}

/// A delivery that `schema` accepts: from the examples of the bundle, or else one that the engine makes.
fn sample(bundle: &Value, event_type: &str, schema: &Value) -> Option<Value> {
    let example = |schema: &Value| {
        let target = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix('#'));
        let places = [Some(schema), target.and_then(|pointer| bundle.pointer(pointer))];
        places.into_iter().flatten().find_map(|schema| schema.pointer("/examples/0").cloned())
    };
    let mut delivery = Map::new();
    for (key, schema) in bundle.get("properties")?.as_object()? {
        let value = match key.as_str() {
            Envelope::TYPE => Some(event_type.into()),
            Envelope::DATA => Some(
                bundle
                    .pointer(&shape_pointer(event_type))
                    .and_then(example)
                    .unwrap_or_else(|| json!({})),
            ),
            _ => example(schema),
        };
        delivery.extend(value.map(|value| (key.clone(), value)));
    }
    // The example of a shape may be older than the shape.
    let shape = bundle.pointer(&shape_pointer(event_type));
    let required = shape.and_then(|shape| shape.get("required")?.as_array());
    if let Some(Value::Object(data)) = delivery.get_mut(Envelope::DATA) {
        for key in required.into_iter().flatten().filter_map(Value::as_str) {
            let field = shape.and_then(|shape| shape.get("properties")?.get(key));
            if let (None, Some(value)) = (data.get(key), field.and_then(example)) {
                data.insert(key.to_owned(), value);
            }
        }
    }
    let delivery = Value::Object(delivery);
    if rejection(schema, &delivery).is_none() {
        return Some(delivery);
    }
    // An instance of a schema is what shows that it is not included in the empty one.
    match includes(schema, &Value::Bool(false)) {
        Inclusion::Refuted(found) => Some(found.instance),
        _ => None,
    }
}

/// Whether every instance of `sub` is one of `sup`.
fn includes(sub: &Value, sup: &Value) -> Inclusion {
    let [sub, sup] = [sub, sup].map(|schema| Schema::from(schema.clone()));
    schema_compat::included(&sub, &sup, &Options::default()).unwrap_or_else(|error| {
        Inclusion::Undecided(schema_compat::Undecided { reason: error.to_string(), place: None })
    })
}
