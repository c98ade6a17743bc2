//! An evaluator of JSON Schema for the tests: judges an instance by the specification alone.
//!
//! It shares no code with the engine or a validator. Numbers are the decimals they are written as,
//! patterns are those of ECMA-262 (flag `u`), lengths count code points, references follow the
//! dynamic scope, and evaluated members and items are what the draft at hand says. `format` and
//! the `content` keywords are annotations. `dependencies` asserts in every draft, as validators
//! have it. What it cannot read it does not judge.

use std::collections::HashMap;

use num_rational::BigRational;
use num_traits::Zero;
use schema_compat::Draft;

use crate::json::{Json, Number};
use crate::resources::{self, Resources, escape, year};

/// Steps after which a judgement is given up.
const MAX_STEPS: usize = 100_000;
/// Schemas that may be open at once; more is taken for an endless reference.
const MAX_DEPTH: usize = 200;

type Id = usize;

/// A schema document, read.
pub(crate) struct Schema {
    nodes: Vec<Node>,
    resources: Resources,
    /// The nodes of the dynamic anchors of each resource, and of its root.
    dynamic: Vec<HashMap<String, Id>>,
    roots: Vec<Id>,
    literal_integers: bool,
    contains_evaluates: bool,
}

#[derive(Default)]
struct Node {
    /// `None`: something in the schema cannot be read.
    keywords: Option<Vec<Keyword>>,
    resource: usize,
    looks_at_evaluated: bool,
}

enum Keyword {
    False,
    Types(Vec<String>),
    Among(Vec<Json>),
    Bound { limit: BigRational, upper: bool, exclusive: bool },
    MultipleOf(BigRational),
    Length { limit: BigRational, upper: bool },
    Pattern(regress::Regex),
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

impl Schema {
    /// Reads a document; `None` if its references or dialects are not understood.
    pub(crate) fn read(document: &Json, draft: Draft) -> Option<Self> {
        let resources = Resources::read(document, draft)?;
        let mut reader =
            Reader { document, draft, resources, nodes: Vec::new(), ids: HashMap::new() };
        reader.node("")?;
        let mut dynamic = Vec::new();
        let mut roots = Vec::new();
        for index in 0..reader.resources.all.len() {
            let resource = &reader.resources.all[index];
            let root = resource.pointer.clone();
            let anchors = resource.dynamic.clone();
            roots.push(reader.node(&root)?);
            let anchors = anchors.into_iter().map(|(name, at)| Some((name, reader.node(&at)?)));
            dynamic.push(anchors.collect::<Option<_>>()?);
        }
        Some(Self {
            nodes: reader.nodes,
            resources: reader.resources,
            dynamic,
            roots,
            literal_integers: draft == Draft::Draft4,
            contains_evaluates: year(draft) >= 2020,
        })
    }

    /// Whether the instance is one of the schema.
    pub(crate) fn accepts(&self, instance: &Json) -> Option<bool> {
        Run { schema: self, scope: Vec::new(), steps: 0, depth: 0 }.judge(0, instance, None)
    }
}

struct Reader<'a> {
    document: &'a Json,
    draft: Draft,
    resources: Resources,
    nodes: Vec<Node>,
    ids: HashMap<String, Id>,
}

impl Reader<'_> {
    /// The node of the schema at a place; `None` if there is no schema.
    fn node(&mut self, pointer: &str) -> Option<Id> {
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

fn size(n: usize) -> BigRational {
    BigRational::from_integer(n.into())
}

/// Which members or items have been evaluated, by place.
type Marks = Vec<bool>;

struct Run<'a> {
    schema: &'a Schema,
    /// The resources entered, the outermost first.
    scope: Vec<usize>,
    steps: usize,
    depth: usize,
}

impl Run<'_> {
    fn judge(&mut self, id: Id, value: &Json, marks: Option<&mut Marks>) -> Option<bool> {
        self.steps += 1;
        if self.steps > MAX_STEPS || self.depth > MAX_DEPTH {
            return None;
        }
        let node = &self.schema.nodes[id];
        let keywords = node.keywords.as_ref()?;
        let enters = self.scope.last() != Some(&node.resource);
        if enters {
            self.scope.push(node.resource);
        }
        self.depth += 1;
        let mut own = (marks.is_some() || node.looks_at_evaluated).then(|| match value {
            Json::Array(items) => vec![false; items.len()],
            Json::Object(members) => vec![false; members.len()],
            _ => Vec::new(),
        });
        let mut answer = Some(true);
        for keyword in keywords {
            answer = self.holds(keyword, value, &mut own);
            if answer != Some(true) {
                break;
            }
        }
        self.depth -= 1;
        if enters {
            self.scope.pop();
        }
        if let (Some(true), Some(marks), Some(own)) = (answer, marks, own) {
            marks.iter_mut().zip(own).for_each(|(mark, own)| *mark |= own);
        }
        answer
    }

    fn holds(
        &mut self,
        keyword: &Keyword,
        value: &Json,
        marks: &mut Option<Marks>,
    ) -> Option<bool> {
        Some(match (keyword, value) {
            (Keyword::False, _) => false,
            (Keyword::Types(names), _) => names.iter().any(|name| self.is_of(value, name)),
            (Keyword::Among(values), _) => values.contains(value),
            (Keyword::Bound { limit, upper, exclusive }, Json::Number(Number { value, .. })) => {
                (value == limit && !exclusive) || if *upper { value < limit } else { value > limit }
            }
            (Keyword::MultipleOf(divisor), Json::Number(Number { value, .. })) => {
                (value / divisor).is_integer()
            }
            (Keyword::Length { limit, upper }, Json::String(text)) => {
                within(text.chars().count(), limit, *upper)
            }
            (Keyword::Pattern(regex), Json::String(text)) => regex.find(text).is_some(),
            (Keyword::Items { limit, upper }, Json::Array(items)) => {
                within(items.len(), limit, *upper)
            }
            (Keyword::Unique, Json::Array(items)) => {
                (1..items.len()).all(|end| !items[..end].contains(&items[end]))
            }
            (Keyword::Properties { limit, upper }, Json::Object(members)) => {
                within(members.len(), limit, *upper)
            }
            (Keyword::Required(names), Json::Object(members)) => {
                names.iter().all(|name| members.contains_key(name))
            }
            (Keyword::Needs(name, names), Json::Object(members)) => {
                !members.contains_key(name) || names.iter().all(|name| members.contains_key(name))
            }
            (Keyword::NeedsSchema { name, schema, is_old }, Json::Object(members)) => {
                // No draft says what `dependencies` evaluates, as none with evaluation has it.
                if *is_old && marks.is_some() {
                    return None;
                }
                !members.contains_key(name) || self.judge(*schema, value, marks.as_mut())?
            }
            (Keyword::Names(schema), Json::Object(members)) => {
                for name in members.keys() {
                    if !self.judge(*schema, &Json::String(name.clone()), None)? {
                        return Some(false);
                    }
                }
                true
            }
            (Keyword::Members { .. } | Keyword::OtherMembers(_), Json::Object(_)) => {
                return self.members(keyword, value, marks);
            }
            (
                Keyword::Sequence { .. } | Keyword::OtherItems(_) | Keyword::Contains { .. },
                Json::Array(items),
            ) => return self.items(keyword, items, marks),
            _ => return self.applied(keyword, value, marks),
        })
    }

    fn is_of(&self, value: &Json, name: &str) -> bool {
        match value {
            Json::Null => name == "null",
            Json::Bool(_) => name == "boolean",
            Json::String(_) => name == "string",
            Json::Array(_) => name == "array",
            Json::Object(_) => name == "object",
            Json::Number(number) => {
                let is_whole = if self.schema.literal_integers {
                    number.is_spelled_whole()
                } else {
                    number.value.is_integer()
                };
                name == "number" || (name == "integer" && is_whole)
            }
        }
    }

    /// The keywords that apply a schema to the value itself; others do not concern it.
    fn applied(
        &mut self,
        keyword: &Keyword,
        value: &Json,
        marks: &mut Option<Marks>,
    ) -> Option<bool> {
        Some(match keyword {
            Keyword::All(ids) => {
                for id in ids {
                    if !self.judge(*id, value, marks.as_mut())? {
                        return Some(false);
                    }
                }
                true
            }
            Keyword::Any(ids) => {
                let mut any = false;
                for id in ids {
                    any |= self.judge(*id, value, marks.as_mut())?;
                    if any && marks.is_none() {
                        break;
                    }
                }
                any
            }
            Keyword::One(ids) => {
                let mut held = 0;
                for id in ids {
                    held += usize::from(self.judge(*id, value, marks.as_mut())?);
                }
                held == 1
            }
            Keyword::Not(id) => !self.judge(*id, value, None)?,
            Keyword::If { condition, then, otherwise } => {
                let holds = self.judge(*condition, value, marks.as_mut())?;
                let branch = if holds { then } else { otherwise };
                match branch {
                    Some(id) => self.judge(*id, value, marks.as_mut())?,
                    None => true,
                }
            }
            Keyword::DynamicRef { target, anchor } => {
                let bent = self.scope.iter().find_map(|at| self.schema.dynamic[*at].get(anchor));
                self.judge(*bent.unwrap_or(target), value, marks.as_mut())?
            }
            Keyword::RecursiveRef { target } => {
                let all = &self.schema.resources.all;
                let outermost = self.scope.iter().find(|at| all[**at].recursive);
                let bent = outermost.map_or(*target, |at| self.schema.roots[*at]);
                self.judge(bent, value, marks.as_mut())?
            }
            _ => true,
        })
    }

    fn members(
        &mut self,
        keyword: &Keyword,
        value: &Json,
        marks: &mut Option<Marks>,
    ) -> Option<bool> {
        let Json::Object(members) = value else { return Some(true) };
        for (index, (name, member)) in members.iter().enumerate() {
            let mut seen = false;
            match keyword {
                Keyword::Members { named, patterns, others } => {
                    let of_patterns =
                        patterns.iter().filter(|(regex, _)| regex.find(name).is_some());
                    for id in named.get(name).into_iter().chain(of_patterns.map(|(_, id)| id)) {
                        seen = true;
                        if !self.judge(*id, member, None)? {
                            return Some(false);
                        }
                    }
                    if let (false, Some(id)) = (seen, others) {
                        seen = true;
                        if !self.judge(*id, member, None)? {
                            return Some(false);
                        }
                    }
                }
                Keyword::OtherMembers(id) if !marks.as_ref()?[index] => {
                    seen = true;
                    if !self.judge(*id, member, None)? {
                        return Some(false);
                    }
                }
                _ => {}
            }
            if let Some(marks) = marks {
                marks[index] |= seen;
            }
        }
        Some(true)
    }

    fn items(
        &mut self,
        keyword: &Keyword,
        items: &[Json],
        marks: &mut Option<Marks>,
    ) -> Option<bool> {
        let mut contained = 0;
        for (index, item) in items.iter().enumerate() {
            let id = match keyword {
                Keyword::Sequence { prefix, others } => prefix.get(index).or(others.as_ref()),
                Keyword::OtherItems(id) if !marks.as_ref()?[index] => Some(id),
                Keyword::Contains { schema, .. } => Some(schema),
                _ => None,
            };
            let Some(id) = id else { continue };
            let held = self.judge(*id, item, None)?;
            let is_contains = matches!(keyword, Keyword::Contains { .. });
            if !held && !is_contains {
                return Some(false);
            }
            contained += usize::from(held);
            if let (true, Some(marks)) = (held, &mut *marks) {
                marks[index] |= !is_contains || self.schema.contains_evaluates;
            }
        }
        Some(match keyword {
            Keyword::Contains { least, most, .. } => {
                size(contained) >= *least
                    && most.as_ref().is_none_or(|most| size(contained) <= *most)
            }
            _ => true,
        })
    }
}

fn within(n: usize, limit: &BigRational, upper: bool) -> bool {
    if upper { size(n) <= *limit } else { size(n) >= *limit }
}
