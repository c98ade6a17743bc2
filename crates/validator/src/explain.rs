//! The explaining path: every violation of a delivery, by JSON Schema validators.

use std::borrow::Cow;
use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::{Map, Value};

use crate::contract::{Contract, Schema, escape_token};
use crate::document::{self, Malformed, Member, Places};
use crate::{MAX_VIOLATIONS, Mode, Rule, Verdict, Violation};

/// Characters of a value or key that a message quotes.
const MAX_QUOTED: usize = 60;

pub(crate) fn explain(contract: &Contract, mode: Mode, bytes: &[u8]) -> Verdict {
    let text = match document::read(bytes) {
        Ok(text) => text,
        Err(Malformed { offset, rule, message }) => {
            let found =
                Found { offset, instance: String::new(), schema: String::new(), rule, message };
            return Verdict { event_type: None, violations: report(bytes, vec![found], 0) };
        }
    };
    let mut explanation = Explanation { contract, mode, text, found: Vec::new(), more: 0 };
    let event_type = explanation.delivery();
    Verdict { event_type, violations: report(bytes, explanation.found, explanation.more) }
}

/// A violation at a byte offset.
struct Found {
    offset: usize,
    instance: String,
    schema: String,
    rule: Rule,
    message: String,
}

/// `found` in the order of the document, with lines and columns, cut to [`MAX_VIOLATIONS`]. So many
/// `more` are known of.
fn report(bytes: &[u8], mut found: Vec<Found>, more: usize) -> Vec<Violation> {
    found.sort_by_key(|found| (found.offset, found.rule));
    let more = more + found.len().saturating_sub(MAX_VIOLATIONS);
    found.truncate(MAX_VIOLATIONS);
    let mut places = Places::new(bytes);
    let mut violations: Vec<_> = found
        .into_iter()
        .map(|Found { offset, instance, schema, rule, message }| {
            let (line, column) = places.place(offset);
            Violation { instance, schema, rule, message, line, column }
        })
        .collect();
    if more > 0 {
        violations.push(Violation {
            instance: String::new(),
            schema: String::new(),
            rule: Rule::TooMany,
            message: format!("{more} more violations are not listed: mend these first."),
            line: 1,
            column: 1,
        });
    }
    violations
}

struct Explanation<'a> {
    contract: &'a Contract,
    mode: Mode,
    text: &'a str,
    found: Vec<Found>,
    /// Violations that will not be listed, being too many.
    more: usize,
}

/// An object of the delivery under judgement.
struct Object<'a> {
    /// JSON Pointer into the delivery.
    pointer: &'static str,
    /// What a person calls it.
    name: String,
    raw: &'a str,
    members: Vec<Member<'a>>,
    schema: &'a Schema,
}

impl<'a> Explanation<'a> {
    /// Judges the whole delivery; returns its event type.
    fn delivery(&mut self) -> Option<Cow<'static, str>> {
        let raw = self.text.trim();
        let envelope = Object {
            pointer: "",
            name: "the envelope".into(),
            raw,
            members: document::members(raw).unwrap_or_default(),
            schema: &self.contract.envelope,
        };
        let instance = self.value(&envelope);
        self.object(&envelope, &instance);

        let event_type = instance.get("type")?.as_str()?;
        let Some(shape) = self.contract.shape(event_type) else {
            if self.mode == Mode::Producer {
                let member = envelope.member("type")?;
                self.found.push(self.at(&envelope, member, unknown_type(event_type)));
            }
            return Some(Cow::Owned(event_type.to_owned()));
        };
        // A `data` that is no object is the envelope's violation.
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

    /// The value of `object`, which may be none, for validators to judge: its declared fields, with
    /// stand-ins for numbers. Schemas are open: the other fields do not matter to them.
    fn value(&self, object: &Object<'_>) -> Value {
        if !object.raw.starts_with('{') {
            return self.scalar(object.raw);
        }
        let mut value = Map::new();
        for Member { key, raw } in &object.members {
            // Of duplicates the first counts; there being two is a violation of its own.
            if object.schema.declares(key) && !value.contains_key(key.as_ref()) {
                value.insert(key.to_string(), self.scalar(raw));
            }
        }
        Value::Object(value)
    }

    fn scalar(&self, raw: &str) -> Value {
        match raw.as_bytes() {
            [b'-' | b'0'..=b'9', ..] => Value::Number(self.contract.bounds.stand_in(raw)),
            // No shape declares fields of fields: that it is an object or an array says all.
            [b'{', ..] => Value::Object(Map::new()),
            [b'[', ..] => Value::Array(Vec::new()),
            _ => serde_json::from_str(raw).unwrap_or_default(),
        }
    }

    /// Judges one object by its schema, and what JSON Schema has no words for.
    fn object(&mut self, object: &Object<'a>, instance: &Value) {
        for error in object.schema.validator().iter_errors(instance) {
            let found = self.schema_violation(object, &error);
            self.found.push(found);
        }
        let mut seen = HashSet::new();
        let mut listed = 0;
        for member in &object.members {
            let declared = object.schema.declares(&member.key);
            if !declared && self.mode == Mode::Reader {
                continue;
            }
            let first = seen.insert(member.key.as_ref());
            let violation = match (declared, first) {
                (true, false) | (false, true) if listed >= MAX_VIOLATIONS => {
                    self.more += 1;
                    None
                }
                (true, false) => Some(duplicate(object, member)),
                (false, true) => Some(undeclared(object, member)),
                (true, true) if self.mode == Mode::Producer => self.new_value(object, member),
                _ => None,
            };
            listed += usize::from(violation.is_some());
            self.found.extend(violation.map(|problem| self.at(object, member, problem)));
        }
    }

    fn schema_violation(&self, object: &Object<'a>, error: &ValidationError<'_>) -> Found {
        let path = error.instance_path().as_str();
        let member = path
            .strip_prefix('/')
            .and_then(|key| object.members.iter().find(|member| escape_token(&member.key) == key));
        let raw = member.map_or(object.raw, |member| member.raw);
        let name = member.map_or_else(|| object.name.clone(), |member| format!("`{}`", member.key));
        let is = format!("{name} is {}", describe(raw));
        let (rule, message) = match error.kind() {
            ValidationErrorKind::Required { property } => (Rule::Required, {
                let property = property.as_str().unwrap_or_default();
                let twin = object.members.iter().find(|member| is_twin(&member.key, property));
                twin.map_or_else(
                    || format!("`{property}` is missing in {}.", object.name),
                    |twin| {
                        format!(
                            "`{property}` is missing in {}. Is {} meant to be it?",
                            object.name,
                            quote(&twin.key)
                        )
                    },
                )
            }),
            ValidationErrorKind::Type { kind } => (Rule::Type, {
                let expected = expected(kind);
                let optional = member.is_some_and(|member| object.schema.is_optional(&member.key));
                if raw == "null" && optional {
                    format!("{is}, expected {expected}: where there is none, leave the field out.")
                } else {
                    format!("{is}, expected {expected}.")
                }
            }),
            ValidationErrorKind::Minimum { limit } => {
                (Rule::Minimum, format!("{is}, expected at least {limit}."))
            }
            ValidationErrorKind::Maximum { limit } => {
                (Rule::Maximum, format!("{is}, expected at most {limit}."))
            }
            ValidationErrorKind::ExclusiveMinimum { limit } => {
                (Rule::ExclusiveMinimum, format!("{is}, expected more than {limit}."))
            }
            ValidationErrorKind::ExclusiveMaximum { limit } => {
                (Rule::ExclusiveMaximum, format!("{is}, expected less than {limit}."))
            }
            ValidationErrorKind::Format { format } => {
                (Rule::Format, format!("{is}, expected the format `{format}`."))
            }
            _ => (Rule::Schema, format!("{is}: {}.", error.masked())),
        };
        Found {
            offset: self.offset(raw),
            instance: format!("{}{path}", object.pointer),
            schema: format!("#{}", error.schema_path()),
            rule,
            message,
        }
    }

    /// A value of an open set that is not among the known ones.
    fn new_value(&self, object: &Object<'_>, member: &Member<'_>) -> Option<Problem> {
        let (schema, values) = object.schema.known_values(&member.key)?;
        let value = self.scalar(member.raw);
        // Of another type is the validator's to say.
        (value.is_string() && !values.contains(&value)).then(|| {
            let known: Vec<_> = values.iter().filter_map(Value::as_str).collect();
            let message = format!(
                "`{}` is {}, which is not among the known values: {}. Add it to the schema, or mend it.",
                member.key,
                describe(member.raw),
                known.join(", ")
            );
            Problem { schema: schema.to_owned(), rule: Rule::UnknownValue, message }
        })
    }

    /// `problem` with `member` of `object`.
    fn at(&self, object: &Object<'_>, member: &Member<'_>, problem: Problem) -> Found {
        Found {
            offset: self.offset(member.raw),
            instance: format!("{}/{}", object.pointer, escape_token(&member.key)),
            schema: format!("#{}", problem.schema),
            rule: problem.rule,
            message: problem.message,
        }
    }

    /// Where `raw`, a part of the text, starts.
    fn offset(&self, raw: &str) -> usize {
        raw.as_ptr().addr() - self.text.as_ptr().addr()
    }
}

/// What is wrong with a member, and the place in the bundle that says so.
struct Problem {
    schema: String,
    rule: Rule,
    message: String,
}

fn duplicate(object: &Object<'_>, member: &Member<'_>) -> Problem {
    let message = format!(
        "`{}` stands twice in {}: readers of JSON disagree on which one counts. Remove one.",
        member.key, object.name
    );
    Problem { schema: object.schema.property(&member.key), rule: Rule::DuplicateKey, message }
}

fn undeclared(object: &Object<'_>, member: &Member<'_>) -> Problem {
    let message = format!(
        "{} is not declared in {}: readers ignore it. Declare it in the schema, or remove it.",
        quote(&member.key),
        object.name
    );
    let schema = format!("{}/properties", object.schema.pointer);
    Problem { schema, rule: Rule::UndeclaredField, message }
}

fn unknown_type(event_type: &str) -> Problem {
    let message = format!(
        "`type` is {}, which is no event type of this contract: readers cannot know its `data`. \
         Add its shape to the schemas, or mend the name.",
        quote(event_type)
    );
    Problem { schema: "/allOf".to_owned(), rule: Rule::UnknownType, message }
}

impl<'a> Object<'a> {
    fn member(&self, key: &str) -> Option<&Member<'a>> {
        self.members.iter().find(|member| member.key == key)
    }
}

/// Whether `key` is `declared` in another spelling: `teamId` for `team_id`.
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

/// The JSON value `raw` in a sentence.
fn describe(raw: &str) -> String {
    match raw.as_bytes() {
        [b'{', ..] => "an object".to_owned(),
        [b'[', ..] => "an array".to_owned(),
        [b'"', ..] => format!("the string {}", abridge(raw)),
        _ => abridge(raw),
    }
}

/// A key or another string of the delivery in a sentence.
fn quote(text: &str) -> String {
    format!("`{}`", abridge(text))
}

/// `text` cut to [`MAX_QUOTED`] characters, with nothing in it that a terminal acts on.
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
