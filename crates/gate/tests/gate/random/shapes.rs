//! Random contracts, of every form that a schema may have.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::contract::{Contract, DEFINITIONS, ENVELOPE};

/// Definitions of plain values, of which `Id` and `Owner` look the same.
const PLAIN: &[&str] = &["Id", "Owner", "Millis", "Share", "Kind"];
/// Definitions of what is more than that; all but the first hold themselves.
const DEEP: &[&str] = &["Box", "Tree", "Chain", "Index", "Expression"];

/// A reference from a shape to a definition.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("../{DEFINITIONS}#/$defs/{name}") })
}

/// A contract with a few event types.
pub(super) fn contract(rng: &mut Rng) -> Contract {
    // Of a contract that cannot be rendered, unions are not open; there must be contracts for edits that cannot.
    let has_unions = rng.bool();
    let mut maker = Maker { rng, names: 0, deep: &[], has_unions };
    let mut files = Map::new();
    files.insert(
        ENVELOPE.into(),
        json!({
            "type": "object",
            "required": ["id", "type", "created", "data"],
            "properties": {
                "id": { "$ref": "definitions.schema.json#/$defs/Id" },
                "type": { "type": "string" },
                "created": { "$ref": "definitions.schema.json#/$defs/Millis" },
                "data": { "type": "object" }
            }
        }),
    );
    let own = |name: &str| inside(&reference(name));
    let chain = json!({ "anyOf": [own("Chain"), { "type": "null" }] });
    let index = json!({ "type": "object", "additionalProperties": own("Index") });
    let pair = json!({
        "type": "object",
        "properties": { "left": own("Expression"), "right": own("Expression") }
    });
    // One refers to those before it, and to itself where that may end.
    let mut object = |depth, before| {
        maker.deep = &DEEP[..before];
        inside(&maker.object(depth))
    };
    files.insert(
        DEFINITIONS.into(),
        json!({
            "$defs": {
                "Id": { "type": "string", "examples": ["i1"] },
                "Owner": { "type": "string", "examples": ["o1"] },
                "Millis": {
                    "type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_u64,
                    "x-unit": "milliseconds", "examples": [7]
                },
                "Share": {
                    "type": "number", "minimum": 0, "maximum": 1,
                    "x-unit": "fraction", "examples": [0.5]
                },
                "Kind": { "type": "string", "x-known-values": ["one", "two"], "examples": ["one"] },
                "Box": object(2, 0),
                "Tree": with(object(1, 1), "children", json!({ "type": "array", "items": own("Tree") })),
                "Chain": with(object(1, 2), "next", chain),
                "Index": with(object(1, 3), "by_name", index),
                "Expression": if has_unions {
                    json!({ "oneOf": [branch("leaf", object(1, 4)), branch("pair", pair)] })
                } else {
                    pair
                }
            }
        }),
    );
    maker.deep = DEEP;
    for name in ["job.done", "user.left"] {
        let depth = *maker.rng.choice(&[1, 1, 2, 2, 2, 3]).expect("one");
        files.insert(format!("data/{name}.schema.json"), maker.content(depth));
    }
    Contract::new(files, has_unions)
}

/// `shape` as it is written among the definitions.
pub(super) fn inside(shape: &Value) -> Value {
    match shape {
        Value::String(text) => text.replace(&format!("../{DEFINITIONS}#"), "#").into(),
        Value::Array(items) => items.iter().map(inside).collect(),
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), inside(value))).collect()
        }
        other => other.clone(),
    }
}

fn with(mut object: Value, name: &str, field: Value) -> Value {
    object["properties"][name] = field;
    object
}

/// A branch of a union, for objects whose `kind` is `value`.
pub(super) fn branch(value: &str, mut shape: Value) -> Value {
    let mut required = vec![Value::from("kind")];
    required.extend(shape["required"].as_array().cloned().unwrap_or_default());
    shape["required"] = required.into();
    shape["properties"]["kind"] = json!({ "const": value });
    shape
}

/// Makes shapes whose fields all have names of their own.
pub(super) struct Maker<'r> {
    pub(super) rng: &'r mut Rng,
    pub(super) names: usize,
    /// The definitions that may be referred to.
    pub(super) deep: &'static [&'static str],
    pub(super) has_unions: bool,
}

impl Maker<'_> {
    /// A name that has little in common with others: none looks like a new name of another.
    fn name(&mut self) -> String {
        self.names += 1;
        let mut number = self.names * 7919 % 17_576;
        let mut name = String::new();
        for _ in 0..3 {
            name.push(char::from(b'a' + u8::try_from(number % 26).expect("a letter")));
            number /= 26;
        }
        format!("{name}{name}")
    }

    pub(super) fn object(&mut self, depth: usize) -> Value {
        let mut properties = Map::new();
        for _ in 0..self.rng.usize(2..=4) {
            properties.insert(self.name(), self.shape(depth));
        }
        let required: Vec<_> = properties.keys().filter(|_| self.rng.bool()).cloned().collect();
        json!({ "type": "object", "required": required, "properties": properties })
    }

    /// The shape of `data`.
    fn content(&mut self, depth: usize) -> Value {
        match self.rng.usize(..8) {
            0 if self.has_unions => json!({ "oneOf": self.branches(depth) }),
            1 => json!({ "type": "object", "additionalProperties": self.shape(depth) }),
            _ => self.object(depth),
        }
    }

    /// A shape with at most so many levels below it.
    pub(super) fn shape(&mut self, depth: usize) -> Value {
        let Some(below) = depth.checked_sub(1) else { return self.plain() };
        match self.rng.usize(..14) {
            0 | 1 => self.object(below),
            2 => json!({ "type": "array", "items": self.shape(below), "maxItems": 5 }),
            3 => json!({ "type": "array", "items": self.object(below), "minItems": 1 }),
            4 => json!({ "type": "object", "additionalProperties": self.shape(below) }),
            5 => json!({ "type": "object", "additionalProperties": self.object(below) }),
            6 | 7 if self.has_unions => {
                let branches = self.branches(below);
                json!({ "oneOf": branches })
            }
            8 => json!({ "anyOf": [self.object(below), { "type": "null" }] }),
            9 => json!({ "oneOf": [
                { "type": "array", "items": self.object(below) },
                self.object(below),
                { "type": "string", "maxLength": 9 },
            ] }),
            10 => json!({ "allOf": [self.object(below), self.object(below)] }),
            11 => match self.rng.choice(self.deep) {
                Some(name) => reference(name),
                None => json!({}),
            },
            12 if self.has_unions => {
                let mut parts = self.branches(below);
                parts.push(json!({ "type": "null" }));
                json!({ "anyOf": parts })
            }
            _ => json!({}),
        }
    }

    fn branches(&mut self, depth: usize) -> Vec<Value> {
        let names = ["a", "b", "c"].into_iter().take(self.rng.usize(2..=3));
        let mut branches: Vec<_> = names.map(|name| branch(name, self.object(depth))).collect();
        if self.rng.u8(..4) == 0 {
            // Of several values each, as a union within the union.
            let names = ["d", "e", "f"].into_iter().take(self.rng.usize(2..=3));
            let inner: Vec<_> = names.map(|name| branch(name, self.object(depth))).collect();
            branches.push(json!({ "oneOf": inner }));
        }
        branches
    }

    fn plain(&mut self) -> Value {
        let forms = [
            json!({ "type": "string", "examples": ["s"] }),
            json!({ "type": "string", "minLength": 2, "maxLength": 8 }),
            json!({ "type": "string", "pattern": "^[a-z]{2,8}$", "examples": ["abc"] }),
            json!({ "type": "string", "format": "uri", "examples": ["https://example.com/"] }),
            json!({ "type": "string", "enum": ["good", "bad", "ugly"] }),
            json!({ "enum": [1, 2, 3] }),
            json!({ "type": "integer", "minimum": 1, "maximum": 100 }),
            json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1000 }),
            json!({ "type": "boolean" }),
            json!({ "type": ["string", "null"], "maxLength": 20 }),
            json!({ "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 9 }, { "type": "null" }] }),
            json!({ "anyOf": [{ "type": "string", "maxLength": 9 }, { "type": "integer", "minimum": 3 }] }),
            json!({ "type": "array", "items": { "type": "string" } }),
        ];
        if self.rng.u8(..4) == 0 {
            reference(self.rng.choice(PLAIN).expect("one"))
        } else {
            self.rng.choice(forms).expect("one")
        }
    }
}
