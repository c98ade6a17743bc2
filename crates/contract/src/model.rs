//! The contract as plain data: everything that a renderer may read, parsed and resolved.
//!
//! Its enums are exhaustive on purpose: every renderer must decide what becomes of each case, and a further case is
//! a new major version of this crate.

use std::collections::BTreeMap;
use std::fmt;

use schema_source::{Location, SchemaError};

use crate::manifest::Manifest;

/// The whole contract.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Contract {
    /// What it is called.
    pub manifest: Manifest,
    /// The parts that all deliveries share.
    pub envelope: Envelope,
    /// Schemas with names, by these names: shared ones, and inline ones that need a name of their own.
    pub definitions: BTreeMap<String, Definition>,
    /// One shape of `data` for each event type, in the order of their event types.
    pub events: Vec<EventShape>,
    /// Breaches of conventions that stop nothing.
    pub advice: Vec<SchemaError>,
}

impl Contract {
    /// The values that `value` stands for, whether they have a name or not.
    ///
    /// # Panics
    ///
    /// When `value` is of another contract.
    pub fn schema<'a>(&'a self, value: &'a Value) -> &'a Schema {
        match &value.schema {
            SchemaRef::Named(name) => &self.definitions[name].schema,
            SchemaRef::Inline(schema) => schema,
        }
    }

    /// The meaning of `field`: its own description, or else that of its definition.
    ///
    /// # Panics
    ///
    /// When `field` is of another contract.
    pub fn description<'a>(&'a self, field: &'a Field) -> &'a str {
        match (&field.own_description, &field.value.schema) {
            (Some(description), _) => description,
            (None, SchemaRef::Named(name)) => &self.definitions[name].description,
            (None, SchemaRef::Inline(_)) => "",
        }
    }
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

/// A schema with a name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Definition {
    /// Its name in `UpperCamelCase`: as shared, its title, or made of the names of its owner and its field.
    pub name: String,
    /// Its meaning, units included; empty if the schema has no description.
    pub description: String,
    /// Which values it takes, `null` aside.
    pub schema: Schema,
    /// Whether it takes `null`, too.
    pub nullable: bool,
    /// Whether it holds itself, be it in a list or a map.
    pub recursive: bool,
    /// Unit of a number, as a person writes it.
    pub unit: Option<String>,
    /// Values known today, when the set is open.
    pub known_values: Vec<String>,
    /// Values that a release of the newest major version knew, and that are not known any more.
    pub retired_values: Vec<String>,
    /// Example values, as JSON.
    pub examples: Vec<serde_json::Value>,
    /// Where it is written.
    pub location: Location,
}

/// The values that a place takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Those besides `null`.
    pub schema: SchemaRef,
    /// Whether `null` is one.
    pub nullable: bool,
    /// Whether a value may hold one of the same place, without a list or a map between them.
    pub recursive: bool,
}

impl Value {
    /// The values of the definition `name`, `null` aside.
    pub fn named(name: &str) -> Self {
        Self { schema: SchemaRef::Named(name.to_owned()), nullable: false, recursive: false }
    }

    /// The values of `schema`, which needs no name.
    pub(crate) fn inline(schema: Schema, nullable: bool) -> Self {
        Self { schema: SchemaRef::Inline(schema), nullable, recursive: false }
    }

    /// The same values but for `null`.
    #[must_use]
    pub fn without_null(&self) -> Self {
        Self { nullable: false, ..self.clone() }
    }
}

/// A schema, by its name if it has one.
#[derive(Debug, Clone, PartialEq)]
pub enum SchemaRef {
    /// A key of [`Contract::definitions`].
    Named(String),
    /// One that needs no name.
    Inline(Schema),
}

/// Which values are taken, `null` aside.
#[derive(Debug, Clone, PartialEq)]
pub enum Schema {
    /// Any value at all.
    Any,
    /// `null` alone.
    Null,
    /// Strings; `format` is an annotation and constrains nothing.
    String {
        /// JSON Schema's `format`.
        format: Option<String>,
        /// What constrains them.
        limits: StringLimits,
    },
    /// `true` or `false`.
    Boolean,
    /// Numbers that are mathematically integers, both bounds included.
    Integer {
        /// Least value.
        minimum: Option<i64>,
        /// Greatest value.
        maximum: Option<i64>,
        /// All values are multiples of it.
        multiple_of: Option<u64>,
    },
    /// Numbers within optional bounds.
    Number {
        /// Lower bound.
        minimum: Option<Bound>,
        /// Upper bound.
        maximum: Option<Bound>,
        /// All values are multiples of it: a fraction that binary64 holds exactly.
        multiple_of: Option<f64>,
    },
    /// A closed set, in declared order.
    Enum(Vec<Literal>),
    /// A list.
    Array {
        /// Its items.
        items: Box<Value>,
        /// The least number of them.
        minimum: u64,
        /// The greatest number of them.
        maximum: Option<u64>,
    },
    /// An object whose keys are open and whose values are alike.
    Map(Box<Value>),
    /// An object with declared fields, in declared order.
    Object(Vec<Field>),
    /// Objects that the value of one key tells apart; other values of that key are taken, too.
    Tagged {
        /// The key.
        tag: String,
        /// The objects, by the values of the key that are known today.
        branches: Vec<Branch>,
    },
    /// Values of several JSON types, at most one alternative for each.
    ByType(Vec<Value>),
    /// Values that meet one of several alternatives which nothing tells apart.
    Untagged {
        /// The alternatives.
        alternatives: Vec<Value>,
        /// Whether a value that meets two of them is refused (`oneOf`).
        exactly_one: bool,
    },
}

/// What constrains a string, besides being one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StringLimits {
    /// Fewest code points.
    pub minimum: u64,
    /// Most code points.
    pub maximum: Option<u64>,
    /// Regular expressions of ECMA-262 (flag `u`) that each find a match in it.
    pub patterns: Vec<String>,
}

impl StringLimits {
    /// Whether any string meets them.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A member of a closed set.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A string.
    String(String),
}

/// One of the objects of [`Schema::Tagged`].
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The value of the tag.
    pub value: String,
    /// The name of the definition, an object.
    pub definition: String,
    /// Whether the object may hold such a union, without a list or a map between them.
    pub recursive: bool,
}

/// The JSON types, `null` aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JsonType {
    /// `true` or `false`.
    Boolean,
    /// A number, integers included.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// As JSON Schema names it.
impl fmt::Display for JsonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        })
    }
}

impl Schema {
    /// Any string.
    pub fn string() -> Self {
        Self::String { format: None, limits: StringLimits::default() }
    }

    /// The one JSON type of its values; `None` if they are of several, or of none but `null`.
    pub fn json_type(&self) -> Option<JsonType> {
        match self {
            Self::Any | Self::Null | Self::ByType(_) | Self::Untagged { .. } => None,
            Self::String { .. } => Some(JsonType::String),
            Self::Boolean => Some(JsonType::Boolean),
            Self::Integer { .. } | Self::Number { .. } => Some(JsonType::Number),
            Self::Enum(literals) => {
                let mut types = literals.iter().map(Literal::json_type);
                let first = types.next()?;
                types.all(|other| other == first).then_some(first)
            }
            Self::Array { .. } => Some(JsonType::Array),
            Self::Map(_) | Self::Object(_) | Self::Tagged { .. } => Some(JsonType::Object),
        }
    }

    /// Whether it is a string that may be any one, or one within limits.
    pub fn is_string(&self) -> bool {
        matches!(self, Self::String { .. })
    }
}

impl Literal {
    /// The JSON type of the value.
    pub fn json_type(&self) -> JsonType {
        match self {
            Self::Boolean(_) => JsonType::Boolean,
            Self::Integer(_) => JsonType::Number,
            Self::String(_) => JsonType::String,
        }
    }
}

/// As JSON.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::String(text) => serde_json::Value::from(text.as_str()).fmt(f),
        }
    }
}

/// ` of 1 to 5 items`; nothing without a limit.
fn count(
    f: &mut fmt::Formatter<'_>,
    minimum: u64,
    maximum: Option<u64>,
    unit: &str,
) -> fmt::Result {
    match (minimum, maximum) {
        (0, None) => Ok(()),
        (minimum, None) => write!(f, " of at least {minimum} {unit}"),
        (0, Some(maximum)) => write!(f, " of at most {maximum} {unit}"),
        (minimum, Some(maximum)) if minimum == maximum => write!(f, " of {minimum} {unit}"),
        (minimum, Some(maximum)) => write!(f, " of {minimum} to {maximum} {unit}"),
    }
}

/// As a person writes it: `number from 0 to 1`.
impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any value"),
            Self::Null => f.write_str("null"),
            Self::String { format, limits } => {
                f.write_str("string")?;
                count(f, limits.minimum, limits.maximum, "characters")?;
                for pattern in &limits.patterns {
                    write!(f, " matching `{pattern}`")?;
                }
                format.as_ref().map_or(Ok(()), |format| write!(f, " ({format})"))
            }
            Self::Boolean => f.write_str("boolean"),
            Self::Integer { minimum, maximum, multiple_of } => {
                f.write_str("integer")?;
                match (minimum, maximum) {
                    (None, None) => {}
                    (Some(minimum), None) => write!(f, " from {minimum}")?,
                    (None, Some(maximum)) => write!(f, " up to {maximum}")?,
                    (Some(minimum), Some(maximum)) => write!(f, " from {minimum} to {maximum}")?,
                }
                multiple_of.map_or(Ok(()), |divisor| write!(f, ", a multiple of {divisor}"))
            }
            Self::Number { minimum, maximum, multiple_of } => {
                f.write_str("number")?;
                if let Some(Bound { value, exclusive }) = minimum {
                    write!(f, " {} {value}", if *exclusive { "above" } else { "from" })?;
                }
                match maximum {
                    None => {}
                    Some(Bound { value, exclusive: true }) => write!(f, " below {value}")?,
                    Some(Bound { value, .. }) if minimum.is_none() => write!(f, " up to {value}")?,
                    Some(Bound { value, .. }) => write!(f, " to {value}")?,
                }
                multiple_of.map_or(Ok(()), |divisor| write!(f, ", a multiple of {divisor}"))
            }
            Self::Enum(literals) => {
                f.write_str("one of ")?;
                list(f, literals.iter())
            }
            Self::Array { items, minimum, maximum } => {
                f.write_str("list")?;
                count(f, *minimum, *maximum, "items")?;
                write!(f, "; each: {items}")
            }
            Self::Map(values) => write!(f, "map; each value: {values}"),
            Self::Object(_) => f.write_str("object"),
            Self::Tagged { tag, branches } => {
                write!(f, "object that `{tag}` tells apart: ")?;
                list(f, branches.iter().map(|branch| &branch.value))
            }
            Self::ByType(alternatives) => list(f, alternatives.iter()),
            Self::Untagged { alternatives, .. } => {
                f.write_str("one of: ")?;
                list(f, alternatives.iter())
            }
        }
    }
}

/// `a, b`.
fn list(
    f: &mut fmt::Formatter<'_>,
    mut all: impl Iterator<Item = impl fmt::Display>,
) -> fmt::Result {
    all.next().map_or(Ok(()), |first| write!(f, "{first}"))?;
    all.try_for_each(|one| write!(f, ", {one}"))
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            SchemaRef::Named(name) => f.write_str(name)?,
            SchemaRef::Inline(schema) => schema.fmt(f)?,
        }
        f.write_str(if self.nullable { ", or null" } else { "" })
    }
}

/// One bound of a [`Schema::Number`].
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
    /// The event types that come right before it in the life of one job, each by another way.
    pub after: Vec<String>,
    /// The `GET` that fetches what the event announces.
    pub follow_up: Option<FollowUp>,
    /// The declared fields, in declared order.
    pub fields: Vec<Field>,
    /// Whether the only field stands for `data` as a whole, which is one of several shapes, or a map.
    pub is_whole: bool,
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
    /// The value of a string in `data`: the fields that lead to it, each but the last an object.
    Fields(Vec<Field>),
}

impl fmt::Display for FollowUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.iter().try_for_each(|part| match part {
            PathPart::Literal(text) => f.write_str(text),
            PathPart::Fields(fields) => {
                let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
                write!(f, "{{{}}}", names.join("."))
            }
        })
    }
}

/// A declared field of an object.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// The key.
    pub name: String,
    /// The values that it takes.
    pub value: Value,
    /// Whether the key must be there.
    pub required: bool,
    /// Its meaning here, if the field has a description of its own.
    pub own_description: Option<String>,
    /// Where it is written.
    pub location: Location,
}
