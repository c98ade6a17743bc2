//! The TypeScript names of things in the contract, and the check that none is taken.

use std::collections::{BTreeMap, HashSet};

use clip_events_contract::model::{EventShape, Schema};
use clip_events_contract::{Contract, Location, SchemaError, SchemaErrors, Sources, Weight};

use crate::type_names::{free_name, type_name};

/// Names of types that the package exports, whatever the contract.
const RESERVED: &[&str] = &[
    "AnyEvent",
    "Body",
    "Envelope",
    "EventOf",
    "EventType",
    "KnownEvent",
    "ParseError",
    "SignatureError",
    "SignatureErrorCode",
    "UnknownEvent",
    "VerifyOptions",
];

/// The names of types. Each is free: of two things that would have one name, the first keeps it, and the next has a number.
#[derive(Debug)]
pub(super) struct Names {
    shapes: BTreeMap<String, String>,
    definitions: BTreeMap<String, String>,
}

impl Names {
    /// Chooses the names of `contract`, the model of `sources`.
    ///
    /// # Errors
    ///
    /// If the contract's convention for names makes them errors: each name that would be taken.
    pub(super) fn of(sources: &Sources, contract: &Contract) -> Result<Self, SchemaErrors> {
        let mut choice = Choice {
            sources,
            is_strict: contract.manifest.conventions.names == Weight::Error,
            taken: RESERVED.iter().map(|name| (*name).to_owned()).collect(),
            errors: Vec::new(),
        };
        // In the order of their files: of two that clash, the one in the later file is told.
        let mut events: Vec<_> = contract.events.iter().collect();
        events.sort_by(|a, b| a.location.cmp(&b.location));
        let shapes = events.into_iter().map(|event| {
            let forms: &[Form] = &[|name| name.to_owned(), event_of];
            let (told, help) = (&event.event_type, "rename the file");
            (told.clone(), choice.choose(told, forms, &event.location, help))
        });
        let shapes = shapes.collect();
        let definitions = contract.definitions.values().map(|definition| {
            let forms: &[Form] = match definition.schema {
                Schema::Tagged { .. } => &[|name| name.to_owned(), known, unknown],
                _ => &[|name| name.to_owned()],
            };
            let told = &definition.name;
            (told.clone(), choice.choose(told, forms, &definition.location, "rename it"))
        });
        let definitions = definitions.collect();
        if choice.errors.is_empty() {
            Ok(Self { shapes, definitions })
        } else {
            Err(SchemaErrors(choice.errors))
        }
    }

    /// The type of `data`: `AssetAnalysisProgress`.
    pub(super) fn shape(&self, event: &EventShape) -> &str {
        &self.shapes[&event.event_type]
    }

    /// The type of a definition.
    pub(super) fn definition(&self, name: &str) -> &str {
        &self.definitions[name]
    }
}

/// Makes the name of a type from that of a thing.
type Form = fn(&str) -> String;

/// The type of the whole event whose `data` is of the type `name`.
pub(super) fn event_of(name: &str) -> String {
    format!("{name}Event")
}

/// The alternatives of the union `name` that are known.
pub(super) fn known(name: &str) -> String {
    format!("Known{name}")
}

/// Any other alternative of the union `name`.
pub(super) fn unknown(name: &str) -> String {
    format!("Unknown{name}")
}

struct Choice<'a> {
    sources: &'a Sources,
    /// Whether a name that is taken is a mistake.
    is_strict: bool,
    taken: HashSet<String>,
    errors: Vec<SchemaError>,
}

impl Choice<'_> {
    /// A name that is free in all of its `forms`, for the thing that is called `told`.
    fn choose(&mut self, told: &str, forms: &[Form], location: &Location, help: &str) -> String {
        let wanted = type_name(told);
        let is_free = |name: &str| !forms.iter().any(|form| self.taken.contains(&form(name)));
        let name = free_name(&wanted, is_free);
        if self.is_strict && name != wanted {
            let all = forms.iter().map(|form| form(&wanted));
            let taken: Vec<_> = all.filter(|name| self.taken.contains(name)).collect();
            let taken = taken.join("`, `");
            let message = format!("`{told}` needs a name in TypeScript that is taken: `{taken}`");
            self.errors.push(self.sources.error(location, message, help));
        }
        self.taken.extend(forms.iter().map(|form| form(&name)));
        name
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::RESERVED;

    #[test]
    fn what_the_package_exports_is_reserved() {
        let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bindings/typescript/src");
        let index = std::fs::read_to_string(package.join("index.ts")).expect("a file");
        let listed = index.split(['{', '}']).skip(1).step_by(2).flat_map(|names| names.split(','));
        let names = listed.map(|name| name.trim().trim_start_matches("type "));
        let types: Vec<_> = names
            .filter(|name| *name != name.to_uppercase())
            .filter(|name| name.starts_with(char::is_uppercase))
            .collect();
        assert!(types.len() > 3, "{types:?}");
        assert!(types.iter().all(|name| RESERVED.contains(name)), "{types:?}");
    }
}
