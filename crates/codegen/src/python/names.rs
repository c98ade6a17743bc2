//! The Python names of things in the contract, and the check that none is taken.

use std::collections::{BTreeMap, HashSet};

use clip_events_contract::model::Field;
use clip_events_contract::{Contract, SchemaErrors, Sources};

use crate::type_names::{Choice, event_of, free_name, in_order_of_files, itself};

/// Names that the package has itself, as a test of it holds.
const RESERVED: &[&str] = &[
    "Envelope",
    "Event",
    "EventType",
    "False",
    "KnownEvent",
    "Model",
    "None",
    "ParseError",
    "SignatureError",
    "True",
    "UnknownEvent",
];

const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
    "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// What a field would shadow: the attributes of pydantic's models, those of events, and the types that annotations name. A test of the
/// package holds that no attribute of pydantic's is missing.
const ATTRIBUTES: &[&str] = &[
    "bool",
    "construct",
    "copy",
    "dict",
    "float",
    "follow_up",
    "from_orm",
    "int",
    "json",
    "list",
    "parse_file",
    "parse_obj",
    "parse_raw",
    "schema",
    "schema_json",
    "self",
    "str",
    "update_forward_refs",
    "validate",
];

/// The names that are chosen for the whole contract. Each is free: of two things that would have one name, the first keeps it,
/// and the next has a number.
#[derive(Debug)]
pub(super) struct Names {
    shapes: BTreeMap<String, String>,
    definitions: BTreeMap<String, String>,
    taken: HashSet<String>,
}

impl Names {
    /// Chooses the names of `contract`, the model of `sources`.
    ///
    /// # Errors
    ///
    /// If the contract's convention for names makes them errors: each name that would be taken.
    pub(super) fn of(sources: &Sources, contract: &Contract) -> Result<Self, SchemaErrors> {
        let mut choice = Choice::new(sources, contract, "Python", RESERVED);
        let shapes = in_order_of_files(contract).into_iter().map(|event| {
            let (told, help) = (&event.event_type, "rename the file");
            (told.clone(), choice.choose(told, &[itself, event_of], &event.location, help))
        });
        let shapes = shapes.collect();
        let definitions = contract.definitions.values().map(|definition| {
            let told = &definition.name;
            (told.clone(), choice.choose(told, &[itself], &definition.location, "rename it"))
        });
        let definitions = definitions.collect();
        Ok(Self { shapes, definitions, taken: choice.taken()? })
    }

    /// The class of the shape of `event_type`.
    pub(super) fn shape(&self, event_type: &str) -> &str {
        &self.shapes[event_type]
    }

    /// The class or alias of a definition.
    pub(super) fn definition(&self, name: &str) -> &str {
        &self.definitions[name]
    }

    /// The attributes of an object with these fields, in their order: the key itself if it can be one, or else one that is made of it.
    /// Of two that would be the same, the first keeps it, and the next has a number.
    pub(super) fn attributes<'f>(
        &self,
        fields: impl Iterator<Item = &'f Field> + Clone,
        reserved: &[&str],
    ) -> Vec<String> {
        let is_name = |name: &str| self.is_attribute(name) && !reserved.contains(&name);
        // A key that is a name keeps it, wherever it stands.
        let mut used: HashSet<String> =
            fields.clone().map(|field| field.name.clone()).filter(|key| is_name(key)).collect();
        let attribute = |field: &Field| {
            if is_name(&field.name) {
                return field.name.clone();
            }
            let base = word(&field.name);
            let base = if is_name(&base) { base } else { format!("{base}_") };
            // An attribute of pydantic is one with any end.
            let base = if is_name(&base) { base } else { format!("field_{base}") };
            let name = free_name(&base, |name| !used.contains(name));
            used.insert(name.clone());
            name
        };
        fields.map(attribute).collect()
    }

    fn is_attribute(&self, name: &str) -> bool {
        is_identifier(name)
            && !name.starts_with('_')
            && !name.starts_with("model_")
            && !ATTRIBUTES.contains(&name)
            && !self.taken.contains(name)
    }
}

/// Whether `text` is an identifier, and neither a keyword nor one that a class would change.
pub(super) fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !text.starts_with("__")
        && !KEYWORDS.contains(&text)
        && !["False", "None", "True"].contains(&text)
}

/// `key` as an identifier without a meaning of its own, keywords aside.
fn word(key: &str) -> String {
    let word: String =
        key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let word = word.trim_start_matches('_');
    match word.chars().next() {
        None => "field".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{word}"),
        Some(_) => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_identifier, word};

    #[test]
    fn keys_become_identifiers() {
        for (key, name) in [("a-b", "a_b"), ("__class__", "class__"), ("4k", "n4k"), ("é", "field")]
        {
            assert_eq!(word(key), name);
        }
        for (key, is) in
            [("class", false), ("__x", false), ("_x", true), ("4k", false), ("", false)]
        {
            assert_eq!(is_identifier(key), is, "{key}");
        }
    }
}
