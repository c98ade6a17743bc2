//! The TypeScript package: no text of a schema is taken for code, and its version is that of the crates.

use std::fs;
use std::path::Path;

use clip_events_codegen::render;
use clip_events_contract::Sources;
use clip_events_test_support::{root, small_contract};
use serde_json::{Value, json};

/// The generated files of the package, of the small contract with `edit` in the shape of its only event.
fn rendered(edit: impl FnOnce(&mut Value)) -> Vec<(String, String)> {
    let root = small_contract(None);
    // A contract may choose to have no conventions.
    let manifest = root.path().join("schema/contract.json");
    let text = fs::read_to_string(&manifest).expect("a file");
    fs::write(&manifest, text.replace("\"error\"", "\"off\"")).expect("written");
    let path = root.path().join("schema/data/thing.made.schema.json");
    let mut shape =
        serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    edit(&mut shape);
    fs::write(&path, format!("{shape:#}")).expect("written");
    let sources = Sources::read(root.path()).unwrap_or_else(|errors| panic!("{errors}"));
    let artifacts = render(&sources).unwrap_or_else(|error| panic!("{error}"));
    let files = artifacts.into_iter().filter_map(|artifact| {
        let name = artifact.path.strip_prefix("bindings/typescript/src/generated").ok()?;
        Some((name.display().to_string(), artifact.text))
    });
    files.collect()
}

#[test]
fn no_text_of_a_schema_ends_a_comment_or_a_literal() {
    let hostile =
        "Ends */ evil(); /* `${evil()}` \u{2028}evil()\u{202e} // \" \\\n@deprecated */ evil();";
    let pattern = r"^[*]*/`\$\{evil\(\)\}` \\ \*/|//$";
    let files = rendered(|shape| {
        shape["description"] = hostile.into();
        shape["properties"]["evil"] = json!({
            "title": "Evil", "description": hostile, "type": "string", "pattern": pattern, "examples": ["//"]
        });
    });
    assert_eq!(files.len(), 5);
    for (name, text) in files {
        assert!(!text.contains(['\u{2028}', '\u{202e}']), "{name}");
        // What is left without comments and literals is code.
        let mut code = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(['"', '/']) {
            code.push_str(&rest[..at]);
            rest = &rest[at..];
            let length = if rest.starts_with("/*") {
                rest.find("*/").expect("it ends") + 2
            } else if rest.starts_with("//") {
                rest.find('\n').expect("it ends")
            } else if rest.starts_with('"') {
                let mut chars = rest.char_indices().skip(1);
                while let Some((at, c)) = chars.next() {
                    assert_ne!(c, '\n', "{name}: a literal goes on: {}", &rest[..at]);
                    match c {
                        '\\' => _ = chars.next(),
                        '"' => break,
                        _ => {}
                    }
                }
                chars.next().expect("the file goes on").0
            } else {
                1
            };
            rest = &rest[length..];
        }
        code.push_str(rest);
        assert!(!code.contains("evil()") && !code.contains('`'), "{name}: {code}");
        assert!(!text.contains("* @deprecated"), "{name}");
    }
}

#[test]
fn names_of_the_prototype_are_looked_up_in_the_object_itself() {
    let files = rendered(|shape| {
        for key in ["constructor", "__proto__"] {
            shape["properties"][key] =
                json!({ "description": "A.", "type": "string", "examples": ["a"] });
        }
    });
    let (_, check) = files.iter().find(|(name, _)| name == "check.ts").expect("the checks");
    assert!(check.contains("v = own(data, \"constructor\");"), "{check}");
    let (_, types) = files.iter().find(|(name, _)| name == "types.ts").expect("the types");
    assert!(types.contains("  constructor?: string | object[\"constructor\"];\n"), "{types}");
}

#[test]
fn the_package_has_the_version_of_the_crates() {
    let path = root().join("bindings/typescript/package.json");
    let package = fs::read_to_string(Path::new(&path)).expect("a file");
    let package: Value = serde_json::from_str(&package).expect("JSON");
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    assert!(package.get("dependencies").is_none(), "it needs nothing at run time");
}
