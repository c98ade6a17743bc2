//! A schema of one draft in the words of a later one: files of several drafts that refer to each other become one document.

use schema_source::escape_token;
use serde_json::{Map, Value};

use super::below::Holds;
use crate::engine::Draft;
use crate::judge::Gate;

/// A schema that means in the later draft what it meant in its own.
pub(super) struct Translated {
    pub(super) schema: Value,
    pub(super) moved: Vec<Moved>,
}

/// A keyword that has another name now.
pub(super) struct Moved {
    /// JSON Pointer from the schema on.
    pub(super) now: String,
    pub(super) before: String,
}

/// What has no words in the later draft.
pub(super) struct Untranslatable {
    /// JSON Pointer from the schema on.
    pub(super) pointer: String,
    pub(super) why: &'static str,
    pub(super) help: &'static str,
}

/// The way out of everything.
pub(super) const ONE_DRAFT: &str = "write all of these files in one draft";

/// Keywords that may reject values, or hold schemas, and that not every draft has, with the first that does. To those before, they say
/// nothing.
const SINCE: &[(Draft, &[&str])] = &[
    (Draft::Draft6, &["const", "contains", "contentEncoding", "contentMediaType", "propertyNames"]),
    (Draft::Draft7, &["else", "if", "then"]),
    (
        Draft::Draft201909,
        &[
            "$defs",
            "contentSchema",
            "dependentRequired",
            "dependentSchemas",
            "maxContains",
            "minContains",
            "unevaluatedItems",
            "unevaluatedProperties",
        ],
    ),
    (Draft::Draft202012, &["prefixItems"]),
];

/// Formats that have meant the same since a draft.
const FORMATS: &[(Draft, &[&str])] = &[
    (Draft::Draft4, &["date-time", "email", "ipv4", "ipv6", "uri"]),
    (Draft::Draft6, &["json-pointer", "uri-reference", "uri-template"]),
    (
        Draft::Draft7,
        &["date", "idn-email", "iri", "iri-reference", "regex", "relative-json-pointer", "time"],
    ),
    (Draft::Draft201909, &["duration", "uuid"]),
];

/// Whether `draft` does not ignore `keyword`, as far as is known here.
pub(super) fn is_keyword(keyword: &str, draft: Draft) -> bool {
    let is_later =
        SINCE.iter().any(|(since, keywords)| *since > draft && keywords.contains(&keyword));
    let is_gone = keyword == "additionalItems" && draft == Draft::Draft202012;
    !(is_later || is_gone)
}

/// `schema`, of the draft `from`, in words of `to`, which is the same one or a later one, for a document that has schemas of several
/// drafts and is judged by `gate`. It has no keyword that its draft ignores.
///
/// # Errors
///
/// What cannot be said there, or would mean another thing beside schemas of another draft.
pub(super) fn translate(
    schema: &Value,
    from: Draft,
    to: Draft,
    gate: &Gate,
) -> Result<Translated, Untranslatable> {
    let mut translator = Translator { from, to, gate, moved: Vec::new() };
    let schema = translator.schema(schema, &At::default())?;
    Ok(Translated { schema, moved: translator.moved })
}

/// Where a value stands, and where it stood.
#[derive(Clone, Default)]
struct At {
    now: String,
    before: String,
}

impl At {
    fn below(&self, key: &str) -> Self {
        self.renamed(key, key)
    }

    fn renamed(&self, before: &str, now: &str) -> Self {
        let below = |pointer: &str, key| format!("{pointer}/{}", escape_token(key));
        Self { now: below(&self.now, now), before: below(&self.before, before) }
    }
}

struct Translator<'g> {
    from: Draft,
    to: Draft,
    gate: &'g Gate,
    moved: Vec<Moved>,
}

impl Translator<'_> {
    fn schema(&mut self, schema: &Value, at: &At) -> Result<Value, Untranslatable> {
        let Value::Object(members) = schema else { return Ok(schema.clone()) };
        let mut translated = Map::new();
        // Up to draft 7 a `$ref` is all there is.
        if self.from <= Draft::Draft7
            && let Some(reference @ Value::String(_)) = members.get("$ref")
        {
            translated.insert("$ref".to_owned(), reference.clone());
            return Ok(translated.into());
        }
        for (keyword, value) in members {
            let Some(name) = self.named(keyword, members) else { continue };
            if let Some((why, help)) = self.untranslatable(keyword, value) {
                let pointer = at.below(keyword).before;
                return Err(Untranslatable { pointer, why, help });
            }
            let below = at.renamed(keyword, name);
            let value = match (Holds::of(keyword, value), value) {
                (Holds::Schema, schema) => self.schema(schema, &below)?,
                (Holds::ByName, Value::Object(schemas)) => {
                    let schemas = schemas.iter().map(|(key, schema)| {
                        Ok((key.clone(), self.schema(schema, &below.below(key))?))
                    });
                    Value::Object(schemas.collect::<Result<_, _>>()?)
                }
                (Holds::List, Value::Array(items)) => {
                    let items = items
                        .iter()
                        .enumerate()
                        .map(|(index, item)| self.schema(item, &below.below(&index.to_string())));
                    Value::Array(items.collect::<Result<_, _>>()?)
                }
                (_, data) => data.clone(),
            };
            if name != keyword {
                self.moved.push(Moved { now: below.now, before: below.before });
            }
            translated.insert(name.to_owned(), value);
        }
        Ok(translated.into())
    }

    /// What `keyword`, which stands among `members`, is called in the later draft; none if it says nothing in its own.
    fn named<'k>(&self, keyword: &'k str, members: &Map<String, Value>) -> Option<&'k str> {
        let is_strict = |flag| {
            self.from == Draft::Draft4
                && self.to > Draft::Draft4
                && members.get(flag) == Some(&Value::Bool(true))
        };
        let tuples_move = self.from < Draft::Draft202012 && self.to == Draft::Draft202012;
        let tuple = members.get("items").filter(|items| items.is_array());
        let (from, to) = (self.from, self.to);
        match keyword {
            "minimum" if is_strict("exclusiveMinimum") => Some("exclusiveMinimum"),
            "maximum" if is_strict("exclusiveMaximum") => Some("exclusiveMaximum"),
            "exclusiveMinimum" | "exclusiveMaximum" if from == Draft::Draft4 && to > from => None,
            "items" if tuples_move && tuple.is_some() => Some("prefixItems"),
            "additionalItems" if tuples_move => tuple.map(|_| "items"),
            _ => Some(keyword),
        }
    }

    /// Why `keyword` with this value cannot stand in a document of several drafts, and what to do.
    fn untranslatable(&self, keyword: &str, value: &Value) -> Option<(&'static str, &'static str)> {
        let (from, to) = (self.from, self.to);
        Some(match (keyword, value) {
            ("unevaluatedItems", _) if from < to => {
                ("`contains` tells what is evaluated since draft 2020-12 only", ONE_DRAFT)
            }
            ("contentEncoding" | "contentMediaType", Value::String(_))
                if from <= Draft::Draft7
                    && to > Draft::Draft7
                    && self.gate.assert_content != Some(false) =>
            {
                (
                    "content keywords may reject values up to draft 7, and only describe them later",
                    "set `assert_content` to false if they only describe values, or write all of these files in one draft",
                )
            }
            ("type", value)
                if from == Draft::Draft4
                    && to > from
                    && self.gate.zero_fraction_is_integer == Some(false)
                    && mentions(value, "integer") =>
            {
                (
                    "`1.0` is no integer in draft 4, as `zero_fraction_is_integer` is false, and one later",
                    "leave `zero_fraction_is_integer` out or set it to true, or write all of these files in one draft",
                )
            }
            ("format", Value::String(format))
                if from < to && self.gate.assert_formats && !is_stable(format, from) =>
            {
                ("the format is not the same in all drafts, and formats reject values", ONE_DRAFT)
            }
            _ => return None,
        })
    }
}

fn mentions(value: &Value, name: &str) -> bool {
    match value {
        Value::Array(names) => names.iter().any(|one| one == name),
        one => one == name,
    }
}

/// Whether `format` means the same in `draft` and in all later ones.
fn is_stable(format: &str, draft: Draft) -> bool {
    FORMATS.iter().any(|(since, names)| *since <= draft && names.contains(&format))
}
