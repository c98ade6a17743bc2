//! JSON schema files: text, value, and the line and column of each part.

use std::fmt::{self, Write as _};
use std::fs;
use std::io::{self, Write as _};
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
        let all_within = self.0.iter().all(|error| error.path.starts_with("schema"));
        let place = if all_within { " in schema/" } else { "" };
        match self.0.len() {
            1 => write!(f, "1 error{place}"),
            count => write!(f, "{count} errors{place}"),
        }
    }
}

impl Source {
    /// Reads and parses `path`, which is relative to `root`.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or its text is none that [`Source::parse`] takes.
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

    /// Parses `text` as the file `path`. The value is what the text says: no key is lost, and each number is the decimal
    /// that is written. A binary64 holds a decimal if that is its shortest one: 0.1, for all that it is no binary fraction.
    ///
    /// # Errors
    ///
    /// When the text is not JSON (RFC 8259), names a key of an object twice, or has a number that the value cannot hold.
    pub fn parse(path: PathBuf, text: String) -> Result<Self, SchemaErrors> {
        let mut source = Self { path, text, value: Value::Null };
        let syntax = |line, column, message: String, help: &str| {
            let (path, pointer, help) = (source.path.clone(), String::new(), help.into());
            SchemaErrors(vec![SchemaError { path, line, column, pointer, message, help }])
        };
        if source.text.starts_with('\u{feff}') {
            let message = "the file starts with a byte order mark, which is no JSON".to_owned();
            return Err(syntax(1, 1, message, "remove it: save the file as UTF-8 without BOM"));
        }
        match serde_json::from_str(&source.text) {
            Ok(value) => source.value = value,
            Err(found) => {
                let message = found.to_string();
                if message.starts_with("number out of range") {
                    let beyond = source.numbers(beyond_binary64);
                    if !beyond.is_empty() {
                        return Err(SchemaErrors(beyond));
                    }
                }
                // The place stands before the message already.
                let place = format!(" at line {} column {}", found.line(), found.column());
                let message = message.strip_suffix(&place).unwrap_or(&message);
                let help = "mend the syntax (RFC 8259): no comments, no comma before a brace";
                // An error at the end of a line stands behind its last character.
                let (line, column) = (found.line(), found.column().max(1));
                return Err(syntax(line, column, format!("not JSON: {message}"), help));
            }
        }
        let mut duplicates = Vec::new();
        source.with_ast(|root| collect_duplicates(root, &mut String::new(), &mut duplicates));
        let mut errors: Vec<_> = duplicates
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
        if errors.is_empty() {
            errors = source.numbers(|number| match source.value.pointer(number.pointer) {
                Some(Value::Number(held)) => not_held(number, &held.to_string()),
                _ => None,
            });
        }
        if errors.is_empty() { Ok(source) } else { Err(SchemaErrors(errors)) }
    }

    /// What `judge` says of the numbers in the text: message and help.
    fn numbers(&self, judge: impl Fn(&Number<'_>) -> Option<(String, String)>) -> Vec<SchemaError> {
        let mut found = Vec::new();
        self.with_ast(|root| {
            each_number(root, &mut String::new(), &mut |pointer, written| {
                let told = judge(&Number { pointer, written });
                found.extend(told.map(|told| (pointer.to_owned(), told)));
            });
        });
        let errors = found.into_iter();
        errors.map(|(pointer, (message, help))| self.error(&pointer, message, help)).collect()
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

/// A number as it stands in a file.
pub struct Number<'a> {
    /// JSON Pointer to it.
    pub pointer: &'a str,
    /// Its text.
    pub written: &'a str,
}

impl Number<'_> {
    /// What a person calls it: its key, and the text unless that is very long.
    fn name(&self) -> String {
        let is_key = |token: &&str| token.parse::<usize>().is_err();
        let key = unescape_token(self.pointer.rsplit('/').find(is_key).unwrap_or_default());
        match self.written.char_indices().nth(60) {
            Some((end, _)) => format!("`{key}` {}...", &self.written[..end]),
            None => format!("`{key}` {}", self.written),
        }
    }
}

/// What is wrong with a number of which the generated code and the gate would keep `held`, and what to do: message and help.
pub fn not_held(number: &Number<'_>, held: &str) -> Option<(String, String)> {
    let written = Decimal::new(number.written);
    let name = number.name();
    if written != Decimal::new(held) {
        let message =
            format!("{name} would be kept as {held}, the nearest number that a type holds");
        return Some((message, format!("write {held}: what is kept must be what is written")));
    }
    let negative_zero = written.digits.is_empty() && number.written.starts_with('-');
    negative_zero.then(|| {
        (format!("{name} is zero, which has no sign in JSON Schema"), "write 0".to_owned())
    })
}

/// The same for a number that has no finite binary64 near it.
fn beyond_binary64(number: &Number<'_>) -> Option<(String, String)> {
    let is_beyond = number.written.parse().is_ok_and(|value: f64| value.is_infinite());
    is_beyond.then(|| {
        let message = format!("{} is beyond every number that a type holds", number.name());
        (message, format!("write a number from {:e} to {:e}, or leave it out", f64::MIN, f64::MAX))
    })
}

/// The value of a JSON number: `digits` times ten to the power `power`. The digits of zero are none.
#[derive(PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    power: i64,
}

impl Decimal {
    fn new(text: &str) -> Self {
        let (mantissa, power) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{}{fraction}", integer.trim_start_matches('-'));
        let trimmed = all.trim_end_matches('0');
        let digits = trimmed.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Self { negative: false, digits, power: 0 };
        }
        // No file has so many digits that they could make up for a power that is no `i64`.
        let far = if power.starts_with('-') { i64::MIN } else { i64::MAX };
        let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
        let shift = length(&all) - length(trimmed) - length(fraction);
        let power = power.parse().unwrap_or(far).saturating_add(shift);
        Self { negative: integer.starts_with('-'), digits, power }
    }
}

fn each_number(value: &ast::Value<'_>, pointer: &mut String, f: &mut impl FnMut(&str, &str)) {
    let length = pointer.len();
    match value {
        ast::Value::NumberLit(number) => f(pointer, number.value),
        ast::Value::Object(object) => {
            for property in &object.properties {
                pointer.push('/');
                pointer.push_str(&escape_token(property.name.as_str()));
                each_number(&property.value, pointer, f);
                pointer.truncate(length);
            }
        }
        ast::Value::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                let _ = write!(pointer, "/{index}");
                each_number(element, pointer, f);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
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

/// `value` as a file: two spaces, a newline at the end.
pub fn pretty_json(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Writes beside the target and renames, so that no reader ever sees half a file.
///
/// # Errors
///
/// When the folder or the file cannot be written.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
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
