//! Witnesses are small, whatever the schemas.

use schema_compat::{Answer, Draft, Error, Inclusion, Options, Schema, Witness};
use serde_json::{Map, Value, json};

use crate::second;

fn witness(sub: &Value, sup: &Value, draft: Draft) -> Witness {
    let options = Options::default().with_draft(draft);
    let schemas = [sub, sup].map(|schema| Schema::from(schema.clone()));
    match (Inclusion { subset: &schemas[0], superset: &schemas[1] }).decide(&options) {
        Ok(Answer::Refuted(witness)) => {
            assert_eq!(second::accepts(sub, &witness.instance, draft, false), Some(true));
            assert_eq!(second::accepts(sup, &witness.instance, draft, false), Some(false));
            assert!(!witness.failures.is_empty());
            witness
        }
        other => panic!("a witness, not {other:?}"),
    }
}

#[test]
fn violations_are_few_and_short() {
    let sub = json!({"type": "array", "minItems": 50, "items": {"const": "é".repeat(5_000)}});
    let sup = json!({"items": {"type": "null"}});
    let witness = witness(&sub, &sup, Draft::Draft202012);
    assert_eq!(witness.failures.len(), 20);
    for violation in &witness.failures {
        assert!(violation.message.len() <= 1_003, "{}", violation.message.len());
        assert!(violation.message.ends_with("..."), "{}", violation.message);
    }
}

#[test]
fn a_super_without_instances_says_so() {
    let witness = witness(&json!({"const": {"a": [1, 2]}}), &json!(false), Draft::Draft202012);
    assert!(!witness.failures[0].message.is_empty());
}

#[test]
fn large_values_shrink_to_what_breaks() {
    let value: Map<String, Value> =
        (0..100).map(|index| (format!("p{index}"), Value::from(vec![index; 20]))).collect();
    let sub = json!({"anyOf": [{"const": value}, {"required": ["p70"]}], "minProperties": 1});
    let sup = json!({"properties": {"p70": {"maxItems": 2}}});
    let witness = witness(&sub, &sup, Draft::Draft202012);
    let items = witness.instance["p70"].as_array().expect("an array");
    assert_eq!((witness.instance.as_object().map(Map::len), items.len()), (Some(1), 3));
}

/// A document large enough to be read in short, in which `b` is what `last` says.
fn large(definitions: &str, last: &Value) -> Value {
    let mut all: Map<String, Value> = (0..5_000)
        .map(|index| (format!("unused{index}"), json!({"title": "x".repeat(400), "type": "null"})))
        .collect();
    for (name, next) in [("a0", "a1"), ("a1", "a2"), ("a2", "a3")] {
        all.insert(name.to_owned(), json!({"$ref": format!("#/{definitions}/{next}")}));
    }
    all.insert("a3".to_owned(), last.clone());
    let reference = json!({"$ref": format!("#/{definitions}/a0"), "title": "data"});
    json!({
        "type": "object",
        "properties": {
            "title": {"enum": [reference, "x"]},
            "b": {"title": "of b", "allOf": [{"$ref": format!("#/{definitions}/a0")}]},
        },
        "required": ["title", "b"],
        definitions: all,
    })
}

#[test]
fn large_documents_keep_their_meaning() {
    for (draft, definitions) in [(Draft::Draft7, "definitions"), (Draft::Draft202012, "$defs")] {
        let old = large(definitions, &json!({"type": "string"}));
        let new = large(definitions, &json!({"type": ["string", "null"]}));
        let found = witness(&new, &old, draft);
        assert_eq!(found.instance["b"], Value::Null);
        let keyword = format!("/{definitions}/a3/type");
        assert!(found.failures.iter().any(|v| v.keyword == keyword), "{found:?}");
        // Data that looks like a schema is data.
        let mut other = new.clone();
        other["properties"]["title"]["enum"][0]["title"] = json!("other data");
        let found = witness(&other, &new, draft);
        assert_eq!(found.instance["title"]["title"], "other data");
    }
}

#[test]
fn large_documents_are_checked() {
    for wrong in [json!({"type": "strin"}), json!({"pattern": "("}), json!({"$ref": "#/$defs/no"})]
    {
        let mut document = large("$defs", &wrong);
        let large = Schema::from(document.clone());
        document["$defs"]
            .as_object_mut()
            .expect("definitions")
            .retain(|name, _| !name.starts_with("unused"));
        let small = Schema::from(document);
        let any = Schema::from(json!({}));
        let [small, large] = [small, large].map(|sub| {
            match (Inclusion { subset: &sub, superset: &any }).decide(&Options::default()) {
                Err(Error::Schema { pointer, message, .. }) => (pointer, message),
                other => panic!("an error, not {other:?}"),
            }
        });
        assert_eq!(small, large);
    }
}
