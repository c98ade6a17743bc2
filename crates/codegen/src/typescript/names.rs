//! The TypeScript names of things in the contract, and the check that none is taken.

use std::collections::BTreeMap;

use clip_events_contract::model::{EventShape, Schema};
use clip_events_contract::{Contract, SchemaErrors, Sources};

use crate::type_names::{Choice, Form, event_of, in_order_of_files, itself};

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
        let mut choice = Choice::new(sources, contract, "TypeScript", RESERVED);
        let shapes = in_order_of_files(contract).into_iter().map(|event| {
            let (told, help) = (&event.event_type, "rename the file");
            (told.clone(), choice.choose(told, &[itself, event_of], &event.location, help))
        });
        let shapes = shapes.collect();
        let definitions = contract.definitions.values().map(|definition| {
            let forms: &[Form] = match definition.schema {
                Schema::Tagged { .. } => &[itself, known, unknown],
                _ => &[itself],
            };
            let told = &definition.name;
            (told.clone(), choice.choose(told, forms, &definition.location, "rename it"))
        });
        let definitions = definitions.collect();
        choice.taken()?;
        Ok(Self { shapes, definitions })
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

/// The alternatives of the union `name` that are known.
pub(super) fn known(name: &str) -> String {
    format!("Known{name}")
}

/// Any other alternative of the union `name`.
pub(super) fn unknown(name: &str) -> String {
    format!("Unknown{name}")
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
