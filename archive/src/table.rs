//! Deliveries as rows: each valid delivery goes into the columns that the contract has for it.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, Schema};
use hashbrown::HashMap;

use crate::builder::Builder;
use crate::columns::{self, Columns, DATA, Kind};
use crate::json::{Cursor, Key, Next};
use crate::rest::{Rest, Step, Way};

/// Which keys go into which columns, made once for all tables.
#[derive(Debug)]
pub struct Plan {
    kinds: Vec<Kind>,
    schema: Arc<Schema>,
    envelope: Object<Target>,
    events: HashMap<Vec<u8>, Data>,
    created: Option<usize>,
}

/// Keys, and where their values go.
#[derive(Debug)]
struct Object<T> {
    keys: Vec<Key>,
    targets: Vec<T>,
}

/// Where a member of the envelope goes.
#[derive(Debug, Clone, Copy)]
enum Target {
    Column(usize),
    Data,
}

/// Where `data` of an event type goes.
#[derive(Debug)]
enum Data {
    Members(Object<usize>),
    Whole(usize),
}

impl<T> Object<T> {
    fn new(members: Vec<(&str, T)>) -> Self {
        let (keys, targets) = members.into_iter().map(|(key, to)| (Key::new(key), to)).unzip();
        Self { keys, targets }
    }
}

impl Plan {
    /// The plan for tables of `columns`.
    pub fn new(columns: &Columns) -> Self {
        let events = columns.events.iter().filter_map(|(event_type, data)| {
            let data = match data {
                columns::Data::Whole(name) => Data::Whole(columns.index(name)?),
                columns::Data::Members(placement) => {
                    let members = placement.iter();
                    let members = members
                        .filter_map(|(key, name)| Some((key.as_str(), columns.index(name)?)));
                    Data::Members(Object::new(members.collect()))
                }
            };
            Some((event_type.as_bytes().to_vec(), data))
        });
        let envelope = columns.envelope.iter();
        let envelope = envelope
            .filter_map(|(key, name)| Some((key.as_str(), Target::Column(columns.index(name)?))));
        Self {
            kinds: columns.all.iter().map(|column| column.kind.clone()).collect(),
            schema: columns.schema(),
            envelope: Object::new(envelope.chain([(DATA, Target::Data)]).collect()),
            events: events.collect(),
            created: columns.created(),
        }
    }
}

/// A table that is growing.
pub struct Table<'p> {
    plan: &'p Plan,
    columns: Vec<Builder>,
    rest: Builder,
    rows: usize,
    /// When each delivery was created, in milliseconds since 1970.
    created: Vec<i64>,
}

impl<'p> Table<'p> {
    /// A table without rows.
    pub fn new(plan: &'p Plan) -> Self {
        Self {
            plan,
            columns: plan.kinds.iter().map(Builder::new).collect(),
            rest: Builder::new(&Kind::Json),
            rows: 0,
            created: Vec::new(),
        }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a delivery that is valid, of the event type `event_type`. Returns `None`, and leaves the table unusable, if it is no JSON, or
    /// if more is in the table than its files can tell.
    #[must_use]
    pub fn append(&mut self, event_type: &[u8], delivery: &[u8]) -> Option<()> {
        let mut json = Cursor::new(delivery);
        let mut rest = Rest::default();
        let plan = self.plan;
        let Object { keys, targets } = &plan.envelope;
        let (mut expected, mut is_first) = (0, true);
        json.take(b'{')?;
        loop {
            match json.member(keys, &mut expected, is_first)? {
                Next::Known(at, key) => {
                    let way = Way { before: None, step: Step::Key(key) };
                    match targets[at] {
                        Target::Column(column) => self.value(column, &mut json, &way, &mut rest)?,
                        Target::Data => self.data(event_type, &mut json, &way, &mut rest)?,
                    }
                }
                Next::Other(key) => {
                    rest.keep(&Way { before: None, step: Step::Key(key) }, json.value()?);
                }
                Next::End => break,
            }
            is_first = false;
        }
        rest.end();
        if !rest.text.is_empty() {
            self.rest.fill(self.rows);
            let way = Way { before: None, step: Step::Key(&[]) };
            self.rest.append(&mut Cursor::new(&rest.text), &way, &mut Rest::default())?;
        }
        let created = self.plan.created.map(|created| &self.columns[created]);
        let created = created.filter(|created| created.len() > self.rows);
        self.created.push(created.and_then(Builder::last_time).unwrap_or(i64::MAX));
        self.rows += 1;
        Some(())
    }

    fn data<'a>(
        &mut self,
        event_type: &[u8],
        json: &mut Cursor<'a>,
        way: &Way<'_, 'a>,
        rest: &mut Rest<'a>,
    ) -> Option<()> {
        let plan = self.plan;
        let Object { keys, targets } = match plan.events.get(event_type) {
            Some(Data::Members(members)) if json.peek()? == b'{' => members,
            Some(Data::Whole(column)) => return self.value(*column, json, way, rest),
            _ => {
                rest.keep(way, json.value()?);
                return Some(());
            }
        };
        let (mut expected, mut is_first) = (0, true);
        json.take(b'{')?;
        loop {
            match json.member(keys, &mut expected, is_first)? {
                Next::Known(at, key) => {
                    let way = Way { before: Some(way), step: Step::Key(key) };
                    self.value(targets[at], json, &way, rest)?;
                }
                Next::Other(key) => {
                    let way = Way { before: Some(way), step: Step::Key(key) };
                    rest.keep(&way, json.value()?);
                }
                Next::End => return Some(()),
            }
            is_first = false;
        }
    }

    #[inline]
    fn value<'a>(
        &mut self,
        column: usize,
        json: &mut Cursor<'a>,
        way: &Way<'_, 'a>,
        rest: &mut Rest<'a>,
    ) -> Option<()> {
        let builder = &mut self.columns[column];
        builder.fill(self.rows);
        builder.append(json, way, rest)
    }

    /// All rows, and when each was created.
    ///
    /// # Errors
    ///
    /// When a string is not UTF-8, which no valid delivery has.
    pub fn finish(self) -> Result<(RecordBatch, Vec<i64>), ArrowError> {
        let rows = self.rows;
        let columns = self.columns.into_iter().chain([self.rest]);
        let columns: Vec<ArrayRef> =
            columns.map(|column| column.finish(rows)).collect::<Result<_, _>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&self.plan.schema), columns)?;
        Ok((batch, self.created))
    }
}
