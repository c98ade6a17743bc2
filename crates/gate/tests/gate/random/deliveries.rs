//! Random deliveries of a contract: many are valid, some only almost.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::reference::listed;

/// Values of every type, at and beside the bounds that random contracts have.
const ODD: &str = r#"[
    null, true, 0, 1, 3, 9, 10, 77, 100, 101, 0.25, 1000.25, -1, "", "a", "abcdefgh", "abcdefghi", "one", "new", "bad",
    "a0", [], [null], ["s"], {}, { "kind": "a" }, { "kind": "b" }, { "kind": "unheard of" }
]"#;

/// Makes deliveries that a document is likely to accept.
pub(super) struct Sampler<'a> {
    document: &'a Value,
    /// Names that some version of the contract declares, or none.
    names: Vec<String>,
    odd: Vec<Value>,
}

impl<'a> Sampler<'a> {
    pub(super) fn new(document: &'a Value, other: &Value) -> Self {
        let mut names = vec!["undeclared".to_owned()];
        let mut work = vec![document, other];
        while let Some(value) = work.pop() {
            match value {
                Value::Array(items) => work.extend(items),
                Value::Object(object) => {
                    let fields = object.get("properties").and_then(Value::as_object);
                    names.extend(fields.into_iter().flatten().map(|(name, _)| name.clone()));
                    work.extend(object.values());
                }
                _ => {}
            }
        }
        names.sort();
        names.dedup();
        Self { document, names, odd: serde_json::from_str(ODD).expect("JSON") }
    }

    pub(super) fn delivery(&self, rng: &mut Rng) -> Value {
        let mut delivery = self.value(self.document, 9, rng);
        for _ in 0..rng.usize(..3) {
            self.change(&mut delivery, 0, rng);
        }
        delivery
    }

    fn odd(&self, rng: &mut Rng) -> Value {
        rng.choice(&self.odd).expect("one").clone()
    }

    fn value(&self, schema: &Value, depth: usize, rng: &mut Rng) -> Value {
        let Some(keywords) = schema.as_object().filter(|_| depth > 0 && rng.u8(..60) > 0) else {
            return self.odd(rng);
        };
        if let Some(value) = keywords.get("const") {
            return value.clone();
        }
        if let Some(values) = keywords.get("enum").and_then(Value::as_array) {
            return rng.choice(values).cloned().unwrap_or_default();
        }
        let target = keywords.get("$ref").and_then(|it| it.as_str()?.strip_prefix('#'));
        let target = target.and_then(|pointer| self.document.pointer(pointer));
        let choice = ["anyOf", "oneOf"].iter().find_map(|it| keywords.get(*it)?.as_array());
        let choice = choice.and_then(|parts| rng.choice(parts));
        let parts = keywords.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let parts: Vec<_> = parts.filter(|part| part.get("if").is_none()).collect();
        let mut value = self.plain(keywords, depth, rng);
        for part in target.into_iter().chain(choice).chain(parts) {
            let more = self.value(part, depth - 1, rng);
            match (&mut value, more) {
                (Some(Value::Object(object)), Value::Object(more)) => object.extend(more),
                (known, more) => *known = Some(more),
            }
        }
        if let Some(Value::Object(object)) = &mut value {
            self.branch(keywords, object, depth, rng);
        }
        value.unwrap_or_else(|| self.odd(rng))
    }

    /// What the keywords say of a value by themselves.
    fn plain(&self, keywords: &Map<String, Value>, depth: usize, rng: &mut Rng) -> Option<Value> {
        let number = |keyword: &str| keywords.get(keyword).and_then(Value::as_u64);
        let types = match keywords.get("type")? {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            one => vec![one.as_str()?],
        };
        Some(match rng.choice(types)? {
            "null" => Value::Null,
            "boolean" => rng.bool().into(),
            "integer" | "number" => {
                let (low, high) = (number("minimum").unwrap_or(1), number("maximum").unwrap_or(9));
                rng.choice([low, high.min(100), low.midpoint(high.min(low + 9))])?.into()
            }
            "string" if keywords.contains_key("pattern") => {
                rng.choice(["abc", "zz", "abcdefgh"])?.into()
            }
            "string" => {
                let most = number("maxLength").unwrap_or(9).min(60);
                let length = rng.u64(number("minLength").unwrap_or(0).min(most)..=most);
                "abcdefghi".repeat(7)[..usize::try_from(length).ok()?].into()
            }
            "array" => {
                let least = number("minItems").unwrap_or(0);
                let items = keywords.get("items").unwrap_or(&Value::Null);
                let count = rng.u64(least..=least + 2);
                (0..count).map(|_| self.value(items, depth - 1, rng)).collect()
            }
            _ => self.object(keywords, depth, rng),
        })
    }

    fn object(&self, keywords: &Map<String, Value>, depth: usize, rng: &mut Rng) -> Value {
        let mut object = Map::new();
        let fields = keywords.get("properties").and_then(Value::as_object);
        let required = keywords.get("required").and_then(Value::as_array);
        for (name, field) in fields.into_iter().flatten() {
            let is_required = required.is_some_and(|all| all.iter().any(|it| it == name));
            // Optional fields of what holds itself must end somewhere.
            if is_required || rng.usize(..10) < depth {
                object.insert(name.clone(), self.value(field, depth - 1, rng));
            }
        }
        if let Some(values) = keywords.get("additionalProperties").filter(|it| it.is_object()) {
            for key in ["k1", "k2"].into_iter().take(rng.usize(..3)) {
                object.insert(key.into(), self.value(values, depth - 1, rng));
            }
        }
        object.into()
    }

    /// Makes the object one of some branch of an open union, or of none.
    fn branch(
        &self,
        keywords: &Map<String, Value>,
        object: &mut Map<String, Value>,
        depth: usize,
        rng: &mut Rng,
    ) {
        let all = keywords.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let branches: Vec<_> = all.filter(|branch| branch.get("if").is_some()).collect();
        let Some(branch) = rng.choice(branches) else { return };
        let tags = branch.pointer("/if/properties").and_then(Value::as_object);
        for (tag, condition) in tags.into_iter().flatten() {
            if rng.u8(..8) == 0 {
                object.insert(tag.clone(), "unheard of".into());
            } else if let Value::Object(more) = self.value(&typed(&branch["then"]), depth, rng) {
                object.extend(more);
                let listed = listed(condition);
                if object.get(tag).is_none_or(|value| !listed.contains(value)) {
                    object.insert(tag.clone(), rng.choice(listed).expect("a value"));
                }
            }
        }
    }

    /// Changes something, somewhere.
    fn change(&self, value: &mut Value, depth: usize, rng: &mut Rng) {
        if depth > 0 && rng.u8(..4) == 0 {
            *value = self.odd(rng);
            return;
        }
        match value {
            Value::Object(object) => {
                let keys: Vec<_> = object.keys().filter(|key| *key != "type").cloned().collect();
                match (rng.u8(..10), rng.choice(keys)) {
                    (0 | 1, _) | (_, None) => {
                        let name = rng.choice(&self.names).cloned().unwrap_or_default();
                        object.insert(name, self.odd(rng));
                    }
                    (2, Some(key)) => {
                        object.shift_remove(&key);
                    }
                    (_, Some(key)) => self.change(&mut object[&key], depth + 1, rng),
                }
            }
            Value::Array(items) if !items.is_empty() => {
                let index = rng.usize(..items.len());
                self.change(&mut items[index], depth + 1, rng);
            }
            Value::Array(items) => items.push(json!("s")),
            other => *other = self.odd(rng),
        }
    }
}

/// The schema of an object that says no more of it than of its fields, such as that of the content in the envelope.
fn typed(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if schema.get("properties").is_some() {
        schema["type"] = "object".into();
    }
    schema
}
