//! Keywords that assert without a schema within them: types, values, numbers, strings and counts.

use serde_json::{Map, Value};

use super::reader::{HELP, Keyword, Reader, SchemaObject};
use crate::draft::Draft;
use crate::node::Node;
use crate::number::Rational;
use crate::pattern;
use crate::place::Origin;
use crate::primitives::NodeId;
use crate::types::TypeSet;

impl<'d> Reader<'_, 'd> {
    pub(super) fn assertion(
        &mut self,
        object: SchemaObject<'_, 'd>,
        keyword: Keyword<'_, 'd>,
    ) -> Option<NodeId> {
        let draft = self.reading.draft;
        let Keyword { name, value, origin } = keyword;
        Some(match (name, value) {
            ("type", value) => self.type_keyword(value, origin),
            ("enum", Value::Array(values)) => {
                let values = values.iter().map(|v| self.listed(v)).collect();
                self.arena.enumeration(values, Some(origin))
            }
            ("const", value) if draft != Draft::Draft4 => {
                let value = self.listed(value);
                self.arena.enumeration(vec![value], Some(origin))
            }
            ("minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum", Value::Number(_)) => {
                return self.bound(object, keyword);
            }
            ("multipleOf", Value::Number(_)) => self.multiple_of(self.number(value)?, origin),
            ("minLength", _) => self.count(value, origin, Node::MinLength),
            ("maxLength", _) => self.count(value, origin, Node::MaxLength),
            ("minItems", _) => self.count(value, origin, Node::MinItems),
            ("maxItems", _) => self.count(value, origin, Node::MaxItems),
            ("minProperties", _) => self.count(value, origin, Node::MinProperties),
            ("maxProperties", _) => self.count(value, origin, Node::MaxProperties),
            ("uniqueItems", Value::Bool(true)) => self.arena.add(Node::Unique, Some(origin)),
            ("required", Value::Array(names)) => self.required_all(names, origin),
            ("pattern", Value::String(source)) => self.pattern(source, origin),
            ("format", Value::String(format)) if self.reading.formats => {
                self.arena.add(Node::Format(format.as_str().into()), Some(origin))
            }
            ("contentMediaType" | "contentEncoding", Value::String(_))
                if matches!(draft, Draft::Draft6 | Draft::Draft7) =>
            {
                self.content(object.members, origin)
            }
            _ => return None,
        })
    }

    /// In draft 4 `exclusiveMinimum` is a flag beside `minimum`, later a bound of its own.
    fn bound(&mut self, object: SchemaObject<'_, 'd>, keyword: Keyword<'_, 'd>) -> Option<NodeId> {
        let is_old = self.reading.draft == Draft::Draft4;
        let flag = |name: &str| is_old && object.members.get(name) == Some(&Value::Bool(true));
        let (is_lower, strict) = match keyword.name {
            "minimum" => (true, flag("exclusiveMinimum")),
            "maximum" => (false, flag("exclusiveMaximum")),
            "exclusiveMinimum" if !is_old => (true, true),
            "exclusiveMaximum" if !is_old => (false, true),
            _ => return None,
        };
        let limit = self.number(keyword.value)?;
        let node = if is_lower { Node::Min { limit, strict } } else { Node::Max { limit, strict } };
        Some(self.arena.add(node, Some(keyword.origin)))
    }

    fn multiple_of(&mut self, divisor: Rational, origin: &Origin) -> NodeId {
        if divisor <= Rational::from_integer(0.into()) {
            let reason = "a divisor that is not positive";
            return self.opaque(origin, None, reason, "write a number above 0");
        }
        self.arena.add(Node::MultipleOf(divisor), Some(origin))
    }

    pub(super) fn required_all(&mut self, names: &[Value], origin: &Origin) -> NodeId {
        let names = names.iter().filter_map(Value::as_str);
        let names = names.map(|name| self.required(name, origin)).collect();
        self.arena.all(names, Some(origin))
    }

    /// Both content keywords of a schema are one assertion.
    fn content(&mut self, members: &Map<String, Value>, origin: &Origin) -> NodeId {
        let content: Map<String, Value> = ["contentMediaType", "contentEncoding"]
            .into_iter()
            .filter_map(|keyword| Some((keyword.to_owned(), members.get(keyword)?.clone())))
            .collect();
        let content = Value::Object(content).to_string();
        self.arena.add(Node::Content(content.into()), Some(origin))
    }

    fn type_keyword(&mut self, value: &Value, origin: &Origin) -> NodeId {
        let names: Vec<&Value> = match value {
            Value::Array(names) => names.iter().collect(),
            name => vec![name],
        };
        let mut types = TypeSet::NONE;
        for name in names {
            types = types.union(match name.as_str() {
                Some("null") => TypeSet::NULL,
                Some("boolean") => TypeSet::BOOLEAN,
                Some("integer") => TypeSet::INTEGER,
                Some("number") => TypeSet::NUMBER,
                Some("string") => TypeSet::STRING,
                Some("array") => TypeSet::ARRAY,
                Some("object") => TypeSet::OBJECT,
                _ => return self.opaque(origin, None, "not a type", "name a JSON type"),
            });
        }
        match types {
            TypeSet::NONE => NodeId::FALSE,
            TypeSet::ALL => NodeId::TRUE,
            types => self.arena.add(Node::Types(types), Some(origin)),
        }
    }

    fn pattern(&mut self, source: &str, origin: &Origin) -> NodeId {
        match pattern::Pattern::new(source) {
            Ok(pattern) => {
                let pattern = self.arena.add_pattern(pattern);
                self.arena.add(Node::Pattern(pattern), Some(origin))
            }
            Err(pattern::Unsupported(reason)) => {
                self.opaque(origin, Some(format!("pattern {source}")), reason, HELP)
            }
        }
    }
}
