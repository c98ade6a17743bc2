//! Which field goes into which column.

use std::collections::{BTreeMap, BTreeSet};

use clip_events_contract::Contract;
use clip_events_contract::model::{Envelope, Field};
use schema_source::{SchemaError, SchemaErrors};
use serde_json::{Map, Value, json};

use super::derive;
use super::kind::Kind;
use crate::error::CodegenError;
use crate::header::generated_from;

/// Names that files have besides: what no column holds, and the day that the folder of a file is named by.
const RESERVED: [&str; 2] = ["rest", "created_date"];
/// More columns than this no engine reads with pleasure.
const MOST: usize = 10_000;

/// A column of the one table.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// From the keys of an object, in declared order, to the columns of their values.
pub(super) type Placement = Vec<(String, String)>;

/// The columns, and which field goes into which.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) all: Vec<Column>,
    pub(super) envelope: Placement,
    /// Of `data`, by event type.
    pub(super) events: BTreeMap<String, Data>,
}

/// Where `data` of an event type goes.
#[derive(Debug)]
pub(super) enum Data {
    Members(Placement),
    /// Into one column, as a whole.
    Whole(String),
}

impl Data {
    /// The column of the field `key`; the key of `data` as a whole is that of the envelope.
    pub(super) fn column(&self, key: &str) -> Option<&str> {
        match self {
            Self::Members(placement) => column(placement, key),
            Self::Whole(name) => (key == Envelope::DATA).then_some(name),
        }
    }

    /// Each key and its column.
    pub(super) fn entries(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Members(placement) => {
                placement.iter().map(|(key, name)| (key.as_str(), name.as_str())).collect()
            }
            Self::Whole(name) => vec![(Envelope::DATA, name)],
        }
    }
}

/// The column of `key`.
fn column<'a>(placement: &'a Placement, key: &str) -> Option<&'a str> {
    placement.iter().find(|(known, _)| known == key).map(|(_, name)| name.as_str())
}

/// The fields that one object has.
#[derive(Clone, Copy)]
enum Owner<'a> {
    Envelope,
    Event(&'a str),
}

/// A field that wants a column.
struct Wanted<'a> {
    owner: Owner<'a>,
    key: &'a str,
    kind: Kind,
}

impl Columns {
    /// The columns of `contract`, those of `released` among them.
    pub(super) fn of(contract: &Contract, released: Option<Self>) -> Result<Self, CodegenError> {
        let released = released.unwrap_or_default();
        let mut this = Self { all: released.all.clone(), ..Self::default() };
        for shape in &contract.events {
            let data = if shape.is_whole {
                Data::Whole(String::new())
            } else {
                Data::Members(Placement::new())
            };
            this.events.insert(shape.event_type.clone(), data);
        }
        let mut new = Vec::new();
        for wanted in wanted(contract) {
            let Wanted { owner, key, kind } = &wanted;
            let name = released.column(*owner, key);
            match this.all.iter_mut().find(|column| Some(column.name.as_str()) == name) {
                Some(column) if column.kind.takes(kind) => {
                    column.kind.extend(kind);
                    let name = column.name.clone();
                    this.place(&wanted, name);
                }
                _ => {
                    this.place(&wanted, String::new());
                    new.push(wanted);
                }
            }
        }
        let mut keys = released.keys();
        keys.extend(this.keys());
        for wanted in new {
            let Wanted { owner, key, kind } = &wanted;
            let named_by = (matches!(owner, Owner::Envelope), (*key).to_owned());
            let shared = this.all.iter_mut().find(|column| {
                keys.get(&column.name) == Some(&named_by) && column.kind.joins(kind)
            });
            let name = if let Some(column) = shared {
                column.kind.extend(kind);
                column.name.clone()
            } else {
                let name = this.free_name(key, kind);
                this.all.push(Column { name: name.clone(), kind: kind.clone() });
                keys.insert(name.clone(), named_by);
                name
            };
            this.place(&wanted, name);
        }
        let leaves: usize = this.all.iter().map(|column| column.kind.leaves()).sum();
        if leaves > MOST {
            let message =
                format!("an archive of these deliveries has {leaves} columns, more than {MOST}");
            let help = "let objects that many shapes have hold less";
            let place = &contract.events[0].location.path;
            return Err(SchemaErrors(vec![SchemaError::of_file(place, message, help)]).into());
        }
        Ok(this)
    }

    /// The column of a field.
    fn column(&self, owner: Owner<'_>, key: &str) -> Option<&str> {
        match owner {
            Owner::Envelope => column(&self.envelope, key),
            Owner::Event(event_type) => self.events.get(event_type)?.column(key),
        }
    }

    /// Lets the values of a field go into `column`; they stand in the order in which they come here first.
    fn place(&mut self, wanted: &Wanted<'_>, column: String) {
        let placement = match wanted.owner {
            Owner::Envelope => &mut self.envelope,
            Owner::Event(event_type) => match self.events.get_mut(event_type) {
                Some(Data::Members(placement)) => placement,
                Some(Data::Whole(name)) => {
                    *name = column;
                    return;
                }
                None => return,
            },
        };
        match placement.iter_mut().find(|(key, _)| key == wanted.key) {
            Some((_, name)) => *name = column,
            None => placement.push((wanted.key.to_owned(), column)),
        }
    }

    /// Of each column whether it is the envelope's, and the key that it is named by.
    fn keys(&self) -> BTreeMap<String, (bool, String)> {
        let envelope = self.envelope.iter().map(|(key, name)| (true, key.as_str(), name.as_str()));
        let events = self.events.values().flat_map(Data::entries);
        let events = events.map(|(key, name)| (false, key, name));
        let keys = envelope.chain(events).filter(|(.., name)| !name.is_empty());
        keys.map(|(of, key, name)| (name.to_owned(), (of, key.to_owned()))).collect()
    }

    /// A name like `key` that no column has; the engines do not tell `a` from `A`.
    fn free_name(&self, key: &str, kind: &Kind) -> String {
        let names = self.all.iter().map(|column| column.name.to_lowercase());
        let taken: BTreeSet<_> = names.chain(RESERVED.map(str::to_owned)).collect();
        let plain = |letter: char| if letter.is_alphanumeric() { letter } else { '_' };
        let key: String = key.chars().map(plain).collect();
        let key = if key.is_empty() { "_".to_owned() } else { key };
        let word = kind.word();
        let further = (2..).map(|number| format!("{key}_{word}_{number}"));
        let mut names = [key.clone(), format!("{key}_{word}")].into_iter().chain(further);
        names.find(|name| !taken.contains(&name.to_lowercase())).expect("there is always another")
    }

    /// As a file.
    pub(super) fn json(&self) -> Value {
        let columns = self.all.iter();
        let columns =
            columns.map(|column| json!({ "name": column.name, "type": column.kind.json() }));
        let object = |placement: &Placement| {
            let entries = placement.iter().map(|(key, name)| (key.clone(), name.as_str().into()));
            Value::Object(entries.collect::<Map<_, _>>())
        };
        let events = self.events.iter();
        let events = events.map(|(event_type, data)| {
            let data = match data {
                Data::Members(placement) => object(placement),
                Data::Whole(name) => name.as_str().into(),
            };
            (event_type.clone(), data)
        });
        json!({
            "$comment": generated_from("schema/"),
            "columns": columns.collect::<Vec<_>>(),
            "envelope": object(&self.envelope),
            "events": events.collect::<Map<_, _>>(),
        })
    }

    /// What [`Self::json`] wrote.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let column = |column: &Value| {
            let name = column["name"].as_str()?.to_owned();
            Some(Column { name, kind: Kind::read(&column["type"])? })
        };
        let placement = |value: &Value| -> Option<Placement> {
            let entries = value.as_object()?.iter();
            entries.map(|(key, name)| Some((key.clone(), name.as_str()?.to_owned()))).collect()
        };
        let data = |value: &Value| match value {
            Value::String(name) => Some(Data::Whole(name.clone())),
            value => Some(Data::Members(placement(value)?)),
        };
        let events = value["events"].as_object()?.iter();
        let events = events.map(|(event_type, value)| Some((event_type.clone(), data(value)?)));
        Some(Self {
            all: value["columns"].as_array()?.iter().map(column).collect::<Option<_>>()?,
            envelope: placement(&value["envelope"])?,
            events: events.collect::<Option<_>>()?,
        })
    }
}

/// Every field that has something to tell, the envelope's first.
fn wanted(contract: &Contract) -> Vec<Wanted<'_>> {
    let mut all = Vec::new();
    let mut add = |owner, key, field: &Field| {
        all.extend(derive::kind(contract, &field.value).map(|kind| Wanted { owner, key, kind }));
    };
    for field in contract.envelope.fields() {
        add(Owner::Envelope, &field.name, field);
    }
    for shape in &contract.events {
        for field in &shape.fields {
            let key = if shape.is_whole { Envelope::DATA } else { &field.name };
            add(Owner::Event(&shape.event_type), key, field);
        }
    }
    let event_type = Wanted { owner: Owner::Envelope, key: Envelope::TYPE, kind: Kind::Category };
    all.insert(all.len().min(1), event_type);
    all
}
