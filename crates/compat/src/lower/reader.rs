//! The state of reading one document, and the operations that all keywords share.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use referencing::{Registry, Resolver, Uri};
use serde_json::{Map, Value};

use crate::address::Address;
use crate::arena::Arena;
use crate::draft::Draft;
use crate::json::Json;
use crate::node::Node;
use crate::number::{self, Count, Rational};
use crate::place::Origin;
use crate::primitives::{DefinitionId, DocumentId, NodeId, ScopeId};

/// Stands for `$recursiveAnchor` among the dynamic anchors, which have names.
pub(super) const RECURSIVE: &str = "";
/// The advice for a pattern that is not understood.
pub(super) const HELP: &str = "write the pattern without it, or say the same by `enum` or lengths";

/// How one document is read.
pub(crate) struct Reading<'a> {
    pub(crate) draft: Draft,
    pub(crate) formats: bool,
    /// Whether the content keywords of drafts 6 and 7 assert, if that is known.
    pub(crate) content: Option<bool>,
    pub(crate) document: DocumentId,
    /// Bytes that the normal form may take.
    pub(crate) memory: u64,
    /// Exact values of the numbers that `serde_json` rounded, by address.
    pub(crate) exact: &'a HashMap<Address, Rational>,
}

/// A schema that was read: where it is, and in which dynamic scope.
pub(super) type SchemaKey = (Address, ScopeId);

/// Reads one document: keeps the schemas that it has met, and where it stands.
pub(super) struct Reader<'a, 'd> {
    pub(super) arena: &'a mut Arena,
    pub(super) reading: &'a Reading<'a>,
    pub(super) root: &'d Value,
    pub(super) registry: &'d Registry<'d>,
    pub(super) pointers: HashMap<Address, Arc<str>>,
    /// The base URI of each schema with an id.
    pub(super) bases: HashMap<Address, Uri<String>>,
    pub(super) done: HashMap<SchemaKey, NodeId>,
    /// Schemas being lowered, with the number of the definition once something refers back.
    pub(super) open: HashMap<SchemaKey, Option<DefinitionId>>,
    /// The dynamic anchors of each resource, by its URI; the recursive one has no name.
    pub(super) dynamic_anchors: HashMap<String, BTreeSet<String>>,
    /// Each dynamic scope met: for every anchor the outermost resource that has it.
    pub(super) scopes: Vec<BTreeMap<String, String>>,
    pub(super) scope: ScopeId,
    pub(super) depth: usize,
    /// Schemas that unevaluated keywords have looked at.
    pub(super) visits: usize,
}

/// A schema object, and where its references start from.
#[derive(Clone, Copy)]
pub(super) struct SchemaObject<'r, 'd> {
    pub(super) schema: &'d Value,
    pub(super) members: &'d Map<String, Value>,
    pub(super) resolver: &'r Rc<Resolver<'d>>,
}

impl SchemaObject<'_, '_> {
    /// The first of these keywords that is there.
    pub(super) fn first_of<'k>(&self, keywords: &[&'k str]) -> Option<&'k str> {
        keywords.iter().copied().find(|keyword| self.members.contains_key(*keyword))
    }
}

/// A keyword of a schema object.
#[derive(Clone, Copy)]
pub(super) struct Keyword<'r, 'd> {
    pub(super) name: &'r str,
    pub(super) value: &'d Value,
    pub(super) origin: &'r Origin,
}

impl Reader<'_, '_> {
    pub(super) fn origin(&self, schema: &Value, keyword: &str) -> Origin {
        let base = self.pointers.get(&Address::of(schema)).map_or("", |p| p);
        let pointer =
            if keyword.is_empty() { base.into() } else { format!("{base}/{keyword}").into() };
        Origin { document: self.reading.document, pointer }
    }

    pub(super) fn opaque(
        &mut self,
        origin: &Origin,
        key: Option<String>,
        reason: impl Into<String>,
        help: &str,
    ) -> NodeId {
        // Without a meaning of its own, a keyword equals only itself.
        let key = key
            .unwrap_or_else(|| format!("{} #{} {}", origin.document, origin.pointer, self.scope));
        let node = Node::Opaque { key, reason: reason.into(), help: help.to_owned() };
        self.arena.add(node, Some(origin))
    }

    /// 2019-09 or later: siblings of `$ref` count, `unevaluated` keywords exist.
    pub(super) fn is_modern(&self) -> bool {
        matches!(self.reading.draft, Draft::Draft201909 | Draft::Draft202012)
    }

    fn json(&self, value: &Value) -> Json {
        Json::read(value, &|v| self.reading.exact.get(&Address::of(v)).cloned())
    }

    /// A value of an enumeration: it lists `1` and `1.0` alike, which draft 4 tells apart.
    pub(super) fn listed(&self, value: &Value) -> Json {
        let value = self.json(value);
        if self.reading.draft == Draft::Draft4 { value.respelled() } else { value }
    }

    /// The exact value of a number; `None` if the value is not a number.
    pub(super) fn number(&self, value: &Value) -> Option<Rational> {
        match self.json(value) {
            Json::Number { value, .. } => Some(value),
            _ => None,
        }
    }

    pub(super) fn count(
        &mut self,
        value: &Value,
        origin: &Origin,
        node: fn(Count) -> Node,
    ) -> NodeId {
        let Some(node) = self.number(value).as_ref().and_then(number::count).map(node) else {
            return self.opaque(origin, None, "not a count", "write a whole number");
        };
        match &node {
            // It forbids nothing: no count is lower.
            Node::MinLength(min) | Node::MinItems(min) | Node::MinProperties(min)
                if *min == Count::ZERO =>
            {
                NodeId::TRUE
            }
            _ => self.arena.add(node, Some(origin)),
        }
    }

    pub(super) fn required(&mut self, name: &str, origin: &Origin) -> NodeId {
        self.arena.add(Node::Required(name.into()), Some(origin))
    }
}
