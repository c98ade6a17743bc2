//! Random edits, several at once, of which it is known by construction what they are: the gate must say exactly that.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use clip_events_contract::Sources;
use clip_events_contract::vocabulary::{BASE_ID, DIALECT};
use fastrand::Rng;
use schema_compat_gate::Report;
use schema_compat_gate::rules::Breaks;
use schema_source::Source;
use serde_json::{Map, Value, json};

use super::{document, judge, released, verify};

/// Contracts that are edited and judged. `COMPAT_EDITS` asks for more.
const CONTRACTS: u64 = 600;
/// Edits of one contract at the most.
const MAX_EDITS: usize = 4;
const DEFINITIONS: &str = "definitions.schema.json";

/// A finding, as far as it is known beforehand: rule, event type, instance.
type Label = (String, Option<String>, String);

/// The files of a contract below `schema/`, by path, and what was done to them.
#[derive(Clone)]
struct Contract {
    files: Map<String, Value>,
    /// Fields that are not to be edited again: one label each.
    touched: BTreeSet<(String, String)>,
    /// Event types that came or went: nothing within them is told.
    whole: BTreeSet<String>,
    labels: BTreeSet<Label>,
    /// What was done, for the message of a failure.
    done: Vec<String>,
}

impl Contract {
    fn base() -> Self {
        let files = serde_json::from_str(include_str!("random/contract.json")).expect("JSON");
        Self {
            files,
            touched: BTreeSet::new(),
            whole: BTreeSet::new(),
            labels: BTreeSet::new(),
            done: Vec::new(),
        }
    }

    fn sources(&self) -> Sources {
        let source = |path: &str| {
            let mut schema = Map::new();
            schema.insert("$schema".into(), DIALECT.into());
            schema.insert("$id".into(), format!("{BASE_ID}{path}").into());
            schema.extend(self.files[path].as_object().expect("an object").clone());
            let text = format!("{:#}\n", Value::Object(schema));
            Source::parse(format!("schema/{path}").into(), text).expect("JSON")
        };
        let mut data: Vec<_> = self.shapes();
        data.sort();
        let data = data.iter().map(|path| source(path)).collect();
        Sources::new(source("envelope.schema.json"), source(DEFINITIONS), data)
            .unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn shapes(&self) -> Vec<String> {
        self.files.keys().filter(|path| path.starts_with("data/")).cloned().collect()
    }

    /// A shape that was there from the start.
    fn shape(&self, rng: &mut Rng) -> Option<String> {
        let known = self.shapes().into_iter().filter(|path| !self.whole.contains(path));
        rng.choice(known.collect::<Vec<_>>())
    }

    fn properties(&mut self, path: &str) -> &mut Map<String, Value> {
        self.files[path]["properties"].as_object_mut().expect("an object")
    }

    fn required(&mut self, path: &str) -> &mut Vec<Value> {
        self.files[path]["required"].as_array_mut().expect("an array")
    }

    /// A field of a shape that was not edited yet, and now counts as edited.
    fn field(&mut self, rng: &mut Rng) -> Option<(String, String)> {
        let path = self.shape(rng)?;
        let names: Vec<_> = self.properties(&path).keys().cloned().collect();
        let field = (path, rng.choice(names)?);
        self.touched.insert(field.clone()).then_some(field)
    }

    fn label(&mut self, rule: &str, path: &str, instance: &str) {
        let event_type =
            path.strip_prefix("data/").and_then(|path| path.strip_suffix(".schema.json"));
        self.labels.insert((rule.to_owned(), event_type.map(str::to_owned), instance.to_owned()));
    }

    /// The name of the definition that a field refers to.
    fn definition(&mut self, (path, name): &(String, String)) -> Option<String> {
        let reference = self.properties(path)[name].get("$ref")?.as_str()?;
        Some(reference.rsplit('/').next()?.to_owned())
    }

    /// Edits the keywords of a field: where it stands, for this field alone, or in the definition, for all its fields.
    fn keywords(
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

fn number(schema: &Map<String, Value>, keyword: &str) -> Option<f64> {
    schema.get(keyword)?.as_f64()
}

type Edit = (&'static str, fn(&mut Contract, &mut Rng) -> bool);

/// Every kind of edit. One says whether it could be made; if not, the contract is thrown away.
const EDITS: &[Edit] = &[
    ("add an optional field", |c, rng| {
        let Some(path) = c.shape(rng) else { return false };
        let name = format!("zz_{}", rng.u8(..));
        let schema = rng.choice([
            json!({ "type": "string" }),
            json!({ "type": "integer", "minimum": 3 }),
            json!({ "$ref": "../definitions.schema.json#/$defs/Kind" }),
        ]);
        c.touched.insert((path.clone(), name.clone()));
        c.label("field-added", &path, &format!("/data/{name}"));
        let removed = c.labels.iter().any(|(rule, ..)| rule == "field-removed");
        c.properties(&path).insert(name, schema.expect("one")).is_none() && !removed
    }),
    ("add a required field", |c, rng| {
        let Some(path) = c.shape(rng) else { return false };
        let name = format!("yy_{}", rng.u8(..));
        c.touched.insert((path.clone(), name.clone()));
        c.label("required-field-added", &path, &format!("/data/{name}"));
        c.required(&path).push(name.as_str().into());
        let removed = c.labels.iter().any(|(rule, ..)| rule == "field-removed");
        c.properties(&path).insert(name, json!({ "type": "boolean" })).is_none() && !removed
    }),
    ("remove a field", |c, rng| {
        let Some((path, name)) = c.field(rng) else { return false };
        c.properties(&path).shift_remove(&name);
        c.required(&path).retain(|required| *required != name);
        c.label("field-removed", &path, &format!("/data/{name}"));
        // Else it could be taken for a rename.
        !c.labels.iter().any(|(rule, ..)| rule.ends_with("field-added"))
    }),
    ("rename a field", |c, rng| {
        let Some((path, name)) = c.field(rng) else { return false };
        let renamed = rng
            .choice([name.to_uppercase(), format!("{name}_v2"), format!("x{name}")])
            .expect("one");
        *c.properties(&path) = std::mem::take(c.properties(&path))
            .into_iter()
            .map(|(key, schema)| (if key == name { renamed.clone() } else { key }, schema))
            .collect();
        for required in c.required(&path) {
            if *required == name {
                *required = renamed.as_str().into();
            }
        }
        c.touched.insert((path.clone(), renamed));
        c.label("field-renamed", &path, &format!("/data/{name}"));
        // Two that came and two that went: which became which is anybody's guess.
        !c.labels.iter().any(|(rule, ..)| rule.ends_with("field-added") || rule == "field-removed")
    }),
    ("retype", |c, rng| {
        c.keywords(rng, "type-changed", |schema, _| {
            let simple =
                schema.keys().all(|keyword| ["type", "examples"].contains(&keyword.as_str()));
            let to = match schema["type"].as_str() {
                Some("string") => "object",
                Some("boolean") => "integer",
                _ => return false,
            };
            schema.insert("type".into(), to.into());
            simple
        })
    }),
    ("widen the type", |c, rng| {
        c.keywords(rng, "type-widened", |schema, _| {
            let to = match schema["type"].as_str() {
                Some("integer") => json!("number"),
                Some("number") => json!(["number", "string"]),
                Some("boolean") => json!(["boolean", "array"]),
                Some("string") if !schema.contains_key("enum") => json!(["string", "object"]),
                _ => return false,
            };
            schema.insert("type".into(), to).is_some()
        })
    }),
    ("narrow the type", |c, rng| {
        c.keywords(rng, "type-narrowed", |schema, _| {
            let to = match &schema["type"] {
                Value::String(name) if name == "number" => "integer",
                Value::Array(_) => "string",
                _ => return false,
            };
            schema.insert("type".into(), to.into()).is_some()
        })
    }),
    ("make nullable", |c, rng| {
        c.keywords(rng, "field-now-nullable", |schema, _| {
            let Some(name) = schema["type"].as_str().filter(|_| !schema.contains_key("enum"))
            else {
                return false;
            };
            let to = json!([name, "null"]);
            schema.insert("type".into(), to).is_some()
        })
    }),
    ("loosen a bound", |c, rng| {
        c.keywords(rng, "bound-loosened", |schema, rng| {
            let bound = rng.choice(["minimum", "maximum", "exclusiveMinimum"]).expect("one");
            let Some(value) = number(schema, bound).filter(|value| *value < 1e9) else {
                return false;
            };
            let step = if bound == "maximum" { 5.0 } else { -5.0 };
            if rng.bool() {
                schema.shift_remove(bound)
            } else {
                schema.insert(bound.into(), (value + step).into())
            };
            true
        })
    }),
    ("tighten a bound", |c, rng| {
        c.keywords(rng, "bound-tightened", |schema, rng| {
            let bound = rng.choice(["minimum", "maximum", "exclusiveMinimum"]).expect("one");
            let Some(value) = number(schema, bound).filter(|value| *value < 1e9) else {
                return false;
            };
            let integer = schema["type"] == "integer";
            let step =
                if integer { 1.0 } else { 0.25 } * if bound == "maximum" { -1.0 } else { 1.0 };
            schema.insert(bound.into(), (value + step).into()).is_some()
        })
    }),
    ("bound a string", |c, rng| {
        c.keywords(rng, "bound-tightened", |schema, _| {
            let free = schema["type"] == "string"
                && !["enum", "maxLength", "pattern"]
                    .iter()
                    .any(|keyword| schema.contains_key(*keyword));
            free && schema.insert("maxLength".into(), 40.into()).is_none()
        })
    }),
    ("loosen a pattern", |c, rng| {
        c.keywords(rng, "values-widened", |schema, _| {
            schema.contains_key("pattern")
                && schema.insert("pattern".into(), "^[a-z0-9]{2,8}$".into()).is_some()
        })
    }),
    ("tighten a pattern", |c, rng| {
        c.keywords(rng, "values-narrowed", |schema, _| {
            schema.contains_key("pattern")
                && schema.insert("pattern".into(), "^[a-y]{2,8}$".into()).is_some()
        })
    }),
    ("rewrite a pattern", |c, rng| {
        c.keywords(rng, "", |schema, _| {
            schema.contains_key("pattern")
                && schema.insert("pattern".into(), "^(?:[a-m]|[n-z]){2,8}$".into()).is_some()
        })
    }),
    ("add a value to a closed set", |c, rng| {
        c.keywords(rng, "values-widened", |schema, _| {
            let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) else {
                return false;
            };
            values.push("new".into());
            true
        })
    }),
    ("drop a value of a closed set", |c, rng| {
        c.keywords(rng, "values-narrowed", |schema, rng| {
            let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) else {
                return false;
            };
            values.remove(rng.usize(..values.len()));
            true
        })
    }),
    ("close an open set", |c, rng| {
        c.keywords(rng, "values-narrowed", |schema, _| {
            let Some(values) = schema.get("x-known-values").cloned() else { return false };
            schema.insert("enum".into(), values).is_none()
        })
    }),
    ("name a value of an open set", |c, rng| {
        c.keywords(rng, "known-value-added", |schema, _| {
            let Some(values) = schema.get_mut("x-known-values").and_then(Value::as_array_mut)
            else {
                return false;
            };
            values.push("three".into());
            true
        })
    }),
    ("forget a value of an open set", |c, rng| {
        c.keywords(rng, "known-value-removed", |schema, _| {
            let Some(values) = schema.get_mut("x-known-values").and_then(Value::as_array_mut)
            else {
                return false;
            };
            values.pop().is_some()
        })
    }),
    ("change a format", |c, rng| {
        c.keywords(rng, "format-changed", |schema, rng| {
            let before = schema.shift_remove("format").is_some();
            if rng.bool() {
                schema.insert("format".into(), "email".into());
            }
            before
        })
    }),
    ("add a format", |c, rng| {
        c.keywords(rng, "format-added", |schema, _| {
            schema["type"] == "string"
                && schema.insert("format".into(), "hostname".into()).is_none()
        })
    }),
    ("change a unit", |c, rng| {
        c.keywords(rng, "unit-changed", |schema, _| {
            schema.insert("x-unit".into(), "furlongs".into()).is_some()
        })
    }),
    ("refer to another definition", |c, rng| {
        let Some(field) = c.field(rng) else { return false };
        let is_id = c.definition(&field).is_some_and(|definition| definition == "Id");
        let owner = json!({ "$ref": format!("../{DEFINITIONS}#/$defs/Owner") });
        c.label("meaning-changed", &field.0, &format!("/data/{}", field.1));
        is_id && c.properties(&field.0).insert(field.1, owner).is_some()
    }),
    ("rename a definition for one field", |c, rng| {
        let Some(field) = c.field(rng) else { return false };
        let Some(definition) = c.definition(&field) else { return false };
        let schema = c.files[DEFINITIONS]["$defs"][definition].clone();
        let name = format!("Renamed{}", rng.u16(..));
        let reference = json!({ "$ref": format!("../{DEFINITIONS}#/$defs/{name}") });
        c.label("definition-replaced", &field.0, &format!("/data/{}", field.1));
        c.properties(&field.0).insert(field.1, reference);
        let definitions = c.files[DEFINITIONS]["$defs"].as_object_mut().expect("an object");
        definitions.insert(name, schema).is_none()
    }),
    ("say more of an event type", |c, rng| {
        let Some(path) = c.shape(rng) else { return false };
        let (rule, keyword, value) = rng
            .choice([
                ("domain-changed", "x-domain", json!("jobs")),
                ("high-volume-changed", "x-high-volume", json!(true)),
                ("follow-up-added", "x-follow-up", json!("/v1/jobs")),
                ("", "x-high-volume", json!(false)),
            ])
            .expect("one");
        if !rule.is_empty() {
            c.label(rule, &path, "/data");
        }
        let shape = c.files[&path].as_object_mut().expect("an object");
        shape.insert(keyword.into(), value).is_none()
    }),
    ("annotate", |c, rng| {
        c.keywords(rng, "", |schema, rng| {
            let (keyword, value) = rng
                .choice([
                    ("description", json!("Words.")),
                    ("title", json!("Title")),
                    ("$comment", json!("c")),
                    ("deprecated", json!(true)),
                    ("default", json!(1)),
                    ("x-other", json!({ "type": "null" })),
                ])
                .expect("one");
            schema.insert(keyword.into(), value);
            true
        })
    }),
    ("say what holds anyway", |c, rng| {
        c.keywords(rng, "", |schema, rng| {
            let (keyword, value) = rng
                .choice([
                    ("minLength", json!(0)),
                    ("not", json!({ "type": "array", "minItems": 1 })),
                    ("anyOf", json!([true, { "type": "null" }])),
                    ("if", json!({ "type": "string" })),
                ])
                .expect("one");
            let kind = &schema["type"];
            kind.is_string() && kind != "array" && schema.insert(keyword.into(), value).is_none()
        })
    }),
    ("make optional", |c, rng| {
        let Some((path, name)) = c.field(rng) else { return false };
        let before = c.required(&path).len();
        c.required(&path).retain(|required| *required != name);
        c.label("field-now-optional", &path, &format!("/data/{name}"));
        c.required(&path).len() < before
    }),
    ("make required", |c, rng| {
        let Some((path, name)) = c.field(rng) else { return false };
        c.label("field-now-required", &path, &format!("/data/{name}"));
        let known = c.required(&path).iter().any(|required| *required == name);
        c.required(&path).push(name.into());
        !known
    }),
    ("close an object", |c, rng| {
        let Some(path) = c.shape(rng) else { return false };
        c.label("object-closed", &path, "/data");
        let (keyword, value) = rng
            .choice([
                ("additionalProperties", json!(false)),
                ("unevaluatedProperties", json!(false)),
                ("propertyNames", json!({ "maxLength": 30 })),
                ("maxProperties", json!(12)),
                ("additionalProperties", json!({ "type": "string" })),
            ])
            .expect("one");
        let shape = c.files[&path].as_object_mut().expect("an object");
        // One keyword, one finding.
        shape.len() == 3 && shape.insert(keyword.into(), value).is_none()
    }),
    ("open an object that is open", |c, rng| {
        let Some(path) = c.shape(rng) else { return false };
        let (keyword, value) = rng
            .choice([
                ("additionalProperties", json!(true)),
                ("minProperties", json!(0)),
                ("propertyNames", json!({ "type": "string" })),
                ("dependentRequired", json!({})),
            ])
            .expect("one");
        let shape = c.files[&path].as_object_mut().expect("an object");
        shape.len() == 3 && shape.insert(keyword.into(), value).is_none()
    }),
    ("reorder", |c, rng| {
        let Some(path) = c.shape(rng) else { return false };
        let mut fields: Vec<_> = std::mem::take(c.properties(&path)).into_iter().collect();
        rng.shuffle(&mut fields);
        c.properties(&path).extend(fields);
        rng.shuffle(c.required(&path));
        true
    }),
    ("move to a definition", |c, rng| {
        let Some((path, name)) = c.field(rng) else { return false };
        let schema = c.properties(&path)[&name].clone();
        if c.definition(&(path.clone(), name.clone())).is_some() {
            return false;
        }
        let definition = format!("New{}", rng.u16(..));
        c.properties(&path)[&name] = json!({ "$ref": format!("../{DEFINITIONS}#/$defs/{definition}"), "description": "Words." });
        c.files[DEFINITIONS]["$defs"]
            .as_object_mut()
            .expect("an object")
            .insert(definition, schema)
            .is_none()
    }),
    ("inline", |c, rng| {
        let Some(field) = c.field(rng) else { return false };
        let Some(definition) = c.definition(&field) else { return false };
        let schema = c.files[DEFINITIONS]["$defs"][definition].clone();
        c.properties(&field.0).insert(field.1, schema).is_some()
    }),
    ("move fields into a branch of allOf", |c, rng| {
        let Some((path, name)) = c.field(rng) else { return false };
        let schema = c.properties(&path).shift_remove(&name);
        let (required, rest): (Vec<_>, Vec<_>) =
            std::mem::take(c.required(&path)).into_iter().partition(|required| *required == name);
        *c.required(&path) = rest;
        let shape = c.files[&path].as_object_mut().expect("an object");
        let branch = json!({ "properties": { name: schema }, "required": required });
        // Closing an object looks at what stands beside it.
        shape.len() == 3 && shape.insert("allOf".into(), json!([branch])).is_none()
    }),
    ("add an event type", |c, rng| {
        let path = format!("data/new.n{}.schema.json", rng.u16(..));
        c.label("event-type-added", &path, "/data");
        c.whole.insert(path.clone());
        let shape = json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } } });
        c.files.insert(path, shape).is_none()
    }),
    ("drop an event type", |c, rng| {
        let Some(path) = c.shape(rng) else { return false };
        // What was done within it is not told any more.
        let event_type =
            path.trim_start_matches("data/").trim_end_matches(".schema.json").to_owned();
        c.labels.retain(|(_, of, _)| of.as_ref() != Some(&event_type));
        c.label("event-type-removed", &path, "/data");
        c.whole.insert(path.clone());
        c.files.shift_remove(&path).is_some()
    }),
];

/// An edited contract, or nothing where the dice fell badly.
fn edited(seed: u64) -> Option<Contract> {
    let mut rng = Rng::with_seed(seed);
    let mut contract = Contract::base();
    let edits = rng.usize(1..=MAX_EDITS);
    for index in 0..edits {
        // The first by turns, so that each kind has its share.
        let turn = usize::try_from(seed % EDITS.len() as u64).expect("an index");
        let (name, edit) = if index == 0 { EDITS[turn] } else { *rng.choice(EDITS)? };
        if !edit(&mut contract, &mut rng) {
            return None;
        }
        contract.done.push(name.to_owned());
    }
    Some(contract)
}

fn found(report: &Report) -> BTreeSet<Label> {
    let changes = report.findings.iter().flat_map(|finding| finding.change.all());
    let findings = changes
        .map(|change| (change.rule.id.clone(), change.event_type.clone(), change.instance.clone()));
    findings.collect()
}

/// Checks one contract; how many edits it has, or what is wrong.
fn check(seed: u64, base: &Sources) -> Option<usize> {
    let contract = edited(seed)?;
    let new = document(&contract.sources());
    let report = judge(&new, released("1.0.0", base));
    let (found, labels) = (found(&report), &contract.labels);
    let told = format!(
        "seed {seed}, {:?}
missed: {:?}
false: {:?}
schemas: {}",
        contract.done,
        labels.difference(&found).collect::<Vec<_>>(),
        found.difference(labels).collect::<Vec<_>>(),
        Value::from(contract.files.clone()),
    );
    assert!(report.open.is_empty(), "{told}\nundecided: {:?}", report.open);
    assert!(found == *labels, "{told}");
    for finding in &report.findings {
        let shown = finding.breaking_delivery.is_some() || finding.rule().breaks == Breaks::Nobody;
        // What may be missing anyway, and cannot come under its old name since the object is closed now, breaks no set.
        let closed = labels.iter().any(|(rule, ..)| rule == "object-closed");
        let gone = closed && ["field-removed", "field-renamed"].contains(&&*finding.rule().id);
        let unseen = ["unit-changed", "meaning-changed"].contains(&&*finding.rule().id);
        assert!(shown || gone || unseen, "{told}");
    }
    verify(&report, &new);
    Some(contract.done.len())
}

#[test]
fn edits_known_by_construction_get_exactly_their_outcome() {
    let contracts =
        std::env::var("COMPAT_EDITS").map_or(CONTRACTS, |count| count.parse().expect("a number"));
    let (next, judged, edits) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let base = Contract::base().sources();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while judged.load(Ordering::Relaxed) < contracts {
                    if let Some(count) = check(next.fetch_add(1, Ordering::Relaxed), &base) {
                        judged.fetch_add(1, Ordering::Relaxed);
                        edits.fetch_add(count as u64, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let edits = edits.into_inner();
    println!("{edits} edits in {} contracts", judged.into_inner());
    assert!(edits >= contracts, "{edits}");
}
