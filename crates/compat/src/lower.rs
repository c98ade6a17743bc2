//! Reads a schema document into the normal form of [`crate::node`].

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use jsonschema::Draft;
use referencing::{Registry, Resolver, ResourceRef};
use serde_json::{Map, Value};

use crate::json::Json;
use crate::node::{Arena, Id, Keys, Node, Origin, PatternId, Types};
use crate::number::Rational;
use crate::pattern;
use crate::schema::address;

/// The base of a document without an `$id`.
const BASE: &str = "json-schema:///";
/// Conditional subschemas beside one `unevaluatedProperties` or `unevaluatedItems`: each doubles
/// the cases.
const MAX_CONDITIONS: usize = 8;

/// How one document is read.
pub(crate) struct Reading<'a> {
    pub(crate) draft: Draft,
    pub(crate) formats: bool,
    /// 0 for the sub, 1 for the super.
    pub(crate) side: u8,
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

struct Lower<'a, 'd> {
    arena: &'a mut Arena,
    reading: &'a Reading<'a>,
    root: &'d Value,
    pointers: HashMap<usize, Arc<str>>,
    done: HashMap<usize, Id>,
    /// Schemas being lowered, with the number of the definition once something refers back.
    open: HashMap<usize, Option<u32>>,
    /// How many dynamic anchors of each name the document has.
    dynamic_anchors: HashMap<String, usize>,
    recursive_anchors: usize,
    resources: usize,
    depth: usize,
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
        pointers: HashMap::new(),
        done: HashMap::new(),
        open: HashMap::new(),
        dynamic_anchors: HashMap::new(),
        recursive_anchors: 0,
        resources: 1,
        depth: 0,
    };
    lower.index(root, &mut String::new());
    let resolver = registry.resolver(uri);
    Ok(lower.schema(root, &Rc::new(resolver)))
}

/// No reference outside the document is followed.
struct Offline;

impl referencing::Retrieve for Offline {
    fn retrieve(
        &self,
        uri: &referencing::Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("{uri} is outside the document").into())
    }
}

impl<'d> Lower<'_, 'd> {
    /// Records where every object is, and the anchors that a dynamic reference can see.
    fn index(&mut self, value: &'d Value, pointer: &mut String) {
        let length = pointer.len();
        match value {
            Value::Object(members) => {
                self.pointers.insert(address(value), pointer.as_str().into());
                if let Some(Value::String(name)) = members.get("$dynamicAnchor") {
                    *self.dynamic_anchors.entry(name.clone()).or_default() += 1;
                }
                if members.get("$recursiveAnchor") == Some(&Value::Bool(true)) {
                    self.recursive_anchors += 1;
                }
                if !pointer.is_empty()
                    && ["$id", "id"].iter().any(|k| members.get(*k).is_some_and(Value::is_string))
                {
                    self.resources += 1;
                }
                for (key, member) in members {
                    pointer.push('/');
                    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    self.index(member, pointer);
                    pointer.truncate(length);
                }
            }
            Value::Array(items) => {
                self.pointers.insert(address(value), pointer.as_str().into());
                for (index, item) in items.iter().enumerate() {
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    self.index(item, pointer);
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }

    fn origin(&self, schema: &Value, keyword: &str) -> Origin {
        let base = self.pointers.get(&address(schema)).map_or("", |p| p);
        let pointer =
            if keyword.is_empty() { base.into() } else { format!("{base}/{keyword}").into() };
        (self.reading.side, pointer)
    }

    fn opaque(&mut self, origin: &Origin, key: Option<String>, reason: impl Into<String>) -> Id {
        // Without a meaning of its own, a keyword equals only itself.
        let key = key.unwrap_or_else(|| format!("{}#{}", origin.0, origin.1));
        self.arena.add(Node::Opaque { key, reason: reason.into() }, Some(origin))
    }

    fn schema(&mut self, schema: &'d Value, resolver: &Rc<Resolver<'d>>) -> Id {
        let members = match schema {
            Value::Bool(true) => return Arena::TRUE,
            Value::Bool(false) => return Arena::FALSE,
            Value::Object(members) if members.is_empty() => return Arena::TRUE,
            Value::Object(members) => members,
            _ => {
                let origin = self.origin(schema, "");
                return self.opaque(&origin, None, "not a schema");
            }
        };
        let address = address(schema);
        if let Some(id) = self.done.get(&address) {
            return *id;
        }
        if let Some(definition) = self.open.get(&address).copied() {
            let number = definition.unwrap_or_else(|| {
                let number = u32::try_from(self.arena.definitions.len()).unwrap_or(u32::MAX);
                self.arena.definitions.push(Arena::FALSE);
                self.open.insert(address, Some(number));
                number
            });
            let origin = self.origin(schema, "");
            return self.arena.add(Node::Ref(number), Some(&origin));
        }
        let origin = self.origin(schema, "");
        if self.depth > 200 || self.arena.len() > 200_000 {
            return self.opaque(&origin, None, "the schema is too large");
        }
        self.depth += 1;
        self.open.insert(address, None);
        let inner = resolver.in_subresource(ResourceRef::new(schema, self.reading.draft));
        let id = match inner {
            Ok(inner) => {
                let same = inner.base_uri() == resolver.base_uri();
                let inner = if same { Rc::clone(resolver) } else { Rc::new(inner) };
                self.object(schema, members, &inner)
            }
            Err(error) => self.opaque(&origin, None, error.to_string()),
        };
        self.depth -= 1;
        let id = match self.open.remove(&address).flatten() {
            Some(number) if self.returns_in_place(id, number) => {
                let id = self.opaque(&origin, None, "the reference leads back to itself");
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
        self.done.insert(address, id);
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
                    return self.opaque(&origin, None, format!("another dialect: {dialect}"));
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
                    if self.recursive_anchors == 0 || self.resources == 1 {
                        self.reference(reference, &origin, resolver)
                    } else {
                        self.opaque(&origin, None, "$recursiveRef across resources")
                    }
                }
                ("type", value) => self.type_keyword(value, &origin),
                ("enum", Value::Array(values)) => {
                    let values = values.iter().map(|v| self.json(v)).collect();
                    self.arena.enumeration(values, Some(&origin))
                }
                ("const", value) if draft != Draft::Draft4 => {
                    let value = self.json(value);
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
                        self.opaque(&origin, None, "a divisor that is not positive")
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
                    let content = [members.get("contentMediaType"), members.get("contentEncoding")];
                    let key = format!("content {}", serde_json::json!(content));
                    self.opaque(&origin, Some(key), "content keywords may assert in this draft")
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
                    let bound =
                        |key: &str| members.get(key).filter(|_| self.is_modern()).and_then(whole);
                    let (min, max) = (bound("minContains").unwrap_or(1), bound("maxContains"));
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
                    let mut parts: Vec<Id> =
                        parts.iter().map(|part| self.schema(part, resolver)).collect();
                    parts.sort_unstable();
                    parts.retain(|id| *id != Arena::FALSE);
                    match parts.as_slice() {
                        [] => Arena::FALSE,
                        [one] => *one,
                        _ => self.arena.add(Node::One(parts), Some(&origin)),
                    }
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

    fn number(&self, value: &Value) -> Rational {
        match self.json(value) {
            Json::Number { value, .. } => value,
            _ => Rational::from_integer(0.into()),
        }
    }

    fn count(&mut self, value: &Value, origin: &Origin, node: fn(u64) -> Node) -> Id {
        match whole(value) {
            Some(0)
                if matches!(
                    node(0),
                    Node::MinLength(_) | Node::MinItems(_) | Node::MinProperties(_)
                ) =>
            {
                Arena::TRUE
            }
            Some(count) => self.arena.add(node(count), Some(origin)),
            None => self.opaque(origin, None, "not a count"),
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
                    _ => return self.opaque(origin, None, "not a type"),
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
                vec![self.opaque(origin, Some(format!("pattern {source}")), reason)]
            }
        }
    }

    fn reference(&mut self, reference: &str, origin: &Origin, resolver: &Rc<Resolver<'d>>) -> Id {
        match resolver.lookup(reference) {
            Ok(resolved) => {
                let (contents, resolver, draft) = resolved.into_inner();
                if !self.pointers.contains_key(&address(contents)) && !contents.is_boolean() {
                    return self.opaque(
                        origin,
                        Some(format!("$ref {reference}")),
                        "a reference out of the document",
                    );
                }
                if draft != self.reading.draft && self.is_modern() {
                    return self.opaque(origin, None, "a reference into another dialect");
                }
                self.schema(contents, &Rc::new(resolver))
            }
            Err(error) => self.opaque(origin, None, error.to_string()),
        }
    }

    /// A dynamic reference means what the dynamic scope says, but for the two cases in which every
    /// scope says the same: the target is no dynamic anchor, or it is the only one of its name.
    fn dynamic_reference(
        &mut self,
        reference: &str,
        origin: &Origin,
        resolver: &Rc<Resolver<'d>>,
    ) -> Id {
        let anchor = reference.rsplit_once('#').map_or("", |(_, anchor)| anchor);
        let dynamic =
            !anchor.starts_with('/') && self.dynamic_anchors.get(anchor).copied().unwrap_or(0) > 0;
        if dynamic && self.dynamic_anchors[anchor] > 1 {
            return self.opaque(origin, None, "$dynamicRef with more than one target");
        }
        self.reference(reference, origin, resolver)
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
                    return self.opaque(
                        &origin,
                        None,
                        format!("the pattern {source} has no automaton"),
                    );
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
        if let Err(reason) =
            self.evaluated(schema, Some(own), properties, Arena::TRUE, resolver, 0, &mut found)
        {
            return self.opaque(origin, None, reason);
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
            return self.opaque(origin, None, format!("{own} beside too many conditions"));
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
        let resolver = resolver
            .in_subresource(ResourceRef::new(schema, self.reading.draft))
            .map(Rc::new)
            .map_err(|e| e.to_string())?;
        let resolver = &resolver;
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
                "prefixItems" if !properties => here.prefix = value.as_array().map_or(0, Vec::len),
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
                    let resolved = resolver.lookup(reference).map_err(|e| e.to_string())?;
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
                "$dynamicRef" | "$recursiveRef" => {
                    let reference = value.as_str().unwrap_or_default();
                    let anchor = reference.rsplit_once('#').map_or("", |(_, anchor)| anchor);
                    let unique = if keyword == "$dynamicRef" {
                        self.dynamic_anchors.get(anchor).copied().unwrap_or(0) <= 1
                    } else {
                        self.recursive_anchors == 0 || self.resources == 1
                    };
                    if !unique {
                        return Err(format!("{keyword} with more than one target"));
                    }
                    let resolved = resolver.lookup(reference).map_err(|e| e.to_string())?;
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
        Ok(())
    }
}

fn whole(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let float = value.as_f64()?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Checked just before.
        (float.fract() == 0.0 && (0.0..9e15).contains(&float)).then_some(float as u64)
    })
}

/// The alternatives in which a universal assertion fails, as existential nodes.
pub(crate) fn violations(arena: &mut Arena, id: Id) -> Option<Vec<Id>> {
    let origin = arena.origin(id).cloned();
    let origin = origin.as_ref();
    let mut out = Vec::new();
    match arena.node(id).clone() {
        Node::Properties { named, patterns, rest } => {
            for (name, schema) in &named {
                let schema = arena.not(*schema);
                let keys = Keys { name: Some(Arc::clone(name)), ..Keys::default() };
                out.push(arena.add(Node::Exists { keys, schema }, origin));
            }
            for (pattern, schema) in &patterns {
                let schema = arena.not(*schema);
                let keys = Keys { matching: vec![*pattern], ..Keys::default() };
                out.push(arena.add(Node::Exists { keys, schema }, origin));
            }
            let schema = arena.not(rest);
            let keys = Keys {
                unmatched: patterns.iter().map(|(pattern, _)| *pattern).collect(),
                except: named.into_keys().collect(),
                ..Keys::default()
            };
            out.push(arena.add(Node::Exists { keys, schema }, origin));
        }
        Node::Names(names) => {
            let keys = Keys { names: Some((names, false)), ..Keys::default() };
            out.push(arena.add(Node::Exists { keys, schema: Arena::TRUE }, origin));
        }
        Node::Items { prefix, rest } => {
            for (index, schema) in (0..).zip(&prefix) {
                let schema = arena.not(*schema);
                out.push(arena.add(Node::ItemAt { index, schema }, origin));
            }
            let schema = arena.not(rest);
            let from = prefix.len() as u64;
            out.push(arena.add(Node::ItemFrom { from, schema }, origin));
        }
        Node::Contains { schema, min, max } => {
            if min > 0 {
                let fewer = Node::Contains { schema, min: 0, max: Some(min - 1) };
                out.push(arena.add(fewer, origin));
            }
            if let Some(max) = max {
                let more = Node::Contains { schema, min: max + 1, max: None };
                out.push(arena.add(more, origin));
            }
        }
        _ => return None,
    }
    // A violation by a value that no schema has is none.
    out.retain(|id| {
        !matches!(
            arena.node(*id),
            Node::Exists { schema: Arena::FALSE, .. }
                | Node::ItemAt { schema: Arena::FALSE, .. }
                | Node::ItemFrom { schema: Arena::FALSE, .. }
        )
    });
    Some(out)
}
