//! The contract as plain data: everything that a renderer may read, parsed and resolved.
//!
//! Its enums are exhaustive on purpose: every renderer must decide what becomes of each case, and a further case is
//! a new major version of this crate.

use std::fmt;
use std::sync::Arc;

use schema_source::Location;

/// The whole contract.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Contract {
    /// The parts that all deliveries share.
    pub envelope: Envelope,
    /// Named scalars, in the order of their names.
    pub definitions: Vec<Arc<Definition>>,
    /// One shape of `data` for each event type, in the order of their event types.
    pub events: Vec<EventShape>,
}

/// The object around `data`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Envelope {
    /// The description of a delivery.
    pub description: String,
    /// The meaning of `type`.
    pub type_description: String,
    /// Its members, in declared order.
    pub members: Vec<Member>,
}

/// A member of the [`Envelope`].
#[derive(Debug, Clone, PartialEq)]
pub enum Member {
    /// [`Envelope::TYPE`].
    Type,
    /// [`Envelope::DATA`].
    Data,
    /// A field like those of a shape.
    Field(Field),
}

impl Member {
    /// The key.
    pub fn key(&self) -> &str {
        match self {
            Self::Type => Envelope::TYPE,
            Self::Data => Envelope::DATA,
            Self::Field(field) => &field.name,
        }
    }
}

impl Envelope {
    /// The key that chooses the shape of [`Envelope::DATA`].
    pub const TYPE: &'static str = "type";
    /// The key of the id by which receivers know a delivery that is sent again.
    pub const ID: &'static str = "id";
    /// The key that holds the shape.
    pub const DATA: &'static str = "data";

    /// The fields besides `type` and `data`, in declared order.
    pub fn fields(&self) -> impl DoubleEndedIterator<Item = &Field> + Clone {
        self.members.iter().filter_map(|member| match member {
            Member::Field(field) => Some(field),
            Member::Type | Member::Data => None,
        })
    }
}

/// A named scalar: shared, or one that is written inline in a shape and needs a name of its own.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Definition {
    /// Its name in `UpperCamelCase`: as shared, or made of the names of its owner and its field.
    pub name: String,
    /// Its meaning, units included; empty if the schema has no description.
    pub description: String,
    /// Which values it takes.
    pub scalar: Scalar,
    /// Unit of a number, as a person writes it.
    pub unit: Option<String>,
    /// Values known today, when the set is open.
    pub known_values: Vec<String>,
    /// Example values, as JSON.
    pub examples: Vec<serde_json::Value>,
    /// Where it is written.
    pub location: Location,
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

impl Scalar {
    /// Whether it is a string.
    pub fn is_string(&self) -> bool {
        matches!(self, Self::String { .. })
    }
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
#[non_exhaustive]
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
    /// The `GET` that fetches what the event announces.
    pub follow_up: Option<FollowUp>,
    /// The declared fields, in declared order.
    pub fields: Vec<Field>,
    /// Where it is written.
    pub location: Location,
}

/// The path of a follow-up call. Shown as it is declared: `/v1/posts/{post_id}`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FollowUp {
    /// Its parts, in order. No literal is empty or follows another one.
    pub path: Vec<PathPart>,
}

/// A part of the path of a [`FollowUp`].
#[derive(Debug, Clone, PartialEq)]
pub enum PathPart {
    /// Text that stands as it is.
    Literal(String),
    /// The value of a field of `data`, a string.
    Field(Field),
}

impl fmt::Display for FollowUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.iter().try_for_each(|part| match part {
            PathPart::Literal(text) => f.write_str(text),
            PathPart::Field(field) => write!(f, "{{{}}}", field.name),
        })
    }
}

/// A declared field of the envelope or of a shape.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// The key.
    pub name: String,
    /// The values that it takes.
    pub value: FieldValue,
    /// Whether the key must be there.
    pub required: bool,
    /// Its meaning here, if the field has a description of its own.
    pub own_description: Option<String>,
    /// Where it is written.
    pub location: Location,
}

/// The values that a field takes.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// Those of a definition.
    Named(Arc<Definition>),
    /// Those of a scalar that needs no name: an unconstrained string, number or boolean.
    Inline(Scalar),
}

impl Field {
    /// The values that it takes, whether they have a name or not.
    pub fn scalar(&self) -> &Scalar {
        match &self.value {
            FieldValue::Named(definition) => &definition.scalar,
            FieldValue::Inline(scalar) => scalar,
        }
    }

    /// Its meaning: its own description, or else that of its definition.
    pub fn description(&self) -> &str {
        match (&self.own_description, &self.value) {
            (Some(description), _) => description,
            (None, FieldValue::Named(definition)) => &definition.description,
            (None, FieldValue::Inline(_)) => "",
        }
    }
}
