//! The kinds of random edits, each with the findings that it must come to.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::contract::{Contract, DEFINITIONS};

fn number(schema: &Map<String, Value>, keyword: &str) -> Option<f64> {
    schema.get(keyword)?.as_f64()
}

/// A name, and the edit: whether it could be made.
pub(super) type Edit = (&'static str, fn(&mut Contract, &mut Rng) -> bool);

/// Every kind of edit. One says whether it could be made; if not, the contract is thrown away.
pub(super) const EDITS: &[Edit] = &[
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
