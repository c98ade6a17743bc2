//! A second validator, `boon`, which shares no code with `jsonschema`: what is accepted or rejected must convince both.

use serde_json::Value;

pub use boon::Draft;

/// Every format that `boon` knows.
const FORMATS: &[&str] = &[
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "period",
    "regex",
    "relative-json-pointer",
    "semver",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// The name of a schema that has no `$id`.
const PLACE: &str = "urn:schema";

/// A schema as `boon` reads it.
pub struct Second {
    schemas: boon::Schemas,
    index: boon::SchemaIndex,
}

/// Whether `format` rejects strings or only describes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Formats {
    /// It only describes them.
    Described,
    /// It rejects them.
    Asserted,
}

impl Second {
    /// Reads a self-contained schema. `draft` is that of a schema without `$schema`.
    ///
    /// # Errors
    ///
    /// Why `boon` cannot, in its words.
    pub fn read(schema: &Value, draft: Draft, formats: Formats) -> Result<Self, String> {
        let mut compiler = boon::Compiler::new();
        compiler.set_default_draft(draft);
        match formats {
            Formats::Asserted => compiler.enable_format_assertions(),
            Formats::Described => {
                // Up to draft 7, `boon` asserts formats unless they are taken from it.
                for name in FORMATS {
                    compiler.register_format(boon::Format { name, func: |_| Ok(()) });
                }
            }
        }
        compiler.add_resource(PLACE, schema.clone()).map_err(|error| format!("{error:#}"))?;
        let mut schemas = boon::Schemas::new();
        let index = compiler.compile(PLACE, &mut schemas).map_err(|error| format!("{error:#}"))?;
        Ok(Self { schemas, index })
    }

    /// Whether `instance` is one of the schema.
    pub fn accepts(&self, instance: &Value) -> bool {
        self.schemas.validate(instance, self.index).is_ok()
    }
}
