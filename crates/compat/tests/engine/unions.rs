//! Unions of many events: told apart by what discriminates them, whatever form they have.

use schema_compat::{Answer, Inclusion, Options, Schema};
use serde_json::{Map, Value, json};

const EVENTS: usize = 60;
const FIELDS: usize = 20;
/// The event that changes.
const CHANGED: usize = 37;

/// The ways to write that a delivery is one of these events.
const FORMS: [&str; 5] = ["oneOf", "anyOf", "if", "nested", "by action"];

fn event(number: usize, field: &Value) -> Value {
    let mut properties: Map<String, Value> =
        (0..FIELDS).map(|at| (format!("field_{at}"), field.clone())).collect();
    let required: Vec<String> =
        ["type".to_owned()].into_iter().chain(properties.keys().cloned()).collect();
    properties.insert("type".to_owned(), json!({"const": format!("event.{number}")}));
    json!({"type": "object", "properties": properties, "required": required})
}

fn contract(form: &str, events: Vec<Value>) -> Value {
    match form {
        "if" => {
            let conditions: Vec<Value> = events
                .into_iter()
                .map(|event| {
                    let name = &event["properties"]["type"];
                    json!({
                        "if": {"properties": {"type": name}, "required": ["type"]},
                        "then": event,
                    })
                })
                .collect();
            json!({"type": "object", "required": ["type"], "allOf": conditions})
        }
        "nested" => {
            let wrapped: Vec<Value> = events
                .into_iter()
                .map(|event| {
                    json!({
                        "type": "object", "required": ["event"], "properties": {"event": event}
                    })
                })
                .collect();
            json!({"oneOf": wrapped})
        }
        // Ten events, each a union of its own by another property.
        "by action" => {
            let groups: Vec<Value> = events
                .chunks(EVENTS / 10)
                .enumerate()
                .map(|(number, group)| {
                    json!({
                        "required": [format!("object_{number}")], "oneOf": group
                    })
                })
                .collect();
            json!({"oneOf": groups})
        }
        form => json!({form: events}),
    }
}

fn verdict(sub: &Value, sup: &Value) -> Answer {
    let [sub, sup] = [sub, sup].map(|schema| Schema::from(schema.clone()));
    Inclusion { subset: &sub, superset: &sup }
        .decide(&Options::default())
        .expect("both are schemas")
}

#[test]
fn a_change_of_one_event_is_decided() {
    for field in [json!({"type": "string"}), json!({"type": ["string", "null"]})] {
        let events: Vec<Value> = (0..EVENTS).map(|number| event(number, &field)).collect();
        let mut added = events.clone();
        added[CHANGED]["properties"]["fresh"] = json!({"type": "integer"});
        let mut broken = events.clone();
        broken[CHANGED]["properties"]["field_3"] = json!({"type": ["string", "null", "array"]});
        for form in FORMS {
            let [old, added, broken] =
                [&events, &added, &broken].map(|events| contract(form, events.clone()));
            let proved = |verdict| matches!(verdict, Answer::Proved(_));
            let refuted = |verdict| matches!(verdict, Answer::Refuted(_));
            assert!(proved(verdict(&added, &old)), "{form}: an addition");
            assert!(refuted(verdict(&old, &added)), "{form}: an addition, for archives");
            assert!(refuted(verdict(&broken, &old)), "{form}: a break");
            assert!(proved(verdict(&old, &broken)), "{form}: a break, for archives");
        }
    }
}
