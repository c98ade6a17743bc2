//! YAML 1.2 whose value is JSON: the value, and the bytes of each part of it.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::{Map, Value};

use crate::decimal::{Complaint, Number};
use crate::part::Part;
use crate::pointer::escape_token;

/// As deep as `serde_json` reads JSON.
const MAX_DEPTH: usize = 128;

/// Values that aliases may add beyond those that are written: a small file may say a very large value otherwise.
const MAX_COPIES: usize = 100_000;

/// What is wrong in a text, and at which byte.
pub(crate) struct Fault {
    pub(crate) byte: usize,
    pub(crate) pointer: String,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// The value that `text` denotes by the core schema (YAML 1.2.2, 10.3), and its parts.
pub(crate) fn parse(text: &str) -> Result<(Value, Part), Fault> {
    let mut reading = Reading::new(text);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let byte = reading.byte(error.marker().index());
            let message = format!("not YAML: {}", error.info());
            reading.fault(byte, message, "fix the syntax (YAML 1.2)")
        })?;
        reading.take(event, span)?;
    }
    match reading.root.take() {
        Some(Built { value, part, .. }) => Ok((value, part)),
        None => Err(reading.fault(0, "the file is empty".to_owned(), "write a schema")),
    }
}

/// A value that was read.
struct Built {
    value: Value,
    part: Part,
    /// How many values it is made of.
    count: usize,
}

/// A collection that is being read.
struct Open {
    kind: Kind,
    /// Of what it is a target, unless 0.
    anchor: usize,
    start: usize,
    end: usize,
    count: usize,
}

enum Kind {
    Sequence(Vec<Value>, Vec<Part>),
    /// With the key whose value comes next, and where that stands.
    Mapping(Map<String, Value>, HashMap<String, Part>, Option<(String, usize)>),
}

struct Reading<'t> {
    text: &'t str,
    /// The byte of each character; none if each is one byte.
    bytes: Vec<usize>,
    open: Vec<Open>,
    anchors: HashMap<usize, (Value, usize)>,
    copies: usize,
    documents: usize,
    root: Option<Built>,
}

impl<'t> Reading<'t> {
    fn new(text: &'t str) -> Self {
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(byte, _)| byte).collect()
        };
        Self {
            text,
            bytes,
            open: Vec::new(),
            anchors: HashMap::new(),
            copies: 0,
            documents: 0,
            root: None,
        }
    }

    fn byte(&self, character: usize) -> usize {
        if self.bytes.is_empty() {
            return character.min(self.text.len());
        }
        self.bytes.get(character).copied().unwrap_or(self.text.len())
    }

    /// The part that is being read.
    fn pointer(&self) -> String {
        let tokens = self.open.iter().filter_map(|open| match &open.kind {
            Kind::Sequence(items, _) => Some(items.len().to_string()),
            Kind::Mapping(_, _, next) => next.as_ref().map(|(key, _)| escape_token(key)),
        });
        tokens.fold(String::new(), |pointer, token| pointer + "/" + &token)
    }

    fn fault(&self, byte: usize, message: String, help: impl Into<String>) -> Fault {
        Fault { byte, pointer: self.pointer(), message, help: help.into() }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        let (start, end) = (self.byte(span.start.index()), self.byte(span.end.index()));
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    let message = "a second document begins here".to_owned();
                    return Err(self.fault(start, message, "put each into a file of its own"));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                if self.is_at_key() {
                    return self.key(&text, style, start);
                }
                let value = self.scalar(&text, style, tag.as_deref(), start)?;
                self.built(value, anchor, start..end)?;
            }
            Event::SequenceStart(anchor, tag) => {
                let kind = Kind::Sequence(Vec::new(), Vec::new());
                self.begin(kind, anchor, tag.as_deref(), "seq", start)?;
            }
            Event::MappingStart(anchor, tag) => {
                let kind = Kind::Mapping(Map::new(), HashMap::new(), None);
                self.begin(kind, anchor, tag.as_deref(), "map", start)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(end)?,
            Event::Alias(anchor) => self.alias(anchor, start..end)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn is_at_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { kind: Kind::Mapping(_, _, None), .. }))
    }

    fn key(&mut self, text: &str, style: ScalarStyle, start: usize) -> Result<(), Fault> {
        if style == ScalarStyle::Plain && text == "<<" {
            let message = "`<<` does not merge in YAML 1.2: it would be a key".to_owned();
            return Err(self.fault(start, message, "write the members out, or refer by `$ref`"));
        }
        let known = match self.open.last() {
            Some(Open { kind: Kind::Mapping(_, parts, _), .. }) => parts.get(text),
            _ => None,
        };
        if let Some(first) = known {
            let line = self.text[..first.span.start].matches('\n').count() + 1;
            let mut fault = self.fault(start, twice(line), REMOVE_ONE);
            fault.pointer = format!("{}/{}", fault.pointer, escape_token(text));
            return Err(fault);
        }
        if let Some(Open { kind: Kind::Mapping(_, _, next), .. }) = self.open.last_mut() {
            *next = Some((text.to_owned(), start));
        }
        Ok(())
    }

    fn begin(
        &mut self,
        kind: Kind,
        anchor: usize,
        tag: Option<&Tag>,
        own: &str,
        start: usize,
    ) -> Result<(), Fault> {
        if self.is_at_key() {
            let message = "a key that is no text".to_owned();
            return Err(self.fault(start, message, "the keys of JSON are strings"));
        }
        if self.open.len() == MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} deep");
            return Err(self.fault(start, message, "put parts of it into definitions"));
        }
        if let Some(tag) = tag
            && !(tag.is_yaml_core_schema() && tag.suffix == own)
        {
            return Err(self.unknown_tag(tag, start));
        }
        self.open.push(Open { kind, anchor, start, end: start, count: 1 });
        Ok(())
    }

    fn end(&mut self, end: usize) -> Result<(), Fault> {
        let Some(Open { kind, anchor, start, end: last, count }) = self.open.pop() else {
            return Ok(());
        };
        let (value, members, items, closing) = match kind {
            Kind::Sequence(values, items) => (Value::Array(values), HashMap::new(), items, ']'),
            Kind::Mapping(values, members, _) => (Value::Object(values), members, Vec::new(), '}'),
        };
        // A block ends where something else begins.
        let is_flow = self.text[..end].ends_with(closing);
        let span = start..if is_flow { end } else { last };
        self.add(Built { value, part: Part { span, members, items }, count }, anchor)
    }

    fn alias(&mut self, anchor: usize, span: Range<usize>) -> Result<(), Fault> {
        let Some((value, count)) = self.anchors.get(&anchor) else {
            let message = "the alias stands within what it names".to_owned();
            return Err(self.fault(span.start, message, "refer to it by `$ref`"));
        };
        if self.is_at_key() {
            let message = "an alias as a key".to_owned();
            return Err(self.fault(span.start, message, "write the key out"));
        }
        self.copies += count;
        if self.copies > MAX_COPIES {
            let message = format!("aliases add more than {MAX_COPIES} values");
            return Err(self.fault(span.start, message, "refer to them by `$ref`"));
        }
        let (value, count) = (value.clone(), *count);
        let depth = self.open.len() + depth(&value);
        if depth > MAX_DEPTH {
            let message = format!("nested more than {MAX_DEPTH} deep");
            return Err(self.fault(span.start, message, "refer to it by `$ref`"));
        }
        let part = Part { span, members: HashMap::new(), items: Vec::new() };
        self.add(Built { value, part, count }, 0)
    }

    fn built(&mut self, value: Value, anchor: usize, span: Range<usize>) -> Result<(), Fault> {
        let part = Part { span, members: HashMap::new(), items: Vec::new() };
        self.add(Built { value, part, count: 1 }, anchor)
    }

    fn add(&mut self, built: Built, anchor: usize) -> Result<(), Fault> {
        if anchor != 0 {
            // What is kept for aliases counts as well: each level of a nest may have an anchor.
            self.copies += built.count;
            if self.copies > MAX_COPIES {
                let message = format!("anchors name more than {MAX_COPIES} values");
                return Err(self.fault(built.part.span.start, message, "name fewer of them"));
            }
            self.anchors.insert(anchor, (built.value.clone(), built.count));
        }
        let Some(Open { kind, end, count, .. }) = self.open.last_mut() else {
            self.root = Some(built);
            return Ok(());
        };
        *end = built.part.span.end;
        *count += built.count;
        match kind {
            Kind::Sequence(values, parts) => {
                values.push(built.value);
                parts.push(built.part);
            }
            Kind::Mapping(values, parts, next) => {
                if let Some((key, start)) = next.take() {
                    values.insert(key.clone(), built.value);
                    let span = start..built.part.span.end.max(start);
                    parts.insert(key, Part { span, ..built.part });
                }
            }
        }
        Ok(())
    }

    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        start: usize,
    ) -> Result<Value, Fault> {
        let is_plain = style == ScalarStyle::Plain;
        let value = match tag {
            None if is_plain => self.plain(text, start)?,
            None => Value::String(text.to_owned()),
            Some(tag) if format!("{}{}", tag.handle, tag.suffix) == "!" => {
                Value::String(text.to_owned())
            }
            Some(tag) if !tag.is_yaml_core_schema() => return Err(self.unknown_tag(tag, start)),
            Some(tag) => {
                let value =
                    if tag.suffix == "str" { Value::Null } else { self.plain(text, start)? };
                match (tag.suffix.as_str(), &value) {
                    ("str", _) => Value::String(text.to_owned()),
                    ("null", Value::Null)
                    | ("bool", Value::Bool(_))
                    | ("int" | "float", Value::Number(_)) => value,
                    _ => return Err(self.unknown_tag(tag, start)),
                }
            }
        };
        Ok(value)
    }

    fn unknown_tag(&self, tag: &Tag, start: usize) -> Fault {
        let tag = format!("{}{}", tag.handle, tag.suffix);
        let message = format!("the tag `{tag}` makes no JSON of this");
        self.fault(start, message, "leave it out")
    }

    /// A scalar without quotes: what it looks like.
    fn plain(&self, text: &str, start: usize) -> Result<Value, Fault> {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
            "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
            "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
            ".nan" | ".NaN" | ".NAN" => return Err(self.no_number(text, start)),
            _ => {}
        }
        if let ".inf" | ".Inf" | ".INF" = text.strip_prefix(['-', '+']).unwrap_or(text) {
            return Err(self.no_number(text, start));
        }
        let Some(json) = number(text) else { return Ok(Value::String(text.to_owned())) };
        let held = serde_json::from_str::<serde_json::Number>(&json);
        let held = held.map_err(|_| self.no_number(text, start))?;
        let complaint =
            Number { pointer: &self.pointer(), written: &json }.not_held(&held.to_string());
        match complaint {
            Some(Complaint { message, help }) => Err(self.fault(start, message, help)),
            None => Ok(held.into()),
        }
    }

    fn no_number(&self, text: &str, start: usize) -> Fault {
        let shown: String = text.chars().take(60).collect();
        let message = format!("`{shown}` is no number of JSON that a type holds");
        self.fault(start, message, "write it in quotes if it is text")
    }
}

/// What to say of a key whose first place is on `line`.
pub(crate) fn twice(line: usize) -> String {
    format!("the key occurs twice in one object: first on line {line}")
}

pub(crate) const REMOVE_ONE: &str = "remove one of the two: readers disagree on which counts";

/// How many collections are in each other at most.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// The JSON number that a plain scalar is by the core schema, if it is one.
fn number(text: &str) -> Option<String> {
    let is_of = |text: &str, radix| !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix).filter(|digits| is_of(digits, radix)) {
            // What is larger than that is text to nobody, and a number to few.
            return Some(u128::from_str_radix(digits, radix).unwrap_or(u128::MAX).to_string());
        }
    }
    let (sign, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (if text.starts_with('-') { "-" } else { "" }, rest),
        None => ("", text),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (rest, None),
    };
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (mantissa, None),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let some_digits = |text: &str| !text.is_empty() && is_digits(text);
    let is_number = is_digits(integer)
        && is_digits(fraction.unwrap_or_default())
        && (some_digits(integer) || fraction.is_some_and(some_digits))
        && exponent.is_none_or(|it| some_digits(it.strip_prefix(['-', '+']).unwrap_or(it)));
    if !is_number {
        return None;
    }
    let mut json = sign.to_owned();
    let integer = integer.trim_start_matches('0');
    json.push_str(if integer.is_empty() { "0" } else { integer });
    if let Some(fraction) = fraction.filter(|fraction| !fraction.is_empty()) {
        json.push('.');
        json.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        json.push('e');
        json.push_str(exponent);
    }
    Some(json)
}
