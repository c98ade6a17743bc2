//! A schema with values that it accepts.

use serde_json::{Map, Value, json};

use super::random::Random;

/// A schema, with two values that it accepts.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) schema: Value,
    /// A value with everything that the schema names.
    pub(super) full: Value,
    /// A value with nothing that may be left out.
    pub(super) least: Value,
    /// How many fields the full value has, at all levels together.
    pub(super) fields: usize,
}

/// A member of an object: its key, what it holds, whether it is required.
pub(super) type Member = (String, Made, bool);

impl Made {
    /// A schema with one value to show for it.
    pub(super) fn scalar(schema: Value, value: Value) -> Self {
        Self { schema, least: value.clone(), full: value, fields: 0 }
    }

    pub(super) fn object(members: Vec<Member>) -> Self {
        let (mut properties, mut full, mut least) = (Map::new(), Map::new(), Map::new());
        let (mut required, mut fields) = (Vec::new(), 0);
        for (key, member, is_required) in members {
            if is_required {
                required.push(Value::from(key.clone()));
                least.insert(key.clone(), member.least);
            }
            full.insert(key.clone(), member.full);
            properties.insert(key, member.schema);
            fields += 1 + member.fields;
        }
        let schema = json!({ "type": "object", "required": required, "properties": properties });
        Self { schema, full: full.into(), least: least.into(), fields }
    }

    /// An object of these scalars, all required.
    pub(super) fn record(members: &[(&str, Value, Value)]) -> Self {
        let member = |(key, schema, value): &(&str, Value, Value)| {
            ((*key).to_owned(), Self::scalar(schema.clone(), value.clone()), true)
        };
        Self::object(members.iter().map(member).collect())
    }

    /// A list of these.
    pub(super) fn list(self) -> Self {
        let schema = json!({ "type": "array", "items": self.schema });
        let full = json!([self.full, self.least]);
        Self { schema, full, least: json!([]), fields: 2 * self.fields }
    }

    /// A map of these.
    pub(super) fn map(self) -> Self {
        let schema = json!({ "type": "object", "additionalProperties": self.schema });
        let full = json!({ "one": self.full, "another": self.least });
        Self { schema, full, least: json!({}), fields: 2 * self.fields }
    }

    /// One of these or null, in one of two spellings.
    pub(super) fn nullable(self, random: &mut Random) -> Self {
        let spelling = *random.pick(&["oneOf", "anyOf"]);
        let schema = json!({ spelling: [self.schema, { "type": "null" }] });
        Self { schema, least: Value::Null, ..self }
    }
}
