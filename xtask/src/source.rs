//! One schema file: its text, its value, and the place of each of its parts.

use std::fmt::{self, Write as _};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use jsonc_parser::ast;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;

/// A JSON file below the root of the workspace.
#[derive(Debug, Clone)]
pub struct Source {
    /// Path from the root of the workspace.
    pub path: PathBuf,
    /// The text as read.
    pub text: String,
    /// The value that the text denotes.
    pub value: Value,
}

/// What is wrong in a schema file, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}:{column}: {message}\n  at: {}\n  help: {help}", path.display(), display_pointer(pointer))]
pub struct SchemaError {
    /// Path from the root of the workspace.
    pub path: PathBuf,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// JSON Pointer (RFC 6901) to the part that is wrong.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Every error of a set of schema files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SchemaErrors(pub Vec<SchemaError>);

impl fmt::Display for SchemaErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for error in &self.0 {
            writeln!(f, "error: {error}")?;
        }
        match self.0.len() {
            1 => f.write_str("1 error in schema/"),
            count => write!(f, "{count} errors in schema/"),
        }
    }
}

impl Source {
    /// Reads and parses `path`, which is relative to `root`.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is not JSON (RFC 8259), or names a key of an object twice.
    pub fn read(root: &Path, path: PathBuf) -> Result<Self, SchemaErrors> {
        let text = match fs::read_to_string(root.join(&path)) {
            Ok(text) => text,
            Err(error) => {
                return Err(SchemaErrors(vec![SchemaError {
                    path,
                    line: 1,
                    column: 1,
                    pointer: String::new(),
                    message: format!("cannot be read: {error}"),
                    help: "the file must be there, readable, and UTF-8".into(),
                }]));
            }
        };
        Self::parse(path, text)
    }

    /// Parses `text` as the file `path`.
    ///
    /// # Errors
    ///
    /// When the text is not JSON (RFC 8259), or names a key of an object twice.
    pub fn parse(path: PathBuf, text: String) -> Result<Self, SchemaErrors> {
        let value = match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(error) => {
                let message = error.to_string();
                // The place stands before the message already.
                let place = format!(" at line {} column {}", error.line(), error.column());
                let message = message.strip_suffix(&place).unwrap_or(&message);
                return Err(SchemaErrors(vec![SchemaError {
                    path,
                    line: error.line(),
                    // An error at the end of a line stands behind its last character.
                    column: error.column().max(1),
                    pointer: String::new(),
                    message: format!("not JSON: {message}"),
                    help: "mend the syntax (RFC 8259): no comments, no comma before a brace".into(),
                }]));
            }
        };
        let source = Self { path, text, value };
        let duplicates = source.with_ast(|root| {
            let mut duplicates = Vec::new();
            collect_duplicates(root, &mut String::new(), &mut duplicates);
            duplicates
        });
        let errors: Vec<_> = duplicates
            .into_iter()
            .map(|(pointer, span)| {
                let (line, column) = source.line_column(span.start);
                SchemaError {
                    path: source.path.clone(),
                    line,
                    column,
                    pointer,
                    message: "the key stands twice in one object".into(),
                    help: "remove one of the two: readers of JSON disagree on which counts".into(),
                }
            })
            .collect();
        if errors.is_empty() { Ok(source) } else { Err(SchemaErrors(errors)) }
    }

    /// The file's name without `.schema.json`.
    pub fn stem(&self) -> &str {
        let name = self.path.file_name().and_then(|name| name.to_str());
        name.unwrap_or_default().trim_end_matches(".schema.json")
    }

    /// An error at the part of this file that `pointer` names.
    pub fn error(
        &self,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> SchemaError {
        let (line, column) = self.line_column(self.span(pointer).start);
        SchemaError {
            path: self.path.clone(),
            line,
            column,
            pointer: pointer.to_owned(),
            message: message.into(),
            help: help.into(),
        }
    }

    /// Bytes of the part that `pointer` names, its key included; of the closest part around it
    /// where there is no such part.
    pub fn span(&self, pointer: &str) -> Range<usize> {
        self.with_ast(|root| {
            let mut span = value_span(root);
            let mut value = root;
            for token in pointer.split('/').skip(1) {
                let token = unescape_token(token);
                let next = match value {
                    ast::Value::Object(object) => {
                        object.get(&token).map(|property| (property.range, &property.value))
                    }
                    ast::Value::Array(array) => token
                        .parse()
                        .ok()
                        .and_then(|index: usize| array.elements.get(index))
                        .map(|element| (jsonc_parser::common::Ranged::range(element), element)),
                    _ => None,
                };
                let Some((range, child)) = next else { break };
                span = range.start..range.end;
                value = child;
            }
            span
        })
    }

    /// Line and column (in characters), counted from 1, of a byte of the text.
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let before = &self.text[..byte];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    fn with_ast<R>(&self, f: impl FnOnce(&ast::Value<'_>) -> R) -> R {
        let parsed = parse_to_ast(&self.text, &CollectOptions::default(), &ParseOptions::default());
        let root = parsed
            .ok()
            .and_then(|parsed| parsed.value)
            .expect("text that serde_json took as JSON parses as JSONC");
        f(&root)
    }
}

/// `pointer` for a person: the whole document has the empty pointer.
fn display_pointer(pointer: &str) -> &str {
    if pointer.is_empty() { "the whole file" } else { pointer }
}

/// Escapes a key as one reference token of a JSON Pointer (RFC 6901).
pub fn escape_token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The key that one reference token of a JSON Pointer (RFC 6901) stands for.
pub fn unescape_token(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

fn value_span(value: &ast::Value<'_>) -> Range<usize> {
    let range = jsonc_parser::common::Ranged::range(value);
    range.start..range.end
}

fn collect_duplicates(
    value: &ast::Value<'_>,
    pointer: &mut String,
    found: &mut Vec<(String, Range<usize>)>,
) {
    let length = pointer.len();
    match value {
        ast::Value::Object(object) => {
            let mut seen = std::collections::HashSet::new();
            for property in &object.properties {
                let key = property.name.as_str();
                pointer.push('/');
                pointer.push_str(&escape_token(key));
                if !seen.insert(key) {
                    found.push((pointer.clone(), property.range.start..property.range.end));
                }
                collect_duplicates(&property.value, pointer, found);
                pointer.truncate(length);
            }
        }
        ast::Value::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                let _ = write!(pointer, "/{index}");
                collect_duplicates(element, pointer, found);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}
