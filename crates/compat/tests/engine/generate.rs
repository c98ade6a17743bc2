//! Random schemas and edits of them, and a small universe of values.

use proptest::prelude::*;
use schema_compat::Draft;
use serde_json::{Map, Value, json};

/// Values from which enumerations and instances are made.
pub(crate) fn atoms() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(2),
        json!(3),
        json!(-1),
        json!(6),
        json!(0.5),
        json!(1.5),
        json!(""),
        json!("a"),
        json!("b"),
        json!("ab"),
        json!("ba"),
        json!("aab"),
        json!("\n"),
        json!("1"),
    ]
}

/// Every value up to a small size.
pub(crate) fn universe() -> Vec<Value> {
    let atoms = atoms();
    let few = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(1.5),
        json!("a"),
        json!("ab"),
        json!([]),
        json!({}),
    ];
    let mut all = atoms.clone();
    all.extend([json!([]), json!({})]);
    for a in &few {
        all.push(json!([a]));
        all.push(json!({"a": a}));
        all.push(json!({"b": a}));
        all.push(json!({"c": a}));
        all.push(json!([[a]]));
        all.push(json!({"a": {"a": a}}));
        all.push(json!({"a": [a]}));
        for b in &few {
            all.push(json!([a, b]));
            all.push(json!([a, b, a]));
            all.push(json!({"a": a, "b": b}));
            all.push(json!({"a": a, "ab": b}));
            all.push(json!({"a": a, "b": b, "c": a}));
        }
    }
    all
}

fn pick<T: Clone + std::fmt::Debug + 'static>(items: &[T]) -> BoxedStrategy<T> {
    prop::sample::select(items.to_vec()).boxed()
}

fn name() -> BoxedStrategy<String> {
    pick(&["a", "b", "c", "ab"]).prop_map(str::to_owned).boxed()
}

fn pattern() -> BoxedStrategy<String> {
    pick(&[
        "a", "^a", "b$", "^a*$", "^(a|b)$", "^[ab]+$", "^.$", "^a?b?$", "", "^(ab)*$", "a.b",
        "^\\w$", "^[^a]", "^(?!a)b", "\\d", "^a{1,2}$",
    ])
    .prop_map(str::to_owned)
    .boxed()
}

fn count() -> BoxedStrategy<Value> {
    (0u64..4).prop_map(Value::from).boxed()
}

fn number() -> BoxedStrategy<Value> {
    pick(&[json!(-1), json!(0), json!(1), json!(2), json!(3), json!(0.5), json!(1.5)])
}

fn keyword(inner: BoxedStrategy<Value>, draft: Draft) -> BoxedStrategy<(String, Value)> {
    let new = draft == Draft::Draft202012;
    let schemas = prop::collection::vec(inner.clone(), 1..4).prop_map(Value::Array).boxed();
    let named = prop::collection::btree_map(name(), inner.clone(), 0..3)
        .prop_map(|m| Value::Object(m.into_iter().collect()))
        .boxed();
    let by_pattern = prop::collection::btree_map(pattern(), inner.clone(), 1..3)
        .prop_map(|m| Value::Object(m.into_iter().collect()))
        .boxed();
    let names = prop::collection::btree_set(name(), 0..3)
        .prop_map(|s| Value::Array(s.into_iter().map(Value::from).collect()))
        .boxed();
    let dependent = prop::collection::btree_map(name(), names.clone(), 1..2)
        .prop_map(|m| Value::Object(m.into_iter().collect()))
        .boxed();
    let types = pick(&[
        json!("null"),
        json!("boolean"),
        json!("integer"),
        json!("number"),
        json!("string"),
        json!("array"),
        json!("object"),
        json!(["string", "null"]),
        json!(["integer", "array"]),
        json!(["object", "array"]),
    ]);
    let key =
        |k: &'static str, s: BoxedStrategy<Value>| s.prop_map(move |v| (k.to_owned(), v)).boxed();
    let values = prop::collection::vec(pick(&universe()), 1..3).prop_map(|mut v: Vec<Value>| {
        v.dedup();
        Value::Array(v)
    });
    let mut all = vec![
        (6, key("type", types)),
        (1, key("enum", values.boxed())),
        (1, key("const", pick(&universe()))),
        (1, key("minimum", number())),
        (1, key("maximum", number())),
        (1, key("exclusiveMinimum", number())),
        (1, key("exclusiveMaximum", number())),
        (1, key("multipleOf", pick(&[json!(1), json!(2), json!(3), json!(0.5), json!(1.5)]))),
        (1, key("minLength", count())),
        (1, key("maxLength", count())),
        (2, key("pattern", pattern().prop_map(Value::from).boxed())),
        (1, key("minItems", count())),
        (1, key("maxItems", count())),
        (1, key("uniqueItems", pick(&[json!(true), json!(false)]))),
        (1, key("contains", inner.clone())),
        (1, key("minProperties", count())),
        (1, key("maxProperties", count())),
        (4, key("properties", named.clone())),
        (2, key("patternProperties", by_pattern)),
        (3, key("additionalProperties", inner.clone())),
        (2, key("required", names)),
        (1, key("propertyNames", inner.clone())),
        (2, key("items", inner.clone())),
        (1, key("not", inner.clone())),
        (2, key("allOf", schemas.clone())),
        (2, key("anyOf", schemas.clone())),
        (2, key("oneOf", schemas.clone())),
        (1, key("if", inner.clone())),
        (1, key("then", inner.clone())),
        (1, key("else", inner.clone())),
        (1, key("$ref", pick(&[json!("#"), json!("#/$defs/a"), json!("#/$defs/b")]))),
    ];
    if new {
        all.extend([
            (2, key("prefixItems", schemas)),
            (1, key("minContains", count())),
            (1, key("maxContains", count())),
            (1, key("dependentRequired", dependent)),
            (1, key("dependentSchemas", named)),
            (2, key("unevaluatedProperties", inner.clone())),
            (2, key("unevaluatedItems", inner)),
        ]);
    } else {
        let tuple = schemas.prop_map(|v| v).boxed();
        all.extend([
            (1, key("items", tuple)),
            (1, key("additionalItems", inner)),
            (1, key("dependencies", dependent)),
        ]);
    }
    prop::strategy::Union::new_weighted(all).boxed()
}

fn subschema(draft: Draft) -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        1 => Just(json!(true)),
        1 => Just(json!(false)),
        1 => Just(json!({})),
        3 => pick(&atoms()).prop_map(|v| json!({ "const": v })),
        4 => pick(&["null", "boolean", "integer", "number", "string", "array", "object"])
            .prop_map(|t| json!({ "type": t })),
    ];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop::collection::vec(keyword(inner.boxed(), draft), 1..4)
            .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
    })
    .boxed()
}

/// A schema with two definitions that may refer to each other and to the root.
pub(crate) fn schema(draft: Draft) -> BoxedStrategy<Value> {
    (
        prop::collection::vec(keyword(subschema(draft), draft), 1..5),
        subschema(draft),
        subschema(draft),
    )
        .prop_map(|(pairs, a, b)| {
            let mut members: Map<String, Value> = pairs.into_iter().collect();
            members.insert("$defs".to_owned(), json!({ "a": a, "b": b }));
            Value::Object(members)
        })
        .boxed()
}

/// A schema and an edit of it: a keyword added, removed or replaced somewhere.
pub(crate) fn pair(draft: Draft) -> BoxedStrategy<(Value, Value)> {
    let edits = prop::collection::vec(
        (
            any::<prop::sample::Index>(),
            proptest::option::weighted(0.7, keyword(subschema(draft), draft)),
        ),
        1..3,
    );
    prop_oneof![
        1 => (schema(draft), schema(draft)),
        4 => (schema(draft), edits, any::<bool>()).prop_map(|(old, edits, swap)| {
            let mut new = old.clone();
            for (index, keyword) in edits {
                edit(&mut new, index, keyword);
            }
            if swap { (new, old) } else { (old, new) }
        }),
    ]
    .prop_map(move |(mut old, mut new)| {
        if draft != Draft::Draft202012 {
            without_siblings(&mut old);
            without_siblings(&mut new);
        }
        (old, new)
    })
    .boxed()
}

/// Up to draft 7 the siblings of a `$ref` are ignored; `boon` ignores only some, so there are none.
fn without_siblings(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members.get("$ref").is_some_and(Value::is_string) {
                members.retain(|key, _| key == "$ref" || key == "$defs");
            }
            members.values_mut().for_each(without_siblings);
        }
        Value::Array(items) => items.iter_mut().for_each(without_siblings),
        _ => {}
    }
}

fn edit(schema: &mut Value, index: prop::sample::Index, keyword: Option<(String, Value)>) {
    let mut places = Vec::new();
    objects(schema, &mut Vec::new(), true, &mut places);
    if places.is_empty() {
        return;
    }
    let place = &places[index.index(places.len())];
    let mut target = schema;
    for step in place {
        target = match target {
            Value::Object(members) => members.get_mut(step).expect("a place that was just seen"),
            Value::Array(items) => {
                items.get_mut(step.parse::<usize>().expect("an index")).expect("an item")
            }
            _ => return,
        };
    }
    let Value::Object(members) = target else { return };
    if let Some((key, value)) = keyword {
        members.insert(key, value);
        return;
    }
    let keys: Vec<String> = members.keys().filter(|k| *k != "$defs").cloned().collect();
    if !keys.is_empty() {
        members.remove(&keys[index.index(keys.len())]);
    }
}

/// The schema objects in a schema.
fn objects(value: &Value, path: &mut Vec<String>, is_schema: bool, out: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(members) => {
            if is_schema {
                out.push(path.clone());
            }
            for (key, member) in members {
                if is_schema
                    && matches!(
                        key.as_str(),
                        "const" | "enum" | "dependencies" | "dependentRequired"
                    )
                {
                    continue;
                }
                let map = is_schema
                    && matches!(
                        key.as_str(),
                        "properties" | "patternProperties" | "$defs" | "dependentSchemas"
                    );
                path.push(key.clone());
                objects(member, path, !map, out);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                objects(item, path, true, out);
                path.pop();
            }
        }
        _ => {}
    }
}
