//! The two documents of a comparison, each with a validator, and which of them reads what the other sends.

use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use schema_source::{SchemaErrors, escape_token};
use serde_json::Value;

use crate::definitions;
use crate::document::Document;
use crate::engine::{Draft, Reading, too_wide};
use crate::layout::Layout;
use crate::pair::Pair;
use crate::pointer::{is_within, of_reference};
use crate::rules::Audience;
use crate::told::ToldApart;
use crate::validator::Validator;
use crate::view::View;

/// Different references in a document: with each, the validator copies the list of those before it.
const MAX_REFERENCES: usize = 50_000;

/// One side of a comparison: a document that can judge deliveries.
pub(crate) struct Party<'a> {
    pub(crate) view: View<'a>,
    pub(crate) reading: Reading,
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
    /// Those of the references that led to it.
    references: Vec<String>,
    pub(crate) message: String,
    /// Where nothing of a choice fits: why each part does not.
    pub(crate) of_parts: Vec<Self>,
}

impl<'a> Party<'a> {
    /// # Errors
    ///
    /// When the document cannot judge deliveries, because it is too wide, or a `pattern` is not a regular expression.
    pub(crate) fn new(
        document: &'a Document,
        layout: &'a Layout,
        told_apart: &'a ToldApart,
        reading: Reading,
    ) -> Result<Self, SchemaErrors> {
        if let Some(wide) = too_wide(document.value()) {
            return Err(document.error(&wide.pointer, wide.message.to_owned(), wide.help));
        }
        let different: HashSet<_> = definitions::references(document.value()).into_iter().collect();
        if different.len() > MAX_REFERENCES {
            let message = format!("more than {MAX_REFERENCES} different references");
            return Err(document.error("", message, "write out what is referred to only once"));
        }
        let validator = Validator::new(document.value(), reading).map_err(|error| {
            let message = format!("not a schema that can judge: {error}");
            document.error(error.instance_path().as_str(), message, "fix what the message names")
        })?;
        let view = View { layout, document: document.value(), told_apart };
        Ok(Self { view, reading, validator })
    }

    pub(crate) fn objections(&self, delivery: &Value) -> Vec<Objection> {
        objections(&self.validator, self.view.document, delivery)
    }

    /// Whether validators differ on the document: it has content keywords of a draft in which they may assert.
    pub(crate) fn is_disputed(&self) -> bool {
        matches!(self.reading.draft, Draft::Draft6 | Draft::Draft7)
            && self.reading.content != Some(false)
            && speaks_of_content(self.view.document)
    }
}

impl<'a> Parties<'a> {
    /// How the documents are read.
    pub(crate) fn readings(&self) -> Pair<Reading> {
        self.as_ref().map(|party| party.reading)
    }

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

/// Whether `value` has a content keyword somewhere, or what looks like one.
fn speaks_of_content(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(speaks_of_content),
        Value::Object(members) => members.iter().any(|(key, member)| {
            (["contentEncoding", "contentMediaType"].contains(&key.as_str()) && member.is_string())
                || speaks_of_content(member)
        }),
        _ => false,
    }
}

/// The reasons why `validator`, which is that of `document`, rejects `delivery`; none if it accepts it.
pub(crate) fn objections(
    validator: &Validator,
    document: &Value,
    delivery: &Value,
) -> Vec<Objection> {
    validator.errors(delivery, |error| objections_of(error, document))
}

/// The objections that `error` comes to. That nothing of a choice fits is told of the one part that was meant.
fn objections_of(error: &ValidationError<'_>, document: &Value) -> Vec<Objection> {
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
    let of_all = |errors: &[ValidationError<'_>]| -> Vec<_> {
        errors.iter().flat_map(|error| objections_of(error, document)).collect()
    };
    if let [errors] = meant.as_slice() {
        return of_all(errors);
    }
    let of_parts = context.iter().flat_map(|errors| of_all(errors)).collect();
    vec![Objection { of_parts, ..Objection::new(error, document) }]
}

impl Objection {
    fn new(error: &ValidationError<'_>, document: &Value) -> Self {
        let at = error.instance_path().as_str();
        let instance = match error.kind() {
            ValidationErrorKind::Required { property: Value::String(name) } => {
                format!("{at}/{}", escape_token(name))
            }
            _ => at.to_owned(),
        };
        let keyword = error.schema_path().as_str().to_owned();
        let references = references(document, error.evaluation_path().as_str());
        let at = if at.is_empty() { "the delivery" } else { at };
        let message = format!("{at}: {error}");
        Self { instance, keyword, references, message, of_parts: Vec::new() }
    }

    /// Whether it comes from the part of the document at `pointer`, or from what that refers to.
    pub(crate) fn is_by(&self, pointer: &str) -> bool {
        std::iter::once(&self.keyword).chain(&self.references).any(|by| is_within(by, pointer))
    }
}

/// JSON Pointers of the references in `document` that `evaluated` leads over: a path that goes on where a reference leads.
fn references(document: &Value, evaluated: &str) -> Vec<String> {
    let mut references = Vec::new();
    let mut pointer = String::new();
    for token in evaluated.split('/').skip(1) {
        pointer.extend(["/", token]);
        let target = document.pointer(&pointer).filter(|_| token == "$ref");
        if let Some(target) = target.and_then(|target| of_reference(target.as_str()?)) {
            references.push(std::mem::replace(&mut pointer, target.into_owned()));
        }
    }
    references
}
