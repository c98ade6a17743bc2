//! The examples of the contract: whole deliveries in `schema/examples/`, and the `examples` in the schemas.

use std::fs;
use std::path::PathBuf;

use clip_events::{Event, EventRef, EventType};
use clip_events_agreement::bundle;
use clip_events_contract::{Sources, deliveries, scaffold};
use clip_events_test_support::root;
use clip_events_validator::{Mode, Validator, ViolationKind};
use serde_json::{Value, json};

/// One file of `schema/examples/`.
pub(crate) struct Example {
    /// The event type, which is the name of the folder.
    pub(crate) event_type: String,
    /// The name of the file, without `.json`.
    pub(crate) case: String,
    pub(crate) bytes: Vec<u8>,
}

/// All files of `schema/examples/`, sorted.
pub(crate) fn all() -> Vec<Example> {
    let sorted = |path: PathBuf| {
        let entries =
            fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("an entry").path());
        let mut paths: Vec<_> = entries.collect();
        paths.sort();
        paths
    };
    let name = |path: &PathBuf| {
        path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned()
    };
    let mut examples = Vec::new();
    for folder in sorted(root().join("schema/examples")) {
        for file in sorted(folder.clone()) {
            let case = name(&file).strip_suffix(".json").expect("a JSON file").to_owned();
            examples.push(Example {
                event_type: name(&folder),
                case,
                bytes: fs::read(&file).expect("a file"),
            });
        }
    }
    examples
}

#[test]
fn every_example_parses_to_its_type_and_comes_back() {
    let reader = Validator::new(Mode::Reader);
    for Example { event_type, case, bytes } in all() {
        let name = format!("{event_type}/{case}");
        let event = Event::from_slice(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(event.type_name(), event_type, "{name}: the folder is the type");
        assert!(event.event_type().is_some(), "{name}: the type is known");
        assert_eq!(
            EventRef::from_slice(&bytes).map(EventRef::into_owned),
            Ok(event.clone()),
            "{name}"
        );
        assert_eq!(reader.judge(&bytes).violations, [], "{name}");
        assert_eq!(reader.explain(&bytes).violations, [], "{name}");

        let written = serde_json::to_vec(&event).expect("events are JSON");
        assert_eq!(Event::from_slice(&written), Ok(event.clone()), "{name}");
        assert_eq!(reader.explain(&written).violations, [], "{name}");
        insta::assert_debug_snapshot!(format!("{event_type}_{case}"), event);
    }
}

/// The API's own team gets violations for exactly the examples that only readers have to cope with.
#[test]
fn examples_pass_for_producers_but_for_what_readers_must_survive() {
    let producer = Validator::new(Mode::Producer);
    let told = all().into_iter().flat_map(|Example { event_type, case, bytes }| {
        let violations = producer.judge(&bytes).violations;
        violations.into_iter().map(move |violation| {
            let known = [ViolationKind::UndeclaredField, ViolationKind::UnknownValue];
            assert!(known.contains(&violation.rule), "{event_type}/{case}: {violation}");
            format!("{event_type}/{case}: {violation}")
        })
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_event_type_has_an_example_and_the_vendors_four_are_there() {
    let examples = all();
    for event_type in EventType::ALL {
        let mut own = examples.iter().filter(|example| example.event_type == event_type.as_str());
        assert!(own.next().is_some(), "add schema/examples/{event_type}/typical.json");
    }
    // Those on the vendor's page at the time of the first release.
    for event_type in [
        "asset.analysis.failed",
        "asset.analysis.succeeded",
        "post.published",
        "project.render.succeeded",
    ] {
        let mut own = examples.iter().filter(|example| example.event_type == event_type);
        assert!(own.any(|example| example.case == "vendor"), "{event_type}");
    }
}

#[test]
fn every_text_is_written_and_every_delivery_is_what_its_folder_says() {
    let sources = Sources::read(&root()).unwrap_or_else(|errors| panic!("{errors}"));
    scaffold::check_written(&sources).unwrap_or_else(|errors| panic!("{errors}"));
    deliveries::check(&root(), &sources).unwrap_or_else(|errors| panic!("{errors}"));
}

/// The examples contain what a reader of future deliveries has to cope with.
#[test]
fn the_examples_have_what_readers_must_survive() {
    let text = |name: &str| {
        let (event_type, case) = name.split_once('/').expect("a type and a case");
        let example = all()
            .into_iter()
            .find(|example| example.event_type == event_type && example.case == case);
        String::from_utf8(example.unwrap_or_else(|| panic!("{name} is there")).bytes)
            .expect("UTF-8")
    };
    let value = |name: &str| serde_json::from_str::<Value>(&text(name)).expect("JSON");
    let bundle = bundle();
    let declared = |value: &Value, schema: &Value| {
        let keys = value.as_object().expect("an object").keys();
        keys.cloned().partition::<Vec<_>, _>(|key| schema["properties"].get(key).is_some())
    };

    let undeclared = value("asset.analysis.progress/undeclared-fields");
    assert!(!declared(&undeclared, &bundle).1.is_empty());
    assert!(
        !declared(&undeclared["data"], &bundle["$defs"]["asset.analysis.progress"]).1.is_empty()
    );
    let platform = value("post.draft.created/new-platform")["data"]["platform"].clone();
    let known = bundle["$defs"]["Platform"]["x-known-values"].as_array().expect("an open set");
    assert!(!known.contains(&platform));
    assert_eq!(value("asset.analysis.succeeded/without-job-id")["data"].get("job_id"), None);
    let escapes = text("asset.creation.failed/escapes");
    assert!(escapes.contains(r"\u") && escapes.contains(r"\/") && !escapes.is_ascii());
    assert!(value("asset.creation.failed/escapes")["data"]["error"].is_string());
    let order = text("project.render.started/data-before-type");
    assert!(order.find("\"data\"") < order.find("\"type\""));
}

#[test]
fn schemas_and_examples_pass_two_implementations() {
    let sources = Sources::read(&root()).unwrap_or_else(|errors| panic!("{errors}"));
    let mut compiler = boon::Compiler::new();
    let mut registry = jsonschema::Registry::new();
    let id = |value: &Value| value["$id"].as_str().expect("an id").to_owned();
    for source in sources.all() {
        assert!(
            jsonschema::draft202012::meta::is_valid(&source.value),
            "{}",
            source.path.display()
        );
        compiler.add_resource(&id(&source.value), source.value.clone()).expect("a resource");
        registry = registry.add(id(&source.value), &source.value).expect("a resource");
    }
    let registry = registry.prepare().expect("the files refer to each other");
    let mut schemas = boon::Schemas::new();
    let mut judged = 0;
    for source in sources.all() {
        let mut judge = |place: &str, examples: &Value| {
            let reference = format!("{}#{place}", id(&source.value));
            let first = jsonschema::options()
                .with_registry(&registry)
                .build(&json!({ "$ref": reference }))
                .unwrap_or_else(|error| panic!("{reference}: {error}"));
            let second = compiler
                .compile(&reference, &mut schemas)
                .unwrap_or_else(|error| panic!("{reference}: {error}"));
            for example in examples.as_array().into_iter().flatten() {
                first.validate(example).unwrap_or_else(|error| panic!("{reference}: {error}"));
                schemas
                    .validate(example, second)
                    .unwrap_or_else(|error| panic!("{reference}: {error}"));
                judged += 1;
            }
        };
        judge("", &source.value["examples"]);
        for below in ["$defs", "properties"] {
            for (name, schema) in source.value[below].as_object().into_iter().flatten() {
                judge(&format!("/{below}/{name}"), &schema["examples"]);
            }
        }
    }
    assert!(judged > sources.data.len(), "every shape has examples");
}
