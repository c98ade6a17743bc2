//! The schemas in a file, and who reads what they say: one for the whole of it, or those of the operations and messages of an API.

use std::collections::{BTreeMap, HashSet};

use schema_source::{SchemaErrors, Source, escape_token, unescape_token};
use serde_json::{Map, Value};

use super::dialects::{Said, of_dialect, of_file, of_format, of_part};
use super::side::Side;
use crate::direction::Direction;
use crate::engine::Draft;
use crate::keywords::{asserts, is_annotation};

/// A schema that is judged.
pub(super) struct Root {
    /// JSON Pointer by which it is found again on the other side, and named.
    pub(super) name: String,
    /// The file that it stands in: another one where a reference leads to its request, response or message.
    pub(super) source: Source,
    /// JSON Pointer in that file.
    pub(super) pointer: String,
    /// Who must not break, where the file says it.
    pub(super) direction: Option<Direction>,
    /// The draft, where the kind of file says it.
    pub(super) draft: Option<Draft>,
    /// Whether other schemas of its file, which are judged on their own, are parts of it.
    shares: bool,
}

impl Root {
    fn whole(source: &Source, pointer: String) -> Self {
        let (name, source) = (pointer.clone(), source.clone());
        let mut root = Self { name, source, pointer, direction: None, draft: None, shares: false };
        if !root.pointer.is_empty() {
            root.draft = own_draft(root.value());
        }
        root
    }

    /// How it is called, in a file at `path`.
    pub(super) fn named(&self, path: &str) -> String {
        match self.name.as_str() {
            "" => path.to_owned(),
            pointer => format!("{path}#{pointer}"),
        }
    }

    pub(super) fn value(&self) -> &Value {
        self.source.value.pointer(&self.pointer).unwrap_or(&Value::Null)
    }

    /// The draft that the kind of file says, or `$schema`, if one does that is known.
    pub(super) fn named_draft(&self) -> Option<Draft> {
        let of_schema = || {
            self.source.value.get("$schema")?;
            Draft::of_schema(&self.source.value)
        };
        self.draft.or_else(of_schema)
    }

    /// Who must not break, where the file says it: whoever met it `before` and meets it now.
    pub(super) fn direction_since(&self, before: &Self) -> Option<Direction> {
        match (before.direction?, self.direction?) {
            (one, other) if one == other => Some(one),
            (Direction::Both, one) | (one, Direction::Both) => Some(one),
            _ => None,
        }
    }

    /// Whether what is found of the schemas that it refers to tells all of it: it says the same as before, rejects more or fewer values only
    /// where they do, and nobody meets it who does not meet them.
    pub(super) fn is_told_by_others(&self, before: &Self) -> bool {
        self.shares
            && before.shares
            && self.draft == before.draft
            && self.direction_since(before).is_some()
            && self.value() == before.value()
            && only_composes(self.value())
    }
}

/// Where a file holds schemas that operations share.
pub(super) const SHARED: &str = "/components/schemas/";

/// The schemas in `source`, a file of `side`: the whole of it, or each of its definitions if the rest asserts nothing; of an OpenAPI or
/// AsyncAPI document those of its operations and its components. `chosen` are the JSON Pointers that were asked for instead.
///
/// # Errors
///
/// If there is none.
pub(super) fn roots(
    side: &Side,
    source: &Source,
    chosen: &[String],
) -> Result<Vec<Root>, SchemaErrors> {
    let mut api =
        Api { side, draft: Draft::Draft202012, roots: BTreeMap::new(), order: Vec::new() };
    let version = |key: &str| {
        source.value.get(key).map(|version| match version {
            Value::String(version) => version.clone(),
            other => other.to_string(),
        })
    };
    let mut draft = None;
    let all = if let Some(version) = version("openapi").or_else(|| version("swagger")) {
        if !version.starts_with("3.1") && !version.starts_with("3.2") {
            let message = format!("OpenAPI {version} has schemas that are no JSON Schema");
            let help = "OpenAPI 3.1 has: `nullable: true` becomes `type: [..., \"null\"]` there";
            return Err(source.error("", message, help).into());
        }
        api.openapi(source)?;
        draft = Some(api.draft);
        api.finish(source)
    } else if let Some(version) = version("asyncapi") {
        if !version.starts_with("3.") {
            let message = format!("AsyncAPI {version} does not say who sends and who reads");
            let help = "AsyncAPI 3 does: its operations have an `action`";
            return Err(source.error("", message, help).into());
        }
        // What its schemas are unless a message says otherwise.
        api.draft = Draft::Draft7;
        draft = Some(api.draft);
        api.asyncapi(source)?;
        api.finish(source)
    } else if chosen.is_empty() {
        return plain(source);
    } else {
        Vec::new()
    };
    if chosen.is_empty() {
        return Ok(all);
    }
    let is_other = |pointer: &&String| {
        all.iter().all(|root| root.name != **pointer) && source.value.pointer(pointer).is_some()
    };
    let others = chosen.iter().filter(is_other);
    let whole = |pointer: &String| {
        let root = Root::whole(source, pointer.clone());
        Root { draft: root.draft.or(draft), ..root }
    };
    let others: Vec<_> = others.map(whole).collect();
    let named = all.into_iter().filter(|root| chosen.contains(&root.name));
    // What else would tell of these is not judged.
    Ok(named.map(|root| Root { shares: false, ..root }).chain(others).collect())
}

/// The draft that a part of a file names for itself.
fn own_draft(part: &Value) -> Option<Draft> {
    match of_dialect(part.get("$schema")?.as_str()?) {
        Said::Draft(draft) => Some(draft),
        _ => None,
    }
}

fn plain(source: &Source) -> Result<Vec<Root>, SchemaErrors> {
    let whole = || vec![Root::whole(source, String::new())];
    let Value::Object(root) = &source.value else { return Ok(whole()) };
    if root.is_empty() || root.keys().any(|keyword| asserts(keyword)) {
        return Ok(whole());
    }
    let definitions = ["$defs", "definitions"].into_iter().flat_map(|keyword| {
        let names = root.get(keyword).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        names.map(move |name| format!("/{keyword}/{}", escape_token(name)))
    });
    let definitions: Vec<_> = definitions.map(|pointer| Root::whole(source, pointer)).collect();
    if definitions.is_empty() && !root.contains_key("$schema") {
        let help = "name files that are schemas: none of its keywords asserts anything, so every change would pass";
        return Err(source.error("", "this is no schema", help).into());
    }
    Ok(if definitions.is_empty() { whole() } else { definitions })
}

/// A part of a file.
#[derive(Clone)]
struct Place {
    source: Source,
    pointer: String,
}

impl Place {
    fn value(&self) -> &Value {
        self.source.value.pointer(&self.pointer).unwrap_or(&Value::Null)
    }

    fn below(&self, token: &str) -> Option<Self> {
        let pointer = format!("{}/{}", self.pointer, escape_token(token));
        self.value().get(token)?;
        Some(Self { source: self.source.clone(), pointer })
    }

    /// The members, or items, each with its key.
    fn each(&self) -> Vec<(String, Self)> {
        let keys: Vec<String> = match self.value() {
            Value::Object(members) => members.keys().cloned().collect(),
            Value::Array(items) => (0..items.len()).map(|index| index.to_string()).collect(),
            _ => Vec::new(),
        };
        let place = |key: &String| {
            let pointer = format!("{}/{}", self.pointer, escape_token(key));
            Self { source: self.source.clone(), pointer }
        };
        keys.into_iter().map(|key| (key.clone(), place(&key))).collect()
    }

    fn error(&self, message: String, help: &str) -> SchemaErrors {
        self.source.error(&self.pointer, message, help).into()
    }
}

/// The roots of an API's document.
struct Api<'s> {
    side: &'s Side,
    draft: Draft,
    roots: BTreeMap<String, Root>,
    order: Vec<String>,
}

const METHODS: &[&str] =
    &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// A reference may lead to a reference, and so on.
const MAX_REFERENCES: usize = 32;
/// The operation of a callback may have callbacks.
const MAX_CALLBACKS: usize = 4;

impl Api<'_> {
    /// What stands at `place`, or where the Reference Object there leads to.
    fn resolved(&self, place: &Place) -> Result<Place, SchemaErrors> {
        let mut found = Place::clone(place);
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = found.value().get("$ref").and_then(Value::as_str) else {
                return Ok(found);
            };
            let missing = || {
                let message = format!("{reference} leads nowhere");
                found.error(
                    message,
                    "it leads to a part of a file of the same side: nothing is fetched",
                )
            };
            let here = found.source.path.to_string_lossy();
            let (path, pointer) = target(&here, reference).ok_or_else(missing)?;
            let source = if path == here {
                found.source.clone()
            } else if self.side.has(&path) {
                self.side.source(&path)?
            } else {
                return Err(missing());
            };
            if source.value.pointer(&pointer).is_none() {
                return Err(missing());
            }
            found = Place { source, pointer };
        }
        Err(place.error("its references lead in a circle".to_owned(), "let one of them lead out"))
    }

    fn add(&mut self, name: String, place: Place, direction: Option<Direction>) {
        let Place { source, pointer } = place;
        let draft = match of_part(&source.value, &pointer) {
            Said::Draft(draft) => Some(draft),
            _ => Some(self.draft),
        };
        self.order.push(name.clone());
        let root = Root { name: name.clone(), source, pointer, direction, draft, shares: false };
        self.roots.insert(name, root);
    }

    fn openapi(&mut self, source: &Source) -> Result<(), SchemaErrors> {
        self.draft = match of_file(&source.value) {
            Said::Draft(draft) => draft,
            Said::Nothing => self.draft,
            Said::Other(dialect) => {
                let message = format!("{dialect} is no draft that is known here");
                let help = "leave it out: it is 2020-12 then";
                return Err(source.error("/jsonSchemaDialect", message, help).into());
            }
        };
        let document = Place { source: source.clone(), pointer: String::new() };
        for (paths, sends) in [("paths", false), ("webhooks", true)] {
            let Some(paths) = document.below(paths) else { continue };
            for (path, item) in paths.each() {
                // A path is the same if its parameters have other names.
                let path = without_names(&path);
                let name = format!("{}/{}", paths.pointer, escape_token(&path));
                self.path_item(&name, &item, sends)?;
            }
        }
        Ok(())
    }

    /// `sends` is whether the one whose API it is sends the request.
    fn path_item(&mut self, name: &str, item: &Place, sends: bool) -> Result<(), SchemaErrors> {
        if name.matches("/callbacks/").count() > MAX_CALLBACKS {
            let message = format!("callbacks of callbacks, more than {MAX_CALLBACKS} deep");
            return Err(
                item.error(message, "its references lead in a circle: let one of them lead out")
            );
        }
        let item = self.resolved(item)?;
        let shared = item.below("parameters");
        for method in METHODS {
            let Some(operation) = item.below(method) else { continue };
            let name = format!("{name}/{method}");
            let (request, response) = directions(sends);
            for parameters in [shared.clone(), operation.below("parameters")].into_iter().flatten()
            {
                for (_, parameter) in parameters.each() {
                    let parameter = self.resolved(&parameter)?;
                    let text = |key| parameter.value().get(key).and_then(Value::as_str);
                    let [place, key] = ["in", "name"].map(|key| text(key).unwrap_or_default());
                    let name = format!("{name}/parameters/{place}:{}", escape_token(key));
                    self.value(&name, &parameter, request)?;
                }
            }
            if let Some(body) = operation.below("requestBody") {
                let body = self.resolved(&body)?;
                self.value(&format!("{name}/requestBody"), &body, request)?;
            }
            for (status, answer) in operation.below("responses").iter().flat_map(Place::each) {
                let answer = self.resolved(&answer)?;
                let name = format!("{name}/responses/{}", escape_token(&status));
                self.value(&name, &answer, response)?;
                for (header, place) in answer.below("headers").iter().flat_map(Place::each) {
                    let place = self.resolved(&place)?;
                    let name = format!("{name}/headers/{}", escape_token(&header));
                    self.value(&name, &place, response)?;
                }
            }
            for (callback, place) in operation.below("callbacks").iter().flat_map(Place::each) {
                for (expression, item) in self.resolved(&place)?.each() {
                    let name = format!(
                        "{name}/callbacks/{}/{}",
                        escape_token(&callback),
                        escape_token(&expression)
                    );
                    self.path_item(&name, &item, !sends)?;
                }
            }
        }
        Ok(())
    }

    /// The schemas of a body, a parameter or a header.
    fn value(
        &mut self,
        name: &str,
        place: &Place,
        direction: Direction,
    ) -> Result<(), SchemaErrors> {
        if let Some(schema) = place.below("schema") {
            self.add(format!("{name}/schema"), schema, Some(direction));
        }
        for (media, content) in place.below("content").iter().flat_map(Place::each) {
            let content = self.resolved(&content)?;
            for key in ["schema", "itemSchema"] {
                if let Some(schema) = content.below(key) {
                    let name = format!("{name}/content/{}/{key}", escape_token(&media));
                    self.add(name, schema, Some(direction));
                }
            }
        }
        Ok(())
    }

    fn asyncapi(&mut self, source: &Source) -> Result<(), SchemaErrors> {
        let document = Place { source: source.clone(), pointer: String::new() };
        for (key, operation) in document.below("operations").iter().flat_map(Place::each) {
            let operation = self.resolved(&operation)?;
            let sends = match operation.value().get("action").and_then(Value::as_str) {
                Some("send") => true,
                Some("receive") => false,
                _ => {
                    let message = "an operation without an action".to_owned();
                    return Err(operation.error(message, "`action` is `send` or `receive`"));
                }
            };
            let name = format!("/operations/{}", escape_token(&key));
            let (one, other) = directions(sends);
            self.messages(&name, &operation, one)?;
            if let Some(reply) = operation.below("reply") {
                let reply = self.resolved(&reply)?;
                self.messages(&format!("{name}/reply"), &reply, other)?;
            }
        }
        Ok(())
    }

    /// The messages that are listed, or else all of the channel.
    fn messages(
        &mut self,
        name: &str,
        of: &Place,
        direction: Direction,
    ) -> Result<(), SchemaErrors> {
        let listed = match of.below("messages") {
            Some(messages) => Some(messages),
            None => match of.below("channel") {
                Some(channel) => self.resolved(&channel)?.below("messages"),
                None => None,
            },
        };
        for (key, message) in listed.iter().flat_map(Place::each) {
            // In a list, the name that its reference ends with.
            let reference = message.value().get("$ref").and_then(Value::as_str).unwrap_or(&key);
            let key = if key.parse::<usize>().is_ok() {
                reference.rsplit('/').next().map_or(key.clone(), unescape_token)
            } else {
                key.clone()
            };
            let message = self.resolved(&message)?;
            for part in ["payload", "headers"] {
                let Some(schema) = message.below(part) else { continue };
                let name = format!("{name}/messages/{}/{part}", escape_token(&key));
                self.payload(name, schema, direction)?;
            }
        }
        Ok(())
    }

    /// A schema, or one beside the name of its format.
    fn payload(
        &mut self,
        name: String,
        place: Place,
        direction: Direction,
    ) -> Result<(), SchemaErrors> {
        let format = place.value().get("schemaFormat").and_then(Value::as_str).map(str::to_owned);
        let (Some(format), Some(schema)) = (format, place.below("schema")) else {
            self.add(name, place, Some(direction));
            return Ok(());
        };
        let default = self.draft;
        let Some(draft) = of_format(&format) else {
            let message = format!("a schema in the format {format}");
            return Err(place.error(message, "JSON Schema is compared, and nothing else"));
        };
        self.draft = draft;
        self.add(name, schema, Some(direction));
        self.draft = default;
        Ok(())
    }

    /// All roots, with the schemas that the operations share: each in the directions of those that it is part of.
    fn finish(mut self, source: &Source) -> Vec<Root> {
        let mut directions: BTreeMap<String, HashSet<Direction>> = BTreeMap::new();
        for root in self.roots.values().filter(|root| root.source.path == source.path) {
            let direction = root.direction.unwrap_or_default();
            for name in reached(source, root.value()) {
                directions.entry(name).or_default().insert(direction);
            }
        }
        let document = Place { source: source.clone(), pointer: String::new() };
        let components = document.below("components").and_then(|it| it.below("schemas"));
        for (key, place) in components.iter().flat_map(Place::each) {
            let reached = directions.remove(&key).unwrap_or_default();
            let direction = match reached.len() {
                0 => None,
                1 => reached.into_iter().next(),
                _ => Some(Direction::Both),
            };
            let name = place.pointer.clone();
            self.add(name, place, direction);
        }
        let own = |root: Root| Root { shares: root.source.path == source.path, ..root };
        self.order.iter().filter_map(|name| self.roots.remove(name).map(own)).collect()
    }
}

/// Of a request and of its response, if the one whose API it is `sends` the request.
fn directions(sends: bool) -> (Direction, Direction) {
    if sends {
        (Direction::Produce, Direction::Consume)
    } else {
        (Direction::Consume, Direction::Produce)
    }
}

/// The shared schemas that `schema`, a part of `source`, refers to, and those that these refer to.
fn reached(source: &Source, schema: &Value) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut seen: HashSet<&str> = HashSet::new();
    let mut work = vec![schema];
    while let Some(value) = work.pop() {
        match value {
            Value::Array(items) => work.extend(items),
            Value::Object(members) => {
                let reference = members.get("$ref").and_then(Value::as_str);
                if let Some(pointer) = reference.and_then(|it| it.strip_prefix('#'))
                    && seen.insert(pointer)
                {
                    // The whole of a schema, also for a part of it.
                    let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
                    let name = pointer.strip_prefix(SHARED).and_then(|rest| rest.split('/').next());
                    let whole = name.map(|name| format!("{SHARED}{name}"));
                    names.extend(name.map(unescape_token));
                    work.extend(source.value.pointer(whole.as_deref().unwrap_or(&pointer)));
                }
                work.extend(members.values());
            }
            _ => {}
        }
    }
    names
}

/// Whether a schema puts others together so that it takes more values, or fewer, only where they do.
fn only_composes(schema: &Value) -> bool {
    let Value::Object(members) = schema else { return true };
    members.iter().all(|(keyword, value)| match (keyword.as_str(), value) {
        ("$ref", Value::String(reference)) => {
            let name = reference.strip_prefix('#').and_then(|it| it.strip_prefix(SHARED));
            name.is_some_and(|name| !name.contains('/'))
        }
        ("properties" | "patternProperties", Value::Object(members)) => {
            members.values().all(only_composes)
        }
        ("allOf" | "anyOf" | "prefixItems" | "items", Value::Array(items)) => {
            items.iter().all(only_composes)
        }
        ("items" | "additionalProperties" | "propertyNames", value) => only_composes(value),
        (keyword, _) => stands_alone(keyword),
    })
}

/// Whether what `keyword` says depends on no schema, and none depends on it.
fn stands_alone(keyword: &str) -> bool {
    const OF_VALUES: &[&str] = &[
        "const",
        "dependentRequired",
        "discriminator",
        "enum",
        "example",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "externalDocs",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "pattern",
        "required",
        "type",
        "uniqueItems",
        "xml",
    ];
    const OF_REFERENCES: &[&str] = &["id", "definitions"];
    OF_VALUES.contains(&keyword)
        || is_annotation(keyword) && !keyword.starts_with('$') && !OF_REFERENCES.contains(&keyword)
}

/// The path of a file, and the JSON Pointer in it, that `reference` in the file at `path` leads to; none if that is outside.
pub(super) fn target(path: &str, reference: &str) -> Option<(String, String)> {
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let path = if file.is_empty() { path.to_owned() } else { beside(path, file)? };
    let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
    Some((path, pointer.into_owned()))
}

/// The path of `file` as a file at `path` refers to it.
fn beside(path: &str, file: &str) -> Option<String> {
    let file = percent_encoding::percent_decode_str(file).decode_utf8().ok()?;
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// `/pets/{id}` as `/pets/{}`.
fn without_names(path: &str) -> String {
    let mut parts = path.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push('{');
        text.push_str(part.find('}').map_or(part, |end| &part[end..]));
    }
    text
}
