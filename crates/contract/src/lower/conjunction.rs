//! Follows `$ref` and `allOf`: the parts that a value must meet all of.

use std::collections::{HashMap, HashSet};

use schema_source::Location;
use serde_json::{Map, Value};

use super::context::{Context, Part};
use crate::vocabulary::{ANNOTATIONS, CONSTRAINTS, DOCUMENT, SHAPE};

/// Parts that a value must meet all of. What they say by `$ref` and `allOf` is among them already.
#[derive(Debug, Clone, Default)]
pub(super) struct Conjunction<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// Those of the parts whose union has been resolved into one of its branches.
    pub(super) chosen: HashSet<Location>,
}

/// How far a part has been followed.
enum Progress {
    Open,
    Read,
}

impl<'a> Conjunction<'a> {
    /// What `parts` say together, beside what `self` says.
    pub(super) fn and(mut self, context: &mut Context<'a>, parts: &[Part<'a>]) -> Option<Self> {
        let mut seen: HashMap<_, _> =
            self.parts.iter().map(|part| (part.location(), Progress::Read)).collect();
        for part in parts {
            self.expand(context, part, &mut seen)?;
        }
        Some(self)
    }

    fn expand(
        &mut self,
        context: &mut Context<'a>,
        part: &Part<'a>,
        seen: &mut HashMap<Location, Progress>,
    ) -> Option<()> {
        match part.value() {
            Some(Value::Bool(true)) => return Some(()),
            Some(Value::Bool(false)) => {
                let help = "remove it: nothing could be sent here";
                context.report(part, "no value is one of `false`", help);
                return None;
            }
            _ => {}
        }
        match seen.get(&part.location()) {
            Some(Progress::Read) => return Some(()),
            Some(Progress::Open) => {
                let help = "write what it takes besides itself";
                context.report(part, "a `$ref` that leads back to itself", help);
                return None;
            }
            None => seen.insert(part.location(), Progress::Open),
        };
        let document: &[&str] = if part.pointer().is_empty() { DOCUMENT } else { &["$defs"] };
        let shape: &[&str] = if part.pointer().is_empty() { SHAPE } else { &[] };
        let schema = context.keywords(part, &[document, shape, ANNOTATIONS, CONSTRAINTS])?;
        if says_more_than(schema, &["$ref", "allOf"]) {
            self.parts.push(part.clone());
        }
        if let Some(target) = reference(context, part) {
            self.expand(context, &target, seen)?;
        }
        for element in part.elements("allOf") {
            self.expand(context, &element, seen)?;
        }
        seen.insert(part.location(), Progress::Read);
        Some(())
    }

    /// What tells this conjunction from all others.
    pub(super) fn key(&self) -> Vec<Location> {
        let mut key: Vec<_> = self.parts.iter().map(Part::location).collect();
        // A part whose union is resolved says less.
        key.extend(self.chosen.iter().map(|location| location.key("?")));
        key.sort();
        key
    }
}

/// The part that the `$ref` of `part` leads to, if it has one.
pub(super) fn reference<'a>(context: &Context<'a>, part: &Part<'a>) -> Option<Part<'a>> {
    let (source, pointer) = context.sources.resolve(part.source, part.string("$ref")?)?;
    Some(Part::at(source, pointer))
}

/// The part that `part` stands for: where its `$ref`s lead, as long as nothing else constrains it.
pub(super) fn referent<'a>(context: &Context<'a>, part: &Part<'a>) -> Part<'a> {
    let mut part = part.clone();
    let mut seen = HashSet::new();
    while let (Some(Value::Object(schema)), Some(target)) =
        (part.value(), reference(context, &part))
    {
        if says_more_than(schema, &["$ref"]) || !seen.insert(part.location()) {
            break;
        }
        part = target;
    }
    part
}

/// Whether `schema` constrains, or makes a definition of its own, by another keyword than `followed`.
fn says_more_than(schema: &Map<String, Value>, followed: &[&str]) -> bool {
    let says = |keyword: &str| {
        CONSTRAINTS.contains(&keyword) && !followed.contains(&keyword)
            || matches!(keyword, "x-known-values" | "x-unit")
    };
    schema.keys().any(|keyword| says(keyword))
}
