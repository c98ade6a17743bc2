//! The schema derived from the types (feature `schemars1`) is the contract's, apart from the differences listed below,
//! each with its reason. A step that changes nothing fails, so the list stays true. Compared is what the first release declared:
//! an addition may be of a form that the two write differently, and `tests/agreement` judges deliveries by both.

use clip_events::Event;
use clip_events_agreement::bundle;
use serde_json::{Map, Value, json};
use similar::TextDiff;

/// The name of a step, the reason for it, and the step itself.
type Step = (&'static str, &'static str, fn(&mut Value));

/// Steps on the contract, which says things that the types cannot express.
const OF_THE_CONTRACT: &[Step] = &[
    (
        "inline_scalars",
        "newtypes are inlined: each is one scalar, and its name only matters to Rust",
        inline_scalars,
    ),
    (
        "drop_annotations",
        "types carry no titles, examples, units, known values, formats or ids",
        drop_annotations,
    ),
    (
        "list_known_types",
        "an enum lists the types that it knows; the variant `Unknown` takes any other string with any object, which \
         cannot be expressed beside a tag",
        list_known_types,
    ),
];

/// Steps on the derived schema, which says things that are Rust's own.
const OF_THE_TYPES: &[Step] = &[
    (
        "name_by_event_type",
        "structs have Rust names; the contract names a shape by its event type",
        name_by_event_type,
    ),
    (
        "undo_docs",
        "the docs of structs start with the event type, and the root is called `Event`",
        undo_docs,
    ),
];

#[test]
fn the_derived_schema_is_the_contract() {
    let mut contract = bundle();
    let mut derived = serde_json::to_value(schemars::schema_for!(Event)).expect("a schema is JSON");
    for (steps, schema) in [(OF_THE_CONTRACT, &mut contract), (OF_THE_TYPES, &mut derived)] {
        for (name, reason, step) in steps {
            let before = schema.clone();
            step(schema);
            assert_ne!(*schema, before, "`{name}` changes nothing, drop it: {reason}");
        }
    }
    for schema in [&mut derived, &mut contract] {
        drop_additions(schema);
        each(schema, &mut drop_empty);
        // The order of keys does not matter.
        schema.sort_all_objects();
    }
    let (derived, contract) = (format!("{derived:#}\n"), format!("{contract:#}\n"));
    let difference = TextDiff::from_lines(&contract, &derived);
    assert!(
        derived == contract,
        "{}",
        difference.unified_diff().header("the contract", "derived from the types")
    );
}

/// The open form accepts what the parser accepts: also unknown event types, but no malformed event of a known type.
#[test]
fn the_open_schema_is_what_the_parser_takes() {
    let schema = schemars::SchemaGenerator::default().into_root_schema_for::<Received>();
    let validator = jsonschema::validator_for(schema.as_value()).expect("a schema");
    let mut verdicts = [0, 0];
    for example in crate::examples::all() {
        let delivery: Value = serde_json::from_slice(&example.bytes).expect("JSON");
        let mut whole = vec![delivery.clone()];
        for event_type in ["clip-liked", "", "asset"] {
            let mut unknown = delivery.clone();
            unknown["type"] = event_type.into();
            whole.push(unknown);
        }
        let mut candidates = whole.clone();
        for key in delivery.as_object().expect("an object").keys() {
            for value in [None, Some(json!(-1)), Some(json!({})), Some(json!("a"))] {
                for mut edited in whole.clone() {
                    let object = edited.as_object_mut().expect("an object");
                    match &value {
                        Some(value) => object.insert(key.clone(), value.clone()),
                        None => object.remove(key),
                    };
                    candidates.push(edited);
                }
            }
        }
        for candidate in candidates {
            let taken = Event::from_slice(candidate.to_string().as_bytes()).is_ok();
            assert_eq!(validator.is_valid(&candidate), taken, "{candidate}");
            verdicts[usize::from(taken)] += 1;
        }
    }
    assert!(verdicts.iter().all(|count| *count > 100), "{verdicts:?}");
}

/// A type with which a user describes the input of an endpoint.
#[derive(schemars::JsonSchema)]
struct Received(
    #[expect(dead_code, reason = "only its schema is of interest")]
    #[schemars(schema_with = "Event::open_schema")]
    Event,
);

/// Calls `f` with each schema in `value`, innermost first.
fn each(value: &mut Value, f: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(|child| each(child, f));
            f(object);
        }
        Value::Array(array) => array.iter_mut().for_each(|child| each(child, f)),
        _ => {}
    }
}

/// A keyword without effect, which one of two ways to say the same leaves out.
fn drop_empty(schema: &mut Map<String, Value>) {
    schema.retain(|keyword, operand| {
        !(keyword == "required" && *operand == json!([])
            || keyword == "properties" && *operand == json!({}))
    });
}

fn drop_additions(schema: &mut Value) {
    let release = include_str!("../../schema/releases/1.0.0.schema.json");
    let release: Value = serde_json::from_str(release).expect("JSON");
    drop_new_fields(schema, &release);
    let definitions = schema["$defs"].as_object_mut().expect("definitions");
    definitions.retain(|name, _| release["$defs"].get(name).is_some());
    for (name, shape) in definitions {
        drop_new_fields(shape, &release["$defs"][name]);
    }
    let branches = schema["oneOf"].as_array_mut().expect("branches");
    branches.retain(|branch| {
        let event_type = branch["properties"]["type"]["const"].as_str().expect("a type");
        release["$defs"].get(event_type).is_some()
    });
}

fn drop_new_fields(schema: &mut Value, released: &Value) {
    let is_released = |key: &str| released["properties"].get(key).is_some();
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.retain(|key, _| is_released(key));
    }
    if let Some(required) = schema["required"].as_array_mut() {
        required.retain(|key| key.as_str().is_some_and(is_released));
    }
}

fn inline_scalars(bundle: &mut Value) {
    let definitions = bundle["$defs"].as_object().cloned().expect("definitions");
    each(bundle, &mut |schema| {
        let target = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix("#/$defs/"));
        let Some(definition) = target.and_then(|name| definitions.get(name)) else { return };
        if definition["type"] != "object" {
            schema.remove("$ref");
            for (keyword, operand) in definition.as_object().expect("a schema") {
                // Keywords beside the `$ref` describe the field and win.
                schema.entry(keyword).or_insert_with(|| operand.clone());
            }
        }
    });
    let definitions = bundle["$defs"].as_object_mut().expect("definitions");
    definitions.retain(|_, definition| definition["type"] == "object");
}

fn drop_annotations(bundle: &mut Value) {
    each(bundle, &mut |schema| {
        let annotations = ["title", "examples", "format", "$id"];
        schema.retain(|keyword, operand| {
            operand.is_object()
                || !(keyword.starts_with("x-") || annotations.contains(&keyword.as_str()))
        });
    });
}

fn list_known_types(bundle: &mut Value) {
    let schema = bundle.as_object_mut().expect("a schema");
    let branches = schema.remove("allOf").expect("the dispatch");
    let branches = branches.as_array().expect("branches").iter().map(|branch| {
        let mut event_type = branch["if"]["properties"]["type"].clone();
        event_type["type"] = "string".into();
        let data = &branch["then"]["properties"]["data"];
        json!({ "type": "object", "properties": { "type": event_type, "data": data }, "required": ["type", "data"] })
    });
    let branches: Vec<_> = branches.collect();
    schema.insert("oneOf".into(), branches.into());
    schema["properties"]
        .as_object_mut()
        .expect("properties")
        .retain(|key, _| key != "type" && key != "data");
    schema["required"].as_array_mut().expect("keys").retain(|key| key != "type" && key != "data");
}

fn name_by_event_type(derived: &mut Value) {
    let branches = derived["oneOf"].as_array_mut().expect("variants");
    let mut names = Map::new();
    for branch in branches {
        let event_type = branch["properties"]["type"]["const"].as_str().expect("a tag").to_owned();
        let reference = &mut branch["properties"]["data"]["$ref"];
        names.insert(
            reference.as_str().expect("a reference").replace("#/$defs/", ""),
            event_type.clone().into(),
        );
        *reference = format!("#/$defs/{event_type}").into();
    }
    let definitions = derived["$defs"].as_object_mut().expect("definitions");
    // What has no variant is inside another struct: it is an addition.
    let renamed = std::mem::take(definitions).into_iter().filter_map(|(name, schema)| {
        let event_type = names.get(&name)?.as_str()?;
        Some((event_type.to_owned(), schema))
    });
    *definitions = renamed.collect();
}

fn undo_docs(derived: &mut Value) {
    derived.as_object_mut().expect("a schema").remove("title");
    for (event_type, schema) in derived["$defs"].as_object_mut().expect("definitions") {
        let docs = schema["description"].as_str().expect("docs");
        let description =
            docs.strip_prefix(&format!("`{event_type}`: ")).expect("the event type").to_owned();
        schema["description"] = description.into();
    }
}
