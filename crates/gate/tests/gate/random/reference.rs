//! A second opinion on what the new contract is not held to: it follows the delivery, where the gate follows the schemas.

use serde_json::{Map, Value};

/// Whether `delivery` has something that only `new` declares: a field, or a value of the field that tells the branches of a
/// union apart.
pub(super) fn has_something_new(old: &Value, new: &Value, delivery: &Value) -> bool {
    Documents { old, new }.is_new(&[old], &[new], delivery)
}

struct Documents<'a> {
    old: &'a Value,
    new: &'a Value,
}

impl<'a> Documents<'a> {
    fn is_new(&self, old: &[&'a Value], new: &[&'a Value], value: &Value) -> bool {
        let old = speaking(self.old, old, value);
        let new = speaking(self.new, new, value);
        let tag_is_new = new.tags.iter().any(|(tag, listed)| {
            let known: Vec<_> = old.tags.iter().filter(|(known, _)| known == tag).collect();
            let here = value.get(tag);
            let is_known = known.iter().any(|(_, known)| Some(known) == here);
            here == Some(listed) && !known.is_empty() && !is_known
        });
        if tag_is_new {
            return true;
        }
        match value {
            Value::Object(fields) => fields.iter().any(|(name, value)| {
                let (known, now) = (old.of_field(name), new.of_field(name));
                if known.is_empty() && !old.requires(name) {
                    new.declares(name)
                } else {
                    self.is_new(&known, &now, value)
                }
            }),
            Value::Array(items) => {
                let [known, now] = [&old, &new].map(|said| {
                    said.schemas.iter().filter_map(|it| it.get("items")).collect::<Vec<_>>()
                });
                !known.is_empty() && items.iter().any(|item| self.is_new(&known, &now, item))
            }
            _ => false,
        }
    }
}

/// The schemas that speak of one value.
#[derive(Default)]
struct Speaking<'a> {
    schemas: Vec<&'a Map<String, Value>>,
    /// The tags of unions, and the values that they list.
    tags: Vec<(String, Value)>,
}

impl<'a> Speaking<'a> {
    fn declares(&self, name: &str) -> bool {
        let mut fields = self.schemas.iter().filter_map(|schema| schema.get("properties"));
        fields.any(|fields| fields.get(name).is_some())
    }

    fn requires(&self, name: &str) -> bool {
        let mut required = self.schemas.iter().filter_map(|it| it.get("required")?.as_array());
        required.any(|all| all.iter().any(|it| it == name))
    }

    /// What they say of a field: by its name, or as of any value of a map.
    fn of_field(&self, name: &str) -> Vec<&'a Value> {
        let of = |schema: &&'a Map<String, Value>| {
            let rest = schema.get("additionalProperties");
            let rest = rest.filter(|rest| rest.as_object().is_none_or(|rest| !rest.is_empty()));
            let rest = rest.filter(|rest| **rest != Value::Bool(true));
            schema.get("properties").and_then(|fields| fields.get(name)).or(rest)
        };
        self.schemas.iter().filter_map(of).collect()
    }
}

/// The values of the field that tells the branches of a union apart, of the branch with this condition.
pub(super) fn listed(condition: &Value) -> Vec<Value> {
    let several = condition.get("enum").and_then(Value::as_array).cloned();
    several.unwrap_or_else(|| vec![condition["const"].clone()])
}

/// All that `schemas` say of `value`, the branches that it is not of left out.
fn speaking<'a>(document: &'a Value, schemas: &[&'a Value], value: &Value) -> Speaking<'a> {
    let mut speaking = Speaking::default();
    let mut work = schemas.to_vec();
    while let Some(schema) = work.pop() {
        let Value::Object(schema) = schema else { continue };
        if speaking.schemas.iter().any(|known| std::ptr::eq(*known, schema)) {
            continue;
        }
        if let (Some(condition), Some(then)) = (schema.get("if"), schema.get("then")) {
            for (tag, of) in condition["properties"].as_object().expect("a branch") {
                let listed = listed(of);
                if value.get(tag).is_some_and(|value| listed.contains(value)) {
                    work.push(then);
                }
                speaking.tags.extend(listed.iter().map(|value| (tag.clone(), value.clone())));
            }
            continue;
        }
        speaking.schemas.push(schema);
        let target = schema.get("$ref").and_then(|it| it.as_str()?.strip_prefix('#'));
        work.extend(target.and_then(|pointer| document.pointer(pointer)));
        for keyword in ["allOf", "anyOf", "oneOf"] {
            work.extend(schema.get(keyword).and_then(Value::as_array).into_iter().flatten());
        }
    }
    speaking
}
