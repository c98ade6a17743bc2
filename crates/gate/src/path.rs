//! A place in deliveries, whatever the delivery: through objects, lists, maps and the branches of unions.

use std::collections::BTreeSet;

use schema_source::{escape_token, unescape_token};
use serde_json::{Map, Value, json};

use crate::words::{anything, is_tagged, where_holds};

/// The way from a delivery down to a value in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Path(Vec<Step>);

/// A step down, or to the same value under a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// To the field of this name.
    Field(String),
    /// To any item of a list.
    Item,
    /// To any value of a map: those of the keys `beside` are fields.
    Value { beside: BTreeSet<String> },
    /// To the same object, where its field `tag` is `value`: a branch of a union.
    Case { tag: String, value: String },
}

/// How a value in a delivery stands to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The path leads to it, or to something that holds it.
    Within,
    /// The path leads through it.
    Above,
    /// Neither.
    Apart,
}

/// Stands for any item of a list and for any key of a map.
const ANY: &str = "*";

impl Path {
    /// The path of a JSON Pointer: fields within fields.
    pub(crate) fn of_fields(pointer: &str) -> Self {
        Self(pointer.split('/').skip(1).map(|token| Step::Field(unescape_token(token))).collect())
    }

    pub(crate) fn below(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// The number of values above.
    pub(crate) fn depth(&self) -> usize {
        self.0.iter().filter(|step| !matches!(step, Step::Case { .. })).count()
    }

    /// The path without its last step, and that step.
    pub(crate) fn split_last(&self) -> Option<(Self, &Step)> {
        let (last, rest) = self.0.split_last()?;
        Some((Self(rest.to_vec()), last))
    }

    /// As a JSON Pointer into a delivery, in which `*` stands for any item or key.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.0 {
            match step {
                Step::Field(name) => pointer.extend(["/", &escape_token(name)]),
                Step::Item | Step::Value { .. } => pointer.extend(["/", ANY]),
                Step::Case { .. } => {}
            }
        }
        pointer
    }

    /// As a person writes it: by the name of a field, or by the way to it. `whole` is the part of which each step need not
    /// be told.
    pub(crate) fn named(&self, whole: &Self) -> String {
        let told = self.0.strip_prefix(&*whole.0).filter(|told| !told.is_empty());
        let told = told.unwrap_or(&self.0);
        match told {
            [Step::Field(name)] if name.is_empty() => return "\"\"".to_owned(),
            [Step::Field(name)] => return name.clone(),
            _ => {}
        }
        let mut named = String::new();
        for (index, step) in told.iter().enumerate() {
            let slash = if index == 0 { "" } else { "/" };
            match step {
                Step::Field(name) => named.extend([slash, &escape_token(name)]),
                Step::Item | Step::Value { .. } => named.extend([slash, ANY]),
                Step::Case { tag, value } => named.extend(["[", tag, "=", value, "]"]),
            }
        }
        named
    }

    /// How the value at the JSON Pointer `instance` of `delivery` stands to this path. There may be none: a field that is
    /// missing has a place.
    pub(crate) fn standing(&self, delivery: &Value, instance: &str) -> Standing {
        let mut tokens = instance.split('/').skip(1).map(unescape_token);
        let mut value = Some(delivery);
        for step in &self.0 {
            if let Step::Case { tag, value: of } = step {
                let found = value.and_then(|value| value.get(tag)?.as_str());
                if found != Some(of) {
                    return Standing::Apart;
                }
                continue;
            }
            let Some(token) = tokens.next() else { return Standing::Above };
            let leads = match step {
                Step::Field(name) => *name == token,
                Step::Item => value.is_some_and(Value::is_array),
                Step::Value { beside } => !beside.contains(&token),
                Step::Case { .. } => true,
            };
            if !leads {
                return Standing::Apart;
            }
            value = value.and_then(|value| match value {
                Value::Array(items) => items.get(token.parse::<usize>().ok()?),
                value => value.get(&token),
            });
        }
        Standing::Within
    }

    /// JSON Pointers of all places in `delivery` that it leads to: those of its last field also where there is no such
    /// field.
    pub(crate) fn places(&self, delivery: &Value) -> Vec<String> {
        let mut places = vec![(String::new(), Some(delivery))];
        for step in &self.0 {
            places = places
                .into_iter()
                .flat_map(|(pointer, value)| step.places(&pointer, value))
                .collect();
        }
        places.into_iter().map(|(pointer, _)| pointer).collect()
    }

    /// A schema that demands `schema` of the values that this leads to, and nothing of others.
    pub(crate) fn demanding(&self, schema: Value) -> Value {
        self.0.iter().rev().fold(schema, |schema, step| match step {
            Step::Field(name) => json!({ "properties": { name: schema } }),
            Step::Item => json!({ "items": schema }),
            Step::Value { beside } => {
                let beside: Map<_, _> =
                    beside.iter().map(|name| (name.clone(), anything())).collect();
                json!({ "properties": beside, "additionalProperties": schema })
            }
            Step::Case { tag, value } => where_holds(&is_tagged(tag, [value]), &schema),
        })
    }
}

impl Step {
    /// Where this leads to from `value`, which stands at `pointer`.
    fn places<'v>(
        &self,
        pointer: &str,
        value: Option<&'v Value>,
    ) -> Vec<(String, Option<&'v Value>)> {
        let below = |token: &str| format!("{pointer}/{}", escape_token(token));
        match (self, value) {
            (Self::Field(name), Some(Value::Object(object))) => {
                vec![(below(name), object.get(name))]
            }
            (Self::Item, Some(Value::Array(items))) => items
                .iter()
                .enumerate()
                .map(|(index, item)| (format!("{pointer}/{index}"), Some(item)))
                .collect(),
            (Self::Value { beside }, Some(Value::Object(object))) => object
                .iter()
                .filter(|(key, _)| !beside.contains(*key))
                .map(|(key, value)| (below(key), Some(value)))
                .collect(),
            (Self::Case { tag, value: of }, Some(value))
                if value.get(tag).and_then(Value::as_str) == Some(of) =>
            {
                vec![(pointer.to_owned(), Some(value))]
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(steps: &[Step]) -> Path {
        Path(steps.to_vec())
    }

    fn field(name: &str) -> Step {
        Step::Field(name.into())
    }

    fn deep() -> Path {
        let beside = ["fixed".to_owned()].into();
        let case = Step::Case { tag: "kind".into(), value: "a".into() };
        path(&[field("data"), field("l~s/t"), Step::Item, Step::Value { beside }, case, field("x")])
    }

    #[test]
    fn a_path_is_told_and_pointed_at() {
        assert_eq!(deep().pointer(), "/data/l~0s~1t/*/*/x");
        assert_eq!(deep().named(&path(&[field("data")])), "l~0s~1t/*/*[kind=a]/x");
        assert_eq!(path(&[field("data"), field("a/b")]).named(&path(&[field("data")])), "a/b");
        assert_eq!(path(&[field("data")]).named(&path(&[field("data")])), "data");
        assert_eq!(path(&[field("")]).named(&Path::default()), "\"\"");
        assert_eq!(Path::of_fields("/a/b~1c"), path(&[field("a"), field("b/c")]));
        assert_eq!((deep().depth(), Path::default().depth()), (5, 0));
    }

    #[test]
    fn a_path_finds_its_places_in_a_delivery() {
        let a = json!({ "kind": "a", "x": 1 });
        let lists = json!([{ "fixed": a, "k": a, "m": { "kind": "a" }, "n": { "kind": "b" } }, 3]);
        let delivery = json!({ "data": { "l~s/t": lists } });
        assert_eq!(deep().places(&delivery), ["/data/l~0s~1t/0/k/x", "/data/l~0s~1t/0/m/x"]);
        let standing = |instance: &str| deep().standing(&delivery, instance);
        assert_eq!(standing("/data/l~0s~1t/0/k/x"), Standing::Within);
        assert_eq!(standing("/data/l~0s~1t/0/k/x/deeper"), Standing::Within);
        assert_eq!(standing("/data/l~0s~1t/0/m/x"), Standing::Within);
        assert_eq!(standing("/data/l~0s~1t/0/n/x"), Standing::Apart, "another branch");
        assert_eq!(standing("/data/l~0s~1t/0/fixed/x"), Standing::Apart, "a field of the map");
        assert_eq!(standing("/data/l~0s~1t/0/k/y"), Standing::Apart);
        assert_eq!(standing("/data/l~0s~1t/0"), Standing::Above);
        assert_eq!(standing(""), Standing::Above);
    }

    #[test]
    fn what_a_path_demands_is_demanded_there_alone() {
        let schema = deep().demanding(json!({ "const": 2 }));
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let with = |key: &str, value: Value| json!({ "data": { "l~s/t": [{ key: value }] } });
        assert!(!validator.is_valid(&with("k", json!({ "kind": "a", "x": 1 }))));
        for harmless in [
            with("k", json!({ "kind": "a", "x": 2 })),
            with("k", json!({ "kind": "a" })),
            with("k", json!({ "kind": "b", "x": 1 })),
            with("fixed", json!({ "kind": "a", "x": 1 })),
            json!({ "data": { "l~s/t": { "k": 1 } } }),
        ] {
            assert!(validator.is_valid(&harmless), "{harmless}");
        }
    }
}
