//! One document of a schema and of all that it refers to, in whatever files.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use percent_encoding::percent_decode_str;
use referencing::{Registry, Resolver, ResourceRef, Retrieve, Uri};
use schema_source::{SchemaError, SchemaErrors, Source, escape_token};
use serde_json::{Map, Value};

use super::roots::{SHARED, target};
use super::side::Side;
use crate::document::{Document, Part};
use crate::engine::Draft;
use crate::pointer::uri_escaped;
use crate::validator::dialect;

/// Keywords whose members are schemas, whatever their names.
const OF_NAMES: &[&str] = &[
    "$defs",
    "definitions",
    "dependencies",
    "dependentSchemas",
    "patternProperties",
    "properties",
];
/// Keywords whose value is data.
const OF_DATA: &[&str] = &["const", "default", "enum", "example", "examples"];
/// Keywords that name a schema for references. In the document all of these lead to definitions.
const NAMES: &[&str] = &["$anchor", "$id", "id"];
/// Keywords whose target depends on the way to them.
const DYNAMIC: &[&str] = &["$dynamicRef", "$recursiveRef"];

const NOTHING_IS_FETCHED: &str =
    "a reference leads to a file of the same side, or to the `$id` of one: nothing is fetched";

/// The schema at `pointer` in `source`, a file of `side`, as a document; in `draft`, or that of `$schema`. What it refers to elsewhere
/// becomes definitions of it.
///
/// # Errors
///
/// References that lead nowhere, and files that cannot be read.
pub(super) fn document(
    side: &Arc<Side>,
    source: &Source,
    pointer: &str,
    draft: Option<Draft>,
) -> Result<Document, SchemaErrors> {
    if pointer.is_empty() && !refers_outside(&source.value) {
        return Ok(Document::from(source.clone()).by(draft));
    }
    let said = draft;
    let draft = draft.or_else(|| Draft::of_schema(&source.value)).unwrap_or(Draft::Draft202012);
    let library = Library::new(side, source);
    let fault = |error: &referencing::Error| -> SchemaErrors {
        let help = NOTHING_IS_FETCHED;
        library.fault().unwrap_or_else(|| source.error("", error.to_string(), help).into())
    };
    let uri = file_uri(&source.path);
    // References in what is no schema itself are not looked for by the registry.
    let others =
        if pointer.is_empty() { BTreeMap::new() } else { referred(side, source, pointer)? };
    let mut registry = Registry::new()
        .draft(dialect(draft))
        .retrieve_known_draft_meta_schemas(false)
        .retriever(library.clone())
        .add(&uri, ResourceRef::new(&source.value, dialect(draft)))
        .map_err(|error| fault(&error))?;
    for (uri, source) in &others {
        library.read().insert(uri.clone(), source.clone());
        registry = registry
            .add(uri, ResourceRef::new(&source.value, dialect(draft)))
            .map_err(|error| fault(&error))?;
    }
    let registry = registry.prepare().map_err(|error| fault(&error))?;
    let resolver =
        registry.resolver(referencing::uri::from_str(&uri).map_err(|error| fault(&error))?);
    let bundler = Bundler::new(&registry, draft, &library, source, pointer);
    Ok(bundler.document(source, &resolver)?.by(said))
}

/// The other files, by address, that the part of `source` at `pointer` refers to by their paths, and those that these parts refer to.
fn referred(
    side: &Side,
    source: &Source,
    pointer: &str,
) -> Result<BTreeMap<String, Source>, SchemaErrors> {
    let start = source.path.to_string_lossy().into_owned();
    let mut files = BTreeMap::new();
    let mut seen = HashSet::new();
    let mut work = vec![(start.clone(), pointer.to_owned())];
    while let Some((path, pointer)) = work.pop() {
        if !seen.insert((path.clone(), pointer.clone())) {
            continue;
        }
        if path != start && !files.contains_key(&path) {
            files.insert(path.clone(), side.source(&path)?);
        }
        let source = files.get(&path).unwrap_or(source);
        // An anchor is found by the registry; it may be anywhere.
        let mut parts = vec![source.value.pointer(&pointer).unwrap_or(&source.value)];
        while let Some(part) = parts.pop() {
            match part {
                Value::Array(items) => parts.extend(items),
                Value::Object(members) => {
                    let reference = members.get("$ref").and_then(Value::as_str);
                    let target = reference.and_then(|reference| target(&path, reference));
                    work.extend(target.filter(|(path, _)| side.has(path)));
                    parts.extend(members.values());
                }
                _ => {}
            }
        }
    }
    Ok(files.into_iter().map(|(path, source)| (file_uri(Path::new(&path)), source)).collect())
}

/// Whether a file with these bytes surely refers to no other.
pub(super) fn is_alone(path: &str, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    if Path::new(path).extension().is_none_or(|it| it != "json") && text.contains('\\') {
        return false;
    }
    text.split("$ref").skip(1).all(|rest| {
        let rest = rest.trim_start_matches(['"', ' ', ':', '\t', '\r', '\n']);
        rest.starts_with('#')
    }) && !text.contains("\\u")
}

/// Whether something in `schema` refers to another document, or may.
fn refers_outside(schema: &Value) -> bool {
    let mut work = vec![schema];
    while let Some(value) = work.pop() {
        match value {
            Value::Array(items) => work.extend(items),
            Value::Object(object) => {
                let reference = object.get("$ref").and_then(Value::as_str);
                if reference.is_some_and(|reference| !reference.starts_with('#')) {
                    return true;
                }
                work.extend(object.values());
            }
            _ => {}
        }
    }
    false
}

/// The address of a file of a side.
fn file_uri(path: &Path) -> String {
    format!("file:///{}", uri_escaped(&path.to_string_lossy().replace('\\', "/")))
}

/// The files that references lead to, read as they are asked for.
#[derive(Clone)]
struct Library(Arc<Shelves>);

struct Shelves {
    side: Arc<Side>,
    /// What was read, by address.
    read: Mutex<BTreeMap<String, Source>>,
    /// What was wrong with a file.
    fault: Mutex<Option<SchemaErrors>>,
}

impl Library {
    fn new(side: &Arc<Side>, root: &Source) -> Self {
        let read = BTreeMap::from([(file_uri(&root.path), root.clone())]);
        Self(Arc::new(Shelves {
            side: Arc::clone(side),
            read: Mutex::new(read),
            fault: Mutex::default(),
        }))
    }

    fn fault(&self) -> Option<SchemaErrors> {
        lock(&self.0.fault).take()
    }

    fn read(&self) -> MutexGuard<'_, BTreeMap<String, Source>> {
        lock(&self.0.read)
    }

    /// The path of the file with this address, or whose `$id` is this.
    fn path(&self, uri: &str) -> Option<String> {
        let side = &self.0.side;
        let path = uri.strip_prefix("file:///").map(|path| percent_decode_str(path).decode_utf8());
        match path {
            Some(Ok(path)) => side.has(&path).then(|| path.into_owned()),
            _ => side.of_id(uri).map(str::to_owned),
        }
    }
}

impl Retrieve for Library {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let uri = uri.as_str().trim_end_matches('#');
        // What leads to no file is told of the reference that does.
        let Some(path) = self.path(uri) else { return Ok(Value::Null) };
        match self.0.side.source(&path) {
            Ok(source) => {
                let value = source.value.clone();
                self.read().insert(uri.to_owned(), source);
                Ok(value)
            }
            Err(errors) => {
                let told = errors.to_string();
                *lock(&self.0.fault) = Some(errors);
                Err(told.into())
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A part of a file: its path, and a JSON Pointer into it.
type Place = (String, String);

struct Bundler<'r> {
    registry: &'r Registry<'r>,
    draft: Draft,
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

/// What the members of a value are.
#[derive(Clone, Copy)]
enum Holds {
    Schema,
    Names,
}

impl<'r> Bundler<'r> {
    fn new(
        registry: &'r Registry<'r>,
        draft: Draft,
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
            draft,
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
    ) -> Result<Document, SchemaErrors> {
        let place = self.root.clone();
        let schema = root.value.pointer(&place.1).unwrap_or(&root.value);
        // What holds it may have an id, which its references go by.
        let mut value = self.copied(
            schema,
            &place,
            &around(&root.value, &place.1, resolver, self.draft),
            Holds::Schema,
        );
        let mut definitions = Map::new();
        let whole = Part {
            document_pointer: String::new(),
            source: root.clone(),
            file_pointer: place.1.clone(),
        };
        let mut parts = vec![whole];
        let keyword = self.definitions();
        while let Some((place, target, resolver)) = self.work.pop_front() {
            let name = self.names[&place].clone();
            let copy = self.copied(target, &place, &resolver, Holds::Schema);
            let (path, file_pointer) = place;
            let document_pointer = format!("/{keyword}/{}", escape_token(&name));
            let source = self.sources[&path].clone();
            parts.push(Part { document_pointer, source, file_pointer });
            definitions.insert(name, copy);
        }
        if !self.errors.is_empty() {
            return Err(SchemaErrors(self.errors));
        }
        if let Value::Object(object) = &mut value {
            for keyword in ["$defs", "definitions"] {
                object.shift_remove(keyword);
            }
            if !definitions.is_empty() {
                object.insert(keyword.to_owned(), definitions.into());
            }
            if let Some(schema) = root.value.get("$schema") {
                object.insert("$schema".to_owned(), schema.clone());
            }
        }
        Ok(Document::new(value, root.clone(), parts))
    }

    /// `value`, the part of a file at `place`, with references to definitions of the document.
    fn copied(
        &mut self,
        value: &'r Value,
        place: &Place,
        resolver: &Resolver<'r>,
        holds: Holds,
    ) -> Value {
        let below = |token: &str| (place.0.clone(), format!("{}/{}", place.1, escape_token(token)));
        match value {
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let items = items.map(|(index, item)| {
                    self.copied(item, &below(&index.to_string()), resolver, Holds::Schema)
                });
                items.collect()
            }
            Value::Object(object) => {
                let inside;
                let resolver = match holds {
                    Holds::Names => resolver,
                    Holds::Schema => {
                        let resource = ResourceRef::new(value, dialect(self.draft));
                        match resolver.in_subresource(resource) {
                            Ok(resolver) => {
                                inside = resolver;
                                &inside
                            }
                            Err(_) => resolver,
                        }
                    }
                };
                let mut copy = Map::new();
                for (key, member) in object {
                    let place = below(key);
                    let member = match (holds, key.as_str(), member) {
                        (Holds::Names, ..) => self.copied(member, &place, resolver, Holds::Schema),
                        (_, key, _) if NAMES.contains(&key) => continue,
                        (_, key, _) if OF_DATA.contains(&key) => member.clone(),
                        (_, key, Value::Object(_)) if OF_NAMES.contains(&key) => {
                            self.copied(member, &place, resolver, Holds::Names)
                        }
                        (_, "$ref", Value::String(reference)) => {
                            self.reference(reference, &place, resolver).into()
                        }
                        (_, key, Value::String(_)) if DYNAMIC.contains(&key) => {
                            let message = format!("`{key}` beside references to other files");
                            self.fault(
                                &place,
                                message,
                                "put all that it may lead to into one file",
                            );
                            continue;
                        }
                        _ => self.copied(member, &place, resolver, Holds::Schema),
                    };
                    copy.insert(key.clone(), member);
                }
                copy.into()
            }
            scalar => scalar.clone(),
        }
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
        let (target, resolver, draft) = resolved.into_inner();
        let Some(place) = self.places.get(&std::ptr::from_ref(target)).cloned() else {
            self.fault(at, format!("{reference} leads to no file"), NOTHING_IS_FETCHED);
            return reference.to_owned();
        };
        if draft != dialect(self.draft) {
            let message = format!("{reference} leads to a schema of another draft");
            self.fault(at, message, "write both in one draft");
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
        if self.draft >= Draft::Draft201909 { "$defs" } else { "definitions" }
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
