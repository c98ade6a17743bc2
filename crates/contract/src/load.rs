//! Reads `schema/`, checks it, and lowers it into the [`Contract`].
//!
//! Two steps, since the compatibility gate must judge even a contract that no renderer can honour:
//! [`Sources::read`] takes any schemas that the meta-schema allows and whose `$ref`s lead somewhere;
//! [`Sources::lower`] takes only what every renderer honours and refuses each other keyword by name
//! and place.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

use crate::bundle;
use crate::model::{
    Bound, Contract, Definition, Envelope, EventShape, Field, FieldValue, Scalar, constant_name,
};
use schema_source::{Number, SchemaError, SchemaErrors, Source, escape_token, not_held};

/// The dialect of every schema file.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// What every `$id` starts with. A name, not a place: nothing is fetched from it.
pub const BASE_ID: &str = "https://clip-events.example/schema/";
/// The largest integer that every JSON reader holds exactly (RFC 8259, section 6): 2^53 - 1.
const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// Keywords that say what a schema means and constrain nothing.
const ANNOTATIONS: &[&str] = &["$comment", "title", "description", "examples"];
const DOCUMENT: &[&str] = &["$schema", "$id"];
const OBJECT: &[&str] = &["type", "required", "properties"];
const SHAPE: &[&str] = &["x-domain", "x-high-volume", "x-follow-up"];
/// The annotations that are ours. The gate has a rule for a change of each.
pub const OUR_ANNOTATIONS: &[&str] =
    &["x-domain", "x-high-volume", "x-follow-up", "x-known-values", "x-unit"];
const STRING: &[&str] = &["type", "format", "x-known-values"];
const BOOLEAN: &[&str] = &["type"];
const NUMBER: &[&str] =
    &["type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "x-unit"];
/// What to do instead of the keywords that people reach for first.
const INSTEAD: &[(&str, &str)] = &[
    (
        "additionalProperties",
        "leave it out: objects stay open, since readers must survive new fields",
    ),
    (
        "unevaluatedProperties",
        "leave it out: objects stay open, since readers must survive new fields",
    ),
    ("enum", "remove it: sets are open; `x-known-values` of a string names the values of today"),
    ("anyOf", "write one `type`: a field has one type for good"),
    ("oneOf", "write one `type`: a field has one type for good"),
];
/// Names of Rust types that the generated code and the crate around it use themselves; a test of the contract holds
/// that all names that the crate exports are among them.
const RESERVED: &[&str] = &[
    "AnyEventType",
    "Bits",
    "Box",
    "Cow",
    "Data",
    "DataShape",
    "Deliveries",
    "Delivery",
    "Domain",
    "Err",
    "ErrorKind",
    "Event",
    "EventRef",
    "EventType",
    "Found",
    "FromStr",
    "InvalidUnknownError",
    "Kind",
    "Line",
    "None",
    "Ok",
    "Option",
    "OutOfRangeError",
    "ParseError",
    "Payload",
    "PayloadRef",
    "Rejection",
    "Result",
    "Self",
    "Slots",
    "Some",
    "String",
    "Text",
    "Unknown",
    "UnknownEventTypeError",
    "UnknownRef",
    "Vec",
];

/// The schema files of the contract, each valid against the meta-schema and with all `$ref`s resolved.
#[derive(Debug, Clone)]
pub struct Sources {
    /// `schema/envelope.schema.json`.
    pub envelope: Source,
    /// `schema/definitions.schema.json`.
    pub definitions: Source,
    /// `schema/data/*.schema.json`, in the order of their event types.
    pub data: Vec<Source>,
}

/// Reads and lowers the contract below `root`.
///
/// # Errors
///
/// Every error of every file: what, file, line, column, JSON Pointer, and what to do.
pub fn contract(root: &Path) -> Result<Contract, SchemaErrors> {
    Sources::read(root)?.lower()
}

impl Sources {
    /// Reads the schema files below `root`.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is not JSON, is not a valid schema, has another `$id` than its
    /// place asks for, or holds a `$ref` that leads nowhere.
    pub fn read(root: &Path) -> Result<Self, SchemaErrors> {
        let mut errors = Vec::new();
        let data_files = data_files(root, &mut errors);
        let mut read = |path: PathBuf| match Source::read(root, path) {
            Ok(source) => Some(source),
            Err(SchemaErrors(found)) => {
                errors.extend(found);
                None
            }
        };
        let envelope = read("schema/envelope.schema.json".into());
        let definitions = read("schema/definitions.schema.json".into());
        let data: Vec<_> = data_files.into_iter().filter_map(&mut read).collect();
        let (Some(envelope), Some(definitions), true) = (envelope, definitions, errors.is_empty())
        else {
            return Err(SchemaErrors(errors));
        };
        let sources = Self { envelope, definitions, data };
        for source in sources.all() {
            sources.check_document(source, &mut errors);
        }
        if errors.is_empty() { Ok(sources) } else { Err(SchemaErrors(errors)) }
    }

    /// All files: envelope, definitions, shapes.
    pub fn all(&self) -> impl Iterator<Item = &Source> {
        [&self.envelope, &self.definitions].into_iter().chain(&self.data)
    }

    /// The file that `reference`, written in the file `from`, leads to, and the pointer within it.
    pub fn resolve<'a>(
        &'a self,
        from: &'a Source,
        reference: &'a str,
    ) -> Option<(&'a Source, &'a str)> {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let target = if file.is_empty() {
            from
        } else {
            let path = normalise(&from.path.parent()?.join(file));
            self.all().find(|source| source.path == path)?
        };
        target.value.pointer(pointer).map(|_| (target, pointer))
    }

    fn check_document(&self, source: &Source, errors: &mut Vec<SchemaError>) {
        if !source.value.is_object() {
            errors.push(source.error("", "not an object", "write a schema as an object"));
            return;
        }
        let meta = jsonschema::draft202012::meta::validator();
        for error in meta.iter_errors(&source.value) {
            let pointer = error.instance_path().as_str();
            let (message, help) = if pointer.ends_with("/type") {
                let found = error.instance();
                (format!("{found} is no type"), "use string, boolean, integer, number or object")
            } else {
                (
                    format!("not a valid schema: {error}"),
                    "see the keyword in JSON Schema draft 2020-12",
                )
            };
            errors.push(source.error(pointer, message, help));
        }
        let file = source.path.strip_prefix("schema").unwrap_or(&source.path);
        let expected_id = format!("{BASE_ID}{}", file.to_string_lossy().replace('\\', "/"));
        for (keyword, expected) in [("$schema", DIALECT), ("$id", &expected_id)] {
            if source.value[keyword] != *expected {
                errors.push(source.error(
                    &format!("/{keyword}"),
                    format!("`{keyword}` is not {expected}"),
                    format!("write \"{keyword}\": \"{expected}\""),
                ));
            }
        }
        for_each_ref(&source.value, &mut String::new(), &mut |pointer, reference| {
            if self.resolve(source, reference).is_none() {
                errors.push(source.error(
                    pointer,
                    format!("`$ref` leads nowhere: {reference}"),
                    "name a file relative to this one and a pointer within it, like \
                     ../definitions.schema.json#/$defs/Name in a file of schema/data/",
                ));
            }
        });
    }

    /// Lowers the schemas into the model that renderers read.
    ///
    /// # Errors
    ///
    /// Each keyword that some renderer cannot honour, and each breach of `schema/README.md`.
    pub fn lower(&self) -> Result<Contract, SchemaErrors> {
        let mut lowering =
            Lowering { sources: self, definitions: BTreeMap::new(), errors: Vec::new() };
        lowering.shared_definitions();
        let envelope = lowering.envelope();
        let mut events: Vec<_> = self.data.iter().map(|source| lowering.event(source)).collect();
        events.sort_by(|a, b| a.event_type.cmp(&b.event_type));
        if events.is_empty() {
            lowering.report(
                &self.envelope,
                "",
                "no event type",
                "add a schema/data/<event.type>.schema.json",
            );
        }
        if lowering.errors.is_empty() {
            lowering.examples();
        }
        if lowering.errors.is_empty() {
            let definitions = lowering.definitions.into_values().collect();
            Ok(Contract { envelope, definitions, events })
        } else {
            Err(SchemaErrors(lowering.errors))
        }
    }
}

/// The shapes' files below `root`, sorted by event type. Any other file there is a mistake: it would be ignored.
fn data_files(root: &Path, errors: &mut Vec<SchemaError>) -> Vec<PathBuf> {
    let directory = Path::new("schema/data");
    let mut report = |path: &Path, message: String, help: &str| {
        errors.push(SchemaError {
            path: path.into(),
            line: 1,
            column: 1,
            pointer: String::new(),
            message,
            help: help.into(),
        });
    };
    let entries =
        fs::read_dir(root.join(directory)).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.unwrap_or_else(|error| {
        let help = "run the command from a checkout that holds this folder";
        report(directory, format!("cannot be read: {error}"), help);
        Vec::new()
    });
    let mut files: Vec<_> =
        entries.into_iter().map(|entry| directory.join(entry.file_name())).collect();
    files.sort();
    files.retain(|path| {
        let is_schema = path.to_string_lossy().ends_with(".schema.json");
        if !is_schema {
            report(
                path,
                "not the schema of an event type".into(),
                "name it <event.type>.schema.json",
            );
        }
        is_schema
    });
    files
}

/// `path` without `.` and `..`, by text alone.
fn normalise(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            std::path::Component::ParentDir => {
                normal.pop();
            }
            std::path::Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

/// Calls `f` with the pointer and target of each `$ref`.
pub(crate) fn for_each_ref(value: &Value, pointer: &mut String, f: &mut impl FnMut(&str, &str)) {
    let length = pointer.len();
    match value {
        Value::Object(object) => {
            for (key, child) in object {
                // Examples are data: a `$ref` in one is a key like any other.
                if key == "examples" {
                    continue;
                }
                pointer.push('/');
                pointer.push_str(&escape_token(key));
                if let ("$ref", Value::String(reference)) = (key.as_str(), child) {
                    f(pointer, reference);
                }
                for_each_ref(child, pointer, f);
                pointer.truncate(length);
            }
        }
        Value::Array(array) => {
            for (index, child) in array.iter().enumerate() {
                let _ = write!(pointer, "/{index}");
                for_each_ref(child, pointer, f);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

struct Lowering<'a> {
    sources: &'a Sources,
    definitions: BTreeMap<String, Definition>,
    errors: Vec<SchemaError>,
}

impl<'a> Lowering<'a> {
    fn report(
        &mut self,
        source: &Source,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.errors.push(source.error(pointer, message, help));
    }

    /// The object at `pointer`; reports each keyword that is in none of `honoured`.
    fn keywords(
        &mut self,
        source: &'a Source,
        pointer: &str,
        honoured: &[&[&str]],
    ) -> Option<&'a Map<String, Value>> {
        let Some(Value::Object(schema)) = source.value.pointer(pointer) else {
            self.report(
                source,
                pointer,
                "not an object",
                "write a schema as an object: `true` and `false` say nothing",
            );
            return None;
        };
        for keyword in schema.keys() {
            if !honoured.iter().any(|keywords| keywords.contains(&keyword.as_str())) {
                let instead = INSTEAD.iter().find(|(name, _)| name == keyword);
                let help = instead.map_or_else(
                    || format!("remove it; honoured here: {}", honoured.concat().join(", ")),
                    |(_, instead)| (*instead).to_owned(),
                );
                self.report(
                    source,
                    &format!("{pointer}/{}", escape_token(keyword)),
                    format!("no renderer honours the keyword `{keyword}` here"),
                    help,
                );
            }
        }
        Some(schema)
    }

    /// The string under `keyword`; reports where it is missing or empty.
    fn text(&mut self, source: &'a Source, pointer: &str, keyword: &str) -> String {
        let value = source.value.pointer(pointer).and_then(|schema| schema.get(keyword));
        match value.and_then(Value::as_str) {
            Some(text) if !text.trim().is_empty() => text.to_owned(),
            _ => {
                self.report(
                    source,
                    pointer,
                    format!("`{keyword}` is missing"),
                    format!("add \"{keyword}\": \"...\""),
                );
                String::new()
            }
        }
    }

    fn shared_definitions(&mut self) {
        let source = &self.sources.definitions;
        self.keywords(source, "", &[DOCUMENT, ANNOTATIONS, &["$defs"]]);
        let Some(Value::Object(definitions)) = source.value.get("$defs") else {
            self.report(source, "", "`$defs` is missing", "add \"$defs\": {}");
            return;
        };
        for name in definitions.keys() {
            let pointer = format!("/$defs/{}", escape_token(name));
            if !is_type_name(name) {
                self.report(
                    source,
                    &pointer,
                    format!("`{name}` is no name for a definition"),
                    "use a name in UpperCamelCase: it names the Rust type",
                );
                continue;
            }
            self.text(source, &pointer, "title");
            self.text(source, &pointer, "description");
            let examples = source.value.pointer(&format!("{pointer}/examples"));
            if examples.and_then(Value::as_array).is_none_or(Vec::is_empty) {
                self.report(source, &pointer, "`examples` is missing", "add \"examples\": [...]");
            }
            if let Some(definition) = self.scalar(source, &pointer, name) {
                self.define(source, &pointer, definition);
            }
        }
    }

    /// Each of the `examples` is one: people learn the contract from them.
    fn examples(&mut self) {
        let bundle = bundle::bundle(self.sources);
        let id = bundle["$id"].as_str().unwrap_or_default().to_owned();
        let registry = jsonschema::Registry::new().add(&id, &bundle);
        let registry = registry.and_then(jsonschema::RegistryBuilder::prepare);
        let registry = registry.expect("the bundle stands alone");
        let check = |source: &Source, pointer: &str, errors: &mut Vec<SchemaError>| {
            let examples = source.value.pointer(pointer).and_then(|schema| schema.get("examples"));
            let examples = examples.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            if examples.is_empty() {
                return;
            }
            let reference = format!("{id}{}", bundle::place(self.sources, source, pointer));
            let validator = jsonschema::options()
                .with_registry(&registry)
                .build(&json!({ "$schema": DIALECT, "$ref": reference }))
                .expect("the files are valid schemas");
            for (index, example) in examples.iter().enumerate() {
                errors.extend(validator.iter_errors(example).map(|error| {
                    source.error(
                        &format!("{pointer}/examples/{index}{}", error.instance_path()),
                        format!("the example is none: {error}"),
                        "mend the example or the schema",
                    )
                }));
            }
        };
        let mut errors = Vec::new();
        for source in self.sources.all() {
            check(source, "", &mut errors);
            for below in ["/properties", "/$defs"] {
                let schemas = source.value.pointer(below).and_then(Value::as_object);
                for name in schemas.into_iter().flat_map(Map::keys) {
                    check(source, &format!("{below}/{}", escape_token(name)), &mut errors);
                }
            }
        }
        self.errors.extend(errors);
    }

    fn define(&mut self, source: &Source, pointer: &str, definition: Definition) {
        let name = definition.name.clone();
        if RESERVED.contains(&name.as_str())
            || self.definitions.insert(name.clone(), definition).is_some()
        {
            self.report(source, pointer, format!("the name `{name}` is taken"), "rename it");
        }
    }

    /// The scalar schema at `pointer`, as a definition called `name`.
    fn scalar(&mut self, source: &'a Source, pointer: &str, name: &str) -> Option<Definition> {
        let kind = match source.value.pointer(&format!("{pointer}/type")) {
            Some(Value::String(kind)) => kind.as_str(),
            Some(_) => {
                self.report(
                    source,
                    &format!("{pointer}/type"),
                    "`type` is not one name",
                    "write one type; a field that may be missing is left out of `required`",
                );
                return None;
            }
            None => {
                // A keyword that stands in the place of `type` is the better thing to name.
                let before = self.errors.len();
                self.keywords(source, pointer, &[ANNOTATIONS, STRING, &NUMBER[1..]])?;
                if self.errors.len() == before {
                    self.report(
                        source,
                        pointer,
                        "`type` is missing",
                        "add \"type\", or \"$ref\" to a shared definition",
                    );
                }
                return None;
            }
        };
        let honoured = match kind {
            "string" => STRING,
            "boolean" => BOOLEAN,
            "integer" | "number" => NUMBER,
            _ => {
                self.report(
                    source,
                    &format!("{pointer}/type"),
                    format!("no renderer honours the type `{kind}` for a field"),
                    "use string, boolean, integer or number: `data` is flat",
                );
                return None;
            }
        };
        let schema = self.keywords(source, pointer, &[ANNOTATIONS, honoured])?;
        let scalar = match kind {
            "string" => Scalar::String {
                format: schema.get("format").and_then(Value::as_str).map(str::to_owned),
            },
            "boolean" => Scalar::Boolean,
            "integer" => self.integer(source, pointer, schema)?,
            _ => self.number(source, pointer, schema),
        };
        let known_values = self.known_values(source, pointer, schema);
        Some(Definition {
            name: name.to_owned(),
            description: schema
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            scalar,
            unit: schema.get("x-unit").and_then(Value::as_str).map(str::to_owned),
            known_values,
            examples: schema.get("examples").and_then(Value::as_array).cloned().unwrap_or_default(),
        })
    }

    /// The strings in `x-known-values`; each names a constant of its own.
    fn known_values(
        &mut self,
        source: &Source,
        pointer: &str,
        schema: &Map<String, Value>,
    ) -> Vec<String> {
        let Some(value) = schema.get("x-known-values") else { return Vec::new() };
        let pointer = format!("{pointer}/x-known-values");
        let Some(values) = value.as_array() else {
            self.report(source, &pointer, "not an array", "write [\"...\"]");
            return Vec::new();
        };
        let mut names = vec!["KNOWN".to_owned()];
        let mut known = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let name = constant_name(value.as_str().unwrap_or_default());
            let is_name =
                name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_') && name.is_ascii();
            if !is_name || names.contains(&name) {
                self.report(
                    source,
                    &format!("{pointer}/{index}"),
                    format!("{value} makes no Rust constant of its own"),
                    "use strings of ASCII letters, digits, `-` and `_` that differ in more than case and punctuation",
                );
                continue;
            }
            names.push(name);
            known.extend(value.as_str().map(str::to_owned));
        }
        known
    }

    fn integer(
        &mut self,
        source: &Source,
        pointer: &str,
        schema: &Map<String, Value>,
    ) -> Option<Scalar> {
        let safe = -MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER;
        let bound = |keyword: &str, exclusive: &str, inward: i64| {
            let bound = |keyword: &str, inward: i64| {
                let value = integral(schema.get(keyword)?)?;
                safe.contains(&value).then(|| value + inward)
            };
            bound(keyword, 0).or_else(|| bound(exclusive, inward))
        };
        let bounds =
            (bound("minimum", "exclusiveMinimum", 1), bound("maximum", "exclusiveMaximum", -1));
        let both = |a: &str, b: &str| schema.contains_key(a) && schema.contains_key(b);
        match bounds {
            (Some(minimum), Some(maximum))
                if !both("minimum", "exclusiveMinimum") && !both("maximum", "exclusiveMaximum") =>
            {
                if minimum > maximum {
                    self.report_empty(source, pointer);
                }
                Some(Scalar::Integer { minimum, maximum })
            }
            _ => {
                self.report(
                    source,
                    pointer,
                    "an integer without one integral bound on each side, within 2^53 - 1",
                    format!(
                        "add \"minimum\" and \"maximum\" from -{MAX_SAFE_INTEGER} to {MAX_SAFE_INTEGER}: \
                         an unbounded integer accepts 1e30, which no integer type holds"
                    ),
                );
                None
            }
        }
    }

    fn number(&mut self, source: &Source, pointer: &str, schema: &Map<String, Value>) -> Scalar {
        let mut bound = |inclusive: &str, exclusive: &str| {
            let keywords: Vec<_> = [inclusive, exclusive]
                .into_iter()
                .filter(|keyword| schema.contains_key(*keyword))
                .collect();
            if keywords.len() > 1 {
                self.report(
                    source,
                    &format!("{pointer}/{exclusive}"),
                    format!("both `{inclusive}` and `{exclusive}`"),
                    "keep the stricter one",
                );
            }
            keywords.first().and_then(|keyword| {
                let written = &schema[*keyword];
                let value = written.as_f64()?;
                // An integer of the file is exact; as a bound of a number it is a binary64.
                let (pointer, text) = (format!("{pointer}/{keyword}"), written.to_string());
                let number = Number { pointer: &pointer, written: &text };
                if let Some((message, help)) = not_held(&number, &value.to_string()) {
                    self.report(source, &pointer, message, help);
                }
                Some(Bound { value, exclusive: *keyword == exclusive })
            })
        };
        let minimum = bound("minimum", "exclusiveMinimum");
        let maximum = bound("maximum", "exclusiveMaximum");
        if let (Some(minimum), Some(maximum)) = (&minimum, &maximum) {
            let is_open = minimum.exclusive || maximum.exclusive;
            if minimum.value > maximum.value || (is_open && minimum.value >= maximum.value) {
                self.report_empty(source, pointer);
            }
        }
        Scalar::Number { minimum, maximum }
    }

    fn report_empty(&mut self, source: &Source, pointer: &str) {
        self.report(
            source,
            pointer,
            "no number is within these bounds",
            "put the lower bound below the upper one",
        );
    }

    /// The fields of the object schema at the top of `source`, but for `skip`.
    fn fields(&mut self, source: &'a Source, owner: &str, skip: &[&str]) -> Vec<Field> {
        if source.value["type"] != "object" {
            self.report(source, "/type", "`type` is not object", "write \"type\": \"object\"");
        }
        let empty = Map::new();
        let properties =
            source.value.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let required =
            source.value.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        for (index, name) in required.iter().enumerate() {
            if name.as_str().is_none_or(|name| !properties.contains_key(name)) {
                self.report(
                    source,
                    &format!("/required/{index}"),
                    format!("{name} is required and not declared"),
                    "declare it in `properties`, or remove it here",
                );
            }
        }
        let mut fields = Vec::new();
        for name in properties.keys().filter(|name| !skip.contains(&name.as_str())) {
            let pointer = format!("/properties/{}", escape_token(name));
            if !is_field_name(name) {
                self.report(
                    source,
                    &pointer,
                    format!("`{name}` is no name for a field"),
                    "use snake_case: a-z, 0-9 and _",
                );
                continue;
            }
            if let Some((value, description)) = self.field_value(source, &pointer, owner, name) {
                let required = required.iter().any(|key| key == name);
                fields.push(Field { name: name.clone(), value, required, description });
            }
        }
        fields
    }

    fn field_value(
        &mut self,
        source: &'a Source,
        pointer: &str,
        owner: &str,
        name: &str,
    ) -> Option<(FieldValue, Option<String>)> {
        let schema = source.value.pointer(pointer)?;
        let description = schema.get("description").and_then(Value::as_str).map(str::to_owned);
        if let Some(reference) = schema.get("$ref") {
            self.keywords(source, pointer, &[ANNOTATIONS, &["$ref"]])?;
            let target =
                reference.as_str().and_then(|reference| self.sources.resolve(source, reference));
            let definition = target
                .filter(|(target, _)| target.path == self.sources.definitions.path)
                .and_then(|(_, pointer)| pointer.strip_prefix("/$defs/"))
                .filter(|name| is_type_name(name));
            let Some(definition) = definition else {
                self.report(
                    source,
                    &format!("{pointer}/$ref"),
                    "not a shared definition",
                    "refer to definitions.schema.json#/$defs/Name",
                );
                return None;
            };
            return Some((FieldValue::Named(definition.to_owned()), description));
        }
        let type_name = format!("{owner}{}", name.to_upper_camel_case());
        let definition = self.scalar(source, pointer, &type_name)?;
        // Every public field says something, be it only which values it takes.
        let description = description.or_else(|| Some(format!("Takes: {}.", definition.scalar)));
        let plain = match &definition.scalar {
            Scalar::String { .. } => definition.known_values.is_empty(),
            Scalar::Boolean => true,
            Scalar::Integer { .. } => false,
            Scalar::Number { .. } => {
                definition.scalar == Scalar::Number { minimum: None, maximum: None }
            }
        };
        if plain {
            return Some((FieldValue::Inline(definition.scalar), description));
        }
        self.define(source, pointer, definition);
        Some((FieldValue::Named(type_name), description))
    }

    fn envelope(&mut self) -> Envelope {
        let source = &self.sources.envelope;
        self.keywords(source, "", &[DOCUMENT, ANNOTATIONS, OBJECT]);
        if !source.value["properties"].is_object() {
            self.report(source, "", "`properties` is missing", "declare the keys of the envelope");
            return Envelope {
                description: String::new(),
                keys: Vec::new(),
                type_description: String::new(),
                fields: Vec::new(),
            };
        }
        let special = [Envelope::TYPE, Envelope::DATA];
        for (key, kind) in special.into_iter().zip(["string", "object"]) {
            let pointer = format!("/properties/{key}");
            let required = source.value["required"]
                .as_array()
                .is_some_and(|keys| keys.iter().any(|name| name == key));
            if source.value.pointer(&format!("{pointer}/type")).is_none_or(|value| value != kind)
                || !required
            {
                self.report(
                    source,
                    &pointer,
                    format!("`{key}` is not a required {kind}"),
                    "the dispatch on the event type stands on it",
                );
            } else {
                self.keywords(source, &pointer, &[ANNOTATIONS, &["type"]]);
            }
        }
        let properties = source.value.get("properties").and_then(Value::as_object);
        let fields = self.fields(source, "Envelope", &special);
        for (name, definition) in [("id", "EventId"), ("created", "UnixMillis")] {
            let is_there = fields.iter().any(|field| {
                field.name == name
                    && field.required
                    && field.value == FieldValue::Named(definition.into())
            });
            if !is_there {
                self.report(
                    source,
                    "/properties",
                    format!("`{name}` is not a required {definition}"),
                    "an event without identity or time cannot be deduplicated or ordered",
                );
            }
        }
        Envelope {
            description: self.text(source, "", "description"),
            keys: properties
                .map(|properties| properties.keys().cloned().collect())
                .unwrap_or_default(),
            type_description: self.text(source, "/properties/type", "description"),
            fields,
        }
    }

    fn event(&mut self, source: &'a Source) -> EventShape {
        let event_type = source.stem().to_owned();
        self.keywords(source, "", &[DOCUMENT, ANNOTATIONS, OBJECT, SHAPE]);
        if !event_type.split('.').all(is_field_name) {
            self.report(
                source,
                "",
                format!("`{event_type}` is no event type"),
                "name the file by dotted snake_case words",
            );
        }
        let type_name = event_type.to_upper_camel_case();
        let names = |type_name: String| [type_name.clone(), format!("{type_name}Ref")];
        for name in names(type_name.clone()) {
            let twin = self.sources.data.iter().find(|other| {
                other.path < source.path
                    && names(other.stem().to_upper_camel_case()).contains(&name)
            });
            if let Some(twin) = twin {
                self.report(
                    source,
                    "",
                    format!("`{event_type}` and `{}` are both {name} in Rust", twin.stem()),
                    "rename one",
                );
                break;
            }
            if RESERVED.contains(&name.as_str()) || self.definitions.contains_key(&name) {
                self.report(source, "", format!("the name `{name}` is taken"), "rename the file");
                break;
            }
        }
        if source.value["examples"].as_array().is_none_or(Vec::is_empty) {
            self.report(
                source,
                "",
                "`examples` is missing",
                "add \"examples\": [{...}], one object at least",
            );
        }
        let domain = self.text(source, "", "x-domain");
        if !domain.is_empty() && !domain.split('-').all(is_field_name) {
            self.report(
                source,
                "/x-domain",
                format!("`{domain}` is no domain"),
                "use words in kebab-case",
            );
        }
        let high_volume = match source.value.get("x-high-volume") {
            None => false,
            Some(Value::Bool(high_volume)) => *high_volume,
            Some(_) => {
                self.report(
                    source,
                    "/x-high-volume",
                    "neither true nor false",
                    "write one of the two",
                );
                false
            }
        };
        let fields = self.fields(source, &type_name, &[]);
        EventShape {
            follow_up: self.follow_up(source, &fields),
            title: self.text(source, "", "title"),
            description: self.text(source, "", "description"),
            event_type,
            domain,
            high_volume,
            fields,
        }
    }

    /// The path of the follow-up call; each `{name}` in it is a declared string.
    fn follow_up(&mut self, source: &Source, fields: &[Field]) -> Option<String> {
        let template = match source.value.get("x-follow-up")? {
            Value::String(template) if template.starts_with('/') => template.clone(),
            _ => {
                self.report(
                    source,
                    "/x-follow-up",
                    "not an absolute path",
                    "write \"/v1/...\", the path to GET",
                );
                return None;
            }
        };
        let mut parts = template.split('{');
        let mut literals = vec![parts.next().unwrap_or_default()];
        for part in parts {
            let Some((name, literal)) = part.split_once('}') else {
                self.report(source, "/x-follow-up", "a `{` without its `}`", "write `{field}`");
                continue;
            };
            literals.push(literal);
            let is_string =
                fields.iter().filter(|field| field.name == name).any(|field| match &field.value {
                    FieldValue::Inline(scalar) => matches!(scalar, Scalar::String { .. }),
                    FieldValue::Named(definition) => {
                        self.definitions.get(definition).is_some_and(|definition| {
                            matches!(definition.scalar, Scalar::String { .. })
                        })
                    }
                });
            if !is_string {
                self.report(
                    source,
                    "/x-follow-up",
                    format!("`{{{name}}}` is no string that this shape declares"),
                    "name a declared field",
                );
            }
        }
        if literals.iter().any(|literal| literal.contains('}')) {
            self.report(source, "/x-follow-up", "a `}` without its `{`", "write `{field}`");
        }
        Some(template)
    }
}

/// The integer that `value` is, however it is spelled, if an `i64` holds it.
fn integral(value: &Value) -> Option<i64> {
    // `100.0` is shown as `100`, and a number with a fraction as no integer.
    value.as_i64().or_else(|| value.as_f64()?.to_string().parse().ok())
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

fn is_field_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !["self", "super", "crate"].contains(&name)
}
