//! An evaluator of JSON Schema for the tests: judges an instance by the specification alone.
//!
//! It shares no code with the engine or a validator. Numbers are the decimals they are written as,
//! patterns are those of ECMA-262 (flag `u`), lengths count code points, references follow the
//! dynamic scope, and evaluated members and items are what the draft at hand says. `format` and
//! the `content` keywords are annotations, unless they are said to assert. `dependencies` asserts in every draft, as validators
//! have it. What it cannot read it does not judge.

use std::collections::HashMap;

use num_rational::BigRational;
use schema_compat::Draft;

use crate::json::{Json, Number};
use crate::meaning::Meaning;
use crate::reading::{Id, Keyword, Node, Reader};
use crate::resources::{Resources, year};

/// Steps after which a judgement is given up.
const MAX_STEPS: usize = 100_000;
/// Schemas that may be open at once; more is taken for an endless reference.
const MAX_DEPTH: usize = 200;

/// A schema document, read.
pub(crate) struct Schema {
    nodes: Vec<Node>,
    resources: Resources,
    /// The nodes of the dynamic anchors of each resource, and of its root.
    dynamic: Vec<HashMap<String, Id>>,
    roots: Vec<Id>,
    literal_integers: bool,
    contains_evaluates: bool,
    meaning: Meaning,
    year: u16,
}

impl Schema {
    /// Reads a document; `None` if its references or dialects are not understood.
    #[allow(dead_code)] // The attack asks for more.
    pub(crate) fn read(document: &Json, draft: Draft) -> Option<Self> {
        Self::read_as(document, draft, Meaning::default())
    }

    /// Reads it as a validator would.
    pub(crate) fn read_as(document: &Json, draft: Draft, meaning: Meaning) -> Option<Self> {
        let resources = Resources::read(document, draft)?;
        let (nodes, ids) = (Vec::new(), HashMap::new());
        let mut reader = Reader { document, draft, meaning, resources, nodes, ids };
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
            literal_integers: draft == Draft::Draft4
                && meaning.zero_fraction_is_integer != Some(true),
            contains_evaluates: year(draft) >= 2020,
            meaning,
            year: year(draft),
        })
    }

    /// Whether the instance is one of the schema.
    pub(crate) fn accepts(&self, instance: &Json) -> Option<bool> {
        Run { schema: self, scope: Vec::new(), steps: 0, depth: 0 }.judge(0, instance, None)
    }
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
            (Keyword::Format(name), Json::String(text)) => {
                self.schema.meaning.has_format(name, text, self.schema.year)?
            }
            (Keyword::Content { encoding, media }, Json::String(text)) => {
                let (encoding, media) = (encoding.as_deref(), media.as_deref());
                self.schema.meaning.has_content(encoding, media, text)?
            }
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
