//! Keywords that assert without a schema within them: types, values, numbers, strings and counts.

use serde_json::{Map, Value};

use super::reader::{HELP, Keyword, Reader, SchemaObject};
use crate::draft::Draft;
use crate::format::format;
use crate::node::Node;
use crate::number::Rational;
use crate::pattern;
use crate::place::Origin;
use crate::primitives::NodeId;
use crate::types::TypeSet;

/// Base64 as RFC 4648 (4) has it, whose last bits are zero, and all that is taken for it.
const BASE64: &str =
    "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";
const BASE64_OR_SO: &str = "^[A-Za-z0-9+/=\\s]*$";

const HELP_CONTENT: &str = "say what is allowed by a `pattern`";

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
                self.format(format, origin)
            }
            ("contentMediaType" | "contentEncoding", Value::String(_))
                if matches!(draft, Draft::Draft6 | Draft::Draft7) =>
            {
                if self.reading.content == Some(false) {
                    return None;
                }
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

    /// Both content keywords of a schema are one assertion, if they are one.
    fn content(&mut self, members: &Map<String, Value>, origin: &Origin) -> NodeId {
        let content: Map<String, Value> = ["contentMediaType", "contentEncoding"]
            .into_iter()
            .filter_map(|keyword| Some((keyword.to_owned(), members.get(keyword)?.clone())))
            .collect();
        let key = Value::Object(content).to_string();
        if self.reading.content.is_some() {
            return self.asserted_content(members, &key, origin);
        }
        let reason = "validators of this draft differ on whether the content keywords assert";
        let help = "set `Options::assert_content`, or use draft 2019-09 or later, where they are annotations";
        let annotation = self.opaque(origin, Some(format!("{key}, or not")), reason, help);
        let asserted = self.asserted_content(members, &key, origin);
        self.arena.any(vec![annotation, asserted], Some(origin))
    }

    /// JSON, and base64. Of that validators read more than RFC 4648 has, line breaks and no `=` at the end, and of everything
    /// else some read nothing.
    fn asserted_content(
        &mut self,
        members: &Map<String, Value>,
        key: &str,
        origin: &Origin,
    ) -> NodeId {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let (media, encoding) = (text("contentMediaType"), text("contentEncoding"));
        let known = matches!(media, None | Some("application/json"))
            && matches!(encoding, None | Some("base64"));
        if !known {
            let reason = "a content encoding or media type that only some validators read";
            return self.opaque(origin, Some(key.to_owned()), reason, HELP_CONTENT);
        }
        if encoding.is_none() {
            return self.arena.add(Node::Content(key.into()), Some(origin));
        }
        let (surely, perhaps) = (self.pattern(BASE64, origin), self.pattern(BASE64_OR_SO, origin));
        let reason = "validators differ on what is base64, and the answer depends on a string that only some read";
        let loose = self.opaque(origin, Some(key.to_owned()), reason, HELP_CONTENT);
        let strict = if media.is_none() {
            surely
        } else {
            let content = self.arena.add(Node::Content(key.into()), Some(origin));
            self.arena.all(vec![surely, content], Some(origin))
        };
        let other = self.arena.not(surely);
        let loose = self.arena.all(vec![other, loose], Some(origin));
        let any = self.arena.any(vec![strict, loose], Some(origin));
        self.arena.all(vec![perhaps, any], Some(origin))
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

    /// What is certain of a format, and its name for what is not.
    fn format(&mut self, name: &str, origin: &Origin) -> NodeId {
        let named = self.arena.add(Node::Format(name.into()), Some(origin));
        let Some(format) = format(name) else { return named };
        let surely = self.pattern(format.surely, origin);
        if format.since > self.reading.draft {
            return self.arena.any(vec![surely, named], Some(origin));
        }
        if format.is_exact() {
            return surely;
        }
        let perhaps = self.pattern(format.perhaps, origin);
        let mut parts = vec![perhaps, self.arena.any(vec![surely, named], Some(origin))];
        parts.extend(format.within.iter().map(|wider| self.format(wider, origin)));
        self.arena.all(parts, Some(origin))
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
