//! The `jsonschema` validators of the documents.

use jsonschema::paths::Location;
use jsonschema::{Keyword, ValidationError, Validator};
use serde_json::{Map, Value};

use super::copy::{Simplified, same_meaning};
use crate::draft::Draft;
use crate::error::Error;
use crate::options::Options;
use crate::pattern::read_portably;
use crate::place::Side;

/// A keyword that never rejects.
struct Annotation;

impl<'i> Keyword<'i> for Annotation {
    fn validate(&self, _: &'i Value) -> Result<(), ValidationError<'i>> {
        Ok(())
    }

    fn is_valid(&self, _: &'i Value) -> bool {
        true
    }
}

#[allow(clippy::unnecessary_wraps)] // The signature of a keyword's factory.
fn annotation<'a>(
    _: &'a Map<String, Value>,
    _: &'a Value,
    _: Location,
) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    Ok(Box::new(Annotation))
}

fn validator(
    schema: &Value,
    draft: Draft,
    options: &Options,
    side: Side,
) -> Result<Validator, Error> {
    let build = |schema: &Value| {
        let mut validator = jsonschema::options()
            .with_draft(draft.validator())
            .should_validate_formats(options.assert_formats);
        if options.assert_content != Some(true) {
            // The validator would assert them in the drafts 6 and 7.
            validator = validator
                .with_keyword("contentEncoding", annotation)
                .with_keyword("contentMediaType", annotation);
        }
        validator.offline().build(schema).map_err(|error| invalid(&error, side))
    };
    // It has panicked on identifiers that it did not expect.
    let read = || read_portably(schema, build, place);
    std::panic::catch_unwind(read).unwrap_or_else(|_| {
        let message = "the `jsonschema` validator cannot read this document".to_owned();
        Err(Error::Schema { side, pointer: String::new(), message })
    })
}

/// Where a schema is invalid.
fn place(error: &Error) -> String {
    match error {
        Error::Schema { pointer, .. } => pointer.clone(),
        _ => String::new(),
    }
}

fn invalid(error: &ValidationError<'_>, side: Side) -> Error {
    Error::Schema { side, pointer: error.instance_path().to_string(), message: error.to_string() }
}

/// The validator of a document that follows its meta-schema; `None` if it would need too much stack.
pub(crate) fn document_validator(
    schema: &Value,
    draft: Draft,
    options: &Options,
    side: Side,
) -> Result<Option<Validator>, Error> {
    match same_meaning(schema, draft) {
        Simplified::NotNeeded => validator(schema, draft, options, side).map(Some),
        Simplified::TooDeep => Ok(None),
        Simplified::Made(copy) => validator(&copy, draft, options, side).map(Some),
    }
}

pub(crate) fn follows_meta_schema(schema: &Value, draft: Draft, side: Side) -> Result<(), Error> {
    let validate = |schema: &Value| {
        match draft {
            Draft::Draft4 => jsonschema::draft4::meta::validate(schema),
            Draft::Draft6 => jsonschema::draft6::meta::validate(schema),
            Draft::Draft7 => jsonschema::draft7::meta::validate(schema),
            Draft::Draft201909 => jsonschema::draft201909::meta::validate(schema),
            Draft::Draft202012 => jsonschema::draft202012::meta::validate(schema),
        }
        .map_err(|error| invalid(&error, side))
    };
    read_portably(schema, validate, place)
}
