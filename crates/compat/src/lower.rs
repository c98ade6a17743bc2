//! Reads a schema document into the normal form of [`crate::node`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use jsonschema::Draft;
use referencing::{Registry, Resolver, ResourceRef, Uri};
use serde_json::{Map, Value};

use crate::json::Json;
use crate::node::{Arena, Id, Node, Origin, PatternId, Types};
use crate::number::{self, Count, Rational};
use crate::pattern;
use crate::place::Side;
use crate::schema::address;

/// Stands for `$recursiveAnchor` among the dynamic anchors, which have names.
const RECURSIVE: &str = "";
/// The base of a document without an `$id`.
const BASE: &str = "json-schema:///";
/// Schemas nested in each other, by references too.
const MAX_DEPTH: usize = 1_000;
/// Dynamic scopes that a document may have: each reads its schemas anew.
const MAX_SCOPES: usize = 64;
/// Schemas that the unevaluated keywords of a document may look at, each as often as it is met.
const MAX_VISITS: usize = 20_000;
/// Conditional subschemas beside one `unevaluatedProperties` or `unevaluatedItems`: each doubles
/// the cases.
const MAX_CONDITIONS: usize = 8;

/// What to do about a pattern that is not understood.
const HELP: &str = "write the pattern without it, or say the same by `enum` or lengths";

/// How one document is read.
pub(crate) struct Reading<'a> {
    pub(crate) draft: Draft,
    pub(crate) formats: bool,
    pub(crate) side: Side,
    /// Bytes that the normal form may take.
    pub(crate) memory: u64,
    /// Exact values of the numbers that `serde_json` rounded, by address.
    pub(crate) exact: &'a HashMap<usize, Rational>,
}

/// What a schema says about the members of an object (or the items of an array) it has looked at.
#[derive(Clone, Default)]
struct Evaluated {
    all: bool,
    named: Vec<Arc<str>>,
    patterns: Vec<PatternId>,
    prefix: usize,
    contains: Vec<Id>,
}

impl Evaluated {
    fn join(&mut self, other: &Self) {
        self.all |= other.all;
        self.named.extend(other.named.iter().cloned());
        self.patterns.extend(other.patterns.iter().copied());
        self.prefix = self.prefix.max(other.prefix);
        self.contains.extend(other.contains.iter().copied());
    }
}

/// What is at a place of a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Schema,
    /// An object of schemas.
    Schemas,
    /// A schema or an array of schemas.
    SchemaOrSchemas,
    Data,
}

impl Holds {
    fn member(self, keyword: &str) -> Self {
        match (self, keyword) {
            (
                Self::Schema | Self::SchemaOrSchemas,
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
                | "dependencies",
            ) => Self::Schemas,
            (Self::Schemas, _)
            | (
                Self::Schema | Self::SchemaOrSchemas,
                "items"
                | "additionalItems"
                | "prefixItems"
                | "unevaluatedItems"
                | "contains"
                | "additionalProperties"
                | "propertyNames"
                | "unevaluatedProperties"
                | "not"
                | "if"
                | "then"
                | "else"
                | "allOf"
                | "anyOf"
                | "oneOf"
                | "contentSchema",
            ) => Self::SchemaOrSchemas,
            _ => Self::Data,
        }
    }

    fn item(self) -> Self {
        if self == Self::SchemaOrSchemas { Self::Schema } else { Self::Data }
    }
}

struct Lower<'a, 'd> {
    arena: &'a mut Arena,
    reading: &'a Reading<'a>,
    root: &'d Value,
    registry: &'d Registry<'d>,
    pointers: HashMap<usize, Arc<str>>,
    /// The base URI of each schema with an id.
    bases: HashMap<usize, Uri<String>>,
    done: HashMap<(usize, usize), Id>,
    /// Schemas being lowered, with the number of the definition once something refers back.
    open: HashMap<(usize, usize), Option<u32>>,
    /// The dynamic anchors of each resource, by its URI; the recursive one has no name.
    dynamic_anchors: HashMap<String, BTreeSet<String>>,
    /// Each dynamic scope met: for every anchor the outermost resource that has it.
    scopes: Vec<BTreeMap<String, String>>,
    scope: usize,
    depth: usize,
    /// Schemas that unevaluated keywords have looked at.
    visits: usize,
}

/// Adds the schema to the arena. `Err` says what the reader cannot do, at which pointer.
pub(crate) fn lower(
    arena: &mut Arena,
    reading: &Reading<'_>,
    root: &Value,
) -> Result<Id, (String, String)> {
    let fail = |error: &dyn std::fmt::Display| (error.to_string(), String::new());
    let resource = ResourceRef::new(root, reading.draft);
    let base = resource.id().unwrap_or(BASE).trim_end_matches('#').to_owned();
    let base = if base.is_empty() { BASE.to_owned() } else { base };
    let uri = referencing::uri::from_str(&base).map_err(|e| fail(&e))?;
    let registry = Registry::new()
        .draft(reading.draft)
        .retrieve_known_draft_meta_schemas(false)
        .retriever(Offline)
        .add(uri.as_str(), resource)
        .map_err(|e| fail(&e))?
        .prepare()
        .map_err(|e| fail(&e))?;
    let mut lower = Lower {
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
        scope: 0,
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

impl<'d> Lower<'_, 'd> {
    /// Records where every object is, and the anchors that a dynamic reference can see: those of
    /// schemas, not of data that looks like one.
    fn index(
        &mut self,
        value: &'d Value,
        holds: Holds,
        pointer: &mut String,
        resolver: &Resolver<'d>,
    ) {
        let length = pointer.len();
        match value {
            Value::Object(members) => {
                self.pointers.insert(address(value), pointer.as_str().into());
                let mut within = None;
                if matches!(holds, Holds::Schema | Holds::SchemaOrSchemas) {
                    let resource = ResourceRef::new(value, self.reading.draft);
                    if resource.id().is_some() {
                        if let Ok(inner) = resolver.in_subresource(resource) {
                            let base = Uri::clone(&inner.base_uri());
                            if self.bases.values().any(|known| *known == base) {
                                let origin = self.origin(value, "$id");
                                self.arena.twice.get_or_insert(origin);
                            }
                            self.bases.insert(address(value), base);
                            within = Some(inner);
                        }
                    }
                    let base = within.as_ref().unwrap_or(resolver).base_uri();
                    self.index_anchors(members, base.as_str());
                }
                let resolver = within.as_ref().unwrap_or(resolver);
                for (key, member) in members {
                    pointer.push('/');
                    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    self.index(member, holds.member(key), pointer, resolver);
                    pointer.truncate(length);
                }
            }
            Value::Array(items) => {
                self.pointers.insert(address(value), pointer.as_str().into());
                for (index, item) in items.iter().enumerate() {
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    self.index(item, holds.item(), pointer, resolver);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }

    fn index_anchors(&mut self, members: &Map<String, Value>, base: &str) {
        let mut anchors = Vec::new();
        if let Some(Value::String(name)) = members.get("$dynamicAnchor") {
            anchors.push(name.clone());
        }
        if members.get("$recursiveAnchor") == Some(&Value::Bool(true)) {
            anchors.push(RECURSIVE.to_owned());
        }
        if !anchors.is_empty() {
            self.dynamic_anchors.entry(base.to_owned()).or_default().extend(anchors);
        }
    }

    /// The resolver within a schema: another one if it has an id of its own.
    fn within(&self, schema: &Value, resolver: &Rc<Resolver<'d>>) -> Rc<Resolver<'d>> {
        match self.bases.get(&address(schema)) {
            Some(base) if *base != *resolver.base_uri() => {
                Rc::new(self.registry.resolver(base.clone()))
            }
            _ => Rc::clone(resolver),
        }
    }

    /// The dynamic scope after a resource is entered.
    fn enter(&mut self, resource: &str) -> usize {
        let Some(anchors) = self.dynamic_anchors.get(resource) else { return self.scope };
        let known = &self.scopes[self.scope];
        if anchors.iter().all(|anchor| known.contains_key(anchor)) {
            return self.scope;
        }
        let mut scope = known.clone();
        for anchor in anchors {
            scope.entry(anchor.clone()).or_insert_with(|| resource.to_owned());
        }
        self.scopes.iter().position(|known| *known == scope).unwrap_or_else(|| {
            self.scopes.push(scope);
            self.scopes.len() - 1
        })
    }

    /// What a reference leads to, whatever the dynamic scope.
    fn lookup(
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

    fn origin(&self, schema: &Value, keyword: &str) -> Origin {
        let base = self.pointers.get(&address(schema)).map_or("", |p| p);
        let pointer =
            if keyword.is_empty() { base.into() } else { format!("{base}/{keyword}").into() };
        (self.reading.side, pointer)
    }

    fn opaque(
        &mut self,
        origin: &Origin,
        key: Option<String>,
        reason: impl Into<String>,
        help: &str,
    ) -> Id {
        // Without a meaning of its own, a keyword equals only itself.
        let key = key.unwrap_or_else(|| format!("{} #{} {}", origin.0, origin.1, self.scope));
        let node = Node::Opaque { key, reason: reason.into(), help: help.to_owned() };
        self.arena.add(node, Some(origin))
    }

    fn schema(&mut self, schema: &'d Value, resolver: &Rc<Resolver<'d>>) -> Id {
        let members = match schema {
            Value::Bool(true) => return Arena::TRUE,
            Value::Bool(false) => return Arena::FALSE,
            Value::Object(members) if members.is_empty() => return Arena::TRUE,
            Value::Object(members) => members,
            _ => {
                let origin = self.origin(schema, "");
                return self.opaque(&origin, None, "not a schema", "write a schema here");
            }
        };
        let around = self.scope;
        let key = (address(schema), around);
        if let Some(id) = self.done.get(&key) {
            return *id;
        }
        let origin = self.origin(schema, "");
        if let Some(definition) = self.open.get(&key).copied() {
            let number = definition.unwrap_or_else(|| {
                let number = u32::try_from(self.arena.definitions.len()).unwrap_or(u32::MAX);
                self.arena.definitions.push(Arena::FALSE);
                self.open.insert(key, Some(number));
                number
            });
            return self.arena.add(Node::Ref(number), Some(&origin));
        }
        if self.depth > MAX_DEPTH || self.arena.bytes() as u64 > self.reading.memory {
            let reason = "the schema is too large to be read within the memory that is allowed";
            return self.opaque(&origin, None, reason, "raise `Options::memory`");
        }
        self.depth += 1;
        self.open.insert(key, None);
        let inner = self.within(schema, resolver);
        self.scope = self.enter(inner.base_uri().as_str());
        let id = if self.scopes.len() > MAX_SCOPES {
            self.arena.intricate = true;
            let reason =
                "too many dynamic scopes: resources with dynamic anchors refer to each other";
            self.opaque(&origin, None, reason, "use `$ref` where one target is meant")
        } else {
            self.object(schema, members, &inner)
        };
        self.scope = around;
        self.depth -= 1;
        let id = match self.open.remove(&key).flatten() {
            Some(number) if self.returns_in_place(id, number) => {
                let reason = "the reference leads back to itself for the same value";
                let id =
                    self.opaque(&origin, None, reason, "refer to it from a property or an item");
                self.arena.definitions[number as usize] = id;
                self.arena.endless.get_or_insert_with(|| origin.clone());
                id
            }
            Some(number) => {
                self.arena.definitions[number as usize] = id;
                self.arena.add(Node::Ref(number), Some(&origin))
            }
            None => id,
        };
        self.done.insert(key, id);
        id
    }

    /// Whether a definition reaches itself without a step into a member or an item.
    fn returns_in_place(&self, id: Id, number: u32) -> bool {
        let mut stack = vec![id];
        let mut seen = std::collections::HashSet::new();
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.arena.node(id) {
                Node::Ref(other) if *other == number => return true,
                Node::Ref(other) => stack.push(self.arena.definitions[*other as usize]),
                Node::All(parts) | Node::Any(parts) | Node::One(parts) => stack.extend(parts),
                Node::Not(inner) => stack.push(*inner),
                _ => {}
            }
        }
        false
    }

    /// 2019-09 or later: siblings of `$ref` count, `unevaluated` keywords exist.
    fn is_modern(&self) -> bool {
        matches!(self.reading.draft, Draft::Draft201909 | Draft::Draft202012)
    }

    #[allow(clippy::too_many_lines)] // One arm a keyword.
    fn object(
        &mut self,
        schema: &'d Value,
        members: &'d Map<String, Value>,
        resolver: &Rc<Resolver<'d>>,
    ) -> Id {
        let draft = self.reading.draft;
        let place = self.origin(schema, "");
        if !std::ptr::eq(schema, self.root) {
            if let Some(Value::String(dialect)) = members.get("$schema") {
                if self.is_modern() && Draft::default().detect(schema) != draft {
                    let origin = self.origin(schema, "$schema");
                    let reason = format!("another dialect: {dialect}");
                    return self.opaque(&origin, None, reason, "use one draft in a document");
                }
            }
        }
        // Up to draft 7 a `$ref` is all there is.
        if !self.is_modern() {
            if let Some(Value::String(reference)) = members.get("$ref") {
                let origin = self.origin(schema, "$ref");
                return self.reference(reference, &origin, resolver);
            }
        }
        let mut parts = Vec::new();
        for (keyword, value) in members {
            let origin = self.origin(schema, keyword);
            let id = match (keyword.as_str(), value) {
                ("$ref", Value::String(reference)) => self.reference(reference, &origin, resolver),
                ("$dynamicRef", Value::String(reference)) if draft == Draft::Draft202012 => {
                    self.dynamic_reference(reference, &origin, resolver)
                }
                ("$recursiveRef", Value::String(reference)) if draft == Draft::Draft201909 => {
                    self.dynamic_reference(reference, &origin, resolver)
                }
                ("type", value) => self.type_keyword(value, &origin),
                ("enum", Value::Array(values)) => {
                    let values = values.iter().map(|v| self.listed(v)).collect();
                    self.arena.enumeration(values, Some(&origin))
                }
                ("const", value) if draft != Draft::Draft4 => {
                    let value = self.listed(value);
                    self.arena.enumeration(vec![value], Some(&origin))
                }
                ("minimum", Value::Number(_)) => {
                    let strict = draft == Draft::Draft4
                        && members.get("exclusiveMinimum") == Some(&Value::Bool(true));
                    let limit = self.number(value);
                    self.arena.add(Node::Min { limit, strict }, Some(&origin))
                }
                ("maximum", Value::Number(_)) => {
                    let strict = draft == Draft::Draft4
                        && members.get("exclusiveMaximum") == Some(&Value::Bool(true));
                    let limit = self.number(value);
                    self.arena.add(Node::Max { limit, strict }, Some(&origin))
                }
                ("exclusiveMinimum", Value::Number(_)) if draft != Draft::Draft4 => {
                    let limit = self.number(value);
                    self.arena.add(Node::Min { limit, strict: true }, Some(&origin))
                }
                ("exclusiveMaximum", Value::Number(_)) if draft != Draft::Draft4 => {
                    let limit = self.number(value);
                    self.arena.add(Node::Max { limit, strict: true }, Some(&origin))
                }
                ("multipleOf", Value::Number(_)) => {
                    let divisor = self.number(value);
                    if divisor <= Rational::from_integer(0.into()) {
                        let reason = "a divisor that is not positive";
                        self.opaque(&origin, None, reason, "write a number above 0")
                    } else {
                        self.arena.add(Node::MultipleOf(divisor), Some(&origin))
                    }
                }
                ("minLength", _) => self.count(value, &origin, Node::MinLength),
                ("maxLength", _) => self.count(value, &origin, Node::MaxLength),
                ("minItems", _) => self.count(value, &origin, Node::MinItems),
                ("maxItems", _) => self.count(value, &origin, Node::MaxItems),
                ("minProperties", _) => self.count(value, &origin, Node::MinProperties),
                ("maxProperties", _) => self.count(value, &origin, Node::MaxProperties),
                ("uniqueItems", Value::Bool(true)) => self.arena.add(Node::Unique, Some(&origin)),
                ("pattern", Value::String(source)) => {
                    let parts = self.pattern(source, &origin);
                    self.arena.all(parts, Some(&origin))
                }
                ("format", Value::String(format)) if self.reading.formats => {
                    self.arena.add(Node::Format(format.as_str().into()), Some(&origin))
                }
                ("contentMediaType" | "contentEncoding", Value::String(_))
                    if matches!(draft, Draft::Draft6 | Draft::Draft7) =>
                {
                    let content: Map<String, Value> = ["contentMediaType", "contentEncoding"]
                        .into_iter()
                        .filter_map(|k| Some((k.to_owned(), members.get(k)?.clone())))
                        .collect();
                    let content = Value::Object(content).to_string();
                    self.arena.add(Node::Content(content.into()), Some(&origin))
                }
                ("properties" | "patternProperties" | "additionalProperties", _) => {
                    // All three are read together, at the first of them.
                    let first = ["properties", "patternProperties", "additionalProperties"]
                        .into_iter()
                        .find(|k| members.contains_key(*k));
                    if first == Some(keyword.as_str()) {
                        self.properties(schema, members, resolver)
                    } else {
                        continue;
                    }
                }
                ("items" | "prefixItems" | "additionalItems", _) => {
                    let first = ["items", "prefixItems", "additionalItems"]
                        .into_iter()
                        .find(|k| members.contains_key(*k));
                    if first == Some(keyword.as_str()) {
                        self.items(schema, members, resolver)
                    } else {
                        continue;
                    }
                }
                ("contains", value) if draft != Draft::Draft4 => {
                    let inner = self.schema(value, resolver);
                    let bound = |key: &str| {
                        let value = members.get(key).filter(|_| self.is_modern())?;
                        number::count(&self.number(value))
                    };
                    let min = bound("minContains").unwrap_or_else(|| 1_u8.into());
                    let max = bound("maxContains");
                    if min == Count::ZERO && max.is_none() {
                        continue;
                    }
                    self.arena.add(Node::Contains { schema: inner, min, max }, Some(&origin))
                }
                ("required", Value::Array(names)) => {
                    let names = names
                        .iter()
                        .filter_map(Value::as_str)
                        .map(|name| self.required(name, &origin))
                        .collect();
                    self.arena.all(names, Some(&origin))
                }
                ("propertyNames", value) if draft != Draft::Draft4 => {
                    match self.schema(value, resolver) {
                        Arena::TRUE => Arena::TRUE,
                        names => self.arena.add(Node::Names(names), Some(&origin)),
                    }
                }
                ("dependencies", Value::Object(dependencies)) => {
                    self.dependencies(dependencies, &origin, resolver)
                }
                ("dependentRequired" | "dependentSchemas", Value::Object(dependencies))
                    if self.is_modern() =>
                {
                    self.dependencies(dependencies, &origin, resolver)
                }
                ("allOf", Value::Array(parts)) => {
                    let parts = parts.iter().map(|part| self.schema(part, resolver)).collect();
                    self.arena.all(parts, Some(&origin))
                }
                ("anyOf", Value::Array(parts)) => {
                    let parts = parts.iter().map(|part| self.schema(part, resolver)).collect();
                    self.arena.any(parts, Some(&origin))
                }
                ("oneOf", Value::Array(parts)) => {
                    let parts = parts.iter().map(|part| self.schema(part, resolver)).collect();
                    self.arena.one(parts, Some(&origin))
                }
                ("not", value) => {
                    let inner = self.schema(value, resolver);
                    self.arena.not(inner)
                }
                ("if", value) if matches!(draft, Draft::Draft7) || self.is_modern() => {
                    let condition = self.schema(value, resolver);
                    let mut branch = |key: &str| {
                        members.get(key).map_or(Arena::TRUE, |value| self.schema(value, resolver))
                    };
                    let (then, otherwise) = (branch("then"), branch("else"));
                    let not = self.arena.not(condition);
                    let yes = self.arena.any(vec![not, then], Some(&origin));
                    let no = self.arena.any(vec![condition, otherwise], Some(&origin));
                    self.arena.all(vec![yes, no], Some(&origin))
                }
                ("unevaluatedProperties", value) if self.is_modern() => {
                    self.unevaluated(schema, value, true, &origin, resolver)
                }
                ("unevaluatedItems", value) if self.is_modern() => {
                    self.unevaluated(schema, value, false, &origin, resolver)
                }
                _ => continue,
            };
            parts.push(id);
        }
        self.arena.all(parts, Some(&place))
    }

    fn json(&self, value: &Value) -> Json {
        Json::read(value, &|v| self.reading.exact.get(&address(v)).cloned())
    }

    /// A value of an enumeration: it lists `1` and `1.0` alike, which draft 4 tells apart.
    fn listed(&self, value: &Value) -> Json {
        let value = self.json(value);
        if self.reading.draft == Draft::Draft4 { value.respelled() } else { value }
    }

    fn number(&self, value: &Value) -> Rational {
        match self.json(value) {
            Json::Number { value, .. } => value,
            _ => Rational::from_integer(0.into()),
        }
    }

    fn count(&mut self, value: &Value, origin: &Origin, node: fn(Count) -> Node) -> Id {
        let count = value.is_number().then(|| self.number(value));
        let Some(node) = count.as_ref().and_then(number::count).map(node) else {
            return self.opaque(origin, None, "not a count", "write a whole number");
        };
        match &node {
            // It forbids nothing: no count is lower.
            Node::MinLength(min) | Node::MinItems(min) | Node::MinProperties(min)
                if *min == Count::ZERO =>
            {
                Arena::TRUE
            }
            _ => self.arena.add(node, Some(origin)),
        }
    }

    fn required(&mut self, name: &str, origin: &Origin) -> Id {
        self.arena.add(Node::Required(name.into()), Some(origin))
    }

    fn type_keyword(&mut self, value: &Value, origin: &Origin) -> Id {
        let names: Vec<&Value> = match value {
            Value::Array(names) => names.iter().collect(),
            name => vec![name],
        };
        let mut types = Types::NONE;
        for name in names {
            types = types
                | match name.as_str() {
                    Some("null") => Types::NULL,
                    Some("boolean") => Types::BOOLEAN,
                    Some("integer") => Types::INTEGER,
                    Some("number") => Types::NUMBER,
                    Some("string") => Types::STRING,
                    Some("array") => Types::ARRAY,
                    Some("object") => Types::OBJECT,
                    _ => return self.opaque(origin, None, "not a type", "name a JSON type"),
                };
        }
        match types {
            Types::NONE => Arena::FALSE,
            Types::ALL => Arena::TRUE,
            types => self.arena.add(Node::Types(types), Some(origin)),
        }
    }

    /// The conjunction of nodes that a pattern means.
    fn pattern(&mut self, source: &str, origin: &Origin) -> Vec<Id> {
        match pattern::parse(source) {
            Ok(parts) => parts
                .into_iter()
                .map(|(pattern, positive)| {
                    let pattern = self.arena.pattern(pattern);
                    let id = self.arena.add(Node::Pattern(pattern), Some(origin));
                    if positive {
                        return id;
                    }
                    // Only strings can fail a pattern.
                    let other = self.arena.types(Types::STRING.complement());
                    let not = self.arena.not(id);
                    self.arena.any(vec![other, not], Some(origin))
                })
                .collect(),
            Err(pattern::Unsupported(reason)) => {
                vec![self.opaque(origin, Some(format!("pattern {source}")), reason, HELP)]
            }
        }
    }

    fn reference(&mut self, reference: &str, origin: &Origin, resolver: &Rc<Resolver<'d>>) -> Id {
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
        passed: &mut Vec<(usize, usize)>,
    ) -> Id {
        let mut found = self.lookup(reference, resolver);
        for _ in 0..=self.pointers.len() {
            let resolved = match found {
                Ok(resolved) => resolved,
                Err(error) => {
                    let help = "mend the reference, or add what it refers to to the document";
                    return self.opaque(origin, None, error.to_string(), help);
                }
            };
            let (contents, resolver, draft) = resolved.into_inner();
            if !self.pointers.contains_key(&address(contents)) && !contents.is_boolean() {
                let help = "add what it refers to to the document, under `$defs`";
                return self.opaque(origin, None, "a reference out of the document", help);
            }
            if draft != self.reading.draft && self.is_modern() {
                let reason = "a reference into another dialect";
                return self.opaque(origin, None, reason, "use one draft in a document");
            }
            self.scope = self.enter(resolver.base_uri().as_str());
            let next = match contents {
                Value::Object(members) if members.len() == 1 => members.get("$ref"),
                _ => None,
            };
            let key = (address(contents), self.scope);
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
    ) -> Id {
        let (base, anchor) = reference.rsplit_once('#').unwrap_or((reference, ""));
        match self.outermost(base, anchor, resolver) {
            Some(target) => self.reference(&target, origin, resolver),
            None => self.reference(reference, origin, resolver),
        }
    }

    /// The reference, without a dynamic scope, that a dynamic one means; `None` if it means what it
    /// says.
    fn outermost(&self, base: &str, anchor: &str, resolver: &Resolver<'d>) -> Option<String> {
        if anchor.starts_with('/') {
            return None;
        }
        let here = self.lookup(&format!("{base}#"), resolver).ok()?;
        let anchors = self.dynamic_anchors.get(here.resolver().base_uri().as_str())?;
        let outermost = self.scopes[self.scope].get(anchor)?;
        let (outermost, _) = outermost.split_once('#').unwrap_or((outermost, ""));
        anchors.contains(anchor).then(|| format!("{outermost}#{anchor}"))
    }

    fn properties(
        &mut self,
        schema: &'d Value,
        members: &'d Map<String, Value>,
        resolver: &Rc<Resolver<'d>>,
    ) -> Id {
        let mut named = BTreeMap::new();
        if let Some(Value::Object(properties)) = members.get("properties") {
            for (name, value) in properties {
                named.insert(Arc::from(name.as_str()), self.schema(value, resolver));
            }
        }
        let mut patterns = Vec::new();
        if let Some(Value::Object(properties)) = members.get("patternProperties") {
            for (source, value) in properties {
                let origin = self.origin(schema, "patternProperties");
                let Some(pattern) = self.key_pattern(source) else {
                    let reason = format!("the pattern {source} has no automaton");
                    return self.opaque(&origin, None, reason, HELP);
                };
                patterns.push((pattern, self.schema(value, resolver)));
            }
        }
        let rest = members
            .get("additionalProperties")
            .map_or(Arena::TRUE, |value| self.schema(value, resolver));
        let keyword = ["properties", "patternProperties", "additionalProperties"]
            .into_iter()
            .find(|k| members.contains_key(*k))
            .unwrap_or_default();
        let origin = self.origin(schema, keyword);
        self.property_node(named, patterns, rest, &origin)
    }

    fn key_pattern(&mut self, source: &str) -> Option<PatternId> {
        let mut parts = pattern::parse(source).ok()?;
        let (pattern, positive) = parts.pop()?;
        (parts.is_empty() && positive).then(|| self.arena.pattern(pattern))
    }

    fn property_node(
        &mut self,
        mut named: BTreeMap<Arc<str>, Id>,
        mut patterns: Vec<(PatternId, Id)>,
        rest: Id,
        origin: &Origin,
    ) -> Id {
        if rest == Arena::TRUE {
            named.retain(|_, id| *id != Arena::TRUE);
            patterns.retain(|(_, id)| *id != Arena::TRUE);
            if named.is_empty() && patterns.is_empty() {
                return Arena::TRUE;
            }
        }
        patterns.sort_unstable();
        patterns.dedup();
        self.arena.add(Node::Properties { named, patterns, rest }, Some(origin))
    }

    fn items(
        &mut self,
        schema: &'d Value,
        members: &'d Map<String, Value>,
        resolver: &Rc<Resolver<'d>>,
    ) -> Id {
        let modern = self.reading.draft == Draft::Draft202012;
        let (prefix, rest) = if modern {
            (members.get("prefixItems"), members.get("items"))
        } else {
            match members.get("items") {
                Some(tuple @ Value::Array(_)) => (Some(tuple), members.get("additionalItems")),
                items => (None, items),
            }
        };
        let keyword = if members.contains_key("items") { "items" } else { "prefixItems" };
        let origin = self.origin(schema, keyword);
        let prefix: Vec<Id> = prefix
            .and_then(Value::as_array)
            .map(|tuple| tuple.iter().map(|value| self.schema(value, resolver)).collect())
            .unwrap_or_default();
        let rest = rest.map_or(Arena::TRUE, |value| self.schema(value, resolver));
        self.item_node(prefix, rest, &origin)
    }

    fn item_node(&mut self, mut prefix: Vec<Id>, rest: Id, origin: &Origin) -> Id {
        while prefix.last() == Some(&rest) {
            prefix.pop();
        }
        if prefix.is_empty() && rest == Arena::TRUE {
            return Arena::TRUE;
        }
        self.arena.add(Node::Items { prefix, rest }, Some(origin))
    }

    fn dependencies(
        &mut self,
        dependencies: &'d Map<String, Value>,
        origin: &Origin,
        resolver: &Rc<Resolver<'d>>,
    ) -> Id {
        let mut parts = Vec::new();
        for (name, value) in dependencies {
            let required = self.required(name, origin);
            let absent = self.arena.not(required);
            let other = self.arena.types(Types::OBJECT.complement());
            let then = match value {
                Value::Array(names) => {
                    let names = names
                        .iter()
                        .filter_map(Value::as_str)
                        .map(|name| self.required(name, origin))
                        .collect();
                    self.arena.all(names, Some(origin))
                }
                Value::String(name) => self.required(name, origin),
                schema => self.schema(schema, resolver),
            };
            parts.push(self.arena.any(vec![other, absent, then], Some(origin)));
        }
        self.arena.all(parts, Some(origin))
    }

    /// `unevaluatedProperties` and `unevaluatedItems`: a universal assertion for every outcome of
    /// the conditional subschemas beside it.
    fn unevaluated(
        &mut self,
        schema: &'d Value,
        value: &'d Value,
        properties: bool,
        origin: &Origin,
        resolver: &Rc<Resolver<'d>>,
    ) -> Id {
        let otherwise = self.schema(value, resolver);
        let own = if properties { "unevaluatedProperties" } else { "unevaluatedItems" };
        let mut found = Vec::new();
        let scope = self.scope;
        let evaluated =
            self.evaluated(schema, Some(own), properties, Arena::TRUE, resolver, 0, &mut found);
        self.scope = scope;
        if let Err(reason) = evaluated {
            let help = "use `additionalProperties` or `items`, or fewer conditions beside it";
            return self.opaque(origin, None, reason, help);
        }
        let mut always = Evaluated::default();
        let mut conditions: Vec<(Id, Evaluated)> = Vec::new();
        for (condition, evaluated) in found {
            if condition == Arena::TRUE {
                always.join(&evaluated);
            } else if let Some((_, known)) = conditions.iter_mut().find(|(c, _)| *c == condition) {
                known.join(&evaluated);
            } else {
                conditions.push((condition, evaluated));
            }
        }
        if conditions.len() > MAX_CONDITIONS {
            let reason = format!("{own} beside too many conditions");
            let help = "use `additionalProperties` or `items`, or fewer conditions beside it";
            return self.opaque(origin, None, reason, help);
        }
        self.outcomes(&conditions, always, otherwise, properties, origin)
    }

    fn outcomes(
        &mut self,
        conditions: &[(Id, Evaluated)],
        covered: Evaluated,
        otherwise: Id,
        properties: bool,
        origin: &Origin,
    ) -> Id {
        if covered.all {
            return Arena::TRUE;
        }
        let Some(((condition, evaluated), rest)) = conditions.split_first() else {
            if properties {
                let named = covered.named.into_iter().map(|name| (name, Arena::TRUE)).collect();
                let patterns = covered.patterns.into_iter().map(|p| (p, Arena::TRUE)).collect();
                return self.property_node(named, patterns, otherwise, origin);
            }
            let mut items = covered.contains;
            items.push(otherwise);
            let rest = self.arena.any(items, Some(origin));
            return self.item_node(vec![Arena::TRUE; covered.prefix], rest, origin);
        };
        let mut with = covered.clone();
        with.join(evaluated);
        let yes = self.outcomes(rest, with, otherwise, properties, origin);
        let no = self.outcomes(rest, covered, otherwise, properties, origin);
        let not = self.arena.not(*condition);
        let yes = self.arena.all(vec![*condition, yes], Some(origin));
        let no = self.arena.all(vec![not, no], Some(origin));
        self.arena.any(vec![yes, no], Some(origin))
    }

    /// What `schema` evaluates of the instance when it holds, with the condition for each part.
    #[allow(clippy::too_many_arguments)] // A recursive walk; a struct for it would only rename them.
    #[allow(clippy::too_many_lines)] // One arm a keyword.
    fn evaluated(
        &mut self,
        schema: &'d Value,
        own: Option<&str>,
        properties: bool,
        condition: Id,
        resolver: &Rc<Resolver<'d>>,
        depth: usize,
        found: &mut Vec<(Id, Evaluated)>,
    ) -> Result<(), String> {
        let Value::Object(members) = schema else { return Ok(()) };
        if depth > 20 {
            return Err("unevaluated keywords over a recursive schema".to_owned());
        }
        self.visits += 1;
        if self.visits > MAX_VISITS {
            self.arena.intricate = true;
            return Err("unevaluated keywords over too many schemas".to_owned());
        }
        let resolver = self.within(schema, resolver);
        let resolver = &resolver;
        let around = self.scope;
        self.scope = self.enter(resolver.base_uri().as_str());
        let mut here = Evaluated::default();
        for (keyword, value) in members {
            if own == Some(keyword.as_str()) {
                continue;
            }
            match keyword.as_str() {
                "properties" if properties => here.named.extend(
                    value
                        .as_object()
                        .into_iter()
                        .flat_map(|m| m.keys())
                        .map(|k| Arc::from(k.as_str())),
                ),
                "patternProperties" if properties => {
                    for source in value.as_object().into_iter().flat_map(|m| m.keys()) {
                        let pattern = self
                            .key_pattern(source)
                            .ok_or_else(|| format!("the pattern {source} has no automaton"))?;
                        here.patterns.push(pattern);
                    }
                }
                "additionalProperties" | "unevaluatedProperties" if properties => here.all = true,
                "prefixItems" if !properties && self.reading.draft == Draft::Draft202012 => {
                    here.prefix = value.as_array().map_or(0, Vec::len);
                }
                "items" if !properties => match value {
                    Value::Array(tuple) if self.reading.draft != Draft::Draft202012 => {
                        here.prefix = tuple.len();
                    }
                    _ => here.all = true,
                },
                "additionalItems" if !properties => {
                    here.all |= members.get("items").is_some_and(Value::is_array);
                }
                "unevaluatedItems" if !properties => here.all = true,
                "contains" if !properties && self.reading.draft == Draft::Draft202012 => {
                    here.contains.push(self.schema(value, resolver));
                }
                "allOf" => {
                    for part in value.as_array().into_iter().flatten() {
                        self.evaluated(
                            part,
                            None,
                            properties,
                            condition,
                            resolver,
                            depth + 1,
                            found,
                        )?;
                    }
                }
                "anyOf" | "oneOf" => {
                    for part in value.as_array().into_iter().flatten() {
                        let holds = self.schema(part, resolver);
                        let holds = self.arena.all(vec![condition, holds], None);
                        self.evaluated(part, None, properties, holds, resolver, depth + 1, found)?;
                    }
                }
                "if" => {
                    let test = self.schema(value, resolver);
                    let yes = self.arena.all(vec![condition, test], None);
                    let not = self.arena.not(test);
                    let no = self.arena.all(vec![condition, not], None);
                    self.evaluated(value, None, properties, yes, resolver, depth + 1, found)?;
                    if let Some(then) = members.get("then") {
                        self.evaluated(then, None, properties, yes, resolver, depth + 1, found)?;
                    }
                    if let Some(otherwise) = members.get("else") {
                        self.evaluated(
                            otherwise,
                            None,
                            properties,
                            no,
                            resolver,
                            depth + 1,
                            found,
                        )?;
                    }
                }
                "dependentSchemas" => {
                    for (name, part) in value.as_object().into_iter().flatten() {
                        let origin = self.origin(schema, keyword);
                        let object = self.arena.types(Types::OBJECT);
                        let required = self.required(name, &origin);
                        let present = self.arena.all(vec![condition, object, required], None);
                        self.evaluated(
                            part,
                            None,
                            properties,
                            present,
                            resolver,
                            depth + 1,
                            found,
                        )?;
                    }
                }
                "$ref" => {
                    let reference = value.as_str().unwrap_or_default();
                    let resolved = self.lookup(reference, resolver).map_err(|e| e.to_string())?;
                    let (contents, inner, _) = resolved.into_inner();
                    self.evaluated(
                        contents,
                        None,
                        properties,
                        condition,
                        &Rc::new(inner),
                        depth + 1,
                        found,
                    )?;
                }
                "$dynamicRef" | "$recursiveRef"
                    if (keyword == "$dynamicRef") == (self.reading.draft == Draft::Draft202012) =>
                {
                    let reference = value.as_str().unwrap_or_default();
                    let (base, anchor) = reference.rsplit_once('#').unwrap_or((reference, ""));
                    let target = self.outermost(base, anchor, resolver);
                    let resolved = self
                        .lookup(target.as_deref().unwrap_or(reference), resolver)
                        .map_err(|e| e.to_string())?;
                    let (contents, inner, _) = resolved.into_inner();
                    self.evaluated(
                        contents,
                        None,
                        properties,
                        condition,
                        &Rc::new(inner),
                        depth + 1,
                        found,
                    )?;
                }
                "dependencies" => {
                    return Err("unevaluated keywords beside `dependencies`".to_owned());
                }
                _ => {}
            }
        }
        found.push((condition, here));
        self.scope = around;
        Ok(())
    }
}
