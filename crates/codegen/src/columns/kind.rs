//! The types of columns, and which of them one column can have at once.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// The type of a column, or of what is inside one. Any of them may be null.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    String,
    /// Strings of which few are different: they stand in a dictionary.
    Category,
    Boolean,
    /// Of 64 bits, with a sign.
    Integer,
    /// Binary64.
    Number,
    /// Milliseconds since 1970, UTC.
    Timestamp,
    /// The text of a JSON value.
    Json,
    List(Box<Kind>),
    /// From strings to values.
    Map(Box<Kind>),
    Struct(Vec<(String, Kind)>),
}

impl Kind {
    /// One word for it, in JSON and in the names of columns.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Category => "category",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Timestamp => "timestamp",
            Self::Json => "json",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Struct(_) => "struct",
        }
    }

    /// As JSON: the word, or an object with the word and what is inside.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::List(inside) | Self::Map(inside) => json!({ self.word(): inside.json() }),
            Self::Struct(fields) => {
                let fields = fields.iter();
                let fields =
                    fields.map(|(name, kind)| json!({ "name": name, "type": kind.json() }));
                json!({ self.word(): fields.collect::<Vec<_>>() })
            }
            _ => self.word().into(),
        }
    }

    /// The kind that [`Self::json`] wrote.
    pub(super) fn read(value: &Value) -> Option<Self> {
        if let Some(inside) = value.get("list") {
            return Some(Self::List(Self::read(inside)?.into()));
        }
        if let Some(inside) = value.get("map") {
            return Some(Self::Map(Self::read(inside)?.into()));
        }
        if let Some(fields) = value.get("struct") {
            let field =
                |field: &Value| Some((field["name"].as_str()?.into(), Self::read(&field["type"])?));
            return Some(Self::Struct(
                fields.as_array()?.iter().map(field).collect::<Option<_>>()?,
            ));
        }
        let plain = [
            Self::String,
            Self::Category,
            Self::Boolean,
            Self::Integer,
            Self::Number,
            Self::Timestamp,
            Self::Json,
        ];
        plain.into_iter().find(|kind| value == kind.word())
    }

    /// Whether a column of this kind goes on having the values of `now`, since both are one JSON type. A value that it has no place
    /// for is kept beside the columns.
    pub(super) fn takes(&self, now: &Self) -> bool {
        let is_number =
            |kind: &Self| matches!(kind, Self::Integer | Self::Number | Self::Timestamp);
        let is_string = |kind: &Self| matches!(kind, Self::String | Self::Category);
        match (self, now) {
            (Self::Json, _) | (Self::Struct(_), Self::Struct(_)) => true,
            (Self::List(one), Self::List(other)) | (Self::Map(one), Self::Map(other)) => {
                one.takes(other)
            }
            (one, other) => {
                one == other
                    || is_number(one) && is_number(other)
                    || is_string(one) && is_string(other)
            }
        }
    }

    /// Whether the values of both go into one column, and none need be kept beside it.
    pub(super) fn joins(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(one), Self::List(other)) | (Self::Map(one), Self::Map(other)) => {
                one.joins(other)
            }
            (Self::Struct(fields), Self::Struct(others)) => others.iter().all(|(name, other)| {
                let mut alike = fields.iter().filter(|(field, _)| same_name(field, name));
                alike.all(|(field, kind)| field == name && kind.joins(other))
            }),
            (Self::String | Self::Category, Self::String | Self::Category) => true,
            (one, other) => one == other,
        }
    }

    /// Adds the fields that `other` has in addition.
    pub(super) fn extend(&mut self, other: &Self) {
        match (self, other) {
            (Self::List(one), Self::List(other)) | (Self::Map(one), Self::Map(other)) => {
                one.extend(other);
            }
            (Self::Struct(fields), Self::Struct(others)) => {
                for (name, other) in others {
                    match fields.iter_mut().find(|(field, _)| same_name(field, name)) {
                        Some((field, kind)) if field == name => kind.extend(other),
                        Some(_) => {}
                        None => fields.push((name.clone(), other.clone())),
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether there is a struct in it.
    pub(super) fn has_struct(&self) -> bool {
        match self {
            Self::List(inside) | Self::Map(inside) => inside.has_struct(),
            kind => matches!(kind, Self::Struct(_)),
        }
    }

    /// The number of plain columns that files have for it.
    pub(super) fn leaves(&self) -> usize {
        match self {
            Self::List(inside) => inside.leaves(),
            Self::Map(inside) => 1 + inside.leaves(),
            Self::Struct(fields) => fields.iter().map(|(_, kind)| kind.leaves()).sum(),
            _ => 1,
        }
    }
}

/// Whether two names are one in the engines: most of them do not tell `a` from `A`.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// The fields of `fields` that an engine can tell apart, and whose names it can read.
pub(super) fn distinct(fields: Vec<(String, Kind)>) -> Vec<(String, Kind)> {
    let mut taken = BTreeSet::new();
    let is_plain = |name: &str| {
        !name.is_empty()
            && name.chars().all(|letter| letter.is_alphanumeric() || "_-".contains(letter))
    };
    let fields = fields.into_iter();
    fields.filter(|(name, _)| is_plain(name) && taken.insert(name.to_lowercase())).collect()
}
