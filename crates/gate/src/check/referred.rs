//! What a schema refers to in other files, before anything is resolved; and whether it surely refers to none.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use schema_source::Source;
use serde_json::Value;

use super::below::below;
use super::library::Library;
use super::roots::target;
use super::side::Side;

/// Keywords whose value leads somewhere.
const REFERENCES: &[&str] = &["$ref", "$dynamicRef", "$recursiveRef"];

/// The other files, by path, that the part of `source` at `pointer` refers to, by their paths or their ids, and those that these parts
/// refer to. The resolver looks for references only where a draft has schemas; this one also where a reference leads. A file that cannot
/// be read is left to the resolver.
pub(super) fn referred(
    side: &Side,
    library: &Library,
    source: &Source,
    pointer: &str,
) -> BTreeMap<String, Source> {
    let start = source.path.to_string_lossy().into_owned();
    let mut files = BTreeMap::new();
    let mut seen = HashSet::new();
    let mut work = vec![(start.clone(), pointer.to_owned())];
    while let Some((path, pointer)) = work.pop() {
        if !seen.insert((path.clone(), pointer.clone())) {
            continue;
        }
        if path != start && !files.contains_key(&path) {
            let Ok(source) = side.source(&path) else { continue };
            files.insert(path.clone(), source);
        }
        let source = files.get(&path).unwrap_or(source);
        // An anchor is found by the registry; it may be anywhere.
        let mut parts = vec![source.value.pointer(&pointer).unwrap_or(&source.value)];
        while let Some(part) = parts.pop() {
            if let Some(reference) = part.get("$ref").and_then(Value::as_str) {
                let by_path = target(&path, reference).filter(|(path, _)| side.has(path));
                work.extend(by_path.or_else(|| by_id(library, &source.value, reference)));
            }
            parts.extend(below(part).into_iter().map(|(_, schema)| schema));
        }
    }
    files
}

/// The same as [`target`], where `reference` in a file whose value is `file` leads to the id of another.
fn by_id(library: &Library, file: &Value, reference: &str) -> Option<(String, String)> {
    let (uri, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let base = ["$id", "id"].iter().find_map(|keyword| file.get(keyword)?.as_str());
    let uri = match base.map(referencing::uri::from_str) {
        Some(Ok(base)) => referencing::uri::resolve_against(&base.borrow(), uri).ok()?,
        _ => referencing::uri::from_str(uri).ok()?,
    };
    let path = library.path(uri.as_str().trim_end_matches('#')).ok().flatten()?;
    let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy();
    Some((path, pointer.into_owned()))
}

/// Whether a file with these bytes surely refers to no other: wherever its text has the name of a keyword that refers, that is a key whose
/// value starts with `#`. What is not sure is found out by reading it.
pub(super) fn is_alone(path: &str, bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let is_json = Path::new(path).extension().is_some_and(|it| it == "json");
    // Names may be written with escapes.
    if text.contains("\\u") || (!is_json && text.contains('\\')) {
        return false;
    }
    REFERENCES.iter().all(|keyword| {
        text.match_indices(keyword).all(|(at, _)| {
            let (before, rest) = (&text[..at], &text[at + keyword.len()..]);
            leads_into_the_file(before, rest, is_json) == Some(true)
        })
    })
}

/// Whether a name of a keyword between these is that of a reference that starts with `#`; none if it is not told what it is.
fn leads_into_the_file(before: &str, rest: &str, is_json: bool) -> Option<bool> {
    let quote = before.chars().next_back().filter(|it| matches!(it, '"' | '\''));
    let rest = match quote {
        Some(quote) => rest.strip_prefix(quote)?,
        None => rest,
    };
    // In YAML, a comment may stand in between, and `#` after a space begins one.
    let spaces: &[char] = if is_json { &[' ', '\t', '\r', '\n'] } else { &[' '] };
    let value = rest.trim_start_matches(spaces).strip_prefix(':')?.trim_start_matches(spaces);
    Some(value.strip_prefix(['"', '\''])?.starts_with('#'))
}

/// Whether something in `schema` refers to another document, or may.
pub(super) fn refers_outside(schema: &Value) -> bool {
    let mut work = vec![schema];
    while let Some(value) = work.pop() {
        match value {
            Value::Array(items) => work.extend(items),
            Value::Object(object) => {
                let mut references =
                    REFERENCES.iter().filter_map(|keyword| object.get(*keyword)?.as_str());
                if references.any(|reference| !reference.starts_with('#')) {
                    return true;
                }
                work.extend(object.values());
            }
            _ => {}
        }
    }
    false
}
