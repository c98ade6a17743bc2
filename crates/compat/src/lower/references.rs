//! Follows references, in their dynamic scope.

use std::rc::Rc;

use referencing::{Resolver, Uri};
use serde_json::Value;

use super::reader::{Keyword, Reader, SchemaKey, SchemaObject};
use crate::address::Address;
use crate::draft::Draft;
use crate::place::Origin;
use crate::primitives::{NodeId, ScopeId};

impl<'d> Reader<'_, 'd> {
    pub(super) fn reference_keyword(
        &mut self,
        object: SchemaObject<'_, 'd>,
        keyword: Keyword<'_, 'd>,
    ) -> Option<NodeId> {
        let Keyword { name, value: Value::String(reference), origin } = keyword else {
            return None;
        };
        match (name, self.reading.draft) {
            ("$ref", _) => Some(self.reference(reference, origin, object.resolver)),
            ("$dynamicRef", Draft::Draft202012) | ("$recursiveRef", Draft::Draft201909) => {
                Some(self.dynamic_reference(reference, origin, object.resolver))
            }
            _ => None,
        }
    }

    /// The resolver within a schema: another one if it has an id of its own.
    pub(super) fn within(&self, schema: &Value, resolver: &Rc<Resolver<'d>>) -> Rc<Resolver<'d>> {
        match self.bases.get(&Address::of(schema)) {
            Some(base) if *base != *resolver.base_uri() => {
                Rc::new(self.registry.resolver(base.clone()))
            }
            _ => Rc::clone(resolver),
        }
    }

    /// The dynamic scope after a resource is entered.
    pub(super) fn enter(&mut self, resource: &str) -> ScopeId {
        let Some(anchors) = self.dynamic_anchors.get(resource) else { return self.scope };
        let known = &self.scopes[self.scope.index()];
        if anchors.iter().all(|anchor| known.contains_key(anchor)) {
            return self.scope;
        }
        let mut scope = known.clone();
        for anchor in anchors {
            scope.entry(anchor.clone()).or_insert_with(|| resource.to_owned());
        }
        ScopeId::new(self.scopes.iter().position(|known| *known == scope).unwrap_or_else(|| {
            self.scopes.push(scope);
            self.scopes.len() - 1
        }))
    }

    /// The target of a reference, whatever the dynamic scope.
    pub(super) fn lookup(
        &self,
        reference: &str,
        resolver: &Resolver<'d>,
    ) -> Result<referencing::Resolved<'d>, referencing::Error> {
        // Each resolver is one that has been nowhere else: otherwise it would look for dynamic anchors
        // in the resources it has been in, for a plain `$ref` too.
        let fresh = |base: &Resolver<'d>| self.registry.resolver(Uri::clone(&base.base_uri()));
        match reference.split_once('#') {
            None | Some(("", _)) => fresh(resolver).lookup(reference),
            Some((resource, fragment)) => {
                let resource = fresh(resolver).lookup(resource)?;
                fresh(resource.resolver()).lookup(&format!("#{fragment}"))
            }
        }
    }

    pub(super) fn reference(
        &mut self,
        reference: &str,
        origin: &Origin,
        resolver: &Rc<Resolver<'d>>,
    ) -> NodeId {
        let around = self.scope;
        let mut passed = Vec::new();
        let id = self.follow(reference, origin, resolver, &mut passed);
        self.done.extend(passed.into_iter().map(|key| (key, id)));
        self.scope = around;
        id
    }

    /// Follows a reference, and on from schemas that are nothing but a reference (`passed`): there
    /// may be long chains.
    fn follow(
        &mut self,
        reference: &str,
        origin: &Origin,
        resolver: &Rc<Resolver<'d>>,
        passed: &mut Vec<SchemaKey>,
    ) -> NodeId {
        let mut found = self.lookup(reference, resolver);
        for _ in 0..=self.pointers.len() {
            let resolved = match found {
                Ok(resolved) => resolved,
                Err(error) => {
                    let help = "fix the reference, or add what it refers to to the document";
                    return self.opaque(origin, None, error.to_string(), help);
                }
            };
            let (contents, resolver, draft) = resolved.into_inner();
            if !self.pointers.contains_key(&Address::of(contents)) && !contents.is_boolean() {
                let help = "add what it refers to to the document, under `$defs`";
                return self.opaque(origin, None, "a reference out of the document", help);
            }
            if Draft::of_validator(draft) != Some(self.reading.draft) && self.is_modern() {
                let reason = "a reference into another dialect";
                return self.opaque(origin, None, reason, "use one draft in a document");
            }
            self.scope = self.enter(resolver.base_uri().as_str());
            let next = match contents {
                Value::Object(members) if members.len() == 1 => members.get("$ref"),
                _ => None,
            };
            let key = (Address::of(contents), self.scope);
            let (Some(Value::String(next)), None) = (next, self.done.get(&key)) else {
                return self.schema(contents, &Rc::new(resolver));
            };
            passed.push(key);
            found = self.lookup(next, &resolver);
        }
        passed.clear();
        self.arena.endless.get_or_insert_with(|| origin.clone());
        let reason = "the reference leads back to itself for the same value";
        self.opaque(origin, None, reason, "refer to it from a property or an item")
    }

    /// A dynamic reference is one to the same anchor in the outermost resource that was entered and
    /// has it, if the place that it leads to by itself is such an anchor.
    fn dynamic_reference(
        &mut self,
        reference: &str,
        origin: &Origin,
        resolver: &Rc<Resolver<'d>>,
    ) -> NodeId {
        match self.outermost(reference, resolver) {
            Some(target) => self.reference(&target, origin, resolver),
            None => self.reference(reference, origin, resolver),
        }
    }

    /// The reference, without a dynamic scope, that a dynamic one means; `None` if it means what it
    /// says.
    pub(super) fn outermost(&self, reference: &str, resolver: &Resolver<'d>) -> Option<String> {
        let (base, anchor) = reference.rsplit_once('#').unwrap_or((reference, ""));
        if anchor.starts_with('/') {
            return None;
        }
        let here = self.lookup(&format!("{base}#"), resolver).ok()?;
        let anchors = self.dynamic_anchors.get(here.resolver().base_uri().as_str())?;
        let outermost = self.scopes[self.scope.index()].get(anchor)?;
        let (outermost, _) = outermost.split_once('#').unwrap_or((outermost, ""));
        anchors.contains(anchor).then(|| format!("{outermost}#{anchor}"))
    }
}
