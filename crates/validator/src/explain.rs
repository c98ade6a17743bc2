//! The explaining path: finds every violation of a delivery with JSON Schema validators.

use std::borrow::Cow;
use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::{Map, Value};

use crate::document::{self, Malformed, Member, Places};
use crate::mode::Mode;
use crate::rule::ViolationKind;
use crate::schemas::{ObjectSchema, Schemas, step};
use crate::verdict::{MAX_VIOLATIONS, Verdict, Violation};

/// The maximum number of characters that a message quotes of a value or key.
const MAX_QUOTED: usize = 60;

pub(crate) fn explain(schemas: &Schemas, mode: Mode, bytes: &[u8]) -> Verdict {
    let text = match document::read(bytes) {
        Ok(text) => text,
        Err(Malformed { offset, rule, message }) => {
            let (instance, schema) = (String::new(), String::new());
            let violation = Located { offset, instance, schema, rule, message };
            return Verdict { event_type: None, violations: report(bytes, vec![violation], 0) };
        }
    };
    let mut explanation = Explanation { schemas, mode, text, violations: Vec::new(), unlisted: 0 };
    let event_type = explanation.delivery();
    let violations = report(bytes, explanation.violations, explanation.unlisted);
    Verdict { event_type, violations }
}

/// A violation, located by the byte offset of its value.
struct Located {
    offset: usize,
    instance: String,
    schema: String,
    rule: ViolationKind,
    message: String,
}

/// Puts violations in document order, turns offsets into lines and columns, and lists at most [`MAX_VIOLATIONS`].
/// `unlisted` counts the violations that were left out before.
fn report(bytes: &[u8], mut located: Vec<Located>, unlisted: usize) -> Vec<Violation> {
    located.sort_by_key(|violation| (violation.offset, violation.rule));
    let unlisted = unlisted + located.len().saturating_sub(MAX_VIOLATIONS);
    located.truncate(MAX_VIOLATIONS);
    let mut places = Places::new(bytes);
    let mut violations: Vec<_> = located
        .into_iter()
        .map(|Located { offset, instance, schema, rule, message }| {
            let (line, column) = places.place(offset);
            Violation { instance, schema, rule, message, line, column }
        })
        .collect();
    if unlisted > 0 {
        violations.push(Violation {
            instance: String::new(),
            schema: String::new(),
            rule: ViolationKind::TooMany,
            message: format!("{unlisted} more violations are not listed: fix these first."),
            line: 1,
            column: 1,
        });
    }
    violations
}

struct Explanation<'a> {
    schemas: &'a Schemas,
    mode: Mode,
    text: &'a str,
    violations: Vec<Located>,
    /// The number of violations left out of `violations` because there are too many.
    unlisted: usize,
}

/// An object of the delivery under judgement.
struct Object<'a> {
    /// JSON Pointer into the delivery.
    pointer: &'static str,
    /// Its name in messages.
    name: String,
    raw: &'a str,
    members: Vec<Member<'a>>,
    schema: &'a ObjectSchema,
}

impl<'a> Explanation<'a> {
    /// Judges the whole delivery and returns its event type.
    fn delivery(&mut self) -> Option<Cow<'static, str>> {
        let raw = self.text.trim();
        let envelope = Object {
            pointer: "",
            name: "the envelope".into(),
            raw,
            // A delivery that is not an object has no members; the schema says that it should be one.
            members: document::members(raw).unwrap_or_default(),
            schema: &self.schemas.envelope,
        };
        let instance = self.value(&envelope);
        self.object(&envelope, &instance);

        let member = envelope.member("type")?;
        let event_type = instance["type"].as_str()?;
        let Some(shape) = self.schemas.shape(event_type) else {
            if self.mode == Mode::Producer {
                self.violations.push(self.at(&envelope, member, unknown_type(event_type)));
            }
            return Some(Cow::Owned(event_type.to_owned()));
        };
        // If `data` is not an object, the envelope's schema has already said so.
        let data = envelope.member("data").and_then(|member| {
            Some(Object {
                pointer: "/data",
                name: format!("`data` of {event_type}"),
                raw: member.raw,
                members: document::members(member.raw)?,
                schema: shape,
            })
        });
        if let Some(data) = data {
            let instance = self.value(&data);
            self.object(&data, &instance);
        }
        Some(Cow::Owned(event_type.to_owned()))
    }

    /// The value that validators judge in place of `object`: its declared fields, with stand-ins for numbers. Schemas are
    /// open, so the other fields do not matter to them. A delivery that is not an object is judged as the value it is.
    fn value(&self, object: &Object<'_>) -> Value {
        if !object.raw.starts_with('{') {
            return self.scalar(object.raw);
        }
        let mut value = Map::new();
        for Member { key, raw } in &object.members {
            // The first of duplicates counts here; being duplicates is a violation of its own.
            if object.schema.declares(key) && !value.contains_key(key.as_ref()) {
                value.insert(key.to_string(), self.scalar(raw));
            }
        }
        Value::Object(value)
    }

    fn scalar(&self, raw: &str) -> Value {
        match raw.as_bytes() {
            [b'-' | b'0'..=b'9', ..] => Value::Number(self.schemas.bounds.stand_in(raw)),
            // No shape declares fields within fields, so the type is all that matters.
            [b'{', ..] => Value::Object(Map::new()),
            [b'[', ..] => Value::Array(Vec::new()),
            _ => serde_json::from_str(raw).expect("the whole document has been read"),
        }
    }

    /// Judges one object by its schema, and by the rules that JSON Schema cannot express.
    fn object(&mut self, object: &Object<'a>, instance: &Value) {
        for error in object.schema.validator().iter_errors(instance) {
            let violation = self.schema_violation(object, &error);
            self.violations.push(violation);
        }
        let mut seen = HashSet::new();
        let mut listed = 0;
        for member in &object.members {
            let declared = object.schema.declares(&member.key);
            if !declared && self.mode == Mode::Reader {
                continue;
            }
            let first = seen.insert(member.key.as_ref());
            let problem = match (declared, first) {
                (true, false) | (false, true) if listed >= MAX_VIOLATIONS => {
                    self.unlisted += 1;
                    None
                }
                (true, false) => Some(duplicate(object, member)),
                (false, true) => Some(undeclared(object, member)),
                (true, true) if self.mode == Mode::Producer => self.new_value(object, member),
                (true, true) | (false, false) => None,
            };
            listed += usize::from(problem.is_some());
            self.violations.extend(problem.map(|problem| self.at(object, member, problem)));
        }
    }

    fn schema_violation(&self, object: &Object<'a>, error: &ValidationError<'_>) -> Located {
        let path = error.instance_path();
        let member = if path.is_empty() {
            None
        } else {
            object.members.iter().find(|member| step(&member.key) == *path)
        };
        let raw = member.map_or(object.raw, |member| member.raw);
        let name = member.map_or_else(|| object.name.clone(), |member| format!("`{}`", member.key));
        let is = format!("{name} is {}", describe(raw));
        let (rule, message) = match error.kind() {
            ValidationErrorKind::Required { property: Value::String(property) } => {
                (ViolationKind::Required, {
                    let twin = object.members.iter().find(|member| is_twin(&member.key, property));
                    let hint = twin.map_or_else(String::new, |twin| {
                        format!(" Should {} be `{property}`?", quote(&twin.key))
                    });
                    format!("`{property}` is missing from {}.{hint}", object.name)
                })
            }
            ValidationErrorKind::Type { kind } => (ViolationKind::Type, {
                let expected = expected(kind);
                let optional = member.is_some_and(|member| object.schema.is_optional(&member.key));
                if raw == "null" && optional {
                    format!("{is}, expected {expected}: leave the field out if it has no value.")
                } else {
                    format!("{is}, expected {expected}.")
                }
            }),
            ValidationErrorKind::Minimum { limit } => {
                (ViolationKind::Minimum, format!("{is}, expected at least {limit}."))
            }
            ValidationErrorKind::Maximum { limit } => {
                (ViolationKind::Maximum, format!("{is}, expected at most {limit}."))
            }
            ValidationErrorKind::ExclusiveMinimum { limit } => {
                (ViolationKind::ExclusiveMinimum, format!("{is}, expected more than {limit}."))
            }
            ValidationErrorKind::ExclusiveMaximum { limit } => {
                (ViolationKind::ExclusiveMaximum, format!("{is}, expected less than {limit}."))
            }
            ValidationErrorKind::Format { format } => {
                (ViolationKind::Format, format!("{is}, expected the format `{format}`."))
            }
            _ => (ViolationKind::Schema, format!("{is}: {}.", error.masked())),
        };
        Located {
            offset: self.offset(raw),
            instance: format!("{}{path}", object.pointer),
            schema: format!("#{}", error.schema_path()),
            rule,
            message,
        }
    }

    /// The problem with a value of an open set that is not one of the known values.
    fn new_value(&self, object: &Object<'_>, member: &Member<'_>) -> Option<Problem> {
        let (schema, values) = object.schema.known_values(&member.key)?;
        let value = self.scalar(member.raw);
        // A value of another type is reported by the validator.
        (value.is_string() && !values.contains(&value)).then(|| {
            let known: Vec<_> = values.iter().filter_map(Value::as_str).collect();
            let message = format!(
                "`{}` is {}, which is not one of the known values: {}. Add it to the schema, or correct it.",
                member.key,
                describe(member.raw),
                known.join(", ")
            );
            Problem { schema: schema.to_owned(), rule: ViolationKind::UnknownValue, message }
        })
    }

    /// `problem`, located at `member` of `object`.
    fn at(&self, object: &Object<'_>, member: &Member<'_>, problem: Problem) -> Located {
        Located {
            offset: self.offset(member.raw),
            instance: format!("{}{}", object.pointer, step(&member.key)),
            schema: format!("#{}", problem.schema),
            rule: problem.rule,
            message: problem.message,
        }
    }

    /// The byte offset of `raw`, which must be a part of the text.
    fn offset(&self, raw: &str) -> usize {
        raw.as_ptr().addr() - self.text.as_ptr().addr()
    }
}

/// A problem with a member that JSON Schema does not report, and the place in the bundle that is to blame.
struct Problem {
    schema: String,
    rule: ViolationKind,
    message: String,
}

fn duplicate(object: &Object<'_>, member: &Member<'_>) -> Problem {
    let message = format!(
        "`{}` appears more than once in {}: JSON readers disagree on which one counts. Keep one.",
        member.key, object.name
    );
    Problem {
        schema: object.schema.property(&member.key),
        rule: ViolationKind::DuplicateKey,
        message,
    }
}

fn undeclared(object: &Object<'_>, member: &Member<'_>) -> Problem {
    let message = format!(
        "{} is not declared in {}: readers ignore it. Declare it in the schema, or remove it.",
        quote(&member.key),
        object.name
    );
    let schema = format!("{}/properties", object.schema.pointer);
    Problem { schema, rule: ViolationKind::UndeclaredField, message }
}

fn unknown_type(event_type: &str) -> Problem {
    let message = format!(
        "`type` is {}, which is not an event type of this contract: readers do not know its `data`. \
         Add its shape to the schemas, or correct the name.",
        quote(event_type)
    );
    Problem { schema: "/allOf".to_owned(), rule: ViolationKind::UnknownType, message }
}

impl<'a> Object<'a> {
    fn member(&self, key: &str) -> Option<&Member<'a>> {
        self.members.iter().find(|member| member.key == key)
    }
}

/// Whether `key` is another spelling of `declared`: `teamId` of `team_id`.
fn is_twin(key: &str, declared: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
    }
    letters(key).eq(letters(declared))
}

fn expected(kind: &TypeKind) -> String {
    let types = match kind {
        TypeKind::Single(kind) => vec![kind.to_string()],
        TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect(),
    };
    let types: Vec<_> = types
        .iter()
        .map(|kind| match kind.as_str() {
            "integer" | "object" | "array" => format!("an {kind}"),
            "null" => "null".to_owned(),
            _ => format!("a {kind}"),
        })
        .collect();
    types.join(" or ")
}

/// The JSON value `raw`, as part of a sentence.
fn describe(raw: &str) -> String {
    match raw.as_bytes() {
        [b'{', ..] => "an object".to_owned(),
        [b'[', ..] => "an array".to_owned(),
        [b'"', ..] => format!("the string {}", abridge(raw)),
        _ => abridge(raw),
    }
}

/// A string of the delivery, such as a key, as part of a sentence.
fn quote(text: &str) -> String {
    format!("`{}`", abridge(text))
}

/// `text`, shortened to [`MAX_QUOTED`] characters, with control and formatting characters escaped.
fn abridge(text: &str) -> String {
    let mut abridged = String::new();
    for (index, c) in text.chars().enumerate() {
        if index == MAX_QUOTED {
            abridged.push_str("...");
            break;
        }
        match c {
            '"' | '\'' | '\\' => abridged.push(c),
            _ => abridged.extend(c.escape_debug()),
        }
    }
    abridged
}
