//! Reads a whole document: sets up its references, then reads its root.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use referencing::{Registry, ResourceRef, Uri};
use serde_json::Value;

use super::index::Holds;
use super::reader::{Reader, Reading};
use crate::arena::Arena;
use crate::place::Origin;
use crate::primitives::{NodeId, ScopeId};
use crate::reason::Reason;

/// The base of a document without an `$id`.
const BASE: &str = "json-schema:///";

/// Adds the schema to the arena.
///
/// # Errors
///
/// The reason, if the ids and references of the document are broken.
pub(crate) fn lower(
    arena: &mut Arena,
    reading: &Reading<'_>,
    root: &Value,
) -> Result<NodeId, Reason> {
    let fail = |error: &dyn std::fmt::Display| {
        let origin = Origin { document: reading.document, pointer: "".into() };
        Reason::new(error.to_string(), "fix the `$id` or `$ref` there", Some(origin))
    };
    let resource = ResourceRef::new(root, reading.draft.validator());
    let base = resource.id().unwrap_or(BASE).trim_end_matches('#').to_owned();
    let base = if base.is_empty() { BASE.to_owned() } else { base };
    let uri = referencing::uri::from_str(&base).map_err(|e| fail(&e))?;
    let registry = Registry::new()
        .draft(reading.draft.validator())
        .retrieve_known_draft_meta_schemas(false)
        .retriever(Offline)
        .add(uri.as_str(), resource)
        .map_err(|e| fail(&e))?
        .prepare()
        .map_err(|e| fail(&e))?;
    let mut lower = Reader {
        arena,
        reading,
        root,
        registry: &registry,
        pointers: HashMap::new(),
        bases: HashMap::new(),
        visits: 0,
        done: HashMap::new(),
        open: HashMap::new(),
        dynamic_anchors: HashMap::new(),
        scopes: vec![BTreeMap::new()],
        scope: ScopeId::new(0),
        depth: 0,
    };
    let resolver = registry.resolver(uri);
    lower.index(root, Holds::Schema, &mut String::new(), &resolver);
    Ok(lower.schema(root, &Rc::new(resolver)))
}

/// No reference outside the document is followed.
struct Offline;

impl referencing::Retrieve for Offline {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("{uri} is outside the document").into())
    }
}
