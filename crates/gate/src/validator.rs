//! A schema as a validator, which reads it as the engine does.

use std::borrow::Cow;

use jsonschema::paths::Location;
use jsonschema::{Keyword, ValidationError};
use serde_json::{Map, Number, Value};

use crate::engine::{Draft, Formats, Reading, read_portably};

/// A schema, ready to judge deliveries.
pub(crate) struct Validator {
    validator: jsonschema::Validator,
    /// Whether `1.0` is an integer to it, though the validator of its draft takes it for none.
    respells: bool,
}

/// The draft as the validator calls it.
pub(crate) fn dialect(draft: Draft) -> jsonschema::Draft {
    match draft {
        Draft::Draft4 => jsonschema::Draft::Draft4,
        Draft::Draft6 => jsonschema::Draft::Draft6,
        Draft::Draft7 => jsonschema::Draft::Draft7,
        Draft::Draft201909 => jsonschema::Draft::Draft201909,
        _ => jsonschema::Draft::Draft202012,
    }
}

/// The draft as people call it.
pub(crate) fn named(draft: Draft) -> &'static str {
    match draft {
        Draft::Draft4 => "draft 4",
        Draft::Draft6 => "draft 6",
        Draft::Draft7 => "draft 7",
        Draft::Draft201909 => "draft 2019-09",
        _ => "draft 2020-12",
    }
}

/// # Errors
///
/// When `schema` is none of the draft.
pub(crate) fn follows_meta_schema(
    schema: &Value,
    draft: Draft,
) -> Result<(), ValidationError<'static>> {
    let validate = |schema: &Value| {
        let validated = match draft {
            Draft::Draft4 => jsonschema::draft4::meta::validate(schema),
            Draft::Draft6 => jsonschema::draft6::meta::validate(schema),
            Draft::Draft7 => jsonschema::draft7::meta::validate(schema),
            Draft::Draft201909 => jsonschema::draft201909::meta::validate(schema),
            _ => jsonschema::draft202012::meta::validate(schema),
        };
        validated.map_err(ValidationError::to_owned)
    };
    read_portably(schema, validate, |error| error.instance_path().to_string())
}

impl Validator {
    /// # Errors
    ///
    /// When `schema` is none of its draft, or a `pattern` is not a regular expression.
    pub(crate) fn new(schema: &Value, reading: Reading) -> Result<Self, ValidationError<'static>> {
        let build = |schema: &Value| {
            let mut options = jsonschema::options()
                .with_draft(dialect(reading.draft))
                .should_validate_formats(reading.formats == Formats::Asserted);
            if reading.content != Some(true) {
                // The validator would assert them in the drafts 6 and 7.
                options = options
                    .with_keyword("contentEncoding", annotation)
                    .with_keyword("contentMediaType", annotation);
            }
            options.offline().build(schema).map_err(ValidationError::to_owned)
        };
        let validator = read_portably(schema, build, |error| error.instance_path().to_string())?;
        let respells =
            reading.draft == Draft::Draft4 && reading.zero_fraction_is_integer == Some(true);
        Ok(Self { validator, respells })
    }

    pub(crate) fn accepts(&self, delivery: &Value) -> bool {
        self.validator.is_valid(&self.as_read(delivery))
    }

    /// What `tell` makes of the errors for which it rejects `delivery`; nothing if it accepts it.
    pub(crate) fn errors<T>(
        &self,
        delivery: &Value,
        tell: impl Fn(&ValidationError<'_>) -> Vec<T>,
    ) -> Vec<T> {
        let delivery = self.as_read(delivery);
        self.validator.iter_errors(&delivery).flat_map(|error| tell(&error)).collect()
    }

    /// Whether no number of `delivery` is an integer to the engine and none to the validator.
    pub(crate) fn can_judge(&self, delivery: &Value) -> bool {
        !self.respells || respelled(delivery).is_some()
    }

    /// `delivery` as the validator is to see it.
    fn as_read<'v>(&self, delivery: &'v Value) -> Cow<'v, Value> {
        if !self.respells {
            return Cow::Borrowed(delivery);
        }
        respelled(delivery).map_or(Cow::Borrowed(delivery), Cow::Owned)
    }
}

/// `value` with `1` for each `1.0`; none if a number is too large for that.
fn respelled(value: &Value) -> Option<Value> {
    Some(match value {
        Value::Number(number) if number.is_f64() => Value::Number(whole(number)?),
        Value::Array(items) => Value::Array(items.iter().map(respelled).collect::<Option<_>>()?),
        Value::Object(members) => {
            let members = members.iter().map(|(key, it)| Some((key.clone(), respelled(it)?)));
            Value::Object(members.collect::<Option<_>>()?)
        }
        other => other.clone(),
    })
}

/// `number` without a fraction of zero; none if an integer of 64 bits cannot hold it.
fn whole(number: &Number) -> Option<Number> {
    let value = number.as_f64()?;
    if value.fract() != 0.0 {
        return Some(number.clone());
    }
    let digits = format!("{value:.0}");
    let whole = digits.parse::<i64>().map(Number::from);
    whole.or_else(|_| digits.parse::<u64>().map(Number::from)).ok()
}

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
