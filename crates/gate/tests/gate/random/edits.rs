//! The kinds of random edits, each with the findings that it must come to.
//!
//! Long because it is a list: one short function for each kind, which none of the others calls.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::contract::{Contract, DEFINITIONS, Extent, Place};
use super::shapes::{Maker, branch, inside, reference};

/// A name, and the edit; it says whether it could be made.
pub(super) type Edit = (&'static str, fn(&mut Contract, &mut Rng) -> Option<()>);

pub(super) type Schema = Map<String, Value>;

/// Every kind of edit.
pub(super) const EDITS: &[Edit] = &[
    ("add an optional field", |c, rng| add_field(c, rng, false)),
    ("add a required field", |c, rng| add_field(c, rng, true)),
    ("add a field that another branch has", |c, rng| {
        let (place, union) = union(c, rng, 2)?;
        let fields = union.branches[0]["properties"].as_object();
        let (name, schema) = fields?.iter().find(|(name, _)| *name != "kind")?;
        let other = if schema["type"] == "boolean" { "integer" } else { "boolean" };
        let gains = below(&place, &format!("{}/{}", union.keyword, union.places[1]));
        let branch = c.at(&gains)?;
        branch["properties"][name] = json!({ "type": other });
        let added = below(&gains, &format!("properties/{name}"));
        c.finding("field-added", &gains, &key(&added));
        c.edited(added, Extent::Added);
        Some(())
    }),
    ("declare a key of a map", |c, rng| {
        let is_value = |place: &Place, _: &Schema| place.1.ends_with("/additionalProperties");
        let values = c.take(rng, Extent::Whole, is_value)?;
        let map = above(&values);
        let name = format!("zz_key{}", c.number());
        let schema = c.at(&values).cloned()?;
        let object = c.at(&map)?;
        object["properties"][&name] = schema;
        let added = below(&map, &format!("properties/{name}"));
        c.finding("field-added", &map, &key(&added));
        c.edited(added, Extent::Added);
        Some(())
    }),
    ("remove a field", |c, rng| {
        let (place, name) = field(c, rng, Extent::Whole, |_, _| true)?;
        let object = above(&above(&place));
        let schema = c.object(&object)?;
        require(schema, &name, false);
        schema["properties"].as_object_mut()?.shift_remove(&name)?;
        c.finding("field-removed", &object, &name);
        unless_done(c, &["rename a field"])
    }),
    ("rename a field", |c, rng| {
        let (place, name) = field(c, rng, Extent::Whole, |_, _| true)?;
        let object = above(&above(&place));
        let renamed = rng
            .choice([name.to_uppercase(), format!("{name}_v2"), format!("x{name}")])
            .expect("one");
        let schema = c.object(&object)?;
        if require(schema, &name, false) {
            require(schema, &renamed, true);
        }
        let fields = schema["properties"].as_object_mut()?;
        *fields = std::mem::take(fields)
            .into_iter()
            .map(|(key, schema)| (if key == name { renamed.clone() } else { key }, schema))
            .collect();
        c.finding("field-renamed", &object, &name);
        c.edited(below(&object, &format!("properties/{renamed}")), Extent::Added);
        // Two that came and two that went: which became which is anybody's guess.
        unless_done(c, &["rename a field", "remove a field"])
    }),
    ("retype", |c, rng| {
        keyword(c, rng, "type-changed", "type", |place, schema, _| {
            let is_simple =
                schema.keys().all(|keyword| ["type", "examples"].contains(&keyword.as_str()));
            let to = match schema.get("type").and_then(Value::as_str) {
                Some("string") => "object",
                Some("boolean") => "integer",
                _ => return false,
            };
            is_simple && !is_choice(place) && schema.insert("type".into(), to.into()).is_some()
        })
    }),
    ("widen the type", |c, rng| {
        keyword(c, rng, "type-widened", "type", |place, schema, _| {
            if schema.contains_key("enum") || is_choice(place) {
                return false;
            }
            let to = match schema.get("type").and_then(Value::as_str) {
                Some("integer") => json!("number"),
                Some("number") => json!(["number", "string"]),
                Some("boolean") => json!(["boolean", "array"]),
                Some("string") => json!(["string", "object"]),
                _ => return false,
            };
            schema.insert("type".into(), to).is_some()
        })
    }),
    ("narrow the type", |c, rng| {
        keyword(c, rng, "type-narrowed", "type", |place, schema, _| {
            let to = match schema.get("type") {
                Some(Value::String(name)) if name == "number" => "integer",
                Some(Value::Array(_)) => "string",
                _ => return false,
            };
            !is_choice(place) && schema.insert("type".into(), to.into()).is_some()
        })
    }),
    ("make nullable", |c, rng| {
        keyword(c, rng, "field-now-nullable", "type", |place, schema, _| {
            let Some(Value::String(name)) = schema.get("type").cloned() else { return false };
            if schema.contains_key("enum") || is_choice(place) || is_part(place) {
                return false;
            }
            schema.insert("type".into(), json!([name, "null"])).is_some()
        })
    }),
    ("add a type to a choice", |c, rng| {
        let fits =
            |_: &Place, schema: &Schema| choice(schema).is_some() && tagged(schema).is_none();
        let place = c.take(rng, Extent::Alone, fits)?;
        let schema = c.object(&place)?;
        let keyword = choice(schema)?;
        let parts = schema[keyword].as_array_mut()?;
        parts.push(json!({ "type": "boolean" }));
        let added = below(&place, &format!("{keyword}/{}", parts.len() - 1));
        c.edited(added, Extent::Added);
        c.finding("type-widened", &place, &key(&below(&place, keyword)));
        Some(())
    }),
    ("drop a type of a choice", |c, rng| {
        let fits = |_: &Place, schema: &Schema| {
            let parts = choice(schema).and_then(|keyword| schema[keyword].as_array());
            let last = parts.filter(|parts| parts.len() > 1).and_then(|parts| parts.last());
            let is_plain = |last: &Value| ["null", "integer"].iter().any(|it| last["type"] == *it);
            last.is_some_and(is_plain) && tagged(schema).is_none()
        };
        let place = c.take(rng, Extent::Alone, fits)?;
        let schema = c.object(&place)?;
        let keyword = choice(schema)?;
        let parts = schema[keyword].as_array_mut()?;
        parts.pop();
        let last = below(&place, &format!("{keyword}/{}", parts.len()));
        c.edited(last, Extent::Whole);
        c.finding("type-narrowed", &place, &key(&below(&place, keyword)));
        // What was done to it is not told any more.
        c.done.is_empty().then_some(())
    }),
    ("loosen a bound", |c, rng| bound(c, rng, "bound-loosened", 1)),
    ("tighten a bound", |c, rng| bound(c, rng, "bound-tightened", -1)),
    ("bound a string", |c, rng| {
        keyword(c, rng, "bound-tightened", "maxLength", |_, schema, _| {
            let free = schema.get("type").is_some_and(|it| it == "string")
                && !["enum", "maxLength", "pattern"].iter().any(|it| schema.contains_key(*it));
            free && schema.insert("maxLength".into(), 40.into()).is_none()
        })
    }),
    ("loosen a pattern", |c, rng| pattern(c, rng, "values-widened", "^[a-z0-9]{2,8}$")),
    ("tighten a pattern", |c, rng| pattern(c, rng, "values-narrowed", "^[a-y]{2,8}$")),
    ("rewrite a pattern", |c, rng| pattern(c, rng, "", "^(?:[a-m]|[n-z]){2,8}$")),
    ("add a value to a closed set", |c, rng| {
        keyword(c, rng, "values-widened", "enum", |_, schema, _| {
            let values = schema.get_mut("enum").and_then(Value::as_array_mut);
            let Some(values) = values else { return false };
            let more = if values[0].is_string() { json!("new") } else { json!(77) };
            values.push(more);
            true
        })
    }),
    ("drop a value of a closed set", |c, rng| {
        keyword(c, rng, "values-narrowed", "enum", |_, schema, rng| {
            let values = schema.get_mut("enum").and_then(Value::as_array_mut);
            let Some(values) = values else { return false };
            values.remove(rng.usize(..values.len()));
            true
        })
    }),
    ("close an open set", |c, rng| {
        keyword(c, rng, "values-narrowed", "enum", |_, schema, _| {
            let Some(values) = schema.get("x-known-values").cloned() else { return false };
            schema.insert("enum".into(), values).is_none()
        })
    }),
    ("name a value of an open set", |c, rng| {
        keyword(c, rng, "known-value-added", "x-known-values", |_, schema, _| {
            let values = schema.get_mut("x-known-values").and_then(Value::as_array_mut);
            values.map(|values| values.push("three".into())).is_some()
        })
    }),
    ("forget a value of an open set", |c, rng| {
        keyword(c, rng, "known-value-removed", "x-known-values", |_, schema, _| {
            let values = schema.get_mut("x-known-values").and_then(Value::as_array_mut);
            values.is_some_and(|values| values.pop().is_some())
        })
    }),
    ("change a format", |c, rng| {
        keyword(c, rng, "format-changed", "format", |_, schema, _| {
            schema.insert("format".into(), "email".into()).is_some()
        })
    }),
    ("add a format", |c, rng| {
        keyword(c, rng, "format-added", "format", |_, schema, _| {
            schema.get("type").is_some_and(|it| it == "string")
                && schema.insert("format".into(), "hostname".into()).is_none()
        })
    }),
    ("change a unit", |c, rng| {
        keyword(c, rng, "unit-changed", "x-unit", |_, schema, _| {
            schema.insert("x-unit".into(), "furlongs".into()).is_some()
        })
    }),
    ("refer to another definition", |c, rng| {
        let is_id = |_: &Place, schema: &Schema| definition(schema) == Some("Id");
        let place = c.take(rng, Extent::Whole, is_id)?;
        let schema = c.at(&place)?;
        schema["$ref"] = reference_from(&place, "Owner");
        c.finding("meaning-changed", &place, &key(&below(&place, "$ref")));
        // What a delivery shows of it would be told instead.
        (c.take_definition("Id") && c.take_definition("Owner")).then_some(())
    }),
    ("rename a definition for one field", |c, rng| {
        let fits = |_: &Place, schema: &Schema| {
            definition(schema).is_some_and(|name| ["Id", "Millis", "Share", "Box"].contains(&name))
        };
        let place = c.take(rng, Extent::Whole, fits)?;
        let known = definition(c.object(&place)?)?.to_owned();
        let name = format!("Renamed{}", c.number());
        let same = c.definitions()[&known].clone();
        c.definitions().insert(name.clone(), same);
        let schema = c.at(&place)?;
        schema["$ref"] = reference_from(&place, &name);
        c.finding("definition-replaced", &place, &key(&below(&place, "$ref")));
        // The copy would have what is done to the original, in another place.
        (c.take_definition(&known) && c.take_definition(&name)).then_some(())
    }),
    ("say more of an event type", |c, rng| {
        let path = c.shape(rng)?;
        let (rule, keyword, value) = rng
            .choice([
                ("domain-changed", "x-domain", json!("jobs")),
                ("high-volume-changed", "x-high-volume", json!(true)),
                ("follow-up-added", "x-follow-up", json!("/v1/jobs")),
                ("", "x-high-volume", json!(false)),
            ])
            .expect("one");
        if !rule.is_empty() {
            c.finding_of_type(rule, &path, &format!("{path}/{keyword}"));
        }
        let shape = c.files[&path].as_object_mut().expect("an object");
        shape.insert(keyword.into(), value).is_none().then_some(())
    }),
    ("annotate", |c, rng| {
        keyword(c, rng, "", "", |_, schema, rng| {
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
        keyword(c, rng, "", "", |_, schema, rng| {
            let (keyword, value) = rng
                .choice([
                    ("minLength", json!(0)),
                    ("not", json!({ "type": "array", "minItems": 1 })),
                    ("anyOf", json!([true, { "type": "null" }])),
                    ("if", json!({ "type": "string" })),
                    ("minProperties", json!(0)),
                    ("propertyNames", json!({ "type": "string" })),
                ])
                .expect("one");
            let kind = schema.get("type").and_then(Value::as_str);
            kind.is_some_and(|kind| kind != "array")
                && schema.insert(keyword.into(), value).is_none()
        })
    }),
    ("make optional", |c, rng| {
        let (place, name) = field(c, rng, Extent::Alone, |_, _| true)?;
        let object = above(&above(&place));
        c.finding("field-now-optional", &object, &key(&place));
        require(c.object(&object)?, &name, false).then_some(())
    }),
    ("make required", |c, rng| {
        // Something that holds itself must not have to.
        let is_plain = |_: &Place, schema: &Schema| {
            let kind = schema.get("type").and_then(Value::as_str);
            kind.is_some_and(|kind| !["object", "array"].contains(&kind))
        };
        let (place, name) = field(c, rng, Extent::Alone, is_plain)?;
        let object = above(&above(&place));
        c.finding("field-now-required", &object, &key(&place));
        (!require(c.object(&object)?, &name, true)).then_some(())
    }),
    ("close an object", |c, rng| {
        let fits = |place: &Place, schema: &Schema| {
            // What is declared beside a part of an object would be shut out.
            is_struct(schema) && !is_part(place) && !schema.contains_key("additionalProperties")
        };
        let place = c.take(rng, Extent::Alone, fits)?;
        let (keyword, value) = rng
            .choice([
                ("additionalProperties", json!(false)),
                ("unevaluatedProperties", json!(false)),
                ("propertyNames", json!({ "maxLength": 30 })),
                ("maxProperties", json!(12)),
                ("additionalProperties", json!({ "type": "string" })),
            ])
            .expect("one");
        let added = below(&place, keyword);
        c.finding("object-closed", &place, &key(&added));
        c.edited(added, Extent::Added);
        c.object(&place)?.insert(keyword.into(), value).is_none().then_some(())
    }),
    ("add a branch", |c, rng| {
        let (place, union) = union(c, rng, 2)?;
        let name = format!("n{}", c.number());
        let shape =
            without_references(&Maker { rng, names: 9000, deep: &[], has_unions: false }.object(0));
        let parts = c.at(&place)?[union.keyword].as_array_mut()?;
        parts.push(branch(&name, shape));
        let added = below(&place, &format!("{}/{}", union.keyword, parts.len() - 1));
        c.finding("branch-added", &place, &key(&added));
        c.edited(added, Extent::Added);
        Some(())
    }),
    ("remove a branch", |c, rng| {
        // What is left must be a union.
        let (place, union) = union(c, rng, 3)?;
        let last = union.places[union.places.len() - 1];
        let parts = c.at(&place)?[union.keyword].as_array_mut()?;
        let gone = parts.remove(last);
        c.finding(
            "branch-removed",
            &place,
            gone["properties"]["kind"]["const"].as_str().unwrap_or(""),
        );
        // What was done within it is not told.
        c.done.is_empty().then_some(())
    }),
    ("reorder", |c, rng| {
        let fits = |_: &Place, schema: &Schema| is_struct(schema);
        let place = c.take(rng, Extent::Alone, fits)?;
        let schema = c.at(&place)?;
        let fields = schema["properties"].as_object_mut()?;
        let mut shuffled: Vec<_> = std::mem::take(fields).into_iter().collect();
        rng.shuffle(&mut shuffled);
        fields.extend(shuffled);
        if let Some(Value::Array(required)) = schema.get_mut("required") {
            rng.shuffle(required);
        }
        Some(())
    }),
    ("add an event type", |c, _| {
        let path = format!("data/new.n{}.schema.json", c.number());
        c.finding_of_type("event-type-added", &path, "");
        c.whole.insert(path.clone());
        let shape = json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } } });
        c.files.insert(path, shape).is_none().then_some(())
    }),
    ("drop an event type", |c, rng| {
        let path = c.shape(rng)?;
        c.finding_of_type("event-type-removed", &path, "");
        c.whole.insert(path.clone());
        // What was said of it as a whole is not told any more.
        c.files.shift_remove(&path)?;
        unless_done(c, &["say more of an event type"])
    }),
];

/// Ways to write the same in other words. They come first, so that edits meet what they leave.
pub(super) const REFACTORINGS: &[Edit] = &[
    ("inline", |c, rng| {
        let fits = |_: &Place, schema: &Schema| definition(schema).is_some();
        let place = c.take(rng, Extent::Whole, fits)?;
        let name = definition(c.object(&place)?)?.to_owned();
        let inlined = c.definitions()[&name].clone();
        let inlined = if place.0 == DEFINITIONS { inlined } else { outside(&inlined) };
        replace(c, &place, inlined)
    }),
    ("move to a definition", |c, rng| {
        // What refers to a definition already is of a new one then, which is told.
        let refers = |schema: &Schema| {
            let parts = choice(schema).and_then(|keyword| schema[keyword].as_array());
            let mut parts = parts.into_iter().flatten();
            schema.contains_key("$ref") || parts.any(|part| part.get("$ref").is_some())
        };
        let (place, _) = field(c, rng, Extent::Whole, |_, schema| !refers(schema))?;
        let name = format!("New{}", c.number());
        let schema = c.at(&place).cloned()?;
        c.definitions().insert(name.clone(), inside(&schema));
        let reference = reference_from(&place, &name);
        replace(c, &place, json!({ "$ref": reference, "description": "Words." }))
    }),
    ("a conjunction of one", |c, rng| {
        let (place, _) = field(c, rng, Extent::Whole, |_, _| true)?;
        let schema = c.at(&place).cloned()?;
        replace(c, &place, json!({ "allOf": [schema] }))
    }),
    ("a conjunction of two", |c, rng| {
        let fits = |_: &Place, schema: &Schema| is_struct(schema) && schema.len() == 3;
        let (place, _) = field(c, rng, Extent::Whole, fits)?;
        let schema = c.at(&place).cloned()?;
        let fields = schema["properties"].as_object().cloned().unwrap_or_default();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let half = rng.usize(..=fields.len());
        let part = |fields: Map<String, Value>| {
            let required = required
                .iter()
                .filter(|name| name.as_str().is_some_and(|name| fields.contains_key(name)));
            let required: Vec<_> = required.collect();
            json!({ "type": "object", "required": required, "properties": fields })
        };
        let all = fields.into_iter().enumerate();
        let (one, other): (Vec<_>, Vec<_>) = all.partition(|(index, _)| *index < half);
        let parts = [one, other].map(|fields| part(fields.into_iter().map(|(_, it)| it).collect()));
        replace(c, &place, json!({ "allOf": parts }))
    }),
    ("null by a choice", |c, rng| {
        let is_list = |_: &Place, schema: &Schema| schema.get("type").is_some_and(Value::is_array);
        let (place, _) = field(c, rng, Extent::Whole, is_list)?;
        let mut schema = c.at(&place).cloned()?;
        schema["type"] = schema["type"][0].clone();
        replace(c, &place, json!({ "oneOf": [{ "type": "null" }, schema] }))
    }),
    ("one of, any of", |c, rng| {
        let fits = |_: &Place, schema: &Schema| choice(schema).is_some();
        let place = c.take(rng, Extent::Alone, fits)?;
        let schema = c.object(&place)?;
        let keyword = choice(schema)?;
        let other = if keyword == "anyOf" { "oneOf" } else { "anyOf" };
        let mut parts = schema.shift_remove(keyword)?;
        if let Some(parts) = parts.as_array_mut() {
            rng.shuffle(parts);
        }
        schema.insert(other.into(), parts);
        Some(())
    }),
];

/// Adds a field to some object.
fn add_field(c: &mut Contract, rng: &mut Rng, required: bool) -> Option<()> {
    // A map describes all fields already.
    let fits = |_: &Place, schema: &Schema| {
        is_struct(schema) && !schema.contains_key("additionalProperties")
    };
    let object = c.take(rng, Extent::Alone, fits)?;
    let name = format!("zz_added{}", c.number());
    let depth = rng.usize(..3);
    let schema =
        without_references(&Maker { rng, names: 8000, deep: &[], has_unions: false }.shape(depth));
    let schema = if required { json!({ "type": "boolean" }) } else { schema };
    let target = c.object(&object)?;
    if required {
        require(target, &name, true);
    }
    target["properties"][&name] = schema;
    let added = below(&object, &format!("properties/{name}"));
    let rule = if required { "required-field-added" } else { "field-added" };
    c.finding(rule, &object, &key(&added));
    c.edited(added, Extent::Added);
    Some(())
}

/// Moves a bound of a number, a string or a list, out or in.
fn bound(c: &mut Contract, rng: &mut Rng, rule: &str, out: i32) -> Option<()> {
    const BOUNDS: &[(&str, i32)] = &[
        ("minimum", -1),
        ("exclusiveMinimum", -1),
        ("minLength", -1),
        ("minItems", -1),
        ("maximum", 1),
        ("maxLength", 1),
        ("maxItems", 1),
    ];
    let (bound, direction) = *rng.choice(BOUNDS).expect("one");
    let step = out * direction;
    keyword(c, rng, rule, bound, |_, schema, _| {
        let Some(known) = schema.get(bound) else { return false };
        let is_number = schema.get("type").is_some_and(|it| it == "number");
        let moved = if is_number {
            known.as_f64().map(|known| json!(known + f64::from(step) / 4.0))
        } else {
            known.as_i64().filter(|known| *known < 1000).map(|known| json!(known + i64::from(step)))
        };
        moved.is_some_and(|moved| schema.insert(bound.into(), moved).is_some())
    })
}

fn pattern(c: &mut Contract, rng: &mut Rng, rule: &str, pattern: &str) -> Option<()> {
    keyword(c, rng, rule, "pattern", |_, schema, _| {
        schema.contains_key("pattern") && schema.insert("pattern".into(), pattern.into()).is_some()
    })
}

/// Edits the keywords of a value.
fn keyword(
    c: &mut Contract,
    rng: &mut Rng,
    rule: &str,
    keyword: &str,
    edit: impl Fn(&Place, &mut Schema, &mut Rng) -> bool,
) -> Option<()> {
    let dice = rng.fork();
    // The content of an event type is left to edits of objects.
    let fits = |place: &Place, schema: &Schema| {
        !place.1.is_empty() && edit(place, &mut schema.clone(), &mut dice.clone())
    };
    let place = c.take(rng, Extent::Alone, fits)?;
    let schema = c.object(&place)?;
    edit(&place, schema, &mut dice.clone());
    if !rule.is_empty() {
        c.finding(rule, &place, &key(&below(&place, keyword)));
    }
    Some(())
}

/// A field of some object, and its name.
fn field(
    c: &mut Contract,
    rng: &mut Rng,
    extent: Extent,
    fits: impl Fn(&Place, &Schema) -> bool,
) -> Option<(Place, String)> {
    let is_field = |place: &Place| place.1.rsplit('/').nth(1) == Some("properties");
    let place = c.take(rng, extent, |place, schema| is_field(place) && fits(place, schema))?;
    let name = place.1.rsplit('/').next()?.to_owned();
    Some((place, name))
}

/// A union of objects that `kind` tells apart.
struct Union {
    keyword: &'static str,
    /// Where its branches are among all parts.
    places: Vec<usize>,
    branches: Vec<Value>,
}

/// A union of at least so many branches.
fn union(c: &mut Contract, rng: &mut Rng, least: usize) -> Option<(Place, Union)> {
    let fits = |_: &Place, schema: &Schema| {
        tagged(schema).is_some_and(|union| union.places.len() >= least)
    };
    let place = c.take(rng, Extent::Alone, fits)?;
    let union = tagged(c.at(&place)?.as_object()?)?;
    Some((place, union))
}

fn tagged(schema: &Schema) -> Option<Union> {
    let keyword = choice(schema)?;
    let parts = schema[keyword].as_array()?.iter().enumerate();
    let is_branch = |part: &Value| part.pointer("/properties/kind/const").is_some();
    let parts = parts.filter(|(_, part)| is_branch(part));
    let (places, branches): (Vec<_>, Vec<_>) = parts.map(|(at, part)| (at, part.clone())).unzip();
    (!places.is_empty()).then_some(Union { keyword, places, branches })
}

/// Sets whether a field is required; whether it was.
fn require(schema: &mut Schema, name: &str, required: bool) -> bool {
    let list = schema.entry("required").or_insert_with(|| json!([]));
    let Some(names) = list.as_array_mut() else { return false };
    let before = names.len();
    names.retain(|known| known != name);
    let was = names.len() < before;
    if required {
        names.push(name.into());
    }
    was
}

fn replace(c: &mut Contract, place: &Place, schema: Value) -> Option<()> {
    c.at(place).map(|known| *known = schema)
}

fn unless_done(c: &Contract, names: &[&str]) -> Option<()> {
    c.done.iter().all(|done| !names.contains(done)).then_some(())
}

/// Whether it is an object with fields, or a part of one.
fn is_struct(schema: &Schema) -> bool {
    schema.contains_key("properties") && schema.get("type").is_some_and(|it| it == "object")
}

/// Whether it is a part of a conjunction.
fn is_part(place: &Place) -> bool {
    place.1.contains("/allOf/")
}

/// Whether it is one of a choice.
fn is_choice(place: &Place) -> bool {
    ["anyOf", "oneOf"].contains(&place.1.rsplit('/').nth(1).unwrap_or_default())
}

/// The keyword of a choice.
fn choice(schema: &Schema) -> Option<&'static str> {
    ["anyOf", "oneOf"].into_iter().find(|keyword| schema.contains_key(*keyword))
}

/// The name of the definition that a schema refers to.
fn definition(schema: &Schema) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

fn reference_from(place: &Place, name: &str) -> Value {
    let reference = reference(name);
    let reference = if place.0 == DEFINITIONS { inside(&reference) } else { reference };
    reference["$ref"].clone()
}

/// `schema`, of a definition, as it is written in a shape.
fn outside(schema: &Value) -> Value {
    match schema {
        Value::String(text) if text.starts_with("#/") => format!("../{DEFINITIONS}{text}").into(),
        Value::Array(items) => items.iter().map(outside).collect(),
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), outside(value))).collect()
        }
        other => other.clone(),
    }
}

/// `schema` with strings where it refers to definitions: one that is edited would show there, too.
fn without_references(schema: &Value) -> Value {
    match schema {
        Value::Object(object) if object.contains_key("$ref") => json!({ "type": "string" }),
        Value::Array(items) => items.iter().map(without_references).collect(),
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), without_references(value))).collect()
        }
        other => other.clone(),
    }
}

fn below((file, pointer): &Place, rest: &str) -> Place {
    (file.clone(), format!("{pointer}/{rest}"))
}

fn above((file, pointer): &Place) -> Place {
    let (above, _) = pointer.rsplit_once('/').unwrap_or_default();
    (file.clone(), above.to_owned())
}

/// How a finding at a place is known.
fn key((file, pointer): &Place) -> String {
    format!("{file}{pointer}")
}
