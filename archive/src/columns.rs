//! The columns that the contract has, as `generated/columns.json` tells them.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, Schema, TimeUnit};
use indexmap::IndexMap;
use serde::Deserialize;

/// The columns, and which field of a delivery goes into which.
#[derive(Debug, Clone, Deserialize)]
pub struct Columns {
    #[serde(rename = "columns")]
    pub(crate) all: Vec<Column>,
    /// Of the envelope.
    pub(crate) envelope: Placement,
    /// Of `data`, by event type.
    pub(crate) events: BTreeMap<String, Data>,
}

/// Where `data` of an event type goes.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Data {
    /// Into one column, as a whole.
    Whole(String),
    Members(Placement),
}

/// From the keys of an object, in declared order, to the names of columns.
pub(crate) type Placement = IndexMap<String, String>;

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
}

/// The type of a column, or of what is inside one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    String,
    Category,
    Boolean,
    Integer,
    Number,
    Timestamp,
    Json,
    List(Box<Kind>),
    Map(Box<Kind>),
    Struct(Vec<Column>),
}

/// The column of what no other column holds.
pub const REST: &str = "rest";

/// The member that holds what the event type chooses.
pub(crate) const DATA: &str = "data";

impl Columns {
    /// The columns of the contract that this was compiled for.
    ///
    /// # Panics
    ///
    /// Never: the file is generated.
    pub fn of_the_contract() -> Self {
        Self::read(include_str!("generated/columns.json")).expect("the file is generated")
    }

    /// The columns that the file with this text tells.
    ///
    /// # Errors
    ///
    /// When `cargo xtask codegen` did not write it.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The columns as those who read the files find them.
    pub fn schema(&self) -> Arc<Schema> {
        let columns = self.all.iter().map(|column| field(&column.name, &column.kind));
        let rest = field(REST, &Kind::Json);
        Arc::new(Schema::new(columns.chain([rest]).collect::<Vec<_>>()))
    }

    /// The same with the text of JSON for what has something inside, for files that hold plain values only.
    #[must_use]
    pub fn flat(mut self) -> Self {
        for column in &mut self.all {
            if matches!(column.kind, Kind::List(_) | Kind::Map(_) | Kind::Struct(_)) {
                column.kind = Kind::Json;
            }
        }
        self
    }

    /// The number of the column `name`.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.all.iter().position(|column| column.name == name)
    }

    /// The column that tells when a delivery was created: the first time in its envelope.
    pub(crate) fn created(&self) -> Option<usize> {
        let is_time = |index: &usize| self.all[*index].kind == Kind::Timestamp;
        self.envelope.values().filter_map(|name| self.index(name)).filter(is_time).min()
    }
}

/// A column, or what is inside one: any of them may be null. JSON is a string like others: pyarrow cannot filter by its type for JSON.
pub(crate) fn field(name: &str, kind: &Kind) -> Field {
    Field::new(name, kind.data_type(), true)
}

/// What the keys and the values of a map are called, as Parquet has it.
pub(crate) fn entries(values: &Kind) -> Fields {
    vec![Field::new("key", DataType::Utf8, false), field("value", values)].into()
}

/// What the entries of a map are called.
pub(crate) fn entry(values: &Kind) -> Arc<Field> {
    Arc::new(Field::new("key_value", DataType::Struct(entries(values)), false))
}

/// What the items of a list are called.
pub(crate) fn item(kind: &Kind) -> Arc<Field> {
    Arc::new(field("element", kind))
}

impl Kind {
    pub(crate) fn data_type(&self) -> DataType {
        match self {
            Self::String | Self::Json => DataType::Utf8,
            Self::Category => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
            Self::Boolean => DataType::Boolean,
            Self::Integer => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
            Self::List(inside) => DataType::List(item(inside)),
            Self::Map(inside) => DataType::Map(entry(inside), false),
            Self::Struct(fields) => DataType::Struct(fields_of(fields)),
        }
    }
}

pub(crate) fn fields_of(columns: &[Column]) -> Fields {
    columns.iter().map(|column| field(&column.name, &column.kind)).collect()
}
