//! The contract as plain data: what every renderer reads, and all that a renderer may read.

use std::fmt;

use heck::{ToShoutySnakeCase, ToUpperCamelCase};

/// The whole contract.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// What all deliveries have in common.
    pub envelope: Envelope,
    /// Named scalars, in the order of their names.
    pub definitions: Vec<Definition>,
    /// One shape of `data` for each event type, in the order of their event types.
    pub events: Vec<EventShape>,
}

/// The object around `data`.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// What a delivery is.
    pub description: String,
    /// All keys in declared order, [`Envelope::TYPE`] and [`Envelope::DATA`] among them.
    pub keys: Vec<String>,
    /// What `type` means.
    pub type_description: String,
    /// The fields other than `type` and `data`, in declared order.
    pub fields: Vec<Field>,
}

impl Envelope {
    /// The key that chooses the shape of [`Envelope::DATA`].
    pub const TYPE: &'static str = "type";
    /// The key that holds the shape.
    pub const DATA: &'static str = "data";
}

/// A named scalar: shared, or an inline one that needs a type of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Name of the Rust type.
    pub name: String,
    /// What it means, units included.
    pub description: String,
    /// Which values it takes.
    pub scalar: Scalar,
    /// Unit of a number, as a person writes it.
    pub unit: Option<String>,
    /// Values known today, when the set is open.
    pub known_values: Vec<String>,
    /// Example values, as JSON.
    pub examples: Vec<serde_json::Value>,
}

/// Name of the Rust constant for a known value of an open set: `NEW_PLATFORM`, `_4K`.
pub fn constant_name(value: &str) -> String {
    let name = value.to_shouty_snake_case();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// The values that a field takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Any string; `format` is an annotation and constrains nothing.
    String {
        /// JSON Schema's `format`.
        format: Option<String>,
    },
    /// `true` or `false`.
    Boolean,
    /// A number that is mathematically an integer, both bounds included.
    Integer {
        /// Least value.
        minimum: i64,
        /// Greatest value.
        maximum: i64,
    },
    /// A number within optional bounds.
    Number {
        /// Lower bound.
        minimum: Option<Bound>,
        /// Upper bound.
        maximum: Option<Bound>,
    },
}

/// As a person writes it: `number from 0 to 1`.
impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String { format: Some(format) } => write!(f, "string ({format})"),
            Self::String { format: None } => f.write_str("string"),
            Self::Boolean => f.write_str("boolean"),
            Self::Integer { minimum, maximum } => write!(f, "integer from {minimum} to {maximum}"),
            Self::Number { minimum, maximum } => {
                f.write_str("number")?;
                if let Some(Bound { value, exclusive }) = minimum {
                    write!(f, " {} {value}", if *exclusive { "above" } else { "from" })?;
                }
                match maximum {
                    None => Ok(()),
                    Some(Bound { value, exclusive: true }) => write!(f, " below {value}"),
                    Some(Bound { value, .. }) if minimum.is_none() => write!(f, " up to {value}"),
                    Some(Bound { value, .. }) => write!(f, " to {value}"),
                }
            }
        }
    }
}

/// One bound of a [`Scalar::Number`].
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The bound: exactly the decimal that the schema writes.
    pub value: f64,
    /// Whether the bound itself is outside.
    pub exclusive: bool,
}

/// The shape of `data` for one event type.
#[derive(Debug, Clone, PartialEq)]
pub struct EventShape {
    /// The stable string in `type`.
    pub event_type: String,
    /// A short name for a person.
    pub title: String,
    /// When the event fires.
    pub description: String,
    /// The group it belongs to, in kebab case.
    pub domain: String,
    /// Whether it fires many times for one job.
    pub high_volume: bool,
    /// Path of the `GET` that fetches what the event announces, with `{field}` for fields of `data`.
    pub follow_up: Option<String>,
    /// The declared fields, in declared order.
    pub fields: Vec<Field>,
}

impl EventShape {
    /// Name of the Rust struct and of the payload's variant: `AssetAnalysisProgress`.
    pub fn type_name(&self) -> String {
        self.event_type.to_upper_camel_case()
    }
}

/// A declared field of the envelope or of a shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The key.
    pub name: String,
    /// What it takes.
    pub value: FieldValue,
    /// Whether the key must be there.
    pub required: bool,
    /// What it means here, where that differs from its definition.
    pub description: Option<String>,
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// The [`Definition`] of this name.
    Named(String),
    /// A scalar that Rust has a type for: an unconstrained string, number or boolean.
    Inline(Scalar),
}

impl Contract {
    /// The definition named `name`.
    ///
    /// # Panics
    ///
    /// When there is none: [`crate::load`] refuses a `$ref` that leads nowhere.
    pub fn definition(&self, name: &str) -> &Definition {
        self.definitions
            .iter()
            .find(|definition| definition.name == name)
            .expect("load resolves every $ref")
    }

    /// The values that `field` takes.
    pub fn scalar<'a>(&'a self, field: &'a Field) -> &'a Scalar {
        match &field.value {
            FieldValue::Named(name) => &self.definition(name).scalar,
            FieldValue::Inline(scalar) => scalar,
        }
    }

    /// What `field` means.
    pub fn description<'a>(&'a self, field: &'a Field) -> &'a str {
        match (&field.description, &field.value) {
            (Some(description), _) => description,
            (None, FieldValue::Named(name)) => &self.definition(name).description,
            (None, FieldValue::Inline(_)) => "",
        }
    }
}
