//! The reference judge: applies the rules of the bundle one by one, slowly and plainly.
//!
//! It shares no code with the crates that it judges: `serde_json` splits the text, `regress` matches patterns, and everything
//! else is here. If two paths differ, it says which one is right.

use std::borrow::Cow;
use std::collections::HashMap;

use regex_syntax::hir::{Class, ClassUnicode, HirKind};
use regress::Regex;
use serde_json::Value;

use crate::json::{Decimal, Json, Member};

/// A judge that follows one bundle.
#[derive(Debug)]
pub struct Reference {
    bundle: Value,
    patterns: HashMap<String, Regex>,
    /// Characters that Unicode has not assigned yet, in the version of the generated tables.
    unassigned: ClassUnicode,
    /// Characters that it has assigned, in the later version that `regress` knows.
    assigned: Regex,
}

/// A character that no version has assigned.
const UNASSIGNED: char = '\u{378}';

impl Reference {
    /// A judge that follows `bundle`.
    ///
    /// # Panics
    ///
    /// Never: its own patterns are right.
    pub fn new(bundle: Value) -> Self {
        let mut patterns = HashMap::new();
        each_object(&bundle, &mut |object| {
            if let Some(Value::String(pattern)) = object.get("pattern") {
                // What is no pattern may be the schema of a field with this name, or an example of one.
                if let Ok(regex) = Regex::with_flags(pattern, "u") {
                    patterns.insert(pattern.clone(), regex);
                }
            }
        });
        let assigned = Regex::with_flags(r"\P{Cn}", "u").expect("a pattern");
        Self { bundle, patterns, unassigned: unassigned(), assigned }
    }

    /// The bundle that it follows.
    pub fn bundle(&self) -> &Value {
        &self.bundle
    }

    /// `text` with another character in place of each that was assigned in the later version, for a `pattern` that asks for
    /// properties of characters. Any other one asks for the characters themselves.
    fn as_assigned<'t>(&self, text: &'t str, pattern: &str) -> Cow<'t, str> {
        if ![r"\p{", r"\P{"].iter().any(|property| pattern.contains(property)) {
            return text.into();
        }
        let is_unassigned = |character| {
            let after = self.unassigned.ranges().partition_point(|range| range.end() < character);
            self.unassigned.ranges().get(after).is_some_and(|range| range.start() <= character)
        };
        let is_new = |character: char| {
            is_unassigned(character) && self.assigned.find(&character.to_string()).is_some()
        };
        text.chars()
            .map(|known| if is_new(known) { UNASSIGNED } else { known })
            .collect::<String>()
            .into()
    }

    /// Judges the bytes of a delivery.
    ///
    /// # Errors
    ///
    /// If they are not a valid delivery, says why.
    pub fn judge(&self, bytes: &[u8]) -> Result<(), String> {
        self.check(&self.bundle, &Json::parse(bytes)?)
    }

    /// Whether `schema`, a part of the bundle, takes `value`.
    pub fn takes(&self, schema: &Value, value: &Json) -> bool {
        self.check(schema, value).is_ok()
    }

    /// The part of the bundle that `reference` names.
    ///
    /// # Panics
    ///
    /// If there is none: the bundle stands alone.
    pub fn target(&self, reference: &str) -> &Value {
        let pointer = reference.strip_prefix('#');
        let target = pointer.and_then(|pointer| self.bundle.pointer(pointer));
        target.unwrap_or_else(|| panic!("the bundle has no {reference}"))
    }

    /// Checks `value` against `schema`. Every keyword is either honoured or known to constrain nothing.
    fn check(&self, schema: &Value, value: &Json) -> Result<(), String> {
        let keywords = match schema {
            Value::Bool(true) => return Ok(()),
            Value::Bool(false) => return Err("nothing is taken".into()),
            schema => schema.as_object().expect("a schema is an object"),
        };
        for (keyword, operand) in keywords {
            match keyword.as_str() {
                "$schema" | "$id" | "$comment" | "$defs" | "title" | "description" | "examples"
                | "format" | "default" | "deprecated" | "readOnly" | "writeOnly" => {}
                annotation if annotation.starts_with("x-") => {}
                "then" => {} // Handled with `if`.
                "$ref" => self.check(self.target(operand.as_str().expect("a string")), value)?,
                "allOf" => {
                    elements(operand).try_for_each(|branch| self.check(branch, value))?;
                }
                "anyOf" if elements(operand).any(|branch| self.takes(branch, value)) => {}
                "oneOf" => {
                    let met = elements(operand).filter(|branch| self.takes(branch, value)).count();
                    if met != 1 {
                        return Err(format!("meets {met} alternatives"));
                    }
                }
                "if" => {
                    if self.takes(operand, value) {
                        self.check(&schema["then"], value)?;
                    }
                }
                "properties" => {
                    for (key, schema) in operand.as_object().expect("an object") {
                        let values = members(value).filter(|member| member.key.value == *key);
                        for (index, member) in values.enumerate() {
                            if index > 0 {
                                return Err(format!("{key} occurs twice"));
                            }
                            self.check(schema, &member.value)
                                .map_err(|error| format!("{key}: {error}"))?;
                        }
                    }
                }
                "additionalProperties" => {
                    let is_declared = |key: &str| schema["properties"].get(key).is_some();
                    for Member { key, value } in members(value) {
                        if !is_declared(&key.value) {
                            self.check(operand, value)
                                .map_err(|error| format!("{}: {error}", key.value))?;
                        }
                    }
                }
                "required" => {
                    for key in elements(operand) {
                        let missing =
                            |value: &Json| members(value).all(|member| key != &member.key.value);
                        if matches!(value, Json::Object(_)) && missing(value) {
                            return Err(format!("{key} is missing"));
                        }
                    }
                }
                "items" => {
                    for (at, item) in items(value).iter().enumerate() {
                        self.check(operand, item).map_err(|error| format!("{at}: {error}"))?;
                    }
                }
                "const" if value.is(operand) => {}
                "enum" if elements(operand).any(|member| value.is(member)) => {}
                "type" if is_of_type(value, operand) => {}
                "pattern" => {
                    let Json::Text(text) = value else { continue };
                    let pattern = operand.as_str().expect("a string");
                    if self.patterns[pattern]
                        .find(&self.as_assigned(&text.value, pattern))
                        .is_none()
                    {
                        return Err(format!("does not match {pattern}"));
                    }
                }
                "minItems" | "maxItems" | "minLength" | "maxLength" | "minimum" | "maximum"
                | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
                    if !measures(value, keyword, operand) {
                        return Err(format!("{value} breaks {keyword} {operand}"));
                    }
                }
                "anyOf" | "const" | "enum" | "type" => {
                    return Err(format!("{keyword} takes it not: {operand}"));
                }
                unknown => panic!("the reference judge does not know the keyword `{unknown}`"),
            }
        }
        Ok(())
    }
}

/// Calls `f` with each object in `value`.
pub(crate) fn each_object<'a>(
    value: &'a Value,
    f: &mut impl FnMut(&'a serde_json::Map<String, Value>),
) {
    match value {
        Value::Object(object) => {
            f(object);
            object.values().for_each(|child| each_object(child, f));
        }
        Value::Array(array) => array.iter().for_each(|child| each_object(child, f)),
        _ => {}
    }
}

/// The elements of an array; none of what is no array.
pub(crate) fn elements(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Json) -> impl Iterator<Item = &Member> {
    let members = if let Json::Object(members) = value { members.as_slice() } else { &[] };
    members.iter()
}

fn items(value: &Json) -> &[Json] {
    if let Json::Array(items) = value { items } else { &[] }
}

/// Whether `value` keeps a limit; what has no such measure does.
fn measures(value: &Json, keyword: &str, limit: &Value) -> bool {
    let length;
    let number = match value {
        Json::Array(items) if keyword.ends_with("Items") => {
            length = items.len().to_string();
            &length
        }
        Json::Text(text) if keyword.ends_with("Length") => {
            length = text.value.chars().count().to_string();
            &length
        }
        Json::Number(number) if !keyword.ends_with("Items") && !keyword.ends_with("Length") => {
            number
        }
        _ => return true,
    };
    let (number, limit) = (Decimal::new(number), Decimal::new(&limit.to_string()));
    match keyword {
        "minItems" | "minLength" | "minimum" => number >= limit,
        "maxItems" | "maxLength" | "maximum" => number <= limit,
        "exclusiveMinimum" => number > limit,
        "exclusiveMaximum" => number < limit,
        _ => number.is_multiple_of(&limit),
    }
}

fn is_of_type(value: &Json, kinds: &Value) -> bool {
    let is = |kind: &str| match value {
        Json::Object(_) => kind == "object",
        Json::Array(_) => kind == "array",
        Json::Text(_) => kind == "string",
        Json::Number(number) => {
            kind == "number" || kind == "integer" && Decimal::new(number).is_integer()
        }
        Json::Literal(literal) if literal == "null" => kind == "null",
        Json::Literal(_) => kind == "boolean",
    };
    match kinds {
        Value::String(kind) => is(kind),
        kinds => elements(kinds).any(|kind| kind.as_str().is_some_and(is)),
    }
}

fn unassigned() -> ClassUnicode {
    match regex_syntax::parse(r"\p{Cn}").map(|parsed| parsed.kind().clone()) {
        Ok(HirKind::Class(Class::Unicode(class))) => class,
        other => panic!("a class of characters, not {other:?}"),
    }
}
