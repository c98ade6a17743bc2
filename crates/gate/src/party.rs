//! The two documents of a comparison, each with a validator, and which of them reads what the other sends.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use schema_source::{SchemaErrors, escape_token};
use serde_json::Value;

use crate::document::Document;
use crate::engine::Formats;
use crate::layout::Layout;
use crate::pair::Pair;
use crate::rules::Audience;
use crate::view::View;

/// One side of a comparison: a document that can judge deliveries.
pub(crate) struct Party<'a> {
    pub(crate) view: View<'a>,
    pub(crate) validator: Validator,
}

/// Both sides of a comparison.
pub(crate) type Parties<'a> = Pair<Party<'a>>;

/// A reason to reject a delivery.
pub(crate) struct Objection {
    /// JSON Pointer of the value that is wrong, or of the field that is missing.
    pub(crate) instance: String,
    /// JSON Pointer of the keyword in the document.
    pub(crate) keyword: String,
    pub(crate) message: String,
}

impl<'a> Party<'a> {
    /// # Errors
    ///
    /// When the document cannot judge deliveries, for example because a `pattern` is not a regular expression.
    pub(crate) fn new(document: &'a Document, layout: &'a Layout) -> Result<Self, SchemaErrors> {
        let validator = validator(document.value(), Formats::Described).map_err(|error| {
            let message = format!("not a schema that can judge: {error}");
            document.error(error.instance_path().as_str(), message, "fix what the message names")
        })?;
        let view = View { layout, document: document.value() };
        Ok(Self { view, validator })
    }

    pub(crate) fn objections(&self, delivery: &Value) -> Vec<Objection> {
        objections(&self.validator, delivery)
    }
}

impl<'a> Parties<'a> {
    /// The side whose deliveries `audience` meets.
    pub(crate) fn sender(&self, audience: Audience) -> &Party<'a> {
        match audience {
            Audience::Readers => &self.new,
            Audience::Archives => &self.released,
        }
    }

    /// The side that `audience` is built against.
    pub(crate) fn reader(&self, audience: Audience) -> &Party<'a> {
        match audience {
            Audience::Readers => &self.released,
            Audience::Archives => &self.new,
        }
    }
}

/// `schema`, ready to judge deliveries.
pub(crate) fn validator(
    schema: &Value,
    formats: Formats,
) -> Result<Validator, ValidationError<'static>> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(formats == Formats::Asserted)
        .offline()
        .build(schema)
}

/// The reasons why `validator` rejects `delivery`; none if it accepts it.
pub(crate) fn objections(validator: &Validator, delivery: &Value) -> Vec<Objection> {
    validator.iter_errors(delivery).flat_map(|error| objections_of(&error)).collect()
}

/// The objections that `error` comes to. That nothing of a choice fits is told of the one part that was meant.
fn objections_of(error: &ValidationError<'_>) -> Vec<Objection> {
    let context = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context.as_slice()
        }
        _ => &[],
    };
    let at = error.instance_path().as_str();
    let is_of_type = |errors: &&Vec<ValidationError<'_>>| {
        let is_of_other = |inner: &ValidationError<'_>| {
            matches!(inner.kind(), ValidationErrorKind::Type { .. })
                && inner.instance_path().as_str() == at
        };
        !errors.iter().any(is_of_other)
    };
    // In the words of a union that a field tells apart.
    let is_of_tag = |errors: &&Vec<ValidationError<'_>>| {
        let is_of_other = |inner: &ValidationError<'_>| {
            let below = inner.instance_path().as_str().strip_prefix(at);
            matches!(inner.kind(), ValidationErrorKind::Constant { .. })
                && below.is_some_and(|below| below.matches('/').count() == 1)
        };
        !errors.iter().any(is_of_other)
    };
    let mut meant: Vec<_> = context.iter().filter(is_of_type).collect();
    if meant.len() > 1 {
        meant.retain(is_of_tag);
    }
    match meant.as_slice() {
        [errors] => errors.iter().flat_map(objections_of).collect(),
        _ => vec![Objection::new(error)],
    }
}

impl Objection {
    fn new(error: &ValidationError<'_>) -> Self {
        let at = error.instance_path().as_str();
        let instance = match error.kind() {
            ValidationErrorKind::Required { property: Value::String(name) } => {
                format!("{at}/{}", escape_token(name))
            }
            _ => at.to_owned(),
        };
        let keyword = error.schema_path().as_str().to_owned();
        let at = if at.is_empty() { "the delivery" } else { at };
        Self { instance, keyword, message: format!("{at}: {error}") }
    }
}
