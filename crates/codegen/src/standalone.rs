//! The types crate of another contract: the hand-written files of this one, around what is generated.

use std::fs;
use std::path::Path;

use clip_events_contract::Sources;
use clip_events_contract::model::Schema;
use toml::{Table, Value};

use crate::error::CodegenError;
use crate::files::{Artifact, FileError};
use crate::rust;

/// The types crate that others are modelled on.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its hand-written files; their paths are relative to the crate's folder.
    pub files: Vec<Artifact>,
    /// The text of the workspace's `Cargo.toml`, from which it inherits.
    pub workspace: String,
}

impl Template {
    /// The types crate of the workspace below `root`.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn read(root: &Path) -> Result<Self, FileError> {
        let read = |path: &Path| {
            fs::read_to_string(path).map_err(|error| FileError::new(path.to_path_buf(), error))
        };
        let folder = root.join("crates/types");
        let mut files = Vec::new();
        let mut open = vec![folder.clone()];
        while let Some(directory) = open.pop() {
            let failed = |error| FileError::new(directory.clone(), error);
            for entry in fs::read_dir(&directory).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                if path.is_dir() {
                    open.push(path);
                } else if let Ok(inner) = path.strip_prefix(&folder)
                    && is_hand_written(inner)
                {
                    files.push(Artifact { path: inner.to_path_buf(), text: read(&path)? });
                }
            }
        }
        Ok(Self { files, workspace: read(&root.join("Cargo.toml"))? })
    }
}

/// Renders the types crate of the contract in `sources`; paths are relative to the crate's folder.
///
/// # Errors
///
/// When the schemas are not a contract, two of its names become one in Rust, or the template is not a crate.
pub fn types_crate(sources: &Sources, template: &Template) -> Result<Vec<Artifact>, CodegenError> {
    let contract = clip_events_contract::lower(sources)?;
    let mut artifacts = rust::render(sources, &contract)?;
    for artifact in &mut artifacts {
        if let Ok(path) = artifact.path.strip_prefix("crates/types") {
            artifact.path = path.to_path_buf();
        }
    }
    // The one definition that hand-written code speaks of: times in milliseconds.
    let has_times = contract.definitions.get("UnixMillis").is_some_and(|definition| {
        matches!(
            definition.schema,
            Schema::Integer { minimum: Some(0), maximum: Some(_), multiple_of: None }
        )
    });
    let title = &contract.manifest.title;
    for Artifact { path, text } in &template.files {
        let text = match path.to_str() {
            Some("Cargo.toml") => manifest(text, &template.workspace, &contract.manifest.package)?,
            Some("src/time.rs") if !has_times => continue,
            Some("src/lib.rs") => {
                let readme = "#![doc = include_str!(\"../README.md\")]";
                let own = format!("//! {title}: typed webhook deliveries and their parser.");
                let text = without_examples(text).replace(readme, &own);
                if has_times { text } else { text.replace("mod time;\n", "") }
            }
            _ => without_examples(text),
        };
        artifacts.push(Artifact { path: path.clone(), text });
    }
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(artifacts)
}

/// The hand-written file `text` without what speaks of this contract: the examples in its docs, and its tests.
fn without_examples(text: &str) -> String {
    let mut kept = String::new();
    let mut is_inside = false;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "#[cfg(test)]" {
            if lines.peek().is_some_and(|next| next.ends_with(';')) {
                lines.next();
                continue;
            }
            // A module of tests ends the file.
            break;
        }
        let content = line.trim_start();
        let doc = content.strip_prefix("///").or_else(|| content.strip_prefix("//!"));
        if doc.is_some_and(|doc| doc.trim_start().starts_with("```")) {
            is_inside = !is_inside;
            continue;
        }
        if !is_inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// `Cargo.toml` of the crate `package`: the template's, with what it inherits written out.
fn manifest(text: &str, workspace: &str, package: &str) -> Result<String, CodegenError> {
    let template = |message: String| CodegenError::Template(message);
    let mut manifest: Table = text.parse().map_err(|error| template(format!("{error}")))?;
    let workspace: Table = workspace.parse().map_err(|error| template(format!("{error}")))?;
    let inherited =
        |kind: &str, key: &str| workspace.get("workspace")?.get(kind)?.get(key).cloned();
    for key in ["dev-dependencies", "example", "lints"] {
        manifest.remove(key);
    }
    let head = manifest.get_mut("package").and_then(Value::as_table_mut);
    let head = head.ok_or_else(|| template("no [package]".into()))?;
    for key in
        ["description", "readme", "keywords", "categories", "license", "repository", "include"]
    {
        head.remove(key);
    }
    for key in ["edition", "rust-version"] {
        if let Some(value) = inherited("package", key) {
            head.insert(key.into(), value);
        }
    }
    head.insert("name".into(), package.into());
    head.insert("version".into(), "0.1.0".into());
    head.insert("publish".into(), false.into());
    let dependencies = manifest.get_mut("dependencies").and_then(Value::as_table_mut);
    for (name, value) in dependencies.into_iter().flatten() {
        let Some(own) = value.as_table_mut() else { continue };
        if own.remove("workspace").is_none() {
            continue;
        }
        match inherited("dependencies", name) {
            Some(Value::Table(shared)) => {
                for (key, value) in shared {
                    own.entry(key).or_insert(value);
                }
            }
            Some(version) => {
                own.insert("version".into(), version);
            }
            None => return Err(template(format!("no dependency {name} in the workspace"))),
        }
    }
    // A crate of its own, wherever it lies.
    manifest.insert("workspace".into(), Value::Table(Table::new()));
    Ok(manifest.to_string())
}

/// The hand-written files of the template, below its folder.
fn is_hand_written(path: &Path) -> bool {
    let is_source = path.extension().is_some_and(|extension| extension == "rs");
    let is_kept = path.starts_with("src") && is_source || path == "Cargo.toml";
    is_kept && !path.starts_with("src/generated") && !path.starts_with("src/parse/tests")
}
