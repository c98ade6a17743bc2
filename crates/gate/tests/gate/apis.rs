//! A schema of an API that only puts others together is told by these: that never hides what the whole of it would tell.

use std::fs;
use std::path::Path;

use schema_compat_gate::check::{Base, Check, Checked};
use schema_compat_gate::{Gate, Layout, Outcome};
use serde_json::{Value, json};

const NAMES: &[&str] = &["A", "B", "C"];

/// A schema, with references to others.
fn schema(random: &mut fastrand::Rng, depth: u32) -> Value {
    if depth == 0 || random.u8(..) < 60 {
        return match random.u8(0..6) {
            0 => json!({ "type": "string", "maxLength": random.u8(1..4) }),
            1 => json!({ "enum": (["x", "y", "z"][..random.usize(1..4)]) }),
            2 => json!({ "type": "integer", "minimum": random.u8(0..3) }),
            3 => json!({ "type": ["string", "integer"] }),
            _ => json!({ "$ref": format!("#/components/schemas/{}", NAMES[random.usize(..3)]) }),
        };
    }
    let mut below = || schema(random, depth - 1);
    let [one, other] = [below(), below()];
    match random.u8(0..12) {
        0 => json!({ "type": "array", "items": one }),
        1 => json!({ "anyOf": [one, other] }),
        2 => json!({ "allOf": [one, other] }),
        3 => json!({ "oneOf": [one, other] }),
        4 => json!({ "not": one }),
        5 => json!({ "if": one, "then": other }),
        6 => json!({ "prefixItems": [one], "items": other }),
        7 => json!({ "contains": one, "maxContains": 1 }),
        8 => json!({ "type": "object", "additionalProperties": one }),
        9 => json!({ "$ref": "#/components/schemas/A", "unevaluatedProperties": one }),
        _ => {
            let required = if random.bool() { json!(["a"]) } else { json!([]) };
            json!({ "type": "object", "properties": { "a": one, "b": other }, "required": required })
        }
    }
}

/// Operations that send `schemas[0]` and `schemas[1]`, take `schemas[2]`, and share the rest.
fn api(schemas: &[Value]) -> Value {
    let content =
        |schema: &Value| json!({ "content": { "application/json": { "schema": schema } } });
    json!({
        "openapi": "3.1.0",
        "paths": { "/": { "post": {
            "requestBody": content(&schemas[2]),
            "responses": { "200": content(&schemas[0]), "400": content(&schemas[1]) }
        } } },
        "components": { "schemas": { "A": schemas[3], "B": schemas[4], "C": schemas[5] } }
    })
}

fn check(folder: &Path, files: Vec<String>) -> Vec<Checked> {
    let base = Base::Folder(folder.join("old"));
    Check::new(folder.join("new"), files, base, Gate::new(Layout::Whole)).run().unwrap()
}

fn is_breaking(checked: &[Checked]) -> bool {
    checked.iter().any(|it| it.outcome() == Some(Outcome::Breaking))
}

#[test]
fn what_is_told_by_others_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old", "new"].map(|side| folder.path().join(side));
    for side in [&old, &new] {
        fs::create_dir(side).unwrap();
    }
    let mut random = fastrand::Rng::with_seed(0);
    let (mut breaking, mut told) = (0, 0);
    for _ in 0..60 {
        let schemas: Vec<Value> = (0..6).map(|_| schema(&mut random, 2)).collect();
        let mut changed = schemas.clone();
        changed[random.usize(3..6)] = schema(&mut random, 1);
        fs::write(old.join("api.json"), api(&schemas).to_string()).unwrap();
        fs::write(new.join("api.json"), api(&changed).to_string()).unwrap();
        let shared = check(folder.path(), vec!["api.json".into()]);
        // A schema that is asked for by its name is judged as a whole.
        let each = shared.iter().map(|it| format!("api.json#{}", it.pointer)).collect();
        let whole = check(folder.path(), each);
        let pointers =
            |all: &[Checked]| all.iter().map(|it| it.pointer.clone()).collect::<Vec<_>>();
        assert_eq!(pointers(&shared), pointers(&whole));
        let failed = |all: &[Checked]| all.iter().any(|it| it.outcome().is_none());
        if failed(&shared) || failed(&whole) {
            continue;
        }
        assert_eq!(
            is_breaking(&shared),
            is_breaking(&whole),
            "{}\n{}",
            api(&schemas),
            api(&changed)
        );
        let count = |all: &[Checked]| {
            all.iter().filter(|it| it.outcome() == Some(Outcome::Breaking)).count()
        };
        breaking += usize::from(is_breaking(&shared));
        told += count(&whole) - count(&shared);
    }
    assert!(breaking > 10 && told > 4, "{breaking} {told}");
}
