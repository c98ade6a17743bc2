//! Reads a schema for the evaluator of the tests: each keyword with all that it needs to be judged.

use std::collections::HashMap;

use num_rational::BigRational;
use num_traits::Zero;
use schema_compat::Draft;

use crate::json::Json;
use crate::meaning::Meaning;
use crate::resources::{self, Resources, escape, year};

pub(crate) type Id = usize;

#[derive(Default)]
pub(crate) struct Node {
    /// `None`: something in the schema cannot be read.
    pub(crate) keywords: Option<Vec<Keyword>>,
    pub(crate) resource: usize,
    pub(crate) looks_at_evaluated: bool,
}

pub(crate) enum Keyword {
    False,
    Types(Vec<String>),
    Among(Vec<Json>),
    Bound { limit: BigRational, upper: bool, exclusive: bool },
    MultipleOf(BigRational),
    Length { limit: BigRational, upper: bool },
    Pattern(regress::Regex),
    Format(String),
    Content { encoding: Option<String>, media: Option<String> },
    Items { limit: BigRational, upper: bool },
    Unique,
    Properties { limit: BigRational, upper: bool },
    Required(Vec<String>),
    Needs(String, Vec<String>),
    NeedsSchema { name: String, schema: Id, is_old: bool },
    Names(Id),
    Members { named: HashMap<String, Id>, patterns: Vec<(regress::Regex, Id)>, others: Option<Id> },
    Sequence { prefix: Vec<Id>, others: Option<Id> },
    Contains { schema: Id, least: BigRational, most: Option<BigRational> },
    All(Vec<Id>),
    Any(Vec<Id>),
    One(Vec<Id>),
    Not(Id),
    If { condition: Id, then: Option<Id>, otherwise: Option<Id> },
    DynamicRef { target: Id, anchor: String },
    RecursiveRef { target: Id },
    OtherMembers(Id),
    OtherItems(Id),
}

pub(crate) struct Reader<'a> {
    pub(crate) document: &'a Json,
    pub(crate) draft: Draft,
    pub(crate) meaning: Meaning,
    pub(crate) resources: Resources,
    pub(crate) nodes: Vec<Node>,
    pub(crate) ids: HashMap<String, Id>,
}

impl Reader<'_> {
    /// The node of the schema at a place; `None` if there is no schema.
    pub(crate) fn node(&mut self, pointer: &str) -> Option<Id> {
        if let Some(id) = self.ids.get(pointer) {
            return Some(*id);
        }
        let schema = resources::at(self.document, pointer)?;
        let id = self.nodes.len();
        self.ids.insert(pointer.to_owned(), id);
        let resource = self.resources.of(pointer);
        self.nodes.push(Node { resource, ..Node::default() });
        let keywords = match schema {
            Json::Bool(true) => Some(Vec::new()),
            Json::Bool(false) => Some(vec![Keyword::False]),
            Json::Object(_) => self.keywords(pointer, schema, resource),
            _ => return None,
        };
        let is_late = |k: &Keyword| matches!(k, Keyword::OtherMembers(_) | Keyword::OtherItems(_));
        self.nodes[id].looks_at_evaluated = keywords.iter().flatten().any(is_late);
        self.nodes[id].keywords = keywords.map(|mut keywords| {
            keywords.sort_by_key(is_late);
            keywords
        });
        Some(id)
    }

    fn keywords(&mut self, pointer: &str, schema: &Json, resource: usize) -> Option<Vec<Keyword>> {
        let year = year(self.draft);
        let mut out = Vec::new();
        if let Some(reference) = schema.get("$ref") {
            let (target, _) = self.resources.resolve(resource, reference.as_str()?)?;
            out.push(Keyword::All(vec![self.node(&target)?]));
            if year < 2019 {
                return Some(out);
            }
        }
        if let (2020, Some(reference)) = (year, schema.get("$dynamicRef")) {
            let (target, anchor) = self.resources.resolve(resource, reference.as_str()?)?;
            let home = &self.resources.all[self.resources.of(&target)];
            let anchor = anchor.filter(|anchor| home.dynamic.get(anchor) == Some(&target));
            let target = self.node(&target)?;
            out.push(match anchor {
                Some(anchor) => Keyword::DynamicRef { target, anchor },
                None => Keyword::All(vec![target]),
            });
        }
        if let (2019, Some(reference)) = (year, schema.get("$recursiveRef")) {
            let (target, _) = self.resources.resolve(resource, reference.as_str()?)?;
            let is_root = self.resources.all[self.resources.of(&target)].pointer == target;
            let bends = is_root && self.resources.all[self.resources.of(&target)].recursive;
            let target = self.node(&target)?;
            out.push(if bends {
                Keyword::RecursiveRef { target }
            } else {
                Keyword::All(vec![target])
            });
        }
        let Json::Object(members) = schema else { return None };
        for (name, value) in members {
            self.keyword(&format!("{pointer}/{}", escape(name)), schema, name, value, &mut out)?;
        }
        self.members(pointer, schema, &mut out)?;
        self.items(pointer, schema, &mut out)?;
        Some(out)
    }

    /// The keywords that stand for themselves.
    fn keyword(
        &mut self,
        at: &str,
        schema: &Json,
        name: &str,
        value: &Json,
        out: &mut Vec<Keyword>,
    ) -> Option<()> {
        let year = year(self.draft);
        let limit = |upper: bool, exclusive: bool| {
            Some(Keyword::Bound { limit: number(value)?, upper, exclusive })
        };
        let draft_4_exclusive = |name| year == 4 && schema.get(name) == Some(&Json::Bool(true));
        out.push(match name {
            "type" => Keyword::Types(match value {
                Json::String(name) => vec![name.clone()],
                _ => strings(value)?,
            }),
            "enum" => {
                let Json::Array(values) = value else { return None };
                Keyword::Among(values.clone())
            }
            "const" if year >= 6 => Keyword::Among(vec![value.clone()]),
            "minimum" => limit(false, draft_4_exclusive("exclusiveMinimum"))?,
            "maximum" => limit(true, draft_4_exclusive("exclusiveMaximum"))?,
            "exclusiveMinimum" if year >= 6 => limit(false, true)?,
            "exclusiveMaximum" if year >= 6 => limit(true, true)?,
            "multipleOf" => {
                Keyword::MultipleOf(number(value).filter(|n| *n > BigRational::zero())?)
            }
            "minLength" => Keyword::Length { limit: count(value)?, upper: false },
            "maxLength" => Keyword::Length { limit: count(value)?, upper: true },
            "minItems" => Keyword::Items { limit: count(value)?, upper: false },
            "maxItems" => Keyword::Items { limit: count(value)?, upper: true },
            "minProperties" => Keyword::Properties { limit: count(value)?, upper: false },
            "maxProperties" => Keyword::Properties { limit: count(value)?, upper: true },
            "pattern" => Keyword::Pattern(regex(value.as_str()?)?),
            "format" if self.meaning.formats => Keyword::Format(value.as_str()?.to_owned()),
            "contentEncoding" | "contentMediaType"
                if self.meaning.content == Some(true) && matches!(year, 6 | 7) =>
            {
                let text = |name| schema.get(name).and_then(Json::as_str).map(str::to_owned);
                Keyword::Content {
                    encoding: text("contentEncoding"),
                    media: text("contentMediaType"),
                }
            }
            "uniqueItems" => match value {
                Json::Bool(true) => Keyword::Unique,
                Json::Bool(false) => return Some(()),
                _ => return None,
            },
            "required" => Keyword::Required(strings(value)?),
            "dependencies" | "dependentRequired" | "dependentSchemas"
                if name == "dependencies" || year >= 2019 =>
            {
                let Json::Object(named) = value else { return None };
                for (name, needed) in named {
                    out.push(match needed {
                        Json::Array(_) => Keyword::Needs(name.clone(), strings(needed)?),
                        _ => Keyword::NeedsSchema {
                            name: name.clone(),
                            schema: self.node(&format!("{at}/{}", escape(name)))?,
                            is_old: at.ends_with("/dependencies"),
                        },
                    });
                }
                return Some(());
            }
            "propertyNames" if year >= 6 => Keyword::Names(self.node(at)?),
            "allOf" => Keyword::All(self.nodes(at, value)?),
            "anyOf" => Keyword::Any(self.nodes(at, value)?),
            "oneOf" => Keyword::One(self.nodes(at, value)?),
            "not" => Keyword::Not(self.node(at)?),
            "if" if year >= 7 => {
                let parent = &at[..at.len() - "/if".len()];
                let mut branch = |name| match schema.get(name) {
                    Some(_) => self.node(&format!("{parent}/{name}")).map(Some),
                    None => Some(None),
                };
                let (then, otherwise) = (branch("then")?, branch("else")?);
                Keyword::If { condition: self.node(at)?, then, otherwise }
            }
            "unevaluatedProperties" if year >= 2019 => Keyword::OtherMembers(self.node(at)?),
            "unevaluatedItems" if year >= 2019 => Keyword::OtherItems(self.node(at)?),
            _ => return Some(()),
        });
        Some(())
    }

    fn nodes(&mut self, at: &str, value: &Json) -> Option<Vec<Id>> {
        let Json::Array(items) = value else { return None };
        (0..items.len()).map(|index| self.node(&format!("{at}/{index}"))).collect()
    }

    /// `properties` and the two that speak of what it does not name.
    fn members(&mut self, pointer: &str, schema: &Json, out: &mut Vec<Keyword>) -> Option<()> {
        let mut named = HashMap::new();
        let mut patterns = Vec::new();
        for keyword in ["properties", "patternProperties"] {
            let Some(value) = schema.get(keyword) else { continue };
            let Json::Object(members) = value else { return None };
            for name in members.keys() {
                let id = self.node(&format!("{pointer}/{keyword}/{}", escape(name)))?;
                if keyword == "properties" {
                    named.insert(name.clone(), id);
                } else {
                    patterns.push((regex(name)?, id));
                }
            }
        }
        let others = match schema.get("additionalProperties") {
            Some(_) => Some(self.node(&format!("{pointer}/additionalProperties"))?),
            None => None,
        };
        if !named.is_empty() || !patterns.is_empty() || others.is_some() {
            out.push(Keyword::Members { named, patterns, others });
        }
        Some(())
    }

    /// Items by place, and `contains`.
    fn items(&mut self, pointer: &str, schema: &Json, out: &mut Vec<Keyword>) -> Option<()> {
        let year = year(self.draft);
        let tuple = if year >= 2020 { "prefixItems" } else { "items" };
        let is_tuple = matches!(schema.get(tuple), Some(Json::Array(_)));
        let prefix = match schema.get(tuple) {
            Some(value) if is_tuple => self.nodes(&format!("{pointer}/{tuple}"), value)?,
            _ => Vec::new(),
        };
        let rest = match (year >= 2020, is_tuple) {
            (true, _) | (_, false) => "items",
            (false, true) => "additionalItems",
        };
        let others = match schema.get(rest) {
            Some(_) => Some(self.node(&format!("{pointer}/{rest}"))?),
            None => None,
        };
        if !prefix.is_empty() || others.is_some() {
            out.push(Keyword::Sequence { prefix, others });
        }
        if year >= 6 && schema.get("contains").is_some() {
            let limit = |keyword| match schema.get(keyword) {
                Some(value) if year >= 2019 => count(value).map(Some),
                _ => Some(None),
            };
            let least = limit("minContains")?;
            out.push(Keyword::Contains {
                schema: self.node(&format!("{pointer}/contains"))?,
                least: least.unwrap_or_else(|| BigRational::from_integer(1.into())),
                most: limit("maxContains")?,
            });
        }
        Some(())
    }
}

fn number(value: &Json) -> Option<BigRational> {
    match value {
        Json::Number(number) => Some(number.value.clone()),
        _ => None,
    }
}

fn count(value: &Json) -> Option<BigRational> {
    number(value).filter(|n| n.is_integer() && *n >= BigRational::zero())
}

fn strings(value: &Json) -> Option<Vec<String>> {
    let Json::Array(items) = value else { return None };
    items.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

/// A pattern of ECMA-262, with the flag `u`.
pub(crate) fn regex(pattern: &str) -> Option<regress::Regex> {
    if repeats_an_assertion(pattern) {
        return None;
    }
    regress::Regex::with_flags(pattern, "u").ok()
}

/// Whether an assertion is repeated, which `regress` lets pass and ECMA-262 does not.
fn repeats_an_assertion(pattern: &str) -> bool {
    let mut groups = Vec::new();
    let mut in_class = false;
    let mut asserts = false;
    let mut rest = pattern;
    while let Some(letter) = rest.chars().next() {
        if asserts && matches!(letter, '*' | '+' | '?' | '{') {
            return true;
        }
        asserts = false;
        let mut after = &rest[letter.len_utf8()..];
        match letter {
            '\\' => {
                let escaped = after.chars().next().unwrap_or_default();
                asserts = !in_class && matches!(escaped, 'b' | 'B');
                after = after.get(escaped.len_utf8()..).unwrap_or_default();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            _ if in_class => {}
            '^' | '$' => asserts = true,
            '(' => {
                let looks = ["?=", "?!", "?<=", "?<!"].iter().any(|look| after.starts_with(look));
                groups.push(looks);
                // What opens a group is no repetition.
                after = after.strip_prefix('?').unwrap_or(after);
            }
            ')' => asserts = groups.pop().unwrap_or_default(),
            _ => {}
        }
        rest = after;
    }
    false
}
