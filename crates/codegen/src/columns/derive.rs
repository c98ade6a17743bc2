//! From the values of a place in the contract to the type of a column.

use clip_events_contract::Contract;
use clip_events_contract::model::{JsonType, Schema, SchemaRef, Value};

use super::kind::{Kind, distinct};

/// The definition whose values are times.
const TIME: &str = "UnixMillis";

/// Objects in objects become columns as deep as this. What is deeper is the text of JSON, as is what holds itself.
const MOST_DEPTH: usize = 4;

/// The type of the column for `value`; `None` if it has nothing to tell, and all of it is kept beside the columns.
pub(super) fn kind(contract: &Contract, value: &Value) -> Option<Kind> {
    let kind = Derivation { contract, open: Vec::new(), depth: 0 }.of(value)?;
    let is_set = match &value.schema {
        SchemaRef::Named(name) => !contract.definitions[name].known_values.is_empty(),
        SchemaRef::Inline(_) => false,
    };
    let is_set = is_set || matches!(contract.schema(value), Schema::Enum(_));
    Some(if kind == Kind::String && is_set { Kind::Category } else { kind })
}

struct Derivation<'a> {
    contract: &'a Contract,
    /// The definitions around the present place.
    open: Vec<&'a str>,
    /// How many objects are around it.
    depth: usize,
}

impl<'a> Derivation<'a> {
    fn of(&mut self, value: &'a Value) -> Option<Kind> {
        let SchemaRef::Named(name) = &value.schema else { return self.schema(value) };
        if name == TIME {
            return Some(Kind::Timestamp);
        }
        if self.open.contains(&name.as_str()) {
            return Some(Kind::Json);
        }
        self.open.push(name);
        let kind = self.schema(value);
        self.open.pop();
        kind
    }

    fn schema(&mut self, value: &'a Value) -> Option<Kind> {
        Some(match self.contract.schema(value) {
            Schema::Any | Schema::Tagged { .. } | Schema::ByType(_) | Schema::Untagged { .. } => {
                Kind::Json
            }
            Schema::Null => return None,
            Schema::String { .. } => Kind::String,
            Schema::Boolean => Kind::Boolean,
            Schema::Integer { .. } => Kind::Integer,
            Schema::Number { .. } => Kind::Number,
            schema @ Schema::Enum(_) => match schema.json_type() {
                Some(JsonType::String) => Kind::String,
                Some(JsonType::Number) => Kind::Integer,
                Some(JsonType::Boolean) => Kind::Boolean,
                _ => Kind::Json,
            },
            Schema::Array { items, .. } => Kind::List(self.inside(items).into()),
            Schema::Map(values) => {
                let inside = self.inside(values);
                // DataFusion cannot read such maps in files of two releases at once, when the second has a field more.
                let inside = if inside.has_struct() { Kind::Json } else { inside };
                Kind::Map(inside.into())
            }
            Schema::Object(_) if self.depth == MOST_DEPTH => Kind::Json,
            Schema::Object(fields) => {
                self.depth += 1;
                let of = |field: &'a clip_events_contract::model::Field| {
                    Some((field.name.clone(), self.of(&field.value)?))
                };
                let fields = distinct(fields.iter().filter_map(of).collect());
                self.depth -= 1;
                // No file can have an object without fields, and it may get some.
                return (!fields.is_empty()).then_some(Kind::Struct(fields));
            }
        })
    }

    fn inside(&mut self, value: &'a Value) -> Kind {
        self.of(value).unwrap_or(Kind::Json)
    }
}
