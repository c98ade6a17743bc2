//! Edits of schemas: small, at any depth, of the kinds that people and refactorings make.

use num_rational::BigRational;
use schema_compat::Draft;

use crate::generate::Generator;
use crate::json::{Json, Number};
use crate::resources::{self, children};

/// Pointers to the schemas of a document.
pub(crate) fn places(document: &Json, draft: Draft) -> Vec<String> {
    fn walk(schema: &Json, pointer: &str, draft: Draft, out: &mut Vec<String>) {
        out.push(pointer.to_owned());
        for (below, child) in children(schema, draft) {
            walk(child, &format!("{pointer}{below}"), draft, out);
        }
    }
    let mut out = Vec::new();
    walk(document, "", draft, &mut out);
    out
}

/// The value that a JSON Pointer points to, to be changed.
pub(crate) fn at_mut<'a>(document: &'a mut Json, pointer: &str) -> Option<&'a mut Json> {
    let mut value = document;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        value = match value {
            Json::Object(members) => members.get_mut(&step)?,
            Json::Array(items) => items.get_mut(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// Keywords that take the same values.
const SIMILAR: &[&[&str]] = &[
    &["allOf", "anyOf", "oneOf"],
    &["minimum", "exclusiveMinimum"],
    &["maximum", "exclusiveMaximum"],
    &["items", "contains", "unevaluatedItems", "additionalItems", "not"],
    &["additionalProperties", "unevaluatedProperties", "propertyNames", "not"],
    &["minItems", "maxItems", "minContains", "maxContains"],
    &["minLength", "maxLength"],
    &["minProperties", "maxProperties"],
    &["properties", "dependentSchemas", "patternProperties"],
    &["then", "else", "if", "not"],
    &["$ref", "$dynamicRef"],
];

/// Changes a document in one place.
pub(crate) fn edit(generator: &mut Generator, document: &mut Json) {
    let places = places(document, generator.draft);
    let place = generator.random.pick(&places).clone();
    let other = generator.random.pick(&places).clone();
    let other = resources::at(document, &other).cloned().unwrap_or(Json::Null);
    let is_root = place.is_empty();
    let Some(schema) = at_mut(document, &place) else { return };
    let keep = |name: &String| name.starts_with('$') || name == "definitions";
    match generator.random.below(20) {
        // A keyword less, or another one.
        0..3 => {
            if let Json::Object(members) = schema {
                let names: Vec<String> = members.keys().filter(|n| !keep(n)).cloned().collect();
                if !names.is_empty() {
                    members.remove(generator.random.pick(&names));
                }
            }
        }
        3..6 => {
            let (name, value) = generator.keyword(1);
            if let Json::Object(members) = schema {
                members.insert(name, value);
            }
        }
        6..13 => tweak(generator, schema),
        13..15 => {
            if let Json::Object(members) = schema {
                rename(generator, members);
            }
        }
        15..18 if !is_root => wrap(generator, schema),
        18 if !is_root && other.to_string().len() < 400 => *schema = other,
        _ if !is_root => *schema = generator.schema(1),
        _ => tweak(generator, schema),
    }
    generator.repair(document);
}

fn wrap(generator: &mut Generator, schema: &mut Json) {
    let inner = std::mem::replace(schema, Json::Null);
    let other = generator.schema(1);
    let list = |items: Vec<Json>| Json::Array(items);
    *schema = match generator.random.below(6) {
        0 => Json::object([("allOf", list(vec![inner]))]),
        1 => Json::object([("allOf", list(vec![inner, other]))]),
        2 => Json::object([("anyOf", list(vec![inner, other]))]),
        3 => Json::object([("oneOf", list(vec![inner, other]))]),
        4 => Json::object([("not", Json::object([("not", inner)]))]),
        _ => {
            // The child in place of its parent.
            let children: Vec<Json> =
                children(&inner, generator.draft).into_iter().map(|(_, c)| c.clone()).collect();
            if children.is_empty() { inner } else { generator.random.pick(&children).clone() }
        }
    };
}

fn rename(generator: &mut Generator, members: &mut std::collections::BTreeMap<String, Json>) {
    let names: Vec<String> = members.keys().cloned().collect();
    if names.is_empty() {
        return;
    }
    let name = generator.random.pick(&names);
    let groups = SIMILAR.iter().filter(|group| group.contains(&name.as_str()));
    let similar: Vec<&str> = groups.flat_map(|group| group.iter().copied()).collect();
    if similar.is_empty() {
        return;
    }
    let new = *generator.random.pick(&similar);
    if let Some(value) = members.remove(name) {
        members.insert(new.to_owned(), value);
    }
}

/// Changes the value of one keyword a little.
fn tweak(generator: &mut Generator, schema: &mut Json) {
    let Json::Object(members) = schema else {
        *schema = generator.schema(1);
        return;
    };
    let names: Vec<String> = members.keys().filter(|n| *n != "$id").cloned().collect();
    if names.is_empty() {
        let (name, value) = generator.keyword(1);
        members.insert(name, value);
        return;
    }
    let name = generator.random.pick(&names).clone();
    let Some(value) = members.get_mut(&name) else { return };
    match (name.as_str(), &mut *value) {
        ("pattern", _) => *value = Json::String(generator.pattern()),
        ("const", _) => *value = generator.value(2),
        ("enum", Json::Array(values)) => {
            if values.len() > 1 && generator.random.percent(50) {
                values.remove(generator.random.below(values.len()));
            } else {
                let new = generator.value(2);
                if !values.contains(&new) {
                    values.push(new);
                }
            }
        }
        ("type", _) => {
            let first = value.as_str().unwrap_or("null").to_owned();
            let other = if first == "null" { "string" } else { "null" };
            *value = match first.as_str() {
                "integer" if generator.random.percent(50) => "number".into(),
                "number" if generator.random.percent(50) => "integer".into(),
                _ => Json::Array(vec![first.as_str().into(), other.into()]),
            };
        }
        (_, Json::Number(number)) => {
            if let Some(new) = neighbour(generator, name.as_str(), number) {
                *value = new;
            }
        }
        (_, Json::Bool(flag)) => *flag = !*flag,
        ("required", Json::Array(items)) if items.len() > 1 => {
            items.remove(generator.random.below(items.len()));
        }
        ("required", _) => *value = Json::Array(vec!["a".into(), "b".into()]),
        ("allOf" | "anyOf" | "oneOf" | "prefixItems" | "items", Json::Array(items)) => {
            if items.len() > 1 && generator.random.percent(50) {
                items.remove(generator.random.below(items.len()));
            } else {
                items.push(generator.schema(1));
            }
        }
        ("properties" | "patternProperties" | "dependentSchemas", Json::Object(named)) => {
            let keys: Vec<String> = named.keys().cloned().collect();
            let key =
                if name == "patternProperties" { generator.pattern() } else { "b".to_owned() };
            match keys.first() {
                Some(first) if generator.random.percent(40) => {
                    named.remove(first);
                }
                Some(first) if generator.random.percent(40) => {
                    if let Some(schema) = named.remove(first) {
                        named.insert(key, schema);
                    }
                }
                _ => {
                    named.insert(key, generator.schema(1));
                }
            }
        }
        _ => {
            let (name, value) = generator.keyword(1);
            members.insert(name, value);
        }
    }
}

fn neighbour(generator: &mut Generator, name: &str, number: &Number) -> Option<Json> {
    let is_count = name.contains("Items")
        || name.contains("Length")
        || name.contains("Properties")
        || name.contains("Contains");
    let steps: &[&str] = if is_count { &["1", "-1"] } else { &["1", "-1", "0.5", "1e-7", "2"] };
    let step = Number::read(generator.random.word(steps))?.value;
    let zero = BigRational::from_integer(0.into());
    let new = match name {
        "multipleOf" => &number.value * BigRational::from_integer(2.into()),
        _ => &number.value + step,
    };
    if is_count && new < zero {
        return None;
    }
    Number::from_value(&new).map(Json::Number)
}
