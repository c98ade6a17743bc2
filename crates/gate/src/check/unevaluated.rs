//! Where an unevaluated keyword looks at a schema of another draft: what it finds evaluated there is said by none of the drafts.

use std::collections::HashSet;

use schema_source::unescape_token;
use serde_json::Value;

use super::below::below;
use crate::engine::Draft;
use crate::pointer::of_reference;

const UNEVALUATED: &[&str] = &["unevaluatedItems", "unevaluatedProperties"];
/// Keywords whose schemas are about the same value.
const IN_PLACE: &[&str] = &["allOf", "anyOf", "else", "if", "not", "oneOf", "then"];
/// The same, by names.
const IN_PLACE_BY_NAME: &[&str] = &["dependencies", "dependentSchemas"];

/// A document of several parts.
pub(super) struct Parts<'p> {
    /// The part of a name; without one, all that is no definition. Each reference leads to a part.
    pub(super) part: &'p dyn Fn(Option<&str>) -> Option<&'p Value>,
    /// The draft that it was written in.
    pub(super) draft: &'p dyn Fn(Option<&str>) -> Draft,
}

impl Parts<'_> {
    /// The JSON Pointer from the part of a name on of an unevaluated keyword there that looks at a part of another draft.
    pub(super) fn looks_across(&self, name: Option<&str>) -> Option<String> {
        let own = (self.draft)(name);
        let mut work = vec![((self.part)(name)?, String::new())];
        while let Some((value, pointer)) = work.pop() {
            let keyword = UNEVALUATED.iter().find(|it| value.get(**it).is_some());
            if let Some(keyword) = keyword
                && self.meets_another(value, own)
            {
                return Some(format!("{pointer}/{keyword}"));
            }
            let below = below(value).into_iter();
            work.extend(below.map(|(rest, schema)| (schema, format!("{pointer}{rest}"))));
        }
        None
    }

    /// Whether a reference on the way to what `schema` says of one value leads to a part of another draft than `own`.
    fn meets_another(&self, schema: &Value, own: Draft) -> bool {
        let (mut seen, mut work) = (HashSet::new(), vec![schema]);
        while let Some(schema) = work.pop() {
            let Value::Object(members) = schema else { continue };
            for (keyword, value) in members {
                match value {
                    Value::String(reference) if keyword == "$ref" => {
                        let name = referred(reference);
                        if (self.draft)(name.as_deref()) != own {
                            return true;
                        }
                        let part = (self.part)(name.as_deref());
                        work.extend(part.filter(|_| seen.insert(name)));
                    }
                    Value::Array(items) if IN_PLACE.contains(&keyword.as_str()) => {
                        work.extend(items);
                    }
                    value if IN_PLACE.contains(&keyword.as_str()) => work.push(value),
                    Value::Object(named) if IN_PLACE_BY_NAME.contains(&keyword.as_str()) => {
                        work.extend(named.values());
                    }
                    _ => {}
                }
            }
        }
        false
    }
}

/// The name of the definition that `reference` leads to; none if it is the whole document.
fn referred(reference: &str) -> Option<String> {
    let pointer = of_reference(reference)?;
    pointer.rsplit_once('/').map(|(_, name)| unescape_token(name))
}
