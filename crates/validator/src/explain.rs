//! The explaining path: every violation of a delivery, by JSON Schema validators.

use std::borrow::Cow;
use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::{Map, Value};

use crate::contract::{Contract, Schema, escape_token, keyword};
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
            return Verdict { event_type: None, violations: report(bytes, vec![found]) };
        }
    };
    let mut explanation = Explanation { contract, mode, text, found: Vec::new() };
    let event_type = explanation.delivery();
    Verdict { event_type, violations: report(bytes, explanation.found) }
}

/// A violation at a byte offset.
struct Found {
    offset: usize,
    instance: String,
    schema: String,
    rule: Rule,
    message: String,
}

/// `found` in the order of the document, with lines and columns, cut to [`MAX_VIOLATIONS`].
fn report(bytes: &[u8], mut found: Vec<Found>) -> Vec<Violation> {
    found.sort_by_key(|found| (found.offset, found.rule));
    let more = found.len().saturating_sub(MAX_VIOLATIONS);
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
        let instance = self.value(raw, &envelope.members);
        self.object(&envelope, &instance);

        let event_type = instance.get("type")?.as_str()?;
        let Some(shape) = self.contract.shape(event_type) else {
            if self.mode == Mode::Producer {
                self.unknown_type(&envelope, event_type);
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
            let instance = self.value(data.raw, &data.members);
            self.object(&data, &instance);
        }
        Some(Cow::Owned(event_type.to_owned()))
    }

    /// The value of `raw`, which is an object with `members` or not an object, with stand-ins for
    /// the numbers that validators see.
    fn value(&self, raw: &str, members: &[Member<'_>]) -> Value {
        if !raw.starts_with('{') {
            return self.scalar(raw);
        }
        let mut object = Map::new();
        for member in members {
            // Of duplicates the first counts; where that matters, they are a violation.
            if !object.contains_key(&member.key) {
                object.insert(member.key.clone(), self.scalar(member.raw));
            }
        }
        Value::Object(object)
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
        for member in &object.members {
            let Some(property) = object.schema.property(&member.key) else {
                if self.mode == Mode::Producer && seen.insert(member.key.as_str()) {
                    self.undeclared(object, member);
                }
                continue;
            };
            if !seen.insert(&member.key) {
                self.push(object, member, &property, Rule::DuplicateKey, format!(
                    "`{}` stands twice in {}: readers of JSON disagree on which one counts. Remove one.",
                    member.key, object.name
                ));
            }
            if self.mode == Mode::Producer {
                self.known_values(object, member, &property);
            }
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

    fn undeclared(&mut self, object: &Object<'a>, member: &Member<'a>) {
        let schema = format!("{}/properties", object.schema.pointer);
        let message = format!(
            "{} is not declared in {}: readers ignore it. Declare it in the schema, or remove it.",
            quote(&member.key),
            object.name
        );
        self.push(object, member, &schema, Rule::UndeclaredField, message);
    }

    fn unknown_type(&mut self, envelope: &Object<'a>, event_type: &str) {
        let Some(member) = envelope.member("type") else { return };
        let message = format!(
            "`type` is {}, which is no event type of this contract: readers cannot know its `data`. \
             Add its shape to the schemas, or mend the name.",
            quote(event_type)
        );
        self.push(envelope, member, "/allOf", Rule::UnknownType, message);
    }

    fn known_values(&mut self, object: &Object<'a>, member: &Member<'a>, property: &str) {
        let Some((schema, values)) = keyword(property, "x-known-values") else { return };
        let value = self.scalar(member.raw);
        let Some(values) = values.as_array().filter(|values| !values.contains(&value)) else {
            return;
        };
        if !value.is_string() {
            return; // The type's violation.
        }
        let known: Vec<_> = values.iter().filter_map(Value::as_str).collect();
        let message = format!(
            "`{}` is {}, which is not among the known values: {}. Add it to the schema, or mend it.",
            member.key,
            describe(member.raw),
            known.join(", ")
        );
        self.push(object, member, &schema, Rule::UnknownValue, message);
    }

    fn push(
        &mut self,
        object: &Object<'a>,
        member: &Member<'a>,
        schema: &str,
        rule: Rule,
        message: String,
    ) {
        self.found.push(Found {
            offset: self.offset(member.raw),
            instance: format!("{}/{}", object.pointer, escape_token(&member.key)),
            schema: format!("#{schema}"),
            rule,
            message,
        });
    }

    /// Where `raw`, a part of the text, starts.
    fn offset(&self, raw: &str) -> usize {
        raw.as_ptr().addr() - self.text.as_ptr().addr()
    }
}

impl<'a> Object<'a> {
    fn member(&self, key: &str) -> Option<&Member<'a>> {
        self.members.iter().find(|member| member.key == key)
    }
}

/// Whether `key` is `declared` in another spelling: `teamId` for `team_id`.
fn is_twin(key: &str, declared: &str) -> bool {
    let letters = |text: &str| -> Vec<_> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    key.len() <= 2 * declared.len() && letters(key) == letters(declared)
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
