//! Whether two parts of documents say the same in the same words: `$ref` and annotations aside.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::keywords::is_annotation;
use crate::pair::Pair;
use crate::view::View;

/// Whether two subschemas, one of each document, say the same in the same words.
pub(crate) fn same(views: Pair<View<'_>>, schemas: Pair<&Value>) -> bool {
    Comparison { views, assumed: BTreeSet::new() }.schemas(schemas)
}

struct Comparison<'a> {
    views: Pair<View<'a>>,
    /// Pairs of references, released and new, that are being compared: recursive schemas are the same if nothing tells
    /// them apart.
    assumed: BTreeSet<(String, String)>,
}

impl Comparison<'_> {
    fn schemas(&mut self, schemas: Pair<&Value>) -> bool {
        let released = Resolved::of(schemas.released, self.views.released);
        let new = Resolved::of(schemas.new, self.views.new);
        // Where one side is written out, it ends the descent.
        if let (Some(from), Some(to)) = (released.reference, new.reference)
            && !self.assumed.insert((from.to_owned(), to.to_owned()))
        {
            return true;
        }
        let (Value::Object(released), Value::Object(new)) = (released.schema, new.schema) else {
            return released.schema == new.schema;
        };
        let (released, new) = (constraints(released), constraints(new));
        released.len() == new.len()
            && released.iter().all(|(keyword, value)| {
                let other = new.get(keyword);
                other.is_some_and(|new| self.values(keyword, Pair { released: value, new }))
            })
    }

    /// The values of one keyword.
    fn values(&mut self, keyword: &str, values: Pair<&Value>) -> bool {
        match (keyword, values.released, values.new) {
            // Data, and what `schemas` could not resolve.
            ("const" | "enum" | "required" | "dependentRequired" | "$ref", released, new) => {
                released == new
            }
            // Names of fields are not keywords, whatever they are called.
            (
                "properties" | "patternProperties" | "dependentSchemas",
                Value::Object(released),
                Value::Object(new),
            ) => {
                released.len() == new.len()
                    && released.iter().all(|(name, released)| {
                        new.get(name).is_some_and(|new| self.schemas(Pair { released, new }))
                    })
            }
            (_, Value::Array(released), Value::Array(new)) => {
                released.len() == new.len()
                    && released
                        .iter()
                        .zip(new)
                        .all(|(released, new)| self.schemas(Pair { released, new }))
            }
            _ => self.schemas(values),
        }
    }
}

fn constraints(schema: &Map<String, Value>) -> BTreeMap<&str, &Value> {
    let keywords = schema.iter().map(|(keyword, value)| (keyword.as_str(), value));
    keywords.filter(|(keyword, _)| !is_annotation(keyword)).collect()
}

/// A schema that is more than a reference, and the last reference that led to it.
struct Resolved<'a> {
    schema: &'a Value,
    reference: Option<&'a str>,
}

impl<'a> Resolved<'a> {
    /// The one that `schema` stands for, which is itself unless it is a `$ref` and nothing else.
    fn of(schema: &'a Value, view: View<'a>) -> Self {
        let mut resolved = Self { schema, reference: None };
        let mut seen = BTreeSet::new();
        while let Value::Object(object) = resolved.schema {
            let mut keywords = constraints(object).into_iter();
            let (Some(("$ref", Value::String(reference))), None) =
                (keywords.next(), keywords.next())
            else {
                break;
            };
            let Some(schema) = view.referred(reference) else { break };
            if !seen.insert(reference) {
                break;
            }
            resolved = Self { schema, reference: Some(reference) };
        }
        resolved
    }
}
