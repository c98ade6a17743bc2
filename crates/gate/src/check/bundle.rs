//! One document of a schema and of all that it refers to, in whatever files.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use referencing::{Registry, Resolver, ResourceRef, Uri};
use schema_source::{SchemaError, SchemaErrors, Source, escape_token};
use serde_json::{Map, Value};

use super::below::{Holds, without_dialects};
use super::dialects::{Said, of_dialect, of_file, of_part};
use super::library::{Library, file_uri};
use super::referred::{referred, refers_outside};
use super::roots::{Root, SHARED};
use super::side::Side;
use super::translate::{Moved, ONE_DRAFT, Untranslatable, is_keyword, translate};
use super::unevaluated::Parts;
use crate::document::{Document, Part};
use crate::engine::Draft;
use crate::judge::Gate;
use crate::pointer::uri_escaped;
use crate::validator::{dialect, follows_meta_schema, named};

/// Keywords that name a schema for references. In the document all of these lead to definitions.
const NAMES: &[&str] = &["$anchor", "$id", "id"];
/// Keywords whose target depends on the way to them.
const DYNAMIC: &[&str] = &["$dynamicRef", "$recursiveRef"];

const KNOWN: &str =
    "name draft 4, 6, 7, 2019-09 or 2020-12, or say which draft it is to be read by";
const NOTHING_IS_FETCHED: &str =
    "a reference leads to a file of the same side, or to the `$id` of one: nothing is fetched";

/// `root`, a schema of `side`, as a document that `gate` judges, in the draft that is said of it, or that of `$schema`, or else that of `other`,
/// which it is compared with. What it refers to elsewhere becomes definitions of it. Where files are of several drafts, all are put into
/// words of the latest.
///
/// # Errors
///
/// References that lead nowhere, files that cannot be read, and what cannot be said in the latest draft.
pub(super) fn document(
    side: &Arc<Side>,
    root: &Root,
    other: Option<&Root>,
    gate: &Gate,
) -> Result<Document, SchemaErrors> {
    let Root { source, pointer, .. } = root;
    let said = match source.value.get("$schema") {
        None => root.draft.or_else(|| other?.named_draft()),
        Some(_) => root.draft,
    };
    if pointer.is_empty() && !refers_outside(&source.value) {
        return Ok(Document::from(source.clone()).by(said));
    }
    let draft = gate.draft.or(said).or_else(|| root.named_draft()).unwrap_or(Draft::Draft202012);
    let schema_keyword = source.value.get("$schema").cloned();
    let mut source = source.clone();
    if gate.draft.is_some() {
        // The resolver would go by these.
        without_dialects(&mut source.value);
    }
    let (source, default) = (&source, draft);
    let library = Library::new(side, source, gate.draft);
    let fault = |error: &referencing::Error| -> SchemaErrors {
        let help = NOTHING_IS_FETCHED;
        library.fault().unwrap_or_else(|| source.error("", error.to_string(), help).into())
    };
    let uri = file_uri(&source.path);
    let mut others = BTreeMap::new();
    for (path, mut other) in referred(side, &library, source, pointer) {
        if gate.draft.is_some() {
            without_dialects(&mut other.value);
        }
        others.insert(file_uri(Path::new(&path)), other);
    }
    let mut registry = Registry::new()
        .draft(dialect(draft))
        .retrieve_known_draft_meta_schemas(false)
        .retriever(library.clone())
        .add(&uri, ResourceRef::new(&source.value, dialect(draft)))
        .map_err(|error| fault(&error))?;
    for (uri, source) in &others {
        library.read().insert(uri.clone(), source.clone());
        let own = gate.draft.or_else(|| of_file(&source.value).or(default)).unwrap_or(default);
        registry = registry
            .add(uri, ResourceRef::new(&source.value, dialect(own)))
            .map_err(|error| fault(&error))?;
    }
    let registry = registry.prepare().map_err(|error| fault(&error))?;
    let resolver =
        registry.resolver(referencing::uri::from_str(&uri).map_err(|error| fault(&error))?);
    let bundled = |words| {
        let drafts = (draft, words);
        let mut bundler = Bundler::new(&registry, drafts, gate, &library, source, pointer);
        bundler.schema_keyword = schema_keyword.as_ref();
        bundler.document(source, &resolver)
    };
    match bundled(None)? {
        Bundled::Document(document) => Ok(document.by(said)),
        Bundled::Mixed(latest) => match bundled(Some(latest))? {
            Bundled::Document(document) => Ok(document.by(Some(latest))),
            Bundled::Mixed(_) => unreachable!("it is known which drafts there are"),
        },
    }
}

/// A part of a file: its path, and a JSON Pointer into it.
type Place = (String, String);

struct Bundler<'r> {
    registry: &'r Registry<'r>,
    gate: &'r Gate,
    library: Library,
    /// What the file says of its draft.
    schema_keyword: Option<&'r Value>,
    /// The draft of the schema, and of files that name none.
    draft: Draft,
    /// The draft in whose words all is put, once it is known that there are several.
    words: Option<Draft>,
    /// References from a schema of one draft to one of another.
    crossings: Vec<Crossing>,
    /// The part of a file that a value is, by its address in memory.
    places: HashMap<*const Value, Place>,
    sources: HashMap<String, Source>,
    root: Place,
    /// The name of each definition.
    names: HashMap<Place, String>,
    taken: HashSet<String>,
    work: VecDeque<(Place, &'r Value, Resolver<'r>)>,
    errors: Vec<SchemaError>,
}

/// A reference from a schema of one draft to one of another.
struct Crossing {
    at: Place,
    reference: String,
    to: Place,
}

/// What comes of a bundle.
enum Bundled {
    Document(Box<Document>),
    /// There are schemas of several drafts, of which this is the latest.
    Mixed(Draft),
}

impl<'r> Bundler<'r> {
    fn new(
        registry: &'r Registry<'r>,
        (draft, words): (Draft, Option<Draft>),
        gate: &'r Gate,
        library: &Library,
        root: &'r Source,
        pointer: &str,
    ) -> Self {
        let path = |source: &Source| source.path.to_string_lossy().into_owned();
        let mut places = HashMap::new();
        let mut sources = HashMap::new();
        index(&root.value, &path(root), &mut places);
        for (uri, source) in library.read().iter() {
            let contents = referencing::uri::from_str(uri).and_then(|uri| {
                let resolver = registry.resolver(uri.clone());
                Ok(resolver.lookup(uri.as_str())?.contents())
            });
            if let Ok(contents) = contents {
                index(contents, &path(source), &mut places);
            }
            sources.insert(path(source), source.clone());
        }
        Self {
            registry,
            gate,
            library: library.clone(),
            schema_keyword: None,
            draft,
            words,
            crossings: Vec::new(),
            places,
            sources,
            root: (path(root), pointer.to_owned()),
            names: HashMap::new(),
            taken: HashSet::new(),
            work: VecDeque::new(),
            errors: Vec::new(),
        }
    }

    fn document(
        mut self,
        root: &'r Source,
        resolver: &Resolver<'r>,
    ) -> Result<Bundled, SchemaErrors> {
        let place = self.root.clone();
        if let Some(what) = self.unknown(&place) {
            self.fault(&place, format!("{what} is no draft that is known here"), KNOWN);
            return Err(SchemaErrors(self.errors));
        }
        let schema = root.value.pointer(&place.1).unwrap_or(&root.value);
        let mut parts = Vec::new();
        // What holds it may have an id, which its references go by.
        let around = around(&root.value, &place.1, resolver, self.draft);
        let mut value = self.part(schema, place, &around, String::new(), &mut parts);
        let mut definitions = Map::new();
        let keyword = self.definitions();
        while let Some((place, target, resolver)) = self.work.pop_front() {
            let name = self.names[&place].clone();
            let pointer = format!("/{keyword}/{}", escape_token(&name));
            let copy = self.part(target, place, &resolver, pointer, &mut parts);
            definitions.insert(name, copy);
        }
        if !self.errors.is_empty() {
            return Err(SchemaErrors(self.errors));
        }
        if self.words.is_none() && !self.crossings.is_empty() {
            let reached = self.crossings.iter().map(|crossing| self.draft_of(&crossing.to));
            return Ok(Bundled::Mixed(reached.fold(self.draft, Draft::max)));
        }
        if self.words.is_some()
            && let Some(pointer) = self.looks_across(&value, &definitions)
        {
            let location = Document::new(value, root.clone(), parts).locate(&pointer);
            let place = (location.path.to_string_lossy().into_owned(), location.pointer);
            let why = "an unevaluated keyword looks at a schema of another draft, and no draft says what it finds there";
            self.not_one_document(&place, why, ONE_DRAFT);
            return Err(SchemaErrors(self.errors));
        }
        if let Value::Object(object) = &mut value {
            for keyword in ["$defs", "definitions"] {
                object.shift_remove(keyword);
            }
            if !definitions.is_empty() {
                object.insert(keyword.to_owned(), definitions.into());
            }
            let is_of_root = |schema: &&Value| {
                let said = schema.as_str().map(of_dialect);
                self.gate.draft.is_some() || said == Some(Said::Draft(self.draft))
            };
            if let Some(schema) = self.schema_keyword.filter(is_of_root)
                && self.words.is_none_or(|words| words == self.draft)
            {
                object.insert("$schema".to_owned(), schema.clone());
            }
        }
        Ok(Bundled::Document(Document::new(value, root.clone(), parts).into()))
    }

    /// A copy of `schema`, the part of a file at `place`, which is to stand at `pointer` of the document.
    fn part(
        &mut self,
        schema: &'r Value,
        place: Place,
        resolver: &Resolver<'r>,
        pointer: String,
        parts: &mut Vec<Part>,
    ) -> Value {
        let own = self.draft_of(&place);
        let mut copy = self.copied(schema, &place, resolver, own);
        let source = self.sources[&place.0].clone();
        let mut moved = Vec::new();
        if let Some(words) = self.words {
            if let Value::Object(members) = &mut copy {
                // What refers to these refers to copies.
                members.retain(|key, _| !["$defs", "definitions"].contains(&key.as_str()));
            }
            if own != words
                && let Err(error) = follows_meta_schema(schema, own)
            {
                let at = (place.0.clone(), format!("{}{}", place.1, error.instance_path()));
                let message = format!("not a schema of {}: {error}", named(own));
                self.fault(&at, message, "fix what the message names");
            }
            match translate(&copy, own, words, self.gate) {
                Ok(translated) => (copy, moved) = (translated.schema, translated.moved),
                Err(Untranslatable { pointer, why, help }) => {
                    let at = (place.0.clone(), format!("{}{pointer}", place.1));
                    self.not_one_document(&at, why, help);
                }
            }
        }
        let file_pointer = place.1;
        let renamed = moved.into_iter().map(|Moved { now, before }| Part {
            document_pointer: format!("{pointer}{now}"),
            source: source.clone(),
            file_pointer: format!("{file_pointer}{before}"),
        });
        let renamed: Vec<_> = renamed.collect();
        parts.push(Part { document_pointer: pointer, source, file_pointer });
        parts.extend(renamed);
        copy
    }

    /// The part of an unevaluated keyword that looks at a schema of another draft.
    fn looks_across(&self, root: &Value, definitions: &Map<String, Value>) -> Option<String> {
        let named = self.names.iter().map(|(place, name)| (name.as_str(), place));
        let places: HashMap<_, _> = named.collect();
        let part = |name: Option<&str>| name.map_or(Some(root), |name| definitions.get(name));
        let draft = |name: Option<&str>| {
            self.draft_of(name.and_then(|name| places.get(name).copied()).unwrap_or(&self.root))
        };
        let parts = Parts { part: &part, draft: &draft };
        let below = |name: &String| {
            let pointer = parts.looks_across(Some(name))?;
            Some(format!("/{}/{}{pointer}", self.definitions(), escape_token(name)))
        };
        parts.looks_across(None).or_else(|| definitions.keys().find_map(below))
    }

    /// Files of several drafts cannot be one document, because of what stands at `place` in one.
    fn not_one_document(&mut self, place: &Place, why: &str, help: &str) {
        let is_near = |crossing: &&Crossing| [&crossing.to.0, &crossing.at.0].contains(&&place.0);
        let crossing = self.crossings.iter().find(is_near).or(self.crossings.first());
        let Some(Crossing { at, reference, to }) = crossing else { return };
        let reason = self.sources[&place.0].error(&place.1, "", "");
        let message = format!(
            "{reference} leads from {}, which is of {}, to {}, which is of {}, and these cannot be read together because of {}:{}:{}: {}",
            at.0,
            named(self.draft_of(at)),
            to.0,
            named(self.draft_of(to)),
            place.0,
            reason.line,
            reason.column,
            why,
        );
        let at = at.clone();
        self.fault(&at, message, help);
    }

    /// The draft that the part of a file at `place` is read by.
    fn draft_of(&self, place: &Place) -> Draft {
        let source = self.sources.get(&place.0).filter(|_| self.gate.draft.is_none());
        match source {
            Some(source) if *place != self.root => {
                of_part(&source.value, &place.1).or(self.draft).unwrap_or(self.draft)
            }
            _ => self.draft,
        }
    }

    /// What the part of a file at `place` says that it is of, if that is no draft that is known.
    fn unknown(&self, place: &Place) -> Option<String> {
        let source = self.sources.get(&place.0).filter(|_| self.gate.draft.is_none())?;
        match of_part(&source.value, &place.1) {
            Said::Other(what) => Some(what),
            _ => None,
        }
    }

    /// A schema of `own` has a `$schema` of its own at `place`, within: it says nothing new, or cannot be part of the document.
    fn within(&mut self, dialect: &str, place: &Place, own: Draft) {
        let message = match of_dialect(dialect) {
            _ if self.gate.draft.is_some() => return,
            Said::Draft(said) if said == own => return,
            Said::Draft(said) => {
                format!("a schema of {} within one of {}", named(said), named(own))
            }
            _ => format!("{dialect:?} is no draft that is known here"),
        };
        self.fault(place, message, "move it into a file of its own");
    }

    /// `schema`, the part of a file at `place`, which is read by the draft `own`, with references to definitions of the document.
    fn copied(
        &mut self,
        schema: &'r Value,
        place: &Place,
        resolver: &Resolver<'r>,
        own: Draft,
    ) -> Value {
        let Value::Object(object) = schema else { return schema.clone() };
        let beside = |place: &Place, token: &str| {
            (place.0.clone(), format!("{}/{}", place.1, escape_token(token)))
        };
        let inside = resolver.in_subresource(ResourceRef::new(schema, dialect(own)));
        let resolver = inside.as_ref().unwrap_or(resolver);
        let is_file = place.1.is_empty();
        let mut copy = Map::new();
        for (key, member) in object {
            let place = beside(place, key);
            let member = match (key.as_str(), member) {
                (key, _) if NAMES.contains(&key) => continue,
                ("$schema", _) if is_file => continue,
                ("$schema", Value::String(dialect)) => {
                    self.within(dialect, &place, own);
                    continue;
                }
                // Some resolvers would follow what it refers to.
                (key, _) if !is_keyword(key, own) => continue,
                ("$ref", Value::String(reference)) => {
                    self.reference(reference, &place, resolver).into()
                }
                (key, Value::String(_)) if DYNAMIC.contains(&key) => {
                    let message = format!("`{key}` beside references to other files");
                    self.fault(&place, message, "put all that it may lead to into one file");
                    continue;
                }
                (key, member) => match (Holds::of(key, member), member) {
                    (Holds::Schema, schema) => self.copied(schema, &place, resolver, own),
                    (Holds::List, Value::Array(items)) => {
                        let items = items.iter().enumerate();
                        let items = items.map(|(index, item)| {
                            self.copied(item, &beside(&place, &index.to_string()), resolver, own)
                        });
                        items.collect()
                    }
                    (Holds::ByName, Value::Object(named)) => {
                        let named = named.iter().map(|(name, schema)| {
                            let copy = self.copied(schema, &beside(&place, name), resolver, own);
                            (name.clone(), copy)
                        });
                        Value::Object(named.collect())
                    }
                    (_, data) => data.clone(),
                },
            };
            copy.insert(key.clone(), member);
        }
        copy.into()
    }

    /// The reference in the document to what `reference` leads to.
    fn reference(&mut self, reference: &str, at: &Place, resolver: &Resolver<'r>) -> String {
        // Not by way of the resources that led here: these are for dynamic references.
        let fresh = self.registry.resolver(Uri::clone(&resolver.base_uri()));
        let resolved = match fresh.lookup(reference) {
            Ok(resolved) => resolved,
            Err(error) => {
                let uri = reference.split('#').next().unwrap_or_default();
                let file = fresh.lookup(uri);
                let message = if uri.is_empty() || file.is_ok_and(|it| !it.contents().is_null()) {
                    format!("{reference} leads nowhere: {error}")
                } else {
                    format!("{reference} leads to no file")
                };
                self.fault(at, message, NOTHING_IS_FETCHED);
                return reference.to_owned();
            }
        };
        let (target, resolver, _) = resolved.into_inner();
        let Some(place) = self.places.get(&std::ptr::from_ref(target)).cloned() else {
            self.fault(at, format!("{reference} leads to no file"), NOTHING_IS_FETCHED);
            return reference.to_owned();
        };
        if place.0 != at.0
            && let Err(errors) =
                self.library.path(resolver.base_uri().as_str().trim_end_matches('#'))
        {
            for error in errors.0 {
                self.fault(at, format!("{reference}: {}", error.message), &error.help);
            }
            return reference.to_owned();
        }
        if let Some(what) = self.unknown(&place) {
            let message = format!(
                "{reference} leads to {}, which is of {what}, and that is no draft that is known here",
                place.0
            );
            self.fault(at, message, KNOWN);
            return reference.to_owned();
        }
        if !target.is_object() && !target.is_boolean() {
            let help = "a reference leads to a schema, which is an object, or true, or false";
            self.fault(at, format!("{reference} leads to something that is no schema"), help);
            return reference.to_owned();
        }
        let own = self.draft_of(&place);
        if own != self.draft_of(at) {
            let (reference, to) = (reference.to_owned(), place.clone());
            self.crossings.push(Crossing { at: at.clone(), reference, to });
        }
        if place == self.root {
            return "#".to_owned();
        }
        let keyword = self.definitions();
        let name = if let Some(name) = self.names.get(&place) {
            name.clone()
        } else {
            let name = self.name(&place);
            self.names.insert(place.clone(), name.clone());
            self.work.push_back((place, target, resolver));
            name
        };
        format!("#/{keyword}/{}", uri_escaped(&escape_token(&name)))
    }

    /// The keyword that holds definitions.
    fn definitions(&self) -> &'static str {
        if self.words.unwrap_or(self.draft) >= Draft::Draft201909 { "$defs" } else { "definitions" }
    }

    /// A name for the definition that stands at `place`: its own in the file that is checked, its address in others.
    fn name(&mut self, place: &Place) -> String {
        let (path, pointer) = place;
        let own = ["/$defs/", "/definitions/", SHARED].iter().find_map(|prefix| {
            let name = pointer.strip_prefix(prefix).filter(|name| !name.contains('/'))?;
            (*path == self.root.0).then(|| schema_source::unescape_token(name))
        });
        let mut name = own.unwrap_or_else(|| format!("{path}:{pointer}"));
        while !self.taken.insert(name.clone()) {
            name.push('\'');
        }
        name
    }

    fn fault(&mut self, (path, pointer): &Place, message: String, help: &str) {
        let error = match self.sources.get(path) {
            Some(source) => source.error(pointer, message, help),
            None => SchemaError::of_file(path, message, help),
        };
        self.errors.push(error);
    }
}

/// The resolver for the part of `root` at `pointer`: what holds it may have an id.
fn around<'r>(
    root: &'r Value,
    pointer: &str,
    resolver: &Resolver<'r>,
    draft: Draft,
) -> Resolver<'r> {
    let mut resolver = resolver.clone();
    let ends = pointer.match_indices('/').map(|(end, _)| end);
    for part in ends.filter_map(|end| root.pointer(&pointer[..end])) {
        if let Ok(inside) = resolver.in_subresource(ResourceRef::new(part, dialect(draft))) {
            resolver = inside;
        }
    }
    resolver
}

/// Notes where in the file at `path` each part of `value` stands.
fn index(value: &Value, path: &str, places: &mut HashMap<*const Value, Place>) {
    let mut work = vec![(value, String::new())];
    while let Some((value, pointer)) = work.pop() {
        match value {
            Value::Array(items) => {
                let items = items.iter().enumerate();
                work.extend(items.map(|(index, item)| (item, format!("{pointer}/{index}"))));
            }
            Value::Object(object) => {
                let members = object.iter();
                work.extend(
                    members.map(|(key, it)| (it, format!("{pointer}/{}", escape_token(key)))),
                );
            }
            _ => {}
        }
        places.insert(std::ptr::from_ref(value), (path.to_owned(), pointer));
    }
}
