//! `unevaluatedProperties` and `unevaluatedItems`: which members or items the schemas beside them
//! evaluate, and under which conditions.

use std::rc::Rc;
use std::sync::Arc;

use referencing::{Resolved, Resolver};
use serde_json::{Map, Value};

use super::clauses::{Evaluated, Outcomes};
use super::reader::{Keyword, Reader, SchemaObject};
use crate::draft::Draft;
use crate::primitives::NodeId;
use crate::types::TypeSet;

/// Schemas that the unevaluated keywords of a document may look at, each as often as it is met.
const MAX_VISITS: usize = 20_000;
/// So many property names take as long as a schema.
const NAMES_OF_A_VISIT: usize = 128;
/// Schemas within each other that are looked at.
const MAX_DEPTH: usize = 20;
const HELP: &str = "use `additionalProperties` or `items`, or fewer conditions beside it";

/// One of the two keywords.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unevaluated {
    Properties,
    Items,
}

impl Unevaluated {
    fn keyword(self) -> &'static str {
        match self {
            Self::Properties => "unevaluatedProperties",
            Self::Items => "unevaluatedItems",
        }
    }
}

/// A walk over the schemas that are applied to the value beside an unevaluated keyword.
struct Walk {
    sought: Unevaluated,
    /// For each schema the members or items that it evaluates, and the condition under which they count.
    found: Vec<(NodeId, Evaluated)>,
}

/// Where a walk stands.
struct Visit<'r, 'd> {
    /// The schema counts where this holds.
    condition: NodeId,
    resolver: &'r Rc<Resolver<'d>>,
    depth: usize,
}

impl Visit<'_, '_> {
    /// The visit of a schema within this one.
    fn inner(&self, condition: NodeId) -> Self {
        Self { condition, resolver: self.resolver, depth: self.depth + 1 }
    }
}

impl<'d> Reader<'_, 'd> {
    pub(super) fn unevaluated(
        &mut self,
        object: SchemaObject<'_, 'd>,
        sought: Unevaluated,
        keyword: Keyword<'_, 'd>,
    ) -> NodeId {
        let otherwise = self.schema(keyword.value, object.resolver);
        if otherwise == NodeId::TRUE {
            return NodeId::TRUE;
        }
        let mut walk = Walk { sought, found: Vec::new() };
        let scope = self.scope;
        let visit = Visit { condition: NodeId::TRUE, resolver: object.resolver, depth: 0 };
        let walked = self.evaluated(&mut walk, object.schema, &visit);
        self.scope = scope;
        if let Err(reason) = walked {
            return self.opaque(keyword.origin, None, reason, HELP);
        }
        let clauses = Outcomes::new(walk.found).and_then(|outcomes| match sought {
            _ if outcomes.always.all => Ok(NodeId::TRUE),
            Unevaluated::Properties => self.other_members(&outcomes, otherwise, keyword.origin),
            Unevaluated::Items => self.other_items(&outcomes, otherwise, keyword.origin),
        });
        clauses.unwrap_or_else(|what| {
            let reason = format!("{} beside {what}", sought.keyword());
            self.opaque(keyword.origin, None, reason, HELP)
        })
    }

    /// Walks over `schema` and all that it applies to the same value.
    fn evaluated(
        &mut self,
        walk: &mut Walk,
        schema: &'d Value,
        visit: &Visit<'_, 'd>,
    ) -> Result<(), String> {
        let Value::Object(members) = schema else { return Ok(()) };
        if visit.depth > MAX_DEPTH {
            return Err("unevaluated keywords over a recursive schema".to_owned());
        }
        let named = members.get("properties").and_then(Value::as_object);
        self.visits += 1 + named.map_or(0, |named| named.len() / NAMES_OF_A_VISIT);
        if self.visits > MAX_VISITS {
            self.arena.intricate = true;
            return Err("unevaluated keywords over too many schemas".to_owned());
        }
        let resolver = &self.within(schema, visit.resolver);
        let visit = &Visit { resolver, ..*visit };
        let object = SchemaObject { schema, members, resolver };
        let around = self.scope;
        self.scope = self.enter(resolver.base_uri().as_str());
        let mut here = Evaluated::default();
        for (keyword, value) in members {
            if visit.depth == 0 && keyword == walk.sought.keyword() {
                continue;
            }
            match walk.sought {
                Unevaluated::Properties => self.evaluated_members(keyword, value, &mut here)?,
                Unevaluated::Items => self.evaluated_items(object, keyword, value, &mut here),
            }
            self.evaluated_in_place(walk, object, keyword, value, visit)?;
        }
        walk.found.push((visit.condition, here));
        self.scope = around;
        Ok(())
    }

    /// The members that a keyword evaluates.
    fn evaluated_members(
        &mut self,
        keyword: &str,
        value: &Value,
        here: &mut Evaluated,
    ) -> Result<(), String> {
        let names = || value.as_object().into_iter().flat_map(Map::keys);
        match keyword {
            "properties" => here.named.extend(names().map(|name| Arc::from(name.as_str()))),
            "patternProperties" => {
                for source in names() {
                    let pattern = self
                        .key_pattern(source)
                        .ok_or_else(|| format!("the pattern {source} has no automaton"))?;
                    here.patterns.push(pattern);
                }
            }
            "additionalProperties" | "unevaluatedProperties" => here.all = true,
            _ => {}
        }
        Ok(())
    }

    /// The items that a keyword evaluates.
    fn evaluated_items(
        &mut self,
        object: SchemaObject<'_, 'd>,
        keyword: &str,
        value: &'d Value,
        here: &mut Evaluated,
    ) {
        let is_newest = self.reading.draft == Draft::Draft202012;
        match (keyword, value) {
            ("prefixItems", value) if is_newest => {
                here.prefix = value.as_array().map_or(0, Vec::len);
            }
            ("items", Value::Array(tuple)) if !is_newest => here.prefix = tuple.len(),
            ("items" | "unevaluatedItems", _) => here.all = true,
            ("additionalItems", _) => {
                here.all |= object.members.get("items").is_some_and(Value::is_array);
            }
            ("contains", value) if is_newest => {
                here.contains.push(self.schema(value, object.resolver));
            }
            _ => {}
        }
    }

    /// Goes on to the schemas that a keyword applies to the same value.
    fn evaluated_in_place(
        &mut self,
        walk: &mut Walk,
        object: SchemaObject<'_, 'd>,
        keyword: &str,
        value: &'d Value,
        visit: &Visit<'_, 'd>,
    ) -> Result<(), String> {
        let SchemaObject { schema, members, resolver } = object;
        match keyword {
            "allOf" => {
                for part in value.as_array().into_iter().flatten() {
                    self.evaluated(walk, part, &visit.inner(visit.condition))?;
                }
            }
            "anyOf" | "oneOf" => {
                for part in value.as_array().into_iter().flatten() {
                    let holds = self.schema(part, resolver);
                    let holds = self.arena.all(vec![visit.condition, holds], None);
                    self.evaluated(walk, part, &visit.inner(holds))?;
                }
            }
            "if" => {
                let test = self.schema(value, resolver);
                let yes = self.arena.all(vec![visit.condition, test], None);
                let not = self.arena.not(test);
                let no = self.arena.all(vec![visit.condition, not], None);
                self.evaluated(walk, value, &visit.inner(yes))?;
                if let Some(then) = members.get("then") {
                    self.evaluated(walk, then, &visit.inner(yes))?;
                }
                if let Some(otherwise) = members.get("else") {
                    self.evaluated(walk, otherwise, &visit.inner(no))?;
                }
            }
            "dependentSchemas" => {
                for (name, part) in value.as_object().into_iter().flatten() {
                    let origin = self.origin(schema, keyword);
                    let object = self.arena.types(TypeSet::OBJECT);
                    let required = self.required(name, &origin);
                    let present = self.arena.all(vec![visit.condition, object, required], None);
                    self.evaluated(walk, part, &visit.inner(present))?;
                }
            }
            "$ref" | "$dynamicRef" | "$recursiveRef" => {
                if let Some(resolved) = self.target(keyword, value, resolver)? {
                    let (contents, resolver, _) = resolved.into_inner();
                    let visit =
                        Visit { resolver: &Rc::new(resolver), ..visit.inner(visit.condition) };
                    self.evaluated(walk, contents, &visit)?;
                }
            }
            "dependencies" => {
                return Err("unevaluated keywords beside `dependencies`".to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    /// The target of a keyword that refers to another schema; `None` if this draft has no such keyword.
    fn target(
        &self,
        keyword: &str,
        value: &Value,
        resolver: &Resolver<'d>,
    ) -> Result<Option<Resolved<'d>>, String> {
        let Value::String(reference) = value else { return Ok(None) };
        let is_newest = self.reading.draft == Draft::Draft202012;
        let dynamic = match keyword {
            "$ref" => None,
            "$dynamicRef" if is_newest => self.outermost(reference, resolver),
            "$recursiveRef" if !is_newest => self.outermost(reference, resolver),
            _ => return Ok(None),
        };
        let resolved = self.lookup(dynamic.as_deref().unwrap_or(reference), resolver);
        resolved.map(Some).map_err(|error| error.to_string())
    }
}
