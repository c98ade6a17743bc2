//! Renders every artifact from the contract and writes or checks them.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use similar::TextDiff;
use syn::Item;

use crate::bundle;
use crate::compat::RULES;
use crate::load::Sources;
use crate::source::SchemaErrors;

mod borrowed;
mod data;
mod definitions;
mod docs;
mod event;
mod parser;

/// The command that makes the generated files.
pub const COMMAND: &str = "cargo xtask codegen";

/// Folders that hold generated files and nothing else.
const FOLDERS: &[&str] =
    &["crates/types/src/generated", "crates/validator/src/generated", "docs/generated"];

/// What to do with the artifacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Write what changed.
    Write,
    /// Write nothing; report what is stale.
    Check,
}

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Path from the root of the workspace.
    pub path: PathBuf,
    /// The whole content.
    pub text: String,
}

/// An artifact that differs from what is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Path from the root of the workspace.
    pub path: PathBuf,
    /// Unified diff from the file on disk to the artifact.
    pub diff: String,
    /// Whether nothing renders the file any more.
    pub removed: bool,
}

/// Why the artifacts could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CodegenError {
    /// The schemas are not a contract.
    #[error(transparent)]
    Schemas(#[from] SchemaErrors),
    /// typify refused the lifted schemas.
    #[error("typify: {0}")]
    Typify(#[from] typify::Error),
    /// A fixup of generated code does nothing any more.
    #[error("the fixup `{0}` no longer applies: remove it from xtask/src/codegen")]
    DeadFixup(&'static str),
    /// A renderer wrote something that is not Rust.
    #[error("{path}: generated code does not parse: {error}")]
    Syntax {
        /// The artifact.
        path: &'static str,
        /// Why.
        error: syn::Error,
    },
    /// A file could not be read or written.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// Renders all artifacts of the contract below `root`, in the order of their paths.
///
/// # Errors
///
/// When the schemas are not a contract, or a renderer fails.
pub fn render(root: &Path) -> Result<Vec<Artifact>, CodegenError> {
    let sources = Sources::read(root)?;
    let contract = sources.lower()?;
    let mut artifacts = vec![
        rust("crates/types/src/generated/borrowed.rs", borrowed::render(&contract))?,
        rust("crates/types/src/generated/data.rs", data::render(&contract)?)?,
        rust("crates/types/src/generated/definitions.rs", definitions::render(&contract))?,
        rust("crates/types/src/generated/event.rs", event::render(&contract))?,
        rust("crates/types/src/generated/parser.rs", parser::render(&contract))?,
        Artifact {
            path: "crates/validator/src/generated/contract.schema.json".into(),
            text: pretty_json(&bundle::bundle(&sources)),
        },
        Artifact {
            path: "docs/generated/compat-rules.md".into(),
            text: docs::render_rules(&RULES),
        },
        Artifact { path: "docs/generated/events.md".into(), text: docs::render(&contract) },
    ];
    artifacts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(artifacts)
}

/// Renders all artifacts below `root`, and writes or reports those that changed.
///
/// # Errors
///
/// When rendering fails or a file cannot be read or written.
pub fn run(root: &Path, mode: Mode) -> Result<Vec<Change>, CodegenError> {
    let artifacts = render(root)?;
    let mut changes = Vec::new();
    for path in leftovers(root, &artifacts)? {
        let text = read(root, &path)?.unwrap_or_default();
        changes.push(Change { diff: diff(&path, &text, ""), path: path.clone(), removed: true });
        if mode == Mode::Write {
            fs::remove_file(root.join(&path)).map_err(|error| CodegenError::Io { path, error })?;
        }
    }
    for Artifact { path, text } in artifacts {
        let current = read(root, &path)?;
        if current.as_ref() == Some(&text) {
            continue;
        }
        changes.push(Change {
            diff: diff(&path, &current.unwrap_or_default(), &text),
            path: path.clone(),
            removed: false,
        });
        if mode == Mode::Write {
            write(&root.join(&path), &text).map_err(|error| CodegenError::Io { path, error })?;
        }
    }
    Ok(changes)
}

/// Generated files on disk that nothing renders any more.
fn leftovers(root: &Path, artifacts: &[Artifact]) -> Result<Vec<PathBuf>, CodegenError> {
    let mut leftovers = Vec::new();
    for folder in FOLDERS {
        let entries = match fs::read_dir(root.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(CodegenError::Io { path: folder.into(), error }),
        };
        for entry in entries {
            let entry = entry.map_err(|error| CodegenError::Io { path: folder.into(), error })?;
            let path = Path::new(folder).join(entry.file_name());
            if !artifacts.iter().any(|artifact| artifact.path == path) {
                leftovers.push(path);
            }
        }
    }
    leftovers.sort();
    Ok(leftovers)
}

fn read(root: &Path, path: &Path) -> Result<Option<String>, CodegenError> {
    match fs::read_to_string(root.join(path)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CodegenError::Io { path: path.into(), error }),
    }
}

/// Writes beside the target and renames, so that no reader ever sees half a file.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().expect("an artifact lies in a folder");
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().permissions(permissions()).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

/// What a file has that is created in the usual way: temporary files are private otherwise.
#[cfg(unix)]
fn permissions() -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o666)
}

fn diff(path: &Path, old: &str, new: &str) -> String {
    let path = path.display().to_string();
    TextDiff::from_lines(old, new).unified_diff().header(&path, &path).to_string()
}

/// `tokens` as a formatted file that names its command.
fn rust(path: &'static str, tokens: TokenStream) -> Result<Artifact, CodegenError> {
    let file = syn::parse2(tokens).map_err(|error| CodegenError::Syntax { path, error })?;
    let code = spaced(file);
    Ok(Artifact {
        path: path.into(),
        text: format!("// @generated by `{COMMAND}` from schema/. Do not edit.\n\n{code}"),
    })
}

/// The formatted file, with a blank line between its items, all but imports.
fn spaced(syn::File { shebang, attrs, items }: syn::File) -> String {
    let mut code = prettyplease::unparse(&syn::File { shebang, attrs, items: Vec::new() });
    let imports = |a: &Item, b: &Item| matches!((a, b), (Item::Use(_), Item::Use(_)));
    for items in items.chunk_by(imports) {
        let items = syn::File { shebang: None, attrs: Vec::new(), items: items.to_vec() };
        code += "\n";
        code += &prettyplease::unparse(&items);
    }
    code
}

/// `value` as a file: two spaces, a newline at the end.
pub fn pretty_json(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

/// `text` as doc comments, one for each line.
fn doc_attributes(text: &str) -> TokenStream {
    let lines =
        text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote::quote!(#(#[doc = #lines])*)
}
