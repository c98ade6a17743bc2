//! The resources of a schema document and what its references mean, for the evaluator of the tests.

use std::collections::{BTreeMap, HashMap};

use schema_compat::Draft;

use crate::json::Json;

/// The kind of value that a keyword has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    Schema,
    Schemas,
    /// One schema or, for tuples, an array of them.
    Items,
    Named,
}

/// The age of a draft, for comparisons.
pub(crate) fn year(draft: Draft) -> u16 {
    match draft {
        Draft::Draft4 => 4,
        Draft::Draft6 => 6,
        Draft::Draft7 => 7,
        Draft::Draft201909 => 2019,
        _ => 2020,
    }
}

/// Where a keyword of the draft holds schemas.
pub(crate) fn holds(keyword: &str, draft: Draft) -> Option<Holds> {
    let year = year(draft);
    Some(match keyword {
        "allOf" | "anyOf" | "oneOf" => Holds::Schemas,
        "properties" | "patternProperties" | "definitions" | "dependencies" => Holds::Named,
        "items" if year < 2020 => Holds::Items,
        "not" | "additionalProperties" | "items" => Holds::Schema,
        "additionalItems" if year < 2020 => Holds::Schema,
        "contains" | "propertyNames" if year >= 6 => Holds::Schema,
        "if" | "then" | "else" if year >= 7 => Holds::Schema,
        "$defs" | "dependentSchemas" if year >= 2019 => Holds::Named,
        "unevaluatedItems" | "unevaluatedProperties" | "contentSchema" if year >= 2019 => {
            Holds::Schema
        }
        "prefixItems" if year >= 2020 => Holds::Schemas,
        _ => return None,
    })
}

/// The schemas in a schema: pointer below it, and schema.
pub(crate) fn children(schema: &Json, draft: Draft) -> Vec<(String, &Json)> {
    let Json::Object(members) = schema else { return Vec::new() };
    let mut found = Vec::new();
    for (keyword, value) in members {
        let at = escape(keyword);
        match (holds(keyword, draft), value) {
            (Some(Holds::Schema | Holds::Items), Json::Object(_) | Json::Bool(_)) => {
                found.push((format!("/{at}"), value));
            }
            (Some(Holds::Schemas | Holds::Items), Json::Array(items)) => {
                let items = items.iter().enumerate();
                found.extend(items.map(|(index, item)| (format!("/{at}/{index}"), item)));
            }
            (Some(Holds::Named), Json::Object(named)) => {
                let schemas = named.iter().filter(|(_, v)| !matches!(v, Json::Array(_)));
                found.extend(schemas.map(|(name, v)| (format!("/{at}/{}", escape(name)), v)));
            }
            _ => {}
        }
    }
    found
}

pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The value that a JSON Pointer points to.
pub(crate) fn at<'a>(document: &'a Json, pointer: &str) -> Option<&'a Json> {
    let mut value = document;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        value = match value {
            Json::Object(members) => members.get(&step)?,
            Json::Array(items) => items.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// A schema with an identifier of its own, or the document.
#[derive(Debug, Default)]
pub(crate) struct Resource {
    uri: String,
    pub(crate) pointer: String,
    anchors: BTreeMap<String, String>,
    /// Anchors that a `$dynamicRef` may be bent to.
    pub(crate) dynamic: BTreeMap<String, String>,
    /// Whether a `$recursiveRef` may be bent to its root.
    pub(crate) recursive: bool,
}

/// The resources of a document.
#[derive(Debug, Default)]
pub(crate) struct Resources {
    pub(crate) all: Vec<Resource>,
    by_pointer: HashMap<String, usize>,
    by_uri: HashMap<String, usize>,
}

impl Resources {
    /// Finds them; `None` if the document holds another dialect or an identifier twice.
    pub(crate) fn read(document: &Json, draft: Draft) -> Option<Self> {
        let mut resources = Self::default();
        resources.add("json-schema:///".to_owned(), String::new())?;
        resources.walk(document, "", 0, draft)?;
        Some(resources)
    }

    fn add(&mut self, uri: String, pointer: String) -> Option<usize> {
        let index = self.all.len();
        self.by_pointer.insert(pointer.clone(), index);
        let known = self.by_uri.insert(uri.clone(), index);
        self.all.push(Resource { uri, pointer, ..Resource::default() });
        known.is_none().then_some(index)
    }

    fn walk(
        &mut self,
        schema: &Json,
        pointer: &str,
        mut resource: usize,
        draft: Draft,
    ) -> Option<()> {
        let year = year(draft);
        let text = |keyword| schema.get(keyword).and_then(Json::as_str);
        let beside_ref = year < 2019 && text("$ref").is_some();
        let id = if beside_ref { None } else { text(if year == 4 { "id" } else { "$id" }) };
        if let Some(id) = id {
            let (id, anchor) = id.split_once('#').unwrap_or((id, ""));
            if !id.is_empty() {
                resource = self.add(absolute(&self.all[resource].uri, id), pointer.to_owned())?;
            }
            if !anchor.is_empty() {
                let anchors = &mut self.all[resource].anchors;
                if anchors.insert(anchor.to_owned(), pointer.to_owned()).is_some() {
                    return None;
                }
            }
        }
        if text("$schema").is_some_and(|dialect| self::dialect(dialect) != Some(draft)) {
            return None;
        }
        let here = &mut self.all[resource];
        for (keyword, since) in [("$anchor", 2019), ("$dynamicAnchor", 2020)] {
            let Some(anchor) = text(keyword).filter(|_| year >= since) else { continue };
            if here.anchors.insert(anchor.to_owned(), pointer.to_owned()).is_some() {
                return None;
            }
            if keyword == "$dynamicAnchor" {
                here.dynamic.insert(anchor.to_owned(), pointer.to_owned());
            }
        }
        if year == 2019 && here.pointer == pointer {
            here.recursive = schema.get("$recursiveAnchor") == Some(&Json::Bool(true));
        }
        for (below, child) in children(schema, draft) {
            self.walk(child, &format!("{pointer}{below}"), resource, draft)?;
        }
        Some(())
    }

    /// The resource that a place belongs to.
    pub(crate) fn of(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            if let Some(index) = self.by_pointer.get(pointer) {
                return *index;
            }
            pointer = &pointer[..pointer.rfind('/').unwrap_or(0)];
        }
    }

    /// Where a reference from within a resource points to, and its anchor if it has one. `None`:
    /// out of the document.
    pub(crate) fn resolve(&self, from: usize, reference: &str) -> Option<(String, Option<String>)> {
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let target = if uri.is_empty() {
            from
        } else {
            *self.by_uri.get(&absolute(&self.all[from].uri, uri))?
        };
        let target = &self.all[target];
        let fragment = decoded(fragment)?;
        if fragment.is_empty() || fragment.starts_with('/') {
            return Some((format!("{}{fragment}", target.pointer), None));
        }
        Some((target.anchors.get(&fragment)?.clone(), Some(fragment)))
    }
}

fn dialect(uri: &str) -> Option<Draft> {
    Some(match uri.trim_end_matches('#') {
        "http://json-schema.org/draft-04/schema" => Draft::Draft4,
        "http://json-schema.org/draft-06/schema" => Draft::Draft6,
        "http://json-schema.org/draft-07/schema" => Draft::Draft7,
        "https://json-schema.org/draft/2019-09/schema" => Draft::Draft201909,
        "https://json-schema.org/draft/2020-12/schema" => Draft::Draft202012,
        _ => return None,
    })
}

/// Percent-encoding undone.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// A reference without fragment, resolved against a base (RFC 3986, section 5.2).
fn absolute(base: &str, reference: &str) -> String {
    let scheme = |uri: &str| {
        let (scheme, rest) = uri.split_once(':')?;
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        is_scheme.then(|| (scheme.to_owned(), rest.to_owned()))
    };
    if let Some((scheme, rest)) = scheme(reference) {
        return format!("{}:{}", scheme.to_ascii_lowercase(), without_dots(&rest));
    }
    let Some((scheme, rest)) = scheme(base) else { return reference.to_owned() };
    if reference.starts_with("//") {
        return format!("{scheme}:{}", without_dots(reference));
    }
    let (authority, path) = authority(&rest);
    let path = path.split('?').next().unwrap_or_default();
    let merged = if reference.starts_with('/') {
        reference.to_owned()
    } else if let Some(query) = reference.strip_prefix('?') {
        format!("{path}?{query}")
    } else {
        let directory = path
            .rfind('/')
            .map_or(if authority.is_empty() { "" } else { "/" }, |end| &path[..=end]);
        format!("{directory}{reference}")
    };
    format!("{scheme}:{}", without_dots(&format!("{authority}{merged}")))
}

/// Splits what follows the scheme: `//authority`, path.
fn authority(rest: &str) -> (&str, &str) {
    let Some(after) = rest.strip_prefix("//") else { return ("", rest) };
    rest.split_at(2 + after.find(['/', '?']).unwrap_or(after.len()))
}

/// Removes the dot segments of the path in what follows the scheme.
fn without_dots(rest: &str) -> String {
    let (authority, path) = authority(rest);
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    if !path.starts_with('/') {
        return rest.to_owned();
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut open = false;
    for segment in path.split('/').skip(1) {
        open = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(segment),
        }
    }
    format!("{authority}/{}{}{query}", kept.join("/"), if open { "/" } else { "" })
}
