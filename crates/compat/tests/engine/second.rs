//! The second validator, `boon`, which every witness must convince as well.

use schema_compat::Draft;
use serde_json::Value;

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

/// A schema as `boon` reads it.
pub(crate) struct Second {
    schemas: boon::Schemas,
    index: boon::SchemaIndex,
}

impl Second {
    /// Reads a schema; `None` if `boon` cannot.
    pub(crate) fn read(schema: &Value, draft: Draft, formats: bool) -> Option<Self> {
        let mut compiler = boon::Compiler::new();
        compiler.set_default_draft(match draft {
            Draft::Draft4 => boon::Draft::V4,
            Draft::Draft6 => boon::Draft::V6,
            Draft::Draft7 => boon::Draft::V7,
            Draft::Draft201909 => boon::Draft::V2019_09,
            _ => boon::Draft::V2020_12,
        });
        if formats {
            compiler.enable_format_assertions();
        } else {
            // Up to draft 7, `boon` asserts formats unless they are taken from it.
            for name in FORMATS {
                compiler.register_format(boon::Format { name, func: |_| Ok(()) });
            }
        }
        compiler.add_resource("urn:schema", schema.clone()).ok()?;
        let mut schemas = boon::Schemas::new();
        let index = compiler.compile("urn:schema", &mut schemas).ok()?;
        Some(Self { schemas, index })
    }

    pub(crate) fn accepts(&self, instance: &Value) -> bool {
        self.schemas.validate(instance, self.index).is_ok()
    }
}

/// Whether `boon` accepts the instance; `None` if it cannot read the schema.
pub(crate) fn accepts(
    schema: &Value,
    instance: &Value,
    draft: Draft,
    formats: bool,
) -> Option<bool> {
    Some(Second::read(schema, draft, formats)?.accepts(instance))
}
