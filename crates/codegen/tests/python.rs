//! The Python of contracts whose names and texts are awkward there. What Python makes of it is tested in `tests/exports/python/`.

use std::fs;
use std::path::Path;

use clip_events_codegen::{CodegenError, render};
use clip_events_contract::Sources;
use clip_events_test_support::small_contract;
use serde_json::{Map, Value, json};

/// Changes a schema file of the small contract.
fn change(root: &Path, file: &str, change: impl Fn(&mut Value)) {
    let path = root.join("schema").join(file);
    let mut schema =
        serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    change(&mut schema);
    fs::write(path, format!("{schema:#}")).expect("written");
}

fn rendered(root: &Path, file: &str) -> Result<String, CodegenError> {
    let sources = Sources::read(root).unwrap_or_else(|errors| panic!("{errors}"));
    let artifacts = render(&sources)?;
    let path = Path::new("bindings/python/src/clip_events/generated").join(file);
    let artifact = artifacts.into_iter().find(|artifact| artifact.path == path);
    Ok(artifact.expect("it is rendered").text)
}

/// The text of a file, without what the contract had before.
fn shape(root: &Path, file: &str) -> String {
    let text = rendered(root, file).unwrap_or_else(|error| panic!("{error}"));
    let (_, shape) = text.split_once("class ThingMade(").expect("the shape");
    shape.split("\nclass ThingMadeEvent").next().expect("a part").to_owned()
}

/// Without conventions on names and texts.
fn undemanding(root: &Path) {
    change(root, "contract.json", |manifest| manifest["conventions"] = json!({}));
}

const SHAPE: &str = "data/thing.made.schema.json";

#[test]
fn texts_stay_texts() {
    let texts: Vec<String> =
        serde_json::from_str(include_str!("fixtures/awkward.json")).expect("texts");
    let root = small_contract(None);
    let root = root.path();
    undemanding(root);
    change(root, SHAPE, |schema| {
        let fields = texts.iter().enumerate().map(|(at, text)| {
            let field = if at % 2 == 0 {
                json!({ "description": text, "type": "string", "x-known-values": [text] })
            } else {
                json!({ "description": text, "type": "string", "enum": [text, "other"] })
            };
            (format!("field_{at}"), field)
        });
        schema["properties"] = fields.collect::<Map<_, _>>().into();
        schema["description"] = texts.concat().into();
        schema["title"] = texts.concat().into();
        schema.as_object_mut().expect("an object").remove("x-follow-up");
        schema["required"] = json!([]);
        schema["examples"] = json!([{}]);
    });
    for file in ["models", "dicts"] {
        let text = rendered(root, &format!("{file}.py")).unwrap_or_else(|error| panic!("{error}"));
        insta::assert_snapshot!(format!("awkward_{file}"), text);
    }
}

#[test]
fn fields_have_attributes_of_their_own() {
    let root = small_contract(None);
    let root = root.path();
    undemanding(root);
    let keys = [
        "plain",
        "class",
        "class_",
        "model_config",
        "copy",
        "json",
        "self",
        "str",
        "_private",
        "__class__",
        "4k",
        "a-b",
        "a b",
        "",
        "é",
        "\"\\\n",
        "ThingMade",
        "follow_up",
        "None",
    ];
    change(root, SHAPE, |schema| {
        let fields = keys.iter().map(|key| ((*key).to_owned(), json!({ "type": "boolean" })));
        schema["properties"] = fields.collect::<Map<_, _>>().into();
        schema["required"] = json!(["class", "plain"]);
        schema.as_object_mut().expect("an object").remove("x-follow-up");
        schema["examples"] = json!([{ "class": true, "plain": false }]);
    });
    change(root, "envelope.schema.json", |schema| {
        schema["examples"][0]["data"] = json!({ "class": true, "plain": false });
    });
    insta::assert_snapshot!(shape(root, "models.py"));
    let dicts = rendered(root, "dicts.py").unwrap_or_else(|error| panic!("{error}"));
    assert!(dicts.contains("ThingMade = _x.TypedDict(\"ThingMade\", {\n"), "{dicts}");
    assert!(dicts.contains("    \"class\": 'bool',\n"), "{dicts}");
    assert!(!dicts.contains("    \"\":"), "{dicts}");
}

#[test]
fn a_name_that_the_package_has_is_told_with_its_place() {
    // One that TypeScript, which is asked first, has no use for.
    let name = "Model";
    for is_strict in [true, false] {
        let root = small_contract(None);
        let root = root.path();
        if !is_strict {
            undemanding(root);
        }
        change(root, "definitions.schema.json", |schema| {
            schema["$defs"][name] = json!({ "title": "Known", "description": "It is known.", "type": "boolean", "examples": [true] });
        });
        change(root, SHAPE, |schema| {
            schema["properties"]["known"] =
                json!({ "$ref": format!("../definitions.schema.json#/$defs/{name}") });
            schema["examples"][0]["known"] = true.into();
        });
        match rendered(root, "models.py") {
            Err(CodegenError::Schemas(errors)) if is_strict => {
                let [error] = &errors.0[..] else { panic!("{errors}") };
                let message = format!("`{name}` needs a name in Python that is taken: `{name}`");
                assert_eq!(error.message, message);
                assert!(error.line > 0 && !error.help.is_empty(), "{error}");
            }
            Ok(text) if !is_strict => {
                assert!(text.contains("Model2 = _x.TypeAliasType("), "{text}");
                assert!(text.contains("    known: _t.Annotated[Model2 | None"), "{text}");
            }
            other => panic!("{other:?}"),
        }
    }
}
