//! One file, JSON or YAML: its text, its value, and the line and column of each part.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::decimal::{Complaint, Number, beyond_binary64};
use crate::error::{Location, SchemaError, SchemaErrors};
use crate::lines::Lines;
use crate::part::Part;
use crate::{tree, yaml};

/// A JSON or YAML file below the root of the workspace.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Source {
    /// Path from the root of the workspace.
    pub path: PathBuf,
    /// The text as read.
    pub text: String,
    /// The value that the text denotes.
    pub value: Value,
    parts: OnceLock<Arc<Part>>,
    lines: OnceLock<Arc<Lines>>,
}

impl Source {
    /// Reads and parses `path`, which is relative to `root`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or [`Source::parse`] refuses its text.
    pub fn read(root: &Path, path: PathBuf) -> Result<Self, SchemaErrors> {
        match fs::read_to_string(root.join(&path)) {
            Ok(text) => Self::parse(path, text),
            Err(error) => {
                let help = "the file must be there, readable, and UTF-8";
                Err(SchemaError::of_file(path, format!("cannot be read: {error}"), help).into())
            }
        }
    }

    /// Parses `text` as the file `path`. The value loses nothing: no key, and no digit of a number. A binary64 holds a
    /// decimal if that is its shortest one: 0.1, although no binary fraction equals it.
    ///
    /// A file whose name ends in `.yaml` or `.yml` is read as YAML 1.2, by its core schema: `no` is text there.
    ///
    /// # Errors
    ///
    /// If the text is not JSON (RFC 8259), names a key of an object twice, or has a number that the value cannot hold. Of YAML also what
    /// has no counterpart in JSON, and aliases that make a large value of a small file.
    pub fn parse(path: PathBuf, text: String) -> Result<Self, SchemaErrors> {
        let is_yaml = path.extension().is_some_and(|it| it == "yaml" || it == "yml");
        let (parts, lines) = (OnceLock::new(), OnceLock::new());
        let mut source = Self { path, text, value: Value::Null, parts, lines };
        if is_yaml {
            return source.yaml();
        }
        if source.text.starts_with('\u{feff}') {
            let message = "the file starts with a byte order mark, which is no JSON";
            let help = "remove it: save the file as UTF-8 without BOM";
            return Err(source.error("", message, help).into());
        }
        match serde_json::from_str(&source.text) {
            Ok(value) => source.value = value,
            Err(error) => return Err(source.not_json(&error)),
        }
        let Some(root) = tree::parse(&source.text) else {
            let help = "write it in a simpler way: two JSON parsers disagree on it";
            return Err(source.error("", "not JSON to every parser", help).into());
        };
        let mut errors: Vec<_> = tree::duplicate_keys(&root)
            .into_iter()
            .map(|(pointer, span)| {
                let (first, _) = source.line_column(source.span(&pointer).start);
                source.error_at(span.start, pointer, yaml::twice(first), yaml::REMOVE_ONE)
            })
            .collect();
        if errors.is_empty() {
            errors = source.numbers(|number| match source.value.pointer(number.pointer) {
                Some(Value::Number(held)) => number.not_held(&held.to_string()),
                _ => None,
            });
        }
        if errors.is_empty() { Ok(source) } else { Err(SchemaErrors(errors)) }
    }

    fn yaml(mut self) -> Result<Self, SchemaErrors> {
        match yaml::parse(&self.text) {
            Ok((value, parts)) => {
                self.value = value;
                self.parts = Arc::new(parts).into();
                Ok(self)
            }
            Err(yaml::Fault { byte, pointer, message, help }) => {
                Err(self.error_at(byte, pointer, message, help).into())
            }
        }
    }

    /// Why `serde_json` refuses the text.
    fn not_json(&self, error: &serde_json::Error) -> SchemaErrors {
        let message = error.to_string();
        if message.starts_with("number out of range") {
            let beyond = self.numbers(beyond_binary64);
            if !beyond.is_empty() {
                return SchemaErrors(beyond);
            }
        }
        // The place stands before the message already.
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = message.strip_suffix(&place).unwrap_or(&message);
        let error = SchemaError {
            path: self.path.clone(),
            line: error.line(),
            // An error at the end of a line is placed after its last character.
            column: error.column().max(1),
            pointer: String::new(),
            message: format!("not JSON: {message}"),
            help: match message {
                "expected `,` or `}`" | "expected `,` or `]`" => {
                    "add a comma between this and what stands before it, or close the bracket"
                }
                "trailing comma" => "remove the comma before this",
                _ => "fix the syntax (RFC 8259): no comments, no comma before a brace",
            }
            .into(),
        };
        error.into()
    }

    /// The complaints that `judge` has about the numbers in the text.
    fn numbers(&self, judge: impl Fn(&Number<'_>) -> Option<Complaint>) -> Vec<SchemaError> {
        let mut errors = Vec::new();
        if let Some(root) = tree::parse(&self.text) {
            tree::each_number(&root, &mut |number| {
                let complaint = judge(number);
                errors.extend(
                    complaint.map(|Complaint { message, help }| {
                        self.error(number.pointer, message, help)
                    }),
                );
            });
        }
        errors
    }

    /// An error at `pointer` if the number `written` there is not the same as `held`, which is kept of it: another number,
    /// or a zero without its sign.
    pub fn not_held(&self, pointer: &str, written: &str, held: &str) -> Option<SchemaError> {
        let Complaint { message, help } = Number { pointer, written }.not_held(held)?;
        Some(self.error(pointer, message, help))
    }

    /// The file's name without `.schema.json`.
    pub fn stem(&self) -> &str {
        let name = self.path.file_name().and_then(|name| name.to_str());
        name.unwrap_or_default().trim_end_matches(".schema.json")
    }

    /// The part of this file that `pointer` names.
    pub fn location(&self, pointer: impl Into<String>) -> Location {
        Location { path: self.path.clone(), pointer: pointer.into() }
    }

    /// An error at the part of this file that `pointer` names.
    pub fn error(
        &self,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> SchemaError {
        self.error_at(self.span(pointer).start, pointer.to_owned(), message, help)
    }

    fn error_at(
        &self,
        byte: usize,
        pointer: String,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> SchemaError {
        let (line, column) = self.line_column(byte);
        let (message, help) = (message.into(), help.into());
        SchemaError { path: self.path.clone(), line, column, pointer, message, help }
    }

    /// Bytes of the part that `pointer` names, its key included; of the closest part around it
    /// where there is no such part.
    pub fn span(&self, pointer: &str) -> Range<usize> {
        let parts = self.parts.get_or_init(|| {
            Arc::new(tree::parse(&self.text).map(|root| tree::parts(&root)).unwrap_or_default())
        });
        parts.span(pointer)
    }

    /// Line and column (in characters), counted from 1, of a byte of the text; those of its end for any later byte.
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let lines = self.lines.get_or_init(|| Arc::new(Lines::of(&self.text)));
        lines.line_column(&self.text, byte)
    }
}
