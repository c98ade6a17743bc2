//! Random schemas of all drafts, in two files that refer to each other or in one, before and after an edit: the check must say what a validator
//! finds that reads each file by its own draft, without making one document of them, or `1.0` as it was told.

use std::collections::HashMap;
use std::fs;

use fastrand::Rng;
use referencing::{Retrieve, Uri};
use schema_compat_gate::check::{Base, Check, Found};
use schema_compat_gate::{Direction, Gate, Layout, Outcome};
use serde_json::{Map, Value, json};

use super::random::number;

/// Pairs that are judged. `COMPAT_MIXED` asks for more, from the seed `COMPAT_SEED` on.
const PAIRS: u64 = 400;

const DRAFTS: &[&str] = &[
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
];

/// A schema of one of the drafts, which may refer to `other`: also by keywords that are none in its draft.
fn schema(rng: &mut Rng, draft: usize, other: &str, depth: usize) -> Value {
    let mut members = Map::new();
    for _ in 0..rng.usize(1..=3) {
        let below = |rng: &mut Rng| {
            if depth == 0 {
                json!({ "type": rng.choice(TYPES) })
            } else {
                schema(rng, draft, other, depth - 1)
            }
        };
        let (key, value) = match rng.u8(0..38) {
            0 | 1 => ("type", json!(rng.choice(TYPES))),
            2 => ("type", json!(["integer", "string"])),
            3 => ("enum", json!([0, "a", [1], { "a": 1 }, null, 2.5])),
            4 if draft == 0 => {
                members.insert("exclusiveMinimum".into(), rng.bool().into());
                ("minimum", json!(1))
            }
            4 => ("exclusiveMinimum", json!(1)),
            5 if draft == 0 => {
                members.insert("exclusiveMaximum".into(), rng.bool().into());
                ("maximum", json!(2))
            }
            5 => ("maximum", json!(2)),
            6 => ("const", json!(1)),
            7 => ("contains", below(rng)),
            8 => ("minContains", json!(2)),
            9 => ("maxContains", json!(1)),
            10 => ("propertyNames", json!({ "maxLength": 1 })),
            11 => {
                members.insert("then".into(), below(rng));
                members.insert("else".into(), below(rng));
                ("if", below(rng))
            }
            12 | 13 if draft < 4 => {
                members.insert("additionalItems".into(), below(rng));
                ("items", json!([below(rng), below(rng)]))
            }
            12 | 13 => ("prefixItems", json!([below(rng), below(rng)])),
            14 => ("additionalItems", below(rng)),
            15 => ("items", below(rng)),
            16 if draft < 3 => ("prefixItems", json!([below(rng)])),
            16 => ("minItems", json!(1)),
            17 | 18 => ("properties", json!({ "a": below(rng), "items": below(rng) })),
            19 => ("additionalProperties", below(rng)),
            20 => ("dependencies", json!({ "a": ["b"], "b": below(rng) })),
            21 => ("dependentRequired", json!({ "a": ["b"] })),
            22 => ("dependentSchemas", json!({ "a": below(rng) })),
            23 => ("anyOf", json!([below(rng), below(rng)])),
            24 => ("not", below(rng)),
            25 => ("patternProperties", json!({ "^a": below(rng) })),
            26 => ("required", json!(["a"])),
            27 => ("unevaluatedProperties", below(rng)),
            28 => ("unevaluatedItems", below(rng)),
            29 => ("allOf", json!([below(rng), below(rng)])),
            _ => ("$ref", json!(format!("{other}#/definitions/x"))),
        };
        members.insert(key.to_owned(), value);
    }
    members.into()
}

const TYPES: &[&str] = &["integer", "number", "string", "array", "object", "null", "boolean"];

/// A file: its schema, and one that the other refers to, in which nothing refers back to the same value.
fn file(rng: &mut Rng, draft: usize, other: &str) -> Value {
    let mut file = schema(rng, draft, other, 2);
    let definition = schema(rng, draft, "", 1);
    let definition = without_references(definition);
    if let Some(members) = file.as_object_mut() {
        members.insert("definitions".into(), json!({ "x": definition }));
        members.insert("$schema".into(), DRAFTS[draft].into());
    }
    file
}

fn without_references(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            members.shift_remove("$ref");
            for (_, member) in members.iter_mut() {
                *member = without_references(member.take());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = without_references(item.take());
            }
        }
        _ => {}
    }
    value
}

/// A value of a schema with a keyword more, one less, or another one.
fn edited(rng: &mut Rng, draft: usize, file: &Value, other: &str) -> Value {
    let mut file = file.clone();
    let members = file.as_object_mut().expect("an object");
    let keys: Vec<_> = members
        .keys()
        .filter(|key| !["$schema", "definitions"].contains(&key.as_str()))
        .cloned()
        .collect();
    if let Some(key) = rng.choice(&keys) {
        members.shift_remove(key);
    }
    if let Value::Object(more) = schema(rng, draft, other, 1) {
        members.extend(more);
    }
    file
}

struct Files(HashMap<String, Value>);

impl Retrieve for Files {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.as_str().rsplit('/').next().unwrap_or_default();
        self.0.get(name).cloned().ok_or_else(|| format!("{uri} is no file").into())
    }
}

/// A validator of the first of two files, each read by its own draft; none if they are no schemas.
fn validator(files: &[Value; 2]) -> Option<jsonschema::Validator> {
    let named = ["root.json", "part.json"].map(str::to_owned).into_iter().zip(files.clone());
    jsonschema::options()
        .with_base_uri("file:///root.json")
        .with_retriever(Files(named.collect()))
        .should_validate_formats(false)
        .build(&files[0])
        .ok()
}

/// Small values, and some within others. None has a fraction of zero, on which validators of draft 4 differ.
fn values() -> Vec<Value> {
    let small = vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(2),
        json!(3),
        json!(1.5),
        json!(2.5),
        json!(""),
        json!("a"),
        json!("abc"),
        json!([]),
        json!({}),
        json!({ "a": 1 }),
        json!({ "b": 1 }),
        json!([1]),
    ];
    let mut all = small.clone();
    for one in &small {
        all.push(json!([one]));
        all.extend(["a", "b", "items", "long"].map(|name| json!({ name: one })));
        for other in &small {
            all.push(json!([one, other]));
            all.push(json!([1, one, other]));
            all.push(json!({ "a": one, "b": other }));
            all.push(json!({ "items": one, "c": other }));
        }
    }
    all
}

/// What the check says of the first file, for those who read alone.
fn checked(old: &[Value; 2], new: &[Value; 2], integers: Option<bool>) -> Found {
    let [before, after] = [old, new].map(|files| {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, file) in ["root.json", "part.json"].iter().zip(files) {
            fs::write(folder.path().join(name), file.to_string()).expect("written");
        }
        folder
    });
    let mut gate = Gate::new(Layout::Whole);
    gate.direction = Direction::Produce;
    gate.zero_fraction_is_integer = integers;
    let base = Base::Folder(before.path().to_owned());
    let check = Check::new(after.path(), vec!["root.json".to_owned()], base, gate);
    check.run().expect("a check").pop().expect("one schema").found
}

#[test]
fn files_of_several_drafts_are_judged_as_each_by_its_own() {
    let values = values();
    let first = number("COMPAT_SEED", 0);
    let (mut additive, mut breaking, mut undecided, mut skipped, mut refused) = (0, 0, 0, 0, 0);
    for seed in first..first + number("COMPAT_MIXED", PAIRS) {
        let mut rng = Rng::with_seed(seed);
        let drafts = [rng.usize(0..5), rng.usize(0..5)];
        let old = [file(&mut rng, drafts[0], "part.json"), file(&mut rng, drafts[1], "root.json")];
        let new = match rng.u8(0..3) {
            0 => [edited(&mut rng, drafts[0], &old[0], "part.json"), old[1].clone()],
            1 => [old[0].clone(), edited(&mut rng, drafts[1], &old[1], "root.json")],
            _ => {
                let mut part = old[1].clone();
                let other = without_references(schema(&mut rng, drafts[1], "", 1));
                part["definitions"]["x"] = other;
                [old[0].clone(), part]
            }
        };
        let (Some(released), Some(sent)) = (validator(&old), validator(&new)) else {
            skipped += 1;
            continue;
        };
        // Both ways; for those who read alone, since others need not take fields that are declared only now.
        for (before, after, sender, reader) in
            [(&old, &new, &sent, &released), (&new, &old, &released, &sent)]
        {
            let about = || {
                let [[root, part], [new_root, new_part]] = [before, after];
                format!("seed {seed}\n{root}\n{part}\n{new_root}\n{new_part}")
            };
            let breaks = |value: &&Value| sender.is_valid(value) && !reader.is_valid(value);
            let shown = values.iter().find(breaks);
            match checked(before, after, None) {
                Found::Unchanged => assert_eq!(shown, None, "{}", about()),
                Found::Failed(errors) => {
                    let told = errors.to_string();
                    assert!(told.contains("cannot be read together"), "{told}\n{}", about());
                    refused += 1;
                }
                Found::Changed { report, .. } => match report.outcome() {
                    Outcome::Additive => {
                        additive += 1;
                        assert!(shown.is_none(), "{shown:?} {}", about());
                    }
                    Outcome::Undecided => undecided += 1,
                    Outcome::Breaking => {
                        breaking += 1;
                        let deliveries = report.findings.iter().filter_map(|finding| {
                            finding.breaking_delivery.as_ref().map(|it| &it.delivery)
                        });
                        for delivery in deliveries {
                            assert!(breaks(&delivery), "{delivery}\n{}", about());
                        }
                    }
                },
                other => panic!("{other:?}"),
            }
        }
    }
    let counts = format!(
        "{additive} additive, {breaking} breaking, {undecided} undecided, {skipped} skipped, {refused} refused"
    );
    println!("{counts}");
    assert!(additive > 20 && breaking > 20, "{counts}");
}

/// A value with `1` for each `1.0`.
fn respelled(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 => {
                json!(format!("{float:.0}").parse::<i64>().expect("a small one"))
            }
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(respelled).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, it)| (key.clone(), respelled(it)))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// Small values of which some have a fraction of zero, in all depths.
fn values_of_zero_fraction() -> Vec<Value> {
    let zero_fraction = |value: &Value| {
        let text = value.to_string();
        serde_json::from_str::<Value>(&text.replace('1', "1.0").replace("1.0.5", "1.5"))
            .expect("JSON")
    };
    let all = values();
    let mut more: Vec<_> = all.iter().map(zero_fraction).collect();
    more.extend(all);
    more
}

#[test]
fn an_integer_of_draft_4_is_what_is_said() {
    let values = values_of_zero_fraction();
    let first = number("COMPAT_SEED", 0);
    let (mut additive, mut breaking, mut differing) = (0, 0, 0);
    for seed in first..first + number("COMPAT_MIXED", PAIRS) {
        let mut rng = Rng::with_seed(seed);
        // Where only one version is of draft 4, nothing but true is compared.
        let (drafts, said) = rng
            .choice([([0, 0], true), ([0, 0], false), ([0, 2], true), ([0, 4], true)])
            .expect("one of them");
        let mut old = file(&mut rng, drafts[0], "");
        let mut new = edited(&mut rng, drafts[1], &old, "");
        new["$schema"] = DRAFTS[drafts[1]].into();
        for file in [&mut old, &mut new] {
            file["examples"] = json!([rng.choice(&values)]);
        }
        let none = json!({});
        let (old, new) = ([old, none.clone()], [new, none]);
        let (Some(released), Some(sent)) = (validator(&old), validator(&new)) else { continue };
        let fits = |schema: &jsonschema::Validator, value: &Value| {
            schema.is_valid(&if said { respelled(value) } else { value.clone() })
        };
        for (before, after, sender, reader) in
            [(&old, &new, &sent, &released), (&new, &old, &released, &sent)]
        {
            let about = || format!("seed {seed}, {said}\n{}\n{}", before[0], after[0]);
            let breaks = |value: &&Value| fits(sender, value) && !fits(reader, value);
            let shown = values.iter().find(breaks);
            let literal = values.iter().find(|it| sender.is_valid(it) && !reader.is_valid(it));
            differing += u32::from(shown.is_some() != literal.is_some());
            match checked(before, after, Some(said)) {
                Found::Changed { report, .. } if report.outcome() == Outcome::Breaking => {
                    breaking += 1;
                    for finding in &report.findings {
                        if let Some(it) = &finding.breaking_delivery {
                            assert!(breaks(&&it.delivery), "{}\n{}", it.delivery, about());
                        }
                    }
                }
                Found::Changed { report, .. } if report.outcome() == Outcome::Additive => {
                    additive += 1;
                    assert!(shown.is_none(), "{shown:?} {}", about());
                }
                Found::Failed(errors) => panic!("{errors}\n{}", about()),
                _ => {}
            }
        }
    }
    println!(
        "{additive} additive, {breaking} breaking, {differing} of them only by how a number is written"
    );
    assert!(additive > 20 && breaking > 20, "{additive} {breaking}");
}
